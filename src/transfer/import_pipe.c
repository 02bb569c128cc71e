/* Reading a file on several threads. One reads, cleans and takes it apart (wxr_split.h); workers
 * parse runs of items and make of each what needs no writing (import_ready.h); the caller's thread
 * is given the events in the order of the file, and is the only one that writes or tells anything.
 *
 * A job is what stands between two places of the file: first events of the frame (channel, authors,
 * terms, an item that is too large for a run), then those of a run of items. Jobs are a ring: the
 * reader fills them in order, workers take them in order, the caller empties them in order. What
 * they may hold together is bounded; an item that is large goes alone.
 *
 * A run's parser knows the channel's start tags and the line, nothing else, and what it says of
 * faults may be in other words than those of one parser for the whole file. So whoever must tell of
 * a fault reads the file once more with one parser (import.c). */
#include "transfer/import_ready.h"

#include "base/limits.h"
#include "transfer/wxr_split.h"
#include "transfer/xml_clean.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    RUN_BYTES = 64 << 10,   /* of items that one job parses */
    ITEM_BYTES = 256 << 10, /* a larger item goes alone */
    FLIGHT_BYTES = 6 << 20, /* of all jobs */
    KEPT_BYTES = 1 << 20,   /* of an arena between two jobs */
    THREADS_MAX = 16,
};

struct ready_event {
    struct wxr_event event;
    struct import_ready *ready; /* of an item, may be NULL */
};

struct job {
    struct arena arena;
    VEC(struct ready_event) events;
    struct buf run; /* of items, as text; may be empty */
    struct buf open;
    long line;
    size_t size_bytes;
    int64_t offset; /* that the file was read up to */
    bool is_large;
    bool is_done; /* by its worker */
    bool is_last;
    enum status status; /* after the events */
    struct err err;
};

struct pipe {
    struct import_run *run;
    gzFile file;
    size_t n_workers, n_jobs;
    struct job *jobs;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t made, taken, emptied; /* jobs so far */
    size_t flight_bytes;
    bool stop;

    /* of the reading thread */
    struct xml_clean clean;
    struct wxr_split split;
    struct wxr *frame;
    bool is_begun;
    struct job *job; /* that is being filled */
};

struct worker {
    struct pipe *pipe;
    pthread_t thread;
    struct wxr *wxr;
    struct import_run run; /* one of its own: an arena and a reader, nothing to write with */
    struct job *job;
};

static struct job *job_at(struct pipe *p, uint64_t n) {
    return &p->jobs[n % p->n_jobs];
}

static void empty_arena(struct arena *a) {
    if (a->used_bytes > KEPT_BYTES) {
        arena_done(a);
        arena_init(a);
    } else {
        arena_reset(a);
    }
}

/* ---- events ---- */

/* What the event points to is in the job's arena already, but for what is the parser's own. */
static void add_event(struct job *job, const struct wxr_event *event) {
    struct arena *a = &job->arena;
    struct ready_event *ready = vec_push(a, &job->events);
    *ready = (struct ready_event){ .event = *event };
    struct wxr_event *kept = &ready->event;
    switch (event->kind) {
    case WXR_CHANNEL: {
        struct wxr_channel_field *field = ARENA_NEW(a, struct wxr_channel_field);
        field->name = arena_str(a, event->channel->name);
        field->value = arena_str(a, event->channel->value);
        kept->channel = field;
        break;
    }
    case WXR_AUTHOR: {
        struct wxr_author *author = ARENA_NEW(a, struct wxr_author);
        *author = *event->author;
        kept->author = author;
        break;
    }
    case WXR_TERM: {
        struct wxr_term *term = ARENA_NEW(a, struct wxr_term);
        *term = *event->term;
        kept->term = term;
        break;
    }
    case WXR_ITEM: {
        struct wxr_item *item = ARENA_NEW(a, struct wxr_item);
        *item = *event->item;
        kept->item = item;
        break;
    }
    case WXR_WARNING: break;
    }
}

/* ---- the reading thread ---- */

/* An empty job to fill; false: it is over. */
static bool begin_job(struct pipe *p) {
    pthread_mutex_lock(&p->lock);
    while (!p->stop && p->made - p->emptied == p->n_jobs) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    bool go_on = !p->stop;
    pthread_mutex_unlock(&p->lock);
    if (go_on) {
        p->job = job_at(p, p->made);
        wxr_keep_in(p->frame, &p->job->arena);
    }
    return go_on;
}

