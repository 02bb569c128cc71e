/* A site that is filled by imports, and questions to it. */
#ifndef TESTS_IMPORT_SITE_H
#define TESTS_IMPORT_SITE_H

#include "store/store.h"
#include "transfer/import.h"

#define NOW_US    INT64_C(1620400000000000) /* 2021-05-07 */
#define FILES_MAX 4
#define UPLOADS   "tests/data/wxr/uploads"

struct import_site {
    char dir[512];
    struct store *store;
    struct store_reader *reader;
    struct arena arena;
    struct import_report report;
    enum status status;
    struct err err;
};

void import_site_open(struct import_site *s);
void import_site_close(struct import_site *s);

struct import_case {
    const char *files[FILES_MAX]; /* relative to the source tree */
    const char *uploads;
    const struct import_type *types;
    size_t n_types;
    size_t batch_items;
    size_t threads;
};

/* The export that has everything in it. */
extern const struct import_case import_every_clause;

/* Import into the site; its outcome is in status, err and report. */
void import_site_run(struct import_site *s, const struct import_case *run);

/* Of the report. */
int64_t import_site_count(const struct import_site *s, const char *name);
bool import_site_warned(const struct import_site *s, const char *part, int64_t post_id);

/* What answers at a path; kind NONE if nothing does. */
struct address import_site_address(struct import_site *s, const char *path);
/* The story at a path; id 0 if there is none. */
struct story import_site_story(struct import_site *s, const char *path);
/* What answers at a path, whatever it is. */
int64_t import_site_id_at(struct import_site *s, const char *path);

/* A meta that was kept. */
void import_site_check_meta(struct import_site *s, enum meta_kind kind, int64_t id, const char *key,
                            const char *expected);
/* The store agrees with itself, and every body is in the subset. */
void import_site_check(struct import_site *s);
/* All rows of all tables, the journal of changes left out: it says how the work was cut. */
void import_site_dump(const char *dir, struct buf *out);
/* Two dumps are the same. */
void import_site_same(struct buf *expected, struct buf *actual, const char *when);

#endif
