/* HTTP/2 as clients meet it, those that mean no good included: each attack ends as it should, and
 * others are served on. */
#include "tests/h2_client.h"
#include "tests/harness.h"
#include "tests/http_site.h"

#include "base/clock.h"
#include "http/loop.h"

#include <stdio.h>
#include <stdlib.h>

#define GET  ":method: GET\n:scheme: http\n:authority: a\n:path: /x\n"
#define POST ":method: POST\n:scheme: http\n:authority: a\n:path: /echo\n"

static void expect(struct h2_client *c, int32_t stream, int status, struct str body) {
    struct h2_answer a = h2_client_answer(c, stream);
    CHECK_INT(a.reset, H2_OPEN);
    CHECK_INT(a.status, status);
    CHECK(str_eq(buf_str(&a.body), body));
    h2_answer_done(&a);
}

static void get(struct h2_client *c, int32_t stream, const char *path, int status,
                struct str body) {
    h2_client_get(c, stream, path);
    expect(c, stream, status, body);
}

static void check_others_are_served(struct http_server *s) {
    struct h2_client other;
    h2_client_open(&other, http_server_port(s), 0, 0);
    get(&other, 1, "/alive", 200, STR("/alive"));
    h2_client_close(&other);
}

static bool has(const struct h2_answer *a, const char *line) {
    return str_find(buf_str(&a->head), str_of(line), 0) != STR_NPOS;
}

/* ---- the same handlers ---- */

TEST(http_h2_answers_as_http1_does) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .fields = STR("X-Every: one\r\n") });
    http_site_write_file(site);
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    h2_client_get(&c, 1, "/x");
    struct h2_answer a = h2_client_answer(&c, 1);
    CHECK_STR(buf_str(&a.body), "/x");
    CHECK(has(&a, "content-type: text/plain\n") && has(&a, "content-length: 2\n"));
    CHECK(has(&a, "date: ") && has(&a, "x-every: one\n") && !has(&a, "connection"));
    h2_answer_done(&a);
    get(&c, 3, "/parts", 200, str_make(big, 2000));
    get(&c, 5, "/later/5", 200, STR("/later/5"));
    get(&c, 7, "/big", 200, str_make(big, sizeof big));
    get(&c, 9, "/file", 200, str_make(big, sizeof big));
    get(&c, 11, "/client", 200, STR("127.0.0.1"));
    h2_client_request(&c, 13, GET "range: bytes=1000-300999\n", true);
    expect(&c, 13, 200, STR("/x"));
    h2_client_request(&c, 15,
                      ":method: GET\n:scheme: https\n:authority: a\n:path: /file\n"
                      "range: bytes=1000-300999\n",
                      true);
    expect(&c, 15, 206, str_make(big + 1000, 300000));
    const char *bare[] = { "/304", "/204" };
    for (int i = 0; i < 2; i++) {
        h2_client_get(&c, 17 + 2 * i, bare[i]);
        a = h2_client_answer(&c, 17 + 2 * i);
        CHECK_INT(a.status, i == 0 ? 304 : 204);
        CHECK(a.body.len == 0 && !has(&a, "content-length"));
        h2_answer_done(&a);
    }
    const char *heads[] = { "/parts", "/file" };
    const char *lengths[] = { "content-length: 2000\n", "content-length: 10485760\n" };
    for (int i = 0; i < 2; i++) {
        char fields[128];
        snprintf(fields, sizeof fields, ":method: HEAD\n:scheme: http\n:authority: a\n:path: %s\n",
                 heads[i]);
        h2_client_request(&c, 21 + 2 * i, fields, true);
        a = h2_client_answer(&c, 21 + 2 * i);
        CHECK_INT(a.status, 200);
        CHECK(a.body.len == 0 && has(&a, lengths[i]));
        h2_answer_done(&a);
    }
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_takes_bodies) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    h2_client_request(&c, 1, POST "content-length: 6\n", false);
    h2_client_frame(&c, NGHTTP2_DATA, 0, 1, STR("one"));
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, STR("two"));
    expect(&c, 1, 200, STR("onetwo"));
    h2_client_request(&c, 3, POST "expect: 100-continue\n", false);
    CHECK_INT(h2_client_status(&c, 3), 100);
    h2_client_frame(&c, NGHTTP2_DATA, 0, 3, STR("three"));
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 3, STR(""));
    expect(&c, 3, 200, STR("three"));
    h2_client_request(&c, 5, POST, true);
    expect(&c, 5, 200, STR(""));
    /* Trailers end a body, too. */
    h2_client_request(&c, 7, POST, false);
    h2_client_frame(&c, NGHTTP2_DATA, 0, 7, STR("seven"));
    h2_client_request(&c, 7, "x-sum: 1\n", true);
    expect(&c, 7, 200, STR("seven"));
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_answers_in_any_order) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    atomic_store(&site->hold, true);
    h2_client_open(&c, http_server_port(s), 0, 0);
    h2_client_get(&c, 1, "/held");
    for (int32_t id = 3; id < 99; id += 2) {
        h2_client_get(&c, id, "/later/too");
    }
    expect(&c, 97, 200, STR("/later/too"));
    get(&c, 99, "/at/once", 200, STR("/at/once"));
    atomic_store(&site->hold, false);
    expect(&c, 1, 200, STR("/held"));
    h2_client_close(&c);
    http_site_stop(s, site);
}

