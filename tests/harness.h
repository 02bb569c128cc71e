/* The test harness: a test is a function that registers itself; a failed CHECK is printed with its
 * place and the test goes on. The runner prints "N passed, N failed".
 *
 *   TEST(str_trims_white_space) { CHECK_STR(str_trim(STR(" a ")), "a"); }
 *
 * Environment: SEED=n for property tests (test_seed), UPDATE=1 rewrites golden files. */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include "base/str.h"

#include <unistd.h>

struct test {
    const char *name;
    const char *file;
    void (*run)(void);
    struct test *next;
};

void test_register(struct test *test);
void test_fail(const char *file, int line, const char *fmt, ...) PRINTF(3, 4);
/* Say why something could not be run; counted as skipped, never as passed. */
void test_skip(const char *fmt, ...) PRINTF(1, 2);

#define TEST(id)                                                                                   \
    static void test_##id(void);                                                                   \
    __attribute__((constructor)) static void register_##id(void) {                                 \
        static struct test test = { #id, __FILE__, test_##id, NULL };                              \
        test_register(&test);                                                                      \
    }                                                                                              \
    static void test_##id(void)

/* A body for processes that a test lets this program start with one argument: "worker-NAME". */
struct test_worker {
    const char *name;
    int (*run)(void);
    struct test_worker *next;
};

void test_worker_register(struct test_worker *worker);

#define TEST_WORKER(id)                                                                            \
    static int worker_##id(void);                                                                  \
    __attribute__((constructor)) static void register_worker_##id(void) {                          \
        static struct test_worker worker = { #id, worker_##id, NULL };                             \
        test_worker_register(&worker);                                                             \
    }                                                                                              \
    static int worker_##id(void)

#define CHECK(x) ((x) ? (void)0 : test_fail(__FILE__, __LINE__, "not true: %s", #x))
#define CHECK_INT(actual, expected)                                                                \
    test_check_int(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))
/* Wait until x holds, a minute at the most: for what another thread does in its own time. */
#define CHECK_SOON(x)                                                                              \
    do {                                                                                           \
        for (int waited_ms = 0; waited_ms < 60000 && !(x); waited_ms++) {                          \
            usleep(1000);                                                                          \
        }                                                                                          \
        CHECK(x);                                                                                  \
    } while (0)
/* struct str against a C string. */
#define CHECK_STR(actual, expected) test_check_str(__FILE__, __LINE__, #actual, actual, expected)
/* Stop this test when the check fails. */
#define REQUIRE(x)                                                                                 \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            test_fail(__FILE__, __LINE__, "not true: %s", #x);                                     \
            return;                                                                                \
        }                                                                                          \
    } while (0)

void test_check_int(const char *file, int line, const char *what, long long actual,
                    long long expected);
void test_check_str(const char *file, int line, const char *what, struct str actual,
                    const char *expected);

/* Random numbers for property tests (xorshift64*); the run's seed is printed on failure. */
uint64_t test_seed(void);
uint64_t test_random(uint64_t *state);
/* Uniform in [0, n). */
size_t test_below(uint64_t *state, size_t n);

/* A fresh empty folder below build/, removed at exit. Static storage per call: copy it. */
const char *test_tmp_dir(void);
/* A path inside the source tree ("tests/data/x"), whatever the present folder is. */
const char *test_path(const char *relative);
/* Compare with a golden file of the source tree; UPDATE=1 rewrites it. */
void test_golden(const char *file, int line, const char *relative, struct str actual);
#define CHECK_GOLDEN(relative, actual) test_golden(__FILE__, __LINE__, relative, actual)

#endif
