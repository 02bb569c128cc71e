/* Renditions on demand, made by real workers; and by workers that do not work. */
#include "picture/renditions.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "picture/kind.h"
#include "picture/wire.h"
#include "picture/worker.h"
#include "tests/harness.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH "3f2a9c41b2d07e556a01"

/* Takes an original and never answers. */
TEST_WORKER(is_mute) {
    pause();
    return 0;
}

struct made {
    char dir[4096];
    struct decoder *decoder;
    struct renditions *renditions;
};

static struct str at(struct arena *a, const struct made *m, const char *name) {
    return arena_printf(a, "%s/%s", m->dir, name);
}

/* False: this machine cannot make pictures to begin with. */
static bool begin(struct made *m, const char *worker, unsigned threads) {
    struct arena a = { 0 };
    static atomic_uint count;
    (void)snprintf(m->dir, sizeof m->dir, "%s/renditions%u", test_tmp_dir(),
                   atomic_fetch_add(&count, 1));
    check(mkdir(m->dir, 0755) == 0);
    struct str command =
        arena_printf(&a,
                     "cd '%s' && convert -size 1000x800 -seed 3 plasma:red-blue -quality 90 "
                     "whole.jpg 2>/dev/null && head -c 20000 whole.jpg > torn.jpg && echo "
                     "'<svg/>' > vector.svg",
                     m->dir);
    bool ok = system(command.ptr) == 0;
    if (!ok) {
        test_skip("ImageMagick is not installed");
        arena_done(&a);
        return false;
    }
    m->decoder = decoder_new(&(struct decoder_options){ .argument = worker });
    m->renditions = renditions_new(&(struct renditions_options){
        .dir = at(&a, m, "made").ptr, .decoder = m->decoder, .threads = threads });
    arena_done(&a);
    return true;
}

static void end(struct made *m) {
    renditions_stop(m->renditions);
    renditions_free(m->renditions);
    decoder_free(m->decoder);
}

static struct rendition_order order_of(const char *original, int width,
                                       enum picture_format format) {
    return (struct rendition_order){
        .name = { .id = 1, .hash = STR(HASH), .width = width, .format = format },
        .original = str_of(original),
    };
}

struct counter {
    struct rendition_waiter waiter; /* first */
    atomic_int *left;
    enum status outcome;
};

static void count_down(struct rendition_waiter *waiter, enum status outcome) {
    struct counter *c = (struct counter *)waiter;
    c->outcome = outcome;
    atomic_fetch_sub(c->left, 1);
}

static void wait_for(atomic_int *left) {
    int64_t until_us = clock_mono_us() + 60 * US_PER_SECOND;
    while (atomic_load(left) > 0 && clock_mono_us() < until_us) {
        usleep(1000);
    }
    CHECK_INT(atomic_load(left), 0);
}

static bool is_picture(const struct made *m, const struct rendition_order *order) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct buf bytes;
    const char *what;
    buf_init(&bytes, LIMIT_RENDITION_BYTES);
    bool ok = io_read_file(renditions_path(m->renditions, &a, order).ptr, &bytes, &err) ==
                  STATUS_OK &&
              kind_of(buf_str(&bytes), &what) == order->name.format;
    buf_done(&bytes);
    arena_done(&a);
    return ok;
}

static size_t files_in(const struct made *m) {
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/made/%.2s", m->dir, HASH);
    DIR *dir = opendir(path);
    size_t n = 0;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return n;
}

TEST(rendition_orders_survive_as_text) {
    struct arena a = { 0 };
    struct rendition_order order = order_of("ab/cd.jpg", 640, PICTURE_WEBP), got;
    order.animate = true;
    struct str text = rendition_order_text(&a, &order);
    CHECK(str_starts(text, RENDITION_PATH));
    CHECK(rendition_order_read(text, &got));
    CHECK(got.animate && got.name.width == 640 && got.name.format == PICTURE_WEBP);
    CHECK_STR(got.original, "ab/cd.jpg");
    CHECK(!rendition_order_read(STR("ab/cd.jpg"), &got));
    CHECK(!rendition_order_read(rendition_address(&a, &order.name), &got));
    arena_done(&a);
}

TEST(renditions_make_one_for_a_herd) {
    enum { HERD = 100 };
    struct made m;
    if (!begin(&m, "worker-decoder", 2)) {
        return;
    }
    atomic_int left = HERD;
    struct counter herd[HERD];
    struct rendition_order order = order_of("whole.jpg", 640, PICTURE_WEBP);
    for (int i = 0; i < HERD; i++) {
        herd[i] = (struct counter){ .waiter.done = count_down, .left = &left };
        CHECK_INT(renditions_want(m.renditions, m.dir, &order, &herd[i].waiter), STATUS_OK);
    }
    wait_for(&left);
    for (int i = 0; i < HERD; i++) {
        CHECK_INT(herd[i].outcome, STATUS_OK);
    }
    CHECK_INT(renditions_made(m.renditions), 1);
    CHECK(is_picture(&m, &order));
    CHECK_INT(files_in(&m), 1);
    end(&m);
}

TEST(renditions_of_one_original_in_each_format) {
    static const enum picture_format formats[] = { PICTURE_AVIF, PICTURE_WEBP, PICTURE_JPEG };
    struct made m;
    if (!begin(&m, "worker-decoder", 2)) {
        return;
    }
    struct err err = { 0 };
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct rendition_order small = order_of("whole.jpg", 320, formats[i]);
        small.name.crop = (struct picture_crop){ 16, 9, 300, 600 };
        CHECK_INT(renditions_want(m.renditions, m.dir, &small, NULL), STATUS_OK);
        struct rendition_order order = order_of("whole.jpg", 1000, formats[i]);
        CHECK_INT(renditions_make(m.renditions, m.dir, &order, &err), STATUS_OK);
        CHECK(is_picture(&m, &order));
        CHECK_INT(renditions_make(m.renditions, m.dir, &small, &err), STATUS_OK);
        CHECK(is_picture(&m, &small));
    }
    CHECK_INT(renditions_made(m.renditions), 6);
    CHECK_INT(files_in(&m), 6);
    end(&m);
}

