#include "tests/harness.h"

#include "site/reserved.h"

TEST(reserved_addresses_are_those_that_never_reach_the_store) {
    static const char *const ours[] = {
        "/",
        "/search/",
        "/search",
        "/sitemap.xml",
        "/sitemap-news.xml",
        "/sitemap-stories-1.xml",
        "/robots.txt",
        "/favicon.ico",
        "/manifest.webmanifest",
        "/.well-known/security.txt",
        "/_view/7.gif",
    };
    static const char *const theirs[] = {
        "/search-2/", "/search/help/",      "/research/", "/?p=7",   "/sitemap/",
        "/site.xml",  "/post-sitemap2.xml", "/feed/",     "/media/", "/_views/",
    };
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        CHECK(reserved_address(str_of(ours[i])));
    }
    for (size_t i = 0; i < COUNT_OF(theirs); i++) {
        CHECK(!reserved_address(str_of(theirs[i])));
    }
}

TEST(reserved_first_parts_are_refused_in_any_spelling) {
    CHECK(reserved_first(STR("search")) && reserved_first(STR("/search/%postname%/")));
    CHECK(reserved_first(STR("//SEARCH")) && reserved_first(STR("_view/x")));
    CHECK(!reserved_first(STR("")) && !reserved_first(STR("/")) && !reserved_first(STR("//")));
    CHECK(!reserved_first(STR("/%year%/search/")) && !reserved_first(STR("search-in")));
}
