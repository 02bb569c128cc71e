#include "base/arena.h"

#include "base/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_MIN_BYTES = 8 * 1024, CHUNK_MAX_BYTES = 1024 * 1024 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a) {
    *a = (struct arena){ 0 };
}

static void free_chunks(struct arena_chunk *chunk) {
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void arena_done(struct arena *a) {
    if (a != NULL) {
        free_chunks(a->head);
        *a = (struct arena){ 0 };
    }
}

void arena_reset(struct arena *a) {
    struct arena_chunk *kept = a->head;
    if (kept == NULL) {
        return;
    }
    for (struct arena_chunk *c = kept->next; c != NULL; c = c->next) {
        if (c->size > kept->size) {
            kept = c;
        }
    }
    struct arena_chunk **link = &a->head;
    while (*link != kept) {
        link = &(*link)->next;
    }
    *link = kept->next;
    free_chunks(a->head);
    kept->next = NULL;
    a->head = kept;
    a->at = kept->bytes;
    a->end = kept->bytes + kept->size;
    a->used_bytes = kept->size;
}

/* Not zeroed. */
static void *take(struct arena *a, size_t size) {
    size_t align = _Alignof(max_align_t);
    check(size <= SIZE_MAX / 4);
    size = (size + align - 1) & ~(align - 1);
    if (size > (size_t)(a->end - a->at)) {
        size_t grown = a->head ? a->head->size * 2 : CHUNK_MIN_BYTES;
        grown = grown > CHUNK_MAX_BYTES ? CHUNK_MAX_BYTES : grown;
        grown = grown < size ? size : grown;
        struct arena_chunk *chunk = malloc(sizeof *chunk + grown);
        check(chunk != NULL);
        chunk->size = grown;
        chunk->next = a->head;
        a->head = chunk;
        a->at = chunk->bytes;
        a->end = chunk->bytes + grown;
        a->used_bytes += grown;
    }
    void *ptr = a->at;
    a->at += size;
    return ptr;
}

void *arena_alloc(struct arena *a, size_t size) {
    void *ptr = take(a, size);
    return size ? memset(ptr, 0, size) : ptr;
}

void *arena_array(struct arena *a, size_t count, size_t size) {
    check(size == 0 || count <= SIZE_MAX / 4 / size);
    return arena_alloc(a, count * size);
}

struct str arena_str(struct arena *a, struct str s) {
    char *copy = take(a, s.len + 1);
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return (struct str){ copy, s.len };
}

struct str arena_printf(struct arena *a, const char *fmt, ...) {
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    /* Where it will stand if it has room there, as it has nearly always. */
    size_t room = (size_t)(a->end - a->at);
    char *text = a->at;
    int n = format_text(text, room, fmt, args);
    va_end(args);
    check(n >= 0);
    bool fits = (size_t)n < room;
    text = take(a, (size_t)n + 1);
    if (!fits) {
        format_text(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return (struct str){ text, (size_t)n };
}

void *arena_grow(struct arena *a, void *ptr, size_t len, size_t *cap, size_t size) {
    if (len < *cap) {
        return ptr;
    }
    *cap = *cap ? *cap * 2 : 8;
    void *grown = arena_array(a, *cap, size);
    if (len > 0) {
        memcpy(grown, ptr, len * size);
    }
    return grown;
}
