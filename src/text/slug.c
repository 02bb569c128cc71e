#include "text/slug.h"

#include "base/limits.h"
#include "text/utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* What of the text can matter to LIMIT_SLUG_BYTES of slug. */
enum { TEXT_MAX_BYTES = 4 * LIMIT_SLUG_BYTES, UNITS_MAX = 16 * LIMIT_SLUG_BYTES };

/* Opening a transliterator takes milliseconds, using it is not said to be safe in parallel: one of
 * each, behind a lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct romanizer {
    const UChar *rules;
    UTransliterator *opened;
} general = { u"Any-Latin; Latin-ASCII", NULL },
  german = { u"de-ASCII; Any-Latin; Latin-ASCII", NULL };

static void close_all(void) {
    utrans_close(general.opened);
    utrans_close(german.opened);
}

static void open_once(struct romanizer *r) {
    if (r->opened == NULL) {
        UErrorCode status = U_ZERO_ERROR;
        UParseError place;
        r->opened = utrans_openU(r->rules, -1, UTRANS_FORWARD, NULL, 0, &place, &status);
    }
}

/* In place; left as it is when ICU has no data for it. */
static int32_t to_ascii(const char *language, UChar *text, int32_t len) {
    static bool at_exit;
    bool is_german = language != NULL && (language[0] == 'd' || language[0] == 'D') &&
                     (language[1] == 'e' || language[1] == 'E') && !char_is_alpha(language[2]);
    struct romanizer *r = is_german ? &german : &general;
    pthread_mutex_lock(&lock);
    open_once(r);
    if (!at_exit) {
        at_exit = atexit(close_all) == 0;
    }
    if (r->opened != NULL) {
        UErrorCode status = U_ZERO_ERROR;
        int32_t limit = len;
        utrans_transUChars(r->opened, text, &len, UNITS_MAX, 0, &limit, &status);
        if (len > UNITS_MAX) {
            len = UNITS_MAX;
        }
    }
    pthread_mutex_unlock(&lock);
    return len;
}

/* Quotation marks within words, and what romanization writes for Arabic ain and Hebrew alef. */
static bool is_apostrophe(UChar32 c) {
    return c == '\'' || c == 0x2018 || c == 0x2019 || c == '`' || c == 0xb4 ||
           (c >= 0x2b0 && c <= 0x2ff);
}

static bool is_mark(UChar32 c) {
    return (U_GET_GC_MASK(c) & U_GC_M_MASK) || c == 0x200c;
}

static bool is_kept(UChar32 c, bool keep_script) {
    if (c < 0x80) {
        return char_is_alnum((char)c);
    }
    return keep_script && (u_isalnum(c) || is_mark(c));
}

/* At a word, or at the last character (with its marks) that fits. */
static struct str cut(struct str slug) {
    struct str fits = utf8_prefix(slug, LIMIT_SLUG_BYTES);
    size_t word = slug.ptr[fits.len] == '-' ? fits.len : str_rfind_char(fits, '-');
    if (word != STR_NPOS) {
        return str_slice(fits, 0, word);
    }
    size_t whole = 0;
    for (size_t at = 0; at < slug.len;) {
        size_t begin = at;
        uint32_t c = utf8_next(slug, &at);
        if (!is_mark((UChar32)c)) {
            if (begin > fits.len) {
                break;
            }
            whole = begin;
        }
    }
    return str_slice(fits, 0, whole > 0 ? whole : fits.len);
}

struct str slug_make(struct arena *a, struct str text, struct slug_style style) {
    static UChar const empty[1];
    UChar *units = arena_array(a, UNITS_MAX + 1, sizeof *units);
    UChar *lower = arena_array(a, UNITS_MAX + 1, sizeof *lower);
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    text = utf8_prefix(text, TEXT_MAX_BYTES);
    u_strFromUTF8WithSub(units, UNITS_MAX, &len, text.len ? text.ptr : "", (int32_t)text.len,
                         0xfffd, NULL, &status);
    if (!style.keep_script) {
        len = to_ascii(style.language, units, len);
    }
    len = u_strToLower(lower, UNITS_MAX, units, len, "", &status);
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    len = unorm2_normalize(nfc, U_SUCCESS(status) ? lower : empty, U_SUCCESS(status) ? len : 0,
                           units, UNITS_MAX, &status);
    if (U_FAILURE(status)) {
        return STR("story");
    }

    struct buf out;
    buf_init(&out, 4 * UNITS_MAX);
    bool dash = false;
    for (int32_t i = 0; i < len;) {
        UChar32 c;
        U16_NEXT(units, i, len, c);
        if (is_kept(c, style.keep_script)) {
            if (dash && out.len > 0) {
                buf_put_char(&out, '-');
            }
            dash = false;
            utf8_put(&out, (uint32_t)c);
        } else if (!is_apostrophe(c)) {
            dash = true;
        }
    }
    struct str slug = buf_str(&out);
    if (slug.len > LIMIT_SLUG_BYTES) {
        slug = cut(slug);
    }
    slug = slug.len > 0 ? arena_str(a, slug) : STR("story");
    buf_done(&out);
    return slug;
}
