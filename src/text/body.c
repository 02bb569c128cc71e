#include "text/body.h"

#include "base/limits.h"
#include "text/body_vocabulary.h"
#include "text/utf8.h"

void body_reader_init(struct body_reader *r, struct html body) {
    *r = (struct body_reader){ body.raw };
}

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || char_is_digit(c) || c == '-';
}

/* Length of a name at the beginning of s, 0 if there is none. */
static size_t name_len(struct str s) {
    size_t n = 0;
    if (s.len > 0 && s.ptr[0] >= 'a' && s.ptr[0] <= 'z') {
        while (n < s.len && is_name_char(s.ptr[n])) {
            n++;
        }
    }
    return n;
}

/* Every '&' begins one of the few references. */
static bool references_valid(struct str s, bool in_value) {
    for (size_t at = 0; (at = str_find_char(s, '&', at)) != STR_NPOS; at++) {
        struct str rest = str_from(s, at);
        if (!str_starts(rest, STR("&amp;")) && !str_starts(rest, STR("&lt;")) &&
            !str_starts(rest, STR("&gt;")) && !(in_value && str_starts(rest, STR("&quot;")))) {
            return false;
        }
    }
    return true;
}

/* ` name="value"` at s[*at]; false if the spelling is not that. */
static bool read_attr(struct str s, size_t *at, struct body_token *token) {
    if (token->n_attrs == BODY_ATTRS_MAX || s.len - *at < 5 || s.ptr[*at] != ' ') {
        return false;
    }
    struct str rest = str_from(s, *at + 1);
    size_t n = name_len(rest);
    if (n == 0 || !str_starts(str_from(rest, n), STR("=\""))) {
        return false;
    }
    size_t end = str_find_char(rest, '"', n + 2);
    struct str value = str_slice(rest, n + 2, end);
    if (end == STR_NPOS || str_find_char(value, '<', 0) != STR_NPOS ||
        str_find_char(value, '>', 0) != STR_NPOS || !references_valid(value, true)) {
        return false;
    }
    token->attrs[token->n_attrs++] = (struct body_attr){ str_slice(rest, 0, n), value };
    *at += 1 + end + 1;
    return true;
}

/* The tag at the beginning of s; its length, or 0 if the spelling is wrong. */
static size_t read_tag(struct str s, struct body_token *token) {
    size_t at = 1;
    token->kind = BODY_OPEN;
    if (s.len > 1 && s.ptr[1] == '/') {
        token->kind = BODY_CLOSE;
        at = 2;
    }
    size_t n = name_len(str_from(s, at));
    if (n == 0) {
        return 0;
    }
    token->name = str_slice(s, at, at + n);
    at += n;
    while (at < s.len && s.ptr[at] != '>') {
        if (token->kind == BODY_CLOSE || !read_attr(s, &at, token)) {
            return 0;
        }
    }
    return at < s.len ? at + 1 : 0;
}

enum body_kind body_next(struct body_reader *r, struct body_token *ret) {
    struct str s = r->rest;
    ret->name = STR("");
    ret->n_attrs = 0;
    ret->raw = str_slice(s, 0, 0);
    if (s.len == 0) {
        return ret->kind = BODY_END;
    }
    size_t n;
    if (s.ptr[0] == '<') {
        n = read_tag(s, ret);
    } else {
        size_t end = str_find_char(s, '<', 0);
        n = end == STR_NPOS ? s.len : end;
        struct str text = str_slice(s, 0, n);
        ret->kind = BODY_TEXT;
        if (str_find_char(text, '>', 0) != STR_NPOS || !references_valid(text, false)) {
            n = 0;
        }
    }
    if (n == 0) {
        return ret->kind = BODY_BAD;
    }
    ret->raw = str_slice(s, 0, n);
    r->rest = str_from(s, n);
    return ret->kind;
}

struct str body_attr(const struct body_token *token, struct str name) {
    for (size_t i = 0; i < token->n_attrs; i++) {
        if (str_eq(token->attrs[i].name, name)) {
            return token->attrs[i].value;
        }
    }
    return (struct str){ NULL, 0 };
}

bool body_is_void(struct str name) {
    return body_elements[body_tag_of(name)].is_void;
}

