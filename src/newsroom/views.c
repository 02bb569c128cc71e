/* The loops' tables (tally.h) are emptied into `pending`, which stays until its transaction is
 * durable. That, and the ranking, is done by a thread of its own and not by the clock's: to write
 * it waits for the write lock, which an import may hold for seconds, and meanwhile the clock must
 * go on hearing what that import commits. */
#include "newsroom/views.h"

#include "base/clock.h"
#include "base/limits.h"
#include "newsroom/tally.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    LOOK_MS = 250, /* whether a loop's table fills up */
    /* Stories in one transaction: an editor may have to wait for it. */
    WRITTEN_AT_ONCE = 300,
};

struct views {
    struct store *store;
    struct store_reader *reader;
    struct tally *tally;
    struct views_options options;
    struct view_count *pending;
    size_t pending_len, pending_cap;
    uint64_t lost; /* and not told yet */
    bool nothing_ranked;
    bool failing;

    bool has_thread;
    pthread_t thread;
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t changed;
    bool stopping;
};

void views_count(struct views *v, size_t loop, int64_t story_id) {
    tally_count(v->tally, loop, story_id);
}

/* ---- writing down ---- */

static void take(void *ctx, int64_t id, int64_t count) {
    struct views *v = ctx;
    if (v->pending_len == v->pending_cap) {
        size_t cap = v->pending_cap ? 2 * v->pending_cap : 1024;
        if (cap > LIMIT_VIEWS_PENDING) {
            v->lost += (uint64_t)count;
            return;
        }
        v->pending = realloc(v->pending, cap * sizeof *v->pending);
        check(v->pending != NULL);
        v->pending_cap = cap;
    }
    v->pending[v->pending_len++] = (struct view_count){ id, count };
}

static int compare_stories(const void *a, const void *b) {
    int64_t x = ((const struct view_count *)a)->story_id;
    int64_t y = ((const struct view_count *)b)->story_id;
    return (x > y) - (x < y);
}

/* One entry a story. */
static void merge_pending(struct views *v) {
    size_t n = 0;
    if (v->pending_len > 0) {
        qsort(v->pending, v->pending_len, sizeof *v->pending, compare_stories);
    }
    for (size_t i = 0; i < v->pending_len; i++) {
        if (n > 0 && v->pending[n - 1].story_id == v->pending[i].story_id) {
            v->pending[n - 1].count += v->pending[i].count;
        } else {
            v->pending[n++] = v->pending[i];
        }
    }
    v->pending_len = n;
}

