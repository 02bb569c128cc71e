#include "tests/harness.h"

#include "text/language.h"

static struct language *open_language(const char *tag) {
    struct language *l = NULL;
    struct err err = { 0 };
    if (language_new(tag, &l, &err) != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "%s", err.message);
    }
    return l;
}

TEST(language_writes_numbers_as_its_readers_do) {
    static const char *const cases[][2] = {
        { "en", "1,234,567" },    { "de", "1.234.567" }, { "fr", "1\u202f234\u202f567" },
        { "es", "1.234.567" },    { "hi", "12,34,567" }, { "ar", "١٬٢٣٤٬٥٦٧" },
        { "ar-MA", "1.234.567" }, { "zh", "1,234,567" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct language *l = open_language(cases[i][0]);
        REQUIRE(l != NULL);
        CHECK_STR(language_number(l, &a, 1234567), cases[i][1]);
        language_free(l);
    }
    struct language *l = open_language("en");
    CHECK_STR(language_number(l, &a, 0), "0");
    CHECK_STR(language_number(l, &a, -12), "-12");
    CHECK_STR(language_number(l, &a, INT64_MIN), "-9,223,372,036,854,775,808");
    language_free(l);
    arena_done(&a);
}

static struct str listed(struct language *l, struct arena *a, const struct str *names, size_t n) {
    struct str between[8], all = STR("");
    language_between(l, a, names, n, between);
    for (size_t i = 0; i < n; i++) {
        all = arena_printf(a, "%.*s%.*s%.*s", STR_FMT(all), STR_FMT(names[i]), STR_FMT(between[i]));
    }
    return all;
}

TEST(language_lists_names_as_its_readers_do) {
    static const char *const cases[][2] = {
        { "en", "Ada, Bo and Inés" }, { "en-US", "Ada, Bo and Inés" }, { "de", "Ada, Bo und Inés" },
        { "fr", "Ada, Bo et Inés" },  { "es", "Ada, Bo e Inés" },      { "hi", "Ada, Bo, और Inés" },
        { "ar", "Ada وBo وInés" },    { "zh", "Ada、Bo和Inés" },
    };
    struct arena a = { 0 };
    struct str names[] = { STR("Ada"), STR("Bo"), STR("Inés") };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct language *l = open_language(cases[i][0]);
        REQUIRE(l != NULL);
        CHECK_STR(listed(l, &a, names, 3), cases[i][1]);
        CHECK_STR(listed(l, &a, names, 1), "Ada");
        CHECK_STR(listed(l, &a, names, 0), "");
        language_free(l);
    }
    struct language *l = open_language("en");
    CHECK_STR(listed(l, &a, names, 2), "Ada and Bo");
    struct str odd[] = { STR(""), STR("{0}\xff"), STR("a and b") };
    /* Fewer places than names: commas. */
    CHECK_STR(listed(l, &a, odd, 3), ", {0}\xff, a and b");
    language_free(l);
    arena_done(&a);
}

TEST(language_orders_as_a_dictionary) {
    struct language *de = open_language("de"), *sv = open_language("sv"), *zh = open_language("zh");
    REQUIRE(de != NULL && sv != NULL && zh != NULL);
    CHECK(language_compare(de, STR("Äpfel"), STR("Birnen")) < 0);
    CHECK(language_compare(sv, STR("Äpfel"), STR("Birnen")) > 0);
    CHECK(language_compare(de, STR("apfel"), STR("Zebra")) < 0);
    CHECK(language_compare(de, STR("Sport"), STR("Sport")) == 0);
    CHECK(language_compare(de, STR(""), STR("a")) < 0);
    CHECK(language_compare(zh, STR("国际"), STR("经济")) < 0); /* guójì, jīngjì */
    language_free(de);
    language_free(sv);
    language_free(zh);
    language_free(NULL);
}

TEST(language_refuses_what_is_none) {
    struct language *l = NULL;
    struct err err = { 0 };
    CHECK_INT(language_new("xx", &l, &err), STATUS_INVALID);
    CHECK_INT(language_new("", &l, &err), STATUS_INVALID);
    CHECK(l == NULL);
}

TEST(text_direction_follows_most_letters) {
    CHECK_STR(text_direction(STR("The ferry")), "ltr");
    CHECK_STR(text_direction(STR("مجلس المدينة")), "rtl");
    CHECK_STR(text_direction(STR("BBC: مجلس المدينة يوافق")), "rtl");
    CHECK_STR(text_direction(STR("市议会")), "ltr");
    CHECK_STR(text_direction(STR("2024 — 12!")), "");
    CHECK_STR(text_direction(STR("")), "");
}
