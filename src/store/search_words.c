/* How common words are.
 *
 * search_word tells that without asking the full-text index, where it costs as much as the word is
 * common. The words of a document lie on some hundred pages of it, which made the commit that
 * published a counted story ten times as large as the others. So a document's words are only noted
 * in one row, and store_upkeep counts them beside the commits, a few at a time. A word's count may
 * be below nothing meanwhile: what came and what went is added up in any order.
 *
 * The row '' counts the documents; it follows a document's last word. When more documents wait than
 * DUE_MAX (a batch was written, or nobody does the upkeep), the next are counted at once.
 *
 * Filling the index counts thousands of documents. A word then stands in many of them, so what
 * waits are tallies, rows of the same table with docs = 0: "word docs headlines" a line. Whoever
 * fills the index takes all that waits together in the end (search_count_many), and writes each
 * word once, in their order. */
#include "base/map.h"
#include "store/search.h"

enum {
    DUE_MAX = 512,
    WORDS_MAX_BYTES = 64 << 20,
    TALLY_BYTES = 3500,  /* of one row */
    MANY_WORDS = 400000, /* to be taken together: some eighty bytes each */
};

static void count_word(struct sql *db, struct str word, int64_t docs, bool in_headline) {
    if (RUN(db, "search_word_add", TEXT(word), I64(docs), I64(in_headline ? docs : 0)) == 0) {
        RUN(db, "search_word_drop", TEXT(word));
    }
}

/* Up to *max words from the beginning of `words`, which is shortened by them. */
static void count_some(struct sql *db, struct str *words, int64_t docs, bool in_headline,
                       int64_t *max) {
    struct str word;
    for (; *max > 0 && words->len > 0 && str_split(words, ' ', &word); (*max)--) {
        count_word(db, word, docs, in_headline);
    }
}

static void put_new_words(struct buf *out, struct map *seen, struct str text) {
    struct str word;
    while (str_split(&text, ' ', &word)) {
        if (word.len > 0 && !map_has(seen, word)) {
            map_put(seen, word, seen);
            buf_put(out, out->len > 0 ? STR(" ") : STR(""));
            buf_put(out, word);
        }
    }
}

void search_count(struct sql *db, struct str headline, struct str standfirst, struct str body,
                  int64_t by) {
    struct map seen = { 0 };
    struct buf in_headline, elsewhere;
    buf_init(&in_headline, WORDS_MAX_BYTES);
    buf_init(&elsewhere, WORDS_MAX_BYTES);
    put_new_words(&in_headline, &seen, headline);
    put_new_words(&elsewhere, &seen, standfirst);
    put_new_words(&elsewhere, &seen, body);
    map_done(&seen);
    if (in_headline.status != STATUS_OK || elsewhere.status != STATUS_OK) {
        sql_fail(db, STATUS_TOO_LARGE, "a story's text is too long for the search index");
    } else if (RUN(db, "search_due_length", NONE) < DUE_MAX) {
        RUN(db, "search_due_add", I64(by), TEXT(buf_str(&in_headline)), TEXT(buf_str(&elsewhere)));
    } else {
        int64_t all = INT64_MAX;
        struct str words = buf_str(&in_headline);
        count_some(db, &words, by, true, &all);
        words = buf_str(&elsewhere);
        count_some(db, &words, by, false, &all);
        count_word(db, STR(""), by, false);
    }
    buf_done(&in_headline);
    buf_done(&elsewhere);
}

/* ---- tallies ---- */

static void put_tally(struct sql *db, struct buf *tally) {
    if (tally->len > 0) {
        RUN(db, "search_due_add", I64(0), TEXT(STR("")), TEXT(buf_str(tally)));
        buf_reset(tally);
    }
}

static void add_line(struct sql *db, struct buf *tally, struct str word, int64_t docs,
                     int64_t headlines) {
    if (tally->len + word.len > TALLY_BYTES) {
        put_tally(db, tally);
    }
    buf_put(tally, word);
    buf_put_char(tally, ' ');
    buf_put_i64(tally, docs);
    buf_put_char(tally, ' ');
    buf_put_i64(tally, headlines);
    buf_put_char(tally, '\n');
}

