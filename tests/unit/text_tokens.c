#include "tests/harness.h"

#include "text/tokens.h"
#include "text/utf8.h"

#include <string.h>

static const struct {
    const char *text, *tokens;
} cases[] = {
    { "", "" },
    { " \t\n— … !?", "" },
    { "The Ferry's late, re-built 2nd", "the ferry s late re built 2nd" },
    /* case and diacritics, spelled in one character or in two */
    { "ÉTÉ été e\u0301te\u0301", "ete ete ete" },
    { "Ærøskøbing Straße Łódź İstanbul ısı", "aeroskobing strasse lodz istanbul isi" },
    { "Việt Nam Ångström naïve", "viet nam angstrom naive" },
    { "ΑΘΉΝΑ Αθήνας", "αθηνα αθηνασ" },
    { "Ёлка Київ", "елка киів" },
    { "ﬁrst ＡＢＣ １２ ²", "first abc 12 2" },
    /* points, hamza, tatweel and joiners are no part of a word */
    { "مُحَمَّد أحمد محمـــد", "محمد احمد محمد" },
    { "می\u200cروم", "ميروم" },
    { "שָׁלוֹם", "שלום" },
    { "soft\u00adhyphen", "softhyphen" },
    /* vowel signs are */
    { "हिन्दी में", "हिन्दी में" },
    { "தமிழ்", "தமிழ்" },
    { "한국 뉴스", "한국 뉴스" },
    /* pairs, and the last alone */
    { "北京大学", "北京 京大 大学 学" },
    { "渡轮 ferry", "渡轮 轮 ferry" },
    { "iPhone手机x", "iphone 手机 机 x" },
    { "水", "水" },
    { "カメラ", "カメ メラ ラ" },
    { "ドア", "ドア ア" },
    { "ไทย", "ไท ทย ย" },
    { "bad\xff"
      "bytes\xe4",
      "bad bytes" },
};

TEST(tokens_are_folded_words) {
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out;
        buf_init(&out, 1000);
        tokens_put(&out, str_of(cases[i].text));
        CHECK_STR(buf_str(&out), cases[i].tokens);
        buf_done(&out);
    }
}

TEST(tokens_say_where_they_stand) {
    struct token_reader r;
    struct token t;
    struct str text = STR("  Élan, 北京");
    token_reader_init(&r, text);
    CHECK(token_next(&r, &t));
    CHECK_STR(str_slice(text, t.from, t.to), "Élan");
    CHECK(!t.joins && !t.is_pair);
    CHECK(token_next(&r, &t));
    CHECK_STR(str_slice(text, t.from, t.to), "北京");
    CHECK(t.is_pair && !t.is_last && !t.joins);
    CHECK(token_next(&r, &t));
    CHECK_STR(str_slice(text, t.from, t.to), "京");
    CHECK(t.is_last && t.joins);
    CHECK(!token_next(&r, &t));
}

TEST(tokens_have_a_longest_length) {
    char text[3000];
    struct token_reader r;
    struct token t;
    for (size_t i = 0; i < sizeof text; i += 3) {
        memcpy(text + i, "ع\xef", 2);
        text[i + 2] = 'x';
    }
    token_reader_init(&r, str_make(text, sizeof text));
    CHECK(token_next(&r, &t));
    CHECK(t.text.len <= TOKEN_BYTES_MAX && t.text.len > TOKEN_BYTES_MAX - 4);
    CHECK(utf8_valid(t.text));
    CHECK_INT(t.to, sizeof text);
    CHECK(!token_next(&r, &t));
    /* A ligature of eighteen characters at the end of the room. */
    char long_one[66];
    memset(long_one, 'a', 63);
    memcpy(long_one + 63, "\xef\xb7\xba", 3);
    token_reader_init(&r, str_make(long_one, sizeof long_one));
    CHECK(token_next(&r, &t));
    CHECK(utf8_valid(t.text));
}
