/* The front page, and imports into a site that has had one. */
#include "tests/harness.h"
#include "tests/import_site.h"

#include "base/io.h"
#include "base/limits.h"

#include <stdio.h>

static bool contains(struct str text, const char *part) {
    return str_find(text, str_of(part), 0) != STR_NPOS;
}

static size_t keys_touched;
static void on_touched(UNUSED void *ctx, const struct keys *touched) {
    keys_touched += touched->list.len;
}

/* ---- the front page ---- */

static void check_slot(struct import_site *s, const char *name, int64_t first, size_t n) {
    struct ids ids = { 0 };
    struct err err = { 0 };
    CHECK_INT(store_slot(s->reader, &s->arena, str_of(name), &ids, &err), STATUS_OK);
    CHECK_INT(ids.len, n);
    CHECK(n == 0 || ids.ptr[0] == first);
}

static void put_slot(struct import_site *s, const char *name, int64_t story) {
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(s->store, &w, &err) == STATUS_OK);
    CHECK_INT(store_slot_put(w, str_of(name), (struct ids){ &story, story != 0 }, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
}

TEST(import_puts_stickies_on_top_once) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.report.stickies, 2); /* a draft is sticky, too, and a page */
    check_slot(&s, "lead", import_site_id_at(&s, "/news/second/"), 1);
    check_slot(&s, "secondaries", import_site_id_at(&s, "/news/first-story/"), 1);
    /* What an editor has cleared stays so. */
    put_slot(&s, "lead", 0);
    put_slot(&s, "secondaries", 0);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.report.stickies, 0);
    import_site_run(
        &s, &(struct import_case){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    check_slot(&s, "lead", 0, 0);
    check_slot(&s, "secondaries", 0, 0);
    import_site_close(&s);
}

static void put_setting(struct import_site *s, const char *key, const char *value) {
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(s->store, &w, &err) == STATUS_OK);
    CHECK_INT(store_setting_put(w, str_of(key), str_of(value), &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
}

static void check_setting(struct import_site *s, const char *key, const char *expected) {
    struct str value = { 0 };
    struct err err = { 0 };
    CHECK_INT(store_setting(s->reader, &s->arena, str_of(key), &value, &err), STATUS_OK);
    CHECK_STR(value, expected);
}

/* The export as it would be on a date, with its parent page as the front page. */
static void front_page_export(const char *path, const char *date) {
    struct str link = STR("<link>https://bay.example/parent/</link>");
    struct buf in;
    struct buf out;
    struct err err = { 0 };
    buf_init(&in, MIB);
    buf_init(&out, MIB);
    CHECK_INT(io_read_file(test_path("tests/data/wxr/every-clause.xml"), &in, &err), STATUS_OK);
    struct str text = buf_str(&in);
    size_t day = str_find(text, STR("<pubDate>"), 0) + 9;
    size_t day_end = str_find(text, STR("</pubDate>"), 0);
    size_t at_link = str_find(text, link, 0);
    REQUIRE(day_end != STR_NPOS && at_link != STR_NPOS);
    size_t after_link = at_link + link.len;
    buf_put(&out, str_slice(text, 0, day));
    buf_put(&out, str_of(date));
    buf_put(&out, str_slice(text, day_end, at_link));
    buf_put(&out, STR("<link>https://bay.example/</link>"));
    /* Another text in each, so that the newer one updates the page. */
    size_t words = str_find(text, STR("Parent.<!--nextpage-->"), after_link);
    REQUIRE(words != STR_NPOS);
    buf_put(&out, str_slice(text, after_link, words));
    buf_put(&out, str_of(date));
    buf_put(&out, str_from(text, words));
    CHECK_INT(io_write_file(path, buf_str(&out), &err), STATUS_OK);
    buf_done(&in);
    buf_done(&out);
}

static void import_path(struct import_site *s, const char *path) {
    const char *const files[] = { path };
    struct import_options options = { .files = files, .n_files = 1, .now_us = NOW_US };
    struct err err = { 0 };
    import_report_done(&s->report);
    CHECK_INT(import_wordpress(s->store, &options, &s->report, &s->err), STATUS_OK);
    if (s->reader == NULL) {
        CHECK_INT(store_reader_open(s->store, &s->reader, &err), STATUS_OK);
    } else {
        store_read_end(s->reader);
    }
    CHECK_INT(store_read_begin(s->reader, NULL, &err), STATUS_OK);
}

/* ---- what was public once ---- */

struct gone {
    int id;
    const char *slug, *status, *link, *metas;
};

static void gone_export(const char *path, const char *date, const struct gone *items, size_t n) {
    struct buf out;
    struct err err = { 0 };
    buf_init(&out, MIB);
    buf_printf(&out,
               "<?xml version=\"1.0\"?><rss version=\"2.0\" "
               "xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" "
               "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
               "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
               "xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>"
               "<title>Bay</title><link>https://bay.example</link><pubDate>%s</pubDate>"
               "<wp:wxr_version>1.2</wp:wxr_version>"
               "<wp:base_site_url>https://bay.example</wp:base_site_url>"
               "<wp:base_blog_url>https://bay.example</wp:base_blog_url>",
               date);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out,
                   "<item><title>Story %d</title><link>https://bay.example%s</link>"
                   "<dc:creator>jane</dc:creator>"
                   "<guid isPermaLink=\"false\">https://bay.example/?p=%d</guid>"
                   "<content:encoded>Text of %s</content:encoded>"
                   "<wp:post_id>%d</wp:post_id><wp:post_date>2021-05-04 10:30:00</wp:post_date>"
                   "<wp:post_date_gmt>2021-05-04 10:30:00</wp:post_date_gmt>"
                   "<wp:post_name>%s</wp:post_name><wp:status>%s</wp:status>"
                   "<wp:post_parent>0</wp:post_parent><wp:post_type>post</wp:post_type>%s</item>",
                   items[i].id, items[i].link, items[i].id, items[i].status, items[i].id,
                   items[i].slug, items[i].status, items[i].metas);
    }
    buf_put(&out, STR("</channel></rss>\n"));
    CHECK_INT(io_write_file(path, buf_str(&out), &err), STATUS_OK);
    buf_done(&out);
}

