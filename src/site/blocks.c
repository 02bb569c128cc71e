/* The fragments that pages share.
 *
 * A page never shows a story twice in its lists, and yet no list may know the page that it stands
 * on. The way out is the variant: a list's `vary` ids are the stories whose own pages need the list
 * without them, and such a page takes "<key>/except:<id>".
 *
 * For `latest` these are the stories that it shows. `dont-miss` leaves out what `latest` of the
 * same section shows. On the page of a story that is in `latest`, the variant of `latest` shows one
 * more story at its end, which `dont-miss` must leave out there, too: so `dont-miss` varies by the
 * ids of both lists, and its variant is made beside the variant of `latest`. On the page of a story
 * that is in neither, both stand as they are; on the page of one that `dont-miss` alone shows,
 * `latest` without it is what it was, so that the page's plain `latest` and its varied `dont-miss`
 * agree.
 *
 * A page also shows the story's neighbours, which `dont-miss` must leave out, too. The stories that
 * have one of its stories as a neighbour are the neighbours of these: `dont-miss` varies by them as
 * well, and its variant leaves out the neighbours of its story. */
#include "site/blocks.h"

#include "site/cards.h"
#include "site/colour.h"
#include "site/publisher.h"

enum { NAV_LINKS_MAX = 12, FOOTER_LINKS_MAX = 24, FOOTER_PAGES_MAX = 12, THEME_CARDS = 5 };

/* ---- style ---- */

/* The default theme's darkest light and lightest dark ground that text stands on: --tint. */
static const struct colour ON_LIGHT = { 0xf4, 0xf4, 0xf1 }, ON_DARK = { 0x1f, 0x21, 0x24 };
#define TEXT_CONTRAST 4.5

static void put_accent(struct buf *out, const char *name, struct colour wanted,
                       struct colour towards, struct colour ground) {
    struct colour c = colour_readable(wanted, towards, ground, TEXT_CONTRAST);
    buf_printf(out, "%s:#%02x%02x%02x;", name, c.r, c.g, c.b);
}

/* What an editor chose about the looks, as the properties that style.css reads, above what a
 * theme's sheets say of them; nothing if he left all to the theme. */
static void put_theme_settings(const struct site_settings *s, struct buf *out) {
    struct colour accent;
    bool has_accent = colour_parse(s->theme_accent, &accent);
    if (!has_accent && !s->theme_sans && !s->theme_compact) {
        return;
    }
    buf_put(out, STR("\n<style>html:root{"));
    if (has_accent) {
        put_accent(out, "--accent-light", accent, (struct colour){ 0, 0, 0 }, ON_LIGHT);
        put_accent(out, "--accent-dark", accent, (struct colour){ 255, 255, 255 }, ON_DARK);
    }
    if (s->theme_sans) {
        buf_put(out, STR("--head:var(--sans);--text:var(--sans);"));
    }
    if (s->theme_compact) {
        buf_put(out, STR("--density:.75;"));
    }
    buf_put(out, STR("}</style>"));
}

/* ---- masthead and footer ---- */

static enum status menu_link(struct pass *pass, const struct menu_item *item, bool *ret_shown,
                             struct view_link *ret, struct err *err) {
    enum status status = STATUS_OK;
    *ret = (struct view_link){ .id = item->target_id, .href = item->url, .label = item->label };
    *ret_shown = item->url.len > 0;
    if (item->target == MENU_URL) {
        return STATUS_OK;
    }
    struct err lost = { 0 };
    struct view_link target = { 0 };
    if (item->target == MENU_STORY) {
        struct story story;
        status = store_story(pass->reader, pass->arena, item->target_id, STORY_CARD, &story, &lost);
        if (status == STATUS_OK && story_is_public(&story)) {
            target = (struct view_link){ .id = story.id, .label = card_headline(pass, &story) };
            status = card_address(pass, &story, &target.href, &lost);
        }
    } else {
        enum address_kind kind = item->target == MENU_SECTION ? ADDRESS_SECTION : ADDRESS_TAG;
        status = card_link(pass, kind, item->target_id, &target, &lost);
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", lost.message);
    }
    *ret_shown = target.href.len > 0;
    ret->href = target.href;
    if (ret->label.len == 0) {
        ret->label = target.label;
    }
    return STATUS_OK;
}

/* The top level of a menu, at most `max` of it; empty if there is no such menu. */
static enum status menu_links(struct pass *pass, struct str name, size_t max, struct list *ret,
                              struct err *err) {
    struct menu menu;
    enum status status = store_menu(pass->reader, pass->arena, name, &menu, err);
    VEC(struct view_link) links = { 0 };
    for (size_t i = 0; status == STATUS_OK && i < menu.len && links.len < max; i++) {
        struct view_link link;
        bool shown;
        if (menu.ptr[i].parent >= 0) {
            continue;
        }
        status = menu_link(pass, &menu.ptr[i], &shown, &link, err);
        if (status == STATUS_OK && shown) {
            *vec_push(pass->arena, &links) = link;
        }
    }
    *ret = LIST_OF(links);
    return status;
}

