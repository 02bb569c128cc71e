#include "tests/harness.h"

#include "text/phrases.h"

static struct phrases *parse(const char *json, const char *locale, struct err *err) {
    struct phrases *p = NULL;
    return phrases_parse(str_of(json), locale, STR("en.json"), &p, err) == STATUS_OK ? p : NULL;
}

static struct str count(const struct phrases *p, struct arena *a, int64_t n) {
    struct phrase_arg arg = { .name = STR("n"), .number = n, .is_number = true };
    return phrases_format(p, a, STR("min-read"), &arg, 1);
}

TEST(phrases_replace_names_and_choose_plurals) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct phrases *p =
        parse("{\"latest-from\": \"Latest from {section}\","
              " \"min-read\": {\"one\": \"{n} min read\", \"other\": \"{n} mins read\"}}",
              "en", &err);
    REQUIRE(p != NULL);
    struct phrase_arg section = { .name = STR("section"), .text = STR("World {n}") };
    CHECK_STR(phrases_format(p, &a, STR("latest-from"), &section, 1), "Latest from World {n}");
    CHECK_STR(phrases_format(p, &a, STR("latest-from"), NULL, 0), "Latest from {section}");
    CHECK_STR(phrases_format(p, &a, STR("unknown"), NULL, 0), "unknown");
    CHECK(phrases_has(p, STR("min-read")) && !phrases_has(p, STR("unknown")));
    CHECK_STR(count(p, &a, 1), "1 min read");
    CHECK_STR(count(p, &a, 2), "2 mins read");
    CHECK_STR(count(p, &a, 0), "0 mins read");
    phrases_free(p);
    p = parse(
        "{\"min-read\": {\"one\": \"{n} minuta\", \"few\": \"{n} minuty\", \"many\": \"{n} minut\","
        " \"other\": \"{n} minuty\"}}",
        "pl", &err);
    REQUIRE(p != NULL);
    CHECK_STR(count(p, &a, 1), "1 minuta");
    CHECK_STR(count(p, &a, 22), "22 minuty");
    CHECK_STR(count(p, &a, 12), "12 minut");
    phrases_free(p);
    arena_done(&a);
}

TEST(phrases_say_what_is_wrong) {
    static const char *const cases[][2] = {
        { "{\"a\": }", "en.json:1:" },
        { "[]", "not a JSON object" },
        { "{\"a\": 1}", "neither a text nor plural forms" },
        { "{\"a\": {\"one\": \"x\"}}", "no form \"other\"" },
        { "{\"a\": {\"two-ish\": \"x\", \"other\": \"y\"}}", "no plural category" },
        { "{\"a\": \"x {b\"}", "'{'" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { 0 };
        CHECK(parse(cases[i][0], "en", &err) == NULL);
        CHECK(strstr(err.message, cases[i][1]) != NULL);
        CHECK(strstr(err.message, "en.json") != NULL);
    }
}
