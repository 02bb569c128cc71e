#include "text/language.h"

#include "base/limits.h"
#include "text/date.h"
#include "text/utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/uiter.h>
#include <unicode/ulistformatter.h>
#include <unicode/uloc.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

enum { LOCALE_MAX = 160, NUMBER_MAX = 64, WRITTEN_MAX = 256, WRITTEN_MAX_BYTES = 48 };

/* A number written out. */
struct written {
    int64_t number;
    size_t len; /* 0: none */
    char text[WRITTEN_MAX_BYTES];
};

struct language {
    struct written written[WRITTEN_MAX]; /* lately: formatting one takes microseconds */
    UNumberFormatter *numbers;
    UFormattedNumber *number;
    UListFormatter *lists;
    UFormattedList *list;
    UCollator *order;
};

enum status language_new(const char *tag, struct language **ret, struct err *err) {
    if (!locale_valid(tag)) {
        return err_set(err, STATUS_INVALID, "\"%s\" is no language tag such as \"en\" or \"pt-BR\"",
                       tag ? tag : "");
    }
    UErrorCode status = U_ZERO_ERROR;
    char locale[LOCALE_MAX];
    uloc_forLanguageTag(tag, locale, LOCALE_MAX, NULL, &status);
    struct language *l = calloc(1, sizeof *l);
    check(l != NULL);
    /* Newspapers write "A, B and C" in America as well. */
    bool is_english = strncmp(locale, "en", 2) == 0 && !char_is_alpha(locale[2]);
    l->numbers = unumf_openForSkeletonAndLocale(u"", 0, locale, &status);
    l->number = unumf_openResult(&status);
    l->lists = ulistfmt_open(is_english ? "en_GB" : locale, &status);
    l->list = ulistfmt_openResult(&status);
    l->order = ucol_open(locale, &status);
    if (U_FAILURE(status)) {
        language_free(l);
        return err_set(err, STATUS_INVALID, "no data for \"%s\": %s", tag, u_errorName(status));
    }
    *ret = l;
    return STATUS_OK;
}

void language_free(struct language *l) {
    if (l != NULL) {
        unumf_close(l->numbers);
        unumf_closeResult(l->number);
        ulistfmt_close(l->lists);
        ulistfmt_closeResult(l->list);
        ucol_close(l->order);
        free(l);
    }
}

static struct str format_number(struct language *l, struct arena *a, int64_t number) {
    UErrorCode status = U_ZERO_ERROR;
    UChar units[NUMBER_MAX];
    char bytes[NUMBER_MAX * 3];
    int32_t len = 0;
    unumf_formatInt(l->numbers, number, l->number, &status);
    int32_t units_len = unumf_resultToString(l->number, units, NUMBER_MAX, &status);
    u_strToUTF8(bytes, sizeof bytes, &len, units, units_len, &status);
    return U_SUCCESS(status) ? arena_str(a, str_make(bytes, (size_t)len))
                             : arena_printf(a, "%lld", (long long)number);
}

struct str language_number(struct language *l, struct arena *a, int64_t number) {
    struct written *w = &l->written[(uint64_t)number % WRITTEN_MAX];
    if (w->len == 0 || w->number != number) {
        struct str text = format_number(l, a, number);
        if (text.len > WRITTEN_MAX_BYTES) {
            return text;
        }
        memcpy(w->text, text.ptr, text.len);
        w->number = number;
        w->len = text.len;
    }
    return arena_str(a, str_make(w->text, w->len));
}

/* ---- lists ---- */

static const UChar *to_units(struct arena *a, struct str text, int32_t *ret_len) {
    UErrorCode status = U_ZERO_ERROR;
    UChar *units = arena_array(a, text.len + 1, sizeof *units);
    *ret_len = 0;
    u_strFromUTF8WithSub(units, (int32_t)text.len + 1, ret_len, text.len ? text.ptr : "",
                         (int32_t)text.len, 0xfffd, NULL, &status);
    return units;
}

static struct str to_str(struct arena *a, const UChar *units, int32_t len) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0;
    char *bytes = arena_alloc(a, (size_t)len * 3 + 1);
    u_strToUTF8(bytes, len * 3 + 1, &n, units, len, &status);
    return U_SUCCESS(status) ? str_make(bytes, (size_t)n) : STR(", ");
}

/* False when ICU does not tell where each name stands: an empty one, for instance. */
static bool find_between(struct language *l, struct arena *a, const struct str *names, size_t n,
                         struct str *between) {
    const UChar **items = arena_array(a, n, sizeof *items);
    int32_t *lens = arena_array(a, n, sizeof *lens);
    for (size_t i = 0; i < n; i++) {
        items[i] = to_units(a, names[i], &lens[i]);
    }
    UErrorCode status = U_ZERO_ERROR;
    int32_t text_len = 0;
    ulistfmt_formatStringsToResult(l->lists, items, lens, (int32_t)n, l->list, &status);
    const UFormattedValue *value = ulistfmt_resultAsValue(l->list, &status);
    const UChar *text = ufmtval_getString(value, &text_len, &status);
    UConstrainedFieldPosition *at = ucfpos_open(&status);
    ucfpos_constrainField(at, UFIELD_CATEGORY_LIST, ULISTFMT_ELEMENT_FIELD, &status);
    size_t found = 0;
    for (int32_t end = 0; U_SUCCESS(status) && ufmtval_nextPosition(value, at, &status); found++) {
        int32_t begin = 0, last_end = end;
        ucfpos_getIndexes(at, &begin, &end, &status);
        if (found > 0 && found < n && U_SUCCESS(status)) {
            between[found - 1] = to_str(a, text + last_end, begin - last_end);
        }
    }
    ucfpos_close(at);
    return U_SUCCESS(status) && found == n;
}

void language_between(struct language *l, struct arena *a, const struct str *names, size_t n,
                      struct str *ret_between) {
    bool found = n > 1 && n <= LIMIT_RELATIONS && find_between(l, a, names, n, ret_between);
    for (size_t i = found ? n - 1 : 0; i < n; i++) {
        ret_between[i] = i + 1 < n ? STR(", ") : STR("");
    }
}

/* ---- order ---- */

int language_compare(struct language *l, struct str a, struct str b) {
    UErrorCode status = U_ZERO_ERROR;
    UCharIterator first, second;
    uiter_setUTF8(&first, a.len ? a.ptr : "", (int32_t)a.len);
    uiter_setUTF8(&second, b.len ? b.ptr : "", (int32_t)b.len);
    UCollationResult result = ucol_strcollIter(l->order, &first, &second, &status);
    return U_FAILURE(status) ? str_cmp(a, b) : (int)result;
}

/* ---- direction ---- */

struct str text_direction(struct str text) {
    size_t rtl = 0, ltr = 0;
    for (size_t at = 0; at < text.len;) {
        UCharDirection d = u_charDirection((UChar32)utf8_next(text, &at));
        rtl += d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC;
        ltr += d == U_LEFT_TO_RIGHT;
    }
    return rtl + ltr == 0 ? STR("") : rtl > ltr ? STR("rtl") : STR("ltr");
}
