#include "text/sanitize.h"

#include "base/limits.h"
#include "text/body.h"
#include "text/url.h"
#include "text/utf8.h"

#include <gumbo.h>

static bool kept(const char *name) {
    static const char *const names[] = {
        "p",     "h2",   "h3",     "h4",         "h5",   "h6",    "ul",      "ol",      "li",
        "dl",    "dt",   "dd",     "blockquote", "cite", "q",     "pre",     "code",    "kbd",
        "samp",  "var",  "figure", "figcaption", "img",  "table", "caption", "thead",   "tbody",
        "tfoot", "tr",   "th",     "td",         "a",    "em",    "strong",  "b",       "i",
        "u",     "s",    "del",    "ins",        "sub",  "sup",   "small",   "mark",    "abbr",
        "dfn",   "time", "br",     "hr",         "span", "div",   "details", "summary",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void put_escaped(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '&': buf_put(out, STR("&amp;")); break;
        case '<': buf_put(out, STR("&lt;")); break;
        case '>': buf_put(out, STR("&gt;")); break;
        case '"': buf_put(out, STR("&quot;")); break;
        default: buf_put_char(out, s.ptr[i]);
        }
    }
}

static const char *element_name(const GumboNode *node) {
    const char *name = gumbo_normalized_tagname(node->v.element.tag);
    return strcmp(name, "h1") == 0 ? "h2" : name;
}

static void put_open(struct buf *out, const GumboNode *node) {
    static const char *const names[] = { "data-card", "data-story", "data-label", "data-url",
                                         "id",        "class",      "href",       "src",
                                         "alt",       "width",      "height" };
    buf_printf(out, "<%s", element_name(node));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const GumboAttribute *attr = gumbo_get_attribute(&node->v.element.attributes, names[i]);
        if (attr == NULL || ((strcmp(names[i], "href") == 0 || strcmp(names[i], "src") == 0) &&
                             !url_safe_href(str_of(attr->value)))) {
            continue;
        }
        buf_printf(out, " %s=\"", names[i]);
        put_escaped(out, str_of(attr->value));
        buf_put_char(out, '"');
    }
    buf_put_char(out, '>');
}

enum status sanitize_html(struct arena *a, struct str untrusted,
                          const struct sanitize_options *options, struct html *ret,
                          struct err *err) {
    (void)options;
    if (untrusted.len > LIMIT_BODY_HTML_BYTES) {
        return err_set(err, STATUS_TOO_LARGE, "the body is larger than %u bytes",
                       LIMIT_BODY_HTML_BYTES);
    }
    struct str clean = utf8_clean(a, untrusted);
    GumboOptions gumbo = kGumboDefaultOptions;
    gumbo.fragment_context = GUMBO_TAG_BODY;
    GumboOutput *parsed = gumbo_parse_with_options(&gumbo, clean.ptr ? clean.ptr : "", clean.len);
    struct buf out;
    buf_init(&out, LIMIT_BODY_HTML_BYTES);
    const GumboNode *root = parsed->root, *node = root;
    size_t child = 0;
    for (;;) {
        const GumboVector *children = &node->v.element.children;
        if (child < children->length) {
            const GumboNode *next = children->data[child];
            if (next->type == GUMBO_NODE_TEXT || next->type == GUMBO_NODE_WHITESPACE) {
                put_escaped(&out, str_of(next->v.text.text));
            } else if (next->type == GUMBO_NODE_ELEMENT &&
                       next->v.element.tag_namespace == GUMBO_NAMESPACE_HTML &&
                       next->v.element.tag != GUMBO_TAG_SCRIPT &&
                       next->v.element.tag != GUMBO_TAG_STYLE) {
                if (kept(element_name(next))) {
                    put_open(&out, next);
                }
                node = next;
                child = 0;
                continue;
            }
            child++;
            continue;
        }
        if (node == root) {
            break;
        }
        if (kept(element_name(node)) && !body_is_void(str_of(element_name(node)))) {
            buf_printf(&out, "</%s>", element_name(node));
        }
        child = node->index_within_parent + 1;
        node = node->parent;
    }
    gumbo_destroy_output(&gumbo, parsed);
    enum status status = out.status;
    if (status == STATUS_OK) {
        ret->raw = arena_str(a, buf_str(&out));
    }
    buf_done(&out);
    return status == STATUS_OK ? status : err_set(err, status, "the sanitised body is too large");
}
