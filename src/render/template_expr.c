/* From the tree to operations. What a name means where it stands (a helper, a block parameter, a
 * property) is decided as handlebars' compiler.js decides it, oddities included: {{@item}} is the
 * block parameter `item` if there is one, and a name with "this" in it is never a helper. */
#include "render/template_expr.h"

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

enum builtin expr_builtin(struct str name) {
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        if (str_eq(name, str_of(builtins[i].name))) {
            return builtins[i].builtin;
        }
    }
    return BUILTIN_NONE;
}

const struct helper *expr_helper_named(const struct theme *theme, struct str name) {
    for (const struct helper *h = theme->rules.helpers; h != NULL && h->name != NULL; h++) {
        if (str_eq(name, str_of(h->name))) {
            return h;
        }
    }
    return NULL;
}

/* Writing ------------------------------------------------------------------------------------ */

void expr_text_end(struct compiler *c, struct writer *w) {
    if (w->text.len > 0) {
        struct theme *t = c->theme;
        *vec_push(&t->arena, &t->texts) = arena_str(&t->arena, buf_str(&w->text));
        buf_reset(&w->text);
        *vec_push(c->scratch, &w->ops) = (struct op){ OP_TEXT, 0, (uint32_t)t->texts.len - 1 };
        *vec_push(c->scratch, &w->places) = w->text_place;
    }
}

void expr_op(struct compiler *c, struct writer *w, size_t place, enum opcode code, size_t n,
             size_t a, size_t pops, size_t pushes) {
    expr_text_end(c, w);
    check(w->stack >= pops && n <= UINT16_MAX && a <= UINT32_MAX);
    w->stack = (uint32_t)(w->stack - pops + pushes);
    if (w->stack > w->stack_max) {
        w->stack_max = w->stack;
    }
    *vec_push(c->scratch, &w->ops) = (struct op){ (uint16_t)code, (uint16_t)n, (uint32_t)a };
    *vec_push(c->scratch, &w->places) = (uint32_t)place;
}

static void expr_const(struct compiler *c, struct writer *w, size_t place, struct value value) {
    struct theme *t = c->theme;
    *vec_push(&t->arena, &t->consts) = value;
    expr_op(c, w, place, OP_CONST, 0, t->consts.len - 1, 0, 1);
}

static void expr_field(struct compiler *c, struct writer *w, size_t place, struct str name,
                       bool falsy) {
    struct theme *t = c->theme;
    *vec_push(&t->arena, &t->sites) = (struct site){ .name = theme_name(t, name) };
    expr_op(c, w, place, falsy ? OP_FIELD_AND : OP_FIELD, 0, t->sites.len - 1, 1, 1);
}

void expr_text(struct writer *w, size_t place, struct str text) {
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

const struct expr *expr_callee(struct compiler *c, const struct expr *e) {
    if (e->kind == EXPR_PATH || e->kind == EXPR_CALL) {
        return e;
    }
    struct expr *path = ARENA_NEW(c->scratch, struct expr);
    *path = (struct expr){ .kind = EXPR_PATH, .at = e->at, .original = e->original };
    *vec_push(c->scratch, &path->parts) = e->original;
    return path;
}

bool expr_is_partial_block(const struct expr *e) {
    return e->kind == EXPR_PATH && e->data && e->parts.len > 0 &&
           str_eq(e->parts.ptr[0], STR("partial-block"));
}

static void expr_data(struct compiler *c, struct writer *w, const struct expr *path) {
    static const char *const names[] = DATA_NAMES;
    struct theme *t = c->theme;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_eq(path->parts.ptr[0], str_of(names[i]))) {
            expr_op(c, w, path->at, OP_DATA, path->depth, i, 0, 1);
            return;
        }
    }
    *vec_push(&t->arena, &t->texts) = arena_str(&t->arena, path->parts.ptr[0]);
    expr_op(c, w, path->at, OP_DATA_NONE, 0, t->texts.len - 1, 0, 1);
}