/* ---- requests that are none ---- */

TEST(http_h2_refuses_what_is_malformed_and_serves_on) {
    static const struct {
        const char *fields;
        int status; /* 0: the stream is reset with PROTOCOL_ERROR */
    } cases[] = {
        { GET "X-Upper: 1\n", 0 },
        { GET "connection: close\n", 0 },
        { GET "keep-alive: 5\n", 0 },
        { GET "transfer-encoding: chunked\n", 0 },
        { GET "upgrade: websocket\n", 0 },
        { GET "proxy-connection: close\n", 0 },
        { GET "te: gzip\n", 0 },
        { GET "te: trailers\n", 200 },
        { GET ":path: /y\n", 0 },
        { GET "x: y\n:method: GET\n", 0 },
        { GET ":status: 200\n", 0 },
        { GET ":wrong: 1\n", 0 },
        { GET "x: a\rb\n", 0 },
        { GET "x: a\x01z\n", 0 },
        { GET "x: padded \n", 0 },
        { GET "na me: x\n", 0 },
        { GET "host: a\n", 200 },
        { GET "host: b\n", 400 },
        { GET "host: a\nhost: a\n", 0 },
        { GET "content-length: 5\n", 0 },
        { GET "content-length: 0\n", 200 },
        { GET "content-length: -1\n", 0 },
        { GET "content-length: 0\ncontent-length: 0\n", 0 },
        { GET "expect: wonders\n", 417 },
        { GET "cookie: a=1\ncookie: b=2\n", 200 },
        { ":method: GET\n:scheme: http\n:path: /x\n", 0 },
        { ":method: GET\n:scheme: http\n:path: /x\nhost: a\n", 200 },
        { ":method: GET\n:scheme: http\n:authority: a\n", 0 },
        { ":method: GET\n:authority: a\n:path: /x\n", 0 },
        { ":scheme: http\n:authority: a\n:path: /x\n", 0 },
        { ":method: GET\n:scheme: http\n:authority: a\n:path: x\n", 0 },
        { ":method: GET\n:scheme: http\n:authority: a\n:path: http://b/\n", 0 },
        { ":method: GET\n:scheme: ftp\n:authority: a\n:path: http://b/\n", 400 },
        { ":method: GET\n:scheme: http\n:authority: me@a\n:path: /\n", 400 },
        { ":method: GET\n:scheme: http\n:authority: a\n:path: /%00\n", 400 },
        { ":method: GET\n:scheme: http\n:authority: a\n:path: /%zz\n", 400 },
        { ":method: BREW\n:scheme: http\n:authority: a\n:path: /x\n", 501 },
        { ":method: CONNECT\n:authority: a\n", 501 },
        { ":method: OPTIONS\n:scheme: http\n:authority: a\n:path: *\n", 200 },
    };
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    int32_t id = 1;
    h2_client_open(&c, http_server_port(s), 0, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++, id += 4) {
        h2_client_request(&c, id, cases[i].fields, true);
        struct h2_answer a = h2_client_answer(&c, id);
        if (a.status != cases[i].status ||
            a.reset != (cases[i].status ? H2_OPEN : NGHTTP2_PROTOCOL_ERROR)) {
            test_fail(__FILE__, __LINE__, "case %zu: status %d, reset %ld: %s", i, a.status,
                      a.reset, cases[i].fields);
        }
        h2_answer_done(&a);
        get(&c, id + 2, "/still/here", 200, STR("/still/here"));
    }
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_bounds_heads) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    struct buf fields;
    h2_client_open(&c, http_server_port(s), 0, 0);
    buf_init(&fields, 64 * KIB);
    buf_put(&fields, STR(":method: GET\n:scheme: http\n:authority: a\n:path: /"));
    for (size_t i = 0; i < LIMIT_REQUEST_LINE_BYTES; i++) {
        buf_put_char(&fields, 'x');
    }
    buf_put(&fields, STR("\n\0"));
    h2_client_request(&c, 1, fields.ptr, true);
    expect(&c, 1, 414, STR("414 URI Too Long\n"));
    buf_reset(&fields);
    buf_put(&fields, STR(GET));
    for (int i = 0; i < LIMIT_REQUEST_HEADERS; i++) {
        buf_printf(&fields, "x-%d: 1\n", i);
    }
    buf_put_char(&fields, '\0');
    h2_client_request(&c, 3, fields.ptr, true);
    expect(&c, 3, 431, STR("431 Request Header Fields Too Large\n"));
    /* A small block that is large once it is unpacked: one entry of the table, a thousand times. */
    buf_reset(&fields);
    h2_client_put(&fields, STR(":method"), STR("GET"));
    h2_client_put(&fields, STR(":scheme"), STR("http"));
    h2_client_put(&fields, STR(":authority"), STR("a"));
    h2_client_put(&fields, STR(":path"), STR("/x"));
    size_t entry = fields.len;
    h2_client_put(&fields, STR("x"), str_make(big, 3900));
    fields.ptr[entry] = 0x40; /* to be indexed */
    for (int i = 0; i < 10000; i++) {
        buf_put_char(&fields, (char)(0x80 | 62));
    }
    h2_client_frame(&c, NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM, 5,
                    buf_str(&fields));
    expect(&c, 5, 431, STR("431 Request Header Fields Too Large\n"));
    get(&c, 7, "/still/here", 200, STR("/still/here"));
    buf_done(&fields);
    h2_client_close(&c);
    http_site_stop(s, site);
}

