/* A connection is a state machine around one socket:
 *
 *   HEAD -> [BODY ->] EXCHANGE -> HEAD … and from anywhere to LINGER or CLOSED
 *
 * conn_run drives it until nothing more can be done now; it is entered when bytes have arrived,
 * when output has drained and when an exchange was resumed. One exchange at a time: while it lasts
 * the connection reads nothing, so pipelined requests wait in the input or in the kernel, answers
 * are in order by construction, and a client that does not read its answers cannot make us hold
 * more than one of them.
 *
 * Sockets are driven through uv_poll and our own recv and sendmsg rather than libuv's streams. With
 * the same reader and answer the two measure the same within the noise (24 KB cost the kernel 12 µs
 * to send, and us less than one); what decides is control, over MSG_MORE, half-closing and what is
 * done about a partial write, without request objects and their callbacks. The price: changing what
 * uv_poll waits for costs two system calls. So that is put off: a connection whose handler defers
 * stays in the poll set until a byte really arrives.
 *
 * Memory: an idle connection is one struct conn. The buffer for a request comes from the loop's
 * free list, hottest first, when bytes arrive, and goes back when all are used up; a keep-alive
 * client that asks for small things never holds one across polls. The common exchange allocates
 * nothing.
 *
 * A closed connection's memory stays until nobody refers to it: the poll handle (until libuv's
 * close callback), a deferral, a file being read. Code that may have closed the connection, by
 * calling a handler or writing, looks at the phase before it goes on. */
#include "http/conn.h"
#include "http/h2.h"
#include "http/tls.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPARE_CONNS_MAX = 256,
    SPARE_INPUTS_MAX = 256,
    BODY_ROOM_MIN_BYTES = 2 * KIB,
    BODY_PACE_BYTES = 64 * KIB, /* so many per body timeout, at least */
};

/* -- memory -- */

static void input_reset(struct input *in) {
    in->start = in->at = in->len = 0;
    http_reader_init(&in->reader);
}

static struct input *input_new(struct loop *l) {
    struct input *in = l->free_inputs;
    if (in != NULL) {
        l->free_inputs = in->next;
        l->n_free_inputs--;
    } else {
        in = malloc(sizeof *in);
        check(in != NULL);
        in->bytes = in->small;
        in->cap = sizeof in->small;
    }
    input_reset(in);
    return in;
}

static void input_free(struct loop *l, struct input *in) {
    if (in == NULL) {
        return;
    }
    if (in->bytes != in->small) {
        free(in->bytes);
        in->bytes = in->small;
        in->cap = sizeof in->small;
    }
    if (l->n_free_inputs == SPARE_INPUTS_MAX) {
        free(in);
        return;
    }
    in->next = l->free_inputs;
    l->free_inputs = in;
    l->n_free_inputs++;
}

/* Move the present request to the front of a buffer that can hold the largest. What was read of it
 * pointed into the old place and is read again. */
static void input_make_room(struct input *in) {
    size_t len = in->len - in->start;
    if (in->start > 0) {
        memmove(in->bytes, in->bytes + in->start, len);
    } else {
        check(in->bytes == in->small);
        in->bytes = malloc(INPUT_LARGE_BYTES);
        check(in->bytes != NULL);
        memcpy(in->bytes, in->small, len);
        in->cap = INPUT_LARGE_BYTES;
    }
    input_reset(in);
    in->len = len;
}

static void conn_delete(struct conn *c) {
    struct loop *l = c->loop;
    check(c->phase == PHASE_CLOSED);
    input_free(l, c->input);
    buf_done(&c->body_bytes);
    arena_done(&c->ex.arena);
    conn_drop_output(c);
    h2_free(c->h2);
    if (l->n_free_conns < SPARE_CONNS_MAX) {
        c->next = l->free_conns;
        l->free_conns = c;
        l->n_free_conns++;
    } else {
        free(c);
    }
    loop_conn_gone(l);
}

void conn_unref(struct conn *c) {
    check(c->refs > 0);
    if (--c->refs == 0) {
        conn_delete(c);
    }
}