enum status expr_path(struct compiler *c, struct writer *w, const struct expr *path) {
    size_t up, at, part = 1;
    bool named = path->parts.len > 0 && path->parts.ptr[0].len > 0;
    bool falsy = false;
    c->theme->templates.ptr[c->template].climbs |= path->depth > 0;
    if (named && path->depth == 0 && !is_scoped(path->original) &&
        find_param(c, path->parts.ptr[0], &up, &at)) {
        expr_op(c, w, path->at, OP_PARAM, up, at, 0, 1);
    } else if (!named) {
        expr_op(c, w, path->at, OP_CONTEXT, 0, path->depth, 0, 1);
        return STATUS_OK;
    } else if (path->data) {
        if (expr_is_partial_block(path)) {
            return source_error(c->source, path->at, c->err,
                                "@partial-block can be called, {{> @partial-block}}, and asked "
                                "for, {{#if @partial-block}}, nothing else");
        }
        falsy = true;
        expr_data(c, w, path);
    } else {
        expr_op(c, w, path->at, OP_CONTEXT, 0, path->depth, 0, 1);
        part = 0;
    }
    for (; part < path->parts.len; part++) {
        expr_field(c, w, path->at, path->parts.ptr[part], falsy);
    }
    return STATUS_OK;
}

/* Calls -------------------------------------------------------------------------------------- */

static enum status expr_subexpression(struct compiler *c, struct writer *w, const struct call *call,
                                      size_t place);

enum status expr_value(struct compiler *c, struct writer *w, const struct expr *e) {
    switch (e->kind) {
    case EXPR_PATH: return expr_path(c, w, e);
    case EXPR_CALL: return expr_subexpression(c, w, e->call, e->at);
    case EXPR_STRING:
        expr_const(c, w, e->at, value_of_str(arena_str(&c->theme->arena, e->original)));
        break;
    case EXPR_NUMBER: {
        bool whole = e->number > -1e15 && e->number < 1e15 &&
                     e->number == (double)(int64_t)e->number;
        expr_const(c, w, e->at, whole ? value_int((int64_t)e->number) : value_float(e->number));
        break;
    }
    case EXPR_BOOLEAN: expr_const(c, w, e->at, value_bool(e->boolean)); break;
    case EXPR_NULL: expr_const(c, w, e->at, (struct value){ .kind = VALUE_NULL }); break;
    case EXPR_UNDEFINED: expr_const(c, w, e->at, value_none()); break;
    }
    return STATUS_OK;
}

