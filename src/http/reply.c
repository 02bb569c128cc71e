/* Writing answers. The head is put together around the handler's own fields; with the parts of the
 * body it makes one list for sendmsg. The kernel's price for a vector is that of copying about 1
 * KiB, and beyond eight it allocates: so small parts that follow one another are copied together.
 * (A story's page of 16 vectors: 10.85 µs to send, of 8: 10.5, of 2: 10.2.) What the socket takes
 * is gone; what it does not take is copied to the connection's output, so that the handler's memory
 * is free when http_reply returns.
 *
 * A file goes in windows. What of it is in the page cache, nearly always all, the loop sends
 * itself: by sendfile, or through that same output where TLS must see the bytes. (A whole exchange
 * of 64 KiB takes 33 µs so, of 1 MiB 215 µs; read by another thread and sent, as at first, 73 and
 * 898. A bare loop that reads into a buffer and sends that took 1.7 times what it took with
 * sendfile.) What is not in the page
 * cache would stop the loop, so a thread of libuv's pool reads it. Whether a window is there is
 * asked by reading its two ends with RWF_NOWAIT: if they are, and something between was thrown out,
 * the loop waits for one small read, which is the price of not asking page by page. (A sendfile by
 * that other thread would have it share the socket with the loop, and each picture wait for two
 * threads.) */
#include "http/conn.h"
#include "http/h2.h"
#include "http/response.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum {
    FILE_PIECE_BYTES = 128 * KIB,
    FILE_PIECES_AT_ONCE = 4, /* then it is the other connections' turn */
    IOV_AT_ONCE = 128,
    SMALL_BYTES = 1 * KIB, /* a part up to this is copied */
    SPACE_BYTES = 4 * KIB, /* all of them */
    LINE_MAX_BYTES = LOOP_COMMON_MAX_BYTES + 64
};

bool conn_account(struct conn *c, ptrdiff_t bytes) {
    atomic_size_t *unsent = &c->loop->server->unsent_bytes;
    size_t before = atomic_fetch_add_explicit(unsent, (size_t)bytes, memory_order_relaxed);
    if (bytes > 0 && before + (size_t)bytes > LIMIT_UNSENT_BYTES) {
        atomic_fetch_sub_explicit(unsent, (size_t)bytes, memory_order_relaxed);
        return false;
    }
    return true;
}

void conn_drop_output(struct conn *c) {
    struct output *out = &c->out;
    if (out->cap > 0) {
        (void)conn_account(c, -(ptrdiff_t)out->cap);
        free(out->bytes);
    }
    if (out->file >= 0) {
        close(out->file);
    }
    free(out->read);
    *out = (struct output){ .file = -1 };
}

/* Make the output large enough for so many bytes more. False: no. */
static bool reserve(struct conn *c, size_t n) {
    struct output *out = &c->out;
    if (n <= out->cap - out->len) {
        return true;
    }
    size_t cap = out->len + n;
    if (!conn_account(c, (ptrdiff_t)(cap - out->cap))) {
        return false;
    }
    char *grown = realloc(out->bytes, cap);
    check(grown != NULL);
    out->bytes = grown;
    out->cap = cap;
    return true;
}

static void keep(struct conn *c, const struct iovec *iov, size_t n) {
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += iov[i].iov_len;
    }
    if (total == 0) {
        return;
    }
    if (c->out.at == c->out.len) {
        c->out.at = c->out.len = 0;
    }
    if (!reserve(c, total)) {
        conn_close(c);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (iov[i].iov_len > 0) {
            memcpy(c->out.bytes + c->out.len, iov[i].iov_base, iov[i].iov_len);
            c->out.len += iov[i].iov_len;
        }
    }
    loop_wait(c, WAIT_WRITE);
}

/* The bytes that the socket took; -1: the connection is broken, and closed now. */
static ssize_t send_some(struct conn *c, struct iovec *iov, size_t n, bool more) {
    for (;;) {
        ssize_t sent = conn_send(c, iov, n, more);
        if (sent >= 0) {
            return sent;
        }
        if (errno == EAGAIN) {
            return 0;
        }
        if (errno != EINTR) {
            conn_close(c);
            return -1;
        }
    }
}

void conn_write(struct conn *c, struct iovec *iov, size_t n, bool more) {
    ssize_t sent = 0;
    if (c->phase == PHASE_CLOSED) {
        return;
    }
    do { /* TLS takes a record at a time */
        if (c->out.at == c->out.len) {
            sent = send_some(c, iov, n, more);
        }
        bool took = sent > 0;
        for (; n > 0 && sent >= (ssize_t)iov->iov_len; iov++, n--) {
            sent -= (ssize_t)iov->iov_len;
        }
        if (n > 0 && sent > 0) {
            iov->iov_base = (char *)iov->iov_base + sent;
            iov->iov_len -= (size_t)sent;
            sent = 0;
        }
        if (c->tls == NULL || !took) {
            break;
        }
    } while (n > 0);
    if (n > 0 && sent >= 0) {
        keep(c, iov, n);
    }
}

