#include "text/html.h"

#include "text/utf8.h"

#include <gumbo.h>

void html_escape(struct buf *b, struct str text) {
    static const struct str escapes[128] = {
        ['&'] = STR_INIT("&amp;"),  ['<'] = STR_INIT("&lt;"),    ['>'] = STR_INIT("&gt;"),
        ['"'] = STR_INIT("&quot;"), ['\''] = STR_INIT("&#x27;"), ['`'] = STR_INIT("&#x60;"),
        ['='] = STR_INIT("&#x3D;"),
    };
    size_t plain = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 128 && escapes[c].len > 0) {
            buf_put(b, str_slice(text, plain, i));
            buf_put(b, escapes[c]);
            plain = i + 1;
        }
    }
    buf_put(b, str_from(text, plain));
}

void html_put(struct buf *b, struct html html) {
    buf_put(b, html.raw);
}

struct html html_of_text(struct arena *a, struct str text) {
    struct buf b;
    buf_init(&b, text.len * 6 + 1);
    html_escape(&b, text);
    struct html html = { arena_str(a, buf_str(&b)) };
    buf_done(&b);
    return html;
}

/* Character references. The handful that our own output has is decoded here; for the rest of HTML's
 * 2,231 names the HTML parser is asked, which knows them. */

enum { REFERENCE_MAX = 40 }; /* longer than any name */

