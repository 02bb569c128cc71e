#include "newsroom/library_probe.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUSY_MS = 200 };

static bool goes_on(const struct library_prober *p) {
    return p->goes_on == NULL || p->goes_on(p->ctx);
}

/* The next one, in a snapshot of its own. NOT_FOUND: no more. */
static enum status next_row(struct store_reader *r, int64_t after, struct arena *a,
                            struct media *ret, struct err *err) {
    int64_t id = 0;
    enum status status = store_read_begin(r, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_media_unprobed_next(r, after, &id, err);
    if (status == STATUS_OK) {
        status = store_media(r, a, id, ret, err);
    }
    store_read_end(r);
    return status;
}

/* The decoder has other work, too. */
static enum status examine(const struct library_prober *p, struct arena *a, struct str file,
                           struct library_found *ret, struct err *err) {
    const struct library l = { .store = p->store, .decoder = p->decoder, .by_content = true };
    struct media_file f;
    enum status status = media_file_reopen(&f, store_dir(p->store), file, err);
    if (status != STATUS_OK) {
        return status;
    }
    for (;;) {
        struct err why = { 0 };
        status = library_examine(&l, a, &f, STR(""), ret, &why);
        if (status != STATUS_BUSY || !goes_on(p)) {
            status = status == STATUS_OK ? status : err_set(err, status, "%s", why.message);
            break;
        }
        nanosleep(&(struct timespec){ .tv_nsec = BUSY_MS * 1000000L }, NULL);
    }
    media_file_done(&f);
    return status;
}

/* The row as it is now, if it still has that file. */
static enum status write_found(const struct library_prober *p, struct arena *a,
                               const struct media *was, struct library_found *found,
                               struct err *err) {
    struct store_writer *w;
    struct media m;
    enum status status = store_write_begin(p->store, &w, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_media(store_writer_reader(w), a, was->id, &m, err);
    if (status == STATUS_OK && str_eq(m.file, was->file)) {
        struct media *f = &found->media;
        f->title = f->alt = f->caption = f->credit = f->licence = STR("");
        library_fill(&m, f);
        status = store_media_put(w, &m, &m.id, err);
    }
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    return store_write_commit(w, err);
}

/* A picture's own fault is told; what stops all of it is returned. */
static enum status probe_one(const struct library_prober *p, struct arena *a, const struct media *m,
                             struct library_probed *so_far, struct err *err) {
    struct library_found found;
    struct err why = { 0 };
    enum status status = examine(p, a, m->file, &found, &why);
    if (status == STATUS_NOT_FOUND) {
        so_far->missing++;
        p->fault(p->ctx, m->id, why.message);
        return STATUS_OK;
    }
    if (status == STATUS_INVALID || status == STATUS_TOO_LARGE) {
        so_far->damaged++;
        p->fault(p->ctx, m->id, why.message);
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", why.message);
    }
    if (found.unprobed.status != STATUS_OK) {
        return err_set(err, found.unprobed.status, "%s", found.unprobed.message);
    }
    if (!found.media.probed) { /* of a kind that is not decoded */
        return STATUS_OK;
    }
    so_far->looked_into++;
    return write_found(p, a, m, &found, err);
}

enum status library_probe(const struct library_prober *p, struct library_probed *ret,
                          struct err *err) {
    struct library_probed so_far = { 0 };
    struct store_reader *r;
    struct arena a = { 0 };
    int64_t after = 0;
    enum status status = store_reader_open(p->store, &r, err);
    if (status != STATUS_OK) {
        return status;
    }
    while (status == STATUS_OK && goes_on(p)) {
        struct media m;
        struct err end = { 0 };
        status = next_row(r, after, &a, &m, &end);
        if (status != STATUS_OK) {
            status = status == STATUS_NOT_FOUND ? STATUS_OK
                                                : err_set(err, status, "%s", end.message);
            break;
        }
        after = m.id;
        if (file_type_class(m.mime) == FILE_PICTURE) {
            status = probe_one(p, &a, &m, &so_far, err);
        }
        if (p->progress != NULL) {
            p->progress(p->ctx, &so_far);
        }
        arena_reset(&a);
    }
    store_reader_close(r);
    arena_done(&a);
    *ret = so_far;
    return status;
}

/* ---- on a thread ---- */

struct library_probing {
    struct library_prober prober;
    library_report *report;
    void *ctx;
    pthread_t thread;
    atomic_bool stopping;
};

static bool not_stopping(void *ctx) {
    struct library_probing *p = ctx;
    return !atomic_load(&p->stopping);
}

/* `media probe` names them. */
static void no_fault(void *ctx, int64_t media_id, const char *why) {
    (void)ctx, (void)media_id, (void)why;
}

static void *probing_main(void *arg) {
    struct library_probing *p = arg;
    struct library_probed done = { 0 };
    struct err err = { 0 };
    enum status status = library_probe(&p->prober, &done, &err);
    char line[ERR_MESSAGE_MAX + 64];
    if (status != STATUS_OK && not_stopping(p)) {
        snprintf(line, sizeof line, "pictures cannot be looked into: %s", err.message);
        p->report(p->ctx, true, line);
    } else if (done.looked_into + done.damaged > 0) {
        snprintf(line, sizeof line,
                 "%lld pictures of earlier days were looked into; %lld are damaged ('broadsheet "
                 "media probe' names them)",
                 (long long)done.looked_into, (long long)done.damaged);
        p->report(p->ctx, false, line);
    }
    return NULL;
}

struct library_probing *library_probing_start(struct store *store, struct decoder *decoder,
                                              library_report *report, void *ctx) {
    struct library_probing *p = calloc(1, sizeof *p);
    check(p != NULL);
    p->report = report;
    p->ctx = ctx;
    p->prober = (struct library_prober){
        .store = store, .decoder = decoder, .fault = no_fault, .goes_on = not_stopping, .ctx = p
    };
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&p->thread, NULL, probing_main, p) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return p;
}

void library_probing_stop(struct library_probing *p) {
    if (p == NULL) {
        return;
    }
    atomic_store(&p->stopping, true);
    pthread_join(p->thread, NULL);
    free(p);
}