struct html body_inner(struct body_reader *r, const struct body_token *open) {
    const char *begin = r->rest.ptr, *end = begin;
    if (open->kind != BODY_OPEN || body_is_void(open->name)) {
        return (struct html){ str_make(begin, 0) };
    }
    for (size_t depth = 1; depth > 0;) {
        struct body_token token;
        end = r->rest.ptr;
        enum body_kind kind = body_next(r, &token);
        if (kind == BODY_END || kind == BODY_BAD) {
            break;
        }
        if (kind == BODY_CLOSE) {
            depth--;
        } else if (kind == BODY_OPEN && !body_is_void(token.name)) {
            depth++;
        }
    }
    return (struct html){ str_make(begin, (size_t)(end - begin)) };
}

/* Validation. Each check returns what is wrong, or NULL. */

static const char *check_text(struct str raw, enum body_tag parent) {
    bool ink = false;
    for (size_t at = 0; at < raw.len;) {
        uint32_t c = utf8_next(raw, &at);
        if ((c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0)) {
            return "a control character";
        }
        ink = ink || !utf8_is_space(c);
    }
    return ink && !(body_elements[parent].takes & IN_PHRASING) ? "text where none may stand" : NULL;
}

/* Known, in order, allowed here, and in its canonical form. */
static const char *check_attrs(struct arena *a, const struct body_token *token, enum body_tag tag) {
    const struct body_attribute *at = body_attributes;
    for (size_t i = 0; i < token->n_attrs; i++) {
        while (at->name.len > 0 &&
               !(str_eq(at->name, token->attrs[i].name) && body_attribute_fits(at, tag))) {
            at++;
        }
        if (at->name.len == 0) {
            return "an attribute that is unknown here, twice there or out of order";
        }
        struct str value = html_unescape(a, token->attrs[i].value);
        struct str canonical = body_value(a, at->value, value, STR(""));
        if (canonical.ptr == NULL || !str_eq(canonical, value)) {
            return "an attribute value that is not in canonical form";
        }
        at++;
    }
    return NULL;
}

static const char *check_place(enum body_tag tag, const enum body_tag *stack, size_t depth) {
    if (!(body_elements[tag].stands_in & body_elements[stack[depth]].takes)) {
        return "an element where it may not stand";
    }
    for (size_t i = 1; tag == BODY_TAG_A && i <= depth; i++) {
        if (stack[i] == BODY_TAG_A) {
            return "a link in a link";
        }
    }
    return NULL;
}

/* Runs stand inside blocks, so nothing the sanitiser writes is deeper. */
enum { DEPTH_MAX = LIMIT_HTML_DEPTH + 40 };

static const char *check_token(struct arena *a, const struct body_token *token,
                               enum body_tag stack[DEPTH_MAX], size_t *depth) {
    enum body_tag tag = body_tag_of(token->name);
    const char *wrong = NULL;
    switch (token->kind) {
    case BODY_TEXT: return check_text(token->raw, stack[*depth]);
    case BODY_OPEN:
        if (tag == BODY_TAG_NONE) {
            return "an unknown element";
        }
        wrong = check_place(tag, stack, *depth);
        wrong = wrong ? wrong : check_attrs(a, token, tag);
        if (!body_elements[tag].is_void) {
            if (*depth + 1 == DEPTH_MAX) {
                return "too deep nesting";
            }
            stack[++*depth] = tag;
        }
        return wrong;
    case BODY_CLOSE:
        if (tag == BODY_TAG_NONE || *depth == 0 || stack[*depth] != tag) {
            return "an end tag that closes nothing";
        }
        --*depth;
        return NULL;
    default: return "markup that is not the subset's";
    }
}

bool body_valid(struct html body, struct err *err) {
    enum body_tag stack[DEPTH_MAX] = { BODY_TAG_NONE };
    size_t depth = 0;
    struct body_reader r;
    struct body_token token = { 0 };
    struct arena arena;
    const char *wrong = utf8_valid(body.raw) ? NULL : "invalid UTF-8";
    arena_init(&arena);
    body_reader_init(&r, body);
    while (wrong == NULL && body_next(&r, &token) != BODY_END) {
        wrong = check_token(&arena, &token, stack, &depth);
    }
    if (wrong == NULL && depth > 0) {
        wrong = "an element that is not closed";
        token.name = body_elements[stack[depth]].name;
    }
    if (wrong != NULL) {
        err_set(err, STATUS_INVALID, "body: %s, before byte %zu (%.*s)", wrong,
                body.raw.len - r.rest.len, STR_FMT(token.name));
    }
    arena_done(&arena);
    return wrong == NULL;
}
