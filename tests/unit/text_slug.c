#include "tests/harness.h"

#include "base/limits.h"
#include "text/slug.h"

TEST(slug_is_ascii_words) {
    struct arena a = { 0 };
    CHECK_STR(slug_make(&a, STR("  Don't Miss: The Harbour\xe2\x80\x99s 2nd F\xc3\xaate! "), false),
              "dont-miss-the-harbours-2nd-fete");
    CHECK_STR(
        slug_make(&a,
                  STR("\u041c\u043e\u0441\u043a\u0432\u0430 \u2014 \u0433\u043e\u0440\u043e\u0434"),
                  false),
        "moskva-gorod");
    CHECK_STR(slug_make(&a, STR("\u6771\u4eac"), false), "dong-jing");
    CHECK_STR(slug_make(&a, STR("Stra\u00dfe \u00c6r\u00f8"), false), "strasse-aero");
    CHECK_STR(slug_make(&a, STR("\u2014 !?"), false), "story");
    CHECK_STR(slug_make(&a, STR(""), true), "story");
    CHECK_STR(slug_make(&a, STR("a/../b%2f<script>"), false), "a-b-2f-script");
    arena_done(&a);
}

TEST(slug_keeps_the_script_when_told) {
    struct arena a = { 0 };
    CHECK_STR(slug_make(&a, STR("\u041c\u043e\u0441\u043a\u0432\u0430 City"), true),
              "\u043c\u043e\u0441\u043a\u0432\u0430-city");
    CHECK_STR(slug_make(&a, STR("\u0939\u093f\u0928\u094d\u0926\u0940 \u0916\u092c\u0930"), true),
              "\u0939\u093f\u0928\u094d\u0926\u0940-\u0916\u092c\u0930");
    arena_done(&a);
}

TEST(slug_is_cut_at_a_word) {
    struct arena a = { 0 };
    char text[4096];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = i % 10 == 9 ? ' ' : 'a';
    }
    struct str slug = slug_make(&a, str_make(text, sizeof text), false);
    CHECK_INT(slug.len, 199);
    memset(text, 'b', sizeof text);
    CHECK_INT(slug_make(&a, str_make(text, sizeof text), false).len, LIMIT_SLUG_BYTES);
    arena_done(&a);
}
