#include "transfer/wxr.h"

#include "base/buf.h"
#include "base/limits.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Every event as one line. */
struct log {
    struct buf out;
    struct err err;
    size_t items;
    size_t warnings;
};

static enum status on_event(void *ctx, const struct wxr_event *event, UNUSED struct err *err) {
    struct log *log = ctx;
    switch (event->kind) {
    case WXR_CHANNEL:
        buf_printf(&log->out, "%ld %.*s=%.*s\n", event->line, STR_FMT(event->channel->name),
                   STR_FMT(event->channel->value));
        break;
    case WXR_AUTHOR:
        buf_printf(&log->out, "%ld author %lld %.*s\n", event->line, (long long)event->author->id,
                   STR_FMT(event->author->login));
        break;
    case WXR_TERM:
        buf_printf(&log->out, "%ld %.*s %.*s<%.*s\n", event->line, STR_FMT(event->term->taxonomy),
                   STR_FMT(event->term->slug), STR_FMT(event->term->parent));
        break;
    case WXR_ITEM:
        log->items++;
        buf_printf(&log->out, "%ld-%ld item %lld '%.*s' '%.*s'%s\n", event->line, event->end_line,
                   (long long)event->item->id, STR_FMT(event->item->title),
                   STR_FMT(event->item->content), event->item->fault ? " FAULT" : "");
        for (size_t i = 0; i < event->item->terms.len; i++) {
            const struct wxr_term_ref *ref = &event->item->terms.ptr[i];
            buf_printf(&log->out, "  %.*s:%.*s\n", STR_FMT(ref->taxonomy), STR_FMT(ref->slug));
        }
        break;
    case WXR_WARNING:
        log->warnings++;
        buf_printf(&log->out, "%ld warning: %s\n", event->line, event->warning);
        break;
    }
    return STATUS_OK;
}

static enum status read_all(struct log *log, struct str bytes, size_t piece) {
    buf_done(&log->out);
    *log = (struct log){ 0 };
    buf_init(&log->out, 16 * MIB);
    struct wxr *wxr = wxr_new(on_event, log);
    enum status status = STATUS_OK;
    for (size_t at = 0; at < bytes.len && status == STATUS_OK; at += piece) {
        status = wxr_feed(wxr, str_slice(bytes, at, at + piece), false, &log->err);
    }
    if (status == STATUS_OK) {
        status = wxr_feed(wxr, STR(""), true, &log->err);
    }
    wxr_free(wxr);
    return status;
}

#define HEAD                                                                                       \
    "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\" "                 \
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel>\n"                     \
    "<wp:wxr_version>1.2</wp:wxr_version>\n"
#define TAIL "</channel></rss>\n"

TEST(wxr_gives_events_with_lines) {
    struct log log = { 0 };
    struct str text = STR(HEAD "<title> T </title>\n"
                               "<wp:author><wp:author_id>7</wp:author_id>"
                               "<wp:author_login>j</wp:author_login></wp:author>\n"
                               "<wp:category><wp:category_nicename>c</wp:category_nicename>"
                               "<wp:category_parent>p</wp:category_parent></wp:category>\n"
                               "<wp:tag><wp:tag_slug>t</wp:tag_slug></wp:tag>\n"
                               "<item>\n<title>A &amp; B</title><wp:post_id>3</wp:post_id>\n"
                               "<category>Plain</category>"
                               "<category domain=\"tag\" nicename=\"x\">X</category>\n"
                               "<content:encoded><![CDATA[a]]]]><![CDATA[>b]]></content:encoded>\n"
                               "<unknown:thing>no</unknown:thing></item>\n" TAIL);
    for (size_t piece = 1; piece < 70; piece += 17) {
        CHECK_INT(read_all(&log, text, piece), STATUS_OK);
        CHECK_STR(buf_str(&log.out), "4 wxr_version=1.2\n"
                                     "5 title=T\n"
                                     "6 author 7 j\n"
                                     "7 category c<p\n"
                                     "8 post_tag t<\n"
                                     "9-13 item 3 'A & B' 'a]]>b'\n"
                                     "  post_tag:x\n");
    }
    buf_done(&log.out);
}

TEST(wxr_repairs_what_wordpress_writes) {
    struct log log = { 0 };
    struct str text = STR("\n\n" HEAD "<item><title>a\x01"
                          "b\xff"
                          "c&nbsp;d & e&#2;</title>"
                          "<wp:post_id>1</wp:post_id>"
                          "<content:encoded><![CDATA[&nbsp;\x0c]]></content:encoded></item>" TAIL);
    CHECK_INT(read_all(&log, text, 5), STATUS_OK);
    CHECK(str_find(buf_str(&log.out),
                   STR("7-7 item 1 'ab\xEF\xBF\xBD"
                       "c&nbsp;d & e' '&nbsp;'\n"),
                   0) != STR_NPOS);
    CHECK_INT(log.warnings, 7);
    buf_done(&log.out);
}

