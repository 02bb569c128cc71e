#include "site/wanted.h"

/* ---- paths ---- */

struct str wanted_last(struct str path, struct str *ret_before) {
    struct str p = path;
    if (p.len > 1 && str_ends(p, STR("/"))) {
        p.len--;
    }
    size_t slash = str_rfind_char(p, '/');
    *ret_before = str_slice(p, 0, slash + 1);
    return str_from(p, slash + 1);
}

static struct wanted split_path(struct str path) {
    struct wanted w = { .base = path, .number = 1 };
    w.feed = feed_split(path, &w.base);
    if (w.feed != FEED_NONE) {
        w.rewritten = true;
        return w;
    }
    struct str before, last = wanted_last(path, &before);
    int64_t number;
    struct str above, word = wanted_last(before, &above);
    if (str_eq(word, STR("page")) && str_to_i64(last, &number) && number > 0 &&
        last.ptr[0] != '0') {
        return (struct wanted){ .base = above, .number = number, .rewritten = true };
    }
    return w;
}

/* ---- parameters ---- */

static void read_view(struct str pair, struct wanted *w) {
    if (str_starts(pair, STR("paged="))) {
        if (!str_to_i64(str_from(pair, 6), &w->number)) {
            w->number = 1;
        }
    } else if (str_starts(pair, STR("feed="))) {
        w->feed = feed_of_param(str_from(pair, 5), &w->is_comments);
    }
}

/* "/category/world/?feed=atom" */
static struct wanted split_path_query(struct str path, struct str query) {
    struct wanted w = split_path(path);
    struct str pair;
    w.rewritten = true;
    while (str_split(&query, '&', &pair)) {
        read_view(pair, &w);
    }
    return w;
}

/* Of "year=2022" and its like. */
struct date_parts {
    int64_t year, month, day;
};

static bool read_date_part(struct str pair, struct date_parts *d) {
    return (str_starts(pair, STR("year=")) && str_to_i64(str_from(pair, 5), &d->year)) ||
           (str_starts(pair, STR("monthnum=")) && str_to_i64(str_from(pair, 9), &d->month)) ||
           (str_starts(pair, STR("day=")) && str_to_i64(str_from(pair, 4), &d->day));
}

static bool date_parts_base(struct arena *a, const struct date_parts *d, struct str *ret) {
    if (d->year == 0 || (d->month == 0 && d->day != 0)) {
        return false;
    }
    *ret = d->month == 0
               ? arena_printf(a, "/%04lld/", (long long)d->year)
               : arena_printf(a, "/%04lld/%02lld/", (long long)d->year, (long long)d->month);
    if (d->day != 0) {
        *ret = arena_printf(a, "%.*s%02lld/", STR_FMT(*ret), (long long)d->day);
    }
    return true;
}

/* "/?p=7&paged=2". Of several names the first counts, but a feed is of all or none: a wider one
 * would go on filling somebody's reader with what he did not ask for. A story's date says nothing
 * beside its name. */
static struct wanted split_root_query(struct arena *a, struct str query) {
    struct wanted w = { .base = STR("/"), .number = 1, .rewritten = true };
    struct date_parts date = { 0 };
    size_t names = 0;
    bool is_story = false, is_unknown = false;
    struct str pair;
    while (str_split(&query, '&', &pair)) {
        if (str_starts(pair, STR("paged=")) || str_starts(pair, STR("feed="))) {
            read_view(pair, &w);
        } else if (!read_date_part(pair, &date)) {
            is_unknown |= str_ends(pair, STR("=!"));
            is_story |= str_starts(pair, STR("name="));
            names++;
            if (w.base.len == 1) {
                w.base = arena_printf(a, "/?%.*s", STR_FMT(pair));
            }
        }
    }
    if (date.year + date.month + date.day != 0 && !is_story) {
        names++;
        if (w.base.len == 1 && !date_parts_base(a, &date, &w.base)) {
            is_unknown = true;
        }
    }
    w.is_nothing = is_unknown || (names > 1 && w.feed != FEED_NONE);
    return w;
}

struct wanted wanted_of_key(struct arena *a, struct str key) {
    size_t at = str_find_char(key, '?', 0);
    struct wanted w = at == STR_NPOS ? split_path(key)
                      : at == 1      ? split_root_query(a, str_from(key, 2))
                                : split_path_query(str_slice(key, 0, at), str_from(key, at + 1));
    if (w.is_comments && w.base.len == 1) { /* of a story it is the comments' anyway */
        w.base = FEED_COMMENTS_BASE;
    }
    return w;
}

/* ---- dates ---- */

static int days_in(int year, int month) {
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* From `min` to `max` of them. */
static bool read_digits(struct str s, size_t min, size_t max, int *ret) {
    *ret = 0;
    for (size_t i = 0; i < s.len && i < max; i++) {
        if (!char_is_digit(s.ptr[i])) {
            return false;
        }
        *ret = *ret * 10 + (s.ptr[i] - '0');
    }
    return s.len >= min && s.len <= max;
}

static bool date_list(struct str year, struct str month, struct str day, size_t min,
                      struct list_id *ret) {
    int y, m, d;
    if (!read_digits(year, 4, 4, &y) || y == 0) {
        return false;
    }
    *ret = (struct list_id){ LIST_YEAR, y };
    if (month.ptr == NULL) {
        return day.ptr == NULL;
    }
    if (!read_digits(month, min, 2, &m) || m < 1 || m > 12) {
        return false;
    }
    *ret = (struct list_id){ LIST_MONTH, y * 100 + m };
    if (day.ptr == NULL) {
        return true;
    }
    if (!read_digits(day, min, 2, &d) || d < 1 || d > days_in(y, m)) {
        return false;
    }
    *ret = (struct list_id){ LIST_DAY, y * 10000 + m * 100 + d };
    return true;
}

bool wanted_date(struct str base, struct list_id *ret) {
    struct str parts[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    if (str_starts(base, STR("/?m="))) {
        struct str digits = str_from(base, 4);
        parts[0] = str_slice(digits, 0, 4);
        if (digits.len > 4) {
            parts[1] = str_slice(digits, 4, 6);
        }
        if (digits.len > 6) {
            parts[2] = str_slice(digits, 6, digits.len);
        }
        return date_list(parts[0], parts[1], parts[2], 2, ret);
    }
    struct str rest = str_from(base, 1), part;
    if (str_ends(rest, STR("/"))) {
        rest.len--;
    }
    for (size_t n = 0; str_split(&rest, '/', &part); n++) {
        if (n == COUNT_OF(parts)) {
            return false;
        }
        parts[n] = part;
    }
    return date_list(parts[0], parts[1], parts[2], 1, ret);
}

struct str wanted_date_path(struct arena *a, struct list_id date, struct str slash) {
    int id = (int)date.id;
    if (date.kind == LIST_YEAR) {
        return arena_printf(a, "/%04d%.*s", id, STR_FMT(slash));
    }
    if (date.kind == LIST_MONTH) {
        return arena_printf(a, "/%04d/%02d%.*s", id / 100, id % 100, STR_FMT(slash));
    }
    return arena_printf(a, "/%04d/%02d/%02d%.*s", id / 10000, id / 100 % 100, id % 100,
                        STR_FMT(slash));
}
