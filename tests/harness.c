#include "tests/harness.h"

#include "base/clock.h"
#include "base/io.h"

#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef SOURCE_DIR
#error "the Makefile defines SOURCE_DIR"
#endif

static struct test *tests;
static size_t failures_here;
static bool skipped_here;
static uint64_t seed;
static char tmp_dirs[1024][PATH_MAX];
static size_t tmp_dirs_len;

void test_register(struct test *test) {
    struct test **at = &tests;
    while (*at != NULL && strcmp((*at)->file, test->file) <= 0) {
        at = &(*at)->next;
    }
    test->next = *at;
    *at = test;
}

void test_fail(const char *file, int line, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    printf("  %s:%d: ", file, line);
    vprintf(fmt, args);
    printf("\n");
    va_end(args);
    failures_here++;
}

void test_skip(const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    printf("  skipped: ");
    vprintf(fmt, args);
    printf("\n");
    va_end(args);
    skipped_here = true;
}

void test_check_int(const char *file, int line, const char *what, long long actual,
                    long long expected) {
    if (actual != expected) {
        test_fail(file, line, "%s is %lld, expected %lld", what, actual, expected);
    }
}

void test_check_str(const char *file, int line, const char *what, struct str actual,
                    const char *expected) {
    if (!str_eq(actual, str_of(expected))) {
        test_fail(file, line, "%s is\n    \"%.*s\"\n  expected\n    \"%s\"", what, STR_FMT(actual),
                  expected);
    }
}

uint64_t test_seed(void) {
    return seed;
}

uint64_t test_random(uint64_t *state) {
    uint64_t x = *state ? *state : 88172645463325252u;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(2685821657736338717);
}

size_t test_below(uint64_t *state, size_t n) {
    check(n > 0);
    return (size_t)((test_random(state) >> 11) % n);
}

const char *test_tmp_dir(void) {
    check(tmp_dirs_len < COUNT_OF(tmp_dirs));
    char *dir = tmp_dirs[tmp_dirs_len++];
    const char *base = getenv("TMPDIR");
    snprintf(dir, PATH_MAX, "%s/broadsheet-test-XXXXXX", base ? base : "/tmp");
    check(mkdtemp(dir) != NULL);
    return dir;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

const char *test_path(const char *relative) {
    static char paths[8][PATH_MAX];
    static size_t turn;
    char *path = paths[turn++ % COUNT_OF(paths)];
    snprintf(path, PATH_MAX, "%s/%s", SOURCE_DIR, relative);
    return path;
}

void test_golden(const char *file, int line, const char *relative, struct str actual) {
    const char *path = test_path(relative);
    struct err err = { 0 };
    if (getenv("UPDATE") != NULL) {
        if (io_write_file(path, actual, &err) != STATUS_OK) {
            test_fail(file, line, "%s", err.message);
        }
        return;
    }
    struct buf expected;
    buf_init(&expected, 64u << 20);
    if (io_read_file(path, &expected, &err) != STATUS_OK) {
        test_fail(file, line, "%s (UPDATE=1 writes it)", err.message);
    } else if (!str_eq(buf_str(&expected), actual)) {
        size_t at = 0;
        while (at < expected.len && at < actual.len && expected.ptr[at] == actual.ptr[at]) {
            at++;
        }
        size_t from = at > 40 ? at - 40 : 0;
        test_fail(file, line,
                  "%s differs at byte %zu:\n    expected …%.*s\n    actual   …%.*s\n"
                  "    (UPDATE=1 rewrites it)",
                  relative, at, STR_FMT(str_slice(buf_str(&expected), from, at + 60)),
                  STR_FMT(str_slice(actual, from, at + 60)));
    }
    buf_done(&expected);
}

static struct test_worker *workers;

void test_worker_register(struct test_worker *worker) {
    worker->next = workers;
    workers = worker;
}

int main(int argc, char **argv) {
    for (struct test_worker *w = workers; argc == 2 && w != NULL; w = w->next) {
        if (strncmp(argv[1], "worker-", 7) == 0 && strcmp(argv[1] + 7, w->name) == 0) {
            return w->run();
        }
    }
    const char *seed_text = getenv("SEED");
    seed = seed_text ? strtoull(seed_text, NULL, 10) : (uint64_t)clock_now_us();
    size_t passed = 0, failed = 0, skipped = 0;
    for (struct test *t = tests; t != NULL; t = t->next) {
        bool wanted = argc < 2;
        for (int i = 1; i < argc; i++) {
            wanted = wanted || strstr(t->name, argv[i]) || strstr(t->file, argv[i]);
        }
        if (!wanted) {
            continue;
        }
        failures_here = 0;
        skipped_here = false;
        int64_t start_us = clock_mono_us();
        t->run();
        int64_t ms = (clock_mono_us() - start_us) / 1000;
        if (failures_here > 0) {
            printf("FAIL %s (%s) SEED=%llu\n", t->name, t->file, (unsigned long long)seed);
            failed++;
        } else if (skipped_here) {
            printf("skip %s\n", t->name);
            skipped++;
        } else {
            passed++;
            if (ms > 1000 || getenv("VERBOSE")) {
                printf("ok   %s (%lld ms)\n", t->name, (long long)ms);
            }
        }
        fflush(stdout);
    }
    for (size_t i = 0; i < tmp_dirs_len; i++) {
        nftw(tmp_dirs[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    printf("%zu passed, %zu failed", passed, failed);
    if (skipped > 0) {
        printf(", %zu skipped", skipped);
    }
    printf("\n");
    return failed > 0 ? 1 : 0;
}
