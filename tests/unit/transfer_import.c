/* What becomes of an export that has everything in it. */
#include "tests/harness.h"
#include "tests/import_site.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "text/html.h"
#include "text/words.h"

#include <stdio.h>

static bool contains(struct str text, const char *part) {
    return str_find(text, str_of(part), 0) != STR_NPOS;
}

/* ---- one export with everything in it ---- */

TEST(import_counts_and_warns) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.status, STATUS_OK);
    CHECK_INT(import_site_count(&s, "post/publish"), 4);
    CHECK_INT(import_site_count(&s, "page/publish"), 2);
    CHECK_INT(import_site_count(&s, "post/draft"), 2);
    CHECK_INT(import_site_count(&s, "post/pending"), 1);
    CHECK_INT(import_site_count(&s, "post/private"), 1);
    CHECK_INT(import_site_count(&s, "post/future"), 1);
    CHECK_INT(import_site_count(&s, "post/trash"), 1);
    CHECK_INT(import_site_count(&s, "post/pitch"), 1);
    CHECK_INT(import_site_count(&s, "attachment/inherit"), 3);
    CHECK_INT(import_site_count(&s, "nav_menu_item/publish"), 6);
    CHECK_INT(import_site_count(&s, "podcast/publish"), 1);
    CHECK_INT(s.report.items_failed, 2);
    CHECK(import_site_warned(&s, "no wp:post_id", 0));
    CHECK(import_site_warned(&s, "another item with its post id", 1));
    CHECK(import_site_warned(&s, "[weather_box] is not known", 1));
    CHECK(import_site_warned(&s, "lost.png is not in the uploads", 102));
    CHECK(import_site_warned(&s, "--types podcast=story", 12));
    CHECK(import_site_warned(&s, "leads to nothing", 206));
    import_site_check(&s);
    import_site_close(&s);
}

TEST(import_keeps_states) {
    static const struct {
        const char *path;
        enum story_state state;
        enum story_visibility visibility;
    } expected[] = {
        { "/news/first-story/", STORY_PUBLISHED, STORY_PUBLIC },
        { "/news/behind/", STORY_PUBLISHED, STORY_PASSWORD },
        { "/news/a-secret/", STORY_PUBLISHED, STORY_PRIVATE },
        { "/news/a-draft/", STORY_DRAFT, STORY_PUBLIC },
        { "/news/pending-one/", STORY_REVIEW, STORY_PUBLIC },
        { "/news/tomorrow/", STORY_SCHEDULED, STORY_PUBLIC },
        { "/news/thrown__trashed/", STORY_TRASHED, STORY_PUBLIC },
        { "/news/a-pitch/", STORY_DRAFT, STORY_PUBLIC },
        { "/news/second-2/", STORY_DRAFT, STORY_PUBLIC }, /* the published one has /second/ */
    };
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        struct story story = import_site_story(&s, expected[i].path);
        if (story.id == 0) {
            test_fail(__FILE__, __LINE__, "nothing at %s", expected[i].path);
        }
        CHECK_INT(story.state, expected[i].state);
        CHECK_INT(story.visibility, expected[i].visibility);
    }
    CHECK_STR(import_site_story(&s, "/news/behind/").password, "open sesame");
    CHECK_INT(import_site_address(&s, "/podcast/an-episode/").kind, ADDRESS_NONE);
    CHECK_STR(import_site_story(&s, "/news/second/").headline, "The & second");
    CHECK_STR(import_site_story(&s, "/news/no-title/").headline,
              "Words of a story that has no headline");
    import_site_close(&s);
}

