/* The body writer.
 *
 * A parse tree of wild HTML, once forbidden elements are taken out, is no tree that HTML can spell:
 * a <p> stands in a <p> because the <button> between them is gone, a <div> in an <em>. Written out
 * naively, another parser reads another tree, and that difference is what mutation XSS lives on.
 * This writer can only write what reads back the same.
 *
 * Two kinds of element are open at a time:
 *
 *   blocks  (div, li, table, …) are written when they are opened. They form a stack, and a block is
 *           only put where its parent's content model has room (body_vocabulary.h); lists and
 *           definition lists get an <li> or <dd> around strays.
 *   runs    (p, headings, inline elements) are only wanted. They are written when text comes,
 * inside whatever block is then innermost, and are all closed before a block starts or ends; if
 *           more text comes, they are written again. So `<b>x<div>y</div></b>` becomes
 *           `<b>x</b><div><b>y</b></div>`, an empty <em></em> or <p></p> becomes nothing, and no
 *           run ever holds a block. At most one paragraph or heading is in force: the innermost, if
 *           it was opened in the present block.
 *
 * In blocks that take text only (pre, summary, caption, dt) and in headings a block is not written;
 * its ends become a space.
 *
 * White space: runs of it become one; at the start and end of a block it is dropped; between blocks
 * it becomes a newline. Blocks that stay empty are taken back. Each decision looks at what has been
 * written, never at how the input was cut into nodes, since the next pass sees other nodes. */
#include "text/body_writer.h"

#include "base/block16.h"

/* Bytes at the beginning that need no escape, a whole number of blocks. */
static size_t plain_prefix(struct str text, bool quotes) {
    size_t at = 0;
    for (; text.len - at >= BLOCK16_BYTES; at += BLOCK16_BYTES) {
        block16 b = block16_at(text.ptr + at);
        block16 escaped = block16_eq(b, '&') | block16_eq(b, '<') | block16_eq(b, '>');
        if (block16_any(quotes ? escaped | block16_eq(b, '"') : escaped)) {
            break;
        }
    }
    return at;
}

static void put_escaped(struct buf *out, struct str text, bool quotes) {
    size_t plain = 0;
    for (size_t i = plain_prefix(text, quotes); i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '&' || c == '<' || c == '>' || (quotes && c == '"')) {
            buf_put(out, str_slice(text, plain, i));
            buf_put(out, c == '&'   ? STR("&amp;")
                         : c == '<' ? STR("&lt;")
                         : c == '>' ? STR("&gt;")
                                    : STR("&quot;"));
            plain = i + 1;
        }
    }
    buf_put(out, str_from(text, plain));
}

void body_put_text(struct buf *out, struct str text) {
    put_escaped(out, text, false);
}

void body_put_value(struct buf *out, struct str value) {
    put_escaped(out, value, true);
}

void body_writer_init(struct body_writer *w, struct arena *a, struct buf *out) {
    /* The tables are as large as their limits, and read as far as they were written. */
    w->arena = a;
    w->out = out;
    w->n_blocks = w->n_runs = w->n_open = 0;
    w->settled = false;
    w->edge = EDGE_START;
}

static struct body_block *top(struct body_writer *w) {
    return w->n_blocks > 0 ? &w->blocks[w->n_blocks - 1] : NULL;
}

static enum body_tag top_tag(const struct body_writer *w) {
    return w->n_blocks > 0 ? w->blocks[w->n_blocks - 1].tag : BODY_TAG_NONE;
}

static unsigned takes(const struct body_writer *w) {
    return body_elements[top_tag(w)].takes;
}

static bool is_paragraph(enum body_tag tag) {
    return tag >= BODY_TAG_P && tag <= BODY_TAG_H6;
}

static bool is_run(enum body_tag tag) {
    return is_paragraph(tag) || body_elements[tag].stands_in & (IN_PHRASING | IN_RUBY);
}

/* The paragraph or heading in force: its index, or n_runs. */
static size_t paragraph(const struct body_writer *w) {
    for (size_t i = w->n_runs; i-- > 0;) {
        if (is_paragraph(w->runs[i].tag) && w->runs[i].depth == w->n_blocks) {
            return i;
        }
    }
    return w->n_runs;
}

