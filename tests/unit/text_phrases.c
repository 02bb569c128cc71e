#include "tests/harness.h"

#include "base/buf.h"
#include "base/embed.h"
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

TEST(phrases_write_numbers_and_isolate_the_other_direction) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct phrases *p = parse("{\"from\": \"من {section}: {n}\"}", "ar", &err);
    REQUIRE(p != NULL);
    struct phrase_arg args[] = {
        { .name = STR("section"), .text = STR("2. World!") },
        { .name = STR("n"), .number = 12, .is_number = true, .text = STR("١٢") },
    };
    CHECK_STR(phrases_format(p, &a, STR("from"), args, 2), "من \u20682. World!\u2069: ١٢");
    args[0].text = STR("الميناء");
    args[1].text = (struct str){ NULL, 0 };
    CHECK_STR(phrases_format(p, &a, STR("from"), args, 2), "من الميناء: 12");
    args[0].text = STR("2022");
    CHECK_STR(phrases_format(p, &a, STR("from"), args, 1), "من 2022: {n}");
    phrases_free(p);
    p = parse("{\"from\": \"from {section}\"}", "en", &err);
    REQUIRE(p != NULL);
    args[0].text = STR("الميناء");
    CHECK_STR(phrases_format(p, &a, STR("from"), args, 1), "from \u2068الميناء\u2069");
    args[0].text = STR("World");
    CHECK_STR(phrases_format(p, &a, STR("from"), args, 1), "from World");
    phrases_free(p);
    arena_done(&a);
}

/* Faults as "kind:key:detail " in one line. */
static void note(void *ctx, enum phrases_fault fault, struct str key, struct str detail) {
    static const char *const kinds[] = { "missing", "unknown",      "no-form", "needless",
                                         "no-name", "unknown-name", "markup" };
    buf_printf(ctx, "%s:%.*s:%.*s ", kinds[fault], STR_FMT(key), STR_FMT(detail));
}

TEST(phrases_check_names_each_fault_of_a_translation) {
    static const char *const model = "{\"a\": \"A {x} {y}\", \"b\": \"B\","
                                     " \"c\": {\"one\": \"{n} c\", \"other\": \"{n} cs\"}}";
    static const struct {
        const char *locale, *json, *faults;
    } cases[] = {
        { "de",
          "{\"a\": \"{y} {x}\", \"b\": \"\", \"c\": {\"one\": \"ein c\", \"other\": \"{n}\"}}",
          "" },
        { "fr", "{\"a\": \"{y} {x}\", \"b\": \"\", \"c\": {\"one\": \"un c\", \"other\": \"{n}\"}}",
          "no-name:c:n no-form:c:many " },
        { "zh", "{\"a\": \"{x}\", \"b\": \"<b>\", \"c\": {\"one\": \"{n}\", \"other\": \"{m}\"}}",
          "no-name:a:y markup:b:<b> needless:c:one no-name:c:n unknown-name:c:m " },
        { "de", "{\"b\": \"Q & A\", \"c\": \"{n}\", \"d\": \"\"}",
          "missing:a: no-form:c:one unknown:d: " },
        { "de",
          "{\"a\": \"{x}{y}\", \"b\": \"&nbsp;\", \"c\": {\"one\": \"{n}\", \"other\": \"{n}\"}}",
          "markup:b:&nbsp; " },
    };
    struct err err = { 0 };
    struct phrases *english = parse(model, "en", &err);
    REQUIRE(english != NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct phrases *p = parse(cases[i].json, cases[i].locale, &err);
        REQUIRE(p != NULL);
        struct buf said;
        buf_init(&said, 4096);
        phrases_check(p, english, note, &said);
        CHECK_STR(buf_str(&said), cases[i].faults);
        buf_done(&said);
        phrases_free(p);
    }
    phrases_free(english);
}

TEST(phrases_of_the_theme_are_complete_in_every_language) {
    static const char *const languages[] = { "en", "de", "fr", "es", "hi", "ar", "zh" };
    struct phrases *english = NULL;
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        struct str file = arena_printf(&a, "themes/broadsheet/strings/%s.json", languages[i]);
        struct phrases *p = NULL;
        struct err err = { 0 };
        if (phrases_parse(embed_get(file.ptr), languages[i], file, &p, &err) != STATUS_OK) {
            test_fail(__FILE__, __LINE__, "%s", err.message);
            continue;
        }
        english = i == 0 ? p : english;
        struct buf said;
        buf_init(&said, 1 << 16);
        phrases_check(p, english, note, &said);
        if (said.len > 0) {
            test_fail(__FILE__, __LINE__, "%s: %.*s", languages[i], STR_FMT(buf_str(&said)));
        }
        buf_done(&said);
        if (i > 0) {
            phrases_free(p);
        }
    }
    phrases_free(english);
    arena_done(&a);
}
