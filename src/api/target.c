/* From an address to a route and its arguments, and back to one spelling. */
#include "api/call.h"

#include "base/limits.h"
#include "text/url.h"

/* What every route takes; the order is that of the key. */
enum { META_CONTEXT, META_FIELDS, META_EMBED, META_ENVELOPE, META_JSONP, METAS };
static const struct arg_def metas[METAS] = {
    [META_CONTEXT] = { .name = "context",
                       ARG_CHOICE,
                       .choices = "view|embed|edit",
                       .fallback = "view",
                       .meaning = "Which fields an object has." },
    [META_FIELDS] = { .name = "_fields", ARG_WORDS, .meaning = "Only these fields." },
    [META_EMBED] = { .name = "_embed", ARG_WORDS, .meaning = "Put these linked things inside." },
    [META_ENVELOPE] = { .name = "_envelope",
                        ARG_TEXT,
                        .meaning = "Status and header fields inside the answer." },
    [META_JSONP] = { .name = "_jsonp", ARG_TEXT, .meaning = "A function to call with it." },
};

const struct arg_def *const api_metas = metas;
const size_t api_metas_len = METAS;
const struct arg_def *const api_context_arg = &metas[META_CONTEXT];

static bool is_id(struct str text, int64_t *ret) {
    return text.len <= 18 && text.len > 0 && char_is_digit(text.ptr[0]) && str_to_i64(text, ret);
}

static bool is_word(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!char_is_alnum(c) && c != '-' && c != '_' && c != '%') {
            return false;
        }
    }
    return text.len > 0;
}

static bool match_segment(struct str shape, struct str text, struct api_call *call) {
    if (str_eq(shape, STR("{id}"))) {
        return is_id(text, &call->id);
    }
    if (str_eq(shape, STR("{parent}"))) {
        return is_id(text, &call->parent);
    }
    if (str_starts(shape, STR("{"))) {
        call->name = text;
        return is_word(text);
    }
    return str_eq(shape, text);
}

static bool match(const struct api_route *route, struct str path, struct api_call *call) {
    struct str shapes = str_of(route->pattern), shape, segment;
    while (str_split(&shapes, '/', &shape)) {
        if (!str_split(&path, '/', &segment) || !match_segment(shape, segment, call)) {
            return false;
        }
    }
    return path.ptr == NULL;
}

/* A function's name, "a.b.c": nothing else may be put into a script. */
static bool is_callback(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!char_is_alnum(c) && c != '_' && c != '.' && c != '$') {
            return false;
        }
    }
    return name.len > 0 && name.len <= 100;
}

static enum api_target_kind fail(struct api_error *ret, int status, const char *code,
                                 struct str message) {
    *ret = (struct api_error){ .status = status, .code = code, .message = message };
    return API_TARGET_ERROR;
}

static bool read_metas(struct arena *a, struct str query, struct api_call *ret,
                       struct api_error *ret_error) {
    static const enum api_context contexts[] = { API_VIEW, API_EMBED, API_EDIT };
    struct arg args[METAS];
    if (!args_read(a, metas, METAS, query, args, &ret_error->faults)) {
        return false;
    }
    ret->context = contexts[args[META_CONTEXT].n];
    ret->fields = args[META_FIELDS].words;
    ret->is_embedding = args[META_EMBED].is_given;
    ret->embed = args[META_EMBED].words;
    /* "_embed=1" and "_embed=true" mean all. */
    if (ret->embed.len == 1 &&
        (str_eq(ret->embed.ptr[0], STR("1")) || str_eq(ret->embed.ptr[0], STR("true")))) {
        ret->embed.len = 0;
    }
    ret->is_enveloped = args[META_ENVELOPE].is_given;
    ret->jsonp = args[META_JSONP].text;
    return true;
}

