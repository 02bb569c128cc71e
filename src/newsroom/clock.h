/* The newsroom's clock: one thread that publishes scheduled stories at their second (and, at start,
 * those that fell due while nobody ran), and hears what other processes commit to the same site. */
#ifndef NEWSROOM_CLOCK_H
#define NEWSROOM_CLOCK_H

#include "store/store.h"

struct newsroom_clock;

/* Called on the clock's thread. `message` is one line for a log; is_error says which kind. */
typedef void newsroom_clock_report(void *ctx, bool is_error, const char *message);

/* How soon another process's commit is heard. */
#define NEWSROOM_CLOCK_POLL_MS 100

NODISCARD enum status newsroom_clock_start(struct store *store, newsroom_clock_report *report,
                                           void *ctx, struct newsroom_clock **ret, struct err *err);
/* Ends the thread. NULL is accepted. */
void newsroom_clock_stop(struct newsroom_clock *clock);

#endif
