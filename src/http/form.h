/* Names and values from query strings, forms (application/x-www-form-urlencoded) and cookies. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "base/arena.h"
#include "http/request.h"

/* Decode %XX; an escape that is none stays as it is. The result is `s` itself when there was
 * nothing to decode, else in the arena. May contain any byte, NUL too. */
struct str http_percent_decode(struct arena *a, struct str s);

/* A walk over a query string or form body; names and values are decoded ("+" is a space).
 *   struct http_pairs pairs = { req->query };
 *   while (http_pairs_next(&pairs, arena, &name, &value)) {…}
 * "a&b=&=c" gives (a, ""), (b, ""), ("", c); empty parts are skipped. */
struct http_pairs {
    struct str rest;
};
bool http_pairs_next(struct http_pairs *pairs, struct arena *a, struct str *ret_name,
                     struct str *ret_value);
/* The first value of that name; ptr NULL if there is none. */
struct str http_pairs_find(struct str pairs, struct arena *a, struct str name);

/* The body is a form by its Content-Type. */
bool http_is_form(const struct http_request *req);

/* The value of a cookie, undecoded, without quotes around it; ptr NULL if there is none. The first
 * of several counts, as the more specific path comes first. */
struct str http_cookie(const struct http_request *req, struct str name);

#endif
