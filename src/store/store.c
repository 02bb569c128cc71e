/* Sites, readers and writers: what all verbs stand on. */
#include "store/internal.h"

#include "base/io.h"
#include "store/search.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
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
        s->polled_seq = RUN(&s->poll_sql, "change_last", NONE);
        atomic_store(&s->heard_seq, s->polled_seq);
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
    check(pthread_mutex_init(&s->lock, NULL) == 0 && pthread_cond_init(&s->writer_left, NULL) == 0);
    check(getrandom(&s->origin, sizeof s->origin, 0) == (ssize_t)sizeof s->origin);
    sql_texts_init(&s->texts);
    enum status status = open_connections(s, err);
    if (status == STATUS_OK) {
        status = search_fill(s, err);
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
    pthread_cond_destroy(&s->writer_left);
    pthread_mutex_destroy(&s->lock);
    free(s->dir);
    free(s);
}

const char *store_dir(const struct store *s) {
    return s->dir;
}

void store_listen(struct store *s, store_listener *listener, void *ctx) {
    pthread_mutex_lock(&s->lock);
    s->listener = listener;
    s->listener_ctx = ctx;
    pthread_mutex_unlock(&s->lock);
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

enum status store_reader_scan(struct store_reader *r, struct err *err) {
    check(!r->is_open);
    return r->store->backend->map_bytes(r->own.db, 0, err);
}

enum status store_read_begin(struct store_reader *r, struct keys *keys, struct err *err) {
    check(!r->is_open);
    enum status status = r->store->backend->begin_read(r->sql->db, err);
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

uint64_t store_reader_statements(const struct store_reader *r) {
    return r->sql->runs;
}

/* ---- writers ---- */

static void leave(struct store_writer *w) {
    struct store *s = w->store;
    w->sql->is_writing = false;
    w->sql->status = STATUS_OK;
    w->sql->err = (struct err){ 0 };
    keys_done(&w->touched);
    arena_done(&w->scratch);
    pthread_mutex_lock(&s->lock);
    s->is_writing = false;
    pthread_cond_signal(&s->writer_left);
    pthread_mutex_unlock(&s->lock);
}

/* Take the lock among this process's threads; false: it is taken, and we do not wait. */
static bool enter(struct store *s, bool waits) {
    pthread_mutex_lock(&s->lock);
    while (s->is_writing && waits) {
        pthread_cond_wait(&s->writer_left, &s->lock);
    }
    bool entered = !s->is_writing;
    s->is_writing = true;
    pthread_mutex_unlock(&s->lock);
    return entered;
}

static enum status begin(struct store *s, bool waits, struct store_writer **ret, struct err *err) {
    if (!enter(s, waits)) {
        return err_set(err, STATUS_BUSY, "another thread writes");
    }

    struct store_writer *w = &s->writer;
    *w = (struct store_writer){ .store = s, .sql = &s->writer_sql };
    w->reader = (struct store_reader){ .store = s, .sql = w->sql, .is_open = true };
    enum status status = s->backend->begin_write(w->sql->db, waits, err);
    if (status != STATUS_OK) {
        leave(w);
        return status;
    }
    w->sql->is_writing = true;
    *ret = w;
    return STATUS_OK;
}

enum status store_write_begin(struct store *s, struct store_writer **ret, struct err *err) {
    return begin(s, true, ret, err);
}

enum status store_write_try(struct store *s, struct store_writer **ret, struct err *err) {
    return begin(s, false, ret, err);
}

enum status store_write_commit(struct store_writer *w, struct err *err) {
    struct store *s = w->store;
    if (w->touched.list.len > 0) {
        journal_write(w);
    }
    enum status status = sql_result(w->sql, err);
    if (status != STATUS_OK) {
        s->backend->rollback(w->sql->db);
    } else {
        status = s->backend->commit(w->sql->db, err);
    }
    if (status == STATUS_OK && w->touched.list.len > 0) {
        /* Before the next writer may begin, so that listeners hear of commits in their order. */
        pthread_mutex_lock(&s->lock);
        store_listener *listener = s->listener;
        void *ctx = s->listener_ctx;
        pthread_mutex_unlock(&s->lock);
        if (listener != NULL) {
            listener(ctx, &w->touched);
        }
        atomic_store(&s->own_seq, w->journal_seq);
    }
    leave(w);
    return status;
}

void store_write_rollback(struct store_writer *w) {
    if (w != NULL) {
        w->store->backend->rollback(w->sql->db);
        leave(w);
    }
}

struct store_reader *store_writer_reader(struct store_writer *w) {
    return &w->reader;
}

const struct keys *store_write_touched(const struct store_writer *w) {
    return &w->touched;
}

void store_touch(struct store_writer *w, struct str key) {
    touch(w, key);
}

struct sql *writer_verb(struct store_writer *w) {
    arena_reset(&w->scratch);
    return w->sql;
}

/* Everything depends on "site": once it is touched, or the keys are too many to be worth naming,
 * no other key says more. */
void touch(struct store_writer *w, struct str key) {
    struct keys *k = &w->touched;
    if (keys_has(k, STR("site"))) {
        return;
    }
    if (k->list.len == KEYS_TOUCHED_MAX && !keys_has(k, key)) {
        keys_reset(k);
        key = STR("site");
    }
    keys_add(k, key);
}

void touch_name(struct store_writer *w, struct str prefix, struct str name) {
    char text[KEY_BYTES_MAX + 1];
    touch(w, keys_name(text, prefix, name));
}

void touchf(struct store_writer *w, const char *fmt, ...) {
    char text[KEY_BYTES_MAX + 1];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    check(n > 0 && n <= KEY_BYTES_MAX);
    touch(w, str_make(text, (size_t)n));
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
