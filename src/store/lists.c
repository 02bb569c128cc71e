/* Reading the lists of published stories.
 *
 * A list is ordered by (local_day, published_us, story_id), newest first; where the days are the
 * dates of the times in one zone, that is the order of publication. The day stands first so that
 * the counts kept per year, month and day cut the list into ranges whatever zone a day was reckoned
 * in. A numbered page is found by walking the counts: whole years are skipped, then whole months,
 * then whole days, then at most one day's entries. The lists of a year, a month or a day are ranges
 * of LATEST and have no entries of their own. */
#include "store/internal.h"

enum { LEVEL_TOTAL = 0, LEVEL_YEAR = 1, LEVEL_MONTH = 2, LEVEL_DAY = 3 };

/* Where a list's entries stand: those of a kept list within a range of days. */
struct range {
    int64_t kind;
    int64_t id;
    int64_t from_day, to_day; /* yyyymmdd, inclusive */
    int level;                /* whose count is the list's total */
    int64_t date;
};

static struct range range_of(struct list_id list) {
    struct range r = { .kind = LIST_LATEST, .to_day = 99999999 };
    switch (list.kind) {
    case LIST_LATEST: break;
    case LIST_SECTION:
    case LIST_TAG:
    case LIST_AUTHOR:
        r.kind = (int64_t)list.kind;
        r.id = list.id;
        break;
    case LIST_YEAR:
    case LIST_MONTH:
    case LIST_DAY: {
        static const int64_t scales[] = {
            [LEVEL_YEAR] = 10000, [LEVEL_MONTH] = 100, [LEVEL_DAY] = 1
        };
        r.level = list.kind == LIST_YEAR    ? LEVEL_YEAR
                  : list.kind == LIST_MONTH ? LEVEL_MONTH
                                            : LEVEL_DAY;
        int64_t scale = scales[r.level];
        /* A date beyond all calendars is an empty list. */
        int64_t id = list.id < 0 || list.id > 99999999 / scale ? 0 : list.id;
        r.date = id * scale;
        r.from_day = r.date;
        r.to_day = r.date + scale - 1;
        break;
    }
    }
    return r;
}

static void note_list(struct keys *keys, struct list_id list) {
    static const char *const names[] = {
        [LIST_SECTION] = "section", [LIST_TAG] = "tag",     [LIST_AUTHOR] = "author",
        [LIST_YEAR] = "year",       [LIST_MONTH] = "month", [LIST_DAY] = "day",
    };
    if (list.kind == LIST_LATEST) {
        keys_note(keys, STR("latest"));
    } else {
        check((unsigned)list.kind < COUNT_OF(names));
        keys_notef(keys, "%s:%" PRId64, names[list.kind], list.id);
    }
}

/* Among the counts of one level within [*from, *to], find the one that holds the entry number
 * *skip; narrow the range to it and leave in *skip what is to skip within. */
static void narrow(struct sql *db, const struct range *r, int level, int64_t scale, int64_t *from,
                   int64_t *to, int64_t *skip) {
    struct rows rows =
        ROWS(db, "list_counts", I64(r->kind), I64(r->id), I64(level), I64(*from), I64(*to));
    while (rows_next(&rows)) {
        int64_t date = rows_i64(&rows, 0);
        int64_t stories = rows_i64(&rows, 1);
        if (*skip < stories) {
            *from = date;
            *to = date + scale - 1;
            break;
        }
        *skip -= stories;
    }
    rows_end(&rows);
}

static struct ids take(struct sql *db, struct arena *a, const struct range *r, int64_t to_day,
                       int64_t skip, int64_t n) {
    struct rows rows =
        ROWS(db, "list_between", I64(r->kind), I64(r->id), I64(r->from_day), I64(to_day));
    return rows_ids(&rows, a, skip, n);
}

/* `n` entries after the first `skip` of a range of days, newest first. */
static struct ids slice(struct sql *db, struct arena *a, const struct range *range, int64_t skip,
                        int64_t n) {
    int64_t from = range->from_day, to = range->to_day;
    if (skip > 0 && range->level < LEVEL_YEAR) {
        narrow(db, range, LEVEL_YEAR, 10000, &from, &to, &skip);
    }
    if (skip > 0 && range->level < LEVEL_MONTH) {
        narrow(db, range, LEVEL_MONTH, 100, &from, &to, &skip);
    }
    if (skip > 0 && range->level < LEVEL_DAY) {
        narrow(db, range, LEVEL_DAY, 1, &from, &to, &skip);
    }
    return take(db, a, range, to, skip, n);
}

