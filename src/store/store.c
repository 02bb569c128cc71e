/* Sites, readers and settings. */
#include "store/internal.h"

#include "base/io.h"
#include "store/search.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static const struct backend *const backend = &backend_sqlite;

/* ---- the site folder ---- */

enum status store_create(const char *dir, struct err *err) {
    if (backend->exists(dir)) {
        return err_set(err, STATUS_CONFLICT, "there is a site in %s already", dir);
    }
    char media[PATH_MAX];
    if (snprintf(media, sizeof media, "%s/media", dir) >= (int)sizeof media) {
        return err_set(err, STATUS_IO, "the path %s is too long", dir);
    }
    enum status status = io_make_dirs(media, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct db *db = NULL;
    status = backend->open(dir, DB_CREATE, &db, err);
    if (status == STATUS_OK) {
        status = migrate(backend, db, err);
        backend->close(db);
    }
    return status;
}

static enum status open_connections(struct store *s, struct err *err) {
    enum status status = sql_open(&s->writer_sql, backend, &s->texts, s->dir, DB_WRITER, err);
    if (status == STATUS_OK) {
        status = migrate(backend, s->writer_sql.db, err);
    }
    if (status == STATUS_OK) {
        status = sql_open(&s->poll_sql, backend, &s->texts, s->dir, DB_READER, err);
    }
    if (status == STATUS_OK) {
        status = backend->data_version(s->poll_sql.db, &s->polled_version, err);
    }
    if (status == STATUS_OK) {
        /* After the version: what is committed between the two is looked at once more. */
        atomic_store(&s->heard_seq, RUN(&s->poll_sql, "change_last", NONE));
        atomic_store(&s->kept_seq, -1); /* who was here before may have left something */
        status = sql_result(&s->poll_sql, err);
    }
    return status;
}

enum status store_open(const char *dir, struct store **ret, struct err *err) {
    if (!backend->exists(dir)) {
        return err_set(err, STATUS_NOT_FOUND, "there is no site in %s (`broadsheet new` makes one)",
                       dir);
    }
    struct store *s = calloc(1, sizeof *s);
    check(s != NULL);
    s->backend = backend;
    s->dir = strdup(dir);
    check(s->dir != NULL);
    STAILQ_INIT(&s->group);
    check(pthread_mutex_init(&s->lock, NULL) == 0 && pthread_cond_init(&s->turn, NULL) == 0 &&
          pthread_cond_init(&s->settled, NULL) == 0);
    check(pthread_mutex_init(&s->hearing, NULL) == 0 && pthread_cond_init(&s->heard, NULL) == 0);
    check(getrandom(&s->origin, sizeof s->origin, 0) == (ssize_t)sizeof s->origin);
    sql_texts_init(&s->texts);
    enum status status = open_connections(s, err);
    if (status == STATUS_OK) {
        status = store_search_fill(s, NULL, NULL, err);
    }
    if (status != STATUS_OK) {
        store_close(s);
        return status;
    }
    *ret = s;
    return STATUS_OK;
}

void store_close(struct store *s) {
    if (s == NULL) {
        return;
    }
    check(!s->is_writing);
    sql_close(&s->poll_sql);
    sql_close(&s->writer_sql);
    sql_texts_done(&s->texts);
    pthread_cond_destroy(&s->heard);
    pthread_mutex_destroy(&s->hearing);
    pthread_cond_destroy(&s->settled);
    pthread_cond_destroy(&s->turn);
    pthread_mutex_destroy(&s->lock);
    free(s->dir);
    free(s);
}

const char *store_dir(const struct store *s) {
    return s->dir;
}

void store_listen(struct store *s, store_listener *listener, void *ctx) {
    pthread_mutex_lock(&s->hearing);
    s->listener = listener;
    s->listener_ctx = ctx;
    atomic_store(&s->is_listened, listener != NULL);
    pthread_mutex_unlock(&s->hearing);
}

/* ---- readers ---- */

enum status store_reader_open(struct store *s, struct store_reader **ret, struct err *err) {
    struct store_reader *r = calloc(1, sizeof *r);
    check(r != NULL);
    r->store = s;
    r->sql = &r->own;
    enum status status = sql_open(&r->own, s->backend, &s->texts, s->dir, DB_READER, err);
    if (status != STATUS_OK) {
        free(r);
        return status;
    }
    *ret = r;
    return STATUS_OK;
}

void store_reader_close(struct store_reader *r) {
    if (r != NULL) {
        check(r->sql == &r->own && !r->is_open);
        sql_close(&r->own);
        free(r);
    }
}

enum status store_read_begin(struct store_reader *r, struct keys *keys, struct err *err) {
    check(!r->is_open);
    struct store *s = r->store;
    enum status status = s->backend->begin_read(r->sql->db, err);
    if (status == STATUS_OK && atomic_load(&s->is_listened)) {
        int64_t seq = RUN(r->sql, "change_last", NONE);
        status = sql_result(r->sql, err);
        if (status == STATUS_OK && seq > atomic_load(&s->heard_seq)) {
            status = journal_wait(s, seq, err);
        }
        if (status != STATUS_OK) {
            s->backend->rollback(r->sql->db);
        }
    }
    if (status == STATUS_OK) {
        r->is_open = true;
        r->keys = keys;
    }
    return status;
}

void store_read_end(struct store_reader *r) {
    check(r->is_open && r->sql == &r->own);
    r->store->backend->rollback(r->sql->db);
    r->is_open = false;
    r->keys = NULL;
}

struct keys *store_read_note(struct store_reader *r, struct keys *keys) {
    struct keys *old = r->keys;
    r->keys = keys;
    return old;
}

struct keys *store_read_noting(const struct store_reader *r) {
    return r->keys;
}

uint64_t store_reader_statements(const struct store_reader *r) {
    return r->sql->runs;
}

/* ---- settings ---- */

enum status store_setting(struct store_reader *r, struct arena *a, struct str key, struct str *ret,
                          struct err *err) {
    struct rows rows = ROWS(r->sql, "setting_get", TEXT(key));
    struct str value = { NULL, 0 };
    if (rows_next(&rows)) {
        value = rows_text(&rows, a, 0);
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = value;
    }
    return status;
}

enum status store_settings(struct store_reader *r, struct arena *a, struct settings *ret,
                           struct err *err) {
    VEC(struct setting) all = { 0 };
    struct rows rows = ROWS(r->sql, "setting_all", NONE);
    while (rows_next(&rows)) {
        struct setting *setting = vec_push(a, &all);
        setting->key = rows_text(&rows, a, 0);
        setting->value = rows_text(&rows, a, 1);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct settings){ all.ptr, all.len };
    }
    return status;
}

