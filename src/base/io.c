#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status io_error(struct err *err, const char *what, const char *path) {
    enum status status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    return err_set(err, status, "cannot %s %s: %s", what, path, strerror(errno));
}

enum status io_read_all(int fd, const char *path, struct buf *out, struct err *err) {
    enum status status = STATUS_OK;
    for (;;) {
        size_t want = out->max - out->len < 65536 ? out->max - out->len + 1 : 65536;
        size_t max = out->max;
        out->max = max < SIZE_MAX ? max + 1 : max;
        char *at = buf_reserve(out, want);
        out->max = max;
        if (at == NULL) {
            status =
                err_set(err, out->status, "cannot read %s: %s", path, status_text(out->status));
            break;
        }
        ssize_t n = read(fd, at, want);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            status = io_error(err, "read", path);
            break;
        }
        if (n == 0) {
            break;
        }
        if ((size_t)n > max - out->len) {
            out->status = STATUS_TOO_LARGE;
            status = err_set(err, STATUS_TOO_LARGE, "%s is longer than %zu bytes", path, max);
            break;
        }
        out->len += (size_t)n;
    }
    return status;
}

enum status io_read_file(const char *path, struct buf *out, struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return io_error(err, "open", path);
    }
    enum status status = io_read_all(fd, path, out, err);
    close(fd);
    return status;
}

static bool sync_folder(const char *path) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 1;
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(folder, slash ? path : ".", len);
    folder[len] = '\0';
    int fd = open(len ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

enum status io_write_file(const char *path, struct str bytes, struct err *err) {
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary) {
        return err_set(err, STATUS_IO, "the path %s is too long", path);
    }
    int fd = mkstemp(temporary);
    if (fd < 0) {
        return io_error(err, "create", temporary);
    }
    bool ok = fchmod(fd, 0644) == 0;
    while (ok && bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n >= 0) {
            bytes = str_from(bytes, (size_t)n);
        } else if (errno != EINTR) {
            ok = false;
        }
    }
    ok = ok && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        enum status status = io_error(err, "write", path);
        unlink(temporary);
        return status;
    }
    return io_sync_folder(path, err);
}

enum status io_sync_folder(const char *path, struct err *err) {
    return sync_folder(path) ? STATUS_OK : io_error(err, "sync the folder of", path);
}

enum status io_make_dirs(const char *path, struct err *err) {
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) {
        return err_set(err, STATUS_IO, "cannot make the folder '%s': no usable name", path);
    }
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] == '/' || part[i] == '\0') {
            char kept = part[i];
            part[i] = '\0';
            if (mkdir(part, 0755) != 0 && errno != EEXIST) {
                return io_error(err, "make the folder", part);
            }
            part[i] = kept;
        }
    }
    return STATUS_OK;
}

bool io_write_parts(int fd, const struct iovec *parts, size_t n) {
    struct iovec left[64];
    size_t at = 0, skip = 0;
    while (at < n) {
        size_t take = n - at < COUNT_OF(left) ? n - at : COUNT_OF(left);
        memcpy(left, parts + at, take * sizeof *left);
        left[0].iov_base = (char *)left[0].iov_base + skip;
        left[0].iov_len -= skip;
        ssize_t wrote = writev(fd, left, (int)take);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return false;
        }
        skip += (size_t)wrote;
        while (at < n && skip >= parts[at].iov_len) {
            skip -= parts[at].iov_len;
            at++;
        }
    }
    return true;
}
