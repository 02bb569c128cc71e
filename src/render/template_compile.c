/* From the tree to operations. What a name means where it stands (a helper, a block parameter, a
 * property) is decided as handlebars' compiler.js decides it, oddities included: {{@item}} is the
 * block parameter `item` if there is one, and a name with "this" in it is never a helper. */
#include "base/limits.h"
#include "render/template_code.h"

#include <stdlib.h>

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

static const struct {
    const char *name;
    enum builtin builtin;
} builtins[] = {
    { "if", BUILTIN_IF },
    { "unless", BUILTIN_UNLESS },
    { "each", BUILTIN_EACH },
    { "with", BUILTIN_WITH },
    { "lookup", BUILTIN_LOOKUP },
    { "log", BUILTIN_LOG },
    { "helperMissing", BUILTIN_MISSING },
    { "blockHelperMissing", BUILTIN_MISSING },
};

static enum builtin builtin_of(struct str name) {
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        if (str_eq(name, str_of(builtins[i].name))) {
            return builtins[i].builtin;
        }
    }
    return BUILTIN_NONE;
}

static const struct helper *helper_of(const struct theme *theme, struct str name) {
    for (const struct helper *h = theme->helpers; h != NULL && h->name != NULL; h++) {
        if (str_eq(name, str_of(h->name))) {
            return h;
        }
    }
    return NULL;
}

/* Writing ------------------------------------------------------------------------------------ */

static void flush_text(struct compiler *c, struct writer *w) {
    if (w->text.len > 0) {
        struct theme *t = c->theme;
        *vec_push(&t->arena, &t->texts) = arena_str(&t->arena, buf_str(&w->text));
        buf_reset(&w->text);
        *vec_push(c->scratch, &w->ops) = (struct op){ OP_TEXT, 0, (uint32_t)t->texts.len - 1 };
        *vec_push(c->scratch, &w->places) = w->text_place;
    }
}

/* Append an operation that pops and pushes so many values. */
static void emit(struct compiler *c, struct writer *w, size_t place, enum opcode code, size_t n,
                 size_t a, size_t pops, size_t pushes) {
    flush_text(c, w);
    check(w->stack >= pops && n <= UINT16_MAX && a <= UINT32_MAX);
    w->stack = (uint32_t)(w->stack - pops + pushes);
    if (w->stack > w->stack_max) {
        w->stack_max = w->stack;
    }
    *vec_push(c->scratch, &w->ops) = (struct op){ (uint16_t)code, (uint16_t)n, (uint32_t)a };
    *vec_push(c->scratch, &w->places) = (uint32_t)place;
}

static void emit_const(struct compiler *c, struct writer *w, size_t place, struct value value) {
    struct theme *t = c->theme;
    *vec_push(&t->arena, &t->consts) = value;
    emit(c, w, place, OP_CONST, 0, t->consts.len - 1, 0, 1);
}

static void emit_field(struct compiler *c, struct writer *w, size_t place, struct str name,
                       bool falsy) {
    struct theme *t = c->theme;
    *vec_push(&t->arena, &t->sites) = (struct site){ .name = theme_name(t, name) };
    emit(c, w, place, falsy ? OP_FIELD_AND : OP_FIELD, 0, t->sites.len - 1, 1, 1);
}

static void write_text(struct writer *w, size_t place, struct str text) {
    if (w->text.len == 0) {
        w->text_place = (uint32_t)place;
    }
    buf_put(&w->text, text);
}

/* Paths -------------------------------------------------------------------------------------- */

/* The regular expression /^\.|this\b/ of ast.js. */
static bool is_scoped(struct str original) {
    if (str_starts(original, STR("."))) {
        return true;
    }
    for (size_t at = 0; (at = str_find(original, STR("this"), at)) != STR_NPOS; at++) {
        char next = at + 4 < original.len ? original.ptr[at + 4] : ' ';
        if (!char_is_alnum(next) && next != '_') {
            return true;
        }
    }
    return false;
}

/* How many programs up a block parameter of that name is declared, and which it is. */
static bool find_param(const struct compiler *c, struct str name, size_t *ret_up, size_t *ret_at) {
    for (size_t up = 0; up < c->bodies_len; up++) {
        const struct body *body = c->bodies[c->bodies_len - 1 - up];
        for (size_t i = 0; i < body->params.len; i++) {
            if (str_eq(body->params.ptr[i], name)) {
                *ret_up = up;
                *ret_at = i;
                return true;
            }
        }
    }
    return false;
}

