/* Replacing a file of a static export without making a new one.
 *
 * A new file, renamed over the old, costs most of an export that changes many small files: an inode
 * is found and another freed, and ext4 starts writing what a rename puts in place of something. A
 * spare file costs a tenth: it is filled, changes places with the old one in one step, and the old
 * one is the next spare.
 *
 * Whoever has the old file open must go on reading what he opened. So a spare is used again only
 * some time after it was taken out, when no look-up of its old name can still be on its way, and
 * if a lease on it tells that nobody has it open, by any name: else it is left to him and removed.
 */
#ifndef TRANSFER_STATIC_SPARE_H
#define TRANSFER_STATIC_SPARE_H

#include "base/str.h"

#include <sys/uio.h>

#define STATIC_SPARE_FOLDER ".broadsheet/spare"

enum { STATIC_SPARES_MAX = 1024 };

/* For one thread. */
struct static_spares {
    int folder;      /* descriptor, borrowed */
    unsigned thread; /* its number */
    bool is_off;     /* the file system cannot do it */
    unsigned next;   /* number of the next new one */
    size_t head, len;
    struct static_spare {
        unsigned number;
        int64_t since_us;
    } waiting[STATIC_SPARES_MAX];
};

void static_spares_init(struct static_spares *s, int folder, unsigned thread);

/* Put the parts, one behind the other, in place of the file `name`. False: it is as it was, and has
 * to be written in another way (no such file, more than one name for it, or it cannot be done). */
NODISCARD bool static_spares_replace(struct static_spares *s, const char *name,
                                     const struct iovec *parts, size_t n_parts);
/* Remove the spares of all threads, when none of them is at work. */
void static_spares_clear(int folder);

#endif
