/* A story in the making: what import_story.c and import_address.c share. */
#ifndef TRANSFER_IMPORT_MAKING_H
#define TRANSFER_IMPORT_MAKING_H

#include "transfer/import_run.h"

struct making {
    struct import_run *run;
    const struct wxr_item *item;
    enum import_role role;
    struct str source_id;
    struct story story;
    struct civil local; /* the date in its permalink */
    int pages;
    VEC(int64_t) sections;
    VEC(int64_t) tags;
    VEC(int64_t) authors;
    struct import_metas metas;
    bool is_new;
    struct str
        was_public_at; /* the address at which readers could read it until now; empty: none */
    bool has_byline;   /* its authors are not just the account that made it */
    int64_t waits_for_parent; /* WordPress's id of a parent that is not here yet */
};

/* Its slug and the address at which it stands. */
NODISCARD enum status making_address(struct making *m, struct err *err);
/* Append a line feed and a path for each address under which it was known before. */
void making_redirects(struct making *m, struct buf *text);

#endif
