/* Memory with one lifetime: a request, a render, an imported item.
 *
 * Allocation never fails to the caller: when the system has no memory left, or the arena's limit is
 * passed, the program stops (a limit is a defect in what was let in, not in what was asked).
 * Everything is freed at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *head;
    char *at;
    char *end;
    size_t used_bytes; /* of all chunks */
};

void arena_init(struct arena *a);
/* Frees everything; a may be zeroed or NULL. */
void arena_done(struct arena *a);
/* Empty, keeping the largest chunk. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size) MALLOC_LIKE;
/* `count` zeroed elements; the product must not overflow. */
void *arena_array(struct arena *a, size_t count, size_t size) MALLOC_LIKE;
#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* A copy, followed by a NUL that its length does not count. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

/* A vector that grows inside an arena: VEC(struct card) cards = {0}; *vec_push(a, &cards) = card;
 */
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *ptr;                                                                                 \
        size_t len;                                                                                \
        size_t cap;                                                                                \
    }
#define vec_push(a, v)                                                                             \
    ((v)->ptr = arena_grow((a), (v)->ptr, (v)->len, &(v)->cap, sizeof *(v)->ptr),                  \
     &(v)->ptr[(v)->len++])
void *arena_grow(struct arena *a, void *ptr, size_t len, size_t *cap, size_t size);

#endif
