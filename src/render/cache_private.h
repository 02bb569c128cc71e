/* Private to src/render: the fragment table's inside. cache.c has the essay, cache_ask.c the loops'
 * side, cache_fill.c the renderers', cache_room.c what is kept and what has to go, cache_tend.c
 * what is done for what is hot. */
#ifndef RENDER_CACHE_PRIVATE_H
#define RENDER_CACHE_PRIVATE_H

#include "base/epoch.h"
#include "base/map.h"
#include "render/cache.h"
#include "render/cell.h"
#include "render/item.h"
#include "render/pool.h"
#include "render/touch_log.h"

#include <pthread.h>

enum { CACHE_KEPT_MAX = 16, CACHE_GONE_WAYS = 4 };

/* What a loop built and could not publish; freed when it goes offline. */
struct scratch {
    _Alignas(64) struct answer_set **sets;
    size_t len, cap;
};

TAILQ_HEAD(cell_list, cell);

/* Where a cell stands and against what it counts (cache_room.c). */
enum shelf_kind {
    SHELF_FRESH,
    SHELF_PROVEN,
    SHELF_MADE_UP,  /* what anybody can make up: searches */
    SHELF_NEGATIVE, /* unknown addresses and redirects */
    SHELVES,
};
struct shelf {
    struct cell_list cells; /* the first may go first */
    size_t n, bytes;
    size_t n_max, bytes_max; /* 0: shares the memory of all */
};

/* Cells that a commit emptied and that are to be filled again at once. */
struct renewals {
    size_t n;
    struct cell *cells[64];
};

struct tender;

struct cache {
    _Atomic uint64_t generation;
    struct cell_table table;
    struct epoch epoch;
    struct render_source source;
    struct pool *pool;
    struct tender *tender;
    void (*report)(void *ctx, const char *message);
    void *report_ctx;
    struct scratch scratch[EPOCH_READERS_MAX];

    pthread_mutex_t lock; /* all that follows, and every function below */
    size_t bytes_max;
    struct packer **packers; /* those that no renderer uses now */
    size_t n_packers;
    struct shelf shelves[SHELVES];
    uint32_t gone[4096][CACHE_GONE_WAYS]; /* marks of what was pushed off the fresh shelf last */
    struct cell *kept[CACHE_KEPT_MAX];
    size_t n_kept;
    struct map deps; /* key → struct dep */
    struct touch_log log;
    struct cache_stats stats;
    int64_t reported_us; /* when a failure was last told */
};

/* ---- cache_room.c ---- */

void cache_count_bytes(struct cache *c, const struct cell *cell, size_t more, size_t less);

/* The key's cell, made if there is none. */
struct cell *cache_cell(struct cache *c, struct str key, bool is_page);
/* Nobody waits for it, nothing refers to it. */
bool cache_cell_is_idle(const struct cell *cell);
/* The cell is empty and idle. */
void cache_cell_remove(struct cache *c, struct cell *cell);
void cache_cell_free(void *cell);
/* Empty a cell. Generation odd. */
void cache_drop(struct cache *c, struct item *item);
/* The cell is about to be filled: it goes to the end of the shelf where it belongs now. */
void cache_place(struct cache *c, struct cell *cell, bool is_negative);
/* If the memory that this shelf counts against is full, remove what may go. */
void cache_make_room(struct cache *c, struct shelf *shelf);
/* So much memory from now on. */
void cache_size(struct cache *c, size_t bytes_max);

/* ---- cache_fill.c ---- */

/* Have the cell filled, unless that is under way. False: the queue is full. */
bool cache_fill(struct cache *c, struct cell *cell);
/* The lock is not needed. */
void cache_wake_all(struct waiter *waiters, enum status outcome);

/* ---- cache_tend.c ---- */

/* Without the lock. */
void cache_tender_start(struct cache *c, bool with_threads);
void cache_tender_stop(struct cache *c);
/* The cell is about to be emptied: note it if it is among the hottest. */
void cache_note_renewal(struct renewals *list, struct cell *cell);
/* Have them filled, unless there is much to do. Generation even. */
void cache_renew_hot(struct cache *c, const struct renewals *list);

#endif
