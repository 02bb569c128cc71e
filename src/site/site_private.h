/* What an opened site is. Private to src/site. */
#ifndef SITE_SITE_PRIVATE_H
#define SITE_SITE_PRIVATE_H

#include "site/look.h"
#include "store/store.h"

struct site {
    struct store *store;
    struct look *look;
};

#endif
