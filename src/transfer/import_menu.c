/* Navigation menus: their items are collected while the files are read, and resolved at the end,
 * when everything that they lead to is here. */
#include "transfer/import_run.h"

#include "base/limits.h"
#include "text/url.h"

#include <stdlib.h>

void import_menu_item(struct import_run *run, const struct wxr_item *item) {
    struct import_site *site = run->site;
    struct arena *a = &run->arena;
    if (site->menu_items.len >= LIMIT_IMPORT_MENU_ITEMS) {
        if (report_first(run->report, STR("menu items"))) {
            run_warn(run, "the menus have more than %d items: the rest is left out",
                     LIMIT_IMPORT_MENU_ITEMS);
        }
        return;
    }
    struct import_menu_item ours = { .id = item->id, .order = item->menu_order };
    for (size_t i = 0; i < item->terms.len; i++) {
        if (str_eq(item->terms.ptr[i].taxonomy, STR("nav_menu"))) {
            ours.menu = arena_str(a, item->terms.ptr[i].slug);
        }
    }
    if (ours.menu.len == 0) {
        return;
    }
    if (!str_to_i64(str_trim(wxr_meta_get(&item->metas, "_menu_item_menu_item_parent")),
                    &ours.parent)) {
        ours.parent = 0;
    }
    if (!str_to_i64(str_trim(wxr_meta_get(&item->metas, "_menu_item_object_id")),
                    &ours.object_id)) {
        ours.object_id = 0;
    }
    ours.title = arena_str(a, run_plain_text(run, item->title));
    ours.type = arena_str(a, wxr_meta_get(&item->metas, "_menu_item_type"));
    ours.object = arena_str(a, wxr_meta_get(&item->metas, "_menu_item_object"));
    ours.url = arena_str(a, str_trim(wxr_meta_get(&item->metas, "_menu_item_url")));
    *vec_push(a, &site->menu_items) = ours;
}

/* ---- targets ---- */

static enum status story_target(struct import_run *run, const struct import_menu_item *from,
                                struct menu_item *ret, struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct story story;
    enum status status = run_known(run, "post", run_decimal(run, from->object_id), &known, err);
    if (status == STATUS_OK && known.id != 0) {
        status = run_reader(run, &reader, err);
        if (status == STATUS_OK) {
            status = store_story(reader, &run->item, known.id, STORY_CARD, &story, err);
        }
        ret->target = MENU_STORY;
        ret->target_id = known.id;
        ret->label = from->title.len > 0 ? from->title : story.headline;
    }
    return status;
}

static enum status term_target(struct import_run *run, const struct import_menu_item *from,
                               struct menu_item *ret, struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct str id = run_decimal(run, from->object_id);
    bool category = str_eq(from->object, STR("category"));
    enum status status = run_known(run, category ? "category-id" : "term-id", id, &known, err);
    if (status != STATUS_OK || known.id == 0) {
        return status;
    }
    struct str name = STR("");
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK && category) {
        struct section section;
        status = store_section(reader, &run->item, known.id, &section, err);
        name = section.name;
    } else if (status == STATUS_OK) {
        struct tag tag;
        status = store_tag(reader, &run->item, known.id, &tag, err);
        name = tag.name;
    }
    ret->target = category ? MENU_SECTION : MENU_TAG;
    ret->target_id = known.id;
    ret->label = from->title.len > 0 ? from->title : name;
    return status;
}

static void url_target(struct import_run *run, const struct import_menu_item *from,
                       struct menu_item *ret) {
    struct str path;
    struct str url = from->url;
    if (url.len == 0 || !url_safe_href(url)) {
        return;
    }
    bool own = url.ptr[0] != '#' && run_own_path(run, url, true, &path);
    size_t fragment = own ? str_find_char(url, '#', 0) : STR_NPOS;
    ret->target = MENU_URL;
    ret->url = !own                   ? url
               : fragment == STR_NPOS ? path
                                      : arena_printf(&run->item, "%.*s%.*s", STR_FMT(path),
                                                     STR_FMT(str_from(url, fragment)));
    ret->label = from->title.len > 0 ? from->title : ret->url;
}

/* The label stays empty when the target is not known. */
static enum status resolve(struct import_run *run, const struct import_menu_item *from,
                           struct menu_item *ret, struct err *err) {
    *ret = (struct menu_item){ .label = STR(""), .url = STR(""), .parent = -1 };
    if (str_eq(from->type, STR("post_type"))) {
        return story_target(run, from, ret, err);
    }
    if (str_eq(from->type, STR("taxonomy"))) {
        return term_target(run, from, ret, err);
    }
    url_target(run, from, ret);
    return STATUS_OK;
}

/* ---- menus ---- */

