#include "transfer/wp_body.h"

#include "base/limits.h"
#include "text/sanitize.h"
#include "transfer/autop.h"
#include "transfer/wp_blocks.h"
#include "transfer/wp_shortcodes.h"

#include <jansson.h>

struct reading {
    struct arena *a;
    const struct wp_body *body;
    const struct wp_library *library;
    struct buf *out;
    int pages;
};

static void tell_block(const struct reading *r, struct str name, const char *why) {
    if (r->library->told != NULL) {
        struct str what = arena_printf(r->a, "the block %.*s %s",
                                       name.len < 80 ? (int)name.len : 80, name.ptr, why);
        r->library->told(r->library->ctx, what.ptr);
    }
}

/* ---- blocks ---- */

static bool is_embed(struct str name) {
    return str_eq(name, STR("embed")) || str_starts(name, STR("core-embed/"));
}

/* The element's inner HTML, by its first and last tag; empty if there is none. */
static struct str between(struct str html, struct str open, struct str close) {
    size_t from = str_find(html, open, 0);
    from = from == STR_NPOS ? from : str_find_char(html, '>', from);
    size_t to = from == STR_NPOS ? from : str_find(html, close, from);
    return to == STR_NPOS ? STR("") : str_slice(html, from + 1, to);
}

/* A link card in place of the whole block. Returns where to go on. */
static size_t put_embed(struct reading *r, struct str text, const struct wp_block *block) {
    size_t end = block->end;
    struct str inner = STR("");
    if (!block->is_void) {
        size_t close = wp_block_close(text, block, LIMIT_BLOCK_LOOK_BYTES, &end);
        if (close == STR_NPOS) {
            return block->end;
        }
        inner = str_slice(text, block->end, close);
    }
    struct str url = wp_block_attr(r->a, block, "url");
    if (url.len == 0) {
        tell_block(r, block->name, "was left out: it has no address");
    } else {
        wp_put_embed(r->out, url, between(inner, STR("<figcaption"), STR("</figcaption>")));
    }
    return end;
}

/* A picture that a block has in its attributes only. */
static void put_attr_image(struct reading *r, struct str text, const struct wp_block *block) {
    size_t end;
    size_t close = wp_block_close(text, block, LIMIT_BLOCK_LOOK_BYTES, &end);
    struct str inner = str_slice(text, block->end, close == STR_NPOS ? block->end : close);
    struct str url = wp_block_attr(r->a, block, "url");
    struct str type = wp_block_attr(r->a, block, "backgroundType");
    if (url.len > 0 && !str_eq(type, STR("video")) && str_find(inner, STR("<img"), 0) == STR_NPOS &&
        str_find(inner, STR("<video"), 0) == STR_NPOS) {
        buf_put(r->out, STR("<figure><img alt=\"\" src=\""));
        html_escape(r->out, url);
        buf_put(r->out, STR("\"></figure>"));
    }
}

static void put_gallery(struct reading *r, struct str text, const struct wp_block *block) {
    size_t end;
    size_t close = block->is_void ? block->end
                                  : wp_block_close(text, block, LIMIT_BLOCK_LOOK_BYTES, &end);
    struct str inner = str_slice(text, block->end, close == STR_NPOS ? text.len : close);
    if (str_find(inner, STR("<img"), 0) == STR_NPOS) {
        struct wp_ids ids = { 0 };
        wp_parse_ids(r->a, wp_block_attr(r->a, block, "ids"), &ids);
        if (ids.len > 0 && !wp_put_gallery(r->a, r->library, &ids, r->out)) {
            tell_block(r, block->name, "lost its pictures: none of them is in the export");
        }
    }
}

