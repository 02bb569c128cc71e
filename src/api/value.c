/* The small values that all objects are made of. */
#include "api/call.h"

#include "base/limits.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>

json_t *api_str(struct str s) {
    json_t *value = json_stringn(s.ptr, s.len);
    if (value == NULL) {
        struct arena a;
        arena_init(&a);
        struct str clean = utf8_clean(&a, s);
        value = json_stringn(clean.ptr, clean.len);
        arena_done(&a);
    }
    check(value != NULL);
    return value;
}

json_t *api_ids(struct ids ids) {
    json_t *list = json_array();
    for (size_t i = 0; i < ids.len; i++) {
        json_array_append_new(list, json_integer(ids.ptr[i]));
    }
    return list;
}

void api_set(json_t *object, const char *name, json_t *value) {
    check(json_object_set_new(object, name, value) == 0);
}

struct html api_html(struct pass *pass, struct str text) {
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&': buf_put(&out, STR("&amp;")); break;
        case '<': buf_put(&out, STR("&lt;")); break;
        case '>': buf_put(&out, STR("&gt;")); break;
        default: buf_put_char(&out, text.ptr[i]);
        }
    }
    struct html html = { arena_str(pass->arena, buf_str(&out)) };
    buf_done(&out);
    return html;
}

json_t *api_rendered(struct html html) {
    json_t *object = json_object();
    api_set(object, "rendered", api_str(html.raw));
    return object;
}

static json_t *civil_text(struct pass *pass, struct civil t) {
    return api_str(arena_printf(pass->arena, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month,
                                t.day, t.hour, t.minute, t.second));
}

json_t *api_date(struct pass *pass, int64_t us) {
    return us != 0 ? civil_text(pass, dates_civil(pass->dates, us)) : json_null();
}

json_t *api_date_gmt(struct pass *pass, int64_t us) {
    return us != 0 ? civil_text(pass, civil_of_us(us)) : json_null();
}

/* Digits that args_read has looked at. */
static int number_at(struct str s, size_t at, size_t len) {
    int64_t n = 0;
    return str_to_i64(str_slice(s, at, at + len), &n) ? (int)n : 0;
}

int64_t api_time(struct pass *pass, struct str text) {
    struct civil t = { .year = number_at(text, 0, 4),
                       .month = number_at(text, 5, 2),
                       .day = number_at(text, 8, 2) };
    if (text.len > 10) {
        t.hour = number_at(text, 11, 2);
        t.minute = number_at(text, 14, 2);
        t.second = number_at(text, 17, 2);
    }
    struct str zone = str_from(text, text.len >= 6 ? text.len - 6 : 0);
    if (text.len <= 19) {
        return dates_to_us(pass->dates, t);
    }
    int64_t us = civil_to_us(t);
    if (zone.ptr[0] == '+' || zone.ptr[0] == '-') {
        int64_t minutes = number_at(zone, 1, 2) * 60 + number_at(zone, 4, 2);
        us -= (zone.ptr[0] == '-' ? -minutes : minutes) * 60 * US_PER_SECOND;
    }
    return us;
}

struct str api_url(struct pass *pass, const char *fmt, ...) {
    char path[LIMIT_PATH_BYTES];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    check(n >= 0 && (size_t)n < sizeof path);
    return pass_absolute(pass, arena_printf(pass->arena, "%.*s%s", STR_FMT(API_ROOT), path));
}

json_t *api_link(json_t *object, const char *rel, struct str href) {
    json_t *links = json_object_get(object, "_links");
    if (links == NULL) {
        links = json_object();
        api_set(object, "_links", links);
    }
    json_t *list = json_object_get(links, rel);
    if (list == NULL) {
        list = json_array();
        api_set(links, rel, list);
    }
    json_t *link = json_object();
    json_array_append_new(list, link);
    api_set(link, "href", api_str(href));
    return link;
}

json_t *api_link_embeddable(json_t *object, const char *rel, struct str href) {
    json_t *link = api_link(object, rel, href);
    api_set(link, "embeddable", json_true());
    return link;
}

enum status api_fail(struct api_answer *answer, int status, const char *code, struct str message) {
    answer->error = (struct api_error){ .status = status, .code = code, .message = message };
    return STATUS_OK;
}

enum status api_fail_arg(struct api_answer *answer, const char *name, const char *code,
                         struct str message) {
    struct arena *a = answer->pass->arena;
    struct arg_fault *fault = ARENA_NEW(a, struct arg_fault);
    *fault = (struct arg_fault){ name, code, message };
    answer->error =
        (struct api_error){ .status = 400,
                            .code = "rest_invalid_param",
                            .message = arena_printf(a, "Invalid parameter(s): %s", name),
                            .faults = { fault, 1 } };
    return STATUS_OK;
}
