/* Files: whole reads with a limit, and writes that are on the disk before they are acknowledged. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/buf.h"
#include "base/status.h"

#include <sys/uio.h>

/* Append the file's bytes to `out` (its max is the limit). Errors: NOT_FOUND, TOO_LARGE, IO. */
NODISCARD enum status io_read_file(const char *path, struct buf *out, struct err *err);
/* The same of what an open descriptor has left; `path` is its name in messages. */
NODISCARD enum status io_read_all(int fd, const char *path, struct buf *out, struct err *err);

/* Replace `path` by these bytes, atomically and durably: a temporary file beside it, fsync, rename,
 * fsync of the folder. Errors: IO. */
NODISCARD enum status io_write_file(const char *path, struct str bytes, struct err *err);

/* Write the parts one behind the other, all of them; false: errno says why not. */
NODISCARD bool io_write_parts(int fd, const struct iovec *parts, size_t n_parts);

/* fsync of the folder that holds `path`, so that a name made or changed in it survives. Errors: IO.
 */
NODISCARD enum status io_sync_folder(const char *path, struct err *err);

/* mkdir -p, mode 0755. Errors: IO. */
NODISCARD enum status io_make_dirs(const char *path, struct err *err);

#endif