/* The notes under a text and the way back to it; their words are in a meta, not in the body. */
static void put_footnotes(struct reading *r) {
    json_t *notes = json_loadb(r->body->footnotes.ptr ? r->body->footnotes.ptr : "",
                               r->body->footnotes.len, 0, NULL);
    if (json_array_size(notes) > 0) {
        buf_put(r->out, STR("<ol class=\"wp-block-footnotes\">"));
        size_t i;
        json_t *note;
        json_array_foreach(notes, i, note) {
            const char *content = json_string_value(json_object_get(note, "content"));
            const char *id = json_string_value(json_object_get(note, "id"));
            buf_put(r->out, STR("<li id=\""));
            html_escape(r->out, str_of(id));
            buf_put(r->out, STR("\">"));
            buf_put(r->out, str_of(content));
            buf_put(r->out, STR(" <a href=\"#"));
            html_escape(r->out, str_of(id));
            buf_put(r->out, STR("-link\">\u21a9\ufe0e</a></li>"));
        }
        buf_put(r->out, STR("</ol>"));
    }
    json_decref(notes);
}

static void put_link(struct reading *r, const struct wp_block *block, const char *label_key,
                     const char *fallback_key, const char *url_key, const char *element) {
    struct str url = wp_block_attr(r->a, block, url_key);
    struct str label = wp_block_attr(r->a, block, label_key);
    if (label.len == 0) {
        label = wp_block_attr(r->a, block, fallback_key);
    }
    if (url.len > 0) {
        buf_printf(r->out, "<%s><a href=\"", element);
        html_escape(r->out, url);
        buf_put(r->out, STR("\">"));
        html_escape(r->out, label.len > 0 ? label : url);
        buf_printf(r->out, "</a></%s>", element);
    }
}

static void put_blocks(struct reading *r, struct str text, int depth);

static void put_reusable(struct reading *r, const struct wp_block *block, int depth) {
    struct str ref = wp_block_attr(r->a, block, "ref");
    struct str content;
    int64_t id;
    if (depth < LIMIT_BLOCK_DEPTH && str_to_i64(ref, &id) && r->library->block != NULL &&
        r->library->block(r->library->ctx, r->a, id, &content)) {
        put_blocks(r, content, depth + 1);
    } else {
        tell_block(r, block->name, "was left out: the reusable block is not in the export");
    }
}

/* A block without HTML of its own. */
static void put_void(struct reading *r, struct str text, const struct wp_block *block, int depth) {
    struct str name = block->name;
    if (str_eq(name, STR("block"))) {
        put_reusable(r, block, depth);
    } else if (str_eq(name, STR("gallery"))) {
        put_gallery(r, text, block);
    } else if (str_eq(name, STR("footnotes"))) {
        put_footnotes(r);
    } else if (str_eq(name, STR("social-link"))) {
        put_link(r, block, "label", "service", "url", "li");
    } else if (str_eq(name, STR("file"))) {
        put_link(r, block, "fileName", "href", "href", "p");
    } else if (str_eq(name, STR("nextpage"))) {
        r->pages++;
    } else if (!str_eq(name, STR("more")) && !str_eq(name, STR("spacer")) &&
               !str_eq(name, STR("paragraph")) && !str_eq(name, STR("separator"))) {
        tell_block(r, name, "was left out: WordPress makes its content anew for each reader");
    }
}

/* <!--nextpage--> within a text. */
static size_t count_pages(struct str text) {
    size_t n = 0;
    for (size_t at = 0; (at = str_find(text, STR("<!--nextpage-->"), at)) != STR_NPOS; at++) {
        n++;
    }
    return n;
}

static void put_blocks(struct reading *r, struct str text, int depth) {
    struct wp_block block;
    size_t at = 0;
    while (wp_block_next(text, at, &block)) {
        struct str html = str_slice(text, at, block.begin);
        r->pages += (int)count_pages(html);
        buf_put(r->out, html);
        at = block.end;
        if (block.closer) {
            continue;
        }
        if (is_embed(block.name)) {
            at = put_embed(r, text, &block);
        } else if (block.is_void) {
            put_void(r, text, &block, depth);
        } else if (str_eq(block.name, STR("cover"))) {
            put_attr_image(r, text, &block);
        } else if (str_eq(block.name, STR("gallery"))) {
            put_gallery(r, text, &block);
        } else if (str_eq(block.name, STR("spacer"))) {
            size_t end;
            if (wp_block_close(text, &block, LIMIT_BLOCK_LOOK_BYTES, &end) != STR_NPOS) {
                at = end;
            }
        }
    }
    r->pages += (int)count_pages(str_from(text, at));
    buf_put(r->out, str_from(text, at));
}

