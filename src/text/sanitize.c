/* The sanitiser.
 *
 * Untrusted HTML is parsed as a browser would (html_parse.c), the tree is walked, and what the
 * subset has is handed to the body writer (body_writer.c), attributes filtered by body_value.c.
 * Nothing of the input's spelling reaches the output: names come from our own tables, text and
 * values are escaped anew.
 *
 * Safety rests on the output having one reading only. The writer is made so; and the result is
 * parsed and written again until a pass changes nothing (in practice the second), so that
 * idempotence is checked on every call, not only in the tests. Should that not happen in
 * ROUNDS_MAX passes, the plain text is what remains.
 *
 * Elements that are not in the subset are either replaced (`renamed`), dropped with all they hold
 * (`dropped`: what runs, what is no text, forms), become a link card (frames: a page makes no
 * request to third parties), or lose their tags only. */
#include "text/sanitize.h"

#include "base/limits.h"
#include "base/map.h"
#include "text/body.h"
#include "text/body_writer.h"
#include "text/html_parse.h"
#include "text/html_plain.h"
#include "text/url.h"
#include "text/utf8.h"

enum { ROUNDS_MAX = 5 };

struct frame {
    const GumboNode *node;
    unsigned next;
    struct body_mark mark;
};

struct pass {
    struct arena *arena;
    struct str base_url;
    struct body_writer writer;
    struct map ids;
    VEC(struct frame) frames;
    size_t removed;
};

struct attrs {
    struct str all;
    struct str without_id;
    bool keep; /* there is one that matters even on an empty element */
};

/* Text. */

static bool is_forbidden(uint32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) ||
           (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

/* Without controls and noncharacters, as references may have brought them; "\r" is "\n". Valid
 * UTF-8, which gumbo does not give for a reference beyond 32 bits. */
static struct str characters(struct arena *a, struct str s) {
    bool clean = true;
    for (size_t at = 0; clean && (at += utf8_ascii_prefix(str_from(s, at))) < s.len;) {
        size_t from = at;
        uint32_t c = utf8_next(s, &at);
        clean = !is_forbidden(c) && (c != UTF8_REPLACEMENT || at - from > 1);
    }
    if (clean) {
        return s;
    }
    struct buf out;
    buf_init(&out, s.len * 3);
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at);
        if (c == '\r' || !is_forbidden(c)) {
            utf8_put(&out, c == '\r' ? '\n' : c);
        }
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

/* Elements. */

static struct str element_name(struct arena *a, const GumboNode *node) {
    const GumboElement *element = &node->v.element;
    if (element->tag != GUMBO_TAG_UNKNOWN) {
        return str_of(gumbo_normalized_tagname(element->tag));
    }
    GumboStringPiece text = element->original_tag;
    gumbo_tag_from_original_text(&text);
    char *name = arena_alloc(a, text.length + 1);
    for (size_t i = 0; i < text.length; i++) {
        name[i] = char_lower(text.data[i]);
    }
    return str_make(name, text.length);
}

static bool is_one_of(struct str name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (str_eq(name, str_of(*names))) {
            return true;
        }
    }
    return false;
}

static bool is_dropped(struct str name) {
    static const char *const dropped[] = {
        "script",   "style",  "template", "noscript", "textarea", "select",  "option",   "optgroup",
        "datalist", "button", "input",    "keygen",   "param",    "noembed", "noframes", "frame",
        "frameset", "title",  "base",     "link",     "meta",     "svg",     "math",     "canvas",
        "area",     "head",   "progress", "meter",    NULL,
    };
    return is_one_of(name, dropped);
}