#define META(key, value)                                                                           \
    "<wp:postmeta><wp:meta_key>" key "</wp:meta_key><wp:meta_value>" value                         \
    "</wp:meta_value></wp:postmeta>"

TEST(import_withdraws_what_was_public) {
    static const struct gone first[] = {
        { 1, "stays", "publish", "/2021/05/04/stays/", "" },
        { 2, "binned__trashed", "trash", "/2021/05/04/binned__trashed/",
          META("_wp_trash_meta_status", "publish") META("_wp_desired_post_slug", "binned") },
        { 3, "old__trashed", "trash", "/2021/05/04/old__trashed/",
          META("_wp_trash_meta_status", "publish") },
        { 4, "never__trashed", "trash", "/2021/05/04/never__trashed/",
          META("_wp_trash_meta_status", "draft") META("_wp_desired_post_slug", "never") },
        { 5, "reused", "publish", "/2021/05/04/reused/", "" },
        { 6, "reused__trashed", "trash", "/2021/05/04/reused__trashed/",
          META("_wp_trash_meta_status", "publish") META("_wp_desired_post_slug", "reused") },
        { 7, "drafted", "publish", "/2021/05/04/drafted/", "" },
        { 8, "pending", "publish", "/2021/05/04/pending/", "" },
        { 9, "thrown", "publish", "/2021/05/04/thrown/", "" },
        { 10, "hidden", "publish", "/2021/05/04/hidden/", "" },
        { 11, "draft", "draft", "/?p=11", "" },
    };
    static const struct gone later[] = {
        { 7, "", "draft", "/?p=7", "" },
        { 8, "pending", "pending", "/?p=8", "" },
        { 9, "thrown__trashed", "trash", "/2021/05/04/thrown__trashed/",
          META("_wp_trash_meta_status", "publish") META("_wp_desired_post_slug", "thrown") },
        { 10, "hidden", "private", "/2021/05/04/hidden/", "" },
        { 11, "draft", "pending", "/?p=11", "" },
    };
    static const struct {
        const char *path;
        enum story_state first, later;
    } expected[] = {
        { "/2021/05/04/stays/", STORY_PUBLISHED, STORY_PUBLISHED },
        { "/2021/05/04/binned/", STORY_WITHDRAWN, STORY_WITHDRAWN },
        { "/2021/05/04/old/", STORY_WITHDRAWN, STORY_WITHDRAWN },
        { "/2021/05/04/never__trashed/", STORY_TRASHED, STORY_TRASHED },
        { "/2021/05/04/reused/", STORY_PUBLISHED, STORY_PUBLISHED },
        { "/2021/05/04/reused-2/", STORY_WITHDRAWN, STORY_WITHDRAWN },
        { "/2021/05/04/drafted/", STORY_PUBLISHED, STORY_WITHDRAWN },
        { "/2021/05/04/pending/", STORY_PUBLISHED, STORY_WITHDRAWN },
        { "/2021/05/04/thrown/", STORY_PUBLISHED, STORY_WITHDRAWN },
        { "/2021/05/04/hidden/", STORY_PUBLISHED, STORY_PUBLISHED },
        { "/2021/05/04/draft/", STORY_DRAFT, STORY_REVIEW },
    };
    char path[600];
    struct import_site s;
    import_site_open(&s);
    snprintf(path, sizeof path, "%s/export.xml", test_tmp_dir());
    for (int round = 0; round < 3; round++) {
        gone_export(path,
                    round == 0 ? "Fri, 07 May 2021 12:00:00 +0000"
                               : "Sat, 08 May 2021 12:00:00 +0000",
                    round == 0 ? first : later, round == 0 ? COUNT_OF(first) : COUNT_OF(later));
        import_path(&s, path);
        for (size_t i = 0; i < COUNT_OF(expected); i++) {
            struct story story = import_site_story(&s, expected[i].path);
            enum story_state state = round == 0 ? expected[i].first : expected[i].later;
            if (story.id == 0 || story.state != state) {
                test_fail(__FILE__, __LINE__, "%s in round %d: state %d, not %d", expected[i].path,
                          round, story.id ? (int)story.state : -1, state);
            }
        }
    }
    CHECK_INT(s.report.items_unchanged, (int64_t)COUNT_OF(later));
    CHECK(import_site_address(&s, "/?p=2").redirect);
    import_site_check(&s);
    import_site_close(&s);
}

