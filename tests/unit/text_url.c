#include "tests/harness.h"

#include "base/limits.h"
#include "text/url.h"

TEST(url_parse_takes_an_address_apart) {
    struct url u;
    REQUIRE(url_parse(STR("https://user@Example.com:8080/a/b?x=1&y#top"), &u));
    CHECK_STR(u.scheme, "https");
    CHECK_STR(u.host, "Example.com");
    CHECK_STR(u.port, "8080");
    CHECK_STR(u.path, "/a/b");
    CHECK_STR(u.query, "x=1&y");
    CHECK_STR(u.fragment, "top");
    REQUIRE(url_parse(STR("http://[::1]:80?"), &u));
    CHECK_STR(u.host, "[::1]");
    CHECK_STR(u.port, "80");
    CHECK(u.has_query && u.query.len == 0 && !u.has_fragment);
    REQUIRE(url_parse(STR("mailto:desk@example.com"), &u));
    CHECK(!u.has_authority);
    CHECK_STR(u.path, "desk@example.com");
    REQUIRE(url_parse(STR(""), &u));
    CHECK(!url_parse(STR("http://"), &u) && !url_parse(STR("http:///x"), &u));
    CHECK(!url_parse(STR("http://h:99x/"), &u) && !url_parse(STR("a b"), &u));
}

TEST(url_path_canonical_has_one_spelling) {
    static const char *const cases[][2] = {
        { "/", "/" },
        { "/2022/03/14/%74he-tide/", "/2022/03/14/the-tide/" },
        { "/caf\xc3\xa9", "/caf%C3%A9" },
        { "/caf%c3%a9", "/caf%C3%A9" },
        { "/a//b///c/", "/a/b/c/" },
        { "/a/./b/../c", "/a/c" },
        { "/..", "/" },
        { "/../../a", "/a" },
        { "/a/%2e%2E/b", "/b" },
        { "/a/..", "/" },
        { "/a/b/.", "/a/b/" },
        { "/a b\"<>", "/a%20b%22%3C%3E" },
        { "/a%2fb", "/a%2Fb" },
        { "/x;y=1,2@:z", "/x;y=1,2@:z" },
        { "//evil.example/x", "/evil.example/x" },
        { "/\\evil", "/%5Cevil" },
    };
    struct arena a = { 0 };
    struct str path, again;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        REQUIRE(url_path_canonical(&a, str_of(cases[i][0]), &path));
        CHECK_STR(path, cases[i][1]);
        CHECK(url_path_canonical(&a, path, &again) && str_eq(path, again));
    }
    static const char *const bad[] = { "",     "a",     "/%",   "/%4",  "/%zz",
                                       "/%00", "/%0a",  "/\n",  "/a?b", "/a#b",
                                       "/%ff", "/\xff", "/%c3", "/%7f", "/%C3%28" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!url_path_canonical(&a, str_of(bad[i]), &path));
    }
    CHECK(!url_path_canonical(&a, str_make("/a\0b", 4), &path));
    char longest[LIMIT_PATH_BYTES + 1];
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    CHECK(url_path_canonical(&a, str_make(longest, sizeof longest - 1), &path));
    CHECK(!url_path_canonical(&a, str_make(longest, sizeof longest), &path));
    arena_done(&a);
}

TEST(url_path_that_is_plain_is_canonical) {
    static const char letters[] = "//..aZ9-_~!$&'()*+,;=:@%2e?#\\ \x7f\xc3\xa9<";
    uint64_t rng = test_seed();
    struct arena a = { 0 };
    size_t n_plain = 0;
    for (int i = 0; i < 100000; i++) {
        char text[12] = "/";
        size_t len = 1 + test_below(&rng, sizeof text - 1);
        for (size_t k = 1; k < len; k++) {
            text[k] = letters[test_below(&rng, sizeof letters)]; /* the NUL, too */
        }
        struct str path = str_make(text, len), canonical;
        bool plain = url_path_is_plain(path);
        n_plain += plain;
        REQUIRE(!plain || (url_path_canonical(&a, path, &canonical) && str_eq(path, canonical)));
        arena_reset(&a);
    }
    CHECK(n_plain > 1000);
    CHECK(url_path_is_plain(STR("/2022/03/14/the-tide/")) && url_path_is_plain(STR("/")));
    CHECK(!url_path_is_plain(STR("")) && !url_path_is_plain(STR("a")));
    char longest[LIMIT_PATH_BYTES + 1];
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    CHECK(url_path_is_plain(str_make(longest, sizeof longest - 1)));
    CHECK(!url_path_is_plain(str_make(longest, sizeof longest)));
    arena_done(&a);
}