enum status store_list_page(struct store_reader *r, struct arena *a, struct list_id list,
                            int64_t number, int64_t size, struct list_page *ret, struct err *err) {
    check(size > 0);
    note_list(r->keys, list);
    struct sql *db = r->sql;
    struct range range = range_of(list);
    struct list_page page = { .pages = 1 };
    page.total =
        RUN(db, "list_count", I64(range.kind), I64(range.id), I64(range.level), I64(range.date));
    if (page.total > 0) {
        page.pages = (page.total - 1) / size + 1;
    }
    if (db->status == STATUS_OK && (number < 1 || number > page.pages)) {
        return err_set(err, STATUS_NOT_FOUND, "the list has no page %" PRId64, number);
    }
    page.ids = slice(db, a, &range, (number - 1) * size, size);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret = page;
    }
    return status;
}

/* ---- parts between two moments ---- */

/* How many entries of the level's dates lie within [from, to]. */
static int64_t count_between(struct sql *db, const struct range *r, int level, int64_t from,
                             int64_t to) {
    return from > to ? 0
                     : RUN(db, "list_count_between", I64(r->kind), I64(r->id), I64(level),
                           I64(from), I64(to));
}

/* How many entries were published at `at` or later: years after its year, months after its month
 * within that, days after its day, and at last those of the day. */
static int64_t count_since(struct sql *db, const struct range *r, struct list_moment at) {
    int64_t year = at.day / 10000 * 10000, month = at.day / 100 * 100;
    return count_between(db, r, LEVEL_YEAR, year + 10000, 99999999) +
           count_between(db, r, LEVEL_MONTH, month + 100, year + 9999) +
           count_between(db, r, LEVEL_DAY, at.day + 1, month + 99) +
           RUN(db, "list_day_since", I64(r->kind), I64(r->id), I64(at.day), I64(at.us));
}

enum status store_list_part(struct store_reader *r, struct arena *a, const struct list_part *part,
                            int64_t offset, int64_t n, struct list_page *ret, struct err *err) {
    struct list_id list = part->list;
    check(offset >= 0 && n > 0 && list.kind <= LIST_AUTHOR);
    note_list(r->keys, list);
    if (part->from.day != 0 || part->to.day != 0) {
        keys_note(r->keys, STR("times"));
    }
    struct sql *db = r->sql;
    struct range range = range_of(list);
    /* In the list's order, newest first, the part is [first, end). */
    int64_t end = part->from.day != 0 ? count_since(db, &range, part->from)
                                      : RUN(db, "list_count", I64(range.kind), I64(range.id),
                                            I64(LEVEL_TOTAL), I64(0));
    int64_t first = part->to.day != 0 ? count_since(db, &range, part->to) : 0;
    struct list_page page = { .total = end > first ? end - first : 0, .pages = 1 };
    int64_t left = page.total > offset ? page.total - offset : 0;
    n = n < left ? n : left;
    if (n > 0 && part->oldest_first) {
        page.ids = slice(db, a, &range, end - offset - n, n);
        ids_turn_round(page.ids);
    } else if (n > 0) {
        page.ids = slice(db, a, &range, first + offset, n);
    }
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret = page;
    }
    return status;
}

enum status store_list_has(struct store_reader *r, struct list_id list, const struct story *story,
                           bool *ret, struct err *err) {
    check(list.kind <= LIST_AUTHOR);
    note_list(r->keys, list);
    bool has = HAS(r->sql, "list_has", I64(list.kind), I64(list.id), I64(story->local_day),
                   I64(story->published_us), I64(story->id));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = has;
    }
    return status;
}

