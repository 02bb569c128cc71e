#include "site/cards.h"

#include "base/limits.h"
#include "site/image.h"
#include "site/memo.h"
#include "site/pages.h"
#include "text/words.h"

#include <stdlib.h>

bool story_is_public(const struct story *story) {
    return story->state == STORY_PUBLISHED && story->visibility == STORY_PUBLIC;
}

bool ids_have(struct ids ids, int64_t id) {
    for (size_t i = 0; i < ids.len; i++) {
        if (ids.ptr[i] == id) {
            return true;
        }
    }
    return false;
}

struct ids ids_join(struct arena *a, struct ids first, struct ids second) {
    int64_t *both = arena_array(a, first.len + second.len + 1, sizeof *both);
    for (size_t i = 0; i < first.len; i++) {
        both[i] = first.ptr[i];
    }
    for (size_t i = 0; i < second.len; i++) {
        both[first.len + i] = second.ptr[i];
    }
    return (struct ids){ both, first.len + second.len };
}

struct list_id section_list(int64_t section_id) {
    return section_id > 0 ? (struct list_id){ LIST_SECTION, section_id }
                          : (struct list_id){ LIST_LATEST, 0 };
}

struct str card_headline(struct pass *pass, const struct story *story) {
    struct str headline = str_trim(story->headline);
    return headline.len > 0 ? headline : pass_phrase(pass, "untitled", NULL, 0);
}

struct str card_direction(const struct pass *pass, struct str headline) {
    struct str own = text_direction(headline);
    return str_eq(own, pass->view.direction) ? STR("") : own;
}

/* ---- what was read before ---- */

/* While something is read for the memo, what it notes is noted apart. */
struct reading {
    struct keys own, *outer;
};

static void reading_begin(struct pass *pass, struct reading *r) {
    keys_init(&r->own);
    r->outer = store_read_note(pass->reader, &r->own);
}

static void reading_end(struct pass *pass, struct reading *r) {
    (void)store_read_note(pass->reader, r->outer);
    for (size_t i = 0; i < r->own.list.len; i++) {
        keys_add(r->outer, r->own.list.ptr[i]);
    }
    keys_done(&r->own);
}

/* ---- links ---- */

static enum status read_link(struct pass *pass, enum address_kind kind, int64_t id,
                             struct view_link *ret, struct err *err) {
    enum status status;
    if (kind == ADDRESS_SECTION) {
        struct section section;
        status = store_section(pass->reader, pass->arena, id, &section, err);
        if (status == STATUS_OK) {
            *ret = (struct view_link){ .id = id, .href = section.path, .label = section.name };
        }
    } else if (kind == ADDRESS_TAG) {
        struct tag tag;
        status = store_tag(pass->reader, pass->arena, id, &tag, err);
        if (status == STATUS_OK) {
            *ret = (struct view_link){ .id = id, .href = tag.path, .label = tag.name };
        }
    } else {
        struct author author;
        check(kind == ADDRESS_AUTHOR);
        status = store_author(pass->reader, pass->arena, id, &author, err);
        if (status == STATUS_OK) {
            *ret = (struct view_link){ .id = id, .href = author.path, .label = author.name };
        }
    }
    return status;
}

enum status card_link(struct pass *pass, enum address_kind kind, int64_t id, struct view_link *ret,
                      struct err *err) {
    struct site_memo *memo = pass->thread->memo;
    if (memo == NULL) {
        return read_link(pass, kind, id, ret, err);
    }
    if (memo_link(memo, kind, id, store_read_noting(pass->reader), ret)) {
        return STATUS_OK;
    }
    struct reading reading;
    reading_begin(pass, &reading);
    enum status status = read_link(pass, kind, id, ret, err);
    if (status == STATUS_OK) {
        memo_link_put(memo, kind, id, &reading.own, ret);
    }
    reading_end(pass, &reading);
    return status;
}