TEST(import_maps_a_story) {
    struct import_site s;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    struct story second = import_site_story(&s, "/news/second/");
    struct story first = import_site_story(&s, "/news/first-story/");
    CHECK_STR(second.standfirst, "A standfirst of the second.");
    CHECK_STR(second.seo_title, "The & second - The Bay & Tide");
    CHECK_STR(second.seo_description, "Described");
    CHECK(second.lead_media_id != 0);
    CHECK_INT(second.local_day, 20210506);
    CHECK(second.updated_us - second.published_us == 2 * US_PER_DAY);
    CHECK_STR(first.seo_title, ""); /* a variable without value */
    CHECK(first.sticky);
    CHECK_INT(first.sections.len, 2);
    CHECK_INT(first.tags.len, 2);
    struct section section;
    CHECK_INT(store_section(s.reader, &s.arena, first.section_id, &section, &err), STATUS_OK);
    CHECK_STR(section.name, "News"); /* the SEO plugin's choice, not the first */
    REQUIRE(first.authors.len == 1);
    struct author author;
    CHECK_INT(store_author(s.reader, &s.arena, first.authors.ptr[0], &author, &err), STATUS_OK);
    CHECK_STR(author.name, "Guest Writer");
    CHECK_STR(author.path, "/author/guest/");
    CHECK(author.media_id != 0);
    struct tag tag;
    CHECK_INT(store_tag(s.reader, &s.arena, first.tags.ptr[1], &tag, &err), STATUS_OK);
    CHECK_STR(tag.taxonomy, "boat");
    CHECK_STR(tag.slug, "boat-ketch");
    struct str meta;
    CHECK_INT(store_meta(s.reader, &s.arena, META_STORY, first.id, STR("odd_meta"), &meta, &err),
              STATUS_OK);
    CHECK_STR(meta, "kept");
    CHECK_INT(
        store_meta(s.reader, &s.arena, META_STORY, first.id, STR("_wp_post_format"), &meta, &err),
        STATUS_OK);
    CHECK_STR(meta, "post-format-aside");
    struct story child = import_site_story(&s, "/parent/child/");
    CHECK_INT(child.parent_id, import_site_story(&s, "/parent/").id);
    CHECK(!child.comments_open);
    import_site_close(&s);
}

