#include "newsroom/clock.h"

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    /* A schedule may change at any time, in this process or another: look this often at the least.
     */
    LOOK_MAX_MS = 1000,
};

struct newsroom_clock {
    struct store *store;
    struct store_reader *reader;
    newsroom_clock_report *report;
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
};

/* When the next scheduled story is due; 0: none. Read without the write lock, which an import holds
 * for long. */
static enum status next_due(struct newsroom_clock *clock, int64_t *ret_us, struct err *err) {
    enum status status = store_read_begin(clock->reader, NULL, err);
    if (status == STATUS_OK) {
        status = store_next_due(clock->reader, ret_us, err);
        store_read_end(clock->reader);
    }
    return status;
}

/* Publish what is due. Returns when to look again. */
static int64_t publish_due(struct newsroom_clock *clock, int64_t now_us) {
    int64_t again_us = now_us + LOOK_MAX_MS * 1000;
    struct err err = { 0 };
    struct store_writer *w = NULL;
    int64_t next_us = 0;
    size_t published = 0;
    enum status status = next_due(clock, &next_us, &err);
    if (status == STATUS_OK && next_us != 0 && next_us <= now_us) {
        status = store_write_begin(clock->store, &w, &err);
        if (status == STATUS_OK) {
            status = store_publish_due(w, now_us, &published, &next_us, &err);
            if (status == STATUS_OK) {
                status = store_write_commit(w, &err);
            } else {
                store_write_rollback(w);
            }
        }
    }
    char line[ERR_MESSAGE_MAX + 64];
    if (status != STATUS_OK) {
        snprintf(line, sizeof line, "scheduled stories cannot be published: %s", err.message);
        clock->report(clock->ctx, true, line);
        return again_us;
    }
    if (published > 0) {
        snprintf(line, sizeof line, "published %zu scheduled %s", published,
                 published == 1 ? "story" : "stories");
        clock->report(clock->ctx, false, line);
    }
    return next_us != 0 && next_us < again_us ? next_us : again_us;
}

/* Move the news horizon when the oldest story after it is no news any more, or when it lies later
 * than it should: the machine's clock was wrong. Returns when to look again. */
static int64_t move_news(struct newsroom_clock *clock, int64_t now_us) {
    int64_t again_us = now_us + LOOK_MAX_MS * 1000, cutoff_us = now_us - NEWSROOM_NEWS_US;
    int64_t since_us = 0, oldest_us = 0;
    struct err err = { 0 };
    enum status status = store_read_begin(clock->reader, NULL, &err);
    if (status == STATUS_OK) {
        status = store_news_oldest(clock->reader, &since_us, &oldest_us, &err);
        store_read_end(clock->reader);
    }
    if (status == STATUS_OK &&
        (since_us > cutoff_us || (oldest_us != 0 && oldest_us <= cutoff_us))) {
        struct store_writer *w = NULL;
        status = store_write_begin(clock->store, &w, &err);
        if (status == STATUS_OK) {
            status = store_news_since_put(w, cutoff_us, &err);
            if (status == STATUS_OK) {
                status = store_write_commit(w, &err);
            } else {
                store_write_rollback(w);
            }
        }
        oldest_us = 0;
    }
    if (status != STATUS_OK) {
        char line[ERR_MESSAGE_MAX + 64];
        snprintf(line, sizeof line, "the news cannot be brought up to date: %s", err.message);
        clock->report(clock->ctx, true, line);
        return again_us;
    }
    int64_t due_us = oldest_us + NEWSROOM_NEWS_US;
    return oldest_us != 0 && due_us < again_us ? due_us : again_us;
}

static void *clock_main(void *arg) {
    struct newsroom_clock *clock = arg;
    int64_t look_us = 0;
    bool poll_failed = false;
    pthread_mutex_lock(&clock->lock);
    while (!clock->stopping) {
        pthread_mutex_unlock(&clock->lock);
        struct err err = { 0 };
        bool failed = store_poll(clock->store, &err) != STATUS_OK;
        if (failed && !poll_failed) {
            clock->report(clock->ctx, true, err.message);
        }
        poll_failed = failed;
        if (clock_now_us() >= look_us) {
            int64_t due_us = publish_due(clock, clock_now_us());
            int64_t news_us = move_news(clock, clock_now_us());
            look_us = due_us < news_us ? due_us : news_us;
        }
        int64_t wait_us = look_us - clock_now_us();
        wait_us = wait_us < 1000 ? 1000 : wait_us;
        wait_us = wait_us > NEWSROOM_CLOCK_POLL_MS * 1000 ? NEWSROOM_CLOCK_POLL_MS * 1000 : wait_us;
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        int64_t at_ns = until.tv_nsec + wait_us * 1000;
        until.tv_sec += at_ns / 1000000000;
        until.tv_nsec = at_ns % 1000000000;
        pthread_mutex_lock(&clock->lock);
        if (!clock->stopping) {
            pthread_cond_timedwait(&clock->changed, &clock->lock, &until);
        }
    }
    pthread_mutex_unlock(&clock->lock);
    return NULL;
}

enum status newsroom_clock_start(struct store *store, newsroom_clock_report *report, void *ctx,
                                 struct newsroom_clock **ret, struct err *err) {
    struct newsroom_clock *clock = calloc(1, sizeof *clock);
    check(clock != NULL);
    clock->store = store;
    clock->report = report;
    clock->ctx = ctx;
    enum status status = store_reader_open(store, &clock->reader, err);
    if (status != STATUS_OK) {
        free(clock);
        return status;
    }
    pthread_mutex_init(&clock->lock, NULL);
    pthread_cond_init(&clock->changed, NULL);
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&clock->thread, NULL, clock_main, clock) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    *ret = clock;
    return STATUS_OK;
}

void newsroom_clock_stop(struct newsroom_clock *clock) {
    if (clock == NULL) {
        return;
    }
    pthread_mutex_lock(&clock->lock);
    clock->stopping = true;
    pthread_cond_signal(&clock->changed);
    pthread_mutex_unlock(&clock->lock);
    pthread_join(clock->thread, NULL);
    store_reader_close(clock->reader);
    pthread_mutex_destroy(&clock->lock);
    pthread_cond_destroy(&clock->changed);
    free(clock);
}
