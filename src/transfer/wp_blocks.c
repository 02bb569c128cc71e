#include "transfer/wp_blocks.h"

#include "base/buf.h"

#include <jansson.h>

static size_t skip_space(struct str s, size_t at) {
    while (at < s.len && char_is_space(s.ptr[at])) {
        at++;
    }
    return at;
}

static bool is_name(char c) {
    return char_is_alnum(c) || c == '-' || c == '_' || c == '/';
}

/* What stands between "<!--" and "-->". */
static bool parse_comment(struct str inner, struct wp_block *ret) {
    inner = str_trim(inner);
    ret->closer = str_starts(inner, STR("/"));
    inner = str_from(inner, ret->closer);
    if (!str_starts(inner, STR("wp:"))) {
        return false;
    }
    ret->is_void = str_ends(inner, STR("/"));
    inner = str_slice(inner, 3, inner.len - ret->is_void);
    size_t end = 0;
    while (end < inner.len && is_name(inner.ptr[end])) {
        end++;
    }
    ret->name = str_slice(inner, 0, end);
    if (str_starts(ret->name, STR("core/"))) {
        ret->name = str_from(ret->name, 5);
    }
    ret->json = str_trim(str_from(inner, skip_space(inner, end)));
    return end > 0 && (ret->json.len == 0 || ret->json.ptr[0] == '{');
}

bool wp_block_next(struct str text, size_t from, struct wp_block *ret) {
    size_t close = 0;
    for (size_t at = from; (at = str_find(text, STR("<!--"), at)) != STR_NPOS; at += 4) {
        if (close < at + 4) {
            close = str_find(text, STR("-->"), at + 4);
        }
        if (close == STR_NPOS) {
            return false;
        }
        *ret = (struct wp_block){ .begin = at, .end = close + 3 };
        if (parse_comment(str_slice(text, at + 4, close), ret)) {
            return true;
        }
    }
    return false;
}

size_t wp_block_close(struct str text, const struct wp_block *open, size_t max_bytes,
                      size_t *ret_end) {
    struct str near = str_slice(text, 0, open->end + max_bytes);
    size_t depth = 1;
    struct wp_block next;
    for (size_t at = open->end; wp_block_next(near, at, &next); at = next.end) {
        if (!str_eq(next.name, open->name) || next.is_void) {
            continue;
        }
        depth += next.closer ? -1 : 1;
        if (depth == 0) {
            *ret_end = next.end;
            return next.begin;
        }
    }
    return STR_NPOS;
}

struct str wp_block_attr(struct arena *a, const struct wp_block *block, const char *key) {
    struct str result = { 0 };
    if (block->json.len == 0) {
        return result;
    }
    json_t *object = json_loadb(block->json.ptr, block->json.len, JSON_ALLOW_NUL, NULL);
    json_t *value = json_object_get(object, key);
    if (json_is_string(value)) {
        result = arena_str(a, str_make(json_string_value(value), json_string_length(value)));
    } else if (json_is_integer(value)) {
        result = arena_printf(a, "%lld", (long long)json_integer_value(value));
    } else if (json_is_array(value)) {
        struct buf list;
        buf_init(&list, 64 * 1024);
        size_t i;
        json_t *item;
        json_array_foreach(value, i, item) {
            buf_printf(&list, i ? ",%lld" : "%lld", (long long)json_integer_value(item));
        }
        result = arena_str(a, buf_str(&list));
        buf_done(&list);
    }
    json_decref(object);
    return result;
}
