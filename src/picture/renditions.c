#include "picture/renditions.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "picture/kind.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LINGER_MS = 30,
    FAILED_MAX = 256,        /* originals that are known not to work */
    FAILED_S = 600,          /* for so long, if it is the picture's fault */
    FAILED_OTHERWISE_S = 5,  /* and if it is not */
    HALF_WRITTEN_MAX_S = 600 /* then nobody is writing it any more */
};

/* A rendition that is wanted: waiting, or being made. */
struct task {
    TAILQ_ENTRY(task) others;
    char path[PATH_MAX]; /* of its file */
    char original[PATH_MAX];
    char hash[RENDITION_HASH_DIGITS + 1];
    struct rendition rendition;
    struct rendition_waiter *waiters;
    bool is_waited_for;
};
TAILQ_HEAD(tasks, task);

struct failure {
    char hash[RENDITION_HASH_DIGITS + 1];
    enum status status;
    int64_t until_us; /* of clock_mono_us */
};

struct renditions {
    struct renditions_options options;
    char dir[PATH_MAX];
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    struct tasks waiting, working;
    unsigned waiting_len; /* those that somebody waits for, and those that nobody does */
    unsigned idle_len;
    bool stopped;
    struct failure failed[FAILED_MAX];
    atomic_uint_fast64_t made;
    unsigned threads_len;
    pthread_t *threads;
};

/* ---- orders as text: "<address> <a or -> <original>" ---- */

struct str rendition_order_text(struct arena *a, const struct rendition_order *order) {
    return arena_printf(a, "%.*s %c %.*s", STR_FMT(rendition_address(a, &order->name)),
                        order->animate ? 'a' : '-', STR_FMT(order->original));
}

bool rendition_order_read(struct str text, struct rendition_order *ret) {
    struct str address;
    struct rendition_order order = { 0 };
    if (!str_split(&text, ' ', &address) || !rendition_name_parse(address, &order.name) ||
        text.len < 3 || text.ptr[1] != ' ') {
        return false;
    }
    order.animate = text.ptr[0] == 'a';
    order.original = str_from(text, 2);
    *ret = order;
    return true;
}

/* In 256 folders, so that none grows too large. */
struct str renditions_path(const struct renditions *r, struct arena *a,
                           const struct rendition_order *order) {
    return arena_printf(a, "%s/%.2s/%.*s", r->dir, order->name.hash.ptr,
                        STR_FMT(rendition_file(a, &order->name)));
}

/* ---- what is known not to work; with the lock ---- */

static enum status known_failure(struct renditions *r, const char *hash) {
    int64_t now_us = clock_mono_us();
    for (size_t i = 0; i < FAILED_MAX; i++) {
        if (r->failed[i].until_us > now_us && strcmp(r->failed[i].hash, hash) == 0) {
            return r->failed[i].status;
        }
    }
    return STATUS_OK;
}

/* In place of the one that is forgotten first. */
static void remember_failure(struct renditions *r, const char *hash, enum status status) {
    if (status == STATUS_INTERRUPTED) {
        return;
    }
    bool is_its_fault = status == STATUS_INVALID || status == STATUS_TOO_LARGE;
    size_t first = 0;
    for (size_t i = 1; i < FAILED_MAX; i++) {
        first = r->failed[i].until_us < r->failed[first].until_us ? i : first;
    }
    struct failure *f = &r->failed[first];
    memcpy(f->hash, hash, sizeof f->hash);
    f->status = status;
    f->until_us = clock_mono_us() + (is_its_fault ? FAILED_S : FAILED_OTHERWISE_S) * US_PER_SECOND;
}

/* ---- keeping ---- */

/* What the worker has written, copied to a file of ours. */
static enum status copy(int from, int to, size_t len, enum picture_format format, struct err *err) {
    char head[KIND_HEAD_BYTES];
    const char *what;
    off_t at = 0;
    while ((size_t)at < len) {
        ssize_t n = sendfile(to, from, &at, len - (size_t)at);
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            return err_set(err, STATUS_IO, "a rendition cannot be written: %s",
                           n == 0 ? "it is shorter than it was" : strerror(errno));
        }
    }
    ssize_t n = pread(to, head, sizeof head, 0);
    if (n <= 0 || kind_of(str_make(head, (size_t)n), &what) != format) {
        return err_set(err, STATUS_INVALID, "what was made is not what was to be made");
    }
    return STATUS_OK;
}

