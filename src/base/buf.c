#include "base/buf.h"

#include "base/format.h"

#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max_bytes) {
    *b = (struct buf){ .max = max_bytes };
}

void buf_done(struct buf *b) {
    if (b != NULL) {
        free(b->ptr);
        *b = (struct buf){ .max = b->max };
    }
}

void buf_reset(struct buf *b) {
    b->len = 0;
    b->status = STATUS_OK;
}

char *buf_reserve(struct buf *b, size_t n) {
    if (b->status != STATUS_OK) {
        return NULL;
    }
    if (n > b->max - b->len) {
        b->status = STATUS_TOO_LARGE;
        return NULL;
    }
    size_t need = b->len + n;
    if (need > b->cap || b->ptr == NULL) {
        size_t cap = b->cap ? b->cap : 128;
        while (cap < need) {
            cap *= 2;
        }
        char *grown = realloc(b->ptr, cap);
        if (grown == NULL) {
            b->status = STATUS_NO_MEMORY;
            return NULL;
        }
        b->ptr = grown;
        b->cap = cap;
    }
    return b->ptr + b->len;
}

void buf_put(struct buf *b, struct str s) {
    if (s.len == 0) {
        return;
    }
    char *at = buf_reserve(b, s.len);
    if (at != NULL) {
        memcpy(at, s.ptr, s.len);
        b->len += s.len;
    }
}

void buf_put_char(struct buf *b, char c) {
    if (LIKELY(b->status == STATUS_OK && b->len < b->cap && b->len < b->max)) {
        b->ptr[b->len++] = c;
        return;
    }
    buf_put(b, str_make(&c, 1));
}

void buf_put_u64(struct buf *b, uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_put(b, str_make(digits + at, sizeof digits - at));
}

void buf_put_i64(struct buf *b, int64_t value) {
    if (value < 0) {
        buf_put_char(b, '-');
    }
    buf_put_u64(b, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    /* Where it will stand if there is room, as there is nearly always. */
    size_t room = b->status == STATUS_OK ? b->cap - b->len : 0;
    int n = format_text(room > 0 ? b->ptr + b->len : NULL, room, fmt, args);
    va_end(args);
    check(n >= 0);
    if ((size_t)n < room && (size_t)n <= b->max - b->len) {
        b->len += (size_t)n;
        va_end(again);
        return;
    }
    /* One more byte for vsnprintf's NUL, which does not count. */
    size_t max = b->max;
    b->max = max < SIZE_MAX ? max + 1 : max;
    char *at = buf_reserve(b, (size_t)n + 1);
    b->max = max;
    if (at != NULL) {
        format_text(at, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_truncate(struct buf *b, size_t len) {
    check(len <= b->len);
    b->len = len;
}

char *buf_take(struct buf *b, size_t *ret_len) {
    if (b->status != STATUS_OK) {
        return NULL;
    }
    char *taken = realloc(b->ptr, b->len + 1);
    if (taken == NULL) {
        b->status = STATUS_NO_MEMORY;
        return NULL;
    }
    taken[b->len] = '\0';
    if (ret_len != NULL) {
        *ret_len = b->len;
    }
    *b = (struct buf){ .max = b->max };
    return taken;
}
