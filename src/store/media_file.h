/* The files of the media library, as they came: kept durably in <site>/media/, under the name of
 * their content.
 *
 *   struct media_file f;
 *   media_file_begin(&f, dir, max_bytes, &err)    a temporary file in media/
 *   media_file_put(&f, bytes, &err)               as they come; hashed on the way
 *   media_file_seal(&f, &err)                     all of them are on the disk; f.read_fd, f.hash
 *   media_file_keep(&f, ".jpg", &name, &err)      "ab/cdef….jpg" is there, whole, for good
 *   media_file_done(&f)                           always; removes what was not kept
 *
 * The name is BLAKE2b-256 of the bytes in hex, two digits of it as the folder, then the ending of
 * what the file is. BLAKE2b because libsodium has it, it is three times as fast as SHA-256 without
 * instructions of its own for that, and sites have had files of that name since before there was a
 * library. A crash at any point leaves nothing under such a name, or the whole file.
 *
 * What no row names is removed by `media gc`, which must not happen between the keeping of a file
 * and the commit of its row: who keeps a file holds the keeping (media_files_keep_begin) until his
 * rows are committed, and gc waits for a moment at which nobody holds it. */
#ifndef STORE_MEDIA_FILE_H
#define STORE_MEDIA_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

#include <limits.h>
#include <sodium.h>

enum { MEDIA_FILE_HASH_BYTES = 32, MEDIA_FILE_HASH_DIGITS = 64 };
/* Of a name below media/: hash, slash, ending, NUL. */
enum { MEDIA_FILE_NAME_MAX = MEDIA_FILE_HASH_DIGITS + 1 + 12 + 1 };

struct media_file {
    char hash[MEDIA_FILE_HASH_DIGITS + 1]; /* from media_file_seal on */
    int64_t size_bytes;
    int read_fd;     /* from media_file_seal on: open for reading only; closed by media_file_done */
    struct buf head; /* the first bytes, at most LIMIT_IMAGE_HEAD_BYTES */

    /* private */
    int fd;
    int64_t max_bytes;
    char dir[PATH_MAX];       /* media/ */
    char temporary[PATH_MAX]; /* "": kept, or gone */
    crypto_generichash_state state;
};

/* dir: the site's folder. Makes media/ if need be. On failure nothing is left to be done with. */
NODISCARD enum status media_file_begin(struct media_file *f, const char *dir, int64_t max_bytes,
                                       struct err *err);
/* Errors: TOO_LARGE, IO (the disk is full). */
NODISCARD enum status media_file_put(struct media_file *f, struct str bytes, struct err *err);
/* Put what an open regular file holds. from_name: of it, in messages. */
NODISCARD enum status media_file_put_file(struct media_file *f, int from, const char *from_name,
                                          struct err *err);
/* A video loses what it says of where and with what it was made (text/iso_media.h): it is sent as
 * it lies here. All other files stay as they came. */
NODISCARD enum status media_file_seal(struct media_file *f, struct err *err);
/* ending: "" or ".jpg", at most 11 bytes of lower-case letters and digits. A file of this name
 * that is there already is replaced by the same bytes: should it have been damaged, it is no more.
 */
NODISCARD enum status media_file_keep(struct media_file *f, const char *ending,
                                      char ret_name[MEDIA_FILE_NAME_MAX], struct err *err);
/* f may be zeroed; twice is fine. */
void media_file_done(struct media_file *f);

/* The hash within a name below media/; empty: it is no such name. Lies in `ret`. */
struct str media_file_hash(struct str name, char ret[MEDIA_FILE_HASH_DIGITS + 1]);

/* Open the file of a media row for reading. Follows no symbolic link. name: struct media's `file`.
 * Errors: NOT_FOUND, INVALID (the name leads out of media/), IO. */
NODISCARD enum status media_file_open(const char *dir, struct str name, int *ret_fd,
                                      int64_t *ret_bytes, struct err *err);

/* A kept file, as if it had just been sealed: to be looked into again, not to be kept. Errors: as
 * media_file_open. */
NODISCARD enum status media_file_reopen(struct media_file *f, const char *dir, struct str name,
                                        struct err *err);

/* Remove what copies that were killed have left. Copies that are being made stay: they hold a lock
 * on their file. */
void media_files_sweep(const char *dir);

/* From before media_file_keep until after the commit of the row: files stay. Any number of holders;
 * waits for who removes some just now. ret_fd is to be closed to end it. Errors: IO. */
NODISCARD enum status media_files_keep_begin(const char *dir, int *ret_fd, struct err *err);
/* Nobody keeps a file until ret_fd is closed. Errors: BUSY (somebody does), IO. */
NODISCARD enum status media_files_remove_begin(const char *dir, int *ret_fd, struct err *err);

#endif
