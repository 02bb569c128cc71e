/* Keeping the search index: which documents there are, and what stands in them.
 *
 * A document is a published, public story or page. The full-text tables have no copy of the text
 * (an index of a million stories is large enough), so a document is taken out by saying once more
 * the tokens that it went in with: `was` is what the story was when the index last heard of it, and
 * tokens depend on nothing else. When they would come out otherwise (tokens_version), or the
 * database is older than the index, it is filled anew when the store is opened, in transactions of
 * FILL_BATCH stories, each going on where the last one ended.
 *
 * How common words are is counted in a sample (search_words.c), chosen by the story's id: the first
 * of a site all, then every eighth. */
#include "store/internal.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/search.h"
#include "text/tokens.h"

enum { FILL_BATCH = 500, SAMPLE_ALL = 2048, SAMPLE_OF = 8, TOKENS_MAX_BYTES = 64 << 20 };

static bool is_found(const struct story *s) {
    return s->id != 0 && s->state == STORY_PUBLISHED && s->visibility == STORY_PUBLIC;
}

static bool is_sampled(int64_t story_id) {
    return story_id < SAMPLE_ALL || story_id % SAMPLE_OF == 0;
}

/* ---- documents ---- */

struct document {
    struct str headline, standfirst, body, filing;
};

static struct str tokens_of(struct sql *db, struct arena *a, struct buf *b, struct str text) {
    buf_reset(b);
    tokens_put(b, text);
    if (b->status != STATUS_OK) {
        sql_fail(db, b->status, "a story's text is too long for the search index");
    }
    return arena_str(a, buf_str(b));
}

static void put_filing(struct buf *b, char kind, struct ids ids) {
    for (size_t i = 0; i < ids.len; i++) {
        char word[SEARCH_FILING_MAX];
        if (b->len > 0) {
            buf_put_char(b, ' ');
        }
        buf_put(b, search_filing(word, kind, ids.ptr[i]));
    }
}

static struct document read_document(struct sql *db, struct arena *a, const struct story *s) {
    struct buf b;
    buf_init(&b, TOKENS_MAX_BYTES);
    struct document d = {
        .headline = tokens_of(db, a, &b, s->headline),
        .standfirst = tokens_of(db, a, &b, s->standfirst),
        .body = tokens_of(db, a, &b, html_text(a, s->body)),
    };
    buf_reset(&b);
    put_filing(&b, 's', s->sections);
    put_filing(&b, 'a', s->authors);
    d.filing = arena_str(a, buf_str(&b));
    buf_done(&b);
    return d;
}

/* The number of a new document: the next one free within its hour, or after it. */
static int64_t place(struct sql *db, int64_t published_us) {
    for (int64_t from = search_doc_at(published_us); db->status == STATUS_OK;
         from += SEARCH_DOCS_AN_HOUR) {
        int64_t last = RUN(db, "search_doc_last", I64(from), I64(from + SEARCH_DOCS_AN_HOUR));
        /* 0 is no document, or the very first of 1970, which another one then follows. */
        if (last == 0) {
            return from == 0 ? 1 : from;
        }
        if (last + 1 < from + SEARCH_DOCS_AN_HOUR) {
            return last + 1;
        }
    }
    return 0;
}

/* ---- in and out ---- */

static void take_out(struct sql *db, int64_t doc, const struct story *s, const struct document *d) {
    RUN(db, "search_text_delete", I64(doc), TEXT(d->headline), TEXT(d->standfirst), TEXT(d->body),
        TEXT(d->filing));
    RUN(db, "search_headline_delete", I64(doc), TEXT(d->headline), TEXT(d->filing));
    RUN(db, "search_doc_delete", I64(doc));
    if (is_sampled(s->id)) {
        search_count(db, d->headline, d->standfirst, d->body, -1);
    }
}

static void put_in(struct sql *db, int64_t doc, const struct story *s, const struct document *d) {
    RUN(db, "search_doc_insert", I64(doc), I64(s->id), I64(s->published_us),
        I64((int64_t)hash_content(d->headline)));
    RUN(db, "search_text_insert", I64(doc), TEXT(d->headline), TEXT(d->standfirst), TEXT(d->body),
        TEXT(d->filing));
    RUN(db, "search_headline_insert", I64(doc), TEXT(d->headline), TEXT(d->filing));
    if (is_sampled(s->id)) {
        search_count(db, d->headline, d->standfirst, d->body, 1);
    }
}

static bool same_document(const struct story *a, const struct story *b) {
    return is_found(a) == is_found(b) &&
           (!is_found(a) ||
            (str_eq(a->headline, b->headline) && str_eq(a->standfirst, b->standfirst) &&
             str_eq(a->body.raw, b->body.raw) && a->published_us == b->published_us &&
             ids_equal(a->sections, b->sections) && ids_equal(a->authors, b->authors)));
}

void search_update(struct store_writer *w, const struct story *was, const struct story *now) {
    struct sql *db = w->sql;
    if (same_document(was, now)) {
        return;
    }
    int64_t doc = 0;
    if (is_found(was)) {
        struct document d = read_document(db, &w->scratch, was);
        doc = RUN(db, "search_doc_of", I64(was->id));
        take_out(db, doc, was, &d);
    }
    if (is_found(now)) {
        struct document d = read_document(db, &w->scratch, now);
        if (doc == 0 || search_doc_at(was->published_us) != search_doc_at(now->published_us)) {
            doc = place(db, now->published_us);
        }
        put_in(db, doc, now, &d);
    }
    touch(w, STR("search"));
}

/* ---- filling ---- */

