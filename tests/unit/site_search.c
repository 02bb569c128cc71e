#include "tests/fixture.h"
#include "tests/harness.h"

#include "site/route.h"

#include <stdio.h>

static bool has(struct str text, const char *what) {
    return str_find(text, str_of(what), 0) != STR_NPOS;
}

static size_t count(struct str text, const char *what) {
    size_t n = 0;
    for (size_t at = 0; (at = str_find(text, str_of(what), at)) != STR_NPOS; at++) {
        n++;
    }
    return n;
}

static bool shows(struct fixture *f, const char *key, const char *what) {
    return has(fixture_body(f, key), what);
}

TEST(site_search_has_its_addresses) {
    static const struct {
        const char *key;
        int status;
        const char *location;
    } cases[] = {
        { "/search/", 200, "" },
        { "/search/?q=headline", 200, "" },
        { "/search/?q=headline&page=2", 200, "" },
        { "/search/?q=headline&page=3", 404, "" },
        { "/search/?q=headline&page=21", 404, "" },
        { "/search/?page=2", 404, "" },
        { "/search/?q=nothing-like-it", 200, "" },
        { "/search/?q=nothing-like-it&page=2", 404, "" },
        { "/search/?q=headline&section=99", 404, "" },
        { "/search/?q=headline&author=99", 404, "" },
        { "/search/?q=a&x=1", 404, "" }, /* no key that site_page_key makes */
        { "/search/late+ferry/", 301, "/search/?q=late+ferry" },
        { "/search/late%20ferry", 301, "/search/?q=late+ferry" },
        { "/search/either/or/", 301, "/search/?q=either%2For" },
        { "/search/ferry/page/2/", 301, "/search/?q=ferry&page=2" },
        { "/search/ferry/page/9999/", 301, "/search/?q=ferry&page=21" },
        { "/search/ferry/feed/", 301, "/search/?q=ferry" },
        { "/search/ferry/feed/rss2/", 301, "/search/?q=ferry" },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = fixture_status(&f, cases[i].key);
        if (status != cases[i].status) {
            test_fail(__FILE__, __LINE__, "%s: %d", cases[i].key, status);
        }
        CHECK_STR(fixture_location(&f, cases[i].key), cases[i].location);
    }
    fixture_close(&f);
}

TEST(site_search_is_a_page_of_which_there_may_be_any_number) {
    CHECK(route_is_made_up(STR("/search/?q=a")));
    CHECK(route_is_made_up(STR("/search/ferry/")));
    CHECK(!route_is_made_up(STR("/search/")));
    CHECK(!route_is_made_up(STR("/searching/")));
}

TEST(site_search_shows_what_is_public_and_marks_it) {
    struct fixture f;
    fixture_open(&f);
    struct str html = fixture_body(&f, "/search/?q=headline");
    CHECK_INT(count(html, "<article"), 10);
    CHECK_INT(count(html, "\"><mark>Headline</mark> "), 10);
    CHECK(has(html, "<p role=\"status\">14 stories</p>"));
    CHECK(has(html, "value=\"headline\""));
    CHECK(has(html, "<meta name=\"robots\" content=\"noindex, follow\">"));
    CHECK(has(html, "<title>Search: headline – The Test Courier</title>"));
    CHECK(has(html, "<a href=\"/search/?q&#x3D;headline&amp;page&#x3D;2\" rel=\"next\">"));
    html = fixture_body(&f, "/search/?q=headline&page=2");
    CHECK_INT(count(html, "<article"), 4);
    CHECK(has(html, "<a href=\"/search/?q&#x3D;headline\" rel=\"prev\">"));
    CHECK(has(html, "<title>Search: headline – Page 2 of 2 – The Test Courier</title>"));
    CHECK(!shows(&f, "/search/?q=secret", "<article class=\"row"));
    fixture_close(&f);
}

