/* The pages of a part of an FTS5 table, made of runs of postings. */
#ifndef STORE_PART_PAGES_H
#define STORE_PART_PAGES_H

#include "store/postings.h"

/* Gets what was made. Another status than OK ends it. */
struct part_sink {
    void *ctx;
    /* A page, and its place within the part. */
    enum status (*page)(void *ctx, int64_t place, struct str bytes, struct err *err);
    /* With which term a page begins, and its number as "<table>_idx" has it. */
    enum status (*term)(void *ctx, struct str term, int64_t page, struct err *err);
};

enum { PART_RUNS_MAX = 64 };

/* All words of the runs, of which each has later documents than the one before it.
 * *ret_last: how many pages there are, without the indexes of lists. */
NODISCARD enum status part_pages(const struct posting_run *runs, size_t n,
                                 const struct part_sink *sink, int64_t *ret_last, struct err *err);

#endif
