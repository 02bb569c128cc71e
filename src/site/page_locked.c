#include "site/pages.h"

#include "base/hash.h"
#include "site/cards.h"
#include "site/head.h"

/* Compared by keyed hashes, so that the time taken says nothing of how much was right. */
bool page_locked_opens(const struct story *story, struct str password) {
    return password.ptr != NULL && story->password.len > 0 && story->password.len == password.len &&
           hash_table(story->password) == hash_table(password) && str_eq(story->password, password);
}

enum status page_locked(struct pass *pass, const struct story *story, bool wrong,
                        struct page_build *page, struct err *err) {
    struct view_locked_root root = {
        .site = pass->view,
        .head = { .title = head_title(pass, card_headline(pass, story)),
                  .robots = STR("noindex"),
                  .canonical = pass_absolute(pass, story->path) },
        .headline = card_headline(pass, story),
        .action = story->path,
        .wrong = wrong,
    };
    page->status = wrong ? 403 : 200;
    return pass_page(pass, "locked", &root, 0, page, err);
}
