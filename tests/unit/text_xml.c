#include "text/xml.h"

#include "tests/harness.h"
#include "text/utf8.h"

#include <expat.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

TEST(xml_writes_elements_a_line_each) {
    struct buf out;
    struct xml x;
    buf_init(&out, 4096);
    xml_init(&x, &out);
    xml_open(&x, "urlset");
    xml_attr(&x, "xmlns", STR("http://example.com/?a=1&b=\"2\""));
    xml_open(&x, "url");
    xml_element(&x, "loc", STR("https://example.com/?a=<1>&b"));
    xml_element_i64(&x, "n", -7);
    xml_element(&x, "empty", STR(""));
    xml_close(&x);
    xml_open(&x, "link");
    xml_attr_i64(&x, "length", 12);
    xml_close(&x);
    xml_close(&x);
    CHECK_STR(buf_str(&out), DECLARATION
              "<urlset xmlns=\"http://example.com/?a=1&amp;b=&quot;2&quot;\">\n"
              "<url>\n<loc>https://example.com/?a=&lt;1&gt;&amp;b</loc>\n<n>-7</n>\n<empty/>\n"
              "</url>\n<link length=\"12\"/>\n</urlset>\n");
    CHECK_INT(out.status, STATUS_OK);
    CHECK_INT(x.depth, 0);
    buf_done(&out);
}

TEST(xml_cuts_cdata_where_it_would_end) {
    struct buf out;
    struct xml x;
    buf_init(&out, 4096);
    xml_init(&x, &out);
    xml_element_cdata(&x, "a", STR("x ]]> ]]]> ]] > <b>&amp;</b>"));
    CHECK_STR(buf_str(&out), DECLARATION
              "<a><![CDATA[x ]]]]><![CDATA[> ]]]]]><![CDATA[> ]] > <b>&amp;</b>]]></a>\n");
    /* Brackets on both sides of what is left out are neighbours in what is written. */
    buf_truncate(&out, 0);
    xml_element_cdata(&x, "a", STR("]\x01]>"));
    CHECK_STR(buf_str(&out), "<a><![CDATA[]]]]><![CDATA[>]]></a>\n");
    buf_done(&out);
}

TEST(xml_keeps_white_space_and_leaves_out_what_is_no_character) {
    struct buf out;
    struct xml x;
    buf_init(&out, 4096);
    xml_init(&x, &out);
    xml_open(&x, "a");
    xml_attr(&x, "b", STR("1\t2\n3\r4"));
    xml_text(&x, STR("\x01\t\n\r\x0b|\xef\xbf\xbe|\xff|\xc3\xa9"));
    xml_close(&x);
    CHECK_STR(buf_str(&out),
              DECLARATION "<a b=\"1&#9;2&#10;3&#13;4\">\t\n&#13;||\xef\xbf\xbd|\xc3\xa9</a>\n");
    buf_done(&out);
}

/* ---- whatever the strings hold, expat reads it back ---- */

static void XMLCALL take_text(void *ctx, const XML_Char *text, int len) {
    buf_put(ctx, str_make(text, (size_t)len));
}

/* What must come back: no bad bytes, none that is no character; in CDATA a \r ends a line. */
static void put_expected(struct buf *out, struct str text, bool cdata) {
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff) {
            continue;
        }
        if (cdata && c == '\r') {
            size_t next = at;
            if (at < text.len && utf8_next(text, &next) == '\n') {
                continue;
            }
            c = '\n';
        }
        utf8_put(out, c);
    }
}

TEST(xml_of_any_bytes_is_read_back_by_expat) {
    static const char bits[] = "]]>]<&\"'\t\nab\xc3\xa9\xff\x01\xef\xbf\xbe\xed\xa0\x80";
    uint64_t random = test_seed();
    for (int round = 0; round < 2000; round++) {
        char bytes[24];
        size_t len = test_below(&random, sizeof bytes);
        for (size_t i = 0; i < len; i++) {
            bytes[i] = bits[test_below(&random, sizeof bits - 1)];
        }
        struct str text = str_make(bytes, len);
        for (int cdata = 0; cdata < 2; cdata++) {
            struct buf out, read, expected;
            struct xml x;
            buf_init(&out, 4096), buf_init(&read, 4096), buf_init(&expected, 4096);
            xml_init(&x, &out);
            xml_open(&x, "a");
            xml_attr(&x, "b", text);
            (cdata ? xml_cdata : xml_text)(&x, text);
            xml_close(&x);
            XML_Parser parser = XML_ParserCreate(NULL);
            XML_SetUserData(parser, &read);
            XML_SetCharacterDataHandler(parser, take_text);
            CHECK(XML_Parse(parser, out.ptr, (int)out.len, true) == XML_STATUS_OK);
            XML_ParserFree(parser);
            put_expected(&expected, text, cdata);
            CHECK(str_eq(buf_str(&read), buf_str(&expected)));
            buf_done(&out), buf_done(&read), buf_done(&expected);
        }
    }
}
