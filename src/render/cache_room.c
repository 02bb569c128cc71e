/* What is kept and what has to go.
 *
 * Every cell stands on one of four shelves and counts against it. A page begins on the fresh one,
 * first in, first out. If somebody asked for it again by the time it would go, it moves to the
 * proven one, which is emptied only while the fresh one is small; there the evictor is CLOCK (one
 * more chance for what was used since it last came by). So a crawler that reads the whole archive
 * turns over the fresh shelf, a tenth of the memory, and what many read stays. What comes back soon
 * after it was pushed off the fresh shelf is proven at once: a table of hashes remembers which
 * pages went last. (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.)
 * Fragments are proven from the beginning; they are few, and pages use them.
 *
 * The other two shelves are for what anybody can make up, see cache.c. */
#include "render/cache_private.h"

#include "base/hash.h"
#include "base/limits.h"

#include <stdlib.h>

enum { EVICT_TO_PERCENT = 90, FRESH_PERCENT = 10 };

static size_t cell_bytes(const struct cell *cell) {
    return sizeof *cell + cell->key.len + 2 * sizeof(void *);
}

static size_t bytes_on_shelf(const struct cell *cell) {
    const struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
    return cell_bytes(cell) + (item ? item->bytes : 0);
}

void cache_count_bytes(struct cache *c, const struct cell *cell, size_t more, size_t less) {
    c->stats.bytes += more - less;
    cell->shelf->bytes += more - less;
}

static void take_off(struct cell *cell) {
    TAILQ_REMOVE(&cell->shelf->cells, cell, others);
    cell->shelf->n--;
    cell->shelf->bytes -= bytes_on_shelf(cell);
}

/* To the end of a shelf. */
static void put_on(struct cell *cell, struct shelf *shelf) {
    cell->shelf = shelf;
    TAILQ_INSERT_TAIL(&shelf->cells, cell, others);
    shelf->n++;
    shelf->bytes += bytes_on_shelf(cell);
}

static void move(struct cell *cell, struct shelf *shelf) {
    take_off(cell);
    put_on(cell, shelf);
}

/* ---- what went last ---- */

static uint32_t *gone_set(struct cache *c, const struct cell *cell) {
    return c->gone[cell->hash % COUNT_OF(c->gone)];
}

static uint32_t gone_mark(const struct cell *cell) {
    return (uint32_t)(cell->hash >> 32) | 1;
}

/* The oldest of the set is forgotten. */
static void note_gone(struct cache *c, const struct cell *cell) {
    uint32_t *set = gone_set(c, cell);
    memmove(set + 1, set, (CACHE_GONE_WAYS - 1) * sizeof *set);
    set[0] = gone_mark(cell);
}

static bool was_here(struct cache *c, const struct cell *cell) {
    const uint32_t *set = gone_set(c, cell);
    bool found = false;
    for (size_t i = 0; i < CACHE_GONE_WAYS; i++) {
        found = found || set[i] == gone_mark(cell);
    }
    return found;
}

/* ---- cells ---- */

static struct shelf *first_shelf(struct cache *c, const struct cell *cell) {
    if (!cell->is_page) {
        return &c->shelves[SHELF_PROVEN];
    }
    if (c->source.is_made_up != NULL && c->source.is_made_up(cell->key)) {
        return &c->shelves[SHELF_MADE_UP];
    }
    return &c->shelves[was_here(c, cell) ? SHELF_PROVEN : SHELF_FRESH];
}

struct cell *cache_cell(struct cache *c, struct str key, bool is_page) {
    uint64_t hash = hash_table(key);
    struct cell *cell = cell_table_find(&c->table, hash, key);
    if (cell != NULL) {
        return cell;
    }
    cell = calloc(1, sizeof *cell + key.len);
    check(cell != NULL);
    cell->cache = c;
    cell->hash = hash;
    cell->is_page = is_page;
    cell->key = str_make((char *)(cell + 1), key.len);
    memcpy(cell + 1, key.ptr, key.len);
    cell_table_add(&c->table, &c->epoch, cell);
    c->stats.bytes += cell_bytes(cell);
    c->stats.cells++;
    put_on(cell, first_shelf(c, cell));
    return cell;
}

bool cache_cell_is_idle(const struct cell *cell) {
    return !cell->in_flight && cell->slots == 0 && cell->waiters == NULL;
}

void cache_cell_free(void *ptr) {
    free(ptr);
}

void cache_cell_remove(struct cache *c, struct cell *cell) {
    cell_table_remove(&c->table, cell);
    take_off(cell);
    c->stats.bytes -= cell_bytes(cell);
    c->stats.cells--;
    epoch_retire(&c->epoch, cache_cell_free, cell);
}

