#include "site/pages.h"

#include "base/clock.h"
#include "site/authors.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/head.h"
#include "site/json_ld.h"
#include "site/wanted.h"

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

enum status page_list_first(struct pass *pass, struct str base, struct str *ret, struct err *err) {
    struct story page;
    bool is_page = false;
    enum status status = base.len == 1 ? page_front_chosen(pass, STORY_CARD, &page, &is_page, err)
                                       : STATUS_OK;
    *ret = is_page ? STR("/page/1/") : base;
    return status;
}

struct str page_date_path(struct pass *pass, struct list_id date) {
    struct str shape = pass->settings.permalink;
    bool has_slash = shape.len == 0 || str_ends(shape, STR("/"));
    return wanted_date_path(pass->arena, date, has_slash ? STR("/") : STR(""));
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
    *ret = (struct list_name){ .description = STR("") };
    switch (list.kind) {
    case LIST_LATEST: ret->title = ret->name = pass_phrase(pass, "all_stories", NULL, 0); break;
    case LIST_SECTION: {
        struct section section = { 0 };
        status = store_section(pass->reader, pass->arena, list.id, &section, err);
        *ret = (struct list_name){ section.name, section.name, section.slug, section.description };
        break;
    }
    case LIST_TAG: {
        struct tag tag = { 0 };
        status = store_tag(pass->reader, pass->arena, list.id, &tag, err);
        struct phrase_arg arg = { .name = STR("tag"), .text = tag.name };
        *ret = (struct list_name){ pass_phrase(pass, "stories_tagged", &arg, 1), tag.name, tag.slug,
                                   tag.description };
        break;
    }
    case LIST_AUTHOR: {
        struct author author = { 0 };
        status = store_author(pass->reader, pass->arena, list.id, &author, err);
        *ret = (struct list_name){ author.name, author.name, author.slug, author.biography };
        break;
    }
    case LIST_YEAR:
    case LIST_MONTH:
    case LIST_DAY: ret->title = ret->name = date_title(pass, list); break;
    }
    return status;
}

/* ---- the page ---- */

static bool is_date(struct list_id list) {
    return list.kind == LIST_YEAR || list.kind == LIST_MONTH || list.kind == LIST_DAY;
}

static enum status sub_sections(struct pass *pass, struct list_id list, struct list *ret,
                                struct err *err) {
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

/* A list's address, and that of its first page. */
struct place {
    struct str base, first;
};

static struct str path_of(struct pass *pass, const struct place *place, int64_t number) {
    return number == 1 ? place->first : page_list_path(pass->arena, place->base, number);
}

static void set_pager(struct pass *pass, int64_t number, const struct place *place, int64_t pages,
                      struct view_list_root *root) {
    if (pages < 2) {
        return;
    }
    struct view_pager *pager = ARENA_NEW(pass->arena, struct view_pager);
    *pager = (struct view_pager){ .number = number, .pages = pages };
    if (number > 1) {
        pager->newer = path_of(pass, place, number - 1);
    }
    if (number < pages) {
        pager->older = path_of(pass, place, number + 1);
    }
    root->pager = pager;
}

/* What is said of a list whose own words are empty. */
static struct str describe(struct pass *pass, struct list_id list, const struct list_name *name) {
    static const char *const phrases[] = {
        [LIST_LATEST] = "describe_all", [LIST_SECTION] = "describe_section",
        [LIST_TAG] = "describe_tag",    [LIST_AUTHOR] = "describe_author",
        [LIST_YEAR] = "describe_date",  [LIST_MONTH] = "describe_date",
        [LIST_DAY] = "describe_date",
    };
    struct phrase_arg args[] = {
        { .name = STR("name"), .text = name->name },
        { .name = STR("site"), .text = pass->settings.title },
    };
    return name->description.len > 0 ? name->description
                                     : pass_phrase(pass, phrases[list.kind], args, COUNT_OF(args));
}

/* " – Page 2 of 7" behind a text, so that no two pages are called the same. */
static struct str with_place(struct pass *pass, struct str text, int64_t number, int64_t pages) {
    struct phrase_arg args[] = {
        pass_number_arg(pass, STR("n"), number),
        pass_number_arg(pass, STR("pages"), pages),
    };
    return number == 1 ? text
                       : arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(text),
                                      STR_FMT(pass_phrase(pass, "page_of", args, COUNT_OF(args))));
}

/* As on the front page, that of the first story that has one. */
static const struct view_image *first_image(struct list rows) {
    const struct view_card *cards = rows.items;
    for (size_t i = 0; i < rows.len; i++) {
        if (cards[i].image != NULL) {
            return cards[i].image;
        }
    }
    return NULL;
}

