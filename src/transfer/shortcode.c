#include "transfer/shortcode.h"

static bool is_word(char c) {
    return char_is_alnum(c) || c == '_';
}

static bool is_name(char c) {
    return is_word(c) || c == '-';
}

/* ---- attributes ---- */

/* The length of the white space at `at`: also the no-break and the zero-width space, which visual
 * editors leave there. */
static size_t space_len(struct str s, size_t at) {
    if (at < s.len && char_is_space(s.ptr[at])) {
        return 1;
    }
    if (str_starts(str_from(s, at), STR("\xC2\xA0"))) {
        return 2;
    }
    return str_starts(str_from(s, at), STR("\xE2\x80\x8B")) ? 3 : 0;
}

static size_t skip_space(struct str s, size_t at) {
    for (size_t n; (n = space_len(s, at)) > 0;) {
        at += n;
    }
    return at;
}

static bool ends_here(struct str s, size_t at) {
    return at >= s.len || space_len(s, at) > 0;
}

/* "…" or '…' that is followed by white space or the end. */
static bool read_quoted(struct str s, size_t at, struct str *ret_value, size_t *ret_end) {
    if (at >= s.len || (s.ptr[at] != '"' && s.ptr[at] != '\'')) {
        return false;
    }
    size_t close = str_find_char(s, s.ptr[at], at + 1);
    if (close == STR_NPOS || !ends_here(s, close + 1)) {
        return false;
    }
    *ret_value = str_slice(s, at + 1, close);
    *ret_end = close + 1;
    return true;
}

static size_t bare_end(struct str s, size_t at, bool quotes_too) {
    while (!ends_here(s, at) && (quotes_too || (s.ptr[at] != '"' && s.ptr[at] != '\''))) {
        at++;
    }
    return at;
}

/* name = value, in one of three quotings. */
static bool read_named(struct str s, size_t at, struct shortcode_attr *ret, size_t *ret_end) {
    size_t name_end = at;
    while (name_end < s.len && is_name(s.ptr[name_end])) {
        name_end++;
    }
    size_t equals = skip_space(s, name_end);
    if (name_end == at || equals >= s.len || s.ptr[equals] != '=') {
        return false;
    }
    ret->name = str_slice(s, at, name_end);
    size_t value = skip_space(s, equals + 1);
    if (read_quoted(s, value, &ret->value, ret_end)) {
        return true;
    }
    size_t end = bare_end(s, value, false);
    ret->value = str_slice(s, value, end);
    *ret_end = end;
    return end > value && ends_here(s, end);
}

static struct str lower(struct arena *a, struct str s) {
    char *bytes = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        bytes[i] = char_lower(s.ptr[i]);
    }
    return str_make(bytes, s.len);
}

void shortcode_parse_attrs(struct arena *a, struct str text, struct shortcode_attrs *ret) {
    ret->len = 0;
    size_t at = skip_space(text, 0);
    while (at < text.len && ret->len < LIMIT_SHORTCODE_ATTRS) {
        struct shortcode_attr attr = { 0 };
        size_t end;
        if (read_named(text, at, &attr, &end)) {
            attr.name = lower(a, attr.name);
        } else {
            attr.name = STR("");
            if (!read_quoted(text, at, &attr.value, &end)) {
                end = bare_end(text, at, true);
                attr.value = str_slice(text, at, end);
            }
        }
        if (attr.name.len > 0 || attr.value.len > 0) { /* WordPress drops a lone "" */
            ret->ptr[ret->len++] = attr;
        }
        at = skip_space(text, end);
    }
}

struct str shortcode_attr(const struct shortcode *s, const char *name) {
    for (size_t i = 0; i < s->attrs.len; i++) {
        if (s->attrs.ptr[i].name.len > 0 && str_eq(s->attrs.ptr[i].name, str_of(name))) {
            return s->attrs.ptr[i].value;
        }
    }
    return (struct str){ 0 };
}