void conn_free_spares(struct loop *l) {
    for (struct conn *c = l->free_conns, *next; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    for (struct input *in = l->free_inputs, *next; in != NULL; in = next) {
        next = in->next;
        free(in);
    }
    l->free_conns = NULL;
    l->free_inputs = NULL;
    h2_free_spares(l);
}

static void on_closed(uv_handle_t *handle) {
    conn_unref(handle->data);
}

void conn_close(struct conn *c) {
    if (c->phase == PHASE_CLOSED) {
        return;
    }
    c->phase = PHASE_CLOSED;
    loop_wait_none(c);
    buf_truncate(&c->loop->batch, 0);
    uv_close((uv_handle_t *)&c->poll, on_closed);
    conn_say_end(c);
    SSL_free(c->tls);
    c->tls = NULL;
    close(c->fd);
    if (c->refused) {
        c->loop->refused_conns--;
    } else {
        atomic_fetch_sub_explicit(&c->loop->server->conns, 1, memory_order_relaxed);
    }
}

/* -- what to wait for -- */

static void on_poll(uv_poll_t *handle, int status, int events);

static void poll_for(struct conn *c, int events) {
    if (events != c->polled) {
        c->polled = events;
        check((events ? uv_poll_start(&c->poll, events, on_poll) : uv_poll_stop(&c->poll)) == 0);
    }
}

static void poll_as_needed(struct conn *c) {
    bool writes = c->tls_wants_write || (conn_has_output(c) && !c->out.reading);
    if (c->phase == PHASE_CLOSED) {
        return;
    }
    /* During an exchange nothing is read, but the first byte that arrives is soon enough to say so:
     * mostly the exchange is over before. */
    int reads = c->phase != PHASE_EXCHANGE ? UV_READABLE : writes ? 0 : c->polled & UV_READABLE;
    poll_for(c, reads | (writes ? UV_WRITABLE : 0));
}

/* -- exchanges -- */

void conn_linger(struct conn *c) {
    c->phase = PHASE_LINGER;
    loop_wait(c, WAIT_LINGER);
    conn_say_end(c);
    if (shutdown(c->fd, SHUT_WR) != 0) {
        conn_close(c);
    }
}

/* The answer is written: on to the next request, if there is to be one. */
static void end_exchange(struct conn *c) {
    arena_done(&c->ex.arena);
    buf_done(&c->body_bytes);
    conn_drop_output(c);
    if (c->linger) {
        conn_linger(c);
        return;
    }
    if (!c->keep_alive) {
        conn_close(c);
        return;
    }
    c->phase = PHASE_HEAD;
    struct input *in = c->input;
    if (in->at == in->len) {
        input_free(c->loop, in);
        c->input = NULL;
    } else {
        in->start = in->at;
        http_reader_init(&in->reader);
        loop_wait(c, WAIT_HEAD);
    }
}

static void begin_exchange(struct conn *c) {
    c->phase = PHASE_EXCHANGE;
    c->ex.answered = false;
}

/* After a handler has run. */
static void check_exchange(struct conn *c) {
    check(c->ex.answered != c->ex.deferred); /* a handler answers, or defers */
    if (c->phase == PHASE_EXCHANGE && c->ex.deferred) {
        loop_wait(c, WAIT_ANSWER);
    }
}

static void hand_over(struct conn *c) {
    struct http_server_options *o = &c->loop->server->options;
    c->input->reader.req.body = buf_str(&c->body_bytes);
    begin_exchange(c);
    o->handler(o->ctx, &c->ex, &c->input->reader.req);
    check_exchange(c);
}

/* Answer with an error, and close when the client has seen it. */
static void refuse(struct conn *c, int status) {
    struct http_server_options *o = &c->loop->server->options;
    c->keep_alive = false;
    c->linger = true;
    begin_exchange(c);
    if (o->error != NULL) {
        o->error(o->ctx, &c->ex, status);
    } else {
        http_reply_plain(&c->ex, status);
    }
    check(c->ex.answered);
}

void exchange_resume(struct http_exchange *ex) {
    struct conn *c = ex->conn;
    ex->deferred = false;
    if (ex->stream != NULL) {
        h2_resume(ex->stream);
    } else {
        ex->again(ex->again_ctx, ex, &c->input->reader.req);
        check_exchange(c);
        if (c->phase != PHASE_CLOSED) {
            conn_run(c);
        }
    }
    conn_unref(c);
}

void http_defer(struct http_exchange *ex) {
    check(!ex->answered && !ex->deferred);
    ex->deferred = true;
    atomic_store(&ex->resumable, true);
    ex->conn->refs++;
}

void http_resume(struct http_exchange *ex, http_handler *again, void *ctx) {
    struct loop *l = ex->conn->loop;
    check(atomic_exchange(&ex->resumable, false)); /* resumed once for each deferral */
    loop_hold(l);
    ex->again = again ? again : l->server->options.handler;
    ex->again_ctx = again ? ctx : l->server->options.ctx;
    ex->next = atomic_load_explicit(&l->resumed, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&l->resumed, &ex->next, ex, memory_order_release,
                                                  memory_order_relaxed)) {
    }
    loop_send(l);
    loop_release(l);
}

struct arena *http_arena(struct http_exchange *ex) {
    return &ex->arena;
}

size_t http_loop_index(const struct http_exchange *ex) {
    return ex->conn->loop->index;
}

bool http_is_gone(const struct http_exchange *ex) {
    return ex->stream != NULL ? h2_is_gone(ex->stream) : ex->conn->phase == PHASE_CLOSED;
}

