/* Reads a request, body and all, from bytes that arrive in pieces, and describes the outcome in
 * text, so that two ways to cut the same bytes can be compared. */
#ifndef TESTS_HTTP_MESSAGE_H
#define TESTS_HTTP_MESSAGE_H

#include "base/buf.h"
#include "http/body.h"
#include "http/request.h"

#define MESSAGE_BODY_MAX_BYTES (64 * KIB)

static inline void message_describe(const struct http_request *req, struct str body, size_t used,
                                    struct buf *out) {
    struct str method = http_method_name(req->method);
    buf_printf(out, "%.*s path=%.*s query=%s%.*s host=%.*s 1.%d%s%s used=%zu\n", STR_FMT(method),
               STR_FMT(req->path), req->has_query ? "?" : "", STR_FMT(req->query),
               STR_FMT(req->host), req->minor, req->keep_alive ? " keep-alive" : "",
               req->expects_continue ? " expects" : "", used);
    for (size_t i = 0; i < req->n_fields; i++) {
        buf_put(out, req->fields[i].name);
        buf_put(out, STR(": "));
        buf_put(out, req->fields[i].value);
        buf_put_char(out, '\n');
    }
    buf_put_char(out, '\n');
    buf_put(out, body);
}

/* The status of the outcome: 200 for a complete request, 0 for an incomplete one, or what it is
 * refused with. piece(state): the length of the next piece, at least 1. */
static inline int message_read(struct str bytes, size_t (*piece)(uint64_t *state), uint64_t *state,
                               struct buf *out) {
    struct http_reader r;
    http_reader_init(&r);
    size_t have = 0;
    enum http_read result = HTTP_READ_MORE;
    while (result == HTTP_READ_MORE && have < bytes.len) {
        size_t n = piece(state);
        have = n < bytes.len - have ? have + n : bytes.len;
        result = http_reader_feed(&r, bytes.ptr, have);
    }
    if (result != HTTP_READ_DONE) {
        return result == HTTP_READ_BAD ? r.status : 0;
    }
    struct http_body b;
    struct buf body;
    buf_init(&body, MESSAGE_BODY_MAX_BYTES);
    http_body_init(&b, &r.req, MESSAGE_BODY_MAX_BYTES);
    size_t at = r.head_len;
    do {
        if (at == have) {
            size_t n = piece(state);
            have = n < bytes.len - have ? have + n : bytes.len;
        }
        size_t used;
        struct str data;
        result = http_body_feed(&b, str_slice(bytes, at, have), &used, &data);
        check(used <= have - at && data.len <= used);
        at += used;
        buf_put(&body, data);
    } while (result == HTTP_READ_MORE && at < bytes.len);
    check(body.status == STATUS_OK);
    if (result == HTTP_READ_DONE) {
        message_describe(&r.req, buf_str(&body), at, out);
    }
    buf_done(&body);
    return result == HTTP_READ_DONE ? 200 : result == HTTP_READ_BAD ? b.status : 0;
}

static inline size_t message_whole(uint64_t *state) {
    (void)state;
    return SIZE_MAX;
}

static inline size_t message_bytewise(uint64_t *state) {
    (void)state;
    return 1;
}

#endif