/* Only text and inline elements may come here. */
static bool text_only(const struct body_writer *w) {
    size_t p = paragraph(w);
    return (takes(w) & IN_ANY_BLOCK) == IN_PHRASING ||
           (p < w->n_runs && w->runs[p].tag != BODY_TAG_P);
}

static void put_start(struct body_writer *w, enum body_tag tag, struct str attrs) {
    buf_put_char(w->out, '<');
    buf_put(w->out, body_elements[tag].name);
    buf_put(w->out, attrs);
    buf_put_char(w->out, '>');
}

static void put_end(struct body_writer *w, enum body_tag tag) {
    buf_put(w->out, STR("</"));
    buf_put(w->out, body_elements[tag].name);
    buf_put_char(w->out, '>');
}

/* Take back one white space that ends the output; newlines between blocks only if asked. */
static bool trim(struct body_writer *w, bool newline) {
    bool space = w->edge == EDGE_INK_SPACE || (newline && w->edge == EDGE_BLOCK_SPACE);
    if (!space || w->out->status != STATUS_OK || w->out->len == 0 || top_tag(w) == BODY_TAG_PRE ||
        !char_is_space(w->out->ptr[w->out->len - 1])) {
        return false;
    }
    buf_truncate(w->out, w->out->len - 1);
    return true;
}

/* After something came to nothing: the edge that was before it, words still parted. */
static void restore_edge(struct body_writer *w, enum body_edge edge, bool space) {
    if (space || edge == EDGE_INK) {
        buf_put_char(w->out, ' ');
        edge = EDGE_INK_SPACE;
    }
    w->edge = edge;
}

/* Runs. */

static void close_run(struct body_writer *w) {
    enum body_tag tag = w->runs[w->open[--w->n_open]].tag;
    if (is_paragraph(tag)) {
        trim(w, true);
        w->edge = EDGE_BLOCK;
    }
    put_end(w, tag);
    w->settled = false;
}

static void close_runs(struct body_writer *w) {
    while (w->n_open > 0) {
        close_run(w);
    }
}

static void open_run(struct body_writer *w, size_t index) {
    struct body_run *run = &w->runs[index];
    if (is_paragraph(run->tag)) {
        w->edge = EDGE_START;
    }
    put_start(w, run->tag, run->written ? run->attrs_again : run->attrs);
    run->written = true;
    w->open[w->n_open++] = index;
}

static void open_block(struct body_writer *w, enum body_tag tag, struct str attrs, bool implied,
                       bool keep_empty) {
    check(w->n_blocks < LIMIT_HTML_DEPTH);
    struct body_block *block = &w->blocks[w->n_blocks++];
    *block = (struct body_block){ .tag = tag, .implied = implied, .keep_empty = keep_empty };
    block->edge_before = w->edge;
    block->space_before = trim(w, false);
    block->start = w->out->len;
    put_start(w, tag, attrs);
    block->content = w->out->len;
    w->edge = EDGE_START;
    w->settled = false;
}

static void close_block(struct body_writer *w) {
    struct body_block block = *top(w);
    trim(w, true);
    w->n_blocks--;
    if (w->out->len == block.content && !block.keep_empty) {
        buf_truncate(w->out, block.start);
        restore_edge(w, block.edge_before, block.space_before);
    } else {
        put_end(w, block.tag);
        w->edge = EDGE_BLOCK;
    }
    w->settled = false;
}

/* Room for one stray in a list: an implied li or dd. False if the place takes none. */
static bool imply_item(struct body_writer *w) {
    enum body_tag item = takes(w) & IN_LIST    ? BODY_TAG_LI
                         : takes(w) & IN_TERMS ? BODY_TAG_DD
                                               : BODY_TAG_NONE;
    if (item == BODY_TAG_NONE || w->n_blocks == LIMIT_HTML_DEPTH) {
        return false;
    }
    close_runs(w);
    open_block(w, item, STR(""), true, false);
    return true;
}

static bool is_open(const struct body_writer *w, size_t run) {
    for (size_t i = 0; i < w->n_open; i++) {
        if (w->open[i] == run) {
            return true;
        }
    }
    return false;
}

