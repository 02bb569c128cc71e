/* The interpreter.
 *
 * Handlebars' compiled templates are JavaScript closures; here are the same things as structs that
 * live on the C stack while their block runs:
 *
 *   depth       the contexts around, for ../; a block adds one when its context is another one
 *   level       the block parameters around
 *   frame       @index and the like, and the partial block in force
 *   scope       the inline partials in force, added by the blocks that declare them
 *   activation  a running template: its blocks share the inline partials
 *   closure     a program and what was around where it was written
 *
 * A block belongs to the place where it is written (depth, level) but sees the frame of the place
 * from where it is called; that is how handlebars does it.
 *
 * Two of handlebars' accidents are left out. It adds two raw numbers that begin a block,
 * {{{1}}}{{{2}}} giving 3, since its generated code joins pieces by +; here it gives 12. And it
 * keeps the inline partials of a template in one place however often the template is running, so
 * that a partial which calls itself forgets them; here each running template has its own. */
#include "render/template_run.h"

#include "base/limits.h"
#include "render/template_scope.h"

struct depth {
    struct value context;
    const struct depth *up;
};

struct level {
    const struct value *values; /* NULL: the block was called without any; to use one is an error */
    size_t len;
    const struct level *up;
};

struct frame {
    const struct frame *up;
    const struct partial_block *block;
    struct value root;
    struct value index, key, first, last; /* NONE outside of each */
};

/* What a program runs with. */
struct env {
    struct value context;
    const struct depth *depths;
    const struct level *levels;
    const struct frame *frame;
    struct activation *activation;
};

/* What handlebars' helpers see for `this` when there is none: an object without properties. */
static const struct overlay null_context = { .base = { .kind = VALUE_NONE } };

static struct value this_of(const struct env *env) {
    return value_absent(env->context) ? value_overlay(&null_context) : env->context;
}

/* Programs ----------------------------------------------------------------------------------- */

static enum status run_program(struct run *r, const struct program *program, const struct env *env);

/* handlebars' test whether a block's context is the one around. */
static bool same_context(struct value context, const struct depth *depths) {
    struct value around = depths ? depths->context : value_none();
    return value_same(context, around) ||
           (around.kind == VALUE_NULL && context.kind == VALUE_OBJECT &&
            context.object == &null_context);
}

/* Run a closure on a context. */
static enum status call_closure(struct run *r, const struct closure *c, struct value context,
                                const struct frame *frame, const struct value *params,
                                size_t params_len) {
    if (c->program == NO_PROGRAM) {
        return STATUS_OK;
    }
    const struct program *program = program_at(r->theme, c->program);
    if (r->nested >= LIMIT_TEMPLATE_NESTED) {
        return theme_error(r->theme, program, 0, r->err, "more than %d blocks within one another",
                           LIMIT_TEMPLATE_NESTED);
    }
    struct depth here = { context, c->depths };
    struct level level = { params, params_len, c->levels };
    bool climbs = r->theme->templates.ptr[program->template].climbs;
    struct env env = {
        .context = context,
        .depths = !climbs || same_context(context, c->depths) ? c->depths : &here,
        .levels = &level,
        .frame = frame,
        .activation = c->activation,
    };
    const struct scope *partials = c->activation->partials;
    c->activation->partials = scope_extend(r->theme, &r->arena, c, partials);
    r->nested++;
    enum status status = run_program(r, program, &env);
    r->nested--;
    c->activation->partials = partials;
    return status;
}

static enum status call_template(struct run *r, uint32_t index, struct value context,
                                 const struct frame *frame, const struct scope *partials) {
    struct activation activation = { partials };
    struct closure main = { r->theme->templates.ptr[index].main, NULL, NULL, &activation };
    struct depth here = { context, NULL };
    activation.partials = scope_extend(r->theme, &r->arena, &main, partials);
    struct env env = { context, &here, NULL, frame, &activation };
    return run_program(r, program_at(r->theme, main.program), &env);
}

