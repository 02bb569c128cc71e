/* Whole imports of small exports, and of the shared sample exports where they are at hand. */
#include "transfer/import.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "store/store.h"
#include "tests/harness.h"
#include "text/body.h"
#include "text/html.h"
#include "text/words.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLES   "../shared/data/wordpress/"
#define NOW_US    INT64_C(1620400000000000) /* 2021-05-07 */
#define FILES_MAX 4
#define UPLOADS   "tests/data/wxr/uploads"

struct site {
    char dir[512];
    struct store *store;
    struct store_reader *reader;
    struct arena arena;
    struct import_report report;
    enum status status;
    struct err err;
};

static void begin(struct site *s) {
    *s = (struct site){ 0 };
    snprintf(s->dir, sizeof s->dir, "%s/site", test_tmp_dir());
    CHECK_INT(store_create(s->dir, &s->err), STATUS_OK);
    CHECK_INT(store_open(s->dir, &s->store, &s->err), STATUS_OK);
}

static void end(struct site *s) {
    if (s->reader != NULL) {
        store_read_end(s->reader);
        store_reader_close(s->reader);
    }
    import_report_done(&s->report);
    arena_done(&s->arena);
    store_close(s->store);
}

struct run {
    const char *files[FILES_MAX]; /* relative to the source tree */
    const char *uploads;
    const struct import_type *types;
    size_t n_types;
    size_t batch_items;
};

static void import(struct site *s, const struct run *run) {
    const char *files[FILES_MAX];
    char paths[FILES_MAX][1024];
    char uploads[1024];
    size_t n = 0;
    for (; n < FILES_MAX && run->files[n] != NULL; n++) {
        snprintf(paths[n], sizeof paths[n], "%s", test_path(run->files[n]));
        files[n] = paths[n];
    }
    snprintf(uploads, sizeof uploads, "%s", run->uploads ? test_path(run->uploads) : "");
    struct import_options options = {
        .files = files,
        .n_files = n,
        .uploads = run->uploads ? uploads : NULL,
        .types = run->types,
        .n_types = run->n_types,
        .now_us = NOW_US,
        .batch_items = run->batch_items,
    };
    import_report_done(&s->report);
    s->err = (struct err){ 0 };
    s->status = import_wordpress(s->store, &options, &s->report, &s->err);
    if (s->reader != NULL) {
        store_read_end(s->reader);
        store_reader_close(s->reader);
    }
    struct err err = { 0 };
    CHECK_INT(store_reader_open(s->store, &s->reader, &err), STATUS_OK);
    CHECK_INT(store_read_begin(s->reader, NULL, &err), STATUS_OK);
}

static int64_t count(const struct site *s, const char *name) {
    for (size_t i = 0; i < s->report.counts.len; i++) {
        if (str_eq(s->report.counts.ptr[i].name, str_of(name))) {
            return s->report.counts.ptr[i].n;
        }
    }
    return 0;
}

/* What answers at a path; kind NONE if nothing does. */
static struct address at(struct site *s, const char *path) {
    struct address address = { 0 };
    struct err err = { 0 };
    enum status status = store_address(s->reader, &s->arena, str_of(path), &address, &err);
    return status == STATUS_OK ? address : (struct address){ 0 };
}

/* The story at a path; id 0 if there is none. */
static struct story story_at(struct site *s, const char *path) {
    struct story story = { 0 };
    struct err err = { 0 };
    struct address address = at(s, path);
    if (address.kind == ADDRESS_STORY) {
        CHECK_INT(store_story(s->reader, &s->arena, address.id, STORY_FULL, &story, &err),
                  STATUS_OK);
    }
    return story;
}

static bool contains(struct str text, const char *part) {
    return str_find(text, str_of(part), 0) != STR_NPOS;
}

static bool warned(const struct site *s, const char *part, int64_t post_id) {
    for (size_t i = 0; i < s->report.warnings.len; i++) {
        const struct import_warning *w = &s->report.warnings.ptr[i];
        if (contains(w->message, part) && w->post_id == post_id) {
            return true;
        }
    }
    return false;
}

static void on_fault(UNUSED void *ctx, struct str what) {
    test_fail(__FILE__, __LINE__, "store_check: %.*s", STR_FMT(what));
}

static void check_store(struct site *s) {
    size_t faults;
    struct err err = { 0 };
    CHECK_INT(store_check(s->reader, on_fault, NULL, &faults, &err), STATUS_OK);
    CHECK_INT(faults, 0);
    for (int64_t id = 0; store_story_next(s->reader, id, &id, &err) == STATUS_OK;) {
        struct story story;
        CHECK_INT(store_story(s->reader, &s->arena, id, STORY_FULL, &story, &err), STATUS_OK);
        CHECK(body_valid(story.body, &err));
    }
}

