#include "text/search_passage.h"

#include "text/utf8.h"
#include "text/words.h"

enum {
    SPANS_MAX = 1000,
    NEAR_BYTES = 160,  /* words so far apart are shown together */
    BEFORE_BYTES = 90, /* what may be shown before the first of them */
    PASSAGE_BYTES_MAX = 2000,
};
#define ELLIPSIS STR("\xe2\x80\xa6")

/* ---- marking ---- */

static void put_marked(struct buf *out, struct str text, struct search_spans spans, size_t from,
                       size_t to) {
    size_t at = from;
    for (size_t i = 0; i < spans.len; i++) {
        struct search_span span = spans.ptr[i];
        if (span.from < at || span.to > to) {
            continue;
        }
        html_escape(out, str_slice(text, at, span.from));
        buf_put(out, STR("<mark>"));
        html_escape(out, str_slice(text, span.from, span.to));
        buf_put(out, STR("</mark>"));
        at = span.to;
    }
    html_escape(out, str_slice(text, at, to));
}

static struct html marked(struct arena *a, struct str text, struct search_spans spans, size_t from,
                          size_t to) {
    struct buf out;
    buf_init(&out, (to - from) * 6 + spans.len * 16 + 16);
    if (from > 0) {
        buf_put(&out, ELLIPSIS);
    }
    put_marked(&out, text, spans, from, to);
    if (to < text.len) {
        buf_put(&out, ELLIPSIS);
    }
    struct html html = { arena_str(a, buf_str(&out)) };
    buf_done(&out);
    return html;
}

struct html search_mark(struct arena *a, const struct search_query *q, struct str text) {
    return marked(a, text, search_query_find(a, q, text, SPANS_MAX), 0, text.len);
}

/* ---- choosing the part ---- */

/* The first of the spans near one another that are most of the words. */
static size_t best_span(struct search_spans spans) {
    size_t best = 0;
    int best_score = 0;
    for (size_t i = 0; i < spans.len; i++) {
        uint64_t groups = 0;
        size_t near = 0;
        for (size_t j = i; j < spans.len && spans.ptr[j].to - spans.ptr[i].from <= NEAR_BYTES;
             j++, near++) {
            groups |= spans.ptr[j].groups;
        }
        int score = __builtin_popcountll(groups) * SPANS_MAX + (int)near;
        if (score > best_score) {
            best_score = score;
            best = i;
        }
    }
    return best;
}

static bool ends_sentence(uint32_t c) {
    return c == '.' || c == '!' || c == '?' || c == 0x3002 /* 。 */ || c == 0xff01 || c == 0xff1f ||
           c == 0x0964 /* । */ || c == 0x06d4 /* ۔ */ || c == 0x061f /* ؟ */;
}

/* Where to begin, so that `at` is not far: with its sentence, else between words. */
static size_t begin_before(struct str text, size_t at) {
    size_t first = at > BEFORE_BYTES ? at - BEFORE_BYTES : 0;
    if (first == 0) {
        return 0;
    }
    while (first < at && ((unsigned char)text.ptr[first] & 0xc0) == 0x80) {
        first++;
    }
    size_t sentence = 0, word = 0;
    bool has_ended = false;
    for (size_t i = first; i < at;) {
        uint32_t c = utf8_next(text, &i);
        bool is_space = utf8_is_space(c);
        if (is_space && has_ended) {
            sentence = i;
        }
        if (is_space && word == 0) {
            word = i;
        }
        has_ended = ends_sentence(c);
        if (has_ended && c > 0x2fff) { /* no blank follows these */
            sentence = i;
        }
    }
    return sentence > 0 ? sentence : word > 0 ? word : first;
}

/* With single blanks for all white space, as words_first gives it: so that what that gives is a
 * beginning of the text. */
static struct str collapsed(struct arena *a, struct str text) {
    struct buf out;
    buf_init(&out, text.len + 1);
    bool pending = false;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        if (utf8_is_space(utf8_next(text, &at))) {
            pending = out.len > 0;
            continue;
        }
        if (pending) {
            buf_put_char(&out, ' ');
            pending = false;
        }
        buf_put(&out, str_slice(text, from, at));
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

struct html search_passage(struct arena *a, const struct search_query *q, struct str text,
                           size_t words) {
    text = collapsed(a, text);
    struct search_spans spans = search_query_find(a, q, text, SPANS_MAX);
    size_t from = spans.len > 0 ? begin_before(text, spans.ptr[best_span(spans)].from) : 0;
    struct str rest = utf8_prefix(str_from(text, from), PASSAGE_BYTES_MAX);
    size_t to = from + words_first(a, rest, words).len;
    return marked(a, text, spans, from, to < text.len ? to : text.len);
}
