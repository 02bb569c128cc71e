/* Paragraphs as WordPress makes them (its `wpautop`), for bodies written before the block editor:
 * an empty line ends a paragraph, a line feed within one is a <br />, block elements stand alone,
 * and <pre>, <script> and <style> keep their lines. */
#ifndef TRANSFER_AUTOP_H
#define TRANSFER_AUTOP_H

#include "base/buf.h"

/* Append the text with its paragraphs marked. Linear in time; a failure (TOO_LARGE, NO_MEMORY)
 * sticks to `out`. */
void autop(struct str text, struct buf *out);

#endif
