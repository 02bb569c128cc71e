/* What a static export remembers between runs: a log of records, DIR/.broadsheet/log.
 *
 * A record says what was made of an address or a fragment, a hash of it, and the keys that it
 * depends on, each as 32 bits of its hash: two keys that share them cost a needless rendering,
 * never a missed one. The last record of a key counts. Records belong to sessions: a session begins
 * with the number of the journal's commit that its snapshot had, and ends only when all that it did
 * is on the disk. A torn or damaged end is where a run was killed; it is cut off.
 *
 * Nothing is ever changed in place, so that a run which is killed loses at most the records of the
 * files that were being written. The format is this machine's own. */
#ifndef TRANSFER_STATIC_LOG_H
#define TRANSFER_STATIC_LOG_H

#include "base/buf.h"
#include "store/keys.h"
#include "transfer/static_name.h"

#include <stdio.h>

enum static_kind {
    STATIC_BEGIN = 1, /* a session: `content` its fingerprint, `key` the site, `text` the boot */
    STATIC_END,
    STATIC_NONE,   /* nothing stands there */
    STATIC_INTENT, /* something is about to be made where no file was */
    STATIC_FILE,
    STATIC_MEDIA, /* a link or a copy; `text` is its name below media/ */
    STATIC_FRAGMENT,
    STATIC_REDIRECT, /* `text` is the Location */
    STATIC_GONE,
    STATIC_KINDS
};

struct static_record {
    enum static_kind kind;
    enum static_form form;
    int64_t seq;      /* of BEGIN */
    uint64_t content; /* hash */
    struct str key;   /* an address, or a fragment's key */
    struct str text;
    const uint32_t *keys; /* of what it depends on */
    size_t n_keys;
    const uint32_t *slots; /* of the fragments that are on it */
    size_t n_slots;
};

uint32_t static_key_hash(struct str key);

/* Append the bytes of a record to `out`. */
void static_record_put(struct buf *out, const struct static_record *record);

struct static_log_reader {
    FILE *file;
    struct buf payload;
    uint64_t at;         /* the end of the last good record */
    uint64_t checked_to; /* records before that were read before and are not checked again */
};
/* Errors: NOT_FOUND (no log), IO. */
NODISCARD enum status static_log_open(struct static_log_reader *r, const char *path,
                                      struct err *err);
void static_log_close(struct static_log_reader *r);
/* The next record, borrowed until the call after, and where it stands; false at the end or at what
 * is no record. */
bool static_log_next(struct static_log_reader *r, struct static_record *ret, uint64_t *ret_offset);

#endif
