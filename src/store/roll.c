/* Rolls: all pages, pictures, tags and authors, in an order, for those who list them.
 *
 * A roll's entries are ordered by (key, id). Where the entry number n stands is found by counts:
 * those of the short prefixes of the keys lead to the one prefix that it is below, those of the
 * longer ones below that further on, and the last step walks the entries of one long prefix. How
 * many entries are before a key is found in the same way. The prefixes of a time end at 115 days,
 * 28 hours, 17 minutes and 10 seconds; those of a name at 1, 2, 3 and 5 characters. */
#include "store/roll.h"

enum { LEVELS = 4, NAME_CHARS = 60 };

struct shape {
    const char *name; /* of its key: "roll:tags" */
    size_t lengths[LEVELS];
};

#define TIMES                                                                                      \
    { 4, 6, 8, 10 }
#define NAMES                                                                                      \
    { 1, 2, 3, 5 }

static const struct shape shapes[] = {
    [ROLL_PAGES] = { "roll:pages", TIMES },     [ROLL_MEDIA] = { "roll:media", TIMES },
    [ROLL_TAGS] = { "roll:tags", NAMES },       [ROLL_TAGS_USED] = { "roll:tags-used", NAMES },
    [ROLL_AUTHORS] = { "roll:authors", NAMES },
};

/* Above every key that begins as it does. */
#define END STR("\xf4\x8f\xbf\xbf")

static const struct shape *shape_of(enum store_roll roll) {
    check((unsigned)roll < COUNT_OF(shapes));
    return &shapes[roll];
}

/* The first n characters. */
static struct str prefix(struct str key, size_t n) {
    size_t i = 0;
    for (; i < key.len && n > 0; n--) {
        do {
            i++;
        } while (i < key.len && ((unsigned char)key.ptr[i] & 0xc0) == 0x80);
    }
    return str_slice(key, 0, i);
}

static struct str end_of(struct arena *a, struct str key) {
    return arena_printf(a, "%.*s%.*s", STR_FMT(key), STR_FMT(END));
}

struct str roll_time_key(struct arena *a, int64_t us) {
    return arena_printf(a, "%017" PRId64, us > 0 ? us : 0);
}

/* As SQLite's lower() has it: ASCII letters alone. */
struct str roll_name_key(struct arena *a, struct str name) {
    struct str key = prefix(name, NAME_CHARS);
    char *lower = arena_alloc(a, key.len + 1);
    for (size_t i = 0; i < key.len; i++) {
        lower[i] = char_lower(key.ptr[i]);
    }
    return str_make(lower, key.len);
}

/* ---- reading ---- */

static int64_t total_of(struct sql *db, enum store_roll roll) {
    return RUN(db, "roll_total", I64(roll));
}

/* How many entries stand before the first with that key or a later one. */
static int64_t count_before(struct sql *db, enum store_roll roll, struct str key) {
    const struct shape *shape = shape_of(roll);
    struct str from = STR("");
    int64_t n = 0;
    for (int level = 0; level < LEVELS; level++) {
        struct str to = prefix(key, shape->lengths[level]);
        n += RUN(db, "roll_sum", I64(roll), I64(level + 1), TEXT(from), TEXT(to));
        from = to;
    }
    return n + RUN(db, "roll_rest", I64(roll), TEXT(from), TEXT(key));
}

/* `n` entries after the first `skip`. */
static struct ids slice(struct sql *db, struct arena *a, enum store_roll roll, int64_t skip,
                        int64_t n) {
    struct str from = STR("");
    for (int level = 0; level < LEVELS && skip > 0; level++) {
        struct rows rows =
            ROWS(db, "roll_counts", I64(roll), I64(level + 1), TEXT(from), TEXT(end_of(a, from)));
        while (rows_next(&rows)) {
            int64_t entries = rows_i64(&rows, 1);
            if (skip < entries) {
                from = rows_text(&rows, a, 0);
                break;
            }
            skip -= entries;
        }
        rows_end(&rows);
    }
    struct rows rows = ROWS(db, "roll_from", I64(roll), TEXT(from));
    return rows_ids(&rows, a, skip, n);
}

