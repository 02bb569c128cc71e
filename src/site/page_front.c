/* The front page: the lead, the secondaries, the most read, the newest, a band for each section.
 *
 * No story stands on it twice, so the parts take their stories one after the other, and the order
 * is one of right: first whatever an editor put somewhere, in the bands too, since a story that was
 * picked must stand where it was picked; then the most read, a list that nothing can fill up; then
 * the newest, of which none may be missing from the page; and what is left fills the bands. The
 * lead and the secondaries fill up before all that, as they are what the page is for. */
#include "site/pages.h"

#include "site/cards.h"
#include "site/head.h"
#include "site/json_ld.h"

enum { BANDS_MAX = 12, EXCERPT_WORDS = 20 };

/* The ids that the page shows already. */
struct taken {
    struct ids ids;
};

/* Up to n stories: those picked in the slot, filled up with the newest of the list. Nothing that
 * the page shows already; all are shown from then on. */
static enum status take(struct pass *pass, struct taken *taken, struct str slot,
                        struct list_id list, size_t n, struct ids *ret, struct err *err) {
    struct ids picked, newest;
    enum status status = cards_picked(pass, slot, n, taken->ids, &picked, err);
    if (status == STATUS_OK && picked.len < n) {
        status = store_newest(pass->reader, pass->arena, list, n - picked.len,
                              ids_join(pass->arena, taken->ids, picked), &newest, err);
        if (status == STATUS_OK) {
            picked = ids_join(pass->arena, picked, newest);
        }
    }
    if (status == STATUS_OK) {
        taken->ids = ids_join(pass->arena, taken->ids, picked);
        *ret = picked;
    }
    return status;
}

