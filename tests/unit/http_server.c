#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/http_site.h"

#include "base/clock.h"
#include "base/io.h"
#include "http/loop.h"
#include "http/response.h"
#include "http/server.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void expect(struct client *c, int status, const char *body) {
    struct client_answer a = client_read(c, false);
    CHECK_INT(a.status, status);
    CHECK_STR(a.body, body);
    answer_done(&a);
}

TEST(http_server_answers_pipelined_requests_in_order) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct client c;
    client_open(&c, http_server_port(s), 0);
    client_send(&c, STR("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "GET /later/2 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nthree"
                        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nfo\r\n2\r\nur\r\n0\r\n\r\n"
                        "GET /later/5 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "GET /6 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        "GET /7 HTTP/1.1\r\nHost: a\r\n\r\n"));
    const char *bodies[] = { "/1", "/later/2", "three", "four", "/later/5", "/6" };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        expect(&c, 200, bodies[i]);
    }
    CHECK(client_at_end(&c));
    CHECK_INT(atomic_load(&site->handled), 6);
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_takes_hundreds_of_pipelined_requests_cut_anywhere) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    struct client c;
    struct buf b;
    uint64_t rng = test_seed();
    buf_init(&b, 4 * MIB);
    for (int i = 0; i < 300; i++) {
        buf_printf(&b, "GET /n%d HTTP/1.1\r\nHost: a\r\nX-Fill: ", i);
        for (size_t n = test_below(&rng, i % 10 == 0 ? 9000 : 300); n > 0; n--) {
            buf_put_char(&b, 'x');
        }
        buf_put(&b, STR("\r\n\r\n"));
    }
    client_open(&c, http_server_port(s), 0);
    for (size_t at = 0, to; at < b.len; at = to) {
        to = at + 1 + test_below(&rng, 20000);
        client_send(&c, str_slice(buf_str(&b), at, to));
    }
    for (int i = 0; i < 300; i++) {
        char path[16];
        snprintf(path, sizeof path, "/n%d", i);
        expect(&c, 200, path);
    }
    buf_done(&b);
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_leaves_out_bodies_but_not_their_lengths) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    struct client c;
    client_open(&c, http_server_port(s), 0);
    const char *paths[] = { "/parts", "/file" };
    const char *lengths[] = { "2000", "10485760" };
    for (size_t i = 0; i < 2; i++) {
        char request[64];
        snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
        client_send(&c, str_of(request));
        struct client_answer a = client_read(&c, true);
        CHECK_INT(a.status, 200);
        CHECK_STR(answer_field(&a, "content-length"), lengths[i]);
        int64_t date;
        CHECK(clock_parse_http(answer_field(&a, "date"), &date) &&
              llabs(date - clock_now_us()) < 3 * US_PER_SECOND);
        answer_done(&a);
    }
    const char *bare[] = { "/304", "/204" };
    for (size_t i = 0; i < 2; i++) {
        client_get(&c, bare[i]);
        struct client_answer a = client_read(&c, true);
        CHECK_INT(a.status, i == 0 ? 304 : 204);
        CHECK(answer_field(&a, "content-length").ptr == NULL);
        answer_done(&a);
    }
    client_get(&c, "/parts");
    struct client_answer a = client_read(&c, false);
    CHECK(str_eq(a.body, str_make(big, 2000)));
    CHECK_STR(answer_field(&a, "etag"), "\"six\"");
    answer_done(&a);
    client_get(&c, "/client");
    expect(&c, 200, "127.0.0.1");
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_follows_the_version_in_keeping_alive) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    const struct {
        const char *request;
        const char *connection; /* NULL: no such field, and it stays open */
    } cases[] = {
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NULL },
        { "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close" },
        { "GET / HTTP/1.0\r\n\r\n", "close" },
        { "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive" },
        { "GET /close HTTP/1.1\r\nHost: a\r\n\r\n", "close" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct client c;
        client_open(&c, http_server_port(s), 0);
        client_send(&c, str_of(cases[i].request));
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, 200);
        CHECK_STR(answer_field(&a, "connection"), cases[i].connection ? cases[i].connection : "");
        if (cases[i].connection != NULL && strcmp(cases[i].connection, "close") == 0) {
            CHECK(client_at_end(&c));
        } else {
            client_get(&c, "/again");
            expect(&c, 200, "/again");
        }
        answer_done(&a);
        client_close(&c);
    }
    http_site_stop(s, site);
}

