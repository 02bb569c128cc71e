/* The store on one SQLite file, <dir>/site.db.
 *
 * WAL: readers see one snapshot and never wait, a writer appends. synchronous=FULL makes COMMIT
 * fsync the log, so that what was acknowledged survives the power. A reader's snapshot begins with
 * the first page it reads, not with BEGIN; begin_read therefore reads one. A writer begins
 * IMMEDIATE: the lock is taken at once and can be waited for, whereas a reader that turns into a
 * writer may find its snapshot overtaken, which no waiting cures.
 *
 * The file is not trusted more than it needs to be: no function of the schema runs that SQLite does
 * not call innocuous, cells are checked when a page is read, and the defensive flag keeps SQL from
 * writing to the schema's own pages. */
#include "store/backend.h"

#include "base/io.h"
#include "store/sqlite_part.h"
#include "store/sqlite_search.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "Bsht": tells our file from any other SQLite database. */
enum { APPLICATION_ID = 0x42736874 };

#define DATABASE_NAME "site.db"

enum own {
    OWN_BEGIN_READ,
    OWN_SNAPSHOT,
    OWN_BEGIN_WRITE,
    OWN_COMMIT,
    OWN_ROLLBACK,
    OWN_DURABLE,
    OWN_LAZY,
    OWN_PART_BEGIN,
    OWN_PART_KEEP,
    OWN_PART_UNDO,
    OWN_VERSION
};

static const char *const own_sql[] = {
    [OWN_BEGIN_READ] = "BEGIN",
    [OWN_SNAPSHOT] = "PRAGMA user_version",
    [OWN_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
    [OWN_DURABLE] = "PRAGMA synchronous=FULL",
    [OWN_LAZY] = "PRAGMA synchronous=NORMAL",
    [OWN_PART_BEGIN] = "SAVEPOINT part",
    [OWN_PART_KEEP] = "RELEASE part",
    [OWN_PART_UNDO] = "ROLLBACK TO part",
    [OWN_VERSION] = "PRAGMA data_version",
};

/* Many stories write the same pages again and again (those of the lists that are long): they are
 * kept, and written into the file once for several transactions. */
#define SINGLE_WRITES "PRAGMA cache_size=-20000; PRAGMA wal_autocheckpoint=4000"
#define BULK_WRITES   "PRAGMA cache_size=-40000; PRAGMA wal_autocheckpoint=32000"

struct db {
    sqlite3 *handle;
    sqlite3_stmt *own[COUNT_OF(own_sql)];
    enum db_mode mode;
    char path[PATH_MAX];
};

static sqlite3_stmt *of(struct stmt *stmt) {
    return (sqlite3_stmt *)stmt;
}

static enum status fail(struct db *db, int code, const char *doing, struct err *err) {
    enum status status = STATUS_DB;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: status = STATUS_BUSY; break;
    case SQLITE_NOMEM: status = STATUS_NO_MEMORY; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: status = STATUS_CORRUPT; break;
    default: break;
    }
    return err_set(err, status, "%s: cannot %s: %s (SQLite %d)", db->path, doing,
                   sqlite3_errmsg(db->handle), code);
}

static enum status run_own(struct db *db, enum own which, int64_t *ret_value, struct err *err) {
    sqlite3_stmt *stmt = db->own[which];
    int code = sqlite3_step(stmt);
    if (code == SQLITE_ROW && ret_value != NULL) {
        *ret_value = sqlite3_column_int64(stmt, 0);
    }
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : fail(db, code, own_sql[which], err);
    sqlite3_reset(stmt);
    return status;
}

static enum status script(struct db *db, struct str sql, struct err *err) {
    const char *at = sql.ptr;
    const char *end = sql.ptr + sql.len;
    while (at < end) {
        sqlite3_stmt *stmt = NULL;
        int code = sqlite3_prepare_v2(db->handle, at, (int)(end - at), &stmt, &at);
        if (code == SQLITE_OK && stmt == NULL) {
            break; /* only white space and comments are left */
        }
        while (code == SQLITE_OK || code == SQLITE_ROW) {
            code = sqlite3_step(stmt);
        }
        if (code != SQLITE_DONE) {
            enum status status = fail(db, code, "run a script", err);
            sqlite3_finalize(stmt);
            return status;
        }
        sqlite3_finalize(stmt);
    }
    return STATUS_OK;
}

