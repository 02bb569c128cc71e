/* The values of fields, and query strings: the first line of the input is the value of every field
 * that is looked at, the rest a query string. */
#include "base/clock.h"
#include "http/form.h"
#include "http/mime.h"
#include "http/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE = 1000 };

static void ask(const char *name, struct str value) {
    struct http_field fields[] = { { str_of(name), value }, { STR("if-range"), value } };
    struct http_request req = { .fields = fields, .n_fields = 2 };
    struct str etag = STR("\"a\"");
    struct http_range part = { 0 };
    (void)http_accepts_gzip(&req);
    (void)http_is_form(&req);
    bool same = http_not_modified(&req, etag, US_PER_DAY, INT64_MAX);
    bool holds = http_precondition_holds(&req, etag, US_PER_DAY);
    check(!same || value.len > 0);
    check(holds || value.len > 0 || str_eq(fields[0].name, STR("if-match")));
    req.n_fields = 1; /* a range without its condition */
    if (http_range(&req, SIZE, etag, US_PER_DAY, &part) == HTTP_RANGE_PART) {
        check(part.len > 0 && part.first < SIZE && part.len <= SIZE - part.first);
    }
    struct str cookie = http_cookie(&req, STR("a"));
    check(cookie.ptr == NULL || cookie.len < value.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_make((const char *)data, size);
    size_t end = str_find_char(bytes, '\n', 0);
    struct str value = str_slice(bytes, 0, end);
    struct str query = end == STR_NPOS ? STR("") : str_from(bytes, end + 1);
    const char *names[] = { "accept-encoding", "if-none-match",       "if-match", "range",
                            "if-range",        "if-unmodified-since", "cookie",   "content-type" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ask(names[i], value);
    }
    struct arena a = { 0 };
    struct http_pairs pairs = { query };
    struct str name, decoded;
    size_t total = 0;
    while (http_pairs_next(&pairs, &a, &name, &decoded)) {
        total += name.len + decoded.len;
    }
    check(total <= query.len);
    check(http_percent_decode(&a, value).len <= value.len);
    check(http_mime(value).len > 0);
    arena_done(&a);
    return 0;
}
