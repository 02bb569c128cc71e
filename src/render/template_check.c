/* The checker: the interpreter of template_run.c once more, but on the types of values. It follows
 * an entry through both sides of every condition and into every partial, with the types that are
 * there at that call, and so finds each name that cannot be; and it tells each name's site which
 * field it means in which type, so that the run need not look for it.
 *
 * It may be wrong about which context ../ is where the same object is entered twice; nothing
 * depends on it, since at run time a value that is not of a type seen here is asked by name. */
#include "base/limits.h"
#include "render/template_scope.h"
#include "render/template_shape.h"

#include <stdio.h>

struct depth {
    struct shape context;
    const struct depth *up;
};

struct level {
    const struct shape *shapes; /* NULL: none are given */
    size_t len;
    const struct level *up;
};

struct env {
    struct shape context;
    const struct depth *depths;
    const struct level *levels;
    const struct partial_block *block;
    struct activation *activation;
};

/* A template that was followed with this context and these surroundings. */
struct seen {
    uint32_t template;
    enum value_kind kind, item_kind;
    const struct type *type;
    const struct shape_overlay *overlay;
    const struct scope *partials;
    const struct partial_block *block;
    bool same; /* the context is the one in which the partial block was written */
};

struct checker {
    struct shapes shapes;
    struct theme *theme;
    struct err *err;
    struct map seen;
    struct shape root;
    struct shape *stack;
    size_t stack_len;
    size_t programs; /* followed so far */
    size_t nested, partials_nested;
    const struct spot *caller; /* where the partial that is followed was called; NULL: an entry */
    bool caller_named;         /* the message says so */
    bool no_fragments;         /* as the entry's */
};

/* Calls -------------------------------------------------------------------------------------- */

static enum status check_program(struct checker *c, const struct program *program,
                                 const struct env *env);

static enum status call_closure(struct checker *c, const struct closure *closure,
                                struct shape context, const struct partial_block *block,
                                const struct shape *params, size_t params_len) {
    /* What is nested deeper fails at run time before it can do any harm. */
    if (closure->program == NO_PROGRAM || c->nested >= LIMIT_TEMPLATE_NESTED) {
        return STATUS_OK;
    }
    const struct program *program = program_at(c->theme, closure->program);
    struct depth here = { context, closure->depths };
    struct level level = { params, params_len, closure->levels };
    bool same = closure->depths && closure->depths->context.identity == context.identity;
    struct env env = { context, same ? closure->depths : &here, &level, block,
                       closure->activation };
    const struct scope *partials = closure->activation->partials;
    closure->activation->partials = scope_extend(c->theme, &c->shapes.arena, closure, partials);
    c->nested++;
    enum status status = check_program(c, program, &env);
    c->nested--;
    closure->activation->partials = partials;
    return status;
}

static enum status call_template(struct checker *c, uint32_t template, struct shape context,
                                 const struct partial_block *block, const struct scope *partials) {
    const struct depth *written = block ? block->closure.depths : NULL;
    struct seen seen;
    memset(&seen, 0, sizeof seen); /* it is a key: its padding, too */
    seen.template = template;
    seen.kind = context.kind;
    seen.item_kind = context.item_kind;
    seen.type = context.type;
    seen.overlay = context.overlay;
    seen.partials = partials;
    seen.block = block;
    seen.same = written != NULL && written->context.identity == context.identity;
    struct str key = str_make((const char *)&seen, sizeof seen);
    if (map_has(&c->seen, key)) {
        return STATUS_OK;
    }
    map_put(&c->seen, key, c);
    struct activation activation = { partials };
    struct closure main = { c->theme->templates.ptr[template].main, NULL, NULL, &activation };
    struct depth here = { context, NULL };
    activation.partials = scope_extend(c->theme, &c->shapes.arena, &main, partials);
    struct env env = { context, &here, NULL, block, &activation };
    return check_program(c, program_at(c->theme, main.program), &env);
}

static enum status call_here(struct checker *c, const struct env *env, uint32_t program,
                             struct shape context, const struct shape *params, size_t params_len) {
    struct closure closure = { program, env->depths, env->levels, env->activation };
    return call_closure(c, &closure, context, env->block, params, params_len);
}

static struct shape pop(struct checker *c) {
    check(c->stack_len > 0);
    return c->stack[--c->stack_len];
}

static void push(struct checker *c, struct shape shape) {
    check(c->stack_len < c->theme->stack_max);
    c->stack[c->stack_len++] = shape;
}

/* Blocks ------------------------------------------------------------------------------------- */

