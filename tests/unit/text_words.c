#include "tests/harness.h"

#include "text/words.h"

TEST(words_first_gives_exactly_n_words_and_adds_nothing) {
    struct arena a = { 0 };
    struct str text = STR("  The  tide\u00a0came\n\tin \u2014 late. ");
    CHECK_STR(words_first(&a, text, 3), "The tide came");
    CHECK_STR(words_first(&a, text, 5), "The tide came in \u2014");
    CHECK_STR(words_first(&a, text, 99), "The tide came in \u2014 late.");
    CHECK_STR(words_first(&a, text, 0), "");
    CHECK_STR(words_first(&a, STR(""), 3), "");
    arena_done(&a);
}

TEST(words_count_segments_scripts_without_spaces) {
    CHECK_INT(words_count(STR("The harbour master's boat, re-built."), "en"), 5);
    CHECK_INT(words_count(STR(""), "en"), 0);
    CHECK_INT(words_count(STR(" \n "), "en"), 0);
    /* "I am a student", "This is a pen": more than the one word that splitting at spaces gives. */
    size_t zh =
        words_count(STR("\xe6\x88\x91\xe6\x98\xaf\xe5\xad\xa6\xe7\x94\x9f\xe3\x80\x82"), "zh");
    CHECK(zh == 2 || zh == 3);
    size_t th = words_count(
        STR("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01"), "th");
    CHECK(th == 2 || th == 3);
    CHECK_INT(
        words_count(STR("\xec\x95\x88\xeb\x85\x95 \xed\x95\x98\xec\x84\xb8\xec\x9a\x94"), "ko"), 2);
}

TEST(reading_minutes_round_up_and_never_say_nought) {
    CHECK_INT(reading_minutes(0, 200), 1);
    CHECK_INT(reading_minutes(200, 200), 1);
    CHECK_INT(reading_minutes(201, 200), 2);
    CHECK_INT(reading_minutes(1000, 0), 5);
    CHECK_INT(reading_minutes(SIZE_MAX, 1), 100000);
}
