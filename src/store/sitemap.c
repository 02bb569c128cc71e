/* Sitemaps, cut by ranges of ids.
 *
 * The n-th file of a kind has what is public among STORE_SITEMAP_IDS ids, so that nothing ever
 * moves from one file into another: a publish touches the file of the newest ids, an edit that of
 * its own story, and each list that a story enters the file of the list's section, tag or author.
 * The table `sitemap` has a row for each file that is not empty: how many entries it has, and when
 * it changed last; the index is made from it alone. Changes only make that time later: what has
 * left a file has changed it, too.
 *
 * The front page is the list of all stories; it stands in the first file of sections, as a section
 * with the id 0.
 *
 * News are the stories after a horizon, which the newsroom's clock moves. */
#include "store/internal.h"

#include "base/clock.h"

static const char *const kind_names[] = {
    [SITEMAP_STORIES] = "stories", [SITEMAP_PAGES] = "pages",     [SITEMAP_SECTIONS] = "sections",
    [SITEMAP_TAGS] = "tags",       [SITEMAP_AUTHORS] = "authors",
};

static int64_t number_of(int64_t id) {
    return id > 0 ? (id - 1) / STORE_SITEMAP_IDS + 1 : 1;
}

const char *store_sitemap_name(enum sitemap_kind kind) {
    check((unsigned)kind < COUNT_OF(kind_names));
    return kind_names[kind];
}

/* ---- reading ---- */

enum status store_sitemaps(struct store_reader *r, struct arena *a, struct sitemaps *ret,
                           struct err *err) {
    keys_note(r->keys, STR("sitemaps"));
    VEC(struct sitemap) files = { 0 };
    struct rows rows = ROWS(r->sql, "sitemap_all", NONE);
    while (rows_next(&rows)) {
        *vec_push(a, &files) = (struct sitemap){
            .kind = (enum sitemap_kind)rows_i64(&rows, 0),
            .number = rows_i64(&rows, 1),
            .changed_us = rows_i64(&rows, 2),
        };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct sitemaps){ files.ptr, files.len };
    }
    return status;
}

static int64_t later(int64_t a_us, int64_t b_us) {
    return a_us > b_us ? a_us : b_us;
}

/* As on the page: our own copy, else where it was. */
static struct str image_of(const struct rows *rows, struct arena *a) {
    if (!str_starts(rows_text(rows, a, 3), STR("image/"))) {
        return STR("");
    }
    struct str path = rows_text(rows, a, 5);
    return rows_text(rows, a, 4).len > 0 && path.len > 0 ? path : rows_text(rows, a, 6);
}

enum status store_sitemap(struct store_reader *r, struct arena *a, enum sitemap_kind kind,
                          int64_t number, struct sitemap_entries *ret, struct err *err) {
    keys_notef(r->keys, "sitemap:%s:%" PRId64, store_sitemap_name(kind), number);
    VEC(struct sitemap_entry) entries = { 0 };
    if (number < 1 || number > INT64_MAX / STORE_SITEMAP_IDS) {
        *ret = (struct sitemap_entries){ NULL, 0 };
        return STATUS_OK;
    }
    int64_t last = number * STORE_SITEMAP_IDS, first = last - STORE_SITEMAP_IDS + 1;
    if (kind == SITEMAP_SECTIONS && number == 1) {
        *vec_push(a, &entries) = (struct sitemap_entry){
            .path = STR("/"),
            .image = STR(""),
            .changed_us = RUN(r->sql, "sitemap_list_newest", I64(LIST_LATEST), I64(0)),
        };
    }
    bool is_story = kind == SITEMAP_STORIES || kind == SITEMAP_PAGES;
    struct rows rows;
    if (is_story) {
        rows = ROWS(r->sql, "sitemap_stories",
                    I64(kind == SITEMAP_PAGES ? STORY_PAGE : STORY_STORY), I64(first), I64(last));
    } else {
        rows = ROWS(r->sql,
                    kind == SITEMAP_SECTIONS ? "sitemap_sections"
                    : kind == SITEMAP_TAGS   ? "sitemap_tags"
                                             : "sitemap_authors",
                    I64(first), I64(last));
    }
    while (rows_next(&rows)) {
        *vec_push(a, &entries) = (struct sitemap_entry){
            .path = rows_text(&rows, a, 0),
            .changed_us = is_story ? later(rows_i64(&rows, 1), rows_i64(&rows, 2))
                                   : rows_i64(&rows, 1),
            .image = is_story ? image_of(&rows, a) : STR(""),
        };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct sitemap_entries){ entries.ptr, entries.len };
    }
    return status;
}