/* The newest stories beside those above, so that nothing new is missing from the page. */
static enum status take_river(struct pass *pass, struct taken *taken, struct view_front_root *root,
                              struct err *err) {
    size_t n = (size_t)pass->settings.stories_per_page;
    struct list_page first;
    struct ids ids;
    enum status status =
        store_newest(pass->reader, pass->arena, section_list(0), n, taken->ids, &ids, err);
    if (status == STATUS_OK) {
        status =
            store_list_page(pass->reader, pass->arena, section_list(0), 1, (int64_t)n, &first, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    taken->ids = ids_join(pass->arena, taken->ids, ids);
    if (first.pages > 1) {
        root->older = page_list_path(pass->arena, STR("/"), 2);
    }
    return cards_read(pass, ids, 0, &root->river, err);
}

/* A top section and what editors picked for its band. */
struct band_plan {
    const struct section *section;
    struct ids picked;
};
struct bands_plan {
    VEC(struct band_plan) bands;
    size_t n_picked; /* of those that have picks: these are shown in any case */
};

static enum status plan_bands(struct pass *pass, struct taken *taken, struct bands_plan *ret,
                              struct err *err) {
    struct sections sections;
    enum status status = cards_top_sections(pass, &sections, err);
    *ret = (struct bands_plan){ 0 };
    for (size_t i = 0; status == STATUS_OK && i < sections.len; i++) {
        const struct section *section = &sections.ptr[i];
        struct band_plan plan = { section, { NULL, 0 } };
        if (ret->n_picked < BANDS_MAX) {
            struct str slot = arena_printf(pass->arena, "section-%.*s", STR_FMT(section->slug));
            status = cards_picked(pass, slot, (size_t)pass->settings.front_band_stories, taken->ids,
                                  &plan.picked, err);
            taken->ids = ids_join(pass->arena, taken->ids, plan.picked);
            ret->n_picked += plan.picked.len > 0;
        }
        *vec_push(pass->arena, &ret->bands) = plan;
    }
    return status;
}

static enum status read_band(struct pass *pass, struct taken *taken, const struct band_plan *plan,
                             struct view_band *ret, struct err *err) {
    const struct section *section = plan->section;
    size_t n = (size_t)pass->settings.front_band_stories;
    struct ids ids = plan->picked, newest;
    enum status status = STATUS_OK;
    *ret = (struct view_band){ section->id, section->path, section->name, NULL, { NULL, 0 } };
    if (ids.len < n) {
        status = store_newest(pass->reader, pass->arena, section_list(section->id), n - ids.len,
                              taken->ids, &newest, err);
        if (status != STATUS_OK) {
            return status;
        }
        ids = ids_join(pass->arena, ids, newest);
        taken->ids = ids_join(pass->arena, taken->ids, newest);
    }
    if (ids.len == 0) {
        return STATUS_OK;
    }
    struct view_card *first = ARENA_NEW(pass->arena, struct view_card);
    status = card_read(pass, ids.ptr[0], EXCERPT_WORDS, first, err);
    ret->first = first;
    return status == STATUS_OK
               ? cards_read(pass, (struct ids){ ids.ptr + 1, ids.len - 1 }, 0, &ret->rest, err)
               : status;
}

/* A block for each top section that has something left to show. */
static enum status read_bands(struct pass *pass, struct taken *taken, const struct bands_plan *plan,
                              struct list *ret, struct err *err) {
    VEC(struct view_band) bands = { 0 };
    size_t reserved = plan->n_picked; /* places for those with picks that are still to come */
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < plan->bands.len; i++) {
        const struct band_plan *from = &plan->bands.ptr[i];
        struct view_band band;
        reserved -= from->picked.len > 0;
        if (bands.len + reserved >= BANDS_MAX) {
            continue;
        }
        status = read_band(pass, taken, from, &band, err);
        if (status == STATUS_OK && band.first != NULL) {
            *vec_push(pass->arena, &bands) = band;
        }
    }
    *ret = LIST_OF(bands);
    return status;
}

static enum status take_most_read(struct pass *pass, struct taken *taken, struct list *ret,
                                  struct err *err) {
    struct ids ids;
    enum status status =
        cards_most_read(pass, (size_t)pass->settings.front_most_read, taken->ids, &ids, err);
    if (status != STATUS_OK) {
        return status;
    }
    taken->ids = ids_join(pass->arena, taken->ids, ids);
    return cards_read(pass, ids, 0, ret, err);
}

static enum status fill(struct pass *pass, struct view_front_root *root, struct err *err) {
    struct taken taken = { { NULL, 0 } };
    struct bands_plan plan = { 0 };
    struct ids lead, secondaries;
    enum status status = take(pass, &taken, STR("lead"), section_list(0), 1, &lead, err);
    if (status != STATUS_OK || lead.len == 0) {
        return status;
    }
    struct view_card *card = ARENA_NEW(pass->arena, struct view_card);
    status = card_read(pass, lead.ptr[0], 0, card, err);
    root->lead = card;
    if (status == STATUS_OK) {
        status = take(pass, &taken, STR("secondaries"), section_list(0),
                      (size_t)pass->settings.front_secondaries, &secondaries, err);
    }
    if (status == STATUS_OK) {
        status = cards_read(pass, secondaries, EXCERPT_WORDS, &root->secondaries, err);
    }
    if (status == STATUS_OK) {
        status = plan_bands(pass, &taken, &plan, err);
    }
    if (status == STATUS_OK) {
        status = take_most_read(pass, &taken, &root->most_read, err);
    }
    if (status == STATUS_OK) {
        status = take_river(pass, &taken, root, err);
    }
    if (status == STATUS_OK) {
        status = read_bands(pass, &taken, &plan, &root->bands, err);
    }
    return status;
}

struct card_refs {
    const struct view_card **ptr;
    size_t len, cap;
};

static void add_card(struct pass *pass, struct card_refs *refs, const struct view_card *card) {
    if (card != NULL) {
        *vec_push(pass->arena, refs) = card;
    }
}

static void add_cards(struct pass *pass, struct card_refs *refs, struct list cards) {
    const struct view_card *card = cards.items;
    for (size_t i = 0; i < cards.len; i++) {
        add_card(pass, refs, &card[i]);
    }
}

/* The tagline says what the paper is; its picture is that of the lead. */
static enum status set_head(struct pass *pass, struct view_front_root *root, struct err *err) {
    struct phrase_arg site = { .name = STR("site"), .text = pass->settings.title };
    struct str description = pass->settings.tagline.len > 0
                                 ? pass->settings.tagline
                                 : pass_phrase(pass, "describe_front", &site, 1);
    root->head = head_plain(pass, STR(""), description, STR("/"));
    root->head.older = root->older;
    enum status status =
        head_image(pass, &root->head, root->lead != NULL ? root->lead->image : NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct card_refs cards = { 0 };
    add_card(pass, &cards, root->lead);
    add_cards(pass, &cards, root->secondaries);
    add_cards(pass, &cards, root->river);
    add_cards(pass, &cards, root->most_read);
    const struct view_band *bands = root->bands.items;
    for (size_t i = 0; i < root->bands.len; i++) {
        add_card(pass, &cards, bands[i].first);
        add_cards(pass, &cards, bands[i].rest);
    }
    return json_ld_front(pass, cards.ptr, cards.len, &root->head, err);
}

enum status page_front(struct pass *pass, struct page_build *page, struct err *err) {
    struct view_front_root root = { .site = pass->view };
    enum status status = fill(pass, &root, err);
    if (status == STATUS_OK) {
        status = set_head(pass, &root, err);
    }
    if (status == STATUS_OK) { /* where programs find the API */
        struct str api = pass_absolute(pass, STR("/wp-json/"));
        pass_head(pass, page, "Link",
                  arena_printf(pass->arena, "<%.*s>; rel=\"https://api.w.org/\"", STR_FMT(api)));
        status = pass_page(pass, "front", &root, 0, page, err);
    }
    return status;
}

enum status page_front_chosen(struct pass *pass, enum story_part part, struct story *ret,
                              bool *ret_is_chosen, struct err *err) {
    struct str chosen = pass->settings.front_page;
    struct address address = { 0 };
    struct err lost = { 0 };
    *ret_is_chosen = false;
    if (chosen.len <= 1) {
        return STATUS_OK;
    }
    enum status status = store_address(pass->reader, pass->arena, chosen, &address, &lost);
    if (status == STATUS_OK && address.kind == ADDRESS_STORY) {
        status = store_story(pass->reader, pass->arena, address.id, part, ret, &lost);
        *ret_is_chosen = status == STATUS_OK && story_is_public(ret) && ret->kind == STORY_PAGE;
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost.message);
}

enum status page_front_is(struct pass *pass, const struct story *story, bool *ret,
                          struct err *err) {
    struct story chosen = { 0 };
    *ret = false;
    if (story->kind != STORY_PAGE) {
        return STATUS_OK;
    }
    enum status status = page_front_chosen(pass, STORY_CARD, &chosen, ret, err);
    *ret = *ret && chosen.id == story->id;
    return status;
}
