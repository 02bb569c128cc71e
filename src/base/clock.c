#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id) {
    struct timespec ts;
    check(clock_gettime(id, &ts) == 0);
    return (int64_t)ts.tv_sec * US_PER_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now_us(void) {
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void) {
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static int64_t days_from_civil(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = floor_div(y, 400);
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct civil civil_of_us(int64_t us) {
    int64_t days = floor_div(us, US_PER_DAY);
    int64_t in_day = us - days * US_PER_DAY;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct civil c;
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    c.year = (int)(yoe + era * 400 + (c.month <= 2));
    int64_t seconds = in_day / US_PER_SECOND;
    c.hour = (int)(seconds / 3600);
    c.minute = (int)(seconds / 60 % 60);
    c.second = (int)(seconds % 60);
    c.us = (int)(in_day % US_PER_SECOND);
    return c;
}

int64_t civil_to_us(struct civil c) {
    return days_from_civil(c.year, c.month, c.day) * US_PER_DAY +
           (c.hour * 3600 + c.minute * 60 + c.second) * US_PER_SECOND + c.us;
}

int civil_weekday(struct civil c) {
    int64_t days = days_from_civil(c.year, c.month, c.day);
    return (int)(((days + 4) % 7 + 7) % 7);
}

/* Fixed-width digits; -1 if a byte is none. */
static int digits(struct str s, size_t at, size_t n) {
    int value = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || !char_is_digit(s.ptr[i])) {
            return -1;
        }
        value = value * 10 + (s.ptr[i] - '0');
    }
    return value;
}

/* Out-of-range fields would come back changed. */
static bool to_us_checked(struct civil c, int64_t *ret_us) {
    if (c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 || c.hour < 0 || c.hour > 23 ||
        c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 59) {
        return false;
    }
    int64_t us = civil_to_us(c);
    struct civil back = civil_of_us(us);
    if (back.day != c.day || back.month != c.month) {
        return false;
    }
    *ret_us = us;
    return true;
}

bool clock_parse_datetime(struct str s, int64_t *ret_us) {
    if (s.len == 20 && s.ptr[19] == 'Z') {
        s.len = 19;
    }
    if (s.len != 19 || s.ptr[4] != '-' || s.ptr[7] != '-' ||
        (s.ptr[10] != ' ' && s.ptr[10] != 'T') || s.ptr[13] != ':' || s.ptr[16] != ':') {
        return false;
    }
    return to_us_checked((struct civil){ digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2),
                                         digits(s, 11, 2), digits(s, 14, 2), digits(s, 17, 2), 0 },
                         ret_us);
}

static const char day_names[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

void clock_format_http(int64_t us, char out[CLOCK_HTTP_LEN + 1]) {
    struct civil c = civil_of_us(us);
    check(c.year >= 0 && c.year <= 9999);
    char text[96];
    snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", day_names[civil_weekday(c)],
             c.day, month_names[c.month - 1], c.year, c.hour, c.minute, c.second);
    memcpy(out, text, CLOCK_HTTP_LEN + 1);
}

bool clock_parse_http(struct str s, int64_t *ret_us) {
    if (s.len != CLOCK_HTTP_LEN || s.ptr[3] != ',' || !str_ends(s, STR(" GMT"))) {
        return false;
    }
    int month = 0;
    for (int i = 0; i < 12; i++) {
        if (memcmp(s.ptr + 8, month_names[i], 3) == 0) {
            month = i + 1;
        }
    }
    return to_us_checked((struct civil){ digits(s, 12, 4), month, digits(s, 5, 2), digits(s, 17, 2),
                                         digits(s, 20, 2), digits(s, 23, 2), 0 },
                         ret_us);
}

void clock_format_rfc3339(int64_t us, char out[CLOCK_RFC3339_LEN + 1]) {
    struct civil c = civil_of_us(us);
    check(c.year >= 0 && c.year <= 9999);
    char text[96];
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second);
    memcpy(out, text, CLOCK_RFC3339_LEN + 1);
}
