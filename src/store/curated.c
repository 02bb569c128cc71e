/* What editors arrange by hand: slots and menus. */
#include "store/internal.h"

#include "base/limits.h"

#define NAME_BYTES_MAX 200

static enum status check_name(struct str name, struct err *err) {
    return name.len > 0 && name.len <= NAME_BYTES_MAX
               ? STATUS_OK
               : err_set(err, STATUS_INVALID, "a list's name has 1 to %d bytes", NAME_BYTES_MAX);
}

/* ---- slots ---- */

static struct ids load_slot(struct sql *db, struct arena *a, struct str name) {
    VEC(int64_t) ids = { 0 };
    struct rows rows = ROWS(db, "slot_get", TEXT(name));
    while (rows_next(&rows)) {
        *vec_push(a, &ids) = rows_i64(&rows, 0);
    }
    return (struct ids){ ids.ptr, ids.len };
}

enum status store_slot(struct store_reader *r, struct arena *a, struct str name, struct ids *ret,
                       struct err *err) {
    keys_note_name(r->keys, STR("slot:"), name);
    struct ids ids = load_slot(r->sql, a, name);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = ids;
    }
    return status;
}

enum status store_slot_put(struct store_writer *w, struct str name, struct ids stories,
                           struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = check_name(name, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (stories.len > LIMIT_SLOT_STORIES) {
        return err_set(err, STATUS_INVALID, "a slot has at most %d stories", LIMIT_SLOT_STORIES);
    }
    for (size_t i = 0; i < stories.len; i++) {
        if (!HAS(db, "story_exists", I64(stories.ptr[i])) && db->status == STATUS_OK) {
            return err_set(err, STATUS_NOT_FOUND, "there is no story %" PRId64, stories.ptr[i]);
        }
    }
    if (!ids_equal(load_slot(db, &w->scratch, name), stories)) {
        RUN(db, "slot_clear", TEXT(name));
        for (size_t i = 0; i < stories.len; i++) {
            RUN(db, "slot_insert", TEXT(name), I64((int64_t)i), I64(stories.ptr[i]));
        }
        touch_name(w, STR("slot:"), name);
    }
    return sql_result(db, err);
}

/* ---- menus ---- */

static struct menu load_menu(struct sql *db, struct arena *a, struct str name) {
    VEC(struct menu_item) items = { 0 };
    struct rows rows = ROWS(db, "menu_get", TEXT(name));
    while (rows_next(&rows)) {
        *vec_push(a, &items) = (struct menu_item){
            .label = rows_text(&rows, a, 0),
            .url = rows_text(&rows, a, 1),
            .target = (enum menu_target)rows_i64(&rows, 2),
            .target_id = rows_i64(&rows, 3),
            .parent = (int)rows_i64(&rows, 4),
        };
    }
    return (struct menu){ items.ptr, items.len };
}

enum status store_menu(struct store_reader *r, struct arena *a, struct str name, struct menu *ret,
                       struct err *err) {
    keys_note_name(r->keys, STR("menu:"), name);
    struct menu menu = load_menu(r->sql, a, name);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = menu;
    }
    return status;
}

static enum status validate_menu(struct sql *db, const struct menu *menu, struct err *err) {
    static const char *const exists[] = {
        [MENU_STORY] = "story_exists", [MENU_SECTION] = "section_exists", [MENU_TAG] = "tag_exists"
    };
    if (menu->len > LIMIT_MENU_ITEMS) {
        return err_set(err, STATUS_INVALID, "a menu has at most %d items", LIMIT_MENU_ITEMS);
    }
    for (size_t i = 0; i < menu->len; i++) {
        const struct menu_item *item = &menu->ptr[i];
        if ((unsigned)item->target > MENU_TAG || item->parent < -1 || item->parent >= (int)i) {
            return err_set(err, STATUS_INVALID,
                           "item %zu of a menu has no known target, or stands before its parent",
                           i);
        }
        if (item->target != MENU_URL && !HAS(db, exists[item->target], I64(item->target_id)) &&
            db->status == STATUS_OK) {
            return err_set(err, STATUS_NOT_FOUND, "the target of item %zu does not exist", i);
        }
    }
    return sql_result(db, err);
}

static bool menus_equal(const struct menu *a, const struct menu *b) {
    bool same = a->len == b->len;
    for (size_t i = 0; same && i < a->len; i++) {
        const struct menu_item *x = &a->ptr[i], *y = &b->ptr[i];
        same = str_eq(x->label, y->label) && str_eq(x->url, y->url) && x->target == y->target &&
               x->target_id == y->target_id && x->parent == y->parent;
    }
    return same;
}

enum status store_menu_put(struct store_writer *w, struct str name, const struct menu *menu,
                           struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = check_name(name, err);
    if (status == STATUS_OK) {
        status = validate_menu(db, menu, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct menu was = load_menu(db, &w->scratch, name);
    if (!menus_equal(&was, menu)) {
        RUN(db, "menu_clear", TEXT(name));
        for (size_t i = 0; i < menu->len; i++) {
            const struct menu_item *item = &menu->ptr[i];
            RUN(db, "menu_insert", TEXT(name), I64((int64_t)i), TEXT(item->label), TEXT(item->url),
                I64(item->target), I64(item->target_id), I64(item->parent));
        }
        touch_name(w, STR("menu:"), name);
    }
    return sql_result(db, err);
}
