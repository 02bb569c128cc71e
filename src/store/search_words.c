/* How common words are.
 *
 * search_word tells that without asking the full-text index, where it costs as much as the word is
 * common. The words of a document lie on some hundred pages of it, which made the commit that
 * published a counted story ten times as large as the others. So a document's words are only noted
 * in one row, and store_upkeep counts them beside the commits, a few at a time. A word's count may
 * be below nothing meanwhile: what came and what went is added up in any order.
 *
 * The row '' counts the documents; it follows a document's last word. When more documents wait than
 * DUE_MAX (a batch was written, or nobody does the upkeep), the next are counted at once. */
#include "base/map.h"
#include "store/search.h"

enum { DUE_MAX = 512, WORDS_MAX_BYTES = 64 << 20 };

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

bool search_count_due(struct sql *db, int64_t words) {
    struct arena a = { 0 };
    struct rows rows = ROWS(db, "search_due_first", NONE);
    bool found = rows_next(&rows);
    if (found) {
        int64_t seq = rows_i64(&rows, 0), docs = rows_i64(&rows, 1);
        struct str in_headline = rows_text(&rows, &a, 2), elsewhere = rows_text(&rows, &a, 3);
        rows_end(&rows);
        count_some(db, &in_headline, docs, true, &words);
        count_some(db, &elsewhere, docs, false, &words);
        if (in_headline.len > 0 || elsewhere.len > 0) {
            RUN(db, "search_due_put", I64(seq), TEXT(in_headline), TEXT(elsewhere));
        } else {
            count_word(db, STR(""), docs, false);
            RUN(db, "search_due_drop", I64(seq));
        }
    }
    arena_done(&a);
    return found && db->status == STATUS_OK;
}
