/* A connection: bytes in, exchanges one after the other, bytes out. Private to the server. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "base/buf.h"
#include "http/body.h"
#include "http/loop.h"

#include <openssl/ssl.h>

enum phase {
    PHASE_HEAD,     /* reading a request's head, or waiting for one */
    PHASE_BODY,     /* reading its body */
    PHASE_EXCHANGE, /* until its answer is written */
    PHASE_H2,       /* HTTP/2 has taken over (h2.c) */
    PHASE_LINGER,   /* all is written and shut; what still arrives is thrown away */
    PHASE_CLOSED,   /* no socket any more; waits for the last reference */
};

/* Where requests are read into. A connection has one only while a request is in it. */
struct input {
    struct input *next; /* free list */
    struct http_reader reader;
    size_t start; /* of the request */
    size_t at;    /* of what has not been taken yet */
    size_t len;
    size_t cap;
    char *bytes; /* `small`, or on the heap */
    char small[4 * KIB];
};
enum { INPUT_LARGE_BYTES = LIMIT_REQUEST_LINE_BYTES + LIMIT_REQUEST_HEADER_BYTES + 8 * KIB };

/* What the socket has not taken yet, and the file that refills it. */
struct output {
    char *bytes;
    size_t at, len, cap;
    int file; /* -1: none */
    bool reading;
    uint64_t file_at, file_left;
    uv_fs_t *read; /* while a file is sent */
};

struct http_exchange {
    struct http_exchange *next; /* in the loop's stack of resumed ones */
    struct conn *conn;
    struct h2_stream *stream; /* NULL: HTTP/1 */
    http_handler *again;
    void *again_ctx;
    atomic_bool resumable; /* deferred, and nobody has resumed it yet */
    bool deferred;         /* the same as the loop sees it: until it calls the handler again */
    bool answered;
    bool no_body; /* HEAD */
    int minor;
    struct arena arena;
};

struct h2;

struct conn {
    uv_poll_t poll;
    struct loop *loop;
    int fd;
    int polled;    /* events that poll is started for */
    unsigned refs; /* the handle, a deferral, a file being read */
    enum phase phase;
    SSL *tls;             /* NULL: in clear */
    bool tls_wants_write; /* to go on reading */
    bool tls_more;        /* what is being sent is not the end of it */
    struct h2 *h2;        /* in PHASE_H2, and until the last reference to it is gone */
    bool used;            /* a request has been read on it */
    bool keep_alive;
    bool linger;    /* close only when the client has stopped sending */
    bool refused;   /* over the limit */
    enum wait wait; /* WAIT_KINDS: in no list */
    int64_t wait_since_ms;
    struct conn *prev, *next;
    struct input *input;
    struct http_body body;
    struct buf body_bytes;
    uint64_t body_mark_bytes; /* the body's timeout begins anew here */
    struct output out;
    struct http_exchange ex;
};

/* Take over an accepted, non-blocking socket. refuse: answer 503 and close. */
void conn_open(struct loop *l, int fd, bool refuse);
/* Cut it. The memory goes when nobody refers to it any more. */
void conn_close(struct conn *c);
void conn_unref(struct conn *c);
/* Do whatever can be done now: read what has arrived, hand over requests, end exchanges. */
void conn_run(struct conn *c);
/* Nothing more is sent; what still arrives is thrown away until the client closes, so that it gets
 * to read the last that was sent. */
void conn_linger(struct conn *c);
/* Call the handler of a resumed exchange again. */
void exchange_resume(struct http_exchange *ex);
/* The server is stopping, and this one waits for a request: take it if it has arrived, or close. */
void conn_stop_idle(struct conn *c);
/* The time limit of what it waits for is over. */
void conn_expired(struct conn *c);

/* Have OpenSSL use the connection's socket. */
void conn_begin_tls(struct conn *c);
/* The socket's bytes, in clear or through TLS (transport.c): as recv, and as sendmsg. */
ssize_t conn_recv(struct conn *c, void *bytes, size_t cap);
ssize_t conn_send(struct conn *c, struct iovec *iov, size_t n, bool more);
/* TLS has read bytes of which no poll will tell. */
bool conn_has_pending(const struct conn *c);
/* TLS, and not yet agreed on. */
bool conn_shakes_hands(const struct conn *c);
/* Tell a client with TLS that nothing more comes. */
void conn_say_end(struct conn *c);

/* The writing half (reply.c). */
/* So many bytes more (or, negative, fewer) are held for slow readers. False: that would be too many
 * of the whole server, and nothing was counted. */
bool conn_account(struct conn *c, ptrdiff_t bytes);
/* Write, or keep what the socket does not take. `more` follows at once. */
void conn_write(struct conn *c, struct iovec *iov, size_t n, bool more);
/* Write what was kept. */
void conn_flush(struct conn *c);
static inline bool conn_has_output(const struct conn *c) {
    return c->out.at < c->out.len || c->out.file_left > 0;
}
/* Give the output's memory and file back. */
void conn_drop_output(struct conn *c);

/* Free the memory of closed connections that the loop keeps for new ones. */
void conn_free_spares(struct loop *l);

#endif
