/* What the parts of HTTP/2 share: h2.c (the connection), h2_request.c (frames to requests) and
 * h2_answer.c (answers to frames). */
#ifndef HTTP_H2_PRIVATE_H
#define HTTP_H2_PRIVATE_H

#include "http/conn.h"
#include "http/h2.h"

#include <nghttp2/nghttp2.h>
#include <sys/queue.h>

struct h2_stream {
    struct http_exchange ex;
    LIST_ENTRY(h2_stream) all;
    TAILQ_ENTRY(h2_stream) in_ready;
    struct h2 *h2;
    int32_t id;

    /* The request. */
    struct http_request req;
    VEC(struct http_field) fields;
    VEC(struct str) cookies;
    size_t head_bytes;
    bool has_head;   /* all of it has come */
    bool whole;      /* the request has, or it is refused */
    bool is_ready;   /* whole, and waits in `ready` to be handed over */
    bool gone;       /* closed, as nghttp2 sees it */
    int refused;     /* the status to refuse it with; 0: it goes to the handler */
    struct buf body; /* counted in bodies_held_bytes */
    uint64_t body_mark_bytes;

    /* The answer's body: lent pieces, then what was copied of them, or a file. */
    uint64_t left; /* of all of it */
    const struct iovec *parts;
    size_t n_parts, part_at;
    struct output rest; /* counted in answers_held_bytes */
};

struct h2 {
    nghttp2_session *session;
    struct conn *c;
    LIST_HEAD(, h2_stream) streams;
    size_t n_streams; /* those that were given up and whose handler is still at work included */
    TAILQ_HEAD(, h2_stream) ready;
    struct h2_stream *running; /* whose handler is */
    size_t answers_held_bytes, bodies_held_bytes;
    uint64_t moved_bytes; /* of bodies, since the time limit began */
    bool progress;        /* something was finished since then */
    bool says_goodbye;
    bool floods;        /* has used up its patience */
    int64_t patience;   /* see h2_charge */
    int64_t patient_ms; /* when some was last added */
};

/* What a frame costs that brings nothing, and what bytes of bodies, either way, earn. */
void h2_charge(struct h2 *h2);
void h2_earn(struct h2 *h2, size_t bytes);

/* End a stream. May be called at any time but between nghttp2's own functions. */
void h2_reset(struct h2_stream *s, uint32_t code);

/* The callbacks of h2_request.c, for a new session. */
void h2_request_callbacks(nghttp2_session_callbacks *callbacks);
/* The request is whole, or (with a status) refused: it waits to be handed over. */
void h2_ready(struct h2_stream *s, int refused);
void h2_stream_free(struct h2_stream *s);

/* The callbacks of h2_answer.c. */
void h2_answer_callbacks(nghttp2_session_callbacks *callbacks);
/* Cut what can be sent into frames, and add them to the loop's batch; send that when it is full. */
void h2_pump(struct h2 *h2);
/* Send the batch, or have the connection keep it. */
void h2_flush(struct h2 *h2);
/* Give back what is held of an answer. */
void h2_answer_drop(struct h2_stream *s);

#endif
