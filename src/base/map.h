/* A hash map from byte strings to pointers: open addressing, linear probing, backward-shift
 * deletion (no tombstones), keys copied. Not for several threads at once. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_entry {
    uint64_t hash;
    char *owned; /* the key's bytes; NULL: free entry */
    struct str key;
    void *value;
};

struct map {
    struct map_entry *entries; /* cap of them, a power of two */
    size_t cap;
    size_t len;
};

void map_init(struct map *m);
/* Frees keys and table, not the values. m may be zeroed or NULL. */
void map_done(struct map *m);

/* The value, or NULL. */
void *map_get(const struct map *m, struct str key);
bool map_has(const struct map *m, struct str key);
/* Insert or replace; returns the old value or NULL. */
void *map_put(struct map *m, struct str key, void *value);
/* Remove; returns the value or NULL. */
void *map_remove(struct map *m, struct str key);

/* Walk in table order: for (size_t i = 0; (e = map_next(m, &i)) != NULL;). No changes meanwhile. */
struct map_entry *map_next(const struct map *m, size_t *at);

#endif
