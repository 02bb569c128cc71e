#include "render/pool.h"

#include "base/limits.h"

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

struct queue {
    struct pool_entry *ring; /* max of them */
    size_t max, head, len;
    size_t running, running_max;
};

struct pool {
    struct render_source source;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct queue queues[POOL_QUEUES];
    bool ending;
    size_t n_threads;
    struct pool_thread *threads;
};

static bool may_run(const struct queue *q) {
    return q->len > 0 && q->running < q->running_max;
}

/* NULL: nothing that may run now. Lock held. */
static struct queue *next_queue(struct pool *p) {
    struct queue *usual = &p->queues[POOL_USUAL], *made_up = &p->queues[POOL_MADE_UP];
    bool has_turn = made_up->running == 0 && usual->running_max > 1; /* with one thread: never */
    if (may_run(made_up) && (has_turn || !may_run(usual))) {
        return made_up;
    }
    return may_run(usual) ? usual : NULL;
}

static bool is_drained(const struct pool *p) {
    return p->ending && p->queues[POOL_USUAL].len == 0 && p->queues[POOL_MADE_UP].len == 0;
}

static void *thread_main(void *arg) {
    struct pool_thread *t = arg;
    struct pool *p = t->pool;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct queue *q;
        while ((q = next_queue(p)) == NULL && !is_drained(p)) {
            pthread_cond_wait(&p->filled, &p->lock);
        }
        if (q == NULL) {
            break;
        }
        struct pool_entry e = q->ring[q->head];
        q->head = (q->head + 1) % q->max;
        q->len--;
        q->running++;
        pthread_mutex_unlock(&p->lock);
        e.job(t->source_thread, e.arg);
        pthread_mutex_lock(&p->lock);
        q->running--;
    }
    pthread_cond_broadcast(&p->filled); /* the others may have waited for the last job's turn */
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void queue_init(struct queue *q, size_t max, size_t running_max) {
    *q = (struct queue){ .max = max, .running_max = running_max };
    q->ring = calloc(max, sizeof *q->ring);
    check(q->ring != NULL);
}

enum status pool_new(const struct render_source *source, size_t threads, struct pool **ret,
                     struct err *err) {
    struct pool *p = calloc(1, sizeof *p);
    check(p != NULL && threads > 0);
    p->source = *source;
    queue_init(&p->queues[POOL_USUAL], LIMIT_RENDER_QUEUE, threads);
    queue_init(&p->queues[POOL_MADE_UP], LIMIT_MADE_UP_QUEUE, threads > 1 ? threads / 2 : 1);
    p->threads = calloc(threads, sizeof *p->threads);
    check(p->threads != NULL);
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
    free(p->queues[POOL_USUAL].ring);
    free(p->queues[POOL_MADE_UP].ring);
    free(p);
}

bool pool_submit(struct pool *p, enum pool_queue queue, pool_job *job, void *arg) {
    struct queue *q = &p->queues[queue];
    pthread_mutex_lock(&p->lock);
    bool taken = q->len < q->max && !p->ending;
    if (taken) {
        q->ring[(q->head + q->len) % q->max] = (struct pool_entry){ job, arg };
        q->len++;
        pthread_cond_signal(&p->filled);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

size_t pool_backlog(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    size_t len = p->queues[POOL_USUAL].len;
    pthread_mutex_unlock(&p->lock);
    return len;
}
