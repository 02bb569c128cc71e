#include "site/search_address.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "text/url.h"
#include "text/utf8.h"

/* ---- reading ---- */

/* Valid UTF-8 without controls, white space collapsed to single blanks, and no longer than counts:
 * what is typed, in one spelling. */
static struct str tidy(struct arena *a, struct str typed) {
    struct buf out;
    buf_init(&out, typed.len * 3 + 1);
    for (size_t at = 0; at < typed.len;) {
        uint32_t c = utf8_next(typed, &at);
        if (c < ' ' || c == 0x7f || utf8_is_space(c)) {
            if (out.len > 0 && out.ptr[out.len - 1] != ' ') {
                buf_put_char(&out, ' ');
            }
        } else {
            utf8_put(&out, c);
        }
    }
    struct str words = arena_str(a, str_trim(utf8_prefix(buf_str(&out), LIMIT_SEARCH_BYTES)));
    buf_done(&out);
    return words;
}

/* "2022-03-14" of the calendar, from the year 1000; empty counts as not said. */
static bool read_day(struct str s, int *ret) {
    *ret = 0;
    if (s.len == 0) {
        return true;
    }
    int64_t at_us;
    char text[20] = "          T00:00:00";
    if (s.len != 10 || s.ptr[0] == '0') {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    if (!clock_parse_datetime(str_make(text, 19), &at_us)) {
        return false;
    }
    struct civil c = civil_of_us(at_us);
    *ret = c.year * 10000 + c.month * 100 + c.day;
    return true;
}

static int64_t read_number(struct str s, int64_t fallback) {
    int64_t n;
    return str_to_i64(s, &n) && n > 0 ? n : fallback;
}

static void set_number(struct search_ask *ask, int64_t number) {
    ask->number = number <= LIMIT_SEARCH_PAGES ? number : LIMIT_SEARCH_PAGES + 1;
}

struct search_ask search_ask_words(struct arena *a, struct str typed) {
    return (struct search_ask){ .words = tidy(a, typed), .number = 1 };
}

bool search_ask_read(struct arena *a, struct str query, struct search_ask *ret) {
    struct search_ask ask = { .words = STR(""), .number = 1 };
    struct str pair;
    bool good = true;
    while (str_split(&query, '&', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        if (equals == STR_NPOS) {
            continue;
        }
        struct str name = str_slice(pair, 0, equals);
        struct str value = url_decode(a, str_from(pair, equals + 1), true);
        if (str_eq(name, STR("q"))) {
            ask.words = tidy(a, value);
        } else if (str_eq(name, STR("section"))) {
            ask.section_id = read_number(value, 0);
        } else if (str_eq(name, STR("author"))) {
            ask.author_id = read_number(value, 0);
        } else if (str_eq(name, STR("from"))) {
            good = read_day(value, &ask.from) && good;
        } else if (str_eq(name, STR("to"))) {
            good = read_day(value, &ask.to) && good;
        } else if (str_eq(name, STR("sort"))) {
            ask.newest_first = str_eq(value, STR("newest"));
        } else if (str_eq(name, STR("page"))) {
            set_number(&ask, read_number(value, 1));
        }
    }
    /* Who fills in the two the wrong way round means the days between them. */
    if (ask.from != 0 && ask.to != 0 && ask.from > ask.to) {
        int later = ask.from;
        ask.from = ask.to;
        ask.to = later;
    }
    *ret = ask;
    return good;
}

bool search_ask_read_wordpress(struct arena *a, struct str query, struct search_ask *ret) {
    struct search_ask ask = { .words = STR(""), .number = 1 };
    struct str pair;
    bool found = false;
    while (str_split(&query, '&', &pair)) {
        if (str_starts(pair, STR("s="))) {
            ask.words = tidy(a, url_decode(a, str_from(pair, 2), true));
            found = true;
        } else if (str_starts(pair, STR("paged="))) {
            set_number(&ask, read_number(str_from(pair, 6), 1));
        }
    }
    *ret = ask;
    return found;
}

/* ---- writing ---- */

struct str search_day(struct arena *a, int day) {
    return day == 0 ? STR("")
                    : arena_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static void put_name(struct buf *out, const char *name) {
    buf_printf(out, "%c%s=", str_find_char(buf_str(out), '?', 0) == STR_NPOS ? '?' : '&', name);
}

static void put_number(struct buf *out, const char *name, int64_t number) {
    put_name(out, name);
    buf_printf(out, "%lld", (long long)number);
}

static void put_day(struct buf *out, struct arena *a, const char *name, int day) {
    if (day != 0) {
        put_name(out, name);
        buf_put(out, search_day(a, day));
    }
}

struct str search_ask_path(struct arena *a, const struct search_ask *ask) {
    struct buf out;
    buf_init(&out, (size_t)LIMIT_SEARCH_BYTES * 3 + 1 * KIB);
    buf_put(&out, SEARCH_PATH);
    if (ask->words.len > 0) {
        put_name(&out, "q");
        struct str rest = ask->words, word;
        bool is_first = true;
        while (str_split(&rest, ' ', &word)) { /* blanks as a form writes them */
            if (!is_first) {
                buf_put_char(&out, '+');
            }
            is_first = false;
            url_encode(&out, word);
        }
    }
    if (ask->section_id != 0) {
        put_number(&out, "section", ask->section_id);
    }
    if (ask->author_id != 0) {
        put_number(&out, "author", ask->author_id);
    }
    put_day(&out, a, "from", ask->from);
    put_day(&out, a, "to", ask->to);
    if (ask->newest_first) {
        put_name(&out, "sort");
        buf_put(&out, STR("newest"));
    }
    if (ask->number > 1) {
        put_number(&out, "page", ask->number);
    }
    struct str path = arena_str(a, buf_str(&out));
    buf_done(&out);
    return path;
}

bool search_ask_of_key(struct arena *a, struct str key, struct search_ask *ret) {
    struct str path = SEARCH_PATH;
    if (!str_starts(key, path) || (key.len > path.len && key.ptr[path.len] != '?')) {
        return false;
    }
    return search_ask_read(a, key.len > path.len ? str_from(key, path.len + 1) : STR(""), ret) &&
           str_eq(search_ask_path(a, ret), key);
}

bool search_ask_is_narrowed(const struct search_ask *ask) {
    return ask->section_id != 0 || ask->author_id != 0 || ask->from != 0 || ask->to != 0;
}
