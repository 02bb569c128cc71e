#include "tests/harness.h"

#include "base/io.h"
#include "base/limits.h"
#include "text/body.h"
#include "text/sanitize.h"

#include <jansson.h>

static const char SITE[] = "https://www.example.com";

static struct str sanitized(struct arena *a, struct str untrusted) {
    struct html out = { STR("(failed)") };
    struct err err = { 0 };
    struct sanitize_options options = { .base_url = str_of(SITE) };
    if (sanitize_html(a, untrusted, &options, &out, &err) != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "%s", err.message);
    }
    return out.raw;
}

/* What must hold for every output. */
static void check_output(struct arena *a, struct str untrusted) {
    struct err err = { 0 };
    struct str once = sanitized(a, untrusted), twice = sanitized(a, once);
    if (!body_valid((struct html){ once }, &err)) {
        test_fail(__FILE__, __LINE__, "%s\n    %.*s\n  from\n    %.*s", err.message, STR_FMT(once),
                  STR_FMT(untrusted));
    }
    if (!str_eq(once, twice)) {
        test_fail(__FILE__, __LINE__, "not idempotent:\n    %.*s\n    %.*s\n  from\n    %.*s",
                  STR_FMT(once), STR_FMT(twice), STR_FMT(untrusted));
    }
}

