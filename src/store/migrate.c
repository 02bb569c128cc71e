/* Migrations are the embedded files migrations/<nnn>_<what>.sql, numbered from 1 without gaps. The
 * database keeps the number of the last one applied. Those that are missing are applied in one
 * transaction; two processes that start at once agree, since each looks again under the lock. */
#include "store/internal.h"

#include "base/embed.h"

#include <stdio.h>

enum { MIGRATIONS_MAX = 1000 };

/* The script of version `number` in the back end's folder; ptr NULL: there is none. */
static struct str find_script(const struct backend *backend, int number) {
    char prefix[256];
    int n = snprintf(prefix, sizeof prefix, "%s%03d_", backend->migrations, number);
    check(n > 0 && n < (int)sizeof prefix);
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        if (str_starts(str_of(f->path), str_of(prefix))) {
            return str_make(f->begin, (size_t)(f->end - f->begin));
        }
    }
    return (struct str){ NULL, 0 };
}

static enum status apply_missing(const struct backend *backend, struct db *db,
                                 const struct str *scripts, int newest, struct err *err) {
    int version = 0;
    enum status status = backend->schema_version(db, &version, err);
    for (int n = version + 1; status == STATUS_OK && n <= newest; n++) {
        status = backend->script(db, scripts[n - 1], err);
        if (status != STATUS_OK) {
            err_prefix(err, "migration %d", n);
        }
    }
    if (status == STATUS_OK && version < newest) {
        status = backend->set_schema_version(db, newest, err);
    }
    return status;
}

enum status migrate_with(const struct backend *backend, struct db *db, const struct str *scripts,
                         int n, struct err *err) {
    int version = 0;
    enum status status = backend->schema_version(db, &version, err);
    if (status != STATUS_OK || version == n) {
        return status;
    }
    if (version > n) {
        return err_set(err, STATUS_INVALID,
                       "the site's database has version %d, this program knows %d: use a newer "
                       "Broadsheet",
                       version, n);
    }
    if (version > 0) {
        status = backend->keep_copy(db, version, err);
    }
    if (status == STATUS_OK) {
        status = backend->begin_write(db, true, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = apply_missing(backend, db, scripts, n, err);
    if (status != STATUS_OK) {
        backend->rollback(db);
        return status;
    }
    return backend->commit(db, err);
}

enum status migrate(const struct backend *backend, struct db *db, struct err *err) {
    struct str scripts[MIGRATIONS_MAX];
    int n = 0;
    while (n < MIGRATIONS_MAX && (scripts[n] = find_script(backend, n + 1)).ptr != NULL) {
        n++;
    }
    return migrate_with(backend, db, scripts, n, err);
}