/* The export with its guest linked to the account of that login, and a longer text on him. */
static void linked_guest_export(const char *path) {
    struct str text = STR("<![CDATA[Writes now and then.]]>");
    struct str more =
        STR("<![CDATA[Writes <b>now</b>\nand then.\n\n \nLater, too.]]></wp:meta_value>"
            "</wp:postmeta>\n<wp:postmeta><wp:meta_key>cap-linked_account"
            "</wp:meta_key><wp:meta_value><![CDATA[jane]]>");
    struct buf in, out;
    struct err err = { 0 };
    buf_init(&in, MIB);
    buf_init(&out, MIB);
    CHECK_INT(io_read_file(test_path("tests/data/wxr/every-clause.xml"), &in, &err), STATUS_OK);
    size_t at = str_find(buf_str(&in), text, 0);
    REQUIRE(at != STR_NPOS);
    buf_put(&out, str_slice(buf_str(&in), 0, at));
    buf_put(&out, more);
    buf_put(&out, str_from(buf_str(&in), at + text.len));
    CHECK_INT(io_write_file(path, buf_str(&out), &err), STATUS_OK);
    buf_done(&in);
    buf_done(&out);
}

TEST(import_joins_a_guest_and_his_account) {
    struct import_site s;
    struct author author;
    struct err err = { 0 };
    import_site_open(&s);
    char path[512];
    snprintf(path, sizeof path, "%s/linked.xml", test_tmp_dir());
    linked_guest_export(path);
    for (int times = 0; times < 2; times++) {
        import_path(&s, path);
        int64_t jane = import_site_id_at(&s, "/?author=3");
        CHECK_INT(store_author(s.reader, &s.arena, jane, &author, &err), STATUS_OK);
        CHECK_STR(author.biography, "Writes now and then.\n\nLater, too.");
        CHECK(author.media_id != 0);
        CHECK_STR(author.login, "jane");
        import_site_check_meta(&s, META_AUTHOR, jane, "cap-website", "https://guest.example/");
    }
    CHECK_INT(s.report.items_updated, 0);
    import_site_close(&s);
}

