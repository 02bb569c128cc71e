/* The framing of a request's body: a length, or chunks (RFC 9112, section 7). */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/request.h"

struct http_body {
    bool chunked;
    int state;
    int status;         /* when bad: the HTTP status to answer */
    uint64_t left;      /* bytes of the body, or of this chunk, that are still to come */
    uint64_t total;     /* bytes of the body so far */
    uint64_t max_bytes; /* of the body: beyond, 413 */
    size_t digits;      /* of this chunk's size */
    size_t extension_bytes;
    size_t trailer_bytes;
    size_t trailers;
};

/* Begin the body of a request whose head is read. A length beyond the limit is refused by the first
 * feed. */
void http_body_init(struct http_body *b, const struct http_request *req, uint64_t max_bytes);

/* Take bytes from `in` up to the end of the next piece of the body: *ret_used of them, of which
 * *ret_data (possibly empty) is body. MORE: call again with what is left of `in`, if anything is.
 * DONE: the rest of `in` belongs to the next request. */
enum http_read http_body_feed(struct http_body *b, struct str in, size_t *ret_used,
                              struct str *ret_data);

#endif
