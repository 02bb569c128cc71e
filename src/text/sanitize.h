/* From any HTML to the body subset (text/body.h): nothing that runs, loads or escapes its place. */
#ifndef TEXT_SANITIZE_H
#define TEXT_SANITIZE_H

#include "base/arena.h"
#include "base/status.h"
#include "text/html.h"

struct sanitize_options {
    struct str base_url;  /* of the site: absolute links to it become path-absolute; may be empty */
    size_t *ret_removed;  /* NULL, or gets the number of elements and attributes taken away added */
    unsigned *ret_rounds; /* NULL, or how many passes it took (1 or 2: the usual) */
};

/* Parse as an HTML5 parser does, keep what the subset has, write it in canonical form.
 * Idempotent: sanitize(sanitize(x)) is sanitize(x), byte for byte. options may be NULL.
 * Errors: TOO_LARGE (input or output over LIMIT_BODY_HTML_BYTES, or HTML so nested that parsing it
 * takes too much memory or time). */
NODISCARD enum status sanitize_html(struct arena *a, struct str untrusted,
                                    const struct sanitize_options *options, struct html *ret,
                                    struct err *err);

#endif