static enum status check_each(struct checker *c, struct spot at, const struct env *env,
                              const struct block *block, struct shape v) {
    char words[80];
    bool object = v.kind == VALUE_OBJECT || v.kind == VALUE_ANY;
    if (v.kind == VALUE_NONE || v.kind == VALUE_NULL) {
        return call_here(c, env, block->inverse, env->context, NULL, 0);
    }
    if (v.kind != VALUE_LIST && !object) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "each walks over lists and objects; \"%.*s\" is %s", STR_FMT(v.name),
                           shape_words(v, words));
    }
    struct shape item = object ? shape_of(&c->shapes, VALUE_ANY, NULL)
                               : shape_of_item(&c->shapes, v);
    struct shape params[] = { item, shape_of(&c->shapes, object ? VALUE_ANY : VALUE_INT, NULL) };
    enum status status = call_here(c, env, block->program, item, params, COUNT_OF(params));
    return status != STATUS_OK ? status : call_here(c, env, block->inverse, env->context, NULL, 0);
}

static enum status check_both(struct checker *c, const struct env *env, const struct block *block) {
    enum status status = call_here(c, env, block->program, env->context, NULL, 0);
    return status != STATUS_OK ? status : call_here(c, env, block->inverse, env->context, NULL, 0);
}

static enum status check_with(struct checker *c, const struct env *env, const struct block *block,
                              struct shape v) {
    enum status status = STATUS_OK;
    if (v.kind != VALUE_NONE && v.kind != VALUE_NULL) {
        status = call_here(c, env, block->program, v, &v, 1);
    }
    return status != STATUS_OK ? status : call_here(c, env, block->inverse, env->context, NULL, 0);
}

static enum status check_section(struct checker *c, struct spot at, const struct env *env,
                                 const struct block *block, struct shape v) {
    if (v.kind == VALUE_BOOL) {
        return check_both(c, env, block);
    }
    if (v.kind == VALUE_LIST) {
        return check_each(c, at, env, block, v);
    }
    enum status status = STATUS_OK;
    if (v.kind != VALUE_NONE && v.kind != VALUE_NULL) {
        status = call_here(c, env, block->program, v, &v, 0);
    }
    return status != STATUS_OK ? status : call_here(c, env, block->inverse, env->context, NULL, 0);
}

/* Partials ----------------------------------------------------------------------------------- */

static enum status no_partial(struct checker *c, struct spot at, const struct env *env,
                              struct str name) {
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (size_t i = 0; i < c->theme->templates.len; i++) {
        struct str known = c->theme->templates.ptr[i].name;
        nearest_offer(&nearest, known);
        if (str_starts(known, STR("partials/"))) {
            nearest_offer(&nearest, str_from(known, strlen("partials/")));
        }
    }
    for (const struct scope *s = env->activation->partials; s != NULL; s = s->up) {
        nearest_offer(&nearest, c->theme->symbols.ptr[s->symbol].name);
    }
    c->caller_named = true; /* this is the caller */
    return theme_error(c->theme, at.program, at.op, c->err, "there is no partial \"%.*s\"%s",
                       STR_FMT(name), nearest_text(&nearest));
}

/* The symbol that a literal name means: {{> (…)}} rarely is one. */
static bool known_symbol(const struct checker *c, struct shape name, uint32_t *ret_symbol) {
    if (name.constant == NULL || name.constant->kind != VALUE_STR) {
        return false;
    }
    uintptr_t symbol = (uintptr_t)map_get(&c->theme->symbol_by_name, name.constant->str);
    *ret_symbol = (uint32_t)(symbol - 1);
    return symbol > 0;
}

static enum status call_partial(struct checker *c, struct spot at, const struct env *env,
                                const struct partial_call *call, uint32_t symbol,
                                struct shape context) {
    struct partial_block *block = NULL;
    const struct partial_block *callee_block = env->block;
    const struct scope *partials = env->activation->partials;
    if (call->program != NO_PROGRAM) {
        block = ARENA_NEW(&c->shapes.arena, struct partial_block);
        *block =
            (struct partial_block){ { call->program, env->depths, env->levels, env->activation },
                                    env->block };
        callee_block = block;
        partials = scope_extend(c->theme, &c->shapes.arena, &block->closure, partials);
    }
    if (symbol == SYMBOL_BLOCK && env->block != NULL) {
        return call_closure(c, &env->block->closure, context, env->block->outer, NULL, 0);
    }
    if (symbol < SYMBOL_DYNAMIC) {
        const struct closure *inlined = scope_find(env->activation, symbol);
        if (inlined != NULL) {
            return call_closure(c, inlined, context, callee_block, NULL, 0);
        }
        int template = c->theme->symbols.ptr[symbol].template;
        if (template >= 0) {
            return call_template(c, (uint32_t) template, context, callee_block, partials);
        }
        if (block == NULL) {
            return no_partial(c, at, env, c->theme->symbols.ptr[symbol].name);
        }
    }
    /* Its own block stands in for a partial that there is not; a name that only the run knows,
     * and a block that is not given here, are the run's business. */
    return block ? call_closure(c, &block->closure, context, env->block, NULL, 0) : STATUS_OK;
}

