#include "http/body.h"

#include "base/limits.h"

/* The states of a chunked body. SIZE: in a chunk's size; EXTENSION: after it, up to the CR; DATA;
 * then the trailers, a line at a time. */
enum {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    LINE_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    END,
};

void http_body_init(struct http_body *b, const struct http_request *req, uint64_t max_bytes) {
    *b = (struct http_body){
        .chunked = req->chunked,
        .state = req->chunked ? SIZE : DATA,
        .left = req->content_length,
        .max_bytes = max_bytes,
    };
}

static enum http_read refuse(struct http_body *b, int status) {
    b->status = status;
    return HTTP_READ_BAD;
}

static enum http_read size_char(struct http_body *b, char c) {
    int digit = char_hex(c);
    if (digit >= 0) {
        if (++b->digits > 15) {
            return refuse(b, 400); /* would overflow; leading zeros are of no use to anybody */
        }
        b->left = b->left << 4 | (uint64_t)digit;
        return HTTP_READ_MORE;
    }
    if (b->digits == 0 || (c != ';' && c != '\r')) {
        return refuse(b, 400);
    }
    b->state = c == ';' ? EXTENSION : SIZE_LF;
    return b->left > b->max_bytes - b->total ? refuse(b, 413) : HTTP_READ_MORE;
}

static enum http_read extension_char(struct http_body *b, char c) {
    if (c == '\r') {
        b->state = SIZE_LF;
        return HTTP_READ_MORE;
    }
    return http_is_value_char(c) && ++b->extension_bytes <= LIMIT_CHUNK_EXTENSION_BYTES
               ? HTTP_READ_MORE
               : refuse(b, 400);
}

/* Trailers are checked like fields and dropped: nothing here has a use for them. */
static enum http_read trailer_char(struct http_body *b, char c) {
    if (++b->trailer_bytes > LIMIT_REQUEST_HEADER_BYTES) {
        return refuse(b, 431);
    }
    switch (b->state) {
    case LINE_START:
        if (c == '\r') {
            b->state = END_LF;
            return HTTP_READ_MORE;
        }
        b->state = TRAILER_NAME;
        if (++b->trailers > LIMIT_REQUEST_HEADERS) {
            return refuse(b, 431);
        }
        return http_is_token_char(c) ? HTTP_READ_MORE : refuse(b, 400);
    case TRAILER_NAME:
        if (c == ':') {
            b->state = TRAILER_VALUE;
            return HTTP_READ_MORE;
        }
        return http_is_token_char(c) ? HTTP_READ_MORE : refuse(b, 400);
    default: /* TRAILER_VALUE */
        if (c == '\r') {
            b->state = TRAILER_LF;
            return HTTP_READ_MORE;
        }
        return http_is_value_char(c) ? HTTP_READ_MORE : refuse(b, 400);
    }
}

/* The one character that must stand here. */
static enum http_read expect_char(struct http_body *b, char c, char expected, int next) {
    b->state = next;
    return c == expected ? HTTP_READ_MORE : refuse(b, 400);
}

static enum http_read frame_char(struct http_body *b, char c) {
    switch (b->state) {
    case SIZE: return size_char(b, c);
    case EXTENSION: return extension_char(b, c);
    case SIZE_LF: return expect_char(b, c, '\n', b->left > 0 ? DATA : LINE_START);
    case DATA_CR: return expect_char(b, c, '\r', DATA_LF);
    case DATA_LF: b->digits = 0; return expect_char(b, c, '\n', SIZE);
    case TRAILER_LF: return expect_char(b, c, '\n', LINE_START);
    case END_LF: return expect_char(b, c, '\n', END);
    default: return trailer_char(b, c);
    }
}

enum http_read http_body_feed(struct http_body *b, struct str in, size_t *ret_used,
                              struct str *ret_data) {
    *ret_used = 0;
    *ret_data = str_make(in.ptr, 0);
    if (!b->chunked && b->left > b->max_bytes - b->total) {
        return refuse(b, 413);
    }
    while (b->chunked && b->state != DATA) {
        if (b->state == END) {
            return HTTP_READ_DONE;
        }
        if (*ret_used == in.len) {
            return HTTP_READ_MORE;
        }
        if (frame_char(b, in.ptr[(*ret_used)++]) == HTTP_READ_BAD) {
            return HTTP_READ_BAD;
        }
    }
    struct str rest = str_from(in, *ret_used);
    *ret_data = str_slice(rest, 0, b->left < rest.len ? (size_t)b->left : rest.len);
    *ret_used += ret_data->len;
    b->left -= ret_data->len;
    b->total += ret_data->len;
    if (b->left > 0) {
        return HTTP_READ_MORE;
    }
    if (!b->chunked) {
        return HTTP_READ_DONE;
    }
    b->state = DATA_CR;
    return HTTP_READ_MORE;
}