/* What is called, as a path: {{"foo"}} is {{foo}}. */
static const struct expr *callee(struct compiler *c, const struct expr *e) {
    if (e->kind == EXPR_PATH || e->kind == EXPR_CALL) {
        return e;
    }
    struct expr *path = ARENA_NEW(c->scratch, struct expr);
    *path = (struct expr){ .kind = EXPR_PATH, .at = e->at, .original = e->original };
    *vec_push(c->scratch, &path->parts) = e->original;
    return path;
}

static bool is_partial_block(const struct expr *e) {
    return e->kind == EXPR_PATH && e->data && e->parts.len > 0 &&
           str_eq(e->parts.ptr[0], STR("partial-block"));
}

static void emit_data(struct compiler *c, struct writer *w, const struct expr *path) {
    static const char *const names[] = DATA_NAMES;
    struct theme *t = c->theme;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(path->parts.ptr[0], str_of(names[i]))) {
            emit(c, w, path->at, OP_DATA, path->depth, i, 0, 1);
            return;
        }
    }
    *vec_push(&t->arena, &t->texts) = arena_str(&t->arena, path->parts.ptr[0]);
    emit(c, w, path->at, OP_DATA_NONE, 0, t->texts.len - 1, 0, 1);
}

static enum status emit_path(struct compiler *c, struct writer *w, const struct expr *path) {
    size_t up, at, part = 1;
    bool named = path->parts.len > 0 && path->parts.ptr[0].len > 0;
    bool falsy = false;
    c->theme->templates.ptr[c->template].climbs |= path->depth > 0;
    if (named && path->depth == 0 && !is_scoped(path->original) &&
        find_param(c, path->parts.ptr[0], &up, &at)) {
        emit(c, w, path->at, OP_PARAM, up, at, 0, 1);
    } else if (!named) {
        emit(c, w, path->at, OP_CONTEXT, 0, path->depth, 0, 1);
        return STATUS_OK;
    } else if (path->data) {
        if (is_partial_block(path)) {
            return source_error(c->source, path->at, c->err,
                                "@partial-block can be called, {{> @partial-block}}, and asked "
                                "for, {{#if @partial-block}}, nothing else");
        }
        falsy = true;
        emit_data(c, w, path);
    } else {
        emit(c, w, path->at, OP_CONTEXT, 0, path->depth, 0, 1);
        part = 0;
    }
    for (; part < path->parts.len; part++) {
        emit_field(c, w, path->at, path->parts.ptr[part], falsy);
    }
    return STATUS_OK;
}

/* Calls -------------------------------------------------------------------------------------- */

static enum status emit_call(struct compiler *c, struct writer *w, const struct call *call,
                             size_t place);

static enum status emit_expr(struct compiler *c, struct writer *w, const struct expr *e) {
    switch (e->kind) {
    case EXPR_PATH: return emit_path(c, w, e);
    case EXPR_CALL: return emit_call(c, w, e->call, e->at);
    case EXPR_STRING:
        emit_const(c, w, e->at, value_of_str(arena_str(&c->theme->arena, e->original)));
        break;
    case EXPR_NUMBER: {
        bool whole = e->number > -1e15 && e->number < 1e15 &&
                     e->number == (double)(int64_t)e->number;
        emit_const(c, w, e->at, whole ? value_int((int64_t)e->number) : value_float(e->number));
        break;
    }
    case EXPR_BOOLEAN: emit_const(c, w, e->at, value_bool(e->boolean)); break;
    case EXPR_NULL: emit_const(c, w, e->at, (struct value){ .kind = VALUE_NULL }); break;
    case EXPR_UNDEFINED: emit_const(c, w, e->at, value_none()); break;
    }
    return STATUS_OK;
}

/* The named arguments that count. Of several of one name handlebars takes the first's value and the
 * last's place, and it drops a literal undefined. Their names go into the theme. */
static enum status kept_pairs(struct compiler *c, const struct call *call, size_t place,
                              const struct pair **ret_pairs, struct str **ret_names,
                              size_t *ret_len) {
    if (call->params.len + call->hash.len > LIMIT_TEMPLATE_ARGS) {
        return source_error(c->source, place, c->err, "more than %d arguments",
                            LIMIT_TEMPLATE_ARGS);
    }
    struct pair *pairs = arena_array(c->scratch, call->hash.len + 1, sizeof *pairs);
    size_t len = 0;
    for (size_t i = 0; i < call->hash.len; i++) {
        const struct pair *all = call->hash.ptr;
        size_t first = i, last = i;
        for (size_t j = 0; j < call->hash.len; j++) {
            if (str_eq(all[j].key, all[i].key)) {
                first = j < first ? j : first;
                last = j;
            }
        }
        if (last == i && all[first].value->kind != EXPR_UNDEFINED) {
            pairs[len++] = all[first];
        }
    }
    *ret_names = arena_array(&c->theme->arena, len + 1, sizeof **ret_names);
    for (size_t i = 0; i < len; i++) {
        (*ret_names)[i] = theme_name(c->theme, pairs[i].key);
    }
    *ret_pairs = pairs;
    *ret_len = len;
    return STATUS_OK;
}