/* ---- classic bodies ---- */

/* <!--more--> and <!--nextpage--> end a paragraph. */
static void drop_breaks(struct reading *r, struct str text, struct buf *out) {
    size_t at = 0;
    size_t begin;
    size_t close = 0; /* the first "-->" behind the comment's beginning */
    while ((begin = str_find(text, STR("<!--"), at)) != STR_NPOS) {
        struct str rest = str_from(text, begin);
        if (close != STR_NPOS && close < begin + 4) {
            close = str_find(text, STR("-->"), begin + 4);
        }
        bool page = str_starts(rest, STR("<!--nextpage-->"));
        bool more = str_starts(rest, STR("<!--more")) || str_starts(rest, STR("<!--noteaser"));
        buf_put(out, str_slice(text, at, begin));
        if (close != STR_NPOS && (page || more)) {
            r->pages += page;
            buf_put(out, STR("\n\n"));
            at = close + 3;
        } else {
            buf_put(out, STR("<!--"));
            at = begin + 4;
        }
    }
    buf_put(out, str_from(text, at));
}

static bool is_plain_url(struct str line) {
    if (!str_starts_nocase(line, STR("http://")) && !str_starts_nocase(line, STR("https://"))) {
        return false;
    }
    for (size_t i = 0; i < line.len; i++) {
        if (char_is_space(line.ptr[i]) || strchr("<>\"[]", line.ptr[i]) != NULL) {
            return false;
        }
    }
    return true;
}

/* An address alone on its line, or alone in a paragraph, is an embed. */
static void embed_lines(struct reading *r, struct str text, struct buf *out) {
    struct str line;
    bool first = true;
    while (str_split(&text, '\n', &line)) {
        struct str word = str_trim(line);
        if (str_starts(word, STR("<p>")) && str_ends(word, STR("</p>")) && word.len > 7) {
            word = str_trim(str_slice(word, 3, word.len - 4));
        }
        buf_put(out, first ? STR("") : STR("\n"));
        first = false;
        if (is_plain_url(word)) {
            wp_put_embed(out, html_unescape(r->a, word), STR(""));
        } else {
            buf_put(out, line);
        }
    }
}

/* ---- both ---- */

static enum status finish(struct arena *a, struct buf *html, struct html *ret, struct err *err) {
    if (html->status != STATUS_OK) {
        return err_set(err, html->status, "the body is larger than %zu bytes with its shortcodes",
                       html->max);
    }
    return sanitize_html(a, buf_str(html), NULL, ret, err);
}

enum status wp_body_read(struct arena *a, const struct wp_body *body,
                         const struct wp_library *library, struct html *ret, int *ret_pages,
                         struct err *err) {
    struct buf one;
    struct buf two;
    buf_init(&one, 2 * LIMIT_BODY_HTML_BYTES);
    buf_init(&two, 2 * LIMIT_BODY_HTML_BYTES);
    struct reading r = { .a = a, .body = body, .library = library, .out = &one, .pages = 1 };
    if (str_find(body->content, STR("<!-- wp:"), 0) != STR_NPOS) {
        put_blocks(&r, body->content, 0);
    } else {
        drop_breaks(&r, body->content, &one);
        embed_lines(&r, buf_str(&one), &two);
        buf_reset(&one);
        autop(buf_str(&two), &one);
        buf_reset(&two);
        wp_shortcodes_unwrap(a, buf_str(&one), &two);
        struct buf swap = one;
        one = two;
        two = swap;
        buf_reset(&two);
    }
    wp_shortcodes_expand(a, buf_str(&one), library, &two);
    if (one.status != STATUS_OK) {
        two.status = one.status;
    }
    enum status status = finish(a, &two, ret, err);
    buf_done(&one);
    buf_done(&two);
    *ret_pages = r.pages;
    return status;
}

enum status wp_body_read_comment(struct arena *a, struct str content, struct html *ret,
                                 struct err *err) {
    struct buf out;
    buf_init(&out, LIMIT_BODY_HTML_BYTES);
    autop(content, &out);
    enum status status = finish(a, &out, ret, err);
    buf_done(&out);
    return status;
}