static enum body_tag tag_for(struct str name) {
    static const struct {
        struct str from;
        enum body_tag to;
    } renamed[] = {
        { STR_INIT("h1"), BODY_TAG_H2 },         { STR_INIT("strike"), BODY_TAG_S },
        { STR_INIT("tt"), BODY_TAG_CODE },       { STR_INIT("acronym"), BODY_TAG_ABBR },
        { STR_INIT("center"), BODY_TAG_DIV },    { STR_INIT("article"), BODY_TAG_DIV },
        { STR_INIT("aside"), BODY_TAG_DIV },     { STR_INIT("section"), BODY_TAG_DIV },
        { STR_INIT("main"), BODY_TAG_DIV },      { STR_INIT("header"), BODY_TAG_DIV },
        { STR_INIT("footer"), BODY_TAG_DIV },    { STR_INIT("nav"), BODY_TAG_DIV },
        { STR_INIT("address"), BODY_TAG_DIV },   { STR_INIT("hgroup"), BODY_TAG_DIV },
        { STR_INIT("form"), BODY_TAG_DIV },      { STR_INIT("fieldset"), BODY_TAG_DIV },
        { STR_INIT("dialog"), BODY_TAG_DIV },    { STR_INIT("search"), BODY_TAG_DIV },
        { STR_INIT("menu"), BODY_TAG_UL },       { STR_INIT("dir"), BODY_TAG_UL },
        { STR_INIT("listing"), BODY_TAG_PRE },   { STR_INIT("xmp"), BODY_TAG_PRE },
        { STR_INIT("plaintext"), BODY_TAG_PRE },
    };
    enum body_tag tag = body_tag_of(name);
    for (size_t i = 0; tag == BODY_TAG_NONE && i < COUNT_OF(renamed); i++) {
        tag = str_eq(name, renamed[i].from) ? renamed[i].to : tag;
    }
    return tag;
}

/* Attributes. */

static struct str source_value(const GumboNode *node, const char *name) {
    const GumboAttribute *attr = gumbo_get_attribute(&node->v.element.attributes, name);
    return attr ? str_of(attr->value) : (struct str){ NULL, 0 };
}

/* The classes, with one for what older HTML said by <center> and align="…". */
static struct str classes(struct pass *p, const GumboNode *node, enum body_tag tag) {
    struct str value = source_value(node, "class"), align = source_value(node, "align");
    if (node->v.element.tag == GUMBO_TAG_CENTER) {
        align = STR("center");
    }
    bool floats = tag == BODY_TAG_IMG || tag == BODY_TAG_TABLE || tag == BODY_TAG_FIGURE;
    static const char *const sides[] = { "left", "right", "center", "justify" };
    for (size_t i = 0; i < COUNT_OF(sides) - floats; i++) {
        if (str_eq_nocase(align, str_of(sides[i]))) {
            return arena_printf(p->arena, "%.*s %s%s", STR_FMT(value),
                                floats ? "align" : "has-text-align-", sides[i]);
        }
    }
    return value;
}

static bool is_placeholder(struct str src) {
    return src.len == 0 || str_starts_nocase(str_trim(src), STR("data:"));
}

/* What the element has to say for an attribute of the subset, before filtering; also where older
 * HTML and lazy-loading scripts put it elsewhere. */
static struct str find_value(struct pass *p, const GumboNode *node, enum body_tag tag,
                             struct str name, struct str srcset) {
    struct str value = source_value(node, name.ptr);
    if (str_eq(name, STR("class"))) {
        return classes(p, node, tag);
    }
    if (tag == BODY_TAG_A && value.ptr == NULL && str_eq(name, STR("id"))) {
        return source_value(node, "name");
    }
    if (tag == BODY_TAG_IMG || tag == BODY_TAG_SOURCE) {
        if (str_eq(name, STR("src")) && is_placeholder(value)) {
            struct str lazy = source_value(node, "data-src");
            lazy = lazy.ptr ? lazy : source_value(node, "data-lazy-src");
            return lazy.ptr ? lazy : value;
        }
        if (str_eq(name, STR("srcset")) && is_placeholder(value)) {
            struct str lazy = source_value(node, "data-srcset");
            return lazy.ptr ? lazy : value;
        }
        if (str_eq(name, STR("sizes"))) {
            /* Candidates by width must have it. */
            bool by_width = str_ends(srcset, STR("w")) ||
                            str_find(srcset, STR("w, "), 0) != STR_NPOS;
            struct str sizes = body_value(p->arena, VALUE_MEDIA, value, p->base_url);
            return !by_width ? (struct str){ NULL, 0 } : sizes.ptr ? sizes : STR("100vw");
        }
    }
    /* Nothing is fetched before the reader asks for it. */
    if ((tag == BODY_TAG_AUDIO || tag == BODY_TAG_VIDEO) && str_eq(name, STR("preload"))) {
        return STR("none");
    }
    if ((tag == BODY_TAG_IMG && str_eq(name, STR("alt"))) ||
        ((tag == BODY_TAG_AUDIO || tag == BODY_TAG_VIDEO) && str_eq(name, STR("controls")))) {
        return value.ptr ? value : STR("");
    }
    return value;
}

