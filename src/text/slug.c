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

/* Opening the transliterator takes milliseconds, using it is not said to be safe in parallel: one,
 * behind a lock. */
static pthread_mutex_t latin_lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *latin;

static void latin_close(void) {
    utrans_close(latin);
}

/* In place; left as it is when ICU has no data for it. */
static int32_t to_ascii(UChar *text, int32_t len) {
    pthread_mutex_lock(&latin_lock);
    if (latin == NULL) {
        UErrorCode status = U_ZERO_ERROR;
        UParseError place;
        latin =
            utrans_openU(u"Any-Latin; Latin-ASCII", -1, UTRANS_FORWARD, NULL, 0, &place, &status);
        if (latin != NULL) {
            atexit(latin_close);
        }
    }
    if (latin != NULL) {
        UErrorCode status = U_ZERO_ERROR;
        int32_t limit = len;
        utrans_transUChars(latin, text, &len, UNITS_MAX, 0, &limit, &status);
        if (len > UNITS_MAX) {
            len = UNITS_MAX;
        }
    }
    pthread_mutex_unlock(&latin_lock);
    return len;
}

static bool is_apostrophe(UChar32 c) {
    return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x2bc || c == '`' || c == 0xb4;
}

static bool is_kept(UChar32 c, bool keep_script) {
    if (c < 0x80) {
        return char_is_alnum((char)c);
    }
    return keep_script && (u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) || c == 0x200c);
}

struct str slug_make(struct arena *a, struct str text, bool keep_script) {
    static UChar const empty[1];
    UChar *units = arena_array(a, UNITS_MAX + 1, sizeof *units);
    UChar *lower = arena_array(a, UNITS_MAX + 1, sizeof *lower);
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    text = utf8_prefix(text, TEXT_MAX_BYTES);
    u_strFromUTF8WithSub(units, UNITS_MAX, &len, text.len ? text.ptr : "", (int32_t)text.len,
                         0xfffd, NULL, &status);
    if (!keep_script) {
        len = to_ascii(units, len);
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
        if (is_kept(c, keep_script)) {
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
        struct str cut = utf8_prefix(slug, LIMIT_SLUG_BYTES);
        size_t word = slug.ptr[cut.len] == '-' ? cut.len : str_rfind_char(cut, '-');
        slug = word != STR_NPOS ? str_slice(cut, 0, word) : cut;
    }
    slug = slug.len > 0 ? arena_str(a, slug) : STR("story");
    buf_done(&out);
    return slug;
}
