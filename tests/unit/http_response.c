#include "tests/harness.h"

#include "base/clock.h"
#include "http/mime.h"
#include "http/response.h"

#include <stdio.h>

/* A request with up to two fields; a NULL name ends them. */
struct asked {
    struct http_request req;
    struct http_field fields[2];
};

static const struct http_request *ask(struct asked *a, const char *name, const char *value,
                                      const char *name2, const char *value2) {
    *a = (struct asked){ .fields = { { str_of(name), str_of(value) },
                                     { str_of(name2), str_of(value2) } } };
    a->req.fields = a->fields;
    a->req.n_fields = name == NULL ? 0 : name2 == NULL ? 1 : 2;
    return &a->req;
}

TEST(http_response_negotiates_gzip) {
    const struct {
        const char *value;
        bool gzip;
    } cases[] = {
        { "gzip", true },
        { "gzip, deflate, br", true },
        { "br;q=1.0, gzip;q=0.8, *;q=0.1", true },
        { "GZip", true },
        { "x-gzip", true },
        { "*", true },
        { "*;q=0, gzip", true },
        { "gzip ; q=0.001", true },
        { "", false },
        { "deflate", false },
        { "identity", false },
        { "gzip;q=0", false },
        { "gzip;q=0.000", false },
        { "gzip;Q=0", false },
        { "gzip;q=0, *", false },
        { "*;q=0", false },
        { "gzipped", false },
        { "gzip;q=2", false },
        { "gzip;q=0.0001", false },
        { "gzip;q=x", false },
        { "gzip;q=", false },
    };
    struct asked a;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (http_accepts_gzip(ask(&a, "Accept-Encoding", cases[i].value, NULL, NULL)) !=
            cases[i].gzip) {
            test_fail(__FILE__, __LINE__, "%s: expected %d", cases[i].value, cases[i].gzip);
        }
    }
    CHECK(!http_accepts_gzip(ask(&a, NULL, NULL, NULL, NULL)));
    CHECK(http_accepts_gzip(ask(&a, "accept-encoding", "br", "accept-encoding", "gzip")));
}

#define THEN    "Sun, 06 Nov 1994 08:49:37 GMT"
#define EARLIER "Sun, 06 Nov 1994 08:49:36 GMT"
#define LATER   "Sun, 06 Nov 1994 08:49:38 GMT"
#define FUTURE  "Sun, 06 Nov 1994 08:49:40 GMT"
static const int64_t now_us = 784111779 * US_PER_SECOND;
static const int64_t then_us = 784111777 * US_PER_SECOND + 5; /* a fraction of a second after it */

TEST(http_response_answers_conditions_by_304) {
    const struct {
        const char *field, *value;
        bool not_modified;
    } cases[] = {
        { "If-None-Match", "\"a\"", true },
        { "if-none-match", "W/\"a\"", true },
        { "If-None-Match", "\"b\", \"a\"", true },
        { "If-None-Match", "\"b\",W/\"a\" ", true },
        { "If-None-Match", "*", true },
        { "If-None-Match", "\"x,\", \"a\"", true },
        { "If-None-Match", "\"b\"", false },
        { "If-None-Match", "a", false },
        { "If-None-Match", "\"a", false },
        { "If-None-Match", "\"x, \\\"a\\\"\"", false },
        { "If-None-Match", "w/\"a\"", false },
        { "If-None-Match", "", false },
        { "If-Modified-Since", THEN, true },
        { "If-Modified-Since", LATER, true },
        { "If-Modified-Since", EARLIER, false },
        { "If-Modified-Since", FUTURE, false },
        { "If-Modified-Since", "yesterday", false },
    };
    struct asked a;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct http_request *req = ask(&a, cases[i].field, cases[i].value, NULL, NULL);
        if (http_not_modified(req, STR("\"a\""), then_us, now_us) != cases[i].not_modified) {
            test_fail(__FILE__, __LINE__, "%s: %s", cases[i].field, cases[i].value);
        }
    }
    /* The tag decides alone where there is one. */
    ask(&a, "If-None-Match", "\"b\"", "If-Modified-Since", LATER);
    CHECK(!http_not_modified(&a.req, STR("\"a\""), then_us, now_us));
    ask(&a, "If-None-Match", "\"b\"", "If-None-Match", "\"a\"");
    CHECK(http_not_modified(&a.req, STR("W/\"a\""), 0, now_us));
    ask(&a, "If-None-Match", "*", NULL, NULL);
    CHECK(!http_not_modified(&a.req, (struct str){ 0 }, 0, now_us));
    a.req.method = HTTP_POST;
    CHECK(!http_not_modified(&a.req, STR("\"a\""), then_us, now_us));
    ask(&a, NULL, NULL, NULL, NULL);
    CHECK(!http_not_modified(&a.req, STR("\"a\""), then_us, now_us));
}