TEST(sanitize_gives_each_input_its_one_form) {
    static const char *const cases[][2] = {
        /* What editors use survives. */
        { "<H1>Title</H1><P>One<BR/>two", "<h2>Title</h2><p>One<br>two</p>" },
        { "<p class='alignwide evil' id=fn1 onclick=x()>x</p>",
          "<p id=\"fn1\" class=\"alignwide\">x</p>" },
        { "<ol start=3 type=a reversed><li value=4>x</ol>",
          "<ol start=\"3\" reversed=\"\" type=\"a\"><li value=\"4\">x</li></ol>" },
        { "<a href=x target=_blank rel='noopener NoFollow evil'>y</a>",
          "<a href=\"x\" rel=\"nofollow noopener\">y</a>" },
        { "<p style='Text-Align: Center ;width:50%; position:fixed'>x</p>",
          "<p style=\"text-align:center;width:50%\">x</p>" },
        { "<pre>\n\n a\n\tb </pre>", "<pre> a\n\tb </pre>" },
        { "<ruby>a<rt>b</ruby>", "<ruby>a<rt>b</rt></ruby>" },
        { "<video src=a autoplay><track src=b kind=captions></video>",
          "<video src=\"a\" controls=\"\" preload=\"none\"><track src=\"b\" "
          "kind=\"captions\"></video>" },
        { "<picture><source srcset='a 1x'><img src=b></picture>",
          "<picture><source srcset=\"a 1x\"><img src=\"b\" alt=\"\"></picture>" },
        /* Old HTML means what it meant. */
        { "<center>x</center><strike>y</strike>",
          "<div class=\"has-text-align-center\">x</div><s>y</s>" },
        { "<img align=left src=x alt=y>", "<img class=\"alignleft\" src=\"x\" alt=\"y\">" },
        { "<a name=part-2></a>x", "<a id=\"part-2\"></a>x" },
        { "<img src='data:image/gif;base64,AA' data-src=/r.jpg>", "<img src=\"/r.jpg\" alt=\"\">" },
        { "<b style='font-weight:normal' id=docs-internal-guid-1><p>x</p></b>", "<p>x</p>" },
        /* Nothing stands where it may not. */
        { "<b>x<div>y</div>z</b>", "<b>x</b><div><b>y</b></div><b>z</b>" },
        { "<p>a<iframe src=https://example.org/v title=T></iframe>b</p>",
          "<p>a</p><figure data-card=\"embed\" data-url=\"https://example.org/v\">"
          "<a href=\"https://example.org/v\">T</a></figure><p>b</p>" },
        { "<ul>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>" },
        { "<li>x", "<div>x</div>" },
        { "<h2>a<div>b</div>c</h2>", "<h2>a b c</h2>" },
        { "<a href=1>x<table><td><a href=2>y</table></a>",
          "<a href=\"1\">x</a><table><tbody><tr><td><a "
          "href=\"1\">y</a></td></tr></tbody></table>" },
        { "<p></p><p> </p><em></em><div><ul></ul></div>x", "x" },
        /* White space. */
        { " <p> a  b\n<b> c </b> </p>\n\n<p>d</p> ", "<p>a b <b>c </b></p>\n<p>d</p>" },
        /* Links. */
        { "<a href='http://example.com/a?b#top'>x</a>", "<a href=\"/a?b#top\">x</a>" },
        { "<a href='https://example.com?p=7'>x</a>", "<a href=\"/?p=7\">x</a>" },
        { "<a href='https://example.com//evil.example/'>x</a>",
          "<a href=\"https://example.com//evil.example/\">x</a>" },
        { "<a href='#top'>x</a><h2 id=top>y</h2>",
          "<a href=\"#top-\">x</a><h2 id=\"top-\">y</h2>" },
        { "<a href=' java\nscript:x'>y</a>", "y" },
        { "<iframe src='//www.youtube.com/embed/abc?rel=0'></iframe>",
          "<figure data-card=\"embed\" data-url=\"https://www.youtube.com/watch?v=abc\">"
          "<a href=\"https://www.youtube.com/watch?v=abc\">www.youtube.com</a></figure>" },
        /* Cards. */
        { "<p data-card=also-read data-story=42 data-label='ALSO READ:'>"
          "<a data-story=42 href=/x>y</a></p>",
          "<p data-card=\"also-read\" data-story=\"42\" data-label=\"ALSO READ:\">"
          "<a data-story=\"42\" href=\"/x\">y</a></p>" },
        { "<p data-card=evil data-story=0x1>y</p>", "<p>y</p>" },
        /* Text. */
        { "a &lt;b&gt; &amp;amp; &quot; ' &nbsp;&eacute;",
          "a &lt;b&gt; &amp;amp; \" ' \u00a0\u00e9" },
        { "<p title='\"&lt;&amp;'>x</p>", "<p title=\"&quot;&lt;&amp;\">x</p>" },
        { "a&#0;b&#1;c&#13;d", "a\ufffdbc d" },
        { "&#111111111111x", "\xef\xbf\xbdx" },
        { "<a id=x-1>a</a><a rel=me>b</a><a id=y>c<div>d</div></a>",
          "<a id=\"x-1\">a</a>b<a id=\"y-\">c</a><div>d</div>" },
        { "", "" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(sanitized(&a, str_of(cases[i][0])), cases[i][1]);
        check_output(&a, str_of(cases[i][0]));
    }
    arena_done(&a);
}

TEST(sanitize_counts_what_it_takes_away) {
    struct arena a = { 0 };
    struct html out;
    size_t removed = 0;
    unsigned rounds = 0;
    struct sanitize_options options = { .ret_removed = &removed, .ret_rounds = &rounds };
    CHECK(sanitize_html(&a, STR("<p>x</p>"), &options, &out, NULL) == STATUS_OK && removed == 0);
    CHECK(sanitize_html(&a, STR("<p onclick=a style=b>x<script>y</script><font>z</font>"), &options,
                        &out, NULL) == STATUS_OK);
    CHECK_INT(removed, 4);
    CHECK_INT(rounds, 1); /* plain enough to be known as stable */
    CHECK(sanitize_html(&a, STR("<table><tr><td>x</table>"), &options, &out, NULL) == STATUS_OK);
    CHECK_INT(rounds, 2);
    arena_done(&a);
}

TEST(sanitize_refuses_what_would_take_too_long) {
    struct arena a = { 0 };
    struct buf b;
    struct html out;
    struct err err = { 0 };
    buf_init(&b, 64 * MIB);
    /* Deep, but bounded: kept, flattened at the limit. */
    for (int i = 0; i < 5000; i++) {
        buf_put(&b, STR("<div>"));
    }
    buf_put(&b, STR("deep"));
    CHECK_INT(sanitize_html(&a, buf_str(&b), NULL, &out, &err), STATUS_OK);
    CHECK(body_valid(out, &err) && str_find(out.raw, STR("deep"), 0) != STR_NPOS);
    /* Every paragraph opens every formatting element again. */
    buf_reset(&b);
    buf_put(&b, STR("<p>"));
    for (int i = 0; i < 5000; i++) {
        buf_printf(&b, "<b class=x%d>", i);
    }
    for (int i = 0; i < 5000; i++) {
        buf_put(&b, STR("<p>x"));
    }
    CHECK_INT(sanitize_html(&a, buf_str(&b), NULL, &out, &err), STATUS_TOO_LARGE);
    CHECK(err.message[0] != '\0');
    buf_done(&b);
    arena_done(&a);
}

/* The corpus; tests/sanitize.mjs loads its outputs into a browser. */
static json_t *load_vectors(void) {
    struct buf b;
    struct err err = { 0 };
    buf_init(&b, 16 * MIB);
    json_t *vectors = NULL;
    if (io_read_file(test_path("tests/data/xss.json"), &b, &err) == STATUS_OK) {
        vectors = json_loadb(b.ptr, b.len, JSON_ALLOW_NUL, NULL);
    }
    buf_done(&b);
    return vectors;
}

static struct str vector_html(const json_t *vectors, size_t i) {
    const json_t *html = json_object_get(json_array_get(vectors, i), "html");
    return str_make(json_string_value(html), json_string_length(html));
}

TEST(sanitize_disarms_the_corpus) {
    static const char *const never[] = { "<script", "<style",    "<iframe", "<svg",
                                         "<math",   "<form",     "<input",  "<object",
                                         "<embed",  "<template", "<base",   "<meta",
                                         "<link",   "<!--",      "srcdoc=", "href=\"javascript" };
    json_t *vectors = load_vectors();
    REQUIRE(json_array_size(vectors) >= 150);
    struct arena a = { 0 };
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        struct str in = vector_html(vectors, i), out = sanitized(&a, in);
        check_output(&a, in);
        for (size_t n = 0; n < COUNT_OF(never); n++) {
            if (str_find_nocase(out, str_of(never[n]), 0) != STR_NPOS) {
                test_fail(__FILE__, __LINE__, "%s in %.*s\n  from %.*s", never[n], STR_FMT(out),
                          STR_FMT(in));
            }
        }
        arena_reset(&a);
    }
    arena_done(&a);
    json_decref(vectors);
}