static enum status pragma_i64(struct db *db, const char *sql, int64_t *ret, struct err *err) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(stmt);
    }
    enum status status = STATUS_OK;
    if (code == SQLITE_ROW) {
        *ret = sqlite3_column_int64(stmt, 0);
    } else {
        status = fail(db, code, sql, err);
    }
    sqlite3_finalize(stmt);
    return status;
}

static void db_path(const char *dir, char out[PATH_MAX]) {
    int n = snprintf(out, PATH_MAX, "%s/" DATABASE_NAME, dir);
    if (n >= PATH_MAX) {
        out[0] = '\0'; /* opening it fails and says so */
    }
}

static bool sqlite_exists(const char *dir) {
    char path[PATH_MAX];
    db_path(dir, path);
    return access(path, F_OK) == 0;
}

static void sqlite_close(struct db *db) {
    if (db == NULL) {
        return;
    }
    for (size_t i = 0; i < COUNT_OF(own_sql); i++) {
        sqlite3_finalize(db->own[i]);
    }
    if (db->handle != NULL && db->mode != DB_READER) {
        /* Look at no more than some hundred rows of an index: closing must not take long. */
        sqlite3_exec(db->handle, "PRAGMA analysis_limit=400; PRAGMA optimize", NULL, NULL, NULL);
    }
    check(sqlite3_close(db->handle) == SQLITE_OK); /* else a statement was left open */
    free(db);
}

static enum status configure(struct db *db, struct err *err) {
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, STORE_BUSY_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    int code = sqlite_search_register(db->handle);
    if (code != SQLITE_OK) {
        return fail(db, code, "set up the search", err);
    }
    enum status status = script(db,
                                STR("PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;"
                                    "PRAGMA synchronous=FULL"),
                                err);
    if (status != STATUS_OK) {
        return status;
    }
    if (db->mode == DB_READER) {
        /* No map of the file: each reader's counts as this process's memory, all of it in a large
         * archive that is read at random; pread costs 3 % of a page's time. */
        return script(db, STR("PRAGMA query_only=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-4000"),
                      err);
    }
    int64_t id = 0, version = 0;
    status = pragma_i64(db, "PRAGMA application_id", &id, err);
    if (status == STATUS_OK) {
        status = pragma_i64(db, "PRAGMA user_version", &version, err);
    }
    if (status == STATUS_OK && version > 0 && id != APPLICATION_ID) {
        return err_set(err, STATUS_INVALID, "%s is the database of another program", db->path);
    }
    /* No large log is left behind. It goes into the file by store_upkeep, or with a commit when
     * there is nobody to do it. What a savepoint might have to undo is kept in memory, not in a
     * file. */
    return status == STATUS_OK ? script(db,
                                        STR("PRAGMA journal_mode=WAL; PRAGMA temp_store=MEMORY;"
                                            "PRAGMA journal_size_limit=67108864;" SINGLE_WRITES),
                                        err)
                               : status;
}

/* It will hold e-mail addresses and the hashes of passwords; the log takes its rights from it. If
 * it cannot be made, SQLite says why. */
static void make_private_file(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
}