void cache_place(struct cache *c, struct cell *cell, bool is_negative) {
    struct shelf *shelf = cell->shelf;
    if (shelf == &c->shelves[SHELF_NEGATIVE]) {
        shelf = &c->shelves[SHELF_FRESH];
    }
    if (is_negative && shelf != &c->shelves[SHELF_MADE_UP]) {
        shelf = &c->shelves[SHELF_NEGATIVE];
    }
    move(cell, shelf);
}

void cache_drop(struct cache *c, struct item *item) {
    struct cell *cell = item->cell;
    atomic_store_explicit(&cell->current, NULL, memory_order_release);
    item_unlink(&c->deps, item);
    const struct item_part *parts = item_parts(item);
    for (size_t i = 0; i < item->n_parts; i++) {
        if (parts[i].slot != NULL) {
            parts[i].slot->slots--;
        }
    }
    if (item->alias != NULL) {
        item->alias->slots--;
    }
    cache_count_bytes(c, cell, 0, item->bytes);
    epoch_retire(&c->epoch, item_free, item);
}

/* ---- eviction ---- */

/* An idle cell and what is in it. Generation odd. */
static void evict_cell(struct cache *c, struct cell *cell) {
    struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
    if (item != NULL) {
        cache_drop(c, item);
    }
    cache_cell_remove(c, cell);
    c->stats.evictions++;
}

static bool is_over(const struct shelf *shelf, size_t percent) {
    return shelf->n > shelf->n_max / 100 * percent ||
           shelf->bytes > shelf->bytes_max / 100 * percent;
}

/* Remove the oldest from a shelf that has a limit of its own; the newest stays, somebody waits for
 * it. */
static void evict_oldest(struct cache *c, struct shelf *shelf) {
    atomic_fetch_add(&c->generation, 1);
    struct cell *cell = TAILQ_FIRST(&shelf->cells);
    while (cell != NULL && is_over(shelf, EVICT_TO_PERCENT)) {
        struct cell *next = TAILQ_NEXT(cell, others);
        if (next != NULL && cache_cell_is_idle(cell)) {
            evict_cell(c, cell);
        }
        cell = next;
    }
    atomic_fetch_add(&c->generation, 1);
}

static void evict_first(struct cache *c, struct shelf *fresh, struct shelf *proven, bool is_fresh) {
    struct cell *cell = TAILQ_FIRST(is_fresh ? &fresh->cells : &proven->cells);
    if (!cache_cell_is_idle(cell)) {
        move(cell, cell->shelf);
    } else if (cell_was_used(cell, CELL_USED_SINCE_EVICTOR)) {
        move(cell, proven);
    } else {
        if (is_fresh) {
            note_gone(c, cell);
        }
        evict_cell(c, cell);
    }
}

/* Remove idle cells until the memory is below its mark. */
static void evict(struct cache *c) {
    struct shelf *fresh = &c->shelves[SHELF_FRESH], *proven = &c->shelves[SHELF_PROVEN];
    size_t target = c->bytes_max / 100 * EVICT_TO_PERCENT;
    size_t fresh_max = c->bytes_max / 100 * FRESH_PERCENT;
    atomic_fetch_add(&c->generation, 1);
    /* Thrice: a fresh one may become proven, and that one get a second chance. */
    for (size_t left = 3 * (fresh->n + proven->n);
         left > 0 && fresh->bytes + proven->bytes > target; left--) {
        bool is_fresh = fresh->n > 0 && (fresh->bytes > fresh_max || proven->n == 0);
        if (!is_fresh && proven->n == 0) {
            break;
        }
        evict_first(c, fresh, proven, is_fresh);
    }
    atomic_fetch_add(&c->generation, 1);
}

void cache_make_room(struct cache *c, struct shelf *shelf) {
    if (shelf->bytes_max > 0) {
        if (is_over(shelf, 100)) {
            evict_oldest(c, shelf);
        }
    } else if (c->shelves[SHELF_FRESH].bytes + c->shelves[SHELF_PROVEN].bytes > c->bytes_max) {
        evict(c);
    }
}

static void limit(struct cache *c, enum shelf_kind kind, size_t n_max, size_t bytes_max) {
    c->shelves[kind].n_max = n_max;
    c->shelves[kind].bytes_max = c->bytes_max / 8 < bytes_max ? c->bytes_max / 8 : bytes_max;
    cache_make_room(c, &c->shelves[kind]);
}

void cache_size(struct cache *c, size_t bytes_max) {
    c->bytes_max = bytes_max;
    limit(c, SHELF_MADE_UP, LIMIT_MADE_UP_PAGES, LIMIT_MADE_UP_BYTES);
    limit(c, SHELF_NEGATIVE, LIMIT_NEGATIVE_PATHS, LIMIT_NEGATIVE_BYTES);
    cache_make_room(c, &c->shelves[SHELF_FRESH]);
}
