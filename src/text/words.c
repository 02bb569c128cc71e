#include "text/words.h"

#include "base/block16.h"
#include "base/buf.h"
#include "text/utf8.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

enum {
    WORD_MAX_BYTES = 64, /* of a word in a script without spaces, generously */
    WORDS_MAX = 1000000
};

static bool is_unspaced(uint32_t c) {
    UErrorCode status = U_ZERO_ERROR;
    if (c < 0xe00) {
        return false;
    }
    switch (uscript_getScript((UChar32)c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return true;
    default: return false;
    }
}

bool words_end_joined(struct str text) {
    size_t at = text.len;
    while (at > 0 && ((unsigned char)text.ptr[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    if (at == 0) {
        return false;
    }
    at--;
    uint32_t c = utf8_next(text, &at);
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript((UChar32)c, &status);
    bool is_mark = (c > 0x3000 && c <= 0x30ff) || (c >= 0xff00 && c <= 0xff65); /* 。「」ー！ */
    return is_mark || script == USCRIPT_HAN || script == USCRIPT_HIRAGANA ||
           script == USCRIPT_KATAKANA;
}

/* What stands between white space at or after *at; false at the end. *ret_unspaced: it has a letter
 * of a script without spaces. */
static bool next_run(struct str text, size_t *at, struct str *ret_run, bool *ret_unspaced) {
    size_t begin = *at, i = *at;
    bool inside = false, unspaced = false;
    while (i < text.len) {
        size_t here = i;
        if (inside && text.ptr[i] > ' ' && text.ptr[i] < 0x7f) { /* most of a text */
            i++;
            continue;
        }
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
        unspaced = unspaced || is_unspaced(c);
    }
    *at = i;
    *ret_run = str_slice(text, begin, i);
    *ret_unspaced = unspaced;
    return inside;
}

/* ICU's segments of one run. */
struct segments {
    UBreakIterator *iterator;
    UText text;
};

static bool segments_begin(struct segments *s, struct str run, const char *locale) {
    UErrorCode status = U_ZERO_ERROR;
    if (s->iterator == NULL) {
        s->text = (UText)UTEXT_INITIALIZER;
        s->iterator = ubrk_open(UBRK_WORD, locale, NULL, 0, &status);
    }
    utext_openUTF8(&s->text, run.ptr, (int64_t)run.len, &status);
    ubrk_setUText(s->iterator, &s->text, &status);
    return U_SUCCESS(status);
}

static void segments_done(struct segments *s) {
    if (s->iterator != NULL) {
        ubrk_close(s->iterator);
        utext_close(&s->text);
    }
}

/* The end of the next segment; 0: there is none. *ret_word: letters, numbers, kana, ideographs. */
static size_t segments_next(struct segments *s, bool *ret_word) {
    int32_t end = ubrk_next(s->iterator);
    *ret_word = end != UBRK_DONE && ubrk_getRuleStatus(s->iterator) >= UBRK_WORD_NONE_LIMIT;
    return end == UBRK_DONE ? 0 : (size_t)end;
}

static bool opens(struct str segment) {
    size_t at = 0;
    int8_t kind = u_charType((UChar32)utf8_next(segment, &at));
    return kind == U_START_PUNCTUATION || kind == U_INITIAL_PUNCTUATION;
}

/* The part of a run that has its first *n words; *n becomes what is still wanted. */
static struct str first_segments(struct segments *s, struct str run, size_t *n) {
    size_t end = 0, next, wanted = *n;
    bool is_word;
    run = utf8_prefix(run, (wanted + 1) * WORD_MAX_BYTES);
    if (!segments_begin(s, run, "")) {
        *n = 0;
        return run;
    }
    while ((next = segments_next(s, &is_word)) > 0) {
        if (wanted == 0 && (is_word || opens(str_slice(run, end, next)))) {
            break;
        }
        wanted -= is_word;
        end = next;
    }
    /* A run without any word is one: "——". */
    *n = wanted == *n ? wanted - 1 : wanted;
    return str_slice(run, 0, end);
}

bool words_end_sentence(struct str text) {
    bool ends = false;
    for (size_t at = 0; at < text.len;) {
        UChar32 c = (UChar32)utf8_next(text, &at);
        if (c < 0x80 && char_is_alnum((char)c)) { /* most of a text: not worth a look-up */
            ends = false;
            continue;
        }
        int8_t kind = u_charType(c);
        bool closes = c == '"' || c == '\'' || utf8_is_space((uint32_t)c) ||
                      kind == U_END_PUNCTUATION || kind == U_FINAL_PUNCTUATION;
        ends = u_hasBinaryProperty(c, UCHAR_S_TERM) || (ends && closes);
    }
    return ends;
}

struct str words_first(struct arena *a, struct str text, size_t n) {
    bool ignored;
    return words_cut(a, text, n, &ignored);
}

struct str words_cut(struct arena *a, struct str text, size_t n, bool *ret_more) {
    struct segments segments = { 0 };
    struct buf out;
    struct str run;
    bool unspaced;
    n = n > WORDS_MAX ? WORDS_MAX : n;
    buf_init(&out, text.len + 1);
    *ret_more = false;
    for (size_t at = 0; !*ret_more && next_run(text, &at, &run, &unspaced);) {
        if (n == 0) {
            *ret_more = true;
            break;
        }
        if (out.len > 0) {
            buf_put_char(&out, ' ');
        }
        if (unspaced) {
            struct str first = first_segments(&segments, run, &n);
            *ret_more = first.len < run.len;
            run = first;
        } else {
            n--;
        }
        buf_put(&out, run);
    }
    segments_done(&segments);
    struct str first = arena_str(a, buf_str(&out));
    buf_done(&out);
    return first;
}

/* Words of ASCII without controls but white space. */
static size_t count_ascii(struct str text) {
    size_t count = text.len > 0 && text.ptr[0] > ' ', at = 1;
    for (; text.len > at && text.len - at >= BLOCK16_BYTES; at += BLOCK16_BYTES) {
        block16 here = block16_at(text.ptr + at), before = block16_at(text.ptr + at - 1);
        count += block16_count((block16)(here > ' ') & (block16)(before <= ' '));
    }
    for (; at < text.len; at++) {
        count += (text.ptr[at] > ' ') & (text.ptr[at - 1] <= ' ');
    }
    return count;
}

size_t words_count(struct str text, const char *locale) {
    struct segments segments = { 0 };
    struct str run;
    bool unspaced;
    size_t count = 0, at = 0;
    for (;;) {
        /* Up to the last white space before something else than ASCII. */
        size_t end = at + utf8_ascii_prefix(str_from(text, at));
        while (end > at && end < text.len && text.ptr[end - 1] > ' ') {
            end--;
        }
        count += count_ascii(str_slice(text, at, end));
        at = end;
        if (!next_run(text, &at, &run, &unspaced)) {
            break;
        }
        size_t words = 0;
        bool is_word;
        if (unspaced && segments_begin(&segments, run, locale)) {
            while (segments_next(&segments, &is_word) > 0) {
                words += is_word;
            }
        }
        count += words > 0 ? words : 1;
    }
    segments_done(&segments);
    return count;
}

unsigned reading_minutes(size_t words, unsigned words_per_minute) {
    size_t speed = words_per_minute ? words_per_minute : 200;
    size_t minutes = words / speed + (words % speed != 0);
    return minutes == 0 ? 1 : minutes > 100000 ? 100000 : (unsigned)minutes;
}
