/* Readers' comments. */
#include "store/internal.h"

static void load_row(const struct rows *rows, struct arena *a, struct comment *ret) {
    *ret = (struct comment){
        .id = rows_i64(rows, 0),
        .story_id = rows_i64(rows, 1),
        .parent_id = rows_i64(rows, 2),
        .state = (enum comment_state)rows_i64(rows, 3),
        .author = rows_text(rows, a, 4),
        .author_email = rows_text(rows, a, 5),
        .author_url = rows_text(rows, a, 6),
        .author_ip = rows_text(rows, a, 7),
        .body = { rows_text(rows, a, 8) },
        .created_us = rows_i64(rows, 9),
        .kind = rows_text(rows, a, 10),
    };
}

enum status store_comments(struct store_reader *r, struct arena *a, int64_t story_id, size_t max,
                           struct comments *ret, struct err *err) {
    keys_notef(r->keys, "comments:%" PRId64, story_id);
    VEC(struct comment) all = { 0 };
    struct rows rows = ROWS(r->sql, "comment_approved", I64(story_id), I64((int64_t)max));
    while (rows_next(&rows)) {
        load_row(&rows, a, vec_push(a, &all));
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct comments){ all.ptr, all.len };
    }
    return status;
}

enum status store_newest_comments(struct store_reader *r, struct arena *a, int64_t story_id,
                                  size_t max, struct comments *ret, struct err *err) {
    VEC(struct comment) all = { 0 };
    struct rows rows;
    if (story_id != 0) {
        keys_notef(r->keys, "comments:%" PRId64, story_id);
        rows = ROWS(r->sql, "comment_newest_of_story", I64(story_id), I64((int64_t)max));
    } else {
        keys_note(r->keys, STR("all-comments"));
        rows = ROWS(r->sql, "comment_newest", I64((int64_t)max));
    }
    while (rows_next(&rows)) {
        load_row(&rows, a, vec_push(a, &all));
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct comments){ all.ptr, all.len };
    }
    return status;
}

enum status store_comment(struct store_reader *r, struct arena *a, int64_t id, struct comment *ret,
                          struct err *err) {
    keys_note(r->keys, STR("all-comments"));
    struct comment comment = { 0 };
    struct rows rows = ROWS(r->sql, "comment_get", I64(id));
    bool found = rows_next(&rows);
    if (found) {
        load_row(&rows, a, &comment);
        keys_notef(r->keys, "comments:%" PRId64, comment.story_id);
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no comment %" PRId64, id);
    }
    if (status == STATUS_OK) {
        *ret = comment;
    }
    return status;
}

enum status store_comment_count(struct store_reader *r, int64_t story_id, int64_t *ret,
                                struct err *err) {
    keys_notef(r->keys, "comments:%" PRId64, story_id);
    int64_t count = RUN(r->sql, "comment_count", I64(story_id));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = count;
    }
    return status;
}

static bool load(struct store_writer *w, int64_t id, struct comment *ret) {
    struct rows rows = ROWS(w->sql, "comment_get", I64(id));
    bool found = rows_next(&rows);
    if (found) {
        load_row(&rows, &w->scratch, ret);
    }
    rows_end(&rows);
    return found;
}

static bool equal(const struct comment *a, const struct comment *b) {
    return a->story_id == b->story_id && a->parent_id == b->parent_id && a->state == b->state &&
           str_eq(a->author, b->author) && str_eq(a->author_email, b->author_email) &&
           str_eq(a->author_url, b->author_url) && str_eq(a->author_ip, b->author_ip) &&
           str_eq(a->body.raw, b->body.raw) && a->created_us == b->created_us &&
           str_eq(a->kind, b->kind);
}

static bool is_counted(const struct comment *c) {
    return c->state == COMMENT_APPROVED && (c->kind.len == 0 || str_eq(c->kind, STR("comment")));
}

static void count(struct store_writer *w, const struct comment *was, const struct comment *now) {
    if (was->id != 0 && is_counted(was)) {
        RUN(w->sql, "comment_count_subtract", I64(was->story_id));
    }
    if (is_counted(now)) {
        RUN(w->sql, "comment_count_add", I64(now->story_id));
    }
}

/* Readers see approved ones only; but the metas of any depend on its story's key. */
static void touch_lists(struct store_writer *w, const struct comment *was,
                        const struct comment *now) {
    if (was->id != 0 && (was->state == COMMENT_APPROVED || was->story_id != now->story_id)) {
        touchf(w, "comments:%" PRId64, was->story_id);
    }
    if (now->state == COMMENT_APPROVED) {
        touchf(w, "comments:%" PRId64, now->story_id);
    }
    if ((was->id != 0 && is_counted(was)) || is_counted(now)) {
        touch(w, STR("all-comments"));
    }
}

enum status store_comment_put(struct store_writer *w, const struct comment *comment,
                              int64_t *ret_id, struct err *err) {
    struct sql *db = writer_verb(w);
    struct comment was = { 0 }, parent;
    if ((unsigned)comment->state > COMMENT_TRASHED) {
        return err_set(err, STATUS_INVALID, "a comment needs a state");
    }
    bool exists = comment->id == 0 || load(w, comment->id, &was);
    bool has_story = HAS(db, "story_exists", I64(comment->story_id));
    bool has_parent = comment->parent_id == 0 || load(w, comment->parent_id, &parent);
    enum status status = sql_result(db, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!exists || !has_story || !has_parent) {
        return err_set(err, STATUS_NOT_FOUND, "there is no such %s",
                       !exists      ? "comment"
                       : !has_story ? "story to comment on"
                                    : "comment to answer");
    }
    int64_t id = comment->id;
    if (id == 0 || !equal(&was, comment)) {
        const struct param params[] = {
            REF(id),
            I64(comment->story_id),
            REF(comment->parent_id),
            I64(comment->state),
            TEXT(comment->author),
            TEXT(comment->author_email),
            TEXT(comment->author_url),
            TEXT(comment->author_ip),
            TEXT(comment->body.raw),
            I64(comment->created_us),
            TEXT(comment->kind),
        };
        int64_t made =
            sql_run(db, id == 0 ? "comment_insert" : "comment_update", params, COUNT_OF(params));
        id = id == 0 ? made : id;
        count(w, &was, comment);
        touch_lists(w, &was, comment);
    }
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}