TEST(http_server_holds_little_for_a_slow_reader_of_a_file) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .send_buffer_bytes = 8192 });
    http_site_write_file(site);
    struct client c;
    client_open(&c, http_server_port(s), 8192);
    client_get(&c, "/file");
    client_get(&c, "/after"); /* not read before the file is sent */
    CHECK_SOON(atomic_load(&site->handled) > 0);
    for (int i = 0; i < 50; i++) {
        usleep(1000);
        CHECK(atomic_load(&s->unsent_bytes) <= 256 * KIB);
    }
    CHECK_INT(atomic_load(&site->handled), 1);
    struct client_answer a = client_read(&c, false);
    CHECK_INT(a.status, 200);
    CHECK(str_eq(a.body, str_make(big, sizeof big)));
    answer_done(&a);
    expect(&c, 200, "/after");
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    client_close(&c);
    http_site_stop(s, site);
}

/* What is in the page cache goes another way than what is not. */
TEST(http_server_sends_files_that_the_disk_must_give) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    int fd = open(site->big_path, O_RDWR);
    CHECK(fd >= 0);
    for (off_t from = 0; from < 3; from++) {
        /* All of it; from the second window on; only its last. Where the file system keeps files in
         * memory this throws nothing out, and the file must be right all the same. */
        CHECK(fdatasync(fd) == 0);
        CHECK(posix_fadvise(fd, from * 200000, 0, POSIX_FADV_DONTNEED) == 0);
        struct client c;
        client_open(&c, http_server_port(s), 0);
        client_get(&c, "/file");
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, 200);
        CHECK(str_eq(a.body, str_make(big, sizeof big)));
        answer_done(&a);
        client_close(&c);
    }
    close(fd);
    http_site_stop(s, site);
}

TEST(http_server_pins_nothing_for_a_slow_reader) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .send_buffer_bytes = 8192 });
    struct client slow, other;
    client_open(&slow, http_server_port(s), 8192);
    client_open(&other, http_server_port(s), 0);
    client_get(&slow, "/lent"); /* whose memory is overwritten and freed by now */
    CHECK_SOON(atomic_load(&s->unsent_bytes) > 0);
    for (int i = 0; i < 3; i++) { /* the loop serves, and sleeps: for it nothing is pinned */
        int naps = atomic_load(&site->naps);
        client_get(&other, "/other");
        expect(&other, 200, "/other");
        CHECK_SOON(atomic_load(&site->naps) > naps);
    }
    CHECK(atomic_load(&s->unsent_bytes) > 0);
    struct client_answer a = client_read(&slow, false);
    CHECK(str_eq(a.body, str_make(big, LENT_BYTES)));
    answer_done(&a);
    client_close(&slow);
    client_close(&other);
    http_site_stop(s, site);
}

