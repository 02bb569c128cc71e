/* What a browser will make of a template's HTML. Private to src/site.
 *
 * The compiler knows what values a template shows; this looks at where it puts them, and at what
 * the text between them asks a browser to do. It reads HTML as a browser's tokenizer does, roughly:
 * a template is no document, and what it says are hints, not proofs. */
#ifndef SITE_MARKUP_H
#define SITE_MARKUP_H

#include "base/arena.h"

struct markup_fault {
    size_t at; /* byte offset */
    bool is_error;
    struct str message;
};
typedef void markup_fault_fn(void *ctx, const struct markup_fault *fault);

/* Up to the first fault of the template's own syntax, if it has one. */
void markup_check(struct arena *a, struct str template, markup_fault_fn *say, void *ctx);

/* An SVG that is served as it is: what scripts it has, and what it asks other sites for. */
void markup_check_svg(struct arena *a, struct str svg, markup_fault_fn *say, void *ctx);

/* Would a browser that finds this address in a page of the site ask another one? */
bool markup_is_external(struct str address);

#endif
