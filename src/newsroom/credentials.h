/* What a request brings along to say who sends it, and the cookies that say so the next time. Pure:
 * nothing here knows whether any of it is true (newsroom/identity.h does).
 *
 * A session's cookie is "__Host-broadsheet_session" over TLS, which a neighbouring host cannot set,
 * and "broadsheet_session" in clear. The other cookie, "…broadsheet_device", says that somebody has
 * signed in from this browser before (newsroom/throttle.h). */
#ifndef NEWSROOM_CREDENTIALS_H
#define NEWSROOM_CREDENTIALS_H

#include "base/arena.h"
#include "base/buf.h"
#include "http/request.h"

/* A session's secret is 32 random bytes, in its cookie 43 letters of URL-safe base 64. */
enum { SESSION_SECRET_BYTES = 32, SESSION_LETTERS = 43, NONCE_LETTERS = 20 };

enum credentials_kind {
    CREDENTIALS_NONE,
    CREDENTIALS_SESSION,
    CREDENTIALS_BASIC,  /* Authorization: Basic, with an application password */
    CREDENTIALS_BEARER, /* Authorization: Bearer, with an access token */
    CREDENTIALS_BAD,    /* an Authorization header that cannot be read: 401, not a stranger */
};

struct credentials {
    enum credentials_kind kind; /* Authorization counts before the cookie */
    struct str session;         /* the cookie's letters; "" none */
    struct str device;          /* the same of the device's, whatever the kind */
    struct str nonce;           /* X-WP-Nonce, or _wpnonce of the query; ptr NULL: none came */
    struct str login, password; /* of BASIC */
    struct str token;           /* of BEARER */
};

/* Never fails: what is malformed is not there, or BAD. Views into the request and the arena.
 * is_tls: the connection is, or a trusted proxy says that the reader's is. */
struct credentials credentials_read(struct arena *a, const struct http_request *req, bool is_tls);

/* The value of a cookie over all Cookie fields. Two that differ are none: in clear, anybody on a
 * neighbouring host can add one. ptr NULL: none. */
struct str credentials_cookie(const struct http_request *req, struct str name);
/* "Basic bmFtZTp3b3Jk" as login and password; false: it is none. */
NODISCARD bool credentials_basic(struct arena *a, struct str authorization, struct str *ret_login,
                                 struct str *ret_password);
/* An application password without the blanks that it is shown with. */
struct str credentials_ungroup(struct arena *a, struct str password);

/* Append a header field that sets the session's or the device's cookie for so long, or with ""
 * takes it away. `value` is letters as these modules make them. */
void credentials_set_session(struct buf *head, struct str value, int64_t age_s, bool is_tls);
void credentials_set_device(struct buf *head, struct str value, int64_t age_s, bool is_tls);

#endif
