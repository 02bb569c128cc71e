#include "transfer/xml_clean.h"

#include "base/block16.h"
#include "base/limits.h"

/* No construct that is judged as a whole is longer: "<![CDATA[", "&#x0010FFFF;", an entity. */
#define LOOKAHEAD_BYTES   40
/* The XML declaration, to find its encoding. */
#define DECLARATION_BYTES 512

/* What needs a look, beside control characters and those outside ASCII: in a text what may begin
 * something, elsewhere what may end it. */
static const char looked_at[XML_CLEAN_STATES][3] = {
    [XML_CLEAN_START] = "&<",
    [XML_CLEAN_TEXT] = "&<",
    [XML_CLEAN_CDATA] = "]]",
    [XML_CLEAN_COMMENT] = "--",
};

static bool is_plain(int state, unsigned char ch) {
    return ((ch >= 0x20 && ch < 0x80) || ch == '\t' || ch == '\n') &&
           ch != (unsigned char)looked_at[state][0] && ch != (unsigned char)looked_at[state][1];
}

void xml_clean_init(struct xml_clean *c, xml_clean_warn *warn, void *ctx) {
    *c = (struct xml_clean){ .warn = warn, .ctx = ctx, .line = 1, .state = XML_CLEAN_START };
    for (int state = 0; state < XML_CLEAN_STATES; state++) {
        for (int ch = 0; ch < 256; ch++) {
            c->is_plain[state][ch] = is_plain(state, (unsigned char)ch);
        }
    }
    buf_init(&c->in, LIMIT_WXR_CHUNK_BYTES + DECLARATION_BYTES);
    /* The worst case is a byte that becomes "&amp;". */
    buf_init(&c->out, 5 * (LIMIT_WXR_CHUNK_BYTES + DECLARATION_BYTES));
}

void xml_clean_done(struct xml_clean *c) {
    if (c != NULL) {
        buf_done(&c->in);
        buf_done(&c->out);
    }
}

static void warn(struct xml_clean *c, const char *what) {
    if (c->warn != NULL) {
        c->warn(c->ctx, c->line, what);
    }
}

/* ---- characters ---- */

static bool is_xml_char(uint32_t cp) {
    return cp == 0x9 || cp == 0xA || cp == 0xD || (cp >= 0x20 && cp <= 0xD7FF) ||
           (cp >= 0xE000 && cp <= 0xFFFD) || (cp >= 0x10000 && cp <= 0x10FFFF);
}

static void put_utf8(struct buf *out, uint32_t cp) {
    char bytes[4];
    size_t n = 0;
    if (cp < 0x80) {
        bytes[n++] = (char)cp;
    } else if (cp < 0x800) {
        bytes[n++] = (char)(0xC0 | cp >> 6);
        bytes[n++] = (char)(0x80 | (cp & 0x3F));
    } else {
        bytes[n++] = (char)(0xE0 | cp >> 12);
        bytes[n++] = (char)(0x80 | (cp >> 6 & 0x3F));
        bytes[n++] = (char)(0x80 | (cp & 0x3F));
    }
    buf_put(out, str_make(bytes, n));
}

/* Windows-1252's 0x80-0x9F; 0: not assigned. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* Judge the sequence that begins at s, whose first byte is >= 0x80 (Unicode 15, table 3-7).
 * Returns its length if it is whole and right; 0 if bytes are missing at the end; otherwise minus
 * the length of the maximal wrong part. */
static int judge_utf8(struct str s) {
    unsigned char lead = (unsigned char)s.ptr[0];
    int len = lead >= 0xF0 && lead <= 0xF4   ? 4
              : lead >= 0xE0 && lead <= 0xEF ? 3
              : lead >= 0xC2 && lead <= 0xDF ? 2
                                             : 0;
    if (len == 0) {
        return -1;
    }
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (int i = 1; i < len; i++) {
        if ((size_t)i >= s.len) {
            return 0;
        }
        unsigned char byte = (unsigned char)s.ptr[i];
        if (byte < low || byte > high) {
            return -i;
        }
        low = 0x80;
        high = 0xBF;
    }
    return len;
}

static bool is_noncharacter(struct str sequence) {
    return str_eq(sequence, STR("\xEF\xBF\xBE")) || str_eq(sequence, STR("\xEF\xBF\xBF"));
}

/* ---- the declaration ---- */

static struct str declared_encoding(struct str head) {
    size_t end = str_find(head, STR("?>"), 0);
    if (!str_starts(head, STR("<?xml")) || end == STR_NPOS) {
        return STR("");
    }
    head = str_slice(head, 0, end);
    size_t at = str_find(head, STR("encoding"), 0);
    if (at == STR_NPOS) {
        return STR("");
    }
    struct str rest = str_from(head, at + 8);
    while (rest.len > 0 && (char_is_space(rest.ptr[0]) || rest.ptr[0] == '=')) {
        rest = str_from(rest, 1);
    }
    if (rest.len == 0 || (rest.ptr[0] != '"' && rest.ptr[0] != '\'')) {
        return STR("");
    }
    return str_slice(rest, 1, str_find_char(rest, rest.ptr[0], 1));
}

