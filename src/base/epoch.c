#include "base/epoch.h"

#include <stdlib.h>

void epoch_init(struct epoch *e) {
    atomic_init(&e->now, 1);
    for (size_t i = 0; i < EPOCH_READERS_MAX; i++) {
        atomic_init(&e->readers[i].seen, UINT64_MAX);
    }
    e->head = NULL;
    e->tail = &e->head;
}

static void free_until(struct epoch *e, uint64_t safe) {
    while (e->head != NULL && e->head->at <= safe) {
        struct epoch_retired *r = e->head;
        e->head = r->next;
        if (e->head == NULL) {
            e->tail = &e->head;
        }
        r->free(r->ptr);
        free(r);
    }
}

void epoch_done(struct epoch *e) {
    free_until(e, UINT64_MAX);
}

void epoch_retire(struct epoch *e, void (*free_ptr)(void *ptr), void *ptr) {
    struct epoch_retired *r = malloc(sizeof *r);
    check(r != NULL);
    /* A reader that announces this number or a later one does so after the unlinking. */
    *r = (struct epoch_retired){ NULL, atomic_fetch_add(&e->now, 1) + 1, free_ptr, ptr };
    *e->tail = r;
    e->tail = &r->next;
}

void epoch_collect(struct epoch *e) {
    if (e->head == NULL) {
        return;
    }
    uint64_t safe = UINT64_MAX;
    for (size_t i = 0; i < EPOCH_READERS_MAX; i++) {
        uint64_t seen = atomic_load(&e->readers[i].seen);
        safe = seen < safe ? seen : safe;
    }
    free_until(e, safe);
}
