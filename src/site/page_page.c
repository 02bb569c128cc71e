#include "site/pages.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/head.h"
#include "site/json_ld.h"
#include "site/story_body.h"

enum { CHILDREN_MAX = 100 };

/* The pages above, from the top; those that readers may not see are passed over. */
static enum status read_trail(struct pass *pass, int64_t parent_id, struct list *ret,
                              struct err *err) {
    struct view_link *links = arena_array(pass->arena, LIMIT_PAGE_DEPTH + 1, sizeof *links);
    size_t from = LIMIT_PAGE_DEPTH + 1;
    for (size_t depth = 0; parent_id > 0 && depth < LIMIT_PAGE_DEPTH; depth++) {
        struct story above;
        enum status status =
            store_story(pass->reader, pass->arena, parent_id, STORY_CARD, &above, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (story_is_public(&above)) {
            struct view_link *link = &links[--from];
            *link = (struct view_link){ .id = above.id, .label = card_headline(pass, &above) };
            status = card_address(pass, &above, &link->href, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
        parent_id = above.parent_id;
    }
    *ret = (struct list){ links + from, LIMIT_PAGE_DEPTH + 1 - from };
    return STATUS_OK;
}

static enum status set_head(struct pass *pass, const struct story *story,
                            struct view_page_root *root, struct err *err) {
    struct str description = STR("");
    bool is_front;
    enum status status = page_front_is(pass, story, &is_front, err);
    if (status == STATUS_OK) {
        status = head_describe_story(pass, story, &description, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    root->head = head_plain(pass, story->seo_title.len > 0 ? story->seo_title : root->page.headline,
                            description, is_front ? STR("/") : story->path);
    if (story->visibility == STORY_PASSWORD || story->noindex) {
        root->head.robots = STR("noindex");
    }
    status = head_image(pass, &root->head, root->page.image, err);
    return status == STATUS_OK ? json_ld_page(pass, story, &root->page, &root->head, err) : status;
}

enum status page_static(struct pass *pass, const struct story *story, struct str password,
                        struct page_build *page, struct err *err) {
    if (story->visibility == STORY_PASSWORD && !page_locked_opens(story, password)) {
        return page_locked(pass, story, password.ptr != NULL, page, err);
    }
    struct view_page_root root = {
        .site = pass->view,
        .page = { .headline = card_headline(pass, story), .standfirst = story->standfirst },
    };
    struct ids children;
    enum status status = card_image(pass, story->lead_media_id, &root.page.image, err);
    if (status == STATUS_OK) {
        status = story_body(pass, story->body, (struct str){ NULL, 0 }, &root.page.body, err);
    }
    if (status == STATUS_OK) {
        status =
            store_child_pages(pass->reader, pass->arena, story->id, CHILDREN_MAX, &children, err);
    }
    if (status == STATUS_OK) {
        status = card_story_links(pass, children, &root.page.children, err);
    }
    if (status == STATUS_OK) {
        status = read_trail(pass, story->parent_id, &root.page.trail, err);
    }
    if (status == STATUS_OK) {
        status = set_head(pass, story, &root, err);
    }
    return status == STATUS_OK ? pass_page(pass, "page", &root, 0, page, err) : status;
}
