#include "site/pages.h"

/* Old addresses come out of imports: nothing but what may stand in a URL goes into a header. */
static struct str header_safe(struct arena *a, struct str url) {
    struct buf out;
    buf_init(&out, url.len * 3 + 1);
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\') {
            buf_printf(&out, "%%%02X", c);
        } else {
            buf_put_char(&out, (char)c);
        }
    }
    struct str safe = arena_str(a, buf_str(&out));
    buf_done(&out);
    return safe;
}

void page_redirect(struct pass *pass, struct str to, struct page_build *page) {
    page->status = 301;
    pass_head(pass, page, "Location", header_safe(pass->arena, to));
}
