#include "tests/harness.h"

#include "text/utf8.h"

TEST(utf8_takes_what_rfc_3629_allows) {
    CHECK(utf8_valid(STR("")));
    CHECK(utf8_valid(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x97\x9e")));
    CHECK(utf8_valid(STR("\xf4\x8f\xbf\xbf")));
    const char *bad[] = {
        "\x80",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xe2\x82",
        "\xff",
        "a\xc3",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!utf8_valid(str_of(bad[i])));
    }
}

TEST(utf8_round_trips_every_code_point) {
    struct buf b;
    buf_init(&b, 16);
    for (uint32_t c = 0; c < 0x110000; c++) {
        buf_reset(&b);
        utf8_put(&b, c);
        size_t at = 0;
        uint32_t expected = c >= 0xd800 && c <= 0xdfff ? UTF8_REPLACEMENT : c;
        if (utf8_next(buf_str(&b), &at) != expected || at != b.len) {
            test_fail(__FILE__, __LINE__, "U+%04X does not come back", (unsigned)c);
        }
    }
    buf_done(&b);
}

TEST(utf8_clean_replaces_bad_bytes_and_drops_controls) {
    struct arena a = { 0 };
    CHECK_STR(utf8_clean(&a, STR("a\x01"
                                 "b\x1f\t\r\n\x7f")),
              "ab\t\r\n\x7f");
    CHECK_STR(utf8_clean(&a, STR("\xff"
                                 "caf\xe9")),
              "\xef\xbf\xbd"
              "caf\xef\xbf\xbd");
    struct str same = STR("caf\xc3\xa9");
    CHECK(utf8_clean(&a, same).ptr == same.ptr);
    uint64_t rng = test_seed();
    for (int i = 0; i < 2000; i++) {
        char bytes[24];
        for (size_t k = 0; k < sizeof bytes; k++) {
            bytes[k] = (char)test_random(&rng);
        }
        struct str once = utf8_clean(&a, str_make(bytes, sizeof bytes));
        CHECK(utf8_valid(once));
        CHECK(str_eq(utf8_clean(&a, once), once));
        CHECK(utf8_valid(utf8_prefix(once, test_below(&rng, 30))));
    }
    arena_done(&a);
}