static uint64_t ten_bytes(void *ctx, const struct http_request *req) {
    (void)ctx;
    return str_eq(req->path, STR("/echo")) ? 10 : 0;
}

TEST(http_h2_bounds_bodies) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .body_max = ten_bytes });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    h2_client_request(&c, 1, POST, false);
    h2_client_frame(&c, NGHTTP2_DATA, 0, 1, STR("0123456789"));
    h2_client_frame(&c, NGHTTP2_DATA, 0, 1, STR("a"));
    expect(&c, 1, 413, STR("413 Content Too Large\n"));
    /* Longer and shorter than it says. */
    h2_client_request(&c, 3, POST "content-length: 3\n", false);
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 3, STR("four"));
    h2_client_request(&c, 5, POST "content-length: 5\n", false);
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 5, STR("four"));
    for (int32_t id = 3; id <= 5; id += 2) {
        struct h2_answer a = h2_client_answer(&c, id);
        CHECK_INT(a.reset, NGHTTP2_PROTOCOL_ERROR);
        h2_answer_done(&a);
    }
    get(&c, 7, "/still/here", 200, STR("/still/here"));
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_bounds_the_bodies_of_a_connection) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    int32_t id = 1;
    h2_client_open(&c, http_server_port(s), 0, 0);
    /* More than a connection may have, in streams none of which ends. */
    for (size_t sent = 0; sent <= LIMIT_H2_HELD_BYTES; sent += 60000, id += 2) {
        h2_client_request(&c, id, POST, false);
        for (int i = 0; i < 4; i++) {
            h2_client_frame(&c, NGHTTP2_DATA, 0, id, str_make(big + 15000 * i, 15000));
        }
    }
    h2_client_request(&c, id, POST, false);
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, id, STR("x"));
    expect(&c, id, 503, STR("503 Service Unavailable\n"));
    /* Those that were there first may go on. */
    h2_client_frame(&c, NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, STR(""));
    expect(&c, 1, 200, str_make(big, 60000));
    h2_client_close(&c);
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    http_site_stop(s, site);
}

