#include "tests/harness.h"
#include "tests/store_site.h"

#include "base/clock.h"

#include <sqlite3.h>
#include <stdio.h>

enum { STORIES = 200, HOUR = 3600 };

static sqlite3 *open_raw(const struct store_site *site) {
    sqlite3 *db = NULL;
    char path[600];
    snprintf(path, sizeof path, "%s/site.db", site->dir);
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static int64_t ask_raw(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

static void run_raw(const struct store_site *site, const char *sql) {
    sqlite3 *db = open_raw(site);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int64_t index_parts(const struct store_site *site) {
    sqlite3 *db = open_raw(site);
    int64_t parts = ask_raw(db, "SELECT count(DISTINCT segid) FROM search_text_idx");
    sqlite3_close(db);
    return parts;
}

static void put(struct store_site *site, int number) {
    char path[32], body[64];
    int64_t id, at = (INT64_C(1647259200) + (int64_t)number * HOUR) * US_PER_SECOND;
    struct civil c = civil_of_us(at);
    snprintf(path, sizeof path, "/s%d/", number);
    snprintf(body, sizeof body, "<p>ferry number%d was late</p>", number);
    struct story s = { .state = STORY_PUBLISHED,
                       .path = str_of(path),
                       .headline = STR("The Ferry"),
                       .body = { str_of(body) },
                       .published_us = at,
                       .local_day = c.year * 10000 + c.month * 100 + c.day };
    OK(store_story_put(store_site_write(site), &s, &id, &site->err));
    store_site_commit(site);
}

static void read_end(struct store_site *site) {
    if (site->is_reading) {
        store_read_end(site->reader);
        site->is_reading = false;
    }
}

static size_t keep_up(struct store_site *site) {
    bool more = true;
    int64_t held_us;
    size_t pieces = 0;
    read_end(site);
    for (; more && pieces < 10000; pieces++) {
        OK(store_upkeep(site->reader, 8, false, &held_us, &more, &site->err));
    }
    CHECK(!more);
    return pieces;
}

static void finds_each(struct store_site *site) {
    for (int i = 0; i < STORIES; i += 7) {
        char typed[32];
        struct store_search found = { 0 };
        struct store_search_request req = { .from_us = INT64_MIN, .to_us = INT64_MAX };
        snprintf(typed, sizeof typed, "number%d", i);
        search_query_parse(&site->arena, str_of(typed), &req.query);
        OK(store_search(store_site_read(site), &site->arena, &req, 1, 10, &found, &site->err));
        CHECK_INT(found.ids.len, 1);
    }
}

TEST(upkeep_merges_what_commits_left_in_pieces) {
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < STORIES; i++) {
        put(&site, i);
    }
    int64_t before = index_parts(&site);
    CHECK(before > 8);
    CHECK(keep_up(&site) > 1);
    CHECK(index_parts(&site) < before / 2);
    finds_each(&site);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(upkeep_without_work_takes_no_lock_and_touches_nothing) {
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < 10; i++) {
        put(&site, i);
    }
    int64_t seq = 0, now = 0;
    (void)keep_up(&site);
    store_touch(store_site_write(&site), STR("something"));
    store_site_commit(&site);
    OK(store_journal_last(store_site_read(&site), &seq, &site.err));
    (void)keep_up(&site);
    OK(store_journal_last(store_site_read(&site), &now, &site.err));
    CHECK_INT(now, seq);
    /* Would wait for STORE_BUSY_MS and fail. */
    sqlite3 *other = open_raw(&site);
    CHECK_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(keep_up(&site), 1);
    sqlite3_close(other);
    store_site_close(&site);
}

TEST(upkeep_waits_for_no_lock) {
    struct store_site site;
    store_site_open(&site);
    put(&site, 0);
    read_end(&site);
    sqlite3 *other = open_raw(&site);
    CHECK_INT(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t began_us = clock_mono_us(), held_us;
    bool more = true;
    CHECK_INT(store_upkeep(site.reader, 8, false, &held_us, &more, NULL), STATUS_BUSY);
    CHECK(clock_mono_us() - began_us < STORE_BUSY_MS * INT64_C(1000) / 2);
    sqlite3_close(other);
    /* Nor for a writer of this process. */
    (void)store_site_write(&site);
    CHECK_INT(store_upkeep(site.reader, 8, false, &held_us, &more, NULL), STATUS_BUSY);
    store_site_commit(&site);
    (void)keep_up(&site);
    store_site_close(&site);
}

/* Counts, one line a word. */
static struct str words_counted(struct store_site *site) {
    sqlite3 *db = open_raw(site);
    sqlite3_stmt *stmt = NULL;
    struct buf text;
    buf_init(&text, 1u << 20);
    CHECK_INT(sqlite3_prepare_v2(db,
                                 "SELECT word || ' ' || docs || ' ' || headlines FROM search_word "
                                 "ORDER BY word",
                                 -1, &stmt, NULL),
              SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        buf_printf(&text, "%s\n", (const char *)sqlite3_column_text(stmt, 0));
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    struct str copy = arena_str(&site->arena, buf_str(&text));
    buf_done(&text);
    return copy;
}

/* In whatever order and at whatever time: as if the index were filled anew. */
TEST(upkeep_counts_the_words_of_what_came_and_went) {
    struct store_site site;
    store_site_open(&site);
    uint64_t rng = test_seed();
    bool more;
    int64_t held_us;
    for (int i = 0; i < STORIES; i++) {
        put(&site, i);
        if (test_below(&rng, 3) == 0) {
            OK(store_story_withdraw(store_site_write(&site), 1 + (int64_t)test_below(&rng, i + 1),
                                    INT64_C(1750000000) * US_PER_SECOND, &site.err));
            store_site_commit(&site);
        }
        if (i == STORIES / 2) {
            /* As if more waited than may: the next are counted at once, before those that wait. */
            run_raw(&site, "INSERT INTO search_due VALUES (100000, 0, '', '')");
        }
        if (i > STORIES * 3 / 4) {
            read_end(&site);
            OK(store_upkeep(site.reader, 3, true, &held_us, &more, &site.err));
        }
    }
    (void)keep_up(&site);
    struct str counted = words_counted(&site);
    CHECK(str_find(counted, STR("ferry "), 0) != STR_NPOS);
    run_raw(&site, "UPDATE search_state SET tokens_version = -1");
    struct store *again = NULL;
    OK(store_open(site.dir, &again, &site.err));
    store_close(again);
    OK(store_poll(site.store, &site.err));
    (void)keep_up(&site);
    CHECK_STR(counted, words_counted(&site).ptr);
    store_site_close(&site);
}

TEST(upkeep_empties_the_log_into_the_file) {
    struct store_site site;
    store_site_open(&site);
    for (int i = 0; i < 10; i++) {
        put(&site, i);
    }
    (void)keep_up(&site);
    sqlite3 *db = NULL;
    char path[600];
    /* The file alone, without its log, has the stories. */
    snprintf(path, sizeof path, "file:%s/site.db?immutable=1", site.dir);
    CHECK_INT(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL), SQLITE_OK);
    CHECK_INT(ask_raw(db, "SELECT count(*) FROM story"), 10);
    sqlite3_close(db);
    store_site_close(&site);
}
