/* Answers of the API as pages of the fragment table. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"

/* Whether a page key is the API's. */
bool api_is_key(struct str key);
/* As page of render_source. thread: of site_source. */
NODISCARD enum status api_page(void *thread, struct str key, struct page_build *page,
                               struct err *err);
/* The answer to a call that cannot be right. */
struct str api_error_body(struct arena *a, const struct api_error *error);

#endif