static enum status set_head(struct pass *pass, struct list_id list, int64_t number,
                            const struct place *place, int64_t pages, const struct list_name *name,
                            struct view_list_root *root, struct err *err) {
    struct str description = head_description(pass, describe(pass, list, name));
    struct view_head head = head_plain(pass, with_place(pass, root->title, number, pages), STR(""),
                                       path_of(pass, place, number));
    head.description = with_place(pass, description, number, pages);
    head.newer = root->pager != NULL ? root->pager->newer : STR("");
    head.older = root->pager != NULL ? root->pager->older : STR("");
    if (root->rows.len == 0) {
        head.robots = STR("noindex");
    }
    if (list.kind != LIST_LATEST) {
        head.feeds = feed_links(pass, head_title(pass, root->title), place->base);
    }
    if (root->author != NULL) {
        head.og_type = STR("profile");
        head.username = name->slug;
    }
    enum status status = head_image(
        pass, &head, root->author != NULL ? root->author->image : first_image(root->rows), err);
    if (status == STATUS_OK) {
        status = json_ld_list(pass, root, &head, err);
    }
    root->head = head;
    return status;
}

static struct view_link date_link(struct pass *pass, enum list_kind kind, int64_t id) {
    struct list_id date = { kind, id };
    return (struct view_link){ .id = id,
                               .href = page_date_path(pass, date),
                               .label = date_title(pass, date) };
}

/* A year's months or a month's days that have stories; a day of a month is called by its number. */
static enum status dates_below(struct pass *pass, struct list_id list, struct view_list_root *root,
                               struct err *err) {
    if (list.kind == LIST_DAY) {
        return STATUS_OK;
    }
    bool is_year = list.kind == LIST_YEAR;
    struct ids dates;
    enum status status = store_dates_within(pass->reader, pass->arena, list, &dates, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct view_link *links = arena_array(pass->arena, dates.len + 1, sizeof *links);
    for (size_t i = 0; i < dates.len; i++) {
        links[i] = date_link(pass, is_year ? LIST_MONTH : LIST_DAY, dates.ptr[i]);
        if (!is_year) {
            links[i].label = pass_number_arg(pass, STR("n"), dates.ptr[i] % 100).text;
        }
    }
    root->links = (struct list){ links, dates.len };
    root->links_name = pass_phrase(pass, is_year ? "months" : "days", NULL, 0);
    return STATUS_OK;
}

/* "2022 › March 2022" above a day. */
static enum status date_surroundings(struct pass *pass, struct list_id list,
                                     struct view_list_root *root, struct err *err) {
    struct view_link *trail = arena_array(pass->arena, 2, sizeof *trail);
    int64_t month = list.kind == LIST_DAY ? list.id / 100 : list.id;
    size_t n = 0;
    if (list.kind != LIST_YEAR) {
        trail[n++] = date_link(pass, LIST_YEAR, month / 100);
    }
    if (list.kind == LIST_DAY) {
        trail[n++] = date_link(pass, LIST_MONTH, month);
    }
    root->trail = (struct list){ trail, n };
    return dates_below(pass, list, root, err);
}

/* What stands around a section's, a date's or an author's stories. */
static enum status read_surroundings(struct pass *pass, struct list_id list,
                                     struct view_list_root *root, struct err *err) {
    if (list.kind == LIST_AUTHOR) {
        struct view_author *author = ARENA_NEW(pass->arena, struct view_author);
        root->author = author;
        return author_read(pass, list.id, author, err);
    }
    if (is_date(list)) {
        return date_surroundings(pass, list, root, err);
    }
    if (list.kind != LIST_SECTION) {
        return STATUS_OK;
    }
    root->links_name = pass_phrase(pass, "subsections", NULL, 0);
    enum status status = card_trail(pass, list.id, &root->trail, err);
    if (status == STATUS_OK && root->trail.len > 0) {
        root->trail.len--; /* it ends with the section itself */
    }
    return status == STATUS_OK ? sub_sections(pass, list, &root->links, err) : status;
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
    struct place place = { .base = base };
    status = page_list_first(pass, base, &place.first, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = page_list_name(pass, list, &name, err);
    if (status == STATUS_OK) {
        status = read_surroundings(pass, list, &root, err);
    }
    if (status == STATUS_OK) {
        status = cards_read(pass, found.ids, pass->settings.list_excerpt_words, &root.rows, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    root.title = name.title;
    root.description = name.description;
    set_pager(pass, number, &place, found.pages, &root);
    status = set_head(pass, list, number, &place, found.pages, &name, &root, err);
    return status == STATUS_OK ? pass_page(pass, "list", &root, 0, page, err) : status;
}
