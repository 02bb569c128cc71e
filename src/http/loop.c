#include "base/clock.h"
#include "http/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGER_TIMEOUT_MS = 2000,
    TICK_MIN_MS = 10,
    TICK_MAX_MS = 500,
    ACCEPTS_AT_ONCE = 64,
    REFUSED_CONNS_MAX = 256, /* a loop; beyond, not even a 503 */
};

int64_t loop_now_ms(const struct loop *l) {
    return (int64_t)uv_now(&l->uv);
}

static void renew_date(struct loop *l) {
    int64_t now_us = clock_now_us();
    struct str fields = l->server->options.fields;
    if (now_us / US_PER_SECOND == l->date_s) {
        return;
    }
    l->date_s = now_us / US_PER_SECOND;
    const struct str ok = STR("HTTP/1.1 200 OK\r\n");
    char *at = l->common_bytes;
    memcpy(at, ok.ptr, ok.len);
    at += ok.len;
    memcpy(at, "Date: ", 6);
    clock_format_http(now_us, at + 6);
    at += 6 + CLOCK_HTTP_LEN;
    memcpy(at, "\r\n", 2);
    at += 2;
    check(fields.len <= LOOP_COMMON_MAX_BYTES - (size_t)(at - l->common_bytes));
    if (fields.len > 0) {
        memcpy(at, fields.ptr, fields.len);
    }
    l->ok = str_make(l->common_bytes, (size_t)(at - l->common_bytes) + fields.len);
    l->common = str_from(l->ok, ok.len);
}

void loop_wake(struct loop *l) {
    if (l->awake) {
        return;
    }
    l->awake = true;
    renew_date(l);
    if (l->server->options.loop_wake != NULL) {
        l->server->options.loop_wake(l->server->options.ctx, l->index);
    }
}

static void on_prepare(uv_prepare_t *handle) {
    struct loop *l = handle->data;
    if (l->awake) {
        l->awake = false;
        if (l->server->options.loop_sleep != NULL) {
            l->server->options.loop_sleep(l->server->options.ctx, l->index);
        }
    }
}

void loop_wait_none(struct conn *c) {
    if (c->wait == WAIT_KINDS) {
        return;
    }
    struct conn_list *list = &c->loop->waiting[c->wait];
    *(c->prev ? &c->prev->next : &list->first) = c->next;
    *(c->next ? &c->next->prev : &list->last) = c->prev;
    c->wait = WAIT_KINDS;
}

void loop_wait(struct conn *c, enum wait wait) {
    loop_wait_none(c);
    struct conn_list *list = &c->loop->waiting[wait];
    c->wait = wait;
    c->wait_since_ms = loop_now_ms(c->loop);
    c->prev = list->last;
    c->next = NULL;
    *(list->last ? &list->last->next : &list->first) = c;
    list->last = c;
}

void loop_hold(struct loop *l) {
    atomic_fetch_add(&l->senders, 1);
}

void loop_send(struct loop *l) {
    uv_async_send(&l->async);
}

void loop_release(struct loop *l) {
    atomic_fetch_sub(&l->senders, 1);
}

static void end(struct loop *l) {
    if (!l->ending && l->stopping && l->conns == 0) {
        l->ending = true;
        uv_close((uv_handle_t *)&l->async, NULL);
        uv_close((uv_handle_t *)&l->tick, NULL);
        uv_close((uv_handle_t *)&l->prepare, NULL);
    }
}

void loop_conn_gone(struct loop *l) {
    l->conns--;
    end(l);
}

/* Cut all that is left. */
static void cut(struct loop *l) {
    for (int wait = 0; wait < WAIT_KINDS; wait++) {
        while (l->waiting[wait].first != NULL) {
            conn_close(l->waiting[wait].first);
        }
    }
}

static void on_tick(uv_timer_t *handle) {
    struct loop *l = handle->data;
    loop_wake(l);
    int64_t now_ms = loop_now_ms(l);
    for (int wait = 0; wait < WAIT_KINDS; wait++) {
        struct conn *c;
        while (l->timeout_ms[wait] > 0 && (c = l->waiting[wait].first) != NULL &&
               now_ms - c->wait_since_ms >= l->timeout_ms[wait]) {
            conn_expired(c);
        }
    }
    if (l->stopping && now_ms >= l->cut_at_ms) {
        cut(l);
    }
}

/* A descriptor shortage leaves the connection in the queue, and poll would report it for ever: give
 * up the spare one, take the connection with it and close it. */
static void shed_one(struct loop *l) {
    close(l->spare_fd);
    int fd = accept4(l->listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* True: there may be more. */
static bool accept_some(struct loop *l) {
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(l->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
            shed_one(l);
            return false;
        }
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) {
            continue;
        }
        if (fd < 0) {
            return false;
        }
        bool refuse = atomic_load_explicit(&l->server->conns, memory_order_relaxed) >=
                      l->server->options.connections_max;
        if (refuse && l->refused_conns >= REFUSED_CONNS_MAX) {
            close(fd);
        } else {
            conn_open(l, fd, refuse);
        }
    }
    return true;
}

static void on_listener(uv_poll_t *handle, int status, int events) {
    (void)status, (void)events;
    struct loop *l = handle->data;
    loop_wake(l);
    (void)accept_some(l);
}

