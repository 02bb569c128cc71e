#include "render/cell.h"

#include <stdlib.h>

static struct cell tombstone;

enum { SLOTS_MIN = 1024 };

static struct cell_slots *slots_new(size_t size) {
    struct cell_slots *s = calloc(1, sizeof *s + size * sizeof s->at[0]);
    check(s != NULL);
    s->mask = size - 1;
    return s;
}

void cell_table_init(struct cell_table *t) {
    atomic_init(&t->slots, slots_new(SLOTS_MIN));
    t->len = t->used = 0;
}

void cell_table_done(struct cell_table *t) {
    free(atomic_load(&t->slots));
    atomic_store(&t->slots, NULL);
}

struct cell *cell_table_find(const struct cell_table *t, uint64_t hash, struct str key) {
    const struct cell_slots *s = atomic_load_explicit(&t->slots, memory_order_acquire);
    for (size_t i = hash & s->mask;; i = (i + 1) & s->mask) {
        struct cell *cell = atomic_load_explicit(&s->at[i], memory_order_acquire);
        if (cell == NULL) {
            return NULL;
        }
        if (cell != &tombstone && cell->hash == hash && str_eq(cell->key, key)) {
            return cell;
        }
    }
}

static void place(struct cell_slots *s, struct cell *cell) {
    size_t i = cell->hash & s->mask;
    while (atomic_load_explicit(&s->at[i], memory_order_relaxed) != NULL) {
        i = (i + 1) & s->mask;
    }
    atomic_store_explicit(&s->at[i], cell, memory_order_release);
}

void cell_table_add(struct cell_table *t, struct epoch *e, struct cell *cell) {
    struct cell_slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    if (t->used * 2 >= s->mask) {
        size_t size = SLOTS_MIN;
        while (size < t->len * 4) {
            size *= 2;
        }
        struct cell_slots *grown = slots_new(size);
        for (size_t i = 0; i <= s->mask; i++) {
            struct cell *old = atomic_load_explicit(&s->at[i], memory_order_relaxed);
            if (old != NULL && old != &tombstone) {
                place(grown, old);
            }
        }
        atomic_store_explicit(&t->slots, grown, memory_order_release);
        epoch_retire(e, free, s);
        s = grown;
        t->used = t->len;
    }
    place(s, cell);
    t->len++;
    t->used++;
}

void cell_table_remove(struct cell_table *t, struct cell *cell) {
    struct cell_slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    for (size_t i = cell->hash & s->mask;; i = (i + 1) & s->mask) {
        struct cell *at = atomic_load_explicit(&s->at[i], memory_order_relaxed);
        check(at != NULL);
        if (at == cell) {
            atomic_store_explicit(&s->at[i], &tombstone, memory_order_release);
            t->len--;
            return;
        }
    }
}
