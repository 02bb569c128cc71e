/* Files of a static export: written elsewhere and renamed, so that a server which reads the folder
 * meanwhile sees each as it was or as it is; packed copies beside them.
 *
 * Nothing is synced file by file: the run syncs the whole file system once, before it says in its
 * log that it is done. */
#ifndef TRANSFER_STATIC_FILE_H
#define TRANSFER_STATIC_FILE_H

#include "base/buf.h"
#include "base/status.h"
#include "transfer/static_spare.h"

#define STATIC_LEVEL_MAX 9

/* For one thread. */
struct static_files {
    int folder;    /* descriptor, borrowed */
    int level;     /* of packing; 0: none */
    bool is_fresh; /* nothing was in the folder: no packed copies are left of earlier files */
    void *deflate;
    struct buf whole, packed;
    struct static_spares spares;
    uint64_t bytes; /* written, packed copies included */
};

/* Borrows the descriptor. level: 0 to STATIC_LEVEL_MAX. thread: its number, of all at work. */
void static_files_init(struct static_files *f, int folder, int level, unsigned thread);
void static_files_done(struct static_files *f);

/* Write the parts one behind the other as the file `name`. pack: with .gz and .br beside it, as far
 * as they are smaller.
 * Errors: CONFLICT (a folder stands where the file should, or a file where its folder should; or a
 * name is too long), IO. */
NODISCARD enum status static_files_put(struct static_files *f, struct str name,
                                       const struct iovec *parts, size_t n_parts, bool pack,
                                       struct err *err);
/* The same with the file at `source`: a hard link to it, or a copy. NOT_FOUND: there is no such
 * file. */
NODISCARD enum status static_files_link(struct static_files *f, struct str name, const char *source,
                                        struct err *err);
/* Remove it with its packed copies, and the folders that are empty then. What is not there is
 * removed already. Errors: IO. */
NODISCARD enum status static_files_remove(struct static_files *f, struct str name, struct err *err);

#endif