/* One batch; *ret_done: there is nothing left to do. */
static void fill_batch(struct store_writer *w, bool *ret_done) {
    struct sql *db = w->sql;
    struct rows rows = ROWS(db, "search_state", NONE);
    bool found = rows_next(&rows);
    int64_t version = found ? rows_i64(&rows, 0) : 0;
    int64_t id = found ? rows_i64(&rows, 1) : 0;
    *ret_done = found && version == tokens_version() && rows_i64(&rows, 2) != 0;
    rows_end(&rows);
    if (*ret_done || db->status != STATUS_OK) {
        return;
    }
    if (version != tokens_version()) {
        RUN(db, "search_clear_text", NONE);
        RUN(db, "search_clear_headline", NONE);
        RUN(db, "search_clear_doc", NONE);
        RUN(db, "search_clear_word", NONE);
        RUN(db, "search_clear_due", NONE);
        id = 0;
    }
    static const struct story none = { 0 };
    for (int i = 0; i < FILL_BATCH && db->status == STATUS_OK; i++) {
        arena_reset(&w->scratch);
        int64_t next = RUN(db, "story_next", I64(id));
        struct story story;
        if (next == 0) {
            *ret_done = true;
            break;
        }
        id = next;
        if (story_load(db, &w->scratch, id, STORY_FULL, &story)) {
            search_update(w, &none, &story);
        }
    }
    RUN(db, "search_state_put", I64(tokens_version()), I64(id), I64(*ret_done));
}

enum status search_fill(struct store *s, struct err *err) {
    struct sql *db = &s->writer_sql;
    struct rows rows = ROWS(db, "search_state", NONE);
    bool done = rows_next(&rows) && rows_i64(&rows, 0) == tokens_version() &&
                rows_i64(&rows, 2) != 0;
    rows_end(&rows);
    enum status status = sql_result(db, err);
    while (status == STATUS_OK && !done) {
        struct store_writer *w = NULL;
        status = store_write_begin(s, &w, err);
        if (status == STATUS_OK) {
            fill_batch(w, &done);
            status = store_write_commit(w, err);
        }
    }
    return status;
}

/* ---- upkeep ---- */

static bool merge(struct sql *db, int64_t pages) {
    /* The command itself counts as one change of a row. */
    int64_t before = RUN(db, "search_merged", NONE);
    RUN(db, "search_merge_text", I64(pages));
    RUN(db, "search_merge_headline", I64(pages));
    return db->status == STATUS_OK && RUN(db, "search_merged", NONE) - before > 2;
}

bool search_upkeep(struct store_writer *w, int64_t pages) {
    /* A word stands on two pages, its row's and the index's, some of them together. */
    if (search_count_due(w->sql, pages)) {
        touch(w, STR("search"));
        return true;
    }
    return merge(w->sql, pages);
}

/* ---- checking ---- */

static void ask_for(struct buf *match, struct buf *columns, struct str token, char column) {
    if (token.len > 0) {
        buf_printf(match, "%s\"%.*s\"", match->len > 0 ? " OR " : "", STR_FMT(token));
        buf_put_char(columns, column);
    }
}

/* The longest of a text, since it is rare and quickly found. */
static void ask_for_longest(struct buf *match, struct buf *columns, struct str tokens,
                            char column) {
    struct str token, longest = STR("");
    while (str_split(&tokens, ' ', &token)) {
        longest = token.len > longest.len ? token : longest;
    }
    ask_for(match, columns, longest, column);
}

static void ask_for_all(struct buf *match, struct buf *columns, struct str tokens, char column) {
    struct str token;
    while (str_split(&tokens, ' ', &token)) {
        ask_for(match, columns, token, column);
    }
}

/* Not as a phrase and not with AND: FTS5 looks for the first match of all before it goes to the row
 * that is asked for, which took milliseconds. Single words have theirs at hand. */
static bool has_words(struct sql *db, int64_t doc, const struct document *d) {
    struct buf match, where;
    buf_init(&match, 64 * KIB);
    buf_init(&where, 1 * KIB);
    ask_for_longest(&match, &where, d->headline, '0');
    ask_for_longest(&match, &where, d->standfirst, '1');
    ask_for_longest(&match, &where, d->body, '2');
    ask_for_all(&match, &where, d->filing, '3');
    bool in_text = match.len == 0 || HAS(db, "search_text_has", TEXT(buf_str(&match)), I64(doc),
                                         TEXT(buf_str(&where)));
    buf_reset(&match);
    buf_reset(&where);
    ask_for_longest(&match, &where, d->headline, '0');
    ask_for_all(&match, &where, d->filing, '1');
    bool in_headline = match.len == 0 || HAS(db, "search_headline_has", TEXT(buf_str(&match)),
                                             I64(doc), TEXT(buf_str(&where)));
    check(match.status == STATUS_OK && where.status == STATUS_OK);
    buf_done(&match);
    buf_done(&where);
    return in_text && in_headline;
}

void search_check(struct sql *db, db_fault *fault, void *ctx) {
    struct arena a = { 0 };
    for (int64_t doc = INT64_MIN; db->status == STATUS_OK; arena_reset(&a)) {
        struct rows rows = ROWS(db, "search_doc_next", I64(doc));
        bool found = rows_next(&rows);
        doc = found ? rows_i64(&rows, 0) : 0;
        int64_t id = found ? rows_i64(&rows, 1) : 0;
        rows_end(&rows);
        struct story story;
        if (!found) {
            break;
        }
        if (!story_load(db, &a, id, STORY_FULL, &story)) {
            continue; /* check.sql says so */
        }
        struct document d = read_document(db, &a, &story);
        if (!has_words(db, doc, &d)) {
            fault(ctx,
                  arena_printf(&a, "the search index has not the words of story %" PRId64, id));
        }
    }
    arena_done(&a);
}
