/* Untrusted pictures, decoded where they can do no harm.
 *
 *   struct decoder *d;                         one for the program
 *   struct decoding *work;                     one for each original
 *   decoding_begin(d, fd, STR("x.jpg"), &work, &err)       a worker opens it and reads its header
 *   decoding_info(work)                                     what it is
 *   decoding_probe(work, &err)                              all of it is whole; colour, texts
 *   decoding_make(work, &rendition, out_fd, &made, &err)    as often as wanted, the largest first
 *   decoding_end(work)                                      the worker is gone
 *
 * Each original has a process of its own, which has seen nothing before it and sees nothing after
 * it: one that is taken over by a picture knows no other and cannot alter what is made of others.
 * The next process is started while this one works, so that nobody waits for it. Whatever a worker
 * does (it dies, it loops, it eats memory, it lies), the call that waits for it gets an error
 * within its time limit, the process is killed, and nobody else notices.
 *
 * Errors: INVALID and TOO_LARGE are the picture's fault, with a reason for the editor; BUSY: too
 * many wait; FORBIDDEN: this system does not let us confine a process, so that nothing is decoded
 * (the message names the remedy); NOT_FOUND: libvips is not installed; INTERRUPTED: the program
 * ends; IO. All functions may be called from any thread, those of one decoding from one at a time;
 * they block. */
#ifndef PICTURE_DECODER_H
#define PICTURE_DECODER_H

#include "base/status.h"
#include "picture/picture.h"

#include <sys/types.h>

struct decoder;
struct decoding;

struct decoder_options {
    unsigned workers;     /* at a time; 0: LIMIT_PICTURE_WORKERS */
    int64_t timeout_ms;   /* of one request; 0: LIMIT_PICTURE_REQUEST_MS */
    const char *argument; /* of the worker's process; NULL: WORKER_ARGUMENT. For tests */
};

/* Starts no process yet: the first picture does. options may be NULL. */
struct decoder *decoder_new(const struct decoder_options *options);
/* From any thread: what waits or works ends with INTERRUPTED, and so does all that comes later. */
void decoder_stop(struct decoder *d);
/* No decoding may be under way. */
void decoder_free(struct decoder *d);

/* Open an original. fd: a regular file, open for reading only; stays the caller's, its offset is
 * not used. claim: the file's name, or a type; empty: it claims nothing. Waits for a free worker.
 */
NODISCARD enum status decoding_begin(struct decoder *d, int fd, struct str claim,
                                     struct decoding **ret, struct err *err);
/* NULL is fine. */
void decoding_end(struct decoding *work);

/* From the header; colour, placeholder and texts are empty until it was probed. Lives until
 * decoding_end. */
const struct picture_info *decoding_info(const struct decoding *work);

NODISCARD enum status decoding_probe(struct decoding *work, struct err *err);

/* out_fd: an empty regular file, open for writing and reading; stays the caller's. After an error
 * its content means nothing. What the worker says about it is held against the file; but a worker
 * that was taken over may write to it until decoding_end, so that nothing is to be served before
 * that. */
NODISCARD enum status decoding_make(struct decoding *work, const struct rendition *rendition,
                                    int out_fd, struct rendition_made *ret, struct err *err);

/* The worker's process, for tests. */
pid_t decoding_pid(const struct decoding *work);

#endif
