#include "tests/harness.h"

#include "transfer/static_name.h"

static struct arena arena;

static struct str name_of(const char *key, enum static_form form) {
    struct str name;
    return static_name(&arena, str_of(key), form, &name) ? name : STR("none");
}

TEST(static_name_of_pages_and_files) {
    CHECK_STR(name_of("/", FORM_HTML), "index.html");
    CHECK_STR(name_of("/2022/03/the-ferry/", FORM_HTML), "2022/03/the-ferry/index.html");
    CHECK_STR(name_of("/about", FORM_HTML), "about.html");
    CHECK_STR(name_of("/2022/the-ferry.html", FORM_HTML), "2022/the-ferry.html");
    CHECK_STR(name_of("/feed/", FORM_RSS), "feed/index.rss");
    CHECK_STR(name_of("/feed/atom/", FORM_ATOM), "feed/atom/index.atom");
    CHECK_STR(name_of("/tag/x/feed/json", FORM_JSON_FEED), "tag/x/feed/json.jsonfeed");
    CHECK_STR(name_of("/robots.txt", FORM_PLAIN), "robots.txt");
    CHECK_STR(name_of("/.well-known/security.txt", FORM_PLAIN), ".well-known/security.txt");
    CHECK_STR(name_of("error:404", FORM_HTML), "404.html");
    CHECK_STR(name_of("latest/section:7/except:42", FORM_FRAGMENT),
              "_f/latest/section:7/except:42.html");
    /* Names are what a server sees after decoding. */
    CHECK_STR(name_of("/2022/%E6%B8%AF/", FORM_HTML), "2022/\xe6\xb8\xaf/index.html");
    CHECK_STR(name_of("/a%20b/", FORM_HTML), "a b/index.html");
    arena_done(&arena);
}

TEST(static_name_never_leads_elsewhere) {
    static const char *const bad[] = {
        "",       "about/",     "/../etc/", "/a/../b/",        "/a/%2e%2e/b/",
        "/./a/",  "//a/",       "/a//b/",   "/.broadsheet/x/", "/%2Ebroadsheet/x/",
        "/.git/", "/a%2Fb/",    "/a%00b/",  "/a%0Ab/",         "/?p=7",
        "/a?b",   "/_f/style/", "/a/%2E/",  "/.well-known2/",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct str name;
        if (static_name(&arena, str_of(bad[i]), FORM_HTML, &name)) {
            test_fail(__FILE__, __LINE__, "'%s' has the name %.*s", bad[i], STR_FMT(name));
        }
    }
    char longest[400] = "/";
    memset(longest + 1, 'a', 300);
    struct str name;
    CHECK(!static_name(&arena, str_of(longest), FORM_HTML, &name));
    CHECK(!static_name(&arena, STR("/folder/"), FORM_PLAIN, &name));
    CHECK(!static_name(&arena, STR("latest/../x"), FORM_FRAGMENT, &name));
    CHECK(!static_name(&arena, STR("latest/section:7\"--"), FORM_FRAGMENT, &name));
    arena_done(&arena);
}

TEST(static_form_by_content_type) {
    CHECK_INT(static_form_of(STR("text/html; charset=utf-8")), FORM_HTML);
    CHECK_INT(static_form_of(STR("application/rss+xml; charset=utf-8")), FORM_RSS);
    CHECK_INT(static_form_of(STR("application/atom+xml; charset=utf-8")), FORM_ATOM);
    CHECK_INT(static_form_of(STR("application/feed+json")), FORM_JSON_FEED);
    CHECK_INT(static_form_of(STR("image/png")), FORM_PLAIN);
}
