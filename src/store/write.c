/* Writers: one at a time, committed in groups.
 *
 * A writer begins when the one before it has left. If others wait for their turn when it commits,
 * it does not make its transaction durable by itself: it leaves the transaction open, lets the next
 * one write within it, and waits. The one after which nobody waits commits for them all, with one
 * sync of the disk, and wakes them; so the first editor never waits for company, and while a commit
 * is under way those who come meanwhile gather for the next. Nobody is told "durable" before it is,
 * and the listener hears of all of them before any of them goes on.
 *
 * Each but the first of a group writes within a savepoint, so that one that fails undoes its own
 * work only. Some failures (a full disk) end the whole transaction: then it has failed for all.
 *
 * A group ends after GROUP_MAX_US or GROUP_MAX writers, however many wait: other processes want
 * the lock, too. */
#include "store/internal.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUP_MAX = 64, GROUP_MAX_US = 20000 };

static void writer_free(struct store_writer *w) {
    keys_done(&w->touched);
    held_done(&w->held);
    arena_done(&w->scratch);
    free(w);
}

/* ---- turns ---- */

/* Take the turn; false: it is taken, and we do not wait. */
static bool enter(struct store *s, bool waits) {
    pthread_mutex_lock(&s->lock);
    bool entered = !s->is_writing;
    if (s->is_writing && waits) {
        s->waiting++;
        while (!s->is_handed) {
            pthread_cond_wait(&s->turn, &s->lock);
        }
        s->waiting--;
        s->is_handed = false;
        entered = true;
    }
    s->is_writing = true;
    pthread_mutex_unlock(&s->lock);
    return entered;
}

/* The next one's turn. Lock held. */
static void leave(struct store *s) {
    s->is_handed = s->waiting > 0;
    s->is_writing = s->is_handed;
    if (s->is_handed) {
        pthread_cond_signal(&s->turn);
    }
}

/* ---- groups ---- */

/* Commit what the group has written, or undo it if `status` says that it failed, and let its
 * members know. The turn is ours, no lock held. */
static void settle(struct store *s, enum status status, const struct err *cause) {
    struct err err = { 0 };
    if (cause != NULL) {
        err = *cause;
    }
    if (status != STATUS_OK || STAILQ_EMPTY(&s->group)) {
        s->backend->rollback(s->writer_sql.db);
    } else {
        status = s->backend->commit(s->writer_sql.db, &err);
    }
    s->writer_sql.is_writing = false;
    if (!s->is_lazy) {
        atomic_store(&s->committed_us, clock_mono_us());
    }
    if (status == STATUS_OK) {
        /* Before the next writer may begin, so that the listener hears of commits in order. */
        journal_tell(s);
    }
    pthread_mutex_lock(&s->lock);
    s->is_group_open = false;
    s->group_len = 0;
    struct store_writer *w;
    while ((w = STAILQ_FIRST(&s->group)) != NULL) {
        STAILQ_REMOVE_HEAD(&s->group, others);
        w->status = status;
        w->err = err;
        w->is_settled = true;
    }
    pthread_cond_broadcast(&s->settled);
    leave(s);
    pthread_mutex_unlock(&s->lock);
}

/* Let another one write within this transaction, if one waits for it. */
static bool hand_over(struct store *s) {
    pthread_mutex_lock(&s->lock);
    bool handed = s->waiting > 0 && !s->is_lazy && s->group_len < GROUP_MAX &&
                  clock_mono_us() - s->group_begun_us < GROUP_MAX_US;
    if (handed) {
        leave(s);
    }
    pthread_mutex_unlock(&s->lock);
    return handed;
}

/* What a transaction is for, and for whom it waits. */
enum purpose {
    EDIT,        /* for everybody */
    MANY,        /* for everybody; lazy */
    UPKEEP,      /* for our own threads; lazy */
    QUIET_UPKEEP /* for nobody; lazy */
};

static enum status begin_group(struct store *s, enum purpose purpose, struct err *err) {
    const struct backend *b = s->backend;
    struct db *db = s->writer_sql.db;
    bool lazy = purpose != EDIT, bulk = purpose == MANY;
    enum status status = STATUS_OK;
    if (s->is_lazy != lazy) {
        status = b->set_lazy(db, lazy, err);
        s->is_lazy = status == STATUS_OK ? lazy : s->is_lazy;
    }
    if (status == STATUS_OK && s->is_bulk != bulk) {
        status = b->set_bulk(db, bulk, err);
        s->is_bulk = status == STATUS_OK ? bulk : s->is_bulk;
    }
    return status == STATUS_OK ? b->begin_write(db, purpose == EDIT || purpose == MANY, err)
                               : status;
}

