/* The site's pictures as its pages offer them to browsers: in the sizes, shapes and formats that
 * there are renditions of (picture/rendition_name.h). Private to src/site. */
#ifndef SITE_IMAGE_H
#define SITE_IMAGE_H

#include "site/image_offer.h"
#include "site/pass.h"

/* Of the thumbnails that feeds and heads name; other widths there are 1200. */
enum { IMAGE_THUMBNAIL_WIDTH = 480 };

/* A picture of the library as templates see it. media: is kept. NULL: it is none that can be shown.
 */
const struct view_image *image_of_media(struct pass *pass, const struct media *media);

/* Of one rendition. Pictures that have none give what there is. */
struct image_file {
    struct str href, mime;
    int64_t width, height; /* 0: not known */
};
/* The one in the format that everything can show, of that shape, of that width or the next there
 * is.
 */
struct image_file image_file(struct pass *pass, const struct view_image *image,
                             struct rendition_shape shape, int width);
/* All of it in the format nearest to its own, as large as there is: what stands where WordPress had
 * the original. NULL: it has none. */
const struct rendition_name *image_full(struct pass *pass, const struct media *media);
/* What answers at a rendition's address: page->file. */
struct str image_order(struct pass *pass, const struct media *media,
                       const struct rendition_name *name);
/* The name that a picture's rendition of that kind has now. */
struct rendition_name image_name(const struct media *media, struct rendition_shape shape, int width,
                                 enum picture_format format);
/* The addresses of all renditions that the site's pages, feeds and heads may name: str. */
struct list image_addresses(struct pass *pass, const struct media *media);
/* Has it renditions? */
bool image_has_renditions(const struct media *media);
bool image_exists(const struct media *media, const struct rendition_name *name);

struct image_how {
    struct str sizes;   /* for browsers; empty: 100vw */
    struct str alt;     /* ptr NULL: the picture's own */
    struct str classes; /* of the img */
    int64_t width;      /* to be shown so wide; 0: as it is */
    bool eager;         /* it is what a reader sees first */
};
/* Append <picture>, or <img> alone if it has no renditions. */
void image_put(struct pass *pass, struct buf *out, const struct view_image *image,
               const struct image_offer *offer, const struct image_how *how);

/* {{picture "3:2 320 640" image sizes="50vw" alt="" class="x" width=300 eager=true}} */
enum status image_help(void *ctx, struct template_call *call, struct err *err);

#endif
