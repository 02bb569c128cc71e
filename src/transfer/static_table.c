#include "transfer/static_run.h"

#include "base/hash.h"

#include <stdlib.h>

/* ---- sets ---- */

static size_t u32_slot(const struct u32_set *s, uint32_t n) {
    size_t at = (n * UINT32_C(2654435769)) & (s->cap - 1);
    while (s->slots[at] != 0 && s->slots[at] != n) {
        at = (at + 1) & (s->cap - 1);
    }
    return at;
}

void u32_set_done(struct u32_set *s) {
    free(s->slots);
    *s = (struct u32_set){ 0 };
}

static void u32_grow(struct u32_set *s) {
    struct u32_set grown = { .cap = s->cap ? 2 * s->cap : 64, .has_zero = s->has_zero };
    grown.slots = calloc(grown.cap, sizeof *grown.slots);
    check(grown.slots != NULL);
    for (size_t i = 0; i < s->cap; i++) {
        if (s->slots[i] != 0) {
            grown.slots[u32_slot(&grown, s->slots[i])] = s->slots[i];
        }
    }
    grown.len = s->len;
    free(s->slots);
    *s = grown;
}

void u32_set_add(struct u32_set *s, uint32_t n) {
    if (n == 0) {
        s->has_zero = true;
        return;
    }
    if (2 * s->len >= s->cap) {
        u32_grow(s);
    }
    size_t at = u32_slot(s, n);
    s->len += s->slots[at] == 0;
    s->slots[at] = n;
}

bool u32_set_has(const struct u32_set *s, uint32_t n) {
    return n == 0 ? s->has_zero : s->cap > 0 && s->slots[u32_slot(s, n)] == n;
}

bool u32_set_has_any(const struct u32_set *s, const uint32_t *numbers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (u32_set_has(s, numbers[i])) {
            return true;
        }
    }
    return false;
}

/* ---- the table ---- */

void static_table_done(struct static_table *t) {
    free(t->slots);
    *t = (struct static_table){ 0 };
}

uint64_t static_table_key(struct str key) {
    uint64_t hash = hash_content(key);
    return hash != 0 ? hash : 1;
}

static struct static_entry *slot_of(const struct static_table *t, uint64_t key) {
    size_t at = (size_t)(((key >> 32) * t->cap) >> 32);
    while (t->slots[at].key != 0 && t->slots[at].key != key) {
        at = at + 1 == t->cap ? 0 : at + 1;
    }
    return &t->slots[at];
}

struct static_entry *static_table_find(const struct static_table *t, uint64_t key) {
    struct static_entry *e = t->cap > 0 ? slot_of(t, key) : NULL;
    return e != NULL && e->key != 0 ? e : NULL;
}

static void table_grow(struct static_table *t) {
    struct static_table grown = { .cap = t->cap ? t->cap + t->cap / 2 : 1024, .len = t->len };
    grown.slots = calloc(grown.cap, sizeof *grown.slots);
    check(grown.slots != NULL);
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slots[i].key != 0) {
            *slot_of(&grown, t->slots[i].key) = t->slots[i];
        }
    }
    free(t->slots);
    *t = grown;
}

struct static_entry *static_table_put(struct static_table *t, uint64_t key) {
    check(key != 0);
    if (t->len >= t->cap / 4 * 3) {
        table_grow(t);
    }
    struct static_entry *e = slot_of(t, key);
    if (e->key == 0) {
        e->key = key;
        t->len++;
    }
    return e;
}
