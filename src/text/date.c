#include "text/date.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

enum {
    LOCALE_MAX = 160,
    TIMEZONE_MAX = 64,
    FORMATTED_MAX = 256,
    OFFSETS_MAX = 32, /* 16 years with summer time */
    DAYS_MAX = 256,
    DAY_MAX_BYTES = 88,
};

/* Between two transitions of the zone. */
struct offset {
    UDate from, to; /* without the latter */
    int seconds;    /* east of UTC */
};

/* A day by the local clock, written out. */
struct day {
    int64_t number; /* since 1970 */
    size_t len;     /* 0: none */
    char text[DAY_MAX_BYTES];
};

/* The calendar and the formats are slow; what they said lately is kept. */
struct dates {
    UCalendar *calendar; /* for the zone's offsets */
    UDateFormat *long_date;
    UDateFormat *long_time; /* date and time; where clock_24, the time alone */
    UDateFormat *month;
    UDateFormat *year;
    bool clock_24;
    struct offset offsets[OFFSETS_MAX];
    size_t n_offsets, next_offset;
    struct day days[DAYS_MAX];
};

/* BCP 47 to ICU's spelling; false if it is not a well-formed tag of a known language. */
static bool locale_of_tag(const char *bcp47, char out[LOCALE_MAX]) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    size_t len = bcp47 ? strlen(bcp47) : 0;
    if (len == 0 || len >= LOCALE_MAX / 2) {
        return false;
    }
    int32_t n = uloc_forLanguageTag(bcp47, out, LOCALE_MAX, &parsed, &status);
    return U_SUCCESS(status) && n > 0 && n < LOCALE_MAX && (size_t)parsed == len &&
           uloc_getISO3Language(out)[0] != '\0';
}

static int32_t timezone_units(const char *timezone, UChar out[TIMEZONE_MAX]) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    UChar canonical[TIMEZONE_MAX];
    UBool is_system = false;
    if (timezone == NULL || timezone[0] == '\0') {
        return 0;
    }
    u_strFromUTF8(out, TIMEZONE_MAX, &len, timezone, -1, &status);
    ucal_getCanonicalTimeZoneID(out, len, canonical, TIMEZONE_MAX, &is_system, &status);
    return U_SUCCESS(status) && is_system && len < TIMEZONE_MAX ? len : 0;
}

bool locale_valid(const char *bcp47) {
    char locale[LOCALE_MAX];
    return locale_of_tag(bcp47, locale);
}

struct str locale_with_country(struct arena *a, const char *bcp47) {
    char locale[LOCALE_MAX], likely[LOCALE_MAX], language[LOCALE_MAX], country[LOCALE_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of_tag(bcp47, locale)) {
        return arena_str(a, str_of(bcp47));
    }
    uloc_addLikelySubtags(locale, likely, sizeof likely, &status);
    uloc_getLanguage(likely, language, sizeof language, &status);
    int32_t len = uloc_getCountry(likely, country, sizeof country, &status);
    return U_FAILURE(status) || len == 0 ? arena_str(a, str_of(locale))
                                         : arena_printf(a, "%s_%s", language, country);
}

bool locale_is_rtl(const char *bcp47) {
    char locale[LOCALE_MAX];
    return locale_of_tag(bcp47, locale) && uloc_isRightToLeft(locale);
}

bool timezone_valid(const char *timezone) {
    UChar units[TIMEZONE_MAX];
    return timezone_units(timezone, units) > 0;
}

/* Languages whose printed papers give the hour of a change in 24 hours, though CLDR has them write
 * "9:40 AM" (in Hindi even before the word for "o'clock"). */
static bool has_clock_24(const char *locale) {
    return (strncmp(locale, "en", 2) == 0 || strncmp(locale, "hi", 2) == 0) &&
           !char_is_alpha(locale[2]);
}

