#include "tests/http_site.h"

#include "base/io.h"
#include "http/response.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char big[BIG_BYTES];

static void reply_text(struct http_exchange *ex, int status, const char *head, struct str body) {
    struct iovec part = { (void *)(uintptr_t)body.ptr, body.len };
    http_reply(ex, &(struct http_response){ .status = status,
                                            .head = str_of(head),
                                            .parts = &part,
                                            .n_parts = 1,
                                            .body_len = body.len });
}

/* The answer that another thread has prepared. */
struct job {
    struct site *site;
    struct http_exchange *ex;
    struct str path;
    pthread_t thread;
};

static void answer_job(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct job *job = ctx;
    atomic_fetch_add(&job->site->resumed, 1);
    check(str_eq(job->path, req->path)); /* what the handler saw is still there */
    reply_text(ex, 200, "", job->path);
    pthread_join(job->thread, NULL);
    free(job);
}

static void *work(void *arg) {
    struct job *job = arg;
    do {
        usleep(2000);
    } while (str_eq(job->path, STR("/held")) && atomic_load(&job->site->hold));
    http_resume(job->ex, answer_job, job);
    return NULL;
}

static void defer(struct site *site, struct http_exchange *ex, struct str path) {
    struct job *job = malloc(sizeof *job);
    check(job != NULL);
    *job = (struct job){ .site = site, .ex = ex, .path = path };
    http_defer(ex);
    check(pthread_create(&job->thread, NULL, work, job) == 0);
}

static void reply_big_file(struct site *site, struct http_exchange *ex,
                           const struct http_request *req, uint64_t promised) {
    struct http_range part = { 0, promised };
    enum http_range_result range = http_range(req, promised, STR("\"b\""), 0, &part);
    int fd = open(site->big_path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0);
    if (range == HTTP_RANGE_UNSATISFIABLE) {
        close(fd);
        reply_text(ex, 416, "", STR(""));
        return;
    }
    http_reply_file(ex, range == HTTP_RANGE_PART ? 206 : 200, STR("Accept-Ranges: bytes\r\n"), fd,
                    part.first, part.len);
}

static void reply_six(struct http_exchange *ex) {
    struct iovec parts[200];
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        parts[i] = (struct iovec){ big + i * 10, 10 };
    }
    http_reply(ex, &(struct http_response){ .status = 200,
                                            .head = STR("ETag: \"six\"\r\n"),
                                            .parts = parts,
                                            .n_parts = COUNT_OF(parts),
                                            .body_len = 10 * COUNT_OF(parts) });
}

/* Parts small and large, of memory that is gone when the answer is given. */
static void reply_lent(struct http_exchange *ex) {
    struct iovec parts[16];
    char *body = malloc(LENT_BYTES);
    check(body != NULL);
    memcpy(body, big, LENT_BYTES);
    size_t at = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        size_t len = i + 1 == COUNT_OF(parts) ? LENT_BYTES - at : i % 3 == 0 ? 300 : 100 * i;
        parts[i] = (struct iovec){ body + at, len };
        at += len;
    }
    http_reply(ex, &(struct http_response){ .status = 200,
                                            .parts = parts,
                                            .n_parts = COUNT_OF(parts),
                                            .body_len = LENT_BYTES });
    memset(body, '!', LENT_BYTES);
    free(body);
}

void http_site_handle(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct site *site = ctx;
    check(site->awake[http_loop_index(ex)]);
    atomic_fetch_add(&site->handled, 1);
    if (str_eq(req->path, STR("/echo"))) {
        reply_text(ex, 200, "", arena_str(http_arena(ex), req->body));
    } else if (str_starts(req->path, STR("/later")) || str_eq(req->path, STR("/held"))) {
        defer(site, ex, req->path);
    } else if (str_eq(req->path, STR("/big"))) {
        reply_text(ex, 200, "", str_make(big, sizeof big));
    } else if (str_eq(req->path, STR("/lent"))) {
        reply_lent(ex);
    } else if (str_eq(req->path, STR("/file"))) {
        reply_big_file(site, ex, req, BIG_BYTES);
    } else if (str_eq(req->path, STR("/promise"))) {
        reply_big_file(site, ex, req, BIG_BYTES + 1);
    } else if (str_eq(req->path, STR("/parts"))) {
        reply_six(ex);
    } else if (str_eq(req->path, STR("/304"))) {
        reply_text(ex, 304, "ETag: \"x\"\r\n", STR("never sent"));
    } else if (str_eq(req->path, STR("/204"))) {
        reply_text(ex, 204, "", STR(""));
    } else if (str_eq(req->path, STR("/client"))) {
        reply_text(ex, 200, "", http_client(ex));
    } else if (str_eq(req->path, STR("/close"))) {
        http_reply(ex, &(struct http_response){ .status = 200, .close = true });
    } else {
        reply_text(ex, 200, "Content-Type: text/plain\r\n", req->path);
    }
}

void http_site_refuse(void *ctx, struct http_exchange *ex, int status) {
    (void)ctx;
    reply_text(ex, status, "X-Look: own\r\n", STR("sorry"));
}

static void on_wake(void *ctx, size_t loop) {
    struct site *site = ctx;
    check(!site->awake[loop]);
    site->awake[loop] = true;
}

static void on_sleep(void *ctx, size_t loop) {
    struct site *site = ctx;
    check(site->awake[loop]);
    site->awake[loop] = false;
    atomic_fetch_add(&site->naps, 1);
}

static void on_stop(void *ctx, size_t loop) {
    struct site *site = ctx;
    check(site->awake[loop]);
    site->awake[loop] = false;
}

struct site *http_site_new(void) {
    struct site *site = calloc(1, sizeof *site);
    check(site != NULL);
    if (big[1] == 0) {
        uint64_t rng = 1;
        for (size_t i = 0; i < sizeof big; i++) {
            big[i] = (char)('a' + test_below(&rng, 26));
        }
    }
    return site;
}

struct http_server *http_site_start(struct site *site, struct http_server_options options) {
    struct err err = { 0 };
    struct http_server *s = NULL;
    options.ctx = site;
    options.handler = http_site_handle;
    options.loop_start = on_wake;
    options.loop_stop = on_stop;
    options.loop_wake = on_wake;
    options.loop_sleep = on_sleep;
    options.loops = options.loops ? options.loops : 1;
    if (http_server_start(&options, &s, &err) != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "%s", err.message);
        exit(1);
    }
    return s;
}

void http_site_stop(struct http_server *s, struct site *site) {
    http_server_stop(s);
    http_server_join(s);
    free(site);
}

void http_site_write_file(struct site *site) {
    struct err err = { 0 };
    snprintf(site->big_path, sizeof site->big_path, "%s/big", test_tmp_dir());
    check(io_write_file(site->big_path, str_make(big, sizeof big), &err) == STATUS_OK);
}

size_t http_open_descriptors(void) {
    size_t n = 0;
    for (int fd = 0; fd < 1024; fd++) {
        n += fcntl(fd, F_GETFD) != -1;
    }
    return n;
}
