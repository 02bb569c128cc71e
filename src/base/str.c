#include "base/str.h"

#include "base/block16.h"

int str_cmp(struct str a, struct str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_eq_nocase(struct str a, struct str b) {
    return a.len == b.len && str_starts_nocase(a, b);
}

bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_starts_nocase(struct str s, struct str prefix) {
    if (s.len < prefix.len) {
        return false;
    }
    for (size_t i = 0; i < prefix.len; i++) {
        if (char_lower(s.ptr[i]) != char_lower(prefix.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, struct str needle, size_t from) {
    if (from > s.len || needle.len > s.len - from) {
        return STR_NPOS;
    }
    if (needle.len == 0) {
        return from;
    }
    /* By its first byte, which is many times faster, unless that is a frequent one. */
    const char *at = s.ptr + from, *last = s.ptr + s.len - needle.len;
    for (int tries = 0; tries < 64; tries++) {
        at = memchr(at, needle.ptr[0], (size_t)(last - at) + 1);
        if (at == NULL) {
            return STR_NPOS;
        }
        if (memcmp(at, needle.ptr, needle.len) == 0) {
            return (size_t)(at - s.ptr);
        }
        if (at++ == last) {
            return STR_NPOS;
        }
    }
    at = memmem(at, (size_t)(last - at) + needle.len, needle.ptr, needle.len);
    return at ? (size_t)(at - s.ptr) : STR_NPOS;
}

size_t str_find_nocase(struct str s, struct str needle, size_t from) {
    for (size_t i = from; i <= s.len && needle.len <= s.len - i; i++) {
        if (str_starts_nocase(str_from(s, i), needle)) {
            return i;
        }
    }
    return STR_NPOS;
}

size_t str_find_char(struct str s, char c, size_t from) {
    if (from >= s.len) {
        return STR_NPOS;
    }
    const char *at = memchr(s.ptr + from, c, s.len - from);
    return at ? (size_t)(at - s.ptr) : STR_NPOS;
}

size_t str_rfind_char(struct str s, char c) {
    const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : STR_NPOS;
}

size_t str_count_char(struct str s, char c) {
    size_t n = 0, at = 0;
    for (; s.len - at >= BLOCK16_BYTES; at += BLOCK16_BYTES) {
        n += block16_count(block16_eq(block16_at(s.ptr + at), c));
    }
    for (; at < s.len; at++) {
        n += s.ptr[at] == c;
    }
    return n;
}

size_t str_single_spaced(struct str s, size_t from) {
    size_t at = from;
    for (; s.len - at > BLOCK16_BYTES; at += BLOCK16_BYTES) {
        block16 here = block16_at(s.ptr + at), next = block16_at(s.ptr + at + 1);
        if (block16_any(block16_in(here, '\t', '\r') |
                        (block16_eq(here, ' ') & block16_eq(next, ' ')))) {
            break;
        }
    }
    while (at < s.len && (!char_is_space(s.ptr[at]) ||
                          (s.ptr[at] == ' ' && at + 1 < s.len && !char_is_space(s.ptr[at + 1])))) {
        at++;
    }
    return at > from && s.ptr[at - 1] == ' ' ? at - 1 : at;
}

struct str str_slice(struct str s, size_t from, size_t to) {
    to = to > s.len ? s.len : to;
    from = from > to ? to : from;
    return (struct str){ from ? s.ptr + from : s.ptr, to - from }; /* ptr may be NULL */
}

struct str str_trim(struct str s) {
    while (s.len > 0 && char_is_space(s.ptr[0])) {
        s.ptr++, s.len--;
    }
    while (s.len > 0 && char_is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool str_split(struct str *rest, char separator, struct str *ret_part) {
    if (rest->ptr == NULL) {
        return false;
    }
    size_t at = str_find_char(*rest, separator, 0);
    if (at == STR_NPOS) {
        *ret_part = *rest;
        *rest = (struct str){ NULL, 0 };
    } else {
        *ret_part = str_slice(*rest, 0, at);
        *rest = str_from(*rest, at + 1);
    }
    return true;
}

bool str_to_i64(struct str s, int64_t *ret_value) {
    bool negative = s.len > 0 && s.ptr[0] == '-';
    if (s.len == (size_t)negative) {
        return false;
    }
    uint64_t value = 0;
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    for (size_t i = negative; i < s.len; i++) {
        unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';
        if (digit > 9 || value > (limit - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *ret_value = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}