static enum status top_sections(struct pass *pass, size_t max, struct list *ret, struct err *err) {
    struct sections sections;
    enum status status = cards_top_sections(pass, &sections, err);
    VEC(struct view_link) links = { 0 };
    for (size_t i = 0; status == STATUS_OK && i < sections.len && i < max; i++) {
        const struct section *s = &sections.ptr[i];
        *vec_push(pass->arena, &links) =
            (struct view_link){ .id = s->id, .href = s->path, .label = s->name };
    }
    *ret = LIST_OF(links);
    return status;
}

/* The newsroom's own menu, or the sections. */
static enum status navigation(struct pass *pass, struct list *ret, struct err *err) {
    enum status status = menu_links(pass, STR("primary"), NAV_LINKS_MAX, ret, err);
    if (status == STATUS_OK && ret->len == 0) {
        status = top_sections(pass, NAV_LINKS_MAX, ret, err);
    }
    return status;
}

static enum status render_masthead(struct pass *pass, struct buf *out, struct err *err) {
    struct view_masthead_root root = { .site = pass->view };
    enum status status = navigation(pass, &root.links, err);
    if (status == STATUS_OK) {
        status = publisher_logo(pass, &root.logo, err);
    }
    return status == STATUS_OK ? pass_html(pass, "masthead", &root, out, err) : status;
}

static enum status render_footer(struct pass *pass, struct buf *out, struct err *err) {
    struct view_footer_root root = { .site = pass->view };
    enum status status = top_sections(pass, FOOTER_LINKS_MAX, &root.links, err);
    if (status == STATUS_OK) {
        status = menu_links(pass, STR("footer"), FOOTER_LINKS_MAX, &root.pages, err);
    }
    if (status == STATUS_OK && root.pages.len == 0) {
        struct ids pages;
        status = store_top_pages(pass->reader, pass->arena, FOOTER_PAGES_MAX, &pages, err);
        if (status == STATUS_OK) {
            status = card_story_links(pass, pages, &root.pages, err);
        }
    }
    return status == STATUS_OK ? pass_html(pass, "footer", &root, out, err) : status;
}

/* ---- lists of cards ---- */

static enum status latest_ids(struct pass *pass, int64_t section_id, int64_t except,
                              struct ids *ret, struct err *err) {
    return store_newest(pass->reader, pass->arena, section_list(section_id),
                        (size_t)pass->settings.latest_count,
                        (struct ids){ &except, except > 0 ? 1 : 0 }, ret, err);
}

static enum status render_latest(struct pass *pass, int64_t section_id, int64_t except,
                                 struct fragment_build *fragment, struct err *err) {
    struct view_block_root root = { .name = pass->settings.title };
    struct ids ids;
    enum status status = STATUS_OK;
    if (section_id > 0) {
        struct view_link section;
        status = card_link(pass, ADDRESS_SECTION, section_id, &section, err);
        root.name = section.label;
    }
    if (status == STATUS_OK) {
        status = latest_ids(pass, section_id, except, &ids, err);
    }
    if (status == STATUS_OK) {
        status = cards_read(pass, ids, pass->settings.latest_excerpt_words, &root.cards, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    root.five = ids.len == THEME_CARDS;
    fragment->vary = ids;
    return pass_html(pass, "latest", &root, &fragment->out, err);
}

/* Up to n stories for Don't Miss, none of those shown: the editors', the most read, the newest. */
static enum status dont_miss_ids(struct pass *pass, size_t n, struct ids shown, struct ids *ret,
                                 struct err *err) {
    struct ids picked, read, newest;
    enum status status = cards_picked(pass, STR("dont-miss"), n, shown, &picked, err);
    if (status == STATUS_OK && picked.len < n) {
        status =
            cards_most_read(pass, n - picked.len, ids_join(pass->arena, shown, picked), &read, err);
        if (status == STATUS_OK) {
            picked = ids_join(pass->arena, picked, read);
        }
    }
    if (status == STATUS_OK && picked.len < n) {
        status = store_newest(pass->reader, pass->arena, section_list(0), n - picked.len,
                              ids_join(pass->arena, shown, picked), &newest, err);
        if (status == STATUS_OK) {
            picked = ids_join(pass->arena, picked, newest);
        }
    }
    *ret = picked;
    return status;
}

/* What the page of a story shows beside its blocks: itself and its neighbours. */
static enum status shown_on_page(struct pass *pass, int64_t id, struct ids *ret, struct err *err) {
    int64_t *ids = arena_array(pass->arena, 3, sizeof *ids);
    struct story story;
    *ret = (struct ids){ ids, 0 };
    if (id == 0) {
        return STATUS_OK;
    }
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, err);
    ids[0] = id;
    if (status == STATUS_OK) {
        status = card_neighbours(pass, &story, &ids[1], &ids[2], err);
    }
    ret->len = 3;
    return status;
}

/* The stories on whose pages one of those stands as a neighbour, and some more: those beside it in
 * the whole site's list, or in those of all sections that it may stand in. */
static enum status pages_beside(struct pass *pass, struct ids shown, struct ids *ret,
                                struct err *err) {
    VEC(int64_t) ids = { 0 };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < shown.len; i++) {
        struct ids lists;
        status = card_neighbour_lists(pass, shown.ptr[i], &lists, err);
        for (size_t n = 0; status == STATUS_OK && n < lists.len; n++) {
            int64_t previous, next;
            status = store_neighbours(pass->reader, section_list(lists.ptr[n]), shown.ptr[i],
                                      &previous, &next, err);
            if (status == STATUS_OK) {
                *vec_push(pass->arena, &ids) = previous;
                *vec_push(pass->arena, &ids) = next;
            }
        }
    }
    *ret = (struct ids){ ids.ptr, ids.len };
    return status;
}