/* ---- floods ---- */

enum { FLOOD_FRAMES = 5000 };

static void send_flood(struct h2_client *c, const char *what) {
    int32_t id = 1;
    h2_client_request(c, id, POST, false);
    for (int i = 0; i < FLOOD_FRAMES; i++) {
        if (strcmp(what, "ping") == 0) {
            h2_client_frame(c, NGHTTP2_PING, 0, 0, STR("12345678"));
        } else if (strcmp(what, "settings") == 0) {
            h2_client_frame(c, NGHTTP2_SETTINGS, 0, 0, STR(""));
        } else if (strcmp(what, "empty data") == 0) {
            h2_client_frame(c, NGHTTP2_DATA, 0, id, STR(""));
        } else if (strcmp(what, "padding") == 0) {
            h2_client_frame(c, NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, id,
                            STR("\x07"
                                "1234567"));
        } else if (strcmp(what, "window") == 0) {
            h2_client_number(c, NGHTTP2_WINDOW_UPDATE, 0, 1);
        } else if (strcmp(what, "priority") == 0) {
            h2_client_frame(c, NGHTTP2_PRIORITY, 0, id, STR("\0\0\0\0\x10"));
        } else if (strcmp(what, "reset") == 0) {
            id += 2;
            h2_client_get(c, id, "/parts");
            h2_client_number(c, NGHTTP2_RST_STREAM, id, NGHTTP2_CANCEL);
        } else if (strcmp(what, "made to reset") == 0) {
            id += 2;
            h2_client_request(c, id, POST, false);
            h2_client_number(c, NGHTTP2_WINDOW_UPDATE, id, 0x7fffffff);
        } else if (strcmp(what, "malformed") == 0) {
            id += 2;
            h2_client_request(c, id, GET "connection: close\n", true);
        } else if (strcmp(what, "refused") == 0) { /* more streams than there may be */
            id += 2;
            h2_client_request(c, id, POST, false);
        }
    }
}

TEST(http_h2_ends_floods_and_serves_others) {
    const char *floods[] = { "ping",     "settings", "empty data",    "padding",   "window",
                             "priority", "reset",    "made to reset", "malformed", "refused" };
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    for (size_t i = 0; i < COUNT_OF(floods); i++) {
        struct h2_client c;
        h2_client_open(&c, http_server_port(s), 0, 0);
        c.is_stingy = true;
        send_flood(&c, floods[i]);
        check_others_are_served(s);
        h2_client_read_end(&c);
        /* H2_OPEN: it was cut while we were still sending, and our system threw away the reason. */
        if (c.goaway != NGHTTP2_ENHANCE_YOUR_CALM && c.goaway != H2_OPEN) {
            test_fail(__FILE__, __LINE__, "%s: GOAWAY %ld", floods[i], c.goaway);
        }
        h2_client_close(&c);
        CHECK_SOON(atomic_load(&s->unsent_bytes) == 0 && atomic_load(&s->conns) == 0);
    }
    CHECK(atomic_load(&site->handled) < FLOOD_FRAMES);
    http_site_stop(s, site);
}

TEST(http_h2_ends_heads_without_end) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    struct buf block;
    buf_init(&block, 64 * KIB);
    h2_client_put(&block, STR("x"), str_make(big, 1000));
    h2_client_frame(&c, NGHTTP2_HEADERS, 0, 1, buf_str(&block));
    for (int i = 0; i < FLOOD_FRAMES; i++) {
        h2_client_frame(&c, NGHTTP2_CONTINUATION, 0, 1, i % 2 ? STR("") : buf_str(&block));
    }
    check_others_are_served(s);
    h2_client_read_end(&c);
    CHECK_INT(atomic_load(&site->handled), 1);
    buf_done(&block);
    h2_client_close(&c);
    CHECK_SOON(atomic_load(&s->conns) == 0);
    http_site_stop(s, site);
}

