/* Pictures and other files: their data; the files themselves lie in media/. */
#include "store/internal.h"
#include "store/media_file.h"
#include "store/roll.h"

static enum status load(struct sql *db, struct arena *a, int64_t id, struct media *ret,
                        struct err *err) {
    struct rows rows = ROWS(db, "media_get", I64(id));
    bool found = rows_next(&rows);
    struct media media = { 0 };
    if (found) {
        media = (struct media){
            .id = rows_i64(&rows, 0),
            .file = rows_text(&rows, a, 1),
            .path = rows_text(&rows, a, 2),
            .remote_url = rows_text(&rows, a, 3),
            .mime = rows_text(&rows, a, 4),
            .size_bytes = rows_i64(&rows, 5),
            .width = (int)rows_i64(&rows, 6),
            .height = (int)rows_i64(&rows, 7),
            .title = rows_text(&rows, a, 8),
            .alt = rows_text(&rows, a, 9),
            .caption = rows_text(&rows, a, 10),
            .credit = rows_text(&rows, a, 11),
            .licence = rows_text(&rows, a, 12),
            .created_us = rows_i64(&rows, 13),
            .parent_story_id = rows_i64(&rows, 14),
            .hash = rows_text(&rows, a, 15),
            .orientation = (int)rows_i64(&rows, 16),
            .frames = (int)rows_i64(&rows, 17),
            .has_alpha = rows_i64(&rows, 18) != 0,
            .colour = (unsigned)rows_i64(&rows, 19),
            .placeholder = rows_text(&rows, a, 20),
            .probed = rows_i64(&rows, 21) != 0,
            .byline = rows_text(&rows, a, 22),
            .source = rows_text(&rows, a, 23),
            .usage = rows_text(&rows, a, 24),
            .taken = rows_text(&rows, a, 25),
            .place = rows_text(&rows, a, 26),
            .people = rows_text(&rows, a, 27),
            .focal_x = (int)rows_i64(&rows, 28),
            .focal_y = (int)rows_i64(&rows, 29),
            .decorative = rows_i64(&rows, 30) != 0,
            .unsyndicated = rows_i64(&rows, 31) != 0,
        };
    }
    rows_end(&rows);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no media %" PRId64, id);
    }
    if (status == STATUS_OK) {
        *ret = media;
    }
    return status;
}

enum status store_media(struct store_reader *r, struct arena *a, int64_t id, struct media *ret,
                        struct err *err) {
    keys_notef(r->keys, "media:%" PRId64, id);
    return load(r->sql, a, id, ret, err);
}

static enum status found_id(struct sql *db, int64_t id, int64_t *ret_id, struct err *err) {
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && id == 0) {
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_media_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                             struct err *err) {
    return found_id(r->sql, RUN(r->sql, "media_next", I64(after)), ret_id, err);
}

enum status store_media_unprobed_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                                      struct err *err) {
    return found_id(r->sql, RUN(r->sql, "media_unprobed_next", I64(after)), ret_id, err);
}

enum status store_media_of_hash(struct store_reader *r, struct str hash, int64_t after,
                                int64_t *ret_id, struct err *err) {
    return found_id(r->sql, RUN(r->sql, "media_of_hash", TEXT(hash), I64(after)), ret_id, err);
}

static bool same_texts(const struct media *a, const struct media *b) {
    return str_eq(a->title, b->title) && str_eq(a->alt, b->alt) && str_eq(a->caption, b->caption) &&
           str_eq(a->credit, b->credit) && str_eq(a->byline, b->byline) &&
           str_eq(a->licence, b->licence) && str_eq(a->source, b->source) &&
           str_eq(a->usage, b->usage) && str_eq(a->taken, b->taken) && str_eq(a->place, b->place) &&
           str_eq(a->people, b->people);
}

static bool equal(const struct media *a, const struct media *b) {
    return str_eq(a->file, b->file) && str_eq(a->path, b->path) &&
           str_eq(a->remote_url, b->remote_url) && str_eq(a->mime, b->mime) &&
           a->size_bytes == b->size_bytes && a->created_us == b->created_us &&
           a->parent_story_id == b->parent_story_id && a->probed == b->probed &&
           a->width == b->width && a->height == b->height && a->orientation == b->orientation &&
           a->frames == b->frames && a->has_alpha == b->has_alpha && a->colour == b->colour &&
           str_eq(a->placeholder, b->placeholder) && same_texts(a, b) && a->focal_x == b->focal_x &&
           a->focal_y == b->focal_y && a->decorative == b->decorative &&
           a->unsyndicated == b->unsyndicated;
}

enum status store_media_put(struct store_writer *w, const struct media *media, int64_t *ret_id,
                            struct err *err) {
    struct sql *db = writer_verb(w);
    struct media was = { 0 };
    enum status status = STATUS_OK;
    if (media->id != 0) {
        status = load(db, &w->scratch, media->id, &was, err);
    }
    if (status == STATUS_OK && media->parent_story_id != 0 &&
        media->parent_story_id != was.parent_story_id &&
        !HAS(db, "story_exists", I64(media->parent_story_id)) && db->status == STATUS_OK) {
        return err_set(err, STATUS_NOT_FOUND, "there is no story %" PRId64, media->parent_story_id);
    }
    if (status == STATUS_OK) {
        status = address_may_have(db, media->path, ADDRESS_MEDIA, media->id, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int64_t id = media->id;
    if (id == 0 || !equal(&was, media)) {
        char hash[MEDIA_FILE_HASH_DIGITS + 1];
        const struct param params[] = {
            REF(id),
            TEXT(media->file),
            TEXT(media->path),
            TEXT(media->remote_url),
            TEXT(media->mime),
            I64(media->size_bytes),
            I64(media->width),
            I64(media->height),
            TEXT(media->title),
            TEXT(media->alt),
            TEXT(media->caption),
            TEXT(media->credit),
            TEXT(media->licence),
            I64(media->created_us),
            REF(media->parent_story_id),
            TEXT(media_file_hash(media->file, hash)),
            I64(media->orientation),
            I64(media->frames),
            I64(media->has_alpha),
            I64(media->colour),
            TEXT(media->placeholder),
            I64(media->probed),
            TEXT(media->byline),
            TEXT(media->source),
            TEXT(media->usage),
            TEXT(media->taken),
            TEXT(media->place),
            TEXT(media->people),
            I64(media->focal_x),
            I64(media->focal_y),
            I64(media->decorative),
            I64(media->unsyndicated),
        };
        int64_t made =
            sql_run(db, id == 0 ? "media_insert" : "media_update", params, COUNT_OF(params));
        id = id == 0 ? made : id;
        touchf(w, "media:%" PRId64, id);
        address_move(w, ADDRESS_MEDIA, id, was.path, media->path);
        roll_media_saved(w, &was, media, id);
        if (was.id != 0 &&
            (!str_eq(was.file, media->file) || !str_eq(was.path, media->path) ||
             !str_eq(was.remote_url, media->remote_url) || !str_eq(was.mime, media->mime))) {
            sitemap_picture_changed(w, id);
        }
    }
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}
