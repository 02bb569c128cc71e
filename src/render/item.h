/* Private to src/render: what a cell holds, and the keys that it depends on. */
#ifndef RENDER_ITEM_H
#define RENDER_ITEM_H

#include "base/map.h"
#include "render/page.h"
#include "render/piece.h"

#include <stdatomic.h>
#include <sys/queue.h>

struct cell;
struct answer_set;

/* One part of an item: bytes of its own, or a slot. */
struct item_part {
    struct piece piece;
    struct cell *slot; /* NULL: own bytes */
    int64_t except_id;
};

struct dep;

/* That an item depends on a key: a node in the key's list. */
struct dep_link {
    struct dep *dep;
    struct item *item;
    LIST_ENTRY(dep_link) others;
};

struct dep {
    LIST_HEAD(, dep_link) links;
    struct str key;
};

/* A rendered page or fragment; immutable once it is current, but for its ready-made answers and
 * for its parts, which are replaced as a whole when they have been packed tight. */
struct item {
    struct cell *cell;
    int status;
    struct str head;
    struct str file;
    int64_t view_id;
    int64_t dated_s;    /* 0: no Last-Modified */
    struct cell *alias; /* answer with this page's item */
    size_t n_parts;
    struct item_part *_Atomic parts;
    bool is_tight;   /* packed as tight as it gets */
    struct ids vary; /* sorted */
    struct str keys; /* all, separated by blanks; only when surrogate keys are wanted */
    size_t n_links;
    struct dep_link *links;
    size_t bytes;
    struct answer_set *_Atomic answers;
};

/* One heap block for the item and copies of its strings; the caller fills the parts. */
struct item *item_new(struct cell *cell, struct str head, struct str file, struct ids vary,
                      struct str keys, size_t n_parts);
/* For epoch_retire; linked to no key any more. */
void item_free(void *item);
static inline struct item_part *item_parts(const struct item *item) {
    return atomic_load_explicit(&item->parts, memory_order_acquire);
}

/* `deps`, from a key to its struct dep, is under the cache's lock. */
void item_link(struct map *deps, struct item *item, const struct keys *keys);
void item_unlink(struct map *deps, struct item *item);
/* What the links take. */
size_t item_links_bytes(const struct item *item);

#endif