static void end_job(struct pipe *p) {
    struct job *job = p->job;
    int64_t offset = (int64_t)gzoffset(p->file);
    pthread_mutex_lock(&p->lock);
    job->offset = offset;
    job->size_bytes = job->arena.used_bytes + job->run.len;
    while (!p->stop && p->flight_bytes > 0 && p->flight_bytes + job->size_bytes > FLIGHT_BYTES) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    p->flight_bytes += job->size_bytes;
    p->made++;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static enum status next_job(struct pipe *p) {
    end_job(p);
    return begin_job(p) ? STATUS_OK : STATUS_INTERRUPTED;
}

/* Wait until the others are done: what comes takes much memory. */
static void wait_for_others(struct pipe *p) {
    pthread_mutex_lock(&p->lock);
    while (!p->stop && p->emptied != p->made) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
}

static enum status on_frame(void *ctx, const struct wxr_event *event, UNUSED struct err *err) {
    add_event(((struct pipe *)ctx)->job, event);
    return STATUS_OK;
}

static void on_repair(void *ctx, long line, const char *what) {
    add_event(((struct pipe *)ctx)->job,
              &(struct wxr_event){ .kind = WXR_WARNING, .line = line, .warning = what });
}

static enum status on_piece(void *ctx, const struct wxr_piece *piece, struct err *err) {
    struct pipe *p = ctx;
    long dropped = p->clean.line_offset;
    if (piece->kind == WXR_PIECE_RUN) {
        buf_put(&p->job->run, piece->text);
        buf_put(&p->job->open, piece->open);
        p->job->line = piece->line + dropped;
        return next_job(p);
    }
    if (piece->is_large && !p->job->is_large) {
        p->job->is_large = true;
        wait_for_others(p);
    }
    wxr_skip_lines(p->frame, (long)piece->skipped_lines + (p->is_begun ? 0 : dropped));
    p->is_begun = true;
    enum status status = wxr_feed_clean(p->frame, piece->text, false, err);
    bool full = p->job->arena.used_bytes > RUN_BYTES;
    return status == STATUS_OK && piece->at_channel && full ? next_job(p) : status;
}

static enum status read_bytes(struct pipe *p, char *bytes, struct err *err) {
    enum status status = STATUS_OK;
    bool last = false;
    while (status == STATUS_OK && !last) {
        struct str text;
        int n = gzread(p->file, bytes, LIMIT_WXR_CHUNK_BYTES);
        int code = Z_OK;
        const char *why = n < (int)LIMIT_WXR_CHUNK_BYTES ? gzerror(p->file, &code) : "";
        last = n < (int)LIMIT_WXR_CHUNK_BYTES;
        status = xml_clean_feed(&p->clean, str_make(bytes, n > 0 ? (size_t)n : 0),
                                last && code == Z_OK, &text, err);
        if (status == STATUS_OK) {
            status = wxr_split_feed(&p->split, text, last && code == Z_OK, err);
        }
        if (status == STATUS_OK && code != Z_OK) {
            status = err_set(err, code == Z_ERRNO ? STATUS_IO : STATUS_INVALID,
                             "it cannot be read further: %s",
                             code == Z_ERRNO ? strerror(errno) : why);
        }
    }
    return status == STATUS_OK ? wxr_feed_clean(p->frame, STR(""), true, err) : status;
}

static void *run_reader_thread(void *arg) {
    struct pipe *p = arg;
    char *bytes = malloc(LIMIT_WXR_CHUNK_BYTES);
    check(bytes != NULL);
    if (begin_job(p)) {
        struct err err = { 0 };
        enum status status = read_bytes(p, bytes, &err);
        if (status != STATUS_INTERRUPTED) {
            p->job->status = status;
            p->job->err = err;
            p->job->is_last = true;
            end_job(p);
        }
    }
    free(bytes);
    return NULL;
}

/* ---- workers ---- */

static enum status on_run(void *ctx, const struct wxr_event *event, UNUSED struct err *err) {
    add_event(((struct worker *)ctx)->job, event);
    return STATUS_OK;
}

static void work(struct worker *w, struct job *job) {
    struct import_run *run = &w->run;
    w->job = job;
    if (job->run.len > 0) {
        wxr_keep_in(w->wxr, &job->arena);
        struct err err = { 0 };
        enum status status =
            wxr_read_run(w->wxr, buf_str(&job->open), buf_str(&job->run), job->line, &err);
        if (status != STATUS_OK) {
            job->status = status;
            job->err = err;
        }
    }
    for (size_t i = 0; run->site != NULL && i < job->events.len; i++) {
        struct ready_event *e = &job->events.ptr[i];
        if (e->event.kind == WXR_ITEM) {
            e->ready = ARENA_NEW(&job->arena, struct import_ready);
            import_make_ready(run, &job->arena, e->event.item, e->ready);
            empty_arena(&run->item);
        }
    }
    run_rollback(run); /* ends its snapshot */
}

static void *run_worker(void *arg) {
    struct worker *w = arg;
    struct pipe *p = w->pipe;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->stop && p->taken == p->made) {
            pthread_cond_wait(&p->changed, &p->lock);
        }
        if (p->stop) {
            break;
        }
        struct job *job = job_at(p, p->taken++);
        pthread_mutex_unlock(&p->lock);
        work(w, job);
        pthread_mutex_lock(&p->lock);
        job->is_done = true;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- the caller's thread ---- */

static enum status give(struct import_run *run, const struct job *job, bool *version_seen,
                        wxr_handler *handler, struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < job->events.len; i++) {
        const struct wxr_event *event = &job->events.ptr[i].event;
        if (event->kind == WXR_CHANNEL) {
            *version_seen |= str_eq(event->channel->name, STR("wxr_version"));
        }
        if (event->kind == WXR_ITEM && event->item->id == 0 && !*version_seen) {
            return err_set(err, STATUS_INVALID, "line %ld: this is not a WordPress export",
                           event->line);
        }
        run->ready = job->events.ptr[i].ready;
        status = handler(run, event, err);
        run->ready = NULL;
    }
    return status == STATUS_OK && job->status != STATUS_OK
               ? err_set(err, job->status, "%s", job->err.message)
               : status;
}