static int by_order(const void *x, const void *y) {
    const struct import_menu_item *a = *(const struct import_menu_item *const *)x;
    const struct import_menu_item *b = *(const struct import_menu_item *const *)y;
    int order = (a->order > b->order) - (a->order < b->order);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

/* An item stands behind its parent: those whose parent is not there yet wait for a later round. */
static enum status build(struct import_run *run, struct str name, struct menu *ret,
                         struct err *err) {
    VEC(const struct import_menu_item *) items = { 0 };
    VEC(struct menu_item) out = { 0 };
    VEC(int64_t) ids = { 0 };
    const struct import_site *site = run->site;
    for (size_t i = 0; i < site->menu_items.len; i++) {
        if (str_eq(site->menu_items.ptr[i].menu, name)) {
            *vec_push(&run->item, &items) = &site->menu_items.ptr[i];
        }
    }
    if (items.len > 0) {
        qsort(items.ptr, items.len, sizeof *items.ptr, by_order);
    }
    bool orphans = false;
    for (size_t left = items.len; left > 0;) {
        size_t before = left;
        for (size_t i = 0; i < items.len; i++) {
            const struct import_menu_item *from = items.ptr[i];
            int parent = -1;
            for (size_t k = 0; from != NULL && k < ids.len; k++) {
                parent = ids.ptr[k] == from->parent ? (int)k : parent;
            }
            if (from == NULL || (from->parent != 0 && parent < 0 && !orphans)) {
                continue;
            }
            struct menu_item item;
            enum status status = resolve(run, from, &item, err);
            if (status != STATUS_OK) {
                return status;
            }
            items.ptr[i] = NULL;
            left--;
            if (item.label.len == 0) {
                report_warn(run->report, NULL, 0, from->id,
                            "an item of the menu '%.*s' leads to nothing that is in the export: "
                            "it was left out",
                            STR_FMT(name));
                continue;
            }
            item.parent = parent;
            *vec_push(&run->item, &out) = item;
            *vec_push(&run->item, &ids) = from->id;
        }
        orphans = left == before; /* their parents were left out: they come to the top */
    }
    *ret = (struct menu){ out.ptr, out.len };
    return STATUS_OK;
}

static uint64_t menu_hash(const struct menu *menu) {
    uint64_t hash = 7;
    for (size_t i = 0; i < menu->len; i++) {
        const struct menu_item *item = &menu->ptr[i];
        hash = hash_field(hash_field(hash, item->label), item->url);
        hash = hash_number(hash_number(hash, item->target), item->target_id);
        hash = hash_number(hash, item->parent);
    }
    return hash;
}

/* A menu that was changed here stays as it is here. One that is kept under two names counts once.
 */
static enum status put_menu(struct import_run *run, struct str name, const struct menu *menu,
                            bool counts, struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    struct menu now;
    uint64_t hash = menu_hash(menu);
    enum status status = run_known(run, "menu", name, &known, err);
    if (status != STATUS_OK || (known.id != 0 && known.hash == hash)) {
        return status;
    }
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_menu(reader, &run->item, name, &now, err);
    }
    if (status == STATUS_OK && now.len > 0 && (known.id == 0 || menu_hash(&now) != known.hash)) {
        if (known.id != 0) {
            report_warn(run->report, NULL, 0, 0, "the menu '%.*s' was changed here: it stays",
                        STR_FMT(name));
        }
        return STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK) {
        status = store_menu_put(writer, name, menu, err);
    }
    run->report->menus += counts && status == STATUS_OK;
    return status == STATUS_OK ? run_remember(run, "menu", name, 1, hash, err) : status;
}

static bool names_primary(const struct import_menu_name *menu, const char *word) {
    return str_find_nocase(menu->slug, str_of(word), 0) != STR_NPOS ||
           str_find_nocase(menu->name, str_of(word), 0) != STR_NPOS;
}

/* Which menu leads: the theme's locations are not exported, so its name decides, or its place. */
static size_t primary_of(const struct import_site *site, const size_t *counts) {
    static const char *const words[] = { "primary", "main", "header" };
    for (size_t w = 0; w < COUNT_OF(words); w++) {
        for (size_t i = 0; i < site->menus.len; i++) {
            if (counts[i] > 0 && names_primary(&site->menus.ptr[i], words[w])) {
                return i;
            }
        }
    }
    for (size_t i = 0; i < site->menus.len; i++) {
        if (counts[i] > 0) {
            return i;
        }
    }
    return STR_NPOS;
}

static enum status import_site_menus(struct import_run *run, struct err *err) {
    const struct import_site *site = run->site;
    enum status status = STATUS_OK;
    size_t *counts = arena_array(&run->arena, site->menus.len + 1, sizeof *counts);
    for (size_t i = 0; i < site->menus.len; i++) {
        for (size_t k = 0; k < site->menu_items.len; k++) {
            counts[i] += str_eq(site->menu_items.ptr[k].menu, site->menus.ptr[i].slug);
        }
    }
    size_t primary = primary_of(site, counts);
    for (size_t i = 0; status == STATUS_OK && i < site->menus.len; i++) {
        struct str name = site->menus.ptr[i].slug;
        struct menu menu;
        if (counts[i] == 0) {
            continue;
        }
        arena_reset(&run->item);
        status = build(run, name, &menu, err);
        bool by_name = i == primary || !str_eq(name, STR("primary"));
        if (status == STATUS_OK && by_name) {
            status = put_menu(run, name, &menu, true, err);
        }
        if (status == STATUS_OK && i == primary && !str_eq(name, STR("primary"))) {
            status = put_menu(run, STR("primary"), &menu, false, err);
        }
    }
    return status;
}

enum status import_menus(struct import_run *run, struct err *err) {
    enum status status = STATUS_OK;
    run->file = NULL;
    run->line = 0;
    for (size_t i = 0; status == STATUS_OK && i < run->site_list.len; i++) {
        run->site = run->site_list.ptr[i];
        status = import_site_menus(run, err);
        if (status == STATUS_OK) {
            status = run_commit(run, true, err);
        }
    }
    return status;
}
