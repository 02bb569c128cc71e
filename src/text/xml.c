#include "text/xml.h"

#include "text/utf8.h"

/* Production 2: not every code point is a character. */
static bool is_char(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
}

/* The end of the bytes from `at` on that stand for themselves anywhere: most of a text. */
static size_t plain_end(struct str text, size_t at) {
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c < ' ' || c == '&' || c == '<' || c == '>' || c == '"' || c == ']') {
            break;
        }
    }
    return at;
}

/* White space that a reader would normalise is written as references: a line's end as \n (2.11),
 * all of it in an attribute as spaces (3.3.3). */
static void put_escaped(struct buf *out, struct str text, bool in_attr) {
    for (size_t at = 0; at < text.len;) {
        size_t end = plain_end(text, at);
        if (end > at) {
            buf_put(out, str_slice(text, at, end));
            at = end;
            continue;
        }
        uint32_t c = utf8_next(text, &at);
        switch (c) {
        case '&': buf_put(out, STR("&amp;")); break;
        case '<': buf_put(out, STR("&lt;")); break;
        case '>': buf_put(out, STR("&gt;")); break;
        case '"': buf_put(out, STR("&quot;")); break;
        case '\r': buf_put(out, STR("&#13;")); break;
        case '\t':
        case '\n':
            if (in_attr) {
                buf_printf(out, "&#%u;", c);
                break;
            }
            buf_put_char(out, (char)c);
            break;
        default:
            if (is_char(c)) {
                utf8_put(out, c);
            }
        }
    }
}

/* The start tag's end, if it has not got it. */
static void end_tag(struct xml *x) {
    if (x->in_tag) {
        buf_put_char(x->out, '>');
        x->in_tag = false;
    }
}

void xml_init(struct xml *x, struct buf *out) {
    *x = (struct xml){ .out = out };
    buf_put(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
}

void xml_open(struct xml *x, const char *name) {
    check(x->depth < XML_DEPTH_MAX);
    if (x->in_tag) {
        end_tag(x);
        buf_put_char(x->out, '\n');
    }
    buf_put_char(x->out, '<');
    buf_put(x->out, str_of(name));
    x->open[x->depth++] = name;
    x->in_tag = true;
}

void xml_attr(struct xml *x, const char *name, struct str value) {
    check(x->in_tag);
    buf_printf(x->out, " %s=\"", name);
    put_escaped(x->out, value, true);
    buf_put_char(x->out, '"');
}

void xml_attr_i64(struct xml *x, const char *name, int64_t value) {
    check(x->in_tag);
    buf_printf(x->out, " %s=\"%lld\"", name, (long long)value);
}

void xml_text(struct xml *x, struct str text) {
    if (text.len > 0) {
        end_tag(x);
        put_escaped(x->out, text, false);
    }
}

/* "]]>" ends a CDATA section: it is cut in two there. A carriage return has no spelling in one that
 * a reader would keep; it ends a line as it would anywhere else. */
void xml_cdata(struct xml *x, struct str text) {
    if (text.len == 0) {
        return;
    }
    end_tag(x);
    buf_put(x->out, STR("<![CDATA["));
    size_t brackets = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = plain_end(text, at);
        if (end > at) {
            buf_put(x->out, str_slice(text, at, end));
            brackets = 0;
            at = end;
            continue;
        }
        uint32_t c = utf8_next(text, &at);
        if (!is_char(c)) {
            continue;
        }
        if (c == '>' && brackets >= 2) {
            buf_put(x->out, STR("]]><![CDATA["));
        }
        brackets = c == ']' ? brackets + 1 : 0;
        utf8_put(x->out, c);
    }
    buf_put(x->out, STR("]]>"));
}

void xml_close(struct xml *x) {
    check(x->depth > 0);
    const char *name = x->open[--x->depth];
    if (x->in_tag) {
        buf_put(x->out, STR("/>\n"));
        x->in_tag = false;
    } else {
        buf_printf(x->out, "</%s>\n", name);
    }
}

void xml_element(struct xml *x, const char *name, struct str text) {
    xml_open(x, name);
    xml_text(x, text);
    xml_close(x);
}

void xml_element_cdata(struct xml *x, const char *name, struct str text) {
    xml_open(x, name);
    xml_cdata(x, text);
    xml_close(x);
}

void xml_element_i64(struct xml *x, const char *name, int64_t value) {
    xml_open(x, name);
    end_tag(x);
    buf_put_i64(x->out, value);
    xml_close(x);
}
