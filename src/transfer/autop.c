/* WordPress does this by some twenty replacements, one after the other, over the whole text. What
 * authors see, and have laid their texts out for, is the sum of their effects, odd corners
 * included; so the same steps are taken here, each one a function from text to text. Each is a
 * single walk that never looks at a byte more than a fixed number of times: where a step needs the
 * next ">" or "</p>", it keeps the place found until it has passed it.
 *
 * White space is ASCII's, as in PHP. The tests compare with the npm package @wordpress/autop. */
#include "transfer/autop.h"

/* Elements that end a paragraph. */
static const struct str block_names[] = {
    STR_INIT("table"),    STR_INIT("thead"),   STR_INIT("tfoot"),      STR_INIT("caption"),
    STR_INIT("colgroup"), STR_INIT("col"),     STR_INIT("tbody"),      STR_INIT("tr"),
    STR_INIT("td"),       STR_INIT("th"),      STR_INIT("div"),        STR_INIT("dl"),
    STR_INIT("dd"),       STR_INIT("dt"),      STR_INIT("ul"),         STR_INIT("ol"),
    STR_INIT("li"),       STR_INIT("pre"),     STR_INIT("form"),       STR_INIT("map"),
    STR_INIT("area"),     STR_INIT("address"), STR_INIT("blockquote"), STR_INIT("style"),
    STR_INIT("p"),        STR_INIT("h1"),      STR_INIT("h2"),         STR_INIT("h3"),
    STR_INIT("h4"),       STR_INIT("h5"),      STR_INIT("h6"),         STR_INIT("hr"),
    STR_INIT("fieldset"), STR_INIT("legend"),  STR_INIT("section"),    STR_INIT("article"),
    STR_INIT("aside"),    STR_INIT("hgroup"),  STR_INIT("header"),     STR_INIT("footer"),
    STR_INIT("nav"),      STR_INIT("figure"),  STR_INIT("figcaption"), STR_INIT("details"),
    STR_INIT("menu"),     STR_INIT("summary"), STR_INIT("math"),
};

/* Before these a <br /> is dropped. */
static const struct str unbroken_names[] = {
    STR_INIT("p"),  STR_INIT("li"), STR_INIT("div"), STR_INIT("dl"),
    STR_INIT("dd"), STR_INIT("dt"), STR_INIT("th"),  STR_INIT("pre"),
    STR_INIT("td"), STR_INIT("ul"), STR_INIT("ol"),
};

/* ---- looking ---- */

static bool at_str(struct str s, size_t at, struct str what) {
    return str_starts(str_from(s, at), what);
}

static size_t skip_space(struct str s, size_t at) {
    while (at < s.len && char_is_space(s.ptr[at])) {
        at++;
    }
    return at;
}

/* The next occurrence of a text, remembered until the walk has passed it. */
struct next {
    struct str what;
    size_t found;
    bool known;
};

static size_t next_from(struct next *n, struct str s, size_t at) {
    if (!n->known || (n->found != STR_NPOS && n->found < at)) {
        n->found = str_find(s, n->what, at);
        n->known = true;
    }
    return n->found;
}

/* Copy a byte and all that follows up to the next "<": nothing else begins anything. Returns where
 * to go on. */
static size_t put_text(struct str s, size_t at, struct buf *out) {
    size_t next = str_find_char(s, '<', at + 1);
    next = next == STR_NPOS ? s.len : next;
    buf_put(out, str_slice(s, at, next));
    return next;
}

static bool name_at(struct str s, size_t at, const struct str *names, size_t n) {
    for (size_t i = 0; at < s.len && i < n; i++) {
        if (s.ptr[at] == names[i].ptr[0] && at_str(s, at, names[i])) {
            return true;
        }
    }
    return false;
}

/* The end of a tag "<name…>" or "</name…>" at `at` whose name begins with one of these (nothing
 * need end the name: "<link>" is taken for "<li…>"), or STR_NPOS. */
static size_t tag_end(struct str s, size_t at, const struct str *names, size_t n, struct next *gt) {
    if (at >= s.len || s.ptr[at] != '<') {
        return STR_NPOS;
    }
    size_t name = at + 1 + at_str(s, at + 1, STR("/"));
    if (!name_at(s, name, names, n)) {
        return STR_NPOS;
    }
    size_t end = next_from(gt, s, name);
    return end == STR_NPOS ? STR_NPOS : end + 1;
}