static enum status sqlite_open(const char *dir, enum db_mode mode, struct db **ret,
                               struct err *err) {
    struct db *db = calloc(1, sizeof *db);
    check(db != NULL);
    db->mode = mode;
    db_path(dir, db->path);
    if (mode == DB_CREATE) {
        make_private_file(db->path);
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(db->path, &db->handle, flags, NULL);
    enum status status = code == SQLITE_OK ? STATUS_OK : fail(db, code, "open it", err);
    if (status == STATUS_OK) {
        status = configure(db, err);
    }
    if (status == STATUS_OK && mode == DB_CREATE) {
        status = io_sync_folder(db->path, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(own_sql); i++) {
        code = sqlite3_prepare_v3(db->handle, own_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &db->own[i], NULL);
        status = code == SQLITE_OK ? STATUS_OK : fail(db, code, own_sql[i], err);
    }
    if (status != STATUS_OK) {
        db->mode = DB_READER; /* nothing to optimize */
        sqlite_close(db);
        return status;
    }
    *ret = db;
    return STATUS_OK;
}

static void sqlite_rollback(struct db *db) {
    /* Some failures have rolled back already. A rollback that fails leaves nothing behind that the
     * next BEGIN would not report. */
    if (!sqlite3_get_autocommit(db->handle)) {
        (void)run_own(db, OWN_ROLLBACK, NULL, NULL);
    }
}

static enum status sqlite_begin_read(struct db *db, struct err *err) {
    enum status status = run_own(db, OWN_BEGIN_READ, NULL, err);
    if (status == STATUS_OK) {
        status = run_own(db, OWN_SNAPSHOT, NULL, err);
        if (status != STATUS_OK) {
            sqlite_rollback(db);
        }
    }
    return status;
}

static enum status sqlite_begin_write(struct db *db, bool waits, struct err *err) {
    if (waits) {
        return run_own(db, OWN_BEGIN_WRITE, NULL, err);
    }
    sqlite3_busy_timeout(db->handle, 0);
    enum status status = run_own(db, OWN_BEGIN_WRITE, NULL, err);
    sqlite3_busy_timeout(db->handle, STORE_BUSY_MS);
    return status;
}

static enum status sqlite_commit(struct db *db, struct err *err) {
    enum status status = run_own(db, OWN_COMMIT, NULL, err);
    if (status != STATUS_OK) {
        sqlite_rollback(db);
    }
    return status;
}

/* With WAL, NORMAL syncs at a checkpoint only; the log's frames are in order and have sums, so that
 * a crash loses the last of them and nothing else. */
static enum status sqlite_set_lazy(struct db *db, bool lazy, struct err *err) {
    return run_own(db, lazy ? OWN_LAZY : OWN_DURABLE, NULL, err);
}

static enum status sqlite_set_bulk(struct db *db, bool bulk, struct err *err) {
    return script(db, bulk ? STR(BULK_WRITES) : STR(SINGLE_WRITES), err);
}

static enum status sync_file(const char *path, struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fdatasync(fd) == 0;
    int code = errno;
    if (fd >= 0) {
        close(fd);
    }
    return ok ? STATUS_OK
              : err_set(err, STATUS_IO, "cannot write %s to the disk: %s", path, strerror(code));
}

/* The log has no locks of SQLite's, which closing a file would drop. */
static enum status sqlite_flush(struct db *db, struct err *err) {
    char log[PATH_MAX + 8];
    snprintf(log, sizeof log, "%s-wal", db->path);
    return sync_file(log, err);
}

/* A SAVEPOINT outside of a transaction would begin one. */
static enum status run_part(struct db *db, enum own which, struct err *err) {
    if (sqlite3_get_autocommit(db->handle)) {
        return err_set(err, STATUS_DB, "%s: the transaction has ended by a failure", db->path);
    }
    return run_own(db, which, NULL, err);
}

static enum status sqlite_part_begin(struct db *db, struct err *err) {
    return run_part(db, OWN_PART_BEGIN, err);
}

static enum status sqlite_part_keep(struct db *db, struct err *err) {
    return run_part(db, OWN_PART_KEEP, err);
}

static enum status sqlite_part_undo(struct db *db, struct err *err) {
    enum status status = run_part(db, OWN_PART_UNDO, err);
    return status == STATUS_OK ? run_part(db, OWN_PART_KEEP, err) : status;
}

static enum status sqlite_prepare(struct db *db, struct str sql, struct stmt **ret,
                                  struct err *err) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(db->handle, sql.ptr, (int)sql.len, SQLITE_PREPARE_PERSISTENT,
                                  &stmt, NULL);
    if (code != SQLITE_OK) {
        return fail(db, code, "prepare a statement", err);
    }
    *ret = (struct stmt *)stmt;
    return STATUS_OK;
}

static void sqlite_finalize(struct stmt *stmt) {
    sqlite3_finalize(of(stmt));
}

static enum status bound(int code) {
    return code == SQLITE_OK ? STATUS_OK : code == SQLITE_NOMEM ? STATUS_NO_MEMORY : STATUS_DB;
}

static enum status sqlite_bind_null(struct stmt *stmt, int at) {
    return bound(sqlite3_bind_null(of(stmt), at));
}

static enum status sqlite_bind_i64(struct stmt *stmt, int at, int64_t value) {
    return bound(sqlite3_bind_int64(of(stmt), at, value));
}

static enum status sqlite_bind_text(struct stmt *stmt, int at, struct str value) {
    return bound(sqlite3_bind_text64(of(stmt), at, value.len ? value.ptr : "", value.len,
                                     SQLITE_STATIC, SQLITE_UTF8));
}

static enum status sqlite_step(struct db *db, struct stmt *stmt, bool *ret_row, struct err *err) {
    int code = sqlite3_step(of(stmt));
    *ret_row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK
                                                     : fail(db, code, "run a statement", err);
}

static int64_t sqlite_column_i64(struct stmt *stmt, int at) {
    return sqlite3_column_int64(of(stmt), at);
}

static struct str sqlite_column_text(struct stmt *stmt, int at) {
    const char *text = (const char *)sqlite3_column_text(of(stmt), at);
    return text ? str_make(text, (size_t)sqlite3_column_bytes(of(stmt), at)) : STR("");
}

static void sqlite_reset(struct stmt *stmt) {
    sqlite3_reset(of(stmt));
    sqlite3_clear_bindings(of(stmt)); /* they point to the caller's text */
}

static enum status sqlite_schema_version(struct db *db, int *ret, struct err *err) {
    int64_t version = 0;
    enum status status = pragma_i64(db, "PRAGMA user_version", &version, err);
    if (status == STATUS_OK) {
        *ret = (int)version;
    }
    return status;
}

static enum status sqlite_set_schema_version(struct db *db, int version, struct err *err) {
    char sql[96];
    int n = snprintf(sql, sizeof sql, "PRAGMA user_version=%d; PRAGMA application_id=%d", version,
                     APPLICATION_ID);
    return script(db, str_make(sql, (size_t)n), err);
}

/* Write the database into an empty file. */
static enum status copy_into(struct db *db, const char *path, struct err *err) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, "VACUUM INTO ?1", -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
        code = sqlite3_step(stmt);
    }
    enum status status = code == SQLITE_DONE ? STATUS_OK
                                             : fail(db, code, "keep a copy before migrating", err);
    sqlite3_finalize(stmt);
    return status;
}

