/* Formatted text, for the few directives that nearly all of ours have: %s %.*s %c %% and, with a
 * width and zeros before it or without, %d %u %x with the lengths l, ll and z. What has any other
 * goes to the C library's vsnprintf, which takes four times as long. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include "base/attr.h"

#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf: at most `size` bytes with the NUL; how many there would be without it. */
int format_text(char *to, size_t size, const char *fmt, va_list args) PRINTF(3, 0);

#endif
