#include "tests/harness.h"

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "tests/html_trees.h"
#include "text/utf8.h"

#include <dirent.h>
#include <stdio.h>

static bool is_taken(struct str text) {
    bool taken;
    if (!trees_same(text, &taken)) {
        test_fail(__FILE__, __LINE__, "another tree: %.*s", STR_FMT(text));
    }
    return taken;
}

TEST(html_plain_takes_what_editors_write) {
    static const char *const texts[] = {
        "",
        " \n",
        "words & words",
        "<p>One <strong>two</strong> <a href=\"/x?a=1&amp;b=2\" rel='nofollow'>three</a></p>\n",
        "<P CLASS='a'>x</P>",
        "<h2 class=\"wp-block-heading\">x</h2><hr class=\"wp-block-separator\"/><p>y<br />z</p>",
        "<ul class=\"wp-block-list\">\n<li>x<ul><li>y</li></ul></li>\n</ul>",
        "<figure class=\"wp-block-image\"><img src=\"/a.jpg\" alt=\"\" /><figcaption>x <em>y</em>"
        "</figcaption></figure>",
        "<blockquote class=\"wp-block-quote\"><p>x</p><cite>y</cite></blockquote>",
        "<pre class=\"wp-block-code\"><code>a &lt;b&gt;\n c</code></pre>",
        "<div><span></span><b></b></div>",
        "<figure><table class='x'> <thead><tr><th>a</th></tr></thead>\n<tbody>\n<tr> <td>b<p>c</p>"
        "<b>d</b></td>\t</tr></tbody><!-- e --></table></figure>",
        "<dl><dt>a</dt> <dd><p>b</p></dd></dl>",
        "<p>a</p>\n<!--more-->\n<p>b</p>",
        "<video controls src='/a.mp4'><source src='/b'></video><audio src='/c'></audio>",
        "<details><summary>a</summary><p>b</p></details>",
        "<img hidden><img hidden alt=''>",
        "x&nbsp;y &#8217; &#x2019; &hellip; \xc3\xa9 \xf0\x9f\x98\x80",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!is_taken(str_of(texts[i]))) {
            test_fail(__FILE__, __LINE__, "not taken: %s", texts[i]);
        }
    }
}

TEST(html_plain_refuses_what_a_parser_mends) {
    static const char *const texts[] = {
        "<p>x",
        "<p>x<p>y</p></p>",
        "<p><div></div></p>",
        "<h2><h3></h3></h2>",
        "<b><p>x</p></b>",
        "<b><i>x</b></i>",
        "<a href=x>y<b><a href=z>w</a></b></a>",
        "<li>x</li>",
        "<ul><li>x<li>y</ul>",
        "x</p>",
        "</br>",
        "<br></br>",
        "<p/>x",
        "<table><tr><td>x</td></tr></table>",
        "<table>x<tbody></tbody></table>",
        "<table><tbody><b></b></tbody></table>",
        "<table><tbody><tr><p>x</p></tr></tbody></table>",
        "<p><table></table></p>",
        "<td>x</td>",
        "<dd>x</dd>",
        "<script>x</script>",
        "<svg></svg>",
        "<!-->",
        "<!--->",
        "<!---->",
        "<!--x",
        "<!--x--!>",
        "<!-- a -- b -->",
        "<!doctype html>",
        "<?x?>",
        "<>",
        "< p>",
        "a < b",
        "<p title=x>y</p>",
        "<p title=\"a\"title=\"b\">y</p>",
        "<p title='a' title='b'>y</p>",
        "<p title=\"a>y</p>",
        "<p title = \"a\">y</p>",
        "<p\ttitle",
        "<p",
        "</p ",
        "<p>x</p >",
        "<p>x</p a='b'>",
        "<p =\"x\">y</p>",
        "<pre>\nx</pre>",
        "<pre>&#10;x</pre>",
        "&copy",
        "&amp",
        "&#0;",
        "&#128;",
        "&#13;",
        "&#xd800;",
        "&#xfffe;",
        "&#99999999;",
        "&#;",
        "x&",
        "<a href='x&'>y</a>",
        "a\rb",
        "a\x0c",
        "a\x7f",
        "\xc2\x80",
        "\xef\xbf\xbe",
        "\xef\xbb\xbfx",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (is_taken(str_of(texts[i]))) {
            test_fail(__FILE__, __LINE__, "taken: %s", texts[i]);
        }
    }
    CHECK(!is_taken(STR("a\0b")));
    CHECK(!is_taken(STR("\xff")));
    struct buf deep;
    buf_init(&deep, MIB);
    for (int i = 0; i < 100; i++) {
        buf_put(&deep, STR("<div>"));
    }
    for (int i = 0; i < 100; i++) {
        buf_put(&deep, STR("</div>"));
    }
    CHECK(!is_taken(buf_str(&deep)));
    buf_done(&deep);
}

