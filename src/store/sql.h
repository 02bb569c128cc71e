/* Named statements on a connection.
 *
 * The .sql files of this folder hold the statements, each under a line "-- name: story_card" and
 * ended by a semicolon at a line's end. A connection prepares one when it is first used and keeps
 * it.
 *
 * The first failure sticks to the connection, as in a buf: after it nothing runs any more and every
 * read gives no rows, so that a verb is written straight down and looks once, at its end, with
 * sql_result(). Within a write transaction the failure stays until the rollback; otherwise
 * sql_result clears it. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/arena.h"
#include "base/map.h"
#include "store/backend.h"

/* The embedded statements by name. */
struct sql_texts {
    struct arena arena;
    struct map by_name; /* to struct str * */
};

void sql_texts_init(struct sql_texts *t);
void sql_texts_done(struct sql_texts *t);

struct sql {
    const struct backend *backend;
    const struct sql_texts *texts;
    struct db *db;
    struct map statements; /* by name, to struct prepared * (sql.c) */
    uint64_t runs;
    bool is_writing;
    /* A writer holds rows back (held.c): settle() before a statement that could miss them. */
    bool must_settle;
    void (*settle)(void *ctx);
    void *settle_ctx;
    enum status status; /* the first failure */
    struct err err;
};

NODISCARD enum status sql_open(struct sql *c, const struct backend *backend,
                               const struct sql_texts *texts, const char *dir, enum db_mode mode,
                               struct err *err);
/* c may be zeroed. */
void sql_close(struct sql *c);
/* Record a failure that is not the database's. */
void sql_fail(struct sql *c, enum status status, const char *fmt, ...) PRINTF(3, 4);
/* The outcome of what ran. */
NODISCARD enum status sql_result(struct sql *c, struct err *err);

struct param {
    enum { PARAM_NONE, PARAM_NULL, PARAM_I64, PARAM_TEXT } type;
    int64_t i64;
    struct str text;
};

/* For a statement without parameters. */
#define NONE ((struct param){ .type = PARAM_NONE })
static inline struct param I64(int64_t value) {
    return (struct param){ .type = PARAM_I64, .i64 = value };
}
/* A reference: NULL when 0. */
static inline struct param
REF(int64_t id) {
    return (struct param){ .type = id ? PARAM_I64 : PARAM_NULL, .i64 = id };
} static inline struct param TEXT(struct str text) {
    return (struct param){ .type = PARAM_TEXT, .text = text };
}
#define PARAMS(...)                                                                                \
    (struct param[]){ __VA_ARGS__ }, sizeof((struct param[]){ __VA_ARGS__ }) / sizeof(struct param)

/* A statement that is running. Not twice at a time the same on one connection. */
struct rows {
    struct sql *sql;
    struct stmt *stmt; /* NULL: at the end, or failed */
};

struct rows rows_begin(struct sql *c, const char *name, const struct param *params, size_t n);
#define ROWS(c, name, ...) rows_begin(c, name, PARAMS(__VA_ARGS__))
/* Go to the next row; false at the end, which ends the statement too. */
bool rows_next(struct rows *r);
int64_t rows_i64(const struct rows *r, int column);
/* A copy in `a`. */
struct str rows_text(const struct rows *r, struct arena *a, int column);
/* End before the last row. */
void rows_end(struct rows *r);

/* Run to the end; the first column of the first row, or 0. */
int64_t sql_run(struct sql *c, const char *name, const struct param *params, size_t n);
#define RUN(c, name, ...) sql_run(c, name, PARAMS(__VA_ARGS__))
/* Whether there is a row. */
bool sql_has(struct sql *c, const char *name, const struct param *params, size_t n);
#define HAS(c, name, ...) sql_has(c, name, PARAMS(__VA_ARGS__))

#endif