static bool put_numeric(struct buf *out, struct str s, size_t *at) {
    size_t i = *at + 2;
    bool hex = i < s.len && char_lower(s.ptr[i]) == 'x';
    i += hex;
    uint32_t c = 0;
    size_t digits = 0;
    for (; i < s.len; i++, digits++) {
        char d = char_lower(s.ptr[i]);
        if (!char_is_digit(d) && !(hex && d >= 'a' && d <= 'f')) {
            break;
        }
        c = c > 0x110000 ? c : c * (hex ? 16 : 10) + (uint32_t)(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    if (digits == 0) {
        return false;
    }
    /* Numbers that meant Windows-1252 when people wrote them, still do (HTML, 13.2.5.80). */
    static const uint16_t windows1252[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };
    c = c >= 0x80 && c < 0xa0 ? windows1252[c - 0x80] : c;
    utf8_put(out, c == 0 ? UTF8_REPLACEMENT : c);
    *at = i < s.len && s.ptr[i] == ';' ? i + 1 : i;
    return true;
}

static bool put_common(struct buf *out, struct str s, size_t *at) {
    static const struct {
        struct str name, text;
    } common[] = {
        { STR_INIT("&amp;"), STR_INIT("&") },       { STR_INIT("&lt;"), STR_INIT("<") },
        { STR_INIT("&gt;"), STR_INIT(">") },        { STR_INIT("&quot;"), STR_INIT("\"") },
        { STR_INIT("&nbsp;"), STR_INIT("\u00a0") },
    };
    for (size_t i = 0; i < COUNT_OF(common); i++) {
        if (str_starts(str_from(s, *at), common[i].name)) {
            buf_put(out, common[i].text);
            *at += common[i].name.len;
            return true;
        }
    }
    return false;
}

static void put_named(struct buf *out, struct str s, size_t *at) {
    size_t end = *at + 1;
    while (end < s.len && end - *at < REFERENCE_MAX && char_is_alnum(s.ptr[end])) {
        end++;
    }
    end += end < s.len && s.ptr[end] == ';';
    struct str reference = str_slice(s, *at, end);
    *at = end;
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_BODY;
    GumboOutput *parsed = gumbo_parse_with_options(&options, reference.ptr, reference.len);
    const GumboVector *children = &parsed->root->v.element.children;
    const GumboNode *first = children->length > 0 ? children->data[0] : NULL;
    bool is_text = first != NULL && first->type != GUMBO_NODE_ELEMENT;
    buf_put(out, is_text ? str_of(first->v.text.text) : reference);
    gumbo_destroy_output(&options, parsed);
}

struct str html_unescape(struct arena *a, struct str s) {
    size_t ampersand = str_find_char(s, '&', 0);
    if (ampersand == STR_NPOS) {
        return s;
    }
    struct buf out;
    buf_init(&out, s.len * 3 + 8);
    for (size_t at = 0; at < s.len;) {
        ampersand = str_find_char(s, '&', at);
        buf_put(&out, str_slice(s, at, ampersand));
        if (ampersand == STR_NPOS) {
            break;
        }
        at = ampersand;
        char next = at + 1 < s.len ? s.ptr[at + 1] : ' ';
        if (put_common(&out, s, &at) || (next == '#' && put_numeric(&out, s, &at))) {
            continue;
        }
        if (char_is_alpha(next)) {
            put_named(&out, s, &at);
        } else {
            buf_put_char(&out, '&');
            at++;
        }
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

/* Plain text. */

struct tag {
    struct str name;
    struct str attributes;
    bool closes;
    bool is_comment;
};

/* The tag or comment that begins at `at`, where a '<' stands; *ret_end is behind it. False if it is
 * a mere '<'. */
static bool tag_at(struct str s, size_t at, struct tag *ret, size_t *ret_end) {
    struct str rest = str_from(s, at);
    if (str_starts(rest, STR("<!--"))) {
        size_t end = str_find(s, STR("-->"), at + 4);
        *ret = (struct tag){ .is_comment = true };
        *ret_end = end == STR_NPOS ? s.len : end + 3;
        return true;
    }
    bool closes = str_starts(rest, STR("</"));
    size_t i = at + 1 + closes, name_at = i;
    if (i >= s.len || !char_is_alpha(s.ptr[i])) {
        return false;
    }
    while (i < s.len && !char_is_space(s.ptr[i]) && s.ptr[i] != '>' && s.ptr[i] != '/') {
        i++;
    }
    struct str name = str_slice(s, name_at, i);
    size_t attributes_at = i;
    char quote = '\0';
    for (; i < s.len && (quote != '\0' || s.ptr[i] != '>'); i++) {
        if (quote != '\0') {
            quote = s.ptr[i] == quote ? '\0' : quote;
        } else if (s.ptr[i] == '"' || s.ptr[i] == '\'') {
            quote = s.ptr[i];
        }
    }
    *ret = (struct tag){ name, str_slice(s, attributes_at, i), closes, false };
    *ret_end = i < s.len ? i + 1 : i;
    return true;
}

enum {
    INLINE = 1 << 0,   /* stands inside a line: its ends part no words */
    LEFT_OUT = 1 << 1, /* with all that is in it */
    VOID = 1 << 2,
};

static const unsigned char kinds[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_A] = INLINE,          [GUMBO_TAG_ABBR] = INLINE,
    [GUMBO_TAG_AREA] = VOID,         [GUMBO_TAG_B] = INLINE,
    [GUMBO_TAG_BDI] = INLINE,        [GUMBO_TAG_BDO] = INLINE,
    [GUMBO_TAG_BIG] = INLINE,        [GUMBO_TAG_BR] = VOID,
    [GUMBO_TAG_CITE] = INLINE,       [GUMBO_TAG_CODE] = INLINE,
    [GUMBO_TAG_COL] = VOID,          [GUMBO_TAG_DEL] = INLINE,
    [GUMBO_TAG_DFN] = INLINE,        [GUMBO_TAG_EM] = INLINE,
    [GUMBO_TAG_EMBED] = VOID,        [GUMBO_TAG_FIGCAPTION] = LEFT_OUT,
    [GUMBO_TAG_FONT] = INLINE,       [GUMBO_TAG_HR] = VOID,
    [GUMBO_TAG_I] = INLINE,          [GUMBO_TAG_IMG] = VOID,
    [GUMBO_TAG_INPUT] = VOID,        [GUMBO_TAG_INS] = INLINE,
    [GUMBO_TAG_KBD] = INLINE,        [GUMBO_TAG_LINK] = VOID,
    [GUMBO_TAG_MARK] = INLINE,       [GUMBO_TAG_META] = VOID,
    [GUMBO_TAG_Q] = INLINE,          [GUMBO_TAG_RB] = INLINE,
    [GUMBO_TAG_RP] = LEFT_OUT,       [GUMBO_TAG_RT] = LEFT_OUT,
    [GUMBO_TAG_RUBY] = INLINE,       [GUMBO_TAG_S] = INLINE,
    [GUMBO_TAG_SAMP] = INLINE,       [GUMBO_TAG_SCRIPT] = LEFT_OUT,
    [GUMBO_TAG_SMALL] = INLINE,      [GUMBO_TAG_SOURCE] = VOID,
    [GUMBO_TAG_SPAN] = INLINE,       [GUMBO_TAG_STRONG] = INLINE,
    [GUMBO_TAG_STYLE] = LEFT_OUT,    [GUMBO_TAG_SUB] = INLINE,
    [GUMBO_TAG_SUP] = INLINE,        [GUMBO_TAG_TIME] = INLINE,
    [GUMBO_TAG_TRACK] = VOID,        [GUMBO_TAG_TT] = INLINE,
    [GUMBO_TAG_U] = INLINE,          [GUMBO_TAG_VAR] = INLINE,
    [GUMBO_TAG_WBR] = INLINE | VOID,
};

/* Has the tag a data-card attribute? Names inside quoted values do not count. */
static bool is_card(struct str attributes) {
    char quote = '\0';
    for (size_t i = 0; i < attributes.len; i++) {
        char c = attributes.ptr[i];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (char_is_space(c) &&
                   str_starts_nocase(str_from(attributes, i + 1), STR("data-card="))) {
            return true;
        }
    }
    return false;
}

/* Behind the end tag that belongs to the element `name`, whose content begins at `at`. */
static size_t skip_element(struct str s, size_t at, struct str name) {
    size_t depth = 1;
    while (depth > 0 && (at = str_find_char(s, '<', at)) != STR_NPOS) {
        struct tag tag;
        size_t end;
        if (!tag_at(s, at, &tag, &end)) {
            at++;
            continue;
        }
        if (str_eq_nocase(tag.name, name)) {
            depth = tag.closes ? depth - 1 : depth + 1;
        }
        at = end;
    }
    return at == STR_NPOS ? s.len : at;
}

/* Append text, white space collapsed; nothing at the very beginning. */
static void put_collapsed(struct buf *out, struct str text) {
    for (size_t at = 0; at < text.len;) {
        if (!char_is_space(text.ptr[at])) {
            size_t end = str_single_spaced(text, at);
            buf_put(out, str_slice(text, at, end));
            at = end;
            continue;
        }
        if (out->len > 0 && out->ptr[out->len - 1] != ' ') {
            buf_put_char(out, ' ');
        }
        while (at < text.len && char_is_space(text.ptr[at])) {
            at++;
        }
    }
}

struct str html_text(struct arena *a, struct html html) {
    struct str s = html.raw;
    struct buf out;
    buf_init(&out, s.len + 1);
    buf_reserve(&out, s.len);
    for (size_t at = 0; at < s.len;) {
        size_t open = str_find_char(s, '<', at);
        put_collapsed(&out, str_slice(s, at, open));
        if (open == STR_NPOS) {
            break;
        }
        struct tag tag;
        if (!tag_at(s, open, &tag, &at)) {
            put_collapsed(&out, STR("<"));
            at = open + 1;
            continue;
        }
        if (tag.is_comment) {
            continue;
        }
        unsigned kind = kinds[gumbo_tagn_enum(tag.name.ptr, (unsigned)tag.name.len)];
        if (!(kind & INLINE)) {
            put_collapsed(&out, STR(" "));
        }
        if (!tag.closes && !(kind & VOID) && ((kind & LEFT_OUT) || is_card(tag.attributes))) {
            at = skip_element(s, at, tag.name);
        }
    }
    /* References come last, so that an escaped '<' is not taken for a tag; what they bring of white
     * space is collapsed, too. */
    struct str text = html_unescape(a, buf_str(&out));
    struct buf collapsed;
    buf_init(&collapsed, text.len + 1);
    if (text.ptr != out.ptr) {
        put_collapsed(&collapsed, text);
        text = buf_str(&collapsed);
    }
    struct str result = arena_str(a, str_trim(text));
    buf_done(&collapsed);
    buf_done(&out);
    return result;
}
