/* Compiler attributes and the two kinds of assertion.
 *
 * check(x)  A programmer's error: prints the place and aborts, in release too.
 * NODISCARD On every function whose result carries an error. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#include <stddef.h>
#include <stdint.h>

#define NODISCARD        __attribute__((warn_unused_result))
#define PRINTF(fmt, arg) __attribute__((format(printf, fmt, arg)))
#define NORETURN         __attribute__((noreturn))
#define MALLOC_LIKE      __attribute__((malloc))
#define UNUSED           __attribute__((unused))
#define LIKELY(x)        __builtin_expect(!!(x), 1)
#define UNLIKELY(x)      __builtin_expect(!!(x), 0)
#define COUNT_OF(array)  (sizeof(array) / sizeof((array)[0]))

NORETURN void check_failed(const char *expr, const char *file, int line);

#define check(x) (LIKELY(x) ? (void)0 : check_failed(#x, __FILE__, __LINE__))

#endif
