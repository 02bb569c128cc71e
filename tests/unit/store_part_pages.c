/* What is made of postings is what FTS5 makes when it merges parts, byte for byte. */
#include "tests/harness.h"

#include "base/limits.h"
#include "store/part_pages.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 3, RUNS = 5 };

static void run(sqlite3 *db, const char *sql) {
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        test_fail(__FILE__, __LINE__, "%s: %s", sql, why);
    }
    sqlite3_free(why);
}

/* Some words in nearly all documents, many in one. */
static void put_words(struct buf *out, uint64_t *state, size_t n, int64_t doc) {
    buf_reset(out);
    for (size_t i = 0; i < n; i++) {
        uint64_t r = test_random(state);
        switch (r % 8) {
        case 0: buf_printf(out, " once%llx", (unsigned long long)(r >> 32)); break;
        case 1:
        case 2: buf_printf(out, " some%llu", (unsigned long long)(r >> 8) % 500); break;
        case 3: buf_printf(out, " \xc3\xa9t\xc3\xa9%llu", (unsigned long long)(r >> 8) % 40); break;
        case 4: buf_printf(out, " d%llx", (unsigned long long)doc); break;
        default: buf_printf(out, " all%llu", (unsigned long long)(r >> 8) % 5); break;
        }
    }
}

static void put_hex(struct buf *out, struct str bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        buf_printf(out, "%02x", (unsigned char)bytes.ptr[i]);
    }
    buf_put_char(out, '\n');
}

static enum status on_page(void *ctx, int64_t place, struct str bytes, UNUSED struct err *err) {
    sqlite3_stmt *insert = ctx;
    sqlite3_bind_int64(insert, 1, place);
    sqlite3_bind_blob(insert, 2, bytes.ptr, (int)bytes.len, SQLITE_TRANSIENT);
    CHECK_INT(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_reset(insert);
    return STATUS_OK;
}

static struct buf ours_terms;

static enum status on_term(UNUSED void *ctx, struct str term, int64_t page,
                           UNUSED struct err *err) {
    buf_printf(&ours_terms, "%lld ", (long long)page);
    put_hex(&ours_terms, term);
    return STATUS_OK;
}

static void put_rows(sqlite3 *db, const char *sql, struct buf *out) {
    sqlite3_stmt *stmt = NULL;
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        buf_printf(out, "%lld ", (long long)sqlite3_column_int64(stmt, 0));
        put_hex(out, str_make(sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1)));
    }
    sqlite3_finalize(stmt);
}

