#include "picture/webp.h"

#include <stdbool.h>

enum { HEAD_BYTES = 12, CHUNK_HEAD_BYTES = 8, EXTENDED_BYTES = 18 };
enum { FLAG_ANIMATION = 0x02, FLAG_ALPHA = 0x10 };

static size_t little(const char *at) {
    size_t value = 0;
    for (size_t i = 4; i-- > 0;) {
        value = value << 8 | (unsigned char)at[i];
    }
    return value;
}

static void put_little(char *at, size_t value) {
    for (size_t i = 0; i < 4; i++) {
        at[i] = (char)(value >> 8 * i & 0xFF);
    }
}

static bool is_of_the_picture(struct str chunk) {
    static const char *const names[] = { "VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_starts(chunk, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

size_t webp_strip(char *file, size_t len) {
    struct str whole = str_make(file, len);
    if (len < HEAD_BYTES || !str_starts(whole, STR("RIFF")) ||
        !str_starts(str_from(whole, 8), STR("WEBP"))) {
        return 0;
    }
    size_t to = HEAD_BYTES;
    for (size_t from = HEAD_BYTES; from + CHUNK_HEAD_BYTES <= len;) {
        size_t size = little(file + from + 4);
        if (size > len - from - CHUNK_HEAD_BYTES) {
            return 0;
        }
        size_t padded = CHUNK_HEAD_BYTES + size + (size & 1);
        padded = padded > len - from ? len - from : padded;
        if (is_of_the_picture(str_make(file + from, 4))) {
            memmove(file + to, file + from, padded);
            to += padded;
        }
        from += padded;
    }
    char *extended = file + HEAD_BYTES;
    if (to >= HEAD_BYTES + EXTENDED_BYTES && memcmp(extended, "VP8X", 4) == 0) {
        extended[CHUNK_HEAD_BYTES] &= FLAG_ANIMATION | FLAG_ALPHA;
        if (extended[CHUNK_HEAD_BYTES] == 0) {
            memmove(extended, extended + EXTENDED_BYTES, to - HEAD_BYTES - EXTENDED_BYTES);
            to -= EXTENDED_BYTES;
        }
    }
    put_little(file + 4, to - 8);
    return to;
}
