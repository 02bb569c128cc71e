/* Answers of the API as pages of the fragment table. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"

/* Whether a page key is the API's. */
bool api_is_key(struct str key);
/* The site's pages, and the API's answers beside them. Borrows the site. */
struct render_source api_source(struct site *site);
/* The answer to a call that cannot be right: header lines and body. */
struct str api_error_head(void);
struct str api_error_body(struct arena *a, const struct api_error *error);

#endif
