#include "render/cache_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { BUILD_TRIES = 4 }; /* before it waits for the writer */

void cache_online(struct cache *c, size_t loop) {
    epoch_online(&c->epoch, loop);
}

void cache_offline(struct cache *c, size_t loop) {
    struct scratch *s = &c->scratch[loop];
    while (s->len > 0) {
        free(s->sets[--s->len]);
    }
    epoch_offline(&c->epoch, loop);
}

/* Ask for a key that is missing. READY: it has come meanwhile. */
static enum cache_outcome request(struct cache *c, struct str key, bool is_page, cache_wake *wake,
                                  void *arg) {
    pthread_mutex_lock(&c->lock);
    struct cell *cell = cache_cell(c, key, is_page);
    enum cache_outcome outcome = CACHE_PENDING;
    if (atomic_load_explicit(&cell->current, memory_order_relaxed) != NULL) {
        outcome = CACHE_READY;
    } else if (!cache_fill(c, cell)) {
        outcome = CACHE_BUSY;
        if (cache_cell_is_idle(cell)) {
            cache_cell_remove(c, cell);
        }
    } else if (wake != NULL) {
        struct waiter *w = malloc(sizeof *w);
        check(w != NULL);
        *w = (struct waiter){ cell->waiters, wake, arg };
        cell->waiters = w;
    }
    pthread_mutex_unlock(&c->lock);
    return outcome;
}

/* Keep a fresh set with its page, or with the loop when the lock is taken. */
static void publish(struct cache *c, size_t loop, struct item *item, struct answer_set *set) {
    if (pthread_mutex_trylock(&c->lock) == 0) {
        struct answer_set *old = atomic_exchange(&item->answers, set);
        if (old != NULL) {
            epoch_retire(&c->epoch, free, old);
        }
        pthread_mutex_unlock(&c->lock);
        return;
    }
    struct scratch *s = &c->scratch[loop];
    if (s->len == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 16;
        s->sets = realloc(s->sets, s->cap * sizeof(struct answer_set *));
        check(s->sets != NULL);
    }
    s->sets[s->len++] = set;
}

enum cache_outcome cache_answer(struct cache *c, size_t loop, struct str page_key, bool gzip,
                                struct answer *ret, cache_wake *wake, void *arg) {
    for (int tries = 0; tries < BUILD_TRIES; tries++) {
        uint64_t generation = atomic_load(&c->generation);
        struct str missing = page_key;
        bool missing_page = true;
        char key_space[ANSWER_KEY_MAX];
        struct cell *cell = cell_table_find(&c->table, hash_table(page_key), page_key);
        struct item *item = cell ? atomic_load_explicit(&cell->current, memory_order_acquire)
                                 : NULL;
        if (item != NULL && item->alias != NULL) {
            cell_use(cell);
            cell = item->alias;
            missing = cell->key;
            item = atomic_load_explicit(&cell->current, memory_order_acquire);
        }
        if (item != NULL) {
            struct answer_set *set = atomic_load_explicit(&item->answers, memory_order_acquire);
            if (set == NULL || set->generation != generation) {
                missing_page = false;
                set = NULL;
                if (answer_build(&c->table, item, &set, key_space, &missing) == ANSWER_BUILT) {
                    set->generation = generation;
                    if (atomic_load(&c->generation) != generation) {
                        free(set);
                        continue;
                    }
                    publish(c, loop, item, set);
                }
            }
            if (set != NULL) {
                cell_use(cell);
                *ret = gzip ? set->gzip : set->plain;
                return CACHE_READY;
            }
            enum cache_outcome outcome = request(c, missing, missing_page, wake, arg);
            if (outcome != CACHE_READY) {
                return outcome;
            }
            continue;
        }
        enum cache_outcome outcome = request(c, missing, missing_page, wake, arg);
        if (outcome != CACHE_READY) {
            return outcome;
        }
    }
    return CACHE_BUSY;
}

bool cache_run(struct cache *c, cache_job *job, void *arg) {
    return pool_submit(c->pool, POOL_USUAL, job, arg);
}
