/* The store's verbs for those who write stories: saving with a version, revisions, autosaves and
 * locks. A part of store/store.h, whose rules hold here too. Nothing here notes a key, and only the
 * save itself touches any: readers see none of it. */
#ifndef STORE_DESK_H
#define STORE_DESK_H

#include "store/store.h"

/* ---- saving ---- */

/* store_story_put, for somebody who has read version `version` of the story (0: whichever it is):
 * if it was saved since, CONFLICT, and the caller shows both. A change of slug, headline,
 * standfirst or body leaves a revision (before the first one, also of what was there); the user's
 * autosave of the story is done with. user_id 0: the command line. */
NODISCARD enum status store_story_save(struct store_writer *w, const struct story *story,
                                       int64_t version, int64_t user_id, int64_t now_us,
                                       int64_t *ret_id, struct err *err);

/* ---- revisions ---- */

struct revision {
    int64_t id;
    int64_t story_id;
    int64_t user_id; /* 0: not known */
    int64_t version; /* of the story */
    int64_t created_us;
    struct str slug, headline, standfirst;
    struct html body; /* not in a list */
    int64_t body_bytes;
};
struct revisions {
    const struct revision *ptr;
    size_t len;
};
/* All of a story without their bodies, newest first: LIMIT_REVISIONS at most. Of more, the newest
 * LIMIT_REVISIONS_NEWEST and the first one stay, and of the others that one gives way whose
 * neighbours are the closest in time. */
NODISCARD enum status store_revisions(struct store_reader *r, struct arena *a, int64_t story_id,
                                      struct revisions *ret, struct err *err);
/* NOT_FOUND. */
NODISCARD enum status store_revision(struct store_reader *r, struct arena *a, int64_t id,
                                     struct revision *ret, struct err *err);
NODISCARD enum status store_revision_remove(struct store_writer *w, int64_t id, struct err *err);

/* ---- autosaves ---- */

struct autosave {
    int64_t story_id;
    int64_t user_id;
    int64_t version; /* of the story that was being changed */
    int64_t saved_us;
    struct str headline, standfirst;
    struct html body;
};
/* NOT_FOUND: no such story or user. */
NODISCARD enum status store_autosave_put(struct store_writer *w, const struct autosave *autosave,
                                         struct err *err);
/* NOT_FOUND. */
NODISCARD enum status store_autosave(struct store_reader *r, struct arena *a, int64_t story_id,
                                     int64_t user_id, struct autosave *ret, struct err *err);
NODISCARD enum status store_autosave_remove(struct store_writer *w, int64_t story_id,
                                            int64_t user_id, struct err *err);

/* ---- locks ---- */

/* A lock keeps nobody from saving (the version does): it tells who is at work. It ends
 * LIMIT_LOCK_S after its owner's last sign of life. */
struct story_lock {
    int64_t story_id;
    int64_t user_id;
    int64_t since_us;
    int64_t seen_us;
    int64_t expires_us;
};
/* NOT_FOUND: there is none, or it has ended. */
NODISCARD enum status store_lock(struct store_reader *r, int64_t story_id, int64_t now_us,
                                 struct story_lock *ret, struct err *err);
/* Take it, or give a sign of life. CONFLICT: another has it (*ret_lock is his), unless this is to
 * take over. NOT_FOUND: no such story or user. */
NODISCARD enum status store_lock_take(struct store_writer *w, int64_t story_id, int64_t user_id,
                                      bool take_over, int64_t now_us, struct story_lock *ret_lock,
                                      struct err *err);
/* If the user has it. */
NODISCARD enum status store_lock_free(struct store_writer *w, int64_t story_id, int64_t user_id,
                                      struct err *err);

#endif
