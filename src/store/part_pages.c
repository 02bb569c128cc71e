/* The form is described in fts5_index.c ("Segment leaf nodes", "Doclist-index"), and what is made
 * here is what FTS5 makes when it merges parts, byte for byte (a test compares them).
 *
 * A page: where its first row stands, if a list goes on from the page before, else 0 (two bytes);
 * where the index begins (two bytes); terms, each with the list of its rows; the index: where each
 * term stands, as distances. A term leaves out what it has in common with the one before it on the
 * page. A row is its distance from the one before it in the list and on the page, or itself; then
 * twice the length of its list of places, and this.
 *
 * The first terms of pages, cut to what tells them from the term before, go into a table of their
 * own. A list that has four pages or more without a term gets an index of the rows that they begin
 * with. FTS5 makes a tree of those that are longer than a page; here such a list has none, which it
 * reads as well. */
#include "store/part_pages.h"

#include "base/limits.h"

#include <string.h>

enum {
    PAGE_BYTES = 4050, /* where a new one begins: FTS5's default */
    HEADER_BYTES = 4,
    INDEX_FROM_PAGES = 4,
    INDEX_BIT = 36, /* of the place of a list's index */
};

struct writer {
    const struct part_sink *sink;
    struct buf page, index;
    int64_t number; /* of the page */
    size_t last_in_index;
    bool has_term, has_row; /* on the page; a term's first row counts as none */
    struct buf term;        /* the last one */
    bool is_first_row;      /* of its list */
    uint64_t row;           /* the last one */

    struct buf begins; /* with what the pages from here on begin */
    int64_t begins_page;
    int64_t without; /* pages without a term since */

    struct buf skips; /* the index of the list */
    int64_t skips_page;
    uint64_t skips_row;
    enum status status;
    struct err *err;
};

static void put_number(struct buf *out, uint64_t value) {
    unsigned char bytes[NUMBER_MAX_BYTES];
    buf_put(out, str_make((const char *)bytes, number_write(bytes, value)));
}

static void set_u16(struct buf *page, size_t at, size_t value) {
    page->ptr[at] = (char)(value >> 8);
    page->ptr[at + 1] = (char)value;
}

static size_t size_of(const struct writer *w) {
    return w->page.len + w->index.len;
}

/* ---- pages ---- */

static void begin_page(struct writer *w) {
    buf_reset(&w->page);
    buf_reset(&w->index);
    buf_put(&w->page, str_make("\0\0\0\0", HEADER_BYTES));
    w->last_in_index = 0;
    w->has_term = w->has_row = false;
    w->number++;
}

static void end_page(struct writer *w) {
    set_u16(&w->page, 2, w->page.len);
    if (w->has_term) {
        buf_put(&w->page, buf_str(&w->index));
    } else {
        if (!w->has_row && w->skips.len > 0) {
            put_number(&w->skips, 0);
        }
        w->without++;
    }
    if (w->status == STATUS_OK) {
        w->status = w->page.status == STATUS_OK
                        ? w->sink->page(w->sink->ctx, w->number, buf_str(&w->page), w->err)
                        : err_set(w->err, w->page.status, "the search index: a page is too large");
    }
    begin_page(w);
}

/* ---- the table of pages ---- */

static void end_begins(struct writer *w) {
    bool has_index = w->skips.len > 0 && w->without >= INDEX_FROM_PAGES &&
                     w->skips.len < PAGE_BYTES;
    if (has_index && w->status == STATUS_OK) {
        w->status = w->sink->page(w->sink->ctx, (INT64_C(1) << INDEX_BIT) + w->skips_page,
                                  buf_str(&w->skips), w->err);
    }
    if (w->status == STATUS_OK) {
        w->status = w->sink->term(w->sink->ctx, buf_str(&w->begins), w->begins_page * 2 + has_index,
                                  w->err);
    }
    buf_reset(&w->skips);
    w->without = 0;
}

static void add_begins(struct writer *w, struct str term) {
    end_begins(w);
    buf_reset(&w->begins);
    buf_put(&w->begins, term);
    w->begins_page = w->number;
}

/* ---- terms, rows, places ---- */

static size_t common(struct str a, struct str b) {
    size_t most = a.len < b.len ? a.len : b.len, n = 0;
    while (n < most && a.ptr[n] == b.ptr[n]) {
        n++;
    }
    return n;
}

static void put_term(struct writer *w, struct str term) {
    if (size_of(w) + term.len + 2 >= PAGE_BYTES && w->page.len > HEADER_BYTES) {
        end_page(w);
    }
    put_number(&w->index, w->page.len - w->last_in_index);
    w->last_in_index = w->page.len;
    size_t shared = common(buf_str(&w->term), term);
    if (!w->has_term) {
        if (w->number > 1) {
            add_begins(w, str_slice(term, 0, w->term.len > 0 ? shared + 1 : term.len));
        }
        shared = 0;
    } else {
        put_number(&w->page, shared);
    }
    put_number(&w->page, term.len - shared);
    buf_put(&w->page, str_from(term, shared));
    buf_reset(&w->term);
    buf_put(&w->term, term);
    check(w->skips.len == 0); /* a list that went on to this page ended the one before */
    w->skips_page = w->number;
    w->has_term = w->has_row = w->is_first_row = true;
}

