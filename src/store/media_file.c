/* A copy is made under a temporary name that nothing serves, beside where it will stand: giving it
 * its name is one rename. Its maker holds a lock on it, which dies with him, so that a sweep can
 * tell what a killed process left from what another is just writing.
 *
 * Two may keep the same bytes at once, or again: both rename onto the same name, and either file is
 * right. Before a name counts as kept, the file's bytes, the name in its folder and the folder in
 * media/ are synced. */
#include "store/media_file.h"

#include "base/io.h"
#include "base/limits.h"
#include "text/file_type.h"
#include "text/iso_media.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How the name of a file begins while it is copied. */
#define INCOMING  ".incoming-"
/* Shared by who keeps, exclusive for who removes. */
#define LOCK_NAME ".lock"

enum {
    COPY_BYTES = 256 * 1024,
    HASH_NAME_LEN = MEDIA_FILE_HASH_DIGITS + 1,
    PLACES_ROUNDS = 64, /* of ISO_MEDIA_BOXES_MAX each */
};

static enum status failed(struct err *err, const char *what, const char *path) {
    return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot %s %s: %s", what,
                   path, strerror(errno));
}

/* ---- taking in ---- */

/* A sweep may have come between making the file and locking it: then it has no name any more. */
static bool make_temporary(struct media_file *f, struct err *err) {
    for (;;) {
        struct stat st;
        snprintf(f->temporary, sizeof f->temporary, "%.*s/" INCOMING "XXXXXX",
                 (int)sizeof f->temporary - 32, f->dir);
        f->fd = mkostemp(f->temporary, O_CLOEXEC);
        if (f->fd < 0) {
            (void)failed(err, "make", f->temporary);
            f->temporary[0] = '\0';
            return false;
        }
        if (flock(f->fd, LOCK_EX) != 0 || fchmod(f->fd, 0644) != 0 || fstat(f->fd, &st) != 0) {
            (void)failed(err, "lock", f->temporary);
            return false;
        }
        if (st.st_nlink > 0) {
            return true;
        }
        close(f->fd);
    }
}

enum status media_file_begin(struct media_file *f, const char *dir, int64_t max_bytes,
                             struct err *err) {
    *f = (struct media_file){ .fd = -1, .read_fd = -1, .max_bytes = max_bytes };
    buf_init(&f->head, LIMIT_IMAGE_HEAD_BYTES);
    if (snprintf(f->dir, sizeof f->dir, "%s/media", dir) >= (int)sizeof f->dir - 128) {
        return err_set(err, STATUS_IO, "the path of %s is too long", dir);
    }
    enum status status = io_make_dirs(f->dir, err);
    if (status != STATUS_OK) {
        return status;
    }
    crypto_generichash_init(&f->state, NULL, 0, MEDIA_FILE_HASH_BYTES);
    if (!make_temporary(f, err)) {
        media_file_done(f);
        return STATUS_IO;
    }
    return STATUS_OK;
}

enum status media_file_put(struct media_file *f, struct str bytes, struct err *err) {
    if ((int64_t)bytes.len > f->max_bytes - f->size_bytes) {
        return err_set(err, STATUS_TOO_LARGE, "the file is larger than %lld bytes",
                       (long long)f->max_bytes);
    }
    struct iovec part = { (void *)(uintptr_t)bytes.ptr, bytes.len };
    if (!io_write_parts(f->fd, &part, 1)) {
        return err_set(err, STATUS_IO, "cannot write %s: %s", f->temporary, strerror(errno));
    }
    buf_put(&f->head, str_slice(bytes, 0, f->head.max - f->head.len));
    crypto_generichash_update(&f->state, (const unsigned char *)bytes.ptr, bytes.len);
    f->size_bytes += (int64_t)bytes.len;
    return STATUS_OK;
}

enum status media_file_put_file(struct media_file *f, int from, const char *from_name,
                                struct err *err) {
    struct stat st;
    if (fstat(from, &st) != 0) {
        return failed(err, "read", from_name);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(err, STATUS_INVALID, "%s is no regular file", from_name);
    }
    if (st.st_size > f->max_bytes) { /* before it is copied for nothing */
        return err_set(err, STATUS_TOO_LARGE, "%s is larger than %lld bytes", from_name,
                       (long long)f->max_bytes);
    }
    char *bytes = malloc(COPY_BYTES);
    check(bytes != NULL);
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        ssize_t n = read(from, bytes, COPY_BYTES);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            status = n < 0 ? failed(err, "read", from_name) : STATUS_OK;
            break;
        }
        status = media_file_put(f, str_make(bytes, (size_t)n), err);
    }
    free(bytes);
    return status;
}

