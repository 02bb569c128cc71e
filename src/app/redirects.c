#include "app/redirects.h"

#include "base/io.h"
#include "http/server.h"

#include <stdlib.h>

#define CHALLENGES "/.well-known/acme-challenge/"

enum { CHALLENGE_NAME_MAX_BYTES = 128, CHALLENGE_MAX_BYTES = 4 * KIB };

struct redirects {
    struct http_server *http;
    const char *challenges_dir;
    int https_port;
};

/* The same address over HTTPS. A browser must not turn a POST into a GET. */
static void lead(struct redirects *r, struct http_exchange *ex, const struct http_request *req) {
    struct arena *a = http_arena(ex);
    bool is_v6 = str_starts(req->host, STR("["));
    size_t end = str_find_char(req->host, is_v6 ? ']' : ':', 0);
    struct str name = end == STR_NPOS ? req->host : str_slice(req->host, 0, end + (is_v6 ? 1 : 0));
    if (name.len == 0 || !str_starts(req->path, STR("/"))) {
        http_reply_plain(ex, 400);
        return;
    }
    struct str port = r->https_port == 443 ? STR("") : arena_printf(a, ":%d", r->https_port);
    struct str query = req->has_query ? arena_printf(a, "?%.*s", STR_FMT(req->query)) : STR("");
    bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;
    struct http_response answer = {
        .status = reads ? 301 : 308,
        .head = arena_printf(a, "Location: https://%.*s%.*s%.*s%.*s\r\n", STR_FMT(name),
                             STR_FMT(port), STR_FMT(req->path), STR_FMT(query)),
    };
    http_reply(ex, &answer);
}

/* Names as RFC 8555 makes them, base64url: nothing in them leads elsewhere. */
static bool is_challenge(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        if (!char_is_alnum(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_') {
            return false;
        }
    }
    return name.len > 0 && name.len <= CHALLENGE_NAME_MAX_BYTES;
}

/* The file is small and seldom asked for, and this loop has nothing better to do: it may wait for
 * the disk. */
static void answer_challenge(struct redirects *r, struct http_exchange *ex, struct str name) {
    struct arena *a = http_arena(ex);
    struct str path = arena_printf(a, "%s" CHALLENGES "%.*s", r->challenges_dir, STR_FMT(name));
    struct buf bytes;
    buf_init(&bytes, CHALLENGE_MAX_BYTES);
    if (is_challenge(name) && io_read_file(path.ptr, &bytes, NULL) == STATUS_OK) {
        struct iovec part = { bytes.ptr, bytes.len };
        http_reply(ex,
                   &(struct http_response){ .status = 200,
                                            .head = STR("Content-Type: application/octet-stream\r\n"
                                                        "X-Content-Type-Options: nosniff\r\n"),
                                            .parts = &part,
                                            .n_parts = 1,
                                            .body_len = bytes.len });
    } else {
        http_reply_plain(ex, 404);
    }
    buf_done(&bytes);
}

static void on_request(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct redirects *r = ctx;
    struct str challenges = STR(CHALLENGES);
    if (r->challenges_dir != NULL && str_starts(req->path, challenges)) {
        answer_challenge(r, ex, str_from(req->path, challenges.len));
    } else {
        lead(r, ex, req);
    }
}

enum status redirects_start(const char *address, int port, int https_port,
                            const char *challenges_dir, struct redirects **ret, struct err *err) {
    struct redirects *r = calloc(1, sizeof *r);
    check(r != NULL);
    r->challenges_dir = challenges_dir;
    r->https_port = https_port;
    struct http_server_options http = {
        .address = address, .port = port, .loops = 1, .ctx = r, .handler = on_request
    };
    enum status status = http_server_start(&http, &r->http, err);
    if (status != STATUS_OK) {
        free(r);
        return status;
    }
    *ret = r;
    return STATUS_OK;
}

int redirects_port(const struct redirects *r) {
    return http_server_port(r->http);
}

void redirects_stop(struct redirects *r) {
    if (r != NULL) {
        http_server_stop(r->http);
        http_server_join(r->http);
        free(r);
    }
}
