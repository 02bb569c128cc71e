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
 * goes in batches to keep that rare. The evictor is CLOCK over the cells: one second chance, pages
 * before the fragments that they use.
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
#include "render/cache.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "render/cell.h"
#include "render/pool.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    TOUCH_LOG_LEN = 8192,
    BUILD_TRIES = 4,  /* of a loop, before it waits for the writer */
    RENDER_TRIES = 4, /* of data that change meanwhile, before others get their turn */
    EVICT_TO_PERCENT = 90,
    KEPT_MAX = 16,
};

struct touch {
    uint64_t generation;
    uint64_t hash; /* of the key; 0: everything */
};

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

    pthread_mutex_t lock; /* all that follows */
    struct cell_list ring;
    struct cell *hand;
    struct quota made_up, negative;
    struct cell *kept[KEPT_MAX];
    size_t n_kept;
    struct map deps; /* key → struct dep */
    struct touch log[TOUCH_LOG_LEN];
    uint64_t log_len;       /* ever */
    uint64_t log_forgotten; /* highest generation that fell out of the log */
    struct cache_stats stats;
    int64_t reported_us; /* when a failure was last told */
};

static void render_job(void *source_thread, void *arg);

/* ---- items ---- */

static void item_free(void *ptr) {
    struct item *item = ptr;
    for (size_t i = 0; i < item->n_parts; i++) {
        piece_done(&item->parts[i].piece);
    }
    free(atomic_load(&item->answers));
    free(item->parts);
    free(item->links);
    free(item);
}

static void cell_free(void *ptr) {
    free(ptr);
}

static size_t cell_bytes(const struct cell *cell) {
    return sizeof *cell + cell->key.len + 2 * sizeof(void *);
}

static void count_bytes(struct cache *c, const struct cell *cell, size_t more, size_t less) {
    c->stats.bytes += more - less;
    if (cell->quota != NULL) {
        cell->quota->bytes += more - less;
    }
}

/* An empty cell goes to the end of this quota's, or of none. Lock held. */
static void set_quota(struct cell *cell, struct quota *quota) {
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

/* Links the item into the lists of its keys. Lock held. */
static void link_keys(struct cache *c, struct item *item, const struct keys *keys) {
    item->links = calloc(keys->list.len ? keys->list.len : 1, sizeof *item->links);
    check(item->links != NULL);
    item->n_links = 0;
    for (size_t i = 0; i < keys->list.len; i++) {
        struct str key = keys->list.ptr[i];
        struct dep *dep = map_get(&c->deps, key);
        if (dep == NULL) {
            dep = malloc(sizeof *dep + key.len);
            check(dep != NULL);
            LIST_INIT(&dep->links);
            dep->key = str_make((char *)(dep + 1), key.len);
            memcpy(dep + 1, key.ptr, key.len);
            map_put(&c->deps, key, dep);
        }
        struct dep_link *link = &item->links[item->n_links++];
        link->dep = dep;
        link->item = item;
        LIST_INSERT_HEAD(&dep->links, link, others);
    }
}

/* With each key as if no other item had it: most keys of a page are its own. */
static size_t links_bytes(const struct item *item) {
    size_t bytes = 0;
    for (size_t i = 0; i < item->n_links; i++) {
        bytes += sizeof item->links[i] + sizeof(struct dep) + item->links[i].dep->key.len + 64;
    }
    return bytes;
}

static void unlink_keys(struct cache *c, struct item *item) {
    for (size_t i = 0; i < item->n_links; i++) {
        struct dep *dep = item->links[i].dep;
        LIST_REMOVE(&item->links[i], others);
        if (LIST_EMPTY(&dep->links)) {
            map_remove(&c->deps, dep->key);
            free(dep);
        }
    }
    item->n_links = 0;
}

/* Empty a cell. Lock held, generation odd. */
static void drop_item(struct cache *c, struct item *item) {
    struct cell *cell = item->cell;
    atomic_store_explicit(&cell->current, NULL, memory_order_release);
    unlink_keys(c, item);
    for (size_t i = 0; i < item->n_parts; i++) {
        if (item->parts[i].slot != NULL) {
            item->parts[i].slot->slots--;
        }
    }
    if (item->alias != NULL) {
        item->alias->slots--;
    }
    count_bytes(c, cell, 0, item->bytes);
    epoch_retire(&c->epoch, item_free, item);
}

/* ---- cells ---- */

static struct cell *cell_get(struct cache *c, struct str key, bool is_page) {
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
        set_quota(cell, &c->made_up);
    }
    return cell;
}