static void add_skip(struct writer *w, uint64_t row) {
    if (w->skips.len == 0) {
        put_number(&w->skips, 0);
        put_number(&w->skips, (uint64_t)w->number);
        put_number(&w->skips, row);
    } else {
        put_number(&w->skips, row - w->skips_row);
    }
    w->skips_row = row;
}

static void put_row(struct writer *w, uint64_t row, struct str places) {
    if (size_of(w) >= PAGE_BYTES) {
        end_page(w);
    }
    bool begins = !w->has_row;
    if (begins) {
        set_u16(&w->page, 0, w->page.len);
        add_skip(w, row);
    }
    put_number(&w->page, begins || w->is_first_row ? row : row - w->row);
    w->row = row;
    w->has_row = true;
    w->is_first_row = false;
    put_number(&w->page, (uint64_t)places.len * 2);
    while (size_of(w) + places.len >= PAGE_BYTES) {
        size_t room = size_of(w) < PAGE_BYTES ? PAGE_BYTES - size_of(w) : 0;
        struct str rest = places;
        uint64_t ignored;
        while (places.len - rest.len < room && number_take(&rest, &ignored)) {
        }
        buf_put(&w->page, str_slice(places, 0, places.len - rest.len));
        places = rest;
        end_page(w);
    }
    buf_put(&w->page, places);
}

/* ---- all of them ---- */

struct cursor {
    const struct posting_run *run;
    struct str rest;
    struct posting here;
    uint64_t prefix;
};

/* Cursors in a heap: the first has the first word, of the same words that of the first documents.
 */
struct heap {
    struct cursor *at[PART_RUNS_MAX];
    size_t n;
};

static bool comes_before(const struct cursor *a, const struct cursor *b) {
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix;
    }
    int order = str_cmp(a->here.word, b->here.word);
    return order != 0 ? order < 0 : a->run < b->run;
}

static void sink_down(struct heap *h, size_t i) {
    struct cursor *c = h->at[i];
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        child += child + 1 < h->n && comes_before(h->at[child + 1], h->at[child]);
        if (!comes_before(h->at[child], c)) {
            break;
        }
        h->at[i] = h->at[child];
    }
    h->at[i] = c;
}

static bool next_word(struct cursor *c) {
    if (!posting_next(&c->rest, &c->here)) {
        return false;
    }
    c->prefix = posting_prefix(c->here.word);
    return true;
}

static void heap_next(struct heap *h) {
    if (!next_word(h->at[0])) {
        h->at[0] = h->at[--h->n];
    }
    if (h->n > 0) {
        sink_down(h, 0);
    }
}

/* What `c` has of the word that it is at. */
static void put_rows(struct writer *w, const struct cursor *c) {
    struct str rest = c->here.list;
    uint64_t doc = 0, distance, len;
    while (w->status == STATUS_OK && rest.len > 0) {
        bool whole = number_take(&rest, &distance) && number_take(&rest, &len);
        check(whole && len <= rest.len && doc + distance <= c->run->n_docs);
        doc += distance;
        put_row(w, (uint64_t)c->run->docs[doc - 1], str_slice(rest, 0, len));
        rest = str_from(rest, len);
    }
}

static void put_all(struct writer *w, struct heap *h) {
    struct buf term;
    buf_init(&term, MIB);
    while (w->status == STATUS_OK && h->n > 0) {
        buf_reset(&term);
        buf_put_char(&term, '0'); /* no index of prefixes */
        buf_put(&term, h->at[0]->here.word);
        put_term(w, buf_str(&term));
        struct str word = str_from(buf_str(&term), 1);
        do {
            put_rows(w, h->at[0]);
            heap_next(h);
        } while (h->n > 0 && str_eq(h->at[0]->here.word, word));
    }
    buf_done(&term);
}

enum status part_pages(const struct posting_run *runs, size_t n, const struct part_sink *sink,
                       int64_t *ret_last, struct err *err) {
    struct cursor cursors[PART_RUNS_MAX];
    struct heap heap = { .n = 0 };
    struct writer w = { .sink = sink, .err = err, .begins_page = 1 };
    check(n <= PART_RUNS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct cursor *c = &cursors[i];
        *c = (struct cursor){ .run = &runs[i], .rest = str_make(runs[i].bytes, runs[i].len) };
        if (next_word(c)) {
            heap.at[heap.n++] = c;
        }
    }
    for (size_t i = heap.n; i > 0; i--) {
        sink_down(&heap, i - 1);
    }
    struct buf *bufs[] = { &w.page, &w.index, &w.term, &w.begins, &w.skips };
    for (size_t i = 0; i < COUNT_OF(bufs); i++) {
        buf_init(bufs[i], MIB);
    }
    begin_page(&w);
    put_all(&w, &heap);
    if (w.page.len > HEADER_BYTES) {
        end_page(&w);
    }
    *ret_last = w.number - 1;
    if (*ret_last > 0) {
        end_begins(&w);
    }
    for (size_t i = 0; i < COUNT_OF(bufs); i++) {
        buf_done(bufs[i]);
    }
    return w.status;
}
