#include "text/search_query.h"

#include "base/limits.h"
#include "text/tokens.h"
#include "text/utf8.h"

/* ---- reading what was typed ---- */

struct parser {
    struct arena *arena;
    struct str rest;
    size_t tokens_left;
};

/* One thing typed: a word or what stood between quotes. */
struct item {
    struct str text;
    bool is_quoted, is_negative, is_prefix;
};

static bool is_quote(uint32_t c) {
    return c == '"' || c == 0xab || c == 0xbb || (c >= 0x201c && c <= 0x201f) || c == 0x300c ||
           c == 0x300d || c == 0xff02;
}

static bool is_minus(uint32_t c) {
    return c == '-' || c == 0x2212 || c == 0xff0d;
}

/* The code point at the beginning, 0 at the end; *ret_len is its bytes. */
static uint32_t peek(struct str s, size_t *ret_len) {
    *ret_len = 0;
    return s.len > 0 ? utf8_next(s, ret_len) : 0;
}

static bool next_item(struct parser *p, struct item *ret) {
    size_t len;
    uint32_t c;
    *ret = (struct item){ 0 };
    while ((c = peek(p->rest, &len)) != 0 || len > 0) {
        if (!utf8_is_space(c)) {
            break;
        }
        p->rest = str_from(p->rest, len);
    }
    if (len == 0) {
        return false;
    }
    if (is_minus(c)) {
        ret->is_negative = true;
        p->rest = str_from(p->rest, len);
        c = peek(p->rest, &len);
    }
    if (is_quote(c) && len > 0) {
        ret->is_quoted = true;
        p->rest = str_from(p->rest, len);
    }
    size_t at = 0;
    while (at < p->rest.len) {
        size_t next = at;
        c = utf8_next(p->rest, &next);
        if (is_quote(c) || (!ret->is_quoted && utf8_is_space(c))) {
            ret->text = str_slice(p->rest, 0, at);
            /* A quote that opens the next item stays. */
            p->rest = str_from(p->rest, ret->is_quoted ? next : at);
            break;
        }
        at = next;
    }
    if (ret->text.ptr == NULL) {
        ret->text = p->rest;
        p->rest = STR("");
    }
    ret->is_prefix = !ret->is_quoted && str_ends(ret->text, STR("*"));
    return true;
}

/* The tokens of an item as a phrase; false: it has none. */
static bool read_phrase(struct parser *p, const struct item *item, struct search_phrase *ret) {
    struct token_reader r;
    struct token token;
    VEC(struct str) tokens = { 0 };
    bool after_pair = false, is_said = false, is_alone = false;
    token_reader_init(&r, item->text);
    while (p->tokens_left > 0 && token_next(&r, &token)) {
        *vec_push(p->arena, &tokens) = arena_str(p->arena, token.text);
        p->tokens_left--;
        is_said = token.is_last && token.joins && after_pair;
        is_alone = token.is_last && !is_said;
        after_pair = token.is_pair && !token.is_last;
    }
    if (tokens.len == 0) {
        return false;
    }
    /* What follows the last character in a story is not known: the pair before says it already, and
     * alone it is the beginning of some pair. */
    if (is_said) {
        tokens.len--;
    }
    *ret = (struct search_phrase){ tokens.ptr, tokens.len, item->is_prefix || is_alone };
    return true;
}

static bool is_or(const struct item *item) {
    return !item->is_quoted && !item->is_negative &&
           (str_eq(item->text, STR("OR")) || str_eq(item->text, STR("|")));
}

