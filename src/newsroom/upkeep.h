/* Does beside the commits what would make some of them slow (store_upkeep): a thread that looks
 * often, works when nobody has written for a moment or when much waits for it, and in pieces so
 * small that an editor's publish waits for one of them at the most. It waits for no other process:
 * while an import holds the lock, it looks again later, and ends when told to. */
#ifndef NEWSROOM_UPKEEP_H
#define NEWSROOM_UPKEEP_H

#include "store/store.h"

struct upkeep;

/* Called on the thread; one line for a log. */
typedef void upkeep_report(void *ctx, bool is_error, const char *message);

NODISCARD enum status upkeep_start(struct store *store, upkeep_report *report, void *ctx,
                                   struct upkeep **ret, struct err *err);
/* Ends the thread after its present piece. NULL is accepted. */
void upkeep_stop(struct upkeep *u);

#endif