static bool is_file_at(int fd, const char *path) {
    struct stat here, there;
    return fstat(fd, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
           here.st_dev == there.st_dev;
}

/* VACUUM INTO syncs nothing: copy beside, sync, rename. Who starts at the same time waits for the
 * one who copies, and finds the file renamed; what one that died has left is written over. */
static enum status sqlite_keep_copy(struct db *db, int version, struct err *err) {
    char path[PATH_MAX + 32], part[PATH_MAX + 40];
    snprintf(path, sizeof path, "%s.before-%d", db->path, version);
    snprintf(part, sizeof part, "%s.part", path);
    int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        enum status failed = err_set(err, STATUS_IO, "cannot write %s: %s", part, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return failed;
    }
    if (!is_file_at(fd, part)) {
        close(fd);
        return STATUS_OK;
    }
    enum status status = STATUS_OK;
    if (ftruncate(fd, 0) != 0) {
        status = err_set(err, STATUS_IO, "cannot write %s: %s", part, strerror(errno));
    }
    int present = 0;
    if (status == STATUS_OK) {
        status = copy_into(db, part, err);
    }
    if (status == STATUS_OK) {
        status = sqlite_schema_version(db, &present, err);
    }
    if (status == STATUS_OK && present != version) {
        unlink(part); /* another has migrated meanwhile, and kept a copy of what was */
        close(fd);
        return STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = sync_file(part, err);
    }
    if (status == STATUS_OK && rename(part, path) != 0) {
        status = err_set(err, STATUS_IO, "cannot rename %s: %s", part, strerror(errno));
    }
    close(fd);
    return status == STATUS_OK ? io_sync_folder(path, err) : status;
}

static enum status sqlite_data_version(struct db *db, int64_t *ret, struct err *err) {
    return run_own(db, OWN_VERSION, ret, err);
}

static enum status tell_rows(struct db *db, const char *sql, const char *what, db_fault *fault,
                             void *ctx, struct err *err) {
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
            struct str text = sqlite_column_text((struct stmt *)stmt, 0);
            if (!str_eq(text, STR("ok"))) {
                char line[512];
                int n = snprintf(line, sizeof line, "%s: %.*s", what,
                                 (int)(text.len < 400 ? text.len : 400), text.ptr);
                fault(ctx, str_make(line, (size_t)n));
            }
        }
    }
    enum status status = code == SQLITE_DONE ? STATUS_OK : fail(db, code, sql, err);
    sqlite3_finalize(stmt);
    return status;
}

