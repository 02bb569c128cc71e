/* Writing expressions as operations. Private to template_expr.c and template_compile.c. */
#ifndef RENDER_TEMPLATE_EXPR_H
#define RENDER_TEMPLATE_EXPR_H

#include "base/limits.h"
#include "render/template_code.h"

struct compiler {
    struct theme *theme;
    const struct source *source;
    uint32_t template;
    struct arena *scratch;
    struct err *err;
    /* The block parameters of the programs around, outermost first. */
    const struct body *bodies[2 * LIMIT_TEMPLATE_DEPTH + 2];
    size_t bodies_len;
};

/* A program while it is being written: its operations must lie together. */
struct writer {
    VEC(struct op) ops;
    VEC(uint32_t) places;
    VEC(struct inline_partial) inlines;
    struct buf text; /* pending */
    uint32_t text_place;
    uint32_t stack, stack_max;
};

enum builtin {
    BUILTIN_NONE,
    BUILTIN_IF,
    BUILTIN_UNLESS,
    BUILTIN_EACH,
    BUILTIN_WITH,
    BUILTIN_LOOKUP,
    BUILTIN_LOG,
    BUILTIN_MISSING, /* handlebars' hooks, which cannot be called */
};

enum builtin expr_builtin(struct str name);
const struct helper *expr_helper_named(const struct theme *theme, struct str name);

/* Append an operation that pops and pushes so many values. */
void expr_op(struct compiler *c, struct writer *w, size_t place, enum opcode code, size_t n,
             size_t a, size_t pops, size_t pushes);
/* Text gathers until the next operation. */
void expr_text(struct writer *w, size_t place, struct str text);
void expr_text_end(struct compiler *c, struct writer *w);
NODISCARD enum status expr_path(struct compiler *c, struct writer *w, const struct expr *path);
NODISCARD enum status expr_value(struct compiler *c, struct writer *w, const struct expr *e);
/* A helper that is known; its arguments are checked. */
NODISCARD enum status expr_helper(struct compiler *c, struct writer *w, const struct call *call,
                                  size_t place, const struct helper *helper);
/* Whatever is called: a helper, lookup, log, or nothing that can be called. */
NODISCARD enum status expr_call(struct compiler *c, struct writer *w, const struct expr *path,
                                const struct call *call, size_t place);
NODISCARD enum status expr_fragment(struct compiler *c, struct writer *w, const struct call *call,
                                    size_t place);

enum meaning { MEANS_VALUE, MEANS_AMBIGUOUS, MEANS_CALL };
/* classifySexpr of compiler.js. */
enum meaning expr_meaning(const struct compiler *c, const struct expr *path,
                          const struct call *call, bool subexpression);
/* What is called, as a path: {{"foo"}} is {{foo}}. */
const struct expr *expr_callee(struct compiler *c, const struct expr *e);
bool expr_is_partial_block(const struct expr *e);

/* The named arguments that count. Of several of one name handlebars takes the first's value and the
 * last's place, and it drops a literal undefined. Their names go into the theme. */
NODISCARD enum status expr_pairs(struct compiler *c, const struct call *call, size_t place,
                                 const struct pair **ret_pairs, struct str **ret_names,
                                 size_t *ret_len);
enum status expr_unknown_named(struct compiler *c, const char *of, const struct pair *pair,
                               const struct helper *helper);

#endif
