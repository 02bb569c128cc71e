/* Dates as readers see them: in the site's language and time zone (ICU). */
#ifndef TEXT_DATE_H
#define TEXT_DATE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/status.h"

/* Formatters of one locale and time zone; not for several threads at once. */
struct dates;

/* locale: BCP 47 ("en", "pt-BR"). timezone: an IANA name ("Europe/Paris").
 * Errors: INVALID (unknown locale or zone). */
NODISCARD enum status dates_new(const char *locale, const char *timezone, struct dates **ret,
                                struct err *err);
void dates_free(struct dates *d);

/* "March 14, 2022": the locale's long form. */
struct str dates_long(struct dates *d, struct arena *a, int64_t us);
/* "March 15, 2022, 09:40", "15. März 2022 um 09:40": the long form with the locale's short time
 * (English and Hindi: 24 hours). */
struct str dates_long_time(struct dates *d, struct arena *a, int64_t us);
/* "March 2022". */
struct str dates_month(struct dates *d, struct arena *a, int64_t us);
/* "2022", "2022年". */
struct str dates_year(struct dates *d, struct arena *a, int64_t us);
/* "2022-03-14T09:26:53+01:00", for <time datetime> and feeds. */
struct str dates_rfc3339(struct dates *d, struct arena *a, int64_t us);
/* "Mon, 14 Mar 2022 09:26:53 +0100", for RSS. */
struct str dates_rfc822(struct dates *d, struct arena *a, int64_t us);

/* The zone's local time. */
struct civil dates_civil(struct dates *d, int64_t us);
/* The instant of a local time. One that exists twice (clocks set back) is the first of the two; one
 * that does not exist (set forward) counts with the offset from before the gap. */
int64_t dates_to_us(struct dates *d, struct civil local);

bool timezone_valid(const char *timezone);
bool locale_valid(const char *bcp47);
/* With the country it is mostly used in, when it names none: "pt_BR", and "en_US" of "en"; as it is
 * where nobody knows one. */
struct str locale_with_country(struct arena *a, const char *bcp47);
/* Written from right to left. */
bool locale_is_rtl(const char *bcp47);

#endif
