#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 24, WIDTH_MAX = 20 };

struct out {
    char *to;
    size_t size, len;
};

static void put(struct out *o, const char *bytes, size_t len) {
    if (o->len < o->size) {
        size_t room = o->size - o->len;
        memcpy(o->to + o->len, bytes, len < room ? len : room);
    }
    o->len += len;
}

static void put_number(struct out *o, uint64_t n, bool is_negative, unsigned base, size_t width) {
    char digits[DIGITS_MAX];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n > 0);
    while (sizeof digits - at + is_negative < width) {
        digits[--at] = '0';
    }
    if (is_negative) {
        digits[--at] = '-';
    }
    put(o, digits + at, sizeof digits - at);
}

/* A directive, from behind its '%'. */
struct directive {
    size_t width; /* filled up with zeros; 0: none is given */
    bool has_precision;
    int longs; /* of "l", "ll"; 'z' is as long as "l" here */
    char what;
};

_Static_assert(sizeof(size_t) == sizeof(long), "z is as long as l");

/* False: it is none of those above. */
static bool read_directive(const char **at, struct directive *d) {
    const char *c = *at;
    *d = (struct directive){ 0 };
    if (*c == '0' && c[1] >= '1' && c[1] <= '9') {
        for (c++; *c >= '0' && *c <= '9' && d->width < WIDTH_MAX; c++) {
            d->width = d->width * 10 + (size_t)(*c - '0');
        }
    } else if (c[0] == '.' && c[1] == '*' && c[2] == 's') {
        d->has_precision = true;
        c += 2;
    }
    if (*c == 'z') {
        d->longs = 1;
        c++;
    }
    for (; *c == 'l' && d->longs < 2; c++) {
        d->longs++;
    }
    d->what = *c;
    *at = c + (*c != '\0');
    bool is_number = d->what == 'd' || d->what == 'u' || d->what == 'x';
    bool is_text = d->what == 's' || d->what == 'c' || d->what == '%';
    return d->width <= WIDTH_MAX && (is_number || (is_text && d->longs == 0 && d->width == 0));
}

int format_text(char *to, size_t size, const char *fmt, va_list args) {
    struct out o = { .to = to, .size = size };
    va_list again;
    va_copy(again, args);
    bool is_known = true;
    for (const char *at = fmt; is_known && *at != '\0';) {
        const char *percent = strchrnul(at, '%');
        put(&o, at, (size_t)(percent - at));
        if (*percent == '\0') {
            break;
        }
        at = percent + 1;
        struct directive d;
        is_known = read_directive(&at, &d);
        if (!is_known) {
            break;
        }
        if (d.what == 's') {
            int precision = d.has_precision ? va_arg(args, int) : -1;
            const char *text = va_arg(args, const char *);
            is_known = text != NULL || precision == 0;
            size_t len = text == NULL    ? 0
                         : precision < 0 ? strlen(text)
                                         : strnlen(text, (size_t)precision);
            put(&o, text != NULL ? text : "", len);
        } else if (d.what == 'c') {
            char c = (char)va_arg(args, int);
            put(&o, &c, 1);
        } else if (d.what == '%') {
            put(&o, "%", 1);
        } else if (d.what == 'd') {
            int64_t n = d.longs == 0   ? va_arg(args, int)
                        : d.longs == 1 ? va_arg(args, long)
                                       : va_arg(args, long long);
            put_number(&o, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0, 10, d.width);
        } else {
            uint64_t n = d.longs == 0   ? va_arg(args, unsigned)
                         : d.longs == 1 ? va_arg(args, unsigned long)
                                        : va_arg(args, unsigned long long);
            put_number(&o, n, false, d.what == 'x' ? 16 : 10, d.width);
        }
    }
    int len = (int)o.len;
    if (!is_known) {
        len = vsnprintf(to, size, fmt, again);
    } else if (size > 0) {
        to[o.len < size ? o.len : size - 1] = '\0';
    }
    va_end(again);
    return len;
}