TEST(http_response_holds_preconditions) {
    struct asked a;
    struct str none = { 0 };
    CHECK(http_precondition_holds(ask(&a, NULL, NULL, NULL, NULL), none, 0));
    CHECK(
        http_precondition_holds(ask(&a, "If-Match", "\"b\", \"a\"", NULL, NULL), STR("\"a\""), 0));
    CHECK(!http_precondition_holds(ask(&a, "If-Match", "W/\"a\"", NULL, NULL), STR("\"a\""), 0));
    CHECK(!http_precondition_holds(ask(&a, "If-Match", "\"a\"", NULL, NULL), STR("W/\"a\""), 0));
    CHECK(!http_precondition_holds(ask(&a, "If-Match", "\"b\"", NULL, NULL), STR("\"a\""), 0));
    CHECK(http_precondition_holds(ask(&a, "If-Match", "*", NULL, NULL), STR("W/\"a\""), 0));
    CHECK(!http_precondition_holds(ask(&a, "If-Match", "*", NULL, NULL), none, 0));
    CHECK(http_precondition_holds(ask(&a, "If-Unmodified-Since", THEN, NULL, NULL), none, then_us));
    CHECK(!http_precondition_holds(ask(&a, "If-Unmodified-Since", EARLIER, NULL, NULL), none,
                                   then_us));
}

TEST(http_response_reads_ranges) {
    const struct {
        const char *range, *condition;
        enum http_range_result result;
        uint64_t first, len;
    } cases[] = {
        { "bytes=0-0", NULL, HTTP_RANGE_PART, 0, 1 },
        { "bytes=0-", NULL, HTTP_RANGE_PART, 0, 100 },
        { "bytes=10-19", NULL, HTTP_RANGE_PART, 10, 10 },
        { "Bytes= 10-19 ", NULL, HTTP_RANGE_PART, 10, 10 },
        { "bytes=90-999", NULL, HTTP_RANGE_PART, 90, 10 },
        { "bytes=99-99999999999999999999999", NULL, HTTP_RANGE_PART, 99, 1 },
        { "bytes=-1", NULL, HTTP_RANGE_PART, 99, 1 },
        { "bytes=-999", NULL, HTTP_RANGE_PART, 0, 100 },
        { "bytes=100-", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=99999999999999999999999-", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=-0", NULL, HTTP_RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=5-4", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=-", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=1", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=a-b", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=0-1,5-6", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=--1", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=+1-2", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "lines=0-1", NULL, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=0-0", "\"a\"", HTTP_RANGE_PART, 0, 1 },
        { "bytes=0-0", "\"b\"", HTTP_RANGE_NONE, 0, 0 },
        { "bytes=0-0", "W/\"a\"", HTTP_RANGE_NONE, 0, 0 },
        { "bytes=0-0", THEN, HTTP_RANGE_PART, 0, 1 },
        { "bytes=0-0", EARLIER, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=0-0", LATER, HTTP_RANGE_NONE, 0, 0 },
        { "bytes=100-", "\"b\"", HTTP_RANGE_NONE, 0, 0 },
    };
    struct asked a;
    struct http_range got;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        got = (struct http_range){ 0 };
        ask(&a, "Range", cases[i].range, cases[i].condition ? "If-Range" : NULL,
            cases[i].condition);
        if (http_range(&a.req, 100, STR("\"a\""), then_us, &got) != cases[i].result ||
            got.first != cases[i].first || got.len != cases[i].len) {
            test_fail(__FILE__, __LINE__, "%s: %llu, %llu", cases[i].range,
                      (unsigned long long)got.first, (unsigned long long)got.len);
        }
    }
    ask(&a, "Range", "bytes=0-", NULL, NULL);
    CHECK_INT(http_range(&a.req, 0, STR("\"a\""), 0, &got), HTTP_RANGE_UNSATISFIABLE);
    a.req.method = HTTP_HEAD;
    CHECK_INT(http_range(&a.req, 100, STR("\"a\""), 0, &got), HTTP_RANGE_NONE);
    CHECK_INT(http_range(ask(&a, NULL, NULL, NULL, NULL), 100, STR(""), 0, &got), HTTP_RANGE_NONE);
}

TEST(http_mime_goes_by_the_extension) {
    CHECK_STR(http_mime(STR("index.html")), "text/html; charset=utf-8");
    CHECK_STR(http_mime(STR("a/b.c/PHOTO.JPG")), "image/jpeg");
    CHECK_STR(http_mime(STR("archive.tar.gz")), "application/gzip");
    CHECK_STR(http_mime(STR("a.aac")), "audio/aac");
    CHECK_STR(http_mime(STR("a.zip")), "application/zip");
    CHECK_STR(http_mime(STR("x.woff2")), "font/woff2");
    const char *unknown[] = { "", ".", "html", "a.", "a.unknown", "a.htmlhtmlhtmlhtmlhtml" };
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        CHECK_STR(http_mime(str_of(unknown[i])), "application/octet-stream");
    }
}
