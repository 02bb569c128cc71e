/* Keeping the search index: which documents there are, and what stands in them.
 *
 * A document is a published, public story or page. The full-text tables have no copy of the text
 * (an index of a million stories is large enough), so a document is taken out by saying once more
 * the tokens that it went in with: `was` is what the story was when the index last heard of it, and
 * tokens depend on nothing else. When they would come out otherwise (tokens_version), or the
 * database is older than the index, it is filled anew when the store is opened (search_fill.c).
 *
 * How common words are is counted in a sample (search_words.c), chosen by the story's id: the first
 * of a site all, then every eighth. */
#include "store/internal.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/search.h"
#include "text/tokens.h"

enum { SAMPLE_ALL = 2048, SAMPLE_OF = 8, TOKENS_MAX_BYTES = 64 << 20 };

bool search_is_found(const struct story *s) {
    return s->id != 0 && s->state == STORY_PUBLISHED && s->visibility == STORY_PUBLIC;
}

bool search_is_sampled(int64_t story_id) {
    return story_id < SAMPLE_ALL || story_id % SAMPLE_OF == 0;
}

/* ---- documents ---- */

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

struct search_document search_document(struct sql *db, struct arena *a, const struct story *s) {
    struct buf b;
    buf_init(&b, TOKENS_MAX_BYTES);
    struct search_document d = {
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

int64_t search_place(struct sql *db, int64_t published_us) {
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

void search_take_out(struct sql *db, int64_t doc, const struct story *s,
                     const struct search_document *d) {
    RUN(db, "search_text_delete", I64(doc), TEXT(d->headline), TEXT(d->standfirst), TEXT(d->body),
        TEXT(d->filing));
    RUN(db, "search_headline_delete", I64(doc), TEXT(d->headline), TEXT(d->filing));
    RUN(db, "search_doc_delete", I64(doc));
    if (search_is_sampled(s->id)) {
        search_count(db, d->headline, d->standfirst, d->body, -1);
    }
}

void search_put_in(struct sql *db, int64_t doc, const struct story *s,
                   const struct search_document *d) {
    RUN(db, "search_doc_insert", I64(doc), I64(s->id), I64(s->published_us),
        I64((int64_t)hash_content(d->headline)));
    RUN(db, "search_text_insert", I64(doc), TEXT(d->headline), TEXT(d->standfirst), TEXT(d->body),
        TEXT(d->filing));
    RUN(db, "search_headline_insert", I64(doc), TEXT(d->headline), TEXT(d->filing));
    if (search_is_sampled(s->id)) {
        search_count(db, d->headline, d->standfirst, d->body, 1);
    }
}

static bool same_document(const struct story *a, const struct story *b) {
    return search_is_found(a) == search_is_found(b) &&
           (!search_is_found(a) ||
            (str_eq(a->headline, b->headline) && str_eq(a->standfirst, b->standfirst) &&
             str_eq(a->body.raw, b->body.raw) && a->published_us == b->published_us &&
             ids_equal(a->sections, b->sections) && ids_equal(a->authors, b->authors)));
}

void search_update(struct store_writer *w, const struct story *was, const struct story *now) {
    struct sql *db = w->sql;
    if (same_document(was, now) || !search_is_indexed(w, now->id)) {
        return;
    }
    int64_t doc = 0;
    if (search_is_found(was)) {
        struct search_document d = search_document(db, &w->scratch, was);
        doc = RUN(db, "search_doc_of", I64(was->id));
        search_take_out(db, doc, was, &d);
    }
    if (search_is_found(now)) {
        struct search_document d = search_document(db, &w->scratch, now);
        if (doc == 0 || search_doc_at(was->published_us) != search_doc_at(now->published_us)) {
            doc = search_place(db, now->published_us);
        }
        search_put_in(db, doc, now, &d);
    }
    touch(w, STR("search"));
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
static bool has_words(struct sql *db, int64_t doc, const struct search_document *d) {
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
        struct search_document d = search_document(db, &a, &story);
        if (!has_words(db, doc, &d)) {
            fault(ctx,
                  arena_printf(&a, "the search index has not the words of story %" PRId64, id));
        }
    }
    arena_done(&a);
}