static size_t block_end(struct str s, size_t at, struct next *gt) {
    return tag_end(s, at, block_names, COUNT_OF(block_names), gt);
}

static const struct next next_gt = { .what = STR_INIT(">") };

/* "<br>", "<br/>", "<br />" with any white space: its end, or STR_NPOS. */
static size_t br_end(struct str s, size_t at) {
    if (!at_str(s, at, STR("<br"))) {
        return STR_NPOS;
    }
    size_t end = skip_space(s, at + 3);
    end += at_str(s, end, STR("/"));
    return at_str(s, end, STR(">")) ? end + 1 : STR_NPOS;
}

/* ---- the steps before paragraphs are cut ---- */

/* Two <br> are an empty line. */
static void double_breaks(struct str in, struct buf *out) {
    for (size_t at = 0; at < in.len;) {
        size_t first = br_end(in, at);
        size_t second = first == STR_NPOS ? STR_NPOS : br_end(in, skip_space(in, first));
        if (second != STR_NPOS) {
            buf_put(out, STR("\n\n"));
            at = second;
        } else {
            at = put_text(in, at, out);
        }
    }
}

static bool opens_block(struct str in, size_t at) {
    for (size_t i = 0; i < COUNT_OF(block_names); i++) {
        if (at_str(in, at + 1, block_names[i])) {
            size_t end = at + 1 + block_names[i].len;
            if (end < in.len &&
                (char_is_space(in.ptr[end]) || in.ptr[end] == '/' || in.ptr[end] == '>')) {
                return true;
            }
        }
    }
    return false;
}

static size_t closes_block(struct str in, size_t at) {
    for (size_t i = 0; i < COUNT_OF(block_names); i++) {
        size_t end = at + 2 + block_names[i].len;
        if (at_str(in, at + 2, block_names[i]) && at_str(in, end, STR(">"))) {
            return end + 1;
        }
    }
    return STR_NPOS;
}

static size_t hr_end(struct str in, size_t at) {
    if (!at_str(in, at, STR("<hr"))) {
        return STR_NPOS;
    }
    size_t end = skip_space(in, at + 3);
    end += at_str(in, end, STR("/"));
    return at_str(in, end, STR(">")) ? end + 1 : STR_NPOS;
}

/* Empty lines before a block's start tag and after its end tag; line ends become "\n". */
static void loosen_blocks(struct str in, struct buf *out) {
    for (size_t at = 0; at < in.len;) {
        char ch = in.ptr[at];
        if (ch == '\r') {
            buf_put_char(out, '\n');
            at += at_str(in, at, STR("\r\n")) ? 2 : 1;
            continue;
        }
        size_t end = STR_NPOS;
        if (ch == '<' && at_str(in, at + 1, STR("/"))) {
            end = closes_block(in, at);
        } else if (ch == '<' && opens_block(in, at)) {
            buf_put(out, STR("\n\n"));
            end = hr_end(in, at);
        }
        if (end != STR_NPOS) {
            buf_put(out, str_slice(in, at, end));
            buf_put(out, STR("\n\n"));
            at = end;
        } else {
            size_t next = at + 1;
            while (next < in.len && in.ptr[next] != '<' && in.ptr[next] != '\r') {
                next++;
            }
            buf_put(out, str_slice(in, at, next));
            at = next;
        }
    }
}

#define KEPT_LINE " <!-- wpnl --> "

/* The end of the markup that begins at '<': a comment, a CDATA section or a tag; each of them runs
 * to the end of the text if nothing ends it. */
static size_t markup_end(struct str in, size_t at, struct next *gt, struct next *comment,
                         struct next *cdata) {
    size_t end;
    size_t len;
    if (at_str(in, at, STR("<!--"))) {
        end = next_from(comment, in, at + 2);
        len = 3;
    } else if (at_str(in, at, STR("<![CDATA["))) {
        end = next_from(cdata, in, at);
        len = 3;
    } else {
        end = next_from(gt, in, at);
        len = 1;
    }
    return end == STR_NPOS ? in.len : end + len;
}

