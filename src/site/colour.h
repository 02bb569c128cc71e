/* Colours as editors type them, made fit to be read.
 *
 * An editor chooses one accent; text in it stands on light paper and on dark. For each, the colour
 * is taken towards black or white by as little as gives it the contrast that WCAG 2.2 asks of text
 * (AA: 4.5 to 1), whatever was chosen. */
#ifndef SITE_COLOUR_H
#define SITE_COLOUR_H

#include "base/str.h"

struct colour {
    uint8_t r, g, b;
};

/* "#a3171f" or "#a31". */
bool colour_parse(struct str text, struct colour *ret);

/* WCAG's contrast ratio: 1 to 21. */
double colour_contrast(struct colour a, struct colour b);

/* The nearest to `wanted`, on its way to `towards`, that has `ratio` against `ground`; `towards`
 * itself if nothing on the way has. */
struct colour colour_readable(struct colour wanted, struct colour towards, struct colour ground,
                              double ratio);

#endif
