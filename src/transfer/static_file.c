#include "transfer/static_file.h"

#include "base/io.h"
#include "base/limits.h"

#include <brotli/encode.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PACK_LEAST_BYTES = 256, /* below, a packed copy gains nothing */
    OPEN_TRIES = 8,         /* against another thread that removes the folder as empty */
};

/* What a level means to each; brotli's slowest is worth its time to those who ask for the best. */
static const struct {
    int deflate, brotli;
} levels[STATIC_LEVEL_MAX + 1] = { { 0, 0 }, { 1, 3 }, { 3, 4 }, { 5, 5 },  { 6, 5 },
                                   { 7, 6 }, { 8, 7 }, { 9, 8 }, { 10, 9 }, { 12, 11 } };

void static_files_init(struct static_files *f, int folder, int level, unsigned thread) {
    check(level >= 0 && level <= STATIC_LEVEL_MAX);
    *f = (struct static_files){ .folder = folder, .level = level };
    if (level > 0) {
        f->deflate = libdeflate_alloc_compressor(levels[level].deflate);
        check(f->deflate != NULL);
    }
    static_spares_init(&f->spares, folder, thread);
    buf_init(&f->whole, 2 * (size_t)LIMIT_RENDER_BYTES);
    buf_init(&f->packed, 4 * (size_t)LIMIT_RENDER_BYTES);
}

void static_files_done(struct static_files *f) {
    if (f->deflate != NULL) {
        libdeflate_free_compressor(f->deflate);
    }
    buf_done(&f->whole);
    buf_done(&f->packed);
    *f = (struct static_files){ 0 };
}

/* ---- names ---- */

struct path {
    char name[PATH_MAX], temporary[PATH_MAX];
};

static enum status set_path(struct path *p, struct str name, const char *ending, struct err *err) {
    int n = snprintf(p->name, sizeof p->name, "%.*s%s", STR_FMT(name), ending);
    int t = snprintf(p->temporary, sizeof p->temporary, "%.*s%s.tmp", STR_FMT(name), ending);
    return n > 0 && t < PATH_MAX
               ? STATUS_OK
               : err_set(err, STATUS_CONFLICT, "%.*s is too long for a file", STR_FMT(name));
}

static enum status failed(const char *doing, const char *name, struct err *err) {
    bool conflict = errno == ENOTDIR || errno == EISDIR || errno == ENAMETOOLONG ||
                    errno == EEXIST || errno == ENOTEMPTY;
    return err_set(err, conflict ? STATUS_CONFLICT : STATUS_IO, "cannot %s %s: %s", doing, name,
                   strerror(errno));
}

/* The folders above; most often only the last is missing. */
static bool make_folders(int folder, const char *name) {
    char part[PATH_MAX];
    const char *end = strrchr(name, '/');
    while (end != NULL) {
        memcpy(part, name, (size_t)(end - name));
        part[end - name] = '\0';
        if (mkdirat(folder, part, 0755) == 0 || errno == EEXIST) {
            break;
        }
        if (errno != ENOENT) {
            return false;
        }
        end = memrchr(name, '/', (size_t)(end - name));
    }
    if (end == NULL) {
        return false;
    }
    for (const char *slash = strchr(end + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        memcpy(part, name, (size_t)(slash - name));
        part[slash - name] = '\0';
        if (mkdirat(folder, part, 0755) != 0 && errno != EEXIST) {
            return false;
        }
    }
    return true;
}

static int open_temporary(int folder, const char *name) {
    for (int tries = 0; tries < OPEN_TRIES; tries++) {
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd >= 0 || errno != ENOENT || (!make_folders(folder, name) && errno != ENOENT)) {
            return fd;
        }
    }
    return -1;
}

/* A file that was not there before needs no other one to be renamed from: nobody has seen the
 * folder, and the log does not say that the file is there until it is whole. -1: not as simple. */
static int open_new(int folder, const char *name) {
    enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW };
    int fd = openat(folder, name, FLAGS, 0644);
    return fd < 0 && errno == ENOENT && make_folders(folder, name)
               ? openat(folder, name, FLAGS, 0644)
               : fd;
}

/* ---- writing ---- */

static void count_bytes(struct static_files *f, const struct iovec *parts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        f->bytes += parts[i].iov_len;
    }
}

static enum status put_one(struct static_files *f, struct str name, const char *ending,
                           const struct iovec *parts, size_t n, struct err *err) {
    struct path p;
    enum status status = set_path(&p, name, ending, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!f->is_fresh && static_spares_replace(&f->spares, p.name, parts, n)) {
        count_bytes(f, parts, n);
        return STATUS_OK;
    }
    const char *name_now = p.name;
    int fd = f->is_fresh ? open_new(f->folder, p.name) : -1;
    if (fd < 0) {
        name_now = p.temporary;
        fd = open_temporary(f->folder, p.temporary);
    }
    if (fd < 0) {
        return failed("create", p.temporary, err);
    }
    bool ok = io_write_parts(fd, parts, n);
    int code = errno;
    ok = close(fd) == 0 && ok;
    errno = ok ? errno : code;
    if (!ok || (name_now != p.name && renameat(f->folder, name_now, f->folder, p.name) != 0)) {
        status = failed("write", p.name, err);
        (void)unlinkat(f->folder, name_now, 0);
        return status;
    }
    count_bytes(f, parts, n);
    return STATUS_OK;
}

static enum status drop(struct static_files *f, struct str name, const char *ending,
                        struct err *err) {
    struct path p;
    enum status status = set_path(&p, name, ending, err);
    if (status == STATUS_OK && unlinkat(f->folder, p.name, 0) != 0 && errno != ENOENT &&
        errno != ENOTDIR) {
        status = failed("remove", p.name, err);
    }
    return status;
}

