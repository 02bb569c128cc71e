#include "site/pages.h"

#include "site/authors.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/head.h"
#include "site/story_body.h"
#include "text/words.h"

/* The house credit stands at the end of the standfirst, once. */
static struct str with_house_credit(struct pass *pass, struct str standfirst) {
    struct str credit = pass->settings.house_credit;
    struct str text = str_trim(standfirst);
    if (credit.len == 0 || text.len == 0) {
        return text;
    }
    size_t at = str_find(credit, STR("{site}"), 0);
    if (at != STR_NPOS) {
        credit = arena_printf(pass->arena, "%.*s%.*s%.*s", STR_FMT(str_slice(credit, 0, at)),
                              STR_FMT(pass->settings.title),
                              STR_FMT(str_from(credit, at + sizeof "{site}" - 1)));
    }
    credit = str_trim(credit);
    return str_ends(text, credit)
               ? text
               : arena_printf(pass->arena, "%.*s %.*s", STR_FMT(text), STR_FMT(credit));
}

static void set_dates(struct pass *pass, const struct story *story, struct view_story *view) {
    view->published = dates_rfc3339(pass->dates, pass->arena, story->published_us);
    view->date = dates_long(pass->dates, pass->arena, story->published_us);
    if (story_is_public(story)) { /* an unlocked one stands in no list */
        view->day = page_date_path(pass, (struct list_id){ LIST_DAY, story->local_day });
    }
    int64_t after_us = pass->settings.updated_after_minutes * 60 * US_PER_SECOND;
    if (story->updated_us - story->published_us > after_us) {
        view->updated = dates_rfc3339(pass->dates, pass->arena, story->updated_us);
        view->updated_date = dates_long_time(pass->dates, pass->arena, story->updated_us);
    }
}

/* The primary section first, then the others. */
static enum status set_sections(struct pass *pass, const struct story *story,
                                struct view_story *view, struct err *err) {
    VEC(int64_t) ids = { 0 };
    if (story->section_id > 0) {
        *vec_push(pass->arena, &ids) = story->section_id;
    }
    for (size_t i = 0; i < story->sections.len; i++) {
        if (story->sections.ptr[i] != story->section_id) {
            *vec_push(pass->arena, &ids) = story->sections.ptr[i];
        }
    }
    enum status status =
        card_links(pass, ADDRESS_SECTION, (struct ids){ ids.ptr, ids.len }, &view->sections, err);
    if (status == STATUS_OK) {
        status = card_trail(pass, story->section_id, &view->trail, err);
    }
    if (status == STATUS_OK && view->trail.len > 0) {
        view->trail.len--; /* it ends with the primary section itself */
    }
    return status;
}

static void set_corrections(struct pass *pass, const struct story *story, struct view_story *view) {
    VEC(struct view_correction) corrections = { 0 };
    for (size_t i = 0; i < story->corrections.len; i++) {
        const struct correction *c = &story->corrections.ptr[i];
        *vec_push(pass->arena, &corrections) =
            (struct view_correction){ dates_rfc3339(pass->dates, pass->arena, c->at_us),
                                      dates_long(pass->dates, pass->arena, c->at_us), c->text };
    }
    view->corrections = LIST_OF(corrections);
}

/* ---- previous and next ---- */

static enum status neighbour(struct pass *pass, int64_t id, const struct view_link **ret,
                             struct err *err) {
    *ret = NULL;
    if (id == 0) {
        return STATUS_OK;
    }
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    check(story_is_public(&story));
    struct view_link *link = ARENA_NEW(pass->arena, struct view_link);
    *link =
        (struct view_link){ .id = id, .href = story.path, .label = card_headline(pass, &story) };
    *ret = link;
    return STATUS_OK;
}

static enum status set_neighbours(struct pass *pass, const struct story *story,
                                  struct view_story *view, struct err *err) {
    int64_t previous, next;
    enum status status = card_neighbours(pass, story, &previous, &next, err);
    if (status == STATUS_OK) {
        status = neighbour(pass, previous, &view->previous, err);
    }
    if (status == STATUS_OK) {
        status = neighbour(pass, next, &view->next, err);
    }
    view->has_neighbours = view->previous != NULL || view->next != NULL;
    return status;
}

/* ---- comments ---- */

static bool is_shown(const struct comment *c) {
    return c->kind.len == 0 || str_eq(c->kind, STR("comment"));
}

