/* From the tree to programs: statements, blocks, partials. Expressions are template_expr.c. */
#include "render/template_expr.h"

static enum status compile_body(struct compiler *c, const struct body *body, uint32_t *ret_program);

static enum status emit_mustache(struct compiler *c, struct writer *w, const struct statement *s) {
    const struct expr *path = expr_callee(c, s->call.path);
    enum meaning meaning = expr_meaning(c, path, &s->call, false);
    enum status status;
    if (meaning == MEANS_CALL && path->parts.len == 1 && path->depth == 0 &&
        s->call.params.len > 0 && str_eq(path->original, STR("fragment")) &&
        expr_helper_named(c->theme, path->original) == NULL) {
        return expr_fragment(c, w, &s->call, s->at);
    }
    const struct helper *helper =
        meaning == MEANS_AMBIGUOUS ? expr_helper_named(c->theme, path->parts.ptr[0]) : NULL;
    if (helper != NULL) {
        status = expr_helper(c, w, &s->call, s->at, helper);
    } else if (meaning == MEANS_CALL) {
        status = expr_call(c, w, path, &s->call, s->at);
    } else {
        status = expr_path(c, w, path);
    }
    if (status == STATUS_OK) {
        expr_op(c, w, s->at, s->escaped ? OP_PUT : OP_PUT_RAW, 0, 0, 1, 0);
    }
    return status;
}

/* The block's two programs, and its index. */
static enum status compile_block(struct compiler *c, const struct statement *s, size_t *ret_block) {
    struct theme *t = c->theme;
    struct block block = { NO_PROGRAM, NO_PROGRAM };
    enum status status = STATUS_OK;
    if (s->program != NULL) {
        status = compile_body(c, s->program, &block.program);
    }
    if (status == STATUS_OK && s->inverse != NULL) {
        status = compile_body(c, s->inverse, &block.inverse);
    }
    *vec_push(&t->arena, &t->blocks) = block;
    *ret_block = t->blocks.len - 1;
    return status;
}

/* #if #unless #each #with: one argument. */
static enum status emit_builtin(struct compiler *c, struct writer *w, const struct statement *s,
                                enum builtin builtin, struct str name) {
    static const enum opcode codes[] = { [BUILTIN_IF] = OP_IF,
                                         [BUILTIN_UNLESS] = OP_UNLESS,
                                         [BUILTIN_EACH] = OP_EACH,
                                         [BUILTIN_WITH] = OP_WITH };
    bool condition = builtin == BUILTIN_IF || builtin == BUILTIN_UNLESS;
    bool zero = false;
    enum status status = STATUS_OK;
    if (s->call.params.len != 1) {
        return source_error(c->source, s->at, c->err, "#%.*s takes one argument", STR_FMT(name));
    }
    const struct expr *argument = s->call.params.ptr[0];
    bool asks_block = condition && expr_is_partial_block(argument) && argument->parts.len == 1 &&
                      argument->depth == 0;
    for (size_t i = 0; status == STATUS_OK && i < s->call.hash.len; i++) {
        const struct pair *pair = &s->call.hash.ptr[i];
        if (!condition || !str_eq(pair->key, STR("includeZero"))) {
            char of[16];
            *(char *)mempcpy(of, name.ptr, name.len) = '\0';
            return expr_unknown_named(c, of, pair, NULL);
        }
        if (!zero && !asks_block) { /* a block's text is no zero */
            status = expr_value(c, w, pair->value);
            zero = true;
        }
    }
    size_t block;
    if (status == STATUS_OK && asks_block) {
        status = compile_block(c, s, &block);
        if (status == STATUS_OK) {
            expr_op(c, w, s->at, OP_IF_BLOCK, builtin == BUILTIN_UNLESS, block, 0, 0);
        }
        return status;
    }
    if (status == STATUS_OK) {
        status = expr_value(c, w, argument);
    }
    if (status == STATUS_OK) {
        status = compile_block(c, s, &block);
    }
    if (status == STATUS_OK) {
        expr_op(c, w, s->at, codes[builtin], zero, block, 1u + zero, 0);
    }
    return status;
}

static enum status emit_block(struct compiler *c, struct writer *w, const struct statement *s) {
    const struct expr *path = expr_callee(c, s->call.path);
    struct str name = path->parts.len > 0 ? path->parts.ptr[0] : STR("");
    enum meaning meaning = expr_meaning(c, path, &s->call, false);
    enum builtin builtin = meaning == MEANS_CALL ? expr_builtin(name) : BUILTIN_NONE;
    if (builtin != BUILTIN_NONE && builtin <= BUILTIN_WITH) {
        return emit_builtin(c, w, s, builtin, name);
    }
    bool helper = path->parts.len == 1 && path->depth == 0 && meaning != MEANS_VALUE &&
                  expr_helper_named(c->theme, name) != NULL;
    if (helper) {
        return source_error(c->source, s->at, c->err, "%.*s is no block: {{%.*s}}", STR_FMT(name),
                            STR_FMT(name));
    }
    size_t block;
    enum status status = meaning == MEANS_CALL ? expr_call(c, w, path, &s->call, s->at)
                                               : expr_path(c, w, path);
    if (status == STATUS_OK) {
        status = compile_block(c, s, &block);
    }
    if (status == STATUS_OK) {
        if (meaning == MEANS_CALL) {
            expr_op(c, w, s->at, OP_PUT_RAW, 0, 0, 1, 0);
        } else {
            expr_op(c, w, s->at, OP_SECTION, 0, block, 1, 0);
        }
    }
    return status;
}

