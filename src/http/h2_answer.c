/* Answers, cut into frames. What a handler lends is cut before http_reply returns, as far as flow
 * control and the socket allow; the rest is copied to the stream, so that a slow client never keeps
 * a fragment. A file is read by libuv's thread pool, a piece at a time, whenever the last piece has
 * gone. */
#include "http/h2_private.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    FILE_PIECE_BYTES = 64 * KIB,
    FRAME_HEAD_BYTES = 9,
    FIELDS_MAX = 64, /* of an answer; the handlers have about a dozen */
};

/* ---- sending ---- */

void h2_flush(struct h2 *h2) {
    struct buf *batch = &h2->c->loop->batch;
    struct iovec iov = { batch->ptr, batch->len };
    if (batch->len > 0) {
        conn_write(h2->c, &iov, 1, false);
        buf_truncate(batch, 0);
    }
}

void h2_pump(struct h2 *h2) {
    struct conn *c = h2->c;
    while (c->phase == PHASE_H2 && !conn_has_output(c)) {
        const uint8_t *frame;
        ssize_t n = nghttp2_session_mem_send(h2->session, &frame);
        if (n < 0) {
            conn_close(c);
            return;
        }
        buf_put(&c->loop->batch, str_make((const char *)frame, (size_t)n));
        if (c->loop->batch.len >= LIMIT_H2_BATCH_BYTES) {
            h2_flush(h2);
        } else if (n == 0) {
            return;
        }
    }
}

/* ---- bodies ---- */

/* Count what is held for the client. False: it would be too much of the whole server. */
static bool hold(struct h2_stream *s, size_t bytes) {
    if (!conn_account(s->ex.conn, (ptrdiff_t)bytes)) {
        return false;
    }
    s->h2->answers_held_bytes += bytes;
    s->rest.bytes = malloc(bytes);
    check(s->rest.bytes != NULL);
    s->rest.cap = bytes;
    return true;
}

void h2_answer_drop(struct h2_stream *s) {
    struct output *rest = &s->rest;
    (void)conn_account(s->ex.conn, -(ptrdiff_t)rest->cap);
    s->h2->answers_held_bytes -= rest->cap;
    free(rest->bytes);
    free(rest->read);
    if (rest->file >= 0) {
        close(rest->file);
    }
    *rest = (struct output){ .file = -1 };
}

static void on_file_read(uv_fs_t *read) {
    struct h2_stream *s = read->data;
    struct conn *c = s->ex.conn;
    struct output *rest = &s->rest;
    ssize_t n = read->result;
    loop_wake(c->loop);
    uv_fs_req_cleanup(read);
    rest->reading = false;
    if (!h2_is_gone(s) && n > 0) {
        rest->at = 0;
        rest->len = (size_t)n;
        rest->file_at += (uint64_t)n;
        rest->file_left -= (uint64_t)n;
        check(nghttp2_session_resume_data(s->h2->session, s->id) != NGHTTP2_ERR_NOMEM);
    } else if (!h2_is_gone(s)) {
        h2_reset(s, NGHTTP2_INTERNAL_ERROR); /* shorter than was promised: it must be seen */
    }
    conn_run(c);
    conn_unref(c);
}

/* Refill the empty rest. */
static void read_file(struct h2_stream *s) {
    struct output *rest = &s->rest;
    size_t want = rest->file_left < rest->cap ? (size_t)rest->file_left : rest->cap;
    uv_buf_t into = uv_buf_init(rest->bytes, (unsigned)want);
    rest->read->data = s;
    rest->reading = true;
    s->ex.conn->refs++;
    check(uv_fs_read(&s->ex.conn->loop->uv, rest->read, rest->file, &into, 1,
                     (int64_t)rest->file_at, on_file_read) == 0);
}

/* How many bytes of the body are at hand. What is lent is all that is left. */
static size_t at_hand(const struct h2_stream *s) {
    return s->n_parts > 0 ? (size_t)s->left : s->rest.len - s->rest.at;
}

/* Move so many of them. */
static void take(struct h2_stream *s, char *to, size_t n) {
    s->left -= n;
    if (s->n_parts == 0) {
        memcpy(to, s->rest.bytes + s->rest.at, n);
        s->rest.at += n;
        return;
    }
    while (n > 0) {
        size_t len = s->parts->iov_len - s->part_at;
        len = len < n ? len : n;
        memcpy(to, (const char *)s->parts->iov_base + s->part_at, len);
        to += len;
        n -= len;
        s->part_at += len;
        if (s->part_at == s->parts->iov_len) {
            s->parts++;
            s->n_parts--;
            s->part_at = 0;
        }
    }
}

/* How much of the body the next DATA frame has. */
static ssize_t on_body(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
                       uint32_t *flags, nghttp2_data_source *source, void *user) {
    (void)session, (void)id, (void)to, (void)user;
    struct h2_stream *s = source->ptr;
    size_t n = at_hand(s);
    if (n == 0 && s->rest.file < 0) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* there was no memory for the rest */
    }
    if (n == 0) {
        if (!s->rest.reading) {
            read_file(s);
        }
        return NGHTTP2_ERR_DEFERRED;
    }
    n = n < room ? n : room;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY | (n == s->left ? NGHTTP2_DATA_FLAG_EOF : 0);
    return (ssize_t)n;
}