static void put_attr(struct buf *out, struct str name, struct str value) {
    buf_put_char(out, ' ');
    buf_put(out, name);
    buf_put(out, STR("=\""));
    body_put_value(out, value);
    buf_put_char(out, '"');
}

static struct attrs attributes(struct pass *p, const GumboNode *node, enum body_tag tag,
                               const char *except) {
    struct attrs result = { STR(""), STR(""), false };
    size_t given = node->v.element.attributes.length, kept = 0;
    if (given == 0 && tag != BODY_TAG_IMG && node->v.element.tag != GUMBO_TAG_CENTER) {
        return result;
    }
    struct buf all, without_id;
    struct str srcset = STR("");
    buf_init(&all, MIB);
    buf_init(&without_id, MIB);
    for (const struct body_attribute *at = body_attributes; at->name.len > 0; at++) {
        if (!body_attribute_fits(at, tag) || (except != NULL && str_eq(at->name, str_of(except)))) {
            continue;
        }
        struct str value = find_value(p, node, tag, at->name, srcset);
        if (value.ptr != NULL) {
            value = body_value(p->arena, at->value, characters(p->arena, value), p->base_url);
        }
        bool is_id = at->value == VALUE_ID;
        if (value.ptr == NULL || (is_id && map_put(&p->ids, value, p) != NULL)) {
            continue;
        }
        kept += source_value(node, at->name.ptr).ptr != NULL;
        srcset = at->value == VALUE_SRCSET ? value : srcset;
        result.keep = result.keep || is_id || at->value == VALUE_CARD || at->value == VALUE_STORY;
        put_attr(&all, at->name, value);
        if (!is_id) {
            put_attr(&without_id, at->name, value);
        }
    }
    p->removed += given > kept ? given - kept : 0;
    result.all = arena_str(p->arena, buf_str(&all));
    result.without_id = arena_str(p->arena, buf_str(&without_id));
    buf_done(&all);
    buf_done(&without_id);
    return result;
}

/* Elements written as a whole. */

static struct str void_markup(struct pass *p, const GumboNode *node, enum body_tag tag,
                              const char *except) {
    struct str attrs = attributes(p, node, tag, except).all;
    return arena_printf(p->arena, "<%.*s%.*s>", STR_FMT(body_elements[tag].name), STR_FMT(attrs));
}

static bool has_attr(struct str markup, const char *name) {
    char needle[20];
    size_t n = strlen(name);
    check(n + 4 < sizeof needle);
    needle[0] = ' ';
    memcpy(needle + 1, name, n);
    memcpy(needle + 1 + n, "=\"", 3);
    return str_find(markup, str_of(needle), 0) != STR_NPOS;
}

static struct str img_markup(struct pass *p, const GumboNode *node) {
    struct str img = void_markup(p, node, BODY_TAG_IMG, NULL);
    return has_attr(img, "src") ? img : STR("");
}

/* <picture>, <audio>, <video> with those of their children that the subset has; empty if there is
 * nothing to see or hear in it. */
