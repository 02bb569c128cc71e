/* The HTML5 parser (gumbo) within limits of memory and time. */
#ifndef TEXT_HTML_PARSE_H
#define TEXT_HTML_PARSE_H

#include "base/arena.h"
#include "base/status.h"

#include <gumbo.h>

/* Parse as the content of <body>. *ret_root: an element whose children are the result; it lives in
 * `a` and borrows `text`, which must be valid UTF-8.
 * Errors: TOO_LARGE (input, parse tree or time). */
NODISCARD enum status html_parse(struct arena *a, struct str text, const GumboNode **ret_root,
                                 struct err *err);

#endif
