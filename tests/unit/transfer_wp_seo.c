#include "transfer/wp_seo.h"

#include "tests/harness.h"

static const struct wp_seo_values values = {
    .title = STR_INIT("The Ferry"),
    .site_title = STR_INIT("The Bay"),
    .tagline = STR_INIT(""),
    .excerpt = STR_INIT("It floats."),
    .category = STR_INIT("News"),
};

TEST(wp_seo_resolves_variables) {
    static const struct {
        const char *key;
        const char *text;
        const char *title;
    } cases[] = {
        { "_yoast_wpseo_title", "%%title%% %%page%% %%sep%% %%sitename%%", "The Ferry - The Bay" },
        { "_yoast_wpseo_title", "Own words", "Own words" },
        { "_yoast_wpseo_title", "%%title%% %%cf_field%%", "" },
        { "_yoast_wpseo_title", "100 %", "100 %" },
        { "_yoast_wpseo_title", "%%sitedesc%%", "" }, /* a value, but an empty one */
        { "rank_math_title", "%title% %sep% %sitename%", "The Ferry - The Bay" },
        { "rank_math_title", "%title% 50% off", "The Ferry 50% off" },
        { "_aioseo_title", "#post_title #separator_sa #site_title", "The Ferry - The Bay" },
        { "_aioseo_title", "Our #1 #custom_field", "" },
        { "_seopress_titles_title", "%%post_title%% %%sep%%", "The Ferry" },
        { "_aioseop_title", "A &amp; B", "A & B" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct wxr_meta meta = { str_of(cases[i].key), str_of(cases[i].text) };
        struct wxr_metas metas = { &meta, 1, 1 };
        CHECK_STR(wp_seo_title(&a, &metas, &values), cases[i].title);
    }
    struct wxr_meta meta = { STR("rank_math_description"), STR("%excerpt% In %category%.") };
    struct wxr_metas metas = { &meta, 1, 1 };
    CHECK_STR(wp_seo_description(&a, &metas, &values), "It floats. In News.");
    CHECK_STR(wp_seo_title(&a, &metas, &values), "");
    arena_done(&a);
}

TEST(wp_seo_knows_what_search_engines_should_leave_out) {
    static const struct {
        const char *key, *text;
        bool noindex;
    } cases[] = {
        { "_yoast_wpseo_meta-robots-noindex", "1", true },
        { "_yoast_wpseo_meta-robots-noindex", "2", false }, /* "index", against the default */
        { "rank_math_robots", "a:2:{i:0;s:7:\"noindex\";i:1;s:8:\"nofollow\";}", true },
        { "rank_math_robots", "a:1:{i:0;s:5:\"index\";}", false },
        { "_seopress_robots_index", "yes", true },
        { "_aioseop_noindex", "on", true },
        { "noindex", "1", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct wxr_meta meta = { str_of(cases[i].key), str_of(cases[i].text) };
        struct wxr_metas metas = { &meta, 1, 1 };
        CHECK_INT(wp_seo_noindex(&metas), cases[i].noindex);
    }
}
