/* The search index, as the store's files share it. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "store/internal.h"

/* Bring a story's document from what it was to what it is (id 0: none) and touch `search`. Within
 * the verb that saves the story. */
void search_update(struct store_writer *w, const struct story *was, const struct story *now);

/* Fill the index where that is missing; called when a store is opened. */
NODISCARD enum status search_fill(struct store *s, struct err *err);

/* Merge parts of the index, writing about so many pages. False: there was nothing to merge. Within
 * a transaction. */
bool search_merge(struct sql *db, int64_t pages);

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