/* Line feeds within markup are no line breaks of the text. */
static void keep_lines_in_markup(struct str in, struct buf *out) {
    struct next gt = next_gt;
    struct next comment = { .what = STR("-->") };
    struct next cdata = { .what = STR("]]>") };
    for (size_t at = 0; at < in.len;) {
        if (in.ptr[at] != '<') {
            at = put_text(in, at, out);
            continue;
        }
        size_t end = markup_end(in, at, &gt, &comment, &cdata);
        while (at < end) {
            size_t line = str_find_char(str_slice(in, 0, end), '\n', at);
            buf_put(out, str_slice(in, at, line == STR_NPOS ? end : line));
            at = line == STR_NPOS ? end : line + 1;
            buf_put(out, line == STR_NPOS ? STR("") : STR(KEPT_LINE));
        }
    }
}

/* A tag around which white space goes. */
struct tight {
    struct str start; /* how it begins; what follows runs to `end` */
    char end;         /* '\0': the start is the whole of it */
    bool before, after;
    bool once; /* the first one only */
};

static void tighten(struct str in, struct buf *out, const struct tight *tags, size_t n) {
    struct next ends[8];
    bool done[8] = { 0 };
    check(n <= COUNT_OF(ends));
    if (n == 0) {
        buf_put(out, in);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ends[i] = (struct next){ .what = str_make(&tags[i].end, 1) };
    }
    for (size_t at = 0; at < in.len;) {
        size_t tag = skip_space(in, at);
        const struct tight *hit = NULL;
        size_t end = STR_NPOS;
        for (size_t i = 0; i < n && hit == NULL; i++) {
            if (at_str(in, tag, tags[i].start) && !done[i]) {
                size_t name_end = tag + tags[i].start.len;
                size_t closing = tags[i].end ? next_from(&ends[i], in, name_end) : name_end - 1;
                if (closing != STR_NPOS) {
                    hit = &tags[i];
                    end = closing + 1;
                    done[i] = tags[i].once;
                }
            }
        }
        if (hit == NULL) {
            size_t keep = tag == at ? at + 1 : tag;
            buf_put(out, str_slice(in, at, keep));
            at = keep;
            continue;
        }
        buf_put(out, str_slice(in, hit->before ? tag : at, end));
        at = hit->after ? skip_space(in, end) : end;
    }
}

static void tighten_options(struct str in, struct buf *out) {
    static const struct tight tags[] = {
        { STR_INIT("<option"), '\0', true, false, false },
        { STR_INIT("</option>"), '\0', false, true, false },
    };
    bool has = str_find(in, STR("<option"), 0) != STR_NPOS;
    tighten(in, out, tags, has ? COUNT_OF(tags) : 0);
}

static void tighten_objects(struct str in, struct buf *out) {
    static const struct tight tags[] = {
        { STR_INIT("<object"), '>', false, true, false },
        { STR_INIT("</object>"), '\0', true, false, false },
        { STR_INIT("<param"), '>', true, true, false },
        { STR_INIT("</param"), '>', true, true, false },
        { STR_INIT("<embed"), '>', true, true, false },
        { STR_INIT("</embed"), '>', true, true, false },
    };
    bool has = str_find(in, STR("</object>"), 0) != STR_NPOS;
    tighten(in, out, tags, has ? COUNT_OF(tags) : 0);
}

/* Also [audio] and [video], which hold <source> elements when nothing has expanded them. */
static void tighten_players(struct str in, struct buf *out) {
    static const struct tight tags[] = {
        { STR_INIT("<audio"), '>', false, true, false },
        { STR_INIT("<video"), '>', false, true, false },
        { STR_INIT("</audio>"), '\0', true, false, false },
        { STR_INIT("</video>"), '\0', true, false, false },
        { STR_INIT("<source"), '>', true, true, false },
        { STR_INIT("<track"), '>', true, true, false },
    };
    bool has = str_find(in, STR("<source"), 0) != STR_NPOS ||
               str_find(in, STR("<track"), 0) != STR_NPOS;
    tighten(in, out, tags, has ? COUNT_OF(tags) : 0);
}

static void tighten_captions(struct str in, struct buf *out) {
    static const struct tight tags[] = {
        { STR_INIT("<figcaption"), '>', true, false, true },
        { STR_INIT("</figcaption>"), '\0', false, true, true },
    };
    bool has = str_find(in, STR("<figcaption"), 0) != STR_NPOS;
    tighten(in, out, tags, has ? COUNT_OF(tags) : 0);
}