static bool cell_idle(const struct cell *cell) {
    return !cell->in_flight && cell->slots == 0 && cell->waiters == NULL;
}

/* The cell is empty and idle. Lock held. */
static void cell_remove(struct cache *c, struct cell *cell) {
    if (c->hand == cell) {
        c->hand = TAILQ_NEXT(cell, ring);
    }
    cell_table_remove(&c->table, cell);
    TAILQ_REMOVE(&c->ring, cell, ring);
    set_quota(cell, NULL);
    c->stats.bytes -= cell_bytes(cell);
    c->stats.cells--;
    epoch_retire(&c->epoch, cell_free, cell);
}

static bool submit(struct cache *c, struct cell *cell) {
    enum pool_queue queue = cell->quota == &c->made_up ? POOL_MADE_UP : POOL_USUAL;
    return pool_submit(c->pool, queue, render_job, cell);
}

/* Have the cell filled, unless that is under way. Lock held. False: the queue is full. */
static bool start_render(struct cache *c, struct cell *cell) {
    if (!cell->in_flight) {
        cell->in_flight = submit(c, cell);
    }
    return cell->in_flight;
}

/* An idle cell and what is in it. Lock held, generation odd. */
static void evict_cell(struct cache *c, struct cell *cell) {
    struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
    if (item != NULL) {
        drop_item(c, item);
    }
    cell_remove(c, cell);
    c->stats.evictions++;
}

static bool is_over(const struct quota *q, size_t percent) {
    return q->n > q->n_max / 100 * percent || q->bytes > q->bytes_max / 100 * percent;
}

/* Remove the oldest of a quota's pages; the newest stays, somebody waits for it. Lock held. */
static void evict_oldest(struct cache *c, struct quota *q) {
    atomic_fetch_add(&c->generation, 1);
    struct cell *cell = TAILQ_FIRST(&q->cells);
    while (cell != NULL && is_over(q, EVICT_TO_PERCENT)) {
        struct cell *next = TAILQ_NEXT(cell, of_quota);
        if (next != NULL && cell_idle(cell)) {
            evict_cell(c, cell);
        }
        cell = next;
    }
    atomic_fetch_add(&c->generation, 1);
}

static size_t usual_bytes(const struct cache *c) {
    return c->stats.bytes - c->made_up.bytes - c->negative.bytes;
}

/* Remove idle cells until the memory is below its mark. Lock held. */
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
        if (cell->quota != NULL || !cell_idle(cell) ||
            atomic_exchange_explicit(&cell->used, false, memory_order_relaxed)) {
            continue;
        }
        evict_cell(c, cell);
    }
    atomic_fetch_add(&c->generation, 1);
}

/* ---- rendering ---- */

