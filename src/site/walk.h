/* Every address of a site that does not depend on what a reader types: for the static export.
 *
 * These are the keys of pages (site/key.h), "error:404" and "error:410" among them. Left out are
 * addresses that are queries ("/?p=7"), the search, feeds of dates and the feeds of the comments on
 * stories that have none. What stands at an address may be a redirect, or nothing any more: the
 * page says so. */
#ifndef SITE_WALK_H
#define SITE_WALK_H

#include "base/status.h"
#include "store/keys.h"

/* Takes one key; anything but OK ends the walk and is what it returns. */
typedef enum status site_visit(void *ctx, struct str key, struct err *err);

/* Visit all of them; some may come twice. thread: of site_source, held. */
NODISCARD enum status site_walk(void *thread, site_visit *visit, void *ctx, struct err *err);
/* About how many that will be. */
NODISCARD enum status site_walk_size(void *thread, int64_t *ret, struct err *err);

/* Visit at least those at which there may be something now where there was nothing before writes
 * that touched these keys. *ret_all: they say so little ("site", or an address that is named by its
 * hash) that only site_walk finds all. */
NODISCARD enum status site_walk_touched(void *thread, const struct keys *touched, site_visit *visit,
                                        void *ctx, bool *ret_all, struct err *err);

/* Whether a walk comes to this key now: asked of feeds, and of keys that lead elsewhere or say that
 * something is gone, which more keys do than there are addresses. */
NODISCARD enum status site_walk_comes_to(void *thread, struct str key, bool *ret, struct err *err);

#endif