/* ---- cutting ---- */

static void cut_paragraphs(struct str in, struct buf *out) {
    size_t begin = 0;
    while (begin < in.len) {
        /* A separator runs from a line feed over white space to the last line feed of it. */
        size_t end = begin;
        size_t next = in.len;
        for (; end < in.len; end++) {
            if (in.ptr[end] != '\n') {
                continue;
            }
            size_t last = end;
            size_t space = end;
            for (; space < in.len && char_is_space(in.ptr[space]); space++) {
                last = in.ptr[space] == '\n' ? space : last;
            }
            if (last > end) {
                next = last + 1;
                break;
            }
            end = space - 1;
        }
        struct str part = str_slice(in, begin, end);
        if (part.len > 0) {
            while (part.len > 0 && part.ptr[0] == '\n') {
                part = str_from(part, 1);
            }
            while (part.len > 0 && part.ptr[part.len - 1] == '\n') {
                part.len--;
            }
            buf_put(out, STR("<p>"));
            buf_put(out, part);
            buf_put(out, STR("</p>\n"));
        }
        begin = next;
    }
}

/* ---- the steps after ---- */

static void drop_empty(struct str in, struct buf *out) {
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<p>"))) {
            size_t end = skip_space(in, at + 3);
            if (at_str(in, end, STR("</p>"))) {
                at = end + 4;
                continue;
            }
        }
        at = put_text(in, at, out);
    }
}

/* "<p>text</div>" lacks its </p>. */
static void close_in_blocks(struct str in, struct buf *out) {
    static const struct str closers[] = { STR_INIT("</div>"), STR_INIT("</address>"),
                                          STR_INIT("</form>") };
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<p>"))) {
            size_t lt = str_find_char(in, '<', at + 3);
            if (lt != STR_NPOS && lt > at + 3 && name_at(in, lt, closers, COUNT_OF(closers))) {
                buf_put(out, str_slice(in, at, lt));
                buf_put(out, STR("</p>"));
                at = lt;
                continue;
            }
            buf_put(out, STR("<p>"));
            at += 3;
            continue;
        }
        at = put_text(in, at, out);
    }
}

/* "<p> <div> </p>" is the tag alone. */
static void unwrap_tags(struct str in, struct buf *out) {
    struct next gt = next_gt;
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<p>"))) {
            size_t tag = skip_space(in, at + 3);
            size_t end = block_end(in, tag, &gt);
            size_t close = end == STR_NPOS ? in.len : skip_space(in, end);
            if (end != STR_NPOS && at_str(in, close, STR("</p>"))) {
                buf_put(out, str_slice(in, tag, end));
                at = close + 4;
                continue;
            }
        }
        at = put_text(in, at, out);
    }
}

/* "<p><li>…</p>" within one line is the <li> alone. */
static void unwrap_list_items(struct str in, struct buf *out) {
    struct next close = { .what = STR("</p>") };
    struct next line = { .what = STR("\n") };
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<p><li"))) {
            size_t end = next_from(&close, in, at + 7);
            size_t line_end = next_from(&line, in, at + 6);
            if (end != STR_NPOS && end < line_end) {
                buf_put(out, str_slice(in, at + 3, end));
                at = end + 4;
                continue;
            }
        }
        at = put_text(in, at, out);
    }
}

/* A paragraph around a quotation goes inside it. */
static void enter_quotes(struct str in, struct buf *out) {
    struct next gt = next_gt;
    for (size_t at = 0; at < in.len;) {
        if (str_starts_nocase(str_from(in, at), STR("<p><blockquote"))) {
            size_t end = next_from(&gt, in, at + 14);
            if (end != STR_NPOS) {
                buf_put(out, STR("<blockquote"));
                buf_put(out, str_slice(in, at + 14, end + 1));
                buf_put(out, STR("<p>"));
                at = end + 1;
                continue;
            }
        }
        if (at_str(in, at, STR("</blockquote></p>"))) {
            buf_put(out, STR("</p></blockquote>"));
            at += 17;
            continue;
        }
        at = put_text(in, at, out);
    }
}

