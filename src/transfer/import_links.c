/* The links of the stories that were imported, settled on several threads: workers read a story and
 * say what becomes of its body, the caller's thread writes that down, in the order of the queue.
 *
 * All addresses are known and committed when this begins (import_settle.c), and bodies do not
 * depend on each other: it makes no difference which story comes first. */
#include "transfer/import_run.h"

#include "base/cpus.h"
#include "base/limits.h"
#include "text/words.h"
#include "transfer/links.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    THREADS_MAX = 16,
    TASKS_A_THREAD = 8,      /* in the ring */
    LARGE_BYTES = 256 << 10, /* a larger body is the caller's, one at a time */
    SNAPSHOT_TASKS = 32,     /* with which a linker reads; a log can be moved when they end */
};

struct settling {
    struct arena arena;
    struct import_task task;
    bool is_done;
    bool is_large;
    bool is_left; /* as it is: its body is none */
    bool changed;
    bool reads_otherwise;
    struct html body;
    unsigned words;
    size_t unknown; /* links that lead nowhere yet */
    enum status status;
    struct err err;
};

struct ring {
    struct import_run *run;
    size_t n;
    struct settling *tasks;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t made, taken, emptied;
    bool stop;
};

struct linker {
    struct ring *ring;
    pthread_t thread;
    struct import_run run; /* one of its own: an arena and a reader */
};

/* ---- one story ---- */

