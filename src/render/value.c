/* Values behave as JavaScript's do, since that is what handlebars.js shows: ECMA-262, 7.1.17
 * ToString, 6.1.6.1.20 Number::toString, 7.2.14 IsLooselyEqual, 10.1.11.1 OrdinaryOwnPropertyKeys.
 * Strings are UTF-8 here and UTF-16 there: lengths and indexes count UTF-16 units, and half of a
 * surrogate pair becomes U+FFFD. */
#include "render/value.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Lists within lists that are printed; jansson's parser stops at 2048. */
enum { STRING_DEPTH_MAX = 2048 };

const struct type type_any = { .name = "any" };
const struct type type_overlay = { .name = "overlay" };

static const json_t *json_of(const void *object) {
    return object;
}

struct value value_of_json(const json_t *json) {
    if (json == NULL) {
        return value_none();
    }
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return (struct value){ .kind = VALUE_OBJECT, .type = &type_any, .object = json };
    case JSON_ARRAY:
        return (struct value){ .kind = VALUE_LIST,
                               .item_kind = VALUE_ANY,
                               .list = { json, json_array_size(json) } };
    case JSON_STRING:
        return value_of_str(str_make(json_string_value(json), json_string_length(json)));
    case JSON_INTEGER: {
        /* JavaScript's numbers are doubles. */
        json_int_t n = json_integer_value(json);
        const json_int_t exact = INT64_C(1) << 53;
        return n >= -exact && n <= exact ? value_int(n) : value_float((double)n);
    }
    case JSON_REAL: return value_float(json_real_value(json));
    case JSON_TRUE: return value_bool(true);
    case JSON_FALSE: return value_bool(false);
    case JSON_NULL: break;
    }
    return (struct value){ .kind = VALUE_NULL };
}

struct value value_object(const struct type *type, const void *object) {
    if (object == NULL) {
        return value_none();
    }
    if (type == &type_any) {
        return value_of_json(json_of(object));
    }
    return (struct value){ .kind = VALUE_OBJECT, .type = type, .object = object };
}

struct value value_overlay(const struct overlay *overlay) {
    return (struct value){ .kind = VALUE_OBJECT, .type = &type_overlay, .object = overlay };
}

struct value value_field(const struct field *field, const void *object) {
    const void *at = (const char *)object + field->offset;
    switch (field->kind) {
    case VALUE_BOOL: return value_bool(*(const bool *)at);
    case VALUE_INT: return value_int(*(const int64_t *)at);
    case VALUE_FLOAT: return value_float(*(const double *)at);
    case VALUE_STR: return value_of_str(*(const struct str *)at);
    case VALUE_HTML: return value_of_html(*(const struct html *)at);
    case VALUE_LIST:
        return (struct value){ .kind = VALUE_LIST,
                               .item_kind = field->item_kind,
                               .type = field->type,
                               .list = *(const struct list *)at };
    case VALUE_OBJECT:
        return value_object(field->type, field->by_value ? at : *(const void *const *)at);
    case VALUE_ANY: return value_of_json(json_of(*(const void *const *)at));
    case VALUE_NONE:
    case VALUE_NULL: break;
    }
    return value_none();
}

const struct field *type_field(const struct type *type, struct str name) {
    for (size_t i = 0; i < type->fields_len; i++) {
        if (str_eq(str_of(type->fields[i].name), name)) {
            return &type->fields[i];
        }
    }
    return NULL;
}

size_t value_len(struct value v) {
    return v.kind == VALUE_LIST ? v.list.len : 0;
}

struct value value_item(struct value list, size_t at) {
    check(at < value_len(list));
    switch (list.item_kind) {
    case VALUE_ANY: return value_of_json(json_array_get(json_of(list.list.items), at));
    case VALUE_STR: return value_of_str(((const struct str *)list.list.items)[at]);
    default: return value_object(list.type, (const char *)list.list.items + at * list.type->size);
    }
}

