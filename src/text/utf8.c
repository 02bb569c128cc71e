#include "text/utf8.h"

#include "base/block16.h"

/* Length of the valid sequence at `at` and its code point, or 0. */
static size_t decode(struct str s, size_t at, uint32_t *ret_c) {
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    if (p[0] < 0x80) {
        *ret_c = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n) {
        return 0;
    }
    uint32_t c = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *ret_c = c;
    return n;
}

static bool is_ascii_text(char c) {
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n';
}

size_t utf8_ascii_prefix(struct str s) {
    size_t at = 0;
    for (; s.len - at >= BLOCK16_BYTES; at += BLOCK16_BYTES) {
        block16 b = block16_at(s.ptr + at);
        if (block16_any(~(block16_in(b, 0x20, 0x7e) | block16_eq(b, '\t') | block16_eq(b, '\n')))) {
            break;
        }
    }
    while (at < s.len && is_ascii_text(s.ptr[at])) {
        at++;
    }
    return at;
}

bool utf8_valid(struct str s) {
    uint32_t c;
    for (size_t at = 0; (at += utf8_ascii_prefix(str_from(s, at))) < s.len;) {
        size_t n = decode(s, at, &c);
        if (n == 0) {
            return false;
        }
        at += n;
    }
    return true;
}

uint32_t utf8_next(struct str s, size_t *at) {
    check(*at < s.len);
    if ((unsigned char)s.ptr[*at] < 0x80) {
        return (unsigned char)s.ptr[(*at)++];
    }
    uint32_t c = UTF8_REPLACEMENT;
    size_t n = decode(s, *at, &c);
    *at += n ? n : 1;
    return c;
}

void utf8_put(struct buf *b, uint32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        c = UTF8_REPLACEMENT;
    }
    char out[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        out[0] = (char)c;
    } else {
        static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t i = n; i-- > 1; c >>= 6) {
            out[i] = (char)(0x80 | (c & 0x3f));
        }
        out[0] = (char)(lead[n] | c);
    }
    buf_put(b, str_make(out, n));
}

static bool dropped(uint32_t c) {
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

struct str utf8_clean(struct arena *a, struct str s) {
    size_t clean = 0;
    uint32_t c;
    for (size_t n; (clean += utf8_ascii_prefix(str_from(s, clean))) < s.len; clean += n) {
        n = decode(s, clean, &c);
        if (n == 0 || dropped(c)) {
            break;
        }
    }
    if (clean == s.len) {
        return s;
    }
    /* A bad byte becomes three. */
    char *out = arena_alloc(a, clean + (s.len - clean) * 3 + 1);
    memcpy(out, s.ptr, clean);
    size_t len = clean;
    for (size_t at = clean; at < s.len;) {
        size_t n = decode(s, at, &c);
        if (n == 0) {
            memcpy(out + len, "\xef\xbf\xbd", 3);
            len += 3;
            at++;
        } else {
            if (!dropped(c)) {
                memcpy(out + len, s.ptr + at, n);
                len += n;
            }
            at += n;
        }
    }
    return str_make(out, len);
}

struct str utf8_prefix(struct str s, size_t max_bytes) {
    if (s.len <= max_bytes) {
        return s;
    }
    size_t cut = max_bytes;
    while (cut > 0 && ((unsigned char)s.ptr[cut] & 0xc0) == 0x80) {
        cut--;
    }
    return str_slice(s, 0, cut);
}

bool utf8_is_space(uint32_t c) {
    return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}
