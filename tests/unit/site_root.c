#include "tests/fixture.h"
#include "tests/harness.h"

#include "site/settings.h"

#include <jansson.h>
#include <stdlib.h>

static bool has(struct str text, const char *what) {
    return str_find(text, str_of(what), 0) != STR_NPOS;
}

TEST(site_robots_allow_all_but_searches) {
    struct fixture f;
    fixture_open(&f);
    struct str body = fixture_body(&f, "/robots.txt");
    CHECK(str_starts(body, STR("User-agent: *\nDisallow: /search/\n")));
    CHECK(has(body, "\n\nSitemap: https://"));
    CHECK(has(body, "/sitemap-news.xml\n"));
    fixture_set(&f, "robots_txt", "Disallow: /attic/\r\n\r\nUser-agent: Hoover\r\nDisallow: /");
    body = fixture_body(&f, "/robots.txt");
    CHECK(has(body, "Disallow: /*?s=\nDisallow: /attic/\n\nUser-agent: Hoover\nDisallow: /\n\nSi"));
    CHECK(!has(fixture_body(&f, "/"), "nofollow"));
    fixture_set(&f, "discourage_crawlers", "on");
    CHECK_STR(fixture_body(&f, "/robots.txt"), "User-agent: *\nDisallow: /\n");
    CHECK(has(fixture_body(&f, "/"), "<meta name=\"robots\" content=\"noindex, nofollow\">"));
    fixture_close(&f);
}

TEST(site_texts_of_settings_are_files_unless_empty) {
    static const char *const files[][2] = { { "ads_txt", "/ads.txt" },
                                            { "app_ads_txt", "/app-ads.txt" },
                                            { "security_txt", "/.well-known/security.txt" } };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CHECK_INT(fixture_status(&f, files[i][1]), 404);
        fixture_set(&f, files[i][0], "one\r\ntwo");
        struct fixture_answer a;
        fixture_get(&f, files[i][1], &a);
        CHECK_INT(a.status, 200);
        CHECK_STR(a.body, "one\ntwo\n");
        CHECK(has(a.head, "Content-Type: text/plain; charset=utf-8\r\n"));
        keys_done(&a.keys);
    }
    CHECK_STR(fixture_location(&f, "/security.txt"), "/.well-known/security.txt");
    CHECK(has(fixture_body(&f, "/humans.txt"), "Name: The Test Courier\n"));
    fixture_set(&f, "humans_txt", "The night desk");
    CHECK_STR(fixture_body(&f, "/humans.txt"), "The night desk\n");
    fixture_close(&f);
}

TEST(site_settings_of_lines_are_plain_text_within_a_limit) {
    struct err err = { 0 };
    struct buf big;
    buf_init(&big, 1 << 20);
    for (int i = 0; i < 70000; i++) {
        buf_put_char(&big, 'x');
    }
    CHECK_INT(settings_check(STR("ads_txt"), STR("a\tb\nc\r\n\nd"), &err), STATUS_OK);
    CHECK_INT(settings_check(STR("ads_txt"), STR("a\0b"), &err), STATUS_INVALID);
    CHECK_INT(settings_check(STR("ads_txt"), STR("\xff"), &err), STATUS_INVALID);
    CHECK_INT(settings_check(STR("ads_txt"), buf_str(&big), &err), STATUS_INVALID);
    CHECK_STR(str_of(err.message), "ads_txt: plain text of at most 64 KiB, please");
    buf_done(&big);
}

TEST(site_manifest_names_the_paper_and_its_icons) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "title", "The \"Quay\" Lantern");
    fixture_set(&f, "short_title", "Lantern");
    fixture_set(&f, "language", "ar");
    struct fixture_answer a;
    fixture_get(&f, "/manifest.webmanifest", &a);
    CHECK(has(a.head, "Content-Type: application/manifest+json\r\n"));
    json_error_t error;
    json_t *root = json_loadb(a.body.ptr, a.body.len, 0, &error);
    REQUIRE(root != NULL);
    CHECK_STR(str_of(json_string_value(json_object_get(root, "name"))), "The \"Quay\" Lantern");
    CHECK_STR(str_of(json_string_value(json_object_get(root, "short_name"))), "Lantern");
    CHECK_STR(str_of(json_string_value(json_object_get(root, "dir"))), "rtl");
    CHECK_STR(str_of(json_string_value(json_object_get(root, "theme_color"))), "#ffffff");
    json_t *icons = json_object_get(root, "icons");
    CHECK_INT(json_array_size(icons), 4);
    for (size_t i = 0; i < json_array_size(icons); i++) {
        const char *src = json_string_value(json_object_get(json_array_get(icons, i), "src"));
        CHECK_INT(fixture_status(&f, src), 200);
    }
    json_decref(root);
    keys_done(&a.keys);
    fixture_close(&f);
}

TEST(site_icons_stand_where_browsers_look) {
    static const char *const icons[][2] = { { "/favicon.ico", "image/x-icon" },
                                            { "/favicon.svg", "image/svg+xml" },
                                            { "/apple-touch-icon.png", "image/png" },
                                            { "/apple-touch-icon-precomposed.png", "image/png" } };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(icons); i++) {
        struct fixture_answer a;
        fixture_get(&f, icons[i][0], &a);
        CHECK_INT(a.status, 200);
        CHECK(a.body.len > 100 && has(a.head, icons[i][1]));
        CHECK(!has(a.head, "immutable"));
        keys_done(&a.keys);
    }
    fixture_close(&f);
}