/* The folders in which a file of that path stands. */
static enum status make_folder(const char *path, struct err *err) {
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    return io_make_dirs(folder, err);
}

/* A reader never sees half of it: it gets its name when all is there. Not synced: it can be made
 * again. */
static enum status keep(const char *path, int from, size_t len, enum picture_format format,
                        struct err *err) {
    static atomic_uint count;
    char half[PATH_MAX + 64];
    const char *name = strrchr(path, '/') + 1;
    enum status status = make_folder(path, err);
    if (status != STATUS_OK) {
        return status;
    }
    (void)snprintf(half, sizeof half, "%.*s.%s.%d-%u", (int)(name - path), path, name,
                   (int)getpid(), atomic_fetch_add(&count, 1));
    int to = open(half, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (to < 0) {
        return err_set(err, STATUS_IO, "%s: %s", half, strerror(errno));
    }
    status = copy(from, to, len, format, err);
    if (close(to) != 0 && status == STATUS_OK) {
        status = err_set(err, STATUS_IO, "%s: %s", half, strerror(errno));
    }
    if (status == STATUS_OK && rename(half, path) != 0) {
        status = err_set(err, STATUS_IO, "%s: %s", path, strerror(errno));
    }
    if (status != STATUS_OK) {
        (void)unlink(half);
    }
    return status;
}

static bool is_there(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static enum status make(struct renditions *r, struct decoding *work, const struct task *t,
                        struct err *err) {
    struct rendition_made made;
    int out = memfd_create("rendition", MFD_CLOEXEC);
    if (out < 0) {
        return err_set(err, STATUS_IO, "no memory for a rendition: %s", strerror(errno));
    }
    enum status status = decoding_make(work, &t->rendition, out, &made, err);
    if (status == STATUS_OK) {
        status = keep(t->path, out, made.bytes, t->rendition.format, err);
    }
    close(out);
    if (status == STATUS_OK) {
        atomic_fetch_add(&r->made, 1);
    }
    return status;
}

/* ---- the threads ---- */

/* With the lock: the next one to be made of that original (NULL: of any), the largest first, since
 * the others are made of it. What somebody waits for goes before what nobody does; so does another
 * original's before more that nobody waits for of this one. */
static struct task *take(struct renditions *r, const char *hash) {
    struct task *first = NULL, *best = NULL, *t;
    TAILQ_FOREACH(t, &r->waiting, others) {
        if (first == NULL || (t->is_waited_for && !first->is_waited_for)) {
            first = t;
        }
    }
    if (first == NULL) {
        return NULL;
    }
    hash = hash == NULL ? first->hash : hash;
    TAILQ_FOREACH(t, &r->waiting, others) {
        if (strcmp(t->hash, hash) == 0 && t->is_waited_for >= first->is_waited_for &&
            (best == NULL || t->rendition.width > best->rendition.width)) {
            best = t;
        }
    }
    if (best != NULL) {
        TAILQ_REMOVE(&r->waiting, best, others);
        TAILQ_INSERT_TAIL(&r->working, best, others);
        r->waiting_len -= best->is_waited_for;
        r->idle_len -= !best->is_waited_for;
    }
    return best;
}

/* With the lock, which is given up meanwhile: tell whoever waits. */
static void finish(struct renditions *r, struct task *t, enum status outcome) {
    TAILQ_REMOVE(&r->working, t, others);
    struct rendition_waiter *waiter = t->waiters;
    pthread_mutex_unlock(&r->lock);
    while (waiter != NULL) {
        struct rendition_waiter *next = waiter->next;
        waiter->done(waiter, outcome);
        waiter = next;
    }
    free(t);
    pthread_mutex_lock(&r->lock);
}

static void report(struct renditions *r, const struct task *t, const struct err *err) {
    char message[PATH_MAX + ERR_MESSAGE_MAX + 4];
    if (r->options.report != NULL && err->status != STATUS_INTERRUPTED) {
        (void)snprintf(message, sizeof message, "%s: %s", t->original, err->message);
        r->options.report(r->options.report_ctx, true, message);
    }
}

static enum status open_original(struct renditions *r, const struct task *t, int *ret_fd,
                                 struct decoding **ret, struct err *err) {
    *ret_fd = open(t->original, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*ret_fd < 0) {
        return err_set(err, errno == ENOENT ? STATUS_INVALID : STATUS_IO, "%s", strerror(errno));
    }
    return decoding_begin(r->options.decoder, *ret_fd, STR(""), ret, err);
}

/* With the lock. Whoever asks for several sizes one after another asks for the next at once: a
 * moment is less than what a process costs. */
static struct task *take_more(struct renditions *r, const char *hash) {
    struct task *t = take(r, hash);
    if (t == NULL && TAILQ_EMPTY(&r->waiting) && !r->stopped) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LINGER_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&r->wanted, &r->lock, &until);
        t = take(r, hash);
    }
    return t;
}