enum status store_setting_put(struct store_writer *w, struct str key, struct str value,
                              struct err *err) {
    struct sql *db = writer_verb(w);
    struct str old;
    enum status status = store_setting(&w->reader, &w->scratch, key, &old, err);
    if (status == STATUS_OK && (old.ptr == NULL || !str_eq(old, value))) {
        RUN(db, "setting_put", TEXT(key), TEXT(value));
        touch(w, STR("site"));
    }
    return sql_result(db, err);
}

/* ---- comparing ---- */

bool ids_equal(struct ids a, struct ids b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len * sizeof *a.ptr) == 0);
}

bool ids_has(struct ids ids, int64_t id) {
    for (size_t i = 0; i < ids.len; i++) {
        if (ids.ptr[i] == id) {
            return true;
        }
    }
    return false;
}

struct ids rows_ids(struct rows *rows, struct arena *a, int64_t skip, int64_t n) {
    VEC(int64_t) ids = { 0 };
    while ((int64_t)ids.len < n && rows_next(rows)) {
        if (skip > 0) {
            skip--;
        } else {
            *vec_push(a, &ids) = rows_i64(rows, 0);
        }
    }
    rows_end(rows);
    return (struct ids){ ids.ptr, ids.len };
}

void ids_turn_round(struct ids ids) {
    int64_t *all = (int64_t *)(uintptr_t)ids.ptr;
    for (size_t i = 0; i < ids.len / 2; i++) {
        int64_t one = all[i];
        all[i] = all[ids.len - 1 - i];
        all[ids.len - 1 - i] = one;
    }
}