/* An array index in JavaScript's sense: canonical decimal below 2^32 - 1. */
static bool is_index(struct str name, size_t *ret_at) {
    if (name.len == 0 || name.len > 10 || (name.ptr[0] == '0' && name.len > 1)) {
        return false;
    }
    uint64_t at = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (!char_is_digit(name.ptr[i])) {
            return false;
        }
        at = at * 10 + (uint64_t)(name.ptr[i] - '0');
    }
    *ret_at = (size_t)at;
    return at < UINT32_MAX;
}

static size_t sequence_len(char lead) {
    unsigned char c = (unsigned char)lead;
    return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static size_t utf16_len(struct str s) {
    size_t units = 0;
    for (size_t i = 0; i < s.len; i += sequence_len(s.ptr[i])) {
        units += sequence_len(s.ptr[i]) == 4 ? 2 : 1;
    }
    return units;
}

static struct value utf16_at(struct str s, size_t at) {
    size_t unit = 0;
    for (size_t i = 0; i < s.len;) {
        size_t len = sequence_len(s.ptr[i]);
        size_t units = len == 4 ? 2 : 1;
        if (at < unit + units) {
            return value_of_str(units == 2 ? STR("\xef\xbf\xbd") : str_slice(s, i, i + len));
        }
        unit += units;
        i += len;
    }
    return value_none();
}

/* Items and characters: what for…in finds in a list or a string. */
static struct value get_indexed(struct value v, struct str name) {
    size_t at;
    if (!is_index(name, &at)) {
        return value_none();
    }
    if (v.kind == VALUE_LIST) {
        return at < v.list.len ? value_item(v, at) : value_none();
    }
    return v.kind == VALUE_STR ? utf16_at(v.str, at) : value_none();
}

static struct value get_overlaid(const struct overlay *overlay, struct str name) {
    for (size_t i = 0; i < overlay->entries_len; i++) {
        if (str_eq(overlay->entries[i].name, name)) {
            return overlay->entries[i].value;
        }
    }
    bool object = overlay->base.kind == VALUE_OBJECT || overlay->base.kind == VALUE_HTML;
    return object ? value_get(overlay->base, name) : get_indexed(overlay->base, name);
}

struct value value_get(struct value v, struct str name) {
    switch (v.kind) {
    case VALUE_OBJECT: {
        /* Overlays lie over overlays when a partial with parameters calls another. */
        if (v.type == &type_overlay) {
            return get_overlaid(v.object, name);
        }
        if (v.type == &type_any) {
            return value_of_json(json_object_getn(json_of(v.object), name.ptr, name.len));
        }
        const struct field *field = type_field(v.type, name);
        return field ? value_field(field, v.object) : value_none();
    }
    case VALUE_LIST:
        return str_eq(name, STR("length")) ? value_int((int64_t)v.list.len) : get_indexed(v, name);
    case VALUE_STR:
        return str_eq(name, STR("length")) ? value_int((int64_t)utf16_len(v.str))
                                           : get_indexed(v, name);
    case VALUE_HTML: /* handlebars' SafeString is an object */
        return str_eq(name, STR("string")) ? value_of_str(v.str) : value_none();
    default: return value_none();
    }
}

bool value_truthy(struct value v) {
    switch (v.kind) {
    case VALUE_BOOL: return v.boolean;
    case VALUE_INT: return v.integer != 0;
    case VALUE_FLOAT: return v.number != 0 && !isnan(v.number);
    case VALUE_STR:
    case VALUE_HTML: return v.str.len > 0;
    case VALUE_LIST:
    case VALUE_OBJECT: return true;
    case VALUE_NONE:
    case VALUE_NULL:
    case VALUE_ANY: break;
    }
    return false;
}

bool value_empty(struct value v) {
    if (v.kind == VALUE_LIST) {
        return v.list.len == 0;
    }
    bool zero = (v.kind == VALUE_INT && v.integer == 0) || (v.kind == VALUE_FLOAT && v.number == 0);
    return !zero && !value_truthy(v);
}

static double number_of(struct value v) {
    switch (v.kind) {
    case VALUE_BOOL: return v.boolean ? 1 : 0;
    case VALUE_INT: return (double)v.integer;
    case VALUE_FLOAT: return v.number;
    default: break;
    }
    /* StringToNumber, for what a template can compare: decimal notation and white space. */
    struct str s = str_trim(v.str);
    if (s.len == 0) {
        return 0;
    }
    char text[64];
    if (s.len >= sizeof text || !(char_is_digit(s.ptr[0]) || strchr("+-.", s.ptr[0]) != NULL)) {
        return NAN;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_digit(s.ptr[i]) && strchr("+-.eE", s.ptr[i]) == NULL) {
            return NAN;
        }
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    char *end;
    double number = strtod(text, &end);
    return end == text + s.len ? number : NAN;
}

static bool is_reference(struct value v) {
    return v.kind == VALUE_OBJECT || v.kind == VALUE_LIST || v.kind == VALUE_HTML;
}

static bool same_reference(struct value a, struct value b) {
    if (a.kind != b.kind || a.type != b.type) {
        return false;
    }
    switch (a.kind) {
    case VALUE_OBJECT: return a.object == b.object;
    case VALUE_LIST: return a.list.items == b.list.items && a.list.len == b.list.len;
    default: return a.str.ptr == b.str.ptr && a.str.len == b.str.len;
    }
}

/* A primitive and an object are compared by the object's string. */
static bool same_as_string(struct value reference, struct value primitive) {
    struct buf text;
    buf_init(&text, 64u << 20);
    value_string(&text, reference);
    bool same = value_same(value_of_str(buf_str(&text)), primitive);
    buf_done(&text);
    return same;
}

bool value_same(struct value a, struct value b) {
    if (value_absent(a) || value_absent(b)) {
        return value_absent(a) && value_absent(b);
    }
    if (is_reference(a) && is_reference(b)) {
        return same_reference(a, b);
    }
    if (is_reference(a)) {
        return same_as_string(a, b);
    }
    if (is_reference(b)) {
        return same_as_string(b, a);
    }
    if (a.kind == VALUE_STR && b.kind == VALUE_STR) {
        return str_eq(a.str, b.str);
    }
    return number_of(a) == number_of(b);
}

void value_number_string(struct buf *out, double number) {
    if (isnan(number) || isinf(number)) {
        buf_put(out, isnan(number) ? STR("NaN") : number < 0 ? STR("-Infinity") : STR("Infinity"));
        return;
    }
    if (number == 0) {
        buf_put_char(out, '0');
        return;
    }
    /* The fewest digits that read back as the same number. */
    char text[40];
    for (int precision = 0; precision <= 16; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, fabs(number));
        if (strtod(text, NULL) == fabs(number)) {
            break;
        }
    }
    char digits[20] = "0";
    int len = 0;
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at != '.') {
            digits[len++] = *at;
        }
    }
    int point = (int)strtol(at + 1, NULL, 10) + 1; /* digits before the point */
    if (number < 0) {
        buf_put_char(out, '-');
    }
    if (point > 21 || point < -5) {
        buf_put_char(out, digits[0]);
        if (len > 1) {
            buf_put_char(out, '.');
            buf_put(out, str_make(digits + 1, (size_t)len - 1));
        }
        buf_printf(out, "e%+d", point - 1);
        return;
    }
    if (point <= 0) {
        buf_put(out, STR("0."));
        for (int i = point; i < 0; i++) {
            buf_put_char(out, '0');
        }
    }
    for (int i = 0; i < len || i < point; i++) {
        if (i == point && point > 0) {
            buf_put_char(out, '.');
        }
        buf_put_char(out, i < len ? digits[i] : '0');
    }
}

