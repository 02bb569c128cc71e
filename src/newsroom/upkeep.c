#include "newsroom/upkeep.h"

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    LOOK_MS = 100,
    /* Work is done when nobody has written for so long, so that no commit has to share the disk
     * with it; or when so many commits wait for it that others soon would have to do it themselves.
     */
    QUIET_US = 60000,
    BACKLOG_COMMITS = 40,
    /* Between two pieces, and when somebody writes: whoever waits for the write lock gets it. */
    PAUSE_MS = 2,
    /* So often in a row somebody was writing: now it is our turn, or a commit would have to do it.
     */
    BUSY_MAX = 50,
    /* How long a commit may have to wait for a piece, about; pages follow from that. */
    PIECE_US = 1500,
    PIECE_PAGES_MIN = 8,
    PIECE_PAGES_MAX = 64,
};

struct upkeep {
    struct store *store;
    struct store_reader *reader;
    upkeep_report *report;
    void *ctx;
    bool failing;
    bool is_behind; /* until all is done */
    int busy;       /* times in a row */
    int64_t pages;
    pthread_t thread;
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t changed;
    bool stopping;
};

/* One piece. False: nothing more can be done now. */
static bool work(struct upkeep *u) {
    struct err err = { 0 };
    bool more = false;
    bool patient = u->busy >= BUSY_MAX;
    int64_t held_us = 0;
    enum status status = store_upkeep(u->reader, u->pages, patient, &held_us, &more, &err);
    u->pages = held_us > PIECE_US && u->pages > PIECE_PAGES_MIN               ? u->pages / 2
               : more && held_us < PIECE_US / 4 && u->pages < PIECE_PAGES_MAX ? u->pages * 2
                                                                              : u->pages;
    u->busy = status == STATUS_BUSY ? u->busy + 1 : 0;
    bool failed = status != STATUS_OK && status != STATUS_BUSY; /* busy: later */
    if (failed && !u->failing) {
        char line[ERR_MESSAGE_MAX + 64];
        snprintf(line, sizeof line, "the store cannot be kept up: %s", err.message);
        u->report(u->ctx, true, line);
    }
    u->failing = failed;
    /* Another process may be writing for long: then there is no hurry. */
    return (status == STATUS_OK && more) || (status == STATUS_BUSY && u->busy <= BUSY_MAX);
}

/* Sleep; false: the end has come. */
static bool rest(struct upkeep *u, int64_t ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t at_ns = until.tv_nsec + ms * INT64_C(1000000);
    until.tv_sec += at_ns / 1000000000;
    until.tv_nsec = at_ns % 1000000000;
    pthread_mutex_lock(&u->lock);
    if (!u->stopping) {
        pthread_cond_timedwait(&u->changed, &u->lock, &until);
    }
    bool goes_on = !u->stopping;
    pthread_mutex_unlock(&u->lock);
    return goes_on;
}

static void *upkeep_main(void *arg) {
    struct upkeep *u = arg;
    bool more = false;
    while (rest(u, more ? PAUSE_MS : LOOK_MS)) {
        struct store_backlog backlog = store_backlog(u->store);
        u->is_behind = u->is_behind || backlog.commits >= BACKLOG_COMMITS;
        bool is_time = u->is_behind || backlog.quiet_us >= QUIET_US;
        more = is_time && work(u);
        u->is_behind = u->is_behind && more;
    }
    return NULL;
}

enum status upkeep_start(struct store *store, upkeep_report *report, void *ctx, struct upkeep **ret,
                         struct err *err) {
    struct upkeep *u = calloc(1, sizeof *u);
    check(u != NULL);
    u->store = store;
    u->report = report;
    u->ctx = ctx;
    u->pages = PIECE_PAGES_MIN;
    enum status status = store_reader_open(store, &u->reader, err);
    if (status != STATUS_OK) {
        free(u);
        return status;
    }
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->changed, NULL);
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&u->thread, NULL, upkeep_main, u) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    *ret = u;
    return STATUS_OK;
}

void upkeep_stop(struct upkeep *u) {
    if (u == NULL) {
        return;
    }
    pthread_mutex_lock(&u->lock);
    u->stopping = true;
    pthread_cond_signal(&u->changed);
    pthread_mutex_unlock(&u->lock);
    pthread_join(u->thread, NULL);
    store_reader_close(u->reader);
    pthread_mutex_destroy(&u->lock);
    pthread_cond_destroy(&u->changed);
    free(u);
}
