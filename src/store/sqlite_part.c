#include "store/sqlite_part.h"

#include "base/buf.h"
#include "base/limits.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of the table "<name>_data" (fts5_index.c): the totals, the record of the parts, and the
 * parts' pages, numbered by the part's number above PART_BITS. */
enum { ROW_TOTALS = 1, ROW_STRUCTURE = 10, PART_BITS = 37, PARTS_MAX = 1900, LEVELS_MAX = 64 };

/* Behind the first four bytes: the form for tables that can forget rows, which ours are not. */
static const struct str form_2 = STR_INIT("\xff\x00\x00\x01");

struct part_maker {
    sqlite3 *db;
    sqlite3_stmt *insert;
    bool is_open; /* documents were added */
};

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

/* ---- numbers, as SQLite writes them: seven bits a byte, the ninth byte whole ---- */

static bool take_number(struct str *s, uint64_t *ret) {
    uint64_t value = 0;
    for (size_t i = 0; i < 9 && i < s->len; i++) {
        unsigned char byte = (unsigned char)s->ptr[i];
        value = i == 8 ? value << 8 | byte : value << 7 | (byte & 0x7f);
        if (i == 8 || byte < 0x80) {
            *s = str_from(*s, i + 1);
            *ret = value;
            return true;
        }
    }
    return false;
}

static void put_number(struct buf *out, uint64_t value) {
    char bytes[10];
    size_t n = 0;
    check(value >> 56 == 0); /* counts of words and parts */
    do {
        bytes[n] = (char)((value & 0x7f) | (n > 0 ? 0x80 : 0));
        n++;
        value >>= 7;
    } while (value != 0);
    while (n > 0) {
        buf_put_char(out, bytes[--n]);
    }
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
    if (!take_number(rest, ret_merging) || !take_number(rest, &n) || n > PARTS_MAX - s->n_parts) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        struct segment *part = &s->parts[s->n_parts++];
        if (!take_number(rest, &part->number) || !take_number(rest, &part->first) ||
            !take_number(rest, &part->last)) {
            return false;
        }
    }
    return true;
}

