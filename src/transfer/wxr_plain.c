#include "transfer/wxr_plain.h"

#include "text/utf8.h"

static bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Of names in ASCII, which are all that exporters write. */
static size_t name_len(struct str s) {
    size_t n = 0;
    if (s.len > 0 && (char_is_alpha(s.ptr[0]) || s.ptr[0] == '_')) {
        while (n < s.len && (char_is_alnum(s.ptr[n]) || s.ptr[n] == ':' || s.ptr[n] == '_' ||
                             s.ptr[n] == '-' || s.ptr[n] == '.')) {
            n++;
        }
    }
    return n;
}

/* ---- text ---- */

/* "#…;" behind the '&'; its length in *ret_len. */
static uint32_t number_at(struct str s, size_t *ret_len) {
    bool hex = s.len > 1 && s.ptr[1] == 'x';
    uint32_t c = 0;
    size_t i = 1 + hex, begin = i;
    for (; i < s.len && i - begin < 7; i++) {
        int digit = char_hex(s.ptr[i]);
        if (digit < 0 || (!hex && digit > 9)) {
            break;
        }
        c = c * (hex ? 16 : 10) + (uint32_t)digit;
    }
    bool is_char = c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
                   (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
    *ret_len = i + 1;
    return i > begin && i < s.len && s.ptr[i] == ';' && is_char ? c : 0;
}

static uint32_t reference_at(struct str s, size_t *ret_len) {
    static const struct {
        struct str name;
        uint32_t c;
    } names[] = {
        { STR_INIT("amp;"), '&' },  { STR_INIT("lt;"), '<' },    { STR_INIT("gt;"), '>' },
        { STR_INIT("quot;"), '"' }, { STR_INIT("apos;"), '\'' },
    };
    if (s.len > 0 && s.ptr[0] == '#') {
        return number_at(s, ret_len);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_starts(s, names[i].name)) {
            *ret_len = names[i].name.len;
            return names[i].c;
        }
    }
    return 0;
}

static bool put_text(struct buf *out, struct str s) {
    size_t at = 0;
    for (size_t end; (end = str_find_char(s, '&', at)) != STR_NPOS;) {
        size_t len;
        uint32_t c = reference_at(str_from(s, end + 1), &len);
        if (c == 0) {
            return false;
        }
        buf_put(out, str_slice(s, at, end));
        utf8_put(out, c);
        at = end + 1 + len;
    }
    buf_put(out, str_from(s, at));
    return true;
}

bool wxr_plain_put(struct buf *out, const struct wxr_token *token) {
    if (token->kind == WXR_TOKEN_CDATA) {
        buf_put(out, token->text);
        return true;
    }
    return put_text(out, token->text);
}

/* ---- tags ---- */

static bool read_value(struct arena *a, struct str raw, struct str *ret) {
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] == '<' || (is_space(raw.ptr[i]) && raw.ptr[i] != ' ')) {
            return false;
        }
    }
    *ret = raw;
    if (str_find_char(raw, '&', 0) == STR_NPOS) {
        return true;
    }
    struct buf value;
    buf_init(&value, raw.len + 4);
    bool ok = put_text(&value, raw);
    *ret = arena_str(a, buf_str(&value));
    buf_done(&value);
    return ok;
}

/* `name="value"` at *at. */
static bool read_attribute(struct arena *a, struct str s, size_t *at, struct wxr_token *token) {
    struct str rest = str_from(s, *at);
    size_t n = name_len(rest);
    if (n == 0 || rest.len - n < 2 || rest.ptr[n] != '=' ||
        (rest.ptr[n + 1] != '"' && rest.ptr[n + 1] != '\'') ||
        token->n_attributes == WXR_ATTRIBUTES_MAX) {
        return false;
    }
    size_t end = str_find_char(rest, rest.ptr[n + 1], n + 2);
    struct wxr_attribute *attribute = &token->attributes[token->n_attributes];
    attribute->name = str_slice(rest, 0, n);
    for (size_t i = 0; i < token->n_attributes; i++) {
        if (str_eq(token->attributes[i].name, attribute->name)) {
            return false;
        }
    }
    if (end == STR_NPOS || !read_value(a, str_slice(rest, n + 2, end), &attribute->value)) {
        return false;
    }
    token->n_attributes++;
    *at += end + 1;
    return true;
}

/* A start tag; its end, or STR_NPOS. */
static size_t read_start(struct arena *a, struct str s, size_t at, struct wxr_token *token) {
    size_t n = name_len(str_from(s, at + 1));
    token->text = str_slice(s, at + 1, at + 1 + n);
    at += 1 + n;
    if (n == 0) {
        return STR_NPOS;
    }
    for (;;) {
        size_t from = at;
        while (at < s.len && is_space(s.ptr[at])) {
            at++;
        }
        if (at == s.len) {
            return STR_NPOS;
        }
        if (s.ptr[at] == '>') {
            token->kind = WXR_TOKEN_START;
            return at + 1;
        }
        if (s.ptr[at] == '/') {
            token->kind = WXR_TOKEN_EMPTY;
            return at + 1 < s.len && s.ptr[at + 1] == '>' ? at + 2 : STR_NPOS;
        }
        if (at == from || !read_attribute(a, s, &at, token)) {
            return STR_NPOS;
        }
    }
}

static size_t read_end(struct str s, size_t at, struct wxr_token *token) {
    size_t n = name_len(str_from(s, at + 2)), end = at + 2 + n;
    token->kind = WXR_TOKEN_END;
    token->text = str_slice(s, at + 2, end);
    return n > 0 && end < s.len && s.ptr[end] == '>' ? end + 1 : STR_NPOS;
}

static size_t read_cdata(struct str s, size_t at, struct wxr_token *token) {
    size_t begin = at + STR("<![CDATA[").len, end = str_find(s, STR("]]>"), begin);
    token->kind = WXR_TOKEN_CDATA;
    token->text = str_slice(s, begin, end);
    return end == STR_NPOS ? STR_NPOS : end + 3;
}

static size_t read_text(struct str s, size_t at, struct wxr_token *token) {
    size_t end = str_find_char(s, '<', at);
    token->kind = WXR_TOKEN_TEXT;
    token->text = str_slice(s, at, end);
    return end != STR_NPOS && str_find(token->text, STR("]]>"), 0) == STR_NPOS ? end : STR_NPOS;
}

void wxr_plain_next(struct arena *a, struct str text, size_t *at, struct wxr_token *ret) {
    struct str rest = str_from(text, *at);
    ret->n_attributes = 0;
    size_t end = rest.len < 2                         ? STR_NPOS
                 : rest.ptr[0] != '<'                 ? read_text(text, *at, ret)
                 : rest.ptr[1] == '/'                 ? read_end(text, *at, ret)
                 : str_starts(rest, STR("<![CDATA[")) ? read_cdata(text, *at, ret)
                                                      : read_start(a, text, *at, ret);
    if (end == STR_NPOS) {
        ret->kind = WXR_TOKEN_OTHER;
    } else {
        *at = end;
    }
}