static struct str media_markup(struct pass *p, const GumboNode *node, enum body_tag tag) {
    bool is_picture = tag == BODY_TAG_PICTURE, is_useful = false;
    struct buf out;
    buf_init(&out, LIMIT_BODY_HTML_BYTES);
    struct str attrs = attributes(p, node, tag, NULL).all;
    buf_printf(&out, "<%.*s%.*s>", STR_FMT(body_elements[tag].name), STR_FMT(attrs));
    is_useful = !is_picture && has_attr(buf_str(&out), "src");
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (child->type != GUMBO_NODE_ELEMENT ||
            child->v.element.tag_namespace != GUMBO_NAMESPACE_HTML) {
            continue;
        }
        struct str markup = STR("");
        switch (tag_for(element_name(p->arena, child))) {
        case BODY_TAG_IMG:
            markup = is_picture && !is_useful ? img_markup(p, child) : STR("");
            is_useful = is_useful || (is_picture && markup.len > 0);
            break;
        case BODY_TAG_SOURCE:
            markup = void_markup(p, child, BODY_TAG_SOURCE, is_picture ? "src" : "srcset");
            if (!has_attr(markup, is_picture ? "srcset" : "src") || (is_picture && is_useful)) {
                markup = STR("");
            }
            is_useful = is_useful || (!is_picture && markup.len > 0);
            break;
        case BODY_TAG_TRACK:
            markup = is_picture ? STR("") : void_markup(p, child, BODY_TAG_TRACK, NULL);
            markup = has_attr(markup, "src") ? markup : STR("");
            break;
        default: break;
        }
        buf_put(&out, markup);
    }
    buf_printf(&out, "</%.*s>", STR_FMT(body_elements[tag].name));
    struct str result = is_useful && out.status == STATUS_OK ? arena_str(p->arena, buf_str(&out))
                                                             : STR("");
    buf_done(&out);
    return result;
}

/* A player's address as people open it. */
static struct str page_of_player(struct arena *a, struct str url) {
    static const struct {
        const char *host, *path, *page;
    } players[] = {
        { "youtube.com", "/embed/", "https://www.youtube.com/watch?v=" },
        { "youtube.com", "/v/", "https://www.youtube.com/watch?v=" },
        { "youtube-nocookie.com", "/embed/", "https://www.youtube.com/watch?v=" },
        { "player.vimeo.com", "/video/", "https://vimeo.com/" },
        { "dailymotion.com", "/embed/video/", "https://www.dailymotion.com/video/" },
    };
    struct url u;
    if (!url_parse(url, &u)) {
        return url;
    }
    struct str host = str_starts_nocase(u.host, STR("www.")) ? str_from(u.host, 4) : u.host;
    for (size_t i = 0; i < COUNT_OF(players); i++) {
        struct str prefix = str_of(players[i].path);
        struct str id = str_from(u.path, prefix.len);
        if (str_eq_nocase(host, str_of(players[i].host)) && str_starts(u.path, prefix) &&
            id.len > 0 && str_find_char(id, '/', 0) == STR_NPOS) {
            return arena_printf(a, "%s%.*s", players[i].page, STR_FMT(id));
        }
    }
    return url;
}

/* <figure data-card="embed" data-url="U"><a href="U">label</a></figure> for a frame. */
static void put_card(struct pass *p, const GumboNode *node) {
    struct arena *a = p->arena;
    struct str src = source_value(node, "src");
    if (is_placeholder(src) || str_starts(src, STR("about:"))) {
        struct str lazy = source_value(node, "data-src");
        src = lazy.ptr ? lazy : source_value(node, "data-lazy-src");
    }
    p->removed++;
    if (src.ptr == NULL) {
        return;
    }
    src = str_trim(characters(a, src));
    src = str_starts(src, STR("//")) ? arena_printf(a, "https:%.*s", STR_FMT(src)) : src;
    struct str url = body_value(a, VALUE_RESOURCE, page_of_player(a, src), p->base_url);
    struct url parts;
    if (url.ptr == NULL || !url_parse(url, &parts)) {
        return;
    }
    struct str title = source_value(node, "title");
    struct str label = title.ptr ? body_value(a, VALUE_TEXT, characters(a, title), STR(""))
                                 : (struct str){ NULL, 0 };
    struct buf figure, link;
    buf_init(&figure, MIB);
    buf_init(&link, MIB);
    put_attr(&figure, STR("data-card"), STR("embed"));
    put_attr(&figure, STR("data-url"), url);
    put_attr(&link, STR("href"), url);
    bool gap;
    struct body_mark block = { 0 }, run = { 0 };
    struct body_writer *w = &p->writer;
    if (body_writer_place(w, BODY_TAG_FIGURE, &gap) == BODY_TAG_FIGURE) {
        block = body_writer_open(w, BODY_TAG_FIGURE, buf_str(&figure), STR(""), true);
    } else {
        block = body_writer_gap(w);
    }
    if (body_writer_place(w, BODY_TAG_A, &gap) == BODY_TAG_A) {
        struct str attrs = arena_str(a, buf_str(&link));
        run = body_writer_open(w, BODY_TAG_A, attrs, attrs, false);
    }
    body_writer_text(w, label.ptr ? label : parts.host.len > 0 ? parts.host : url);
    body_writer_close(w, run);
    body_writer_close(w, block);
    buf_done(&figure);
    buf_done(&link);
}