/* Whether a key of the result was touched after `generation`. Lock held. */
static bool is_stale(const struct cache *c, uint64_t generation, const struct keys *keys) {
    if (c->log_forgotten > generation) {
        return true;
    }
    for (uint64_t i = c->log_len; i > 0 && c->log_len - i < TOUCH_LOG_LEN; i--) {
        const struct touch *t = &c->log[(i - 1) % TOUCH_LOG_LEN];
        if (t->generation <= generation) {
            return false;
        }
        if (t->hash == 0) {
            return true;
        }
        for (size_t k = 0; k < keys->list.len; k++) {
            if (hash_table(keys->list.ptr[k]) == t->hash) {
                return true;
            }
        }
    }
    return false;
}

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* One heap block for the item and its strings; parts are filled by the caller. */
static struct item *item_new(struct cell *cell, struct str head, struct str file, struct ids vary,
                             struct str keys, size_t n_parts) {
    size_t size = sizeof(struct item) + vary.len * sizeof(int64_t) + head.len + file.len + keys.len;
    struct item *item = calloc(1, size);
    check(item != NULL);
    int64_t *ids = (int64_t *)(item + 1);
    if (vary.len > 0) {
        memcpy(ids, vary.ptr, vary.len * sizeof *ids);
        qsort(ids, vary.len, sizeof *ids, compare_ids);
    }
    item->vary = (struct ids){ ids, vary.len };
    char *at = (char *)(ids + vary.len);
    struct {
        struct str from, *to;
    } copies[] = { { head, &item->head }, { file, &item->file }, { keys, &item->keys } };
    for (size_t i = 0; i < COUNT_OF(copies); i++) {
        if (copies[i].from.len > 0) {
            memcpy(at, copies[i].from.ptr, copies[i].from.len);
        }
        *copies[i].to = str_make(copies[i].from.ptr ? at : NULL, copies[i].from.len);
        at += copies[i].from.len;
    }
    item->cell = cell;
    item->n_parts = n_parts;
    size_t parts_room = n_parts ? n_parts : 1;
    item->parts = calloc(parts_room, sizeof *item->parts);
    check(item->parts != NULL);
    item->bytes = size + parts_room * sizeof *item->parts;
    return item;
}

static struct str keys_text(bool wanted, struct arena *a, const struct keys *keys) {
    if (!wanted) {
        return (struct str){ NULL, 0 };
    }
    size_t len = 0;
    for (size_t i = 0; i < keys->list.len; i++) {
        len += 1 + keys->list.ptr[i].len;
    }
    char *text = arena_alloc(a, len + 1), *at = text;
    for (size_t i = 0; i < keys->list.len; i++) {
        *at++ = ' ';
        memcpy(at, keys->list.ptr[i].ptr, keys->list.ptr[i].len);
        at += keys->list.ptr[i].len;
    }
    return str_make(text, len);
}

/* Slots and alias are still keys here; insert makes them cells. */
struct rendered {
    struct arena arena;
    struct keys keys;
    struct item *item;
    struct page_build page;
    enum status status;
    struct err err;
};

static void render_page(struct cache *c, struct cell *cell, void *thread, struct rendered *r) {
    r->page = (struct page_build){ .arena = &r->arena, .keys = &r->keys, .status = 200 };
    r->status = c->source.page(thread, cell->key, &r->page, &r->err);
    if (r->status == STATUS_OK &&
        (r->page.parts.len > LIMIT_PAGE_SLOTS || r->page.head.len > LIMIT_PAGE_HEAD_BYTES)) {
        r->status = STATUS_TOO_LARGE;
    }
    if (r->status != STATUS_OK) {
        return;
    }
    r->item = item_new(cell, r->page.head, r->page.file, (struct ids){ 0 },
                       keys_text(r->page.surrogate_keys, &r->arena, &r->keys), r->page.parts.len);
    r->item->status = r->page.status;
    r->item->view_id = r->page.view_id;
    r->item->bytes += r->page.alias.len > 0 ? 0 : answer_bytes(r->item);
    for (size_t i = 0; i < r->page.parts.len; i++) {
        const struct page_part *from = &r->page.parts.ptr[i];
        struct item_part *to = &r->item->parts[i];
        to->except_id = from->except_id;
        if (!from->is_slot) {
            piece_make(from->bytes, &to->piece);
            r->item->bytes += to->piece.plain.len + to->piece.deflated.len;
        }
    }
}