TEST(import_again_leaves_what_an_editor_cleared) {
    struct import_site s;
    struct buf before;
    struct buf after;
    char file[600];
    char newer[600];
    import_site_open(&s);
    snprintf(file, sizeof file, "%s/front.xml", test_tmp_dir());
    snprintf(newer, sizeof newer, "%s/newer-front.xml", test_tmp_dir());
    front_page_export(file, "Fri, 07 May 2021 12:00:00 +0000");
    front_page_export(newer, "Sun, 09 May 2021 12:00:00 +0000");
    import_path(&s, file);
    struct str chosen = { 0 };
    struct err err = { 0 };
    CHECK_INT(store_setting(s.reader, &s.arena, STR("front_page"), &chosen, &err), STATUS_OK);
    CHECK(chosen.len > 1);
    put_setting(&s, "front_page", "");
    put_setting(&s, "tagline", "");
    put_slot(&s, "lead", 0);
    put_slot(&s, "secondaries", 0);
    buf_init(&before, 64 * MIB);
    buf_init(&after, 64 * MIB);
    import_site_dump(s.dir, &before);
    keys_touched = 0;
    store_listen(s.store, on_touched, NULL);
    import_path(&s, file);
    CHECK_INT(keys_touched, 0);
    import_site_dump(s.dir, &after);
    import_site_same(&before, &after, "the second run");
    store_listen(s.store, NULL, NULL);
    /* A newer export changes its page, but not these. */
    import_path(&s, newer);
    CHECK(s.report.items_updated > 0);
    check_setting(&s, "front_page", "");
    check_setting(&s, "tagline", "");
    check_slot(&s, "lead", 0, 0);
    check_slot(&s, "secondaries", 0, 0);
    buf_done(&before);
    buf_done(&after);
    import_site_close(&s);
}

TEST(import_leaves_a_front_page_that_is_made) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &(struct import_case){ .files = { "tests/data/wxr/plain.xml" } });
    int64_t ours = import_site_id_at(&s, "/?p=7");
    put_slot(&s, "secondaries", ours);
    import_site_run(&s, &import_every_clause);
    CHECK_INT(s.report.stickies, 0);
    CHECK(import_site_warned(&s, "2 sticky stories are new", 0));
    check_slot(&s, "lead", 0, 0);
    check_slot(&s, "secondaries", ours, 1);
    import_site_run(&s, &import_every_clause);
    CHECK(!import_site_warned(&s, "sticky", 0));
    import_site_close(&s);
}

/* ---- again ---- */

TEST(import_twice_changes_nothing) {
    static const struct import_case runs[] = {
        { .files = { "tests/data/wxr/every-clause.xml" }, .uploads = UPLOADS },
        { .files = { "tests/data/wxr/every-clause.xml" } },
        { .files = { "tests/data/wxr/plain.xml", "tests/data/wxr/odd.xml" } },
        { .files = { "tests/data/wxr/every-clause.xml", "tests/data/wxr/newer.xml" } },
        { .files = { "tests/data/wxr/newer.xml", "tests/data/wxr/every-clause.xml" } },
    };
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        struct import_site s;
        struct buf before;
        struct buf after;
        buf_init(&before, 64 * MIB);
        buf_init(&after, 64 * MIB);
        import_site_open(&s);
        import_site_run(&s, &runs[i]);
        import_site_dump(s.dir, &before);
        keys_touched = 0;
        store_listen(s.store, on_touched, NULL);
        import_site_run(&s, &runs[i]);
        CHECK_INT(keys_touched, 0);
        CHECK_INT(s.report.items_new + s.report.items_updated, 0);
        import_site_dump(s.dir, &after);
        import_site_same(&before, &after, "the second run");
        import_site_check(&s);
        import_site_close(&s);
        buf_done(&before);
        buf_done(&after);
    }
}

TEST(import_takes_a_newer_export) {
    struct import_site s;
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    int64_t id = import_site_story(&s, "/news/second/").id;
    import_site_run(
        &s, &(struct import_case){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    struct story second = import_site_story(&s, "/news/second/");
    CHECK_INT(second.id, id);
    CHECK_STR(second.headline, "The second, improved");
    CHECK(contains(second.body.raw, "data-card=\"also-read\""));
    CHECK_INT(s.report.items_updated, 2);
    /* And the older one does not bring the old text back. */
    import_site_run(&s, &import_every_clause);
    CHECK_STR(import_site_story(&s, "/news/second/").headline, "The second, improved");
    import_site_close(&s);
}

TEST(import_keeps_what_was_edited_here) {
    struct import_site s;
    struct store_writer *w;
    struct err err = { 0 };
    import_site_open(&s);
    import_site_run(&s, &import_every_clause);
    struct story second = import_site_story(&s, "/news/second/");
    second.headline = STR("Ours");
    int64_t id;
    REQUIRE(store_write_begin(s.store, &w, &err) == STATUS_OK);
    CHECK_INT(store_story_put(w, &second, &id, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
    import_site_run(
        &s, &(struct import_case){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    CHECK_STR(import_site_story(&s, "/news/second/").headline, "Ours");
    CHECK_INT(s.report.items_kept, 1);
    CHECK_INT(s.report.items_updated, 1);
    CHECK(import_site_warned(&s, "edited here", 2));
    import_site_close(&s);
}
