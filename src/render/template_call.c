/* What a template calls in the program around it: helpers, with arguments of the kinds that they
 * declare, and the slots of fragments. */
#include "base/limits.h"
#include "render/template_run.h"

struct value template_arg(const struct template_call *call, size_t at) {
    return at < call->args_len ? call->args[at] : value_none();
}

struct value template_named(const struct template_call *call, const char *name) {
    for (size_t i = 0; i < call->named_len; i++) {
        if (str_eq(call->named[i].name, str_of(name))) {
            return call->named[i].value;
        }
    }
    return value_none();
}

/* Make the value one of the kind that the helper declared, or say that it cannot be. */
static bool fit_argument(struct run *r, const struct helper_arg *arg, struct value *v) {
    if (arg->kind == VALUE_ANY || value_absent(*v)) {
        return true;
    }
    switch (arg->kind) {
    case VALUE_BOOL: *v = value_bool(value_truthy(*v)); return true;
    case VALUE_INT:
        if (v->kind == VALUE_FLOAT && v->number > -1e18 && v->number < 1e18) {
            *v = value_int((int64_t)v->number);
        }
        return v->kind == VALUE_INT;
    case VALUE_FLOAT:
        if (v->kind == VALUE_INT) {
            *v = value_float((double)v->integer);
        }
        return v->kind == VALUE_FLOAT;
    case VALUE_STR:
        if (v->kind == VALUE_INT || v->kind == VALUE_FLOAT || v->kind == VALUE_BOOL) {
            *v = value_of_str(arena_str(&r->arena, run_string(r, *v)));
        }
        return v->kind == VALUE_STR;
    default: return v->kind == arg->kind && (arg->type == NULL || arg->type == v->type);
    }
}

static enum status fit_arguments(struct run *r, const struct program *program, size_t op,
                                 const struct invocation *inv, struct value *values) {
    const struct helper *h = inv->helper;
    for (size_t i = 0; i < inv->args_len + inv->names_len; i++) {
        const struct helper_arg *arg = template_argument(inv, i);
        if (arg != NULL && !fit_argument(r, arg, &values[i])) {
            return theme_error(r->theme, program, op, r->err, "%s: \"%s\" is to be %s, not %s",
                               h->name, arg->name, template_kind_words(arg->kind),
                               template_kind_words(values[i].kind));
        }
    }
    return STATUS_OK;
}

/* The value may borrow from helper_out when it is printed at once. */
enum status run_helper(struct run *r, const struct program *program, size_t op,
                       const struct invocation *inv, bool printed) {
    const struct helper *h = inv->helper;
    r->stack_len -= inv->args_len + inv->names_len;
    struct value *values = r->stack + r->stack_len;
    enum status status = fit_arguments(r, program, op, inv, values);
    if (status != STATUS_OK) {
        return status;
    }
    struct overlay_entry named[LIMIT_TEMPLATE_ARGS];
    for (size_t i = 0; i < inv->names_len; i++) {
        named[i] = (struct overlay_entry){ inv->names[i], values[inv->args_len + i] };
    }
    buf_reset(&r->helper_out);
    struct template_call call = {
        .args = values,
        .args_len = inv->args_len,
        .named = named,
        .named_len = inv->names_len,
        .arena = &r->arena,
        .out = &r->helper_out,
    };
    struct err err = { 0 };
    status = h->run(r->helper_ctx, &call, &err);
    if (status == STATUS_OK) {
        status = r->helper_out.status;
    }
    if (status != STATUS_OK) {
        theme_error(r->theme, program, op, r->err, "%s: %s", h->name,
                    err.message[0] ? err.message : status_text(status));
        return status;
    }
    struct value result = call.result;
    if (h->returns == VALUE_STR || h->returns == VALUE_HTML) {
        struct str text = buf_str(&r->helper_out);
        result.kind = h->returns;
        result.str = printed ? text : arena_str(&r->arena, text);
    }
    run_push(r, result);
    return STATUS_OK;
}

enum status run_fragment(struct run *r, const struct program *program, size_t op,
                         const struct invocation *inv) {
    r->stack_len -= inv->args_len + inv->names_len;
    const struct value *values = r->stack + r->stack_len;
    struct fragment_param params[LIMIT_TEMPLATE_ARGS];
    for (size_t i = 0; i < inv->names_len; i++) {
        params[i] = (struct fragment_param){ inv->names[i], values[1 + i] };
        if (values[1 + i].kind >= VALUE_HTML) {
            return theme_error(r->theme, program, op, r->err,
                               "the fragment's \"%.*s\" is to be text or a number, not %s",
                               STR_FMT(inv->names[i]), template_kind_words(values[1 + i].kind));
        }
    }
    if (values[0].kind != VALUE_STR || values[0].str.len == 0) {
        return theme_error(r->theme, program, op, r->err, "a fragment's kind is to be text");
    }
    run_begin_line(r);
    if (r->out != r->sink->out) {
        buf_put(r->out, values[0].str); /* only asked whether there is anything */
        return STATUS_OK;
    }
    if (r->sink->fragment == NULL) {
        return theme_error(r->theme, program, op, r->err, "no fragment can stand here");
    }
    r->sink->fragment(r->sink->ctx, values[0].str, params, inv->names_len);
    return STATUS_OK;
}
