/* Addresses: RFC 3986, with the allowances that browsers make where safety asks for it. */
#ifndef TEXT_URL_H
#define TEXT_URL_H

#include "base/arena.h"
#include "base/buf.h"

/* The parts borrow the text that was parsed, as they are spelled there. */
struct url {
    struct str scheme; /* without ':' */
    struct str host;   /* without user info; an IPv6 address with its brackets */
    struct str port;   /* digits */
    struct str path;
    struct str query;    /* without '?' */
    struct str fragment; /* without '#' */
    bool has_authority, has_query, has_fragment;
};

/* Take a reference (absolute or relative) apart. False: white space, controls, a bad port, or a
 * scheme of the web or "//" without a host. */
bool url_parse(struct str text, struct url *ret);

/* The one spelling of a path: unreserved characters decoded, everything that is not allowed
 * percent-encoded in upper-case hex, dot segments removed, slashes merged. False if it does not
 * start with '/', has '?', '#', a control, a broken escape or invalid UTF-8 (encoded or not), or is
 * longer than LIMIT_PATH_BYTES. */
NODISCARD bool url_path_canonical(struct arena *a, struct str path, struct str *ret);
/* Whether it can be seen at a glance to have that spelling already, as nearly every path has that
 * anybody asks for: no escape, no double slash, no segment that begins with a dot. */
bool url_path_is_plain(struct str path);

/* RFC 3986, section 5.2: the target of `reference` seen from `base`, which is absolute. */
struct str url_resolve(struct arena *a, struct str base, struct str reference);

/* May stand in href or src: http, https, mailto, tel or relative, judged as a browser reads it
 * (tabs, newlines and leading controls do not count). */
bool url_safe_href(struct str href);

/* An absolute address of the web: http or https, with a host. */
bool url_is_web(struct str url);

/* Percent-decoding; broken escapes stay as they are. */
struct str url_decode(struct arena *a, struct str s, bool plus_is_space);
/* Percent-encode everything but unreserved characters. */
void url_encode(struct buf *b, struct str s);

/* Does `url` lead to the site at `base_url`? http and https are the same, with or without "www.",
 * letters of either case; "/x" leads there too, "x" and "#x" are not asked for.
 * *ret_path_and_query: a part of `url`, or "/". It begins with '?' where an absolute address has a
 * query and no path ("https://example.com?p=7"). */
bool url_same_site(struct str base_url, struct str url, struct str *ret_path_and_query);

#endif