static enum status render_dont_miss(struct pass *pass, int64_t section_id, int64_t except,
                                    struct fragment_build *fragment, struct err *err) {
    struct view_block_root root = { .name = pass->settings.title };
    struct ids latest, picked, own, beside;
    enum status status = latest_ids(pass, section_id, except, &latest, err);
    if (status == STATUS_OK) {
        status = shown_on_page(pass, except, &own, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = dont_miss_ids(pass, (size_t)pass->settings.dont_miss_count,
                           ids_join(pass->arena, latest, own), &picked, err);
    if (status == STATUS_OK) {
        status = cards_read(pass, picked, pass->settings.dont_miss_excerpt_words, &root.cards, err);
    }
    if (status == STATUS_OK) {
        status = pages_beside(pass, picked, &beside, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    fragment->vary = ids_join(pass->arena, ids_join(pass->arena, latest, picked), beside);
    return pass_html(pass, "dont-miss", &root, &fragment->out, err);
}

/* ---- keys ---- */

const struct template_fragment blocks_fragments[] = {
    { .name = "style" },
    { .name = "masthead" },
    { .name = "footer" },
    { .name = "latest", .params = { { .name = "section", .kind = VALUE_INT } } },
    { .name = "dont-miss", .params = { { .name = "section", .kind = VALUE_INT } } },
    { .name = NULL },
};

/* "section:7" with that name; the number is not negative. */
static bool read_param(struct str part, struct str name, int64_t *ret) {
    return str_starts(part, name) && str_to_i64(str_from(part, name.len), ret) && *ret >= 0;
}

bool blocks_varies(struct str key) {
    return str_starts(key, STR("latest/")) || str_starts(key, STR("dont-miss/"));
}

enum status blocks_render(struct pass *pass, struct str key, struct fragment_build *fragment,
                          struct err *err) {
    if (str_eq(key, STR("style"))) {
        html_put(&fragment->out, look_style(pass->look, key, pass->settings.style_linked));
        put_theme_settings(&pass->settings, &fragment->out);
        return STATUS_OK;
    }
    if (str_starts(key, STR("style/"))) {
        html_put(&fragment->out, look_style(pass->look, str_from(key, strlen("style/")),
                                            pass->settings.style_linked));
        return STATUS_OK;
    }
    if (str_eq(key, STR("masthead"))) {
        return render_masthead(pass, &fragment->out, err);
    }
    if (str_eq(key, STR("footer"))) {
        return render_footer(pass, &fragment->out, err);
    }
    struct str rest = key, kind, part;
    int64_t section_id = 0, except = 0;
    bool good = str_split(&rest, '/', &kind) && str_split(&rest, '/', &part) &&
                read_param(part, STR("section:"), &section_id);
    if (good && str_split(&rest, '/', &part)) {
        good = read_param(part, STR("except:"), &except) && rest.ptr == NULL;
    }
    if (good && str_eq(kind, STR("latest"))) {
        return render_latest(pass, section_id, except, fragment, err);
    }
    if (good && str_eq(kind, STR("dont-miss"))) {
        return render_dont_miss(pass, section_id, except, fragment, err);
    }
    return err_set(err, STATUS_NOT_FOUND, "there is no fragment '%.*s'", STR_FMT(key));
}
