#include "site/uploads.h"

static bool is_picture(struct str ending) {
    static const struct str endings[] = { STR_INIT(".jpg"),  STR_INIT(".jpeg"), STR_INIT(".png"),
                                          STR_INIT(".gif"),  STR_INIT(".webp"), STR_INIT(".avif"),
                                          STR_INIT(".heic"), STR_INIT(".jpe") };
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        if (str_eq_nocase(ending, endings[i])) {
            return true;
        }
    }
    return false;
}

static size_t digits_before(struct str s, size_t end) {
    size_t n = 0;
    while (n < end && char_is_digit(s.ptr[end - n - 1])) {
        n++;
    }
    return n;
}

/* "-300x200" at the end. */
static bool take_size(struct str *stem, int *ret_width, int *ret_height) {
    size_t height = digits_before(*stem, stem->len), x = stem->len - height;
    if (height == 0 || height > 5 || x < 2 || stem->ptr[x - 1] != 'x') {
        return false;
    }
    size_t width = digits_before(*stem, x - 1), dash = x - 1 - width;
    int64_t w, h;
    if (width == 0 || width > 5 || dash < 1 || stem->ptr[dash - 1] != '-' ||
        !str_to_i64(str_slice(*stem, dash, x - 1), &w) || !str_to_i64(str_from(*stem, x), &h) ||
        w == 0 || h == 0) {
        return false;
    }
    *ret_width = (int)w;
    *ret_height = (int)h;
    *stem = str_slice(*stem, 0, dash - 1);
    return true;
}

static bool take_word(struct str *stem, struct str word) {
    if (stem->len <= word.len || !str_ends(*stem, word)) {
        return false;
    }
    stem->len -= word.len;
    return true;
}

/* "-e1234567890": the second at which it was edited. */
static bool take_edit(struct str *stem) {
    size_t n = digits_before(*stem, stem->len);
    if (n < 9 || n > 14 || stem->len < n + 3 || stem->ptr[stem->len - n - 1] != 'e' ||
        stem->ptr[stem->len - n - 2] != '-') {
        return false;
    }
    stem->len -= n + 2;
    return true;
}

size_t upload_sizes(struct arena *a, struct str address,
                    struct upload_size ret[UPLOAD_ORIGINALS_MAX]) {
    size_t slash = str_rfind_char(address, '/'), dot = str_rfind_char(address, '.'), n = 0;
    if (slash == STR_NPOS || dot == STR_NPOS || dot < slash + 2 ||
        !is_picture(str_from(address, dot))) {
        return 0;
    }
    struct str ending = str_from(address, dot), stem = str_slice(address, 0, dot);
    int width = 0, height = 0;
    bool more = true;
    while (more && n < UPLOAD_ORIGINALS_MAX - 1) {
        int w, h;
        more = take_word(&stem, STR("@2x"));
        if (!more && width == 0 && take_size(&stem, &w, &h)) {
            width = w;
            height = h;
            more = true;
        }
        more = more || take_word(&stem, STR("-scaled")) || take_word(&stem, STR("-rotated")) ||
               take_edit(&stem);
        if (more && stem.len > slash + 1) {
            ret[n++] =
                (struct upload_size){ arena_printf(a, "%.*s%.*s", STR_FMT(stem), STR_FMT(ending)),
                                      width, height };
        }
    }
    if (stem.len > slash + 1) { /* what was asked for is the original of a scaled one */
        ret[n++] = (struct upload_size){
            arena_printf(a, "%.*s-scaled%.*s", STR_FMT(stem), STR_FMT(ending)), width, height
        };
    }
    return n;
}
