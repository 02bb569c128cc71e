#include "newsroom/library_care.h"

#include "base/clock.h"
#include "newsroom/library_renditions.h"
#include "store/media_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    READ_BYTES = 1 << 20,
    TELL_US = 200000,     /* between two tellings of progress */
    REMOVED_AT_ONCE = 64, /* files, while nothing can be taken in */
    REMOVE_TRIES = 100,   /* for such a moment, 100 ms apart */
};

/* ---- check ---- */

struct named {
    struct str file;
    int64_t size_bytes; /* as the row has it */
    VEC(int64_t) media;
};

struct checking {
    struct store *store;
    const struct library_listener *listener;
    struct arena arena;
    struct map by_file; /* to struct named * */
    VEC(struct named *) files;
    struct library_progress done;
    int64_t told_us;
    char *bytes;
};

static enum status read_rows(struct checking *c, struct err *err) {
    struct store_reader *r;
    struct arena row = { 0 };
    int64_t id = 0;
    enum status status = store_reader_open(c->store, &r, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_read_begin(r, NULL, err);
    bool is_reading = status == STATUS_OK;
    while (status == STATUS_OK) {
        struct media media;
        struct err end = { 0 };
        status = store_media_next(r, id, &id, &end);
        if (status != STATUS_OK) {
            status = status == STATUS_NOT_FOUND ? STATUS_OK
                                                : err_set(err, status, "%s", end.message);
            break;
        }
        status = store_media(r, &row, id, &media, err);
        if (status == STATUS_OK && media.file.len > 0) {
            struct named *f = map_get(&c->by_file, media.file);
            if (f == NULL) {
                f = ARENA_NEW(&c->arena, struct named);
                f->file = arena_str(&c->arena, media.file);
                f->size_bytes = media.size_bytes;
                map_put(&c->by_file, f->file, f);
                *vec_push(&c->arena, &c->files) = f;
                c->done.bytes_total += media.size_bytes;
                c->done.files_total++;
            }
            *vec_push(&c->arena, &f->media) = id;
        }
        arena_reset(&row);
    }
    if (is_reading) {
        store_read_end(r);
    }
    store_reader_close(r);
    arena_done(&row);
    return status;
}

static void tell(struct checking *c, bool force) {
    int64_t now = clock_mono_us();
    if (c->listener->progress != NULL && (force || now - c->told_us >= TELL_US)) {
        c->told_us = now;
        c->listener->progress(c->listener->ctx, &c->done);
    }
}

static void fault(struct checking *c, const struct named *f, int kind, const char *why) {
    struct library_fault fault = {
        .kind = kind, .file = f->file, .why = str_of(why), .media = { f->media.ptr, f->media.len }
    };
    c->listener->fault(c->listener->ctx, &fault);
}

/* False: errno says why it cannot be read. */
static bool hash_again(struct checking *c, int fd, char ret[MEDIA_FILE_HASH_DIGITS + 1],
                       int64_t *ret_bytes) {
    crypto_generichash_state state;
    unsigned char hash[MEDIA_FILE_HASH_BYTES];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    *ret_bytes = 0;
    for (;;) {
        ssize_t n = read(fd, c->bytes, READ_BYTES);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        if (n == 0) {
            break;
        }
        crypto_generichash_update(&state, (unsigned char *)c->bytes, (unsigned long long)n);
        *ret_bytes += n;
        c->done.bytes += n;
        tell(c, false);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(ret, MEDIA_FILE_HASH_DIGITS + 1, hash, sizeof hash);
    return true;
}

static void check_file(struct checking *c, const struct named *f) {
    char named_hash[MEDIA_FILE_HASH_DIGITS + 1];
    char hash[MEDIA_FILE_HASH_DIGITS + 1];
    char why[ERR_MESSAGE_MAX];
    struct err err = { 0 };
    int64_t bytes;
    int fd;
    enum status status = media_file_open(store_dir(c->store), f->file, &fd, &bytes, &err);
    if (status != STATUS_OK) {
        fault(c, f, status == STATUS_NOT_FOUND ? LIBRARY_MISSING : LIBRARY_UNREADABLE, err.message);
        return;
    }
    struct str expected = media_file_hash(f->file, named_hash);
    if (!hash_again(c, fd, hash, &bytes)) {
        snprintf(why, sizeof why, "it cannot be read: %s", strerror(errno));
        fault(c, f, LIBRARY_UNREADABLE, why);
    } else if (f->size_bytes != 0 && bytes != f->size_bytes) {
        snprintf(why, sizeof why, "it has %lld bytes instead of %lld", (long long)bytes,
                 (long long)f->size_bytes);
        fault(c, f, LIBRARY_DAMAGED, why);
    } else if (expected.len > 0 && !str_eq(expected, str_of(hash))) {
        fault(c, f, LIBRARY_DAMAGED, "its bytes are others than those that were taken in");
    }
    close(fd);
}

enum status library_check(struct store *s, const struct library_listener *listener,
                          struct library_progress *ret_done, struct err *err) {
    struct checking c = { .store = s, .listener = listener, .bytes = malloc(READ_BYTES) };
    check(c.bytes != NULL);
    enum status status = read_rows(&c, err);
    for (size_t i = 0; status == STATUS_OK && i < c.files.len; i++) {
        check_file(&c, c.files.ptr[i]);
        c.done.files++;
        tell(&c, i + 1 == c.files.len);
    }
    *ret_done = c.done;
    free(c.bytes);
    map_done(&c.by_file);
    arena_done(&c.arena);
    return status;
}

/* ---- gc ---- */

struct collecting {
    struct store *store;
    const struct library_collector *collector;
    struct store_reader *r;
    struct arena arena;
    VEC(struct library_orphan) found;
};

/* Does a row name this file, in the present snapshot? */
static enum status is_named(struct collecting *c, struct str file, bool *ret, struct err *err) {
    char hash[MEDIA_FILE_HASH_DIGITS + 1];
    struct str digits = media_file_hash(file, hash);
    struct arena a = { 0 };
    struct err end = { 0 };
    struct media media;
    int64_t id = 0;
    enum status status;
    *ret = false;
    while ((status = store_media_of_hash(c->r, digits, id, &id, &end)) == STATUS_OK) {
        status = store_media(c->r, &a, id, &media, &end);
        if (status != STATUS_OK || str_eq(media.file, file)) {
            *ret = true;
            break;
        }
    }
    arena_done(&a);
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", end.message);
}

static enum status look_at(struct collecting *c, const char *media, const char *folder,
                           const char *name, struct err *err) {
    char hash[MEDIA_FILE_HASH_DIGITS + 1];
    char path[PATH_MAX];
    struct stat st;
    bool named;
    struct str file = arena_printf(&c->arena, "%s/%s", folder, name);
    if (media_file_hash(file, hash).len == 0 ||
        snprintf(path, sizeof path, "%s/%s", media, file.ptr) >= (int)sizeof path ||
        lstat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return STATUS_OK;
    }
    enum status status = is_named(c, file, &named, err);
    if (status == STATUS_OK && !named) {
        *vec_push(&c->arena, &c->found) =
            (struct library_orphan){ .file = file, .size_bytes = st.st_size };
    }
    return status;
}

static enum status look_through(struct collecting *c, struct err *err) {
    char media[PATH_MAX];
    char path[PATH_MAX + 4];
    snprintf(media, sizeof media, "%.*s/media", PATH_MAX - 16, store_dir(c->store));
    enum status status = store_read_begin(c->r, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    for (int i = 0; status == STATUS_OK && i < 256; i++) {
        char folder[3];
        snprintf(folder, sizeof folder, "%02x", i);
        snprintf(path, sizeof path, "%s/%s", media, folder);
        DIR *dir = opendir(path);
        for (struct dirent *e; status == STATUS_OK && dir != NULL && (e = readdir(dir)) != NULL;) {
            status = look_at(c, media, folder, e->d_name, err);
        }
        if (dir != NULL) {
            closedir(dir);
        }
    }
    store_read_end(c->r);
    return status;
}

/* Wait for a moment at which nothing is being taken in. */
static enum status exclude(struct collecting *c, int *ret_fd, struct err *err) {
    for (int i = 1;; i++) {
        struct err why = { 0 };
        enum status status = media_files_remove_begin(store_dir(c->store), ret_fd, &why);
        if (status != STATUS_BUSY || i == REMOVE_TRIES) {
            return status == STATUS_OK ? status : err_set(err, status, "%s", why.message);
        }
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
    }
}

/* Since they were looked for, rows may have come that name them: with nothing being taken in, a new
 * snapshot has them all. */
static enum status remove_some(struct collecting *c, size_t from, size_t to, struct err *err) {
    char path[PATH_MAX];
    int excluding;
    enum status status = exclude(c, &excluding, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_read_begin(c->r, NULL, err);
    if (status != STATUS_OK) {
        close(excluding);
        return status;
    }
    for (size_t i = from; status == STATUS_OK && i < to; i++) {
        const struct library_orphan *o = &c->found.ptr[i];
        bool named;
        status = is_named(c, o->file, &named, err);
        if (status == STATUS_OK && !named) {
            snprintf(path, sizeof path, "%s/media/%s", store_dir(c->store), o->file.ptr);
            if (unlink(path) == 0) {
                c->collector->orphan(c->collector->ctx, o);
            } else if (errno != ENOENT) {
                status = err_set(err, STATUS_IO, "cannot remove %s: %s", path, strerror(errno));
            }
        }
    }
    store_read_end(c->r);
    close(excluding);
    return status;
}

enum status library_gc(struct store *s, const struct library_collector *collector,
                       struct err *err) {
    struct collecting c = { .store = s, .collector = collector };
    enum status status = store_reader_open(s, &c.r, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = look_through(&c, err);
    for (size_t i = 0; status == STATUS_OK && i < c.found.len && !collector->remove; i++) {
        collector->orphan(collector->ctx, &c.found.ptr[i]);
    }
    for (size_t i = 0; status == STATUS_OK && i < c.found.len && collector->remove;
         i += REMOVED_AT_ONCE) {
        size_t end = i + REMOVED_AT_ONCE < c.found.len ? i + REMOVED_AT_ONCE : c.found.len;
        status = remove_some(&c, i, end, err);
    }
    if (collector->remove) {
        int64_t renditions;
        media_files_sweep(store_dir(s));
        if (status == STATUS_OK) {
            status = library_renditions_gc(store_dir(s), &renditions, err);
        }
    }
    store_reader_close(c.r);
    arena_done(&c.arena);
    return status;
}
