/* Where the answer of an address stands in a static export: the name of its file.
 *
 *   /2022/03/the-ferry/     2022/03/the-ferry/index.html
 *   /feed/, /feed/atom/     feed/index.rss, feed/atom/index.atom
 *   /feed/json/             feed/json/index.jsonfeed
 *   /about                  about.html (of a page; files have the names of their addresses)
 *   /robots.txt             robots.txt
 *   error:404               404.html
 *   latest/section:7        _f/latest/section:7.html (a fragment)
 *
 * A server finds a directory's file by its list of index names, and its type by the ending. */
#ifndef TRANSFER_STATIC_NAME_H
#define TRANSFER_STATIC_NAME_H

#include "base/arena.h"

/* Of what type an answer is, as far as its file's name needs it. */
enum static_form {
    FORM_PLAIN, /* neither of the following: the address must name a file */
    FORM_HTML,
    FORM_RSS,
    FORM_ATOM,
    FORM_JSON_FEED,
    FORM_FRAGMENT,
    STATIC_FORMS
};

/* What belongs to the export itself; no page has an address there. */
#define STATIC_OWN_FOLDER      ".broadsheet"
#define STATIC_FRAGMENT_FOLDER "_f"

/* Of a Content-Type. */
enum static_form static_form_of(struct str content_type);

/* The name within the folder. False: no file can have it (a query, a hidden or overlong part, one
 * that leads elsewhere, a slash or NUL within an escape, a directory's address without a form). */
NODISCARD bool static_name(struct arena *a, struct str key, enum static_form form, struct str *ret);

/* The address as a server that has decoded it sees it; false as above. */
NODISCARD bool static_uri(struct arena *a, struct str key, struct str *ret);

#endif