/* With the lock, which is given up meanwhile. Several of one original, in one conversation. */
static void work_on(struct renditions *r, struct task *t) {
    char hash[RENDITION_HASH_DIGITS + 1];
    struct decoding *work = NULL;
    int fd = -1;
    enum status status = STATUS_OK;
    memcpy(hash, t->hash, sizeof hash);
    while (t != NULL) {
        struct err err = { 0 };
        status = r->stopped ? STATUS_INTERRUPTED : known_failure(r, hash);
        if (status == STATUS_OK) {
            pthread_mutex_unlock(&r->lock);
            if (!is_there(t->path)) {
                if (work == NULL) {
                    status = open_original(r, t, &fd, &work, &err);
                }
                if (status == STATUS_OK) {
                    status = make(r, work, t, &err);
                }
            }
            if (status != STATUS_OK) {
                report(r, t, &err);
            }
            pthread_mutex_lock(&r->lock);
            if (status != STATUS_OK) {
                remember_failure(r, hash, status);
            }
        }
        finish(r, t, status);
        t = status == STATUS_OK ? take_more(r, hash) : NULL;
    }
    pthread_mutex_unlock(&r->lock);
    decoding_end(work);
    if (fd >= 0) {
        close(fd);
    }
    pthread_mutex_lock(&r->lock);
}