/* The comment at the top of the thread that this one belongs to; parents stand before their
 * replies. One whose parent is not shown begins a thread. */
static size_t thread_of(const struct comments *all, const size_t *threads, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (all->ptr[i].id == all->ptr[at].parent_id && is_shown(&all->ptr[i])) {
            return threads[i];
        }
    }
    return at;
}

/* Oldest thread first; in it, its replies, oldest first. */
static enum status set_comments(struct pass *pass, const struct story *story,
                                struct view_story *view, struct err *err) {
    struct comments all;
    enum status status = store_comments(pass->reader, pass->arena, story->id,
                                        (size_t)pass->settings.comments_shown, &all, err);
    if (status != STATUS_OK) {
        return status;
    }
    size_t *threads = arena_array(pass->arena, all.len + 1, sizeof *threads);
    for (size_t i = 0; i < all.len; i++) {
        threads[i] = thread_of(&all, threads, i);
    }
    VEC(struct view_comment) comments = { 0 };
    for (size_t top = 0; top < all.len; top++) {
        for (size_t i = top; i < all.len && threads[top] == top; i++) {
            const struct comment *c = &all.ptr[i];
            if (threads[i] == top && is_shown(c)) {
                *vec_push(pass->arena, &comments) = (struct view_comment){
                    .id = c->id,
                    .is_reply = i != top,
                    .author = c->author.len > 0 ? c->author
                                                : pass_phrase(pass, "anonymous", NULL, 0),
                    .at = dates_rfc3339(pass->dates, pass->arena, c->created_us),
                    .date = dates_long(pass->dates, pass->arena, c->created_us),
                    .body = c->body,
                };
            }
        }
    }
    view->comments = LIST_OF(comments);
    view->comments_len = (int64_t)comments.len;
    return STATUS_OK;
}

/* ---- the page ---- */

static enum status fill(struct pass *pass, const struct story *story, struct view_story *view,
                        struct err *err) {
    view->headline = card_headline(pass, story);
    view->direction = card_direction(pass, view->headline);
    view->standfirst = with_house_credit(pass, story->standfirst);
    view->minutes =
        (int64_t)reading_minutes(story->word_count, (unsigned)pass->settings.words_per_minute);
    view->section_id = story->section_id;
    set_dates(pass, story, view);
    set_corrections(pass, story, view);
    enum status status = set_sections(pass, story, view, err);
    if (status == STATUS_OK) {
        status = author_byline(pass, story->authors, &view->authors, err);
    }
    if (status == STATUS_OK) {
        status = card_links(pass, ADDRESS_TAG, story->tags, &view->tags, err);
    }
    if (status == STATUS_OK) {
        status = card_image(pass, story->lead_media_id, &view->image, err);
    }
    if (status == STATUS_OK) {
        status = story_body(pass, story->body, (struct str){ NULL, 0 }, &view->body, err);
    }
    if (status == STATUS_OK) {
        status = set_neighbours(pass, story, view, err);
    }
    if (status == STATUS_OK) {
        status = set_comments(pass, story, view, err);
    }
    return status;
}

static void count_views(struct pass *pass, const struct story *story, struct view_story *view,
                        struct page_build *page) {
    if (!story_is_public(story)) {
        return;
    }
    if (pass->settings.views == VIEWS_SERVER) {
        page->view_id = story->id;
    } else if (pass->settings.views == VIEWS_BEACON) {
        view->beacon = page_beacon_path(pass->arena, story->id);
    }
}

enum status page_story(struct pass *pass, const struct story *story, struct str password,
                       struct page_build *page, struct err *err) {
    if (story->visibility == STORY_PASSWORD && !page_locked_opens(story, password)) {
        return page_locked(pass, story, password.ptr != NULL, page, err);
    }
    struct view_story_root root = { .site = pass->view };
    enum status status = fill(pass, story, &root.story, err);
    if (status != STATUS_OK) {
        return status;
    }
    count_views(pass, story, &root.story, page);
    status = head_story(pass, story, &root.story, &root.head, err);
    if (status == STATUS_OK && root.story.comments_len > 0) {
        struct phrase_arg arg = { .name = STR("story"), .text = root.story.headline };
        root.head.feeds = feed_links(pass, pass_phrase(pass, "comments_on", &arg, 1), story->path);
    }
    return status == STATUS_OK ? pass_page(pass, "story", &root, story->id, page, err) : status;
}
