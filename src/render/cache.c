/* The fragment table.
 *
 * Exactness. `generation` is a sequence lock over the whole table. cache_touch makes it odd,
 * empties the cells of every item that depends on a touched key, and makes it even again, all under
 * the lock. Items enter empty cells under the same lock. So at any moment the items in the table
 * agree with the last touch that was begun, and an answer put together while the generation stood
 * still shows one state of the data. A ready-made answer carries its generation; a loop uses it
 * while the numbers agree, with no further look at its fragments.
 *
 * The race that surrogate-key caches lose: a renderer reads old data, the write commits and empties
 * what is there, and then the renderer stores its old result. Every touch is therefore kept in a
 * log with its generation; a result enters only if no key it depends on was touched since before
 * its snapshot was taken, and is rendered again otherwise.
 *
 * Memory. Loops hold items only while online (base/epoch.h); whatever is unlinked is retired. An
 * evicted item bumps the generation like a touched one, because answers point into it; eviction
 * goes in batches to keep that rare. What goes first: cache_room.c. What is hot is packed tighter,
 * and made again as soon as a commit has emptied it: cache_tend.c.
 *
 * Strangers' addresses. Of some pages anybody can make up any number: searches, and addresses where
 * there is nothing but a redirect or the one page of all unknown ones. Each of the two kinds has a
 * quota, a count and a size of its own beside the others' memory, its oldest going first; they
 * never push out a page, and the evictor does not look at them. An address is known to be of the
 * second kind once it was rendered, and stays so until something else is found there: what is
 * emptied does not go over to the others' memory. Nor can searches keep the renderers from other
 * pages (pool.h).
 *
 * Kept pages are for answers that nobody can wait for, those of refused requests. They stay, and
 * each touch has what it emptied of them rendered at once. */
#include "render/cache_private.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- writers ---- */

/* Have what is missing of the kept pages rendered; if the queue is full, when they are asked for.
 * Lock held, generation even. */
static void renew_kept(struct cache *c) {
    for (size_t i = 0; i < c->n_kept; i++) {
        struct item *item = atomic_load_explicit(&c->kept[i]->current, memory_order_relaxed);
        if (item == NULL) {
            (void)cache_fill(c, c->kept[i]);
            continue;
        }
        for (size_t k = 0; k < item->n_parts; k++) {
            struct cell *slot = item_parts(item)[k].slot;
            if (slot != NULL &&
                atomic_load_explicit(&slot->current, memory_order_relaxed) == NULL) {
                (void)cache_fill(c, slot);
            }
        }
    }
}

static void touch_item(struct cache *c, struct item *item, struct renewals *hot) {
    cache_note_renewal(hot, item->cell);
    cache_drop(c, item);
}

static void touch_all(struct cache *c, struct renewals *hot) {
    for (size_t i = 0; i < SHELVES; i++) {
        struct cell *cell;
        TAILQ_FOREACH(cell, &c->shelves[i].cells, others) {
            struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
            if (item != NULL) {
                touch_item(c, item, hot);
            }
        }
    }
}

/* Have rendered what somebody will ask for at once. Generation even. */
static void renew(struct cache *c, const struct renewals *hot) {
    renew_kept(c);
    cache_renew_hot(c, hot);
    epoch_collect(&c->epoch);
}

void cache_touch(struct cache *c, const struct keys *touched) {
    if (touched->list.len == 0) {
        return;
    }
    struct renewals hot = { 0 };
    pthread_mutex_lock(&c->lock);
    uint64_t generation = atomic_fetch_add(&c->generation, 1) + 1;
    if (keys_has(touched, STR("site")) || keys_has(touched, STR("theme")) ||
        touched->list.len > TOUCH_LOG_LEN / 2) {
        touch_log_add(&c->log, generation, 0);
        touch_all(c, &hot);
    } else {
        for (size_t i = 0; i < touched->list.len; i++) {
            struct str key = touched->list.ptr[i];
            touch_log_add(&c->log, generation, hash_table(key));
            struct dep *dep = map_get(&c->deps, key);
            /* The last drop frees the dep: count its links first. */
            size_t n = 0;
            struct dep_link *link;
            if (dep != NULL) {
                LIST_FOREACH(link, &dep->links, others) {
                    n++;
                }
            }
            for (; n > 0; n--) {
                touch_item(c, LIST_FIRST(&dep->links)->item, &hot);
            }
        }
    }
    atomic_fetch_add(&c->generation, 1);
    renew(c, &hot);
    pthread_mutex_unlock(&c->lock);
}

