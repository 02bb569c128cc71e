#include "tests/harness.h"

#include "base/format.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int PRINTF(3, 4) ours(char *to, size_t size, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int n = format_text(to, size, fmt, args);
    va_end(args);
    return n;
}

/* In every size of room, the very bytes and the very length of the C library. */
#define CHECK_SAME(...)                                                                            \
    do {                                                                                           \
        for (size_t size = 0; size <= sizeof a; size++) {                                          \
            memset(a, '~', sizeof a);                                                              \
            memset(b, '~', sizeof b);                                                              \
            CHECK_INT(ours(a, size, __VA_ARGS__), snprintf(b, size, __VA_ARGS__));                 \
            CHECK(memcmp(a, b, sizeof a) == 0);                                                    \
        }                                                                                          \
    } while (0)

TEST(format_is_the_c_library_s) {
    char a[96], b[96];
    const char *none = "";
    CHECK_SAME("%s", none);
    CHECK_SAME("plain");
    CHECK_SAME("%s and %s", "one", "two");
    CHECK_SAME("<%.*s|%.*s|%.*s>", 3, "abcdef", 0, "abc", 10, "short");
    CHECK_SAME("%.*s", -1, "all of it");
    CHECK_SAME("%c%c%%", 'x', '%');
    CHECK_SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    CHECK_SAME("%u %x", UINT_MAX, 0xbeefu);
    CHECK_SAME("%ld %lu", LONG_MIN, ULONG_MAX);
    CHECK_SAME("%lld %llu %llx", LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
    CHECK_SAME("%zu", (size_t)SIZE_MAX);
    CHECK_SAME("%04d-%02d-%02d", 2022, 3, 14);
    CHECK_SAME("%04d %02d %03d", -7, 123, -12345);
    CHECK_SAME("%016" PRIx64 " %04x", UINT64_C(0x1234), 0x2028u);
    /* What it leaves to the C library, whatever stands before it. */
    CHECK_SAME("%s %5d|%-5d|%+d", "before", 42, 42, 42);
    CHECK_SAME("%s %.3f %g", "x", 1.5, 0.1);
    CHECK_SAME("%10s|%-10s|%.3s", "right", "left", "cut");
    CHECK_SAME("%o %X %p", 8u, 255u, (void *)a);
    CHECK_SAME("%030d", 7);
    CHECK_SAME("%hd %hhu", (short)5, (unsigned char)6);
}