/* The last ones of those that wait. */
static enum status write_some(struct views *v, size_t n, int64_t now_us, struct err *err) {
    struct store_writer *w = NULL;
    enum status status = store_write_begin(v->store, &w, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct view_counts counts = { v->pending + v->pending_len - n, n };
    status = store_views_add(w, now_us / US_PER_HOUR, counts, err);
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    status = store_write_commit(w, err);
    if (status == STATUS_OK) {
        v->pending_len -= n;
    }
    return status;
}

enum status views_write(struct views *v, int64_t now_us, struct err *err) {
    v->lost += tally_drain(v->tally, take, v);
    merge_pending(v);
    enum status status = STATUS_OK;
    while (status == STATUS_OK && v->pending_len > 0) {
        size_t n = v->pending_len < WRITTEN_AT_ONCE ? v->pending_len : WRITTEN_AT_ONCE;
        status = write_some(v, n, now_us, err);
    }
    return status;
}

/* ---- ranking ---- */

/* What the slot should hold and whether it does, without the write lock. */
static enum status look(struct views *v, int64_t now_us, struct arena *a, struct ids *ret,
                        bool *ret_same, struct err *err) {
    struct view_counts top = { NULL, 0 };
    struct ids present = { NULL, 0 };
    enum status status = store_read_begin(v->reader, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_views_top(v->reader, a, now_us / US_PER_HOUR, VIEWS_RANKED, &top, err);
    if (status == STATUS_OK) {
        status = store_slot(v->reader, a, STORE_SLOT_MOST_READ, &present, err);
    }
    store_read_end(v->reader);
    int64_t *ids = arena_array(a, top.len + 1, sizeof *ids);
    bool same = top.len == present.len;
    for (size_t i = 0; i < top.len; i++) {
        ids[i] = top.ptr[i].story_id;
        same = same && ids[i] == present.ptr[i];
    }
    *ret = (struct ids){ ids, top.len };
    *ret_same = same;
    return status;
}

enum status views_rank(struct views *v, int64_t now_us, struct err *err) {
    struct arena a = { 0 };
    struct ids ids;
    bool same;
    enum status status = look(v, now_us, &a, &ids, &same, err);
    if (status == STATUS_OK && !same) {
        struct store_writer *w = NULL;
        status = store_write_begin(v->store, &w, err);
        if (status == STATUS_OK) {
            status = store_slot_put(w, STORE_SLOT_MOST_READ, ids, err);
            if (status == STATUS_OK) {
                status = store_write_commit(w, err);
            } else {
                store_write_rollback(w);
            }
        }
    }
    if (status == STATUS_OK) {
        v->nothing_ranked = ids.len == 0;
    }
    arena_done(&a);
    return status;
}

/* ---- the thread ---- */

/* The first of a row of failures, and what was lost, for the log. */
static void tell(struct views *v, enum status status, const char *what, const struct err *err) {
    char line[ERR_MESSAGE_MAX + 80];
    if (status != STATUS_OK && !v->failing) {
        snprintf(line, sizeof line, "views cannot be %s: %s", what, err->message);
        v->options.report(v->options.report_ctx, true, line);
    }
    v->failing = status != STATUS_OK;
    if (v->lost > 0) {
        snprintf(line, sizeof line,
                 "%" PRIu64 " views were not counted: too many stories are read at once", v->lost);
        v->options.report(v->options.report_ctx, true, line);
        v->lost = 0;
    }
}

static bool write_and_tell(struct views *v) {
    struct err err = { 0 };
    enum status status = views_write(v, clock_now_us(), &err);
    tell(v, status, "written down", &err);
    return status == STATUS_OK;
}

static bool rank_and_tell(struct views *v) {
    struct err err = { 0 };
    enum status status = views_rank(v, clock_now_us(), &err);
    tell(v, status, "ranked", &err);
    return status == STATUS_OK;
}

/* Sleep; false: the end has come. */
static bool rest(struct views *v) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t at_ns = until.tv_nsec + LOOK_MS * INT64_C(1000000);
    until.tv_sec += at_ns / 1000000000;
    until.tv_nsec = at_ns % 1000000000;
    pthread_mutex_lock(&v->lock);
    if (!v->stopping) {
        pthread_cond_timedwait(&v->changed, &v->lock, &until);
    }
    bool goes_on = !v->stopping;
    pthread_mutex_unlock(&v->lock);
    return goes_on;
}

static void *views_main(void *arg) {
    struct views *v = arg;
    int64_t write_us = clock_mono_us(), rank_us = write_us;
    while (rest(v)) {
        int64_t now_us = clock_mono_us();
        if (now_us >= write_us || tally_is_crowded(v->tally)) {
            write_us = now_us + v->options.write_ms * 1000;
            /* The first views of a site need not wait to be ranked. */
            if (write_and_tell(v) && v->nothing_ranked) {
                rank_us = now_us;
            }
        }
        if (now_us >= rank_us) {
            (void)rank_and_tell(v);
            rank_us = now_us + VIEWS_RANK_MS * INT64_C(1000);
        }
    }
    return NULL;
}

/* ---- life ---- */

static void no_report(void *ctx, bool is_error, const char *message) {
    (void)ctx, (void)is_error, (void)message;
}

enum status views_open(struct store *store, const struct views_options *options, struct views **ret,
                       struct err *err) {
    struct views *v = calloc(1, sizeof *v);
    check(v != NULL);
    v->store = store;
    v->options = *options;
    v->options.report = options->report ? options->report : no_report;
    v->options.write_ms = options->write_ms ? options->write_ms : VIEWS_WRITE_MS;
    enum status status = store_reader_open(store, &v->reader, err);
    if (status != STATUS_OK) {
        free(v);
        return status;
    }
    v->tally = tally_new(options->loops);
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->changed, NULL);
    *ret = v;
    return STATUS_OK;
}

void views_start(struct views *v) {
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&v->thread, NULL, views_main, v) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    v->has_thread = true;
}

void views_close(struct views *v) {
    if (v == NULL) {
        return;
    }
    if (v->has_thread) {
        pthread_mutex_lock(&v->lock);
        v->stopping = true;
        pthread_cond_signal(&v->changed);
        pthread_mutex_unlock(&v->lock);
        pthread_join(v->thread, NULL);
    }
    (void)write_and_tell(v);
    store_reader_close(v->reader);
    tally_free(v->tally);
    free(v->pending);
    pthread_mutex_destroy(&v->lock);
    pthread_cond_destroy(&v->changed);
    free(v);
}
