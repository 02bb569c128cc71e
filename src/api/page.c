#include "api/page.h"

#include "api/answer.h"
#include "base/limits.h"

bool api_is_key(struct str key) {
    bool is_below =
        str_starts(key, API_ROOT) &&
        (key.len == API_ROOT.len || key.ptr[API_ROOT.len] == '/' || key.ptr[API_ROOT.len] == '?');
    return is_below || str_starts(key, API_OPTIONS);
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

/* The one field Link: the pages beside it, the page that readers get, or the API's root. */
static struct str link_of(struct pass *pass, const struct api_answer *answer) {
    struct arena *a = pass->arena;
    int64_t page = answer->is_list ? api_arg(answer->call, "page")->n : 0;
    struct str previous = STR(""), next = STR("");
    if (page > 1) {
        previous = arena_printf(a, "<%.*s>; rel=\"prev\"",
                                STR_FMT(page_link(pass, answer->call, page - 1)));
    }
    if (answer->is_list && page < answer->pages) {
        next = arena_printf(a, "<%.*s>; rel=\"next\"",
                            STR_FMT(page_link(pass, answer->call, page + 1)));
    }
    if (previous.len + next.len > 0) {
        return arena_printf(a, "%.*s%s%.*s", STR_FMT(previous),
                            previous.len > 0 && next.len > 0 ? ", " : "", STR_FMT(next));
    }
    if (answer->alternate.len > 0) {
        return arena_printf(a, "<%.*s>; rel=\"alternate\"; type=text/html",
                            STR_FMT(answer->alternate));
    }
    return arena_printf(a, "<%.*s>; rel=\"https://api.w.org/\"", STR_FMT(api_url(pass, "/")));
}

/* The answer's own header fields, which an envelope shows, too. */
static json_t *head_of(struct pass *pass, const struct api_answer *answer) {
    json_t *head = json_object();
    if (answer->is_list) {
        api_set(head, "X-WP-Total",
                api_str(arena_printf(pass->arena, "%lld", (long long)answer->total)));
        api_set(head, "X-WP-TotalPages",
                api_str(arena_printf(pass->arena, "%lld", (long long)answer->pages)));
    }
    api_set(head, "Link", api_str(link_of(pass, answer)));
    if (answer->error.status == 0) {
        api_set(head, "Allow", json_string("GET"));
    }
    return head;
}

/* Anybody may ask from any site, for what anybody may see: no answer depends on who asks. */
#define HEAD_FOR_ALL(X)                                                                            \
    X("X-Content-Type-Options", "nosniff")                                                         \
    X("X-Robots-Tag", "noindex")                                                                   \
    X("Access-Control-Allow-Origin", "*")                                                          \
    X("Access-Control-Allow-Methods", "OPTIONS, GET, POST, PUT, PATCH, DELETE")                    \
    X("Access-Control-Allow-Headers",                                                              \
      "Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type")                 \
    X("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link")

struct str api_error_head(void) {
#define X(name, value) name ": " value "\r\n"
    return STR("Content-Type: application/json; charset=utf-8\r\n" HEAD_FOR_ALL(X));
#undef X
}

static void put_head(struct pass *pass, struct page_build *page, const json_t *head) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)head, name, value) {
        pass_head(pass, page, name, arena_str(pass->arena, str_of(json_string_value(value))));
    }
#define X(name, value) pass_head(pass, page, name, STR(value));
    HEAD_FOR_ALL(X)
#undef X
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

static enum status api_page(void *thread, struct str key, struct page_build *page,
                            struct err *err) {
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

static enum status any_page(void *thread, struct str key, struct page_build *page,
                            struct err *err) {
    return api_is_key(key) ? api_page(thread, key, page, err) : site_page(thread, key, page, err);
}

static bool is_made_up(struct str key) {
    return api_is_key(key) ? str_find_char(key, '?', 0) != STR_NPOS : site_is_made_up(key);
}

struct render_source api_source(struct site *site) {
    struct render_source source = site_source(site);
    source.page = any_page;
    source.is_made_up = is_made_up;
    return source;
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
