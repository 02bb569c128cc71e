#include "picture/decoder.h"

#include "base/clock.h"
#include "base/limits.h"
#include "picture/kind.h"
#include "picture/wire.h"
#include "picture/worker.h"
#include "text/image_size.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    pid_t pid; /* 0: none */
    int sock;
};

struct decoding {
    struct decoder *decoder;
    struct decoding *next; /* of those under way */
    struct process process;
    bool is_stopped;  /* by decoder_stop */
    struct buf bytes; /* the last answer */
    struct arena arena;
    struct picture_info info;
};

struct decoder {
    struct decoder_options options;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    unsigned working, waiting;
    bool stopped;
    struct process spare; /* started, and not used yet */
    struct decoding *first;
};

/* ---- processes ---- */

/* With nothing of ours: no descriptor but the socket, no environment, default signals, and a group
 * of its own, so that a Ctrl-C for the server is not for it. */
static enum status start(const struct decoder *d, struct process *ret, struct err *err) {
    char *const environment[] = { (char[]){ "LC_ALL=C" }, (char[]){ "MALLOC_ARENA_MAX=2" }, NULL };
    char *const argv[] = { (char[]){ "broadsheet" }, (char *)(uintptr_t)d->options.argument, NULL };
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return err_set(err, STATUS_IO, "cannot make a socket: %s", strerror(errno));
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawn_file_actions_init(&files);
    check(rc == 0 && posix_spawnattr_init(&attr) == 0);
    for (int fd = 0; fd < 3 && rc == 0; fd++) {
        rc = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    }
    rc = rc == 0 ? posix_spawn_file_actions_adddup2(&files, pair[1], WORKER_SOCKET) : rc;
    rc = rc == 0 ? posix_spawn_file_actions_addclosefrom_np(&files, WORKER_SOCKET + 1) : rc;
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                        POSIX_SPAWN_SETPGROUP);
    pid_t pid = 0;
    rc = rc == 0 ? posix_spawn(&pid, "/proc/self/exe", &files, &attr, argv, environment) : rc;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    close(pair[1]);
    if (rc != 0) {
        close(pair[0]);
        return err_set(err, STATUS_IO, "cannot start a process to decode pictures: %s",
                       strerror(rc));
    }
    *ret = (struct process){ pid, pair[0] };
    return STATUS_OK;
}

static void end(struct process *p) {
    if (p->pid == 0) {
        return;
    }
    kill(p->pid, SIGKILL);
    close(p->sock);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    *p = (struct process){ 0 };
}

/* ---- the decoder ---- */

struct decoder *decoder_new(const struct decoder_options *options) {
    struct decoder *d = calloc(1, sizeof *d);
    check(d != NULL);
    if (options != NULL) {
        d->options = *options;
    }
    if (d->options.workers == 0) {
        d->options.workers = LIMIT_PICTURE_WORKERS;
    }
    if (d->options.timeout_ms == 0) {
        d->options.timeout_ms = LIMIT_PICTURE_REQUEST_MS;
    }
    if (d->options.argument == NULL) {
        d->options.argument = WORKER_ARGUMENT;
    }
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->freed, NULL);
    return d;
}

void decoder_stop(struct decoder *d) {
    pthread_mutex_lock(&d->lock);
    d->stopped = true;
    for (struct decoding *work = d->first; work != NULL; work = work->next) {
        work->is_stopped = true;
        if (work->process.pid != 0) {
            /* The one that waits for it sees the end of the conversation. */
            shutdown(work->process.sock, SHUT_RDWR);
        }
    }
    pthread_cond_broadcast(&d->freed);
    pthread_mutex_unlock(&d->lock);
}