void search_tally(struct sql *db, const struct posting_run *run, int64_t sampled) {
    struct buf tally;
    buf_init(&tally, WORDS_MAX_BYTES);
    struct str rest = str_make(run->bytes, run->len);
    struct posting word;
    while (sampled > 0 && posting_next(&rest, &word)) {
        if (word.docs > 0) {
            add_line(db, &tally, word.word, word.docs, word.in_first);
        }
    }
    if (sampled > 0) {
        add_line(db, &tally, STR(""), sampled, 0);
    }
    put_tally(db, &tally);
    if (tally.status != STATUS_OK) {
        sql_fail(db, tally.status, "the search index: a tally is too long");
    }
    buf_done(&tally);
}

static bool take_line(struct str *tally, struct str *ret_word, int64_t *ret_docs,
                      int64_t *ret_headlines) {
    struct str line, number;
    return str_split(tally, '\n', &line) && str_split(&line, ' ', ret_word) &&
           str_split(&line, ' ', &number) && str_to_i64(number, ret_docs) &&
           str_to_i64(line, ret_headlines);
}

/* Up to *max lines from the beginning of `tally`, which is shortened by them. */
static void count_lines(struct sql *db, struct str *tally, int64_t *max) {
    struct str word;
    int64_t docs, headlines;
    for (; *max > 0 && take_line(tally, &word, &docs, &headlines); (*max)--) {
        if (RUN(db, "search_word_add", TEXT(word), I64(docs), I64(headlines)) == 0) {
            RUN(db, "search_word_drop", TEXT(word));
        }
    }
    *tally = *max > 0 ? STR("") : *tally;
}

static void take_words(struct postings *all, struct str words, int64_t docs, bool in_headline) {
    struct str word;
    while (words.len > 0 && str_split(&words, ' ', &word)) {
        postings_count(all, word, docs, in_headline ? docs : 0);
    }
}

static void take_row(struct postings *all, int64_t docs, struct str in_headline,
                     struct str elsewhere) {
    struct str word;
    int64_t n, headlines;
    if (docs == 0) {
        while (take_line(&elsewhere, &word, &n, &headlines)) {
            postings_count(all, word, n, headlines);
        }
        return;
    }
    take_words(all, in_headline, docs, true);
    take_words(all, elsewhere, docs, false);
    postings_count(all, STR(""), docs, 0);
}

bool search_count_many(struct sql *db) {
    struct arena a = { 0 };
    struct postings all;
    struct posting_run run;
    struct posting word;
    struct err err = { 0 };
    int64_t last = 0;
    postings_init(&all);
    struct rows rows = ROWS(db, "search_due_all", NONE);
    while (all.n_words < MANY_WORDS && rows_next(&rows)) {
        last = rows_i64(&rows, 0);
        take_row(&all, rows_i64(&rows, 1), rows_text(&rows, &a, 2), rows_text(&rows, &a, 3));
        arena_reset(&a);
    }
    rows_end(&rows);
    arena_done(&a);
    if (postings_take(&all, &run, &err) != STATUS_OK) {
        sql_fail(db, err.status, "%s", err.message);
    }
    struct str rest = str_make(run.bytes, run.len);
    while (db->status == STATUS_OK && posting_next(&rest, &word)) {
        RUN(db, "search_word_put", TEXT(word.word), I64(word.docs), I64(word.in_first));
    }
    bool found = run.len > 0;
    if (found) {
        RUN(db, "search_word_drop_empty", NONE);
        RUN(db, "search_due_drop_to", I64(last));
    }
    posting_run_done(&run);
    return found && db->status == STATUS_OK;
}

/* ---- one by one ---- */

bool search_count_due(struct sql *db, int64_t words) {
    struct arena a = { 0 };
    struct rows rows = ROWS(db, "search_due_first", NONE);
    bool found = rows_next(&rows);
    if (found) {
        int64_t seq = rows_i64(&rows, 0), docs = rows_i64(&rows, 1);
        struct str in_headline = rows_text(&rows, &a, 2), elsewhere = rows_text(&rows, &a, 3);
        rows_end(&rows);
        if (docs == 0) {
            count_lines(db, &elsewhere, &words);
        } else {
            count_some(db, &in_headline, docs, true, &words);
            count_some(db, &elsewhere, docs, false, &words);
        }
        if (in_headline.len > 0 || elsewhere.len > 0) {
            RUN(db, "search_due_put", I64(seq), TEXT(in_headline), TEXT(elsewhere));
        } else {
            if (docs != 0) {
                count_word(db, STR(""), docs, false);
            }
            RUN(db, "search_due_drop", I64(seq));
        }
    }
    arena_done(&a);
    return found && db->status == STATUS_OK;
}
