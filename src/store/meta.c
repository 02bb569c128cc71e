/* What is kept of a thing beside its row: keys and values in an order, a key perhaps several times.
 * The thing's own key stands for them: who reads a meta depends on it, who changes one touches it.
 */
#include "store/internal.h"

static const struct {
    const char *name;
    const char *exists; /* statement */
    const char *key;    /* its dependency key's prefix */
} owners[] = {
    [META_STORY] = { "story", "story_exists", "story:" },
    [META_MEDIA] = { "media", "media_exists", "media:" },
    [META_SECTION] = { "section", "section_exists", "row:section:" },
    [META_TAG] = { "tag", "tag_exists", "row:tag:" },
    [META_AUTHOR] = { "author", "author_exists", "row:author:" },
    [META_COMMENT] = { "comment", "comment_story", "comments:" }, /* with its story's id */
};

static bool is_kind(enum meta_kind kind) {
    return (unsigned)kind < COUNT_OF(owners) && owners[kind].name != NULL;
}

/* The id in the dependency key; 0: there is no such comment, and nothing to depend on. */
static int64_t key_id(struct sql *db, enum meta_kind kind, int64_t id) {
    return kind == META_COMMENT ? RUN(db, "comment_story", I64(id)) : id;
}

static void note(struct store_reader *r, enum meta_kind kind, int64_t id) {
    check(is_kind(kind));
    int64_t noted = r->keys != NULL ? key_id(r->sql, kind, id) : 0;
    if (noted != 0) {
        keys_notef(r->keys, "%s%" PRId64, owners[kind].key, noted);
    }
}

static struct settings load(struct sql *db, struct arena *a, enum meta_kind kind, int64_t id) {
    VEC(struct setting) all = { 0 };
    struct rows rows = ROWS(db, "meta_all", I64(kind), I64(id));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = (struct setting){ rows_text(&rows, a, 0), rows_text(&rows, a, 1) };
    }
    return (struct settings){ all.ptr, all.len };
}

enum status store_meta(struct store_reader *r, struct arena *a, enum meta_kind kind, int64_t id,
                       struct str key, struct str *ret, struct err *err) {
    note(r, kind, id);
    struct str value = { NULL, 0 };
    struct rows rows = ROWS(r->sql, "meta_get", I64(kind), I64(id), TEXT(key));
    if (rows_next(&rows)) {
        value = rows_text(&rows, a, 0);
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = value;
    }
    return status;
}

enum status store_metas(struct store_reader *r, struct arena *a, enum meta_kind kind, int64_t id,
                        struct settings *ret, struct err *err) {
    note(r, kind, id);
    struct settings all = load(r->sql, a, kind, id);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = all;
    }
    return status;
}

static bool equal(struct settings a, const struct setting *metas, size_t n) {
    bool same = a.len == n;
    for (size_t i = 0; same && i < n; i++) {
        same = str_eq(a.ptr[i].key, metas[i].key) && str_eq(a.ptr[i].value, metas[i].value);
    }
    return same;
}

enum status store_metas_put(struct store_writer *w, enum meta_kind kind, int64_t id,
                            const struct setting *metas, size_t n, struct err *err) {
    struct sql *db = writer_verb(w);
    check(is_kind(kind));
    bool exists = HAS(db, owners[kind].exists, I64(id));
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && !exists) {
        return err_set(err, STATUS_NOT_FOUND, "there is no %s %" PRId64, owners[kind].name, id);
    }
    struct settings now = load(db, &w->scratch, kind, id);
    if (status == STATUS_OK && !equal(now, metas, n)) {
        if (now.len > 0) {
            RUN(db, "meta_clear", I64(kind), I64(id));
        }
        for (size_t i = 0; i < n; i++) {
            RUN(db, "meta_insert", I64(kind), I64(id), I64((int64_t)i), TEXT(metas[i].key),
                TEXT(metas[i].value));
        }
        touchf(w, "%s%" PRId64, owners[kind].key, key_id(db, kind, id));
    }
    return sql_result(db, err);
}