void decoder_free(struct decoder *d) {
    if (d == NULL) {
        return;
    }
    check(d->first == NULL && d->waiting == 0);
    end(&d->spare);
    pthread_cond_destroy(&d->freed);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

/* ---- a conversation ---- */

/* Its number is not the worker's any more once it is closed, so nobody may stop it from then on. */
static void dismiss(struct decoding *work) {
    pthread_mutex_lock(&work->decoder->lock);
    struct process process = work->process;
    work->process = (struct process){ 0 };
    pthread_mutex_unlock(&work->decoder->lock);
    end(&process);
}

/* What a worker's silence means, in words. */
static enum status broken(struct decoding *work, enum status why, struct err *err) {
    struct decoder *d = work->decoder;
    pthread_mutex_lock(&d->lock);
    bool stopped = work->is_stopped;
    pthread_mutex_unlock(&d->lock);
    if (stopped) {
        return err_set(err, STATUS_INTERRUPTED, "the program is ending");
    }
    if (why == STATUS_BUSY) {
        return err_set(err, STATUS_TOO_LARGE,
                       "decoding this picture took longer than %d ms and was stopped",
                       (int)d->options.timeout_ms);
    }
    return why == STATUS_INVALID
               ? err_set(err, STATUS_INVALID,
                         "the process that decoded this picture gave no "
                         "sensible answer and was ended")
               : err_set(err, STATUS_INVALID,
                         "the process that decoded this picture died or ran out of memory");
}

/* Wait for an answer of that kind. */
static enum status answer(struct decoding *work, enum wire_kind kind, int64_t timeout_ms,
                          struct wire_message *ret, struct err *err) {
    enum status status = wire_receive(work->process.sock, clock_mono_us() + timeout_ms * 1000,
                                      &work->bytes, ret, NULL);
    if (status == STATUS_OK && ret->kind == WIRE_REFUSED) {
        return err_set(err, ret->status, "%.*s", STR_FMT(ret->reason));
    }
    if (status == STATUS_OK && ret->kind != kind) {
        status = STATUS_INVALID;
    }
    if (status != STATUS_OK) {
        dismiss(work);
        return broken(work, status, err);
    }
    return STATUS_OK;
}

static enum status ask(struct decoding *work, const struct wire_message *m, int fd,
                       enum wire_kind kind, struct wire_message *ret, struct err *err) {
    if (work->process.pid == 0 || !wire_send(work->process.sock, m, fd)) {
        return broken(work, STATUS_INTERRUPTED, err);
    }
    return answer(work, kind, work->decoder->options.timeout_ms, ret, err);
}

static void keep_info(struct decoding *work, const struct picture_info *info) {
    arena_reset(&work->arena);
    work->info = *info;
    work->info.placeholder = arena_str(&work->arena, info->placeholder);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        work->info.texts.text[i] = arena_str(&work->arena, info->texts.text[i]);
    }
}

/* ---- one original ---- */

/* A turn to work, and the spare process if there is one. */
static enum status take_turn(struct decoder *d, struct decoding *work, struct err *err) {
    enum status status = STATUS_OK;
    pthread_mutex_lock(&d->lock);
    if (!d->stopped && d->working >= d->options.workers && d->waiting >= LIMIT_PICTURE_QUEUE) {
        status = err_set(err, STATUS_BUSY, "too many pictures wait to be decoded");
    } else {
        d->waiting++;
        while (!d->stopped && d->working >= d->options.workers) {
            pthread_cond_wait(&d->freed, &d->lock);
        }
        d->waiting--;
        if (d->stopped) {
            status = err_set(err, STATUS_INTERRUPTED, "the program is ending");
        }
    }
    if (status == STATUS_OK) {
        d->working++;
        work->process = d->spare;
        d->spare = (struct process){ 0 };
        work->next = d->first;
        d->first = work;
    }
    pthread_mutex_unlock(&d->lock);
    return status;
}

static void give_turn(struct decoder *d, struct decoding *work) {
    pthread_mutex_lock(&d->lock);
    for (struct decoding **at = &d->first; *at != NULL; at = &(*at)->next) {
        if (*at == work) {
            *at = work->next;
            break;
        }
    }
    d->working--;
    pthread_cond_signal(&d->freed);
    pthread_mutex_unlock(&d->lock);
}

/* One more process for the one who comes next; it starts up while this one works. That it cannot
 * be started is told to him. */
static void start_spare(struct decoder *d) {
    struct process spare = { 0 };
    struct err ignored = { 0 };
    pthread_mutex_lock(&d->lock);
    bool wanted = d->spare.pid == 0 && !d->stopped;
    pthread_mutex_unlock(&d->lock);
    if (!wanted || start(d, &spare, &ignored) != STATUS_OK) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    wanted = d->spare.pid == 0 && !d->stopped;
    if (wanted) {
        d->spare = spare;
    }
    pthread_mutex_unlock(&d->lock);
    if (!wanted) {
        end(&spare);
    }
}