/* The locale's own pattern for these fields, e.g. "yMMMM". */
static UDateFormat *open_skeleton(const char *locale, const UChar *zone, int32_t zone_len,
                                  const UChar *skeleton, UErrorCode *status) {
    UChar pattern[128];
    UDateTimePatternGenerator *generator = udatpg_open(locale, status);
    int32_t n = udatpg_getBestPattern(generator, skeleton, -1, pattern, 128, status);
    udatpg_close(generator);
    return udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, zone, zone_len, pattern, n, status);
}

enum status dates_new(const char *locale, const char *timezone, struct dates **ret,
                      struct err *err) {
    char icu[LOCALE_MAX];
    UChar zone[TIMEZONE_MAX];
    if (!locale_of_tag(locale, icu)) {
        return err_set(err, STATUS_INVALID, "\"%s\" is no language tag such as \"en\" or \"pt-BR\"",
                       locale ? locale : "");
    }
    int32_t zone_len = timezone_units(timezone, zone);
    if (zone_len == 0) {
        return err_set(err, STATUS_INVALID, "\"%s\" is no time zone such as \"Europe/Paris\"",
                       timezone ? timezone : "");
    }
    struct dates *d = calloc(1, sizeof *d);
    check(d != NULL);
    UErrorCode status = U_ZERO_ERROR;
    d->clock_24 = has_clock_24(icu);
    d->calendar = ucal_open(zone, zone_len, icu, UCAL_GREGORIAN, &status);
    d->long_date = udat_open(UDAT_NONE, UDAT_LONG, icu, zone, zone_len, NULL, 0, &status);
    d->long_time =
        d->clock_24
            ? udat_open(UDAT_PATTERN, UDAT_PATTERN, icu, zone, zone_len, u"HH:mm", -1, &status)
            : udat_open(UDAT_SHORT, UDAT_LONG, icu, zone, zone_len, NULL, 0, &status);
    d->month = open_skeleton(icu, zone, zone_len, u"yMMMM", &status);
    d->year = open_skeleton(icu, zone, zone_len, u"y", &status);
    if (U_FAILURE(status)) {
        dates_free(d);
        return err_set(err, STATUS_INVALID, "no date formats for \"%s\" in \"%s\": %s", locale,
                       timezone, u_errorName(status));
    }
    *ret = d;
    return STATUS_OK;
}

void dates_free(struct dates *d) {
    if (d != NULL) {
        ucal_close(d->calendar);
        udat_close(d->long_date);
        udat_close(d->long_time);
        udat_close(d->month);
        udat_close(d->year);
        free(d);
    }
}

/* Whole milliseconds, rounded down also before 1970. */
static UDate millis(int64_t us) {
    int64_t ms = us / 1000 - (us % 1000 < 0);
    return (UDate)ms;
}

static struct str format(const UDateFormat *f, struct arena *a, int64_t us) {
    UErrorCode status = U_ZERO_ERROR;
    UChar units[FORMATTED_MAX];
    char bytes[FORMATTED_MAX * 3];
    int32_t len = udat_format(f, millis(us), units, FORMATTED_MAX, NULL, &status), n = 0;
    u_strToUTF8(bytes, sizeof bytes, &n, units, len, &status);
    return U_SUCCESS(status) ? arena_str(a, str_make(bytes, (size_t)n)) : STR("");
}

static struct offset find_offset(struct dates *d, UDate at) {
    UErrorCode status = U_ZERO_ERROR;
    struct offset o = { .from = -INFINITY, .to = INFINITY };
    ucal_setMillis(d->calendar, at, &status);
    int ms = ucal_get(d->calendar, UCAL_ZONE_OFFSET, &status) +
             ucal_get(d->calendar, UCAL_DST_OFFSET, &status);
    UDate transition;
    if (ucal_getTimeZoneTransitionDate(d->calendar, UCAL_TZ_TRANSITION_PREVIOUS_INCLUSIVE,
                                       &transition, &status)) {
        o.from = transition;
    }
    if (ucal_getTimeZoneTransitionDate(d->calendar, UCAL_TZ_TRANSITION_NEXT, &transition,
                                       &status)) {
        o.to = transition;
    }
    o.seconds = U_SUCCESS(status) ? ms / 1000 : 0;
    return o;
}