TEST(renditions_of_what_is_broken_are_not_tried_again) {
    static const char *const broken[] = { "torn.jpg", "vector.svg", "missing.jpg" };
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct made m;
        struct err err = { 0 };
        if (!begin(&m, "worker-decoder", 1)) {
            return;
        }
        struct rendition_order order = order_of(broken[i], 640, PICTURE_JPEG);
        CHECK_INT(renditions_make(m.renditions, m.dir, &order, &err), STATUS_INVALID);
        CHECK_INT(files_in(&m), 0);
        order.name.width = 320;
        atomic_int left = 1;
        struct counter one = { .waiter.done = count_down, .left = &left };
        CHECK_INT(renditions_want(m.renditions, m.dir, &order, &one.waiter), STATUS_INVALID);
        order.name.hash = STR("0000000000000000000a"); /* another original works on */
        order.original = STR("whole.jpg");
        CHECK_INT(renditions_make(m.renditions, m.dir, &order, &err), STATUS_OK);
        end(&m);
    }
}

TEST(renditions_survive_a_worker_that_dies) {
    struct made m;
    struct err err = { 0 };
    if (!begin(&m, "worker-dies", 2)) {
        return;
    }
    struct rendition_order order = order_of("whole.jpg", 640, PICTURE_JPEG);
    CHECK_INT(renditions_make(m.renditions, m.dir, &order, &err), STATUS_INVALID);
    CHECK_INT(files_in(&m), 0);
    end(&m);
}

TEST(renditions_refuse_when_too_many_wait_and_end_at_once) {
    enum { MOST = LIMIT_RENDITIONS_WAITING + 1 };
    static struct counter waiters[MOST];
    struct made m;
    if (!begin(&m, "worker-is_mute", 1)) {
        return;
    }
    atomic_int left = 0;
    int taken = 0;
    enum status status = STATUS_OK;
    /* One is with the thread, sooner or later. */
    for (int i = 0; i < MOST && status == STATUS_OK; i++) {
        struct rendition_order order = order_of("whole.jpg", 1 + i, PICTURE_JPEG);
        waiters[i] = (struct counter){ .waiter.done = count_down, .left = &left };
        atomic_fetch_add(&left, 1);
        status = renditions_want(m.renditions, m.dir, &order, &waiters[i].waiter);
        taken += status == STATUS_OK;
    }
    for (int i = MOST; i < MOST + 2 && status == STATUS_OK; i++) {
        static struct counter more[2];
        struct rendition_order order = order_of("whole.jpg", 1 + i, PICTURE_JPEG);
        more[i - MOST] = (struct counter){ .waiter.done = count_down, .left = &left };
        atomic_fetch_add(&left, 1);
        status = renditions_want(m.renditions, m.dir, &order, &more[i - MOST].waiter);
        taken += status == STATUS_OK;
    }
    CHECK_INT(status, STATUS_BUSY);
    CHECK(taken >= LIMIT_RENDITIONS_WAITING && taken <= LIMIT_RENDITIONS_WAITING + 1);
    atomic_fetch_sub(&left, 1); /* the refused one */
    renditions_stop(m.renditions);
    CHECK_INT(atomic_load(&left), 0);
    CHECK_INT(waiters[0].outcome, STATUS_INTERRUPTED);
    CHECK_INT(waiters[LIMIT_RENDITIONS_WAITING - 1].outcome, STATUS_INTERRUPTED);
    struct rendition_order order = order_of("whole.jpg", 640, PICTURE_JPEG);
    CHECK_INT(renditions_want(m.renditions, m.dir, &order, NULL), STATUS_INTERRUPTED);
    renditions_free(m.renditions);
    decoder_free(m.decoder);
}

static enum status knows_one(void *ctx, struct str hash, bool *ret, struct err *err) {
    (void)ctx, (void)err;
    *ret = str_eq(hash, STR(HASH));
    return STATUS_OK;
}

TEST(renditions_of_removed_originals_go) {
    static const char *const names[] = {
        "3f/" HASH "-640.jpg",
        "3f/" HASH "-16x9-500-500-640.jpg",
        "3f/3f2a9c41b2d07e556a02-640.jpg",
        "00/00000000000000000000-640.avif",
        "00/not ours",
    };
    struct arena a = { 0 };
    struct err err = { 0 };
    char dir[4096];
    (void)snprintf(dir, sizeof dir, "%s/swept", test_tmp_dir());
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str path = arena_printf(&a, "%s/%s", dir, names[i]);
        struct str folder = str_slice(path, 0, str_rfind_char(path, '/'));
        CHECK_INT(io_make_dirs(arena_str(&a, folder).ptr, &err), STATUS_OK);
        CHECK_INT(io_write_file(path.ptr, STR("x"), &err), STATUS_OK);
    }
    int64_t removed = 0;
    CHECK_INT(renditions_sweep(dir, knows_one, NULL, &removed, &err), STATUS_OK);
    CHECK_INT(removed, 2);
    CHECK_INT(renditions_remove(dir, STR(HASH "99"), &err), STATUS_OK);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CHECK_INT(access(arena_printf(&a, "%s/%s", dir, names[i]).ptr, F_OK), i < 4 ? -1 : 0);
    }
    arena_done(&a);
}