static enum status emit_partial(struct compiler *c, struct writer *w, const struct statement *s) {
    struct theme *t = c->theme;
    const struct expr *name = s->call.path;
    const struct pair *pairs;
    struct str *names;
    struct partial_call partial = { .program = NO_PROGRAM, .overlaid = s->call.hash.len > 0 };
    size_t len, pops = 1;
    enum status status = expr_pairs(c, &s->call, s->at, &pairs, &names, &len);
    if (status != STATUS_OK) {
        return status;
    }
    if (name->kind == EXPR_CALL) {
        partial.symbol = SYMBOL_DYNAMIC;
        status = expr_value(c, w, name);
        pops++;
    } else if (str_eq(name->original, STR("@partial-block"))) {
        partial.symbol = SYMBOL_BLOCK;
    } else {
        partial.symbol = theme_symbol(t, name->original);
    }
    if (status == STATUS_OK) {
        if (s->call.params.len > 0) {
            status = expr_value(c, w, s->call.params.ptr[0]);
        } else {
            expr_op(c, w, s->at, OP_CONTEXT, 0, 0, 0, 1);
        }
    }
    /* The parameters' order is that of handlebars' object: from the last to the first. */
    for (size_t i = len; status == STATUS_OK && i-- > 0;) {
        status = expr_value(c, w, pairs[i].value);
    }
    if (status == STATUS_OK && s->program != NULL) {
        status = compile_body(c, s->program, &partial.program);
    }
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < len / 2; i++) {
        struct str swap = names[i];
        names[i] = names[len - 1 - i];
        names[len - 1 - i] = swap;
    }
    partial.names = names;
    partial.names_len = (uint32_t)len;
    partial.indent = arena_str(&t->arena, s->indent);
    *vec_push(&t->arena, &t->partials) = partial;
    expr_op(c, w, s->at, OP_PARTIAL, 0, t->partials.len - 1, pops + len, 0);
    return STATUS_OK;
}

static enum status compile_inline(struct compiler *c, struct writer *w, const struct statement *s) {
    if (s->call.params.len != 1 || s->call.hash.len > 0 ||
        s->call.params.ptr[0]->kind == EXPR_PATH || s->call.params.ptr[0]->kind == EXPR_CALL) {
        return source_error(c->source, s->at, c->err,
                            "an inline partial wants its name: {{#*inline \"name\"}}");
    }
    struct inline_partial partial = { .symbol =
                                          theme_symbol(c->theme, s->call.params.ptr[0]->original) };
    enum status status = compile_body(c, s->program, &partial.program);
    *vec_push(c->scratch, &w->inlines) = partial;
    return status;
}

static enum status emit_statement(struct compiler *c, struct writer *w, const struct statement *s) {
    switch (s->kind) {
    case STATEMENT_CONTENT: expr_text(w, s->at, s->value); return STATUS_OK;
    case STATEMENT_COMMENT: return STATUS_OK;
    case STATEMENT_MUSTACHE: return emit_mustache(c, w, s);
    case STATEMENT_BLOCK: return emit_block(c, w, s);
    case STATEMENT_PARTIAL:
    case STATEMENT_PARTIAL_BLOCK: return emit_partial(c, w, s);
    case STATEMENT_INLINE: return compile_inline(c, w, s);
    }
    return STATUS_OK;
}

static void *copy_into(struct arena *a, const void *from, size_t count, size_t size) {
    void *to = arena_array(a, count + 1, size);
    return count > 0 ? memcpy(to, from, count * size) : to;
}

static enum status compile_body(struct compiler *c, const struct body *body,
                                uint32_t *ret_program) {
    struct theme *t = c->theme;
    struct writer w = { 0 };
    buf_init(&w.text, LIMIT_TEMPLATE_BYTES);
    check(c->bodies_len < COUNT_OF(c->bodies));
    c->bodies[c->bodies_len++] = body;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < body->statements.len; i++) {
        size_t before = w.ops.len;
        status = emit_statement(c, &w, body->statements.ptr[i]);
        if (status != STATUS_OK) {
            /* Half a statement is none. */
            w.ops.len = w.places.len = before;
            w.stack = 0;
            status = theme_fault(t, false, status, c->err);
        }
    }
    expr_text_end(c, &w);
    buf_done(&w.text);
    c->bodies_len--;
    struct program program = {
        .op = (uint32_t)t->ops.len,
        .ops_len = (uint32_t)w.ops.len,
        .template = c->template,
        .inlines = copy_into(&t->arena, w.inlines.ptr, w.inlines.len, sizeof *w.inlines.ptr),
        .inlines_len = (uint32_t)w.inlines.len,
    };
    for (size_t i = 0; i < w.ops.len; i++) {
        *vec_push(&t->arena, &t->ops) = w.ops.ptr[i];
        *vec_push(&t->arena, &t->places) = w.places.ptr[i];
    }
    t->stack_max = w.stack_max > t->stack_max ? w.stack_max : t->stack_max;
    *vec_push(&t->arena, &t->programs) = program;
    *ret_program = (uint32_t)t->programs.len - 1;
    return status;
}

enum status template_compile(struct theme *theme, uint32_t index, struct err *err) {
    struct arena scratch;
    arena_init(&scratch);
    struct compiler c = {
        .theme = theme,
        .source = &theme->templates.ptr[index].source,
        .template = index,
        .scratch = &scratch,
        .err = err,
    };
    struct body none = { 0 }, *body = &none;
    enum status status = template_parse(c.source, &scratch, &body, err);
    if (status != STATUS_OK) {
        body = &none;
        status = theme_fault(theme, true, status, err);
    }
    if (status == STATUS_OK) {
        status = compile_body(&c, body, &theme->templates.ptr[index].main);
    }
    arena_done(&scratch);
    return status;
}
