/* A run of a template: what the interpreter's parts share. Private to template_run.c (programs and
 * blocks), template_output.c (what is written) and template_call.c (helpers and fragments). */
#ifndef RENDER_TEMPLATE_RUN_H
#define RENDER_TEMPLATE_RUN_H

#include "render/template_code.h"

/* A partial's lines are indented as its tag was. */
struct indent {
    struct str text;
    bool pending; /* at the beginning of a line */
    struct indent *up;
};

struct run {
    const struct theme *theme;
    struct template_sink *sink;
    void *helper_ctx;
    struct err *err;
    struct arena arena;
    struct buf helper_out;
    struct buf text;    /* for turning a value into a string */
    struct buf escaped; /* on its way into an indented partial */
    struct buf *out;    /* the sink's, or a buffer that is thrown away */
    struct indent *indent;
    struct value *stack;
    size_t stack_len;
    size_t nested;
    size_t partials_nested;
    size_t steps, steps_max;
};

static inline struct value run_pop(struct run *r) {
    check(r->stack_len > 0);
    return r->stack[--r->stack_len];
}

static inline void run_push(struct run *r, struct value v) {
    check(r->stack_len < r->theme->stack_max);
    r->stack[r->stack_len++] = v;
}

/* template_output.c: write text as it is, or a value as handlebars prints it. */
void run_put(struct run *r, struct str s);
void run_put_value(struct run *r, struct value v, bool escaped);
/* Something that is not text comes next: indent its line. */
void run_begin_line(struct run *r);
/* String(v), until the next call. */
struct str run_string(struct run *r, struct value v);

/* template_call.c: run the op, whose arguments are on the stack.
 * printed: the next op prints the result, which may then borrow from r->helper_out. */
NODISCARD enum status run_helper(struct run *r, const struct program *program, size_t op,
                                 const struct invocation *inv, bool printed);
NODISCARD enum status run_fragment(struct run *r, const struct program *program, size_t op,
                                   const struct invocation *inv);

#endif