static void string_within(struct buf *out, struct value v, int depth) {
    switch (v.kind) {
    case VALUE_NONE: buf_put(out, STR("undefined")); break;
    case VALUE_NULL: buf_put(out, STR("null")); break;
    case VALUE_BOOL: buf_put(out, v.boolean ? STR("true") : STR("false")); break;
    case VALUE_INT: buf_put_i64(out, v.integer); break;
    case VALUE_FLOAT: value_number_string(out, v.number); break;
    case VALUE_STR:
    case VALUE_HTML: buf_put(out, v.str); break;
    case VALUE_LIST:
        for (size_t i = 0; i < v.list.len && depth < STRING_DEPTH_MAX; i++) {
            struct value item = value_item(v, i);
            if (i > 0) {
                buf_put_char(out, ',');
            }
            if (!value_absent(item)) {
                string_within(out, item, depth + 1);
            }
        }
        break;
    case VALUE_OBJECT:
    case VALUE_ANY: buf_put(out, STR("[object Object]")); break;
    }
}

void value_string(struct buf *out, struct value v) {
    string_within(out, v, 0);
}

/* Keys --------------------------------------------------------------------------------------- */

static void key_add(struct value_keys *keys, size_t *cap, struct str name) {
    if (keys->len == *cap) {
        *cap = *cap ? *cap * 2 : 16;
        keys->names = realloc(keys->names, *cap * sizeof *keys->names);
        check(keys->names != NULL);
    }
    keys->names[keys->len++] = name;
}

