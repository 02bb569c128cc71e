/* Titles, descriptions and noindex of the common SEO plugins: Yoast, Rank Math, All in One SEO,
 * SEOPress. */
#ifndef TRANSFER_WP_SEO_H
#define TRANSFER_WP_SEO_H

#include "transfer/wxr.h"

struct wp_seo_values {
    struct str title, site_title, tagline, excerpt, category;
};

/* The first plugin's value that stands in the metas, its variables (%%title%%, %sep%,
 * #site_title…) replaced; empty when there is none or a variable has no known value. */
struct str wp_seo_title(struct arena *a, const struct wxr_metas *metas,
                        const struct wp_seo_values *values);
struct str wp_seo_description(struct arena *a, const struct wxr_metas *metas,
                              const struct wp_seo_values *values);

/* Whether a plugin was told to keep the story out of search engines. */
bool wp_seo_noindex(const struct wxr_metas *metas);

#endif