/* The walk. */

static bool has_attributes_of(const GumboNode *node, const char *const *names) {
    for (; *names != NULL; names++) {
        if (gumbo_get_attribute(&node->v.element.attributes, *names) != NULL) {
            return true;
        }
    }
    return false;
}

/* Says nothing: a link that leads nowhere and is no target, a span without attributes. */
static bool is_bare(enum body_tag tag, struct str attrs) {
    return tag == BODY_TAG_A ? !has_attr(attrs, "href") && !has_attr(attrs, "id") &&
                                   !has_attr(attrs, "data-story")
                             : tag == BODY_TAG_SPAN && attrs.len == 0;
}

/* Elements whose children, if any, are not walked: dropped ones, frames, void elements, media. */
static bool enter_whole(struct pass *p, const GumboNode *node, struct str name, enum body_tag tag) {
    struct body_writer *w = &p->writer;
    struct str markup = STR("");
    bool dropped = tag == BODY_TAG_NONE ? is_dropped(name)
                                        : tag == BODY_TAG_SOURCE || tag == BODY_TAG_TRACK;
    if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML || dropped) {
        p->removed++;
        return true;
    }
    if (str_eq(name, STR("iframe")) || str_eq(name, STR("embed"))) {
        put_card(p, node);
        return true;
    }
    switch (tag) {
    case BODY_TAG_BR: body_writer_br(w); return true;
    case BODY_TAG_WBR: markup = STR("<wbr>"); break;
    case BODY_TAG_IMG:
        markup = img_markup(p, node);
        if (markup.len == 0) {
            p->removed++;
            return true;
        }
        break;
    case BODY_TAG_PICTURE:
    case BODY_TAG_AUDIO:
    case BODY_TAG_VIDEO: markup = media_markup(p, node, tag); break;
    default: break;
    }
    if (markup.len > 0) {
        body_writer_inline(w, markup);
    }
    return markup.len > 0;
}

/* Should only its content stay? Known before a place is looked for. */
static bool is_unwrapped(const GumboNode *node, enum body_tag tag) {
    static const char *const anchors[] = { "href", "id", "name", "data-story", NULL };
    switch (tag) {
    case BODY_TAG_NONE:
    case BODY_TAG_PICTURE: /* media without anything to see or hear */
    case BODY_TAG_AUDIO:
    case BODY_TAG_VIDEO: return true;
    case BODY_TAG_A: return !has_attributes_of(node, anchors);
    case BODY_TAG_SPAN: return node->v.element.attributes.length == 0;
    /* What is pasted from Google Docs comes inside a <b> that is not meant to be bold. */
    case BODY_TAG_B: return str_starts(source_value(node, "id"), STR("docs-internal-guid-"));
    default: return false;
    }
}