/* ---- what videos say of where they were made ---- */

static bool read_at(void *ctx, int64_t at, char *bytes, size_t n) {
    const struct media_file *f = ctx;
    return pread(f->fd, bytes, n, at) == (ssize_t)n;
}

static bool hash_again(struct media_file *f) {
    char *bytes = malloc(COPY_BYTES);
    check(bytes != NULL);
    crypto_generichash_init(&f->state, NULL, 0, MEDIA_FILE_HASH_BYTES);
    int64_t at = 0;
    ssize_t n = 1;
    while (at < f->size_bytes && (n = pread(f->fd, bytes, COPY_BYTES, at)) > 0) {
        crypto_generichash_update(&f->state, (unsigned char *)bytes, (unsigned long long)n);
        at += n;
    }
    free(bytes);
    return at == f->size_bytes;
}

/* Videos are sent to readers as they lie here: such boxes are made into free space. */
static bool take_places_out(struct media_file *f) {
    int64_t at[ISO_MEDIA_BOXES_MAX];
    size_t n = 1;
    bool found = false;
    if (!file_type_is_iso_media(buf_str(&f->head))) {
        return true;
    }
    for (int round = 0; n > 0 && round < PLACES_ROUNDS; round++) {
        n = iso_media_private(read_at, f, f->size_bytes, at);
        for (size_t i = 0; i < n; i++) {
            if (pwrite(f->fd, "free", 4, at[i]) != 4) {
                return false;
            }
        }
        found |= n > 0;
    }
    return !found || hash_again(f);
}

