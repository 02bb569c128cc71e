/* What a running program stands in, the same for the interpreter and for the checker, which differ
 * only in what they know of values: a `depth` holds a value there and a shape here. Private to
 * both; the essay in template_run.c says what each thing is. All of it lives while its block runs.
 */
#ifndef RENDER_TEMPLATE_SCOPE_H
#define RENDER_TEMPLATE_SCOPE_H

#include "render/template_code.h"

struct depth;
struct level;
struct scope;

struct activation {
    const struct scope *partials;
};

struct closure {
    uint32_t program; /* or NO_PROGRAM */
    const struct depth *depths;
    const struct level *levels;
    struct activation *activation;
};

struct scope {
    uint32_t symbol;
    struct closure closure;
    const struct scope *up;
};

struct partial_block {
    struct closure closure;
    const struct partial_block *outer; /* in force inside of it */
};

static inline const struct program *program_at(const struct theme *theme, uint32_t index) {
    return &theme->programs.ptr[index];
}

/* The inline partials that a closure's program declares, on top of `partials`; from the arena. */
static inline const struct scope *scope_extend(const struct theme *theme, struct arena *a,
                                               const struct closure *closure,
                                               const struct scope *partials) {
    const struct program *program = program_at(theme, closure->program);
    for (size_t i = 0; i < program->inlines_len; i++) {
        struct scope *scope = ARENA_NEW(a, struct scope);
        *scope = (struct scope){ program->inlines[i].symbol, *closure, partials };
        scope->closure.program = program->inlines[i].program;
        partials = scope;
    }
    return partials;
}

/* The inline partial in force under a name, or NULL. */
static inline const struct closure *scope_find(const struct activation *activation,
                                               uint32_t symbol) {
    for (const struct scope *s = activation->partials; s != NULL; s = s->up) {
        if (s->symbol == symbol) {
            return &s->closure;
        }
    }
    return NULL;
}

#endif
