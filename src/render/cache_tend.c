/* Looking after the table, once a second: what is hot?
 *
 * The loops only set a flag when they use a cell, which costs nothing while it is set. The tender
 * takes the flags down: a cell that was used since the last time gets warmer, another one cools
 * down. What a page was used for, its fragments were used for, too: a ready-made answer does not
 * look at them.
 *
 * What is hot is packed tight, one batch at a time, on a thread of the idle priority: it takes only
 * what processor time is left over, and nobody waits for it (it never holds the table's lock, nor
 * does who needs it). The tender hands it copies and puts the results in place, which changes the
 * generation, since answers point to the pieces. Content and ETags stay.
 *
 * What is hot is also made again at once when a commit has emptied it, so that the next reader does
 * not wait: so many at most a commit, the hottest first (cache_renew_hot). The others wait until
 * they are asked for. */
#include "render/cache_private.h"

#include "base/hash.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum {
    TEND_MS = 1000,
    HEAT_MAX = 16,
    HEAT_HOT = 3,
    BATCH_ITEMS = 32,
    RENEW_BACKLOG = 64, /* jobs that wait already: then readers first */
};

/* An item's pieces, to be packed; found again by its cell's key. */
struct repack {
    struct buf key;
    size_t n;
    struct piece *pieces; /* the plain one's length and hash; then whole */
    struct buf plain;     /* all, one behind the other */
};

struct tender {
    struct cache *cache;
    pthread_t tending, packing;
    bool has_threads;
    struct packer *packer;
    struct repack batch[BATCH_ITEMS];
    size_t n_batch;

    pthread_mutex_t lock; /* what follows; never together with the cache's */
    pthread_cond_t changed;
    _Atomic bool ending;
    bool is_packing; /* the batch is the packing thread's */
};

/* ---- heat ---- */

static void warm_fragments(struct cache *c, const struct item *item) {
    const struct item_part *parts = item_parts(item);
    for (size_t i = 0; i < item->n_parts; i++) {
        struct cell *slot = parts[i].slot;
        if (slot == NULL) {
            continue;
        }
        cell_use(slot);
        struct item *fragment = atomic_load_explicit(&slot->current, memory_order_relaxed);
        if (fragment != NULL && parts[i].except_id != 0 &&
            ids_has_sorted(fragment->vary, parts[i].except_id)) {
            char space[ANSWER_KEY_MAX];
            struct str key = answer_variant_key(space, slot->key, parts[i].except_id);
            struct cell *variant = cell_table_find(&c->table, hash_table(key), key);
            if (variant != NULL) {
                cell_use(variant);
            }
        }
    }
}

static void warm(struct cell *cell, bool used) {
    if (!used) {
        cell->heat = (unsigned char)(cell->heat * 3 / 4);
    } else if (cell->heat < HEAT_MAX) {
        cell->heat++;
    }
}

static void take_heat(struct cache *c) {
    for (enum shelf_kind kind = SHELF_FRESH; kind <= SHELF_PROVEN; kind++) {
        struct cell *cell;
        TAILQ_FOREACH(cell, &c->shelves[kind].cells, others) {
            if (!cell->is_page) {
                continue;
            }
            bool used = cell_was_used(cell, CELL_USED_SINCE_TENDER);
            struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
            if (used && item != NULL) {
                warm_fragments(c, item);
            }
            warm(cell, used);
        }
    }
    struct cell *cell;
    TAILQ_FOREACH(cell, &c->shelves[SHELF_PROVEN].cells, others) {
        if (!cell->is_page) {
            warm(cell, cell_was_used(cell, CELL_USED_SINCE_TENDER));
        }
    }
}

/* ---- packing ---- */

static void repack_done(struct repack *r) {
    for (size_t i = 0; i < r->n; i++) {
        if (r->pieces[i].deflated.ptr != NULL) {
            piece_done(&r->pieces[i]);
        }
    }
    free(r->pieces);
    buf_done(&r->plain);
    buf_done(&r->key);
    *r = (struct repack){ 0 };
}

