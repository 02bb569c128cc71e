/* Reading stories and what hangs on them. */
#include "store/internal.h"

static struct ids load_ids(struct sql *db, struct arena *a, const char *statement, int64_t id) {
    VEC(int64_t) ids = { 0 };
    struct rows rows = ROWS(db, statement, I64(id));
    while (rows_next(&rows)) {
        *vec_push(a, &ids) = rows_i64(&rows, 0);
    }
    return (struct ids){ ids.ptr, ids.len };
}

static struct corrections load_corrections(struct sql *db, struct arena *a, int64_t id) {
    VEC(struct correction) all = { 0 };
    struct rows rows = ROWS(db, "story_corrections", I64(id));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = (struct correction){ rows_i64(&rows, 0), rows_text(&rows, a, 1) };
    }
    return (struct corrections){ all.ptr, all.len };
}

static void load_row(const struct rows *rows, struct arena *a, enum story_part part,
                     struct story *ret) {
    *ret = (struct story){
        .id = rows_i64(rows, 0),
        .kind = (enum story_kind)rows_i64(rows, 1),
        .state = (enum story_state)rows_i64(rows, 2),
        .visibility = (enum story_visibility)rows_i64(rows, 3),
        .password = rows_text(rows, a, 4),
        .slug = rows_text(rows, a, 5),
        .path = rows_text(rows, a, 6),
        .headline = rows_text(rows, a, 7),
        .standfirst = rows_text(rows, a, 8),
        .published_us = rows_i64(rows, 9),
        .updated_us = rows_i64(rows, 10),
        .created_us = rows_i64(rows, 11),
        .local_day = (int)rows_i64(rows, 12),
        .section_id = rows_i64(rows, 13),
        .lead_media_id = rows_i64(rows, 14),
        .sticky = rows_i64(rows, 15) != 0,
        .comments_open = rows_i64(rows, 16) != 0,
        .parent_id = rows_i64(rows, 17),
        .menu_order = rows_i64(rows, 18),
        .word_count = (unsigned)rows_i64(rows, 19),
        .version = rows_i64(rows, 20),
        .noindex = rows_i64(rows, 21) != 0,
        .seo_title = STR(""),
        .seo_description = STR(""),
        .body = { STR("") },
    };
    if (part == STORY_FULL) {
        ret->seo_title = rows_text(rows, a, 22);
        ret->seo_description = rows_text(rows, a, 23);
        ret->body.raw = rows_text(rows, a, 24);
    }
}

bool story_load(struct sql *db, struct arena *a, int64_t id, enum story_part part,
                struct story *ret) {
    struct rows rows = ROWS(db, part == STORY_FULL ? "story_full" : "story_card", I64(id));
    bool found = rows_next(&rows);
    if (found) {
        load_row(&rows, a, part, ret);
    }
    rows_end(&rows);
    if (found) {
        ret->sections = load_ids(db, a, "story_sections", id);
        ret->authors = load_ids(db, a, "story_authors", id);
    }
    if (found && part == STORY_FULL) {
        ret->tags = load_ids(db, a, "story_tags", id);
        ret->corrections = load_corrections(db, a, id);
    }
    return found && db->status == STATUS_OK;
}

static enum status no_story(int64_t id, struct err *err) {
    return err_set(err, STATUS_NOT_FOUND, "there is no story %" PRId64, id);
}

enum status store_story(struct store_reader *r, struct arena *a, int64_t id, enum story_part part,
                        struct story *ret, struct err *err) {
    keys_notef(r->keys, "story:%" PRId64, id);
    struct story story;
    bool found = story_load(r->sql, a, id, part, &story);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return no_story(id, err);
    }
    if (status == STATUS_OK) {
        *ret = story;
    }
    return status;
}

enum status store_story_named(struct store_reader *r, struct str slug, int64_t *ret_id,
                              struct err *err) {
    keys_note_name(r->keys, STR("slug:"), slug);
    int64_t id = slug.len > 0 ? RUN(r->sql, "story_named", TEXT(slug)) : 0;
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && id == 0) {
        return err_set(err, STATUS_NOT_FOUND, "no story has that slug");
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_story_excerpt(struct store_reader *r, struct arena *a, int64_t id,
                                struct str *ret, struct err *err) {
    keys_notef(r->keys, "story:%" PRId64, id);
    struct rows rows = ROWS(r->sql, "story_excerpt", I64(id));
    bool found = rows_next(&rows);
    struct str excerpt = found ? rows_text(&rows, a, 0) : STR("");
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return no_story(id, err);
    }
    if (status == STATUS_OK) {
        *ret = excerpt;
    }
    return status;
}

enum status store_story_version(struct store_reader *r, int64_t id, int64_t *ret, struct err *err) {
    keys_notef(r->keys, "story:%" PRId64, id);
    int64_t version = RUN(r->sql, "story_version", I64(id));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && version == 0) {
        return no_story(id, err);
    }
    if (status == STATUS_OK) {
        *ret = version;
    }
    return status;
}

enum status store_story_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                             struct err *err) {
    int64_t id = RUN(r->sql, "story_next", I64(after));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && id == 0) {
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_top_pages(struct store_reader *r, struct arena *a, size_t max, struct ids *ret,
                            struct err *err) {
    keys_note(r->keys, STR("pages"));
    struct ids ids = load_ids(r->sql, a, "story_top_pages", (int64_t)max);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = ids;
    }
    return status;
}

enum status store_child_pages(struct store_reader *r, struct arena *a, int64_t parent_id,
                              size_t max, struct ids *ret, struct err *err) {
    keys_notef(r->keys, "pages:%" PRId64, parent_id);
    VEC(int64_t) ids = { 0 };
    struct rows rows = ROWS(r->sql, "story_child_pages", I64(parent_id), I64((int64_t)max));
    while (rows_next(&rows)) {
        *vec_push(a, &ids) = rows_i64(&rows, 0);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct ids){ ids.ptr, ids.len };
    }
    return status;
}

enum status store_next_due(struct store_reader *r, int64_t *ret_us, struct err *err) {
    struct rows rows = ROWS(r->sql, "story_due", NONE);
    int64_t due_us = rows_next(&rows) ? rows_i64(&rows, 1) : 0;
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret_us = due_us;
    }
    return status;
}
