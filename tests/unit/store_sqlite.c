/* What is SQLite's own: plans, migrations, faults in the file, and a disk that fails. */
#include "tests/harness.h"
#include "tests/must.h"
#include "tests/store_site.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "store/internal.h"
#include "store/sqlite_search.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */

static sqlite3 *open_raw(const char *dir) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/site.db", dir);
    sqlite3 *db = NULL;
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    return db;
}

static void run_raw(const char *dir, const char *sql) {
    sqlite3 *db = open_raw(dir);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        test_fail(__FILE__, __LINE__, "%s: %s", sql, message);
    }
    sqlite3_free(message);
    sqlite3_close(db);
}

static struct story make_story(const char *path, int64_t at_us) {
    struct civil c = civil_of_us(at_us);
    return (struct story){ .state = STORY_PUBLISHED,
                           .path = str_of(path),
                           .headline = STR("The Ferry"),
                           .body = { STR("<p>Late.</p>") },
                           .published_us = at_us,
                           .local_day = c.year * 10000 + c.month * 100 + c.day };
}

/* ---- plans ---- */

/* Statements that read a whole table or sort, and why they may. */
static const struct {
    const char *name;
    const char *why;
} scans[] = {
    { "setting_all", "all settings are wanted" },
    { "section_all", "the whole tree is wanted" },
    { "meta_all", "sorts one story's metas" },
    { "section_height", "walks the levels that it has just found" },
    { "views_top", "ranks what was read in a day; on no request's way" },
    { "search_state", "has one row" },
    { "search_state_put", "has one row" },
    { "search_words_common", "a limited number of rows of an index" },
    { "search_clear_doc", "all are wanted" },
    { "search_clear_word", "all are wanted" },
    { "story_due", "one row of an index of the scheduled stories only" },
    { "story_top_pages", "an index of just these pages, up to a limit" },
    { "comment_newest", "an index of just these comments, up to a limit" },
    { "sitemap_all", "all files are wanted" },
    { "address_len", "counts all, for the progress of an export" },
    { "list_pages", "counts all, for the progress of an export" },
    { "guard_all", "the few throttled accounts, at the start" },
    { "audit_forget", "the first few rows" },
    { "sitemap_of_picture", "sorts the few files of one picture's stories" },
};

static bool may_scan(struct str name) {
    for (size_t i = 0; i < COUNT_OF(scans); i++) {
        if (str_eq(name, str_of(scans[i].name))) {
            return true;
        }
    }
    return str_starts(name, STR("check_"));
}

TEST(store_statements_use_indexes) {
    struct store_site site;
    store_site_open(&site);
    sqlite3 *db = open_raw(site.dir);
    CHECK_INT(sqlite_search_register(db), SQLITE_OK);
    struct sql_texts texts;
    sql_texts_init(&texts);
    struct map_entry *e;
    size_t count = 0;
    for (size_t i = 0; (e = map_next(&texts.by_name, &i)) != NULL;) {
        const struct str *sql = e->value;
        char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %.*s", STR_FMT(*sql));
        sqlite3_stmt *stmt = NULL;
        CHECK_INT(sqlite3_prepare_v2(db, explain, -1, &stmt, NULL), SQLITE_OK);
        while (stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(stmt, 3);
            bool is_slow = strstr(detail, "SCAN") || strstr(detail, "TEMP B-TREE");
            is_slow = is_slow &&
                      !strstr(detail, "VIRTUAL TABLE INDEX"); /* full text: by its index */
            if (is_slow && !strstr(detail, "CONSTANT ROW") && !may_scan(e->key)) {
                test_fail(__FILE__, __LINE__, "%.*s: %s", STR_FMT(e->key), detail);
            }
        }
        sqlite3_finalize(stmt);
        sqlite3_free(explain);
        count++;
    }
    CHECK(count > 80);
    sql_texts_done(&texts);
    sqlite3_close(db);
    store_site_close(&site);
}