static void name_caller(struct checker *c) {
    struct err caller = { 0 };
    if (c->caller_named || c->caller == NULL || c->err == NULL) {
        return;
    }
    c->caller_named = true;
    theme_error(c->theme, c->caller->program, c->caller->op, &caller, "called here");
    size_t len = strlen(c->err->message);
    snprintf(c->err->message + len, sizeof c->err->message - len, "\n%.300s", caller.message);
}

static enum status check_partial(struct checker *c, struct spot at, const struct env *env,
                                 const struct partial_call *call) {
    c->stack_len -= call->names_len;
    const struct shape *params = c->stack + c->stack_len;
    struct shape context = call->overlaid ? shape_overlay(&c->shapes, c->stack[c->stack_len - 1],
                                                          call->names, params, call->names_len)
                                          : c->stack[c->stack_len - 1];
    pop(c);
    uint32_t symbol = call->symbol;
    if (symbol == SYMBOL_DYNAMIC) {
        known_symbol(c, pop(c), &symbol);
    }
    if (c->partials_nested >= LIMIT_TEMPLATE_DEPTH) {
        return STATUS_OK; /* the run ends here, too */
    }
    const struct spot *outer = c->caller;
    c->caller = &at;
    c->partials_nested++;
    enum status status = call_partial(c, at, env, call, symbol, context);
    c->partials_nested--;
    c->caller = outer;
    return status;
}

/* Helpers ------------------------------------------------------------------------------------ */

static bool fits(const struct helper_arg *arg, struct shape v) {
    if (arg->kind == VALUE_ANY || v.kind == VALUE_ANY || v.kind == VALUE_NONE ||
        v.kind == VALUE_NULL) {
        return true;
    }
    bool number = v.kind == VALUE_INT || v.kind == VALUE_FLOAT;
    switch (arg->kind) {
    case VALUE_BOOL: return true;
    case VALUE_INT:
    case VALUE_FLOAT: return number;
    case VALUE_STR: return number || v.kind == VALUE_STR || v.kind == VALUE_BOOL;
    default: return v.kind == arg->kind && (arg->type == NULL || arg->type == v.type);
    }
}

/* of: the helper's or fragment's name. */
static enum status check_argument(struct checker *c, struct spot at, const char *of,
                                  const struct helper_arg *arg, struct shape given) {
    char wanted[80], words[80];
    if (arg == NULL || fits(arg, given)) {
        return STATUS_OK;
    }
    struct shape want = { .kind = arg->kind, .type = arg->type };
    return theme_error(c->theme, at.program, at.op, c->err, "%s: \"%s\" is to be %s, not %s", of,
                       arg->name,
                       arg->type ? shape_words(want, wanted) : template_kind_words(arg->kind),
                       shape_words(given, words));
}

static enum status check_helper(struct checker *c, struct spot at, const struct invocation *inv) {
    const struct helper *h = inv->helper;
    c->stack_len -= inv->args_len + inv->names_len;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < inv->args_len + inv->names_len; i++) {
        status =
            check_argument(c, at, h->name, template_argument(inv, i), c->stack[c->stack_len + i]);
    }
    push(c, shape_of(&c->shapes, h->returns, NULL));
    return status;
}

static enum status no_fragment(struct checker *c, struct spot at, struct str name) {
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (const struct template_fragment *f = c->theme->rules.fragments; f->name != NULL; f++) {
        nearest_offer(&nearest, str_of(f->name));
    }
    return theme_error(c->theme, at.program, at.op, c->err, "there is no fragment \"%.*s\"%s",
                       STR_FMT(name), nearest_text(&nearest));
}