/* "A, B and C" */
static void set_between(struct pass *pass, struct view_link *links, size_t n) {
    struct str *names = arena_array(pass->arena, 2 * n + 1, sizeof *names), *between = names + n;
    for (size_t i = 0; i < n; i++) {
        names[i] = links[i].label;
    }
    language_between(pass->language, pass->arena, names, n, between);
    for (size_t i = 0; i < n; i++) {
        links[i].after = between[i];
    }
}

enum status card_links(struct pass *pass, enum address_kind kind, struct ids ids, struct list *ret,
                       struct err *err) {
    VEC(struct view_link) links = { 0 };
    for (size_t i = 0; i < ids.len; i++) {
        struct view_link link;
        enum status status = card_link(pass, kind, ids.ptr[i], &link, NULL);
        if (status == STATUS_OK) {
            *vec_push(pass->arena, &links) = link;
        } else if (status != STATUS_NOT_FOUND) {
            return err_set(err, status, "a story's links cannot be read");
        }
    }
    if (kind == ADDRESS_AUTHOR) {
        set_between(pass, links.ptr, links.len);
    }
    *ret = LIST_OF(links);
    return STATUS_OK;
}

static int by_label(const void *a, const void *b, void *order) {
    const struct view_link *first = a, *second = b;
    int by_name = language_compare(order, first->label, second->label);
    return by_name != 0 ? by_name : (first->id > second->id) - (first->id < second->id);
}

void card_links_sort(struct pass *pass, struct view_link *links, size_t n) {
    if (n > 1) {
        qsort_r(links, n, sizeof *links, by_label, pass->language);
    }
}

struct ranked {
    struct section section;
    size_t rank; /* in the menu */
};

static int by_rank(const void *a, const void *b, void *order) {
    const struct ranked *first = a, *second = b;
    if (first->rank != second->rank) {
        return first->rank < second->rank ? -1 : 1;
    }
    int by_name = language_compare(order, first->section.name, second->section.name);
    return by_name != 0 ? by_name
                        : (first->section.id > second->section.id) -
                              (first->section.id < second->section.id);
}

static size_t rank_in(const struct menu *menu, int64_t section_id) {
    size_t rank = 0;
    while (rank < menu->len &&
           (menu->ptr[rank].target != MENU_SECTION || menu->ptr[rank].target_id != section_id)) {
        rank++;
    }
    return rank;
}

