/* The beacon: behind a cache that answers for the server, story pages carry a picture of one clear
 * pixel that no cache keeps, and whose answers are counted instead of the page's. It needs no
 * script and is a page as any other: an address of a story that readers may not see is a 404, and
 * those take no more room than other unknown addresses. */
#include "site/pages.h"

#include "site/cards.h"

#define BEACON_BEFORE "/_view/"
#define BEACON_AFTER  ".gif"

/* GIF89a, 1x1, transparent. */
static const char pixel[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,"
                            "\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

struct str page_beacon_path(struct arena *a, int64_t story_id) {
    return arena_printf(a, BEACON_BEFORE "%lld" BEACON_AFTER, (long long)story_id);
}

bool page_beacon_is(struct str key) {
    return str_starts(key, STR(BEACON_BEFORE));
}

enum status page_beacon(struct pass *pass, struct str key, struct page_build *page,
                        struct err *err) {
    size_t before = sizeof BEACON_BEFORE - 1, after = sizeof BEACON_AFTER - 1;
    struct story story;
    int64_t id = 0;
    bool is_one = pass->settings.views == VIEWS_BEACON && str_ends(key, STR(BEACON_AFTER)) &&
                  key.len > before + after &&
                  str_to_i64(str_slice(key, before, key.len - after), &id) && id > 0;
    /* One spelling for each. */
    if (!is_one || !str_eq(key, page_beacon_path(pass->arena, id))) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    struct err lost = { 0 };
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, &lost);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", lost.message);
    }
    if (status == STATUS_NOT_FOUND || story.kind != STORY_STORY || !story_is_public(&story)) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    page->view_id = id;
    pass_head(pass, page, "Content-Type", STR("image/gif"));
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    pass_head(pass, page, "X-Robots-Tag", STR("noindex"));
    pass_head(pass, page, "Cache-Control", STR("no-store"));
    page_own(page, str_make(pixel, sizeof pixel - 1));
    return STATUS_OK;
}