TEST(http_server_keeps_what_a_slow_reader_has_not_taken) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .send_buffer_bytes = 8192 });
    struct client c;
    client_open(&c, http_server_port(s), 8192);
    client_get(&c, "/big");
    client_get(&c, "/after");
    CHECK_SOON(atomic_load(&s->unsent_bytes) > 0);
    CHECK(atomic_load(&s->unsent_bytes) <= BIG_BYTES + KIB);
    struct client_answer a = client_read(&c, false);
    CHECK(str_eq(a.body, str_make(big, sizeof big)));
    answer_done(&a);
    expect(&c, 200, "/after");
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_cuts_a_file_that_is_shorter_than_promised) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    struct client c;
    client_open(&c, http_server_port(s), 0);
    client_get(&c, "/promise");
    struct client_answer a = client_read(&c, false);
    CHECK_INT(a.status, 0);
    answer_done(&a);
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_sends_ranges_of_a_file) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    http_site_write_file(site);
    struct client c;
    client_open(&c, http_server_port(s), 0);
    client_send(&c, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=1000-300999\r\n\r\n"
                        "GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=-7\r\n\r\n"
                        "GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=10485760-\r\n\r\n"));
    struct client_answer a = client_read(&c, false);
    CHECK_INT(a.status, 206);
    CHECK(str_eq(a.body, str_make(big + 1000, 300000)));
    answer_done(&a);
    a = client_read(&c, false);
    CHECK(str_eq(a.body, str_make(big + BIG_BYTES - 7, 7)));
    answer_done(&a);
    expect(&c, 416, "");
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_cuts_slow_clients) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .header_timeout_ms = 200,
                                                            .body_timeout_ms = 200,
                                                            .idle_timeout_ms = 200,
                                                            .write_timeout_ms = 200,
                                                            .send_buffer_bytes = 8192 });
    struct client idle, head, body, chunks, reader, trickle;
    int port = http_server_port(s);
    client_open(&reader, port, 8192);
    client_get(&reader, "/big");
    client_open(&head, port, 0);
    client_send(&head, STR("GET / HTTP/1.1\r\nHo"));
    client_open(&body, port, 0);
    client_send(&body, STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"));
    client_open(&chunks, port, 0);
    client_send(&chunks,
                STR("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1"));
    client_open(&idle, port, 0);
    client_open(&trickle, port, 0);
    /* A byte now and then does not help. */
    struct str request = STR("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (size_t i = 0; i < 30; i++) {
        client_send(&trickle, str_slice(request, i, i + 1));
        usleep(20000);
    }
    CHECK(client_at_end(&idle));
    expect(&head, 408, "408 Request Timeout\n");
    expect(&body, 408, "408 Request Timeout\n");
    expect(&chunks, 408, "408 Request Timeout\n");
    expect(&trickle, 408, "408 Request Timeout\n");
    struct client_answer a = client_read(&reader, false);
    CHECK_INT(a.status, 0);
    answer_done(&a);
    client_close(&idle);
    client_close(&head);
    client_close(&body);
    client_close(&chunks);
    client_close(&reader);
    client_close(&trickle);
    http_site_stop(s, site);
}

TEST(http_server_survives_clients_that_die_while_they_wait) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    atomic_store(&site->hold, true);
    struct client clients[8];
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        client_open(&clients[i], http_server_port(s), 0);
        client_get(&clients[i], "/held");
    }
    while (atomic_load(&site->handled) < (int)COUNT_OF(clients)) {
        usleep(1000);
    }
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        client_close(&clients[i]);
    }
    usleep(5000);
    atomic_store(&site->hold, false);
    while (atomic_load(&site->resumed) < (int)COUNT_OF(clients)) {
        usleep(1000);
    }
    struct client c;
    client_open(&c, http_server_port(s), 0);
    client_get(&c, "/alive");
    expect(&c, 200, "/alive");
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_stop_finishes_what_is_in_flight) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ .loops = 2 });
    int port = http_server_port(s);
    atomic_store(&site->hold, true);
    struct client held, idle, late;
    client_open(&held, port, 0);
    client_open(&idle, port, 0);
    client_get(&idle, "/idle");
    expect(&idle, 200, "/idle");
    client_get(&held, "/held");
    while (atomic_load(&site->handled) < 2) {
        usleep(1000);
    }
    http_server_stop(s);
    http_server_stop(s); /* twice is once */
    CHECK(client_at_end(&idle));
    /* The other loop may still be on its way to it. */
    for (client_open(&late, port, 0); late.fd >= 0; client_open(&late, port, 0)) {
        client_close(&late);
        usleep(1000);
    }
    atomic_store(&site->hold, false);
    struct client_answer a = client_read(&held, false);
    CHECK_STR(a.body, "/held");
    CHECK_STR(answer_field(&a, "connection"), "close");
    CHECK(client_at_end(&held));
    answer_done(&a);
    usleep(50000);
    http_server_stop(s); /* and once more, now that the loops have ended */
    http_server_join(s);
    client_close(&held);
    client_close(&idle);
    client_close(&late);
    free(site);
}