/* Write the wanted runs and close the others; false if text has no place here. */
static bool settle(struct body_writer *w) {
    if (w->settled) {
        return true;
    }
    if (!(takes(w) & IN_PHRASING) && !imply_item(w)) {
        return false;
    }
    size_t wanted[BODY_RUNS_MAX], n = 0, p = paragraph(w);
    if (p < w->n_runs) {
        wanted[n++] = p;
    }
    for (size_t i = 0; i < w->n_runs; i++) {
        const struct body_run *run = &w->runs[i];
        bool worth = !run->written || run->attrs_again.ptr != NULL || is_open(w, i);
        if (worth && !is_paragraph(run->tag)) {
            wanted[n++] = i;
        }
    }
    size_t same = 0;
    while (same < n && same < w->n_open && wanted[same] == w->open[same]) {
        same++;
    }
    while (w->n_open > same) {
        close_run(w);
    }
    for (; same < n; same++) {
        open_run(w, wanted[same]);
    }
    w->settled = true;
    return true;
}

/* Elements. */

static size_t count_runs(const struct body_writer *w, enum body_tag tag) {
    size_t n = 0;
    for (size_t i = 0; i < w->n_runs; i++) {
        n += w->runs[i].tag == tag;
    }
    return n;
}

static bool run_fits(const struct body_writer *w, enum body_tag tag) {
    enum body_tag inner = w->n_runs > 0 ? w->runs[w->n_runs - 1].tag : BODY_TAG_NONE;
    if (w->n_runs == BODY_RUNS_MAX) {
        return false;
    }
    switch (tag) {
    case BODY_TAG_A:
    case BODY_TAG_RUBY: return count_runs(w, tag) == 0;
    case BODY_TAG_RT:
    case BODY_TAG_RP: return inner == BODY_TAG_RUBY;
    /* Parsers begin to forget formatting elements at the fourth of a kind. */
    case BODY_TAG_B:
    case BODY_TAG_CODE:
    case BODY_TAG_EM:
    case BODY_TAG_I:
    case BODY_TAG_S:
    case BODY_TAG_SMALL:
    case BODY_TAG_STRONG:
    case BODY_TAG_U: return count_runs(w, tag) < 3;
    default: return true;
    }
}

enum body_tag body_writer_place(struct body_writer *w, enum body_tag tag, bool *ret_gap) {
    *ret_gap = false;
    if (is_run(tag) && !is_paragraph(tag)) {
        return run_fits(w, tag) ? tag : BODY_TAG_NONE;
    }
    /* A list or table is begun only if its parts have room, too. */
    bool is_frame = (body_elements[tag].takes & IN_PHRASING) == 0;
    if (text_only(w) || w->n_blocks + (is_frame ? 6 : 1) >= LIMIT_HTML_DEPTH ||
        (is_paragraph(tag) && w->n_runs == BODY_RUNS_MAX)) {
        *ret_gap = true;
        return BODY_TAG_NONE;
    }
    close_runs(w);
    for (;;) {
        const struct body_element *element = &body_elements[tag];
        struct body_block *block = top(w);
        bool first = block == NULL || w->out->len == block->content;
        if ((element->stands_in & takes(w)) && (tag != BODY_TAG_SUMMARY || first)) {
            return tag;
        }
        if (block != NULL && block->implied) {
            unsigned below = body_elements[w->blocks[w->n_blocks - 2].tag].takes;
            if (element->stands_in & below) {
                close_block(w);
                continue;
            }
        }
        if (element->stands_in & IN_FLOW) {
            if (imply_item(w)) {
                continue;
            }
            return BODY_TAG_NONE;
        }
        switch (tag) {
        case BODY_TAG_LI:
        case BODY_TAG_DT:
        case BODY_TAG_DD:
        case BODY_TAG_FIGCAPTION:
        case BODY_TAG_SUMMARY: tag = BODY_TAG_DIV; break;
        default: *ret_gap = true; return BODY_TAG_NONE;
        }
    }
}