/* ---- keeping the table ---- */

static void touch_file(struct store_writer *w, enum sitemap_kind kind, int64_t id) {
    touchf(w, "sitemap:%s:%" PRId64, kind_names[kind], number_of(id));
}

static void enter(struct store_writer *w, enum sitemap_kind kind, int64_t id, int64_t at_us) {
    RUN(w->sql, "sitemap_enter", I64(kind), I64(number_of(id)), I64(at_us));
    touch_file(w, kind, id);
    touch(w, STR("sitemaps"));
}

static void leave(struct store_writer *w, enum sitemap_kind kind, int64_t id, int64_t at_us) {
    if (RUN(w->sql, "sitemap_leave", I64(kind), I64(number_of(id)), I64(at_us)) == 0) {
        RUN(w->sql, "sitemap_drop", I64(kind), I64(number_of(id)));
    }
    touch_file(w, kind, id);
    touch(w, STR("sitemaps"));
}

static void change(struct store_writer *w, enum sitemap_kind kind, int64_t id, int64_t at_us) {
    touch_file(w, kind, id);
    if (HAS(w->sql, "sitemap_newer", I64(kind), I64(number_of(id)), I64(at_us))) {
        touch(w, STR("sitemaps"));
    }
}

static bool is_mapped(const struct story *s) {
    return s->id != 0 && s->state == STORY_PUBLISHED && s->visibility == STORY_PUBLIC &&
           !s->noindex && s->path.len > 0;
}

static enum sitemap_kind kind_of_story(const struct story *s) {
    return s->kind == STORY_PAGE ? SITEMAP_PAGES : SITEMAP_STORIES;
}

static int64_t changed_us(const struct story *s) {
    return later(s->published_us, s->updated_us);
}

static int64_t horizon(struct sql *db) {
    struct rows rows = ROWS(db, "horizon_get", TEXT(STR("news")));
    int64_t since_us = rows_next(&rows) ? rows_i64(&rows, 0) : INT64_MAX;
    rows_end(&rows);
    return since_us;
}

static void touch_news(struct store_writer *w, const struct story *was, const struct story *now) {
    bool before = is_mapped(was) && was->kind == STORY_STORY;
    bool after = is_mapped(now) && now->kind == STORY_STORY;
    if ((!before && !after) || (before && after && was->published_us == now->published_us &&
                                was->local_day == now->local_day && str_eq(was->path, now->path) &&
                                str_eq(was->headline, now->headline))) {
        return;
    }
    int64_t since_us = horizon(w->sql);
    if ((before && was->published_us > since_us) || (after && now->published_us > since_us)) {
        touch(w, STR("news"));
    }
}

void sitemap_story_saved(struct store_writer *w, const struct story *was, const struct story *now) {
    bool before = is_mapped(was), after = is_mapped(now);
    if (before && after && was->kind == now->kind) {
        if (changed_us(was) != changed_us(now) || was->lead_media_id != now->lead_media_id ||
            !str_eq(was->path, now->path)) {
            change(w, kind_of_story(now), now->id, changed_us(now));
        }
    } else {
        if (before) {
            leave(w, kind_of_story(was), was->id, changed_us(now));
        }
        if (after) {
            enter(w, kind_of_story(now), now->id, changed_us(now));
        }
    }
    touch_news(w, was, now);
}

static const enum sitemap_kind kinds_of_lists[] = {
    [LIST_LATEST] = SITEMAP_SECTIONS,
    [LIST_SECTION] = SITEMAP_SECTIONS,
    [LIST_TAG] = SITEMAP_TAGS,
    [LIST_AUTHOR] = SITEMAP_AUTHORS,
};