/* A process that says it is confined: the spare one, or, if that has died meanwhile, a new one. */
static enum status ready(struct decoding *work, struct err *err) {
    struct decoder *d = work->decoder;
    struct wire_message m;
    if (work->process.pid != 0 &&
        answer(work, WIRE_READY, LIMIT_PICTURE_START_MS, &m, &(struct err){ 0 }) == STATUS_OK) {
        return STATUS_OK;
    }
    dismiss(work);
    struct process fresh = { 0 };
    enum status status = start(d, &fresh, err);
    if (status != STATUS_OK) {
        return status;
    }
    pthread_mutex_lock(&d->lock);
    work->process = fresh;
    bool stopped = work->is_stopped;
    pthread_mutex_unlock(&d->lock);
    if (stopped) {
        return err_set(err, STATUS_INTERRUPTED, "the program is ending");
    }
    struct err cause = { 0 };
    status = answer(work, WIRE_READY, LIMIT_PICTURE_START_MS, &m, &cause);
    if (status == STATUS_INVALID || status == STATUS_TOO_LARGE) { /* not the picture's fault */
        return err_set(err, STATUS_IO, "the process that decodes pictures does not start");
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", cause.message);
}

/* Hold the file against the limits before anybody reads it. */
static enum status admit(int fd, struct str claim, int64_t *ret_bytes, struct err *err) {
    char head[KIND_HEAD_BYTES];
    struct stat st;
    enum picture_format format;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY) {
        return err_set(err, STATUS_IO, "a picture is a regular file that is open for reading only");
    }
    if (st.st_size > (off_t)LIMIT_PICTURE_BYTES) {
        return err_set(err, STATUS_TOO_LARGE, "the file has %lld MB; pictures may have %u",
                       (long long)st.st_size / MIB, LIMIT_PICTURE_BYTES / MIB);
    }
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0) {
        return err_set(err, STATUS_IO, "the file cannot be read: %s", strerror(errno));
    }
    *ret_bytes = st.st_size;
    return kind_admit(str_make(head, (size_t)n), claim, &format, err);
}

enum status decoding_begin(struct decoder *d, int fd, struct str claim, struct decoding **ret,
                           struct err *err) {
    struct wire_message open = { .kind = WIRE_OPEN,
                                 .claim = str_slice(claim, 0, LIMIT_PATH_BYTES) };
    struct wire_message info = { 0 };
    enum status status = admit(fd, claim, &open.bytes, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct decoding *work = calloc(1, sizeof *work);
    check(work != NULL);
    work->decoder = d;
    buf_init(&work->bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    arena_init(&work->arena);
    status = take_turn(d, work, err);
    if (status != STATUS_OK) {
        buf_done(&work->bytes);
        arena_done(&work->arena);
        free(work);
        return status;
    }
    status = ready(work, err);
    if (status == STATUS_OK) {
        start_spare(d);
        status = ask(work, &open, fd, WIRE_INFO, &info, err);
    }
    if (status != STATUS_OK) {
        decoding_end(work);
        return status;
    }
    keep_info(work, &info.info);
    *ret = work;
    return STATUS_OK;
}

void decoding_end(struct decoding *work) {
    if (work == NULL) {
        return;
    }
    give_turn(work->decoder, work);
    dismiss(work);
    buf_done(&work->bytes);
    arena_done(&work->arena);
    free(work);
}

const struct picture_info *decoding_info(const struct decoding *work) {
    return &work->info;
}

pid_t decoding_pid(const struct decoding *work) {
    return work->process.pid;
}

enum status decoding_probe(struct decoding *work, struct err *err) {
    struct wire_message info = { 0 };
    enum status status =
        ask(work, &(struct wire_message){ .kind = WIRE_PROBE }, -1, WIRE_INFO, &info, err);
    if (status == STATUS_OK) {
        keep_info(work, &info.info);
    }
    return status;
}

/* ---- renditions ---- */

/* Is the file what the worker says it is? A liar's file is not kept. */
static bool is_made(int fd, enum picture_format format, const struct rendition_made *made) {
    char head[KIND_HEAD_BYTES];
    struct stat st;
    const char *what;
    int width = made->width, height = made->height;
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n <= 0 || fstat(fd, &st) != 0 || (size_t)st.st_size != made->bytes) {
        return false;
    }
    struct str s = str_make(head, (size_t)n);
    if (kind_of(s, &what) != format) {
        return false;
    }
    return format == PICTURE_AVIF ||
           (image_size(s, &width, &height) && width == made->width && height == made->height);
}

enum status decoding_make(struct decoding *work, const struct rendition *rendition, int out_fd,
                          struct rendition_made *ret, struct err *err) {
    struct wire_message make = { .kind = WIRE_MAKE, .rendition = *rendition };
    struct wire_message made = { 0 };
    enum status status = ask(work, &make, out_fd, WIRE_MADE, &made, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct picture_box box =
        picture_crop_box(work->info.width, work->info.height, &rendition->crop);
    if (made.made.width > rendition->width || made.made.width > box.width ||
        made.made.height > box.height || !is_made(out_fd, rendition->format, &made.made)) {
        dismiss(work);
        return broken(work, STATUS_INVALID, err);
    }
    *ret = made.made;
    return STATUS_OK;
}