static void render_fragment(struct cache *c, struct cell *cell, void *thread, struct rendered *r) {
    struct fragment_build f = { .arena = &r->arena, .keys = &r->keys };
    buf_init(&f.out, LIMIT_RENDER_BYTES);
    r->status = c->source.fragment(thread, cell->key, &f, &r->err);
    if (r->status == STATUS_OK) {
        r->status = f.out.status;
    }
    if (r->status == STATUS_OK) {
        r->item = item_new(cell, STR(""), STR(""), f.vary,
                           keys_text(f.surrogate_keys, &r->arena, &r->keys), 1);
        piece_make(buf_str(&f.out), &r->item->parts[0].piece);
        r->item->bytes += r->item->parts[0].piece.plain.len + r->item->parts[0].piece.deflated.len;
    }
    buf_done(&f.out);
}

/* A page is dated by when this process first had it as it is, which is never before it came to be
 * so: nothing in the data says when a list lost a story. Two in one second get two dates. */
static void date_item(struct cell *cell, struct item *item) {
    int64_t now_s = clock_now_us() / US_PER_SECOND;
    uint64_t hash = hash_content(item->head);
    for (size_t i = 0; i < item->n_parts; i++) {
        hash = hash_mix(hash, item->parts[i].piece.hash);
    }
    if (cell->dated_s == 0 || cell->dated_hash != hash) {
        cell->dated_s = now_s > cell->dated_s ? now_s : cell->dated_s + 1;
        cell->dated_hash = hash;
    }
    item->dated_s = cell->dated_s;
}

/* Whether there is no page at all: of such addresses there is no end. */
static bool is_negative(const struct item *item) {
    return item->alias != NULL || (item->status >= 300 && item->status < 400);
}

/* Make the result current and have its missing fragments rendered. Lock held. */
static void insert(struct cache *c, struct cell *cell, struct rendered *r) {
    struct item *item = r->item;
    if (r->page.is_dated) {
        date_item(cell, item);
    }
    for (size_t i = 0; i < r->page.parts.len; i++) {
        const struct page_part *part = &r->page.parts.ptr[i];
        if (part->is_slot) {
            struct cell *slot = cell_get(c, part->bytes, false);
            slot->slots++;
            item->parts[i].slot = slot;
            if (atomic_load_explicit(&slot->current, memory_order_relaxed) == NULL) {
                (void)start_render(c, slot);
            }
        }
    }
    if (r->page.alias.len > 0) {
        item->alias = cell_get(c, r->page.alias, true);
        item->alias->slots++;
    }
    set_quota(cell, cell->quota == &c->made_up ? &c->made_up
                    : is_negative(item)        ? &c->negative
                                               : NULL);
    link_keys(c, item, &r->keys);
    item->bytes += links_bytes(item);
    count_bytes(c, cell, item->bytes, 0);
    atomic_store_explicit(&cell->used, true, memory_order_relaxed);
    atomic_store_explicit(&cell->current, item, memory_order_release);
    if (cell->quota != NULL) {
        if (is_over(cell->quota, 100)) {
            evict_oldest(c, cell->quota);
        }
    } else if (usual_bytes(c) > c->bytes_max) {
        evict(c);
    }
}

static void wake_all(struct waiter *waiters, enum status outcome) {
    while (waiters != NULL) {
        struct waiter *next = waiters->next;
        waiters->wake(waiters->arg, outcome);
        free(waiters);
        waiters = next;
    }
}

/* What failed and why, for the log: at most once a second. Lock held. */
static void describe_failure(struct cache *c, const struct cell *cell, const struct rendered *r,
                             char *message, size_t size) {
    int64_t now_us = clock_mono_us();
    if (c->report == NULL || now_us < c->reported_us + US_PER_SECOND) {
        return;
    }
    c->reported_us = now_us;
    int shown = cell->key.len < KEY_BYTES_MAX ? (int)cell->key.len : KEY_BYTES_MAX;
    snprintf(message, size, "%.*s could not be rendered: %s", shown, cell->key.ptr,
             r->err.message[0] ? r->err.message : status_text(r->status));
}

