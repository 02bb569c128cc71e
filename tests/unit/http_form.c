#include "tests/harness.h"

#include "base/buf.h"
#include "http/form.h"

static void check_pairs(const char *text, const char *expected) {
    struct arena a = { 0 };
    struct buf out;
    buf_init(&out, 64 * KIB);
    struct http_pairs pairs = { str_of(text) };
    struct str name, value;
    while (http_pairs_next(&pairs, &a, &name, &value)) {
        buf_printf(&out, "(%.*s|%.*s)", STR_FMT(name), STR_FMT(value));
    }
    CHECK_STR(buf_str(&out), expected);
    buf_done(&out);
    arena_done(&a);
}

TEST(http_form_walks_over_pairs) {
    check_pairs("", "");
    check_pairs("a=1&b=2", "(a|1)(b|2)");
    check_pairs("a&b=&=c&&=&d=e=f", "(a|)(b|)(|c)(d|e=f)");
    check_pairs("q=stuck+pigeon%21&%c3%a9=%C3%89", "(q|stuck pigeon!)(é|É)");
    check_pairs("a=100%&b=%4&c=%zz&d=%", "(a|100%)(b|%4)(c|%zz)(d|%)");
    check_pairs("a=%26%3D%2B", "(a|&=+)");
}

TEST(http_form_finds_the_first_of_a_name) {
    struct arena a = { 0 };
    CHECK_STR(http_pairs_find(STR("x=1&p%61ge=2&page=3"), &a, STR("page")), "2");
    CHECK(http_pairs_find(STR("x=1"), &a, STR("page")).ptr == NULL);
    CHECK(http_pairs_find(STR("page"), &a, STR("page")).ptr != NULL);
    arena_done(&a);
}

TEST(http_form_decodes_percents_only_where_there_are_some) {
    struct arena a = { 0 };
    struct str plain = STR("a+b");
    CHECK(http_percent_decode(&a, plain).ptr == plain.ptr);
    struct str nul = http_percent_decode(&a, STR("%00+%41"));
    CHECK(nul.len == 3 && memcmp(nul.ptr, "\0+A", 3) == 0);
    arena_done(&a);
}

static struct str cookie_of(const char *first, const char *second, const char *name) {
    struct http_field fields[] = { { STR("Cookie"), str_of(first) },
                                   { STR("cookie"), str_of(second) } };
    struct http_request req = { .fields = fields, .n_fields = 2 };
    return http_cookie(&req, str_of(name));
}

TEST(http_form_reads_cookies) {
    CHECK_STR(cookie_of("a=1; session=xyz; b", "session=later", "session"), "xyz");
    CHECK_STR(cookie_of("a=1", "session=\"q\"", "session"), "q");
    CHECK_STR(cookie_of("a=b=c", "", "a"), "b=c");
    CHECK_STR(cookie_of("a=", "", "a"), "");
    CHECK(cookie_of("xsession=1; sessionx=2; session", "Session=3", "session").ptr == NULL);
}

TEST(http_form_knows_a_form) {
    struct http_field type = { STR("Content-Type"),
                               STR("Application/x-www-form-urlencoded ; charset=utf-8") };
    struct http_request req = { .fields = &type, .n_fields = 1 };
    CHECK(http_is_form(&req));
    type.value = STR("application/x-www-form-urlencoded2");
    CHECK(!http_is_form(&req));
    req.n_fields = 0;
    CHECK(!http_is_form(&req));
}
