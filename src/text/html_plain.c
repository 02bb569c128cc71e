/* What is plain:
 *
 * - Valid UTF-8 without controls but tab and line feed, and no noncharacters.
 * - Elements of the table below only. Each is closed by its own end tag, in order, before its
 *   parent; void ones are not. Blocks stand in blocks, inline elements and text anywhere, and no
 *   block in a paragraph, a heading or an inline element; the parts of a table stand in each other,
 *   with nothing but white space between them. So no tag is ever implied, and no end tag is without
 *   its element.
 * - No formatting element (those that a parser opens again after a block has closed them: a, b, …)
 *   within another of its name. As they are closed in order, none is ever opened again.
 * - Tags are spelled `<name a="v" b='v' c>`, `</name>`; a void one may end in "/>". No attribute
 *   twice.
 * - Comments without "--", no declarations, and of references only numeric and the commonest named
 * ones, with their semicolon.
 *
 * Of the rules of HTML's tree construction (13.2.6.4.7, "in body") there remain, for these: insert
 * an element, pop one, append text.
 *
 * The text is copied once. Strings of the tree are pieces of that copy, ended by a NUL where there
 * was a "<" or a quotation mark, their references decoded in place. */
#include "text/html_plain.h"

#include "base/limits.h"
#include "text/utf8.h"

enum { DEPTH_MAX = 32, ATTRIBUTES_MAX = 32 };

enum kind {
    KIND_NONE, /* not plain */
    /* What stands in blocks: first what takes blocks and text itself… */
    KIND_BLOCK,
    KIND_LIST,
    KIND_ITEM, /* in a list only */
    KIND_TERMS,
    KIND_TERM, /* in a list of terms only */
    KIND_CELL, /* in a row only */
    /* …then parts of a table… */
    KIND_TABLE,
    KIND_ROWS, /* in a table only */
    KIND_ROW,  /* in rows only */
    /* …what takes text and inline elements… */
    KIND_TEXT,
    KIND_PRE,  /* the same, but a parser drops a line feed right behind its start tag */
    KIND_RULE, /* and what is void. */
    KIND_INLINE,
    KIND_FORMAT,
    KIND_VOID, /* an inline element */
};

static const unsigned char kinds[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_ADDRESS] = KIND_BLOCK, [GUMBO_TAG_ARTICLE] = KIND_BLOCK,
    [GUMBO_TAG_ASIDE] = KIND_BLOCK,   [GUMBO_TAG_BLOCKQUOTE] = KIND_BLOCK,
    [GUMBO_TAG_CENTER] = KIND_BLOCK,  [GUMBO_TAG_DETAILS] = KIND_BLOCK,
    [GUMBO_TAG_DIV] = KIND_BLOCK,     [GUMBO_TAG_FIGCAPTION] = KIND_BLOCK,
    [GUMBO_TAG_FIGURE] = KIND_BLOCK,  [GUMBO_TAG_FOOTER] = KIND_BLOCK,
    [GUMBO_TAG_HEADER] = KIND_BLOCK,  [GUMBO_TAG_MAIN] = KIND_BLOCK,
    [GUMBO_TAG_NAV] = KIND_BLOCK,     [GUMBO_TAG_SECTION] = KIND_BLOCK,
    [GUMBO_TAG_SUMMARY] = KIND_BLOCK, [GUMBO_TAG_OL] = KIND_LIST,
    [GUMBO_TAG_UL] = KIND_LIST,       [GUMBO_TAG_LI] = KIND_ITEM,
    [GUMBO_TAG_DL] = KIND_TERMS,      [GUMBO_TAG_DD] = KIND_TERM,
    [GUMBO_TAG_DT] = KIND_TERM,       [GUMBO_TAG_TD] = KIND_CELL,
    [GUMBO_TAG_TH] = KIND_CELL,       [GUMBO_TAG_TABLE] = KIND_TABLE,
    [GUMBO_TAG_TBODY] = KIND_ROWS,    [GUMBO_TAG_TFOOT] = KIND_ROWS,
    [GUMBO_TAG_THEAD] = KIND_ROWS,    [GUMBO_TAG_TR] = KIND_ROW,
    [GUMBO_TAG_H1] = KIND_TEXT,       [GUMBO_TAG_H2] = KIND_TEXT,
    [GUMBO_TAG_H3] = KIND_TEXT,       [GUMBO_TAG_H4] = KIND_TEXT,
    [GUMBO_TAG_H5] = KIND_TEXT,       [GUMBO_TAG_H6] = KIND_TEXT,
    [GUMBO_TAG_P] = KIND_TEXT,        [GUMBO_TAG_PRE] = KIND_PRE,
    [GUMBO_TAG_HR] = KIND_RULE,       [GUMBO_TAG_ABBR] = KIND_INLINE,
    [GUMBO_TAG_AUDIO] = KIND_INLINE,  [GUMBO_TAG_CITE] = KIND_INLINE,
    [GUMBO_TAG_DEL] = KIND_INLINE,    [GUMBO_TAG_INS] = KIND_INLINE,
    [GUMBO_TAG_KBD] = KIND_INLINE,    [GUMBO_TAG_MARK] = KIND_INLINE,
    [GUMBO_TAG_Q] = KIND_INLINE,      [GUMBO_TAG_SPAN] = KIND_INLINE,
    [GUMBO_TAG_SUB] = KIND_INLINE,    [GUMBO_TAG_SUP] = KIND_INLINE,
    [GUMBO_TAG_TIME] = KIND_INLINE,   [GUMBO_TAG_VIDEO] = KIND_INLINE,
    [GUMBO_TAG_A] = KIND_FORMAT,      [GUMBO_TAG_B] = KIND_FORMAT,
    [GUMBO_TAG_CODE] = KIND_FORMAT,   [GUMBO_TAG_EM] = KIND_FORMAT,
    [GUMBO_TAG_I] = KIND_FORMAT,      [GUMBO_TAG_S] = KIND_FORMAT,
    [GUMBO_TAG_SMALL] = KIND_FORMAT,  [GUMBO_TAG_STRIKE] = KIND_FORMAT,
    [GUMBO_TAG_STRONG] = KIND_FORMAT, [GUMBO_TAG_U] = KIND_FORMAT,
    [GUMBO_TAG_BR] = KIND_VOID,       [GUMBO_TAG_IMG] = KIND_VOID,
    [GUMBO_TAG_SOURCE] = KIND_VOID,
};

