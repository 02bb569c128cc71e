/* WordPress bodies: whatever comes in, what comes out is the body subset, and stays it. */
#include "transfer/wp_body.h"
#include "base/limits.h"
#include "text/body.h"
#include "text/sanitize.h"
#include "transfer/links.h"
#include "transfer/php_value.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool media(UNUSED void *ctx, UNUSED struct arena *a, int64_t id, struct wp_media *ret) {
    *ret = (struct wp_media){
        .url = STR("https://a.example/\"x'.jpg"),
        .mime = id % 3 == 0   ? STR("audio/mpeg")
                : id % 3 == 1 ? STR("image/jpeg")
                              : STR("video/mp4"),
        .alt = STR("<b>&"),
        .caption = STR("\"'<script>"),
        .title = STR("]]>"),
        .width = 10,
        .height = 20,
    };
    return id % 7 != 0;
}

static void children(UNUSED void *ctx, struct arena *a, struct wp_ids *ret) {
    for (int64_t id = 1; id < 5; id++) {
        *vec_push(a, ret) = id;
    }
}

/* A block that holds itself. */
static bool block(UNUSED void *ctx, UNUSED struct arena *a, int64_t id, struct str *ret) {
    *ret = STR("<!-- wp:paragraph --><p>x</p><!-- /wp:paragraph --><!-- wp:block {\"ref\":2} /-->");
    return id % 2 == 0;
}

static void told(UNUSED void *ctx, const char *what) {
    check(what[0] != '\0');
}

static enum status resolve(UNUSED void *ctx, UNUSED struct arena *a, struct str url,
                           UNUSED bool is_resource, struct link_target *ret,
                           UNUSED struct err *err) {
    *ret = (struct link_target){ .kind = (enum link_kind)(url.len % 4),
                                 .story_id = 42,
                                 .path = url.len % 2 ? STR("/a\"b/") : STR("") };
    return STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct wp_library library = {
        .media = media, .children = children, .block = block, .told = told
    };
    struct arena a = { 0 };
    struct err err = { 0 };
    struct str text = str_make((const char *)data, size);
    struct wp_body body = { .content = text, .footnotes = text };
    struct html html;
    int pages;
    struct php_value value;
    (void)php_value_parse(&a, text, &value);
    if (wp_body_read(&a, &body, &library, &html, &pages, &err) == STATUS_OK) {
        struct links_result links;
        check(body_valid(html, &err));
        check(links_settle(&a, html, resolve, NULL, &links, &err) == STATUS_OK);
        check(body_valid(links.body, &err));
    }
    arena_done(&a);
    return 0;
}
