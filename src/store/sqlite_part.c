#include "store/sqlite_part.h"

#include "base/arena.h"
#include "base/limits.h"
#include "store/part_pages.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* Rows of the table "<name>_data" (fts5_index.c): the totals, the record of the parts, and the
 * parts' pages, numbered by the part's number above PART_BITS. */
enum { ROW_TOTALS = 1, ROW_STRUCTURE = 10, PART_BITS = 37, PARTS_MAX = 1900, LEVELS_MAX = 64 };

/* Behind the first four bytes: the form for tables that can forget rows, which ours are not. */
static const struct str form_2 = STR_INIT("\xff\x00\x00\x01");

static enum status fail(sqlite3 *db, const char *doing, struct err *err) {
    int code = sqlite3_errcode(db) & 0xff;
    return err_set(err,
                   code == SQLITE_NOMEM     ? STATUS_NO_MEMORY
                   : code == SQLITE_CORRUPT ? STATUS_CORRUPT
                                            : STATUS_DB,
                   "the search index: cannot %s: %s", doing, sqlite3_errmsg(db));
}

static enum status run_sql(sqlite3 *db, const char *sql, struct err *err) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : fail(db, sql, err);
}

static void put_number(struct buf *out, uint64_t value) {
    unsigned char bytes[NUMBER_MAX_BYTES];
    buf_put(out, str_make((const char *)bytes, number_write(bytes, value)));
}

/* ---- records ---- */

/* A blob of "<table>_data", in `a`; empty if there is no such row. */
static enum status read_record(sqlite3 *db, struct arena *a, const char *table, int64_t row,
                               struct str *ret, struct err *err) {
    char sql[96];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "SELECT block FROM %s_data WHERE id = ?1", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(stmt, 1, row);
        code = sqlite3_step(stmt);
    }
    *ret = STR("");
    if (code == SQLITE_ROW) {
        *ret = arena_str(
            a, str_make(sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0)));
    }
    enum status status = code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK
                                                                   : fail(db, "read it", err);
    sqlite3_finalize(stmt);
    return status;
}

struct segment {
    uint64_t number, first, last;
};

/* The record of the parts, as far as it matters here. */
struct structure {
    struct str cookie; /* the first four bytes */
    uint64_t levels, counter;
    uint64_t merging;                    /* of level 0 */
    struct segment parts[PARTS_MAX + 1]; /* of all levels, oldest of level 0 first */
    size_t n_parts;
    size_t n_newest;   /* of these are in level 0 */
    struct str others; /* the levels behind it, as they are */
};

static bool parse_level(struct str *rest, struct structure *s, uint64_t *ret_merging) {
    uint64_t n;
    if (!number_take(rest, ret_merging) || !number_take(rest, &n) || n > PARTS_MAX - s->n_parts) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        struct segment *part = &s->parts[s->n_parts++];
        if (!number_take(rest, &part->number) || !number_take(rest, &part->first) ||
            !number_take(rest, &part->last)) {
            return false;
        }
    }
    return true;
}

static bool parse_structure(struct str record, struct structure *s) {
    uint64_t total, merging;
    *s = (struct structure){ .cookie = str_slice(record, 0, 4) };
    struct str rest = str_from(record, s->cookie.len);
    if (s->cookie.len < 4 || str_starts(rest, form_2) || !number_take(&rest, &s->levels) ||
        !number_take(&rest, &total) || !number_take(&rest, &s->counter) || s->levels > LEVELS_MAX) {
        return false;
    }
    s->others = rest;
    for (uint64_t level = 0; level < s->levels; level++) {
        if (!parse_level(&rest, s, level == 0 ? &s->merging : &merging)) {
            return false;
        }
        if (level == 0) {
            s->others = rest;
            s->n_newest = s->n_parts;
        }
    }
    return rest.len == 0 && total == s->n_parts;
}

/* With one part more at the end of level 0. */
static struct str with_part(struct arena *a, struct structure *s, uint64_t number,
                            int64_t last_page) {
    struct buf out;
    buf_init(&out, MIB);
    buf_put(&out, s->cookie);
    put_number(&out, s->levels > 0 ? s->levels : 1);
    put_number(&out, s->n_parts + 1);
    put_number(&out, s->counter);
    put_number(&out, s->merging);
    put_number(&out, s->n_newest + 1);
    for (size_t i = 0; i < s->n_newest; i++) {
        put_number(&out, s->parts[i].number);
        put_number(&out, s->parts[i].first);
        put_number(&out, s->parts[i].last);
    }
    put_number(&out, number);
    put_number(&out, 1);
    put_number(&out, (uint64_t)last_page);
    buf_put(&out, s->others);
    struct str record = arena_str(a, buf_str(&out));
    buf_done(&out);
    return record;
}

/* The smallest number that no part has; 0: there are too many. */
static uint64_t free_number(const struct structure *s) {
    for (uint64_t number = 1; number <= PARTS_MAX; number++) {
        bool taken = false;
        for (size_t i = 0; i < s->n_parts && !taken; i++) {
            taken = s->parts[i].number == number;
        }
        if (!taken) {
            return number;
        }
    }
    return 0;
}

/* How many rows and words there are: what `record` says, which may be empty, and the runs'. */
static struct str add_totals(struct arena *a, struct str record, const struct posting_run *runs,
                             size_t n, int n_columns) {
    struct buf out;
    buf_init(&out, MIB);
    for (int i = 0; i <= n_columns; i++) {
        uint64_t total = 0;
        (void)number_take(&record, &total);
        for (size_t k = 0; k < n; k++) {
            total += i == 0 ? runs[k].n_docs : runs[k].tokens[i - 1];
        }
        put_number(&out, total);
    }
    struct str totals = arena_str(a, buf_str(&out));
    buf_done(&out);
    return totals;
}

