#include "api/page.h"

#include "api/answer.h"
#include "base/limits.h"

bool api_is_key(struct str key) {
    return str_starts(key, API_ROOT) && (key.len == API_ROOT.len || key.ptr[API_ROOT.len] == '/' ||
                                         key.ptr[API_ROOT.len] == '?');
}

static struct str page_link(struct pass *pass, const struct api_call *call, int64_t number) {
    struct api_call other = *call;
    for (size_t i = 0; i < call->route->args_len; i++) {
        if (strcmp(call->route->args[i].name, "page") == 0) {
            other.args[i] = (struct arg){ .is_given = true, .n = number };
        }
    }
    return pass_absolute(pass, api_call_spell(pass->arena, &other));
}

/* X-WP-Total, X-WP-TotalPages and Link, as pairs of names and values. */
static json_t *head_of(struct pass *pass, const struct api_answer *answer) {
    json_t *head = json_object();
    if (!answer->is_list) {
        return head;
    }
    int64_t page = api_arg(answer->call, "page")->n;
    struct str previous = STR(""), next = STR("");
    if (page > 1) {
        previous = arena_printf(pass->arena, "<%.*s>; rel=\"prev\"",
                                STR_FMT(page_link(pass, answer->call, page - 1)));
    }
    if (page < answer->pages) {
        next = arena_printf(pass->arena, "<%.*s>; rel=\"next\"",
                            STR_FMT(page_link(pass, answer->call, page + 1)));
    }
    api_set(head, "X-WP-Total",
            api_str(arena_printf(pass->arena, "%lld", (long long)answer->total)));
    api_set(head, "X-WP-TotalPages",
            api_str(arena_printf(pass->arena, "%lld", (long long)answer->pages)));
    if (previous.len + next.len > 0) {
        api_set(head, "Link",
                api_str(arena_printf(pass->arena, "%.*s%s%.*s", STR_FMT(previous),
                                     previous.len > 0 && next.len > 0 ? ", " : "", STR_FMT(next))));
    }
    return head;
}

static void put_head(struct pass *pass, struct page_build *page, const json_t *head) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)head, name, value) {
        pass_head(pass, page, name, arena_str(pass->arena, str_of(json_string_value(value))));
    }
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    pass_head(pass, page, "X-Robots-Tag", STR("noindex"));
    pass_head(pass, page, "Access-Control-Allow-Origin", STR("*"));
    pass_head(pass, page, "Access-Control-Expose-Headers",
              STR("X-WP-Total, X-WP-TotalPages, Link"));
}

static enum status build(struct pass *pass, const struct api_call *call, struct page_build *page,
                         struct err *err) {
    struct api_answer answer;
    enum status status = answer_make(pass, call, &answer, err);
    if (status != STATUS_OK) {
        return status;
    }
    int http = answer.error.status != 0 ? answer.error.status : 200;
    json_t *head = head_of(pass, &answer);
    json_t *body = answer.error.status != 0 ? answer_error(&answer.error) : answer.body;
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    const char *type;
    answer_put(call, http, head, body, &out, &type);
    page->status = call->is_enveloped || call->jsonp.len > 0 ? 200 : http;
    pass_head(pass, page, "Content-Type", str_of(type));
    put_head(pass, page, head);
    page_own(page, arena_str(pass->arena, buf_str(&out)));
    json_decref(head);
    status = out.status == STATUS_OK ? STATUS_OK
                                     : err_set(err, out.status, "an answer is too large");
    buf_done(&out);
    return status;
}

enum status api_page(void *thread, struct str key, struct page_build *page, struct err *err) {
    struct pass pass;
    struct api_call call;
    struct api_error error;
    enum status status = pass_begin(thread, page->arena, page->keys, &pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (api_call_read(page->arena, key, &call, &error) == API_TARGET_PAGE) {
        status = build(&pass, &call, page, err);
    } else {
        status = err_set(err, STATUS_INVALID, "no such call: %.*s", STR_FMT(key));
    }
    pass_end(&pass);
    return status;
}

struct str api_error_body(struct arena *a, const struct api_error *error) {
    struct buf out;
    buf_init(&out, 64 * KIB);
    const struct api_call plain = { 0 };
    const char *type;
    answer_put(&plain, error->status, NULL, answer_error(error), &out, &type);
    struct str body = arena_str(a, buf_str(&out));
    buf_done(&out);
    return body;
}
