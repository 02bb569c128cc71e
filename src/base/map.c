#include "base/map.h"

#include "base/hash.h"

#include <stdlib.h>

void map_init(struct map *m) {
    *m = (struct map){ 0 };
}

void map_done(struct map *m) {
    if (m == NULL) {
        return;
    }
    for (size_t i = 0; i < m->cap; i++) {
        free(m->entries[i].owned);
    }
    free(m->entries);
    *m = (struct map){ 0 };
}

/* The entry of the key, or the free one where it would go. */
static struct map_entry *find(const struct map *m, uint64_t hash, struct str key) {
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct map_entry *e = &m->entries[i];
        if (e->owned == NULL || (e->hash == hash && str_eq(e->key, key))) {
            return e;
        }
    }
}

static void grow(struct map *m) {
    struct map old = *m;
    m->cap = old.cap ? old.cap * 2 : 16;
    m->entries = calloc(m->cap, sizeof *m->entries);
    check(m->entries != NULL);
    for (size_t i = 0; i < old.cap; i++) {
        if (old.entries[i].owned != NULL) {
            *find(m, old.entries[i].hash, old.entries[i].key) = old.entries[i];
        }
    }
    free(old.entries);
}

void *map_get(const struct map *m, struct str key) {
    if (m->len == 0) {
        return NULL;
    }
    struct map_entry *e = find(m, hash_table(key), key);
    return e->owned ? e->value : NULL;
}

bool map_has(const struct map *m, struct str key) {
    return m->len > 0 && find(m, hash_table(key), key)->owned != NULL;
}

void *map_put(struct map *m, struct str key, void *value) {
    if (m->len * 4 >= m->cap * 3) {
        grow(m);
    }
    uint64_t hash = hash_table(key);
    struct map_entry *e = find(m, hash, key);
    void *old = e->value;
    if (e->owned == NULL) {
        char *copy = malloc(key.len + 1);
        check(copy != NULL);
        if (key.len > 0) {
            memcpy(copy, key.ptr, key.len);
        }
        copy[key.len] = '\0';
        *e = (struct map_entry){ hash, copy, { copy, key.len }, NULL };
        m->len++;
        old = NULL;
    }
    e->value = value;
    return old;
}

void *map_remove(struct map *m, struct str key) {
    if (m->len == 0) {
        return NULL;
    }
    struct map_entry *e = find(m, hash_table(key), key);
    if (e->owned == NULL) {
        return NULL;
    }
    void *value = e->value;
    free(e->owned);
    m->len--;
    size_t hole = (size_t)(e - m->entries);
    for (size_t i = hole;;) {
        i = (i + 1) & (m->cap - 1);
        struct map_entry *next = &m->entries[i];
        if (next->owned == NULL) {
            break;
        }
        /* Move it back when its home does not lie between the hole and itself. */
        size_t home = next->hash & (m->cap - 1);
        if (((i - home) & (m->cap - 1)) >= ((i - hole) & (m->cap - 1))) {
            m->entries[hole] = *next;
            hole = i;
        }
    }
    m->entries[hole] = (struct map_entry){ 0 };
    return value;
}

struct map_entry *map_next(const struct map *m, size_t *at) {
    while (*at < m->cap) {
        struct map_entry *e = &m->entries[(*at)++];
        if (e->owned != NULL) {
            return e;
        }
    }
    return NULL;
}
