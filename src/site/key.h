/* From a request's target to the key of the page that answers it. */
#ifndef SITE_KEY_H
#define SITE_KEY_H

#include "base/arena.h"

enum page_key {
    PAGE_KEY_OK,    /* *ret is the key */
    PAGE_KEY_MOVED, /* *ret is the address to answer 301 with: another spelling of the path */
    PAGE_KEY_LONG,  /* 414 */
    PAGE_KEY_BAD    /* 400 */
};

/* Pure and quick; nothing is looked up. The key is the canonical path. Only "/" keeps parameters by
 * which WordPress names things (p, page_id, attachment_id, cat, category_name, tag, author,
 * author_name, name, pagename, m, year, monthnum, day), and any path that may be one of a list or a
 * story those that say what is wanted of it (paged, feed); in this order, each with a plausible
 * value: parameters that strangers make up lead to no new page. A name that cannot be one is left
 * out, but becomes "!" where a feed is wanted, which must not be that of the whole site. The search
 * has parameters of its own (site/search_address.h), which are as many as there are words;
 * WordPress's "/?s=ferry" is moved there, and so are "/page/2/?s=ferry" and either behind
 * "/index.php".
 *
 * Spellings that RFC 3986 calls equivalent (%c3 and %C3, %41 and A) are the same page; double
 * slashes and dot segments are moved. *ret lives in `a`, or is `path`. path: as requested, without
 * "?". query: without "?"; may be empty. */
enum page_key site_page_key(struct arena *a, struct str path, struct str query, struct str *ret);

#endif
