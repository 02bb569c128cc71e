/* Private to src/render: the fragment table's inside. cache.c has the essay, cache_ask.c the loops'
 * side, cache_fill.c the renderers', cache_room.c what is kept and what has to go. */
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

enum { CACHE_KEPT_MAX = 16 };

/* What a loop built and could not publish; freed when it goes offline. */
struct scratch {
    _Alignas(64) struct answer_set **sets;
    size_t len, cap;
};

TAILQ_HEAD(cell_list, cell);

/* Of a kind of page that anybody can make up. */
struct quota {
    struct cell_list cells; /* the one filled last at the end */
    size_t n, bytes;
    size_t n_max, bytes_max;
};

struct cache {
    _Atomic uint64_t generation;
    struct cell_table table;
    struct epoch epoch;
    struct render_source source;
    struct pool *pool;
    size_t bytes_max;
    void (*report)(void *ctx, const char *message);
    void *report_ctx;
    struct scratch scratch[EPOCH_READERS_MAX];

    pthread_mutex_t lock;    /* all that follows, and every function below */
    struct packer **packers; /* those that no renderer uses now */
    size_t n_packers;
    struct cell_list ring;
    struct cell *hand;
    struct quota made_up, negative;
    struct cell *kept[CACHE_KEPT_MAX];
    size_t n_kept;
    struct map deps; /* key → struct dep */
    struct touch_log log;
    struct cache_stats stats;
    int64_t reported_us; /* when a failure was last told */
};

/* ---- cache_room.c ---- */

void cache_quota_init(struct quota *q, size_t n_max, size_t bytes_max, size_t memory_bytes);
/* An empty cell goes to the end of this quota's, or of none. */
void cache_set_quota(struct cell *cell, struct quota *quota);
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
/* This cell was filled: if the memory that it counts against is full now, remove others. */
void cache_make_room(struct cache *c, struct cell *cell);

/* ---- cache_fill.c ---- */

/* Have the cell filled, unless that is under way. False: the queue is full. */
bool cache_fill(struct cache *c, struct cell *cell);
/* The lock is not needed. */
void cache_wake_all(struct waiter *waiters, enum status outcome);

#endif