struct str http_client(struct http_exchange *ex) {
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    char text[NI_MAXHOST];
    if (http_is_gone(ex) || getpeername(ex->conn->fd, (struct sockaddr *)&a, &len) != 0 ||
        getnameinfo((struct sockaddr *)&a, len, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0) {
        return STR("");
    }
    return arena_str(&ex->arena, str_of(text));
}

/* -- reading -- */

static void begin_body(struct conn *c) {
    struct input *in = c->input;
    struct http_server_options *o = &c->loop->server->options;
    const struct http_request *req = &in->reader.req;
    c->ex.no_body = req->method == HTTP_HEAD;
    c->ex.minor = req->minor;
    c->keep_alive = req->keep_alive;
    in->at = in->start + in->reader.head_len;
    if (!req->chunked && req->content_length == 0) {
        hand_over(c);
        return;
    }
    while (in->cap - in->at < BODY_ROOM_MIN_BYTES) {
        input_make_room(in);
        check(http_reader_feed(&in->reader, in->bytes, in->len) == HTTP_READ_DONE);
        in->at = in->reader.head_len;
    }
    uint64_t max_bytes = o->body_max ? o->body_max(o->ctx, req) : LIMIT_REQUEST_BODY_BYTES;
    buf_init(&c->body_bytes, max_bytes);
    http_body_init(&c->body, req, max_bytes);
    c->body_mark_bytes = BODY_PACE_BYTES;
    c->phase = PHASE_BODY;
    loop_wait(c, WAIT_BODY);
    if (req->expects_continue && in->at == in->len && req->content_length <= max_bytes) {
        struct str go_on = STR("HTTP/1.1 100 Continue\r\n\r\n");
        conn_write(c, &(struct iovec){ (void *)(uintptr_t)go_on.ptr, go_on.len }, 1, false);
    }
}

/* The first bytes of a connection may be HTTP/2's preface. True: they are, or may become so. */
static bool read_preface(struct conn *c) {
    struct input *in = c->input;
    struct str bytes = str_make(in->bytes + in->start, in->len - in->start);
    struct str preface = STR(H2_PREFACE);
    if (!str_starts(preface,
                    str_slice(bytes, 0, bytes.len < preface.len ? bytes.len : preface.len))) {
        return false;
    }
    if (bytes.len < preface.len) {
        if (c->wait != WAIT_HEAD) {
            loop_wait(c, WAIT_HEAD);
        }
        return true;
    }
    c->phase = PHASE_H2;
    c->h2 = h2_new(c);
    c->input = NULL;
    h2_receive(c, bytes);
    input_free(c->loop, in);
    return true;
}

static void read_head(struct conn *c) {
    struct input *in = c->input;
    if (!c->used && read_preface(c)) {
        return;
    }
    c->used = true;
    switch (http_reader_feed(&in->reader, in->bytes + in->start, in->len - in->start)) {
    case HTTP_READ_BAD:
        c->ex.no_body = in->reader.req.method == HTTP_HEAD;
        c->ex.minor = 1;
        refuse(c, in->reader.status);
        return;
    case HTTP_READ_DONE: begin_body(c); return;
    case HTTP_READ_MORE: break;
    }
    if (c->wait != WAIT_HEAD) {
        loop_wait(c, WAIT_HEAD);
    }
}

/* True: the body goes on with the next read. */
static bool read_body(struct conn *c) {
    struct input *in = c->input;
    for (;;) {
        size_t used;
        struct str data;
        enum http_read result =
            http_body_feed(&c->body, str_make(in->bytes + in->at, in->len - in->at), &used, &data);
        in->at += used;
        buf_put(&c->body_bytes, data);
        if (result == HTTP_READ_BAD || c->body_bytes.status != STATUS_OK) {
            refuse(c, result == HTTP_READ_BAD ? c->body.status : 503);
            return false;
        }
        if (result == HTTP_READ_DONE) {
            hand_over(c);
            return false;
        }
        if (in->at == in->len) {
            in->at = in->len = in->start + in->reader.head_len;
            break;
        }
    }
    if (c->body.total >= c->body_mark_bytes) {
        c->body_mark_bytes = c->body.total + BODY_PACE_BYTES;
        loop_wait(c, WAIT_BODY);
    }
    return true;
}

/* Nothing of a request is here. */
static void be_idle(struct conn *c) {
    if (c->loop->stopping) {
        conn_close(c);
    } else {
        loop_wait(c, conn_shakes_hands(c) ? WAIT_HEAD : WAIT_IDLE);
    }
}

/* From phase to phase until something is waited for. */
static void advance(struct conn *c) {
    for (bool go_on = true; go_on;) {
        switch (c->phase) {
        case PHASE_HEAD:
            if (c->input == NULL) {
                be_idle(c);
                go_on = false;
            } else {
                read_head(c);
                go_on = c->phase != PHASE_HEAD;
            }
            break;
        case PHASE_BODY: go_on = !read_body(c); break;
        case PHASE_EXCHANGE:
            if (c->ex.answered && !conn_has_output(c)) {
                end_exchange(c);
            } else {
                go_on = false;
            }
            break;
        case PHASE_H2:
            h2_run(c);
            go_on = false;
            break;
        case PHASE_LINGER:
        case PHASE_CLOSED: go_on = false; break;
        }
    }
    poll_as_needed(c);
}

/* These say whether something was read. */
static bool discard(struct conn *c) {
    char bytes[16 * KIB];
    ssize_t n = conn_recv(c, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        conn_close(c);
    }
    return n > 0;
}

static bool receive_h2(struct conn *c) {
    char bytes[16 * KIB];
    ssize_t n = conn_recv(c, bytes, sizeof bytes);
    if (n > 0) {
        h2_receive(c, str_make(bytes, (size_t)n));
        advance(c);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        conn_close(c);
    }
    return n > 0;
}

static bool receive(struct conn *c) {
    if (c->phase == PHASE_LINGER) {
        return discard(c);
    }
    if (c->phase == PHASE_H2) {
        return receive_h2(c);
    }
    if (c->phase == PHASE_EXCHANGE) {
        poll_for(c, c->polled & ~UV_READABLE);
        return false;
    }
    if (c->input == NULL) {
        c->input = input_new(c->loop);
    }
    struct input *in = c->input;
    if (in->len == in->cap) {
        input_make_room(in);
    }
    ssize_t n = conn_recv(c, in->bytes + in->len, in->cap - in->len);
    if (n > 0) {
        in->len += (size_t)n;
        advance(c);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        conn_close(c);
    } else if (in->len == 0) {
        input_free(c->loop, in);
        c->input = NULL;
        if (c->wait == WAIT_HEAD && !conn_shakes_hands(c)) {
            be_idle(c); /* TLS is agreed on, the request may take its time */
        }
    }
    return n > 0;
}

/* What TLS has read already; of a record that has not come whole, poll will tell. */
static void read_pending(struct conn *c) {
    while (c->phase != PHASE_CLOSED && c->phase != PHASE_EXCHANGE && conn_has_pending(c) &&
           receive(c)) {
    }
}

void conn_run(struct conn *c) {
    advance(c);
    read_pending(c);
    poll_as_needed(c);
}

static void on_poll(uv_poll_t *handle, int status, int events) {
    struct conn *c = handle->data;
    loop_wake(c->loop);
    if (status < 0) {
        conn_close(c);
        return;
    }
    bool reads = (events & UV_READABLE) || ((events & UV_WRITABLE) && c->tls_wants_write);
    if (events & UV_WRITABLE) {
        conn_flush(c);
        advance(c);
    }
    if (reads && c->phase != PHASE_CLOSED) {
        (void)receive(c);
    }
    read_pending(c);
    poll_as_needed(c);
}

void conn_stop_idle(struct conn *c) {
    (void)receive(c);
    read_pending(c);
    if (c->phase == PHASE_HEAD && c->input == NULL) {
        conn_close(c);
    } else if (c->phase == PHASE_H2) {
        conn_run(c);
    }
}

void conn_expired(struct conn *c) {
    bool asks = c->wait == WAIT_HEAD || c->wait == WAIT_BODY;
    if (c->phase == PHASE_H2) {
        h2_expire(c);
    } else if (asks && c->input != NULL) {
        refuse(c, 408);
        conn_run(c);
    } else {
        conn_close(c);
    }
}

void conn_open(struct loop *l, int fd, bool refused) {
    struct conn *c = l->free_conns;
    if (c != NULL) {
        l->free_conns = c->next;
        l->n_free_conns--;
    } else {
        c = malloc(sizeof *c);
        check(c != NULL);
    }
    *c = (struct conn){ .loop = l,
                        .fd = fd,
                        .refs = 1,
                        .wait = WAIT_KINDS,
                        .refused = refused,
                        .ex = { .conn = c, .minor = 1 },
                        .out = { .file = -1 } };
    struct tls *tls = l->server->options.tls;
    if (tls != NULL && !refused) { /* a handshake would be too much for a refusal */
        c->tls = tls_open(tls);
    }
    if ((tls != NULL && c->tls == NULL) || uv_poll_init(&l->uv, &c->poll, fd) != 0) {
        SSL_free(c->tls);
        close(fd);
        free(c);
        return;
    }
    if (c->tls != NULL) {
        conn_begin_tls(c);
    }
    c->poll.data = c;
    l->conns++;
    if (refused) {
        l->refused_conns++;
        refuse(c, 503);
    } else {
        atomic_fetch_add_explicit(&l->server->conns, 1, memory_order_relaxed);
    }
    conn_run(c);
}