static void settle_held(void *writer) {
    held_write(writer);
}

static enum status begin(struct store *s, enum purpose purpose, struct store_writer **ret,
                         struct err *err) {
    if (!enter(s, purpose != QUIET_UPKEEP)) {
        return err_set(err, STATUS_BUSY, "another thread writes");
    }
    struct store_writer *w = calloc(1, sizeof *w);
    check(w != NULL);
    w->store = s;
    w->sql = &s->writer_sql;
    w->reader = (struct store_reader){ .store = s, .sql = w->sql, .is_open = true };
    w->is_joined = s->is_group_open;
    enum status status = w->is_joined ? s->backend->part_begin(w->sql->db, err)
                                      : begin_group(s, purpose, err);
    if (status != STATUS_OK) {
        settle(s, status, err);
        writer_free(w);
        return status;
    }
    if (!w->is_joined) {
        s->is_group_open = true;
        s->group_begun_us = clock_mono_us();
    }
    w->sql->is_writing = true;
    w->sql->settle = settle_held;
    w->sql->settle_ctx = w;
    *ret = w;
    return STATUS_OK;
}

enum status store_write_begin(struct store *s, struct store_writer **ret, struct err *err) {
    return begin(s, EDIT, ret, err);
}

enum status store_write_begin_many(struct store *s, struct store_writer **ret, struct err *err) {
    enum status status = begin(s, MANY, ret, err);
    if (status == STATUS_OK) {
        status = store_search_defer(*ret, err);
        if (status != STATUS_OK) {
            store_write_rollback(*ret);
        }
    }
    return status;
}

enum status store_flush(struct store *s, struct err *err) {
    return s->backend->flush(s->writer_sql.db, err);
}

enum status write_try(struct store *s, bool patient, struct store_writer **ret, struct err *err) {
    return begin(s, patient ? UPKEEP : QUIET_UPKEEP, ret, err);
}

/* Undo what this writer did, and no other's. */
static void undo(struct store_writer *w) {
    struct store *s = w->store;
    struct err err = { 0 };
    w->sql->status = STATUS_OK;
    w->sql->err = (struct err){ 0 };
    w->sql->must_settle = false;
    enum status status = w->is_joined ? s->backend->part_undo(w->sql->db, &err) : STATUS_OK;
    if (status != STATUS_OK || !w->is_joined || !hand_over(s)) {
        settle(s, status, &err);
    }
    writer_free(w);
}

enum status store_write_commit(struct store_writer *w, struct err *err) {
    struct store *s = w->store;
    held_write(w);
    audit_commit(w);
    if (w->touched.list.len > 0) {
        journal_write(w);
    }
    enum status status = sql_result(w->sql, err);
    if (status == STATUS_OK && w->is_joined) {
        status = s->backend->part_keep(w->sql->db, err);
    }
    if (status != STATUS_OK) {
        undo(w);
        return status;
    }
    STAILQ_INSERT_TAIL(&s->group, w, others);
    s->group_len++;
    if (!hand_over(s)) {
        settle(s, STATUS_OK, NULL);
    }
    pthread_mutex_lock(&s->lock);
    while (!w->is_settled) {
        pthread_cond_wait(&s->settled, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    status = w->status;
    if (status != STATUS_OK) {
        err_set(err, status, "%s", w->err.message);
    }
    writer_free(w);
    return status;
}

void store_write_rollback(struct store_writer *w) {
    if (w != NULL) {
        undo(w);
    }
}

/* ---- of a writer ---- */

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
    if (w->touches_all) {
        return;
    }
    if (k->list.len == KEYS_TOUCHED_MAX && !keys_has(k, key)) {
        keys_reset(k);
        key = STR("site");
    }
    w->touches_all = str_eq(key, STR("site"));
    keys_add(k, key);
}

void touch_name(struct store_writer *w, struct str prefix, struct str name) {
    char text[KEY_BYTES_MAX + 1];
    if (!w->touches_all) {
        touch(w, keys_name(text, prefix, name));
    }
}

void touchf(struct store_writer *w, const char *fmt, ...) {
    char text[KEY_BYTES_MAX + 1];
    va_list args;
    if (w->touches_all) {
        return;
    }
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    check(n > 0 && n <= KEY_BYTES_MAX);
    touch(w, str_make(text, (size_t)n));
}