TEST(http_server_stop_cuts_what_does_not_end) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(
        site, (struct http_server_options){ .send_buffer_bytes = 8192, .shutdown_ms = 100 });
    http_site_write_file(site);
    struct client reader, file, head;
    client_open(&reader, http_server_port(s), 8192);
    client_open(&file, http_server_port(s), 8192);
    client_open(&head, http_server_port(s), 0);
    client_get(&reader, "/big");
    client_get(&file, "/file");
    client_send(&head, STR("GET / HTTP/1.1\r\n"));
    while (atomic_load(&site->handled) < 2) {
        usleep(1000);
    }
    int64_t start_us = clock_mono_us();
    http_server_stop(s);
    http_server_join(s);
    CHECK(clock_mono_us() - start_us < 60 * US_PER_SECOND);
    CHECK(client_at_end(&head));
    client_close(&reader);
    client_close(&file);
    client_close(&head);
    free(site);
}

TEST(http_server_says_503_over_its_connection_limit) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(
        site, (struct http_server_options){ .connections_max = 2, .error = http_site_refuse });
    struct client c[3];
    for (size_t i = 0; i < 3; i++) {
        client_open(&c[i], http_server_port(s), 0);
        client_get(&c[i], "/");
        struct client_answer a = client_read(&c[i], false);
        CHECK_INT(a.status, i < 2 ? 200 : 503);
        CHECK_STR(answer_field(&a, "x-look"), i < 2 ? "" : "own");
        answer_done(&a);
    }
    CHECK(client_at_end(&c[2]));
    client_close(&c[2]);
    client_close(&c[0]);
    /* There is room again, as soon as the server has seen it. */
    int status = 503;
    for (int i = 0; i < 30000 && status != 200; i++) {
        client_open(&c[2], http_server_port(s), 0);
        client_get(&c[2], "/");
        struct client_answer a = client_read(&c[2], false);
        status = a.status;
        answer_done(&a);
        client_close(&c[2]);
        usleep(2000);
    }
    CHECK_INT(status, 200);
    client_close(&c[1]);
    http_site_stop(s, site);
}

TEST(http_server_takes_no_more_connections_than_descriptors) {
    struct rlimit before, low;
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    static const struct {
        rlim_t descriptors;
        size_t connections;
    } cases[] = { { 100, 50 }, { 1024, 832 }, { 60000, LIMIT_CONNECTIONS } };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        low = (struct rlimit){ cases[i].descriptors, before.rlim_max };
        if (low.rlim_cur > low.rlim_max) {
            continue;
        }
        struct site *site = http_site_new();
        CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
        struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
        CHECK_INT(http_server_connections_max(s), cases[i].connections);
        CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
        http_site_stop(s, site);
    }
}

static uint64_t ten_bytes(void *ctx, const struct http_request *req) {
    (void)ctx;
    return str_eq(req->path, STR("/echo")) ? 10 : 0;
}

