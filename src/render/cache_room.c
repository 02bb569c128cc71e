#include "render/cache_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { EVICT_TO_PERCENT = 90 };

static size_t cell_bytes(const struct cell *cell) {
    return sizeof *cell + cell->key.len + 2 * sizeof(void *);
}

void cache_count_bytes(struct cache *c, const struct cell *cell, size_t more, size_t less) {
    c->stats.bytes += more - less;
    if (cell->quota != NULL) {
        cell->quota->bytes += more - less;
    }
}

void cache_set_quota(struct cell *cell, struct quota *quota) {
    if (cell->quota != NULL) {
        TAILQ_REMOVE(&cell->quota->cells, cell, of_quota);
        cell->quota->n--;
        cell->quota->bytes -= cell_bytes(cell);
    }
    cell->quota = quota;
    if (quota != NULL) {
        TAILQ_INSERT_TAIL(&quota->cells, cell, of_quota);
        quota->n++;
        quota->bytes += cell_bytes(cell);
    }
}

void cache_quota_init(struct quota *q, size_t n_max, size_t bytes_max, size_t memory_bytes) {
    *q = (struct quota){
        .n_max = n_max,
        .bytes_max = memory_bytes / 8 < bytes_max ? memory_bytes / 8 : bytes_max,
    };
    TAILQ_INIT(&q->cells);
}

void cache_cell_free(void *ptr) {
    free(ptr);
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
    TAILQ_INSERT_TAIL(&c->ring, cell, ring);
    c->stats.bytes += cell_bytes(cell);
    c->stats.cells++;
    if (is_page && c->source.is_made_up != NULL && c->source.is_made_up(cell->key)) {
        cache_set_quota(cell, &c->made_up);
    }
    return cell;
}

bool cache_cell_is_idle(const struct cell *cell) {
    return !cell->in_flight && cell->slots == 0 && cell->waiters == NULL;
}

void cache_cell_remove(struct cache *c, struct cell *cell) {
    if (c->hand == cell) {
        c->hand = TAILQ_NEXT(cell, ring);
    }
    cell_table_remove(&c->table, cell);
    TAILQ_REMOVE(&c->ring, cell, ring);
    cache_set_quota(cell, NULL);
    c->stats.bytes -= cell_bytes(cell);
    c->stats.cells--;
    epoch_retire(&c->epoch, cache_cell_free, cell);
}

void cache_drop(struct cache *c, struct item *item) {
    struct cell *cell = item->cell;
    atomic_store_explicit(&cell->current, NULL, memory_order_release);
    item_unlink(&c->deps, item);
    for (size_t i = 0; i < item->n_parts; i++) {
        if (item->parts[i].slot != NULL) {
            item->parts[i].slot->slots--;
        }
    }
    if (item->alias != NULL) {
        item->alias->slots--;
    }
    cache_count_bytes(c, cell, 0, item->bytes);
    epoch_retire(&c->epoch, item_free, item);
}

/* An idle cell and what is in it. Generation odd. */
static void evict_cell(struct cache *c, struct cell *cell) {
    struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
    if (item != NULL) {
        cache_drop(c, item);
    }
    cache_cell_remove(c, cell);
    c->stats.evictions++;
}

static bool is_over(const struct quota *q, size_t percent) {
    return q->n > q->n_max / 100 * percent || q->bytes > q->bytes_max / 100 * percent;
}

/* Remove the oldest of a quota's pages; the newest stays, somebody waits for it. */
static void evict_oldest(struct cache *c, struct quota *q) {
    atomic_fetch_add(&c->generation, 1);
    struct cell *cell = TAILQ_FIRST(&q->cells);
    while (cell != NULL && is_over(q, EVICT_TO_PERCENT)) {
        struct cell *next = TAILQ_NEXT(cell, of_quota);
        if (next != NULL && cache_cell_is_idle(cell)) {
            evict_cell(c, cell);
        }
        cell = next;
    }
    atomic_fetch_add(&c->generation, 1);
}

static size_t usual_bytes(const struct cache *c) {
    return c->stats.bytes - c->made_up.bytes - c->negative.bytes;
}

/* Remove idle cells until the memory is below its mark. */
static void evict(struct cache *c) {
    size_t target = c->bytes_max / 100 * EVICT_TO_PERCENT;
    atomic_fetch_add(&c->generation, 1);
    /* Twice round: the first takes away the second chances. */
    for (size_t left = 2 * c->stats.cells + 2; left > 0 && usual_bytes(c) > target; left--) {
        struct cell *cell = c->hand ? c->hand : TAILQ_FIRST(&c->ring);
        if (cell == NULL) {
            break;
        }
        c->hand = TAILQ_NEXT(cell, ring);
        if (cell->quota != NULL || !cache_cell_is_idle(cell) ||
            atomic_exchange_explicit(&cell->used, false, memory_order_relaxed)) {
            continue;
        }
        evict_cell(c, cell);
    }
    atomic_fetch_add(&c->generation, 1);
}

void cache_make_room(struct cache *c, struct cell *cell) {
    if (cell->quota != NULL) {
        if (is_over(cell->quota, 100)) {
            evict_oldest(c, cell->quota);
        }
    } else if (usual_bytes(c) > c->bytes_max) {
        evict(c);
    }
}
