#include "transfer/wp_body.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "tests/harness.h"

#include <stdio.h>

struct told {
    int n;
    char last[200];
};

static bool media(UNUSED void *ctx, UNUSED struct arena *a, int64_t id, struct wp_media *ret) {
    static const struct wp_media all[] = {
        [1] = { .url = STR_INIT("/1.jpg"),
                .mime = STR_INIT("image/jpeg"),
                .alt = STR_INIT("one"),
                .caption = STR_INIT("A & B"),
                .width = 3,
                .height = 2 },
        [2] = { .url = STR_INIT("/2.jpg"), .mime = STR_INIT("image/jpeg") },
        [3] = { .url = STR_INIT("/3.mp3"),
                .mime = STR_INIT("audio/mpeg"),
                .title = STR_INIT("Song") },
    };
    if (id < 1 || id > 3) {
        return false;
    }
    *ret = all[id];
    return true;
}

static void children(UNUSED void *ctx, struct arena *a, struct wp_ids *ret) {
    for (int64_t id = 1; id <= 3; id++) {
        *vec_push(a, ret) = id;
    }
}

static bool block(UNUSED void *ctx, UNUSED struct arena *a, int64_t id, struct str *ret) {
    *ret = id == 5 ? STR("<!-- wp:paragraph --><p>shared</p><!-- /wp:paragraph -->")
                   : STR("<p>again</p><!-- wp:block {\"ref\":6} /-->");
    return id == 5 || id == 6;
}

static void told(void *ctx, const char *what) {
    struct told *t = ctx;
    t->n++;
    snprintf(t->last, sizeof t->last, "%s", what);
}

static int pages;

static void check_body(const char *file, int line, const char *content, const char *expected,
                       int n_told) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct html html = { STR("") };
    struct told t = { 0 };
    struct wp_library library = { &t, media, children, block, told };
    struct wp_body body = { .content = str_of(content),
                            .footnotes = STR("[{\"id\":\"n1\",\"content\":\"A <b>note</b>\"}]") };
    enum status status = wp_body_read(&a, &body, &library, &html, &pages, &err);
    if (status != STATUS_OK || !str_eq(html.raw, str_of(expected)) || t.n != n_told) {
        test_fail(file, line, "%s\n  expected %s (%d told)\n  actual   %.*s (%d told: %s)", content,
                  expected, n_told, STR_FMT(html.raw), t.n, t.last);
    }
    arena_done(&a);
}
#define CHECK_BODY(content, expected, n_told)                                                      \
    check_body(__FILE__, __LINE__, content, expected, n_told)

#define CARD(url)                                                                                  \
    "<figure data-card=\"embed\" data-url=\"" url "\"><a href=\"" url "\">" url "</a></figure>"

TEST(wp_body_reads_classic_bodies) {
    CHECK_BODY("a\nb\n\nc", "<p>a<br>b</p>\n<p>c</p>", 0);
    CHECK_BODY("a<!--more-->b<!--nextpage-->c", "<p>a</p>\n<p>b</p>\n<p>c</p>", 0);
    CHECK_INT(pages, 2);
    CHECK_BODY("a\n\nhttps://v.example/1?a=b\n\nc",
               "<p>a</p>\n" CARD("https://v.example/1?a=b") "\n<p>c</p>", 0);
    CHECK_BODY("see https://v.example/ here", "<p>see https://v.example/ here</p>", 0);
    CHECK_BODY("<script>x()</script><p onclick=\"x()\">a</p>", "<p>a</p>", 0);
    CHECK_BODY("", "", 0);
}

/* A megabyte that opens comments and closes one at the end, or none: found out in one pass, not in
 * one from each. */
TEST(wp_body_reads_unclosed_comments_once) {
    static const char *const ends[] = { "", " --> end" };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct arena a = { 0 };
        struct buf text;
        struct err err = { 0 };
        struct html html = { STR("") };
        struct told t = { 0 };
        struct wp_library library = { &t, media, children, block, told };
        buf_init(&text, 4 * MIB);
        while (text.len < MIB) {
            buf_put(&text, STR("<!--"));
        }
        buf_put(&text, str_of(ends[i]));
        struct wp_body body = { .content = buf_str(&text) };
        int64_t begin_us = clock_mono_us();
        CHECK_INT(wp_body_read(&a, &body, &library, &html, &pages, &err), STATUS_OK);
        CHECK(clock_mono_us() - begin_us < 60 * US_PER_SECOND);
        buf_done(&text);
        arena_done(&a);
    }
}

