/* The renditions of originals that are gone. */
#ifndef NEWSROOM_LIBRARY_RENDITIONS_H
#define NEWSROOM_LIBRARY_RENDITIONS_H

#include "base/status.h"

/* Remove the renditions whose originals are not in the site's media/ any more. dir: the site's
 * folder. *ret_removed: how many. Errors: IO. */
NODISCARD enum status library_renditions_gc(const char *dir, int64_t *ret_removed, struct err *err);

#endif
