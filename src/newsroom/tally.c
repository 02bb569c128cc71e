/* A slot is one atomic word that holds both the id and its count, so that the drain takes both at
 * once by an exchange with 0, and the loop adds by compare-and-swap, which can only fail against
 * that exchange. No other memory is handed over by these words; relaxed order is enough.
 *
 * Open addressing. Only the loop itself fills empty slots; the drain empties them in the middle of
 * a chain, whereupon an id may come to stand in its table twice. That does no harm: the drain
 * reports it twice. */
#include "newsroom/tally.h"

#include "base/hash.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { PROBES_MAX = 64, COUNT_BITS = 24 };
#define COUNT_MAX ((UINT64_C(1) << COUNT_BITS) - 1)
#define ID_MAX    ((INT64_C(1) << (64 - COUNT_BITS)) - 1)

struct tally_loop {
    _Atomic uint32_t used; /* slots filled since the last drain */
    _Atomic uint64_t lost;
    _Atomic uint64_t slots[TALLY_SLOTS];
};

struct tally {
    size_t n_loops;
    struct tally_loop loops[];
};

struct tally *tally_new(size_t loops) {
    struct tally *t = calloc(1, sizeof *t + loops * sizeof t->loops[0]);
    check(t != NULL);
    t->n_loops = loops;
    return t;
}

void tally_free(struct tally *t) {
    free(t);
}

/* False: the slot is another id's, or its count is at its end. */
static bool add_to(struct tally_loop *l, _Atomic uint64_t *slot, uint64_t id) {
    uint64_t was = atomic_load_explicit(slot, memory_order_relaxed), now;
    do {
        if (was != 0 && (was >> COUNT_BITS != id || (was & COUNT_MAX) == COUNT_MAX)) {
            return false;
        }
        now = was != 0 ? was + 1 : (id << COUNT_BITS | 1);
    } while (!atomic_compare_exchange_weak_explicit(slot, &was, now, memory_order_relaxed,
                                                    memory_order_relaxed));
    if (was == 0) {
        atomic_fetch_add_explicit(&l->used, 1, memory_order_relaxed);
    }
    return true;
}

void tally_count(struct tally *t, size_t loop, int64_t id) {
    check(loop < t->n_loops);
    if (id < 1 || id > ID_MAX) {
        return;
    }
    struct tally_loop *l = &t->loops[loop];
    uint64_t at = hash_mix(0, (uint64_t)id);
    for (int i = 0; i < PROBES_MAX; i++) {
        if (add_to(l, &l->slots[(at + i) % TALLY_SLOTS], (uint64_t)id)) {
            return;
        }
    }
    atomic_fetch_add_explicit(&l->lost, 1, memory_order_relaxed);
}

bool tally_is_crowded(const struct tally *t) {
    for (size_t i = 0; i < t->n_loops; i++) {
        if (atomic_load_explicit(&t->loops[i].used, memory_order_relaxed) >= TALLY_SLOTS / 2) {
            return true;
        }
    }
    return false;
}

uint64_t tally_drain(struct tally *t, tally_take *take, void *ctx) {
    uint64_t lost = 0;
    for (size_t i = 0; i < t->n_loops; i++) {
        struct tally_loop *l = &t->loops[i];
        lost += atomic_exchange_explicit(&l->lost, 0, memory_order_relaxed);
        /* Before the slots: one that is filled meanwhile makes the next drain look again. */
        if (atomic_exchange_explicit(&l->used, 0, memory_order_relaxed) == 0) {
            continue;
        }
        for (size_t k = 0; k < TALLY_SLOTS; k++) {
            if (atomic_load_explicit(&l->slots[k], memory_order_relaxed) == 0) {
                continue;
            }
            uint64_t word = atomic_exchange_explicit(&l->slots[k], 0, memory_order_relaxed);
            take(ctx, (int64_t)(word >> COUNT_BITS), (int64_t)(word & COUNT_MAX));
        }
    }
    return lost;
}