TEST(wp_body_expands_shortcodes) {
    CHECK_BODY("[caption align=\"alignright\" width=\"3\"]<a href=\"/x\"><img src=\"/1.jpg\" "
               "alt=\"\" /></a> A <b>cap</b>[/caption]",
               "<figure class=\"alignright\"><a href=\"/x\"><img src=\"/1.jpg\" alt=\"\"></a>"
               "<figcaption>A <b>cap</b></figcaption></figure>",
               0);
    CHECK_BODY("[wp_caption caption=\"C\"]<img src=\"/1.jpg\" alt=\"\">[/wp_caption]",
               "<figure><img src=\"/1.jpg\" alt=\"\"><figcaption>C</figcaption></figure>", 0);
    const char *gallery =
        "<figure data-card=\"gallery\"><figure><a href=\"/1.jpg\"><img src=\"/1.jpg\" alt=\"one\" "
        "width=\"3\" height=\"2\"></a><figcaption>A &amp; B</figcaption></figure>"
        "<figure><a href=\"/2.jpg\"><img src=\"/2.jpg\" alt=\"\"></a></figure></figure>";
    CHECK_BODY("[gallery ids=\"1, 2,9\"]", gallery, 0);
    CHECK_BODY("[gallery]", gallery, 0); /* what was uploaded to the post; the song is no picture */
    CHECK_BODY("[gallery ids=\"9\"]", "", 1);
    CHECK_BODY("[audio mp3=\"/a.mp3\"][/audio]",
               "<figure><audio src=\"/a.mp3\" controls=\"\" preload=\"none\"></audio></figure>", 0);
    CHECK_BODY("[audio]",
               "<figure><audio src=\"/3.mp3\" controls=\"\" preload=\"none\"></audio></figure>", 0);
    CHECK_BODY("[video src=\"/a.mp4\" poster=\"/p.jpg\"]",
               "<figure><video src=\"/a.mp4\" poster=\"/p.jpg\" controls=\"\" "
               "preload=\"none\"></video></figure>",
               0);
    CHECK_BODY("[playlist ids=\"3\"]",
               "<figure><audio src=\"/3.mp3\" controls=\"\" preload=\"none\"></audio>"
               "<figcaption>Song</figcaption></figure>",
               0);
    CHECK_BODY("[embed width=\"3\"]https://v.example/[/embed]", CARD("https://v.example/"), 0);
    CHECK_BODY("[[gallery]] stays", "<p>[gallery] stays</p>", 0);
    CHECK_BODY("[form id=\"1\"]", "<p>[form id=\"1\"]</p>", 1);
    CHECK_BODY("[sic]", "<p>[sic]</p>", 0);
}

TEST(wp_body_understands_blocks) {
    CHECK_BODY("<!-- wp:paragraph {\"align\":\"left\"} -->\n<p>a</p>\n<!-- /wp:paragraph -->",
               "<p>a</p>", 0);
    CHECK_BODY("<!-- wp:embed {\"url\":\"https://v.example/\"} -->\n<figure><div>https://v.example/"
               "</div><figcaption>C</figcaption></figure>\n<!-- /wp:embed -->",
               "<figure data-card=\"embed\" data-url=\"https://v.example/\"><a "
               "href=\"https://v.example/\">https://v.example/</a><figcaption>C</figcaption>"
               "</figure>",
               0);
    CHECK_BODY("<!-- wp:core-embed/x {\"url\":\"https://v.example/\"} /-->",
               CARD("https://v.example/"), 0);
    CHECK_BODY("<!-- wp:block {\"ref\":5} /-->", "<p>shared</p>", 0);
    CHECK_BODY("<!-- wp:block {\"ref\":7} /-->", "", 1);
    CHECK_BODY("<!-- wp:latest-posts {\"n\":3} /--><!-- wp:paragraph --><p>a</p>", "<p>a</p>", 1);
    CHECK_BODY("<!-- wp:cover {\"url\":\"/c.jpg\"} --><div><p>a</p></div><!-- /wp:cover -->",
               "<figure><img src=\"/c.jpg\" alt=\"\"></figure><div><p>a</p></div>", 0);
    CHECK_BODY("<!-- wp:gallery {\"ids\":[2]} --><!-- /wp:gallery -->",
               "<figure data-card=\"gallery\"><figure><a href=\"/2.jpg\"><img src=\"/2.jpg\" "
               "alt=\"\"></a></figure></figure>",
               0);
    CHECK_BODY("<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --><!-- wp:footnotes /-->",
               "<p>a</p><ol class=\"wp-block-footnotes\"><li id=\"n1\">A <b>note</b> <a "
               "href=\"#n1-link\">\u21a9\ufe0e</a></li></ol>",
               0);
    CHECK_BODY("<!-- wp:shortcode -->[embed]https://v.example/[/embed]<!-- /wp:shortcode -->",
               CARD("https://v.example/"), 0);
    CHECK_BODY("<!-- wp:nextpage --><!--nextpage--><!-- /wp:nextpage -->", "", 0);
    CHECK_INT(pages, 2);
}

TEST(wp_body_ends_blocks_that_hold_themselves) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct html html;
    struct told t = { 0 };
    struct wp_library library = { &t, media, children, block, told };
    struct wp_body body = { .content = STR("<!-- wp:block {\"ref\":6} /-->") };
    CHECK_INT(wp_body_read(&a, &body, &library, &html, &pages, &err), STATUS_OK);
    CHECK_INT(t.n, 1);
    arena_done(&a);
}