static void render_job(void *source_thread, void *arg) {
    struct cell *cell = arg;
    struct cache *c = cell->cache;
    struct waiter *waiters = NULL;
    enum status outcome = STATUS_BUSY;
    bool last = false;
    for (int tries = 1; !last && tries <= RENDER_TRIES; tries++) {
        uint64_t generation = atomic_load(&c->generation);
        struct rendered r = { 0 };
        keys_init(&r.keys);
        if (cell->is_page) {
            render_page(c, cell, source_thread, &r);
        } else {
            render_fragment(c, cell, source_thread, &r);
        }
        pthread_mutex_lock(&c->lock);
        c->stats.renders++;
        char message[ERR_MESSAGE_MAX + KEY_BYTES_MAX] = "";
        last = true;
        if (r.status != STATUS_OK) {
            outcome = r.status;
            describe_failure(c, cell, &r, message, sizeof message);
        } else if (!is_stale(c, generation, &r.keys)) {
            insert(c, cell, &r);
            outcome = STATUS_OK;
            r.item = NULL;
        } else {
            c->stats.stale_renders++;
            /* Then to the end of the queue, still in flight; BUSY for those who wait if that is
             * full. */
            last = tries == RENDER_TRIES && !submit(c, cell);
        }
        if (last) {
            waiters = cell->waiters;
            cell->waiters = NULL;
            cell->in_flight = false;
            if (outcome != STATUS_OK && cell_idle(cell)) {
                cell_remove(c, cell);
            }
        }
        epoch_collect(&c->epoch);
        pthread_mutex_unlock(&c->lock);
        if (message[0] != '\0') {
            c->report(c->report_ctx, message);
        }
        if (r.item != NULL) {
            item_free(r.item);
        }
        keys_done(&r.keys);
        arena_done(&r.arena);
    }
    wake_all(waiters, outcome);
}

/* ---- writers ---- */

static void log_touch(struct cache *c, uint64_t generation, uint64_t hash) {
    struct touch *t = &c->log[c->log_len++ % TOUCH_LOG_LEN];
    if (c->log_len > TOUCH_LOG_LEN) {
        c->log_forgotten = t->generation;
    }
    *t = (struct touch){ generation, hash };
}

/* Have what is missing of the kept pages rendered; if the queue is full, when they are asked for.
 * Lock held, generation even. */
static void renew_kept(struct cache *c) {
    for (size_t i = 0; i < c->n_kept; i++) {
        struct item *item = atomic_load_explicit(&c->kept[i]->current, memory_order_relaxed);
        if (item == NULL) {
            (void)start_render(c, c->kept[i]);
            continue;
        }
        for (size_t k = 0; k < item->n_parts; k++) {
            struct cell *slot = item->parts[k].slot;
            if (slot != NULL &&
                atomic_load_explicit(&slot->current, memory_order_relaxed) == NULL) {
                (void)start_render(c, slot);
            }
        }
    }
}

static void touch_all(struct cache *c) {
    struct cell *cell;
    TAILQ_FOREACH(cell, &c->ring, ring) {
        struct item *item = atomic_load_explicit(&cell->current, memory_order_relaxed);
        if (item != NULL) {
            drop_item(c, item);
        }
    }
}

void cache_touch(struct cache *c, const struct keys *touched) {
    if (touched->list.len == 0) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    uint64_t generation = atomic_fetch_add(&c->generation, 1) + 1;
    if (keys_has(touched, STR("site")) || keys_has(touched, STR("theme")) ||
        touched->list.len > TOUCH_LOG_LEN / 2) {
        log_touch(c, generation, 0);
        touch_all(c);
    } else {
        for (size_t i = 0; i < touched->list.len; i++) {
            struct str key = touched->list.ptr[i];
            log_touch(c, generation, hash_table(key));
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
                drop_item(c, LIST_FIRST(&dep->links)->item);
            }
        }
    }
    atomic_fetch_add(&c->generation, 1);
    renew_kept(c);
    epoch_collect(&c->epoch);
    pthread_mutex_unlock(&c->lock);
}

