/* What an opened site is. Private to src/site. */
#ifndef SITE_SITE_PRIVATE_H
#define SITE_SITE_PRIVATE_H

#include "site/look.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

struct site {
    struct store *store;
    char *theme_dir;
    pthread_mutex_t lock; /* of `look` */
    struct look *look;
    _Atomic uint64_t theme_version; /* counts the looks shown */
};

#endif
