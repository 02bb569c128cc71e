#include "tests/harness.h"

#include "text/body.h"
#include "text/body_vocabulary.h"

TEST(body_reader_gives_every_token) {
    struct body_reader r;
    struct body_token t;
    body_reader_init(
        &r, (struct html){ STR("<p id=\"a-1\" title=\"x &quot;y&quot;\">1 &lt; 2<br></p>") });
    CHECK_INT(body_next(&r, &t), BODY_OPEN);
    CHECK_STR(t.name, "p");
    CHECK_INT(t.n_attrs, 2);
    CHECK_STR(body_attr(&t, STR("title")), "x &quot;y&quot;");
    CHECK(body_attr(&t, STR("class")).ptr == NULL);
    CHECK_STR(t.raw, "<p id=\"a-1\" title=\"x &quot;y&quot;\">");
    CHECK_INT(body_next(&r, &t), BODY_TEXT);
    CHECK_STR(t.raw, "1 &lt; 2");
    CHECK_INT(body_next(&r, &t), BODY_OPEN);
    CHECK(body_is_void(t.name));
    CHECK_INT(body_next(&r, &t), BODY_CLOSE);
    CHECK_STR(t.name, "p");
    CHECK_INT(body_next(&r, &t), BODY_END);
    CHECK_INT(body_next(&r, &t), BODY_END);
}

TEST(body_reader_stays_at_bad_markup) {
    static const char *const bad[] = { "<P>",          "<p",        "<p >",         "<p a>",
                                       "<p a=b>",      "<p a='b'>", "<p  a=\"b\">", "<br/>",
                                       "</p a=\"b\">", "< p>",      "a > b",        "a & b",
                                       "&quot;",       "&#38;",     "<!-- -->",     "<p a=\"<\">",
                                       "<p a=\"&\">",  "<>",        "</>",          "<p a=\"b" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct body_reader r;
        struct body_token t;
        body_reader_init(&r, (struct html){ str_of(bad[i]) });
        CHECK_INT(body_next(&r, &t), BODY_BAD);
        CHECK_INT(body_next(&r, &t), BODY_BAD);
    }
}

TEST(body_inner_skips_an_element) {
    struct body_reader r;
    struct body_token t;
    body_reader_init(&r, (struct html){ STR("<div><div>a<br></div>b</div><p>c</p>") });
    body_next(&r, &t);
    CHECK_STR(body_inner(&r, &t).raw, "<div>a<br></div>b");
    CHECK_INT(body_next(&r, &t), BODY_OPEN);
    CHECK_STR(t.name, "p");
}

TEST(body_valid_knows_the_subset) {
    static const char *const good[] = {
        "",
        "text",
        "<p>a</p>\n<p>b</p>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<table><tbody><tr><td><p>x</p></td></tr></tbody></table>",
        "<p><a href=\"/x\"><em>y</em></a></p>",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct err err = { 0 };
        if (!body_valid((struct html){ str_of(good[i]) }, &err)) {
            test_fail(__FILE__, __LINE__, "%s: %s", good[i], err.message);
        }
    }
    static const char *const bad[] = {
        "<p>a",
        "</p>",
        "<p><b>a</p></b>",
        "<script></script>",
        "<p onclick=\"x\">a</p>",
        "<a href=\"javascript:x\">a</a>",
        "<p><p>a</p></p>",
        "<em><div>a</div></em>",
        "<ul>a</ul>",
        "<a href=\"x\"><b><a href=\"y\">z</a></b></a>",
        "<p class=\"x\" id=\"y-\">a</p>",
        "<p id=\"location\">a</p>",
        "<p style=\"position:fixed\">a</p>",
        "<p id=\"a-\" id=\"b-\">a</p>",
        "<li>a</li>",
        "a\x01",
        "<td>a</td>",
        "\xff",
        "<h1>a</h1>",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { 0 };
        if (body_valid((struct html){ str_of(bad[i]) }, &err)) {
            test_fail(__FILE__, __LINE__, "taken: %s", bad[i]);
        }
        CHECK(err.message[0] != '\0');
    }
}

/* The elements of each attribute's list end within it, and every element finds itself. */
TEST(body_vocabulary_is_consistent) {
    for (const struct body_attribute *at = body_attributes; at->name.len > 0; at++) {
        CHECK_INT(at->tags[COUNT_OF(at->tags) - 1], BODY_TAG_NONE);
    }
    for (int tag = 1; tag < BODY_TAG_COUNT; tag++) {
        CHECK_INT(body_tag_of(body_elements[tag].name), tag);
        CHECK(body_elements[tag].is_void == (body_elements[tag].takes == 0));
    }
}
