/* Keeping the rolls; store.h reads them. */
#ifndef STORE_ROLL_H
#define STORE_ROLL_H

#include "store/internal.h"

/* The keys of a roll's entries, in `a`. */
struct str roll_time_key(struct arena *a, int64_t us);
struct str roll_name_key(struct arena *a, struct str name);

/* An entry's key was `was` and is `now`; ptr NULL: it was not, or is not, in the roll. */
void roll_move(struct store_writer *w, enum store_roll roll, int64_t id, struct str was,
               struct str now);
/* Something else that a roll shows of its entries has changed: their slugs. */
void roll_touch(struct store_writer *w, enum store_roll roll);

/* A tag, author, page or picture was saved. was->id 0: it is new. */
void roll_tag_saved(struct store_writer *w, const struct tag *was, const struct tag *now,
                    int64_t id);
void roll_author_saved(struct store_writer *w, const struct author *was, const struct author *now,
                       int64_t id);
void roll_story_saved(struct store_writer *w, const struct story *was, const struct story *now);
void roll_media_saved(struct store_writer *w, const struct media *was, const struct media *now,
                      int64_t id);
/* The list of a tag or an author has got its first story, or has lost its last one. */
void roll_list_changed(struct store_writer *w, struct list_id list, bool is_filled);

#endif
