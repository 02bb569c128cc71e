/* A connection's bytes, in clear or through TLS.
 *
 * OpenSSL reaches the socket through functions of ours (a BIO), which know whether more records
 * follow at once: the kernel then puts them together. Without that each record of 16 KiB makes its
 * own way through TCP, which costs more than to encrypt it.
 *
 * OpenSSL keeps its errors in a queue of the thread, and takes whatever it finds there for the
 * present connection's: each call here leaves it empty. */
#include "http/conn.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <pthread.h>
#include <sys/socket.h>

enum { TLS_RECORD_BYTES = 16 * KIB };

/* ---- OpenSSL's way to the socket ---- */

static int on_write(BIO *bio, const char *bytes, int len) {
    const struct conn *c = BIO_get_data(bio);
    ssize_t n = send(c->fd, bytes, (size_t)len, MSG_NOSIGNAL | (c->tls_more ? MSG_MORE : 0));
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_write(bio);
    }
    return (int)n;
}

static int on_read(BIO *bio, char *bytes, int cap) {
    const struct conn *c = BIO_get_data(bio);
    ssize_t n = recv(c->fd, bytes, (size_t)cap, 0);
    BIO_clear_retry_flags(bio);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_read(bio);
    } else if (n == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    }
    return (int)n;
}

static long on_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default: return 0;
    }
}

static BIO_METHOD *bio_method;
static pthread_once_t bio_method_once = PTHREAD_ONCE_INIT;

static void make_bio_method(void) {
    bio_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "connection");
    check(bio_method != NULL && BIO_meth_set_write(bio_method, on_write) == 1 &&
          BIO_meth_set_read(bio_method, on_read) == 1 &&
          BIO_meth_set_ctrl(bio_method, on_control) == 1);
}

void conn_begin_tls(struct conn *c) {
    pthread_once(&bio_method_once, make_bio_method);
    BIO *bio = BIO_new(bio_method);
    check(bio != NULL);
    BIO_set_data(bio, c);
    BIO_set_init(bio, 1);
    SSL_set_bio(c->tls, bio, bio);
}

/* ---- bytes ---- */

bool conn_has_pending(const struct conn *c) {
    return c->tls != NULL && SSL_has_pending(c->tls);
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
static ssize_t tls_send(struct conn *c, const struct iovec *iov, size_t n, size_t total,
                        bool more) {
    char record[TLS_RECORD_BYTES];
    const void *bytes = iov[0].iov_base;
    size_t len = iov[0].iov_len, sent;
    if (len < TLS_RECORD_BYTES && n > 1) {
        len = gather(iov, n, record);
        bytes = record;
    }
    len = len < TLS_RECORD_BYTES ? len : TLS_RECORD_BYTES;
    c->tls_more = more || len < total;
    int result = SSL_write_ex(c->tls, bytes, len, &sent);
    c->tls_more = false;
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
    return total > 0 ? tls_send(c, iov, n, total, more) : 0;
}