static bool parse_structure(struct str record, struct structure *s) {
    uint64_t total, merging;
    *s = (struct structure){ .cookie = str_slice(record, 0, 4) };
    struct str rest = str_from(record, s->cookie.len);
    if (s->cookie.len < 4 || str_starts(rest, form_2) || !take_number(&rest, &s->levels) ||
        !take_number(&rest, &total) || !take_number(&rest, &s->counter) || s->levels > LEVELS_MAX) {
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

/* How many rows and words: the sum of two records, one of which may be empty. */
static struct str add_totals(struct arena *a, struct str x, struct str y) {
    struct buf out;
    buf_init(&out, MIB);
    for (int i = 0; i <= PART_COLUMNS_MAX && (x.len > 0 || y.len > 0); i++) {
        uint64_t m = 0, n = 0;
        (void)take_number(&x, &m);
        (void)take_number(&y, &n);
        put_number(&out, m + n);
    }
    struct str record = arena_str(a, buf_str(&out));
    buf_done(&out);
    return record;
}

/* ---- making ---- */

enum status part_maker_new(const char *columns, struct part_maker **ret, struct err *err) {
    struct part_maker *m = calloc(1, sizeof *m);
    check(m != NULL);
    char sql[512], places[64] = "?1";
    size_t n = 1;
    for (const char *at = columns; (at = strchr(at, ',')) != NULL; at++) {
        n++;
        snprintf(places + strlen(places), sizeof places - strlen(places), ", ?%zu", n);
    }
    check(n <= PART_COLUMNS_MAX);
    int code = sqlite3_open_v2(
        ":memory:", &m->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    /* What does not fit into memory becomes a part of its own; part_maker_end makes them one. */
    snprintf(sql, sizeof sql,
             "CREATE VIRTUAL TABLE part USING fts5 (%s, content = '', columnsize = 0,"
             " tokenize = 'ascii');"
             "INSERT INTO part (part, rank) VALUES ('hashsize', 1048576);"
             "INSERT INTO part (part, rank) VALUES ('automerge', 0)",
             columns);
    enum status status = code == SQLITE_OK ? run_sql(m->db, sql, err)
                                           : fail(m->db, "make a part", err);
    snprintf(sql, sizeof sql, "INSERT INTO part (rowid, %s) VALUES (?%zu, %s)", columns, n + 1,
             places);
    if (status == STATUS_OK && sqlite3_prepare_v3(m->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                  &m->insert, NULL) != SQLITE_OK) {
        status = fail(m->db, "make a part", err);
    }
    if (status != STATUS_OK) {
        part_maker_free(m);
        return status;
    }
    *ret = m;
    return STATUS_OK;
}

void part_maker_free(struct part_maker *m) {
    if (m != NULL) {
        sqlite3_finalize(m->insert);
        sqlite3_close(m->db);
        free(m);
    }
}

enum status part_maker_add(struct part_maker *m, int64_t row, const struct str *texts, size_t n,
                           struct err *err) {
    if (!m->is_open) {
        enum status status = run_sql(m->db, "BEGIN", err);
        if (status != STATUS_OK) {
            return status;
        }
        m->is_open = true;
    }
    for (size_t i = 0; i < n; i++) {
        sqlite3_bind_text64(m->insert, (int)i + 1, texts[i].len ? texts[i].ptr : "", texts[i].len,
                            SQLITE_STATIC, SQLITE_UTF8);
    }
    sqlite3_bind_int64(m->insert, (int)n + 1, row);
    bool done = sqlite3_step(m->insert) == SQLITE_DONE;
    enum status status = done ? STATUS_OK : fail(m->db, "add a document", err);
    sqlite3_reset(m->insert);
    sqlite3_clear_bindings(m->insert); /* they point to the caller's text */
    return status;
}

static enum status take_pages(sqlite3 *db, struct arena *a, struct part *part, struct err *err) {
    VEC(struct part_page) pages = { 0 };
    VEC(struct part_term) terms = { 0 };
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(
        db, "SELECT id, block FROM part_data WHERE id > 1 << 37 ORDER BY id", -1, &stmt, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct str bytes =
            str_make(sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1));
        *vec_push(a, &pages) =
            (struct part_page){ sqlite3_column_int64(stmt, 0) & ((INT64_C(1) << PART_BITS) - 1),
                                arena_str(a, bytes) };
        code = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    stmt = NULL;
    if (code == SQLITE_DONE) {
        code = sqlite3_prepare_v2(db, "SELECT term, pgno FROM part_idx ORDER BY term", -1, &stmt,
                                  NULL);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct str term =
            str_make(sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0));
        *vec_push(a, &terms) =
            (struct part_term){ arena_str(a, term), sqlite3_column_int64(stmt, 1) };
        code = SQLITE_OK;
    }
    enum status status = code == SQLITE_DONE ? STATUS_OK : fail(db, "take a part", err);
    sqlite3_finalize(stmt);
    part->pages = pages.ptr;
    part->n_pages = pages.len;
    part->terms = terms.ptr;
    part->n_terms = terms.len;
    return status;
}

enum status part_maker_end(struct part_maker *m, struct arena *a, struct part *ret,
                           struct err *err) {
    *ret = (struct part){ 0 };
    if (!m->is_open) {
        return STATUS_OK;
    }
    struct str record;
    struct structure *s = ARENA_NEW(a, struct structure);
    m->is_open = false;
    enum status status = run_sql(m->db, "COMMIT; INSERT INTO part (part) VALUES ('optimize')", err);
    if (status == STATUS_OK) {
        status = read_record(m->db, a, "part", ROW_STRUCTURE, &record, err);
    }
    if (status == STATUS_OK && (!parse_structure(record, s) || s->n_parts > 1)) {
        status = err_set(err, STATUS_DB, "the search index: a part came out in another form");
    }
    if (status == STATUS_OK && s->n_parts == 1) {
        ret->last_page = (int64_t)s->parts[0].last;
        status = take_pages(m->db, a, ret, err);
    }
    if (status == STATUS_OK) {
        status = read_record(m->db, a, "part", ROW_TOTALS, &ret->totals, err);
    }
    return status == STATUS_OK
               ? run_sql(m->db, "INSERT INTO part (part) VALUES ('delete-all')", err)
               : status;
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

static enum status put_rows(sqlite3 *db, const char *table, const struct part *part,
                            uint64_t number, struct err *err) {
    char sql[128];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "INSERT INTO %s_data (id, block) VALUES (?1, ?2)", table);
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < part->n_pages; i++) {
        const struct part_page *page = &part->pages[i];
        sqlite3_bind_int64(stmt, 1, (int64_t)(number << PART_BITS) | page->at);
        sqlite3_bind_blob64(stmt, 2, page->bytes.ptr, page->bytes.len, SQLITE_STATIC);
        code = sqlite3_step(stmt) == SQLITE_DONE ? sqlite3_reset(stmt) : SQLITE_ERROR;
    }
    enum status status = code == SQLITE_OK ? STATUS_OK : fail(db, "put a part in", err);
    sqlite3_finalize(stmt);
    stmt = NULL;
    snprintf(sql, sizeof sql, "INSERT INTO %s_idx (segid, term, pgno) VALUES (?1, ?2, ?3)", table);
    code = status == STATUS_OK ? sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) : SQLITE_ERROR;
    for (size_t i = 0; code == SQLITE_OK && i < part->n_terms; i++) {
        const struct part_term *term = &part->terms[i];
        sqlite3_bind_int64(stmt, 1, (int64_t)number);
        sqlite3_bind_blob64(stmt, 2, term->term.ptr, term->term.len, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 3, term->page);
        code = sqlite3_step(stmt) == SQLITE_DONE ? sqlite3_reset(stmt) : SQLITE_ERROR;
    }
    if (status == STATUS_OK && code != SQLITE_OK) {
        status = fail(db, "put a part in", err);
    }
    sqlite3_finalize(stmt);
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

static enum status append(sqlite3 *db, struct arena *a, const char *table, const struct part *part,
                          struct err *err) {
    struct str record, totals;
    struct structure *s = ARENA_NEW(a, struct structure);
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
        status = put_rows(db, table, part, number, err);
    }
    if (status == STATUS_OK) {
        status =
            put_record(db, table, ROW_STRUCTURE, with_part(a, s, number, part->last_page), err);
    }
    return status == STATUS_OK
               ? put_record(db, table, ROW_TOTALS, add_totals(a, totals, part->totals), err)
               : status;
}

enum status part_append(sqlite3 *db, const char *table, const struct part *part, struct err *err) {
    if (part->n_pages == 0) {
        return STATUS_OK;
    }
    /* "defensive" keeps SQL from writing to a virtual table's own tables. */
    struct arena a = { 0 };
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    enum status status = append(db, &a, table, part, err);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    arena_done(&a);
    return status;
}
