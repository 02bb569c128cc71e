/* nghttp2 knows the protocol; here its frames meet our exchanges.
 *
 * It must not be re-entered from its own callbacks, and a handler may answer at once, with memory
 * that is only lent. So nothing is handled while bytes are fed to it: a request that is whole is
 * put into `ready`, and the handlers run after the feeding. The frames of one turn are put together
 * in the loop's batch and go out in one write: that, and the small heads, is why this is faster
 * than HTTP/1.1. Between turns the batch is empty.
 *
 * A stream's memory stays while somebody may come back to it: a deferral, a file being read, or the
 * handler that is running. So a stream that nghttp2 has closed is only marked, and freed at the end
 * of a turn (`reap`).
 *
 * Against clients that make much of little:
 *
 * Patience. Frames that bring nothing (PING, SETTINGS, RST_STREAM, CONTINUATION, WINDOW_UPDATE,
 * DATA with nothing in it) and streams that we must reset for an error use up the connection's
 * patience; time and the bytes of bodies, either way, restore it. With none left the connection
 * ends with ENHANCE_YOUR_CALM. One rule instead of one counter for each flood that has a name:
 * rapid reset (CVE-2023-44487, and CVE-2025-8671, where the client makes the server reset), PING
 * and SETTINGS floods, empty frames, window dribbles, CONTINUATION floods (CVE-2024-27316). nghttp2
 * has limits of its own for some of them; they stay in force.
 *
 * Memory. What a client does not take is copied and counted: of one connection up to
 * LIMIT_H2_HELD_BYTES, then its further requests wait until it has taken some; of the whole server
 * LIMIT_UNSENT_BYTES. Streams that were reset count as long as their handlers are at work, and with
 * twice LIMIT_H2_STREAMS of both kinds, new ones are refused.
 *
 * Time. A client that opens no window, or a tiny one, is a slow reader: LIMIT_H2_PACE_BYTES per
 * write timeout, or it is cut. */
#include "http/h2_private.h"

#include <stdlib.h>

/* Patience is counted in thousandths of a frame. */
enum {
    FRAME = 1000,
    PATIENCE_MAX = FRAME * LIMIT_H2_VAIN_FRAMES,
    EARN_BYTES = 128, /* of bodies earn one frame */
};

/* ---- patience ---- */

static void add_patience(struct h2 *h2, int64_t n) {
    h2->patience = n < PATIENCE_MAX - h2->patience ? h2->patience + n : PATIENCE_MAX;
}

void h2_charge(struct h2 *h2) {
    h2->patience -= FRAME;
    h2->floods = h2->floods || h2->patience < 0;
}

void h2_earn(struct h2 *h2, size_t bytes) {
    add_patience(h2, (int64_t)bytes * FRAME / EARN_BYTES);
}

static void be_patient(struct h2 *h2) {
    int64_t now_ms = loop_now_ms(h2->c->loop);
    add_patience(h2, (now_ms - h2->patient_ms) * FRAME * LIMIT_H2_VAIN_FRAMES_A_SECOND / 1000);
    h2->patient_ms = now_ms;
}

/* ---- streams ---- */

bool h2_is_gone(const struct h2_stream *s) {
    return s->gone || s->ex.conn->phase != PHASE_H2;
}

void h2_reset(struct h2_stream *s, uint32_t code) {
    check(nghttp2_submit_rst_stream(s->h2->session, NGHTTP2_FLAG_NONE, s->id, code) !=
          NGHTTP2_ERR_NOMEM);
}

/* Free the closed streams that nobody comes back to. */
static void reap(struct h2 *h2) {
    struct h2_stream *s = LIST_FIRST(&h2->streams), *next;
    for (; s != NULL; s = next) {
        next = LIST_NEXT(s, all);
        if (s->gone && !s->ex.deferred && !s->rest.reading && s != h2->running) {
            h2_stream_free(s);
        }
    }
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    bool ends = (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
                (frame->hd.flags & NGHTTP2_FLAG_END_STREAM);
    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) {
        h2_charge(user);
    } else if (ends && nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0) {
        /* Answered before all of the request came: it may stop sending (RFC 9113, 8.1). */
        check(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                        NGHTTP2_NO_ERROR) != NGHTTP2_ERR_NOMEM);
    }
    return 0;
}

/* ---- a turn ---- */

void h2_receive(struct conn *c, struct str bytes) {
    struct h2 *h2 = c->h2;
    be_patient(h2);
    ssize_t n = nghttp2_session_mem_recv(h2->session, (const uint8_t *)bytes.ptr, bytes.len);
    if (n < 0) {
        conn_close(c);
    }
}

