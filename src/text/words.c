#include "text/words.h"

#include "text/utf8.h"

#include <unicode/ubrk.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

/* The next word at or after *at; false at the end. *ret_unspaced: has a letter of a script without
 * spaces. */
static bool next_word(struct str text, size_t *at, struct str *ret_word, bool *ret_unspaced) {
    size_t begin = *at, i = *at;
    bool inside = false, unspaced = false;
    while (i < text.len) {
        size_t here = i;
        uint32_t c = utf8_next(text, &i);
        if (utf8_is_space(c)) {
            if (inside) {
                i = here;
                break;
            }
            continue;
        }
        if (!inside) {
            inside = true;
            begin = here;
        }
        if (ret_unspaced != NULL && c >= 0xe00 && !unspaced) {
            UErrorCode status = U_ZERO_ERROR;
            switch (uscript_getScript((UChar32)c, &status)) {
            case USCRIPT_HAN:
            case USCRIPT_HIRAGANA:
            case USCRIPT_KATAKANA:
            case USCRIPT_THAI:
            case USCRIPT_LAO:
            case USCRIPT_KHMER:
            case USCRIPT_MYANMAR: unspaced = true; break;
            default: break;
            }
        }
    }
    *at = i;
    *ret_word = str_slice(text, begin, i);
    if (ret_unspaced != NULL) {
        *ret_unspaced = unspaced;
    }
    return inside;
}

struct str words_first(struct arena *a, struct str text, size_t n) {
    struct str word;
    size_t len = 0, at = 0;
    for (size_t i = 0; i < n && next_word(text, &at, &word, NULL); i++) {
        len += word.len + 1;
    }
    char *out = arena_alloc(a, len + 1);
    len = at = 0;
    for (size_t i = 0; i < n && next_word(text, &at, &word, NULL); i++) {
        if (i > 0) {
            out[len++] = ' ';
        }
        memcpy(out + len, word.ptr, word.len);
        len += word.len;
    }
    return str_make(out, len);
}

/* Segments of `text` that ICU calls words (letters, numbers, kana, ideographs). */
static size_t count_segments(UBreakIterator *iterator, struct str text) {
    UErrorCode status = U_ZERO_ERROR;
    UText utext = UTEXT_INITIALIZER;
    utext_openUTF8(&utext, text.ptr, (int64_t)text.len, &status);
    ubrk_setUText(iterator, &utext, &status);
    size_t n = 0;
    if (U_SUCCESS(status)) {
        while (ubrk_next(iterator) != UBRK_DONE) {
            n += ubrk_getRuleStatus(iterator) >= UBRK_WORD_NONE_LIMIT;
        }
    }
    utext_close(&utext);
    return n > 0 ? n : 1;
}

size_t words_count(struct str text, const char *locale) {
    UBreakIterator *iterator = NULL;
    struct str word;
    bool unspaced;
    size_t n = 0;
    for (size_t at = 0; next_word(text, &at, &word, &unspaced);) {
        if (unspaced && iterator == NULL) {
            UErrorCode status = U_ZERO_ERROR;
            iterator = ubrk_open(UBRK_WORD, locale, NULL, 0, &status);
        }
        n += unspaced && iterator != NULL ? count_segments(iterator, word) : 1;
    }
    ubrk_close(iterator);
    return n;
}

unsigned reading_minutes(size_t words, unsigned words_per_minute) {
    size_t speed = words_per_minute ? words_per_minute : 200;
    size_t minutes = words / speed + (words % speed != 0);
    return minutes == 0 ? 1 : minutes > 100000 ? 100000 : (unsigned)minutes;
}
