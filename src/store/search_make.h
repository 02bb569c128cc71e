/* Making the index of many stories in memory, on several threads. */
#ifndef STORE_SEARCH_MAKE_H
#define STORE_SEARCH_MAKE_H

#include "store/internal.h"
#include "store/postings.h"

enum { SEARCH_MAKERS_MAX = 8 };

/* A story that waits for the index. */
struct search_waiting {
    int64_t doc, story_id, published_us, words;
    uint64_t headline_hash; /* is made */
};

struct search_maker; /* search_make.c */

struct search_making {
    struct search_maker *makers; /* NULL: no thread can make anything */
    size_t n;
    struct postings text[SEARCH_MAKERS_MAX]; /* of columns headline, standfirst, body, filing */
    struct postings headlines[SEARCH_MAKERS_MAX]; /* headline, filing */
    int64_t sampled[SEARCH_MAKERS_MAX];           /* documents that are counted */
};

/* search_making_close also after a failure. */
NODISCARD enum status search_making_open(struct search_making *m, struct store *s, struct err *err);
void search_making_close(struct search_making *m);

/* What the documents, in ascending order, have; the i-th postings are of later ones than those
 * before. The stories are read as they were last committed. */
NODISCARD enum status search_make(struct search_making *m, struct search_waiting *docs, size_t n,
                                  struct err *err);
/* Free what was made. */
void search_making_empty(struct search_making *m);

#endif
