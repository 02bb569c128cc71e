#include "store/keys.h"

#include "base/format.h"
#include "base/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic(const char *) ignored;

void keys_init(struct keys *k) {
    *k = (struct keys){ 0 };
}

void keys_done(struct keys *k) {
    if (k != NULL) {
        map_done(&k->seen);
        arena_done(&k->arena);
        *k = (struct keys){ 0 };
    }
}

void keys_reset(struct keys *k) {
    map_done(&k->seen);
    arena_reset(&k->arena);
    k->list.ptr = NULL;
    k->list.len = 0;
    k->list.cap = 0;
}

void keys_add(struct keys *k, struct str key) {
    check(key.len > 0 && key.len <= KEY_BYTES_MAX);
    if (k == NULL || map_has(&k->seen, key)) {
        return;
    }
    struct str *kept = vec_push(&k->arena, &k->list);
    *kept = arena_str(&k->arena, key);
    map_put(&k->seen, *kept, NULL);
}

static struct str format(char out[KEY_BYTES_MAX + 1], const char *fmt, va_list args) PRINTF(2, 0);
static struct str format(char out[KEY_BYTES_MAX + 1], const char *fmt, va_list args) {
    int n = format_text(out, KEY_BYTES_MAX + 1, fmt, args);
    check(n > 0 && n <= KEY_BYTES_MAX);
    return str_make(out, (size_t)n);
}

void keys_addf(struct keys *k, const char *fmt, ...) {
    if (k == NULL) {
        return;
    }
    char text[KEY_BYTES_MAX + 1];
    va_list args;
    va_start(args, fmt);
    struct str key = format(text, fmt, args);
    va_end(args);
    keys_add(k, key);
}

static bool is_plain(struct str name, size_t max) {
    if (name.len == 0 || name.len > max || name.ptr[0] == '#') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c >= 0x7f) {
            return false;
        }
    }
    return true;
}

struct str keys_name(char out[KEY_BYTES_MAX + 1], struct str prefix, struct str name) {
    check(prefix.len < 32);
    int n = is_plain(name, KEY_BYTES_MAX - prefix.len)
                ? snprintf(out, KEY_BYTES_MAX + 1, "%.*s%.*s", STR_FMT(prefix), STR_FMT(name))
                : snprintf(out, KEY_BYTES_MAX + 1, "%.*s#%016" PRIx64, STR_FMT(prefix),
                           hash_content(name));
    return str_make(out, (size_t)n);
}

void keys_add_name(struct keys *k, struct str prefix, struct str name) {
    char text[KEY_BYTES_MAX + 1];
    keys_add(k, keys_name(text, prefix, name));
}

void keys_add_path(struct keys *k, struct str path) {
    keys_add_name(k, STR("path:"), path);
}

bool keys_has(const struct keys *k, struct str key) {
    return map_has(&k->seen, key);
}

void keys_note(struct keys *k, struct str key) {
    const char *prefix = atomic_load_explicit(&ignored, memory_order_relaxed);
    if (UNLIKELY(prefix != NULL) && str_starts(key, str_of(prefix))) {
        return;
    }
    keys_add(k, key);
}

void keys_notef(struct keys *k, const char *fmt, ...) {
    if (k == NULL) {
        return;
    }
    char text[KEY_BYTES_MAX + 1];
    va_list args;
    va_start(args, fmt);
    struct str key = format(text, fmt, args);
    va_end(args);
    keys_note(k, key);
}

void keys_note_name(struct keys *k, struct str prefix, struct str name) {
    char text[KEY_BYTES_MAX + 1];
    keys_note(k, keys_name(text, prefix, name));
}

bool keys_meet(const struct keys *touched, const struct keys *noted) {
    if (keys_has(touched, STR("site"))) {
        return true;
    }
    for (size_t i = 0; i < noted->list.len; i++) {
        if (keys_has(touched, noted->list.ptr[i])) {
            return true;
        }
    }
    return false;
}

void keys_ignore(const char *prefix) {
    atomic_store_explicit(&ignored, prefix, memory_order_relaxed);
}
