/* An HTTP server, versions 1.1 and 2: event loops, each in a thread of its own with its own
 * listening socket, and the exchanges (one request and its answer) that they hand to a handler.
 *
 * A handler runs on the loop's thread and must never block. It answers at once (http_reply,
 * http_reply_file), or it defers and answers when it is called again after an http_resume, which
 * may come from any thread. Over HTTP/1.1 the answers of a connection go out in the order of its
 * requests; while one is pending, the connection reads no further.
 *
 * HTTP/2 is spoken to clients that begin with its preface (prior knowledge, RFC 9113, 3.3), or
 * choose it by ALPN over TLS. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/arena.h"
#include "base/status.h"
#include "http/request.h"

#include <sys/uio.h>

struct http_server;
struct http_exchange;
struct tls;

/* `req` and what it points to live until the exchange is answered. Must answer or defer before it
 * returns. */
typedef void http_handler(void *ctx, struct http_exchange *ex, const struct http_request *req);

/* Answers a request that was refused before it could reach the handler (400, 408, 413, 414, 431,
 * 501, 503, 505…), by http_reply and at once. */
typedef void http_error_handler(void *ctx, struct http_exchange *ex, int status);

struct http_server_options {
    const char *address; /* numeric, v4 or v6; NULL: 127.0.0.1 */
    int port;            /* 0: any free one, see http_server_port */
    struct tls *tls;     /* NULL: in clear. Borrowed (http/tls.h) */
    size_t loops;        /* 0: one a core */
    size_t loops_max;    /* at most so many, whoever chose the number; 0: no limit */
    struct str fields;   /* ready-made, of every answer, each ended by CRLF; borrowed */
    void *ctx;           /* handed to all of the following */
    http_handler *handler;
    http_error_handler *error; /* NULL: http_reply_plain */
    /* The greatest body that a request may have, asked once its head is read. NULL, and in any
     * case for a request that is refused: LIMIT_REQUEST_BODY_BYTES. */
    uint64_t (*body_max)(void *ctx, const struct http_request *req);

    /* On each loop's thread; any may be NULL. sleep: just before it may block in the kernel. wake:
     * after that, before it runs anything else. A loop is awake from loop_start on, and at
     * loop_stop. (Made for the quiescent states of base/epoch.h. Handles
     * of libuv's own, uv_prepare and uv_check, would be wrong for it: libuv runs the callbacks of
     * sockets before the check handles.) */
    void (*loop_start)(void *ctx, size_t loop);
    void (*loop_stop)(void *ctx, size_t loop);
    void (*loop_sleep)(void *ctx, size_t loop);
    void (*loop_wake)(void *ctx, size_t loop);

    /* Each 0: the default of base/limits.h. Of connections fewer, if the process may not have so
     * many descriptors. */
    size_t connections_max;
    int64_t header_timeout_ms, body_timeout_ms, idle_timeout_ms, write_timeout_ms, shutdown_ms;
    int send_buffer_bytes; /* SO_SNDBUF; 0: the kernel tunes it itself, as is best */
};

/* Bind, start the threads, serve. Errors: INVALID (address), IO (cannot bind…). */
NODISCARD enum status http_server_start(const struct http_server_options *options,
                                        struct http_server **ret_server, struct err *err);
int http_server_port(const struct http_server *s);
size_t http_server_connections_max(const struct http_server *s);
size_t http_server_loops(const struct http_server *s);
/* Begin a graceful stop, from any thread: no new connections, idle ones are closed, what is being
 * answered is finished; after shutdown_ms the rest is cut. */
void http_server_stop(struct http_server *s);
/* Wait for the loops' end, and free. Every deferred exchange must have been resumed for that to
 * happen. s may be NULL. */
void http_server_join(struct http_server *s);

/* An answer. All of it is borrowed until http_reply returns. */
struct http_response {
    int status;
    struct str head;           /* ready-made fields, each ended by CRLF, without Date, Connection,
                                  Content-Length and Transfer-Encoding */
    const struct iovec *parts; /* the body */
    size_t n_parts;
    uint64_t body_len; /* the sum of the parts */
    bool close;        /* close the connection after it, where it can have no other request */
};

/* Answer, on the exchange's loop thread. The body is left out for HEAD, 204 and 304. The socket is
 * written to at once, straight from the borrowed memory; only what it does not take is copied. */
void http_reply(struct http_exchange *ex, const struct http_response *response);

/* Answer with `len` bytes of an open file from `offset` on, in bounded memory. Owns fd: it is
 * closed when the answer ends, however it ends. If the file proves to be shorter the connection is
 * cut. */
void http_reply_file(struct http_exchange *ex, int status, struct str head, int fd, uint64_t offset,
                     uint64_t len);

/* A page of one line that says the status, for want of a better one. */
void http_reply_plain(struct http_exchange *ex, int status);

/* Announce, inside a handler and before anybody could resume it, that the answer comes later:
 * exactly one http_resume must follow, always. */
void http_defer(struct http_exchange *ex);
/* From any thread: have `again` called on the exchange's loop thread with that ctx (NULL: the
 * server's handler with its own). It is called even if the connection has died meanwhile, so that
 * it can release what it holds; its answer is then dropped. It may defer again. */
void http_resume(struct http_exchange *ex, http_handler *again, void *ctx);

/* Memory that lives as long as the exchange. Not to be touched by other threads while it is
 * deferred, except by the one that will resume it. */
struct arena *http_arena(struct http_exchange *ex);
size_t http_loop_index(const struct http_exchange *ex);
/* The client's address in numbers, without the port. Lives in the exchange's arena. */
struct str http_client(struct http_exchange *ex);
/* The connection has died: whatever is answered will be dropped. Loop thread only. */
bool http_is_gone(const struct http_exchange *ex);

#endif
