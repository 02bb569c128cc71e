#include "transfer/links.h"

#include "tests/harness.h"

/* /s/… is story 42, now at /now/; /m/… is a picture; /u/… is ours and unknown. */
static enum status resolve(UNUSED void *ctx, UNUSED struct arena *a, struct str url,
                           UNUSED bool is_resource, struct link_target *ret,
                           UNUSED struct err *err) {
    *ret = (struct link_target){ .kind = LINK_FOREIGN };
    if (str_starts(url, STR("/s/"))) {
        *ret = (struct link_target){ .kind = LINK_STORY, .story_id = 42, .path = STR("/now/") };
    } else if (str_starts(url, STR("/m/"))) {
        *ret = (struct link_target){ .kind = LINK_PATH, .path = STR("/media.jpg") };
    } else if (str_starts(url, STR("/u/"))) {
        ret->kind = LINK_UNKNOWN;
    }
    return STATUS_OK;
}

static void check_links(const char *file, int line, const char *body, const char *expected,
                        size_t unknown) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct links_result result = { 0 };
    struct html html = { str_of(body) };
    enum status status = links_settle(&a, html, resolve, NULL, &result, &err);
    if (status != STATUS_OK || !str_eq(result.body.raw, str_of(expected)) ||
        result.unknown != unknown || result.changed == str_eq(html.raw, str_of(expected))) {
        test_fail(file, line, "%s\n  expected %s, %zu unknown\n  actual   %.*s, %zu unknown: %s",
                  body, expected, unknown, STR_FMT(result.body.raw), result.unknown, err.message);
    }
    arena_done(&a);
}
#define CHECK_LINKS(body, expected, unknown)                                                       \
    check_links(__FILE__, __LINE__, body, expected, unknown)

#define CARD(label) "<div data-card=\"also-read\" data-story=\"42\" data-label=\"" label "\"></div>"

TEST(links_get_identity) {
    CHECK_LINKS("<p>a <a href=\"/s/x#y\">b</a></p>",
                "<p>a <a data-story=\"42\" href=\"/now/#y\">b</a></p>", 0);
    CHECK_LINKS("<p><a data-story=\"42\" href=\"/s/x\">b</a> c</p>",
                "<p><a data-story=\"42\" href=\"/now/\">b</a> c</p>", 0);
    CHECK_LINKS("<p><a href=\"https://x.example/\">b</a></p>",
                "<p><a href=\"https://x.example/\">b</a></p>", 0);
    CHECK_LINKS("<p>a <a href=\"/u/x\">b</a></p>", "<p>a <a href=\"/u/x\">b</a></p>", 1);
    CHECK_LINKS("<p>a <a href=\"/m/x\">b</a></p>", "<p>a <a href=\"/media.jpg\">b</a></p>", 0);
    CHECK_LINKS("<figure><img src=\"/m/x\" srcset=\"/m/y 2x\" alt=\"\"></figure>",
                "<figure><img src=\"/media.jpg\" alt=\"\"></figure>", 0);
    /* A link that has its identity keeps it while its address is not known. */
    CHECK_LINKS("<p>a <a data-story=\"7\" href=\"/u/x\">b</a></p>",
                "<p>a <a data-story=\"7\" href=\"/u/x\">b</a></p>", 1);
}

TEST(links_make_also_read_cards) {
    CHECK_LINKS("<p>ALSO READ: <a href=\"/s/x\">b</a></p>", CARD("ALSO READ:"), 0);
    CHECK_LINKS("<p><strong>Read more</strong>: <a href=\"/s/x\"><em>b</em></a></p>",
                CARD("Read more:"), 0);
    CHECK_LINKS("<p><strong>Related: <a href=\"/s/x\">b</a></strong></p>", CARD("Related:"), 0);
    CHECK_LINKS("<p><a href=\"/s/x\"><strong>READ ALSO:</strong> b</a>.</p>", CARD("READ ALSO:"),
                0);
    CHECK_LINKS("<p>À lire aussi\xC2\xA0:<br><a href=\"/s/x\">b</a></p>", CARD("À lire aussi :"),
                0);
    CHECK_LINKS("<p>यह भी पढ़ें: <a href=\"/s/x\">b</a></p>", CARD("यह भी पढ़ें:"), 0);
    CHECK_LINKS("<p>ЧИТАЙТЕ ТАКЖЕ — <a href=\"/s/x\">b</a></p>", CARD("ЧИТАЙТЕ ТАКЖЕ —"), 0);
}

TEST(links_leave_other_paragraphs) {
    static const char *const kept[] = {
        "<p>ALSO READ: <a href=\"/u/x\">b</a></p>",
        "<p>ALSO READ: <a href=\"https://x.example/\">b</a></p>",
        "<p>ALSO READ: nothing</p>",
        "<blockquote>\n<p>ALSO READ:</p>\n</blockquote>",
    };
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        CHECK_LINKS(kept[i], kept[i], i == 0);
    }
    CHECK_LINKS("<p>ALSO READ: <a href=\"/s/x\">b</a> and more</p>",
                "<p>ALSO READ: <a data-story=\"42\" href=\"/now/\">b</a> and more</p>", 0);
    CHECK_LINKS("<p>He said: <a href=\"/s/x\">b</a></p>",
                "<p>He said: <a data-story=\"42\" href=\"/now/\">b</a></p>", 0);
    CHECK_LINKS("<p>ALSO READ: <a href=\"/s/x\">b</a> <a href=\"/s/y\">c</a></p>",
                "<p>ALSO READ: <a data-story=\"42\" href=\"/now/\">b</a> "
                "<a data-story=\"42\" href=\"/now/\">c</a></p>",
                0);
}