static void empty_job(struct pipe *p, struct job *job) {
    empty_arena(&job->arena);
    job->events.ptr = NULL;
    job->events.len = job->events.cap = 0;
    buf_reset(&job->run);
    buf_reset(&job->open);
    pthread_mutex_lock(&p->lock);
    p->flight_bytes -= job->size_bytes;
    p->emptied++;
    job->is_large = job->is_done = false;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static enum status take_jobs(struct pipe *p, wxr_handler *handler, struct err *err) {
    int64_t before = p->run->progress.bytes;
    enum status status = STATUS_OK;
    bool version_seen = false, last = false;
    for (uint64_t n = 0; status == STATUS_OK && !last; n++) {
        struct job *job = job_at(p, n);
        pthread_mutex_lock(&p->lock);
        while (!job->is_done) {
            pthread_cond_wait(&p->changed, &p->lock);
        }
        pthread_mutex_unlock(&p->lock);
        status = give(p->run, job, &version_seen, handler, err);
        last = job->is_last;
        p->run->progress.bytes = before + job->offset;
        run_tell_progress(p->run, false);
        empty_job(p, job);
    }
    return status;
}

/* ---- life cycle ---- */

static enum status open_worker(struct pipe *p, struct worker *w, struct err *err) {
    *w = (struct worker){ .pipe = p };
    w->wxr = wxr_new(on_run, w);
    wxr_trust(w->wxr);
    return import_shadow(p->run, p->run->pass == PASS_SCAN ? NULL : p->run->file_site, &w->run,
                         err);
}

static void close_worker(struct worker *w) {
    wxr_free(w->wxr);
    import_shadow_done(&w->run);
}

static void stop(struct pipe *p) {
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

static void open_pipe(struct pipe *p) {
    p->jobs = calloc(p->n_jobs, sizeof *p->jobs);
    check(p->jobs != NULL);
    for (size_t i = 0; i < p->n_jobs; i++) {
        buf_init(&p->jobs[i].run, RUN_BYTES + 2 * ITEM_BYTES);
        buf_init(&p->jobs[i].open, 2 * (size_t)LIMIT_WXR_TAG_BYTES);
    }
    check(pthread_mutex_init(&p->lock, NULL) == 0 && pthread_cond_init(&p->changed, NULL) == 0);
    xml_clean_init(&p->clean, on_repair, p);
    wxr_split_init(&p->split, RUN_BYTES, ITEM_BYTES, on_piece, p);
    p->frame = wxr_new(on_frame, p);
}

static void close_pipe(struct pipe *p) {
    wxr_free(p->frame);
    wxr_split_done(&p->split);
    xml_clean_done(&p->clean);
    for (size_t i = 0; i < p->n_jobs; i++) {
        arena_done(&p->jobs[i].arena);
        buf_done(&p->jobs[i].run);
        buf_done(&p->jobs[i].open);
    }
    free(p->jobs);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
}

enum status import_pipe_read(struct import_run *run, gzFile file, size_t threads,
                             wxr_handler *handler, struct err *err) {
    size_t n = threads < THREADS_MAX ? threads : THREADS_MAX, opened = 0, started = 0;
    struct worker *workers = calloc(n, sizeof *workers);
    struct pipe p = { .run = run, .file = file, .n_workers = n, .n_jobs = 3 * n + 2 };
    pthread_t reader;
    check(workers != NULL);
    open_pipe(&p);
    enum status status = STATUS_OK;
    for (; status == STATUS_OK && opened < n; opened++) {
        status = open_worker(&p, &workers[opened], err);
    }
    bool reads = status == STATUS_OK && pthread_create(&reader, NULL, run_reader_thread, &p) == 0;
    while (reads && started < n &&
           pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) == 0) {
        started++;
    }
    if (status == STATUS_OK && started == 0) {
        status = err_set(err, STATUS_NO_MEMORY, "no thread can be begun");
    }
    if (status == STATUS_OK) {
        status = take_jobs(&p, handler, err);
    }
    stop(&p);
    if (reads) {
        pthread_join(reader, NULL);
    }
    for (size_t i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    for (size_t i = 0; i < opened; i++) {
        close_worker(&workers[i]);
    }
    close_pipe(&p);
    free(workers);
    return status;
}
