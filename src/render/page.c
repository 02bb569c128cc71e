#include "render/page.h"

void page_own(struct page_build *page, struct str bytes) {
    if (bytes.len > 0) {
        *vec_push(page->arena, &page->parts) = (struct page_part){ .bytes = bytes };
    }
}

void page_slot(struct page_build *page, struct str key, int64_t except_id) {
    *vec_push(page->arena, &page->parts) = (struct page_part){ true, key, except_id };
}
