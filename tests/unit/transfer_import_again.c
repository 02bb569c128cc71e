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
