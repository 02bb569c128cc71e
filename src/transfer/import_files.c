/* A ring of places. The import's thread fills the one at `queued`, workers take the one at `taken`,
 * and the import's thread writes the row of the one at `written`, in that order:
 * written <= taken <= queued <= written + PLACES. While it waits for a worker it holds no
 * transaction. */
#include "transfer/import_files.h"

#include "base/cpus.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 256, THREADS_MAX = 16 };

struct import_files {
    const char *dir;     /* the site's */
    const char *uploads; /* without symbolic links */
    struct library library;
    int keeping;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t written, taken, queued;
    bool stopped;
    pthread_t threads[THREADS_MAX];
    size_t n_threads;
    struct import_file places[PLACES];
};

/* ---- on the workers' threads ---- */

/* Open for reading, inside the folder: the name comes from the export, and links lie there. */
static enum status open_inside(const char *dir, struct str relative, int *ret_fd, struct err *err) {
    char path[PATH_MAX];
    char real_path[PATH_MAX];
    if (memchr(relative.ptr, '\0', relative.len) != NULL ||
        snprintf(path, sizeof path, "%s/%.*s", dir, STR_FMT(relative)) >= (int)sizeof path) {
        return err_set(err, STATUS_INVALID, "the name of the upload cannot be used");
    }
    if (realpath(path, real_path) == NULL) {
        return err_set(err,
                       errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG
                           ? STATUS_NOT_FOUND
                           : STATUS_IO,
                       "cannot find %s: %s", path, strerror(errno));
    }
    size_t len = strlen(dir);
    if (strncmp(real_path, dir, len) != 0 || (len > 1 && real_path[len] != '/')) {
        return err_set(err, STATUS_INVALID, "%s leads out of %s", path, dir);
    }
    int fd = open(real_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot open %s: %s",
                       path, strerror(errno));
    }
    *ret_fd = fd;
    return STATUS_OK;
}

