/* The workers of a static export: one a core, each with a rendering thread of the site that holds
 * the snapshot all of them share. The planner fills batches and waits when the queue is full, so
 * that what is waiting does not grow with the site. */
#include "transfer/static_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "site/memo.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

void static_warn(struct static_run *run, const char *fmt, ...) {
    char text[ERR_MESSAGE_MAX + LIMIT_PATH_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    pthread_mutex_lock(&run->lock);
    if (run->options->warn != NULL) {
        run->options->warn(run->options->ctx, text);
    }
    pthread_mutex_unlock(&run->lock);
}

/* ---- a worker ---- */

static void batch_free(struct static_batch *batch) {
    if (batch != NULL) {
        arena_done(&batch->arena);
        free(batch);
    }
}

/* NULL: there is no more work. Lock held. */
static struct static_batch *take(struct static_run *run) {
    while (run->len == 0 && !run->ending) {
        pthread_cond_wait(&run->work, &run->lock);
    }
    if (run->len == 0) {
        return NULL;
    }
    struct static_batch *batch = run->queue[run->head];
    run->head = (run->head + 1) % QUEUE_BATCHES;
    run->len--;
    run->in_work++;
    pthread_cond_broadcast(&run->room);
    return batch;
}

static enum status make_all(struct static_worker *w, const struct static_batch *batch,
                            struct err *err) {
    enum status status = static_announce(w, batch, err);
    for (size_t i = 0; status == STATUS_OK && i < batch->n; i++) {
        status = static_make(w, &batch->items[i], err);
        atomic_fetch_add_explicit(&w->run->done, 1, memory_order_relaxed);
    }
    return status == STATUS_OK ? static_flush(w, err) : status;
}

static void *worker_main(void *arg) {
    struct static_worker *w = arg;
    struct static_run *run = w->run;
    pthread_mutex_lock(&run->lock);
    struct static_batch *batch;
    while ((batch = take(run)) != NULL) {
        bool failed = run->status != STATUS_OK;
        pthread_mutex_unlock(&run->lock);
        struct err err = { 0 };
        enum status status = failed ? STATUS_OK : make_all(w, batch, &err);
        batch_free(batch);
        pthread_mutex_lock(&run->lock);
        if (status != STATUS_OK && run->status == STATUS_OK) {
            run->status = status;
            run->err = err;
            /* Others may wait for a fragment that this one has not made. */
            pthread_cond_broadcast(&run->fragment_done);
        }
        run->in_work--;
        pthread_cond_broadcast(&run->room);
    }
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

/* ---- the same snapshot for all ---- */

static void release_all(struct static_run *run) {
    site_release(run->thread);
    for (size_t i = 0; i < run->n_workers; i++) {
        site_release(run->workers[i].thread);
    }
}

static enum status hold(void *thread, int64_t *ret_seq, struct err *err) {
    enum status status = site_hold(thread, err);
    return status == STATUS_OK ? store_journal_last(site_held_reader(thread), ret_seq, err)
                               : status;
}

/* Each connection begins a snapshot of its own; begun again until all have seen the same last
 * commit, which takes a second round only when somebody is writing. */
static enum status hold_all(struct static_run *run, struct err *err) {
    for (;;) {
        int64_t first = 0;
        bool same = true;
        enum status status = hold(run->thread, &first, err);
        for (size_t i = 0; status == STATUS_OK && same && i < run->n_workers; i++) {
            int64_t seq = 0;
            status = hold(run->workers[i].thread, &seq, err);
            same = seq == first;
        }
        if (status != STATUS_OK || same) {
            return status;
        }
        release_all(run);
    }
}

enum status static_work_start(struct static_run *run, struct err *err) {
    size_t n = run->options->threads;
    if (n == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        n = cores > 1 ? (size_t)cores : 1;
    }
    n = n < LIMIT_STATIC_THREADS ? n : LIMIT_STATIC_THREADS;
    run->workers = calloc(n, sizeof *run->workers);
    check(run->workers != NULL);
    enum status status = run->source.thread_open(run->source.ctx, &run->thread, err);
    for (; status == STATUS_OK && run->n_workers < n; run->n_workers++) {
        struct static_worker *w = &run->workers[run->n_workers];
        w->run = run;
        keys_init(&w->keys);
        keys_init(&w->base_keys);
        keys_init(&w->fragment_keys);
        buf_init(&w->log, 64 * LIMIT_STATIC_RECORD_BYTES);
        static_files_init(&w->files, run->folder, run->options->level, (unsigned)run->n_workers);
        status = run->source.thread_open(run->source.ctx, &w->thread, err);
        if (status != STATUS_OK) {
            run->n_workers++;
            return status;
        }
    }
    if (status == STATUS_OK) {
        status = hold_all(run, err);
    }
    if (status == STATUS_OK) {
        run->memo = site_memo_new(LIMIT_STATIC_MEMO_BYTES);
        for (size_t i = 0; i < run->n_workers; i++) {
            site_share(run->workers[i].thread, run->memo);
        }
    }
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (size_t i = 0; status == STATUS_OK && i < run->n_workers; i++) {
        check(pthread_create(&run->workers[i].id, NULL, worker_main, &run->workers[i]) == 0);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return status;
}

/* ---- the planner's side ---- */

static void show_progress(struct static_run *run) {
    int64_t now_us = clock_mono_us();
    if (run->options->progress == NULL || now_us < run->shown_us + US_PER_SECOND / 4) {
        return;
    }
    run->shown_us = now_us;
    struct static_progress p = { .done = atomic_load(&run->done), .total = run->total };
    p.total = p.total > p.done ? p.total : p.done;
    double seconds = (double)(now_us - run->began_us) / 1e6;
    p.per_second = seconds > 0 ? (double)p.done / seconds : 0;
    p.seconds_left = p.per_second > 0 ? (double)(p.total - p.done) / p.per_second : 0;
    run->options->progress(run->options->ctx, &p);
}

static enum status run_status(struct static_run *run, struct err *err) {
    return run->status == STATUS_OK ? STATUS_OK : err_set(err, run->status, "%s", run->err.message);
}

static enum status submit(struct static_run *run, struct err *err) {
    struct static_batch *batch = run->batch;
    run->batch = NULL;
    pthread_mutex_lock(&run->lock);
    while (run->len == QUEUE_BATCHES && run->status == STATUS_OK) {
        pthread_cond_wait(&run->room, &run->lock);
    }
    enum status status = run_status(run, err);
    if (status == STATUS_OK) {
        run->queue[(run->head + run->len++) % QUEUE_BATCHES] = batch;
        batch = NULL;
        pthread_cond_signal(&run->work);
    }
    pthread_mutex_unlock(&run->lock);
    batch_free(batch);
    show_progress(run);
    return status;
}

enum status static_work_add(struct static_run *run, const struct static_item *item,
                            struct err *err) {
    if (run->batch == NULL) {
        run->batch = calloc(1, sizeof *run->batch);
        check(run->batch != NULL);
    }
    struct static_batch *batch = run->batch;
    batch->items[batch->n] = *item;
    batch->items[batch->n].key = arena_str(&batch->arena, item->key);
    batch->n++;
    return batch->n == BATCH_ITEMS ? submit(run, err) : STATUS_OK;
}

enum status static_work_wait(struct static_run *run, struct err *err) {
    enum status status = run->batch != NULL ? submit(run, err) : STATUS_OK;
    pthread_mutex_lock(&run->lock);
    while (status == STATUS_OK && run->status == STATUS_OK && (run->len > 0 || run->in_work > 0)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        (void)pthread_cond_timedwait(&run->room, &run->lock, &until);
        pthread_mutex_unlock(&run->lock);
        show_progress(run);
        pthread_mutex_lock(&run->lock);
    }
    if (status == STATUS_OK) {
        status = run_status(run, err);
    }
    pthread_mutex_unlock(&run->lock);
    return status;
}

static void add_counts(struct static_report *to, const struct static_report *from) {
    to->rendered += from->rendered;
    to->written += from->written;
    to->unchanged += from->unchanged;
    to->removed += from->removed;
    to->left_out += from->left_out;
    to->failed += from->failed;
}

void static_work_stop(struct static_run *run) {
    pthread_mutex_lock(&run->lock);
    run->ending = true;
    pthread_cond_broadcast(&run->work);
    pthread_mutex_unlock(&run->lock);
    batch_free(run->batch);
    run->batch = NULL;
    for (size_t i = 0; i < run->n_workers; i++) {
        struct static_worker *w = &run->workers[i];
        if (w->id != 0) {
            pthread_join(w->id, NULL);
        }
        add_counts(&run->counts, &w->counts);
        run->counts.bytes += w->files.bytes;
        static_files_done(&w->files);
        if (w->thread != NULL) {
            run->source.thread_close(w->thread);
        }
        arena_done(&w->arena);
        arena_done(&w->base_arena);
        arena_done(&w->fragment_arena);
        keys_done(&w->keys);
        keys_done(&w->base_keys);
        keys_done(&w->fragment_keys);
        buf_done(&w->log);
        map_done(&w->ready);
    }
    for (; run->len > 0; run->len--, run->head = (run->head + 1) % QUEUE_BATCHES) {
        batch_free(run->queue[run->head]);
    }
    site_memo_free(run->memo);
    run->memo = NULL;
    free(run->workers);
    run->workers = NULL;
    run->n_workers = 0;
    if (run->thread != NULL) {
        run->source.thread_close(run->thread);
        run->thread = NULL;
    }
}