/* The part's borders as numbers of entries. */
static void borders(struct sql *db, struct arena *a, const struct roll_part *part,
                    int64_t *ret_first, int64_t *ret_end) {
    bool is_time = part->roll == ROLL_PAGES || part->roll == ROLL_MEDIA;
    *ret_first = 0;
    *ret_end = total_of(db, part->roll);
    if (part->begins.len > 0) {
        struct str key = roll_name_key(a, part->begins);
        *ret_first = count_before(db, part->roll, key);
        *ret_end = count_before(db, part->roll, end_of(a, key));
    }
    if (is_time && part->from_us > INT64_MIN) {
        *ret_first = count_before(db, part->roll, roll_time_key(a, part->from_us));
    }
    if (is_time && part->to_us < INT64_MAX) {
        *ret_end = count_before(db, part->roll, roll_time_key(a, part->to_us));
    }
}

enum status store_roll_part(struct store_reader *r, struct arena *a, const struct roll_part *part,
                            int64_t offset, int64_t n, struct list_page *ret, struct err *err) {
    check(offset >= 0 && n > 0);
    struct sql *db = r->sql;
    keys_note(r->keys, str_of(shape_of(part->roll)->name));
    int64_t first, end;
    borders(db, a, part, &first, &end);
    struct list_page page = { .total = end > first ? end - first : 0, .pages = 1 };
    int64_t left = page.total > offset ? page.total - offset : 0;
    n = n < left ? n : left;
    if (n > 0 && part->last_first) {
        page.ids = slice(db, a, part->roll, end - offset - n, n);
        ids_turn_round(page.ids);
    } else if (n > 0) {
        page.ids = slice(db, a, part->roll, first + offset, n);
    }
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret = page;
    }
    return status;
}

static enum status ids_of(struct store_reader *r, struct arena *a, struct rows rows,
                          struct ids *ret, struct err *err) {
    VEC(int64_t) ids = { 0 };
    while (rows_next(&rows)) {
        *vec_push(a, &ids) = rows_i64(&rows, 0);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct ids){ ids.ptr, ids.len };
    }
    return status;
}

enum status store_tags_named(struct store_reader *r, struct arena *a, struct str slug, size_t max,
                             struct ids *ret, struct err *err) {
    keys_note(r->keys, str_of(shapes[ROLL_TAGS].name));
    return ids_of(r, a, ROWS(r->sql, "tags_of_slug", TEXT(slug), I64((int64_t)max)), ret, err);
}

enum status store_authors_named(struct store_reader *r, struct arena *a, struct str slug,
                                size_t max, struct ids *ret, struct err *err) {
    keys_note(r->keys, str_of(shapes[ROLL_AUTHORS].name));
    return ids_of(r, a, ROWS(r->sql, "authors_of_slug", TEXT(slug), I64((int64_t)max)), ret, err);
}

enum status store_media_of_story(struct store_reader *r, struct arena *a, int64_t story_id,
                                 size_t max, struct ids *ret, struct err *err) {
    keys_note(r->keys, str_of(shapes[ROLL_MEDIA].name));
    return ids_of(r, a, ROWS(r->sql, "media_of_story", I64(story_id), I64((int64_t)max)), ret, err);
}

enum status store_tags_by_size(struct store_reader *r, struct arena *a, size_t max, struct ids *ret,
                               struct err *err) {
    keys_note(r->keys, STR("tag-sizes"));
    keys_note(r->keys, str_of(shapes[ROLL_TAGS_USED].name));
    return ids_of(r, a, ROWS(r->sql, "tags_by_size", I64((int64_t)max)), ret, err);
}

/* ---- keeping ---- */

static void count(struct store_writer *w, enum store_roll roll, struct str key, int64_t n) {
    for (int level = 0; level <= LEVELS; level++) {
        struct str p = level == 0 ? STR("") : prefix(key, shape_of(roll)->lengths[level - 1]);
        if (RUN(w->sql, "roll_count_add", I64(roll), I64(level), TEXT(p), I64(n)) == 0) {
            RUN(w->sql, "roll_count_drop", I64(roll), I64(level), TEXT(p));
        }
    }
}

void roll_touch(struct store_writer *w, enum store_roll roll) {
    touch(w, str_of(shape_of(roll)->name));
}

