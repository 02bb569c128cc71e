/* Looking after the files of the media library: are they whole, and does anything need them? */
#ifndef NEWSROOM_LIBRARY_CARE_H
#define NEWSROOM_LIBRARY_CARE_H

#include "store/store.h"

struct library_progress {
    int64_t files, files_total;
    int64_t bytes, bytes_total;
};

struct library_fault {
    enum { LIBRARY_MISSING, LIBRARY_DAMAGED, LIBRARY_UNREADABLE } kind;
    struct str file;
    struct str why;
    struct ids media; /* the rows that name it */
};

/* Read every file that a row names, each once, and hash it again. Faults are told while it goes on;
 * progress (may be NULL) is told now and then. No snapshot is held while files are read.
 * *ret_done: how much was looked at. Errors: the store's; files that cannot be read are faults. */
struct library_listener {
    void (*fault)(void *ctx, const struct library_fault *fault);
    void (*progress)(void *ctx, const struct library_progress *progress);
    void *ctx;
};
NODISCARD enum status library_check(struct store *s, const struct library_listener *listener,
                                    struct library_progress *ret_done, struct err *err);

struct library_orphan {
    struct str file; /* below media/ */
    int64_t size_bytes;
};

/* Tell of every file under the name of its content that no row names; `remove` takes them away too,
 * and what copies that were killed left behind. Files with other names are nobody's here. Rows are
 * never taken away: what editors wrote of a file is worth keeping without it.
 * A file that is just being taken in is none: see store/media_file.h. Errors: BUSY (something is
 * being taken in all the time: an import), IO. */
struct library_collector {
    void (*orphan)(void *ctx, const struct library_orphan *orphan);
    void *ctx;
    bool remove;
};
NODISCARD enum status library_gc(struct store *s, const struct library_collector *collector,
                                 struct err *err);

#endif
