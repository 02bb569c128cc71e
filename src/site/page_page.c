#include "site/pages.h"

#include "site/cards.h"
#include "site/head.h"
#include "site/story_body.h"
#include "text/words.h"

enum { DESCRIPTION_WORDS = 40, CHILDREN_MAX = 100 };

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
    if (status != STATUS_OK) {
        return status;
    }
    root.head = head_plain(pass, story->seo_title.len > 0 ? story->seo_title : root.page.headline,
                           story->seo_description.len > 0
                               ? story->seo_description
                               : words_first(pass->arena, story->standfirst, DESCRIPTION_WORDS),
                           story->path);
    if (story->visibility == STORY_PASSWORD) {
        root.head.robots = STR("noindex");
    }
    return pass_page(pass, "page", &root, 0, page, err);
}