/* Does the fragment exist, and are its parameters given? */
static enum status check_fragment_rules(struct checker *c, struct spot at,
                                        const struct invocation *inv, const struct shape *values) {
    const struct template_fragment *f = c->theme->rules.fragments;
    if (c->no_fragments) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "a fragment cannot include another one");
    }
    if (f == NULL) {
        return STATUS_OK;
    }
    if (values[0].constant == NULL) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "a fragment's kind is to be written out");
    }
    while (f->name != NULL && !str_eq(str_of(f->name), values[0].constant->str)) {
        f++;
    }
    if (f->name == NULL) {
        return no_fragment(c, at, values[0].constant->str);
    }
    size_t known = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < HELPER_ARGS_MAX && f->params[i].name; i++) {
        size_t given = 0;
        while (given < inv->names_len && !str_eq(inv->names[given], str_of(f->params[i].name))) {
            given++;
        }
        if (given == inv->names_len) {
            return theme_error(c->theme, at.program, at.op, c->err, "the fragment %s wants \"%s\"",
                               f->name, f->params[i].name);
        }
        status = check_argument(c, at, f->name, &f->params[i], values[1 + given]);
        known++;
    }
    if (status == STATUS_OK && inv->names_len > known) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "the fragment %s takes %zu parameter%s, not %u", f->name, known,
                           known == 1 ? "" : "s", inv->names_len);
    }
    return status;
}

static enum status check_fragment(struct checker *c, struct spot at, const struct invocation *inv) {
    c->stack_len -= inv->args_len + inv->names_len;
    const struct shape *values = c->stack + c->stack_len;
    char words[80];
    if (values[0].kind != VALUE_STR && values[0].kind != VALUE_ANY) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "a fragment's kind is to be text, not %s",
                           shape_words(values[0], words));
    }
    for (size_t i = 0; i < inv->names_len; i++) {
        enum value_kind kind = values[1 + i].kind;
        if (kind == VALUE_HTML || kind == VALUE_LIST || kind == VALUE_OBJECT) {
            return theme_error(c->theme, at.program, at.op, c->err,
                               "the fragment's \"%.*s\" is to be text or a number, not %s",
                               STR_FMT(inv->names[i]), shape_words(values[1 + i], words));
        }
    }
    return check_fragment_rules(c, at, inv, values);
}

/* Operations --------------------------------------------------------------------------------- */

static enum status check_context(struct checker *c, struct spot at, const struct env *env,
                                 size_t up) {
    const struct depth *depth = env->depths;
    for (size_t i = up; depth != NULL && i > 0; i--) {
        depth = depth->up;
    }
    if (up > 0 && depth == NULL) {
        push(c, shape_of(&c->shapes, VALUE_ANY, NULL));
        return theme_error(c->theme, at.program, at.op, c->err,
                           "there is no ../ here: a template sees nothing above what it is "
                           "called with");
    }
    push(c, up == 0 ? env->context : depth->context);
    return STATUS_OK;
}

static enum status check_param(struct checker *c, struct spot at, const struct env *env,
                               struct op o) {
    const struct level *level = env->levels;
    for (size_t up = o.n; level != NULL && up > 0; up--) {
        level = level->up;
    }
    if (level == NULL || level->shapes == NULL) {
        push(c, shape_of(&c->shapes, VALUE_ANY, NULL));
        return theme_error(c->theme, at.program, at.op, c->err,
                           "this block parameter has no value: only each and with give one");
    }
    push(c, o.a < level->len ? level->shapes[o.a] : shape_of(&c->shapes, VALUE_NONE, NULL));
    return STATUS_OK;
}

static enum status check_data(struct checker *c, struct spot at, struct str name) {
    static const char *const names[] = DATA_NAMES;
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        nearest_offer(&nearest, str_of(names[i]));
    }
    push(c, shape_of(&c->shapes, VALUE_ANY, NULL));
    return theme_error(c->theme, at.program, at.op, c->err, "there is no @%.*s%s", STR_FMT(name),
                       nearest_text(&nearest));
}

static enum status check_lookup(struct checker *c, struct spot at) {
    struct shape name = pop(c), object = pop(c), result = shape_of(&c->shapes, VALUE_ANY, NULL);
    enum status status = STATUS_OK;
    if (name.constant != NULL && name.constant->kind == VALUE_STR) {
        status = shape_field(&c->shapes, at, object, name.constant->str, NULL, &result);
    } else if (object.kind == VALUE_LIST) {
        result = shape_of_item(&c->shapes, object);
    }
    push(c, result);
    return status;
}

static enum status check_put(struct checker *c, struct spot at, bool raw) {
    struct shape v = pop(c);
    struct str name = v.name.len > 0 ? v.name : STR("this");
    char words[80];
    if (v.kind == VALUE_LIST || v.kind == VALUE_OBJECT) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "\"%.*s\" is %s and cannot be printed", STR_FMT(name),
                           shape_words(v, words));
    }
    bool safe = v.kind == VALUE_HTML || v.kind == VALUE_ANY || v.kind == VALUE_NONE ||
                v.kind == VALUE_NULL;
    if (raw && !safe) {
        return theme_error(c->theme, at.program, at.op, c->err,
                           "\"%.*s\" is %s: only safe HTML goes out unescaped; write {{%.*s}}",
                           STR_FMT(name), shape_words(v, words), STR_FMT(name));
    }
    return STATUS_OK;
}