/* ---- packing ---- */

/* A copy that would be no smaller must not stay from an earlier time. */
static enum status put_packed(struct static_files *f, struct str name, const char *ending,
                              size_t len, struct err *err) {
    if (len == 0 || len >= f->whole.len) {
        return f->is_fresh ? STATUS_OK : drop(f, name, ending, err);
    }
    struct iovec part = { f->packed.ptr, len };
    return put_one(f, name, ending, &part, 1, err);
}

static enum status put_gzip(struct static_files *f, struct str name, struct err *err) {
    buf_reset(&f->packed);
    size_t bound = libdeflate_gzip_compress_bound(f->deflate, f->whole.len);
    char *to = buf_reserve(&f->packed, bound);
    size_t len = to == NULL
                     ? 0
                     : libdeflate_gzip_compress(f->deflate, f->whole.ptr, f->whole.len, to, bound);
    return put_packed(f, name, ".gz", len, err);
}

static enum status put_brotli(struct static_files *f, struct str name, struct err *err) {
    buf_reset(&f->packed);
    size_t len = BrotliEncoderMaxCompressedSize(f->whole.len);
    char *to = len > 0 ? buf_reserve(&f->packed, len) : NULL;
    bool ok = to != NULL &&
              BrotliEncoderCompress(levels[f->level].brotli, BROTLI_DEFAULT_WINDOW,
                                    BROTLI_MODE_TEXT, f->whole.len, (const uint8_t *)f->whole.ptr,
                                    &len, (uint8_t *)to) == BROTLI_TRUE;
    return put_packed(f, name, ".br", ok ? len : 0, err);
}

enum status static_files_put(struct static_files *f, struct str name, const struct iovec *parts,
                             size_t n_parts, bool pack, struct err *err) {
    enum status status = put_one(f, name, "", parts, n_parts, err);
    if (status != STATUS_OK || (f->level == 0 && f->is_fresh)) {
        return status;
    }
    buf_reset(&f->whole);
    for (size_t i = 0; i < n_parts; i++) {
        buf_put(&f->whole, str_make(parts[i].iov_base, parts[i].iov_len));
    }
    if (!pack || f->level == 0 || f->whole.len < PACK_LEAST_BYTES || f->whole.status != STATUS_OK) {
        status = f->is_fresh ? STATUS_OK : drop(f, name, ".gz", err);
        return status == STATUS_OK && !f->is_fresh ? drop(f, name, ".br", err) : status;
    }
    status = put_gzip(f, name, err);
    return status == STATUS_OK ? put_brotli(f, name, err) : status;
}

/* ---- links and copies ---- */

static bool copy(int from, int to) {
    for (;;) {
        ssize_t n = copy_file_range(from, NULL, to, NULL, 1u << 30, 0);
        if (n == 0) {
            return true;
        }
        if (n < 0 && errno != EINTR) {
            break;
        }
    }
    /* Not every file system can. */
    char bytes[64 * KIB];
    if (lseek(from, 0, SEEK_SET) < 0 || lseek(to, 0, SEEK_SET) < 0 || ftruncate(to, 0) != 0) {
        return false;
    }
    for (;;) {
        ssize_t n = read(from, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0;
        }
        struct iovec part = { bytes, (size_t)n };
        if (!io_write_parts(to, &part, 1)) {
            return false;
        }
    }
}

static enum status copy_file(struct static_files *f, const struct path *p, const char *source,
                             struct err *err) {
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot read %s: %s",
                       source, strerror(errno));
    }
    int to = open_temporary(f->folder, p->temporary);
    enum status status = STATUS_OK;
    if (to < 0 || !copy(from, to)) {
        status = failed("write", p->temporary, err);
    }
    if (to >= 0 && close(to) != 0 && status == STATUS_OK) {
        status = failed("write", p->temporary, err);
    }
    close(from);
    return status;
}

enum status static_files_link(struct static_files *f, struct str name, const char *source,
                              struct err *err) {
    struct path p;
    enum status status = set_path(&p, name, "", err);
    if (status != STATUS_OK) {
        return status;
    }
    (void)unlinkat(f->folder, p.temporary, 0);
    bool linked = false;
    for (int tries = 0; !linked && tries < OPEN_TRIES; tries++) {
        linked = linkat(AT_FDCWD, source, f->folder, p.temporary, 0) == 0;
        if (!linked && (errno != ENOENT || access(source, F_OK) != 0 ||
                        !make_folders(f->folder, p.temporary))) {
            break;
        }
    }
    if (!linked) {
        status = copy_file(f, &p, source, err);
    }
    if (status == STATUS_OK && renameat(f->folder, p.temporary, f->folder, p.name) != 0) {
        status = failed("write", p.name, err);
    }
    /* Renaming one link of a file over another of the same does nothing. */
    (void)unlinkat(f->folder, p.temporary, 0);
    return status;
}

/* ---- removing ---- */

enum status static_files_remove(struct static_files *f, struct str name, struct err *err) {
    static const char *const endings[] = { "", ".gz", ".br", ".tmp", ".gz.tmp", ".br.tmp" };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(endings); i++) {
        status = drop(f, name, endings[i], err);
    }
    struct path p;
    if (status == STATUS_OK) {
        status = set_path(&p, name, "", err);
    }
    while (status == STATUS_OK) {
        char *slash = strrchr(p.name, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
        if (unlinkat(f->folder, p.name, AT_REMOVEDIR) != 0) {
            break; /* something else is in it */
        }
    }
    return status;
}