static bool key_known(const struct value_keys *keys, struct str name) {
    for (size_t i = 0; i < keys->len; i++) {
        if (str_eq(keys->names[i], name)) {
            return true;
        }
    }
    return false;
}

/* "0", "1", …: a list or a string under an overlay. */
static void keys_indexed(struct value_keys *keys, size_t *cap, size_t count) {
    enum { DIGITS_MAX = 20 };
    if (count == 0) {
        return;
    }
    check(keys->owned == NULL);
    keys->owned = malloc(count * (DIGITS_MAX + 1));
    check(keys->owned != NULL);
    for (size_t i = 0; i < count; i++) {
        char *name = keys->owned + i * (DIGITS_MAX + 1);
        int len = snprintf(name, DIGITS_MAX + 1, "%zu", i);
        key_add(keys, cap, str_make(name, (size_t)len));
    }
}

static void keys_collect(struct value_keys *keys, size_t *cap, struct value v) {
    if (v.kind == VALUE_HTML) {
        key_add(keys, cap, STR("string"));
    }
    if (v.kind != VALUE_OBJECT) {
        return;
    }
    if (v.type == &type_overlay) {
        const struct overlay *overlay = v.object;
        struct value base = overlay->base;
        if (base.kind == VALUE_LIST || base.kind == VALUE_STR) {
            keys_indexed(keys, cap, base.kind == VALUE_LIST ? base.list.len : utf16_len(base.str));
        }
        keys_collect(keys, cap, base);
        for (size_t i = 0; i < overlay->entries_len; i++) {
            if (!key_known(keys, overlay->entries[i].name)) {
                key_add(keys, cap, overlay->entries[i].name);
            }
        }
    } else if (v.type == &type_any) {
        /* jansson's iterator takes no const, but does not write. */
        json_t *object = (json_t *)(uintptr_t)v.object;
        for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
            key_add(keys, cap, str_make(json_object_iter_key(it), json_object_iter_key_len(it)));
        }
    } else {
        for (size_t i = 0; i < v.type->fields_len; i++) {
            key_add(keys, cap, str_of(v.type->fields[i].name));
        }
    }
}

static int compare_indexes(const void *a, const void *b) {
    const struct str *x = a, *y = b;
    size_t i = 0, j = 0;
    bool both = is_index(*x, &i) && is_index(*y, &j);
    check(both);
    return i < j ? -1 : i > j;
}

/* Indexes first, ascending; the others keep their order. */
static void keys_order(struct value_keys *keys) {
    size_t indexes = 0, at;
    for (size_t i = 0; i < keys->len; i++) {
        indexes += is_index(keys->names[i], &at);
    }
    if (indexes == 0) {
        return;
    }
    struct str *ordered = calloc(keys->len, sizeof *ordered);
    check(ordered != NULL);
    size_t index = 0, other = indexes;
    for (size_t i = 0; i < keys->len; i++) {
        ordered[is_index(keys->names[i], &at) ? index++ : other++] = keys->names[i];
    }
    qsort(ordered, indexes, sizeof *ordered, compare_indexes);
    free(keys->names);
    keys->names = ordered;
}

void value_keys_init(struct value_keys *keys, struct value v) {
    *keys = (struct value_keys){ 0 };
    size_t cap = 0;
    keys_collect(keys, &cap, v);
    keys_order(keys);
}

void value_keys_done(struct value_keys *keys) {
    free(keys->names);
    free(keys->owned);
    *keys = (struct value_keys){ 0 };
}
