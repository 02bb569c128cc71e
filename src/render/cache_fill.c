#include "render/cache_private.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

enum { RENDER_TRIES = 4 }; /* of data that change meanwhile, before others get their turn */

static void render_job(void *source_thread, void *arg);

static bool submit(struct cache *c, struct cell *cell) {
    enum pool_queue queue = cell->shelf == &c->shelves[SHELF_MADE_UP] ? POOL_MADE_UP : POOL_USUAL;
    return pool_submit(c->pool, queue, render_job, cell);
}

bool cache_fill(struct cache *c, struct cell *cell) {
    if (!cell->in_flight) {
        cell->in_flight = submit(c, cell);
    }
    return cell->in_flight;
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
    struct packer *packer;
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
        struct item_part *to = &item_parts(r->item)[i];
        to->except_id = from->except_id;
        if (!from->is_slot) {
            piece_make(r->packer, from->bytes, &to->piece);
            r->item->bytes += piece_bytes(&to->piece);
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
        struct piece *piece = &item_parts(r->item)[0].piece;
        piece_make(r->packer, buf_str(&f.out), piece);
        r->item->bytes += piece_bytes(piece);
    }
    buf_done(&f.out);
}

/* A page is dated by when this process first had it as it is, which is never before it came to be
 * so: nothing in the data says when a list lost a story. Two in one second get two dates. */
static void date_item(struct cell *cell, struct item *item) {
    int64_t now_s = clock_now_us() / US_PER_SECOND;
    uint64_t hash = hash_content(item->head);
    for (size_t i = 0; i < item->n_parts; i++) {
        hash = hash_mix(hash, item_parts(item)[i].piece.hash);
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
            struct cell *slot = cache_cell(c, part->bytes, false);
            slot->slots++;
            item_parts(item)[i].slot = slot;
            if (atomic_load_explicit(&slot->current, memory_order_relaxed) == NULL) {
                (void)cache_fill(c, slot);
            }
        }
    }
    if (r->page.alias.len > 0) {
        item->alias = cache_cell(c, r->page.alias, true);
        item->alias->slots++;
    }
    cache_place(c, cell, is_negative(item));
    item_link(&c->deps, item, &r->keys);
    item->bytes += item_links_bytes(item);
    cache_count_bytes(c, cell, item->bytes, 0);
    if (cell->waiters != NULL) {
        atomic_store_explicit(&cell->used, CELL_AWAITED, memory_order_relaxed);
    }
    atomic_store_explicit(&cell->current, item, memory_order_release);
    cache_make_room(c, cell->shelf);
}

void cache_wake_all(struct waiter *waiters, enum status outcome) {
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
    pthread_mutex_lock(&c->lock);
    check(c->n_packers > 0); /* one a renderer */
    struct packer *packer = c->packers[--c->n_packers];
    pthread_mutex_unlock(&c->lock);
    for (int tries = 1; !last && tries <= RENDER_TRIES; tries++) {
        uint64_t generation = atomic_load(&c->generation);
        struct rendered r = { .packer = packer };
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
        } else if (!touch_log_has(&c->log, generation, &r.keys)) {
            insert(c, cell, &r);
            outcome = STATUS_OK;
            r.item = NULL;
        } else {
            c->stats.stale_renders++;
            /* Who waits asks again, and counts how often; what nobody waits for goes to the end of
             * the queue, still in flight. */
            bool awaited = cell->waiters != NULL;
            outcome = awaited ? STATUS_OK : STATUS_BUSY;
            last = tries == RENDER_TRIES && (awaited || !submit(c, cell));
        }
        if (last) {
            waiters = cell->waiters;
            cell->waiters = NULL;
            cell->in_flight = false;
            if (outcome != STATUS_OK && cache_cell_is_idle(cell)) {
                cache_cell_remove(c, cell);
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
    pthread_mutex_lock(&c->lock);
    c->packers[c->n_packers++] = packer;
    pthread_mutex_unlock(&c->lock);
    cache_wake_all(waiters, outcome);
}
