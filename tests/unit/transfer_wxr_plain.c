#include "transfer/wxr_plain.h"

#include "base/limits.h"
#include "tests/harness.h"

/* All tokens as one line; what is refused is a "?". */
static struct str tokens(struct arena *a, struct str text) {
    struct buf out;
    struct wxr_token t = { 0 };
    size_t at = 0;
    buf_init(&out, MIB);
    while (at < text.len) {
        wxr_plain_next(a, text, &at, &t);
        static const char marks[] = { '<', '/', '>', '\'', '!', '?' };
        buf_put_char(&out, marks[t.kind]);
        if (t.kind == WXR_TOKEN_OTHER) {
            break;
        }
        if (t.kind == WXR_TOKEN_TEXT || t.kind == WXR_TOKEN_CDATA) {
            if (!wxr_plain_put(&out, &t)) {
                buf_put(&out, STR("?"));
            }
        } else {
            buf_put(&out, t.text);
        }
        for (size_t i = 0; i < t.n_attributes; i++) {
            buf_printf(&out, " %.*s=%.*s", STR_FMT(t.attributes[i].name),
                       STR_FMT(t.attributes[i].value));
        }
        buf_put_char(&out, ';');
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

TEST(wxr_plain_takes_what_exporters_write) {
    static const char *const cases[][2] = {
        { "<title>A &amp; B &#233;&#x2019;</title>\n<",
          "<title;'A & B \xc3\xa9\xe2\x80\x99;>title;'\n;?" },
        { "<content:encoded><![CDATA[<p>\na&amp;]]></content:encoded>",
          "<content:encoded;!<p>\na&amp;;>content:encoded;" },
        { "<category domain=\"x\" nicename='a&amp;b'\n>", "<category domain=x nicename=a&b;" },
        { "<a/><b />", "/a;/b;" },
        /* What it leaves to the parser. */
        { "<!-- x -->", "?" },
        { "<?x?>", "?" },
        { "<!DOCTYPE x>", "?" },
        { "<![CDATA[x", "?" },
        { "<a", "?" },
        { "<>", "?" },
        { "< a>", "?" },
        { "</a >", "?" },
        { "<a b>", "?" },
        { "<a b=c>", "?" },
        { "<a b = \"c\">", "?" },
        { "<a b=\"c\"d=\"e\">", "?" },
        { "<a b=\"c\" b=\"d\">", "?" },
        { "<a b=\"<\">", "?" },
        { "<a b=\"\t\">", "?" },
        { "<a b=\"&x;\">", "?" },
        { "<\xc3\xa9>", "?" },
        { "a]]>b<", "?" },
        { "no end", "?" },
        { "&nbsp;<", "'?;?" },
        { "&#0;<", "'?;?" },
        { "&#xffff;<", "'?;?" },
        { "&#X41;<", "'?;?" },
        { "&amp<", "'?;?" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(tokens(&a, str_of(cases[i][0])), cases[i][1]);
    }
    arena_done(&a);
}