TEST(http_h2_is_patient_with_lively_clients) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    /* Two window updates for every frame of 10 MiB, and 200 pictures that were scrolled away. */
    get(&c, 1, "/big", 200, str_make(big, sizeof big));
    for (int32_t id = 3; id < 403; id += 2) {
        h2_client_get(&c, id, "/parts");
        h2_client_number(&c, NGHTTP2_RST_STREAM, id, NGHTTP2_CANCEL);
    }
    get(&c, 403, "/big", 200, str_make(big, sizeof big));
    CHECK_INT(c.goaway, H2_OPEN);
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_counts_handlers_of_streams_that_were_reset) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    atomic_store(&site->hold, true);
    h2_client_open(&c, http_server_port(s), 0, 0);
    int32_t id = 1;
    for (int n = 1; n <= 2 * LIMIT_H2_STREAMS; n++, id += 2) {
        h2_client_get(&c, id, "/held");
        CHECK_SOON(atomic_load(&site->handled) == n);
        h2_client_number(&c, NGHTTP2_RST_STREAM, id, NGHTTP2_CANCEL);
    }
    h2_client_get(&c, id, "/held");
    struct h2_answer a = h2_client_answer(&c, id);
    CHECK_INT(a.reset, NGHTTP2_REFUSED_STREAM);
    h2_answer_done(&a);
    check_others_are_served(s);
    atomic_store(&site->hold, false);
    CHECK_SOON(atomic_load(&site->resumed) == 2 * LIMIT_H2_STREAMS);
    get(&c, id + 2, "/alive", 200, STR("/alive"));
    h2_client_close(&c);
    http_site_stop(s, site);
}

/* ---- slow clients ---- */

TEST(http_h2_holds_little_for_closed_windows) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 1, 0);
    c.is_stingy = true;
    for (int32_t id = 1; id < 160; id += 2) {
        h2_client_get(&c, id, "/file");
    }
    h2_client_get(&c, 161, "/big");
    h2_client_get(&c, 163, "/big");
    CHECK_SOON(atomic_load(&s->unsent_bytes) > LIMIT_H2_HELD_BYTES);
    check_others_are_served(s);
    /* The last two are not even begun. */
    CHECK(atomic_load(&s->unsent_bytes) <= LIMIT_H2_HELD_BYTES + 64 * KIB);
    CHECK(atomic_load(&site->handled) <= 20);
    /* Windows open, and all is well. */
    struct buf settings;
    buf_init(&settings, KIB);
    buf_put(&settings, STR("\0\x04\x7f\xff\xff\xff"));
    h2_client_frame(&c, NGHTTP2_SETTINGS, 0, 0, buf_str(&settings));
    h2_client_number(&c, NGHTTP2_WINDOW_UPDATE, 0, 0x7fffffff - 65535);
    buf_done(&settings);
    expect(&c, 163, 200, str_make(big, sizeof big));
    CHECK_INT(atomic_load(&site->handled), 83);
    h2_client_close(&c);
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    http_site_stop(s, site);
}

TEST(http_h2_pins_nothing_for_a_slow_reader) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 1000, 0);
    c.is_stingy = true;
    h2_client_get(&c, 1, "/lent"); /* whose memory is overwritten and freed by now */
    CHECK_SOON(atomic_load(&s->unsent_bytes) >= LENT_BYTES - 1000);
    check_others_are_served(s);
    c.is_stingy = false;
    h2_client_number(&c, NGHTTP2_WINDOW_UPDATE, 0, 0x7fffffff - 65535);
    h2_client_number(&c, NGHTTP2_WINDOW_UPDATE, 1, 0x7fffffff - 1000);
    expect(&c, 1, 200, str_make(big, LENT_BYTES));
    h2_client_close(&c);
    http_site_stop(s, site);
}

