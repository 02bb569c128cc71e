/* The static export: a site as a folder of files that any web server can send.
 *
 * Whole at first; after that only what changed, by the same dependency keys that empty the server's
 * fragment table (static_export.c says how). Flat, each file a whole answer; or with includes:
 * shared fragments are files of their own, and pages name them in commands of nginx's SSI. */
#ifndef TRANSFER_STATIC_EXPORT_H
#define TRANSFER_STATIC_EXPORT_H

#include "store/store.h"

struct static_progress {
    int64_t done, total; /* addresses; the total is an estimate */
    double per_second, seconds_left;
};

struct static_options {
    const char *folder; /* made if it is missing */
    bool includes;
    int level;                  /* of .gz and .br, 0 (none) to STATIC_LEVEL_MAX */
    size_t threads;             /* 0: one a core */
    bool whole;                 /* look at everything again */
    const char *picture_worker; /* for tests: NULL: WORKER_ARGUMENT */
    bool no_sync;               /* for tests: a cut of the power may ruin the export */
    void (*progress)(void *ctx, const struct static_progress *p); /* may be NULL */
    /* What could not be written, and why; any thread, one at a time. May be NULL. */
    void (*warn)(void *ctx, const char *message);
    void *ctx;
};

struct static_report {
    bool whole;
    int64_t rendered;  /* pages and fragments */
    int64_t written;   /* files, without packed copies */
    int64_t unchanged; /* rendered, and the same as before */
    int64_t removed;
    int64_t files, redirects, gone; /* that the export has now */
    int64_t left_out;               /* addresses that no file can stand for */
    int64_t failed; /* that could not be rendered or written: tried again next time */
    uint64_t bytes; /* written, packed copies included */
    double seconds;
};

/* Errors: CONFLICT (the folder holds something else, or another site's export), BUSY (another
 * export is at work in it), IO, and those of the store and the theme. Interrupted at any moment, it
 * goes on when it is run again. */
NODISCARD enum status static_export(struct store *store, const struct static_options *options,
                                    struct static_report *ret, struct err *err);

#endif
