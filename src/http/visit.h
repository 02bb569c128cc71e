/* Is a request one of a person who looks at a page? What a server can know of that without a cookie
 * and without keeping anything of who asks: the method, what the client calls itself, and what
 * browsers say about why they ask. */
#ifndef HTTP_VISIT_H
#define HTTP_VISIT_H

#include "http/request.h"

/* A GET from a browser that is about to show the page: no crawler, previewer, monitor or library,
 * no prefetch, no page or picture that another site shows within its own. Of a picture on a page of
 * the same site (a beacon) it says whether that page is looked at. Quick, and takes no memory. */
bool http_is_visit(const struct http_request *req);

/* The same of the User-Agent alone. */
bool http_is_browser(struct str agent);

#endif
