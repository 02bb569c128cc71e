/* Time: microseconds since 1970-01-01 UTC, everywhere. Civil dates are proleptic Gregorian (Howard
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms"). Time zones are text/date.h's business.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_HOUR   (INT64_C(3600) * US_PER_SECOND)
#define US_PER_DAY    (INT64_C(86400) * US_PER_SECOND)

/* The wall clock. */
int64_t clock_now_us(void);
/* A clock that never goes back, for durations. */
int64_t clock_mono_us(void);

struct civil {
    int year;
    int month; /* 1-12 */
    int day;   /* 1-31 */
    int hour, minute, second;
    int us;
};

/* UTC in both directions. */
struct civil civil_of_us(int64_t us);
int64_t civil_to_us(struct civil c);
/* 0 = Sunday. */
int civil_weekday(struct civil c);

/* "2022-03-14 09:26:53" or "2022-03-14T09:26:53Z", as UTC; false if it is not a real date
 * (WordPress's 0000-00-00 included). */
NODISCARD bool clock_parse_datetime(struct str s, int64_t *ret_us);

/* RFC 9110 IMF-fixdate, 29 bytes + NUL: "Sun, 06 Nov 1994 08:49:37 GMT". */
#define CLOCK_HTTP_LEN 29
void clock_format_http(int64_t us, char out[CLOCK_HTTP_LEN + 1]);
/* IMF-fixdate only; false otherwise. */
NODISCARD bool clock_parse_http(struct str s, int64_t *ret_us);

/* RFC 3339 in UTC, 20 bytes + NUL: "1994-11-06T08:49:37Z". */
#define CLOCK_RFC3339_LEN 20
void clock_format_rfc3339(int64_t us, char out[CLOCK_RFC3339_LEN + 1]);

#endif