TEST(store_page_costs_the_same_statements_everywhere) {
    struct store_site site;
    store_site_open(&site);
    enum { STORIES = 600 };
    for (int i = 0; i < STORIES; i++) {
        char path[32];
        snprintf(path, sizeof path, "/%d/", i);
        struct story s = make_story(path, NOON + i * 11 * (US_PER_DAY / 4));
        int64_t id;
        OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    }
    store_site_commit(&site);
    for (int64_t number = 1; number <= STORIES / 4; number += 7) {
        struct list_page page;
        struct store_reader *r = store_site_read(&site);
        uint64_t before = store_reader_statements(r);
        OK(store_list_page(r, &site.arena, (struct list_id){ LIST_LATEST, 0 }, number, 4, &page,
                           &site.err));
        CHECK_INT(page.ids.ptr[0], STORIES - (number - 1) * 4);
        CHECK(store_reader_statements(r) - before <= 5);
    }
    store_site_close(&site);
}

/* ---- the journal ---- */

TEST(store_journal_says_what_it_has_lost_and_snapshots_show_what_was_heard) {
    struct store_site site;
    store_site_open(&site);
    struct keys keys;
    int64_t seq = 0;
    bool forgotten = true;
    keys_init(&keys);
    store_touch(store_site_write(&site), STR("one"));
    store_site_commit(&site);
    run_raw(site.dir, "INSERT INTO change VALUES (2, 77, 'two'), (3, 77, 'three')");
    CHECK_STR(site.touched, "one");
    OK(store_journal_since(store_site_read(&site), 0, &keys, &seq, &forgotten, &site.err));
    CHECK_STR(site.touched, "two three"); /* though nobody has polled */
    CHECK_INT(seq, 3);
    CHECK(!forgotten && keys_has(&keys, STR("one")) && keys_has(&keys, STR("three")));
    /* The journal keeps the last commits only. */
    run_raw(site.dir, "DELETE FROM change WHERE seq < 3");
    keys_reset(&keys);
    store_touch(store_site_write(&site), STR("four"));
    store_site_commit(&site);
    OK(store_journal_since(store_site_read(&site), 1, &keys, &seq, &forgotten, &site.err));
    CHECK_INT(seq, 4);
    CHECK(forgotten && keys_has(&keys, STR("three")) && keys_has(&keys, STR("four")));
    OK(store_journal_since(store_site_read(&site), 2, &keys, &seq, &forgotten, &site.err));
    CHECK(!forgotten);
    keys_done(&keys);
    store_site_close(&site);
}

/* ---- migrations ---- */

static int schema_version(struct db *db) {
    int version = -1;
    CHECK_INT(backend_sqlite.schema_version(db, &version, NULL), STATUS_OK);
    return version;
}

TEST(store_migrations_keep_a_copy_and_are_whole_or_absent) {
    char dir[512], path[600];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    struct db *db = NULL;
    struct err err = { 0 };
    const struct str scripts[] = {
        STR("CREATE TABLE one (x INTEGER) STRICT; INSERT INTO one VALUES (1);"),
        STR("-- a comment\nCREATE TABLE two (x INTEGER) STRICT;\n"),
        STR("INSERT INTO one VALUES (3); INSERT INTO missing VALUES (1);"),
    };
    REQUIRE(backend_sqlite.open(dir, DB_CREATE, &db, &err) == STATUS_OK);
    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 1, &err), STATUS_OK);
    CHECK_INT(schema_version(db), 1);
    snprintf(path, sizeof path, "%s/site.db.before-1", dir);
    CHECK(access(path, F_OK) != 0);

    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 3, &err), STATUS_DB);
    CHECK(strstr(err.message, "migration 3") != NULL);
    CHECK_INT(schema_version(db), 1);
    CHECK(access(path, F_OK) == 0);
    err = (struct err){ 0 };
    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 2, &err), STATUS_OK);
    CHECK_INT(schema_version(db), 2);
    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 1, &err), STATUS_INVALID);
    backend_sqlite.close(db);

    /* The copy is the database of version 1. */
    char other[512], copy[600];
    snprintf(other, sizeof other, "%s", test_tmp_dir());
    snprintf(copy, sizeof copy, "%s/site.db", other);
    CHECK(rename(path, copy) == 0);
    REQUIRE(backend_sqlite.open(other, DB_WRITER, &db, &err) == STATUS_OK);
    CHECK_INT(schema_version(db), 1);
    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 2, &err), STATUS_OK);
    backend_sqlite.close(db);
}