static enum status sqlite_verify(struct db *db, db_fault *fault, void *ctx, struct err *err) {
    enum status status =
        tell_rows(db, "PRAGMA integrity_check", "the database file", fault, ctx, err);
    return status == STATUS_OK
               ? tell_rows(db,
                           "SELECT \"table\" || ' row ' || coalesce(rowid, '?') || "
                           "' refers to a missing row of ' || parent FROM pragma_foreign_key_check",
                           "foreign key", fault, ctx, err)
               : status;
}

static enum status sqlite_checkpoint(struct db *db, struct err *err) {
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    /* Busy: another process is at it. */
    return code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY ? STATUS_OK
                                                             : fail(db, code, "checkpoint", err);
}

static enum status sqlite_release_memory(struct db *db, UNUSED struct err *err) {
    sqlite3_db_release_memory(db->handle);
    malloc_trim(0);
    return STATUS_OK;
}

static enum status sqlite_parts_supported(struct db *db, const char *table, bool *ret,
                                          size_t *ret_newest, struct err *err) {
    return part_supported(db->handle, table, ret, ret_newest, err);
}

static enum status sqlite_part_append(struct db *db, const char *table,
                                      const struct posting_run *runs, size_t n, int n_columns,
                                      struct err *err) {
    return part_append(db->handle, table, runs, n, n_columns, err);
}

const struct backend backend_sqlite = {
    .name = "sqlite",
    .migrations = "src/store/migrations/",
    .exists = sqlite_exists,
    .open = sqlite_open,
    .close = sqlite_close,
    .begin_read = sqlite_begin_read,
    .begin_write = sqlite_begin_write,
    .commit = sqlite_commit,
    .set_lazy = sqlite_set_lazy,
    .set_bulk = sqlite_set_bulk,
    .flush = sqlite_flush,
    .rollback = sqlite_rollback,
    .part_begin = sqlite_part_begin,
    .part_keep = sqlite_part_keep,
    .part_undo = sqlite_part_undo,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .bind_null = sqlite_bind_null,
    .bind_i64 = sqlite_bind_i64,
    .bind_text = sqlite_bind_text,
    .step = sqlite_step,
    .column_i64 = sqlite_column_i64,
    .column_text = sqlite_column_text,
    .reset = sqlite_reset,
    .script = script,
    .schema_version = sqlite_schema_version,
    .set_schema_version = sqlite_set_schema_version,
    .keep_copy = sqlite_keep_copy,
    .data_version = sqlite_data_version,
    .release_memory = sqlite_release_memory,
    .checkpoint = sqlite_checkpoint,
    .parts_supported = sqlite_parts_supported,
    .part_append = sqlite_part_append,
    .verify = sqlite_verify,
};