/* A <p> before a block's tag goes. */
static void drop_openers(struct str in, struct buf *out) {
    struct next gt = next_gt;
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<p>"))) {
            size_t tag = skip_space(in, at + 3);
            size_t end = block_end(in, tag, &gt);
            if (end != STR_NPOS) {
                buf_put(out, str_slice(in, tag, end));
                at = end;
                continue;
            }
        }
        at = put_text(in, at, out);
    }
}

/* After a block's tag, white space and `what` go. */
static void drop_after_blocks(struct str in, struct buf *out, struct str what) {
    struct next gt = next_gt;
    for (size_t at = 0; at < in.len;) {
        size_t end = block_end(in, at, &gt);
        if (end == STR_NPOS) {
            at = put_text(in, at, out);
            continue;
        }
        size_t close = skip_space(in, end);
        if (at_str(in, close, what)) {
            buf_put(out, str_slice(in, at, end));
            at = close + what.len;
        } else {
            at = put_text(in, at, out);
        }
    }
}

static void drop_closers(struct str in, struct buf *out) {
    drop_after_blocks(in, out, STR("</p>"));
}

static void drop_breaks_after(struct str in, struct buf *out) {
    drop_after_blocks(in, out, STR("<br />"));
}

/* Elements whose line feeds are not ours: the end of the one that begins at `at`, or STR_NPOS. */
static size_t verbatim_end(struct str in, size_t at, struct next closers[4]) {
    static const struct str names[] = { STR_INIT("<script"), STR_INIT("<style"), STR_INIT("<svg"),
                                        STR_INIT("<math") };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (at_str(in, at, names[i])) {
            size_t end = next_from(&closers[i], in, at);
            return end == STR_NPOS ? STR_NPOS : end + closers[i].what.len;
        }
    }
    return STR_NPOS;
}

/* Copy up to the next "<", or to the white space that ends the line. */
static size_t put_line(struct str in, size_t at, struct buf *out) {
    size_t end = at + 1;
    while (end < in.len && in.ptr[end] != '<' && in.ptr[end] != '\n') {
        end++;
    }
    while (end > at + 1 && char_is_space(in.ptr[end - 1])) {
        end--;
    }
    buf_put(out, str_slice(in, at, end));
    return end;
}

/* A line feed is a <br />, unless one stands there. */
static void break_lines(struct str in, struct buf *out) {
    struct next closers[4] = { { .what = STR("</script>") },
                               { .what = STR("</style>") },
                               { .what = STR("</svg>") },
                               { .what = STR("</math>") } };
    for (size_t at = 0; at < in.len;) {
        size_t end = verbatim_end(in, at, closers);
        if (end != STR_NPOS) {
            buf_put(out, str_slice(in, at, end));
            at = end;
            continue;
        }
        bool br = at_str(in, at, STR("<br>")) || at_str(in, at, STR("<br/>"));
        if (br || at_str(in, at, STR("<br />"))) {
            buf_put(out, STR("<br />"));
            at = str_find_char(in, '>', at) + 1;
        } else if (!char_is_space(in.ptr[at])) {
            at = put_line(in, at, out);
            continue;
        }
        size_t from = at;
        bool after_br = from > 0 && out->len >= 6 && in.ptr[from - 1] == '>' &&
                        at_str(buf_str(out), out->len - 6, STR("<br />"));
        size_t space = skip_space(in, from);
        struct str run = str_slice(in, from, space);
        size_t last = str_rfind_char(run, '\n');
        if (last != STR_NPOS) {
            buf_put(out, after_br ? str_slice(run, 0, last + 1) : STR("<br />\n"));
            run = str_from(run, last + 1);
        }
        buf_put(out, run);
        at = space;
    }
}

static void drop_breaks_before(struct str in, struct buf *out) {
    struct next gt = next_gt;
    for (size_t at = 0; at < in.len;) {
        if (at_str(in, at, STR("<br />"))) {
            size_t tag = skip_space(in, at + 6);
            size_t end = tag_end(in, tag, unbroken_names, COUNT_OF(unbroken_names), &gt);
            if (end != STR_NPOS) {
                buf_put(out, str_slice(in, at + 6, end));
                at = end;
                continue;
            }
        }
        at = put_text(in, at, out);
    }
}