/* Write the element's start, if it has one in the subset. */
static struct body_mark enter(struct pass *p, const GumboNode *node, enum body_tag tag) {
    struct body_writer *w = &p->writer;
    bool gap = false;
    enum body_tag placed = is_unwrapped(node, tag) ? BODY_TAG_NONE
                                                   : body_writer_place(w, tag, &gap);
    if (placed != BODY_TAG_NONE) {
        struct attrs attrs = attributes(p, node, placed, NULL);
        if (!is_bare(placed, attrs.all)) {
            bool keep = attrs.keep || placed == BODY_TAG_TD || placed == BODY_TAG_TH ||
                        (placed == BODY_TAG_COLGROUP && attrs.all.len > 0);
            if (is_bare(placed, attrs.without_id)) {
                attrs.without_id.ptr = NULL;
            }
            return body_writer_open(w, placed, attrs.all, attrs.without_id, keep);
        }
    }
    p->removed++;
    return gap ? body_writer_gap(w) : (struct body_mark){ 0 };
}

static void walk(struct pass *p, const GumboNode *root) {
    *vec_push(p->arena, &p->frames) = (struct frame){ .node = root };
    while (p->frames.len > 0) {
        struct frame *frame = &p->frames.ptr[p->frames.len - 1];
        const GumboVector *children = &frame->node->v.element.children;
        if (frame->next == children->length) {
            body_writer_close(&p->writer, frame->mark);
            p->frames.len--;
            continue;
        }
        const GumboNode *child = children->data[frame->next++];
        switch (child->type) {
        case GUMBO_NODE_TEXT:
        case GUMBO_NODE_WHITESPACE:
        case GUMBO_NODE_CDATA:
            body_writer_text(&p->writer, characters(p->arena, str_of(child->v.text.text)));
            break;
        case GUMBO_NODE_ELEMENT: {
            struct str name = element_name(p->arena, child);
            enum body_tag tag = tag_for(name);
            if (!enter_whole(p, child, name, tag)) {
                struct body_mark mark = enter(p, child, tag);
                *vec_push(p->arena, &p->frames) = (struct frame){ .node = child, .mark = mark };
            }
            break;
        }
        default: p->removed += child->type == GUMBO_NODE_TEMPLATE; break;
        }
    }
}

/* One pass: parse, walk, write to `out`. */
static enum status run_pass(struct str text, const struct sanitize_options *options,
                            struct buf *out, size_t *ret_removed, struct err *err) {
    struct arena arena;
    arena_init(&arena);
    const GumboNode *root;
    enum status status = STATUS_OK;
    text = utf8_clean(&arena, text);
    if (!html_plain_parse(&arena, text, &root)) {
        status = html_parse(&arena, text, &root, err);
    }
    if (status == STATUS_OK) {
        struct pass *p = ARENA_NEW(&arena, struct pass);
        p->arena = &arena;
        p->base_url = options ? options->base_url : STR("");
        map_init(&p->ids);
        body_writer_init(&p->writer, &arena, out);
        walk(p, root);
        body_writer_finish(&p->writer);
        map_done(&p->ids);
        *ret_removed = p->removed;
        status = out->status == STATUS_OK
                     ? STATUS_OK
                     : err_set(err, out->status, "the sanitised body is longer than %u bytes",
                               LIMIT_BODY_HTML_BYTES);
    }
    arena_done(&arena);
    return status;
}

/* What remains when no pass comes to rest. */
static void plain_text(struct buf *out, struct str html) {
    struct arena arena;
    arena_init(&arena);
    struct str text = characters(&arena, html_text(&arena, (struct html){ html }));
    buf_reset(out);
    struct body_writer *w = ARENA_NEW(&arena, struct body_writer);
    body_writer_init(w, &arena, out);
    body_writer_text(w, text);
    body_writer_finish(w);
    arena_done(&arena);
}

/* Whether a body is so plain that another pass would give it again: paragraphs, headings, lists and
 * the like, one within the other as they were written, in which an HTML parser moves nothing. Where
 * it is not, a pass finds out. */
