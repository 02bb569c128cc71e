/* Which words stand where in some documents: an inverted index in memory, made by one thread.
 *
 * Documents are given in ascending order, and each once; then the words can be read, sorted. What
 * it takes is some bytes for each word of a document, and about fifty for each word of all. */
#ifndef STORE_POSTINGS_H
#define STORE_POSTINGS_H

#include "base/buf.h"

enum { POSTING_COLUMNS_MAX = 8 };

struct postings {
    struct posting_word *words;
    size_t n_words, words_cap;
    uint32_t *slots; /* by hash: the number of a word, from 1; 0: free */
    size_t slots_cap;
    unsigned char *pool; /* texts, and what stands where */
    size_t pool_len, pool_cap;
    int64_t *docs;
    size_t n_docs, docs_cap;
    struct posting_place *places; /* of the document that is open */
    size_t n_places, places_cap;
    uint32_t *touched; /* its words */
    size_t n_touched, touched_cap;
    uint32_t position; /* of the next token in its column */
    struct buf list;   /* of one word in it */
    struct posting_key *sorted;
    uint64_t tokens[POSTING_COLUMNS_MAX]; /* of all documents */
    int column;                           /* of the next token */
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
/* When all are in. */
void postings_sort(struct postings *p);

/* The i-th word, after the sorting. */
struct posting {
    struct str word;
    int64_t docs;     /* how many of those that are counted have it */
    int64_t in_first; /* in column 0 */
};
struct posting postings_at(const struct postings *p, size_t i);
/* Append what stands where of it: for each document its number among p->docs, less that of the one
 * before it (from -1); how long the list is; and the list, as FTS5 writes it (fts5_index.c). */
void postings_list(const struct postings *p, size_t i, struct buf *out);

/* Numbers as SQLite writes them, with seven bits a byte, the ninth byte whole. */
enum { NUMBER_MAX_BYTES = 9 };
size_t number_write(unsigned char *out, uint64_t value);
/* False: it does not end within `s`. */
bool number_take(struct str *s, uint64_t *ret);

#endif