/* What is missing is told before what is wrong. */
static enum api_target_kind fail_args(struct arena *a, struct api_error *ret) {
    struct buf missing, wrong;
    buf_init(&missing, 4 * KIB);
    buf_init(&wrong, 4 * KIB);
    for (size_t i = 0; i < ret->faults.len; i++) {
        struct buf *names = ret->faults.ptr[i].code[0] ? &wrong : &missing;
        buf_printf(names, "%s%s", names->len > 0 ? ", " : "", ret->faults.ptr[i].name);
    }
    bool is_missing = missing.len > 0;
    ret->status = 400;
    ret->code = is_missing ? "rest_missing_callback_param" : "rest_invalid_param";
    ret->message = arena_printf(a, "%s parameter(s): %.*s", is_missing ? "Missing" : "Invalid",
                                STR_FMT(buf_str(is_missing ? &missing : &wrong)));
    buf_done(&missing);
    buf_done(&wrong);
    return API_TARGET_ERROR;
}

/* Nobody is signed in, so what asks for more than a reader may know is refused. */
static bool is_denied(const struct api_call *call, struct api_error *ret) {
    const struct api_route *route = call->route;
    if (route->denied != NULL) {
        (void)fail(ret, 401, route->denied, STR("This needs somebody who is signed in."));
        return true;
    }
    if (call->context == API_EDIT) {
        (void)fail(ret, 401, route->denied_edit ? route->denied_edit : "rest_forbidden_context",
                   STR("The context \"edit\" is for those who may edit."));
        return true;
    }
    return false;
}

static enum api_target_kind read_call(struct arena *a, struct str path, struct str query,
                                      bool is_options, struct api_call *ret,
                                      struct api_error *ret_error) {
    *ret = (struct api_call){ .path = path, .context = API_VIEW, .is_options = is_options };
    *ret_error = (struct api_error){ 0 };
    bool good = is_options || read_metas(a, query, ret, ret_error);
    if (good && ret->jsonp.len > 0 && !is_callback(ret->jsonp)) {
        return fail(ret_error, 400, "rest_callback_invalid",
                    STR("_jsonp has to be the name of a function."));
    }
    for (size_t i = 0; i < api_routes_len && ret->route == NULL; i++) {
        if (match(&api_routes[i], path, ret)) {
            ret->route = &api_routes[i];
        }
    }
    if (ret->route == NULL) {
        return fail(
            ret_error, 404, "rest_no_route",
            STR("Nothing of the API stands at this address; /wp-json/ says what there is."));
    }
    check(ret->route->args_len <= API_ARGS_MAX);
    if (is_options) {
        return API_TARGET_PAGE;
    }
    struct arg_faults of_metas = ret_error->faults;
    good = args_read(a, ret->route->args, ret->route->args_len, query, ret->args,
                     &ret_error->faults) &&
           good;
    if (good && ret->route->has_no_edit && ret->context == API_EDIT) {
        static const struct arg_fault no_edit = { "context",
                                                  "rest_not_in_enum",
                                                  { "context is view or embed.", 25 } };
        ret_error->faults = (struct arg_faults){ &no_edit, 1 };
        good = false;
    }
    if (!good) {
        if (ret_error->faults.len == 0) {
            ret_error->faults = of_metas;
        }
        return fail_args(a, ret_error);
    }
    return is_denied(ret, ret_error) ? API_TARGET_ERROR : API_TARGET_PAGE;
}

struct str api_call_spell(struct arena *a, const struct api_call *call) {
    static const char *const contexts[] = { "", "view", "embed", "", "edit" };
    check(call->route != NULL);
    size_t n = call->route->args_len;
    struct arg_def defs[API_ARGS_MAX + METAS];
    struct arg args[API_ARGS_MAX + METAS];
    for (size_t i = 0; i < n; i++) {
        defs[i] = call->route->args[i];
        args[i] = call->args[i];
    }
    memcpy(defs + n, metas, sizeof metas);
    args[n + META_CONTEXT] =
        (struct arg){ .is_given = true, .text = str_of(contexts[call->context]) };
    args[n + META_FIELDS] = (struct arg){ .is_given = call->fields.len > 0, .words = call->fields };
    args[n + META_EMBED] = (struct arg){ .is_given = call->is_embedding, .words = call->embed };
    args[n + META_ENVELOPE] = (struct arg){ .is_given = call->is_enveloped, .text = STR("1") };
    args[n + META_JSONP] = (struct arg){ .is_given = call->jsonp.len > 0, .text = call->jsonp };
    struct buf out;
    buf_init(&out, 64 * KIB);
    buf_put(&out, call->is_options ? API_OPTIONS : STR(""));
    buf_put(&out, API_ROOT);
    buf_put(&out, call->path);
    buf_put_char(&out, '?');
    size_t before = out.len;
    args_spell(defs, n + METAS, args, &out);
    if (out.len == before) {
        buf_truncate(&out, before - 1);
    }
    struct str key = arena_str(a, buf_str(&out));
    buf_done(&out);
    return key;
}

