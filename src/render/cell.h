/* Private to src/render: cells, and the table that finds one by its key. */
#ifndef RENDER_CELL_H
#define RENDER_CELL_H

#include "base/epoch.h"
#include "render/cache.h"
#include "render/item.h"

#include <sys/queue.h>

struct shelf;

struct waiter {
    struct waiter *next;
    cache_wake *wake;
    void *arg;
};

/* A key's place. Fields below the line are the lock's; `current` is written under it. */
struct cell {
    struct cache *cache;
    uint64_t hash;
    struct item *_Atomic current;
    _Atomic unsigned char used; /* since the evictor, and since the tender, last came by: bits */
    bool is_page;
    /* ---- */
    bool in_flight;
    unsigned char heat;  /* rises with every second in which it is asked for, and cools down */
    struct shelf *shelf; /* where it stands and counts */
    unsigned slots;      /* how many slots of current pages name this cell: it must stay */
    int64_t dated_s;     /* since when it has been as it is, for Last-Modified; and its content */
    uint64_t dated_hash; /* then */
    struct waiter *waiters;
    TAILQ_ENTRY(cell) others;
    struct str key; /* its bytes follow the struct */
};

enum {
    CELL_USED_SINCE_EVICTOR = 1,
    CELL_USED_SINCE_TENDER = 2,
    CELL_USED = 3,
    CELL_AWAITED = 4, /* by whoever asked for it first: that one's use does not count again */
};

/* It was asked for. The line stays shared among the loops' caches while nobody looks. */
static inline void cell_use(struct cell *cell) {
    unsigned char used = atomic_load_explicit(&cell->used, memory_order_relaxed);
    if (used != CELL_USED) {
        used = used & CELL_AWAITED ? 0 : CELL_USED;
        atomic_store_explicit(&cell->used, used, memory_order_relaxed);
    }
}

/* Whether it was used since this was last asked. */
static inline bool cell_was_used(struct cell *cell, unsigned char since) {
    unsigned char gone = (unsigned char)~since;
    return atomic_fetch_and_explicit(&cell->used, gone, memory_order_relaxed) & since;
}

/* The answers of a page in both encodings, as they were at one generation of the cache. */
struct answer_set {
    uint64_t generation;
    struct answer plain, gzip;
    unsigned char gzip_tail[GZIP_TAIL_BYTES];
};

/* ---- table ---- */

/* Open addressing over atomic pointers: readers probe without a lock, writers hold it. A removed
 * cell leaves a tombstone; the table is rebuilt, and the old one retired, when it fills. */
struct cell_slots {
    size_t mask;
    struct cell *_Atomic at[];
};
struct cell_table {
    struct cell_slots *_Atomic slots;
    size_t len;  /* cells */
    size_t used; /* cells and tombstones */
};

void cell_table_init(struct cell_table *t);
void cell_table_done(struct cell_table *t);
/* Without the lock on an online loop, or with it. NULL: none. */
struct cell *cell_table_find(const struct cell_table *t, uint64_t hash, struct str key);
/* With the lock. The cell is not in the table yet. */
void cell_table_add(struct cell_table *t, struct epoch *e, struct cell *cell);
/* With the lock. */
void cell_table_remove(struct cell_table *t, struct cell *cell);

/* ---- answers ---- */

enum answer_status {
    ANSWER_BUILT,
    ANSWER_MISSING, /* *ret_missing: the key of a fragment that is not there; in `key_space` */
};

#define ANSWER_KEY_MAX (KEY_BYTES_MAX + 40)

/* Put together the answers of a page from what stands in the table now; a heap block, freed by
 * free(). The caller is online and has checked that the item is a page without alias. */
enum answer_status answer_build(const struct cell_table *t, const struct item *page,
                                struct answer_set **ret, char key_space[ANSWER_KEY_MAX],
                                struct str *ret_missing);

/* About how much they will take, to be reckoned with the page. */
size_t answer_bytes(const struct item *page);

/* The key of the variant of a slot's fragment without one story. */
struct str answer_variant_key(char key_space[ANSWER_KEY_MAX], struct str key, int64_t except_id);
bool ids_has_sorted(struct ids ids, int64_t id);

#endif
