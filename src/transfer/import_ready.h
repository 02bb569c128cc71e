/* What can be made of an item without writing: on the threads of import_pipe.c, or where it is
 * needed. */
#ifndef TRANSFER_IMPORT_READY_H
#define TRANSFER_IMPORT_READY_H

#include "transfer/import_run.h"

#include <zlib.h>

struct import_ready {
    bool has_hash, has_texts;
    uint64_t hash;
    enum status status; /* of the texts */
    struct err err;
    struct html body;
    int pages;
    struct str headline, standfirst, excerpt;
    unsigned words;
    VEC(struct str) told; /* what is told once of a kind, in order */
};

/* The hash of a story's item. */
uint64_t import_item_hash(const struct import_run *run, const struct wxr_item *item);
/* Its texts, in `a`. */
void import_make_texts(struct import_run *run, struct arena *a, const struct wxr_item *item,
                       struct import_ready *ret);
/* Both, if the item is taken care of in this pass and is not here already. */
void import_make_ready(struct import_run *run, struct arena *a, const struct wxr_item *item,
                       struct import_ready *ret);

/* A way to read one file (import_pipe.c): as wxr_feed would give its events, but parsed on several
 * threads; run->ready is what was made of an item. */
NODISCARD enum status import_pipe_read(struct import_run *run, gzFile file, size_t threads,
                                       wxr_handler *handler, struct err *err);

#endif
