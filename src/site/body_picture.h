/* The site's own pictures inside a body: shown with what the library knows of them. Private to
 * src/site. */
#ifndef SITE_BODY_PICTURE_H
#define SITE_BODY_PICTURE_H

#include "site/pass.h"
#include "text/body.h"

/* Where in a body its reader is, as far as pictures care. */
enum { BODY_PICTURE_DEPTH = 16 };
struct body_pictures {
    struct {
        bool is_figure, is_gallery;
        const struct view_image *image;  /* the last picture of the library in it */
        size_t caption_from, caption_to; /* of its figcaption in the output; to 0: it has none */
    } figures[BODY_PICTURE_DEPTH];
    size_t depth;      /* of figures and galleries; beyond the array nothing is noted */
    bool is_paragraph; /* a paragraph that is shown as a figure, since a picture is all of it */
};

/* The library's picture that an <img> shows; NULL: it has none, or no renditions of it. Notes the
 * keys of what it looks up. */
NODISCARD enum status body_picture_of(struct pass *pass, const struct body_token *img,
                                      const struct view_image **ret, struct err *err);

/* Append it for a page. */
NODISCARD enum status body_picture_put(struct pass *pass, struct body_pictures *at,
                                       const struct body_token *img, const struct view_image *image,
                                       struct buf *out, struct err *err);
/* Append it for a feed, which takes one <img>; nothing, if it must not leave the site. */
void body_picture_put_plain(struct pass *pass, const struct body_token *img,
                            const struct view_image *image, struct buf *out);

/* The <img> of the element that was just opened if there is nothing else in it, or around it but
 * one link: of a <picture>, of a paragraph. False: there is more, or none. */
NODISCARD bool body_picture_alone(const struct body_reader *r, const struct body_token *open,
                                  struct body_token *ret_img);

/* Whether it is within a figure. */
bool body_pictures_in_figure(const struct body_pictures *at);

/* To be told of each element's beginning and end on a page, behind what was appended for it. */
void body_pictures_opened(struct body_pictures *at, const struct body_token *token,
                          const struct buf *out);
/* Before the end tag is appended: what a figure lacks is appended before it. */
void body_pictures_close(struct body_pictures *at, const struct body_token *token, struct buf *out);

#endif