/* Whatever the umask: it holds e-mail addresses and the hashes of passwords. */
TEST(store_is_for_its_owner_only) {
    static const char *const files[] = { "site.db", "site.db-wal" };
    char dir[512], path[600];
    struct store *store;
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    mode_t before = umask(0);
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    umask(before);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        REQUIRE(stat(path, &st) == 0);
        CHECK_INT(st.st_mode & 0777, 0600);
    }
    store_close(store);
}

TEST(store_is_migrated_once_by_those_who_start_together) {
    enum { STARTERS = 6 };
    const struct str scripts[] = {
        STR("CREATE TABLE one (x BLOB) STRICT;"),
        STR("ALTER TABLE one ADD COLUMN y INTEGER; UPDATE one SET y = 2;"),
    };
    char dir[512], path[600];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    struct db *db = NULL;
    struct err err = { 0 };
    REQUIRE(backend_sqlite.open(dir, DB_CREATE, &db, &err) == STATUS_OK);
    CHECK_INT(migrate_with(&backend_sqlite, db, scripts, 1, &err), STATUS_OK);
    backend_sqlite.close(db);
    run_raw(dir, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                 "INSERT INTO one SELECT randomblob(4000) FROM n");
    /* What somebody left who died in the middle. */
    snprintf(path, sizeof path, "%s/site.db.before-1.part", dir);
    CHECK_INT(io_write_file(path, STR("half a copy"), NULL), STATUS_OK);
    pid_t starters[STARTERS];
    for (int i = 0; i < STARTERS; i++) {
        starters[i] = fork();
        if (starters[i] == 0) {
            enum status status = backend_sqlite.open(dir, DB_WRITER, &db, &err);
            if (status == STATUS_OK) {
                status = migrate_with(&backend_sqlite, db, scripts, 2, &err);
            }
            if (status != STATUS_OK) {
                fprintf(stderr, "%s\n", err.message);
            }
            _exit(status == STATUS_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < STARTERS; i++) {
        int code = -1;
        CHECK(waitpid(starters[i], &code, 0) == starters[i] && code == 0);
    }
    CHECK(access(path, F_OK) != 0);
    REQUIRE(backend_sqlite.open(dir, DB_WRITER, &db, &err) == STATUS_OK);
    CHECK_INT(schema_version(db), 2);
    backend_sqlite.close(db);
    snprintf(path, sizeof path, "%s/site.db.before-1", dir);
    CHECK(access(path, F_OK) == 0);
}

TEST(store_refuses_a_newer_and_a_foreign_database) {
    struct store_site site;
    store_site_open(&site);
    char dir[512];
    snprintf(dir, sizeof dir, "%s", site.dir);
    store_site_close(&site);
    struct store *s = NULL;
    struct err err = { 0 };
    run_raw(dir, "PRAGMA user_version = 99");
    CHECK_INT(store_open(dir, &s, &err), STATUS_INVALID);
    CHECK(strstr(err.message, "newer") != NULL);
    run_raw(dir, "PRAGMA user_version = 1; PRAGMA application_id = 5");
    CHECK_INT(store_open(dir, &s, NULL), STATUS_INVALID);
    char path[600];
    snprintf(path, sizeof path, "%s/site.db", dir);
    CHECK_INT(io_write_file(path, STR("This is no database, but a text of some length."), NULL),
              STATUS_OK);
    CHECK_INT(store_open(dir, &s, NULL), STATUS_CORRUPT);
}

/* ---- faults that check must find ---- */

static const struct {
    const char *sql;
    const char *expected;
} faults[] = {
    { "DELETE FROM story_body WHERE id = 1", "story 1 has no body" },
    { "DELETE FROM story_section WHERE story_id = 1 AND section_id = 2",
      "not in its primary section" },
    { "UPDATE section SET parent_id = 2 WHERE id = 1", "section 1 stands below itself" },
    { "UPDATE story SET published_us = published_us + 1 WHERE id = 1", "not listed at that place" },
    { "UPDATE story SET state = 0 WHERE id = 1", "not listed at that place" },
    { "INSERT INTO list_entry SELECT 1, 3, local_day, published_us, id FROM story WHERE id = 1",
      "holds story 1 which does not belong to it" },
    { "INSERT INTO list_entry SELECT 2, 2, local_day, published_us, id FROM story WHERE id = 1",
      "holds story 1 which does not belong to it" },
    { "DELETE FROM list_entry WHERE kind = 0 AND story_id = 1", "list of all stories" },
    { "DELETE FROM list_entry WHERE kind = 1 AND list_id = 1", "list of section 1" },
    { "DELETE FROM list_entry WHERE kind = 2", "list of tag 1" },
    { "DELETE FROM list_entry WHERE kind = 3", "list of author 1" },
    { "UPDATE list_count SET stories = 7 WHERE kind = 1 AND level = 2", "its count says 7" },
    { "DELETE FROM list_count WHERE kind = 0 AND level = 3", "its count says 0" },
    { "INSERT INTO list_count VALUES (2, 1, 3, 19990101, 4)", "no stories of date 19990101" },
    { "UPDATE address SET target_id = 99 WHERE path = '/a/'", "/a/ has no target" },
    { "DELETE FROM address WHERE path = '/a/'", "nothing answers at /a/" },
    { "UPDATE address SET redirect = 1 WHERE path = '/world/'", "nothing answers at /world/" },
    { "INSERT INTO menu VALUES ('main', 0, 'x', '', 2, 99, -1)", "menu main has no target" },
    { "INSERT INTO slot VALUES ('lead', 0, 99)", "foreign key" },
    { "INSERT INTO meta VALUES (1, 99, 0, 'k', '')", "meta k of 1/99 has no owner" },
    { "INSERT INTO meta VALUES (2, 1, 0, 'k', '')", "meta k of 2/1 has no owner" },
    { "INSERT INTO meta VALUES (3, 99, 0, 'k', '')", "meta k of 3/99 has no owner" },
    { "INSERT INTO meta VALUES (4, 99, 0, 'k', '')", "meta k of 4/99 has no owner" },
    { "INSERT INTO meta VALUES (5, 99, 0, 'k', '')", "meta k of 5/99 has no owner" },
    { "INSERT INTO meta VALUES (6, 1, 0, 'k', '')", "meta k of 6/1 has no owner" },
    { "INSERT INTO meta VALUES (7, 1, 0, 'k', '')", "meta k of 7/1 has no owner" },
};

static void remember_fault(void *ctx, struct str what) {
    buf_put(ctx, what);
    buf_put_char(ctx, '\n');
}

TEST(store_check_finds_each_fault) {
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct store_site site;
        store_site_open(&site);
        int64_t world = store_site_section(&site, 0, "World", "/world/");
        struct story s = make_story("/a/", NOON);
        s.section_id = store_site_section(&site, world, "Ports", "/ports/");
        store_site_section(&site, 0, "Local", "/local/");
        int64_t tag = store_site_tag(&site, "ferries", "/tag/"),
                author = store_site_author(&site, "A", "/by/");
        s.tags = (struct ids){ &tag, 1 };
        s.authors = (struct ids){ &author, 1 };
        OK(store_story_put(store_site_write(&site), &s, &s.id, &site.err));
        store_site_commit(&site);
        CHECK_INT(store_site_faults(&site), 0);
        store_read_end(site.reader);
        site.is_reading = false;
        run_raw(site.dir, faults[i].sql);
        struct buf told;
        buf_init(&told, MIB);
        size_t n = 0;
        OK(store_check(store_site_read(&site), remember_fault, &told, &n, &site.err));
        CHECK(n > 0);
        if (str_find(buf_str(&told), str_of(faults[i].expected), 0) == STR_NPOS) {
            test_fail(__FILE__, __LINE__, "%s: told only\n%.*s", faults[i].sql,
                      STR_FMT(buf_str(&told)));
        }
        buf_done(&told);
        store_site_close(&site);
    }
}

/* ---- a disk that fails ---- */

/* A VFS before the real one: the n-th write, truncation, sync or removal fails (a write after half
 * of its bytes), alone or with all that follow. */
struct failing_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_io_methods methods;
    bool is_armed, stays;
    int calls, fail_at;
} disk;

