#include "store/keys.h"

#include "base/hash.h"

#include <stdarg.h>
#include <stdio.h>

static const char *ignored;

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
    k->list.len = k->list.cap = 0;
}

void keys_add(struct keys *k, struct str key) {
    if (k == NULL || (ignored != NULL && str_starts(key, str_of(ignored))) ||
        map_has(&k->seen, key)) {
        return;
    }
    check(key.len <= KEY_BYTES_MAX);
    key = arena_str(&k->arena, key);
    map_put(&k->seen, key, k);
    *vec_push(&k->arena, &k->list) = key;
}

void keys_addf(struct keys *k, const char *fmt, ...) {
    char text[KEY_BYTES_MAX + 1];
    if (k == NULL) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    check(n > 0 && (size_t)n < sizeof text);
    keys_add(k, str_make(text, (size_t)n));
}

void keys_add_path(struct keys *k, struct str path) {
    if (path.len + 5 <= KEY_BYTES_MAX) {
        keys_addf(k, "path:%.*s", STR_FMT(path));
    } else {
        keys_addf(k, "path:#%016llx", (unsigned long long)hash_content(path));
    }
}

bool keys_has(const struct keys *k, struct str key) {
    return map_has(&k->seen, key);
}

void keys_ignore(const char *prefix) {
    ignored = prefix;
}
