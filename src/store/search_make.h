/* Making the index of many stories in memory, on several threads. */
#ifndef STORE_SEARCH_MAKE_H
#define STORE_SEARCH_MAKE_H

#include "store/internal.h"
#include "store/postings.h"

#include <pthread.h>

/* A story that waits for the index. */
struct search_waiting {
    int64_t doc, story_id, published_us, words;
    uint64_t headline_hash; /* is made */
};

/* What some neighbouring documents have. */
struct search_run {
    struct search_waiting *docs;
    size_t n_docs;
    struct posting_run text, headlines;
    int64_t sampled; /* documents that are counted */
};

struct search_maker; /* search_make.c */

/* What is made at a time. */
struct search_batch {
    struct search_run *runs; /* in the documents' order */
    size_t n_runs;
    size_t next; /* run to be made */
};

struct search_making {
    struct search_maker *makers;
    size_t n_makers;
    pthread_mutex_t lock;
    struct search_batch *batch; /* that is being made */
};

/* search_making_close also after a failure. */
NODISCARD enum status search_making_open(struct search_making *m, struct store *s, struct err *err);
void search_making_close(struct search_making *m);

/* Begin to make runs of the documents, which are in ascending order: of columns headline,
 * standfirst, body, filing; and of headline, filing. The stories are read as they were last
 * committed. One batch at a time. */
void search_make_begin(struct search_making *m, struct search_waiting *docs, size_t n,
                       struct search_batch *ret);
/* Wait until they are made. */
NODISCARD enum status search_make_end(struct search_making *m, struct err *err);
/* Free what was made. */
void search_batch_done(struct search_batch *b);

#endif