static void copy(const struct item *item, struct repack *ret) {
    buf_init(&ret->key, SIZE_MAX);
    buf_init(&ret->plain, SIZE_MAX);
    buf_put(&ret->key, item->cell->key);
    ret->n = item->n_parts;
    ret->pieces = calloc(ret->n + 1, sizeof *ret->pieces);
    check(ret->pieces != NULL);
    for (size_t i = 0; i < ret->n; i++) {
        const struct piece *piece = &item_parts(item)[i].piece;
        ret->pieces[i] = (struct piece){ .plain = { NULL, piece->plain.len }, .hash = piece->hash };
        buf_put(&ret->plain, piece->plain);
    }
    check(ret->plain.status == STATUS_OK && ret->key.status == STATUS_OK);
}

/* Copy what is hot and not tight. The cache's lock held. */
static void collect(struct cache *c, struct tender *t) {
    for (enum shelf_kind kind = SHELF_FRESH; kind <= SHELF_PROVEN; kind++) {
        struct cell *cell;
        TAILQ_FOREACH(cell, &c->shelves[kind].cells, others) {
            struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
            if (t->n_batch == BATCH_ITEMS) {
                return;
            }
            if (item != NULL && !item->is_tight && cell->heat >= HEAT_HOT) {
                copy(item, &t->batch[t->n_batch++]);
            }
        }
    }
}

static void pack_batch(struct tender *t) {
    for (size_t k = 0; k < t->n_batch && !atomic_load(&t->ending); k++) {
        struct repack *r = &t->batch[k];
        size_t at = 0;
        for (size_t i = 0; i < r->n; i++) {
            struct str plain = str_slice(buf_str(&r->plain), at, at + r->pieces[i].plain.len);
            at += plain.len;
            if (plain.len > 0) { /* else it is a slot, or there is nothing in it */
                piece_make(t->packer, plain, &r->pieces[i]);
            }
        }
    }
}

static bool is_same(const struct item *item, const struct repack *r) {
    bool same = item->n_parts == r->n && !item->is_tight;
    for (size_t i = 0; same && i < r->n; i++) {
        same = item_parts(item)[i].piece.hash == r->pieces[i].hash;
    }
    return same;
}

static void parts_free(void *parts) {
    free(parts);
}

static void block_free(void *block) {
    free(block);
}

/* Generation odd. */
static void replace(struct cache *c, struct item *item, struct repack *r) {
    struct item_part *old = item_parts(item);
    struct item_part *parts = calloc(r->n + 1, sizeof *parts);
    check(parts != NULL);
    size_t before = 0, after = 0;
    for (size_t i = 0; i < r->n; i++) {
        parts[i] = old[i];
        if (r->pieces[i].deflated.ptr != NULL) {
            before += piece_bytes(&old[i].piece);
            after += piece_bytes(&r->pieces[i]);
            parts[i].piece = r->pieces[i];
            epoch_retire(&c->epoch, block_free, (void *)(uintptr_t)old[i].piece.plain.ptr);
            r->pieces[i] = (struct piece){ 0 };
        }
    }
    atomic_store_explicit(&item->parts, parts, memory_order_release);
    item->is_tight = true;
    item->bytes += after - before;
    cache_count_bytes(c, item->cell, after, before);
    epoch_retire(&c->epoch, parts_free, old);
}

/* What was packed takes the place of what it was made from, if that is still there. The cache's
 * lock held. */
static void put_batch(struct cache *c, struct tender *t) {
    if (t->n_batch == 0) {
        return;
    }
    atomic_fetch_add(&c->generation, 1);
    for (size_t k = 0; k < t->n_batch; k++) {
        struct repack *r = &t->batch[k];
        struct str key = buf_str(&r->key);
        struct cell *cell = cell_table_find(&c->table, hash_table(key), key);
        struct item *item = cell ? atomic_load_explicit(&cell->current, memory_order_relaxed)
                                 : NULL;
        if (item != NULL && is_same(item, r)) {
            replace(c, item, r);
            c->stats.repacks++;
        }
    }
    atomic_fetch_add(&c->generation, 1);
    epoch_collect(&c->epoch);
}