enum status expr_pairs(struct compiler *c, const struct call *call, size_t place,
                       const struct pair **ret_pairs, struct str **ret_names, size_t *ret_len) {
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

enum status expr_unknown_named(struct compiler *c, const char *of, const struct pair *pair,
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
static enum status expr_invocation(struct compiler *c, struct writer *w, const struct call *call,
                                   size_t place, enum opcode code, const struct helper *helper) {
    struct theme *t = c->theme;
    const struct pair *pairs;
    struct str *names;
    size_t len = 0;
    enum status status = expr_pairs(c, call, place, &pairs, &names, &len);
    for (size_t i = 0; status == STATUS_OK && i < call->params.len; i++) {
        status = expr_value(c, w, call->params.ptr[i]);
    }
    for (size_t i = 0; status == STATUS_OK && i < len; i++) {
        bool known = helper == NULL || helper->named_open;
        for (size_t j = 0; !known && j < HELPER_ARGS_MAX && helper->named[j].name; j++) {
            known = str_eq(str_of(helper->named[j].name), pairs[i].key);
        }
        status = known ? expr_value(c, w, pairs[i].value)
                       : expr_unknown_named(c, helper->name, &pairs[i], helper);
    }
    if (status != STATUS_OK) {
        return status;
    }
    *vec_push(&t->arena, &t->invocations) =
        (struct invocation){ helper, names, (uint32_t)call->params.len, (uint32_t)len };
    expr_op(c, w, place, code, 0, t->invocations.len - 1, call->params.len + len,
            code == OP_HELPER ? 1 : 0);
    return STATUS_OK;
}

enum status expr_helper(struct compiler *c, struct writer *w, const struct call *call, size_t place,
                        const struct helper *helper) {
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
    return expr_invocation(c, w, call, place, OP_HELPER, helper);
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
    for (const struct helper *h = c->theme->rules.helpers; h != NULL && h->name != NULL; h++) {
        nearest_offer(&nearest, str_of(h->name));
    }
    return source_error(c->source, place, c->err, "there is no helper \"%.*s\"%s", STR_FMT(name),
                        nearest_text(&nearest));
}

enum meaning expr_meaning(const struct compiler *c, const struct expr *path,
                          const struct call *call, bool subexpression) {
    size_t up, at;
    bool simple = path->parts.len == 1 && path->depth == 0 && !is_scoped(path->original);
    if (simple && find_param(c, path->parts.ptr[0], &up, &at)) {
        return MEANS_VALUE;
    }
    if (subexpression || call->params.len > 0 || call->hash.len > 0 ||
        (simple && expr_builtin(path->parts.ptr[0]) != BUILTIN_NONE)) {
        return MEANS_CALL;
    }
    return simple ? MEANS_AMBIGUOUS : MEANS_VALUE;
}

static enum status expr_lookup(struct compiler *c, struct writer *w, const struct call *call,
                               size_t place) {
    if (call->params.len != 2) {
        return source_error(c->source, place, c->err, "lookup wants an object and a name");
    }
    if (call->hash.len > 0) {
        return expr_unknown_named(c, "lookup", &call->hash.ptr[0], NULL);
    }
    enum status status = expr_value(c, w, call->params.ptr[0]);
    if (status == STATUS_OK) {
        status = expr_value(c, w, call->params.ptr[1]);
    }
    if (status == STATUS_OK) {
        expr_op(c, w, place, OP_LOOKUP, 0, 0, 2, 1);
    }
    return status;
}

/* Something is called that is no helper: handlebars fails, unless it is called without positional
 * arguments and its value is false. */
static enum status expr_uncallable(struct compiler *c, struct writer *w, const struct expr *path,
                                   const struct call *call) {
    if (call->params.len > 0) {
        return no_helper(c, path->original, path->at);
    }
    enum status status = expr_path(c, w, path);
    if (status == STATUS_OK) {
        expr_op(c, w, path->at, OP_UNCALLABLE, 0, 0, 1, 1);
    }
    return status;
}

enum status expr_call(struct compiler *c, struct writer *w, const struct expr *path,
                      const struct call *call, size_t place) {
    struct str name = path->parts.len > 0 ? path->parts.ptr[0] : STR("");
    switch (expr_builtin(name)) {
    case BUILTIN_NONE: break;
    case BUILTIN_LOOKUP: return expr_lookup(c, w, call, place);
    case BUILTIN_LOG: expr_const(c, w, place, value_none()); return STATUS_OK;
    case BUILTIN_MISSING: return no_helper(c, name, place);
    default:
        return source_error(c->source, place, c->err, "%.*s is a block: {{#%.*s}}", STR_FMT(name),
                            STR_FMT(name));
    }
    bool simple = path->parts.len == 1 && path->depth == 0 && !is_scoped(path->original);
    const struct helper *helper = simple ? expr_helper_named(c->theme, path->original) : NULL;
    if (helper != NULL) {
        return expr_helper(c, w, call, place, helper);
    }
    if (simple && str_eq(name, STR("fragment")) && call->params.len > 0) {
        return source_error(c->source, place, c->err, "a fragment is no value: {{fragment …}}");
    }
    return expr_uncallable(c, w, path, call);
}

/* A subexpression. */
static enum status expr_subexpression(struct compiler *c, struct writer *w, const struct call *call,
                                      size_t place) {
    const struct expr *path = expr_callee(c, call->path);
    if (expr_meaning(c, path, call, true) == MEANS_VALUE) {
        return expr_path(c, w, path);
    }
    return expr_call(c, w, path, call, place);
}

enum status expr_fragment(struct compiler *c, struct writer *w, const struct call *call,
                          size_t place) {
    if (call->params.len > 1) {
        return source_error(c->source, place, c->err,
                            "fragment takes its kind and named parameters");
    }
    return expr_invocation(c, w, call, place, OP_FRAGMENT, NULL);
}
