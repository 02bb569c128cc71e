#include "transfer/php_value.h"

#include "base/limits.h"

struct reader {
    struct arena *a;
    struct str text;
    size_t at;
    size_t values; /* read so far: bounds the memory */
};

static bool take(struct reader *r, char c) {
    if (r->at >= r->text.len || r->text.ptr[r->at] != c) {
        return false;
    }
    r->at++;
    return true;
}

/* The bytes up to `end`, which is stepped over. */
static bool take_until(struct reader *r, char end, struct str *ret) {
    size_t to = str_find_char(r->text, end, r->at);
    if (to == STR_NPOS) {
        return false;
    }
    *ret = str_slice(r->text, r->at, to);
    r->at = to + 1;
    return true;
}

static bool take_number(struct reader *r, char end, int64_t *ret) {
    struct str digits;
    return take_until(r, end, &digits) && str_to_i64(digits, ret);
}

/* N:"…" without what follows. */
static bool take_quoted(struct reader *r, struct str *ret) {
    int64_t len;
    if (!take_number(r, ':', &len) || !take(r, '"') || len < 0 ||
        (uint64_t)len > r->text.len - r->at) {
        return false;
    }
    *ret = str_slice(r->text, r->at, r->at + (size_t)len);
    r->at += (size_t)len;
    return take(r, '"');
}

static bool read_value(struct reader *r, unsigned depth, struct php_value *ret);

static bool read_entries(struct reader *r, unsigned depth, struct php_value *ret) {
    int64_t count;
    if (!take_number(r, ':', &count) || count < 0 || count > LIMIT_PHP_VALUES || !take(r, '{')) {
        return false;
    }
    VEC(struct php_entry) entries = { 0 };
    for (int64_t i = 0; i < count; i++) {
        struct php_value key;
        struct php_entry entry = { 0 };
        if (!read_value(r, depth + 1, &key) || (key.kind != PHP_STR && key.kind != PHP_INT) ||
            !read_value(r, depth + 1, &entry.value)) {
            return false;
        }
        entry.key = key.kind == PHP_STR ? key.text
                                        : arena_printf(r->a, "%lld", (long long)key.number);
        *vec_push(r->a, &entries) = entry;
    }
    ret->entries = entries.ptr;
    ret->n_entries = entries.len;
    return take(r, '}');
}

static bool read_value(struct reader *r, unsigned depth, struct php_value *ret) {
    *ret = (struct php_value){ 0 };
    if (depth > LIMIT_PHP_DEPTH || ++r->values > LIMIT_PHP_VALUES || r->text.len - r->at < 2) {
        return false;
    }
    char type = r->text.ptr[r->at];
    char separator = r->text.ptr[r->at + 1];
    r->at += 2;
    if (type == 'N') {
        return separator == ';';
    }
    if (separator != ':') {
        return false;
    }
    struct str name;
    switch (type) {
    case 'b':
    case 'i':
        ret->kind = type == 'b' ? PHP_BOOL : PHP_INT;
        return take_number(r, ';', &ret->number);
    case 'd': ret->kind = PHP_FLOAT; return take_until(r, ';', &ret->text);
    case 's': ret->kind = PHP_STR; return take_quoted(r, &ret->text) && take(r, ';');
    case 'a': ret->kind = PHP_ARRAY; return read_entries(r, depth, ret);
    case 'O':
        ret->kind = PHP_OTHER;
        return take_quoted(r, &name) && take(r, ':') && read_entries(r, depth, ret);
    case 'r':
    case 'R': ret->kind = PHP_OTHER; return take_number(r, ';', &ret->number);
    default: return false;
    }
}

bool php_value_parse(struct arena *a, struct str text, struct php_value *ret) {
    struct reader r = { .a = a, .text = str_trim(text) };
    return read_value(&r, 0, ret) && r.at == r.text.len;
}

const struct php_value *php_value_get(const struct php_value *v, const char *key) {
    if (v == NULL || v->kind != PHP_ARRAY) {
        return NULL;
    }
    for (size_t i = 0; i < v->n_entries; i++) {
        if (str_eq(v->entries[i].key, str_of(key))) {
            return &v->entries[i].value;
        }
    }
    return NULL;
}

int64_t php_value_int(const struct php_value *v) {
    int64_t number = 0;
    if (v != NULL && v->kind == PHP_STR) {
        return str_to_i64(v->text, &number) ? number : 0;
    }
    return v != NULL && (v->kind == PHP_INT || v->kind == PHP_BOOL) ? v->number : 0;
}

struct str php_value_str(const struct php_value *v) {
    return v != NULL && v->kind == PHP_STR ? v->text : STR("");
}