static bool has_path(struct sql *db, struct list_id list) {
    static const char *const paths[] = {
        [LIST_SECTION] = "section_path", [LIST_TAG] = "tag_path", [LIST_AUTHOR] = "author_path"
    };
    if (list.kind == LIST_LATEST) {
        return true;
    }
    struct arena a = { 0 };
    struct rows rows = ROWS(db, paths[list.kind], I64(list.id));
    bool has = rows_next(&rows) && rows_text(&rows, &a, 0).len > 0;
    rows_end(&rows);
    arena_done(&a);
    return has;
}

void sitemap_list_changed(struct store_writer *w, struct list_id list, enum sitemap_change what,
                          int64_t at_us) {
    check((unsigned)list.kind < COUNT_OF(kinds_of_lists));
    enum sitemap_kind kind = kinds_of_lists[list.kind];
    if (what == SITEMAP_LIST_MOVED) {
        change(w, kind, list.id, at_us);
    } else if (has_path(w->sql, list)) {
        (what == SITEMAP_LIST_FILLED ? enter : leave)(w, kind, list.id, at_us);
    }
}

void sitemap_path_changed(struct store_writer *w, struct list_id list, struct str old,
                          struct str path) {
    if (str_eq(old, path) ||
        RUN(w->sql, "list_count", I64(list.kind), I64(list.id), I64(0), I64(0)) == 0) {
        return;
    }
    enum sitemap_kind kind = kinds_of_lists[list.kind];
    int64_t at_us = RUN(w->sql, "sitemap_list_newest", I64(list.kind), I64(list.id));
    if (old.len == 0) {
        enter(w, kind, list.id, at_us);
    } else if (path.len == 0) {
        leave(w, kind, list.id, at_us);
    } else {
        change(w, kind, list.id, at_us);
    }
}

void sitemap_picture_changed(struct store_writer *w, int64_t media_id) {
    struct rows rows = ROWS(w->sql, "sitemap_of_picture", I64(media_id), I64(STORE_SITEMAP_IDS));
    while (rows_next(&rows)) {
        touchf(w, "sitemap:%s:%" PRId64,
               kind_names[rows_i64(&rows, 0) == STORY_PAGE ? SITEMAP_PAGES : SITEMAP_STORIES],
               rows_i64(&rows, 1));
    }
}

/* ---- news ---- */

/* The first day, of any zone, that can have a story after that time. */
static int64_t first_day(int64_t since_us) {
    if (since_us > INT64_MAX / 2) {
        return INT64_MAX;
    }
    struct civil c = civil_of_us(since_us - US_PER_DAY);
    return c.year * 10000 + c.month * 100 + c.day;
}

enum status store_news(struct store_reader *r, struct arena *a, size_t max, struct news *ret,
                       struct err *err) {
    keys_note(r->keys, STR("news"));
    VEC(struct news_item) items = { 0 };
    int64_t since_us = horizon(r->sql);
    struct rows rows =
        ROWS(r->sql, "news_items", I64(first_day(since_us)), I64(since_us), I64((int64_t)max));
    while (rows_next(&rows)) {
        *vec_push(a, &items) = (struct news_item){
            .path = rows_text(&rows, a, 0),
            .headline = rows_text(&rows, a, 1),
            .published_us = rows_i64(&rows, 2),
        };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct news){ items.ptr, items.len };
    }
    return status;
}

enum status store_news_oldest(struct store_reader *r, int64_t *ret_since_us, int64_t *ret_oldest_us,
                              struct err *err) {
    int64_t since_us = horizon(r->sql);
    int64_t oldest_us = RUN(r->sql, "news_oldest", I64(first_day(since_us)), I64(since_us));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret_since_us = since_us;
        *ret_oldest_us = oldest_us;
    }
    return status;
}

enum status store_news_since_put(struct store_writer *w, int64_t since_us, struct err *err) {
    struct sql *db = writer_verb(w);
    if (horizon(db) != since_us) {
        RUN(db, "horizon_put", TEXT(STR("news")), I64(since_us));
        touch(w, STR("news"));
    }
    return sql_result(db, err);
}