TEST(http_h2_cuts_slow_clients) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .header_timeout_ms = 300,
                                                            .body_timeout_ms = 300,
                                                            .write_timeout_ms = 300,
                                                            .send_buffer_bytes = 8192 });
    struct h2_client head, body, closed, dribble, unread;
    int port = http_server_port(s);
    h2_client_open(&dribble, port, 1, 0);
    dribble.is_stingy = true;
    h2_client_get(&dribble, 1, "/big");
    h2_client_open(&closed, port, 1, 0);
    closed.is_stingy = true;
    h2_client_get(&closed, 1, "/big");
    h2_client_open(&unread, port, 0x7fffffff, 8192);
    h2_client_number(&unread, NGHTTP2_WINDOW_UPDATE, 0, 0x7fffffff - 65535);
    h2_client_get(&unread, 1, "/big");
    h2_client_open(&head, port, 0, 0);
    h2_client_frame(&head, NGHTTP2_HEADERS, 0, 1, STR(""));
    h2_client_open(&body, port, 0, 0);
    h2_client_request(&body, 1, POST, false);
    /* A byte now and then does not help. */
    for (int i = 0; i < 40; i++) {
        h2_client_number(&dribble, NGHTTP2_WINDOW_UPDATE, 1, 1);
        h2_client_frame(&body, NGHTTP2_DATA, 0, 1, STR("x"));
        usleep(20000);
    }
    struct h2_answer a = h2_client_answer(&body, 1);
    CHECK_INT(a.status, 408);
    h2_answer_done(&a);
    h2_client_read_end(&head);
    CHECK_INT(head.goaway, NGHTTP2_NO_ERROR);
    struct h2_client *cut[] = { &closed, &dribble, &unread };
    for (size_t i = 0; i < COUNT_OF(cut); i++) {
        a = h2_client_answer(cut[i], 1);
        CHECK_INT(a.reset, H2_CUT);
        h2_answer_done(&a);
        h2_client_close(cut[i]);
    }
    h2_client_close(&head);
    h2_client_close(&body);
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0 && atomic_load(&s->conns) == 0);
    http_site_stop(s, site);
}

TEST(http_h2_says_goodbye_to_idle_clients) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .idle_timeout_ms = 2000 });
    struct h2_client c;
    h2_client_open(&c, http_server_port(s), 0, 0);
    h2_client_read_end(&c);
    CHECK_INT(c.goaway, NGHTTP2_NO_ERROR);
    h2_client_close(&c);
    http_site_stop(s, site);
}

/* ---- ends ---- */

TEST(http_h2_stop_finishes_what_is_in_flight) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct h2_client held, idle;
    atomic_store(&site->hold, true);
    h2_client_open(&held, http_server_port(s), 0, 0);
    h2_client_open(&idle, http_server_port(s), 0, 0);
    get(&idle, 1, "/x", 200, STR("/x"));
    h2_client_get(&held, 1, "/held");
    CHECK_SOON(atomic_load(&site->handled) == 2);
    http_server_stop(s);
    h2_client_read_end(&idle);
    CHECK_INT(idle.goaway, NGHTTP2_NO_ERROR);
    atomic_store(&site->hold, false);
    expect(&held, 1, 200, STR("/held"));
    h2_client_read_end(&held);
    CHECK_INT(held.goaway, NGHTTP2_NO_ERROR);
    h2_client_close(&held);
    h2_client_close(&idle);
    http_server_join(s);
    free(site);
}

TEST(http_h2_survives_clients_that_die_while_they_wait) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    atomic_store(&site->hold, true);
    struct h2_client clients[8];
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        h2_client_open(&clients[i], http_server_port(s), 0, 0);
        h2_client_get(&clients[i], 1, "/held");
        h2_client_get(&clients[i], 3, "/file");
        h2_client_get(&clients[i], 5, "/held");
        h2_client_get(&clients[i], 7, "/big");
    }
    CHECK_SOON(atomic_load(&site->handled) == 4 * (int)COUNT_OF(clients));
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        h2_client_close(&clients[i]);
    }
    CHECK_SOON(atomic_load(&s->conns) == 0);
    atomic_store(&site->hold, false);
    CHECK_SOON(atomic_load(&site->resumed) == 2 * (int)COUNT_OF(clients));
    check_others_are_served(s);
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    http_site_stop(s, site);
}

TEST(http_h2_survives_noise) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    uint64_t rng = test_seed();
    for (int round = 0; round < 200; round++) {
        struct h2_client c;
        h2_client_open(&c, http_server_port(s), 0, 0);
        for (size_t n = test_below(&rng, 30); n > 0; n--) {
            char bytes[64];
            size_t len = test_below(&rng, sizeof bytes);
            for (size_t i = 0; i < len; i++) {
                bytes[i] = (char)test_below(&rng, test_below(&rng, 2) ? 8 : 256);
            }
            h2_client_frame(&c, (int)test_below(&rng, 11), (int)test_below(&rng, 256),
                            (int32_t)test_below(&rng, 9), str_make(bytes, len));
        }
        h2_client_close(&c);
    }
    check_others_are_served(s);
    CHECK_SOON(atomic_load(&s->conns) == 0 && atomic_load(&s->unsent_bytes) == 0);
    http_site_stop(s, site);
}
