/* A site to test with: a store in a fresh folder with one reader, one writer when it is needed, and
 * what the last commit touched. */
#ifndef TESTS_STORE_SITE_H
#define TESTS_STORE_SITE_H

#include "store/store.h"
#include "tests/harness.h"

struct store_site {
    char dir[512];
    struct store *store;
    struct store_reader *reader;
    struct store_writer *writer; /* NULL: none has begun */
    bool is_reading;
    size_t together; /* if not 0: so many transactions are one, of store_write_begin_many's */
    size_t commits;
    struct arena arena;
    struct keys noted;  /* by the present snapshot's reads */
    struct str touched; /* by the last commit, separated by blanks; "" nothing */
    char *touched_owned;
    struct err err;
};

void store_site_open(struct store_site *site);
void store_site_close(struct store_site *site);
/* In a snapshot that has seen the last commit. */
struct store_reader *store_site_read(struct store_site *site);
/* In a transaction. */
struct store_writer *store_site_write(struct store_site *site);
void store_site_commit(struct store_site *site);
/* What store_check finds; each is printed. */
size_t store_site_faults(struct store_site *site);

int64_t store_site_section(struct store_site *site, int64_t parent_id, const char *name,
                           const char *path);
int64_t store_site_tag(struct store_site *site, const char *name, const char *path);
int64_t store_site_author(struct store_site *site, const char *name, const char *path);

/* For calls with &site->err (or &site.err) as their last argument. */
#define OK(call) test_ok(__FILE__, __LINE__, #call, call)
void test_ok(const char *file, int line, const char *what, enum status status);

#endif
