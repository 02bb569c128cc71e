/* One event loop of the server: its listening socket, its connections by what they wait for, and
 * the exchanges that other threads have resumed. Private to the server. */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "base/buf.h"
#include "http/server.h"

#include <stdatomic.h>
#include <sys/queue.h>
#include <uv.h>

struct conn;
struct h2_stream;
struct input;

/* What a connection waits for. Each has one time limit, so a list in order of arrival is a list in
 * order of expiry: a timer a loop looks at the heads of these lists, and nothing is sorted. */
enum wait {
    WAIT_IDLE,   /* a request's first byte */
    WAIT_HEAD,   /* the rest of a request's head */
    WAIT_BODY,   /* more of its body */
    WAIT_ANSWER, /* somebody to resume the exchange; no limit */
    WAIT_WRITE,  /* the client to take more of the answer */
    WAIT_LINGER, /* the client to close, after a refusal */
    WAIT_KINDS,
};

struct conn_list {
    struct conn *first, *last;
};

#define LOOP_COMMON_MAX_BYTES 256

struct loop {
    uv_loop_t uv;
    struct http_server *server;
    size_t index;
    uv_thread_t thread;
    int listen_fd;
    int spare_fd; /* given up to accept, and refuse, when there are no more descriptors */
    uv_poll_t listener;
    uv_async_t async;
    uv_timer_t tick;
    uv_prepare_t prepare;
    bool awake; /* since loop_wake and until loop_sleep */
    bool stopping;
    bool ending;
    int64_t cut_at_ms;

    struct str common; /* fields of every answer: "Date: …\r\n" of this second, and the options' */
    struct str ok;     /* the same behind the status line of most */
    int64_t date_s;
    char common_bytes[LOOP_COMMON_MAX_BYTES];

    struct conn_list waiting[WAIT_KINDS];
    int64_t timeout_ms[WAIT_KINDS];
    size_t conns;         /* allocated ones, those closed but still referred to included */
    size_t refused_conns; /* over the limit, being answered 503 */
    struct conn *free_conns;
    struct input *free_inputs;
    LIST_HEAD(, h2_stream) free_streams;
    size_t n_free_conns, n_free_inputs, n_free_streams;
    struct buf batch;                        /* frames of the HTTP/2 connection that is being run */
    _Atomic(struct http_exchange *) resumed; /* a stack: newest first */
    atomic_uint senders; /* threads about to wake this loop: it must not go away under them */
};

struct http_server {
    struct http_server_options options; /* defaults filled in */
    int port;
    size_t n_loops;
    struct loop *loops;
    atomic_size_t conns;
    atomic_size_t unsent_bytes;
    atomic_bool stop;
};

/* Bind the loop's socket to the address and make its handles, all on the starting thread.
 * Errors: IO. */
NODISCARD enum status loop_init(struct loop *l, struct http_server *s, size_t index,
                                const struct sockaddr *address, struct err *err);
/* For a loop that was made but never run. */
void loop_discard(struct loop *l);
/* The thread's function; arg is the loop. */
void loop_run(void *arg);

/* Every callback of libuv's calls this first. */
void loop_wake(struct loop *l);
int64_t loop_now_ms(const struct loop *l);
/* Put the connection at the end of that list, from now on. */
void loop_wait(struct conn *c, enum wait wait);
/* Take it out of its list. */
void loop_wait_none(struct conn *c);
/* Wake it, from any thread, between a hold and a release: it does not end meanwhile. The hold must
 * come before whatever allows it to end. */
void loop_hold(struct loop *l);
void loop_send(struct loop *l);
void loop_release(struct loop *l);
/* A connection's memory has been given back. */
void loop_conn_gone(struct loop *l);

#endif