TEST(wxr_reads_windows_1252) {
    struct log log = { 0 };
    struct str text = STR("<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item>"
                          "<title>caf\xe9 \x93x\x94</title><wp:post_id>1</wp:post_id>"
                          "</item></channel></rss>");
    CHECK_INT(read_all(&log, text, 64), STATUS_OK);
    CHECK(str_find(buf_str(&log.out), STR("'café “x”'"), 0) != STR_NPOS);
    CHECK_INT(read_all(&log, STR("<?xml version='1.0' encoding='koi8-r'?><rss/>"), 64),
              STATUS_INVALID);
    CHECK_INT(read_all(&log, STR("\xff\xfe<\0r\0"), 64), STATUS_INVALID);
    buf_done(&log.out);
}

TEST(wxr_says_where_it_breaks) {
    static const struct {
        const char *text;
        const char *message;
        size_t items;
    } cases[] = {
        { HEAD "<item><wp:post_id>1</wp:post_id></item>\n<item>\n<title>b</item>",
          "line 7, column 11: the XML breaks off here (mismatched tag); the item that begins in "
          "line 6 is left out, what stands before it was read",
          1 },
        { HEAD "<item><wp:post_id>1</wp:post_id></item>\n<item><title>b",
          "line 6, column 15: the XML breaks off here (no element found); the item that begins in "
          "line 6 is left out, what stands before it was read",
          1 },
        { "<rss>\n<channel>\n</chanel>",
          "line 3, column 3: the XML breaks off here (mismatched tag; <channel> of line 2 is still "
          "open); what stands before it was read",
          0 },
        { "", "line 1, column 1: this is not well-formed XML (no element found)", 0 },
        { "<html></html>",
          "line 1: this is not a WordPress export (its root element is <html>, not <rss>)", 0 },
        { "<rss><channel>\n<item><title>x</title></item></channel></rss>",
          "line 2: this is not a WordPress export (an item without wp:post_id, and no "
          "wp:wxr_version before it)",
          0 },
        { "<!DOCTYPE r [<!ENTITY a \"aaaa\">\n<!ENTITY b \"&a;&a;\">]><rss>&b;</rss>",
          "line 1: entity declarations are refused: no WordPress export has them", 0 },
    };
    struct log log = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(read_all(&log, str_of(cases[i].text), 7), STATUS_INVALID);
        CHECK_STR(str_of(log.err.message), cases[i].message);
        CHECK_INT(log.items, cases[i].items);
    }
    buf_done(&log.out);
}

TEST(wxr_sets_a_too_large_item_apart) {
    struct log log = { 0 };
    struct buf text;
    buf_init(&text, 64 * MIB);
    buf_put(&text, STR(HEAD "<item><wp:post_id>1</wp:post_id><title>"));
    while (text.len < LIMIT_WXR_FIELD_BYTES + MIB) {
        buf_put(&text, STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    }
    buf_put(&text, STR("</title></item><item><wp:post_id>2</wp:post_id></item>" TAIL));
    CHECK_INT(read_all(&log, buf_str(&text), LIMIT_WXR_CHUNK_BYTES), STATUS_OK);
    CHECK(str_find(buf_str(&log.out), STR("item 1 '' '' FAULT"), 0) != STR_NPOS);
    CHECK(str_find(buf_str(&log.out), STR("item 2 '' ''\n"), 0) != STR_NPOS);
    buf_done(&text);
    buf_done(&log.out);
}

TEST(wxr_refuses_a_tag_without_end) {
    static const char *const begins[] = { "<item a='", "<!--", "<?php " };
    struct log log = { 0 };
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        struct buf text;
        buf_init(&text, 64 * MIB);
        buf_printf(&text, HEAD "<item><wp:post_id>1</wp:post_id></item>\n%s", begins[i]);
        while (text.len < 2 * LIMIT_WXR_TAG_BYTES) {
            buf_put(&text, STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
        }
        CHECK_INT(read_all(&log, buf_str(&text), LIMIT_WXR_CHUNK_BYTES), STATUS_INVALID);
        CHECK_STR(str_of(log.err.message),
                  "line 6: a tag or comment of more than 1048576 bytes begins here; what stands "
                  "before it was read");
        CHECK_INT(log.items, 1);
        buf_done(&text);
    }
    buf_done(&log.out);
}

static enum status count_items(void *ctx, const struct wxr_event *event, UNUSED struct err *err) {
    *(size_t *)ctx += event->kind == WXR_ITEM;
    return STATUS_OK;
}

/* A stream of WXR_STREAM_MIB (default 64); bench/import_memory.sh does it with a whole import. */
TEST(wxr_reads_streams_in_bounded_memory) {
    const char *wanted = getenv("WXR_STREAM_MIB");
    size_t total = (wanted ? strtoul(wanted, NULL, 10) : 64) * MIB;
    size_t items = 0;
    size_t fed = 0;
    struct err err = { 0 };
    struct rusage before;
    struct rusage after;
    struct buf item;
    getrusage(RUSAGE_SELF, &before);
    struct wxr *wxr = wxr_new(count_items, &items);
    buf_init(&item, MIB);
    buf_put(&item, STR("<item><title>t</title><wp:post_id>1</wp:post_id><content:encoded>"));
    while (item.len < 20000) {
        buf_put(&item, STR("&lt;p&gt;Some words of a body.&lt;/p&gt;\n"));
    }
    buf_put(&item, STR("</content:encoded></item>\n"));
    CHECK_INT(wxr_feed(wxr, STR(HEAD), false, &err), STATUS_OK);
    size_t n = 0;
    for (; fed < total && err.status == STATUS_OK; fed += item.len, n++) {
        CHECK_INT(wxr_feed(wxr, buf_str(&item), false, &err), STATUS_OK);
    }
    CHECK_INT(wxr_feed(wxr, STR(TAIL), true, &err), STATUS_OK);
    CHECK_INT(items, n);
    getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 16 * 1024); /* KiB */
    wxr_free(wxr);
    buf_done(&item);
}