/* All rows of all tables, the journal of changes left out: it says how the work was cut. */
static void dump(const char *dir, struct buf *out) {
    char path[600];
    sqlite3 *db;
    sqlite3_stmt *tables;
    snprintf(path, sizeof path, "%s/site.db", dir);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    check(sqlite3_prepare_v2(db,
                             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> "
                             "'change' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                             -1, &tables, NULL) == SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[300];
        sqlite3_stmt *rows;
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
        check(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK);
        while (sqlite3_step(rows) == SQLITE_ROW) {
            buf_printf(out, "%s", table);
            for (int i = 0; i < sqlite3_column_count(rows); i++) {
                const char *text = (const char *)sqlite3_column_text(rows, i);
                buf_printf(out, "|%s", text ? text : "NULL");
            }
            buf_put_char(out, '\n');
        }
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
}

static void check_same(struct buf *expected, struct buf *actual, const char *when) {
    struct str a = buf_str(expected);
    struct str b = buf_str(actual);
    struct str line_a;
    struct str line_b;
    while (str_split(&a, '\n', &line_a) && str_split(&b, '\n', &line_b)) {
        if (!str_eq(line_a, line_b)) {
            test_fail(__FILE__, __LINE__, "%s: differs\n  expected %.*s\n  actual   %.*s", when,
                      (int)(line_a.len < 300 ? line_a.len : 300), line_a.ptr,
                      (int)(line_b.len < 300 ? line_b.len : 300), line_b.ptr);
            return;
        }
    }
    CHECK_INT(actual->len, expected->len);
}

static size_t keys_touched;
static void on_touched(UNUSED void *ctx, const struct keys *touched) {
    keys_touched += touched->list.len;
}

/* ---- one export with everything in it ---- */

static const struct run every_clause = {
    .files = { "tests/data/wxr/every-clause.xml" },
    .uploads = UPLOADS,
};

TEST(import_counts_and_warns) {
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    CHECK_INT(s.status, STATUS_OK);
    CHECK_INT(count(&s, "post/publish"), 4);
    CHECK_INT(count(&s, "page/publish"), 2);
    CHECK_INT(count(&s, "post/draft"), 2);
    CHECK_INT(count(&s, "post/pending"), 1);
    CHECK_INT(count(&s, "post/private"), 1);
    CHECK_INT(count(&s, "post/future"), 1);
    CHECK_INT(count(&s, "post/trash"), 1);
    CHECK_INT(count(&s, "post/pitch"), 1);
    CHECK_INT(count(&s, "attachment/inherit"), 3);
    CHECK_INT(count(&s, "nav_menu_item/publish"), 6);
    CHECK_INT(count(&s, "podcast/publish"), 1);
    CHECK_INT(s.report.items_failed, 2);
    CHECK(warned(&s, "no wp:post_id", 0));
    CHECK(warned(&s, "another item with its post id", 1));
    CHECK(warned(&s, "[weather_box] is not known", 1));
    CHECK(warned(&s, "lost.png is not in the uploads", 102));
    CHECK(warned(&s, "--types podcast=story", 12));
    CHECK(warned(&s, "leads to nothing", 206));
    check_store(&s);
    end(&s);
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
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        struct story story = story_at(&s, expected[i].path);
        if (story.id == 0) {
            test_fail(__FILE__, __LINE__, "nothing at %s", expected[i].path);
        }
        CHECK_INT(story.state, expected[i].state);
        CHECK_INT(story.visibility, expected[i].visibility);
    }
    CHECK_STR(story_at(&s, "/news/behind/").password, "open sesame");
    CHECK_INT(at(&s, "/podcast/an-episode/").kind, ADDRESS_NONE);
    CHECK_STR(story_at(&s, "/news/second/").headline, "The & second");
    CHECK_STR(story_at(&s, "/news/no-title/").headline, "Words of a story that has no headline");
    end(&s);
}

TEST(import_maps_a_story) {
    struct site s;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
    struct story second = story_at(&s, "/news/second/");
    struct story first = story_at(&s, "/news/first-story/");
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
    struct story child = story_at(&s, "/parent/child/");
    CHECK_INT(child.parent_id, story_at(&s, "/parent/").id);
    CHECK(!child.comments_open);
    end(&s);
}

static void check_meta(struct site *s, enum meta_kind kind, int64_t id, const char *key,
                       const char *expected) {
    struct str value = { 0 };
    struct err err = { 0 };
    CHECK_INT(store_meta(s->reader, &s->arena, kind, id, str_of(key), &value, &err), STATUS_OK);
    if (expected == NULL || value.ptr == NULL || !str_eq(value, str_of(expected))) {
        if (value.ptr != NULL || expected != NULL) {
            test_fail(__FILE__, __LINE__, "%s of %d/%lld is '%.*s', not '%s'", key, kind,
                      (long long)id, STR_FMT(value), expected ? expected : "(none)");
        }
    }
}

static int64_t id_at(struct site *s, const char *path) {
    int64_t id = at(s, path).id;
    CHECK(id != 0);
    return id;
}

TEST(import_keeps_what_has_no_field) {
    struct site s;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
    int64_t first = id_at(&s, "/news/first-story/");
    check_meta(&s, META_STORY, first, "_wp_guid", "https://bay.example/2021/05/first-guid/");
    check_meta(&s, META_STORY, first, "_wp_post_id", "1");
    check_meta(&s, META_STORY, first, "_wp_ping_status", "open");
    check_meta(&s, META_STORY, first, "_wp_creator", "jane"); /* its byline is the guest's */
    check_meta(&s, META_STORY, first, "_edit_lock", NULL);
    check_meta(&s, META_STORY, id_at(&s, "/news/second/"), "_wp_creator", NULL);
    check_meta(&s, META_STORY, id_at(&s, "/parent/child/"), "_wp_guid", "https://bay.example/?p=3");
    int64_t pier = id_at(&s, "/wp-content/uploads/2021/05/pier.jpg");
    check_meta(&s, META_MEDIA, pier, "_wp_description", "Seen <b>from</b> the ferry.");
    check_meta(&s, META_MEDIA, pier, "_wp_attached_file", "2021/05/pier.jpg");
    check_meta(&s, META_MEDIA, pier, "_wp_guid", "https://bay.example/?p=100");
    check_meta(&s, META_MEDIA, pier, "_wp_attachment_image_alt", NULL); /* is media.alt */
    struct settings metas;
    CHECK_INT(store_metas(s.reader, &s.arena, META_MEDIA, pier, &metas, &err), STATUS_OK);
    bool has_sizes = false;
    for (size_t i = 0; i < metas.len; i++) {
        has_sizes |= str_eq(metas.ptr[i].key, STR("_wp_attachment_metadata")) &&
                     contains(metas.ptr[i].value, "pier-300x225.jpg");
    }
    CHECK(has_sizes);
    int64_t news = id_at(&s, "/?cat=10");
    int64_t ketch = id_at(&s, "/boat/ketch/");
    check_meta(&s, META_SECTION, news, "colour", "teal");
    check_meta(&s, META_SECTION, news, "_wp_term_id", "10");
    check_meta(&s, META_TAG, ketch, "masts", "2");
    check_meta(&s, META_TAG, ketch, "_wp_parent", "sail");
    int64_t jane = id_at(&s, "/?author=3");
    int64_t guest = id_at(&s, "/author/guest/");
    check_meta(&s, META_AUTHOR, jane, "_wp_first_name", "Desk");
    check_meta(&s, META_AUTHOR, jane, "_wp_last_name", "One");
    check_meta(&s, META_AUTHOR, guest, "cap-website", "https://guest.example/");
    check_meta(&s, META_AUTHOR, guest, "cap-description", NULL); /* is author.biography */
    struct comments comments;
    CHECK_INT(store_comments(s.reader, &s.arena, first, 100, &comments, &err), STATUS_OK);
    REQUIRE(comments.len > 1);
    check_meta(&s, META_COMMENT, comments.ptr[1].id, "stars", "4");
    check_meta(&s, META_COMMENT, comments.ptr[1].id, "_wp_user_id", "3");
    check_meta(&s, META_COMMENT, comments.ptr[1].id, "_wp_comment_id", "2");
    /* A newer export's values stand for the old ones; what it does not have stays. */
    import(&s, &(struct run){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    check_meta(&s, META_SECTION, news, "colour", "red");
    check_meta(&s, META_SECTION, news, "icon", "bell");
    check_meta(&s, META_AUTHOR, jane, "_wp_first_name", "Desk");
    import(&s, &every_clause);
    check_meta(&s, META_SECTION, news, "colour", "red");
    end(&s);
}

TEST(import_makes_bodies) {
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    struct story second = story_at(&s, "/news/second/");
    struct story first = story_at(&s, "/news/first-story/");
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
    end(&s);
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
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    for (size_t i = 0; i < COUNT_OF(redirects); i++) {
        struct address address = at(&s, redirects[i].old);
        struct str path = STR("");
        struct err err = { 0 };
        CHECK(address.redirect);
        CHECK_INT(address.kind, ADDRESS_STORY);
        (void)!store_path_of(s.reader, &s.arena, address.kind, address.id, &path, &err);
        CHECK_STR(path, redirects[i].now);
    }
    CHECK_INT(at(&s, "/?p=7").kind, ADDRESS_NONE); /* private: its slug is not told */
    CHECK_INT(at(&s, "/?cat=11").kind, ADDRESS_SECTION);
    CHECK_INT(at(&s, "/?tag=ferry").kind, ADDRESS_TAG);
    CHECK_INT(at(&s, "/?author=3").kind, ADDRESS_AUTHOR);
    CHECK_INT(at(&s, "/topics/news/harbour/").kind, ADDRESS_SECTION); /* the menu shows the base */
    CHECK_INT(at(&s, "/tag/ferry/").kind, ADDRESS_TAG);
    CHECK_INT(at(&s, "/boat/ketch/").kind, ADDRESS_TAG);
    CHECK_INT(at(&s, "/wp-content/uploads/2021/05/pier.jpg").kind, ADDRESS_MEDIA);
    CHECK(!at(&s, "/wp-content/uploads/2021/05/pier.jpg").redirect);
    CHECK(at(&s, "/wp-content/uploads/2021/05/pier-300x225.jpg").redirect);
    CHECK_INT(at(&s, "/second-picture/").kind, ADDRESS_MEDIA);
    struct str shape;
    struct err err = { 0 };
    CHECK_INT(store_setting(s.reader, &s.arena, STR("permalink"), &shape, &err), STATUS_OK);
    CHECK_STR(shape, "/%category%/%postname%/");
    end(&s);
}

TEST(import_takes_files) {
    struct site s;
    struct media media;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
    struct address pier = at(&s, "/wp-content/uploads/2021/05/pier.jpg");
    CHECK_INT(store_media(s.reader, &s.arena, pier.id, &media, &err), STATUS_OK);
    CHECK_INT(media.width, 640);
    CHECK_INT(media.height, 480);
    CHECK_STR(media.alt, "A pier");
    CHECK_STR(media.caption, "The pier at low tide");
    CHECK_STR(media.credit, "Desk Camera"); /* the meta stands before the picture's own */
    CHECK_STR(media.licence, "CC BY 4.0");
    CHECK_STR(media.mime, "image/jpeg");
    CHECK_INT(media.parent_story_id, story_at(&s, "/news/first-story/").id);
    CHECK(media.file.len == 2 + 1 + 62 + 4 && str_ends(media.file, STR(".jpg")));
    char path[1200];
    struct buf bytes;
    buf_init(&bytes, MIB);
    snprintf(path, sizeof path, "%s/media/%.*s", s.dir, STR_FMT(media.file));
    CHECK_INT(io_read_file(path, &bytes, &err), STATUS_OK);
    CHECK_STR(buf_str(&bytes), "not really a picture, but its bytes are kept\n");
    CHECK_INT((long long)bytes.len, media.size_bytes);
    buf_done(&bytes);
    end(&s);
}

/* second.png has no _wp_attachment_metadata: its own first bytes say it. */
TEST(import_reads_sizes_from_files) {
    struct site s;
    struct media media;
    struct err err = { 0 };
    begin(&s);
    import(&s, &(struct run){ .files = { "tests/data/wxr/every-clause.xml" } });
    for (int i = 0; i < 2; i++) {
        import(&s, i == 0 ? &every_clause : &(struct run){ .files = {
            "tests/data/wxr/newer.xml"
        } });
        int64_t id = id_at(&s, "/wp-content/uploads/2021/06/second.png");
        CHECK_INT(store_media(s.reader, &s.arena, id, &media, &err), STATUS_OK);
        CHECK_INT(media.width, 12);
        CHECK_INT(media.height, 7);
    }
    end(&s);
}

TEST(import_without_uploads_leaves_files_where_they_are) {
    struct site s;
    begin(&s);
    import(&s, &(struct run){ .files = { "tests/data/wxr/every-clause.xml" } });
    struct story first = story_at(&s, "/news/first-story/");
    CHECK(contains(first.body.raw, "src=\"https://bay.example/wp-content/uploads/2021/05/"));
    CHECK_INT(at(&s, "/wp-content/uploads/2021/05/pier.jpg").kind, ADDRESS_NONE);
    CHECK(warned(&s, "no --uploads", 0));
    /* A second run with them brings them, and the bodies follow. */
    import(&s, &every_clause);
    CHECK_INT(s.report.files_copied, 2);
    first = story_at(&s, "/news/first-story/");
    CHECK(contains(first.body.raw, "src=\"/wp-content/uploads/2021/05/pier.jpg\""));
    end(&s);
}

TEST(import_keeps_comments) {
    struct site s;
    struct comments comments;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
    CHECK_INT(s.report.comments, 6);
    int64_t id = story_at(&s, "/news/first-story/").id;
    CHECK_INT(store_comments(s.reader, &s.arena, id, 100, &comments, &err), STATUS_OK);
    REQUIRE(comments.len == 3); /* held, spam and trash are kept, not shown */
    CHECK_STR(comments.ptr[0].body.raw, "<p>Hello</p>\n<p>there</p>");
    CHECK_INT(comments.ptr[1].parent_id, comments.ptr[0].id);
    CHECK_STR(comments.ptr[2].kind, "pingback");
    end(&s);
}

TEST(import_makes_menus) {
    struct site s;
    struct menu menu;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
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
    end(&s);
}

TEST(import_publishes_the_types_it_is_told) {
    static const struct import_type types[] = { { STR_INIT("podcast"), false } };
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    import(&s, &(struct run){ .files = { "tests/data/wxr/every-clause.xml" },
                              .uploads = UPLOADS,
                              .types = types,
                              .n_types = 1 });
    struct story episode = story_at(&s, "/podcast/an-episode/");
    CHECK_INT(episode.state, STORY_PUBLISHED);
    CHECK_INT(episode.kind, STORY_STORY);
    CHECK_INT(s.report.items_updated, 1);
    end(&s);
}

/* ---- the front page ---- */

static void check_slot(struct site *s, const char *name, int64_t first, size_t n) {
    struct ids ids = { 0 };
    struct err err = { 0 };
    CHECK_INT(store_slot(s->reader, &s->arena, str_of(name), &ids, &err), STATUS_OK);
    CHECK_INT(ids.len, n);
    CHECK(n == 0 || ids.ptr[0] == first);
}

static void put_slot(struct site *s, const char *name, int64_t story) {
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(s->store, &w, &err) == STATUS_OK);
    CHECK_INT(store_slot_put(w, str_of(name), (struct ids){ &story, story != 0 }, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
}

TEST(import_puts_stickies_on_top_once) {
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    CHECK_INT(s.report.stickies, 2); /* a draft is sticky, too, and a page */
    check_slot(&s, "lead", id_at(&s, "/news/second/"), 1);
    check_slot(&s, "secondaries", id_at(&s, "/news/first-story/"), 1);
    /* What an editor has cleared stays so. */
    put_slot(&s, "lead", 0);
    put_slot(&s, "secondaries", 0);
    import(&s, &every_clause);
    CHECK_INT(s.report.stickies, 0);
    import(&s, &(struct run){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    check_slot(&s, "lead", 0, 0);
    check_slot(&s, "secondaries", 0, 0);
    end(&s);
}

static void put_setting(struct site *s, const char *key, const char *value) {
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(s->store, &w, &err) == STATUS_OK);
    CHECK_INT(store_setting_put(w, str_of(key), str_of(value), &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
}

static void check_setting(struct site *s, const char *key, const char *expected) {
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

static void import_path(struct site *s, const char *path) {
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
    struct site s;
    struct author author;
    struct err err = { 0 };
    begin(&s);
    char path[512];
    snprintf(path, sizeof path, "%s/linked.xml", test_tmp_dir());
    linked_guest_export(path);
    for (int times = 0; times < 2; times++) {
        import_path(&s, path);
        int64_t jane = id_at(&s, "/?author=3");
        CHECK_INT(store_author(s.reader, &s.arena, jane, &author, &err), STATUS_OK);
        CHECK_STR(author.biography, "Writes now and then.\n\nLater, too.");
        CHECK(author.media_id != 0);
        CHECK_STR(author.login, "jane");
        check_meta(&s, META_AUTHOR, jane, "cap-website", "https://guest.example/");
    }
    CHECK_INT(s.report.items_updated, 0);
    end(&s);
}

TEST(import_again_leaves_what_an_editor_cleared) {
    struct site s;
    struct buf before;
    struct buf after;
    char file[600];
    char newer[600];
    begin(&s);
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
    dump(s.dir, &before);
    keys_touched = 0;
    store_listen(s.store, on_touched, NULL);
    import_path(&s, file);
    CHECK_INT(keys_touched, 0);
    dump(s.dir, &after);
    check_same(&before, &after, "the second run");
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
    end(&s);
}

TEST(import_leaves_a_front_page_that_is_made) {
    struct site s;
    begin(&s);
    import(&s, &(struct run){ .files = { "tests/data/wxr/plain.xml" } });
    int64_t ours = id_at(&s, "/?p=7");
    put_slot(&s, "secondaries", ours);
    import(&s, &every_clause);
    CHECK_INT(s.report.stickies, 0);
    CHECK(warned(&s, "2 sticky stories are new", 0));
    check_slot(&s, "lead", 0, 0);
    check_slot(&s, "secondaries", ours, 1);
    import(&s, &every_clause);
    CHECK(!warned(&s, "sticky", 0));
    end(&s);
}

/* ---- again ---- */

TEST(import_twice_changes_nothing) {
    static const struct run runs[] = {
        { .files = { "tests/data/wxr/every-clause.xml" }, .uploads = UPLOADS },
        { .files = { "tests/data/wxr/every-clause.xml" } },
        { .files = { "tests/data/wxr/plain.xml", "tests/data/wxr/odd.xml" } },
        { .files = { "tests/data/wxr/every-clause.xml", "tests/data/wxr/newer.xml" } },
        { .files = { "tests/data/wxr/newer.xml", "tests/data/wxr/every-clause.xml" } },
    };
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        struct site s;
        struct buf before;
        struct buf after;
        buf_init(&before, 64 * MIB);
        buf_init(&after, 64 * MIB);
        begin(&s);
        import(&s, &runs[i]);
        dump(s.dir, &before);
        keys_touched = 0;
        store_listen(s.store, on_touched, NULL);
        import(&s, &runs[i]);
        CHECK_INT(keys_touched, 0);
        CHECK_INT(s.report.items_new + s.report.items_updated, 0);
        dump(s.dir, &after);
        check_same(&before, &after, "the second run");
        check_store(&s);
        end(&s);
        buf_done(&before);
        buf_done(&after);
    }
}

TEST(import_takes_a_newer_export) {
    struct site s;
    begin(&s);
    import(&s, &every_clause);
    int64_t id = story_at(&s, "/news/second/").id;
    import(&s, &(struct run){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    struct story second = story_at(&s, "/news/second/");
    CHECK_INT(second.id, id);
    CHECK_STR(second.headline, "The second, improved");
    CHECK(contains(second.body.raw, "data-card=\"also-read\""));
    CHECK_INT(s.report.items_updated, 2);
    /* And the older one does not bring the old text back. */
    import(&s, &every_clause);
    CHECK_STR(story_at(&s, "/news/second/").headline, "The second, improved");
    end(&s);
}

TEST(import_keeps_what_was_edited_here) {
    struct site s;
    struct store_writer *w;
    struct err err = { 0 };
    begin(&s);
    import(&s, &every_clause);
    struct story second = story_at(&s, "/news/second/");
    second.headline = STR("Ours");
    int64_t id;
    REQUIRE(store_write_begin(s.store, &w, &err) == STATUS_OK);
    CHECK_INT(store_story_put(w, &second, &id, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
    import(&s, &(struct run){ .files = { "tests/data/wxr/newer.xml" }, .uploads = UPLOADS });
    CHECK_STR(story_at(&s, "/news/second/").headline, "Ours");
    CHECK_INT(s.report.items_kept, 1);
    CHECK_INT(s.report.items_updated, 1);
    CHECK(warned(&s, "edited here", 2));
    end(&s);
}

/* ---- plain permalinks, odd files ---- */

TEST(import_keeps_plain_permalinks) {
    struct site s;
    begin(&s);
    import(&s, &(struct run){ .files = { "tests/data/wxr/plain.xml" } });
    CHECK_STR(story_at(&s, "/?p=7").headline, "Seven");
    CHECK(!at(&s, "/?p=7").redirect);
    CHECK_STR(story_at(&s, "/?page_id=9").headline, "Nine");
    CHECK(at(&s, "/?p=9").redirect);
    CHECK(contains(story_at(&s, "/?p=7").body.raw, "href=\"/?p=8\""));
    struct str shape;
    struct err err = { 0 };
    CHECK_INT(store_setting(s.reader, &s.arena, STR("permalink"), &shape, &err), STATUS_OK);
    CHECK_STR(shape, "/?p=%post_id%");
    end(&s);
}

TEST(import_reads_odd_files) {
    struct site s;
    begin(&s);
    import(&s, &(struct run){ .files = { "tests/data/wxr/odd.xml" } });
    CHECK_INT(s.status, STATUS_OK);
    CHECK_INT(count(&s, "post/publish"), 2);
    CHECK_STR(story_at(&s, "/2020/01/02/bell/").headline, "Bell and escape");
    CHECK(contains(story_at(&s, "/2020/01/02/bell/").body.raw,
                   "Split ]]&gt; here, &amp; there, \xEF\xBF\xBD bad."));
    CHECK(warned(&s, "control character", 1));
    CHECK(warned(&s, "not UTF-8", 1));
    CHECK_INT(at(&s, "/?tag=%D7%A9%22").kind, ADDRESS_TAG); /* as a request for it is spelled */
    end(&s);
}

TEST(import_says_where_a_file_breaks) {
    struct site s;
    begin(&s);
    char cut[600];
    struct buf bytes;
    struct err err = { 0 };
    buf_init(&bytes, 16 * MIB);
    CHECK_INT(io_read_file(test_path("tests/data/wxr/every-clause.xml"), &bytes, &err), STATUS_OK);
    size_t at_byte = str_find(buf_str(&bytes), STR("<title><![CDATA[Parent page]]>"), 0);
    char expected[100];
    int line = 1;
    for (size_t i = 0; i < at_byte; i++) {
        line += bytes.ptr[i] == '\n';
    }
    snprintf(cut, sizeof cut, "%s/cut.xml", test_tmp_dir());
    CHECK_INT(io_write_file(cut, str_slice(buf_str(&bytes), 0, at_byte), &err), STATUS_OK);
    buf_done(&bytes);
    const char *const files[] = { cut };
    struct import_options options = { .files = files, .n_files = 1, .now_us = NOW_US };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
    snprintf(expected, sizeof expected, "cut.xml: line %d, column 1", line);
    CHECK(contains(str_of(s.err.message), expected));
    snprintf(expected, sizeof expected, "begins in line %d", line - 1);
    CHECK(contains(str_of(s.err.message), expected));
    CHECK_INT(count(&s, "post/publish"), 2);
    CHECK_INT(count(&s, "page/publish"), 1);
    end(&s);
}

TEST(import_refuses_what_is_no_export) {
    static const char *const texts[] = {
        "",
        "hello",
        "<html><body>x</body></html>",
        "<rss><channel><item><title>a feed</title></item></channel></rss>",
        "<!DOCTYPE rss [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]><rss><channel>&c;</channel></rss>",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct site s;
        struct err err = { 0 };
        char path[600];
        begin(&s);
        snprintf(path, sizeof path, "%s/x.xml", test_tmp_dir());
        CHECK_INT(io_write_file(path, str_of(texts[i]), &err), STATUS_OK);
        const char *const files[] = { path };
        struct import_options options = { .files = files, .n_files = 1 };
        CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
        CHECK(contains(str_of(s.err.message), "line ") || contains(str_of(s.err.message), "XML"));
        end(&s);
    }
    struct site s;
    begin(&s);
    const char *const files[] = { "/nowhere/at/all.xml" };
    struct import_options options = { .files = files, .n_files = 1 };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_NOT_FOUND);
    const char *const good[] = { test_path("tests/data/wxr/plain.xml") };
    options = (struct import_options){ .files = good, .n_files = 1, .uploads = "/nowhere/at/all" };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_NOT_FOUND);
    CHECK(contains(str_of(s.err.message), "/nowhere/at/all"));
    end(&s);
}

/* A program, given by mistake: its faults are told once a line, and its name may be long. */
TEST(import_tells_of_a_file_that_is_no_text_in_few_words) {
    struct site s;
    struct err err = { 0 };
    char dir[2048];
    char path[2100];
    char bytes[5000];
    begin(&s);
    snprintf(dir, sizeof dir, "%s/%0200d/%0200d/%0200d", test_tmp_dir(), 1, 2, 3);
    snprintf(path, sizeof path, "%s/program.xml", dir);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = i % 2 ? '\1' : '\xFF';
    }
    CHECK_INT(io_make_dirs(dir, &err), STATUS_OK);
    CHECK_INT(io_write_file(path, str_make(bytes, sizeof bytes), &err), STATUS_OK);
    const char *const files[] = { path };
    struct import_options options = { .files = files, .n_files = 1 };
    CHECK_INT(import_wordpress(s.store, &options, &s.report, &s.err), STATUS_INVALID);
    CHECK_INT(s.report.n_warnings, 3); /* two kinds of bytes, and that it is no XML */
    CHECK(warned(&s, "not well-formed XML", 0));
    end(&s);
}

TEST(import_report_is_json) {
    struct site s;
    struct buf out;
    begin(&s);
    import(&s, &every_clause);
    buf_init(&out, MIB);
    import_report_json(&s.report, NULL, &out);
    CHECK(str_starts(buf_str(&out), STR("{\"counts\":{\"guest-author/publish\":1,")));
    CHECK(contains(buf_str(&out), "\"post/publish\":4"));
    CHECK(contains(buf_str(&out), "\"post_id\":102,\"message\":\"the file 2021/06/lost.png"));
    CHECK(str_ends(buf_str(&out), STR("]}\n")));
    buf_done(&out);
    end(&s);
}

/* ---- killed ---- */

static int commits_left;
static void die_at_commit(UNUSED void *ctx, UNUSED const struct keys *touched) {
    if (commits_left-- == 0) {
        raise(SIGKILL);
    }
}

/* Import in a process that dies at its n-th commit, or after so many microseconds. True: it died.
 */
static bool import_and_die(const char *dir, const struct run *run, int commits, int64_t after_us) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct site s = { 0 };
        snprintf(s.dir, sizeof s.dir, "%s", dir);
        if (store_open(dir, &s.store, &s.err) != STATUS_OK) {
            _exit(3);
        }
        commits_left = commits;
        if (commits >= 0) {
            store_listen(s.store, die_at_commit, NULL);
        }
        import(&s, run);
        end(&s);
        _exit(0);
    }
    if (after_us > 0) {
        usleep((useconds_t)after_us);
        kill(child, SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void check_resumes(const struct run *run, const struct buf *expected, int commits,
                          int64_t after_us) {
    char dir[600];
    struct err err = { 0 };
    struct buf actual;
    char when[100];
    snprintf(dir, sizeof dir, "%s/killed", test_tmp_dir());
    REQUIRE(store_create(dir, &err) == STATUS_OK);
    import_and_die(dir, run, commits, after_us);
    CHECK(!import_and_die(dir, run, -1, 0));
    buf_init(&actual, 64 * MIB);
    dump(dir, &actual);
    snprintf(when, sizeof when, "killed at commit %d, after %lld us", commits, (long long)after_us);
    struct buf copy = *expected;
    check_same(&copy, &actual, when);
    buf_done(&actual);
}

static void check_kills(const struct run *run, int step, int random_kills) {
    struct site s;
    struct buf expected;
    struct buf again;
    begin(&s);
    int64_t begin_us = clock_mono_us();
    import(&s, run);
    int64_t whole_us = clock_mono_us() - begin_us;
    buf_init(&expected, 64 * MIB);
    dump(s.dir, &expected);
    end(&s);
    buf_init(&again, 64 * MIB);
    for (int commits = 0;; commits += step) {
        char dir[600];
        struct err err = { 0 };
        snprintf(dir, sizeof dir, "%s/killed", test_tmp_dir());
        REQUIRE(store_create(dir, &err) == STATUS_OK);
        bool died = import_and_die(dir, run, commits, 0);
        CHECK(!import_and_die(dir, run, -1, 0));
        char when[60];
        snprintf(when, sizeof when, "killed at commit %d", commits);
        buf_reset(&again);
        dump(dir, &again);
        check_same(&expected, &again, when);
        if (!died) {
            CHECK(commits > 0);
            break;
        }
    }
    uint64_t random = test_seed();
    for (int i = 0; i < random_kills; i++) {
        check_resumes(run, &expected, -1, 1 + (int64_t)test_below(&random, (size_t)whole_us + 1));
    }
    buf_done(&expected);
    buf_done(&again);
}

TEST(import_killed_anywhere_ends_the_same) {
    check_kills(&(struct run){ .files = { "tests/data/wxr/every-clause.xml" },
                               .uploads = UPLOADS,
                               .batch_items = 1 },
                3, 10);
}

/* ---- the sample exports ---- */

static bool have_samples(void) {
    bool there = access(test_path(SAMPLES "small-export.xml"), R_OK) == 0;
    if (!there) {
        test_skip("the sample exports are not at " SAMPLES);
    }
    return there;
}

struct expected_count {
    const char *name;
    int64_t n;
};

static void check_sample(const char *file, const struct expected_count *counts) {
    char path[300];
    struct site s;
    begin(&s);
    snprintf(path, sizeof path, SAMPLES "%s", file);
    struct run run = { .files = { path } };
    import(&s, &run);
    CHECK_INT(s.status, STATUS_OK);
    size_t n = 0;
    for (; counts[n].name != NULL; n++) {
        if (count(&s, counts[n].name) != counts[n].n) {
            test_fail(__FILE__, __LINE__, "%s: %s is %lld, not %lld", file, counts[n].name,
                      (long long)count(&s, counts[n].name), (long long)counts[n].n);
        }
    }
    CHECK_INT(s.report.counts.len, n);
    CHECK_INT(s.report.items_failed, 0);
    check_store(&s);
    struct buf before;
    struct buf after;
    buf_init(&before, 64 * MIB);
    buf_init(&after, 64 * MIB);
    dump(s.dir, &before);
    keys_touched = 0;
    store_listen(s.store, on_touched, NULL);
    import(&s, &run);
    CHECK_INT(keys_touched, 0);
    dump(s.dir, &after);
    check_same(&before, &after, file);
    buf_done(&before);
    buf_done(&after);
    end(&s);
}

TEST(import_samples) {
    if (!have_samples()) {
        return;
    }
    check_sample("wxr-1.0.xml", (const struct expected_count[]){
                                    { "post/publish", 3 }, { "page/publish", 3 }, { NULL, 0 } });
    check_sample("wxr-1.1.xml", (const struct expected_count[]){
                                    { "post/publish", 1 }, { "page/publish", 1 }, { NULL, 0 } });
    check_sample("small-export.xml", (const struct expected_count[]){ { "post/publish", 5 },
                                                                      { "page/publish", 4 },
                                                                      { "page/draft", 1 },
                                                                      { "post/private", 1 },
                                                                      { NULL, 0 } });
    check_sample("theme-unit-test.xml",
                 (const struct expected_count[]){ { "post/publish", 49 },
                                                  { "page/publish", 21 },
                                                  { "post/future", 1 },
                                                  { "post/draft", 1 },
                                                  { "attachment/inherit", 38 },
                                                  { "nav_menu_item/publish", 70 },
                                                  { NULL, 0 } });
    check_sample("block-test-data.xml",
                 (const struct expected_count[]){ { "post/publish", 61 },
                                                  { "page/publish", 1 },
                                                  { "attachment/inherit", 9 },
                                                  { "wp_navigation/publish", 1 },
                                                  { NULL, 0 } });
    check_sample("travel-blog.xml", (const struct expected_count[]){ { "post/publish", 7 },
                                                                     { "page/publish", 4 },
                                                                     { "wp_block/publish", 13 },
                                                                     { "attachment/inherit", 50 },
                                                                     { "nav_menu_item/publish", 3 },
                                                                     { NULL, 0 } });
}

TEST(import_samples_answer_at_their_addresses) {
    if (!have_samples()) {
        return;
    }
    struct site s;
    begin(&s);
    import(&s, &(struct run){ .files = { SAMPLES "theme-unit-test.xml" } });
    CHECK_STR(story_at(&s, "/2010/10/05/post-format-standard/").headline, "Post Format: Standard");
    CHECK_STR(story_at(&s, "/2013/01/05/markup-title-with-markup/").headline,
              "Markup: Title With Markup");
    CHECK_STR(story_at(&s, "/2018/11/02/block-category-formatting/").headline,
              "Block category: Formatting");
    CHECK_STR(story_at(&s, "/level-1/level-2/level-3/").headline, "Level 3");
    CHECK_STR(story_at(&s, "/greek/%CE%B5%CF%80%CE%AF%CF%80%CE%B5%CE%B4%CE%BF-2/").headline,
              "Επίπεδο 2 -Second Greek level");
    CHECK_STR(story_at(&s, "/?p=1178").headline, "Markup: HTML Tags and Formatting");
    end(&s);
    begin(&s);
    import(&s, &(struct run){ .files = { SAMPLES "small-export.xml" } });
    CHECK_STR(story_at(&s, "/?p=22").headline, "Many Categories");
    CHECK_STR(story_at(&s, "/?page_id=4").headline, "Child Page");
    end(&s);
    begin(&s);
    import(&s, &(struct run){ .files = { SAMPLES "malformed.xml" } });
    CHECK_INT(s.status, STATUS_INVALID);
    CHECK(contains(str_of(s.err.message), "malformed.xml: line 90, column 3"));
    CHECK(contains(str_of(s.err.message), "<notachanneltag> of line 27"));
    end(&s);
}

TEST(import_sample_killed_ends_the_same) {
    if (have_samples()) {
        check_kills(&(struct run){ .files = { SAMPLES "theme-unit-test.xml" }, .batch_items = 40 },
                    4, 6);
    }
}
