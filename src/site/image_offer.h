/* In what shape and widths a theme offers a picture. Private to src/site. */
#ifndef SITE_IMAGE_OFFER_H
#define SITE_IMAGE_OFFER_H

#include "picture/rendition_name.h"

/* "3:2 320 640 960": a shape, or "whole", and the widths offered, or none for all. */
struct image_offer {
    struct rendition_shape shape;
    int widths[RENDITION_WIDTHS];
    size_t n; /* 0: all */
};
/* Pure. False: unknown; *ret_message says what there is. */
NODISCARD bool image_offer_read(struct str text, struct image_offer *ret, const char **ret_message);

#endif