static void *run(void *arg) {
    struct renditions *r = arg;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        struct task *t = take(r, NULL);
        if (t != NULL) {
            work_on(r, t);
        } else if (r->stopped) {
            break;
        } else {
            pthread_cond_wait(&r->wanted, &r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- life ---- */

struct renditions *renditions_new(const struct renditions_options *options) {
    struct renditions *r = calloc(1, sizeof *r);
    check(r != NULL);
    r->options = *options;
    (void)snprintf(r->dir, sizeof r->dir, "%s", options->dir);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wanted, NULL);
    TAILQ_INIT(&r->waiting);
    TAILQ_INIT(&r->working);
    r->threads_len = options->threads > 0 ? options->threads : LIMIT_PICTURE_WORKERS;
    r->threads = calloc(r->threads_len, sizeof *r->threads);
    check(r->threads != NULL);
    for (unsigned i = 0; i < r->threads_len; i++) {
        check(pthread_create(&r->threads[i], NULL, run, r) == 0);
    }
    return r;
}

void renditions_stop(struct renditions *r) {
    pthread_mutex_lock(&r->lock);
    r->stopped = true;
    pthread_cond_broadcast(&r->wanted);
    pthread_mutex_unlock(&r->lock);
    decoder_stop(r->options.decoder);
    for (unsigned i = 0; i < r->threads_len; i++) {
        pthread_join(r->threads[i], NULL);
    }
    r->threads_len = 0;
}

void renditions_free(struct renditions *r) {
    if (r == NULL) {
        return;
    }
    check(r->threads_len == 0 && TAILQ_EMPTY(&r->waiting) && TAILQ_EMPTY(&r->working));
    pthread_cond_destroy(&r->wanted);
    pthread_mutex_destroy(&r->lock);
    free(r->threads);
    free(r);
}

uint64_t renditions_made(const struct renditions *r) {
    return atomic_load(&r->made);
}

/* ---- wanting ---- */

static struct task *task_new(const struct renditions *r, const char *originals_dir,
                             const struct rendition_order *order) {
    struct arena a = { 0 };
    struct task *t = calloc(1, sizeof *t);
    check(t != NULL);
    (void)snprintf(t->path, sizeof t->path, "%s", renditions_path(r, &a, order).ptr);
    (void)snprintf(t->original, sizeof t->original, "%s/%.*s", originals_dir,
                   STR_FMT(order->original));
    (void)snprintf(t->hash, sizeof t->hash, "%.*s", STR_FMT(order->name.hash));
    t->rendition = (struct rendition){ .format = order->name.format,
                                       .width = order->name.width,
                                       .crop = order->name.crop,
                                       .animate = order->animate };
    arena_done(&a);
    return t;
}

/* With the lock. */
static struct task *find(const struct tasks *tasks, const char *path) {
    struct task *t;
    TAILQ_FOREACH(t, tasks, others) {
        if (strcmp(t->path, path) == 0) {
            return t;
        }
    }
    return NULL;
}

static void add_waiter(struct task *t, struct rendition_waiter *waiter) {
    if (waiter != NULL) {
        waiter->next = t->waiters;
        t->waiters = waiter;
    }
}

/* With the lock. Takes `fresh` if it is a new one. */
static enum status enqueue(struct renditions *r, struct task *fresh,
                           struct rendition_waiter *waiter, bool *ret_taken) {
    enum status status = r->stopped ? STATUS_INTERRUPTED : known_failure(r, fresh->hash);
    if (status != STATUS_OK) {
        return status;
    }
    struct task *same = find(&r->working, fresh->path);
    if (same != NULL) {
        add_waiter(same, waiter);
        return STATUS_OK;
    }
    same = find(&r->waiting, fresh->path);
    unsigned *len = waiter != NULL ? &r->waiting_len : &r->idle_len;
    bool counts = same == NULL || (waiter != NULL && !same->is_waited_for);
    if (counts && *len >= (waiter != NULL ? LIMIT_RENDITIONS_WAITING : LIMIT_RENDITIONS_IDLE)) {
        return STATUS_BUSY;
    }
    if (same == NULL) {
        same = fresh;
        same->is_waited_for = waiter != NULL;
        TAILQ_INSERT_TAIL(&r->waiting, same, others);
        *ret_taken = true;
        pthread_cond_signal(&r->wanted);
    } else if (counts) {
        same->is_waited_for = true;
        r->idle_len--;
    }
    *len += counts;
    add_waiter(same, waiter);
    return STATUS_OK;
}

enum status renditions_want(struct renditions *r, const char *originals_dir,
                            const struct rendition_order *order, struct rendition_waiter *waiter) {
    bool taken = false;
    struct task *fresh = task_new(r, originals_dir, order);
    pthread_mutex_lock(&r->lock);
    enum status status = enqueue(r, fresh, waiter, &taken);
    pthread_mutex_unlock(&r->lock);
    if (!taken) {
        free(fresh);
    }
    return status;
}

struct patient {
    struct rendition_waiter waiter; /* first: it is found by it */
    pthread_mutex_t lock;
    pthread_cond_t come;
    bool is_done;
    enum status outcome;
};

static void wake_patient(struct rendition_waiter *waiter, enum status outcome) {
    struct patient *p = (struct patient *)waiter;
    pthread_mutex_lock(&p->lock);
    p->is_done = true;
    p->outcome = outcome;
    pthread_cond_signal(&p->come);
    pthread_mutex_unlock(&p->lock);
}

enum status renditions_make(struct renditions *r, const char *originals_dir,
                            const struct rendition_order *order, struct err *err) {
    struct arena a = { 0 };
    struct patient p = { .waiter.done = wake_patient };
    bool there = is_there(renditions_path(r, &a, order).ptr);
    arena_done(&a);
    if (there) {
        return STATUS_OK;
    }
    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.come, NULL);
    enum status status = renditions_want(r, originals_dir, order, &p.waiter);
    if (status == STATUS_OK) {
        pthread_mutex_lock(&p.lock);
        while (!p.is_done) {
            pthread_cond_wait(&p.come, &p.lock);
        }
        pthread_mutex_unlock(&p.lock);
        status = p.outcome;
    }
    pthread_cond_destroy(&p.come);
    pthread_mutex_destroy(&p.lock);
    return status == STATUS_OK
               ? status
               : err_set(err, status, "no rendition can be made of %.*s", STR_FMT(order->original));
}

/* ---- removing ---- */

struct sweep {
    const char *dir;
    struct str only; /* an original's hash; ptr NULL: of all that is_known does not know */
    renditions_is_known *is_known;
    void *ctx;
    int64_t removed;
    char last[RENDITION_HASH_DIGITS + 1]; /* asked about already */
    bool last_is_known;
};

static enum status is_wanted(struct sweep *s, struct str name, bool *ret, struct err *err) {
    *ret = true;
    if (name.len <= RENDITION_HASH_DIGITS || name.ptr[RENDITION_HASH_DIGITS] != '-') {
        return STATUS_OK; /* not ours */
    }
    struct str hash = str_slice(name, 0, RENDITION_HASH_DIGITS);
    if (s->only.ptr != NULL) {
        *ret = !str_eq(hash, s->only);
        return STATUS_OK;
    }
    if (!str_eq(hash, str_of(s->last))) {
        enum status status = s->is_known(s->ctx, hash, &s->last_is_known, err);
        if (status != STATUS_OK) {
            return status;
        }
        (void)snprintf(s->last, sizeof s->last, "%.*s", STR_FMT(hash));
    }
    *ret = s->last_is_known;
    return STATUS_OK;
}

static bool is_left_over(int folder, const char *name) {
    struct stat st;
    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
           clock_now_us() / US_PER_SECOND - st.st_mtime > HALF_WRITTEN_MAX_S;
}

static enum status sweep_folder(struct sweep *s, const char *path, struct err *err) {
    DIR *dir = opendir(path);
    enum status status = STATUS_OK;
    if (dir == NULL) {
        return errno == ENOENT ? STATUS_OK
                               : err_set(err, STATUS_IO, "%s: %s", path, strerror(errno));
    }
    for (struct dirent *e; status == STATUS_OK && (e = readdir(dir)) != NULL;) {
        bool stays = true;
        if (e->d_name[0] != '.') {
            status = is_wanted(s, str_of(e->d_name), &stays, err);
        } else if (s->only.ptr == NULL && e->d_name[1] != '\0' && e->d_name[1] != '.') {
            stays = !is_left_over(dirfd(dir), e->d_name);
        }
        if (status == STATUS_OK && !stays) {
            if (unlinkat(dirfd(dir), e->d_name, 0) == 0) {
                s->removed++;
            } else if (errno != ENOENT) {
                status = err_set(err, STATUS_IO, "%s/%s: %s", path, e->d_name, strerror(errno));
            }
        }
    }
    closedir(dir);
    return status;
}

enum status renditions_remove(const char *dir, struct str hash, struct err *err) {
    char path[PATH_MAX];
    if (hash.len < RENDITION_HASH_DIGITS) {
        return STATUS_OK;
    }
    struct sweep s = { .dir = dir, .only = str_slice(hash, 0, RENDITION_HASH_DIGITS) };
    (void)snprintf(path, sizeof path, "%s/%.2s", dir, hash.ptr);
    return sweep_folder(&s, path, err);
}

enum status renditions_sweep(const char *dir, renditions_is_known *is_known, void *ctx,
                             int64_t *ret_removed, struct err *err) {
    char path[PATH_MAX];
    struct sweep s = { .dir = dir, .is_known = is_known, .ctx = ctx };
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < 256; i++) {
        (void)snprintf(path, sizeof path, "%s/%02x", dir, (unsigned)i);
        status = sweep_folder(&s, path, err);
    }
    *ret_removed = s.removed;
    return status;
}