TEST(site_search_is_narrowed_and_ordered) {
    struct fixture f;
    fixture_open(&f);
    char key[100];
    snprintf(key, sizeof key, "/search/?q=headline&section=%lld", (long long)f.harbour);
    struct str html = fixture_body(&f, key);
    CHECK_INT(count(html, "<article"), 7);
    CHECK(has(html, "<details open>"));
    CHECK(has(html, " selected>Harbour</option>"));
    CHECK(has(html, "<a href=\"/search/?q&#x3D;headline\">Search everything</a>"));
    snprintf(key, sizeof key, "/search/?q=headline&author=%lld", (long long)f.anna);
    html = fixture_body(&f, key);
    CHECK(count(html, "<article") > 0);
    CHECK(has(html, "checked> Only by Anna Vex"));
    html = fixture_body(&f, "/search/?q=headline&from=2022-03-03&to=2022-03-05&sort=newest");
    CHECK_INT(count(html, "<article"), 3);
    CHECK(str_find(html, STR("headline-5/"), 0) < str_find(html, STR("headline-3/"), 0));
    /* The day of the site's zone: the stories are of 09:00 UTC. */
    fixture_set(&f, "timezone", "Pacific/Kiritimati"); /* UTC+14 */
    fixture_reopen(&f);
    html = fixture_body(&f, "/search/?q=headline&from=2022-03-03&to=2022-03-03");
    CHECK_INT(count(html, "<article"), 1);
    CHECK(has(html, "headline-3/"));
    fixture_set(&f, "timezone", "Pacific/Niue"); /* UTC-11: still the day before */
    fixture_reopen(&f);
    html = fixture_body(&f, "/search/?q=headline&from=2022-03-03&to=2022-03-03");
    CHECK_INT(count(html, "<article"), 1);
    CHECK(has(html, "headline-4/"));
    fixture_close(&f);
}

TEST(site_search_helps_when_nothing_is_found) {
    struct fixture f;
    fixture_open(&f);
    char key[100];
    struct str html = fixture_body(&f, "/search/?q=zymurgy");
    CHECK(has(html, "Nothing was found for “zymurgy”"));
    CHECK(has(html, "<a href=\"/category/world/\">World &amp; Sea</a>"));
    CHECK(has(html, "Latest from The Test Courier"));
    CHECK(!has(html, "Search everything"));
    snprintf(key, sizeof key, "/search/?q=headline&section=%lld", (long long)f.empty);
    html = fixture_body(&f, key);
    CHECK(has(html, "Nothing was found for"));
    CHECK(has(html, "Search everything"));
    html = fixture_body(&f, "/search/?q=headline+zymurgy"); /* the words that there are */
    CHECK(has(html, "No story has all of these words."));
    CHECK_INT(count(html, "<article"), 10);
    html = fixture_body(&f, "/search/?q=-headline"); /* nothing to look for */
    CHECK(!has(html, "<article class=\"row\""));
    CHECK(!has(html, "Nothing was found"));
    fixture_close(&f);
}

/* What is typed is text, wherever it is shown. */
TEST(site_search_escapes_what_is_typed) {
    struct fixture f;
    fixture_open(&f);
    struct str html =
        fixture_body(&f, "/search/?q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E+headline");
    CHECK(!has(html, "<script>alert"));
    CHECK(has(html, "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; headline\""));
    struct story story = fixture_story(&f, f.stories[14]);
    story.headline = STR("Ferry <b onclick=x>bold</b> & \"late\"");
    story.body = (struct html){ STR("<p>A &lt;script&gt; ferry &amp; more</p>") };
    fixture_put(&f, &story);
    html = fixture_body(&f, "/search/?q=ferry+script");
    CHECK(has(html, "<mark>Ferry</mark> &lt;b onclick&#x3D;x&gt;bold&lt;/b&gt; &amp; &quot;late"));
    CHECK(has(html, "A &lt;<mark>script</mark>&gt; <mark>ferry</mark> &amp; more"));
    fixture_close(&f);
}

TEST(site_search_offers_itself) {
    struct fixture f;
    fixture_open(&f);
    struct str front = fixture_body(&f, "/");
    CHECK(has(front, "<form class=\"find\" role=\"search\""));
    CHECK(has(front, "<link rel=\"search\" type=\"application/opensearchdescription+xml\""));
    CHECK(has(front, "/search/?q={search_term_string}"));
    CHECK_INT(count(fixture_body(&f, "error:404"), "action=\"/search/\""), 2);
    struct fixture_answer a;
    fixture_get(&f, "/opensearch.xml", &a);
    CHECK(has(a.head, "application/opensearchdescription+xml"));
    CHECK(has(a.body, "<ShortName>The Test Courier</ShortName>"));
    CHECK(has(a.body, "/search/?q={searchTerms}\"/>"));
    keys_done(&a.keys);
    fixture_set(&f, "title", "The Very Long Name of a Paper & Its Town"); /* 16 characters */
    fixture_reopen(&f);
    CHECK(shows(&f, "/opensearch.xml", "<ShortName>The Very Long Na</ShortName>"));
    fixture_close(&f);
}
