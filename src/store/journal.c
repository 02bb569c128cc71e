/* The journal of touched keys: one row a commit, so that another process on the same database
 * learns what it must drop. Rows carry the process that wrote them; it has told its own listener
 * already. Only the last JOURNAL_COMMITS are kept: who missed more drops everything. */
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
    buf_done(&text);
}

/* The keys of the rows after polled_seq that others wrote. */
static void collect(struct store *s, struct keys *keys) {
    struct sql *db = &s->poll_sql;
    int64_t first = RUN(db, "change_first", NONE);
    if (first > s->polled_seq + 1) {
        keys_add(keys, STR("site"));
    }
    struct arena a = { 0 };
    struct rows r = ROWS(db, "change_since", I64(s->polled_seq));
    while (rows_next(&r)) {
        int64_t seq = rows_i64(&r, 0);
        if (rows_i64(&r, 1) != s->origin) {
            struct str rest = rows_text(&r, &a, 2), key;
            while (str_split(&rest, ' ', &key)) {
                if (key.len > 0 && key.len <= KEY_BYTES_MAX) {
                    keys_add(keys, key);
                }
            }
            arena_reset(&a);
        }
        s->polled_seq = seq;
    }
    arena_done(&a);
}

enum status store_poll(struct store *s, struct err *err) {
    const struct backend *b = s->backend;
    int64_t version = 0;
    enum status status = b->data_version(s->poll_sql.db, &version, err);
    if (status != STATUS_OK || version == s->polled_version) {
        return status;
    }
    status = b->begin_read(s->poll_sql.db, err);
    if (status != STATUS_OK) {
        return status;
    }
    int64_t was_seq = s->polled_seq;
    struct keys keys;
    keys_init(&keys);
    collect(s, &keys);
    b->rollback(s->poll_sql.db);
    status = sql_result(&s->poll_sql, err);
    if (status != STATUS_OK) {
        s->polled_seq = was_seq;
    } else {
        s->polled_version = version;
        pthread_mutex_lock(&s->lock);
        store_listener *listener = s->listener;
        void *ctx = s->listener_ctx;
        pthread_mutex_unlock(&s->lock);
        if (keys.list.len > 0 && listener != NULL) {
            listener(ctx, &keys);
        }
    }
    keys_done(&keys);
    return status;
}
