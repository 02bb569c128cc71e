/* Which words stand where in some documents: an inverted index in memory, made by one thread.
 *
 * Documents are given in ascending order, and each once; then the words are taken as a run, sorted.
 * While it is made, it takes some ten bytes for each word of a document and some seventy for each
 * word of all; a run takes a third of that. */
#ifndef STORE_POSTINGS_H
#define STORE_POSTINGS_H

#include "base/buf.h"

enum { POSTING_COLUMNS_MAX = 8 };

struct postings {
    struct posting_word *words;
    size_t n_words, words_cap;
    struct posting_slot *slots; /* by hash */
    size_t slots_cap;
    unsigned char *pool; /* texts, and what stands where */
    size_t pool_len, pool_cap;
    int64_t *docs;
    size_t n_docs, docs_cap;
    struct posting_place *places; /* of the document that is open */
    size_t n_places, places_cap;
    uint32_t *touched; /* its words */
    size_t n_touched, touched_cap;
    struct buf list;                      /* of one of them */
    uint64_t tokens[POSTING_COLUMNS_MAX]; /* of all documents */
    enum status status;                   /* the first failure */
};

void postings_init(struct postings *p);
/* Frees everything. */
void postings_done(struct postings *p);

void postings_begin(struct postings *p, int64_t doc);
/* The tokens of a column, separated by blanks. Columns come in ascending order. */
void postings_put(struct postings *p, int column, struct str tokens);
/* counted_columns: if a word stands in one of the first so many, it is counted. */
void postings_end(struct postings *p, int counted_columns);
/* Without a document: count the word in so many. */
void postings_count(struct postings *p, struct str word, int64_t docs, int64_t in_first);

/* ---- runs ---- */

struct posting_run {
    char *bytes; /* of all words; mapped */
    size_t len;
    int64_t *docs; /* malloc */
    size_t n_docs;
    uint64_t tokens[POSTING_COLUMNS_MAX];
};

struct posting {
    struct str word;
    int64_t docs;     /* how many of those that are counted have it */
    int64_t in_first; /* in column 0 */
    /* Where it stands, for each document: its number among the run's, less that of the one before
     * it (from -1); how long the list is; and the list, as FTS5 writes it (fts5_index.c). */
    struct str list;
};

/* Free the postings and give what was in them. */
NODISCARD enum status postings_take(struct postings *p, struct posting_run *ret, struct err *err);
/* r may be zeroed. */
void posting_run_done(struct posting_run *r);
/* The next word in `rest`, which begins as the run's bytes and is shortened. */
bool posting_next(struct str *rest, struct posting *ret);

/* The first bytes of a word as a number: words compare as these do, unless they are equal. */
uint64_t posting_prefix(struct str word);

/* ---- numbers, as SQLite writes them: seven bits a byte, the ninth byte whole ---- */

enum { NUMBER_MAX_BYTES = 9 };
size_t number_write(unsigned char *out, uint64_t value);
/* False: it does not end within `s`. */
bool number_take(struct str *s, uint64_t *ret);

#endif
