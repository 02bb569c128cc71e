/* One HTTP/1.0 or 1.1 request, and the strict reader of its head (RFC 9110, 9112).
 *
 * Everything in a request is a view into the bytes that were read; nothing is copied. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/limits.h"
#include "base/str.h"

#define HTTP_METHOD_TABLE(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)

enum http_method {
#define X(name) HTTP_##name,
    HTTP_METHOD_TABLE(X)
#undef X
};

/* "GET" for HTTP_GET. */
struct str http_method_name(enum http_method method);

struct http_field {
    struct str name;  /* as sent: compare without regard to case */
    struct str value; /* without the white space around it; may hold bytes >= 0x80 */
};

struct http_request {
    enum http_method method;
    int minor;         /* of the version: 0 or 1 */
    struct str target; /* as sent */
    struct str path;   /* begins with "/" (or is "*", OPTIONS only); still percent-encoded, every
                          escape well formed and none of them %00 */
    struct str query;  /* after the "?", which has_query says was there; escapes not checked */
    bool has_query;
    struct str host; /* "name[:port]", from an absolute target or from Host; "" only with 1.0 */
    bool keep_alive; /* the client lets the connection stay open */
    bool expects_continue;
    bool chunked;
    uint64_t content_length; /* 0 if there is no such field */
    struct str body;         /* all of it, unframed */
    struct http_field *fields;
    size_t n_fields;
};

/* The parts of a request that HTTP/2 sends by themselves, under the reader's rules. The method of a
 * name; false: none of ours. Path and query from target and method; false: malformed. */
bool http_method_find(struct str name, enum http_method *ret);
bool http_read_target(struct http_request *req);
bool http_is_authority(struct str s);

/* The value of the first field of that name (in any case), or a str whose ptr is NULL. */
struct str http_header(const struct http_request *req, struct str name);
/* The next field of that name at or after *at, for fields that may be repeated:
 * for (size_t i = 0; http_header_next(req, name, &i, &value);). */
bool http_header_next(const struct http_request *req, struct str name, size_t *at,
                      struct str *ret_value);

enum http_read {
    HTTP_READ_MORE, /* not complete yet */
    HTTP_READ_DONE,
    HTTP_READ_BAD, /* `status` says how; the connection cannot be used any further */
};

/* Reads a head that arrives in pieces. Each byte is looked at a bounded number of times, however
 * small the pieces, and the outcome does not depend on how the bytes were cut. */
struct http_reader {
    struct http_request req;
    size_t head_len; /* when done: bytes of the head, its empty line included */
    int status;      /* when bad: the HTTP status to answer */

    size_t line_start;   /* of the line being read */
    size_t seen;         /* no line feed in [line_start, seen) */
    size_t fields_start; /* 0 until the request line is read */
    bool have_host, have_length, have_coding;
    bool asks_close, asks_keep_alive;
    struct http_field fields[LIMIT_REQUEST_HEADERS];
};

/* Begin a request. */
void http_reader_init(struct http_reader *r);
/* Read on. `bytes` are all of the request so far (and whatever follows it), at the same address in
 * every call until the reader is done; `len` only grows. */
enum http_read http_reader_feed(struct http_reader *r, const char *bytes, size_t len);

/* The reader's rules, for the trailers of a chunked body too. */
bool http_is_token_char(char c);
bool http_is_value_char(char c);

#endif