static enum status unknown_named(struct compiler *c, const char *of, const struct pair *pair,
                                 const struct helper *helper) {
    struct nearest nearest;
    nearest_init(&nearest, pair->key);
    for (size_t i = 0; helper != NULL && i < HELPER_ARGS_MAX && helper->named[i].name; i++) {
        nearest_offer(&nearest, str_of(helper->named[i].name));
    }
    return source_error(c->source, pair->value->at, c->err, "%s takes no \"%.*s\"%s", of,
                        STR_FMT(pair->key), nearest_text(&nearest));
}

/* A helper's arguments, or a fragment's; then `code` with the invocation. */
static enum status emit_invocation(struct compiler *c, struct writer *w, const struct call *call,
                                   size_t place, enum opcode code, const struct helper *helper) {
    struct theme *t = c->theme;
    const struct pair *pairs;
    struct str *names;
    size_t len;
    enum status status = kept_pairs(c, call, place, &pairs, &names, &len);
    for (size_t i = 0; status == STATUS_OK && i < call->params.len; i++) {
        status = emit_expr(c, w, call->params.ptr[i]);
    }
    for (size_t i = 0; status == STATUS_OK && i < len; i++) {
        bool known = helper == NULL || helper->named_open;
        for (size_t j = 0; !known && j < HELPER_ARGS_MAX && helper->named[j].name; j++) {
            known = str_eq(str_of(helper->named[j].name), pairs[i].key);
        }
        status = known ? emit_expr(c, w, pairs[i].value)
                       : unknown_named(c, helper->name, &pairs[i], helper);
    }
    if (status != STATUS_OK) {
        return status;
    }
    *vec_push(&t->arena, &t->invocations) =
        (struct invocation){ helper, names, (uint32_t)call->params.len, (uint32_t)len };
    emit(c, w, place, code, 0, t->invocations.len - 1, call->params.len + len,
         code == OP_HELPER ? 1 : 0);
    return STATUS_OK;
}

static enum status emit_helper(struct compiler *c, struct writer *w, const struct call *call,
                               size_t place, const struct helper *helper) {
    size_t max = 0;
    while (max < HELPER_ARGS_MAX && helper->args[max].name != NULL) {
        max++;
    }
    if (call->params.len < helper->args_min || call->params.len > max) {
        const char *missing = call->params.len < max ? helper->args[call->params.len].name : "";
        return call->params.len > max
                   ? source_error(c->source, place, c->err, "%s takes %zu argument%s, not %zu",
                                  helper->name, max, max == 1 ? "" : "s", call->params.len)
                   : source_error(c->source, place, c->err, "%s wants the argument \"%s\"",
                                  helper->name, missing);
    }
    return emit_invocation(c, w, call, place, OP_HELPER, helper);
}

static enum status no_helper(struct compiler *c, struct str name, size_t place) {
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        if (builtins[i].builtin != BUILTIN_MISSING) {
            nearest_offer(&nearest, str_of(builtins[i].name));
        }
    }
    nearest_offer(&nearest, STR("fragment"));
    for (const struct helper *h = c->theme->helpers; h != NULL && h->name != NULL; h++) {
        nearest_offer(&nearest, str_of(h->name));
    }
    return source_error(c->source, place, c->err, "there is no helper \"%.*s\"%s", STR_FMT(name),
                        nearest_text(&nearest));
}

enum meaning { MEANS_VALUE, MEANS_AMBIGUOUS, MEANS_CALL };

/* classifySexpr of compiler.js. */
static enum meaning meaning_of(const struct compiler *c, const struct expr *path,
                               const struct call *call, bool subexpression) {
    size_t up, at;
    bool simple = path->parts.len == 1 && path->depth == 0 && !is_scoped(path->original);
    if (simple && find_param(c, path->parts.ptr[0], &up, &at)) {
        return MEANS_VALUE;
    }
    if (subexpression || call->params.len > 0 || call->hash.len > 0 ||
        (simple && builtin_of(path->parts.ptr[0]) != BUILTIN_NONE)) {
        return MEANS_CALL;
    }
    return simple ? MEANS_AMBIGUOUS : MEANS_VALUE;
}

