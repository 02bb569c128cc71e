/* Renditions made on demand and kept as files.
 *
 * Threads of its own, beside whoever serves, have the decoder make what is wanted: each rendition
 * once, however many ask for it meanwhile, and several of one original from one decoded copy, the
 * largest first. What the worker wrote is copied before it is kept, so that a worker that was taken
 * over cannot alter it afterwards, and appears under its name all at once. An original that cannot
 * be decoded is not tried again for a while; what more than so many wait for is refused.
 *
 * The folder is a cache: its files may be removed at any time. It is bounded by the originals,
 * since each has only so many renditions (picture/rendition_name.h). */
#ifndef PICTURE_RENDITIONS_H
#define PICTURE_RENDITIONS_H

#include "picture/decoder.h"
#include "picture/rendition_name.h"

struct renditions;

#define RENDITIONS_DIR "renditions" /* in a site's folder */

struct renditions_options {
    const char *dir; /* where they are kept; made when the first one is */
    struct decoder *decoder;
    unsigned threads; /* 0: LIMIT_PICTURE_WORKERS */
    /* A picture that cannot be made is told here, on any thread; NULL: nowhere. */
    void (*report)(void *ctx, bool is_error, const char *message);
    void *report_ctx;
};

/* What to make of which original. As text it goes where a file's name does: it begins with
 * RENDITION_PATH, which no file's name does. */
struct rendition_order {
    struct rendition_name name;
    struct str original; /* its name below the folder of originals */
    bool animate;        /* all frames */
};
struct str rendition_order_text(struct arena *a, const struct rendition_order *order);
/* Borrows the text. False: it is none. */
NODISCARD bool rendition_order_read(struct str text, struct rendition_order *ret);

/* Waits for a rendition; its memory is the caller's until `done` is called, once, on any thread.
 * outcome: OK: the file is there; INVALID, TOO_LARGE: it cannot be made of this original; others:
 * not now. */
struct rendition_waiter {
    void (*done)(struct rendition_waiter *waiter, enum status outcome);
    struct rendition_waiter *next;
};

struct renditions *renditions_new(const struct renditions_options *options);
/* End what is under way (the decoder is stopped, too) and whoever waits, with INTERRUPTED; all that
 * comes later ends so at once. */
void renditions_stop(struct renditions *r);
/* After renditions_stop, when nobody calls any more. NULL is fine. */
void renditions_free(struct renditions *r);

/* The path of an order's file, there or not. */
struct str renditions_path(const struct renditions *r, struct arena *a,
                           const struct rendition_order *order);

/* Have it made. originals_dir: where order->original lies. waiter NULL: nobody waits, so that it is
 * made after what others wait for. OK: `done` will be called, or was.
 * Errors: BUSY: too many wait; INTERRUPTED; what is known of the original (INVALID, TOO_LARGE…). */
NODISCARD enum status renditions_want(struct renditions *r, const char *originals_dir,
                                      const struct rendition_order *order,
                                      struct rendition_waiter *waiter);
/* The same, and wait for it; blocks. Nothing is done if the file is there. */
NODISCARD enum status renditions_make(struct renditions *r, const char *originals_dir,
                                      const struct rendition_order *order, struct err *err);

/* How many were made so far. */
uint64_t renditions_made(const struct renditions *r);

/* Remove the files of an original, by the beginning of its content's hash, from the folder.
 * Errors: IO. */
NODISCARD enum status renditions_remove(const char *dir, struct str hash, struct err *err);
/* Remove the files of all originals that `is_known` does not know by their hashes'
 * RENDITION_HASH_DIGITS, and what a killed process left half written. *ret_removed: how many.
 * Errors: IO, and what is_known returns. */
typedef enum status renditions_is_known(void *ctx, struct str hash, bool *ret, struct err *err);
NODISCARD enum status renditions_sweep(const char *dir, renditions_is_known *is_known, void *ctx,
                                       int64_t *ret_removed, struct err *err);

#endif
