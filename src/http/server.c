#include "http/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static enum status read_address(const char *text, int port, struct sockaddr_storage *ret,
                                struct err *err) {
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    if (port >= 0 && port <= UINT16_MAX) {
        if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
            memcpy(ret, &v4, sizeof v4);
            return STATUS_OK;
        }
        if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
            memcpy(ret, &v6, sizeof v6);
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_INVALID,
                   "cannot listen on %s:%d: give a numeric address and a port up to 65535", text,
                   port);
}

static socklen_t address_len(const struct sockaddr *a) {
    return a->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static void set_port(struct sockaddr *a, uint16_t port) {
    if (a->sa_family == AF_INET) {
        ((struct sockaddr_in *)(void *)a)->sin_port = port;
    } else {
        ((struct sockaddr_in6 *)(void *)a)->sin6_port = port;
    }
}

static int bound_port(int fd) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a = { 0 };
    socklen_t len = sizeof a;
    check(getsockname(fd, &a.any, &len) == 0);
    return ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
}

/* SO_REUSEPORT would let a second server take the same port without a word, and half of the
 * connections. A socket without it finds out. */
static enum status check_port_is_free(const struct sockaddr *address, struct err *err) {
    int one = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool free = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                bind(fd, address, address_len(address)) == 0;
    int error = errno;
    if (fd >= 0) {
        close(fd);
    }
    return free ? STATUS_OK : err_set(err, STATUS_IO, "cannot listen: %s", strerror(error));
}

/* A connection is a descriptor, and there are others: of files being sent, of the handlers. Who
 * comes when no more may be open is told so, rather than left in the queue. */
static size_t connections_possible(void) {
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    size_t others = limit.rlim_cur / 8 + LIMIT_OTHER_DESCRIPTORS;
    size_t possible = limit.rlim_cur > 2 * others ? (size_t)limit.rlim_cur - others
                                                  : (size_t)limit.rlim_cur / 2;
    return possible < LIMIT_CONNECTIONS ? possible : LIMIT_CONNECTIONS;
}

static void set_defaults(struct http_server_options *o) {
#define DEFAULT(field, value) o->field = o->field ? o->field : (value)
    DEFAULT(address, "127.0.0.1");
    DEFAULT(loops, uv_available_parallelism());
    DEFAULT(connections_max, connections_possible());
    DEFAULT(header_timeout_ms, LIMIT_HEADER_TIMEOUT_MS);
    DEFAULT(body_timeout_ms, LIMIT_BODY_TIMEOUT_MS);
    DEFAULT(idle_timeout_ms, LIMIT_IDLE_TIMEOUT_MS);
    DEFAULT(write_timeout_ms, LIMIT_WRITE_TIMEOUT_MS);
    DEFAULT(shutdown_ms, LIMIT_SHUTDOWN_MS);
#undef DEFAULT
    if (o->loops_max > 0 && o->loops > o->loops_max) {
        o->loops = o->loops_max;
    }
}

static enum status start_loops(struct http_server *s, struct sockaddr *address, struct err *err) {
    enum status status = STATUS_OK;
    size_t made = 0;
    while (made < s->options.loops && status == STATUS_OK) {
        status = loop_init(&s->loops[made], s, made, address, err);
        if (status == STATUS_OK && made++ == 0) {
            s->port = bound_port(s->loops[0].listen_fd);
            set_port(address, htons((uint16_t)s->port));
        }
    }
    size_t run = 0;
    while (status == STATUS_OK && run < made) {
        if (uv_thread_create(&s->loops[run].thread, loop_run, &s->loops[run]) != 0) {
            status = err_set(err, STATUS_NO_MEMORY, "cannot start a thread for the server");
        } else {
            run++;
        }
    }
    s->n_loops = run;
    for (size_t i = run; status != STATUS_OK && i < made; i++) {
        loop_discard(&s->loops[i]);
    }
    return status;
}

enum status http_server_start(const struct http_server_options *options,
                              struct http_server **ret_server, struct err *err) {
    check(options->handler != NULL);
    struct http_server *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return err_set(err, STATUS_NO_MEMORY, "no memory for a server");
    }
    s->options = *options;
    set_defaults(&s->options);
    struct sockaddr_storage address = { 0 };
    enum status status = read_address(s->options.address, s->options.port, &address, err);
    if (status == STATUS_OK && s->options.port != 0) {
        status = check_port_is_free((struct sockaddr *)&address, err);
    }
    if (status == STATUS_OK) {
        s->loops = calloc(s->options.loops, sizeof *s->loops);
        status = s->loops ? start_loops(s, (struct sockaddr *)&address, err)
                          : err_set(err, STATUS_NO_MEMORY, "no memory for the server's loops");
    }
    if (status != STATUS_OK) {
        err_prefix(err, "%s:%d", s->options.address, s->options.port);
        http_server_stop(s);
        http_server_join(s);
        return status;
    }
    *ret_server = s;
    return STATUS_OK;
}

int http_server_port(const struct http_server *s) {
    return s->port;
}

size_t http_server_connections_max(const struct http_server *s) {
    return s->options.connections_max;
}

size_t http_server_loops(const struct http_server *s) {
    return s->n_loops;
}

void http_server_stop(struct http_server *s) {
    /* A loop may see the flag at once and end: all are held before it is set. */
    for (size_t i = 0; i < s->n_loops; i++) {
        loop_hold(&s->loops[i]);
    }
    bool first = !atomic_exchange(&s->stop, true);
    for (size_t i = 0; i < s->n_loops; i++) {
        if (first) { /* later, it may have ended already */
            loop_send(&s->loops[i]);
        }
        loop_release(&s->loops[i]);
    }
}

void http_server_join(struct http_server *s) {
    if (s != NULL) {
        for (size_t i = 0; i < s->n_loops; i++) {
            uv_thread_join(&s->loops[i].thread);
        }
        free(s->loops);
        free(s);
    }
}
