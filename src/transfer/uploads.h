/* Files of a copy of wp-content/uploads, copied into a site's media folder under the name of their
 * content: "ab/cdef….jpg" (BLAKE2b-256 in hex), so that the same file twice is kept once. */
#ifndef TRANSFER_UPLOADS_H
#define TRANSFER_UPLOADS_H

#include "base/arena.h"
#include "base/status.h"

struct upload {
    struct str file; /* below the media folder */
    int64_t size_bytes;
    int width, height; /* of a picture, as its first bytes say; 0: not known */
};

/* Copy uploads_dir/relative; on the disk when it returns OK. `relative` comes from the export: it
 * must stay inside the folder, also through symbolic links.
 * Errors: NOT_FOUND, INVALID (leads outside, or is no file), TOO_LARGE, IO. */
NODISCARD enum status upload_copy(struct arena *a, const char *uploads_dir, struct str relative,
                                  const char *media_dir, struct upload *ret, struct err *err);

/* Remove what copies that were killed have left in the media folder. Copies that are being made
 * stay: they hold a lock on their file. */
void uploads_sweep(const char *media_dir);

#endif