static bool fails(void) {
    if (!disk.is_armed) {
        return false;
    }
    disk.calls++;
    return disk.stays ? disk.calls >= disk.fail_at : disk.calls == disk.fail_at;
}

static sqlite3_file *real_of(sqlite3_file *f) {
    return ((struct failing_file *)f)->real;
}

static int failing_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at) {
    sqlite3_file *real = real_of(f);
    if (fails()) {
        real->pMethods->xWrite(real, bytes, n / 2, at);
        return SQLITE_IOERR_WRITE;
    }
    return real->pMethods->xWrite(real, bytes, n, at);
}

static int failing_sync(sqlite3_file *f, int flags) {
    return fails() ? SQLITE_IOERR_FSYNC : real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int failing_truncate(sqlite3_file *f, sqlite3_int64 size) {
    return fails() ? SQLITE_IOERR_TRUNCATE : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

#define PASS(name, args, ...)                                                                      \
    static int pass_##name args {                                                                  \
        return real_of(f)->pMethods->name(__VA_ARGS__);                                            \
    }
PASS(xRead, (sqlite3_file * f, void *p, int n, sqlite3_int64 at), real_of(f), p, n, at)
PASS(xFileSize, (sqlite3_file * f, sqlite3_int64 *size), real_of(f), size)
PASS(xLock, (sqlite3_file * f, int lock), real_of(f), lock)
PASS(xUnlock, (sqlite3_file * f, int lock), real_of(f), lock)
PASS(xCheckReservedLock, (sqlite3_file * f, int *out), real_of(f), out)
PASS(xFileControl, (sqlite3_file * f, int op, void *arg), real_of(f), op, arg)
PASS(xSectorSize, (sqlite3_file * f), real_of(f))
PASS(xDeviceCharacteristics, (sqlite3_file * f), real_of(f))
PASS(xShmMap, (sqlite3_file * f, int page, int size, int extend, void volatile **out), real_of(f),
     page, size, extend, out)
PASS(xShmLock, (sqlite3_file * f, int offset, int n, int flags), real_of(f), offset, n, flags)
PASS(xShmUnmap, (sqlite3_file * f, int remove), real_of(f), remove)
PASS(xFetch, (sqlite3_file * f, sqlite3_int64 at, int n, void **out), real_of(f), at, n, out)
PASS(xUnfetch, (sqlite3_file * f, sqlite3_int64 at, void *p), real_of(f), at, p)

static void pass_xShmBarrier(sqlite3_file *f) {
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int pass_xClose(sqlite3_file *f) {
    sqlite3_file *real = real_of(f);
    int code = real->pMethods->xClose(real);
    sqlite3_free(real);
    return code;
}

static int failing_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
                        int *ret_flags) {
    (void)vfs;
    f->pMethods = NULL;
    sqlite3_file *real = sqlite3_malloc(disk.real->szOsFile);
    memset(real, 0, (size_t)disk.real->szOsFile);
    int code = disk.real->xOpen(disk.real, name, real, flags, ret_flags);
    if (code != SQLITE_OK) {
        sqlite3_free(real);
        return code;
    }
    ((struct failing_file *)f)->real = real;
    f->pMethods = &disk.methods;
    return SQLITE_OK;
}

static int failing_delete(sqlite3_vfs *vfs, const char *name, int sync) {
    (void)vfs;
    return fails() ? SQLITE_IOERR_DELETE : disk.real->xDelete(disk.real, name, sync);
}

static void disk_install(void) {
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "failing";
    disk.vfs.szOsFile = sizeof(struct failing_file);
    disk.vfs.xOpen = failing_open;
    disk.vfs.xDelete = failing_delete;
    disk.methods = (sqlite3_io_methods){
        .iVersion = 3,
        .xClose = pass_xClose,
        .xRead = pass_xRead,
        .xWrite = failing_write,
        .xTruncate = failing_truncate,
        .xSync = failing_sync,
        .xFileSize = pass_xFileSize,
        .xLock = pass_xLock,
        .xUnlock = pass_xUnlock,
        .xCheckReservedLock = pass_xCheckReservedLock,
        .xFileControl = pass_xFileControl,
        .xSectorSize = pass_xSectorSize,
        .xDeviceCharacteristics = pass_xDeviceCharacteristics,
        .xShmMap = pass_xShmMap,
        .xShmLock = pass_xShmLock,
        .xShmBarrier = pass_xShmBarrier,
        .xShmUnmap = pass_xShmUnmap,
        .xFetch = pass_xFetch,
        .xUnfetch = pass_xUnfetch,
    };
    check(sqlite3_vfs_register(&disk.vfs, 1) == SQLITE_OK);
}

static void disk_remove(void) {
    disk.is_armed = false;
    sqlite3_vfs_unregister(&disk.vfs);
    check(sqlite3_vfs_register(disk.real, 1) == SQLITE_OK);
}

static void disk_arm(int fail_at, bool stays) {
    disk.is_armed = true;
    disk.stays = stays;
    disk.calls = 0;
    disk.fail_at = fail_at;
}

enum { FAILING_COMMITS = 4 };

/* Some commits, each a tag and two stories; which were acknowledged. */
static void commit_some(const char *dir, bool acknowledged[FAILING_COMMITS]) {
    struct store *store = NULL;
    if (store_open(dir, &store, NULL) != STATUS_OK) {
        return;
    }
    for (int i = 0; i < FAILING_COMMITS; i++) {
        struct store_writer *w = NULL;
        if (store_write_begin(store, &w, NULL) != STATUS_OK) {
            continue;
        }
        char path[3][32], body[6000];
        memset(body, 'a' + i, sizeof body);
        int64_t tag = 0, id = 0;
        for (int j = 0; j < 3; j++) {
            snprintf(path[j], sizeof path[j], "/%d/%d/", i, j);
        }
        struct tag t = { .name = STR("t"), .path = str_of(path[0]) };
        bool ok = store_tag_put(w, &t, &tag, NULL) == STATUS_OK;
        for (int j = 1; j < 3 && ok; j++) {
            struct story s = make_story(path[j], NOON + i * US_PER_DAY);
            s.body.raw = str_make(body, sizeof body);
            s.tags = (struct ids){ &tag, 1 };
            ok = store_story_put(w, &s, &id, NULL) == STATUS_OK;
        }
        if (ok) {
            acknowledged[i] = store_write_commit(w, NULL) == STATUS_OK;
        } else {
            store_write_rollback(w);
        }
    }
    store_close(store);
}

static void print_fault(void *ctx, struct str what) {
    (void)ctx;
    printf("  fault: %.*s\n", STR_FMT(what));
}

/* After the disk works again. */
static void expect_whole(const char *dir, const bool acknowledged[FAILING_COMMITS], int n) {
    struct store *store = NULL;
    struct store_reader *r = NULL;
    struct err err = { 0 };
    struct arena a = { 0 };
    if (store_open(dir, &store, &err) != STATUS_OK ||
        store_reader_open(store, &r, &err) != STATUS_OK ||
        store_read_begin(r, NULL, &err) != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "failure %d: %s", n, err.message);
        return;
    }
    size_t found_faults = 0;
    CHECK_INT(store_check(r, print_fault, NULL, &found_faults, &err), STATUS_OK);
    CHECK_INT(found_faults, 0);
    for (int i = 0; i < FAILING_COMMITS; i++) {
        int there = 0;
        for (int j = 0; j < 3; j++) {
            char path[32];
            snprintf(path, sizeof path, "/%d/%d/", i, j);
            struct address at;
            there += store_address(r, &a, str_of(path), &at, NULL) == STATUS_OK;
        }
        if (there != 3 && (there != 0 || acknowledged[i])) {
            test_fail(__FILE__, __LINE__, "failure %d: commit %d (%s) has %d of 3 parts", n, i,
                      acknowledged[i] ? "acknowledged" : "failed", there);
        }
    }
    arena_done(&a);
    store_read_end(r);
    store_reader_close(r);
    store_close(store);
}