static enum status settle(struct import_run *run, struct settling *s, bool any_size,
                          struct err *err) {
    struct store_reader *reader;
    struct story story;
    struct links_result result;
    struct err why = { 0 };
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_story(reader, &run->item, s->task.id, STORY_FULL, &story, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    s->is_large = !any_size && story.body.raw.len > LARGE_BYTES;
    if (s->is_large) {
        return STATUS_OK;
    }
    status = links_settle(&run->item, story.body, import_resolve, run, &result, &why);
    if (status == STATUS_CORRUPT || status == STATUS_TOO_LARGE) {
        s->is_left = true;
        s->err = why;
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", why.message);
    }
    s->unknown = result.unknown;
    s->changed = result.changed;
    if (result.changed) {
        s->body.raw = arena_str(&s->arena, result.body.raw);
        s->reads_otherwise = result.other_words;
    }
    if (result.other_words) { /* what has become a card is another story's words */
        s->words = (unsigned)words_count(html_text(&run->item, result.body), run->locale.ptr);
    }
    return STATUS_OK;
}

static void *run_linker(void *arg) {
    struct linker *l = arg;
    struct ring *r = l->ring;
    int read = 0;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->stop && r->taken == r->made) {
            if (read > 0) {
                run_rollback(&l->run); /* ends its snapshot */
                read = 0;
            }
            pthread_cond_wait(&r->changed, &r->lock);
        }
        if (r->stop) {
            break;
        }
        struct settling *s = &r->tasks[r->taken++ % r->n];
        pthread_mutex_unlock(&r->lock);
        s->status = settle(&l->run, s, false, &s->err);
        if (++read == SNAPSHOT_TASKS) {
            run_rollback(&l->run);
            read = 0;
        }
        arena_reset(&l->run.item);
        pthread_mutex_lock(&r->lock);
        s->is_done = true;
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- the caller's thread ---- */

static enum status write_down(struct import_run *run, struct settling *s, struct err *err) {
    bool was_open = str_eq(s->task.kind, STR("story-open"));
    enum status status = s->status;
    struct store_writer *writer;
    if (status == STATUS_OK && s->is_large) {
        status = settle(run, s, true, &s->err);
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", s->err.message);
    }
    if (s->is_left) {
        report_warn(run->report, NULL, 0, 0, "the links of story %lld were left as they are: %s",
                    (long long)s->task.id, s->err.message);
    }
    if (was_open && !s->changed && s->unknown > 0) {
        return STATUS_OK;
    }
    status = run_writer(run, &writer, err);
    if (status == STATUS_OK && s->changed) {
        status = s->reads_otherwise
                     ? store_story_body_put(writer, s->task.id, s->body, s->words, err)
                     : store_story_links_put(writer, s->task.id, s->body, err);
    }
    if (status == STATUS_OK && s->unknown > 0 && !was_open) {
        status = store_import_task_put(writer, run->site->source, STR("story-open"), s->task.id,
                                       STR(""), err);
    }
    if (status == STATUS_OK && (s->unknown == 0 || !was_open)) {
        status = store_import_task_done(writer, s->task.seq, err);
    }
    return status;
}

/* The next task of those up to `end` that is about links; false: there is none. */
static enum status next_task(struct import_run *run, struct settling *s, bool retry_open,
                             int64_t *seq, int64_t end, bool *ret_found, struct err *err) {
    *ret_found = false;
    for (;;) {
        struct store_reader *reader;
        struct err ignored = { 0 };
        arena_reset(&s->arena);
        enum status status = run_reader(run, &reader, err);
        if (status != STATUS_OK) {
            return status;
        }
        status =
            store_import_task_next(reader, &s->arena, run->site->source, *seq, &s->task, &ignored);
        if (status == STATUS_NOT_FOUND || (status == STATUS_OK && s->task.seq > end)) {
            return STATUS_OK;
        }
        if (status != STATUS_OK) {
            return err_set(err, status, "%s", ignored.message);
        }
        *seq = s->task.seq;
        if (str_eq(s->task.kind, STR("story")) ||
            (retry_open && str_eq(s->task.kind, STR("story-open")))) {
            *ret_found = true;
            return STATUS_OK;
        }
    }
}

static enum status settle_all(struct ring *r, bool retry_open, int64_t end, struct err *err) {
    struct import_run *run = r->run;
    enum status status = STATUS_OK;
    int64_t seq = 0;
    bool more = true;
    while (status == STATUS_OK && (more || r->emptied < r->made)) {
        if (more && r->made - r->emptied < r->n) {
            struct settling *s = &r->tasks[r->made % r->n];
            *s = (struct settling){ .arena = s->arena };
            status = next_task(run, s, retry_open, &seq, end, &more, err);
            if (status == STATUS_OK && more) {
                pthread_mutex_lock(&r->lock);
                r->made++;
                pthread_cond_broadcast(&r->changed);
                pthread_mutex_unlock(&r->lock);
            }
            continue;
        }
        struct settling *s = &r->tasks[r->emptied % r->n];
        pthread_mutex_lock(&r->lock);
        while (!s->is_done) {
            pthread_cond_wait(&r->changed, &r->lock);
        }
        pthread_mutex_unlock(&r->lock);
        arena_reset(&run->item);
        status = write_down(run, s, err);
        r->emptied++;
        if (status == STATUS_OK) {
            import_settle_progress(run);
            status = run_commit(run, false, err);
        }
    }
    return status;
}

enum status import_settle_links(struct import_run *run, bool retry_open, int64_t end,
                                struct err *err) {
    size_t threads = run->options->threads ? run->options->threads : cpus_usable();
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    struct linker linkers[THREADS_MAX];
    struct ring r = { .run = run, .n = threads * TASKS_A_THREAD };
    size_t opened = 0, started = 0;
    r.tasks = calloc(r.n, sizeof *r.tasks);
    check(r.tasks != NULL);
    check(pthread_mutex_init(&r.lock, NULL) == 0 && pthread_cond_init(&r.changed, NULL) == 0);
    enum status status = STATUS_OK;
    for (; status == STATUS_OK && opened < threads; opened++) {
        struct linker *l = &linkers[opened];
        *l = (struct linker){ .ring = &r };
        status = import_shadow(run, run->site, &l->run, err);
    }
    while (status == STATUS_OK && started < opened &&
           pthread_create(&linkers[started].thread, NULL, run_linker, &linkers[started]) == 0) {
        started++;
    }
    if (status == STATUS_OK && started == 0) {
        status = err_set(err, STATUS_NO_MEMORY, "no thread can be begun");
    }
    if (status == STATUS_OK) {
        status = settle_all(&r, retry_open, end, err);
    }
    pthread_mutex_lock(&r.lock);
    r.stop = true;
    pthread_cond_broadcast(&r.changed);
    pthread_mutex_unlock(&r.lock);
    for (size_t i = 0; i < started; i++) {
        pthread_join(linkers[i].thread, NULL);
    }
    for (size_t i = 0; i < opened; i++) {
        import_shadow_done(&linkers[i].run);
    }
    for (size_t i = 0; i < r.n; i++) {
        arena_done(&r.tasks[i].arena);
    }
    free(r.tasks);
    pthread_cond_destroy(&r.changed);
    pthread_mutex_destroy(&r.lock);
    return status;
}
