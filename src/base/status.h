/* One table of outcomes for the whole program: what a function returns, what a
 * message says, and what HTTP answers when it reaches a client. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/attr.h"

#define STATUS_TABLE(X)                                                                            \
    X(OK, "ok", 200)                                                                               \
    X(NOT_FOUND, "not found", 404)                                                                 \
    X(GONE, "withdrawn", 410)                                                                      \
    X(INVALID, "invalid", 400)                                                                     \
    X(TOO_LARGE, "too large", 413)                                                                 \
    X(CONFLICT, "conflict", 409)                                                                   \
    X(FORBIDDEN, "forbidden", 403)                                                                 \
    X(BUSY, "busy, try again", 503)                                                                \
    X(NO_MEMORY, "out of memory", 503)                                                             \
    X(IO, "input/output error", 500)                                                               \
    X(DB, "database error", 500)                                                                   \
    X(CORRUPT, "stored data is damaged", 500)                                                      \
    X(INTERRUPTED, "interrupted", 503)

enum status {
#define X(name, text, http) STATUS_##name,
    STATUS_TABLE(X)
#undef X
};

/* Static English text of a status. */
const char *status_text(enum status status);

/* The HTTP status code that a client gets for it. */
int status_http(enum status status);

#define ERR_MESSAGE_MAX 512

/* An operating error: the status, and one sentence that says what, where and what to do.
 * Filled by the first failure; a later err_set does not overwrite it. Zeroed means no error. */
struct err {
    enum status status;
    char message[ERR_MESSAGE_MAX];
};

/* Record a failure and return its status, so that `return err_set(err, …)` reads well.
 * err may be NULL. The first failure stays. Longer messages are cut. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...) PRINTF(3, 4);

/* Put "context: " before the message. */
void err_prefix(struct err *err, const char *fmt, ...) PRINTF(2, 3);

#endif