/* Items as exporters write them, nearly. */
static void put_random_item(struct buf *out, uint64_t *state) {
    static const char *const bits[] = {
        "<title>A &amp; B &#233;\n</title>",
        "<title>",
        "</title>",
        "<wp:post_id>3</wp:post_id>\n",
        "<content:encoded><![CDATA[<p>a</p>\n]]]]><![CDATA[>b]]></content:encoded>\n",
        "<category domain=\"post_tag\" nicename='a&amp;b'><![CDATA[X]]></category>",
        "<category domain=\"post_tag\" nicename=\"a\tb\" x=\"1\">X</category>",
        "<wp:postmeta>\n<wp:meta_key>k</wp:meta_key><wp:meta_value/></wp:postmeta>\n",
        "<unknown:thing a=\"b\">no <b>\xc3\xa9</b></unknown:thing>",
        "<x xmlns:wp=\"urn:other\"><wp:status>y</wp:status></x>",
        "text ",
        "<!-- -->",
        "&quot;",
        "<a b=\"1\" b=\"2\"/>",
        "<a b = \"1\" />",
    };
    buf_put(out, STR("<item>"));
    for (size_t n = test_below(state, 8); n > 0; n--) {
        /* The last ones, and what is not closed, seldom: not all items should be faulty. */
        size_t range = test_below(state, 6) == 0 ? COUNT_OF(bits) : COUNT_OF(bits) - 4;
        size_t i = test_below(state, range);
        buf_put(out, str_of(bits[(i == 1 || i == 2) && test_below(state, 8) > 0 ? 0 : i]));
    }
    buf_put(out, STR("</item>\n"));
}

TEST(wxr_reads_runs_as_it_reads_files) {
    uint64_t state = test_seed();
    struct log whole = { 0 }, run = { 0 };
    struct str open = STR("<rss xmlns:wp=\"http://wordpress.org/export/1.2/\" "
                          "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>");
    struct buf items, text;
    buf_init(&items, MIB);
    buf_init(&text, MIB);
    struct wxr *wxr = wxr_new(on_event, &run);
    wxr_trust(wxr);
    for (int i = 0; i < 3000; i++) {
        buf_reset(&items);
        for (size_t n = 1 + test_below(&state, 4); n > 0; n--) {
            put_random_item(&items, &state);
        }
        buf_reset(&text);
        buf_put(&text, open);
        buf_put(&text, STR("<wp:wxr_version>1.2</wp:wxr_version>\n"));
        buf_put(&text, buf_str(&items));
        buf_put(&text, STR(TAIL));
        enum status expected = read_all(&whole, buf_str(&text), LIMIT_WXR_CHUNK_BYTES);
        buf_done(&run.out);
        run = (struct log){ 0 };
        buf_init(&run.out, MIB);
        buf_put(&run.out, STR("1 wxr_version=1.2\n"));
        enum status status = wxr_read_run(wxr, open, buf_str(&items), 2, &run.err);
        if (status != expected || !str_eq(buf_str(&run.out), buf_str(&whole.out))) {
            test_fail(__FILE__, __LINE__, "a run is read otherwise:\n%.*s\n%.*s\nfrom\n%.*s",
                      STR_FMT(run.out), STR_FMT(whole.out), STR_FMT(text));
        }
    }
    wxr_free(wxr);
    buf_done(&items);
    buf_done(&text);
    buf_done(&whole.out);
    buf_done(&run.out);
}
