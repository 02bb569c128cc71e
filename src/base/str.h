/* Borrowed bytes, passed by value. A str owns nothing and need not end in NUL. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/attr.h"

#include <stdbool.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A str of a string literal. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* The same as a constant initializer for static tables. */
#define STR_INIT(literal)                                                                          \
    { "" literal, sizeof(literal) - 1 }
/* For printf("%.*s", STR_FMT(s)); lengths above INT_MAX are the caller's error. */
#define STR_FMT(s) (int)(s).len, (s).ptr

static inline struct str str_make(const char *ptr, size_t len) {
    return (struct str){ ptr, len };
}

/* NULL gives the empty str. */
static inline struct str str_of(const char *cstr) {
    return cstr ? (struct str){ cstr, strlen(cstr) } : (struct str){ "", 0 };
}

static inline bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order, shorter first: <0, 0, >0. */
int str_cmp(struct str a, struct str b);
/* ASCII letters fold; every other byte must be equal. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

#define STR_NPOS ((size_t)-1)
/* Offset of the first match at or after `from`, or STR_NPOS. */
size_t str_find(struct str s, struct str needle, size_t from);
size_t str_find_nocase(struct str s, struct str needle, size_t from);
size_t str_find_char(struct str s, char c, size_t from);
size_t str_rfind_char(struct str s, char c);

/* How often a byte occurs. */
size_t str_count_char(struct str s, char c);
/* Where text that is single-spaced ends: s[from] is no white space, and up to there is none but
 * blanks, each alone and between other characters. */
size_t str_single_spaced(struct str s, size_t from);

/* s[from, to), both clamped to the length. */
struct str str_slice(struct str s, size_t from, size_t to);
static inline struct str str_from(struct str s, size_t from) {
    return str_slice(s, from, s.len);
}
/* Without leading and trailing ASCII white space (space, \t \n \v \f \r). */
struct str str_trim(struct str s);

/* Walk over the parts between separators: while (str_split(&rest, ',', &part)) {…}.
 * "a,,b" gives a, "", b; "" gives one empty part; a str whose ptr is NULL gives nothing.
 * `rest` is consumed: after the last part its ptr is NULL. */
bool str_split(struct str *rest, char separator, struct str *ret_part);

/* Decimal with an optional minus, the whole str, no blanks; false when not that or out of range. */
NODISCARD bool str_to_i64(struct str s, int64_t *ret_value);

static inline bool char_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline bool char_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool char_is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool char_is_alnum(char c) {
    return char_is_alpha(c) || char_is_digit(c);
}
/* The value of a hexadecimal digit, or -1. */
static inline int char_hex(char c) {
    return char_is_digit(c)         ? c - '0'
           : (c >= 'a' && c <= 'f') ? c - 'a' + 10
           : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                    : -1;
}
static inline char char_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

#endif
