/* Migrations are the embedded files migrations/<nnn>_<what>.sql, numbered from 1 without gaps. The
 * database keeps the number of the last one applied. Those that are missing are applied in one
 * transaction; two processes that start at once agree, since each looks again under the lock. */
#include "store/internal.h"

#include "base/embed.h"

/* The text of migration `number`; ptr NULL: there is none. */
static struct str migration(const struct backend *backend, int number) {
    struct str folder = str_of(backend->migrations);
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        int64_t n = 0;
        if (str_starts(path, folder)) {
            struct str name = str_from(path, folder.len);
            size_t digits = 0;
            while (digits < name.len && name.ptr[digits] == '0') {
                digits++;
            }
            struct str text = str_slice(name, digits, str_find_char(name, '_', 0));
            if (str_to_i64(text, &n) && n == number) {
                return str_make(f->begin, (size_t)(f->end - f->begin));
            }
        }
    }
    return (struct str){ NULL, 0 };
}

static enum status apply_missing(const struct backend *backend, struct db *db, int newest,
                                 struct err *err) {
    int version = 0;
    enum status status = backend->schema_version(db, &version, err);
    for (int n = version + 1; status == STATUS_OK && n <= newest; n++) {
        status = backend->script(db, migration(backend, n), err);
        if (status != STATUS_OK) {
            err_prefix(err, "migration %d", n);
        }
    }
    if (status == STATUS_OK && version < newest) {
        status = backend->set_schema_version(db, newest, err);
    }
    return status;
}

enum status migrate(const struct backend *backend, struct db *db, struct err *err) {
    int newest = 0;
    while (migration(backend, newest + 1).ptr != NULL) {
        newest++;
    }
    int version = 0;
    enum status status = backend->schema_version(db, &version, err);
    if (status != STATUS_OK || version == newest) {
        return status;
    }
    if (version > newest) {
        return err_set(err, STATUS_INVALID,
                       "the site's database has version %d, this program knows %d: use a newer "
                       "Broadsheet",
                       version, newest);
    }
    if (version > 0) {
        status = backend->keep_copy(db, version, err);
    }
    if (status == STATUS_OK) {
        status = backend->begin_write(db, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = apply_missing(backend, db, newest, err);
    if (status != STATUS_OK) {
        backend->rollback(db);
        return status;
    }
    return backend->commit(db, err);
}