/* The examples of RFC 3986, section 5.4. */
TEST(url_resolve_follows_rfc_3986) {
    static const char *const cases[][2] = {
        { "g:h", "g:h" },
        { "g", "http://a/b/c/g" },
        { "./g", "http://a/b/c/g" },
        { "g/", "http://a/b/c/g/" },
        { "/g", "http://a/g" },
        { "//g", "http://g" },
        { "?y", "http://a/b/c/d;p?y" },
        { "g?y", "http://a/b/c/g?y" },
        { "#s", "http://a/b/c/d;p?q#s" },
        { "g#s", "http://a/b/c/g#s" },
        { "g?y#s", "http://a/b/c/g?y#s" },
        { ";x", "http://a/b/c/;x" },
        { "", "http://a/b/c/d;p?q" },
        { ".", "http://a/b/c/" },
        { "./", "http://a/b/c/" },
        { "..", "http://a/b/" },
        { "../", "http://a/b/" },
        { "../g", "http://a/b/g" },
        { "../..", "http://a/" },
        { "../../g", "http://a/g" },
        { "../../../g", "http://a/g" },
        { "/./g", "http://a/g" },
        { "/../g", "http://a/g" },
        { "g.", "http://a/b/c/g." },
        { "..g", "http://a/b/c/..g" },
        { "./../g", "http://a/b/g" },
        { "./g/.", "http://a/b/c/g/" },
        { "g/../h", "http://a/b/c/h" },
        { "g;x=1/../y", "http://a/b/c/y" },
        { "g?y/../x", "http://a/b/c/g?y/../x" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(url_resolve(&a, STR("http://a/b/c/d;p?q"), str_of(cases[i][0])), cases[i][1]);
    }
    arena_done(&a);
}

TEST(url_safe_href_reads_schemes_as_browsers_do) {
    static const char *const good[] = { "http://x",
                                        "HTTPS://x",
                                        "mailto:a@b",
                                        "tel:+44",
                                        "/a:b",
                                        "a/b:c",
                                        "?a:b",
                                        "#a:b",
                                        "story",
                                        "",
                                        "averylongrelativename",
                                        " https://x" };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        CHECK(url_safe_href(str_of(good[i])));
    }
    static const char *const bad[] = {
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        " \x01javascript:x",
        "java\tscript:x",
        "java\nscript\r:x",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "blob:x",
        "\tdata:x",
        "j\navascript:x",
        "htt\x01p:x",
        "view-source:http://x",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!url_safe_href(str_of(bad[i])));
    }
    CHECK(!url_safe_href(str_make("javascrip\0t:x", 13)));
}

TEST(url_same_site_minds_neither_www_nor_https) {
    struct str base = STR("https://www.example.com"), path;
    static const char *const same[][2] = {
        { "http://example.com/a?b#c", "/a?b" },  { "//EXAMPLE.com/a", "/a" },
        { "https://www.example.com:443/", "/" }, { "https://example.com", "/" },
        { "http://example.com?p=7", "?p=7" },    { "/x?y", "/x?y" },
        { "http://example.com#top", "/" },
    };
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        REQUIRE(url_same_site(base, str_of(same[i][0]), &path));
        CHECK_STR(path, same[i][1]);
    }
    static const char *const other[] = { "http://example.org/",
                                         "http://sub.example.com/",
                                         "x",
                                         "#x",
                                         "http://example.com:8080/",
                                         "ftp://example.com/",
                                         "http://example.com.evil.example/",
                                         "mailto:a@example.com",
                                         "http://example.com@evil.example/" };
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        CHECK(!url_same_site(base, str_of(other[i]), &path));
    }
}

TEST(url_decode_and_encode_are_inverse) {
    struct arena a = { 0 };
    struct buf b;
    buf_init(&b, 4096);
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)i;
    }
    url_encode(&b, str_make(bytes, sizeof bytes));
    CHECK(str_eq(url_decode(&a, buf_str(&b), false), str_make(bytes, sizeof bytes)));
    CHECK_STR(url_decode(&a, STR("a+b%20c%2"), true), "a b c%2");
    CHECK_STR(url_decode(&a, STR("a+b"), false), "a+b");
    buf_done(&b);
    arena_done(&a);
}