/* Whether it fails or not, it leaves on the stack what it leaves there at run time. */
static enum status check_op(struct checker *c, struct spot at, const struct env *env,
                            const struct op o) {
    struct theme *t = c->theme;
    enum status status;
    struct shape shape;
    switch ((enum opcode)o.code) {
    case OP_CONST:
        shape = shape_of(&c->shapes, t->consts.ptr[o.a].kind, NULL);
        shape.constant = &t->consts.ptr[o.a];
        push(c, shape);
        break;
    case OP_CONTEXT: return check_context(c, at, env, o.a);
    case OP_PARAM: return check_param(c, at, env, o);
    case OP_DATA: {
        static const enum value_kind kinds[] = { [DATA_INDEX] = VALUE_INT,
                                                 [DATA_KEY] = VALUE_ANY,
                                                 [DATA_FIRST] = VALUE_BOOL,
                                                 [DATA_LAST] = VALUE_BOOL };
        push(c, o.a == DATA_ROOT ? c->root : shape_of(&c->shapes, kinds[o.a], NULL));
        break;
    }
    case OP_DATA_NONE: return check_data(c, at, t->texts.ptr[o.a]);
    case OP_FIELD:
    case OP_FIELD_AND:
        status =
            shape_field(&c->shapes, at, pop(c), t->sites.ptr[o.a].name, &t->sites.ptr[o.a], &shape);
        push(c, status == STATUS_OK ? shape : shape_of(&c->shapes, VALUE_ANY, NULL));
        return status;
    case OP_LOOKUP: return check_lookup(c, at);
    case OP_HELPER: return check_helper(c, at, &t->invocations.ptr[o.a]);
    case OP_UNCALLABLE: return theme_error(t, at.program, at.op, c->err, "this is no helper");
    case OP_TEXT: break;
    case OP_PUT: return check_put(c, at, false);
    case OP_PUT_RAW: return check_put(c, at, true);
    case OP_IF:
    case OP_UNLESS: c->stack_len -= 1u + o.n; return check_both(c, env, &t->blocks.ptr[o.a]);
    case OP_IF_BLOCK: return check_both(c, env, &t->blocks.ptr[o.a]);
    case OP_EACH: return check_each(c, at, env, &t->blocks.ptr[o.a], pop(c));
    case OP_WITH: return check_with(c, env, &t->blocks.ptr[o.a], pop(c));
    case OP_SECTION: return check_section(c, at, env, &t->blocks.ptr[o.a], pop(c));
    case OP_PARTIAL: return check_partial(c, at, env, &t->partials.ptr[o.a]);
    case OP_FRAGMENT: return check_fragment(c, at, &t->invocations.ptr[o.a]);
    }
    return STATUS_OK;
}

static enum status check_program(struct checker *c, const struct program *program,
                                 const struct env *env) {
    enum status status = STATUS_OK;
    if (++c->programs > LIMIT_TEMPLATE_CHECKS) {
        return c->programs > LIMIT_TEMPLATE_CHECKS + 1
                   ? STATUS_OK /* it was said */
                   : theme_error(c->theme, program, 0, c->err,
                                 "partials call one another in too many ways to check them all");
    }
    for (size_t i = 0; status == STATUS_OK && i < program->ops_len; i++) {
        struct spot at = { program, i };
        status = check_op(c, at, env, c->theme->ops.ptr[program->op + i]);
        if (status != STATUS_OK) {
            name_caller(c);
            status = theme_fault(c->theme, false, status, c->err);
            c->caller_named = status != STATUS_OK;
        }
    }
    return status;
}

enum status template_check(struct theme *theme, uint32_t index, struct err *err) {
    struct checker c = { .shapes = { .theme = theme, .err = err }, .theme = theme, .err = err };
    arena_init(&c.shapes.arena);
    map_init(&c.seen);
    c.stack = arena_array(&c.shapes.arena, theme->stack_max + 1, sizeof *c.stack);
    const struct template_entry *entry = theme->templates.ptr[index].entry;
    c.root = shape_of(&c.shapes, VALUE_OBJECT, entry->root);
    c.no_fragments = entry->no_fragments;
    enum status status = call_template(&c, index, c.root, NULL, NULL);
    map_done(&c.seen);
    arena_done(&c.shapes.arena);
    return status;
}