static void empty_batch(struct tender *t) {
    while (t->n_batch > 0) {
        repack_done(&t->batch[--t->n_batch]);
    }
}

void cache_tend(struct cache *c) {
    struct tender *t = c->tender;
    pthread_mutex_lock(&t->lock);
    bool busy = t->is_packing;
    pthread_mutex_unlock(&t->lock);
    pthread_mutex_lock(&c->lock);
    if (!busy) {
        put_batch(c, t);
    }
    take_heat(c);
    pthread_mutex_unlock(&c->lock);
    if (busy) {
        return;
    }
    empty_batch(t);
    pthread_mutex_lock(&c->lock);
    collect(c, t);
    pthread_mutex_unlock(&c->lock);
    if (!t->has_threads) {
        pack_batch(t);
    } else if (t->n_batch > 0) {
        pthread_mutex_lock(&t->lock);
        t->is_packing = true;
        pthread_cond_broadcast(&t->changed);
        pthread_mutex_unlock(&t->lock);
    }
}

/* ---- renewal ---- */

void cache_note_renewal(struct renewals *list, struct cell *cell) {
    if (cell->heat < HEAT_HOT) {
        return;
    }
    size_t at = list->n < COUNT_OF(list->cells) ? list->n++ : COUNT_OF(list->cells);
    /* The hottest first; the list is short. */
    while (at > 0 && list->cells[at - 1]->heat < cell->heat) {
        if (at < COUNT_OF(list->cells)) {
            list->cells[at] = list->cells[at - 1];
        }
        at--;
    }
    if (at < COUNT_OF(list->cells)) {
        list->cells[at] = cell;
    }
}

void cache_renew_hot(struct cache *c, const struct renewals *list) {
    for (size_t i = 0; i < list->n && pool_backlog(c->pool) < RENEW_BACKLOG; i++) {
        c->stats.renewals += !list->cells[i]->in_flight && cache_fill(c, list->cells[i]);
    }
}

/* ---- threads ---- */

static void *pack_main(void *arg) {
    struct tender *t = arg;
    /* If that is refused, packing competes with the others: slower, not wrong. */
    (void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &(struct sched_param){ 0 });
    pthread_mutex_lock(&t->lock);
    for (;;) {
        while (!t->is_packing && !t->ending) {
            pthread_cond_wait(&t->changed, &t->lock);
        }
        if (t->ending) {
            break;
        }
        pthread_mutex_unlock(&t->lock);
        pack_batch(t);
        pthread_mutex_lock(&t->lock);
        t->is_packing = false;
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static void *tend_main(void *arg) {
    struct tender *t = arg;
    pthread_mutex_lock(&t->lock);
    while (!t->ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += TEND_MS / 1000;
        while (!t->ending && pthread_cond_timedwait(&t->changed, &t->lock, &until) == 0) {
        }
        if (!t->ending) {
            pthread_mutex_unlock(&t->lock);
            cache_tend(t->cache);
            pthread_mutex_lock(&t->lock);
        }
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

void cache_tender_start(struct cache *c, bool with_threads) {
    struct tender *t = calloc(1, sizeof *t);
    check(t != NULL);
    c->tender = t;
    t->cache = c;
    t->packer = packer_new(PACK_TIGHT);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    t->has_threads = with_threads;
    if (with_threads) {
        /* Signals are the main loop's business. */
        sigset_t all, old;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &old);
        check(pthread_create(&t->tending, NULL, tend_main, t) == 0);
        check(pthread_create(&t->packing, NULL, pack_main, t) == 0);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
}

void cache_tender_stop(struct cache *c) {
    struct tender *t = c->tender;
    if (t == NULL) {
        return;
    }
    if (t->has_threads) {
        pthread_mutex_lock(&t->lock);
        t->ending = true;
        pthread_cond_broadcast(&t->changed);
        pthread_mutex_unlock(&t->lock);
        pthread_join(t->tending, NULL);
        pthread_join(t->packing, NULL);
    }
    empty_batch(t);
    packer_free(t->packer);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->changed);
    free(t);
    c->tender = NULL;
}
