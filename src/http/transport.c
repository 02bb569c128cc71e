/* A connection's bytes, in clear or through TLS. SIGPIPE is the program's to ignore: OpenSSL writes
 * with write(2).
 *
 * OpenSSL keeps its errors in a queue of the thread, and takes whatever it finds there for the
 * present connection's: each call here leaves it empty. */
#include "http/conn.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>

enum { TLS_RECORD_BYTES = 16 * KIB };

bool conn_has_pending(const struct conn *c) {
    return c->tls != NULL && SSL_pending(c->tls) > 0;
}

bool conn_shakes_hands(const struct conn *c) {
    return c->tls != NULL && !SSL_is_init_finished(c->tls);
}

void conn_say_end(struct conn *c) {
    if (c->tls != NULL) {
        (void)SSL_shutdown(c->tls);
        ERR_clear_error();
    }
}

/* As recv and send have it: -1 with errno, 0 at the end. */
static ssize_t tls_outcome(struct conn *c, int result) {
    switch (SSL_get_error(c->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default:
        ERR_clear_error();
        errno = ECONNABORTED;
        return -1;
    }
}

ssize_t conn_recv(struct conn *c, void *bytes, size_t cap) {
    if (c->tls == NULL) {
        return recv(c->fd, bytes, cap, 0);
    }
    size_t n;
    int result = SSL_read_ex(c->tls, bytes, cap, &n);
    c->tls_wants_write = result != 1 && SSL_want_write(c->tls);
    return result == 1 ? (ssize_t)n : tls_outcome(c, result);
}

/* As many of the pieces as fill one record. */
static size_t gather(const struct iovec *iov, size_t n, char *record) {
    size_t len = 0;
    for (size_t i = 0; i < n && len < TLS_RECORD_BYTES; i++) {
        size_t room = TLS_RECORD_BYTES - len;
        size_t take = iov[i].iov_len < room ? iov[i].iov_len : room;
        memcpy(record + len, iov[i].iov_base, take);
        len += take;
    }
    return len;
}

/* One record at a time. What is offered again after EAGAIN begins with the same bytes and is at
 * least as long, as OpenSSL requires: all of it is kept meanwhile. */
static ssize_t tls_send(struct conn *c, const struct iovec *iov, size_t n) {
    char record[TLS_RECORD_BYTES];
    const void *bytes = iov[0].iov_base;
    size_t len = iov[0].iov_len, sent;
    if (len < TLS_RECORD_BYTES && n > 1) {
        len = gather(iov, n, record);
        bytes = record;
    }
    if (len == 0) {
        return 0;
    }
    len = len < TLS_RECORD_BYTES ? len : TLS_RECORD_BYTES;
    int result = SSL_write_ex(c->tls, bytes, len, &sent);
    if (result == 1) {
        return (ssize_t)sent;
    }
    ssize_t outcome = tls_outcome(c, result);
    if (outcome == 0) {
        errno = EPIPE;
        return -1;
    }
    return outcome;
}

ssize_t conn_send(struct conn *c, struct iovec *iov, size_t n, bool more) {
    if (c->tls == NULL) {
        struct msghdr message = { .msg_iov = iov, .msg_iovlen = n };
        return sendmsg(c->fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    }
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += iov[i].iov_len;
    }
    return total > 0 ? tls_send(c, iov, n) : 0;
}