/* Skip what may not stand before the declaration, and find the encoding. */
static enum status begin(struct xml_clean *c, size_t *ret_skip, struct err *err) {
    /* No more than what is there however the bytes are cut. */
    struct str in = str_slice(buf_str(&c->in), 0, DECLARATION_BYTES);
    if (str_starts(in, STR("\xFF\xFE")) || str_starts(in, STR("\xFE\xFF"))) {
        return err_set(err, STATUS_INVALID,
                       "the file is UTF-16: turn it into UTF-8 first (iconv -f UTF-16 -t UTF-8)");
    }
    size_t skip = str_starts(in, STR("\xEF\xBB\xBF")) ? 3 : 0;
    size_t blank = skip;
    while (blank < in.len && char_is_space(in.ptr[blank])) {
        blank++;
    }
    if (blank > skip) {
        warn(c, "white space before the XML declaration was left out");
    }
    for (size_t i = 0; i < blank; i++) {
        c->line_offset += in.ptr[i] == '\n';
    }
    c->line += c->line_offset;
    struct str encoding = declared_encoding(str_from(in, blank));
    if (str_eq_nocase(encoding, STR("iso-8859-1")) ||
        str_eq_nocase(encoding, STR("windows-1252")) || str_eq_nocase(encoding, STR("latin1"))) {
        c->single_byte = true;
    } else if (encoding.len > 0 && !str_eq_nocase(encoding, STR("utf-8")) &&
               !str_eq_nocase(encoding, STR("utf8")) && !str_eq_nocase(encoding, STR("us-ascii"))) {
        return err_set(err, STATUS_INVALID,
                       "line %ld: the encoding '%.*s' is not read: turn the file into UTF-8 first",
                       c->line, encoding.len < 40 ? (int)encoding.len : 40, encoding.ptr);
    }
    c->state = XML_CLEAN_TEXT;
    *ret_skip = blank;
    return STATUS_OK;
}

/* ---- references ---- */

static bool is_xml_entity(struct str name) {
    return str_eq(name, STR("amp")) || str_eq(name, STR("lt")) || str_eq(name, STR("gt")) ||
           str_eq(name, STR("quot")) || str_eq(name, STR("apos"));
}

/* The value of "#38" or "#x26"; 0 if it is not one. */
static uint32_t reference_value(struct str name) {
    bool hex = name.len > 1 && name.ptr[1] == 'x';
    uint32_t value = 0;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        char ch = char_lower(name.ptr[i]);
        uint32_t digit = char_is_digit(ch)               ? (uint32_t)(ch - '0')
                         : hex && ch >= 'a' && ch <= 'f' ? (uint32_t)(ch - 'a' + 10)
                                                         : 99;
        if (digit == 99 || value > 0x110000) {
            return 0;
        }
        value = value * (hex ? 16 : 10) + digit;
    }
    return value;
}

/* s begins with '&'. Returns how many bytes were used up. */
static size_t put_reference(struct xml_clean *c, struct str s) {
    size_t end = 1;
    while (end < s.len && end < LOOKAHEAD_BYTES &&
           (char_is_alnum(s.ptr[end]) || s.ptr[end] == '#')) {
        end++;
    }
    bool closed = end < s.len && s.ptr[end] == ';' && end > 1;
    struct str name = str_slice(s, 1, end);
    if (closed && name.ptr[0] == '#' && name.len > 1) {
        uint32_t value = reference_value(name);
        if (is_xml_char(value)) {
            buf_put(&c->out, str_slice(s, 0, end + 1));
        } else {
            warn(c, "a reference to a character that XML forbids was left out");
        }
        return end + 1;
    }
    if (closed && is_xml_entity(name)) {
        buf_put(&c->out, str_slice(s, 0, end + 1));
        return end + 1;
    }
    warn(c, closed ? "an entity that XML does not know was kept as text"
                   : "a bare & was kept as text");
    buf_put(&c->out, STR("&amp;"));
    return 1;
}

/* ---- the filter ---- */

static size_t put_high(struct xml_clean *c, struct str s, bool last) {
    unsigned char ch = (unsigned char)s.ptr[0];
    if (c->single_byte) {
        uint32_t cp = ch < 0xA0 ? windows_1252[ch - 0x80] : ch;
        if (cp == 0) {
            warn(c, "a byte that Windows-1252 does not have was replaced");
        }
        put_utf8(&c->out, cp ? cp : 0xFFFD);
        return 1;
    }
    int judged = judge_utf8(s);
    if (judged == 0 && !last) {
        return 0;
    }
    if (judged <= 0) {
        warn(c, "bytes that are not UTF-8 were replaced");
        put_utf8(&c->out, 0xFFFD);
        return judged == 0 ? s.len : (size_t)-judged;
    }
    struct str sequence = str_slice(s, 0, (size_t)judged);
    if (is_noncharacter(sequence)) {
        warn(c, "a character that XML forbids was left out");
    } else {
        buf_put(&c->out, sequence);
    }
    return (size_t)judged;
}

