#include "tests/harness.h"

#include "base/buf.h"
#include "site/key.h"

#define X10       "xxxxxxxxxx"
#define X100      X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X1000     X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define LONG_PATH "/" X1000 X1000 X1000

static struct {
    const char *path, *query;
    enum page_key result;
    const char *key;
} const cases[] = {
    { "/", "", PAGE_KEY_OK, "/" },
    { "/2022/03/14/the-ferry/", "", PAGE_KEY_OK, "/2022/03/14/the-ferry/" },
    /* Made-up parameters are no new page. */
    { "/the-ferry/", "utm_source=x&p=7", PAGE_KEY_OK, "/the-ferry/" },
    /* What is wanted of a list or a story. */
    { "/the-ferry/", "x=1&feed=rss2", PAGE_KEY_OK, "/the-ferry/?feed=rss2" },
    { "/category/harbour/", "feed=atom&paged=2", PAGE_KEY_OK,
      "/category/harbour/?paged=2&feed=atom" },
    { "/category/harbour", "paged=3", PAGE_KEY_OK, "/category/harbour?paged=3" },
    { "/category/harbour/", "paged=x&feed=y", PAGE_KEY_OK, "/category/harbour/" },
    { "/robots.txt", "feed=rss2", PAGE_KEY_OK, "/robots.txt" },
    { "/", "category_name=Harbour/Ferry&paged=2", PAGE_KEY_OK,
      "/?category_name=Harbour%2FFerry&paged=2" },
    { "/", "day=3&year=2024&monthnum=06", PAGE_KEY_OK, "/?year=2024&monthnum=6&day=3" },
    { "/", "pagename=about/staff", PAGE_KEY_OK, "/?pagename=about%2Fstaff" },
    { "/", "name=the-ferry", PAGE_KEY_OK, "/?name=the-ferry" },
    /* A name that cannot be one makes no feed a wider one. */
    { "/", "cat=3,4&feed=rss2", PAGE_KEY_OK, "/?cat=!&feed=rss2" },
    { "/", "cat=3,4", PAGE_KEY_OK, "/?cat=!" },
    { "/", "p=-1&feed=atom", PAGE_KEY_OK, "/?p=!&feed=atom" },
    { "/", "s=ferry&feed=rss2", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/", "paged=x&feed=rss2", PAGE_KEY_OK, "/?feed=rss2" },
    { "/", "utm_source=x", PAGE_KEY_OK, "/" },
    { "/", "p=7", PAGE_KEY_OK, "/?p=7" },
    { "/", "fbclid=1&p=007&x", PAGE_KEY_OK, "/?p=7" },
    { "/", "feed=rss2", PAGE_KEY_OK, "/?feed=rss2" },
    { "/", "feed=rss", PAGE_KEY_OK, "/?feed=rss2" },
    { "/", "feed=rdf", PAGE_KEY_OK, "/?feed=rss2" },
    { "/", "feed=atom&cat=3", PAGE_KEY_OK, "/?cat=3&feed=atom" },
    { "/", "feed=json", PAGE_KEY_OK, "/?feed=json" },
    { "/", "feed=comments-rss2", PAGE_KEY_OK, "/?feed=comments-rss2" },
    { "/", "feed=comments-feed", PAGE_KEY_OK, "/?feed=comments-rss2" },
    { "/", "feed=feed.xml", PAGE_KEY_OK, "/" },
    { "/", "feed=comments-", PAGE_KEY_OK, "/" },
    { "/", "feed=haxx", PAGE_KEY_OK, "/" },
    { "/", "paged=2&cat=3", PAGE_KEY_OK, "/?cat=3&paged=2" },
    { "/", "p=1&p=2", PAGE_KEY_OK, "/?p=2" },
    { "/", "p=-1", PAGE_KEY_OK, "/" },
    { "/", "p=0", PAGE_KEY_OK, "/" },
    { "/", "p=99999999999999999999", PAGE_KEY_OK, "/" },
    { "/", "p=1'%20or%201", PAGE_KEY_OK, "/" },
    { "/", "m=202203", PAGE_KEY_OK, "/?m=202203" },
    { "/", "m=2022031", PAGE_KEY_OK, "/" },
    { "/", "tag=caf%c3%a9+x", PAGE_KEY_OK, "/?tag=caf%C3%A9%20x" },
    { "/", "pp=1&ap=2", PAGE_KEY_OK, "/" },
    /* A search has one spelling, whatever a form sends. */
    { "/search/", "", PAGE_KEY_OK, "/search/" },
    { "/search/", "q=&section=&author=&from=&to=&sort=best&page=1", PAGE_KEY_OK, "/search/" },
    { "/search/", "q=++late%20%20ferry%0a&utm=1", PAGE_KEY_OK, "/search/?q=late+ferry" },
    { "/search/", "page=2&sort=newest&to=2022-03-31&from=2022-03-01&author=7&section=3&q=a",
      PAGE_KEY_OK,
      "/search/?q=a&section=3&author=7&from=2022-03-01&to=2022-03-31&sort=newest&page=2" },
    { "/search/", "q=a&q=b%26c%3Dd%2B", PAGE_KEY_OK, "/search/?q=b%26c%3Dd%2B" },
    { "/search/", "q=%22late+ferry%22+harb*+-fog", PAGE_KEY_OK,
      "/search/?q=%22late+ferry%22+harb%2A+-fog" },
    { "/search/", "q=%00%ff%fe%e2%82", PAGE_KEY_OK,
      "/search/?q=%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD" },
    { "/search/", "q=%e6%b8%a1%e8%bd%ae%e3%80%80%e6%99%9a", PAGE_KEY_OK,
      "/search/?q=%E6%B8%A1%E8%BD%AE+%E6%99%9A" },
    { "/search/", "q=a&page=0&section=-3&author=x&sort=worst", PAGE_KEY_OK, "/search/?q=a" },
    { "/search/", "q=a&page=99999", PAGE_KEY_OK, "/search/?q=a&page=21" },
    { "/search/", "q=a&page=99999999999999999999", PAGE_KEY_OK, "/search/?q=a" },
    { "/search/", "q=a&from=2022-03-31&to=2022-03-01", PAGE_KEY_OK,
      "/search/?q=a&from=2022-03-01&to=2022-03-31" },
    { "/search/", "q=a&from=2022-02-29", PAGE_KEY_BAD, "" },
    { "/search/", "q=a&to=31.3.2022", PAGE_KEY_BAD, "" },
    { "/search/", "q=a&to=2022-3-1", PAGE_KEY_BAD, "" },
    { "/search/", "q=a&to=0001-01-01", PAGE_KEY_BAD, "" },
    { "/search/", "q=a&to=2022-03-01T00", PAGE_KEY_BAD, "" },
    { "/search", "", PAGE_KEY_MOVED, "/search/" },
    { "/search", "q=late+ferry", PAGE_KEY_MOVED, "/search/?q=late+ferry" },
    { "/", "s=late+ferry", PAGE_KEY_MOVED, "/search/?q=late+ferry" },
    { "/", "paged=3&s=%22x%22&cat=2", PAGE_KEY_MOVED, "/search/?q=%22x%22&page=3" },
    { "/", "s=", PAGE_KEY_MOVED, "/search/" },
    { "/index.php", "s=x", PAGE_KEY_MOVED, "/search/?q=x" },
    /* Its words are kept wherever WordPress takes them. */
    { "/page/2/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry&page=2" },
    { "/page/2", "s=late+ferry&x=1", PAGE_KEY_MOVED, "/search/?q=late+ferry&page=2" },
    { "/page/2/", "s=ferry&paged=3", PAGE_KEY_MOVED, "/search/?q=ferry&page=3" },
    { "/page/99/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry&page=21" },
    { "/page/2/", "x=ferry", PAGE_KEY_OK, "/page/2/" },
    { "/category/page/2/", "s=ferry", PAGE_KEY_OK, "/category/page/2/" },
    { "/feed/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/the-ferry/", "s=ferry", PAGE_KEY_OK, "/the-ferry/" },
    { "/index.php/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/index.php/", "s=ferry&paged=2", PAGE_KEY_MOVED, "/search/?q=ferry&page=2" },
    { "/index.php/page/2/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry&page=2" },
    { "/index.php/index.php/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/index.php/search/", "q=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/index.php/search", "page=2&q=ferry", PAGE_KEY_MOVED, "/search/?q=ferry&page=2" },
    { "/index.php/search/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/index.php/search/", "", PAGE_KEY_OK, "/index.php/search/" },
    { "/index.php/search/", "x=1", PAGE_KEY_OK, "/index.php/search/" },
    { "/index.php/", "cat=3", PAGE_KEY_MOVED, "/?cat=3" },
    { "/index.phpx/", "s=ferry", PAGE_KEY_OK, "/index.phpx/" },
    { "/search/", "s=ferry", PAGE_KEY_MOVED, "/search/?q=ferry" },
    { "/search/", "q=a&s=b", PAGE_KEY_OK, "/search/?q=a" },
    /* Equivalent spellings (RFC 3986, 6.2.2) are the same page. */
    { "/caf%c3%a9/", "", PAGE_KEY_OK, "/caf%C3%A9/" },
    { "/%41bc/", "", PAGE_KEY_OK, "/Abc/" },
    /* Other spellings are moved. */
    { "/a//b/", "", PAGE_KEY_MOVED, "/a/b/" },
    { "/a/./b/../c/", "utm=1", PAGE_KEY_MOVED, "/a/c/?utm=1" },
    { "/index.php", "p=7", PAGE_KEY_MOVED, "/?p=7" },
    { "//evil.example/", "", PAGE_KEY_MOVED, "/evil.example/" },
    { "/%zz", "", PAGE_KEY_BAD, "" },
    { "/%00", "", PAGE_KEY_BAD, "" },
    { "/%ff", "", PAGE_KEY_BAD, "" },
    { LONG_PATH, "", PAGE_KEY_LONG, "" },
    { "x", "", PAGE_KEY_BAD, "" },
    { "error:404", "", PAGE_KEY_BAD, "" },
    { "*", "", PAGE_KEY_BAD, "" },
};

TEST(site_key_is_the_canonical_address_and_the_parameters_that_count) {
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str key = STR("");
        enum page_key result =
            site_page_key(&a, str_of(cases[i].path), str_of(cases[i].query), &key);
        CHECK_INT(result, cases[i].result);
        CHECK_STR(key, cases[i].key);
    }
    arena_done(&a);
}

