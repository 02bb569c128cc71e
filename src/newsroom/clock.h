/* The newsroom's clock: one thread that publishes scheduled stories at their second (and, at start,
 * those that fell due while nobody ran), moves the news horizon so that
 * no story after it is older than NEWSROOM_NEWS_US, and hears what other processes commit to the
 * same site. */
#ifndef NEWSROOM_CLOCK_H
#define NEWSROOM_CLOCK_H

#include "base/clock.h"
#include "store/store.h"

struct newsroom_clock;

/* Called on the clock's thread. `message` is one line for a log; is_error says which kind. */
typedef void newsroom_clock_report(void *ctx, bool is_error, const char *message);

/* What news sitemaps may hold: two days. */
#define NEWSROOM_NEWS_US (2 * US_PER_DAY)

/* How soon another process's commit is heard. */
#define NEWSROOM_CLOCK_POLL_MS 100

NODISCARD enum status newsroom_clock_start(struct store *store, newsroom_clock_report *report,
                                           void *ctx, struct newsroom_clock **ret, struct err *err);
/* Ends the thread. NULL is accepted. */
void newsroom_clock_stop(struct newsroom_clock *clock);

#endif
