/* A parser for plain markup: what editors write most, in which an HTML parser moves nothing.
 *
 * It takes over for html_parse where it can, at a tenth of the cost, and refuses everything else:
 * it never guesses. What it takes, it parses exactly as html_parse does, up to what nobody reads
 * (positions, original texts, how an element came to be); the tests and fuzz/html_plain.c compare
 * the two. */
#ifndef TEXT_HTML_PLAIN_H
#define TEXT_HTML_PLAIN_H

#include "base/arena.h"

#include <gumbo.h>

/* false: it is not plain enough, *ret_root is untouched. Otherwise as html_parse; the tree lives in
 * `a` and borrows nothing. */
NODISCARD bool html_plain_parse(struct arena *a, struct str text, const GumboNode **ret_root);

#endif