/* Seconds east of UTC. */
static int offset_at(struct dates *d, int64_t us) {
    UDate at = millis(us);
    for (size_t i = 0; i < d->n_offsets; i++) {
        if (d->offsets[i].from <= at && at < d->offsets[i].to) {
            return d->offsets[i].seconds;
        }
    }
    struct offset found = find_offset(d, at);
    d->offsets[d->next_offset] = found;
    d->next_offset = (d->next_offset + 1) % OFFSETS_MAX;
    d->n_offsets += d->n_offsets < OFFSETS_MAX;
    return found.seconds;
}

struct str dates_long(struct dates *d, struct arena *a, int64_t us) {
    int64_t local = us + offset_at(d, us) * US_PER_SECOND;
    int64_t number = local / US_PER_DAY - (local % US_PER_DAY < 0);
    struct day *day = &d->days[(uint64_t)number % DAYS_MAX];
    if (day->len == 0 || day->number != number) {
        struct str text = format(d->long_date, a, us);
        if (text.len > DAY_MAX_BYTES) {
            return text;
        }
        memcpy(day->text, text.ptr, text.len);
        day->number = number;
        day->len = text.len;
    }
    return arena_str(a, str_make(day->text, day->len));
}

struct str dates_long_time(struct dates *d, struct arena *a, int64_t us) {
    struct str time = format(d->long_time, a, us);
    if (!d->clock_24) {
        return time;
    }
    return arena_printf(a, "%.*s, %.*s", STR_FMT(dates_long(d, a, us)), STR_FMT(time));
}

struct str dates_month(struct dates *d, struct arena *a, int64_t us) {
    return format(d->month, a, us);
}

struct str dates_year(struct dates *d, struct arena *a, int64_t us) {
    return format(d->year, a, us);
}

struct civil dates_civil(struct dates *d, int64_t us) {
    return civil_of_us(us + offset_at(d, us) * US_PER_SECOND);
}

int64_t dates_to_us(struct dates *d, struct civil local) {
    /* The offset in force a day before and after: equal but for the days around a change. Of two
     * readings the earlier is the one with the larger offset, that from before the clocks go back;
     * in a gap neither reading holds, and the offset from before counts. */
    int64_t as_utc = civil_to_us(local);
    int before = offset_at(d, as_utc - US_PER_DAY), after = offset_at(d, as_utc + US_PER_DAY);
    int64_t first = as_utc - before * US_PER_SECOND, second = as_utc - after * US_PER_SECOND;
    if (offset_at(d, first) == before || offset_at(d, second) != after) {
        return first;
    }
    return second;
}

/* "+01:00", or "+0100" without the separator. */
static struct str offset_text(char out[8], int seconds, const char *separator) {
    int minutes = abs(seconds) / 60;
    int n = snprintf(out, 8, "%c%02d%s%02d", seconds < 0 ? '-' : '+', minutes / 60 % 100, separator,
                     minutes % 60);
    return str_make(out, (size_t)n);
}

struct str dates_rfc3339(struct dates *d, struct arena *a, int64_t us) {
    char offset[8];
    int seconds = offset_at(d, us) / 60 * 60;
    struct civil c = civil_of_us(us + seconds * US_PER_SECOND);
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%.*s", c.year, c.month, c.day, c.hour,
                        c.minute, c.second, STR_FMT(offset_text(offset, seconds, ":")));
}

struct str dates_rfc822(struct dates *d, struct arena *a, int64_t us) {
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    char offset[8];
    int seconds = offset_at(d, us) / 60 * 60;
    struct civil c = civil_of_us(us + seconds * US_PER_SECOND);
    return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d %.*s", days[civil_weekday(c)], c.day,
                        months[c.month - 1], c.year, c.hour, c.minute, c.second,
                        STR_FMT(offset_text(offset, seconds, "")));
}
