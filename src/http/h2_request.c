/* Requests, from nghttp2's callbacks. It has checked by then what RFC 9113 asks of a message
 * (8.1.1, 8.2, 8.3): lower-case names, no connection-specific fields, each pseudo field once, first
 * and of a request, one Host, and as many bytes of body as Content-Length says. What it would pass
 * over, a value with characters that may not be in it, is an error to us, too. */
#include "http/h2_private.h"

#include <stdlib.h>

enum {
    BODY_PACE_BYTES = 64 * KIB, /* so many per body timeout, at least */
    SPARE_STREAMS_MAX = 128,    /* kept by a loop for new ones, with their arena */
    SPARE_ARENA_BYTES = 16 * KIB,
};

static struct h2_stream *stream_new(struct h2 *h2, int32_t id) {
    struct loop *l = h2->c->loop;
    struct h2_stream *s = LIST_FIRST(&l->free_streams);
    if (s != NULL) {
        struct arena arena = s->ex.arena;
        LIST_REMOVE(s, all);
        l->n_free_streams--;
        *s = (struct h2_stream){ .ex = { .arena = arena } };
    } else {
        s = calloc(1, sizeof *s);
        check(s != NULL);
    }
    s->ex.conn = h2->c;
    s->ex.stream = s;
    s->ex.minor = 1;
    s->h2 = h2;
    s->id = id;
    s->req.minor = 1;
    s->req.keep_alive = true;
    s->req.host = STR("");
    s->rest.file = -1;
    s->body_mark_bytes = BODY_PACE_BYTES;
    LIST_INSERT_HEAD(&h2->streams, s, all);
    h2->n_streams++;
    return s;
}

static void hold_body(struct h2_stream *s, ptrdiff_t bytes) {
    s->h2->bodies_held_bytes += (size_t)bytes;
}

void h2_stream_free(struct h2_stream *s) {
    struct loop *l = s->h2->c->loop;
    LIST_REMOVE(s, all);
    s->h2->n_streams--;
    h2_answer_drop(s);
    (void)conn_account(s->h2->c, -(ptrdiff_t)s->body.len);
    hold_body(s, -(ptrdiff_t)s->body.len);
    buf_done(&s->body);
    if (l->n_free_streams == SPARE_STREAMS_MAX || s->ex.arena.used_bytes > SPARE_ARENA_BYTES) {
        arena_done(&s->ex.arena);
        free(s);
        return;
    }
    arena_reset(&s->ex.arena);
    LIST_INSERT_HEAD(&l->free_streams, s, all);
    l->n_free_streams++;
}

void h2_free_spares(struct loop *l) {
    struct h2_stream *s;
    while ((s = LIST_FIRST(&l->free_streams)) != NULL) {
        LIST_REMOVE(s, all);
        arena_done(&s->ex.arena);
        free(s);
    }
}

void h2_ready(struct h2_stream *s, int refused) {
    if (!s->whole) {
        s->whole = true;
        s->is_ready = true;
        s->refused = refused;
        TAILQ_INSERT_TAIL(&s->h2->ready, s, in_ready);
    }
}

/* ---- the head ---- */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    struct h2 *h2 = user;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0;
    }
    /* Streams that the client gave up do not count for nghttp2; their handlers do for us. */
    if (h2->n_streams >= 2 * LIMIT_H2_STREAMS) {
        check(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                        NGHTTP2_REFUSED_STREAM) != NGHTTP2_ERR_NOMEM);
        return 0;
    }
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id,
                                         stream_new(h2, frame->hd.stream_id));
    return 0;
}

/* Refuse it, once its head is at its end. */
static void refuse(struct h2_stream *s, int status) {
    s->refused = s->refused ? s->refused : status;
}

static void take_pseudo(struct h2_stream *s, struct str name, struct str value) {
    if (str_eq(name, STR(":method"))) {
        if (!http_method_find(value, &s->req.method)) {
            refuse(s, 501);
        }
    } else if (str_eq(name, STR(":path"))) {
        s->req.target = value;
    } else if (str_eq(name, STR(":authority"))) {
        s->req.host = value;
    } else if (str_eq(name, STR(":scheme")) && !str_eq(value, STR("https")) &&
               !str_eq(value, STR("http"))) {
        refuse(s, 400);
    }
}

static void take_field(struct h2_stream *s, struct http_field f) {
    if (str_eq(f.name, STR("cookie"))) {
        *vec_push(&s->ex.arena, &s->cookies) = f.value;
        return;
    }
    if (s->fields.len == LIMIT_REQUEST_HEADERS - 1) { /* the last is kept for all cookies */
        refuse(s, 431);
        return;
    }
    *vec_push(&s->ex.arena, &s->fields) = f;
    if (str_eq(f.name, STR("host"))) {
        if (s->req.host.len > 0 && !str_eq_nocase(s->req.host, f.value)) {
            refuse(s, 400); /* whom does it ask? (RFC 9113, 8.3.1) */
        }
        s->req.host = f.value;
    } else if (str_eq(f.name, STR("expect"))) {
        s->req.expects_continue = str_eq_nocase(f.value, STR("100-continue"));
        if (!s->req.expects_continue) {
            refuse(s, 417);
        }
    }
}