struct parse {
    struct arena *arena;
    char *at, *end; /* in the copy, which has a NUL at its end */
    GumboNode *open[DEPTH_MAX];
    enum kind kinds[DEPTH_MAX];
    size_t depth; /* the innermost open one; [0] is the root */
};

/* ---- characters ---- */

static bool is_plain_character(uint32_t c) {
    return c == '\t' || c == '\n' || (c >= 0x20 && c < 0x7f) ||
           (c >= 0xa0 && c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff) &&
            !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xfffe) != 0xfffe && c != 0xfeff);
}

static bool characters_are_plain(struct str s) {
    for (size_t at = 0; (at += utf8_ascii_prefix(str_from(s, at))) < s.len;) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        bool invalid = c == UTF8_REPLACEMENT && at - from != 3;
        if (invalid || !is_plain_character(c)) {
            return false;
        }
    }
    return true;
}

static size_t put_character(char *out, uint32_t c) {
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n; n > 1 && i-- > 1; c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3f));
    }
    out[0] = (char)(n == 1 ? c : lead[n] | c);
    return n;
}

/* ---- references ---- */

/* The value of "#…;" at `s`, its length in *ret_len; 0: it is not plain. */
static uint32_t number_at(struct str s, size_t *ret_len) {
    bool hex = s.len > 1 && char_lower(s.ptr[1]) == 'x';
    uint32_t c = 0;
    size_t i = 1 + hex, begin = i;
    for (; i < s.len && i - begin < 7; i++) {
        int digit = char_hex(s.ptr[i]);
        if (digit < 0 || (!hex && digit > 9)) {
            break;
        }
        c = c * (hex ? 16 : 10) + (uint32_t)digit;
    }
    *ret_len = i + 1;
    return i > begin && i < s.len && s.ptr[i] == ';' && is_plain_character(c) ? c : 0;
}

static uint32_t name_at(struct str s, size_t *ret_len) {
    static const struct {
        struct str name;
        uint32_t c;
    } names[] = {
        { STR_INIT("amp;"), '&' },      { STR_INIT("nbsp;"), 0xa0 },
        { STR_INIT("lt;"), '<' },       { STR_INIT("gt;"), '>' },
        { STR_INIT("quot;"), '"' },     { STR_INIT("hellip;"), 0x2026 },
        { STR_INIT("ndash;"), 0x2013 }, { STR_INIT("mdash;"), 0x2014 },
        { STR_INIT("lsquo;"), 0x2018 }, { STR_INIT("rsquo;"), 0x2019 },
        { STR_INIT("ldquo;"), 0x201c }, { STR_INIT("rdquo;"), 0x201d },
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_starts(s, names[i].name)) {
            *ret_len = names[i].name.len;
            return names[i].c;
        }
    }
    return 0;
}