TEST(http_server_asks_for_the_body_only_if_it_wants_it) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .body_max = ten_bytes });
    struct client c;
    client_open(&c, http_server_port(s), 0);
    client_send(&c, STR("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        "Content-Length: 10\r\n\r\n"));
    struct client_answer a = client_read(&c, false);
    CHECK_INT(a.status, 100);
    answer_done(&a);
    client_send(&c, STR("0123456789"));
    expect(&c, 200, "0123456789");
    /* Sent along without waiting: no interim answer. */
    client_send(&c, STR("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        "Content-Length: 2\r\n\r\nab"));
    expect(&c, 200, "ab");
    client_send(&c, STR("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        "Content-Length: 11\r\n\r\n"));
    expect(&c, 413, "413 Content Too Large\n");
    CHECK(client_at_end(&c));
    client_close(&c);
    http_site_stop(s, site);
}

TEST(http_server_refuses_in_the_sites_own_look_and_lets_the_client_see_it) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(
        site, (struct http_server_options){ .error = http_site_refuse, .body_max = ten_bytes });
    const struct {
        const char *request;
        int status;
    } cases[] = {
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "GET /\r\n\r\n", 400 },
        { "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
        { "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505 },
        { "POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 413 },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400 },
        { "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br\r\n\r\n", 501 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct client c;
        client_open(&c, http_server_port(s), 0);
        client_send(&c, str_of(cases[i].request));
        /* It goes on sending, as uploads do; that must not reset the answer away. */
        client_send(&c, str_make(big, 4 * MIB));
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, cases[i].status);
        CHECK_STR(a.body, "sorry");
        CHECK_STR(answer_field(&a, "connection"), "close");
        CHECK(client_at_end(&c));
        answer_done(&a);
        client_close(&c);
    }
    http_site_stop(s, site);
}

TEST(http_server_reads_bodies_of_any_size_and_framing) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 });
    uint64_t rng = test_seed();
    struct client c;
    client_open(&c, http_server_port(s), 0);
    for (int i = 0; i < 60; i++) {
        size_t len = test_below(&rng, i % 6 == 0 ? LIMIT_REQUEST_BODY_BYTES : 9000);
        struct buf b;
        buf_init(&b, 16 * MIB);
        buf_put(&b, STR("POST /echo HTTP/1.1\r\nHost: a\r\nX: "));
        for (size_t n = test_below(&rng, 5000); n > 0; n--) {
            buf_put_char(&b, 'x');
        }
        if (test_below(&rng, 2)) {
            buf_printf(&b, "\r\nContent-Length: %zu\r\n\r\n", len);
            buf_put(&b, str_make(big, len));
        } else {
            buf_put(&b, STR("\r\nTransfer-Encoding: chunked\r\n\r\n"));
            for (size_t at = 0, n; at < len; at += n) {
                n = 1 + test_below(&rng, 3000);
                n = n < len - at ? n : len - at;
                buf_printf(&b, "%zx\r\n", n);
                buf_put(&b, str_make(big + at, n));
                buf_put(&b, STR("\r\n"));
            }
            buf_put(&b, STR("0\r\n\r\n"));
        }
        client_send(&c, buf_str(&b));
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, 200);
        CHECK(str_eq(a.body, str_make(big, len)));
        answer_done(&a);
        buf_done(&b);
    }
    client_close(&c);
    http_site_stop(s, site);
}

/* Clients of every kind of rudeness: they send a part of something, read a part of the answer, and
 * go, politely or by a reset. */
static void be_rude(int port, uint64_t *rng) {
    const char *requests[] = { "GET /file HTTP/1.1\r\nHost: a\r\n\r\n",
                               "GET /big HTTP/1.1\r\nHost: a\r\n\r\n",
                               "GET /later HTTP/1.1\r\nHost: a\r\n\r\n",
                               "GET /parts HTTP/1.1\r\nHost: a\r\n\r\n",
                               "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nfour",
                               ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                "Expect: 100-continue\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
                               "GET / HTTP/1.1\r\n\r\n",
                               "GET /close HTTP/1.1\r\nHost: a\r\n\r\n" };
    struct client c;
    client_open(&c, port, 8192);
    for (size_t n = 1 + test_below(rng, 4); n > 0; n--) {
        struct str request = str_of(requests[test_below(rng, COUNT_OF(requests))]);
        bool whole = test_below(rng, 4) > 0;
        client_send(&c, str_slice(request, 0, whole ? request.len : test_below(rng, request.len)));
    }
    if (test_below(rng, 2)) {
        char some[4096];
        struct timeval soon = { .tv_usec = 2000 };
        setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
        (void)!recv(c.fd, some, sizeof some, 0);
    }
    if (test_below(rng, 2)) {
        struct linger reset = { .l_onoff = 1 };
        setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    client_close(&c);
}

TEST(http_server_gives_everything_back_after_rude_clients) {
    struct site *site = http_site_new();
    struct http_server *s =
        http_site_start(site, (struct http_server_options){ .send_buffer_bytes = 8192 });
    http_site_write_file(site);
    uint64_t rng = test_seed();
    size_t descriptors = http_open_descriptors();
    for (int i = 0; i < 300; i++) {
        be_rude(http_server_port(s), &rng);
    }
    CHECK_SOON(atomic_load(&s->conns) == 0);
    CHECK_SOON(http_open_descriptors() == descriptors);
    CHECK_SOON(atomic_load(&s->unsent_bytes) == 0);
    http_site_stop(s, site);
}

struct crowd {
    pthread_t thread;
    int port;
    uint64_t seed;
    int wrong;
};

static void *crowd_run(void *arg) {
    struct crowd *crowd = arg;
    const char *paths[] = { "/", "/later/a", "/parts", "/later/b", "/x" };
    for (int round = 0; round < 10; round++) {
        struct client c;
        client_open(&c, crowd->port, 0);
        int requests[20];
        for (size_t i = 0; i < COUNT_OF(requests); i++) {
            requests[i] = (int)test_below(&crowd->seed, COUNT_OF(paths));
            client_get(&c, paths[requests[i]]);
        }
        /* Some leave before they have what they asked for. */
        size_t wanted = test_below(&crowd->seed, 3) ? COUNT_OF(requests) : 3;
        for (size_t i = 0; i < wanted; i++) {
            struct client_answer a = client_read(&c, false);
            struct str body = requests[i] == 2 ? str_make(big, 2000) : str_of(paths[requests[i]]);
            crowd->wrong += a.status != 200 || !str_eq(a.body, body);
            answer_done(&a);
        }
        client_close(&c);
    }
    return NULL;
}

TEST(http_server_serves_a_crowd_from_several_loops) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ .loops = 3 });
    CHECK_INT(http_server_loops(s), 3);
    struct crowd crowds[6];
    for (size_t i = 0; i < COUNT_OF(crowds); i++) {
        crowds[i] = (struct crowd){ .port = http_server_port(s), .seed = test_seed() + i };
        check(pthread_create(&crowds[i].thread, NULL, crowd_run, &crowds[i]) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(crowds); i++) {
        pthread_join(crowds[i].thread, NULL);
        CHECK_INT(crowds[i].wrong, 0);
    }
    CHECK(atomic_load(&site->naps) > 0);
    http_site_stop(s, site);
}

TEST(http_server_says_why_it_cannot_start) {
    struct site *site = http_site_new();
    struct http_server *s = http_site_start(site, (struct http_server_options){ 0 }), *other = NULL;
    struct http_server_options o = { .port = http_server_port(s), .handler = http_site_handle };
    struct err err = { 0 };
    CHECK_INT(http_server_start(&o, &other, &err), STATUS_IO);
    CHECK(str_find(str_of(err.message), STR("in use"), 0) != STR_NPOS);
    err = (struct err){ 0 };
    o.address = "localhost";
    CHECK_INT(http_server_start(&o, &other, &err), STATUS_INVALID);
    CHECK(other == NULL);
    http_site_stop(s, site);
}
