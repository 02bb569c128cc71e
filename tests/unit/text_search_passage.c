#include "tests/harness.h"

#include "text/search_passage.h"

static struct str mark(struct arena *a, const char *typed, const char *text) {
    struct search_query q;
    search_query_parse(a, str_of(typed), &q);
    return search_mark(a, &q, str_of(text)).raw;
}

static struct str passage(struct arena *a, const char *typed, const char *text, size_t words) {
    struct search_query q;
    search_query_parse(a, str_of(typed), &q);
    return search_passage(a, &q, str_of(text), words).raw;
}

TEST(search_mark_marks_what_was_looked_for_and_escapes_the_rest) {
    static const char *const cases[][3] = {
        { "ferry", "The Ferry's late", "The <mark>Ferry</mark>&#x27;s late" },
        { "mark b", "<b>mark</b>",
          "&lt;<mark>b</mark>&gt;<mark>mark</mark>&lt;/<mark>b</mark>&gt;" },
        { "cafe", "Café, decafé", "<mark>Café</mark>, decafé" },
        { "harb*", "A harbour, harbours", "A <mark>harbour</mark>, <mark>harbours</mark>" },
        { "\"late ferry\"", "ferry late, late ferry", "ferry late, <mark>late ferry</mark>" },
        { "ferry -late", "late ferry", "late <mark>ferry</mark>" },
        { "ferry OR bus", "bus, ferry", "<mark>bus</mark>, <mark>ferry</mark>" },
        { "渡轮", "今天渡轮晚点", "今天<mark>渡轮</mark>晚点" },
        { "", "ferry & bus", "ferry &amp; bus" },
        { "\"", "\"ferry\"", "&quot;ferry&quot;" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(mark(&a, cases[i][0], cases[i][1]), cases[i][2]);
    }
    arena_done(&a);
}

TEST(search_passage_shows_the_part_with_most_of_the_words) {
    struct arena a = { 0 };
    static const char text[] =
        "The mayor opened the fair. One two three four five six seven eight nine ten eleven twelve "
        "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty. Then the ferry came "
        "and the mayor waved. Nobody else did, for it was raining, and the hats were wet & heavy.";
    CHECK_STR(passage(&a, "mayor ferry", text, 9),
              "…Then the <mark>ferry</mark> came and the <mark>mayor</mark> waved. Nobody…");
    CHECK_STR(passage(&a, "mayor", text, 5), "The <mark>mayor</mark> opened the fair.…");
    CHECK_STR(passage(&a, "heavy", text, 30),
              "…Nobody else did, for it was raining, and the hats were wet &amp; "
              "<mark>heavy</mark>.");
    CHECK_STR(passage(&a, "zebra", text, 4), "The mayor opened the…");
    CHECK_STR(passage(&a, "zebra", "Short.", 4), "Short.");
    CHECK_STR(passage(&a, "zebra", "", 4), "");
    CHECK_STR(passage(&a, "渡轮", " \n今天　渡轮\xc2\xa0晚点　", 30),
              "今天 <mark>渡轮</mark> 晚点");
    arena_done(&a);
}

TEST(search_passage_begins_between_words_and_characters) {
    struct arena a = { 0 };
    struct buf text;
    buf_init(&text, 1u << 20);
    for (int i = 0; i < 100; i++) {
        buf_put(&text, STR("wörter "));
    }
    buf_put(&text, STR("ferry"));
    struct str got = passage(&a, "ferry", arena_str(&a, buf_str(&text)).ptr, 20);
    CHECK(str_starts(got, STR("…wörter wörter")));
    CHECK(str_ends(got, STR("wörter <mark>ferry</mark>")));
    buf_reset(&text);
    for (int i = 0; i < 300; i++) {
        buf_put(&text, STR("海"));
    }
    buf_put(&text, STR("渡轮"));
    got = passage(&a, "渡轮", arena_str(&a, buf_str(&text)).ptr, 200);
    CHECK(str_starts(got, STR("…海海")));
    CHECK(str_ends(got, STR("海<mark>渡轮</mark>")));
    /* A "word" without end is cut. */
    buf_reset(&text);
    for (int i = 0; i < 10000; i++) {
        buf_put(&text, STR("xyz"));
    }
    got = passage(&a, "ferry", arena_str(&a, buf_str(&text)).ptr, 10);
    CHECK(got.len < 3000 && str_ends(got, STR("…")));
    buf_done(&text);
    arena_done(&a);
}
