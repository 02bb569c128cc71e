/* What the checker knows of values. Private to template_check.c and template_shape.c. */
#ifndef RENDER_TEMPLATE_SHAPE_H
#define RENDER_TEMPLATE_SHAPE_H

#include "render/template_code.h"

/* What is known of a value. ANY: nothing. */
struct shape {
    enum value_kind kind;
    enum value_kind item_kind;
    const struct type *type;             /* as in struct value; &type_overlay: `overlay` */
    const struct shape_overlay *overlay; /* interned */
    /* Not part of the type: */
    uint32_t identity;            /* the same value, as far as is seen */
    struct str name;              /* the last name that led to it, for messages */
    const struct value *constant; /* of a literal */
};

struct shape_overlay {
    struct shape base; /* no overlay itself */
    const struct str *names;
    const struct shape *shapes;
    size_t len;
    uint64_t hash;
    const struct shape_overlay *next; /* in its bucket */
};

enum { SHAPE_BUCKETS = 1024 };

/* The shapes of one check. */
struct shapes {
    struct theme *theme;
    struct err *err;
    struct arena arena;
    struct shape_overlay *overlays[SHAPE_BUCKETS];
    uint32_t identities;
};

/* Where an operation stands. */
struct spot {
    const struct program *program;
    size_t op;
};

/* A new value of that kind; of type_any nothing is known. */
struct shape shape_of(struct shapes *s, enum value_kind kind, const struct type *type);
struct shape shape_of_item(struct shapes *s, struct shape list);
/* The context with parameters over it: one overlay of each form. */
struct shape shape_overlay(struct shapes *s, struct shape base, const struct str *names,
                           const struct shape *shapes, size_t len);
/* in[name]; site: learns which field that is, or NULL. Errors: INVALID, it has no such name. */
NODISCARD enum status shape_field(struct shapes *s, struct spot at, struct shape in,
                                  struct str name, struct site *site, struct shape *ret_shape);
/* "section", "text", "a list of card": for messages. */
const char *shape_words(struct shape shape, char out[80]);

#endif
