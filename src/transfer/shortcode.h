/* WordPress's [shortcode] grammar: [name a="b" c='d' e=f "g" h], [name /], [name]content[/name],
 * and [[name]] for the text "[name]". Content ends at the first [/name]; a name whose end tag is
 * missing stands alone. Attributes cannot hold "]". */
#ifndef TRANSFER_SHORTCODE_H
#define TRANSFER_SHORTCODE_H

#include "base/arena.h"
#include "base/limits.h"

struct shortcode_attr {
    struct str name; /* lower case; empty: only a value */
    struct str value;
};

struct shortcode_attrs {
    struct shortcode_attr ptr[LIMIT_SHORTCODE_ATTRS];
    size_t len;
};

struct shortcode {
    size_t begin, end; /* in the text */
    struct str name;
    struct shortcode_attrs attrs;
    struct str content; /* ptr NULL: none */
    bool closed;        /* [name /], or there is content */
    bool escaped;       /* [[name …]]: the text without the outer brackets */
};

/* Which names are shortcodes, and until where their end tags were looked for. Zero it, and set
 * `names`, before a walk over one text. */
enum { SHORTCODE_NAMES_MAX = 16 };
struct shortcode_walk {
    const struct str *names;
    size_t n_names;
    bool no_close[SHORTCODE_NAMES_MAX]; /* there is no further end tag of this name */
};

/* The first shortcode at or after `from`; false: none. Attribute names live in `a`, the rest
 * borrows the text. Walk on from ret->end. */
bool shortcode_next(struct arena *a, struct shortcode_walk *walk, struct str text, size_t from,
                    struct shortcode *ret);

/* Something that has a shortcode's form but a name that is not in the walk: its name, and where to
 * walk on. What is more likely a remark in brackets ("[sic]") is none. */
bool shortcode_unknown(const struct shortcode_walk *walk, struct str text, size_t from,
                       struct str *ret_name, size_t *ret_next);

/* The attributes between name and "]". */
void shortcode_parse_attrs(struct arena *a, struct str text, struct shortcode_attrs *ret);

/* The value of a named attribute; ptr NULL when there is none. */
struct str shortcode_attr(const struct shortcode *s, const char *name);
/* The n-th value without a name; ptr NULL when there are fewer. */
struct str shortcode_value(const struct shortcode *s, size_t n);

#endif
