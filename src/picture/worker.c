#include "picture/worker.h"

#include "base/limits.h"
#include "picture/cage.h"
#include "picture/make.h"
#include "picture/wire.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

struct worker {
    struct original original;
    bool is_open;
    void *map; /* the original's file */
    size_t map_bytes;
    struct arena arena; /* texts of the info */
};

static enum status open_original(struct worker *w, const struct wire_message *m, int fd,
                                 struct wire_message *answer, struct err *err) {
    if (w->is_open || fd < 0) {
        return err_set(err, STATUS_CONFLICT, "a worker reads one file in its life");
    }
    w->map_bytes = (size_t)m->bytes;
    w->map = mmap(NULL, w->map_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (w->map == MAP_FAILED) {
        return err_set(err, STATUS_IO, "the file cannot be mapped: %s", strerror(errno));
    }
    enum status status = original_open(str_make(w->map, w->map_bytes), m->claim, &w->original, err);
    w->is_open = status == STATUS_OK;
    *answer = (struct wire_message){ .kind = WIRE_INFO, .info = w->original.info };
    return status;
}

static bool write_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

static enum status make(struct worker *w, const struct wire_message *m, int fd,
                        struct wire_message *answer, struct err *err) {
    void *file = NULL;
    answer->kind = WIRE_MADE;
    enum status status = make_rendition(&w->original, &m->rendition, &file, &answer->made, err);
    if (status == STATUS_OK && !write_all(fd, file, answer->made.bytes)) {
        status = err_set(err, STATUS_IO, "the rendition cannot be written: %s", strerror(errno));
    }
    vips.g_free(file);
    return status;
}

static enum status answer_to(struct worker *w, const struct wire_message *m, int fd,
                             struct wire_message *answer, struct err *err) {
    if (m->kind == WIRE_OPEN) {
        return open_original(w, m, fd, answer, err);
    }
    if (!w->is_open || (m->kind == WIRE_MAKE && fd < 0)) {
        return err_set(err, STATUS_CONFLICT, "no file is open");
    }
    if (m->kind == WIRE_MAKE) {
        return make(w, m, fd, answer, err);
    }
    if (m->kind != WIRE_PROBE) {
        return err_set(err, STATUS_INVALID, "a worker cannot do that");
    }
    enum status status = original_probe(&w->original, &w->arena, err);
    *answer = (struct wire_message){ .kind = WIRE_INFO, .info = w->original.info };
    return status;
}

static bool refuse(const struct err *err) {
    struct wire_message m = { .kind = WIRE_REFUSED,
                              .status = err->status,
                              .reason = str_of(err->message) };
    return wire_send(WORKER_SOCKET, &m, -1);
}

int worker_main(void) {
    struct worker w = { 0 };
    struct err start = { 0 };
    struct buf bytes;
    struct wire_message m;
    int fd = -1;
    (void)signal(SIGXFSZ, SIG_IGN); /* a write that fails is told */
    arena_init(&w.arena);
    buf_init(&bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    enum status status = vips_library_load(&start);
    if (status == STATUS_OK) {
        status = cage_enter(LIMIT_PICTURE_MEMORY_BYTES, &start);
    }
    if (status != STATUS_OK) {
        (void)refuse(&start);
        return 1;
    }
    bool going = wire_send(WORKER_SOCKET, &(struct wire_message){ .kind = WIRE_READY }, -1);
    while (going && wire_receive(WORKER_SOCKET, 0, &bytes, &m, &fd) == STATUS_OK) {
        struct wire_message answer = { 0 };
        struct err err = { 0 };
        status = answer_to(&w, &m, fd, &answer, &err);
        if (fd >= 0) {
            close(fd);
        }
        going = status == STATUS_OK ? wire_send(WORKER_SOCKET, &answer, -1) : refuse(&err);
    }
    _exit(0); /* without the libraries' farewells, which would want to open things */
}