/* Clients that cannot send all methods send a POST with the one that they mean. */
static struct str method_meant(struct arena *a, struct str method, struct str query) {
    static const struct arg_def def = { .name = "_method", .kind = ARG_TEXT };
    struct arg arg;
    struct arg_faults none;
    return str_eq(method, STR("POST")) && args_read(a, &def, 1, query, &arg, &none) && arg.is_given
               ? arg.text
               : method;
}

/* "/wp-json/wp/v2/posts" is "/wp/v2/posts"; false: not of the API. */
static bool below_root(struct arena *a, struct str path, struct str query, struct str *ret) {
    if (str_starts(path, API_ROOT) && (path.len == API_ROOT.len || path.ptr[API_ROOT.len] == '/')) {
        *ret = str_from(path, API_ROOT.len);
    } else if (str_eq(path, STR("/")) || str_eq(path, STR("/index.php"))) {
        static const struct arg_def def = { .name = "rest_route", .kind = ARG_TEXT };
        struct arg arg;
        struct arg_faults none;
        if (!args_read(a, &def, 1, query, &arg, &none) || !arg.is_given) {
            return false;
        }
        *ret = arg.text;
    } else {
        return false;
    }
    while (str_ends(*ret, STR("/"))) {
        ret->len--;
    }
    return true;
}

enum api_target_kind api_target(struct arena *a, struct str method, struct str path,
                                struct str query, struct str *ret_key,
                                struct api_error *ret_error) {
    struct str below;
    if (!below_root(a, path, query, &below)) {
        return API_TARGET_NONE;
    }
    method = method_meant(a, method, query);
    bool is_options = str_eq_nocase(method, STR("OPTIONS"));
    struct api_call call;
    enum api_target_kind kind = read_call(a, below, query, is_options, &call, ret_error);
    if (call.route != NULL && !is_options && !str_eq_nocase(method, STR("GET")) &&
        !str_eq_nocase(method, STR("HEAD"))) {
        return fail(ret_error, 404, "rest_no_route",
                    STR("Nothing of the API answers to this method at this address."));
    }
    if (kind == API_TARGET_PAGE) {
        *ret_key = api_call_spell(a, &call);
        if (ret_key->len > LIMIT_API_KEY_BYTES) {
            return fail(ret_error, 414, "rest_too_long", STR("So many arguments are too many."));
        }
    }
    return kind;
}

enum api_target_kind api_call_read(struct arena *a, struct str target, struct api_call *ret,
                                   struct api_error *ret_error) {
    bool is_options = str_starts(target, API_OPTIONS);
    target = str_from(target, is_options ? API_OPTIONS.len : 0);
    size_t mark = str_find_char(target, '?', 0);
    struct str query = mark == STR_NPOS ? STR("") : str_from(target, mark + 1);
    struct str below;
    if (!below_root(a, str_slice(target, 0, mark), query, &below)) {
        return API_TARGET_NONE;
    }
    return read_call(a, below, query, is_options, ret, ret_error);
}

const struct arg *api_arg(const struct api_call *call, const char *name) {
    static const struct arg none = { .text = { "", 0 } };
    for (size_t i = 0; i < call->route->args_len; i++) {
        if (strcmp(call->route->args[i].name, name) == 0) {
            return &call->args[i];
        }
    }
    return &none;
}