/* False: no request waits, or the client must first take what it has asked for. */
static bool hand_over_one(struct h2 *h2) {
    struct http_server_options *o = &h2->c->loop->server->options;
    struct h2_stream *s = TAILQ_FIRST(&h2->ready);
    if (s == NULL || h2->floods || h2->answers_held_bytes > LIMIT_H2_HELD_BYTES) {
        return false;
    }
    s->is_ready = false;
    TAILQ_REMOVE(&h2->ready, s, in_ready);
    h2->running = s;
    if (s->refused == 0) {
        s->req.body = buf_str(&s->body);
        s->req.content_length = s->body.len;
        o->handler(o->ctx, &s->ex, &s->req);
        check(s->ex.answered != s->ex.deferred); /* a handler answers, or defers */
    } else if (o->error != NULL) {
        o->error(o->ctx, &s->ex, s->refused);
    } else {
        http_reply_plain(&s->ex, s->refused);
    }
    h2->running = NULL;
    return true;
}

void h2_resume(struct h2_stream *s) {
    s->h2->running = s;
    s->ex.again(s->ex.again_ctx, &s->ex, &s->req);
    check(s->ex.answered != s->ex.deferred);
    s->h2->running = NULL;
    conn_run(s->ex.conn);
}

static enum wait waits_for(const struct h2 *h2) {
    enum wait wait = WAIT_IDLE;
    const struct h2_stream *s;
    if (conn_has_output(h2->c)) {
        return WAIT_WRITE;
    }
    LIST_FOREACH(s, &h2->streams, all) {
        if (s->ex.answered && s->left > 0 && !s->rest.reading) {
            return WAIT_WRITE; /* for the client to open its window */
        }
        if (!s->whole) {
            wait = WAIT_BODY;
        } else if (wait == WAIT_IDLE) {
            wait = WAIT_ANSWER;
        }
    }
    return wait;
}

/* Whatever had begun is answered; whatever comes may safely be asked elsewhere. */
static void say_goodbye(struct h2 *h2) {
    h2->says_goodbye = true;
    check(nghttp2_submit_goaway(h2->session, NGHTTP2_FLAG_NONE,
                                nghttp2_session_get_last_proc_stream_id(h2->session),
                                NGHTTP2_NO_ERROR, NULL, 0) != NGHTTP2_ERR_NOMEM);
}

/* Say so, and read no more of it. */
static void end_session(struct h2 *h2, uint32_t code) {
    check(nghttp2_session_terminate_session(h2->session, code) == 0);
}

void h2_run(struct conn *c) {
    struct h2 *h2 = c->h2;
    if (h2->floods) {
        end_session(h2, NGHTTP2_ENHANCE_YOUR_CALM);
    } else if (c->loop->stopping && !h2->says_goodbye) {
        say_goodbye(h2);
    }
    do {
        h2_pump(h2);
        reap(h2);
    } while (c->phase == PHASE_H2 && hand_over_one(h2));
    h2_flush(h2);
    bool blocked = conn_has_output(c);
    if (c->phase != PHASE_H2) {
        return;
    }
    if (h2->floods && blocked) {
        conn_close(c); /* it does not even read why */
    } else if (!blocked && !nghttp2_session_want_read(h2->session) &&
               !nghttp2_session_want_write(h2->session)) {
        conn_linger(c);
    } else {
        enum wait wait = waits_for(h2);
        if (wait != c->wait || h2->progress || h2->moved_bytes >= LIMIT_H2_PACE_BYTES) {
            h2->progress = false;
            h2->moved_bytes = 0;
            loop_wait(c, wait);
        }
    }
}

void h2_expire(struct conn *c) {
    struct h2 *h2 = c->h2;
    struct h2_stream *s;
    bool late = false;
    if (c->wait == WAIT_WRITE) {
        conn_close(c);
        return;
    }
    LIST_FOREACH(s, &h2->streams, all) {
        if (s->has_head && !s->whole) {
            h2_ready(s, 408);
            late = true;
        }
    }
    if (!late) {
        end_session(h2, NGHTTP2_NO_ERROR);
    }
    h2->progress = true; /* so that its time begins anew */
    conn_run(c);
}

/* ---- life ---- */

struct h2 *h2_new(struct conn *c) {
    static const nghttp2_settings_entry settings[] = {
        { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, LIMIT_H2_STREAMS },
        { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, LIMIT_REQUEST_HEADER_BYTES },
        { NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
    };
    struct h2 *h2 = calloc(1, sizeof *h2);
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    check(h2 != NULL && nghttp2_session_callbacks_new(&callbacks) == 0 &&
          nghttp2_option_new(&option) == 0);
    h2->c = c;
    h2->patience = PATIENCE_MAX;
    h2->patient_ms = loop_now_ms(c->loop);
    TAILQ_INIT(&h2->ready);
    h2_request_callbacks(callbacks);
    h2_answer_callbacks(callbacks);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
    nghttp2_option_set_no_closed_streams(option, 1);
    check(nghttp2_session_server_new2(&h2->session, callbacks, h2, option) == 0);
    check(nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings, COUNT_OF(settings)) ==
          0);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    return h2;
}

void h2_free(struct h2 *h2) {
    if (h2 == NULL) {
        return;
    }
    while (!LIST_EMPTY(&h2->streams)) {
        h2_stream_free(LIST_FIRST(&h2->streams));
    }
    nghttp2_session_del(h2->session);
    free(h2);
}