/* Whether so much of the file can be had without waiting for a disk. */
static bool is_at_hand(int file, uint64_t at, size_t len) {
    char byte;
    struct iovec one = { &byte, 1 };
    return preadv2(file, &one, 1, (off_t)at, RWF_NOWAIT) == 1 &&
           preadv2(file, &one, 1, (off_t)(at + len - 1), RWF_NOWAIT) == 1;
}

static void count_file(struct conn *c, size_t n) {
    c->out.file_at += n;
    c->out.file_left -= n;
    loop_wait(c, WAIT_WRITE);
}

/* What became of an attempt to send more of the file. */
enum filed { FILED, FILED_BLOCKED, FILED_ELSEWHERE };

static enum filed send_file(struct conn *c, size_t want) {
    off_t at = (off_t)c->out.file_at;
    ssize_t n = sendfile(c->fd, c->out.file, &at, want);
    if (n > 0) {
        count_file(c, (size_t)n);
        return FILED;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? FILED_BLOCKED : FILED_ELSEWHERE;
}

static enum filed load_file(struct conn *c, size_t want) {
    struct output *out = &c->out;
    out->at = out->len = 0;
    if (!reserve(c, want)) {
        conn_close(c);
        return FILED_BLOCKED;
    }
    struct iovec into = { out->bytes, want };
    ssize_t n = preadv2(out->file, &into, 1, (off_t)out->file_at, RWF_NOWAIT);
    if (n <= 0) {
        return FILED_ELSEWHERE;
    }
    out->len = (size_t)n;
    count_file(c, (size_t)n);
    return FILED;
}

static void read_file(struct conn *c, size_t want);

/* The output is empty. False: it goes on when the socket takes more, or the disk has given it. */
static bool refill(struct conn *c) {
    struct output *out = &c->out;
    size_t want = out->file_left < FILE_PIECE_BYTES ? (size_t)out->file_left : FILE_PIECE_BYTES;
    enum filed filed = c->tls != NULL                              ? load_file(c, want)
                       : is_at_hand(out->file, out->file_at, want) ? send_file(c, want)
                                                                   : FILED_ELSEWHERE;
    if (filed == FILED_ELSEWHERE) {
        read_file(c, want); /* this says what is wrong with it, too */
    }
    return filed == FILED;
}

void conn_flush(struct conn *c) {
    struct output *out = &c->out;
    int pieces = 0;
    while (c->phase != PHASE_CLOSED && !out->reading) {
        if (out->at < out->len) {
            struct iovec iov = { out->bytes + out->at, out->len - out->at };
            ssize_t sent = send_some(c, &iov, 1, out->file_left > 0);
            if (sent <= 0) {
                return;
            }
            out->at += (size_t)sent;
            loop_wait(c, WAIT_WRITE);
        } else if (out->file_left == 0 || pieces++ == FILE_PIECES_AT_ONCE || !refill(c)) {
            return;
        }
    }
}

static void on_file_read(uv_fs_t *read) {
    struct conn *c = read->data;
    struct output *out = &c->out;
    ssize_t n = read->result;
    loop_wake(c->loop);
    uv_fs_req_cleanup(read);
    out->reading = false;
    if (c->phase != PHASE_CLOSED) {
        if (n <= 0) {
            conn_close(c); /* the length is promised already */
        } else {
            out->at = 0;
            out->len = (size_t)n;
            out->file_at += (uint64_t)n;
            out->file_left -= (uint64_t)n;
            loop_wait(c, WAIT_WRITE);
            conn_flush(c);
            conn_run(c);
        }
    }
    conn_unref(c);
}

/* Have the pool fill the empty output. */
static void read_file(struct conn *c, size_t want) {
    struct output *out = &c->out;
    out->at = out->len = 0;
    if (!reserve(c, want)) {
        conn_close(c);
        return;
    }
    uv_buf_t into = uv_buf_init(out->bytes, (unsigned)want);
    out->read->data = c;
    out->reading = true;
    c->refs++;
    loop_wait(c, WAIT_ANSWER); /* the disk is not the client's fault */
    check(uv_fs_read(&c->loop->uv, out->read, out->file, &into, 1, (int64_t)out->file_at,
                     on_file_read) == 0);
}

static char *put(char *at, struct str s) {
    memcpy(at, s.ptr, s.len);
    return at + s.len;
}

static char *put_number(char *at, uint64_t n) {
    char digits[20];
    size_t i = sizeof digits;
    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return put(at, str_make(digits + i, sizeof digits - i));
}

/* A message on its way to one sendmsg. */
struct message {
    size_t n, used;
    struct iovec iov[IOV_AT_ONCE];
    char space[SPACE_BYTES];
};

/* So that a message's own lines and its head, copied if it is small, always have room. */
_Static_assert(SPACE_BYTES >= SMALL_BYTES + 3 * LINE_MAX_BYTES, "");

/* Add a copy of it, one with the small part before it. There must be room. */
static void message_copy(struct message *m, struct str part) {
    char *space = m->space + m->used;
    check(part.len <= sizeof m->space - m->used);
    put(space, part);
    m->used += part.len;
    if (m->n > 0 && (char *)m->iov[m->n - 1].iov_base + m->iov[m->n - 1].iov_len == space) {
        m->iov[m->n - 1].iov_len += part.len;
    } else {
        m->iov[m->n++] = (struct iovec){ space, part.len };
    }
}

/* Add a part, in the message's own space if it is small. There is always room for one more vector.
 */
static void message_put(struct message *m, struct str part) {
    if (part.len > SMALL_BYTES || part.len > sizeof m->space - m->used) {
        m->iov[m->n++] = (struct iovec){ (void *)(uintptr_t)part.ptr, part.len };
    } else if (part.len > 0) {
        message_copy(m, part);
    }
}

/* The status line, Date and what else every answer has. */
static void put_front(struct message *m, const struct loop *l, int status) {
    check(status >= 200 && status <= 599);
    if (LIKELY(status == 200)) {
        message_put(m, l->ok);
        return;
    }
    char line[LINE_MAX_BYTES];
    char *at = put(line, STR("HTTP/1.1 "));
    at = put_number(at, (uint64_t)status);
    *at++ = ' ';
    at = put(at, http_reason(status));
    at = put(at, STR("\r\n"));
    message_copy(m, str_make(line, (size_t)(at - line)));
    message_put(m, l->common);
}

/* Content-Length and Connection, and the empty line. */
static void put_back(struct message *m, const struct conn *c, int status, uint64_t body_len) {
    char line[LINE_MAX_BYTES];
    char *at = line;
    if (status != 204 && status != 304) {
        at = put(at, STR("Content-Length: "));
        at = put_number(at, body_len);
        at = put(at, STR("\r\n"));
    }
    if (!c->keep_alive) {
        at = put(at, STR("Connection: close\r\n"));
    } else if (c->ex.minor == 0) {
        at = put(at, STR("Connection: keep-alive\r\n"));
    }
    at = put(at, STR("\r\n"));
    message_copy(m, str_make(line, (size_t)(at - line)));
}

static void message_begin(struct message *m, const struct conn *c, int status, struct str head,
                          uint64_t body_len) {
    m->n = m->used = 0;
    put_front(m, c->loop, status);
    message_put(m, head);
    put_back(m, c, status, body_len);
}

/* False: the answer goes nowhere. */
static bool begin_answer(struct conn *c, bool close) {
    check(!c->ex.answered && !c->ex.deferred);
    c->ex.answered = true;
    c->linger = c->linger || (close && c->keep_alive); /* the client may be sending on */
    c->keep_alive = c->keep_alive && !close && !c->loop->stopping;
    return c->phase != PHASE_CLOSED;
}

void http_reply(struct http_exchange *ex, const struct http_response *response) {
    struct conn *c = ex->conn;
    if (ex->stream != NULL) {
        h2_reply(ex->stream, response);
        return;
    }
    if (!begin_answer(c, response->close)) {
        return;
    }
    bool no_body = ex->no_body || response->status == 204 || response->status == 304;
    size_t parts = no_body ? 0 : response->n_parts, done = 0;
    uint64_t body_len = 0;
    struct message m;
    message_begin(&m, c, response->status, response->head, response->body_len);
    do {
        for (; m.n < IOV_AT_ONCE && done < parts; done++) {
            const struct iovec *part = &response->parts[done];
            message_put(&m, str_make(part->iov_base, part->iov_len));
            body_len += part->iov_len;
        }
        conn_write(c, m.iov, m.n, done < parts);
        m.n = m.used = 0;
    } while (done < parts);
    check(no_body || body_len == response->body_len);
}

void http_reply_file(struct http_exchange *ex, int status, struct str head, int fd, uint64_t offset,
                     uint64_t len) {
    struct conn *c = ex->conn;
    check(status != 204 && status != 304);
    if (ex->stream != NULL) {
        h2_reply_file(ex->stream, status, head, fd, offset, len);
        return;
    }
    if (!begin_answer(c, false) || ex->no_body || len == 0) {
        close(fd);
        fd = -1;
        len = ex->no_body ? len : 0;
    }
    struct message m;
    message_begin(&m, c, status, head, len);
    conn_write(c, m.iov, m.n, fd >= 0);
    if (fd < 0) {
        return;
    }
    c->out.file = fd;
    c->out.file_at = offset;
    c->out.file_left = len;
    c->out.read = malloc(sizeof *c->out.read);
    check(c->out.read != NULL);
    if (c->phase != PHASE_CLOSED) {
        loop_wait(c, WAIT_WRITE); /* even if the socket takes nothing of it yet */
    }
    conn_flush(c);
}

void http_reply_plain(struct http_exchange *ex, int status) {
    char text[LINE_MAX_BYTES];
    char *at = put_number(text, (uint64_t)status);
    *at++ = ' ';
    at = put(at, http_reason(status));
    *at++ = '\n';
    struct iovec part = { text, (size_t)(at - text) };
    http_reply(ex, &(struct http_response){
                       .status = status,
                       .head = STR("Content-Type: text/plain; charset=utf-8\r\n"
                                   "Cache-Control: no-store\r\n"),
                       .parts = &part,
                       .n_parts = 1,
                       .body_len = part.iov_len,
                   });
}
