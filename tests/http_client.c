#include "tests/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void client_open(struct client *c, int port, int rcvbuf_bytes) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct timeval limit = { .tv_sec = 60 };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    buf_init(&c->in, 64 * MIB);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(c->fd >= 0);
    check(setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    if (rcvbuf_bytes > 0) {
        check(setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf_bytes, sizeof rcvbuf_bytes) == 0);
    }
    if (connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(c->fd);
        c->fd = -1;
    }
}

void client_close(struct client *c) {
    if (c->fd >= 0) {
        close(c->fd);
        c->fd = -1;
    }
    buf_done(&c->in);
}

void client_send(struct client *c, struct str bytes) {
    while (bytes.len > 0) {
        ssize_t n = send(c->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0) {
            return; /* the server has closed: what it said before is what the test looks at */
        }
        bytes = str_from(bytes, (size_t)n);
    }
}

void client_get(struct client *c, const char *path) {
    struct buf b;
    buf_init(&b, 64 * KIB);
    buf_printf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    client_send(c, buf_str(&b));
    buf_done(&b);
}

static bool receive_more(struct client *c) {
    char *at = buf_reserve(&c->in, 64 * KIB);
    check(at != NULL);
    ssize_t n = recv(c->fd, at, 64 * KIB, 0);
    if (n > 0) {
        c->in.len += (size_t)n;
    }
    return n > 0;
}

static void drop_front(struct buf *b, size_t n) {
    memmove(b->ptr, b->ptr + n, b->len - n);
    buf_truncate(b, b->len - n);
}

struct str answer_field(const struct client_answer *a, const char *name) {
    struct str rest = a->head, line;
    while (str_split(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        if (colon != STR_NPOS && str_eq_nocase(str_slice(line, 0, colon), str_of(name))) {
            return str_trim(str_from(line, colon + 1));
        }
    }
    return (struct str){ 0 };
}

struct client_answer client_read(struct client *c, bool no_body) {
    struct client_answer a = { 0 };
    buf_init(&a.bytes, 64 * MIB);
    size_t end;
    while ((end = str_find(buf_str(&c->in), STR("\r\n\r\n"), 0)) == STR_NPOS) {
        if (!receive_more(c)) {
            return a;
        }
    }
    size_t head_len = end + 4;
    a.head = str_slice(buf_str(&c->in), 0, head_len);
    int64_t status = 0, length = 0;
    struct str field = answer_field(&a, "content-length");
    if (!str_starts(a.head, STR("HTTP/1.1 ")) || !str_to_i64(str_slice(a.head, 9, 12), &status) ||
        (field.ptr != NULL && !str_to_i64(field, &length))) {
        return a;
    }
    length = no_body || status == 304 ? 0 : length;
    while (c->in.len - head_len < (size_t)length) {
        if (!receive_more(c)) {
            return a;
        }
    }
    buf_put(&a.bytes, str_slice(buf_str(&c->in), 0, head_len + (size_t)length));
    drop_front(&c->in, a.bytes.len);
    a.status = (int)status;
    a.head = str_slice(buf_str(&a.bytes), 0, head_len);
    a.body = str_from(buf_str(&a.bytes), head_len);
    return a;
}

void answer_done(struct client_answer *a) {
    buf_done(&a->bytes);
    *a = (struct client_answer){ 0 };
}

bool client_at_end(struct client *c) {
    char byte;
    ssize_t n;
    if (c->in.len > 0) {
        return false;
    }
    n = recv(c->fd, &byte, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}
