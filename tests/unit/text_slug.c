#include "tests/harness.h"

#include "base/buf.h"
#include "base/limits.h"
#include "text/slug.h"
#include "text/utf8.h"

static const struct slug_style latin = { .keep_script = false };
static const struct slug_style kept = { .keep_script = true };

TEST(slug_is_ascii_words) {
    struct arena a = { 0 };
    CHECK_STR(slug_make(&a, STR("  Don't Miss: The Harbour\xe2\x80\x99s 2nd F\xc3\xaate! "), latin),
              "dont-miss-the-harbours-2nd-fete");
    CHECK_STR(
        slug_make(&a,
                  STR("\u041c\u043e\u0441\u043a\u0432\u0430 \u2014 \u0433\u043e\u0440\u043e\u0434"),
                  latin),
        "moskva-gorod");
    CHECK_STR(slug_make(&a, STR("\u6771\u4eac"), latin), "dong-jing");
    CHECK_STR(slug_make(&a, STR("Stra\u00dfe \u00c6r\u00f8"), latin), "strasse-aero");
    CHECK_STR(slug_make(&a, STR("\u2014 !?"), latin), "story");
    CHECK_STR(slug_make(&a, STR(""), kept), "story");
    CHECK_STR(slug_make(&a, STR("a/../b%2f<script>"), latin), "a-b-2f-script");
    arena_done(&a);
}

TEST(slug_keeps_the_script_when_told) {
    struct arena a = { 0 };
    CHECK_STR(slug_make(&a, STR("\u041c\u043e\u0441\u043a\u0432\u0430 City"), kept),
              "\u043c\u043e\u0441\u043a\u0432\u0430-city");
    CHECK_STR(slug_make(&a, STR("\u0939\u093f\u0928\u094d\u0926\u0940 \u0916\u092c\u0930"), kept),
              "\u0939\u093f\u0928\u094d\u0926\u0940-\u0916\u092c\u0930");
    arena_done(&a);
}

TEST(slug_is_cut_at_a_word) {
    struct arena a = { 0 };
    char text[4096];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = i % 10 == 9 ? ' ' : 'a';
    }
    struct str slug = slug_make(&a, str_make(text, sizeof text), latin);
    CHECK_INT(slug.len, 199);
    memset(text, 'b', sizeof text);
    CHECK_INT(slug_make(&a, str_make(text, sizeof text), latin).len, LIMIT_SLUG_BYTES);
    arena_done(&a);
}

TEST(slug_in_the_languages_of_the_theme) {
    static const struct {
        const char *language, *headline, *latin, *kept;
    } cases[] = {
        { "de", "Öl im Hafen: „Größte Übung“ seit 1974", "oel-im-hafen-groesste-uebung-seit-1974",
          "öl-im-hafen-größte-übung-seit-1974" },
        { "de-AT", "Käse", "kaese", "käse" },
        { "sv", "Käse", "kase", "käse" },
        { "fr", "L’été : où va l’œuvre ?", "lete-ou-va-loeuvre", "lété-où-va-lœuvre" },
        { "es", "¿Qué pasó? Mañana, «el» muelle", "que-paso-manana-el-muelle",
          "qué-pasó-mañana-el-muelle" },
        { "hi", "नगर परिषद ने नए घाट को मंज़ूरी दी", "nagara-parisada-ne-nae-ghata-ko-manzuri-di",
          "नगर-परिषद-ने-नए-घाट-को-मंज़ूरी-दी" },
        { "ar", "مجلس المدينة يوافق على الرصيف", "mjls-almdynt-ywafq-ly-alrsyf",
          "مجلس-المدينة-يوافق-على-الرصيف" },
        { "zh", "市议会批准“新渡轮”码头", "shi-yi-hui-pi-zhun-xin-du-lun-ma-tou",
          "市议会批准-新渡轮-码头" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slug_style style = { .language = cases[i].language };
        struct str headline = str_of(cases[i].headline);
        CHECK_STR(slug_make(&a, headline, style), cases[i].latin);
        style.keep_script = true;
        struct str slug = slug_make(&a, headline, style);
        CHECK_STR(slug, cases[i].kept);
        CHECK_STR(slug_make(&a, slug, style), cases[i].kept); /* its own slug */
    }
    arena_done(&a);
}

/* 67 times a letter with two marks: 9 bytes each, 200 is within one. */
TEST(slug_is_not_cut_within_a_character) {
    struct arena a = { 0 };
    struct buf text;
    buf_init(&text, 4096);
    for (int i = 0; i < 67; i++) {
        buf_put(&text, STR("क्ि"));
    }
    CHECK_INT(slug_make(&a, buf_str(&text), kept).len, 198);
    buf_reset(&text);
    for (int i = 0; i < 100; i++) {
        buf_put(&text, STR("港"));
    }
    struct str slug = slug_make(&a, buf_str(&text), kept);
    CHECK(slug.len == 198 && utf8_valid(slug));
    buf_reset(&text);
    buf_put_char(&text, 'a');
    for (int i = 0; i < 200; i++) {
        buf_put(&text, STR("\u0301"));
    }
    slug = slug_make(&a, buf_str(&text), kept);
    CHECK(slug.len > 0 && slug.len <= LIMIT_SLUG_BYTES && utf8_valid(slug));
    buf_done(&text);
    arena_done(&a);
}