void roll_move(struct store_writer *w, enum store_roll roll, int64_t id, struct str was,
               struct str now) {
    if ((was.ptr == NULL && now.ptr == NULL) ||
        (was.ptr != NULL && now.ptr != NULL && str_eq(was, now))) {
        return;
    }
    if (was.ptr != NULL) {
        RUN(w->sql, "roll_delete", I64(roll), TEXT(was), I64(id));
        count(w, roll, was, -1);
    }
    if (now.ptr != NULL) {
        RUN(w->sql, "roll_insert", I64(roll), TEXT(now), I64(id));
        count(w, roll, now, 1);
    }
    roll_touch(w, roll);
}

static const struct str nowhere = { NULL, 0 };

/* One that has stories keeps its place among those that have. */
static void rename_used(struct store_writer *w, enum store_roll roll, int64_t id, struct str was,
                        struct str now) {
    if (was.ptr != NULL && HAS(w->sql, "roll_has", I64(roll), TEXT(was), I64(id))) {
        roll_move(w, roll, id, was, now);
    }
}

void roll_tag_saved(struct store_writer *w, const struct tag *was, const struct tag *now,
                    int64_t id) {
    bool before = was->id != 0 && was->taxonomy.len == 0, after = now->taxonomy.len == 0;
    struct str old = before ? roll_name_key(&w->scratch, was->name) : nowhere;
    struct str new = after ? roll_name_key(&w->scratch, now->name) : nowhere;
    roll_move(w, ROLL_TAGS, id, old, new);
    rename_used(w, ROLL_TAGS_USED, id, old, new);
    if (!before && after && was->id != 0 &&
        RUN(w->sql, "list_count", I64(LIST_TAG), I64(id), I64(0), I64(0)) > 0) {
        roll_move(w, ROLL_TAGS_USED, id, nowhere, new);
    }
    if (before && !str_eq(was->slug, now->slug)) {
        roll_touch(w, ROLL_TAGS);
    }
}

void roll_author_saved(struct store_writer *w, const struct author *was, const struct author *now,
                       int64_t id) {
    if (was->id == 0) {
        roll_touch(w, ROLL_AUTHORS); /* somebody may have asked for the slug */
        return;
    }
    rename_used(w, ROLL_AUTHORS, id, roll_name_key(&w->scratch, was->name),
                roll_name_key(&w->scratch, now->name));
    if (!str_eq(was->slug, now->slug)) {
        roll_touch(w, ROLL_AUTHORS);
    }
}

static struct str page_key(struct store_writer *w, const struct story *s) {
    bool is_in = s->id != 0 && s->kind == STORY_PAGE && s->state == STORY_PUBLISHED &&
                 s->visibility == STORY_PUBLIC;
    return is_in ? roll_time_key(&w->scratch, s->published_us) : nowhere;
}

void roll_story_saved(struct store_writer *w, const struct story *was, const struct story *now) {
    roll_move(w, ROLL_PAGES, now->id, page_key(w, was), page_key(w, now));
}

void roll_media_saved(struct store_writer *w, const struct media *was, const struct media *now,
                      int64_t id) {
    struct str old = was->id != 0 ? roll_time_key(&w->scratch, was->created_us) : nowhere;
    roll_move(w, ROLL_MEDIA, id, old, roll_time_key(&w->scratch, now->created_us));
    if (was->parent_story_id != now->parent_story_id) {
        roll_touch(w, ROLL_MEDIA);
    }
}

void roll_list_changed(struct store_writer *w, struct list_id list, bool is_filled) {
    if (list.kind != LIST_TAG && list.kind != LIST_AUTHOR) {
        return;
    }
    bool is_tag = list.kind == LIST_TAG;
    struct rows rows = ROWS(w->sql, is_tag ? "roll_tag" : "roll_author", I64(list.id));
    bool found = rows_next(&rows);
    struct str name = found ? rows_text(&rows, &w->scratch, 0) : nowhere;
    rows_end(&rows);
    if (found) {
        struct str key = roll_name_key(&w->scratch, name);
        roll_move(w, is_tag ? ROLL_TAGS_USED : ROLL_AUTHORS, list.id, is_filled ? nowhere : key,
                  is_filled ? key : nowhere);
    }
}
