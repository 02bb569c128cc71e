#include "render/item.h"

#include "render/cell.h"

#include <stdlib.h>

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

struct item *item_new(struct cell *cell, struct str head, struct str file, struct ids vary,
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
    struct item_part *parts = calloc(parts_room, sizeof *parts);
    check(parts != NULL);
    atomic_init(&item->parts, parts);
    item->bytes = size + parts_room * sizeof *parts;
    return item;
}

void item_free(void *ptr) {
    struct item *item = ptr;
    struct item_part *parts = item_parts(item);
    for (size_t i = 0; i < item->n_parts; i++) {
        piece_done(&parts[i].piece);
    }
    free(atomic_load(&item->answers));
    free(parts);
    free(item->links);
    free(item);
}

void item_link(struct map *deps, struct item *item, const struct keys *keys) {
    item->links = calloc(keys->list.len ? keys->list.len : 1, sizeof *item->links);
    check(item->links != NULL);
    item->n_links = 0;
    for (size_t i = 0; i < keys->list.len; i++) {
        struct str key = keys->list.ptr[i];
        struct dep *dep = map_get(deps, key);
        if (dep == NULL) {
            dep = malloc(sizeof *dep + key.len);
            check(dep != NULL);
            LIST_INIT(&dep->links);
            dep->key = str_make((char *)(dep + 1), key.len);
            memcpy(dep + 1, key.ptr, key.len);
            map_put(deps, key, dep);
        }
        struct dep_link *link = &item->links[item->n_links++];
        link->dep = dep;
        link->item = item;
        LIST_INSERT_HEAD(&dep->links, link, others);
    }
}

/* With each key as if no other item had it: most keys of a page are its own. */
size_t item_links_bytes(const struct item *item) {
    size_t bytes = 0;
    for (size_t i = 0; i < item->n_links; i++) {
        bytes += sizeof item->links[i] + sizeof(struct dep) + item->links[i].dep->key.len + 64;
    }
    return bytes;
}

void item_unlink(struct map *deps, struct item *item) {
    for (size_t i = 0; i < item->n_links; i++) {
        struct dep *dep = item->links[i].dep;
        LIST_REMOVE(&item->links[i], others);
        if (LIST_EMPTY(&dep->links)) {
            map_remove(deps, dep->key);
            free(dep);
        }
    }
    item->n_links = 0;
}