enum status cards_top_sections(struct pass *pass, struct sections *ret, struct err *err) {
    struct sections all = { NULL, 0 };
    struct menu menu;
    enum status status = store_menu(pass->reader, pass->arena, STR("primary"), &menu, err);
    if (status == STATUS_OK) {
        status = store_sections(pass->reader, pass->arena, &all, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    VEC(struct ranked) top = { 0 };
    for (size_t i = 0; i < all.len; i++) {
        if (all.ptr[i].parent_id == 0) {
            *vec_push(pass->arena, &top) =
                (struct ranked){ all.ptr[i], rank_in(&menu, all.ptr[i].id) };
        }
    }
    if (top.len > 1) {
        qsort_r(top.ptr, top.len, sizeof *top.ptr, by_rank, pass->language);
    }
    struct section *sections = arena_array(pass->arena, top.len + 1, sizeof *sections);
    for (size_t i = 0; i < top.len; i++) {
        sections[i] = top.ptr[i].section;
    }
    *ret = (struct sections){ sections, top.len };
    return STATUS_OK;
}

enum status card_trail(struct pass *pass, int64_t section_id, struct list *ret, struct err *err) {
    struct view_link *links = arena_array(pass->arena, LIMIT_SECTION_DEPTH + 1, sizeof *links);
    size_t from = LIMIT_SECTION_DEPTH + 1;
    for (int64_t id = section_id; id > 0 && from > 0;) {
        struct section section = { 0 };
        enum status status = store_section(pass->reader, pass->arena, id, &section, err);
        if (status != STATUS_OK) {
            return status;
        }
        links[--from] = (struct view_link){ .id = id, .href = section.path, .label = section.name };
        id = section.parent_id;
    }
    *ret = (struct list){ links + from, LIMIT_SECTION_DEPTH + 1 - from };
    return STATUS_OK;
}

enum status card_address(struct pass *pass, const struct story *story, struct str *ret,
                         struct err *err) {
    bool is_front;
    enum status status = page_front_is(pass, story, &is_front, err);
    *ret = is_front ? STR("/") : story->path;
    return status;
}

enum status card_story_links(struct pass *pass, struct ids ids, struct list *ret, struct err *err) {
    VEC(struct view_link) links = { 0 };
    for (size_t i = 0; i < ids.len; i++) {
        struct story story;
        enum status status =
            store_story(pass->reader, pass->arena, ids.ptr[i], STORY_CARD, &story, err);
        if (status == STATUS_OK && story_is_public(&story)) {
            struct view_link link = { .id = story.id, .label = card_headline(pass, &story) };
            status = card_address(pass, &story, &link.href, err);
            *vec_push(pass->arena, &links) = link;
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    *ret = LIST_OF(links);
    return STATUS_OK;
}

/* ---- neighbours ---- */

enum status card_neighbours(struct pass *pass, const struct story *story, int64_t *ret_previous,
                            int64_t *ret_next, struct err *err) {
    *ret_previous = *ret_next = 0;
    return story_is_public(story) /* others stand in no list */
               ? store_neighbours(
                     pass->reader,
                     section_list(pass->settings.neighbours_in_section ? story->section_id : 0),
                     story->id, ret_previous, ret_next, err)
               : STATUS_OK;
}

enum status card_neighbour_lists(struct pass *pass, int64_t id, struct ids *ret, struct err *err) {
    VEC(int64_t) lists = { 0 };
    struct story story = { 0 };
    enum status status = STATUS_OK;
    *vec_push(pass->arena, &lists) = 0; /* also of stories without a section */
    if (pass->settings.neighbours_in_section) {
        status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < story.sections.len; i++) {
        struct list above = { 0 };
        status = card_trail(pass, story.sections.ptr[i], &above, err);
        const struct view_link *links = above.items;
        for (size_t n = 0; status == STATUS_OK && n < above.len; n++) {
            if (!ids_have((struct ids){ lists.ptr, lists.len }, links[n].id)) {
                *vec_push(pass->arena, &lists) = links[n].id;
            }
        }
    }
    *ret = (struct ids){ lists.ptr, lists.len };
    return status;
}

/* ---- pictures ---- */

enum status card_image(struct pass *pass, int64_t media_id, const struct view_image **ret,
                       struct err *err) {
    *ret = NULL;
    if (media_id == 0) {
        return STATUS_OK;
    }
    struct media *media = ARENA_NEW(pass->arena, struct media);
    struct err lost = { 0 };
    enum status status = store_media(pass->reader, pass->arena, media_id, media, &lost);
    if (status == STATUS_NOT_FOUND) {
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    *ret = image_of_media(pass, media);
    return STATUS_OK;
}

/* ---- cards ---- */

enum status card_excerpt(struct pass *pass, int64_t id, int64_t words, struct str *ret,
                         bool *ret_broken, struct err *err) {
    bool ignored;
    bool *broken = ret_broken != NULL ? ret_broken : &ignored;
    *ret = STR("");
    *broken = false;
    if (words == 0) {
        return STATUS_OK;
    }
    struct str kept;
    enum status status = store_story_excerpt(pass->reader, pass->arena, id, &kept, err);
    if (status != STATUS_OK) {
        return status;
    }
    bool more;
    *ret = words_cut(pass->arena, kept, (size_t)words, &more);
    if (more) {
        struct str ellipsis = pass->settings.excerpt_ellipsis;
        *broken = ellipsis.len == 0 && !words_end_sentence(*ret);
        *ret = arena_printf(pass->arena, "%.*s%.*s", STR_FMT(*ret), STR_FMT(ellipsis));
    }
    return STATUS_OK;
}

static enum status read_card(struct pass *pass, int64_t id, int64_t words, struct view_card *ret,
                             struct err *err) {
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    check(story_is_public(&story)); /* lists hold nothing else */
    *ret = (struct view_card){
        .id = id,
        .headline = card_headline(pass, &story),
        .standfirst = story.standfirst,
        .at = dates_rfc3339(pass->dates, pass->arena, story.published_us),
        .date = dates_long(pass->dates, pass->arena, story.published_us),
    };
    ret->direction = card_direction(pass, ret->headline);
    status = card_address(pass, &story, &ret->href, err);
    if (status == STATUS_OK) {
        status = card_excerpt(pass, id, words, &ret->excerpt, &ret->is_broken, err);
    }
    if (status == STATUS_OK) {
        status = card_image(pass, story.lead_media_id, &ret->image, err);
    }
    if (status == STATUS_OK) {
        status = card_links(pass, ADDRESS_AUTHOR, story.authors, &ret->authors, err);
    }
    if (status == STATUS_OK && story.section_id > 0) {
        struct view_link *section = ARENA_NEW(pass->arena, struct view_link);
        status = card_link(pass, ADDRESS_SECTION, story.section_id, section, err);
        ret->section = section;
    }
    return status;
}

enum status card_read(struct pass *pass, int64_t id, int64_t words, struct view_card *ret,
                      struct err *err) {
    struct site_memo *memo = pass->thread->memo;
    if (memo == NULL) {
        return read_card(pass, id, words, ret, err);
    }
    if (memo_card(memo, id, words, store_read_noting(pass->reader), ret)) {
        return STATUS_OK;
    }
    struct reading reading;
    reading_begin(pass, &reading);
    enum status status = read_card(pass, id, words, ret, err);
    if (status == STATUS_OK) {
        memo_card_put(memo, id, words, &reading.own, ret);
    }
    reading_end(pass, &reading);
    return status;
}

enum status cards_read(struct pass *pass, struct ids ids, int64_t words, struct list *ret,
                       struct err *err) {
    struct view_card *cards = arena_array(pass->arena, ids.len + 1, sizeof *cards);
    for (size_t i = 0; i < ids.len; i++) {
        enum status status = card_read(pass, ids.ptr[i], words, &cards[i], err);
        if (status != STATUS_OK) {
            return status;
        }
    }
    *ret = (struct list){ cards, ids.len };
    return STATUS_OK;
}

enum status cards_picked(struct pass *pass, struct str slot, size_t n, struct ids except,
                         struct ids *ret, struct err *err) {
    struct ids picked;
    enum status status = store_slot(pass->reader, pass->arena, slot, &picked, err);
    VEC(int64_t) good = { 0 };
    for (size_t i = 0; status == STATUS_OK && i < picked.len && good.len < n; i++) {
        struct story story;
        status = store_story(pass->reader, pass->arena, picked.ptr[i], STORY_CARD, &story, err);
        if (status == STATUS_OK && story.kind == STORY_STORY && story_is_public(&story) &&
            !ids_have(except, story.id) &&
            !ids_have((struct ids){ good.ptr, good.len }, story.id)) {
            *vec_push(pass->arena, &good) = story.id;
        }
    }
    *ret = (struct ids){ good.ptr, good.len };
    return status;
}

enum status cards_most_read(struct pass *pass, size_t n, struct ids except, struct ids *ret,
                            struct err *err) {
    *ret = (struct ids){ NULL, 0 };
    return n > 0 && pass->settings.views != VIEWS_OFF
               ? cards_picked(pass, STORE_SLOT_MOST_READ, n, except, ret, err)
               : STATUS_OK;
}