/* A key is a fixed point: what it names, asked for again, is itself. */
TEST(site_key_of_a_key_is_itself) {
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].result < PAGE_KEY_LONG) {
            struct str key = str_of(cases[i].key), again;
            size_t query = str_find_char(key, '?', 0);
            struct str path = str_slice(key, 0, query);
            if (cases[i].result == PAGE_KEY_MOVED) {
                key = path; /* its query is the one asked with */
            }
            CHECK_INT(site_page_key(&a, path,
                                    str_from(key, query == STR_NPOS ? key.len : query + 1), &again),
                      PAGE_KEY_OK);
            CHECK_STR(again, arena_str(&a, key).ptr);
        }
    }
    arena_done(&a);
}

/* However much is typed: as long as counts, in whole characters. */
TEST(site_key_of_a_search_is_bounded) {
    struct arena a = { 0 };
    struct buf query;
    buf_init(&query, 1u << 20);
    buf_put(&query, STR("q="));
    for (int i = 0; i < 2000; i++) {
        buf_put(&query, STR("%E6%B8%A1"));
    }
    struct str key, again;
    REQUIRE(site_page_key(&a, STR("/search/"), buf_str(&query), &key) == PAGE_KEY_OK);
    CHECK_INT(key.len, strlen("/search/?q=") + 600 * 3);
    REQUIRE(site_page_key(&a, STR("/search/"), str_from(key, strlen("/search/?")), &again) ==
            PAGE_KEY_OK);
    CHECK(str_eq(key, again));
    buf_done(&query);
    arena_done(&a);
}