/* Markup that changes the state, or the byte itself. */
static size_t put_markup(struct xml_clean *c, struct str s) {
    static const struct {
        int from, to;
        struct str token;
    } tokens[] = {
        { XML_CLEAN_TEXT, XML_CLEAN_CDATA, STR_INIT("<![CDATA[") },
        { XML_CLEAN_TEXT, XML_CLEAN_COMMENT, STR_INIT("<!--") },
        { XML_CLEAN_CDATA, XML_CLEAN_TEXT, STR_INIT("]]>") },
        { XML_CLEAN_COMMENT, XML_CLEAN_TEXT, STR_INIT("-->") },
    };
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        if ((int)c->state == tokens[i].from && str_starts(s, tokens[i].token)) {
            c->state = tokens[i].to;
            buf_put(&c->out, tokens[i].token);
            return tokens[i].token.len;
        }
    }
    if (s.ptr[0] == '&' && c->state == XML_CLEAN_TEXT) {
        return put_reference(c, s);
    }
    buf_put_char(&c->out, s.ptr[0]);
    return 1;
}

/* ASCII that needs no look, a whole number of blocks. */
static size_t plain_blocks(enum xml_clean_state state, struct str s) {
    char one = looked_at[state][0], other = looked_at[state][1];
    size_t at = 0;
    for (; s.len - at >= BLOCK16_BYTES; at += BLOCK16_BYTES) {
        block16 b = block16_at(s.ptr + at);
        block16 plain = block16_in(b, 0x20, 0x7f) | block16_eq(b, '\t') | block16_eq(b, '\n');
        if (block16_any(~plain | block16_eq(b, one) | block16_eq(b, other))) {
            break;
        }
    }
    return at;
}

/* Where something needs a look, or the end. */
static size_t plain_end(const struct xml_clean *c, struct str in, size_t at) {
    const bool *plain = c->is_plain[c->state];
    while (at < in.len) {
        if ((unsigned char)in.ptr[at] < 0x80) {
            at += plain_blocks(c->state, str_from(in, at));
            while (at < in.len && plain[(unsigned char)in.ptr[at]]) {
                at++;
            }
            if (at + 1 < in.len && in.ptr[at] == '<' && in.ptr[at + 1] != '!') {
                at++; /* a tag */
            } else if (at < in.len && (unsigned char)in.ptr[at] < 0x80) {
                break;
            }
        } else {
            int judged = c->single_byte ? 0 : judge_utf8(str_from(in, at));
            if (judged <= 0 || is_noncharacter(str_slice(in, at, at + (size_t)judged))) {
                break;
            }
            at += (size_t)judged;
        }
    }
    return at;
}

static size_t filter(struct xml_clean *c, struct str in, bool last) {
    size_t at = 0;
    while (at < in.len) {
        size_t end = plain_end(c, in, at);
        struct str text = str_slice(in, at, end);
        buf_put(&c->out, text);
        c->line += (long)str_count_char(text, '\n');
        at = end;
        if (at == in.len) {
            break;
        }
        unsigned char ch = (unsigned char)in.ptr[at];
        if (ch == '\r') {
            if (at + 1 == in.len && !last) {
                break;
            }
            buf_put_char(&c->out, '\n');
            c->line++;
            at += 1 + (at + 1 < in.len && in.ptr[at + 1] == '\n');
        } else if (ch < 0x20) {
            warn(c, "a control character was left out");
            at++;
        } else if (ch >= 0x80) {
            size_t used = put_high(c, str_from(in, at), last);
            if (used == 0) {
                break;
            }
            at += used;
        } else if (!last && in.len - at < LOOKAHEAD_BYTES + 2) {
            break;
        } else {
            at += put_markup(c, str_from(in, at));
        }
    }
    return at;
}

enum status xml_clean_feed(struct xml_clean *c, struct str bytes, bool last, struct str *ret,
                           struct err *err) {
    check(bytes.len <= LIMIT_WXR_CHUNK_BYTES);
    buf_reset(&c->out);
    buf_put(&c->in, bytes);
    size_t from = 0;
    if (c->in.status == STATUS_OK && c->state == XML_CLEAN_START) {
        if (c->in.len < DECLARATION_BYTES && !last) {
            *ret = STR("");
            return STATUS_OK;
        }
        enum status status = begin(c, &from, err);
        if (status != STATUS_OK) {
            return status;
        }
    }
    size_t used = from + filter(c, str_from(buf_str(&c->in), from), last);
    if (c->in.status != STATUS_OK || c->out.status != STATUS_OK) {
        enum status status = c->in.status ? c->in.status : c->out.status;
        return err_set(err, status, "cannot clean the XML: %s", status_text(status));
    }
    size_t rest = c->in.len - used;
    if (rest > 0) {
        memmove(c->in.ptr, c->in.ptr + used, rest);
    }
    buf_truncate(&c->in, rest);
    *ret = buf_str(&c->out);
    return STATUS_OK;
}
