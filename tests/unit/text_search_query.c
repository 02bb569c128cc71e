#include "tests/harness.h"

#include "base/limits.h"
#include "text/search_query.h"

#include <string.h>

/* Groups separated by blanks, alternatives by '|', tokens of a phrase by '_'; '-' before what must
 * not occur, '*' behind the beginning of a word. */
static struct str describe(struct arena *a, const struct search_query *q) {
    struct str s = STR("");
    for (size_t g = 0; g < q->len; g++) {
        s = arena_printf(a, "%.*s%s%s", STR_FMT(s), g ? " " : "",
                         q->groups[g].is_negative ? "-" : "");
        for (size_t i = 0; i < q->groups[g].len; i++) {
            const struct search_phrase *p = &q->groups[g].any[i];
            for (size_t k = 0; k < p->len; k++) {
                s = arena_printf(a, "%.*s%s%.*s", STR_FMT(s),
                                 k   ? "_"
                                 : i ? "|"
                                     : "",
                                 STR_FMT(p->tokens[k]));
            }
            s = arena_printf(a, "%.*s%s", STR_FMT(s), p->is_prefix ? "*" : "");
        }
    }
    return s;
}

static const struct {
    const char *typed, *read;
} cases[] = {
    { "", "" },
    { "   ", "" },
    { "ferry Mayor", "ferry mayor" },
    { "\"late ferry\" fog", "late_ferry fog" },
    { "“late ferry” „so “x", "late_ferry so x" },
    { "harb*", "harb*" },
    { "harb* *", "harb*" },
    { "-fog ferry -\"too late\"", "ferry -fog -too_late" },
    { "-fog", "-fog" },
    { "ferry OR bus tram", "ferry|bus tram" },
    { "a OR b OR c d", "a|b|c d" },
    { "OR ferry OR", "ferry" },
    { "ferry OR -bus", "ferry -bus" },
    { "ferry or bus", "ferry or bus" },
    { "well-known don't", "well_known don_t" },
    { "\"unbalanced one", "unbalanced_one" },
    { "a\"b\"c", "a b c" },
    { "-", "" },
    { "- - -- \"\" * **", "" },
    { "--fog", "-fog" },
    /* FTS5's own language is nothing but words. */
    { "NEAR(a b, 3) {headline}: x AND NOT y ^z + w", "near_a b 3 headline x and not y z w" },
    { "'; DROP TABLE story; --", "drop table story" },
    { "北京大学", "北京_京大_大学" },
    { "北京 大学", "北京 大学" },
    { "水", "水*" },
    { "abc水", "abc_水*" },
    { "\"北京 大学\"", "北京_京_大学" },
    { "ไทย", "ไท_ทย" },
    { "Ünïcode É", "unicode e" },
};

TEST(search_query_is_read_from_anything_typed) {
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct search_query q;
        search_query_parse(&a, str_of(cases[i].typed), &q);
        CHECK_STR(describe(&a, &q), cases[i].read);
    }
    arena_done(&a);
}

TEST(search_query_has_an_end) {
    struct arena a = { 0 };
    struct search_query q;
    char typed[8192];
    for (size_t i = 0; i < sizeof typed; i++) {
        typed[i] = i % 2 ? ' ' : (char)('a' + i % 26);
    }
    search_query_parse(&a, str_make(typed, sizeof typed), &q);
    CHECK_INT(q.len, LIMIT_SEARCH_TOKENS);
    memset(typed, '-', sizeof typed);
    search_query_parse(&a, str_make(typed, sizeof typed), &q);
    CHECK_INT(q.len, 0);
    search_query_parse(&a, STR("a\0b"), &q);
    CHECK_STR(describe(&a, &q), "a_b");
    arena_done(&a);
}

/* The spans as the text with brackets around them. */
static struct str marked(struct arena *a, const char *typed, const char *text) {
    struct search_query q;
    search_query_parse(a, str_of(typed), &q);
    struct str t = str_of(text), s = STR("");
    struct search_spans spans = search_query_find(a, &q, t, 100);
    size_t at = 0;
    for (size_t i = 0; i < spans.len; i++) {
        s = arena_printf(a, "%.*s%.*s[%.*s]", STR_FMT(s),
                         STR_FMT(str_slice(t, at, spans.ptr[i].from)),
                         STR_FMT(str_slice(t, spans.ptr[i].from, spans.ptr[i].to)));
        at = spans.ptr[i].to;
    }
    return arena_printf(a, "%.*s%.*s", STR_FMT(s), STR_FMT(str_from(t, at)));
}

TEST(search_query_finds_its_words_in_a_text) {
    struct arena a = { 0 };
    CHECK_STR(marked(&a, "ferry", "The Ferry, the ferryman and the ferry."),
              "The [Ferry], the ferryman and the [ferry].");
    CHECK_STR(marked(&a, "ferr*", "The Ferry, the ferryman."), "The [Ferry], the [ferryman].");
    CHECK_STR(marked(&a, "\"late ferry\"", "A late ferry is late."), "A [late ferry] is late.");
    CHECK_STR(marked(&a, "ferry -late", "A late ferry."), "A late [ferry].");
    CHECK_STR(marked(&a, "cafe", "Le Café d'été"), "Le [Café] d'été");
    CHECK_STR(marked(&a, "京大学", "在北京大学里"), "在北[京大学]里");
    CHECK_STR(marked(&a, "水", "喝水了"), "喝[水]了");
    CHECK_STR(marked(&a, "a b c d", "a b c d"), "[a] [b] [c] [d]");
    CHECK_STR(marked(&a, "a c e \"b c d e f\"", "a b c d e f"), "[a] [b c d e f]");
    CHECK_STR(marked(&a, "", "a b"), "a b");
    arena_done(&a);
}
