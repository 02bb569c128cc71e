#include "picture/metadata.h"

#include "base/clock.h"
#include "base/limits.h"
#include "text/utf8.h"

/* 0x80 to 0x9F of Windows-1252; 0: not in use. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static uint32_t next_char(struct str s, bool is_utf8, size_t *at) {
    if (is_utf8) {
        return utf8_next(s, at);
    }
    uint32_t c = (unsigned char)s.ptr[(*at)++];
    return c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c;
}

struct str metadata_text(struct arena *a, struct str bytes) {
    struct str s = str_slice(bytes, 0, str_find_char(bytes, '\0', 0));
    bool is_utf8 = utf8_valid(s);
    struct buf out;
    buf_init(&out, LIMIT_PICTURE_TEXT_BYTES + 8);
    for (size_t at = 0; at < s.len && out.len < LIMIT_PICTURE_TEXT_BYTES;) {
        uint32_t c = next_char(s, is_utf8, &at);
        bool crlf = c == '\r' && at < s.len && s.ptr[at] == '\n';
        if (c == '\r' && !crlf) {
            c = '\n';
        }
        /* Controls, and the marks that turn the direction of what follows them around. */
        bool bad = (c < ' ' && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == 0xFEFF ||
                   (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        if (!bad && !crlf) {
            utf8_put(&out, c == '\t' ? ' ' : c);
        }
    }
    struct str text = str_trim(utf8_prefix(buf_str(&out), LIMIT_PICTURE_TEXT_BYTES));
    text = out.status == STATUS_OK ? arena_str(a, text) : STR("");
    buf_done(&out);
    return text;
}

void metadata_put(struct arena *a, struct picture_texts *texts, enum picture_text field,
                  struct str bytes) {
    if (texts->text[field].len == 0) {
        texts->text[field] = metadata_text(a, bytes);
    }
}

/* ---- dates ---- */

/* `digits` digits at the front; a separator behind them is eaten too. */
static bool number(struct str *s, size_t digits, const char *separators, int *ret) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (i >= s->len || !char_is_digit(s->ptr[i])) {
            return false;
        }
        value = 10 * value + (s->ptr[i] - '0');
    }
    *s = str_from(*s, digits);
    if (s->len > 0 && s->ptr[0] != '\0' && strchr(separators, s->ptr[0]) != NULL) {
        *s = str_from(*s, 1);
    }
    *ret = value;
    return true;
}

/* "Z", "+01:00", "+0100"; 0: none. */
static size_t read_offset(struct str s, char ret[8]) {
    int hours, minutes;
    if (s.len > 0 && s.ptr[0] == 'Z') {
        memcpy(ret, "Z", 2);
        return 1;
    }
    if (s.len == 0 || (s.ptr[0] != '+' && s.ptr[0] != '-')) {
        return 0;
    }
    char sign = s.ptr[0];
    s = str_from(s, 1);
    if (!number(&s, 2, ":", &hours) || !number(&s, 2, "", &minutes) || hours > 14 || minutes > 59) {
        return 0;
    }
    ret[0] = sign;
    ret[1] = (char)('0' + hours / 10);
    ret[2] = (char)('0' + hours % 10);
    ret[3] = ':';
    ret[4] = (char)('0' + minutes / 10);
    ret[5] = (char)('0' + minutes % 10);
    ret[6] = '\0';
    return 6;
}

void metadata_put_taken(struct arena *a, struct picture_texts *texts, struct str date,
                        struct str time, struct str offset) {
    struct civil c = { 0 };
    struct str rest = str_trim(date);
    if (texts->text[PICTURE_TAKEN].len > 0 || !number(&rest, 4, "-:", &c.year) ||
        !number(&rest, 2, "-:", &c.month) || !number(&rest, 2, "T ", &c.day)) {
        return;
    }
    rest = time.len > 0 ? str_trim(time) : rest;
    struct str after = rest;
    bool timed = number(&after, 2, ":", &c.hour) && number(&after, 2, ":", &c.minute);
    if (timed && !number(&after, 2, "", &c.second)) {
        c.second = 0;
    }
    if (after.len > 0 && after.ptr[0] == '.') {
        for (after = str_from(after, 1); after.len > 0 && char_is_digit(after.ptr[0]);) {
            after = str_from(after, 1);
        }
    }
    struct civil back = civil_of_us(
        c.year > 0 && c.year < 9999 && c.month > 0 && c.month < 13 ? civil_to_us(c) : -1);
    if (back.year != c.year || back.month != c.month || back.day != c.day || c.hour > 23 ||
        c.minute > 59 || c.second > 59) {
        return;
    }
    char zone[8] = "";
    if (timed && read_offset(offset.len > 0 ? str_trim(offset) : after, zone) == 0) {
        zone[0] = '\0';
    }
    texts->text[PICTURE_TAKEN] = timed ? arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%s", c.year,
                                                      c.month, c.day, c.hour, c.minute, c.second,
                                                      zone)
                                       : arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
}
