#include "transfer/uploads.h"

#include "base/io.h"
#include "base/limits.h"
#include "text/image_size.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_BYTES = 32 };

/* How the name of a file begins while it is copied. */
#define INCOMING ".incoming-"

static enum status failed(struct err *err, const char *what, const char *path) {
    return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot %s %s: %s", what,
                   path, strerror(errno));
}

/* Open for reading, inside the folder. */
static enum status open_inside(const char *dir, struct str relative, int *ret_fd, struct err *err) {
    char path[PATH_MAX];
    char real_dir[PATH_MAX];
    char real_path[PATH_MAX];
    if (memchr(relative.ptr, '\0', relative.len) != NULL ||
        snprintf(path, sizeof path, "%s/%.*s", dir, STR_FMT(relative)) >= (int)sizeof path) {
        return err_set(err, STATUS_INVALID, "the name of the upload cannot be used");
    }
    if (realpath(dir, real_dir) == NULL) {
        return failed(err, "find", dir);
    }
    if (realpath(path, real_path) == NULL) {
        return failed(err, "find", path);
    }
    size_t len = strlen(real_dir);
    if (strncmp(real_path, real_dir, len) != 0 || (len > 1 && real_path[len] != '/')) {
        return err_set(err, STATUS_INVALID, "%s leads out of %s", path, dir);
    }
    int fd = open(real_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        enum status status = failed(err, "open", path);
        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > (off_t)LIMIT_MEDIA_BYTES) {
        close(fd);
        return err_set(err, S_ISREG(st.st_mode) ? STATUS_TOO_LARGE : STATUS_INVALID,
                       "%s is no regular file of at most %u bytes", path, LIMIT_MEDIA_BYTES);
    }
    *ret_fd = fd;
    return STATUS_OK;
}

static bool write_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

/* Copy and hash on the way; the head is filled up to its limit. */
static bool pump(int from, int to, unsigned char hash[HASH_BYTES], struct buf *head,
                 int64_t *ret_bytes) {
    static const size_t chunk = 256 * KIB;
    char *bytes = malloc(chunk);
    check(bytes != NULL);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    int64_t total = 0;
    ssize_t n;
    while ((n = read(from, bytes, chunk)) != 0) {
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 || total + n > (int64_t)LIMIT_MEDIA_BYTES || !write_all(to, bytes, (size_t)n)) {
            free(bytes);
            return false;
        }
        buf_put(head, str_slice(str_make(bytes, (size_t)n), 0, head->max - head->len));
        crypto_generichash_update(&state, (const unsigned char *)bytes, (unsigned long long)n);
        total += n;
    }
    free(bytes);
    crypto_generichash_final(&state, hash, HASH_BYTES);
    *ret_bytes = total;
    return true;
}

/* ".jpg" of "a/b.JPG"; empty if what follows the last point is no short word. */
static void extension_of(struct str name, char ret[12]) {
    size_t dot = str_rfind_char(name, '.');
    struct str ext = dot == STR_NPOS ? STR("") : str_from(name, dot + 1);
    ret[0] = '\0';
    if (ext.len == 0 || ext.len > 10) {
        return;
    }
    for (size_t i = 0; i < ext.len; i++) {
        if (!char_is_alnum(ext.ptr[i])) {
            ret[0] = '\0';
            return;
        }
        ret[i + 1] = char_lower(ext.ptr[i]);
    }
    ret[0] = '.';
    ret[ext.len + 1] = '\0';
}

static bool sync_dir(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

/* Give the temporary file its name, unless a file of that content has it already. */
static enum status keep(const char *temporary, const char *media_dir, const char *name,
                        struct err *err) {
    char dir[PATH_MAX];
    char path[PATH_MAX];
    if (snprintf(dir, sizeof dir, "%s/%.2s", media_dir, name) >= (int)sizeof dir ||
        snprintf(path, sizeof path, "%s/%s", media_dir, name) >= (int)sizeof path) {
        return err_set(err, STATUS_IO, "the path of %s is too long", media_dir);
    }
    struct stat st;
    if (stat(path, &st) == 0) {
        unlink(temporary);
        return STATUS_OK;
    }
    enum status status = io_make_dirs(dir, err);
    if (status == STATUS_OK && (rename(temporary, path) != 0 || !sync_dir(dir))) {
        status = failed(err, "keep", path);
    }
    return status == STATUS_OK && !sync_dir(media_dir) ? failed(err, "sync", media_dir) : status;
}

void uploads_sweep(const char *media_dir) {
    DIR *dir = opendir(media_dir);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        if (!str_starts(str_of(e->d_name), STR(INCOMING))) {
            continue;
        }
        int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            unlinkat(dirfd(dir), e->d_name, 0);
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

enum status upload_copy(struct arena *a, const char *uploads_dir, struct str relative,
                        const char *media_dir, struct upload *ret, struct err *err) {
    int from = -1;
    enum status status = open_inside(uploads_dir, relative, &from, err);
    if (status == STATUS_OK) {
        status = io_make_dirs(media_dir, err);
        if (status != STATUS_OK) {
            close(from);
        }
    }
    if (status != STATUS_OK) {
        return status;
    }
    char temporary[PATH_MAX];
    snprintf(temporary, sizeof temporary, "%s/" INCOMING "XXXXXX", media_dir);
    int to = mkstemp(temporary);
    unsigned char hash[HASH_BYTES];
    struct buf head;
    buf_init(&head, LIMIT_IMAGE_HEAD_BYTES);
    bool ok = to >= 0 && flock(to, LOCK_EX) == 0 && fchmod(to, 0644) == 0 &&
              pump(from, to, hash, &head, &ret->size_bytes) && fsync(to) == 0;
    if (!ok) {
        status = failed(err, "copy", temporary);
    }
    close(from);
    if (ok) {
        char hex[2 * HASH_BYTES + 1];
        char extension[12];
        sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
        extension_of(relative, extension);
        ret->width = ret->height = 0;
        (void)image_size(buf_str(&head), &ret->width, &ret->height);
        ret->file = arena_printf(a, "%.2s/%s%s", hex, hex + 2, extension);
        status = keep(temporary, media_dir, ret->file.ptr, err);
    }
    buf_done(&head);
    if (status != STATUS_OK && to >= 0) {
        unlink(temporary);
    }
    if (to >= 0) {
        close(to); /* not before it has its name: its lock keeps it from uploads_sweep */
    }
    return status;
}