static void stop_listening(struct loop *l) {
    l->stopping = true;
    uv_close((uv_handle_t *)&l->listener, NULL);
    close(l->listen_fd);
}

static void begin_stop(struct loop *l) {
    while (accept_some(l)) { /* who is in the queue sees an open connection already */
    }
    stop_listening(l);
    l->cut_at_ms = loop_now_ms(l) + l->server->options.shutdown_ms;
    for (struct conn *c = l->waiting[WAIT_IDLE].first, *next; c != NULL; c = next) {
        next = c->next;
        conn_stop_idle(c);
    }
    end(l);
}

static void on_async(uv_async_t *handle) {
    struct loop *l = handle->data;
    loop_wake(l);
    struct http_exchange *newest =
        atomic_exchange_explicit(&l->resumed, NULL, memory_order_acquire);
    struct http_exchange *oldest = NULL;
    while (newest != NULL) {
        struct http_exchange *ex = newest;
        newest = ex->next;
        ex->next = oldest;
        oldest = ex;
    }
    while (oldest != NULL) {
        struct http_exchange *ex = oldest;
        oldest = ex->next; /* first: ex may be deferred, resumed and queued again meanwhile */
        exchange_resume(ex);
    }
    if (!l->stopping && atomic_load(&l->server->stop)) {
        begin_stop(l);
    }
}

static enum status listen_on(struct loop *l, const struct sockaddr *address, struct err *err) {
    int one = 1, zero = 0, send_buffer = l->server->options.send_buffer_bytes;
    bool v6 = address->sa_family == AF_INET6;
    socklen_t len = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Accepted sockets inherit the options. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        (v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero) != 0) ||
        (send_buffer > 0 &&
         setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer) != 0) ||
        bind(fd, address, len) != 0 || listen(fd, SOMAXCONN) != 0) {
        err_set(err, STATUS_IO, "cannot listen: %s", strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return STATUS_IO;
    }
    l->listen_fd = fd;
    return STATUS_OK;
}

static uint64_t tick_ms(const struct loop *l) {
    int64_t shortest = l->server->options.shutdown_ms;
    for (int wait = 0; wait < WAIT_KINDS; wait++) {
        if (l->timeout_ms[wait] > 0 && l->timeout_ms[wait] < shortest) {
            shortest = l->timeout_ms[wait];
        }
    }
    int64_t ms = shortest / 4;
    return (uint64_t)(ms < TICK_MIN_MS ? TICK_MIN_MS : ms > TICK_MAX_MS ? TICK_MAX_MS : ms);
}

enum status loop_init(struct loop *l, struct http_server *s, size_t index,
                      const struct sockaddr *address, struct err *err) {
    *l = (struct loop){ .server = s, .index = index, .spare_fd = -1 };
    l->timeout_ms[WAIT_IDLE] = s->options.idle_timeout_ms;
    l->timeout_ms[WAIT_HEAD] = s->options.header_timeout_ms;
    l->timeout_ms[WAIT_BODY] = s->options.body_timeout_ms;
    l->timeout_ms[WAIT_WRITE] = s->options.write_timeout_ms;
    l->timeout_ms[WAIT_LINGER] = LINGER_TIMEOUT_MS;
    enum status status = listen_on(l, address, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (uv_loop_init(&l->uv) != 0) {
        close(l->listen_fd);
        return err_set(err, STATUS_IO, "cannot make an event loop: %s", strerror(errno));
    }
    l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    buf_init(&l->batch, SIZE_MAX);
    l->listener.data = l->async.data = l->tick.data = l->prepare.data = l;
    check(uv_async_init(&l->uv, &l->async, on_async) == 0);
    check(uv_timer_init(&l->uv, &l->tick) == 0 && uv_prepare_init(&l->uv, &l->prepare) == 0);
    check(uv_poll_init(&l->uv, &l->listener, l->listen_fd) == 0);
    check(uv_timer_start(&l->tick, on_tick, tick_ms(l), tick_ms(l)) == 0);
    check(uv_prepare_start(&l->prepare, on_prepare) == 0);
    check(uv_poll_start(&l->listener, UV_READABLE, on_listener) == 0);
    return STATUS_OK;
}

static void done(struct loop *l) {
    while (atomic_load(&l->senders) > 0) {
        sched_yield();
    }
    check(uv_loop_close(&l->uv) == 0);
    conn_free_spares(l);
    buf_done(&l->batch);
    close(l->spare_fd);
}

void loop_discard(struct loop *l) {
    stop_listening(l);
    end(l);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    done(l);
}

/* A client that has gone is no signal: sendfile has no flag that says so. */
static void block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    check(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
}

void loop_run(void *arg) {
    struct loop *l = arg;
    block_sigpipe();
    const struct http_server_options *o = &l->server->options;
    if (o->loop_start != NULL) {
        o->loop_start(o->ctx, l->index);
    }
    l->awake = true;
    renew_date(l);
    uv_run(&l->uv, UV_RUN_DEFAULT);
    loop_wake(l);
    if (o->loop_stop != NULL) {
        o->loop_stop(o->ctx, l->index);
    }
    done(l);
}