/* ---- appending ---- */

enum status part_supported(sqlite3 *db, const char *table, bool *ret, size_t *ret_newest,
                           struct err *err) {
    struct arena a = { 0 };
    struct str record;
    struct structure *s = ARENA_NEW(&a, struct structure);
    enum status status = read_record(db, &a, table, ROW_STRUCTURE, &record, err);
    *ret = status == STATUS_OK && parse_structure(record, s);
    *ret_newest = *ret ? s->n_newest : 0;
    arena_done(&a);
    return status;
}

/* FTS5 keeps both records in memory, and forgets them when a savepoint is rolled back. The command
 * merges nothing: it makes the table take part in the transaction, and so in the savepoint. */
static enum status forget_records(sqlite3 *db, const char *table, struct err *err) {
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO %s (%s, rank) VALUES ('merge', 0);"
             "SAVEPOINT part; ROLLBACK TO part; RELEASE part",
             table, table);
    return run_sql(db, sql, err);
}

struct putting {
    sqlite3 *db;
    uint64_t number; /* of the part */
    sqlite3_stmt *page, *term;
};

static enum status step(struct putting *p, sqlite3_stmt *stmt, struct err *err) {
    bool done = sqlite3_step(stmt) == SQLITE_DONE;
    enum status status = done ? STATUS_OK : fail(p->db, "put a part in", err);
    sqlite3_reset(stmt);
    return status;
}

static enum status put_page(void *ctx, int64_t place, struct str bytes, struct err *err) {
    struct putting *p = ctx;
    sqlite3_bind_int64(p->page, 1, (int64_t)(p->number << PART_BITS) | place);
    sqlite3_bind_blob64(p->page, 2, bytes.ptr, bytes.len, SQLITE_STATIC);
    return step(p, p->page, err);
}

static enum status put_term(void *ctx, struct str term, int64_t page, struct err *err) {
    struct putting *p = ctx;
    sqlite3_bind_int64(p->term, 1, (int64_t)p->number);
    sqlite3_bind_blob64(p->term, 2, term.ptr, term.len, SQLITE_STATIC);
    sqlite3_bind_int64(p->term, 3, page);
    return step(p, p->term, err);
}

static enum status put_pages(sqlite3 *db, const char *table, const struct posting_run *runs,
                             size_t n, uint64_t number, int64_t *ret_last, struct err *err) {
    char sql[128];
    struct putting p = { .db = db, .number = number };
    const struct part_sink sink = { .ctx = &p, .page = put_page, .term = put_term };
    snprintf(sql, sizeof sql, "INSERT INTO %s_data (id, block) VALUES (?1, ?2)", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &p.page, NULL);
    if (code == SQLITE_OK) {
        snprintf(sql, sizeof sql, "INSERT INTO %s_idx (segid, term, pgno) VALUES (?1, ?2, ?3)",
                 table);
        code = sqlite3_prepare_v2(db, sql, -1, &p.term, NULL);
    }
    enum status status = code == SQLITE_OK ? part_pages(runs, n, &sink, ret_last, err)
                                           : fail(db, "put a part in", err);
    sqlite3_finalize(p.page);
    sqlite3_finalize(p.term);
    return status;
}

static enum status put_record(sqlite3 *db, const char *table, int64_t row, struct str record,
                              struct err *err) {
    char sql[128];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "REPLACE INTO %s_data (id, block) VALUES (?1, ?2)", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(stmt, 1, row);
        sqlite3_bind_blob64(stmt, 2, record.ptr, record.len, SQLITE_STATIC);
        code = sqlite3_step(stmt);
    }
    enum status status = code == SQLITE_DONE ? STATUS_OK : fail(db, "put a part in", err);
    sqlite3_finalize(stmt);
    return status;
}

static enum status append(sqlite3 *db, struct arena *a, const char *table,
                          const struct posting_run *runs, size_t n, int n_columns,
                          struct err *err) {
    struct str record, totals;
    struct structure *s = ARENA_NEW(a, struct structure);
    int64_t last = 0;
    enum status status = forget_records(db, table, err);
    if (status == STATUS_OK) {
        status = read_record(db, a, table, ROW_STRUCTURE, &record, err);
    }
    if (status == STATUS_OK) {
        status = read_record(db, a, table, ROW_TOTALS, &totals, err);
    }
    uint64_t number = status == STATUS_OK && parse_structure(record, s) ? free_number(s) : 0;
    if (status == STATUS_OK && number == 0) {
        return err_set(err, STATUS_DB, "the search index: it has a form that is not known");
    }
    if (status == STATUS_OK) {
        status = put_pages(db, table, runs, n, number, &last, err);
    }
    if (status == STATUS_OK && last > 0) {
        status = put_record(db, table, ROW_STRUCTURE, with_part(a, s, number, last), err);
    }
    return status == STATUS_OK
               ? put_record(db, table, ROW_TOTALS, add_totals(a, totals, runs, n, n_columns), err)
               : status;
}

enum status part_append(sqlite3 *db, const char *table, const struct posting_run *runs, size_t n,
                        int n_columns, struct err *err) {
    size_t docs = 0;
    for (size_t i = 0; i < n; i++) {
        docs += runs[i].n_docs;
    }
    if (docs == 0) {
        return STATUS_OK;
    }
    /* "defensive" keeps SQL from writing to a virtual table's own tables. */
    struct arena a = { 0 };
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    enum status status = append(db, &a, table, runs, n, n_columns, err);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    arena_done(&a);
    return status;
}
