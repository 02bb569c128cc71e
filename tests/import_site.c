#include "tests/import_site.h"

#include "tests/harness.h"
#include "tests/pictures.h"
#include "text/body.h"

#include <sqlite3.h>
#include <stdio.h>

const struct import_case import_every_clause = {
    .files = { "tests/data/wxr/every-clause.xml" },
    .uploads = UPLOADS,
};

void import_site_open(struct import_site *s) {
    *s = (struct import_site){ 0 };
    snprintf(s->dir, sizeof s->dir, "%s/site", test_tmp_dir());
    CHECK_INT(store_create(s->dir, &s->err), STATUS_OK);
    CHECK_INT(store_open(s->dir, &s->store, &s->err), STATUS_OK);
}

void import_site_close(struct import_site *s) {
    if (s->reader != NULL) {
        store_read_end(s->reader);
        store_reader_close(s->reader);
    }
    import_report_done(&s->report);
    arena_done(&s->arena);
    store_close(s->store);
}

void import_site_run(struct import_site *s, const struct import_case *run) {
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
        .threads = run->threads,
        .decoder = run->uploads ? pictures_decoder() : NULL,
    };
    import_report_done(&s->report);
    s->err = (struct err){ 0 };
    s->status = import_wordpress(s->store, &options, &s->report, &s->err);
    decoder_free(options.decoder);
    if (s->reader != NULL) {
        store_read_end(s->reader);
        store_reader_close(s->reader);
    }
    struct err err = { 0 };
    CHECK_INT(store_reader_open(s->store, &s->reader, &err), STATUS_OK);
    CHECK_INT(store_read_begin(s->reader, NULL, &err), STATUS_OK);
}

int64_t import_site_count(const struct import_site *s, const char *name) {
    for (size_t i = 0; i < s->report.counts.len; i++) {
        if (str_eq(s->report.counts.ptr[i].name, str_of(name))) {
            return s->report.counts.ptr[i].n;
        }
    }
    return 0;
}

struct address import_site_address(struct import_site *s, const char *path) {
    struct address address = { 0 };
    struct err err = { 0 };
    enum status status = store_address(s->reader, &s->arena, str_of(path), &address, &err);
    return status == STATUS_OK ? address : (struct address){ 0 };
}

struct story import_site_story(struct import_site *s, const char *path) {
    struct story story = { 0 };
    struct err err = { 0 };
    struct address address = import_site_address(s, path);
    if (address.kind == ADDRESS_STORY) {
        CHECK_INT(store_story(s->reader, &s->arena, address.id, STORY_FULL, &story, &err),
                  STATUS_OK);
    }
    return story;
}

static bool contains(struct str text, const char *part) {
    return str_find(text, str_of(part), 0) != STR_NPOS;
}

bool import_site_warned(const struct import_site *s, const char *part, int64_t post_id) {
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

void import_site_check(struct import_site *s) {
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

/* All rows of a statement, each with `name` before it. */
static void dump_rows(sqlite3 *db, const char *name, const char *sql, struct buf *out) {
    sqlite3_stmt *rows;
    check(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        buf_printf(out, "%s", name);
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const char *text = (const char *)sqlite3_column_text(rows, i);
            buf_printf(out, "|%s", text ? text : "NULL");
        }
        buf_put_char(out, '\n');
    }
    sqlite3_finalize(rows);
}

/* Where each word stands; the parts that the index is in may be others. */
static void dump_index(sqlite3 *db, const char *table, struct buf *out) {
    char sql[300];
    snprintf(sql, sizeof sql,
             "CREATE VIRTUAL TABLE temp.%s_words USING fts5vocab(main, %s, instance)", table,
             table);
    check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    snprintf(sql, sizeof sql, "SELECT * FROM temp.%s_words ORDER BY term, doc, col, \"offset\"",
             table);
    dump_rows(db, table, sql, out);
}

/* Words that are counted later are, so that all are. */
static void count_words(const char *dir) {
    struct err err = { 0 };
    struct store *store = NULL;
    struct store_reader *reader = NULL;
    check(store_open(dir, &store, &err) == STATUS_OK);
    check(store_reader_open(store, &reader, &err) == STATUS_OK);
    int64_t held_us;
    for (bool more = true; more;) {
        check(store_upkeep(reader, 1000, true, &held_us, &more, &err) == STATUS_OK);
    }
    store_reader_close(reader);
    store_close(store);
}

void import_site_dump(const char *dir, struct buf *out) {
    char path[600];
    sqlite3 *db;
    sqlite3_stmt *tables;
    count_words(dir);
    snprintf(path, sizeof path, "%s/site.db", dir);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    check(sqlite3_prepare_v2(db,
                             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> "
                             "'change' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE "
                             "'search_text%' AND name NOT LIKE 'search_headline%' ORDER BY name",
                             -1, &tables, NULL) == SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[300];
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        /* A task's number says how often an interrupted import came back to it. */
        bool is_task = strcmp(table, "import_task") == 0;
        snprintf(sql, sizeof sql, "SELECT %s FROM \"%s\" ORDER BY %s",
                 is_task ? "source, kind, id, text" : "*", table, is_task ? "seq" : "1, 2");
        dump_rows(db, table, sql, out);
    }
    sqlite3_finalize(tables);
    dump_index(db, "search_text", out);
    dump_index(db, "search_headline", out);
    sqlite3_close(db);
}

void import_site_same(struct buf *expected, struct buf *actual, const char *when) {
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

int64_t import_site_id_at(struct import_site *s, const char *path) {
    int64_t id = import_site_address(s, path).id;
    CHECK(id != 0);
    return id;
}

void import_site_check_meta(struct import_site *s, enum meta_kind kind, int64_t id, const char *key,
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
