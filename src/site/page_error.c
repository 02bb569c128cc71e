#include "site/pages.h"

#include "site/head.h"

#include <stdio.h>

void page_alias_error(struct pass *pass, int status, struct page_build *page) {
    page->status = status;
    page->alias = arena_printf(pass->arena, "error:%d", status);
}

enum status page_error(struct pass *pass, int status, struct page_build *page, struct err *err) {
    char title[32], text[32];
    (void)snprintf(title, sizeof title, "error_%d", status);
    (void)snprintf(text, sizeof text, "error_%d_text", status);
    struct view_error_root root = {
        .site = pass->view,
        .status = status,
        .title = pass_phrase(pass, title, NULL, 0),
        .text = pass_phrase(pass, text, NULL, 0),
        .with_latest = status == 404 || status == 410,
    };
    root.head = (struct view_head){
        .title = head_title(pass, root.title),
        .robots = STR("noindex"),
    };
    page->status = status;
    return pass_page(pass, "error", &root, 0, page, err);
}