TEST(import_keeps_what_has_no_field) {
    struct import_site s;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    int64_t first = import_site_id_at(&s, "/news/first-story/");
    import_site_check_meta(&s, META_STORY, first, "_wp_guid",
                           "https://bay.example/2021/05/first-guid/");
    import_site_check_meta(&s, META_STORY, first, "_wp_post_id", "1");
    import_site_check_meta(&s, META_STORY, first, "_wp_ping_status", "open");
    import_site_check_meta(&s, META_STORY, first, "_wp_creator",
                           "jane"); /* its byline is the guest's */
    import_site_check_meta(&s, META_STORY, first, "_edit_lock", NULL);
    import_site_check_meta(&s, META_STORY, import_site_id_at(&s, "/news/second/"), "_wp_creator",
                           NULL);
    import_site_check_meta(&s, META_STORY, import_site_id_at(&s, "/parent/child/"), "_wp_guid",
                           "https://bay.example/?p=3");
    int64_t pier = import_site_id_at(&s, "/wp-content/uploads/2021/05/pier.jpg");
    import_site_check_meta(&s, META_MEDIA, pier, "_wp_description", "Seen <b>from</b> the ferry.");
    import_site_check_meta(&s, META_MEDIA, pier, "_wp_attached_file", "2021/05/pier.jpg");
    import_site_check_meta(&s, META_MEDIA, pier, "_wp_guid", "https://bay.example/?p=100");
    import_site_check_meta(&s, META_MEDIA, pier, "_wp_attachment_image_alt",
                           NULL); /* is media.alt */
    struct settings metas;
    CHECK_INT(store_metas(s.reader, &s.arena, META_MEDIA, pier, &metas, &err), STATUS_OK);
    bool has_sizes = false;
    for (size_t i = 0; i < metas.len; i++) {
        has_sizes |= str_eq(metas.ptr[i].key, STR("_wp_attachment_metadata")) &&
                     contains(metas.ptr[i].value, "pier-300x225.jpg");
    }
    CHECK(has_sizes);
    int64_t news = import_site_id_at(&s, "/?cat=10");
    int64_t ketch = import_site_id_at(&s, "/boat/ketch/");
    import_site_check_meta(&s, META_SECTION, news, "colour", "teal");
    import_site_check_meta(&s, META_SECTION, news, "_wp_term_id", "10");
    import_site_check_meta(&s, META_TAG, ketch, "masts", "2");
    import_site_check_meta(&s, META_TAG, ketch, "_wp_parent", "sail");
    int64_t jane = import_site_id_at(&s, "/?author=3");
    int64_t guest = import_site_id_at(&s, "/author/guest/");
    import_site_check_meta(&s, META_AUTHOR, jane, "_wp_first_name", "Desk");
    import_site_check_meta(&s, META_AUTHOR, jane, "_wp_last_name", "One");
    import_site_check_meta(&s, META_AUTHOR, guest, "cap-website", "https://guest.example/");
    import_site_check_meta(&s, META_AUTHOR, guest, "cap-description",
                           NULL); /* is author.biography */
    struct comments comments;
    CHECK_INT(store_comments(s.reader, &s.arena, first, 100, &comments, &err), STATUS_OK);
    REQUIRE(comments.len > 1);
    import_site_check_meta(&s, META_COMMENT, comments.ptr[1].id, "stars", "4");
    import_site_check_meta(&s, META_COMMENT, comments.ptr[1].id, "_wp_user_id", "3");
    import_site_check_meta(&s, META_COMMENT, comments.ptr[1].id, "_wp_comment_id", "2");
    /* A newer export's values stand for the old ones; what it does not have stays. */
    import_site_run(
        &s, &(struct import_case){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    import_site_check_meta(&s, META_SECTION, news, "colour", "red");
    import_site_check_meta(&s, META_SECTION, news, "icon", "bell");
    import_site_check_meta(&s, META_AUTHOR, jane, "_wp_first_name", "Desk");
    import_site_run(&s, &import_every_clause);
    import_site_check_meta(&s, META_SECTION, news, "colour", "red");
    import_site_close(&s);
}

TEST(import_makes_bodies) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    struct story second = import_site_story(&s, "/news/second/");
    struct story first = import_site_story(&s, "/news/first-story/");
    char card[200];
    snprintf(card, sizeof card,
             "<div data-card=\"also-read\" data-story=\"%lld\" data-label=\"ALSO READ:\"></div>",
             (long long)second.id);
    CHECK(contains(first.body.raw, card));
    snprintf(card, sizeof card,
             "<div data-card=\"also-read\" data-story=\"%lld\" data-label=\"LIRE AUSSI :\"></div>",
             (long long)first.id);
    CHECK(contains(second.body.raw, card));
    snprintf(card, sizeof card, "<a data-story=\"%lld\" href=\"/news/second/#top\">link ahead</a>",
             (long long)second.id);
    CHECK(contains(first.body.raw, card));
    CHECK(
        contains(second.body.raw, "<p>READ MORE: <a href=\"https://bay.example/not-exported/\">"));
    CHECK(contains(second.body.raw, "<p>From the reusable block.</p>"));
    CHECK(
        contains(second.body.raw, "<figure data-card=\"gallery\"><figure><a href=\"/wp-content/"));
    CHECK(contains(second.body.raw, "/wp-content/uploads/2021/06/second.png"));
    CHECK(contains(first.body.raw, "src=\"/wp-content/uploads/2021/05/pier.jpg\""));
    CHECK(contains(first.body.raw, "<figcaption>The <em>pier</em></figcaption>"));
    CHECK(
        contains(first.body.raw, "<figure data-card=\"embed\" data-url=\"https://video.example/"));
    CHECK(contains(first.body.raw, "[weather_box town=\"Bay\"]"));
    CHECK(!contains(first.body.raw, "alert"));
    CHECK(!contains(second.body.raw, "<!--"));
    /* Cards show other stories' words, and count for nothing. */
    CHECK_INT(first.word_count, words_count(html_text(&s.arena, first.body), "en"));
    CHECK_INT(second.word_count, words_count(html_text(&s.arena, second.body), "en"));
    import_site_close(&s);
}

TEST(import_answers_old_addresses) {
    static const struct {
        const char *old;
        const char *now;
    } redirects[] = {
        { "/?p=1", "/news/first-story/" },
        { "/news/an-older-name/", "/news/first-story/" },
        { "/2021/05/first-guid/", "/news/first-story/" },
        { "/news/first-story/pier/", "/news/first-story/" },
        { "/?attachment_id=100", "/news/first-story/" },
        { "/?page_id=4", "/parent/" },
        { "/parent/2/", "/parent/" },
        { "/?p=8", "/news/behind/" },
    };
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    for (size_t i = 0; i < COUNT_OF(redirects); i++) {
        struct address address = import_site_address(&s, redirects[i].old);
        struct str path = STR("");
        struct err err = { 0 };
        CHECK(address.redirect);
        CHECK_INT(address.kind, ADDRESS_STORY);
        (void)!store_path_of(s.reader, &s.arena, address.kind, address.id, &path, &err);
        CHECK_STR(path, redirects[i].now);
    }
    CHECK_INT(import_site_address(&s, "/?p=7").kind,
              ADDRESS_NONE); /* private: its slug is not told */
    CHECK_INT(import_site_address(&s, "/?cat=11").kind, ADDRESS_SECTION);
    CHECK_INT(import_site_address(&s, "/?tag=ferry").kind, ADDRESS_TAG);
    CHECK_INT(import_site_address(&s, "/?author=3").kind, ADDRESS_AUTHOR);
    CHECK_INT(import_site_address(&s, "/topics/news/harbour/").kind,
              ADDRESS_SECTION); /* the menu shows the base */
    CHECK_INT(import_site_address(&s, "/tag/ferry/").kind, ADDRESS_TAG);
    CHECK_INT(import_site_address(&s, "/boat/ketch/").kind, ADDRESS_TAG);
    CHECK_INT(import_site_address(&s, "/wp-content/uploads/2021/05/pier.jpg").kind, ADDRESS_MEDIA);
    CHECK(!import_site_address(&s, "/wp-content/uploads/2021/05/pier.jpg").redirect);
    CHECK(import_site_address(&s, "/wp-content/uploads/2021/05/pier-300x225.jpg").redirect);
    CHECK_INT(import_site_address(&s, "/second-picture/").kind, ADDRESS_MEDIA);
    struct str shape;
    struct err err = { 0 };
    CHECK_INT(store_setting(s.reader, &s.arena, STR("permalink"), &shape, &err), STATUS_OK);
    CHECK_STR(shape, "/%category%/%postname%/");
    import_site_close(&s);
}

TEST(import_takes_files) {
    struct import_site s;
    struct media media;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    struct address pier = import_site_address(&s, "/wp-content/uploads/2021/05/pier.jpg");
    CHECK_INT(store_media(s.reader, &s.arena, pier.id, &media, &err), STATUS_OK);
    CHECK_INT(media.width, 640);
    CHECK_INT(media.height, 480);
    CHECK_STR(media.alt, "A pier");
    CHECK_STR(media.caption, "The pier at low tide");
    CHECK_STR(media.credit, "Desk Camera"); /* the meta stands before the picture's own */
    CHECK_STR(media.licence, "CC BY 4.0");
    CHECK_STR(media.mime, "image/jpeg");
    CHECK_INT(media.parent_story_id, import_site_story(&s, "/news/first-story/").id);
    CHECK(media.file.len == 2 + 1 + 62 + 4 && str_ends(media.file, STR(".jpg")));
    CHECK(media.probed && media.frames == 1 && media.placeholder.len > 0);
    char path[1200];
    struct buf bytes, original;
    buf_init(&bytes, MIB);
    buf_init(&original, MIB);
    snprintf(path, sizeof path, "%s/media/%.*s", s.dir, STR_FMT(media.file));
    CHECK_INT(io_read_file(path, &bytes, &err), STATUS_OK);
    CHECK_INT(io_read_file(test_path(UPLOADS "/2021/05/pier.jpg"), &original, &err), STATUS_OK);
    CHECK(str_eq(buf_str(&bytes), buf_str(&original)));
    CHECK_INT((long long)bytes.len, media.size_bytes);
    buf_done(&bytes);
    buf_done(&original);
    import_site_close(&s);
}

/* second.png has no _wp_attachment_metadata: its own first bytes say it. */
TEST(import_reads_sizes_from_files) {
    struct import_site s;
    struct media media;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/every-clause.xml" } });
    for (int i = 0; i < 2; i++) {
        import_site_run(&s, i == 0
                                ? &import_every_clause
                                : &(struct import_case){ .files = { "tests/data/wxr/newer.xml" } });
        int64_t id = import_site_id_at(&s, "/wp-content/uploads/2021/06/second.png");
        CHECK_INT(store_media(s.reader, &s.arena, id, &media, &err), STATUS_OK);
        CHECK_INT(media.width, 12);
        CHECK_INT(media.height, 7);
    }
    import_site_close(&s);
}

TEST(import_without_uploads_leaves_files_where_they_are) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/every-clause.xml" } });
    struct story first = import_site_story(&s, "/news/first-story/");
    CHECK(contains(first.body.raw, "src=\"https://bay.example/wp-content/uploads/2021/05/"));
    CHECK_INT(import_site_address(&s, "/wp-content/uploads/2021/05/pier.jpg").kind, ADDRESS_NONE);
    CHECK(import_site_warned(&s, "no --uploads", 0));
    /* A second run with them brings them, and the bodies follow. */
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.report.files_copied, 2);
    first = import_site_story(&s, "/news/first-story/");
    CHECK(contains(first.body.raw, "src=\"/wp-content/uploads/2021/05/pier.jpg\""));
    import_site_close(&s);
}