/* That frame, straight into the batch. */
static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head,
                        size_t len, nghttp2_data_source *source, void *user) {
    (void)session, (void)frame; /* we pad nothing */
    struct h2 *h2 = user;
    struct h2_stream *s = source->ptr;
    struct buf *batch = &h2->c->loop->batch;
    if (batch->len >= LIMIT_H2_BATCH_BYTES) {
        return NGHTTP2_ERR_WOULDBLOCK; /* h2_pump sends it, and asks again */
    }
    if (at_hand(s) < len) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* dropped meanwhile */
    }
    buf_put(batch, str_make((const char *)head, FRAME_HEAD_BYTES));
    char *to = buf_reserve(batch, len);
    check(to != NULL);
    take(s, to, len);
    batch->len += len;
    h2->moved_bytes += len;
    h2_earn(h2, len);
    return 0;
}

void h2_answer_callbacks(nghttp2_session_callbacks *callbacks) {
    nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
}

/* ---- heads ---- */

static nghttp2_nv field(struct str name, struct str value) {
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name.ptr, (uint8_t *)(uintptr_t)value.ptr, name.len,
                         value.len, NGHTTP2_NV_FLAG_NONE };
}

static struct str put_number(char digits[20], uint64_t n) {
    size_t i = 20;
    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    return str_make(digits + i, 20 - i);
}

/* Add the lines "Name: value\r\n", as HTTP/1 writes them. nghttp2 copies them, in lower case. */
static size_t add_lines(struct str head, nghttp2_nv fields[FIELDS_MAX], size_t n) {
    const char *at = head.ptr, *end = at + head.len;
    while (at < end) {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        const char *colon = memchr(at, ':', (size_t)(end - at));
        check(stop != NULL && colon != NULL && colon + 1 < stop && colon[1] == ' ' &&
              end - stop >= 2 && stop[1] == '\n' && n < FIELDS_MAX);
        fields[n++] = field(str_make(at, (size_t)(colon - at)),
                            str_make(colon + 2, (size_t)(stop - (colon + 2))));
        at = stop + 2;
    }
    return n;
}

/* False: there is no body to send. */
static bool begin_answer(struct h2_stream *s, int status, struct str head, uint64_t body_len) {
    check(!s->ex.answered && !s->ex.deferred);
    s->ex.answered = true;
    if (h2_is_gone(s)) {
        return false;
    }
    nghttp2_nv fields[FIELDS_MAX];
    char status_digits[20], len_digits[20];
    bool bare = status == 204 || status == 304;
    size_t n = 0;
    fields[n++] = field(STR(":status"), put_number(status_digits, (uint64_t)status));
    n = add_lines(s->ex.conn->loop->common, fields, n);
    if (!bare) {
        fields[n++] = field(STR("content-length"), put_number(len_digits, body_len));
    }
    n = add_lines(head, fields, n);
    s->left = bare || s->ex.no_body ? 0 : body_len;
    nghttp2_data_provider body = { .source.ptr = s, .read_callback = on_body };
    check(nghttp2_submit_response(s->h2->session, s->id, fields, n, s->left > 0 ? &body : NULL) !=
          NGHTTP2_ERR_NOMEM);
    s->h2->progress = true;
    return s->left > 0;
}

/* ---- the exchange's answers ---- */

/* What is still lent is copied. */
static void keep_lent(struct h2_stream *s) {
    if (s->left > 0 && !h2_is_gone(s)) {
        size_t len = (size_t)s->left;
        if (hold(s, len)) {
            take(s, s->rest.bytes, len);
            s->rest.len = s->left = len;
        } else {
            h2_reset(s, NGHTTP2_ENHANCE_YOUR_CALM);
        }
    }
    s->n_parts = 0;
}

void h2_reply(struct h2_stream *s, const struct http_response *response) {
    if (!begin_answer(s, response->status, response->head, response->body_len)) {
        return;
    }
    s->parts = response->parts;
    s->n_parts = response->n_parts;
    s->part_at = 0;
    h2_pump(s->h2);
    keep_lent(s);
}

void h2_reply_file(struct h2_stream *s, int status, struct str head, int fd, uint64_t offset,
                   uint64_t len) {
    if (!begin_answer(s, status, head, len)) {
        close(fd);
        return;
    }
    if (!hold(s, len < FILE_PIECE_BYTES ? (size_t)len : FILE_PIECE_BYTES)) {
        close(fd);
        h2_reset(s, NGHTTP2_ENHANCE_YOUR_CALM);
        return;
    }
    s->rest.file = fd;
    s->rest.file_at = offset;
    s->rest.file_left = len;
    s->rest.read = malloc(sizeof *s->rest.read);
    check(s->rest.read != NULL);
}