/* Cookies may come in pieces, for the sake of compression (RFC 9113, 8.2.3). */
static void join_cookies(struct h2_stream *s) {
    struct buf joined;
    buf_init(&joined, LIMIT_REQUEST_HEADER_BYTES);
    for (size_t i = 0; i < s->cookies.len; i++) {
        buf_put(&joined, i > 0 ? STR("; ") : STR(""));
        buf_put(&joined, s->cookies.ptr[i]);
    }
    if (s->cookies.len > 0) {
        *vec_push(&s->ex.arena, &s->fields) =
            (struct http_field){ STR("cookie"), arena_str(&s->ex.arena, buf_str(&joined)) };
    }
    buf_done(&joined);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user) {
    (void)flags, (void)user;
    struct h2_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (s == NULL || s->refused || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        return 0; /* trailers are not for us */
    }
    /* As RFC 9113, 6.5.2 reckons: what is small compressed may be large. */
    s->head_bytes += name_len + value_len + 32;
    if (s->head_bytes > LIMIT_REQUEST_HEADER_BYTES) {
        refuse(s, 431);
        return 0;
    }
    char *copy = arena_alloc(&s->ex.arena, name_len + 1 + value_len + 1);
    memcpy(copy, name, name_len);
    memcpy(copy + name_len + 1, value, value_len);
    struct http_field f = { str_make(copy, name_len), str_make(copy + name_len + 1, value_len) };
    if (name[0] == ':') {
        take_pseudo(s, f.name, f.value);
    } else {
        take_field(s, f);
    }
    return 0;
}

static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_len, const uint8_t *value,
                             size_t value_len, uint8_t flags, void *user) {
    (void)session, (void)frame, (void)name, (void)name_len;
    (void)value, (void)value_len, (void)flags, (void)user;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static void go_on(struct h2_stream *s) {
    static const char name[] = ":status", value[] = "100";
    nghttp2_nv status = { (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, sizeof name - 1,
                          sizeof value - 1, NGHTTP2_NV_FLAG_NONE };
    check(nghttp2_submit_headers(s->h2->session, NGHTTP2_FLAG_NONE, s->id, NULL, &status, 1,
                                 NULL) != NGHTTP2_ERR_NOMEM);
}

static void end_head(struct h2_stream *s, bool ends) {
    struct http_server_options *o = &s->ex.conn->loop->server->options;
    struct str target = s->req.target;
    /* A target with a host in it is for proxies, and has no place here. */
    bool is_path = str_starts(target, STR("/")) || str_eq(target, STR("*"));
    s->has_head = true;
    s->ex.no_body = s->req.method == HTTP_HEAD;
    if (target.len > LIMIT_REQUEST_LINE_BYTES) {
        refuse(s, 414);
    } else if (!is_path || !http_is_authority(s->req.host) || !http_read_target(&s->req)) {
        refuse(s, 400);
    }
    if (s->refused) {
        h2_ready(s, s->refused);
        return;
    }
    join_cookies(s);
    s->req.fields = s->fields.ptr;
    s->req.n_fields = s->fields.len;
    if (!ends) {
        buf_init(&s->body, o->body_max ? o->body_max(o->ctx, &s->req) : LIMIT_REQUEST_BODY_BYTES);
        if (s->req.expects_continue) {
            go_on(s);
        }
    }
}

/* ---- the body ---- */

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *user) {
    (void)flags;
    struct h2 *h2 = user;
    struct h2_stream *s = nghttp2_session_get_stream_user_data(session, id);
    h2_earn(h2, len);
    if (s == NULL || s->whole) {
        return 0;
    }
    /* Many streams may send at a time. One may be as long as its route allows. */
    if (h2->bodies_held_bytes - s->body.len > LIMIT_H2_HELD_BYTES) {
        h2_ready(s, 503);
        return 0;
    }
    size_t before = s->body.len;
    buf_put(&s->body, str_make((const char *)data, len));
    if (s->body.status != STATUS_OK) {
        h2_ready(s, 413);
    } else if (!conn_account(s->ex.conn, (ptrdiff_t)len)) {
        buf_truncate(&s->body, before);
        h2_ready(s, 503);
    } else {
        hold_body(s, (ptrdiff_t)len);
        if (s->body.len >= s->body_mark_bytes) {
            s->body_mark_bytes = s->body.len + BODY_PACE_BYTES;
            h2->progress = true;
        }
    }
    return 0;
}

/* ---- frames ---- */

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *user) {
    (void)session;
    bool asks = hd->type == NGHTTP2_HEADERS ||
                (hd->type == NGHTTP2_DATA && (hd->flags & NGHTTP2_FLAG_END_STREAM));
    if (!asks) {
        h2_charge(user);
    }
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    (void)user;
    struct h2_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (s == NULL || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) {
        return 0;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        end_head(s, ends);
    }
    if (ends) {
        h2_ready(s, 0);
    }
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t code, void *user) {
    (void)code;
    struct h2 *h2 = user;
    struct h2_stream *s = nghttp2_session_get_stream_user_data(session, id);
    if (s == NULL) {
        return 0;
    }
    if (s->whole && !s->is_ready) {
        s->gone = true; /* somebody may come back to it */
        return 0;
    }
    if (s->is_ready) {
        TAILQ_REMOVE(&h2->ready, s, in_ready);
    }
    h2_stream_free(s);
    return 0;
}

void h2_request_callbacks(nghttp2_session_callbacks *callbacks) {
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}
