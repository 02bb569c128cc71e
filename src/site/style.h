/* A theme's style sheet on its way into the pages. Private to src/site. */
#ifndef SITE_STYLE_H
#define SITE_STYLE_H

#include "base/arena.h"

/* What is wrong in it. A fatal fault would break pages; the others are a designer's oversights. */
struct style_fault {
    size_t at; /* byte offset */
    bool fatal;
    struct str message;
};

struct style_options {
    /* Where the page finds a file of the theme; ptr NULL: there is none of that name. */
    struct str (*asset)(void *ctx, struct str name);
    void (*fault)(void *ctx, const struct style_fault *fault);
    void *ctx;
};

/* The sheet without comments and the white space that means nothing; url(name) of a file of the
 * theme becomes its address. Strings stay as they are. */
struct str style_make(struct arena *a, struct str css, const struct style_options *options);

#endif