static enum status emit_lookup(struct compiler *c, struct writer *w, const struct call *call,
                               size_t place) {
    if (call->params.len != 2) {
        return source_error(c->source, place, c->err, "lookup wants an object and a name");
    }
    if (call->hash.len > 0) {
        return unknown_named(c, "lookup", &call->hash.ptr[0], NULL);
    }
    enum status status = emit_expr(c, w, call->params.ptr[0]);
    if (status == STATUS_OK) {
        status = emit_expr(c, w, call->params.ptr[1]);
    }
    if (status == STATUS_OK) {
        emit(c, w, place, OP_LOOKUP, 0, 0, 2, 1);
    }
    return status;
}

/* Something is called that is no helper: handlebars fails, unless it is called without positional
 * arguments and its value is false. */
static enum status emit_uncallable(struct compiler *c, struct writer *w, const struct expr *path,
                                   const struct call *call) {
    if (call->params.len > 0) {
        return no_helper(c, path->original, path->at);
    }
    enum status status = emit_path(c, w, path);
    if (status == STATUS_OK) {
        emit(c, w, path->at, OP_UNCALLABLE, 0, 0, 1, 1);
    }
    return status;
}

static enum status emit_call_of(struct compiler *c, struct writer *w, const struct expr *path,
                                const struct call *call, size_t place) {
    struct str name = path->parts.len > 0 ? path->parts.ptr[0] : STR("");
    switch (builtin_of(name)) {
    case BUILTIN_NONE: break;
    case BUILTIN_LOOKUP: return emit_lookup(c, w, call, place);
    case BUILTIN_LOG: emit_const(c, w, place, value_none()); return STATUS_OK;
    case BUILTIN_MISSING: return no_helper(c, name, place);
    default:
        return source_error(c->source, place, c->err, "%.*s is a block: {{#%.*s}}", STR_FMT(name),
                            STR_FMT(name));
    }
    bool simple = path->parts.len == 1 && path->depth == 0 && !is_scoped(path->original);
    const struct helper *helper = simple ? helper_of(c->theme, path->original) : NULL;
    if (helper != NULL) {
        return emit_helper(c, w, call, place, helper);
    }
    if (simple && str_eq(name, STR("fragment")) && call->params.len > 0) {
        return source_error(c->source, place, c->err, "a fragment is no value: {{fragment …}}");
    }
    return emit_uncallable(c, w, path, call);
}

/* A subexpression. */
static enum status emit_call(struct compiler *c, struct writer *w, const struct call *call,
                             size_t place) {
    const struct expr *path = callee(c, call->path);
    if (meaning_of(c, path, call, true) == MEANS_VALUE) {
        return emit_path(c, w, path);
    }
    return emit_call_of(c, w, path, call, place);
}

/* Statements --------------------------------------------------------------------------------- */

static enum status compile_body(struct compiler *c, const struct body *body, uint32_t *ret_program);

