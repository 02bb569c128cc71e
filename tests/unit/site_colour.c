#include "tests/fixture.h"
#include "tests/harness.h"

#include "site/colour.h"

#include <stdio.h>

static const struct colour BLACK = { 0, 0, 0 }, WHITE = { 255, 255, 255 };

TEST(colour_reads_hexadecimal_only) {
    struct colour c;
    CHECK(colour_parse(STR("#a3171f"), &c) && c.r == 0xa3 && c.g == 0x17 && c.b == 0x1f);
    CHECK(colour_parse(STR("#F0c"), &c) && c.r == 0xff && c.g == 0 && c.b == 0xcc);
    static const char *const bad[] = { "",      "#",        "a3171f",  "#a3171",
                                       "#12",   "#a3171g",  "red",     "#a3171f ",
                                       "#ff00", "#a3171f0", "#12 456", "rgb(0,0,0)" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!colour_parse(str_of(bad[i]), &c));
    }
}

TEST(colour_contrast_is_that_of_wcag) {
    CHECK(colour_contrast(BLACK, WHITE) > 20.99 && colour_contrast(WHITE, BLACK) < 21.01);
    CHECK_INT((int64_t)(100 * colour_contrast((struct colour){ 0x76, 0x76, 0x76 }, WHITE)), 454);
    CHECK_INT((int64_t)(100 * colour_contrast((struct colour){ 255, 0, 0 }, WHITE)), 399);
}

/* Whatever an editor picks can be read, and what could be read already stays as it was. */
TEST(colour_is_made_readable_on_light_and_on_dark) {
    struct colour light = { 0xf4, 0xf4, 0xf1 }, dark = { 0x1f, 0x21, 0x24 };
    for (int i = 0; i < 4096; i++) {
        struct colour c = { (uint8_t)((i >> 8) * 17), (uint8_t)((i >> 4 & 15) * 17),
                            (uint8_t)((i & 15) * 17) };
        struct colour on_light = colour_readable(c, BLACK, light, 4.5);
        struct colour on_dark = colour_readable(c, WHITE, dark, 4.5);
        CHECK(colour_contrast(on_light, light) >= 4.5);
        CHECK(colour_contrast(on_dark, dark) >= 4.5);
        if (colour_contrast(c, light) >= 4.5) {
            CHECK(on_light.r == c.r && on_light.g == c.g && on_light.b == c.b);
        }
    }
}

TEST(the_style_follows_the_theme_s_settings) {
    struct fixture f;
    fixture_open(&f);
    const char *key = "/2022/03/12/headline-12/";
    CHECK(str_find(fixture_body(&f, key), STR("<style>html:root{"), 0) == STR_NPOS);
    fixture_set(&f, "theme_accent", "#ff0");
    fixture_set(&f, "theme_type", "sans");
    fixture_set(&f, "theme_density", "compact");
    struct str body = fixture_body(&f, key);
    CHECK(str_find(body, STR("<style>html:root{--accent-light:#"), 0) != STR_NPOS);
    CHECK(str_find(body, STR("--accent-dark:#ffff00;"), 0) != STR_NPOS);
    CHECK(str_find(body, STR("--head:var(--sans);--text:var(--sans);"), 0) != STR_NPOS);
    CHECK(str_find(body, STR("--density:.75;}</style>"), 0) != STR_NPOS);
    fixture_close(&f);
}

TEST(the_style_sheet_can_be_a_file) {
    struct fixture f;
    fixture_open(&f);
    const char *key = "/2022/03/12/headline-12/";
    CHECK(str_find(fixture_body(&f, key), STR("<style>\n"), 0) != STR_NPOS);
    fixture_set(&f, "theme_style", "file");
    struct str body = fixture_body(&f, key);
    CHECK(str_find(body, STR("<style>\n"), 0) == STR_NPOS);
    struct str begin = STR("<link rel=\"stylesheet\" href=\"");
    size_t at = str_find(body, begin, 0);
    REQUIRE(at != STR_NPOS);
    size_t from = at + begin.len;
    char path[200];
    snprintf(path, sizeof path, "%.*s",
             STR_FMT(str_slice(body, from, str_find_char(body, '"', from))));
    CHECK(str_starts(str_of(path), STR("/assets/")));
    CHECK(str_find(fixture_body(&f, path), STR(":root{"), 0) == 0);
    fixture_close(&f);
}