void cache_renew(struct cache *c, void (*change)(void *ctx), void *ctx) {
    pthread_mutex_lock(&c->lock);
    uint64_t generation = atomic_fetch_add(&c->generation, 1) + 1;
    touch_all(c);
    change(ctx);
    /* Later than the generation of a rendering that began since it became odd: that one may have
     * read the old. */
    log_touch(c, generation + 1, 0);
    atomic_fetch_add(&c->generation, 1);
    renew_kept(c);
    epoch_collect(&c->epoch);
    pthread_mutex_unlock(&c->lock);
}

void cache_keep(struct cache *c, struct str page_key) {
    pthread_mutex_lock(&c->lock);
    check(c->n_kept < KEPT_MAX);
    struct cell *cell = cell_get(c, page_key, true);
    cell->slots++; /* as if a page had it: never idle */
    c->kept[c->n_kept++] = cell;
    renew_kept(c);
    pthread_mutex_unlock(&c->lock);
}

/* ---- loops ---- */

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
    struct cell *cell = cell_get(c, key, is_page);
    enum cache_outcome outcome = CACHE_PENDING;
    if (atomic_load_explicit(&cell->current, memory_order_relaxed) != NULL) {
        outcome = CACHE_READY;
    } else if (!start_render(c, cell)) {
        outcome = CACHE_BUSY;
        if (cell_idle(cell)) {
            cell_remove(c, cell);
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
            if (!atomic_load_explicit(&cell->used, memory_order_relaxed)) {
                atomic_store_explicit(&cell->used, true, memory_order_relaxed);
            }
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
                if (!atomic_load_explicit(&cell->used, memory_order_relaxed)) {
                    atomic_store_explicit(&cell->used, true, memory_order_relaxed);
                }
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

/* ---- the whole ---- */

static void quota_init(struct quota *q, size_t n_max, size_t bytes_max, size_t memory_bytes) {
    *q = (struct quota){
        .n_max = n_max,
        .bytes_max = memory_bytes / 8 < bytes_max ? memory_bytes / 8 : bytes_max,
    };
    TAILQ_INIT(&q->cells);
}

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
    c->bytes_max = options->memory_max_bytes ? options->memory_max_bytes : LIMIT_FRAGMENT_MEMORY;
    pthread_mutex_init(&c->lock, NULL);
    TAILQ_INIT(&c->ring);
    quota_init(&c->made_up, LIMIT_MADE_UP_PAGES, LIMIT_MADE_UP_BYTES, c->bytes_max);
    quota_init(&c->negative, LIMIT_NEGATIVE_PATHS, LIMIT_NEGATIVE_BYTES, c->bytes_max);
    size_t renderers = options->renderers;
    if (renderers == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        renderers = cores > 2 ? (size_t)cores : 2;
    }
    enum status status = pool_new(source, renderers, &c->pool, err);
    if (status != STATUS_OK) {
        cache_free(c);
        return status;
    }
    *ret = c;
    return STATUS_OK;
}

void cache_free(struct cache *c) {
    if (c == NULL) {
        return;
    }
    pool_free(c->pool);
    struct cell *cell;
    while ((cell = TAILQ_FIRST(&c->ring)) != NULL) {
        struct item *item = atomic_load(&cell->current);
        if (item != NULL) {
            drop_item(c, item);
        }
        wake_all(cell->waiters, STATUS_INTERRUPTED);
        cell->waiters = NULL;
        TAILQ_REMOVE(&c->ring, cell, ring);
        epoch_retire(&c->epoch, cell_free, cell);
    }
    for (size_t i = 0; i < EPOCH_READERS_MAX; i++) {
        cache_offline(c, i);
        free(c->scratch[i].sets);
    }
    epoch_done(&c->epoch);
    cell_table_done(&c->table);
    map_done(&c->deps);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void cache_stats(struct cache *c, struct cache_stats *ret) {
    pthread_mutex_lock(&c->lock);
    *ret = c->stats;
    ret->made_up_cells = c->made_up.n;
    ret->made_up_bytes = c->made_up.bytes;
    ret->negative_cells = c->negative.n;
    ret->negative_bytes = c->negative.bytes;
    pthread_mutex_unlock(&c->lock);
}
