#include "transfer/static_spare.h"

#include "base/clock.h"
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far longer than opening a file takes, on a busy machine too. */
enum { WAIT_US = 100000 };

enum { NAME_MAX_BYTES = 64 };

static void name_of(const struct static_spares *s, unsigned number, char name[NAME_MAX_BYTES]) {
    snprintf(name, NAME_MAX_BYTES, STATIC_SPARE_FOLDER "/%u-%u", s->thread, number);
}

void static_spares_init(struct static_spares *s, int folder, unsigned thread) {
    *s = (struct static_spares){ .folder = folder, .thread = thread };
}

static void drop(struct static_spares *s, unsigned number) {
    char name[NAME_MAX_BYTES];
    name_of(s, number, name);
    (void)unlinkat(s->folder, name, 0);
}

/* Nobody else has it open, and it has no other name (media may be links to the site's own). */
static bool is_ours_alone(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
           fcntl(fd, F_SETLEASE, F_WRLCK) == 0 && fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
}

/* The spare that has waited longest, or -1. */
static int take_waiting(struct static_spares *s, int64_t now_us, unsigned *ret_number) {
    while (s->len > 0 && s->waiting[s->head].since_us + WAIT_US <= now_us) {
        unsigned number = s->waiting[s->head].number;
        s->head = (s->head + 1) % STATIC_SPARES_MAX;
        s->len--;
        char name[NAME_MAX_BYTES];
        name_of(s, number, name);
        int fd = openat(s->folder, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd >= 0 && is_ours_alone(fd)) {
            *ret_number = number;
            return fd;
        }
        if (fd >= 0) {
            close(fd);
        }
        drop(s, number);
    }
    return -1;
}

static int make_new(struct static_spares *s, unsigned *ret_number) {
    enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW };
    char name[NAME_MAX_BYTES];
    *ret_number = s->next++;
    name_of(s, *ret_number, name);
    int fd = openat(s->folder, name, FLAGS, 0644);
    if (fd < 0 && errno == ENOENT && mkdirat(s->folder, STATIC_SPARE_FOLDER, 0755) == 0) {
        fd = openat(s->folder, name, FLAGS, 0644);
    }
    if (fd < 0 && errno == EEXIST) { /* of a run that was killed */
        drop(s, *ret_number);
        fd = openat(s->folder, name, FLAGS, 0644);
    }
    return fd;
}

static bool fill(int fd, const struct iovec *parts, size_t n_parts) {
    off_t len = 0;
    for (size_t i = 0; i < n_parts; i++) {
        len += (off_t)parts[i].iov_len;
    }
    return io_write_parts(fd, parts, n_parts) && ftruncate(fd, len) == 0;
}

static bool is_replaceable(const struct static_spares *s, const char *name) {
    struct stat st;
    return fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           st.st_nlink == 1;
}

bool static_spares_replace(struct static_spares *s, const char *name, const struct iovec *parts,
                           size_t n_parts) {
    if (s->is_off || !is_replaceable(s, name)) {
        return false;
    }
    unsigned number = 0;
    int64_t now_us = clock_mono_us();
    int fd = take_waiting(s, now_us, &number);
    if (fd < 0 && s->len < STATIC_SPARES_MAX) {
        fd = make_new(s, &number);
    }
    if (fd < 0) {
        return false;
    }
    char spare[NAME_MAX_BYTES];
    name_of(s, number, spare);
    bool ok = fill(fd, parts, n_parts);
    ok = close(fd) == 0 && ok;
    if (!ok || renameat2(s->folder, spare, s->folder, name, RENAME_EXCHANGE) != 0) {
        s->is_off = errno == EINVAL || errno == ENOSYS;
        (void)unlinkat(s->folder, spare, 0);
        return false;
    }
    s->waiting[(s->head + s->len++) % STATIC_SPARES_MAX] = (struct static_spare){ number, now_us };
    return true;
}

void static_spares_clear(int folder) {
    int fd = openat(folder, STATIC_SPARE_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        (void)unlinkat(fd, e->d_name, 0);
    }
    if (dir != NULL) {
        closedir(dir);
        (void)unlinkat(folder, STATIC_SPARE_FOLDER, AT_REMOVEDIR);
    }
}