/* Decode the references in [from, to) in place; where the text ends now, or NULL. */
static char *decode(char *from, char *to) {
    char *in = memchr(from, '&', (size_t)(to - from)), *out = in;
    if (in == NULL) {
        return to;
    }
    while (in < to) {
        struct str rest = str_make(in + 1, (size_t)(to - in - 1));
        size_t len = 0;
        uint32_t c = rest.len > 0 && rest.ptr[0] == ' '   ? '&'
                     : rest.len > 0 && rest.ptr[0] == '#' ? number_at(rest, &len)
                                                          : name_at(rest, &len);
        if (c == 0) {
            return NULL;
        }
        in += 1 + len;
        out += put_character(out, c);
        char *next = memchr(in, '&', (size_t)(to - in));
        size_t n = (size_t)((next != NULL ? next : to) - in);
        memmove(out, in, n);
        in += n;
        out += n;
    }
    return out;
}

/* ---- nodes ---- */

static void push(struct parse *p, GumboVector *vector, void *element) {
    if (vector->length == vector->capacity) {
        size_t capacity = vector->capacity;
        vector->data =
            arena_grow(p->arena, vector->data, vector->length, &capacity, sizeof *vector->data);
        vector->capacity = (unsigned)capacity;
    }
    vector->data[vector->length++] = element;
}

static GumboNode *add_node(struct parse *p, GumboNodeType type) {
    GumboNode *node = ARENA_NEW(p->arena, GumboNode);
    node->type = type;
    push(p, &p->open[p->depth]->v.element.children, node);
    return node;
}

static bool is_table(enum kind kind) {
    return kind >= KIND_TABLE && kind <= KIND_ROW;
}

/* Up to `end`, which is overwritten. */
static bool take_text(struct parse *p, char *end) {
    char *text = p->at;
    p->at = end;
    end = decode(text, end);
    if (end == NULL) {
        return false;
    }
    *end = '\0';
    const char *ink = text;
    while (char_is_space(*ink)) {
        ink++;
    }
    bool blank = ink == end;
    add_node(p, blank ? GUMBO_NODE_WHITESPACE : GUMBO_NODE_TEXT)->v.text.text = text;
    return blank || !is_table(p->kinds[p->depth]);
}

/* p->at is behind its "<!--". */
static bool take_comment(struct parse *p) {
    char *begin = p->at;
    char *end = memmem(begin, (size_t)(p->end - begin), "--", 2);
    if (end == NULL || end == begin || *begin == '>' || *begin == '-' || end[2] != '>') {
        return false;
    }
    *end = '\0';
    p->at = end + 3;
    add_node(p, GUMBO_NODE_COMMENT)->v.text.text = begin;
    return true;
}

/* ---- tags ---- */

static bool is_name_char(char c) {
    return char_is_alnum(c) || c == '-' || c == '_' || c == ':';
}

static char *skip_space(char *at) {
    while (*at == ' ' || *at == '\n' || *at == '\t') {
        at++;
    }
    return at;
}

static char *skip_name(char *at, char *end) {
    while (at < end && is_name_char(*at)) {
        at++;
    }
    return at;
}

static GumboTag tag_named(const char *begin, const char *end) {
    return begin < end ? gumbo_tagn_enum(begin, (unsigned)(end - begin)) : GUMBO_TAG_UNKNOWN;
}

