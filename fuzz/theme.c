/* What stands in a theme's folder beside templates, and the HTML in these: any bytes as a style
 * sheet and as a template's text. */
#include "base/limits.h"
#include "site/markup.h"
#include "site/style.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str asset(void *ctx, struct str name) {
    (void)ctx;
    return str_eq(name, STR("logo.svg")) ? STR("/assets/0/logo.svg") : (struct str){ NULL, 0 };
}

static void style_fault(void *ctx, const struct style_fault *fault) {
    check(fault->at <= *(size_t *)ctx && fault->message.len > 0);
}

static void markup_fault(void *ctx, const struct markup_fault *fault) {
    check(fault->at <= *(size_t *)ctx && fault->message.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct str text = str_make((const char *)data, size);
    const struct style_options options = { asset, style_fault, &size };
    struct str css = style_make(&a, text, &options);
    check(css.len <= 2 * (size_t)LIMIT_THEME_FILE_BYTES);
    markup_check(&a, text, markup_fault, &size);
    markup_check_svg(&a, text, markup_fault, &size);
    arena_done(&a);
    return 0;
}
