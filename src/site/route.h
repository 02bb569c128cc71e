/* Which page answers a key. Private to src/site. */
#ifndef SITE_ROUTE_H
#define SITE_ROUTE_H

#include "site/pass.h"

/* Fill the page of this key; an unknown address becomes the alias of the 404 page. password: given
 * for a protected story; ptr NULL: none. */
NODISCARD enum status route_page(struct pass *pass, struct str key, struct str password,
                                 struct page_build *page, struct err *err);

/* Pages of which there are as many as there are words: searches. */
bool route_is_made_up(struct str key);

#endif
