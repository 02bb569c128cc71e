/* The site's theme, read again while it is served.
 *
 * A theme that has become wrong is not shown: readers keep the old one until it is right again. */
#ifndef APP_RELOAD_H
#define APP_RELOAD_H

#include "render/cache.h"
#include "site/site.h"

#include <pthread.h>

struct reload {
    struct site *site;
    struct cache *cache;
    pthread_mutex_t lock; /* all that follows */
    uint64_t stamp;       /* of the files that were read last */
    struct err err;       /* why they are not shown; empty: they are */
};

void reload_init(struct reload *r, struct site *site, struct cache *cache);
void reload_done(struct reload *r);

/* Read the theme and show it. Any thread that may wait for the disk.
 * Errors: INVALID ("file:line:column: …"), TOO_LARGE, IO; the old theme stays. */
NODISCARD enum status reload_now(struct reload *r, struct err *err);
/* The same if a file has changed since it was read last; a theme that was wrong then is still. */
NODISCARD enum status reload_if_changed(struct reload *r, struct err *err);

#endif
