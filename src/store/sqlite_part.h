/* Parts of a full-text table made aside and put into the table as they are.
 *
 * An FTS5 table is a log-structured merge tree: sorted, immutable parts ("segments"), and a record
 * that lists them. To have FTS5 index a document is expensive (about as much as all the rest of an
 * import), and SQLite has one writer. So filling an index goes another way, and as far as there are
 * processors: each thread makes an index of its documents in memory (postings.h), and the writer
 * makes one part of all threads' (part_pages.h), page by page.
 *
 * What is read and written here is the record of the parts and the one of the totals, in the form
 * described in fts5_index.c ("Structure record", "Averages record"). A form that is not known is
 * found by part_supported, and then nothing is written. */
#ifndef STORE_SQLITE_PART_H
#define STORE_SQLITE_PART_H

#include "base/status.h"
#include "store/postings.h"

struct sqlite3;

/* Whether the table's records are of the form that part_append knows; and how many parts wait to be
 * merged for the first time. */
NODISCARD enum status part_supported(struct sqlite3 *db, const char *table, bool *ret,
                                     size_t *ret_newest, struct err *err);
/* Put a part in as the newest of the table, within a write transaction: all that is in the
 * postings, each of which has later documents than the one before it. n_columns: of the table. */
NODISCARD enum status part_append(struct sqlite3 *db, const char *table,
                                  const struct posting_run *runs, size_t n, int n_columns,
                                  struct err *err);

#endif
