/* What readers are told of an author: name, biography, picture, pages elsewhere. */
#ifndef NEWSROOM_AUTHORS_H
#define NEWSROOM_AUTHORS_H

#include "store/store.h"

/* The author of that slug. Walks over them all: not for a reader's request. NOT_FOUND. */
NODISCARD enum status authors_find(struct store_reader *r, struct arena *a, struct str slug,
                                   struct author *ret, struct err *err);

/* What to change; ptr NULL: nothing, empty: taken away. */
struct author_change {
    struct str name;
    struct str biography; /* blank lines part its paragraphs */
    struct str website;   /* http or https */
    struct str profiles;  /* the same, several with blanks between */
    struct str fediverse; /* "@name@host" */
    bool has_media;
    int64_t media_id; /* 0: no picture */
};
/* Errors: NOT_FOUND, INVALID (which field, and what it should be). Effects: within `w`. */
NODISCARD enum status authors_change(struct store_writer *w, int64_t id,
                                     const struct author_change *change, struct err *err);

#endif
