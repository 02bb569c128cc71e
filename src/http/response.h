/* What an answer depends on in its request: conditions, ranges, codings (RFC 9110). Pure functions
 * over requests. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http/request.h"

/* "Not Found" for 404; "Status" for a number that has no name here. */
struct str http_reason(int status);

/* Whether the client takes gzip (Accept-Encoding: its q, or that of "*"; x-gzip is the same).
 * No such field means no: there are clients that do not say that they cannot. */
bool http_accepts_gzip(const struct http_request *req);

/* Whether GET or HEAD is to be answered by 304, for a representation with this entity tag (quoted,
 * with W/ if it is weak; ptr NULL: none) and this time of last change (0: unknown).
 * If-None-Match compares weakly and takes lists and "*"; If-Modified-Since counts only without it,
 * and not if it is later than now: whatever changes from now on would be before it. */
bool http_not_modified(const struct http_request *req, struct str etag, int64_t modified_us,
                       int64_t now_us);

/* Whether If-Match and If-Unmodified-Since let the request go on; if not, 412. etag.ptr NULL: the
 * target does not exist. */
bool http_precondition_holds(const struct http_request *req, struct str etag, int64_t modified_us);

enum http_range_result {
    HTTP_RANGE_NONE,          /* answer with the whole: no range, or one that we need not take */
    HTTP_RANGE_PART,          /* 206 */
    HTTP_RANGE_UNSATISFIABLE, /* 416 */
};
struct http_range {
    uint64_t first, len;
};
/* The single byte range that a GET asks of a representation of `size` bytes. Several ranges in one
 * request are not taken (the whole is answered), nor is a range whose If-Range does not hold: that
 * takes a strong entity tag or the very time of last change. */
enum http_range_result http_range(const struct http_request *req, uint64_t size, struct str etag,
                                  int64_t modified_us, struct http_range *ret_range);

#endif
