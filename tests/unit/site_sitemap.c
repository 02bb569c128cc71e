#include "tests/fixture.h"
#include "tests/harness.h"

#include "base/clock.h"

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

static void set_news_since(struct fixture *f, int64_t since_us) {
    struct store_writer *w = NULL;
    struct err err = { 0 };
    CHECK_INT(store_write_begin(f->store, &w, &err), STATUS_OK);
    CHECK_INT(store_news_since_put(w, since_us, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
}

TEST(site_sitemap_names_what_is_public_and_nothing_else) {
    struct fixture f;
    fixture_open(&f);
    struct fixture_answer a;
    fixture_get(&f, "/sitemap.xml", &a);
    CHECK_INT(a.status, 200);
    CHECK(has(a.head, "Content-Type: application/xml; charset=utf-8\r\n"));
    CHECK(has(a.body, "/sitemap-stories-1.xml</loc>\n<lastmod>20"));
    CHECK(has(a.body, "/sitemap-pages-1.xml</loc>"));
    CHECK(has(a.body, "/sitemap-sections-1.xml</loc>"));
    CHECK(!has(a.body, "/sitemap-news.xml"));
    keys_done(&a.keys);

    struct str stories = fixture_body(&f, "/sitemap-stories-1.xml");
    CHECK_INT(count(stories, "<url>"), FIXTURE_STORIES);
    CHECK(!has(stories, "secret"));
    CHECK(has(stories, "<loc>https://"));
    /* The front page stands first; sections without stories do not. */
    struct str sections = fixture_body(&f, "/sitemap-sections-1.xml");
    CHECK_INT(count(sections, "<url>"), 1 + 3);
    CHECK(has(sections, "/</loc>\n<lastmod>2022-03-14T"));
    CHECK(!has(sections, "empty"));
    CHECK_INT(count(fixture_body(&f, "/sitemap-pages-1.xml"), "<url>"), 2);
    CHECK_INT(fixture_status(&f, "/sitemap-stories-2.xml"), 404);
    CHECK_INT(fixture_status(&f, "/sitemap-stories-01.xml"), 301); /* not our spelling */
    CHECK_INT(fixture_status(&f, "/sitemap-stories-9999999999999999.xml"), 404);
    fixture_close(&f);
}

TEST(site_sitemap_leaves_out_what_is_noindex_and_the_page_at_the_front) {
    struct fixture f;
    fixture_open(&f);
    struct story s = fixture_story(&f, f.stories[3]);
    s.noindex = true;
    fixture_put(&f, &s);
    CHECK(has(fixture_body(&f, arena_str(&f.arena, s.path).ptr),
              "<meta name=\"robots\" content=\"noindex\">"));
    CHECK_INT(count(fixture_body(&f, "/sitemap-stories-1.xml"), "<url>"), FIXTURE_STORIES - 1);
    struct story about = fixture_story(&f, f.about);
    fixture_set(&f, "front_page", arena_str(&f.arena, about.path).ptr);
    CHECK_INT(count(fixture_body(&f, "/sitemap-pages-1.xml"), "<url>"), 1);
    /* A file that the index names has something in it, also when the front's is the only page. */
    struct story child = fixture_story(&f, f.about_child);
    child.noindex = true;
    fixture_put(&f, &child);
    struct str pages = fixture_body(&f, "/sitemap-pages-1.xml");
    CHECK_INT(count(pages, "<url>"), 1);
    CHECK(has(pages, "<loc>https://courier.example/</loc>"));
    fixture_close(&f);
}

TEST(site_sitemap_names_the_picture_of_a_story) {
    struct fixture f;
    fixture_open(&f);
    struct story s = fixture_story(&f, f.stories[2]);
    s.lead_media_id = f.image;
    fixture_put(&f, &s);
    struct str body = fixture_body(&f, "/sitemap-stories-1.xml");
    CHECK(count(body, "<image:image>") >= 1);
    CHECK_INT(count(body, "<image:loc>https://"), count(body, "<image:image>"));
    fixture_close(&f);
}

TEST(site_news_follow_the_horizon_and_the_language) {
    struct fixture f;
    fixture_open(&f);
    CHECK_INT(count(fixture_body(&f, "/sitemap-news.xml"), "<url>"), 0);
    /* 2022-03-13 00:00: two of the daily stories are later. */
    set_news_since(&f, INT64_C(1647129600) * US_PER_SECOND);
    struct str body = fixture_body(&f, "/sitemap-news.xml");
    CHECK_INT(count(body, "<news:news>"), 2);
    CHECK(has(body, "<news:title>Headline 14</news:title>"));
    CHECK(has(body, "<news:publication_date>2022-03-14T09:00:00"));
    CHECK(has(body, "<news:name>The Test Courier</news:name>\n<news:language>en<"));
    static const char *const languages[][2] = {
        { "pt-BR", "pt" },      { "zh-TW", "zh-tw" }, { "zh-CN", "zh-cn" },
        { "zh-Hant", "zh-tw" }, { "zh", "zh-cn" },    { "zh-Hans-HK", "zh-cn" },
    };
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "<news:language>%s</news:language>", languages[i][1]);
        fixture_set(&f, "language", languages[i][0]);
        CHECK(has(fixture_body(&f, "/sitemap-news.xml"), wanted));
    }
    fixture_close(&f);
}

TEST(site_sitemaps_of_wordpress_lead_to_ours) {
    static const char *const old[][2] = {
        { "/wp-sitemap.xml", "/sitemap.xml" },
        { "/wp-sitemap-posts-post-1.xml", "/sitemap.xml" },
        { "/sitemap_index.xml", "/sitemap.xml" },
        { "/sitemap-index.xml", "/sitemap.xml" },
        { "/sitemap.xml.gz", "/sitemap.xml" },
        { "/post-sitemap.xml", "/sitemap.xml" },
        { "/post-sitemap12.xml", "/sitemap.xml" },
        { "/category-sitemap.xml", "/sitemap.xml" },
        { "/sitemap-pt-post-2022-03.xml", "/sitemap.xml" },
        { "/news-sitemap.xml", "/sitemap-news.xml" },
        { "/sitemap_news.xml", "/sitemap-news.xml" },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(old); i++) {
        CHECK_STR(fixture_location(&f, old[i][0]), old[i][1]);
    }
    CHECK_INT(fixture_status(&f, "/category/post-sitemap.xml"), 404);
    CHECK_INT(fixture_status(&f, "/wp-sitemap.xsl"), 404);
    fixture_close(&f);
}
