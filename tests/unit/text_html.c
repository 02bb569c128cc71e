#include "tests/harness.h"

#include "text/html.h"

TEST(html_escape_leaves_nothing_that_html_reads) {
    struct arena a = { 0 };
    CHECK_STR(html_of_text(&a, STR("<a href=\"x\">'`&</a>")).raw,
              "&lt;a href&#x3D;&quot;x&quot;&gt;&#x27;&#x60;&amp;&lt;/a&gt;");
    CHECK_STR(html_of_text(&a, STR("caf\xc3\xa9")).raw, "caf\xc3\xa9");
    CHECK_STR(html_of_text(&a, STR("")).raw, "");
    arena_done(&a);
}

TEST(html_unescape_knows_all_references) {
    static const char *const cases[][2] = {
        { "a &amp; b &lt;&gt;&quot;", "a & b <>\"" },
        { "&#8217;&#x2019;&#X2019;", "\xe2\x80\x99\xe2\x80\x99\xe2\x80\x99" },
        { "&hellip;&mdash;&eacute;", "\xe2\x80\xa6\xe2\x80\x94\xc3\xa9" },
        { "&copy 2022", "\xc2\xa9 2022" },
        { "&notit;", "\xc2\xacit;" },
        { "&NotEqualTilde;", "\xe2\x89\x82\xcc\xb8" },
        { "&#150;", "\xe2\x80\x93" },
        { "&#0;&#xd800;&#99999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "& &; &# &#x; &nosuchthing; &", "& &; &# &#x; &nosuchthing; &" },
        { "&amp;lt;", "&lt;" },
        { "&nbsp;", "\xc2\xa0" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(html_unescape(&a, str_of(cases[i][0])), cases[i][1]);
    }
    uint64_t rng = test_seed();
    for (int i = 0; i < 500; i++) {
        char text[64];
        for (size_t k = 0; k < sizeof text; k++) {
            text[k] = "&<>\"'=`;#xamplt a1"[test_below(&rng, 18)];
        }
        struct str plain = str_make(text, sizeof text);
        CHECK(str_eq(html_unescape(&a, html_of_text(&a, plain).raw), plain));
    }
    arena_done(&a);
}

TEST(html_text_is_what_a_reader_reads) {
    static const char *const cases[][2] = {
        { "<p>One <em>tw</em>o</p>\n<p>three<br>four</p>", "One two three four" },
        { "<figure><img src=\"x\" alt=\"a\"><figcaption>Cap "
          "<b>x</b></figcaption></figure><p>Text</p>",
          "Text" },
        { "<p>a</p><div data-card=\"also-read\" data-story=\"7\"><div>x</div><a "
          "href=\"/b\">b</a></div><p>c</p>",
          "a c" },
        { "a<script>if (1<2) x()</script>b<style>p{}</style><!-- <p>no</p> -->c", "a b c" },
        { "<p>1 &lt; 2 &amp;amp; &hellip;</p>", "1 < 2 &amp; \xe2\x80\xa6" },
        { "<p title=\"a data-card=b\">c</p><p\ndata-card='x'>d</p>", "c" },
        { "<ul><li>a</li><li>b</li></ul>", "a b" },
        { "<p title=\"a>b\">c</p> a < b", "c a < b" },
        { "", "" },
        { "<p>", "" },
        { "<figcaption>never closed", "" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(html_text(&a, (struct html){ str_of(cases[i][0]) }), cases[i][1]);
    }
    arena_done(&a);
}