void cache_renew(struct cache *c, void (*change)(void *ctx), void *ctx) {
    struct renewals hot = { 0 };
    pthread_mutex_lock(&c->lock);
    uint64_t generation = atomic_fetch_add(&c->generation, 1) + 1;
    touch_all(c, &hot);
    change(ctx);
    /* Later than the generation of a rendering that began since it became odd: that one may have
     * read the old. */
    touch_log_add(&c->log, generation + 1, 0);
    atomic_fetch_add(&c->generation, 1);
    renew(c, &hot);
    pthread_mutex_unlock(&c->lock);
}

void cache_keep(struct cache *c, struct str page_key) {
    pthread_mutex_lock(&c->lock);
    check(c->n_kept < CACHE_KEPT_MAX);
    struct cell *cell = cache_cell(c, page_key, true);
    cell->slots++; /* as if a page had it: never idle */
    c->kept[c->n_kept++] = cell;
    renew_kept(c);
    pthread_mutex_unlock(&c->lock);
}

/* ---- the whole ---- */

enum status cache_new(const struct render_source *source, const struct cache_options *options,
                      struct cache **ret, struct err *err) {
    struct cache *c = calloc(1, sizeof *c);
    check(c != NULL);
    atomic_init(&c->generation, 2);
    cell_table_init(&c->table);
    epoch_init(&c->epoch);
    c->source = *source;
    c->report = options->report;
    c->report_ctx = options->report_ctx;
    c->reported_us = -US_PER_SECOND;
    pthread_mutex_init(&c->lock, NULL);
    for (size_t i = 0; i < SHELVES; i++) {
        TAILQ_INIT(&c->shelves[i].cells);
    }
    cache_size(c, options->memory_max_bytes ? options->memory_max_bytes : LIMIT_FRAGMENT_MEMORY);
    size_t renderers = options->renderers;
    if (renderers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        renderers = cores > 2 ? (size_t)cores : 2;
    }
    c->packers = calloc(renderers, sizeof(struct packer *));
    check(c->packers != NULL);
    while (c->n_packers < renderers) {
        c->packers[c->n_packers++] = packer_new(PACK_FAST);
    }
    enum status status = pool_new(source, renderers, &c->pool, err);
    if (status != STATUS_OK) {
        cache_free(c);
        return status;
    }
    cache_tender_start(c, !options->is_tended);
    *ret = c;
    return STATUS_OK;
}

static void free_cells(struct cache *c, struct shelf *shelf) {
    struct cell *cell;
    while ((cell = TAILQ_FIRST(&shelf->cells)) != NULL) {
        struct item *item = atomic_load(&cell->current);
        if (item != NULL) {
            cache_drop(c, item);
        }
        cache_wake_all(cell->waiters, STATUS_INTERRUPTED);
        cell->waiters = NULL;
        TAILQ_REMOVE(&shelf->cells, cell, others);
        epoch_retire(&c->epoch, cache_cell_free, cell);
    }
}

void cache_free(struct cache *c) {
    if (c == NULL) {
        return;
    }
    cache_tender_stop(c);
    pool_free(c->pool);
    for (size_t i = 0; i < SHELVES; i++) {
        free_cells(c, &c->shelves[i]);
    }
    for (size_t i = 0; i < EPOCH_READERS_MAX; i++) {
        cache_offline(c, i);
        free(c->scratch[i].sets);
    }
    while (c->n_packers > 0) {
        packer_free(c->packers[--c->n_packers]);
    }
    free(c->packers);
    epoch_done(&c->epoch);
    cell_table_done(&c->table);
    map_done(&c->deps);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void cache_set_memory(struct cache *c, size_t bytes_max) {
    pthread_mutex_lock(&c->lock);
    cache_size(c, bytes_max);
    epoch_collect(&c->epoch);
    pthread_mutex_unlock(&c->lock);
}

void cache_stats(struct cache *c, struct cache_stats *ret) {
    pthread_mutex_lock(&c->lock);
    *ret = c->stats;
    ret->bytes_max = c->bytes_max;
    ret->made_up_cells = c->shelves[SHELF_MADE_UP].n;
    ret->made_up_bytes = c->shelves[SHELF_MADE_UP].bytes;
    ret->negative_cells = c->shelves[SHELF_NEGATIVE].n;
    ret->negative_bytes = c->shelves[SHELF_NEGATIVE].bytes;
    pthread_mutex_unlock(&c->lock);
}
