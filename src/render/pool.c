#include "render/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct pool_entry {
    pool_job *job;
    void *arg;
};

struct pool_thread {
    struct pool *pool;
    void *source_thread;
    pthread_t id;
};

struct pool {
    struct render_source source;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct pool_entry *ring; /* queue_max of them */
    size_t queue_max, head, len;
    bool ending;
    size_t n_threads;
    struct pool_thread *threads;
};

static void *thread_main(void *arg) {
    struct pool_thread *t = arg;
    struct pool *p = t->pool;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        while (p->len == 0 && !p->ending) {
            pthread_cond_wait(&p->filled, &p->lock);
        }
        if (p->len == 0) {
            pthread_mutex_unlock(&p->lock);
            return NULL;
        }
        struct pool_entry e = p->ring[p->head];
        p->head = (p->head + 1) % p->queue_max;
        p->len--;
        pthread_mutex_unlock(&p->lock);
        e.job(t->source_thread, e.arg);
    }
}

enum status pool_new(const struct render_source *source, size_t threads, size_t queue_max,
                     struct pool **ret, struct err *err) {
    struct pool *p = calloc(1, sizeof *p);
    check(p != NULL && threads > 0 && queue_max > 0);
    p->source = *source;
    p->queue_max = queue_max;
    p->ring = calloc(queue_max, sizeof *p->ring);
    p->threads = calloc(threads, sizeof *p->threads);
    check(p->ring != NULL && p->threads != NULL);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->filled, NULL);
    /* Signals are the main loop's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    enum status status = STATUS_OK;
    for (; status == STATUS_OK && p->n_threads < threads; p->n_threads++) {
        struct pool_thread *t = &p->threads[p->n_threads];
        t->pool = p;
        status = source->thread_open(source->ctx, &t->source_thread, err);
        if (status != STATUS_OK) {
            break;
        }
        check(pthread_create(&t->id, NULL, thread_main, t) == 0);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (status != STATUS_OK) {
        pool_free(p);
        return status;
    }
    *ret = p;
    return STATUS_OK;
}

void pool_free(struct pool *p) {
    if (p == NULL) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->filled);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->n_threads; i++) {
        pthread_join(p->threads[i].id, NULL);
        p->source.thread_close(p->threads[i].source_thread);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->filled);
    free(p->threads);
    free(p->ring);
    free(p);
}

bool pool_submit(struct pool *p, pool_job *job, void *arg) {
    pthread_mutex_lock(&p->lock);
    bool taken = p->len < p->queue_max && !p->ending;
    if (taken) {
        p->ring[(p->head + p->len) % p->queue_max] = (struct pool_entry){ job, arg };
        p->len++;
        pthread_cond_signal(&p->filled);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}
