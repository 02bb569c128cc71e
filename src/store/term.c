/* Tags, authors and users: rows with an address, without a life of their own. */
#include "store/roll.h"

static enum status none(struct err *err, const char *what, int64_t id) {
    return err_set(err, STATUS_NOT_FOUND, "there is no %s %" PRId64, what, id);
}

/* ---- tags ---- */

static enum status load_tag(struct sql *db, struct arena *a, int64_t id, struct tag *ret,
                            struct err *err) {
    struct rows rows = ROWS(db, "tag_get", I64(id));
    bool found = rows_next(&rows);
    struct tag tag = { 0 };
    if (found) {
        tag = (struct tag){
            .id = rows_i64(&rows, 0),
            .name = rows_text(&rows, a, 1),
            .slug = rows_text(&rows, a, 2),
            .path = rows_text(&rows, a, 3),
            .description = rows_text(&rows, a, 4),
            .taxonomy = rows_text(&rows, a, 5),
        };
    }
    rows_end(&rows);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && !found) {
        return none(err, "tag", id);
    }
    if (status == STATUS_OK) {
        *ret = tag;
    }
    return status;
}

enum status store_tag(struct store_reader *r, struct arena *a, int64_t id, struct tag *ret,
                      struct err *err) {
    keys_notef(r->keys, "row:tag:%" PRId64, id);
    return load_tag(r->sql, a, id, ret, err);
}

enum status store_tag_put(struct store_writer *w, const struct tag *tag, int64_t *ret_id,
                          struct err *err) {
    struct sql *db = writer_verb(w);
    struct tag was = { 0 };
    enum status status = STATUS_OK;
    if (tag->id != 0) {
        status = load_tag(db, &w->scratch, tag->id, &was, err);
    }
    if (status == STATUS_OK) {
        status = address_may_have(db, tag->path, ADDRESS_TAG, tag->id, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int64_t id = tag->id;
    if (id == 0 || !str_eq(was.name, tag->name) || !str_eq(was.slug, tag->slug) ||
        !str_eq(was.path, tag->path) || !str_eq(was.description, tag->description) ||
        !str_eq(was.taxonomy, tag->taxonomy)) {
        const struct param params[] = {
            REF(id),         TEXT(tag->name),        TEXT(tag->slug),
            TEXT(tag->path), TEXT(tag->description), TEXT(tag->taxonomy),
        };
        int64_t made = sql_run(db, id == 0 ? "tag_insert" : "tag_update", params, COUNT_OF(params));
        id = id == 0 ? made : id;
        touchf(w, "row:tag:%" PRId64, id);
        address_move(w, ADDRESS_TAG, id, was.path, tag->path);
        sitemap_path_changed(w, (struct list_id){ LIST_TAG, id }, was.path, tag->path);
        roll_tag_saved(w, &was, tag, id);
    }
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

/* ---- authors ---- */

static enum status load_author(struct sql *db, struct arena *a, int64_t id, struct author *ret,
                               struct err *err) {
    struct rows rows = ROWS(db, "author_get", I64(id));
    bool found = rows_next(&rows);
    struct author author = { 0 };
    if (found) {
        author = (struct author){
            .id = rows_i64(&rows, 0),
            .user_id = rows_i64(&rows, 1),
            .name = rows_text(&rows, a, 2),
            .slug = rows_text(&rows, a, 3),
            .path = rows_text(&rows, a, 4),
            .biography = rows_text(&rows, a, 5),
            .email = rows_text(&rows, a, 6),
            .login = rows_text(&rows, a, 7),
            .media_id = rows_i64(&rows, 8),
        };
    }
    rows_end(&rows);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && !found) {
        return none(err, "author", id);
    }
    if (status == STATUS_OK) {
        *ret = author;
    }
    return status;
}

enum status store_author(struct store_reader *r, struct arena *a, int64_t id, struct author *ret,
                         struct err *err) {
    keys_notef(r->keys, "row:author:%" PRId64, id);
    return load_author(r->sql, a, id, ret, err);
}

enum status store_author_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                              struct err *err) {
    int64_t id = RUN(r->sql, "author_next", I64(after));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && id == 0) {
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

static bool authors_equal(const struct author *a, const struct author *b) {
    return a->user_id == b->user_id && str_eq(a->name, b->name) && str_eq(a->slug, b->slug) &&
           str_eq(a->path, b->path) && str_eq(a->biography, b->biography) &&
           str_eq(a->email, b->email) && str_eq(a->login, b->login) && a->media_id == b->media_id;
}

static enum status validate_author(struct sql *db, const struct author *author, struct err *err) {
    if (author->user_id != 0 && !HAS(db, "user_exists", I64(author->user_id)) &&
        db->status == STATUS_OK) {
        return none(err, "user", author->user_id);
    }
    if (author->media_id != 0 && !HAS(db, "media_exists", I64(author->media_id)) &&
        db->status == STATUS_OK) {
        return none(err, "media", author->media_id);
    }
    return address_may_have(db, author->path, ADDRESS_AUTHOR, author->id, err);
}

enum status store_author_put(struct store_writer *w, const struct author *author, int64_t *ret_id,
                             struct err *err) {
    struct sql *db = writer_verb(w);
    struct author was = { 0 };
    enum status status = STATUS_OK;
    if (author->id != 0) {
        status = load_author(db, &w->scratch, author->id, &was, err);
    }
    if (status == STATUS_OK) {
        status = validate_author(db, author, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int64_t id = author->id;
    if (id == 0 || !authors_equal(&was, author)) {
        const struct param params[] = {
            REF(id),
            REF(author->user_id),
            TEXT(author->name),
            TEXT(author->slug),
            TEXT(author->path),
            TEXT(author->biography),
            TEXT(author->email),
            TEXT(author->login),
            REF(author->media_id),
        };
        int64_t made =
            sql_run(db, id == 0 ? "author_insert" : "author_update", params, COUNT_OF(params));
        id = id == 0 ? made : id;
        touchf(w, "row:author:%" PRId64, id);
        address_move(w, ADDRESS_AUTHOR, id, was.path, author->path);
        sitemap_path_changed(w, (struct list_id){ LIST_AUTHOR, id }, was.path, author->path);
        roll_author_saved(w, &was, author, id);
    }
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}