/* Pieces of vectors put together at random, bytes changed. */
TEST(sanitize_is_idempotent_and_valid_for_random_mutations) {
    uint64_t rng = test_seed();
    json_t *vectors = load_vectors();
    size_t n = json_array_size(vectors);
    REQUIRE(n > 0);
    struct arena a = { 0 };
    struct buf b;
    buf_init(&b, MIB);
    for (int round = 0; round < 10000; round++) {
        buf_reset(&b);
        for (size_t parts = 1 + test_below(&rng, 5); parts > 0; parts--) {
            struct str v = vector_html(vectors, test_below(&rng, n));
            v = str_slice(v, 0, 300);
            size_t from = test_below(&rng, v.len + 1);
            buf_put(&b, str_slice(v, test_below(&rng, 2) ? from : 0, v.len));
        }
        for (size_t changes = test_below(&rng, 4); changes > 0 && b.len > 0; changes--) {
            b.ptr[test_below(&rng, b.len)] = "<>\"'&/= \n\0-ab"[test_below(&rng, 14)];
        }
        check_output(&a, buf_str(&b));
        struct str text = html_text(&a, (struct html){ sanitized(&a, buf_str(&b)) });
        struct str as_body = sanitized(&a, html_of_text(&a, text).raw);
        CHECK(str_find_char(as_body, '<', 0) == STR_NPOS);
        arena_reset(&a);
    }
    buf_done(&b);
    arena_done(&a);
    json_decref(vectors);
}
