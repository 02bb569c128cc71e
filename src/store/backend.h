/* What a database must be able to do for the store: the private table of functions behind it.
 *
 * A connection belongs to one thread at a time. Statements are SQL with parameters ?1, ?2 …; a back
 * end rewrites them if its database spells them otherwise. Text goes in and comes out as bytes;
 * references that are missing are NULL. The first failure within a transaction ends it: the caller
 * only rolls back.
 *
 * Errors of all: DB, CORRUPT, NO_MEMORY, BUSY. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "base/status.h"
#include "base/str.h"

struct db;          /* a connection */
struct stmt;        /* a statement prepared on it */
struct posting_run; /* store/sqlite_part.h */

enum db_mode { DB_READER, DB_WRITER, DB_CREATE };

typedef void db_fault(void *ctx, struct str what);

struct backend {
    const char *name;
    const char *migrations; /* folder among the embedded files */

    /* Whether the site folder has a database of this kind. */
    bool (*exists)(const char *dir);
    /* DB_CREATE makes an empty one if there is none. */
    NODISCARD enum status (*open)(const char *dir, enum db_mode mode, struct db **ret,
                                  struct err *err);
    void (*close)(struct db *db);

    /* A reader's transaction sees what was committed when it began; a writer's holds the one write
     * lock, waiting for it for STORE_BUSY_MS or, unless it `waits`, not at all. */
    NODISCARD enum status (*begin_read)(struct db *db, struct err *err);
    NODISCARD enum status (*begin_write)(struct db *db, bool waits, struct err *err);
    /* Durable when OK, unless the connection is lazy; rolled back otherwise. */
    NODISCARD enum status (*commit)(struct db *db, struct err *err);
    /* From now on commits leave it to the next that is not lazy, or to flush, that they become
     * durable. Outside of a transaction. */
    NODISCARD enum status (*set_lazy)(struct db *db, bool lazy, struct err *err);
    /* From now on transactions are large and many, or not: what memory is for, and how often the
     * log goes into the file. Outside of a transaction. */
    NODISCARD enum status (*set_bulk)(struct db *db, bool bulk, struct err *err);
    /* Make durable what was committed; on any connection, at any time. */
    NODISCARD enum status (*flush)(struct db *db, struct err *err);
    void (*rollback)(struct db *db);
    /* Within a writer's transaction: begin a part of it, keep what it did, or undo that. Where
     * there is no transaction any more (some failures end it) these fail. No part within a part. */
    NODISCARD enum status (*part_begin)(struct db *db, struct err *err);
    NODISCARD enum status (*part_keep)(struct db *db, struct err *err);
    NODISCARD enum status (*part_undo)(struct db *db, struct err *err);

    NODISCARD enum status (*prepare)(struct db *db, struct str sql, struct stmt **ret,
                                     struct err *err);
    void (*finalize)(struct stmt *stmt);
    /* Parameters count from 1, columns from 0. Bound text must live until the reset. */
    NODISCARD enum status (*bind_null)(struct stmt *stmt, int at);
    NODISCARD enum status (*bind_i64)(struct stmt *stmt, int at, int64_t value);
    NODISCARD enum status (*bind_text)(struct stmt *stmt, int at, struct str value);
    NODISCARD enum status (*step)(struct db *db, struct stmt *stmt, bool *ret_row, struct err *err);
    int64_t (*column_i64)(struct stmt *stmt, int at);     /* NULL is 0 */
    struct str (*column_text)(struct stmt *stmt, int at); /* until the next step; NULL is "" */
    void (*reset)(struct stmt *stmt);

    /* A script of several statements. */
    NODISCARD enum status (*script)(struct db *db, struct str sql, struct err *err);
    NODISCARD enum status (*schema_version)(struct db *db, int *ret, struct err *err);
    NODISCARD enum status (*set_schema_version)(struct db *db, int version, struct err *err);
    /* Keep a whole, durable copy of the database beside it, named after `version`. */
    NODISCARD enum status (*keep_copy)(struct db *db, int version, struct err *err);
    /* A number that changes when another connection has committed. */
    NODISCARD enum status (*data_version)(struct db *db, int64_t *ret, struct err *err);
    /* Give back the memory that the connection can do without. */
    NODISCARD enum status (*release_memory)(struct db *db, struct err *err);
    /* Move what is in the log into the database's file, as far as no reader is in the way; blocks
     * neither readers nor writers. Outside of a transaction. */
    NODISCARD enum status (*checkpoint)(struct db *db, struct err *err);
    /* Parts of a full-text table that were made aside (store/sqlite_part.h): whether it takes them,
     * how many there are that were not merged yet, and taking one. */
    NODISCARD enum status (*parts_supported)(struct db *db, const char *table, bool *ret,
                                             size_t *ret_newest, struct err *err);
    NODISCARD enum status (*part_append)(struct db *db, const char *table,
                                         const struct posting_run *runs, size_t n, int n_columns,
                                         struct err *err);
    /* The database's own integrity: pages, indexes, foreign keys. */
    NODISCARD enum status (*verify)(struct db *db, db_fault *fault, void *ctx, struct err *err);
};

extern const struct backend backend_sqlite;

#endif
