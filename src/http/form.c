#include "http/form.h"

static struct str decode(struct arena *a, struct str s, bool plus_is_space) {
    bool plain = str_find_char(s, '%', 0) == STR_NPOS &&
                 (!plus_is_space || str_find_char(s, '+', 0) == STR_NPOS);
    if (plain) {
        return s;
    }
    char *out = arena_alloc(a, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        int high = c == '%' && s.len - i > 2 ? char_hex(s.ptr[i + 1]) : -1;
        int low = high >= 0 ? char_hex(s.ptr[i + 2]) : -1;
        if (low >= 0) {
            out[len++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[len++] = c == '+' && plus_is_space ? ' ' : c;
        }
    }
    return str_make(out, len);
}

struct str http_percent_decode(struct arena *a, struct str s) {
    return decode(a, s, false);
}

bool http_pairs_next(struct http_pairs *pairs, struct arena *a, struct str *ret_name,
                     struct str *ret_value) {
    struct str part;
    while (str_split(&pairs->rest, '&', &part)) {
        size_t equals = str_find_char(part, '=', 0);
        struct str name = str_slice(part, 0, equals);
        struct str value = equals == STR_NPOS ? STR("") : str_from(part, equals + 1);
        if (name.len > 0 || value.len > 0) {
            *ret_name = decode(a, name, true);
            *ret_value = decode(a, value, true);
            return true;
        }
    }
    return false;
}

struct str http_pairs_find(struct str pairs, struct arena *a, struct str name) {
    struct http_pairs walk = { pairs };
    struct str n, value;
    while (http_pairs_next(&walk, a, &n, &value)) {
        if (str_eq(n, name)) {
            return value;
        }
    }
    return (struct str){ 0 };
}

bool http_is_form(const struct http_request *req) {
    struct str type = http_header(req, STR("content-type"));
    return str_eq_nocase(str_trim(str_slice(type, 0, str_find_char(type, ';', 0))),
                         STR("application/x-www-form-urlencoded"));
}

struct str http_cookie(const struct http_request *req, struct str name) {
    struct str field;
    for (size_t at = 0; http_header_next(req, STR("cookie"), &at, &field);) {
        struct str pair;
        while (str_split(&field, ';', &pair)) {
            pair = str_trim(pair);
            size_t equals = str_find_char(pair, '=', 0);
            if (equals == STR_NPOS || !str_eq(str_slice(pair, 0, equals), name)) {
                continue;
            }
            struct str value = str_from(pair, equals + 1);
            bool quoted = value.len >= 2 && value.ptr[0] == '"' && str_ends(value, STR("\""));
            return quoted ? str_slice(value, 1, value.len - 1) : value;
        }
    }
    return (struct str){ 0 };
}
