/* The body reader, body_valid, html_text and html_unescape over any bytes: the tokens are the text,
 * cut; a valid body sanitises to a valid one and keeps its words. */
#include "text/body.h"
#include "text/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct html body = { str_make((const char *)data, size) };
    struct body_reader r;
    struct body_token token;
    size_t at = 0;
    body_reader_init(&r, body);
    while (body_next(&r, &token) != BODY_END && token.kind != BODY_BAD) {
        check(token.raw.len > 0 && token.raw.ptr == body.raw.ptr + at);
        at += token.raw.len;
        check(token.n_attrs <= BODY_ATTRS_MAX);
        if (token.kind == BODY_OPEN) {
            struct body_reader inner = r;
            struct html content = body_inner(&inner, &token);
            check(content.raw.len <= r.rest.len);
        }
    }
    check(at == size || token.kind == BODY_BAD);
    struct str text = html_text(&a, body);
    check(text.len <= size * 3);
    (void)html_unescape(&a, body.raw);
    if (body_valid(body, NULL)) {
        struct html again;
        check(sanitize_html(&a, body.raw, NULL, &again, NULL) == STATUS_OK);
        check(body_valid(again, NULL));
    }
    arena_done(&a);
    return 0;
}
