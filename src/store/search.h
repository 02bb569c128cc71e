/* The search index, as the store's files share it. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/internal.h"
#include "store/postings.h"

/* Bring a story's document from what it was to what it is (id 0: none) and touch `search`. Within
 * the verb that saves the story. */
void search_update(struct store_writer *w, const struct story *was, const struct story *now);

/* ---- documents (search_put.c) ---- */

/* What stands in the index of a story: tokens, separated by blanks. */
struct search_document {
    struct str headline, standfirst, body, filing;
};
bool search_is_found(const struct story *s);
struct search_document search_document(struct sql *db, struct arena *a, const struct story *s);
/* The number of a new document: the next one free within its hour, or after it. */
int64_t search_place(struct sql *db, int64_t published_us);
void search_put_in(struct sql *db, int64_t doc, const struct story *s,
                   const struct search_document *d);
void search_take_out(struct sql *db, int64_t doc, const struct story *s,
                     const struct search_document *d);
/* Whether its words are counted. */
bool search_is_sampled(int64_t story_id);

/* ---- filling (search_fill.c) ---- */

/* Whether the index has heard of the story; else it is put in by store_search_fill. */
bool search_is_indexed(struct store_writer *w, int64_t story_id);

/* Do a piece of what commits have left for later, writing about so many pages: count words, then
 * merge parts of the index. False: there was nothing to do. Within a transaction. */
bool search_upkeep(struct store_writer *w, int64_t pages);

/* ---- search_words.c: how common words are ---- */

/* Count the words of a document that came (by 1) or went (-1), now or later. Tokens separated by
 * blanks. */
void search_count(struct sql *db, struct str headline, struct str standfirst, struct str body,
                  int64_t by);
/* Count up to so many words of those that wait. False: none did. */
bool search_count_due(struct sql *db, int64_t words);
/* Let the words of many documents wait, as far as they were counted (postings_end): they are of so
 * many documents. */
void search_tally(struct sql *db, const struct posting_run *run, int64_t sampled);
/* Count very many of those that wait. False: none did. */
bool search_count_many(struct sql *db);

/* Tell of each document that has not its story's words. */
void search_check(struct sql *db, db_fault *fault, void *ctx);

/* Documents are numbered by the hour of their publication. */
enum { SEARCH_DOCS_AN_HOUR = 256 };
int64_t search_doc_at(int64_t published_us);

/* The word by which a document says that it stands in a section ('s') or is by an author ('a'). It
 * begins with a character that no text's token has. */
enum { SEARCH_FILING_MAX = 32 };
struct str search_filing(char out[SEARCH_FILING_MAX], char kind, int64_t id);

#endif