enum status media_file_seal(struct media_file *f, struct err *err) {
    unsigned char hash[MEDIA_FILE_HASH_BYTES];
    if (!take_places_out(f)) {
        return err_set(err, STATUS_IO, "cannot write %s: %s", f->temporary, strerror(errno));
    }
    if (fsync(f->fd) != 0) {
        return err_set(err, STATUS_IO, "cannot write %s: %s", f->temporary, strerror(errno));
    }
    f->read_fd = open(f->temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (f->read_fd < 0) {
        return failed(err, "open", f->temporary);
    }
    crypto_generichash_final(&f->state, hash, sizeof hash);
    sodium_bin2hex(f->hash, sizeof f->hash, hash, sizeof hash);
    return STATUS_OK;
}

/* ---- keeping ---- */

static bool sync_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

enum status media_file_keep(struct media_file *f, const char *ending,
                            char ret_name[MEDIA_FILE_NAME_MAX], struct err *err) {
    char folder[PATH_MAX];
    char path[PATH_MAX];
    char name[MEDIA_FILE_NAME_MAX];
    int n = snprintf(name, sizeof name, "%.2s/%s%s", f->hash, f->hash + 2, ending);
    check(f->read_fd >= 0 && n > 0 && n < (int)sizeof name);
    /* media_file_begin left room for both */
    snprintf(folder, sizeof folder, "%.*s/%.2s", (int)sizeof folder - 8, f->dir, name);
    snprintf(path, sizeof path, "%.*s/%s", (int)sizeof path - 96, f->dir, name);
    enum status status = io_make_dirs(folder, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (rename(f->temporary, path) != 0) {
        return err_set(err, STATUS_IO, "cannot keep %s: %s", path, strerror(errno));
    }
    f->temporary[0] = '\0';
    if (!sync_folder(folder) || !sync_folder(f->dir)) {
        return err_set(err, STATUS_IO, "cannot sync %s: %s", folder, strerror(errno));
    }
    memcpy(ret_name, name, sizeof name);
    return STATUS_OK;
}

void media_file_done(struct media_file *f) {
    if (f->temporary[0] != '\0') {
        unlink(f->temporary);
        f->temporary[0] = '\0';
    }
    buf_done(&f->head);
    if (f->dir[0] != '\0' && f->read_fd >= 0) {
        close(f->read_fd);
    }
    if (f->dir[0] != '\0' && f->fd >= 0) {
        close(f->fd); /* with it goes its lock: not before its name has gone */
    }
    f->fd = f->read_fd = -1;
}

/* ---- what is kept ---- */

struct str media_file_hash(struct str name, char ret[MEDIA_FILE_HASH_DIGITS + 1]) {
    if (name.len < HASH_NAME_LEN || name.ptr[2] != '/' ||
        (name.len > HASH_NAME_LEN && name.ptr[HASH_NAME_LEN] != '.')) {
        return STR("");
    }
    size_t n = 0;
    for (size_t i = 0; i < HASH_NAME_LEN; i++) {
        char c = name.ptr[i];
        if (i == 2) {
            continue;
        }
        if (char_hex(c) < 0 || char_lower(c) != c) {
            return STR("");
        }
        ret[n++] = c;
    }
    ret[n] = '\0';
    return str_make(ret, n);
}

enum status media_file_open(const char *dir, struct str name, int *ret_fd, int64_t *ret_bytes,
                            struct err *err) {
    char path[PATH_MAX];
    struct stat st;
    if (name.len == 0 || name.ptr[0] == '/' || memchr(name.ptr, '\0', name.len) != NULL ||
        str_find(name, STR(".."), 0) != STR_NPOS ||
        snprintf(path, sizeof path, "%s/media/%.*s", dir, STR_FMT(name)) >= (int)sizeof path) {
        return err_set(err, STATUS_INVALID, "%.*s is no name of a file in media/", STR_FMT(name));
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return failed(err, "open", path);
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(err, STATUS_INVALID, "%s is no regular file", path);
    }
    *ret_fd = fd;
    *ret_bytes = st.st_size;
    return STATUS_OK;
}

enum status media_file_reopen(struct media_file *f, const char *dir, struct str name,
                              struct err *err) {
    *f = (struct media_file){ .fd = -1, .read_fd = -1 };
    buf_init(&f->head, LIMIT_IMAGE_HEAD_BYTES);
    snprintf(f->dir, sizeof f->dir, "%s/media", dir);
    enum status status = media_file_open(dir, name, &f->read_fd, &f->size_bytes, err);
    if (status != STATUS_OK) {
        return status;
    }
    size_t want = f->size_bytes < (int64_t)f->head.max ? (size_t)f->size_bytes : f->head.max;
    char *bytes = buf_reserve(&f->head, want);
    ssize_t n = bytes != NULL ? pread(f->read_fd, bytes, want, 0) : -1;
    if (n < 0) {
        status = failed(err, "read", f->dir);
        media_file_done(f);
        return status;
    }
    f->head.len += (size_t)n;
    (void)media_file_hash(name, f->hash);
    return STATUS_OK;
}

void media_files_sweep(const char *dir) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/media", dir) >= (int)sizeof path) {
        return;
    }
    DIR *media = opendir(path);
    for (struct dirent *e; media != NULL && (e = readdir(media)) != NULL;) {
        if (!str_starts(str_of(e->d_name), STR(INCOMING))) {
            continue;
        }
        int fd = openat(dirfd(media), e->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            unlinkat(dirfd(media), e->d_name, 0);
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    if (media != NULL) {
        closedir(media);
    }
}

/* ---- keeping and removing exclude each other ---- */

static enum status lock(const char *dir, int how, const char *refusal, int *ret_fd,
                        struct err *err) {
    char folder[PATH_MAX], path[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s/media", dir) >= (int)sizeof folder ||
        snprintf(path, sizeof path, "%s/" LOCK_NAME, folder) >= (int)sizeof path) {
        return err_set(err, STATUS_IO, "the path of %s is too long", dir);
    }
    enum status status = io_make_dirs(folder, err);
    if (status != STATUS_OK) {
        return status;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) {
        return err_set(err, STATUS_IO, "cannot open %s: %s", path, strerror(errno));
    }
    if (flock(fd, how) != 0) {
        status = errno == EWOULDBLOCK
                     ? err_set(err, STATUS_BUSY, "%s", refusal)
                     : err_set(err, STATUS_IO, "cannot lock %s: %s", path, strerror(errno));
        close(fd);
        return status;
    }
    *ret_fd = fd;
    return STATUS_OK;
}

enum status media_files_keep_begin(const char *dir, int *ret_fd, struct err *err) {
    return lock(dir, LOCK_SH, "", ret_fd, err);
}

enum status media_files_remove_begin(const char *dir, int *ret_fd, struct err *err) {
    return lock(dir, LOCK_EX | LOCK_NB, "files are being taken into the media library: try again",
                ret_fd, err);
}
