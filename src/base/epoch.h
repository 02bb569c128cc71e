/* Reclaiming memory that readers may still look at, without locks on their way:
 * quiescent-state-based reclamation (McKenney, "Is Parallel Programming Hard", 9.5; the QSBR
 * flavour of userspace RCU).
 *
 * Readers are event loops: they hold pointers only between two polls. Each announces when it holds
 * none. A writer unlinks an object, retires it, and it is freed once every reader has announced
 * after the unlinking. Written with C11 atomics instead of liburcu, whose barriers ThreadSanitizer
 * cannot see: a hundred lines that the sanitizer proves beat a library that needs suppressions. */
#ifndef BASE_EPOCH_H
#define BASE_EPOCH_H

#include "base/attr.h"

#include <stdatomic.h>

#define EPOCH_READERS_MAX 64

struct epoch_retired {
    struct epoch_retired *next;
    uint64_t at;
    void (*free)(void *ptr);
    void *ptr;
};

struct epoch {
    _Atomic uint64_t now;
    struct {
        _Alignas(64) _Atomic uint64_t seen; /* UINT64_MAX: offline */
    } readers[EPOCH_READERS_MAX];
    struct epoch_retired *head, **tail; /* oldest first; under the writers' lock */
};

void epoch_init(struct epoch *e);
/* Frees all that is retired; no reader may be online. */
void epoch_done(struct epoch *e);

/* A reader's announcements; `reader` is its index, below EPOCH_READERS_MAX. */
/* From now on it may follow shared pointers. */
static inline void epoch_online(struct epoch *e, size_t reader) {
    atomic_store(&e->readers[reader].seen, atomic_load(&e->now));
}
/* It holds none, until online again. */
static inline void epoch_offline(struct epoch *e, size_t reader) {
    atomic_store_explicit(&e->readers[reader].seen, UINT64_MAX, memory_order_release);
}

/* Free `ptr` when no reader can hold it. It must be unlinked already. The writers' lock is held. */
void epoch_retire(struct epoch *e, void (*free_ptr)(void *ptr), void *ptr);
/* Free what can be freed. The writers' lock is held. */
void epoch_collect(struct epoch *e);

#endif
