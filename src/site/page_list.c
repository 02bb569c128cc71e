#include "site/pages.h"

#include "site/cards.h"
#include "site/feed.h"
#include "site/head.h"

#include "base/clock.h"

struct str page_list_path(struct arena *a, struct str base, int64_t number) {
    if (number <= 1) {
        return base;
    }
    if (str_find_char(base, '?', 0) != STR_NPOS) {
        return arena_printf(a, "%.*s&paged=%lld", STR_FMT(base), (long long)number);
    }
    return str_ends(base, STR("/"))
               ? arena_printf(a, "%.*spage/%lld/", STR_FMT(base), (long long)number)
               : arena_printf(a, "%.*s/page/%lld", STR_FMT(base), (long long)number);
}

/* ---- names ---- */

static struct str date_title(struct pass *pass, struct list_id list) {
    int64_t id = list.id;
    struct civil day = { .year = (int)(id / 10000),
                         .month = (int)(id / 100 % 100),
                         .day = (int)(id % 100),
                         .hour = 12 };
    if (list.kind == LIST_MONTH) {
        day = (struct civil){ .year = (int)(id / 100), .month = (int)(id % 100), .day = 15 };
    }
    if (list.kind == LIST_YEAR) {
        day = (struct civil){ .year = (int)id, .month = 7, .day = 1 };
    }
    int64_t at_us = dates_to_us(pass->dates, day);
    return list.kind == LIST_YEAR    ? dates_year(pass->dates, pass->arena, at_us)
           : list.kind == LIST_MONTH ? dates_month(pass->dates, pass->arena, at_us)
                                     : dates_long(pass->dates, pass->arena, at_us);
}

enum status page_list_name(struct pass *pass, struct list_id list, struct list_name *ret,
                           struct err *err) {
    enum status status = STATUS_OK;
    *ret = (struct list_name){ STR(""), STR("") };
    switch (list.kind) {
    case LIST_LATEST: ret->title = pass_phrase(pass, "all_stories", NULL, 0); break;
    case LIST_SECTION: {
        struct section section = { 0 };
        status = store_section(pass->reader, pass->arena, list.id, &section, err);
        *ret = (struct list_name){ section.name, section.description };
        break;
    }
    case LIST_TAG: {
        struct tag tag = { 0 };
        status = store_tag(pass->reader, pass->arena, list.id, &tag, err);
        struct phrase_arg arg = { .name = STR("tag"), .text = tag.name };
        *ret = (struct list_name){ pass_phrase(pass, "stories_tagged", &arg, 1), tag.description };
        break;
    }
    case LIST_AUTHOR: {
        struct author author = { 0 };
        status = store_author(pass->reader, pass->arena, list.id, &author, err);
        *ret = (struct list_name){ author.name, author.biography };
        break;
    }
    case LIST_YEAR:
    case LIST_MONTH:
    case LIST_DAY: ret->title = date_title(pass, list); break;
    }
    return status;
}

/* ---- the page ---- */

static bool is_date(struct list_id list) {
    return list.kind == LIST_YEAR || list.kind == LIST_MONTH || list.kind == LIST_DAY;
}

static enum status sub_sections(struct pass *pass, struct list_id list, struct list *ret,
                                struct err *err) {
    *ret = (struct list){ 0 };
    if (list.kind != LIST_SECTION) {
        return STATUS_OK;
    }
    struct sections all;
    VEC(struct view_link) links = { 0 };
    enum status status = store_sections(pass->reader, pass->arena, &all, err);
    for (size_t i = 0; status == STATUS_OK && i < all.len; i++) {
        if (all.ptr[i].parent_id == list.id) {
            *vec_push(pass->arena, &links) = (struct view_link){ .id = all.ptr[i].id,
                                                                 .href = all.ptr[i].path,
                                                                 .label = all.ptr[i].name };
        }
    }
    card_links_sort(pass, links.ptr, links.len);
    *ret = LIST_OF(links);
    return status;
}

static void set_pager(struct pass *pass, int64_t number, struct str base, int64_t pages,
                      struct view_list_root *root) {
    if (pages < 2) {
        return;
    }
    struct view_pager *pager = ARENA_NEW(pass->arena, struct view_pager);
    *pager = (struct view_pager){ .number = number, .pages = pages };
    if (number > 1) {
        pager->newer = page_list_path(pass->arena, base, number - 1);
    }
    if (number < pages) {
        pager->older = page_list_path(pass->arena, base, number + 1);
    }
    root->pager = pager;
    root->head.newer = pager->newer;
    root->head.older = pager->older;
}

static void set_head(struct pass *pass, struct list_id list, int64_t number, struct str base,
                     int64_t pages, struct view_list_root *root) {
    struct str title = root->title;
    if (number > 1) {
        struct phrase_arg args[] = {
            pass_number_arg(pass, STR("n"), number),
            pass_number_arg(pass, STR("pages"), pages),
        };
        struct str place = pass_phrase(pass, "page_of", args, COUNT_OF(args));
        title = arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(title), STR_FMT(place));
    }
    root->head =
        head_plain(pass, title, root->description, page_list_path(pass->arena, base, number));
    if (list.kind != LIST_LATEST && !is_date(list)) {
        root->head.feeds = feed_links(pass, head_title(pass, root->title), base);
    }
}

enum status page_list(struct pass *pass, struct list_id list, int64_t number, struct str base,
                      struct page_build *page, struct err *err) {
    struct list_page found;
    struct err past = { 0 };
    enum status status = store_list_page(pass->reader, pass->arena, list, number,
                                         pass->settings.stories_per_page, &found, &past);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && found.total == 0 && is_date(list))) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", past.message);
    }
    struct view_list_root root = { .site = pass->view };
    struct list_name name;
    status = page_list_name(pass, list, &name, err);
    if (status == STATUS_OK) {
        status = sub_sections(pass, list, &root.links, err);
    }
    if (status == STATUS_OK) {
        status = cards_read(pass, found.ids, pass->settings.list_excerpt_words, &root.rows, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    root.title = name.title;
    root.description = name.description;
    set_head(pass, list, number, base, found.pages, &root);
    set_pager(pass, number, base, found.pages, &root);
    return pass_page(pass, "list", &root, 0, page, err);
}
