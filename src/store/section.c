/* Sections: a tree. */
#include "store/internal.h"

#include "base/limits.h"

static void load_row(const struct rows *rows, struct arena *a, struct section *ret) {
    *ret = (struct section){
        .id = rows_i64(rows, 0),
        .parent_id = rows_i64(rows, 1),
        .name = rows_text(rows, a, 2),
        .slug = rows_text(rows, a, 3),
        .path = rows_text(rows, a, 4),
        .description = rows_text(rows, a, 5),
    };
}

static enum status load(struct sql *db, struct arena *a, int64_t id, struct section *ret,
                        struct err *err) {
    struct rows rows = ROWS(db, "section_get", I64(id));
    bool found = rows_next(&rows);
    struct section section = { 0 };
    if (found) {
        load_row(&rows, a, &section);
    }
    rows_end(&rows);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no section %" PRId64, id);
    }
    if (status == STATUS_OK) {
        *ret = section;
    }
    return status;
}

enum status store_section(struct store_reader *r, struct arena *a, int64_t id, struct section *ret,
                          struct err *err) {
    keys_notef(r->keys, "row:section:%" PRId64, id);
    return load(r->sql, a, id, ret, err);
}

/* The first of `all`, which are sorted by parent, whose parent is `id`. */
static size_t first_child(const struct section *all, size_t n, int64_t id) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].parent_id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* From sorted by (parent, name) to each section before its sub-sections. */
static struct sections preorder(struct arena *a, const struct section *all, size_t n) {
    struct section *out = arena_array(a, n, sizeof *out);
    size_t stack[LIMIT_SECTION_DEPTH + 1]; /* at each level, the next one to take */
    int64_t parents[LIMIT_SECTION_DEPTH + 1];
    size_t len = 0;
    int depth = 0;
    stack[0] = 0;
    parents[0] = 0;
    while (depth >= 0) {
        size_t at = stack[depth];
        if (at == n || all[at].parent_id != parents[depth] || len == n) {
            depth--;
            continue;
        }
        stack[depth]++;
        out[len++] = all[at];
        if (depth < (int)LIMIT_SECTION_DEPTH) {
            depth++;
            stack[depth] = first_child(all, n, all[at].id);
            parents[depth] = all[at].id;
        }
    }
    return (struct sections){ out, len };
}

enum status store_sections(struct store_reader *r, struct arena *a, struct sections *ret,
                           struct err *err) {
    keys_note(r->keys, STR("sections"));
    VEC(struct section) all = { 0 };
    struct rows rows = ROWS(r->sql, "section_all", NONE);
    while (rows_next(&rows)) {
        struct section *section = vec_push(a, &all);
        load_row(&rows, a, section);
        keys_notef(r->keys, "row:section:%" PRId64, section->id);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = preorder(a, all.ptr, all.len);
    }
    return status;
}

static enum status validate_parent(struct store_writer *w, const struct section *s,
                                   struct err *err) {
    struct sql *db = w->sql;
    bool exists = s->parent_id == 0 || HAS(db, "section_exists", I64(s->parent_id));
    struct ids above = sections_above(db, &w->scratch, s->parent_id);
    int64_t height = 1;
    if (s->id != 0) {
        height = RUN(db, "section_height", I64(s->id), I64(LIMIT_SECTION_DEPTH + 1));
    }
    enum status status = sql_result(db, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!exists) {
        return err_set(err, STATUS_NOT_FOUND, "there is no section %" PRId64, s->parent_id);
    }
    if (s->id != 0 && ids_has(above, s->id)) {
        return err_set(err, STATUS_INVALID, "a section cannot stand below itself");
    }
    if ((int64_t)above.len + height > LIMIT_SECTION_DEPTH) {
        return err_set(err, STATUS_INVALID, "sections stand at most %d deep", LIMIT_SECTION_DEPTH);
    }
    return STATUS_OK;
}

static bool sections_equal(const struct section *a, const struct section *b) {
    return a->parent_id == b->parent_id && str_eq(a->name, b->name) && str_eq(a->slug, b->slug) &&
           str_eq(a->path, b->path) && str_eq(a->description, b->description);
}

enum status store_section_put(struct store_writer *w, const struct section *section,
                              int64_t *ret_id, struct err *err) {
    struct sql *db = writer_verb(w);
    struct section was = { 0 };
    enum status status = STATUS_OK;
    if (section->id != 0) {
        status = load(db, &w->scratch, section->id, &was, err);
    }
    if (status == STATUS_OK && was.id != 0 && sections_equal(&was, section)) {
        *ret_id = was.id;
        return STATUS_OK;
    }
    if (status == STATUS_OK && (was.id == 0 || was.parent_id != section->parent_id)) {
        status = validate_parent(w, section, err);
    }
    if (status == STATUS_OK) {
        status = address_may_have(db, section->path, ADDRESS_SECTION, section->id, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const struct param params[] = {
        REF(section->id),    REF(section->parent_id), TEXT(section->name),
        TEXT(section->slug), TEXT(section->path),     TEXT(section->description),
    };
    int64_t id = section->id;
    if (id == 0) {
        id = sql_run(db, "section_insert", params, COUNT_OF(params));
        touch(w, STR("sections"));
    } else {
        sql_run(db, "section_update", params, COUNT_OF(params));
    }
    touchf(w, "row:section:%" PRId64, id);
    address_move(w, ADDRESS_SECTION, id, was.path, section->path);
    sitemap_path_changed(w, (struct list_id){ LIST_SECTION, id }, was.path, section->path);
    if (was.id != 0 && was.parent_id != section->parent_id) {
        lists_reparent(w, id, was.parent_id, section->parent_id);
    }
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}