static void restore_lines(struct str in, struct buf *out) {
    struct str mark = STR("<!-- wpnl -->");
    if (str_find(in, mark, 0) == STR_NPOS) {
        buf_put(out, in);
        return;
    }
    for (size_t at = 0; at < in.len;) {
        size_t from = at + (char_is_space(in.ptr[at]) && at_str(in, at + 1, mark));
        if (at_str(in, from, mark)) {
            at = from + mark.len;
            at += at < in.len && char_is_space(in.ptr[at]);
            buf_put_char(out, '\n');
        } else {
            buf_put_char(out, in.ptr[at++]);
        }
    }
}

/* ---- <pre> ---- */

#define PRE_NAME "<pre wp-pre-tag-"

/* Set each <pre> aside, whole, and leave a numbered name in its place. */
static void hide_pre(struct str in, struct buf *out) {
    size_t number = 0;
    struct next close = { .what = STR("</pre>") };
    size_t at = 0;
    bool has = str_find(in, STR("<pre"), 0) != STR_NPOS;
    while (has) {
        size_t end = next_from(&close, in, at);
        if (end == STR_NPOS) {
            break;
        }
        struct str part = str_slice(in, at, end);
        size_t start = str_find(part, STR("<pre"), 0);
        if (start == STR_NPOS) {
            buf_put(out, part);
        } else {
            buf_put(out, str_slice(part, 0, start));
            buf_printf(out, PRE_NAME "%zu></pre>", number);
        }
        number++;
        at = end + 6;
    }
    buf_put(out, str_from(in, at));
    buf_put_char(out, '\n');
}

/* Names come back in their order, so one walk over both texts is enough. */
static void show_pre(struct str in, struct str original, struct buf *out) {
    struct next close = { .what = STR("</pre>") };
    size_t number = 0;
    size_t from = 0;
    size_t at = 0;
    for (;;) {
        size_t name = str_find(in, STR(PRE_NAME), at);
        if (name == STR_NPOS) {
            break;
        }
        size_t digits = name + strlen(PRE_NAME);
        size_t end = digits;
        size_t wanted = 0;
        while (end < in.len && char_is_digit(in.ptr[end]) && end < digits + 9) {
            wanted = wanted * 10 + (size_t)(in.ptr[end++] - '0');
        }
        if (!at_str(in, end, STR("></pre>")) || wanted < number) {
            buf_put(out, str_slice(in, at, end));
            at = end;
            continue;
        }
        buf_put(out, str_slice(in, at, name));
        size_t close_at = next_from(&close, original, from);
        while (number < wanted && close_at != STR_NPOS) {
            from = close_at + 6;
            number++;
            close_at = next_from(&close, original, from);
        }
        if (close_at != STR_NPOS) {
            struct str part = str_slice(original, from, close_at + 6);
            size_t start = str_find(part, STR("<pre"), 0);
            buf_put(out, start == STR_NPOS ? STR("") : str_from(part, start));
        }
        at = end + 7;
    }
    buf_put(out, str_from(in, at));
}

/* ---- all of it ---- */

typedef void step(struct str in, struct buf *out);

static step *const steps[] = {
    double_breaks,   loosen_blocks,     keep_lines_in_markup, tighten_options, tighten_objects,
    tighten_players, tighten_captions,  cut_paragraphs,       drop_empty,      close_in_blocks,
    unwrap_tags,     unwrap_list_items, enter_quotes,         drop_openers,    drop_closers,
    break_lines,     drop_breaks_after, drop_breaks_before,
};

void autop(struct str text, struct buf *out) {
    if (str_trim(text).len == 0) {
        return;
    }
    struct buf a;
    struct buf b;
    buf_init(&a, out->max * 2);
    buf_init(&b, out->max * 2);
    struct buf *from = &a;
    struct buf *to = &b;
    hide_pre(text, from);
    for (size_t i = 0; i < COUNT_OF(steps) && from->status == STATUS_OK; i++) {
        buf_reset(to);
        steps[i](buf_str(from), to);
        struct buf *swap = from;
        from = to;
        to = swap;
    }
    buf_reset(to);
    show_pre(buf_str(from), text, to);
    restore_lines(buf_str(to), out);
    if (from->status != STATUS_OK || to->status != STATUS_OK) {
        out->status = from->status ? from->status : to->status;
    }
    buf_done(&a);
    buf_done(&b);
}