static bool has_attribute(const GumboVector *attributes, const char *name) {
    for (unsigned i = 0; i < attributes->length; i++) {
        if (strcmp(((const GumboAttribute *)attributes->data[i])->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* `name`, `name="value"` or `name='value'` at p->at, which moves behind it. */
static bool take_attribute(struct parse *p, GumboVector *attributes) {
    char *begin = p->at, *end = skip_name(begin, p->end);
    struct str name = str_make(begin, (size_t)(end - begin));
    if (!char_is_alpha(*begin) || attributes->length == ATTRIBUTES_MAX) {
        return false;
    }
    GumboAttribute *attribute = ARENA_NEW(p->arena, GumboAttribute);
    if (*end == '=' && (end[1] == '"' || end[1] == '\'')) {
        char *value = end + 2;
        char *close = memchr(value, end[1], (size_t)(p->end - value));
        char *stop = close != NULL ? decode(value, close) : NULL;
        if (stop == NULL) {
            return false;
        }
        *end = '\0'; /* the name's */
        *stop = '\0';
        attribute->value = value;
        p->at = close + 1;
    } else if (*end == ' ' || *end == '>') {
        begin = arena_alloc(p->arena, name.len + 1);
        memcpy(begin, name.ptr, name.len);
        attribute->value = "";
        p->at = end;
    } else {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        begin[i] = char_lower(begin[i]);
    }
    attribute->name = begin;
    if (has_attribute(attributes, begin)) {
        return false;
    }
    push(p, attributes, attribute);
    return true;
}

static bool fits(const struct parse *p, enum kind kind, GumboTag tag) {
    enum kind around = p->kinds[p->depth];
    switch (kind) {
    case KIND_NONE: return false;
    case KIND_ITEM: return around == KIND_LIST;
    case KIND_TERM: return around == KIND_TERMS;
    case KIND_ROWS: return around == KIND_TABLE;
    case KIND_ROW: return around == KIND_ROWS;
    case KIND_CELL: return around == KIND_ROW;
    case KIND_FORMAT:
        for (size_t i = 1; i <= p->depth; i++) {
            if (p->open[i]->v.element.tag == tag) {
                return false;
            }
        }
        return !is_table(around);
    case KIND_INLINE:
    case KIND_VOID: return !is_table(around);
    default: return around <= KIND_CELL;
    }
}

/* A start tag; p->at is at its name. */
static bool take_start(struct parse *p) {
    char *name_end = skip_name(p->at, p->end);
    GumboTag tag = tag_named(p->at, name_end);
    enum kind kind = (enum kind)kinds[tag];
    bool is_void = kind == KIND_VOID || kind == KIND_RULE;
    if (!fits(p, kind, tag) || (!is_void && p->depth + 1 == DEPTH_MAX)) {
        return false;
    }
    GumboNode *node = add_node(p, GUMBO_NODE_ELEMENT);
    node->v.element.tag = tag;
    for (p->at = name_end;;) {
        char *at = skip_space(p->at);
        if (*at == '/' && is_void) {
            at++;
        } else if (*at != '>') {
            bool parted = at > p->at;
            p->at = at;
            if (!parted || !take_attribute(p, &node->v.element.attributes)) {
                return false;
            }
            continue;
        }
        if (*at != '>') {
            return false;
        }
        p->at = at + 1;
        break;
    }
    if (!is_void) {
        p->open[++p->depth] = node;
        p->kinds[p->depth] = kind;
    }
    return kind != KIND_PRE || (*p->at != '\n' && *p->at != '&');
}

/* An end tag; p->at is behind its "</". */
static bool take_end(struct parse *p) {
    char *name_end = skip_name(p->at, p->end);
    GumboTag tag = tag_named(p->at, name_end);
    if (*name_end != '>' || p->depth == 0 || p->open[p->depth]->v.element.tag != tag) {
        return false;
    }
    p->at = name_end + 1;
    p->depth--;
    return true;
}

static bool parse(struct parse *p) {
    size_t most_bytes = p->arena->used_bytes + LIMIT_HTML_PARSE_BYTES;
    while (p->at < p->end) {
        char *lt = memchr(p->at, '<', (size_t)(p->end - p->at));
        if (lt != p->at && !take_text(p, lt != NULL ? lt : p->end)) {
            return false;
        }
        if (lt == NULL) {
            break;
        }
        bool closes = lt[1] == '/', comment = strncmp(lt + 1, "!--", 3) == 0;
        p->at = lt + 1 + (comment ? 3 : closes);
        if (!(closes    ? take_end(p)
              : comment ? take_comment(p)
                        : take_start(p)) ||
            p->arena->used_bytes > most_bytes) {
            return false;
        }
    }
    return p->depth == 0;
}

bool html_plain_parse(struct arena *a, struct str text, const GumboNode **ret_root) {
    if (text.len > LIMIT_HTML_INPUT_BYTES || !characters_are_plain(text)) {
        return false;
    }
    char *copy = arena_alloc(a, text.len + 1);
    memcpy(copy, text.ptr != NULL ? text.ptr : "", text.len);
    GumboNode *root = ARENA_NEW(a, GumboNode);
    root->type = GUMBO_NODE_ELEMENT;
    root->v.element.tag = GUMBO_TAG_HTML;
    struct parse p = { .arena = a, .at = copy, .end = copy + text.len };
    p.open[0] = root;
    p.kinds[0] = KIND_BLOCK;
    if (!parse(&p)) {
        return false;
    }
    *ret_root = root;
    return true;
}