static enum status emit_mustache(struct compiler *c, struct writer *w, const struct statement *s) {
    const struct expr *path = callee(c, s->call.path);
    enum meaning meaning = meaning_of(c, path, &s->call, false);
    enum status status;
    if (meaning == MEANS_CALL && path->parts.len == 1 && path->depth == 0 &&
        s->call.params.len > 0 && str_eq(path->original, STR("fragment")) &&
        helper_of(c->theme, path->original) == NULL) {
        if (s->call.params.len > 1) {
            return source_error(c->source, s->at, c->err,
                                "fragment takes its kind and named parameters");
        }
        return emit_invocation(c, w, &s->call, s->at, OP_FRAGMENT, NULL);
    }
    const struct helper *helper =
        meaning == MEANS_AMBIGUOUS ? helper_of(c->theme, path->parts.ptr[0]) : NULL;
    if (helper != NULL) {
        status = emit_helper(c, w, &s->call, s->at, helper);
    } else if (meaning == MEANS_CALL) {
        status = emit_call_of(c, w, path, &s->call, s->at);
    } else {
        status = emit_path(c, w, path);
    }
    if (status == STATUS_OK) {
        emit(c, w, s->at, s->escaped ? OP_PUT : OP_PUT_RAW, 0, 0, 1, 0);
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
    for (size_t i = 0; status == STATUS_OK && i < s->call.hash.len; i++) {
        const struct pair *pair = &s->call.hash.ptr[i];
        if (!condition || !str_eq(pair->key, STR("includeZero"))) {
            char of[16];
            *(char *)mempcpy(of, name.ptr, name.len) = '\0';
            return unknown_named(c, of, pair, NULL);
        }
        if (!zero) {
            status = emit_expr(c, w, pair->value);
            zero = true;
        }
    }
    size_t block;
    const struct expr *argument = s->call.params.ptr[0];
    if (condition && is_partial_block(argument) && argument->parts.len == 1 &&
        argument->depth == 0) {
        if (status == STATUS_OK) {
            status = compile_block(c, s, &block);
        }
        if (status == STATUS_OK) {
            emit(c, w, s->at, OP_IF_BLOCK, builtin == BUILTIN_UNLESS, block, zero, 0);
        }
        return status;
    }
    if (status == STATUS_OK) {
        status = emit_expr(c, w, argument);
    }
    if (status == STATUS_OK) {
        status = compile_block(c, s, &block);
    }
    if (status == STATUS_OK) {
        emit(c, w, s->at, codes[builtin], zero, block, 1u + zero, 0);
    }
    return status;
}

static enum status emit_block(struct compiler *c, struct writer *w, const struct statement *s) {
    const struct expr *path = callee(c, s->call.path);
    struct str name = path->parts.len > 0 ? path->parts.ptr[0] : STR("");
    enum meaning meaning = meaning_of(c, path, &s->call, false);
    enum builtin builtin = meaning == MEANS_CALL ? builtin_of(name) : BUILTIN_NONE;
    if (builtin != BUILTIN_NONE && builtin <= BUILTIN_WITH) {
        return emit_builtin(c, w, s, builtin, name);
    }
    bool helper = path->parts.len == 1 && path->depth == 0 && meaning != MEANS_VALUE &&
                  helper_of(c->theme, name) != NULL;
    if (helper) {
        return source_error(c->source, s->at, c->err, "%.*s is no block: {{%.*s}}", STR_FMT(name),
                            STR_FMT(name));
    }
    size_t block;
    enum status status = meaning == MEANS_CALL ? emit_call_of(c, w, path, &s->call, s->at)
                                               : emit_path(c, w, path);
    if (status == STATUS_OK) {
        status = compile_block(c, s, &block);
    }
    if (status == STATUS_OK) {
        if (meaning == MEANS_CALL) {
            emit(c, w, s->at, OP_PUT_RAW, 0, 0, 1, 0);
        } else {
            emit(c, w, s->at, OP_SECTION, 0, block, 1, 0);
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
    enum status status = kept_pairs(c, &s->call, s->at, &pairs, &names, &len);
    if (status == STATUS_OK && name->kind == EXPR_CALL) {
        partial.symbol = SYMBOL_DYNAMIC;
        status = emit_expr(c, w, name);
        pops++;
    } else if (str_eq(name->original, STR("@partial-block"))) {
        partial.symbol = SYMBOL_BLOCK;
    } else {
        partial.symbol = theme_symbol(t, name->original);
    }
    if (status == STATUS_OK) {
        if (s->call.params.len > 0) {
            status = emit_expr(c, w, s->call.params.ptr[0]);
        } else {
            emit(c, w, s->at, OP_CONTEXT, 0, 0, 0, 1);
        }
    }
    /* The parameters' order is that of handlebars' object: from the last to the first. */
    for (size_t i = len; status == STATUS_OK && i-- > 0;) {
        status = emit_expr(c, w, pairs[i].value);
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
    emit(c, w, s->at, OP_PARTIAL, 0, t->partials.len - 1, pops + len, 0);
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
    case STATEMENT_CONTENT: write_text(w, s->at, s->value); return STATUS_OK;
    case STATEMENT_COMMENT: return STATUS_OK;
    case STATEMENT_MUSTACHE: return emit_mustache(c, w, s);
    case STATEMENT_BLOCK: return emit_block(c, w, s);
    case STATEMENT_PARTIAL:
    case STATEMENT_PARTIAL_BLOCK: return emit_partial(c, w, s);
    case STATEMENT_INLINE: return compile_inline(c, w, s);
    }
    return STATUS_OK;
}

static void *arena_copy(struct arena *a, const void *from, size_t count, size_t size) {
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
        status = emit_statement(c, &w, body->statements.ptr[i]);
    }
    flush_text(c, &w);
    buf_done(&w.text);
    c->bodies_len--;
    struct program program = {
        .op = (uint32_t)t->ops.len,
        .ops_len = (uint32_t)w.ops.len,
        .template = c->template,
        .params_len = (uint32_t)body->params.len,
        .inlines = arena_copy(&t->arena, w.inlines.ptr, w.inlines.len, sizeof *w.inlines.ptr),
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
    struct body *body;
    enum status status = template_parse(c.source, &scratch, &body, err);
    if (status == STATUS_OK) {
        status = compile_body(&c, body, &theme->templates.ptr[index].main);
    }
    arena_done(&scratch);
    return status;
}