static void copy_site(const char *from, const char *to) {
    char source[600], target[600];
    snprintf(source, sizeof source, "%s/site.db", from);
    snprintf(target, sizeof target, "%s/site.db", to);
    struct buf bytes;
    buf_init(&bytes, 64 * MIB);
    CHECK_INT(io_read_file(source, &bytes, NULL), STATUS_OK);
    CHECK_INT(io_write_file(target, buf_str(&bytes), NULL), STATUS_OK);
    buf_done(&bytes);
    strcat(target, "-wal");
    unlink(target);
    snprintf(target, sizeof target, "%s/site.db-shm", to);
    unlink(target);
}

TEST(store_survives_each_failure_of_the_disk) {
    struct store_site site;
    store_site_open(&site);
    char empty[512], dir[512];
    snprintf(empty, sizeof empty, "%s", site.dir);
    store_site_close(&site);
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    disk_install();
    for (int stays = 0; stays < 2; stays++) {
        int n = 0;
        do {
            copy_site(empty, dir);
            bool acknowledged[FAILING_COMMITS] = { 0 };
            disk_arm(++n, stays != 0);
            commit_some(dir, acknowledged);
            disk.is_armed = false;
            expect_whole(dir, acknowledged, n);
        } while (disk.calls >= n && n < 2000);
        CHECK(n > 50 && n < 2000);
    }
    disk_remove();
}

TEST(store_create_survives_each_failure_of_the_disk) {
    disk_install();
    char base[512];
    snprintf(base, sizeof base, "%s", test_tmp_dir());
    int n = 0;
    do {
        char dir[600];
        snprintf(dir, sizeof dir, "%s/%d", base, ++n);
        disk_arm(n, true);
        enum status created = store_create(dir, NULL);
        disk.is_armed = false;
        struct store *store = NULL;
        struct err err = { 0 };
        enum status opened = store_open(dir, &store, &err);
        if (opened == STATUS_NOT_FOUND && created != STATUS_OK) {
            CHECK_INT(store_create(dir, NULL), STATUS_OK);
        } else if (opened != STATUS_OK) {
            test_fail(__FILE__, __LINE__, "failure %d: %s", n, err.message);
        }
        store_close(store);
    } while (disk.calls >= n && n < 500);
    CHECK(n > 10 && n < 500);
    disk_remove();
}