TEST(html_plain_parses_the_corpora_as_the_parser_does) {
    static const char *const folders[] = { "fuzz/corpus/sanitize", "fuzz/corpus/wp_body",
                                           "fuzz/corpus/html_plain" };
    size_t files = 0;
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s", test_path(folders[i]));
        DIR *dir = opendir(path);
        REQUIRE(dir != NULL);
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
            char name[8192];
            struct buf text;
            buf_init(&text, MIB);
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
            if (entry->d_name[0] != '.' && io_read_file(name, &text, NULL) == STATUS_OK) {
                if (utf8_valid(buf_str(&text))) {
                    is_taken(buf_str(&text));
                }
                files++;
            }
            buf_done(&text);
        }
        closedir(dir);
    }
    CHECK(files > 30);
}

/* Well nested, or nearly. */
static void put_random(struct buf *out, uint64_t *state) {
    static const char *const names[] = { "p",     "div", "ul", "ol",   "li", "figure", "figcaption",
                                         "h2",    "a",   "b",  "span", "em", "code",   "blockquote",
                                         "br",    "img", "hr", "pre",  "s",  "strong", "table",
                                         "tbody", "tr",  "td", "dl",   "dd" };
    static const char *const bits[] = { "x",      " ",        "\n",  "a b ",   "&amp;", "&#8217;",
                                        "&nbsp;", "\xc3\xa9", " & ", "&lt;p>", "<",     "&" };
    static const char *const attributes[] = { " class=\"a\"", " id='b'", " HREF=\"x&amp;y\"",
                                              " hidden",      " alt=''", "\n title=\"<p>\"" };
    const char *open[12];
    size_t depth = 0;
    for (size_t n = 1 + test_below(state, 24); n > 0; n--) {
        size_t what = test_below(state, 8);
        if (what < 3 && depth < COUNT_OF(open)) {
            /* Inline in inline mostly: otherwise hardly any is plain. */
            bool in_text = depth > 0 && strlen(open[depth - 1]) < 3;
            const char *name =
                names[in_text && test_below(state, 8) > 0 ? 8 + test_below(state, 5)
                                                          : test_below(state, COUNT_OF(names))];
            buf_printf(out, "<%s", name);
            while (test_below(state, 4) == 0) {
                buf_put(out, str_of(attributes[test_below(state, COUNT_OF(attributes))]));
            }
            buf_put(out, STR(">"));
            if (strcmp(name, "br") != 0 && strcmp(name, "img") != 0 && strcmp(name, "hr") != 0) {
                open[depth++] = name;
            }
        } else if (what < 5 && depth > 0) {
            buf_printf(out, "</%s>", open[--depth]);
        } else {
            buf_put(
                out,
                str_of(bits[test_below(state, COUNT_OF(bits) - 2 * (test_below(state, 16) > 0))]));
        }
    }
    while (depth > 0) {
        buf_printf(out, "</%s>", open[--depth]);
    }
}

TEST(html_plain_parses_random_markup_as_the_parser_does) {
    uint64_t state = test_seed();
    size_t taken = 0;
    struct buf text;
    buf_init(&text, MIB);
    for (int i = 0; i < 20000; i++) {
        buf_reset(&text);
        put_random(&text, &state);
        if (i % 4 == 0 && text.len > 0) { /* a byte of it is another */
            text.ptr[test_below(&state, text.len)] = "<>/&;= \"'\nap"[test_below(&state, 12)];
        }
        taken += is_taken(buf_str(&text));
    }
    CHECK(taken > 2000);
    buf_done(&text);
}