TEST(import_keeps_comments) {
    struct import_site s;
    struct comments comments;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.report.comments, 6);
    int64_t id = import_site_story(&s, "/news/first-story/").id;
    CHECK_INT(store_comments(s.reader, &s.arena, id, 100, &comments, &err), STATUS_OK);
    REQUIRE(comments.len == 3); /* held, spam and trash are kept, not shown */
    CHECK_STR(comments.ptr[0].body.raw, "<p>Hello</p>\n<p>there</p>");
    CHECK_INT(comments.ptr[1].parent_id, comments.ptr[0].id);
    CHECK_STR(comments.ptr[2].kind, "pingback");
    import_site_close(&s);
}

TEST(import_makes_menus) {
    struct import_site s;
    struct menu menu;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(store_menu(s.reader, &s.arena, STR("primary"), &menu, &err), STATUS_OK);
    REQUIRE(menu.len == 5);
    CHECK_STR(menu.ptr[0].label, "Parent page");
    CHECK_INT(menu.ptr[0].target, MENU_STORY);
    CHECK_STR(menu.ptr[1].label, "On the water");
    CHECK_INT(menu.ptr[1].target, MENU_SECTION);
    CHECK_STR(menu.ptr[2].url, "/topics/sport/");
    CHECK_STR(menu.ptr[3].label, "Child page");
    CHECK_INT(menu.ptr[3].parent, 0);
    CHECK_STR(menu.ptr[4].url, "https://elsewhere.example/");
    CHECK_INT(s.report.menus, 1); /* though it is kept under two names */
    import_site_close(&s);
}

TEST(import_publishes_the_types_it_is_told) {
    static const struct import_type types[] = { { STR_INIT("podcast"), false } };
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/every-clause.xml" },
                                               .uploads = UPLOADS,
                                               .types = types,
                                               .n_types = 1 });
    struct story episode = import_site_story(&s, "/podcast/an-episode/");
    CHECK_INT(episode.state, STORY_PUBLISHED);
    CHECK_INT(episode.kind, STORY_STORY);
    CHECK_INT(s.report.items_updated, 1);
    import_site_close(&s);
}
