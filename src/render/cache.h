/* The fragment table: which page answers a key, and which fragment stands in each of its slots now.
 *
 * A `cell` is a key's place in the table; its current `item` is an immutable rendered page or
 * fragment, or nothing. Event loops read without a lock: they find the page, look at each slot's
 * current item and write. Renderers fill empty cells, one flight a key. cache_touch empties every
 * cell that depends on a touched key, before it returns: from then on no answer shows older data.
 *
 * The header's reader is src/app/server.c; cache.c's essay has the invariants. */
#ifndef RENDER_CACHE_H
#define RENDER_CACHE_H

#include "render/page.h"

#include "base/status.h"

#include <sys/uio.h>

struct cache;

struct cache_options {
    /* Told of a rendering that failed, at most once a second; any thread. NULL: nobody. */
    void (*report)(void *ctx, const char *message);
    void *report_ctx;
    /* Of what is kept; 0: LIMIT_FRAGMENT_MEMORY. Beside it, an eighth of it at most is for pages
     * that anybody can make up, and another for addresses without a page. */
    size_t memory_max_bytes;
    size_t renderers; /* threads; 0: one a core, at least 2 */
    bool is_tended;   /* the caller calls cache_tend: for tests */
};

NODISCARD enum status cache_new(const struct render_source *source,
                                const struct cache_options *options, struct cache **ret,
                                struct err *err);
/* Stops the renderers; no loop may be online. Waiters are woken with INTERRUPTED. */
void cache_free(struct cache *c);

/* A committed write touched these keys. Any thread. */
void cache_touch(struct cache *c, const struct keys *touched);

/* Change what every rendering reads besides the store: the theme. `change` is called while the
 * table is empty and takes no long: nothing that was rendered before it ever stands on a page with
 * something rendered after it. Any thread. */
void cache_renew(struct cache *c, void (*change)(void *ctx), void *ctx);

/* Keep a page ready from now on, for who cannot wait: it is never evicted, and rendered again as
 * soon as a touch has emptied it or one of its fragments. A few such pages; any thread. */
void cache_keep(struct cache *c, struct str page_key);

/* So much memory from now on, as in cache_options. Any thread. */
void cache_set_memory(struct cache *c, size_t bytes_max);

/* Look what is hot, and pack it tight; the table has a thread that does so once a second. */
void cache_tend(struct cache *c);

/* ---- on an event loop ---- */

/* The loop with this index (below EPOCH_READERS_MAX) may use answers from now on / holds none. */
void cache_online(struct cache *c, size_t loop);
void cache_offline(struct cache *c, size_t loop);

/* An answer ready to write; valid until the loop goes offline. */
struct answer {
    int status;
    struct str head;     /* header lines, ETag and Content-Encoding included */
    struct str etag;     /* with its quotes; "" if there is none */
    int64_t modified_us; /* its Last-Modified; 0: none */
    const struct iovec *parts;
    size_t n_parts;
    uint64_t body_len;
    struct str file; /* set: the body is this file below media/ */
    int64_t view_id; /* the story that is looked at; 0: none */
};

/* Called once, on any thread, when what was missing is there (OK: ask again) or cannot be had. */
typedef void cache_wake(void *arg, enum status outcome);

enum cache_outcome {
    CACHE_READY,   /* *ret is set */
    CACHE_PENDING, /* `wake` will be called */
    CACHE_BUSY,    /* too many are waiting: answer 503 */
};
/* What answers the page key now. wake NULL: only look, start rendering if it is missing. */
enum cache_outcome cache_answer(struct cache *c, size_t loop, struct str page_key, bool gzip,
                                struct answer *ret, cache_wake *wake, void *arg);

/* ---- the renderers as a pool ---- */

/* Run a job on a rendering thread with that thread's source context: for what must not be done on a
 * loop and is not kept (a form's answer, opening a file). False: the queue is full. */
typedef void cache_job(void *source_thread, void *arg);
bool cache_run(struct cache *c, cache_job *job, void *arg);

struct cache_stats {
    uint64_t renders, stale_renders, evictions;
    uint64_t repacks, renewals;            /* of what was hot */
    size_t cells, bytes;                   /* of all */
    size_t bytes_max;                      /* as it was set */
    size_t made_up_cells, made_up_bytes;   /* of pages that anybody can make up */
    size_t negative_cells, negative_bytes; /* of unknown addresses and redirects */
};
void cache_stats(struct cache *c, struct cache_stats *ret);

#endif
