/* The journal of touched keys: one row a commit, so that another process on the same database
 * learns what it must drop. Rows carry the process that wrote them; it tells its own listener
 * itself. Only the last JOURNAL_COMMITS are kept: who missed more drops everything.
 *
 * Between a commit and the listener's hearing of it there is a moment in which a new snapshot shows
 * what the listener does not know of yet: of our own commits microseconds, of other processes' the
 * time until the next poll. A page rendered in it and a fragment rendered before it would stand
 * side by side and disagree. Therefore a reader whose snapshot is newer than heard_seq waits for
 * that, or hears what it is itself (journal_wait), before it reads anything. */
#include "store/internal.h"

#include "base/buf.h"

enum { JOURNAL_COMMITS = 10000 };

void journal_write(struct store_writer *w) {
    struct sql *db = w->sql;
    struct buf text;
    buf_init(&text, KEYS_TOUCHED_MAX * (KEY_BYTES_MAX + 1));
    for (size_t i = 0; i < w->touched.list.len; i++) {
        if (i > 0) {
            buf_put_char(&text, ' ');
        }
        buf_put(&text, w->touched.list.ptr[i]);
    }
    check(text.status != STATUS_TOO_LARGE);
    if (text.status != STATUS_OK) {
        sql_fail(db, text.status, "cannot write the journal");
    }
    int64_t seq = RUN(db, "change_last", NONE) + 1;
    RUN(db, "change_insert", I64(seq), I64(w->store->origin), TEXT(buf_str(&text)));
    RUN(db, "change_trim", I64(seq - JOURNAL_COMMITS));
    w->journal_seq = seq;
    buf_done(&text);
}

/* One commit's, as journal_write put them. */
static void add_keys(struct keys *keys, struct str text) {
    struct str key;
    while (str_split(&text, ' ', &key)) {
        if (key.len > 0 && key.len <= KEY_BYTES_MAX) {
            keys_add(keys, key);
        }
    }
}

/* ---- hearing ---- */

/* Keys to the listener. Hearing held. */
static void tell(struct store *s, const struct keys *keys) {
    if (keys->list.len > 0 && s->listener != NULL) {
        s->listener(s->listener_ctx, keys);
    }
}

/* The keys of the rows after heard_seq that others wrote, up to our first one that its committer
 * has yet to tell. Returns the last of them. */
static int64_t collect(struct store *s, struct keys *keys) {
    struct sql *db = &s->poll_sql;
    int64_t heard_seq = atomic_load(&s->heard_seq);
    if (RUN(db, "change_first", NONE) > heard_seq + 1) {
        keys_add(keys, STR("site"));
    }
    struct arena a = { 0 };
    struct rows r = ROWS(db, "change_since", I64(heard_seq));
    while (rows_next(&r)) {
        int64_t seq = rows_i64(&r, 0);
        bool is_own = rows_i64(&r, 1) == s->origin;
        if (is_own && seq > s->own_seq) {
            break;
        }
        if (!is_own) {
            add_keys(keys, rows_text(&r, &a, 2));
            arena_reset(&a);
        }
        heard_seq = seq;
    }
    rows_end(&r);
    arena_done(&a);
    return heard_seq;
}

/* Hearing held. */
static enum status hear(struct store *s, struct err *err) {
    const struct backend *b = s->backend;
    enum status status = b->begin_read(s->poll_sql.db, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct keys keys;
    keys_init(&keys);
    int64_t seq = collect(s, &keys);
    b->rollback(s->poll_sql.db);
    status = sql_result(&s->poll_sql, err);
    if (status == STATUS_OK) {
        tell(s, &keys);
        atomic_store(&s->heard_seq, seq);
        pthread_cond_broadcast(&s->heard);
    }
    keys_done(&keys);
    return status;
}

enum status store_poll(struct store *s, struct err *err) {
    int64_t version = 0;
    pthread_mutex_lock(&s->hearing);
    enum status status = s->backend->data_version(s->poll_sql.db, &version, err);
    if (status == STATUS_OK && version != s->polled_version) {
        status = hear(s, err);
        if (status == STATUS_OK) {
            s->polled_version = version;
        }
    }
    pthread_mutex_unlock(&s->hearing);
    return status;
}

void journal_tell(struct store *s) {
    int64_t first = 0, last = 0;
    struct store_writer *w;
    pthread_mutex_lock(&s->hearing);
    STAILQ_FOREACH(w, &s->group, others) {
        tell(s, &w->touched);
        if (w->journal_seq != 0) {
            first = first == 0 ? w->journal_seq : first;
            last = w->journal_seq;
        }
    }
    if (last != 0) {
        s->own_seq = last;
        if (atomic_load(&s->heard_seq) == first - 1) {
            atomic_store(&s->heard_seq, last);
            pthread_cond_broadcast(&s->heard);
        } else {
            /* Others have committed meanwhile. If this fails, the next poll hears of it. */
            (void)hear(s, NULL);
        }
    }
    pthread_mutex_unlock(&s->hearing);
}

enum status journal_wait(struct store *s, int64_t seq, struct err *err) {
    enum status status = STATUS_OK;
    pthread_mutex_lock(&s->hearing);
    while (status == STATUS_OK && atomic_load(&s->heard_seq) < seq) {
        status = hear(s, err);
        if (status == STATUS_OK && atomic_load(&s->heard_seq) < seq) {
            pthread_cond_wait(&s->heard, &s->hearing); /* our own: its committer is about to tell */
        }
    }
    pthread_mutex_unlock(&s->hearing);
    return status;
}

/* ---- for those who keep their place ---- */

enum status store_journal_last(struct store_reader *r, int64_t *ret_seq, struct err *err) {
    int64_t seq = RUN(r->sql, "change_last", NONE);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret_seq = seq;
    }
    return status;
}

enum status store_journal_since(struct store_reader *r, int64_t seq, struct keys *keys,
                                int64_t *ret_seq, bool *ret_forgotten, struct err *err) {
    struct sql *db = r->sql;
    int64_t first = RUN(db, "change_first", NONE), at = seq;
    struct arena a = { 0 };
    struct rows rows = ROWS(db, "change_since", I64(seq));
    while (keys->list.len < KEYS_TOUCHED_MAX && rows_next(&rows)) {
        at = rows_i64(&rows, 0);
        add_keys(keys, rows_text(&rows, &a, 2));
        arena_reset(&a);
    }
    rows_end(&rows);
    arena_done(&a);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_seq = at;
        *ret_forgotten = first > seq + 1;
    }
    return status;
}

enum status store_cursor(struct store_reader *r, struct str name, int64_t *ret_seq,
                         struct err *err) {
    struct rows rows = ROWS(r->sql, "cursor_get", TEXT(name));
    bool found = rows_next(&rows);
    int64_t seq = found ? rows_i64(&rows, 0) : 0;
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!found) {
        return err_set(err, STATUS_NOT_FOUND, "the journal has no reader '%.*s'", STR_FMT(name));
    }
    *ret_seq = seq;
    return STATUS_OK;
}

enum status store_cursor_put(struct store_writer *w, struct str name, int64_t seq,
                             struct err *err) {
    struct sql *db = writer_verb(w);
    if (seq < 0) {
        RUN(db, "cursor_remove", TEXT(name));
    } else {
        RUN(db, "cursor_put", TEXT(name), I64(seq));
    }
    return sql_result(db, err);
}
