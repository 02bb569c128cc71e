/* The door for HTTP/2: whatever bytes a client sends, in whatever pieces, and whether or not it
 * reads its answers, requests reach the handler as http/request.h promises them, and when the
 * client has gone nothing of it is left.
 *
 * The first byte says how: 1, without the preface; 2, the client reads nothing; 12, into what
 * pieces the rest is cut. */
#include "base/limits.h"
#include "http/conn.h"
#include "http/loop.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WITHOUT_PREFACE = 1, READS_NOTHING = 2, PIECES = 12, BIG_BYTES = 300 * KIB };

static char big[BIG_BYTES];
static int file; /* of as many bytes */

static void check_request(const struct http_request *req) {
    check(req->path.len > 0 && (req->path.ptr[0] == '/' || str_eq(req->path, STR("*"))));
    check(http_is_authority(req->host) && req->minor == 1 && !req->chunked);
    check(req->content_length == req->body.len && req->n_fields <= LIMIT_REQUEST_HEADERS);
    for (size_t i = 0; i < req->n_fields; i++) {
        const struct http_field *f = &req->fields[i];
        check(f->name.len > 0);
        for (size_t k = 0; k < f->name.len; k++) {
            char c = f->name.ptr[k];
            check(http_is_token_char(c) && char_lower(c) == c);
        }
        for (size_t k = 0; k < f->value.len; k++) {
            check(http_is_value_char(f->value.ptr[k]));
        }
        check(!str_eq(f->name, STR("connection")) && !str_eq(f->name, STR("transfer-encoding")));
    }
}

static void reply(struct http_exchange *ex, struct str body) {
    struct iovec parts[2] = { { (void *)(uintptr_t)body.ptr, body.len / 2 },
                              { (char *)(uintptr_t)body.ptr + body.len / 2,
                                body.len - body.len / 2 } };
    http_reply(ex, &(struct http_response){ .status = 200,
                                            .head = STR("Content-Type: text/plain\r\nA: b\r\n"),
                                            .parts = parts,
                                            .n_parts = 2,
                                            .body_len = body.len });
}

static void again(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)ctx;
    reply(ex, req->path);
}

static void handle(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)ctx;
    if (ex->stream != NULL) {
        check_request(req);
    }
    if (str_eq(req->path, STR("/big"))) {
        reply(ex, str_make(big, sizeof big));
    } else if (str_eq(req->path, STR("/file"))) {
        int fd = fcntl(file, F_DUPFD_CLOEXEC, 0);
        check(fd >= 0);
        http_reply_file(ex, 200, STR(""), fd, 0, req->has_query ? BIG_BYTES + 1 : BIG_BYTES);
    } else if (str_eq(req->path, STR("/later"))) {
        http_defer(ex);
        http_resume(ex, again, NULL);
    } else {
        reply(ex, req->body.len > 0 ? req->body : req->path);
    }
}

static struct loop *the_loop(void) {
    static struct http_server server;
    static struct loop loop;
    if (server.loops == NULL) {
        struct sockaddr_in any = { .sin_family = AF_INET };
        struct err err = { 0 };
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server.loops = &loop;
        server.options = (struct http_server_options){ .handler = handle,
                                                       .connections_max = 10,
                                                       .header_timeout_ms = 60000,
                                                       .body_timeout_ms = 60000,
                                                       .idle_timeout_ms = 60000,
                                                       .write_timeout_ms = 60000,
                                                       .shutdown_ms = 60000 };
        check(loop_init(&loop, &server, 0, (struct sockaddr *)&any, &err) == STATUS_OK);
        file = memfd_create("big", MFD_CLOEXEC);
        check(file >= 0 && ftruncate(file, BIG_BYTES) == 0);
    }
    return &loop;
}

static void drain(int fd) {
    static char bytes[256 * KIB];
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
}

static void turn(struct loop *l, int client, bool reads) {
    for (int i = 0; i < 3; i++) {
        uv_run(&l->uv, UV_RUN_NOWAIT);
        if (reads) {
            drain(client);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const size_t pieces[] = { 16 * KIB, 64, 9, 1 };
    struct loop *l = the_loop();
    int ends[2];
    if (size == 0) {
        return 0;
    }
    bool reads = !(data[0] & READS_NOTHING);
    size_t piece = pieces[(data[0] & PIECES) / 4];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    loop_wake(l);
    conn_open(l, ends[1], false);
    if (!(data[0] & WITHOUT_PREFACE)) {
        static const char start[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
        (void)send(ends[0], start, sizeof start, MSG_NOSIGNAL);
        turn(l, ends[0], reads);
    }
    for (size_t at = 1; at < size; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        (void)send(ends[0], data + at, len, MSG_NOSIGNAL);
        turn(l, ends[0], reads);
        check(l->batch.len == 0);
    }
    close(ends[0]);
    while (l->conns > 0) {
        uv_run(&l->uv, UV_RUN_ONCE);
    }
    check(atomic_load(&l->server->unsent_bytes) == 0 && atomic_load(&l->server->conns) == 0);
    return 0;
}
