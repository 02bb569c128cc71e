/* How often each story is looked at: counted on the event loops, written down every few seconds,
 * and ranked every few minutes into the list of the most read (STORE_SLOT_MOST_READ).
 *
 * Nothing is kept of who looked: an id and a number is all there is. Who kills the process loses
 * the views of one interval at the most. */
#ifndef NEWSROOM_VIEWS_H
#define NEWSROOM_VIEWS_H

#include "store/store.h"

struct views;

/* Called on the counting thread; one line for a log. */
typedef void views_report(void *ctx, bool is_error, const char *message);

/* How often views are written down, unless it is chosen. */
#define VIEWS_WRITE_MS 10000
/* How often stories are ranked: a changed ranking renews the front page and each Don't Miss, and is
 * told to every cache in front. */
#define VIEWS_RANK_MS  (5 * 60000)
/* Stories in the list: more than any page shows, since pages leave out what they show already. */
#define VIEWS_RANKED   50

struct views_options {
    size_t loops;
    int64_t write_ms; /* 0: VIEWS_WRITE_MS */
    views_report *report;
    void *report_ctx;
};

NODISCARD enum status views_open(struct store *store, const struct views_options *options,
                                 struct views **ret, struct err *err);
/* Write and rank from now on, on a thread of its own. */
void views_start(struct views *v);
/* Ends the thread and writes down what is left; the loops count no more. NULL is accepted. */
void views_close(struct views *v);

/* On the loop with this index: somebody looks at the story. Neither waits nor fails. */
void views_count(struct views *v, size_t loop, int64_t story_id);

/* What the thread does, for when there is none. Time is told from outside. */
/* Write down what was counted; what cannot be written is kept for the next time. */
NODISCARD enum status views_write(struct views *v, int64_t now_us, struct err *err);
/* Put the most read of the last 24 hours in their slot, if that changes it. */
NODISCARD enum status views_rank(struct views *v, int64_t now_us, struct err *err);

#endif
