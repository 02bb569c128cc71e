/* The decoder and its processes: what they may, what happens when they die, loop, lie or eat
 * memory, and how many there are. */
#include "base/clock.h"
#include "base/limits.h"
#include "picture/cage.h"
#include "picture/wire.h"
#include "picture/worker.h"
#include "tests/harness.h"
#include "tests/pictures.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- workers that misbehave ---- */

static struct wire_message next_request(void) {
    static struct buf bytes;
    struct wire_message m = { 0 };
    int fd = -1;
    buf_done(&bytes);
    buf_init(&bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    if (wire_receive(WORKER_SOCKET, 0, &bytes, &m, &fd) != STATUS_OK) {
        _exit(0);
    }
    return m;
}

static void say(enum wire_kind kind) {
    struct wire_message m = { .kind = kind };
    m.info = (struct picture_info){ PICTURE_JPEG, 10, 10, 1, 1, .placeholder = STR("") };
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        m.info.texts.text[i] = STR("");
    }
    m.made = (struct rendition_made){ 10, 10, 1, 20 };
    if (!wire_send(WORKER_SOCKET, &m, -1)) {
        _exit(0);
    }
}

TEST_WORKER(never_starts) {
    return 1;
}
TEST_WORKER(dies) {
    say(WIRE_READY);
    next_request();
    abort();
}
TEST_WORKER(loops) {
    say(WIRE_READY);
    next_request();
    volatile bool forever = true;
    while (forever) {
    }
    return 0;
}
TEST_WORKER(babbles) {
    say(WIRE_READY);
    next_request();
    return write(WORKER_SOCKET, "what?", 5) == 5 ? 0 : 1;
}
TEST_WORKER(answers_amiss) {
    say(WIRE_READY);
    next_request();
    say(WIRE_MADE);
    next_request();
    return 0;
}
/* Says that it made a file, and did not. */
TEST_WORKER(lies) {
    say(WIRE_READY);
    next_request();
    say(WIRE_INFO);
    next_request();
    say(WIRE_MADE);
    next_request();
    return 0;
}
TEST_WORKER(eats) {
    struct err err = { 0 };
    if (cage_enter(64 * MIB, &err) != STATUS_OK) {
        return 1;
    }
    say(WIRE_READY);
    next_request();
    for (size_t eaten = 0; eaten < 1024; eaten++) {
        char *p = malloc(MIB);
        check(p != NULL);
        memset(p, 1, MIB);
    }
    return 0;
}
TEST_WORKER(is_not_confined) {
    struct wire_message m = { .kind = WIRE_REFUSED,
                              .status = STATUS_FORBIDDEN,
                              .reason = STR("no seccomp here") };
    return wire_send(WORKER_SOCKET, &m, -1) ? 0 : 1;
}

static struct str a_jpeg(void) {
    return STR("\xFF\xD8\xFF\xE0");
}

/* What a caller gets from such a worker, by its first request that fails. */
static enum status with_worker(const char *argument, struct err *err) {
    const char *dir = test_tmp_dir();
    struct decoder_options options = { .argument = argument, .timeout_ms = 300 };
    struct decoder *d = decoder_new(&options);
    struct decoding *work = NULL;
    struct rendition_made made;
    pictures_write(dir, "x.jpg", a_jpeg());
    int fd = pictures_open(dir, "x.jpg");
    FILE *out = tmpfile();
    enum status status = decoding_begin(d, fd, STR(""), &work, err);
    if (status == STATUS_OK) {
        status = decoding_make(work, &(struct rendition){ .format = PICTURE_JPEG, .width = 10 },
                               fileno(out), &made, err);
    }
    fclose(out);
    close(fd);
    decoding_end(work);
    decoder_free(d);
    return status;
}

TEST(decoder_gives_an_error_whatever_a_worker_does) {
    static const struct {
        const char *worker;
        enum status status;
        const char *message;
    } cases[] = {
        { "worker-never_starts", STATUS_IO, "the process that decodes pictures does not start" },
        { "worker-dies", STATUS_INVALID, "died or ran out of memory" },
        { "worker-loops", STATUS_TOO_LARGE, "took longer than 300 ms" },
        { "worker-babbles", STATUS_INVALID, "no sensible answer" },
        { "worker-answers_amiss", STATUS_INVALID, "no sensible answer" },
        { "worker-lies", STATUS_INVALID, "no sensible answer" },
        { "worker-is_not_confined", STATUS_FORBIDDEN, "no seccomp here" },
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
        { "worker-eats", STATUS_INVALID, "died or ran out of memory" },
#endif
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { 0 };
        enum status status = with_worker(cases[i].worker, &err);
        /* A slow machine may not get so far as to lie within the limit. */
        bool late = str_find(str_of(err.message), STR("took longer"), 0) != STR_NPOS;
        if (!late && (status != cases[i].status ||
                      str_find(str_of(err.message), str_of(cases[i].message), 0) == STR_NPOS)) {
            test_fail(__FILE__, __LINE__, "%s: %s: %s", cases[i].worker, status_text(status),
                      err.message);
        }
    }
}

