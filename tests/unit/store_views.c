#include "tests/store_site.h"

#include "base/clock.h"
#include "base/embed.h"
#include "store/internal.h"

#include <stdio.h>
#include <unistd.h>

enum { HOUR = 456000 };

static int64_t put_story(struct store_site *site, const char *path, enum story_kind kind,
                         enum story_state state, enum story_visibility visibility) {
    struct story s = { .kind = kind,
                       .state = state,
                       .visibility = visibility,
                       .slug = STR("s"),
                       .path = str_of(path),
                       .headline = STR("A story"),
                       .published_us = HOUR * US_PER_HOUR,
                       .local_day = 20220107 };
    struct civil c = civil_of_us(s.published_us);
    s.local_day = c.year * 10000 + c.month * 100 + c.day;
    s.updated_us = s.created_us = s.published_us;
    if (visibility == STORY_PASSWORD) {
        s.password = STR("sesame");
    }
    int64_t id = 0;
    OK(store_story_put(store_site_write(site), &s, &id, &site->err));
    return id;
}

static int64_t put_public(struct store_site *site, const char *path) {
    return put_story(site, path, STORY_STORY, STORY_PUBLISHED, STORY_PUBLIC);
}

static void add(struct store_site *site, int64_t hour, int64_t story_id, int64_t count) {
    struct view_count one = { story_id, count };
    OK(store_views_add(store_site_write(site), hour, (struct view_counts){ &one, 1 }, &site->err));
}

/* "3:10 1:4" */
static struct str top(struct store_site *site, int64_t hour, size_t n) {
    struct view_counts counts = { NULL, 0 };
    OK(store_views_top(store_site_read(site), &site->arena, hour, n, &counts, &site->err));
    struct str text = STR("");
    for (size_t i = 0; i < counts.len; i++) {
        text = arena_printf(&site->arena, "%.*s%s%lld:%lld", STR_FMT(text), i ? " " : "",
                            (long long)counts.ptr[i].story_id, (long long)counts.ptr[i].count);
    }
    return text;
}

static int64_t rows_of(struct store_site *site) {
    struct stmt *stmt = NULL;
    struct db *db = store_site_read(site)->sql->db;
    bool row = false;
    check(backend_sqlite.prepare(db, STR("SELECT count(*) FROM views"), &stmt, NULL) == STATUS_OK);
    check(backend_sqlite.step(db, stmt, &row, NULL) == STATUS_OK);
    int64_t n = backend_sqlite.column_i64(stmt, 0);
    backend_sqlite.finalize(stmt);
    return n;
}

TEST(store_views_add_up_and_rank) {
    struct store_site site;
    store_site_open(&site);
    int64_t a = put_public(&site, "/a/"), b = put_public(&site, "/b/"),
            c = put_public(&site, "/c/");
    store_site_commit(&site);
    CHECK_INT(a, 1);
    CHECK_INT(c, 3);
    CHECK_STR(top(&site, HOUR, 50), "");
    add(&site, HOUR, a, 3);
    add(&site, HOUR, a, 4);
    add(&site, HOUR, b, 7);
    add(&site, HOUR - 1, c, 5);
    add(&site, HOUR, c, 5);
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    CHECK_STR(top(&site, HOUR, 50), "3:10 2:7 1:7");
    CHECK_STR(top(&site, HOUR, 1), "3:10");
    CHECK_STR(top(&site, HOUR, 0), "");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_views_are_of_public_stories_only) {
    struct store_site site;
    store_site_open(&site);
    int64_t ids[] = { put_public(&site, "/shown/"),
                      put_story(&site, "/page/", STORY_PAGE, STORY_PUBLISHED, STORY_PUBLIC),
                      put_story(&site, "/draft/", STORY_STORY, STORY_DRAFT, STORY_PUBLIC),
                      put_story(&site, "/private/", STORY_STORY, STORY_PUBLISHED, STORY_PRIVATE),
                      put_story(&site, "/locked/", STORY_STORY, STORY_PUBLISHED, STORY_PASSWORD),
                      INT64_C(999),
                      0,
                      -1,
                      INT64_MAX };
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        add(&site, HOUR, ids[i], 2);
    }
    add(&site, HOUR, ids[0], 0);
    add(&site, HOUR, ids[0], -7);
    store_site_commit(&site);
    CHECK_STR(top(&site, HOUR, 50), "1:2");
    CHECK_INT(rows_of(&site), 1);
    /* Withdrawn later: not ranked, though its views are there. */
    OK(store_story_withdraw(store_site_write(&site), ids[0], HOUR * US_PER_HOUR, &site.err));
    store_site_commit(&site);
    CHECK_STR(top(&site, HOUR, 50), "");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_views_drop_out_after_a_day) {
    struct store_site site;
    store_site_open(&site);
    int64_t a = put_public(&site, "/a/"), b = put_public(&site, "/b/");
    add(&site, HOUR, a, 9);
    add(&site, HOUR + 5, b, 2);
    store_site_commit(&site);
    CHECK_STR(top(&site, HOUR + 23, 50), "1:9 2:2");
    CHECK_STR(top(&site, HOUR + 24, 50), "2:2");
    CHECK_STR(top(&site, HOUR + 29, 50), "");
    CHECK_STR(top(&site, HOUR - 1, 50), ""); /* a clock that was set back */
    CHECK_INT(rows_of(&site), 2);
    add(&site, HOUR + 23, b, 1);
    store_site_commit(&site);
    CHECK_INT(rows_of(&site), 3);
    add(&site, HOUR + 24, b, 1);
    store_site_commit(&site);
    CHECK_INT(rows_of(&site), 3);
    CHECK_STR(top(&site, HOUR + 24, 50), "2:4");
    store_site_close(&site);
}

/* A site of the first version is brought up to date when it is opened, and a copy is kept. */
TEST(store_views_come_to_a_site_of_the_first_version) {
    struct store_site site;
    struct db *db = NULL;
    struct err err = { 0 };
    char dir[512], path[600];
    struct str first = { NULL, 0 };
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        if (str_find(str_of(f->path), STR("migrations/001_"), 0) != STR_NPOS) {
            first = str_make(f->begin, (size_t)(f->end - f->begin));
        }
    }
    REQUIRE(first.ptr != NULL);
    REQUIRE(backend_sqlite.open(dir, DB_CREATE, &db, &err) == STATUS_OK);
    REQUIRE(migrate_with(&backend_sqlite, db, &first, 1, &err) == STATUS_OK);
    backend_sqlite.close(db);
    struct store *store = NULL;
    REQUIRE(store_open(dir, &store, &err) == STATUS_OK);
    snprintf(path, sizeof path, "%s/site.db.before-1", dir);
    CHECK(access(path, F_OK) == 0);
    site = (struct store_site){ .store = store };
    int64_t a = put_public(&site, "/a/");
    add(&site, HOUR, a, 1);
    CHECK_INT(store_write_commit(site.writer, &err), STATUS_OK);
    store_close(store);
    arena_done(&site.arena);
}
