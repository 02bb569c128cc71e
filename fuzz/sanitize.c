/* Whatever goes into the sanitiser, what comes out is in the body subset and comes out again
 * unchanged, without the plain-text last resort; its text has no markup of its own. */
#include "text/sanitize.h"
#include "text/body.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct html sanitized(struct arena *a, struct str text, unsigned *ret_rounds) {
    struct html out = { STR("") };
    struct err err = { 0 };
    struct sanitize_options options = { .base_url = STR("https://example.com"),
                                        .ret_rounds = ret_rounds };
    check(sanitize_html(a, text, &options, &out, &err) == STATUS_OK);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct err err = { 0 };
    unsigned rounds = 0, again = 0;
    struct html once = sanitized(&a, str_make((const char *)data, size), &rounds);
    struct html twice = sanitized(&a, once.raw, &again);
    if (!body_valid(once, &err)) {
        fprintf(stderr, "%s\n%.*s\n", err.message, STR_FMT(once.raw));
        abort();
    }
    if (!str_eq(once.raw, twice.raw) || again > 2) {
        fprintf(stderr, "once:  %.*s\ntwice: %.*s\n", STR_FMT(once.raw), STR_FMT(twice.raw));
        abort();
    }
    check(rounds <= 3);
    struct str text = html_text(&a, once);
    check(text.len <= once.raw.len);
    arena_done(&a);
    return 0;
}