TEST(decoder_replaces_a_worker_that_is_killed) {
    REQUIRE_CORPUS(dir);
    struct err err = { 0 };
    struct decoder *d = pictures_decoder();
    int fd = pictures_open(dir, "base.jpg");
    for (int round = 0; round < 3; round++) {
        struct decoding *work = NULL;
        err = (struct err){ 0 };
        CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_OK);
        REQUIRE(work != NULL);
        CHECK_INT(kill(decoding_pid(work), SIGKILL), 0);
        CHECK_INT(decoding_probe(work, &err), STATUS_INVALID);
        CHECK_INT(decoding_probe(work, &err), STATUS_INVALID);
        decoding_end(work);
        CHECK_INT(pictures_try(d, fd, STR(""), &(struct err){ 0 }), STATUS_OK);
    }
    close(fd);
    decoder_free(d);
}

TEST(decoder_gives_its_workers_nothing) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    struct err err = { 0 };
    struct decoding *work = NULL;
    arena_init(&a);
    struct decoder *d = pictures_decoder();
    int fd = pictures_open(dir, "base.jpg");
    CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_OK);
    REQUIRE(work != NULL);
    int pid = (int)decoding_pid(work);
    struct str state = pictures_shell(
        &a, "grep -E '^(NoNewPrivs|Seccomp):' /proc/%d/status | tr -d '\\n\\t'", pid);
    CHECK_STR(state, "NoNewPrivs:1Seccomp:2");
    /* Not dumpable: only the superuser may look at these. */
    if (geteuid() == 0) {
        CHECK_STR(pictures_shell(&a, "ls /proc/%d/fd | tr '\\n' ' '", pid), "0 1 2 3");
        CHECK_STR(pictures_shell(&a, "tr '\\0' ' ' < /proc/%d/environ", pid),
                  "LC_ALL=C MALLOC_ARENA_MAX=2");
    }
    decoding_end(work);
    close(fd);
    int writable = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK_INT(decoding_begin(d, writable, STR(""), &work, &err), STATUS_IO);
    close(writable);
    decoder_free(d);
    arena_done(&a);
}

/* ---- many at a time, and the end ---- */

struct crowd {
    struct decoder *decoder;
    const char *dir;
    _Atomic int taken;
    enum status status;
};

static void *one_of_many(void *arg) {
    struct crowd *crowd = arg;
    int fd = pictures_open(crowd->dir, "base.jpg");
    struct err err = { 0 };
    if (pictures_try(crowd->decoder, fd, STR(""), &err) == STATUS_OK) {
        crowd->taken++;
    }
    close(fd);
    return NULL;
}

TEST(decoder_serves_many_with_few_workers) {
    REQUIRE_CORPUS(dir);
    enum { MANY = 6 };
    struct crowd crowd = { .decoder = pictures_decoder(), .dir = dir };
    pthread_t threads[MANY];
    for (size_t i = 0; i < MANY; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, one_of_many, &crowd), 0);
    }
    for (size_t i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(crowd.taken, MANY);
    decoder_free(crowd.decoder);
}

static void *wait_for_ever(void *arg) {
    struct crowd *crowd = arg;
    int fd = pictures_open(crowd->dir, "x.jpg");
    struct decoding *work = NULL;
    struct err err = { 0 };
    crowd->taken++;
    crowd->status = decoding_begin(crowd->decoder, fd, STR(""), &work, &err);
    decoding_end(work);
    close(fd);
    return NULL;
}

TEST(decoder_stops_at_once) {
    const char *dir = test_tmp_dir();
    struct decoder_options options = { .argument = "worker-loops", .workers = 1 };
    struct crowd crowds[2];
    pthread_t threads[2];
    pictures_write(dir, "x.jpg", a_jpeg());
    struct decoder *d = decoder_new(&options);
    for (size_t i = 0; i < 2; i++) {
        crowds[i] = (struct crowd){ .decoder = d, .dir = dir };
        CHECK_INT(pthread_create(&threads[i], NULL, wait_for_ever, &crowds[i]), 0);
    }
    CHECK_SOON(crowds[0].taken == 1 && crowds[1].taken == 1);
    int64_t start_us = clock_mono_us();
    decoder_stop(d);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(crowds[i].status, STATUS_INTERRUPTED);
    }
    CHECK(clock_mono_us() - start_us < 25 * US_PER_SECOND); /* the time limit is 30 */
    struct decoding *work = NULL;
    struct err err = { 0 };
    int fd = pictures_open(dir, "x.jpg");
    CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_INTERRUPTED);
    close(fd);
    decoder_free(d);
}
