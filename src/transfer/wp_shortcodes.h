/* The shortcodes that WordPress itself has, as HTML; the private half of wp_body.c. */
#ifndef TRANSFER_WP_SHORTCODES_H
#define TRANSFER_WP_SHORTCODES_H

#include "base/buf.h"
#include "transfer/wp_body.h"

/* Copy the text to `out`, its known shortcodes expanded; unknown ones stay as text, told of. */
void wp_shortcodes_expand(struct arena *a, struct str text, const struct wp_library *library,
                          struct buf *out);

/* Paragraphs that hold nothing but one known shortcode lose their <p>. */
void wp_shortcodes_unwrap(struct arena *a, struct str html, struct buf *out);

/* <figure data-card="embed" data-url=…><a href=…>: a link to what was embedded. caption: HTML, may
 * be empty. */
void wp_put_embed(struct buf *out, struct str url, struct str caption_html);

/* A gallery of these attachments; false if none of them is known. */
bool wp_put_gallery(struct arena *a, const struct wp_library *library, const struct wp_ids *ids,
                    struct buf *out);

/* "1, 2,3" */
void wp_parse_ids(struct arena *a, struct str text, struct wp_ids *ret);

#endif