static bool is_plain(struct str body) {
    static const struct {
        const char *name;
        enum plain { PLAIN_INLINE = 1, PLAIN_TEXT, PLAIN_BLOCK, PLAIN_LIST, PLAIN_ITEM } kind;
    } plain[] = {
        { "a", PLAIN_INLINE },     { "strong", PLAIN_INLINE },    { "em", PLAIN_INLINE },
        { "b", PLAIN_INLINE },     { "i", PLAIN_INLINE },         { "span", PLAIN_INLINE },
        { "sub", PLAIN_INLINE },   { "sup", PLAIN_INLINE },       { "br", PLAIN_INLINE },
        { "img", PLAIN_INLINE },   { "p", PLAIN_TEXT },           { "h1", PLAIN_TEXT },
        { "h2", PLAIN_TEXT },      { "h3", PLAIN_TEXT },          { "h4", PLAIN_TEXT },
        { "h5", PLAIN_TEXT },      { "h6", PLAIN_TEXT },          { "blockquote", PLAIN_BLOCK },
        { "figure", PLAIN_BLOCK }, { "figcaption", PLAIN_BLOCK }, { "div", PLAIN_BLOCK },
        { "ul", PLAIN_LIST },      { "ol", PLAIN_LIST },          { "li", PLAIN_ITEM },
    };
    enum plain stack[24];
    bool link[COUNT_OF(stack) + 1] = { false };
    size_t depth = 0;
    struct body_reader r;
    struct body_token token;
    body_reader_init(&r, (struct html){ body });
    while (body_next(&r, &token) != BODY_END) {
        if (token.kind == BODY_TEXT) {
            continue;
        }
        if (token.kind == BODY_CLOSE) {
            if (depth == 0) {
                return false;
            }
            link[depth] = false;
            depth--;
            continue;
        }
        if (token.kind == BODY_BAD) {
            return false;
        }
        enum plain kind = (enum plain)0;
        for (size_t i = 0; i < COUNT_OF(plain) && kind == 0; i++) {
            kind = str_eq(token.name, str_of(plain[i].name)) ? plain[i].kind : kind;
        }
        enum plain around = depth > 0 ? stack[depth - 1] : PLAIN_BLOCK;
        bool in_text = around == PLAIN_INLINE || around == PLAIN_TEXT;
        bool is_link = str_eq(token.name, STR("a"));
        if (kind == 0 || depth == COUNT_OF(stack) || (in_text && kind != PLAIN_INLINE) ||
            (kind == PLAIN_ITEM) != (around == PLAIN_LIST) || (is_link && link[depth])) {
            return false;
        }
        if (!body_is_void(token.name)) {
            link[depth + 1] = link[depth] || is_link;
            stack[depth++] = kind;
        }
    }
    return depth == 0 && !str_starts(body, STR("\xEF\xBB\xBF")) &&
           str_find_char(body, '\r', 0) == STR_NPOS && str_find_char(body, '\f', 0) == STR_NPOS &&
           str_find_char(body, '\0', 0) == STR_NPOS;
}

enum status sanitize_html(struct arena *a, struct str untrusted,
                          const struct sanitize_options *options, struct html *ret,
                          struct err *err) {
    struct buf bufs[2];
    buf_init(&bufs[0], LIMIT_BODY_HTML_BYTES);
    buf_init(&bufs[1], LIMIT_BODY_HTML_BYTES);
    size_t removed = 0, ignored = 0;
    unsigned rounds = 1;
    enum status status = run_pass(untrusted, options, &bufs[0], &removed, err);
    struct buf *now = &bufs[0], *next = &bufs[1];
    bool stable = status == STATUS_OK && is_plain(buf_str(now));
    for (; status == STATUS_OK && !stable && rounds < ROUNDS_MAX; rounds++) {
        buf_reset(next);
        status = run_pass(buf_str(now), options, next, &ignored, err);
        stable = str_eq(buf_str(now), buf_str(next));
        struct buf *swap = now;
        now = next;
        next = swap;
    }
    if (status == STATUS_OK && !stable) {
        plain_text(next, buf_str(now));
        now = next;
    }
    if (status == STATUS_OK) {
        ret->raw = arena_str(a, buf_str(now));
        if (options != NULL && options->ret_removed != NULL) {
            *options->ret_removed += removed;
        }
        if (options != NULL && options->ret_rounds != NULL) {
            *options->ret_rounds = rounds;
        }
    }
    buf_done(&bufs[0]);
    buf_done(&bufs[1]);
    return status;
}
