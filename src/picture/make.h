/* The worker's side: renditions of an open original. Only in a confined process. */
#ifndef PICTURE_MAKE_H
#define PICTURE_MAKE_H

#include "picture/original.h"

/* The rendition's file in memory, to be freed with vips.g_free.
 * Errors: INVALID (the original is damaged, or this cannot be made of it), TOO_LARGE. */
NODISCARD enum status make_rendition(struct original *o, const struct rendition *r, void **ret_file,
                                     struct rendition_made *ret, struct err *err);

#endif
