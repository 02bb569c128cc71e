/* Parts of a full-text table made aside, on any thread, and put into the table as they are.
 *
 * An FTS5 table is a log-structured merge tree: sorted, immutable parts ("segments"), and a record
 * that lists them. Indexing a document is expensive (about as much as all the rest of an import),
 * and SQLite has one writer; putting a finished part in costs a copy of its pages. So filling an
 * index goes as far as there are processors: each thread indexes its documents in a table of its
 * own in memory, and what FTS5 made of them there is given to the table on disk under a new number.
 *
 * The pages are copied, never read. What is read and written here is the record of the parts and
 * the one of the totals, in the form described in fts5_index.c ("Structure record", "Averages
 * record"). A form that is not known is found by part_supported, and then nothing is written. */
#ifndef STORE_SQLITE_PART_H
#define STORE_SQLITE_PART_H

#include "base/arena.h"
#include "base/status.h"

struct sqlite3;
struct part_maker;

/* A finished part; its bytes live in the arena that it was made in. */
struct part {
    struct part_page {
        int64_t at; /* its place within the part */
        struct str bytes;
    } * pages;
    size_t n_pages;
    struct part_term {
        struct str term;
        int64_t page;
    } * terms;
    size_t n_terms;
    int64_t last_page;
    struct str totals;
};

enum { PART_COLUMNS_MAX = 8 };

/* For tables with these columns ("headline, body"), as migrations/005_search.sql makes them. */
NODISCARD enum status part_maker_new(const char *columns, struct part_maker **ret, struct err *err);
/* NULL is accepted. */
void part_maker_free(struct part_maker *m);
/* The documents of a part, by ascending row. */
NODISCARD enum status part_maker_add(struct part_maker *m, int64_t row, const struct str *texts,
                                     size_t n, struct err *err);
/* Finish it, and be ready for the next. Nothing was added: a part without pages. */
NODISCARD enum status part_maker_end(struct part_maker *m, struct arena *a, struct part *ret,
                                     struct err *err);

/* Whether the table's records are of the form that part_append knows; and how many parts wait to be
 * merged for the first time. */
NODISCARD enum status part_supported(struct sqlite3 *db, const char *table, bool *ret,
                                     size_t *ret_newest, struct err *err);
/* Put a part in as the newest of the table, within a write transaction. */
NODISCARD enum status part_append(struct sqlite3 *db, const char *table, const struct part *part,
                                  struct err *err);

#endif