struct body_mark body_writer_open(struct body_writer *w, enum body_tag tag, struct str attrs,
                                  struct str attrs_again, bool keep_empty) {
    if (is_run(tag)) {
        struct body_run *run = &w->runs[w->n_runs++];
        *run = (struct body_run){ .tag = tag,
                                  .attrs = attrs,
                                  .attrs_again = attrs_again,
                                  .depth = w->n_blocks,
                                  .edge_before = w->edge };
        if (is_paragraph(tag)) {
            run->space_before = trim(w, false);
            run->start = w->out->len;
            w->edge = EDGE_START;
        }
        w->settled = false;
        if (keep_empty && is_paragraph(tag)) {
            open_run(w, w->n_runs - 1);
        } else if (keep_empty) {
            settle(w);
        }
        return (struct body_mark){ MARK_RUN, 0 };
    }
    if (body_elements[tag].is_void) {
        trim(w, false);
        put_start(w, tag, attrs);
        w->edge = EDGE_BLOCK;
        return (struct body_mark){ MARK_NOTHING, 0 };
    }
    open_block(w, tag, attrs, false, keep_empty);
    return (struct body_mark){ MARK_BLOCK, w->n_blocks - 1 };
}

static void put_space(struct body_writer *w) {
    if (!(takes(w) & IN_PHRASING)) {
        return;
    }
    if (w->edge == EDGE_INK) {
        buf_put_char(w->out, ' ');
        w->edge = EDGE_INK_SPACE;
    } else if (w->edge == EDGE_BLOCK) {
        buf_put_char(w->out, '\n');
        w->edge = EDGE_BLOCK_SPACE;
    }
}

static void part_words(struct body_writer *w) {
    if (top_tag(w) != BODY_TAG_PRE) {
        put_space(w);
    } else if (w->out->len > top(w)->content && w->out->ptr[w->out->len - 1] != '\n') {
        buf_put_char(w->out, '\n');
    }
}

struct body_mark body_writer_gap(struct body_writer *w) {
    part_words(w);
    return (struct body_mark){ MARK_GAP, 0 };
}

static void close_wanted(struct body_writer *w) {
    size_t last = w->n_runs - 1;
    const struct body_run *run = &w->runs[last];
    bool was_open = is_open(w, last);
    if (is_paragraph(run->tag)) {
        if (was_open) {
            close_runs(w);
        } else if (!run->written && w->out->len == run->start) {
            restore_edge(w, run->edge_before, run->space_before);
        }
    } else {
        while (was_open && w->n_open > 0 && w->open[w->n_open - 1] >= last) {
            close_run(w);
        }
    }
    w->n_runs--;
    w->settled = false;
}

void body_writer_close(struct body_writer *w, struct body_mark mark) {
    switch (mark.kind) {
    case MARK_NOTHING: break;
    case MARK_GAP: part_words(w); break;
    case MARK_RUN: close_wanted(w); break;
    case MARK_BLOCK:
        close_runs(w);
        while (w->n_blocks > mark.block) {
            close_block(w);
        }
        break;
    }
}

/* Content. */

/* As it stands; but a parser skips a newline right behind <pre>. */
static void put_preformatted(struct body_writer *w, struct str text) {
    settle(w);
    if (w->out->len == top(w)->content) {
        while (text.len > 0 && (text.ptr[0] == '\n' || text.ptr[0] == '\r')) {
            text = str_from(text, 1);
        }
    }
    body_put_text(w->out, text);
}

void body_writer_text(struct body_writer *w, struct str text) {
    if (top_tag(w) == BODY_TAG_PRE) {
        put_preformatted(w, text);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        while (at < text.len && char_is_space(text.ptr[at])) {
            at++;
        }
        if (at > from) {
            put_space(w);
        }
        from = at;
        at = at < text.len ? str_single_spaced(text, at) : at;
        if (at > from && settle(w)) {
            body_put_text(w->out, str_slice(text, from, at));
            w->edge = EDGE_INK;
        }
    }
}

void body_writer_br(struct body_writer *w) {
    if (top_tag(w) == BODY_TAG_PRE) {
        settle(w);
        buf_put(w->out, STR("<br>"));
    } else if (w->edge == EDGE_INK || w->edge == EDGE_INK_SPACE) {
        trim(w, false);
        if (settle(w)) {
            buf_put(w->out, STR("<br>"));
            w->edge = EDGE_INK_SPACE;
        }
    }
}

void body_writer_inline(struct body_writer *w, struct str markup) {
    if (settle(w)) {
        buf_put(w->out, markup);
        w->edge = EDGE_INK;
    }
}

void body_writer_finish(struct body_writer *w) {
    close_runs(w);
    while (w->n_blocks > 0) {
        close_block(w);
    }
    trim(w, true);
}