/* The block's program or inverse, as written here. */
static struct closure closure_here(const struct env *env, uint32_t program) {
    return (struct closure){ program, env->depths, env->levels, env->activation };
}

static enum status call_here(struct run *r, const struct env *env, uint32_t program,
                             struct value context) {
    struct closure c = closure_here(env, program);
    return call_closure(r, &c, context, env->frame, NULL, 0);
}

/* Blocks ------------------------------------------------------------------------------------- */

static enum status each_item(struct run *r, const struct closure *c, struct frame *frame,
                             struct value item, struct value key, size_t index, bool last) {
    frame->key = key;
    frame->index = value_int((int64_t)index);
    frame->first = value_bool(index == 0);
    frame->last = value_bool(last);
    struct value params[] = { item, key };
    return call_closure(r, c, item, frame, params, COUNT_OF(params));
}

/* Walk over a list or an object; *ret_any: there was something. */
static enum status each(struct run *r, const struct env *env, uint32_t program, struct value v,
                        bool *ret_any) {
    struct closure c = closure_here(env, program);
    struct frame frame = *env->frame;
    frame.up = env->frame;
    enum status status = STATUS_OK;
    if (v.kind == VALUE_LIST) {
        size_t len = value_len(v);
        *ret_any = len > 0;
        for (size_t i = 0; i < len && status == STATUS_OK; i++) {
            status =
                each_item(r, &c, &frame, value_item(v, i), value_int((int64_t)i), i, i + 1 == len);
        }
        return status;
    }
    struct value_keys keys;
    value_keys_init(&keys, v);
    *ret_any = keys.len > 0;
    for (size_t i = 0; i < keys.len && status == STATUS_OK; i++) {
        status = each_item(r, &c, &frame, value_get(v, keys.names[i]), value_of_str(keys.names[i]),
                           i, i + 1 == keys.len);
    }
    value_keys_done(&keys);
    return status;
}

static enum status op_each(struct run *r, const struct env *env, const struct block *block) {
    bool any;
    enum status status = each(r, env, block->program, run_pop(r), &any);
    return status != STATUS_OK || any ? status : call_here(r, env, block->inverse, this_of(env));
}

static enum status op_with(struct run *r, const struct env *env, const struct block *block) {
    struct value v = run_pop(r);
    if (value_empty(v)) {
        return call_here(r, env, block->inverse, this_of(env));
    }
    struct closure c = closure_here(env, block->program);
    return call_closure(r, &c, v, env->frame, &v, 1);
}

static enum status op_if(struct run *r, const struct env *env, const struct block *block,
                         bool zero_given, bool unless) {
    struct value v = run_pop(r);
    bool include_zero = zero_given && value_truthy(run_pop(r));
    bool yes = !value_empty(v) && (include_zero || value_truthy(v));
    return call_here(r, env, yes != unless ? block->program : block->inverse, this_of(env));
}

/* {{#name}} where the name is no helper. */
static enum status op_section(struct run *r, const struct env *env, const struct block *block) {
    struct value v = run_pop(r);
    if (value_absent(v) || (v.kind == VALUE_BOOL && !v.boolean) ||
        (v.kind == VALUE_LIST && v.list.len == 0)) {
        return call_here(r, env, block->inverse, env->context);
    }
    if (v.kind == VALUE_BOOL) {
        return call_here(r, env, block->program, env->context);
    }
    if (v.kind == VALUE_LIST) {
        bool any;
        return each(r, env, block->program, v, &any);
    }
    struct closure c = closure_here(env, block->program);
    return call_closure(r, &c, v, env->frame, &v, 0);
}

static enum status call_partial_block(struct run *r, const struct partial_block *block,
                                      struct value context, const struct frame *caller) {
    struct frame frame = *caller;
    frame.up = caller;
    frame.block = block->outer;
    return call_closure(r, &block->closure, context, &frame, NULL, 0);
}

/* {{#if @partial-block}}: handlebars runs the block, without context or frame, and asks whether it
 * gave any text. */