void search_query_parse(struct arena *a, struct str typed, struct search_query *ret) {
    typed = utf8_prefix(typed, LIMIT_SEARCH_BYTES);
    struct parser p = { .arena = a, .rest = typed, .tokens_left = LIMIT_SEARCH_TOKENS };
    VEC(struct search_group) groups = { 0 }, negative = { 0 };
    VEC(struct search_phrase) any = { 0 };
    struct item item;
    bool joins_last = false; /* "OR" stands before this one */
    while (p.tokens_left > 0 && next_item(&p, &item)) {
        struct search_phrase phrase;
        if (is_or(&item)) {
            joins_last = groups.len > 0;
            continue;
        }
        if (!read_phrase(&p, &item, &phrase)) {
            continue;
        }
        struct search_phrase *one = ARENA_NEW(a, struct search_phrase);
        *one = phrase;
        if (item.is_negative) {
            *vec_push(a, &negative) = (struct search_group){ one, 1, true };
        } else if (joins_last) {
            *vec_push(a, &any) = phrase;
            groups.ptr[groups.len - 1] = (struct search_group){ any.ptr, any.len, false };
        } else {
            any.ptr = NULL;
            any.len = any.cap = 0;
            *vec_push(a, &any) = phrase;
            *vec_push(a, &groups) = (struct search_group){ one, 1, false };
        }
        joins_last = false;
    }
    *ret = (struct search_query){ .positive = groups.len };
    for (size_t i = 0; i < negative.len; i++) {
        *vec_push(a, &groups) = negative.ptr[i];
    }
    ret->groups = groups.ptr;
    ret->len = groups.len;
    struct buf text;
    buf_init(&text, (size_t)LIMIT_SEARCH_BYTES * 16);
    tokens_put(&text, typed);
    ret->text = arena_str(a, buf_str(&text));
    buf_done(&text);
}

/* ---- finding the words in a text ---- */

enum { WINDOW = 64 }; /* more than a phrase has tokens */

struct seen {
    char text[TOKEN_BYTES_MAX];
    size_t len, from, to;
};

static bool matches(const struct seen *seen, struct str token, bool is_prefix) {
    struct str text = str_make(seen->text, seen->len);
    return is_prefix ? str_starts(text, token) : str_eq(text, token);
}

/* Whether the last tokens seen, up to number n - 1, are the phrase; *ret_from is where it begins.
 */
static bool ends_phrase(const struct seen *window, size_t n, const struct search_phrase *phrase,
                        size_t *ret_from) {
    if (phrase->len > n || phrase->len > WINDOW) {
        return false;
    }
    for (size_t i = 0; i < phrase->len; i++) {
        const struct seen *seen = &window[(n - phrase->len + i) % WINDOW];
        if (!matches(seen, phrase->tokens[i], phrase->is_prefix && i + 1 == phrase->len)) {
            return false;
        }
        if (i == 0) {
            *ret_from = seen->from;
        }
    }
    return true;
}

struct search_spans search_query_find(struct arena *a, const struct search_query *q,
                                      struct str text, size_t max) {
    _Static_assert(LIMIT_SEARCH_TOKENS <= 64, "a bit for each group");
    VEC(struct search_span) spans = { 0 };
    struct seen *window = arena_array(a, WINDOW, sizeof *window);
    struct token_reader r;
    struct token token;
    token_reader_init(&r, text);
    for (size_t n = 0; token_next(&r, &token);) {
        struct seen *seen = &window[n++ % WINDOW];
        *seen = (struct seen){ .len = token.text.len, .from = token.from, .to = token.to };
        memcpy(seen->text, token.text.ptr, token.text.len);
        for (size_t g = 0; g < q->positive; g++) {
            for (size_t i = 0; i < q->groups[g].len; i++) {
                const struct search_phrase *phrase = &q->groups[g].any[i];
                size_t from = 0;
                if (!ends_phrase(window, n, phrase, &from)) {
                    continue;
                }
                /* A single character is found as the beginning of a pair. */
                bool half = phrase->is_prefix && token.is_pair &&
                            phrase->tokens[phrase->len - 1].len < token.text.len;
                struct search_span span = { from, half ? token.middle : token.to,
                                            UINT64_C(1) << g };
                while (spans.len > 0 && spans.ptr[spans.len - 1].to >= span.from) {
                    const struct search_span *last = &spans.ptr[--spans.len];
                    span.from = last->from < span.from ? last->from : span.from;
                    span.to = last->to > span.to ? last->to : span.to;
                    span.groups |= last->groups;
                }
                if (spans.len == max) {
                    return (struct search_spans){ spans.ptr, spans.len };
                }
                *vec_push(a, &spans) = span;
            }
        }
    }
    return (struct search_spans){ spans.ptr, spans.len };
}
