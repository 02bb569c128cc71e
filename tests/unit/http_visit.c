#include "tests/harness.h"

#include "http/visit.h"

#include <stdio.h>

static const char *const browsers[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
    "Mozilla/5.0 (Android 13; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/96.0.4664.104 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/116.0.0.0 YaBrowser/23.9.0 Yowser/2.5 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/437.0;FBLC/en_GB;FBOP/5]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) GSA/290.0 Mobile/15E148 Safari/604.1",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.289 Version/12.02",
    "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8",
    "w3m/0.5.3+git20230121",
};

static const char *const others[] = {
    "",
    "-",
    "Mozilla",
    "mozilla/5.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/120.0.0.0 Mobile Safari/537.36 (compatible; Google-InspectionTool/1.0;)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.0)",
    "Mozilla/5.0 (compatible; YandexRenderResourcesBot/1.0)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 11; moto g power) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/119.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse",
    "Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b",
    "Mozilla/5.0 (compatible; SomethingNobodyKnows/1.0; +https://example.org/about)",
    "Mozilla/5.0 (compatible; archive.org_bot)",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0",
    "curl/7.88.1",
    "Wget/1.21.3",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "Java/17.0.1",
    "okhttp/4.9.0",
    "node",
};

TEST(http_visit_tells_browsers_from_others) {
    for (size_t i = 0; i < 2 * COUNT_OF(browsers); i++) { /* anew, and remembered */
        if (!http_is_browser(str_of(browsers[i / 2]))) {
            test_fail(__FILE__, __LINE__, "no browser: %s", browsers[i / 2]);
        }
    }
    for (size_t i = 0; i < 2 * COUNT_OF(others); i++) {
        if (http_is_browser(str_of(others[i / 2]))) {
            test_fail(__FILE__, __LINE__, "a browser: %s", others[i / 2]);
        }
    }
    CHECK(!http_is_browser((struct str){ NULL, 0 }));
    /* A word at the very end, and in another case. */
    CHECK(!http_is_browser(STR("Mozilla/5.0 aBOT")));
    CHECK(http_is_browser(STR("Mozilla/5.0 abo")));
    CHECK(!http_is_browser(STR("Mozilla/5.0 cubot robot")));
    CHECK(http_is_browser(STR("Mozilla/5.0 \xff\x80\x00 b")));
}

/* Each on its own: what the others above say is mostly said twice. */
TEST(http_visit_knows_machines_by_one_word) {
    static const char *const words[] = {
        "Bot",       "Crawl",      "Spider",        "Slurp",         "HttpClient",  "Archive",
        "axios",     "CFNetwork",  "Checker",       "ExternalAgent", "ExternalHit", "Favicon",
        "Feed",      "Fetch",      "Google-Read",   "GoogleOther",   "GTmetrix",    "Headless",
        "heritrix",  "Lighthouse", "Mediapartners", "Monitor",       "Nutch",       "PageSpeed",
        "PhantomJS", "Pingdom",    "Preview",       "PTST/1",        "Python",      "Scanner",
        "Scraper",   "StatusCake", "Uptime",        "Validator",     "Wget",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char agent[64];
        snprintf(agent, sizeof agent, "Mozilla/5.0 (%s 1.0) Gecko/20", words[i]);
        if (http_is_browser(str_of(agent))) {
            test_fail(__FILE__, __LINE__, "a browser: %s", agent);
        }
    }
    CHECK(http_is_browser(STR("Mozilla/5.0 (1.0) Gecko/20")));
}

static bool is_visit(enum http_method method, const char *const (*fields)[2], size_t n) {
    struct http_field list[8] = { { STR_INIT("Host"), STR_INIT("x") },
                                  { STR_INIT("user-AGENT"), str_of(browsers[0]) } };
    struct http_request req = { .method = method, .fields = list, .n_fields = 2 };
    for (size_t i = 0; i < n; i++) {
        list[req.n_fields++] = (struct http_field){ str_of(fields[i][0]), str_of(fields[i][1]) };
    }
    return http_is_visit(&req);
}

TEST(http_visit_is_somebody_who_looks) {
    static const struct {
        const char *fields[2][2];
        size_t n;
        bool expected;
    } cases[] = {
        { .n = 0, .expected = true },
        { { { "Purpose", "prefetch" } }, 1, false },
        { { { "sec-purpose", "prefetch;prerender" } }, 1, false },
        { { { "X-Moz", "prefetch" } }, 1, false },
        { { { "X-Purpose", "preview" } }, 1, false },
        { { { "Purpose", "reading" } }, 1, true },
        { { { "Sec-Fetch-Dest", "document" }, { "Sec-Fetch-Site", "cross-site" } }, 2, true },
        { { { "Sec-Fetch-Dest", "iframe" }, { "Sec-Fetch-Site", "same-origin" } }, 2, false },
        { { { "Sec-Fetch-Dest", "empty" }, { "Sec-Fetch-Site", "same-origin" } }, 2, false },
        { { { "Sec-Fetch-Dest", "image" }, { "Sec-Fetch-Site", "same-origin" } }, 2, true },
        { { { "Sec-Fetch-Dest", "image" }, { "Sec-Fetch-Site", "cross-site" } }, 2, false },
        { { { "Sec-Fetch-Dest", "image" } }, 1, false },
        { { { "If-None-Match", "\"x\"" } }, 1, true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(is_visit(HTTP_GET, cases[i].fields, cases[i].n), cases[i].expected);
        CHECK(!is_visit(HTTP_HEAD, cases[i].fields, cases[i].n));
        CHECK(!is_visit(HTTP_POST, cases[i].fields, cases[i].n));
    }
    struct http_request nobody = { .method = HTTP_GET };
    CHECK(!http_is_visit(&nobody));
}