static enum status op_if_block(struct run *r, const struct env *env, const struct block *block,
                               bool unless) {
    bool yes = false;
    enum status status = STATUS_OK;
    const struct partial_block *asked = env->frame->block;
    if (asked != NULL) {
        struct buf out, *real_out = r->out;
        struct indent *indent = r->indent;
        buf_init(&out, LIMIT_RENDER_BYTES);
        r->out = &out;
        r->indent = NULL;
        struct frame frame = { .block = asked->outer };
        status = call_closure(r, &asked->closure, value_none(), &frame, NULL, 0);
        yes = out.len > 0;
        r->out = real_out;
        r->indent = indent;
        buf_done(&out);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return call_here(r, env, yes != unless ? block->program : block->inverse, this_of(env));
}

/* Partials ----------------------------------------------------------------------------------- */

/* What a partial's name stands for; all unset: nothing. */
struct target {
    const struct partial_block *block;
    const struct closure *inlined;
    int template;
};

static struct target find_partial(const struct run *r, const struct env *env, uint32_t symbol) {
    const struct closure *inlined = scope_find(env->activation, symbol);
    if (inlined != NULL) {
        return (struct target){ NULL, inlined, -1 };
    }
    return (struct target){ NULL, NULL, r->theme->symbols.ptr[symbol].template };
}

static struct target find_dynamic(struct run *r, const struct env *env, struct value name,
                                  struct str *ret_name) {
    *ret_name = value_truthy(name) ? run_string(r, name) : STR("undefined");
    uintptr_t symbol = (uintptr_t)map_get(&r->theme->symbol_by_name, *ret_name);
    if (symbol == 0) {
        return (struct target){ NULL, NULL, -1 };
    }
    return find_partial(r, env, (uint32_t)(symbol - 1));
}

static enum status call_target(struct run *r, const struct env *env, struct target target,
                               struct value context, const struct partial_call *call) {
    struct partial_block block = { closure_here(env, call->program), env->frame->block };
    struct frame frame = *env->frame;
    const struct frame *callee_frame = env->frame;
    const struct scope *partials = env->activation->partials;
    if (call->program != NO_PROGRAM) {
        frame.up = env->frame;
        frame.block = &block;
        callee_frame = &frame;
        partials = scope_extend(r->theme, &r->arena, &block.closure, partials);
    }
    if (target.block != NULL) {
        return call_partial_block(r, target.block, context, callee_frame);
    }
    if (target.inlined != NULL) {
        return call_closure(r, target.inlined, context, callee_frame, NULL, 0);
    }
    if (target.template >= 0) {
        return call_template(r, (uint32_t)target.template, context, callee_frame, partials);
    }
    return call_partial_block(r, &block, context, callee_frame);
}

static enum status op_partial(struct run *r, const struct program *program, size_t op,
                              const struct env *env, const struct partial_call *call) {
    struct overlay_entry entries[LIMIT_TEMPLATE_ARGS];
    for (size_t i = call->names_len; i-- > 0;) {
        entries[i] = (struct overlay_entry){ call->names[i], run_pop(r) };
    }
    struct value context = run_pop(r);
    struct overlay overlay = { context, entries, call->names_len };
    if (call->overlaid) {
        context = value_overlay(&overlay);
    }
    struct target target = { NULL, NULL, -1 };
    struct str name = STR("@partial-block");
    if (call->symbol == SYMBOL_DYNAMIC) {
        target = find_dynamic(r, env, run_pop(r), &name);
    } else if (call->symbol == SYMBOL_BLOCK) {
        target.block = env->frame->block;
    } else {
        name = r->theme->symbols.ptr[call->symbol].name;
        target = find_partial(r, env, call->symbol);
    }
    bool found = target.block != NULL || target.inlined != NULL || target.template >= 0;
    if (!found && call->program == NO_PROGRAM) {
        return theme_error(r->theme, program, op, r->err, "there is no partial \"%.*s\"",
                           STR_FMT(name));
    }
    if (r->partials_nested >= LIMIT_TEMPLATE_DEPTH) {
        return theme_error(r->theme, program, op, r->err,
                           "\"%.*s\" is the partial number %d within one another: does it call "
                           "itself without end?",
                           STR_FMT(name), LIMIT_TEMPLATE_DEPTH + 1);
    }
    struct indent indent = { call->indent, true, r->indent };
    if (call->indent.len > 0) {
        r->indent = &indent;
    }
    r->partials_nested++;
    enum status status = call_target(r, env, target, context, call);
    r->partials_nested--;
    r->indent = indent.up;
    return status;
}

/* Expressions -------------------------------------------------------------------------------- */

static struct value context_at(const struct env *env, size_t up) {
    if (up == 0) {
        return env->context;
    }
    const struct depth *depth = env->depths;
    while (depth != NULL && up-- > 0) {
        depth = depth->up;
    }
    return depth ? depth->context : value_none();
}

static struct value data_at(const struct env *env, size_t up, enum data_name name) {
    const struct frame *frame = env->frame;
    while (frame != NULL && up-- > 0) {
        frame = frame->up;
    }
    if (frame == NULL) {
        return value_none();
    }
    switch (name) {
    case DATA_ROOT: return frame->root;
    case DATA_INDEX: return frame->index;
    case DATA_KEY: return frame->key;
    case DATA_FIRST: return frame->first;
    case DATA_LAST: return frame->last;
    }
    return value_none();
}

/* The property that a site names. Types that the checker saw here are found by comparing pointers;
 * any other value is asked by name. */
static struct value field_of(const struct site *site, struct value v) {
    while (v.kind == VALUE_OBJECT) {
        for (size_t i = 0; i < site->cases.len; i++) {
            if (site->cases.ptr[i].type == v.type) {
                return value_field(site->cases.ptr[i].field, v.object);
            }
        }
        if (v.type != &type_overlay) {
            break;
        }
        const struct overlay *overlay = v.object;
        for (size_t i = 0; i < overlay->entries_len; i++) {
            if (overlay->entries[i].name.ptr == site->name.ptr) {
                return overlay->entries[i].value;
            }
        }
        if (overlay->base.kind != VALUE_OBJECT) {
            break;
        }
        v = overlay->base;
    }
    return value_absent(v) ? v : value_get(v, site->name);
}

static struct value lookup(struct run *r, struct value object, struct value name) {
    if (!value_truthy(object)) {
        return object;
    }
    if (object.kind == VALUE_LIST && name.kind == VALUE_INT) {
        bool inside = name.integer >= 0 && (uint64_t)name.integer < object.list.len;
        return inside ? value_item(object, (size_t)name.integer) : value_none();
    }
    return value_get(object, run_string(r, name));
}

static enum status op_param(struct run *r, const struct program *program, size_t op,
                            const struct env *env, struct op o) {
    const struct level *level = env->levels;
    for (size_t up = o.n; level != NULL && up > 0; up--) {
        level = level->up;
    }
    if (level == NULL || level->values == NULL) {
        return theme_error(r->theme, program, op, r->err,
                           "this block parameter has no value: only each and with give one");
    }
    run_push(r, o.a < level->len ? level->values[o.a] : value_none());
    return STATUS_OK;
}

/* The loop ----------------------------------------------------------------------------------- */

static enum status run_op(struct run *r, const struct program *program, size_t at,
                          const struct env *env) {
    const struct theme *t = r->theme;
    const struct op *ops = t->ops.ptr + program->op;
    const struct op o = ops[at];
    switch ((enum opcode)o.code) {
    case OP_CONST: run_push(r, t->consts.ptr[o.a]); break;
    case OP_CONTEXT: run_push(r, context_at(env, o.a)); break;
    case OP_PARAM: return op_param(r, program, at, env, o);
    case OP_DATA: run_push(r, data_at(env, o.n, (enum data_name)o.a)); break;
    case OP_DATA_NONE: run_push(r, value_none()); break;
    case OP_FIELD: run_push(r, field_of(&t->sites.ptr[o.a], run_pop(r))); break;
    case OP_FIELD_AND: {
        struct value v = run_pop(r);
        run_push(r, value_truthy(v) ? field_of(&t->sites.ptr[o.a], v) : v);
        break;
    }
    case OP_LOOKUP: {
        struct value name = run_pop(r);
        run_push(r, lookup(r, run_pop(r), name));
        break;
    }
    case OP_HELPER: {
        uint16_t next = at + 1 < program->ops_len ? ops[at + 1].code : OP_TEXT;
        bool printed = next == OP_PUT || next == OP_PUT_RAW;
        return run_helper(r, program, at, &t->invocations.ptr[o.a], printed);
    }
    case OP_UNCALLABLE:
        if (value_truthy(run_pop(r))) {
            return theme_error(t, program, at, r->err, "this is no helper");
        }
        run_push(r, value_none());
        break;
    case OP_TEXT: run_put(r, t->texts.ptr[o.a]); break;
    case OP_PUT: run_put_value(r, run_pop(r), true); break;
    case OP_PUT_RAW: run_put_value(r, run_pop(r), false); break;
    case OP_IF: return op_if(r, env, &t->blocks.ptr[o.a], o.n, false);
    case OP_UNLESS: return op_if(r, env, &t->blocks.ptr[o.a], o.n, true);
    case OP_IF_BLOCK: return op_if_block(r, env, &t->blocks.ptr[o.a], o.n);
    case OP_EACH: return op_each(r, env, &t->blocks.ptr[o.a]);
    case OP_WITH: return op_with(r, env, &t->blocks.ptr[o.a]);
    case OP_SECTION: return op_section(r, env, &t->blocks.ptr[o.a]);
    case OP_PARTIAL: return op_partial(r, program, at, env, &t->partials.ptr[o.a]);
    case OP_FRAGMENT: return run_fragment(r, program, at, &t->invocations.ptr[o.a]);
    }
    return STATUS_OK;
}

static enum status run_program(struct run *r, const struct program *program,
                               const struct env *env) {
    for (size_t at = 0; at < program->ops_len; at++) {
        if (++r->steps > LIMIT_RENDER_STEPS) {
            return theme_error(r->theme, program, at, r->err, "this takes more than %d operations",
                               LIMIT_RENDER_STEPS);
        }
        enum status status = run_op(r, program, at, env);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (r->out->status != STATUS_OK) {
        theme_error(r->theme, program, 0, r->err, "the output: %s", status_text(r->out->status));
        return r->out->status;
    }
    return STATUS_OK;
}

enum status template_run(const struct theme *theme, int template, const void *root,
                         void *helper_ctx, struct template_sink *sink, struct err *err) {
    check(template >= 0 && (size_t) template <theme->templates.len);
    const struct template *t = &theme->templates.ptr[template];
    check(t->entry != NULL);
    struct run r = {
        .theme = theme,
        .sink = sink,
        .helper_ctx = helper_ctx,
        .err = err,
        .out = sink->out,
        .steps_max = sink->steps_max ? sink->steps_max : LIMIT_RENDER_STEPS,
    };
    arena_init(&r.arena);
    buf_init(&r.helper_out, LIMIT_RENDER_BYTES);
    buf_init(&r.text, LIMIT_RENDER_BYTES);
    buf_init(&r.escaped, LIMIT_RENDER_BYTES);
    r.stack = arena_array(&r.arena, theme->stack_max + 1, sizeof *r.stack);
    struct value context = value_object(t->entry->root, root);
    struct frame frame = { .root = context };
    enum status status = call_template(&r, (uint32_t) template, context, &frame, NULL);
    buf_done(&r.escaped);
    buf_done(&r.text);
    buf_done(&r.helper_out);
    arena_done(&r.arena);
    return status;
}