struct str shortcode_value(const struct shortcode *s, size_t n) {
    for (size_t i = 0; i < s->attrs.len; i++) {
        if (s->attrs.ptr[i].name.len == 0 && n-- == 0) {
            return s->attrs.ptr[i].value;
        }
    }
    return (struct str){ 0 };
}

/* ---- tags ---- */

/* The name that stands at `at`, whole. */
static struct str name_at(struct str text, size_t at) {
    size_t end = at;
    while (end < text.len && is_name(text.ptr[end])) {
        end++;
    }
    return str_slice(text, at, end);
}

static size_t known_name(const struct shortcode_walk *walk, struct str name) {
    for (size_t i = 0; i < walk->n_names; i++) {
        if (str_eq(walk->names[i], name)) {
            return i;
        }
    }
    return STR_NPOS;
}

/* "[/name]" at or after `from`. */
static size_t find_close(struct str text, struct str name, size_t from) {
    for (size_t at = from; (at = str_find(text, STR("[/"), at)) != STR_NPOS; at += 2) {
        if (str_starts(str_from(text, at + 2), name) &&
            str_starts(str_from(text, at + 2 + name.len), STR("]"))) {
            return at;
        }
    }
    return STR_NPOS;
}

bool shortcode_next(struct arena *a, struct shortcode_walk *walk, struct str text, size_t from,
                    struct shortcode *ret) {
    check(walk->n_names <= SHORTCODE_NAMES_MAX);
    for (size_t at = from; (at = str_find_char(text, '[', at)) != STR_NPOS; at++) {
        struct str name = name_at(text, at + 1);
        size_t known = known_name(walk, name);
        size_t attrs = at + 1 + name.len;
        if (known == STR_NPOS) {
            continue;
        }
        size_t bracket = str_find_char(text, ']', attrs);
        if (bracket == STR_NPOS) {
            return false; /* nor is there one behind any later name */
        }
        bool slash = bracket > attrs && text.ptr[bracket - 1] == '/';
        *ret = (struct shortcode){ .begin = at, .end = bracket + 1, .name = name, .closed = slash };
        if (!slash && !walk->no_close[known]) {
            size_t close = find_close(text, name, bracket + 1);
            if (close == STR_NPOS) {
                walk->no_close[known] = true;
            } else {
                ret->content = str_slice(text, bracket + 1, close);
                ret->end = close + name.len + 3;
                ret->closed = true;
            }
        }
        shortcode_parse_attrs(a, str_slice(text, attrs, bracket - slash), &ret->attrs);
        if (at > from && text.ptr[at - 1] == '[' &&
            str_starts(str_from(text, ret->end), STR("]"))) {
            ret->escaped = true;
            ret->begin--;
            ret->end++;
        }
        return true;
    }
    return false;
}

bool shortcode_unknown(const struct shortcode_walk *walk, struct str text, size_t from,
                       struct str *ret_name, size_t *ret_next) {
    for (size_t at = from; (at = str_find_char(text, '[', at)) != STR_NPOS; at++) {
        struct str name = name_at(text, at + 1);
        if (name.len < 2 || name.len > 60 || !char_is_alpha(name.ptr[0]) ||
            known_name(walk, name) != STR_NPOS || (at > 0 && text.ptr[at - 1] == '[')) {
            continue;
        }
        size_t end = at + 1 + name.len;
        struct str tag = str_slice(text, end, end + 500);
        struct str inner = str_slice(tag, 0, str_find_char(tag, ']', 0));
        bool spaced = inner.len == 0 || char_is_space(inner.ptr[0]) || inner.ptr[0] == '/';
        bool has_attrs = str_find_char(inner, '=', 0) != STR_NPOS;
        bool technical = str_find_char(name, '_', 0) != STR_NPOS ||
                         (str_find_char(name, '-', 0) != STR_NPOS && inner.len == 0);
        if (inner.len < tag.len && spaced &&
            (has_attrs || technical || str_ends(inner, STR("/")) ||
             find_close(str_slice(text, 0, end + 20000), name, end) != STR_NPOS)) {
            *ret_name = name;
            *ret_next = end;
            return true;
        }
    }
    return false;
}