enum status store_dates_within(struct store_reader *r, struct arena *a, struct list_id list,
                               struct ids *ret, struct err *err) {
    check(list.kind == LIST_YEAR || list.kind == LIST_MONTH);
    note_list(r->keys, list);
    struct range range = range_of(list);
    int64_t scale = list.kind == LIST_YEAR ? 100 : 1;
    int64_t dates[31];
    size_t n = 0;
    struct rows rows = ROWS(r->sql, "list_counts", I64(range.kind), I64(range.id),
                            I64(range.level + 1), I64(range.from_day), I64(range.to_day));
    while (n < COUNT_OF(dates) && rows_next(&rows)) {
        dates[n++] = rows_i64(&rows, 0) / scale;
    }
    rows_end(&rows);
    int64_t *sorted = arena_array(a, n + 1, sizeof *sorted);
    for (size_t i = 0; i < n; i++) { /* the newest come first */
        sorted[i] = dates[n - 1 - i];
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct ids){ sorted, n };
    }
    return status;
}

enum status store_newest(struct store_reader *r, struct arena *a, struct list_id list, size_t n,
                         struct ids except, struct ids *ret, struct err *err) {
    note_list(r->keys, list);
    struct range range = range_of(list);
    VEC(int64_t) ids = { 0 };
    struct rows rows = ROWS(r->sql, "list_between", I64(range.kind), I64(range.id),
                            I64(range.from_day), I64(range.to_day));
    while (ids.len < n && rows_next(&rows)) {
        int64_t id = rows_i64(&rows, 0);
        if (!ids_has(except, id)) {
            *vec_push(a, &ids) = id;
        }
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct ids){ ids.ptr, ids.len };
    }
    return status;
}

enum status store_neighbours(struct store_reader *r, struct list_id list, int64_t id,
                             int64_t *ret_previous, int64_t *ret_next, struct err *err) {
    check(list.kind == LIST_LATEST || list.kind == LIST_SECTION);
    if (list.kind == LIST_LATEST) {
        keys_notef(r->keys, "before:%" PRId64, id);
        keys_notef(r->keys, "after:%" PRId64, id);
    } else {
        keys_notef(r->keys, "before:%" PRId64 "/section:%" PRId64, id, list.id);
        keys_notef(r->keys, "after:%" PRId64 "/section:%" PRId64, id, list.id);
    }
    struct sql *db = r->sql;
    struct range range = range_of(list);
    struct rows rows = ROWS(db, "list_place", I64(range.kind), I64(range.id), I64(id));
    bool found = rows_next(&rows);
    int64_t day = found ? rows_i64(&rows, 0) : 0;
    int64_t us = found ? rows_i64(&rows, 1) : 0;
    rows_end(&rows);
    int64_t previous = 0, next = 0;
    if (found) {
        previous =
            RUN(db, "list_older", I64(range.kind), I64(range.id), I64(day), I64(us), I64(id));
        next = RUN(db, "list_newer", I64(range.kind), I64(range.id), I64(day), I64(us), I64(id));
    }
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_previous = previous;
        *ret_next = next;
    }
    return status;
}

/* ---- the whole ---- */

enum status store_list_dates(struct store_reader *r, struct arena *a, enum list_kind kind,
                             struct list_dates *ret, struct err *err) {
    static const struct {
        int level;
        int64_t scale;
    } kinds[] = {
        [LIST_YEAR] = { LEVEL_YEAR, 10000 },
        [LIST_MONTH] = { LEVEL_MONTH, 100 },
        [LIST_DAY] = { LEVEL_DAY, 1 },
    };
    check((unsigned)kind < COUNT_OF(kinds) && kinds[kind].scale > 0);
    VEC(struct list_date) dates = { 0 };
    struct rows rows = ROWS(r->sql, "list_dates", I64(kinds[kind].level));
    while (rows_next(&rows)) {
        *vec_push(a, &dates) = (struct list_date){ { kind, rows_i64(&rows, 0) / kinds[kind].scale },
                                                   rows_i64(&rows, 1) };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct list_dates){ dates.ptr, dates.len };
    }
    return status;
}

enum status store_size(struct store_reader *r, int64_t page_size, int64_t *ret, struct err *err) {
    check(page_size > 0);
    int64_t size = RUN(r->sql, "address_len", NONE) + RUN(r->sql, "list_pages", I64(page_size));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = size;
    }
    return status;
}