/* The same documents to FTS5, a transaction a run, and to postings. */
static void add_documents(sqlite3 *db, struct posting_run *runs, size_t docs, size_t words) {
    sqlite3_stmt *insert = NULL;
    uint64_t state = test_seed();
    int64_t doc = -70000;
    struct err err = { 0 };
    struct buf texts[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        buf_init(&texts[c], 64 * MIB);
    }
    CHECK_INT(sqlite3_prepare_v2(db, "INSERT INTO t (rowid, a, b, c) VALUES (?1, ?2, ?3, ?4)", -1,
                                 &insert, NULL),
              SQLITE_OK);
    for (size_t r = 0; r < RUNS; r++) {
        struct postings p;
        postings_init(&p);
        run(db, "BEGIN");
        for (size_t d = 0; d < docs; d++) {
            doc += 1 + (int64_t)(test_random(&state) % 9 == 0 ? 300000 : test_random(&state) % 3);
            postings_begin(&p, doc);
            sqlite3_bind_int64(insert, 1, doc);
            for (size_t c = 0; c < COLUMNS; c++) {
                put_words(&texts[c], &state, test_random(&state) % (words * (c + 1)), doc);
                postings_put(&p, (int)c, buf_str(&texts[c]));
                sqlite3_bind_text(insert, (int)c + 2, texts[c].len ? texts[c].ptr : "",
                                  (int)texts[c].len, SQLITE_STATIC);
            }
            postings_end(&p, 0);
            CHECK_INT(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
        run(db, "COMMIT");
        CHECK_INT(postings_take(&p, &runs[r], &err), STATUS_OK);
    }
    sqlite3_finalize(insert);
    for (size_t c = 0; c < COLUMNS; c++) {
        buf_done(&texts[c]);
    }
}

static void compare(size_t docs, size_t words, bool wants_index) {
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    struct posting_run runs[RUNS];
    struct err err = { 0 };
    struct buf theirs, ours, terms;
    buf_init(&theirs, 64 * MIB);
    buf_init(&ours, 64 * MIB);
    buf_init(&terms, 64 * MIB);
    buf_init(&ours_terms, 64 * MIB);
    CHECK_INT(sqlite3_open(":memory:", &db), SQLITE_OK);
    run(db, "CREATE VIRTUAL TABLE t USING fts5 (a, b, c, content = '', columnsize = 0,"
            " tokenize = 'ascii'); CREATE TABLE ours (id INTEGER PRIMARY KEY, block BLOB)");
    add_documents(db, runs, docs, words);
    run(db, "INSERT INTO t (t) VALUES ('optimize')");
    CHECK_INT(
        sqlite3_prepare_v2(db, "INSERT INTO ours (id, block) VALUES (?1, ?2)", -1, &insert, NULL),
        SQLITE_OK);
    int64_t last = 0;
    const struct part_sink sink = { .ctx = insert, .page = on_page, .term = on_term };
    CHECK_INT(part_pages(runs, RUNS, &sink, &last, &err), STATUS_OK);
    sqlite3_finalize(insert);
    put_rows(db, "SELECT id, block FROM ours ORDER BY id", &ours);
    put_rows(db, "SELECT id & ((1 << 37) - 1), block FROM t_data WHERE id > 1 << 37 ORDER BY id",
             &theirs);
    put_rows(db, "SELECT pgno, term FROM t_idx ORDER BY term", &terms);
    CHECK(last > 1);
    CHECK(str_eq(buf_str(&ours), buf_str(&theirs)));
    CHECK(str_eq(buf_str(&ours_terms), buf_str(&terms)));
    sqlite3_stmt *count = NULL;
    CHECK_INT(sqlite3_prepare_v2(db, "SELECT count(*) FROM t_idx WHERE pgno & 1", -1, &count, NULL),
              SQLITE_OK);
    CHECK_INT(sqlite3_step(count), SQLITE_ROW);
    CHECK((sqlite3_column_int(count, 0) > 0) == wants_index);
    sqlite3_finalize(count);
    for (size_t r = 0; r < RUNS; r++) {
        posting_run_done(&runs[r]);
    }
    buf_done(&theirs);
    buf_done(&ours);
    buf_done(&terms);
    buf_done(&ours_terms);
    sqlite3_close(db);
}

TEST(part_pages_are_those_of_fts5) {
    compare(40, 30, false);
    compare(7, 3000, true);
}

TEST(part_pages_of_long_lists_have_an_index) {
    compare(400, 100, true);
}

TEST(posting_numbers_are_read_as_they_are_written) {
    const uint64_t numbers[] = { 0,
                                 1,
                                 127,
                                 128,
                                 16383,
                                 16384,
                                 UINT32_MAX,
                                 UINT64_C(1) << 55,
                                 (UINT64_C(1) << 56) - 1,
                                 UINT64_C(1) << 56,
                                 UINT64_MAX };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        unsigned char bytes[NUMBER_MAX_BYTES];
        uint64_t read = 0;
        size_t n = number_write(bytes, numbers[i]);
        struct str rest = str_make((const char *)bytes, n),
                   cut = str_make((const char *)bytes, n - 1);
        CHECK(number_take(&rest, &read) && rest.len == 0 && read == numbers[i]);
        CHECK(!number_take(&cut, &read));
    }
}
