/* Addresses: one table from a canonical path to what answers there. A story, section, tag, author
 * or picture answers itself at the path of its row; all other rows redirect. An address, once
 * given, is only ever taken over, never removed: what redirects yields to what answers itself. */
#include "store/internal.h"

#include "base/limits.h"

static bool load(struct sql *db, struct arena *a, struct str path, struct address *ret) {
    struct rows rows = ROWS(db, "address_get", TEXT(path));
    bool found = rows_next(&rows);
    if (found) {
        *ret = (struct address){
            .kind = (enum address_kind)rows_i64(&rows, 0),
            .id = rows_i64(&rows, 1),
            .redirect = rows_i64(&rows, 2) != 0,
            .url = rows_text(&rows, a, 3),
        };
    }
    rows_end(&rows);
    return found;
}

enum status store_address(struct store_reader *r, struct arena *a, struct str path,
                          struct address *ret, struct err *err) {
    keys_note_name(r->keys, STR("path:"), path);
    struct address found;
    bool has = load(r->sql, a, path, &found);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !has) {
        return err_set(err, STATUS_NOT_FOUND, "nothing is at %.*s",
                       (int)(path.len < 300 ? path.len : 300), path.ptr);
    }
    if (status == STATUS_OK) {
        *ret = found;
    }
    return status;
}

enum status store_address_next(struct store_reader *r, struct arena *a, struct str after,
                               struct str *ret_path, struct address *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "address_next", TEXT(after));
    bool found = rows_next(&rows);
    if (found) {
        *ret_path = rows_text(&rows, a, 0);
        *ret = (struct address){
            .kind = (enum address_kind)rows_i64(&rows, 1),
            .id = rows_i64(&rows, 2),
            .redirect = rows_i64(&rows, 3) != 0,
            .url = rows_text(&rows, a, 4),
        };
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

static const struct {
    const char *path;
    const char *exists;
    const char *key;
} targets[] = {
    [ADDRESS_STORY] = { "story_path", "story_exists", "story" },
    [ADDRESS_SECTION] = { "section_path", "section_exists", "row:section" },
    [ADDRESS_TAG] = { "tag_path", "tag_exists", "row:tag" },
    [ADDRESS_AUTHOR] = { "author_path", "author_exists", "row:author" },
    [ADDRESS_MEDIA] = { "media_path", "media_exists", "media" },
};

static bool is_target(enum address_kind kind) {
    return (unsigned)kind < COUNT_OF(targets) && targets[kind].path != NULL;
}

enum status store_path_of(struct store_reader *r, struct arena *a, enum address_kind kind,
                          int64_t id, struct str *ret, struct err *err) {
    check(is_target(kind));
    keys_notef(r->keys, "%s:%" PRId64, targets[kind].key, id);
    struct rows rows = ROWS(r->sql, targets[kind].path, I64(id));
    bool found = rows_next(&rows);
    struct str path = found ? rows_text(&rows, a, 0) : STR("");
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no %s:%" PRId64, targets[kind].key, id);
    }
    if (status == STATUS_OK) {
        *ret = path;
    }
    return status;
}

static enum status check_path(struct str path, struct err *err) {
    if (path.len == 0 || path.ptr[0] != '/' || path.len > LIMIT_PATH_BYTES) {
        return err_set(err, STATUS_INVALID,
                       "an address must begin with / and have at most %d bytes", LIMIT_PATH_BYTES);
    }
    return STATUS_OK;
}

static enum status conflict(struct str path, struct err *err) {
    return err_set(err, STATUS_CONFLICT, "the address %.*s belongs to something else",
                   (int)(path.len < 300 ? path.len : 300), path.ptr);
}

enum status address_may_have(struct sql *db, struct str path, enum address_kind kind, int64_t id,
                             struct err *err) {
    if (path.len == 0) {
        return STATUS_OK;
    }
    enum status status = check_path(path, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct arena a = { 0 };
    struct address at;
    bool taken = load(db, &a, path, &at) && !at.redirect && (at.kind != kind || at.id != id);
    arena_done(&a);
    status = sql_result(db, err);
    return status == STATUS_OK && taken ? conflict(path, err) : status;
}

static bool address_equal(const struct address *a, const struct address *b) {
    return a->kind == b->kind && a->id == b->id && a->redirect == b->redirect &&
           str_eq(a->url, b->url);
}

/* Write it unless it is so already. */
static void put(struct store_writer *w, struct str path, const struct address *address) {
    struct address old;
    if (load(w->sql, &w->scratch, path, &old) && address_equal(&old, address)) {
        return;
    }
    RUN(w->sql, "address_put", TEXT(path), I64(address->kind), I64(address->id),
        I64(address->redirect), TEXT(address->url));
    touch_name(w, STR("path:"), path);
}

void address_move(struct store_writer *w, enum address_kind kind, int64_t id, struct str old,
                  struct str path) {
    if (path.len > 0) {
        put(w, path, &(struct address){ .kind = kind, .id = id, .url = STR("") });
    }
    if (old.len > 0 && !str_eq(old, path)) {
        put(w, old, &(struct address){ .kind = kind, .id = id, .redirect = true, .url = STR("") });
    }
}

enum status store_address_put(struct store_writer *w, struct str path,
                              const struct address *address, struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = check_path(path, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct address wanted = *address;
    if (wanted.kind == ADDRESS_URL) {
        if (wanted.url.len == 0 || wanted.url.len > LIMIT_PATH_BYTES) {
            return err_set(err, STATUS_INVALID, "a redirect needs a URL of at most %d bytes",
                           LIMIT_PATH_BYTES);
        }
        wanted.id = 0;
        wanted.redirect = true;
    } else if (!is_target(wanted.kind)) {
        return err_set(err, STATUS_INVALID, "an address needs a target");
    } else {
        wanted.url = STR("");
    }
    struct address old;
    bool taken = load(db, &w->scratch, path, &old) && !old.redirect &&
                 !address_equal(&old, &wanted);
    bool exists = wanted.kind == ADDRESS_URL ||
                  HAS(db, targets[wanted.kind].exists, I64(wanted.id));
    status = sql_result(db, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (taken) {
        return conflict(path, err);
    }
    if (!exists) {
        return err_set(err, STATUS_NOT_FOUND, "there is no %s:%" PRId64 " to answer at an address",
                       targets[wanted.kind].key, wanted.id);
    }
    put(w, path, &wanted);
    return sql_result(db, err);
}