static enum status take(const struct import_files *files, struct import_file *f, struct str name,
                        struct err *err) {
    struct media_file copy;
    int from = -1;
    enum status status = open_inside(files->uploads, name, &from, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = media_file_begin(&copy, files->dir, LIMIT_MEDIA_BYTES, err);
    if (status == STATUS_OK) {
        status = media_file_put_file(&copy, from, arena_str(&f->arena, name).ptr, err);
        if (status == STATUS_OK) {
            status = media_file_seal(&copy, err);
        }
        if (status == STATUS_OK) {
            status = library_examine(&files->library, &f->arena, &copy, name, &f->found, err);
        }
        if (status == STATUS_OK) {
            status = library_keep(&f->arena, &copy, &f->found, err);
        }
        media_file_done(&copy);
    }
    close(from);
    return status;
}

/* The first name under which there is something; a name that cannot be used is none. */
static void take_first(const struct import_files *files, struct import_file *f) {
    struct err refused = { 0 };
    for (size_t i = 0; i < f->n_names; i++) {
        struct err why = { 0 };
        enum status status = take(files, f, f->names[i], &why);
        if (status == STATUS_OK || (status != STATUS_NOT_FOUND && status != STATUS_INVALID &&
                                    status != STATUS_TOO_LARGE)) {
            f->err = why;
            return;
        }
        if (status != STATUS_NOT_FOUND && refused.status == STATUS_OK) {
            refused = why;
        }
    }
    f->err = refused;
    if (refused.status == STATUS_OK) {
        err_set(&f->err, STATUS_NOT_FOUND, "it is not in the uploads");
    }
}

static void *work(void *arg) {
    struct import_files *files = arg;
    pthread_mutex_lock(&files->lock);
    for (;;) {
        while (files->taken == files->queued && !files->stopped) {
            pthread_cond_wait(&files->changed, &files->lock);
        }
        if (files->stopped) {
            break;
        }
        struct import_file *f = &files->places[files->taken++ % PLACES];
        pthread_mutex_unlock(&files->lock);
        take_first(files, f);
        pthread_mutex_lock(&files->lock);
        f->is_done = true;
        pthread_cond_broadcast(&files->changed);
    }
    pthread_mutex_unlock(&files->lock);
    return NULL;
}

/* ---- on the import's thread ---- */

enum status import_files_begin(struct import_run *run, struct err *err) {
    char *uploads = realpath(run->options->uploads, NULL);
    if (uploads == NULL) {
        return err_set(err, STATUS_NOT_FOUND, "the uploads: cannot find %s: %s",
                       run->options->uploads, strerror(errno));
    }
    struct import_files *files = calloc(1, sizeof *files);
    check(files != NULL);
    run->files = files;
    files->dir = store_dir(run->store);
    files->uploads = uploads;
    files->keeping = -1;
    media_files_sweep(files->dir);
    check(pthread_mutex_init(&files->lock, NULL) == 0);
    check(pthread_cond_init(&files->changed, NULL) == 0);
    size_t n = run->options->threads > 0 ? run->options->threads : cpus_usable();
    n = n < THREADS_MAX ? n : THREADS_MAX;
    files->library = (struct library){ .decoder = run->options->decoder, .by_content = true };
    enum status status = media_files_keep_begin(files->dir, &files->keeping, err);
    while (status == STATUS_OK && files->n_threads < n) {
        if (pthread_create(&files->threads[files->n_threads], NULL, work, files) != 0) {
            return files->n_threads > 0 ? STATUS_OK
                                        : err_set(err, STATUS_NO_MEMORY, "no thread for files");
        }
        files->n_threads++;
    }
    return status;
}

static bool is_head_done(struct import_files *files) {
    pthread_mutex_lock(&files->lock);
    bool done = files->written < files->queued && files->places[files->written % PLACES].is_done;
    pthread_mutex_unlock(&files->lock);
    return done;
}

/* The row of the oldest; as if the import were where it was then. */
static enum status write_head(struct import_run *run, struct err *err) {
    struct import_files *files = run->files;
    struct import_file *f = &files->places[files->written % PLACES];
    struct import_site *site = run->site;
    const char *file = run->file;
    long line = run->line;
    int64_t post_id = run->post_id;
    run->site = f->site;
    run->file = f->file;
    run->line = f->line;
    run->post_id = f->post_id;
    enum status status = import_file_taken(run, f, err);
    run->site = site;
    run->file = file;
    run->line = line;
    run->post_id = post_id;
    arena_done(&f->arena);
    *f = (struct import_file){ 0 };
    files->written++;
    return status == STATUS_OK ? run_commit(run, false, err) : status;
}

/* Write rows until no more than so many files are under way, and all that are done. */
static enum status write_rows(struct import_run *run, uint64_t most, struct err *err) {
    struct import_files *files = run->files;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && files->written < files->queued) {
        if (is_head_done(files)) {
            status = write_head(run, err);
        } else if (files->queued - files->written > most) {
            status = run_commit(run, true, err);
            pthread_mutex_lock(&files->lock);
            while (!files->places[files->written % PLACES].is_done) {
                pthread_cond_wait(&files->changed, &files->lock);
            }
            pthread_mutex_unlock(&files->lock);
        } else {
            break;
        }
    }
    return status;
}

enum status import_files_next(struct import_run *run, struct import_file **ret, struct err *err) {
    struct import_files *files = run->files;
    enum status status = write_rows(run, PLACES - 1, err);
    if (status == STATUS_OK) {
        *ret = &files->places[files->queued % PLACES];
        **ret = (struct import_file){
            .site = run->site, .file = run->file, .line = run->line, .post_id = run->post_id
        };
    }
    return status;
}

void import_files_queue(struct import_run *run, struct import_file *f) {
    struct import_files *files = run->files;
    check(f == &files->places[files->queued % PLACES]);
    pthread_mutex_lock(&files->lock);
    files->queued++;
    pthread_cond_broadcast(&files->changed);
    pthread_mutex_unlock(&files->lock);
}

enum status import_files_finish(struct import_run *run, struct err *err) {
    return run->files != NULL ? write_rows(run, 0, err) : STATUS_OK;
}

void import_files_end(struct import_run *run) {
    struct import_files *files = run->files;
    if (files == NULL) {
        return;
    }
    run->files = NULL;
    pthread_mutex_lock(&files->lock);
    files->stopped = true;
    pthread_cond_broadcast(&files->changed);
    pthread_mutex_unlock(&files->lock);
    for (size_t i = 0; i < files->n_threads; i++) {
        pthread_join(files->threads[i], NULL);
    }
    for (size_t i = 0; i < PLACES; i++) {
        arena_done(&files->places[i].arena);
    }
    if (files->keeping >= 0) {
        close(files->keeping);
    }
    pthread_cond_destroy(&files->changed);
    pthread_mutex_destroy(&files->lock);
    free((char *)(uintptr_t)files->uploads);
    free(files);
}
