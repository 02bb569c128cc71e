#include "tests/harness.h"

#include "base/buf.h"
#include "text/utf8.h"
#include "text/words.h"

TEST(words_know_what_joins_without_a_blank) {
    CHECK(words_end_joined(STR("渡轮又晚了。")));
    CHECK(words_end_joined(STR("渡轮")));
    CHECK(words_end_joined(STR("フェリー")));
    CHECK(words_end_joined(STR("遅れた」")));
    CHECK(!words_end_joined(STR("The ferry.")));
    CHECK(!words_end_joined(STR("페리")));
    CHECK(!words_end_joined(STR("")));
    CHECK(!words_end_joined(STR("\x80\x80")));
}

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

/* The same few lines from a town that is none, in scripts with and without spaces. */
static const char chinese[] = "昨天上午，市议会批准了新的渡轮码头。市长说：“船会准时到。”";
static const char japanese[] = "市議会は昨日、新しいフェリー乗り場を承認した。";
static const char thai[] = "สภาเมืองอนุมัติท่าเรือเฟอร์รี่แห่งใหม่เมื่อวานนี้";
static const char hindi[] = "नगर परिषद ने कल नए घाट को मंज़ूरी दी।";
static const char arabic[] = "وافق مجلس المدينة أمس على رصيف العبّارات الجديد.";

TEST(words_end_a_sentence_in_any_script_within_what_closes) {
    static const char *const whole[] = { "The tide came.",   "“Did it?”", "(It did!)",
                                         "昨天上午很晚。」", "ज्वार आया।", "هل جاء المد؟" };
    static const char *const open[] = { "",          "The tide",   "The tide,",
                                        "At 6.58 p", "“The tide”", "a.m. came" };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        CHECK(words_end_sentence(str_of(whole[i])));
    }
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        CHECK(!words_end_sentence(str_of(open[i])));
    }
}

TEST(words_first_cuts_between_words_where_there_are_no_spaces) {
    struct arena a = { 0 };
    CHECK_STR(words_first(&a, str_of(chinese), 1), "昨天上午，"); /* with what closes it */
    CHECK_STR(words_first(&a, str_of(chinese), 1000), chinese);
    static const char *const texts[] = { chinese, japanese, thai,
                                         hindi,   arabic,   "iPhone发布会 in 2022年" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str text = str_of(texts[i]), last = STR("");
        size_t words = words_count(text, "");
        CHECK(words > 3 && words < 30);
        for (size_t n = 1; n <= words; n++) {
            struct str first = words_first(&a, text, n);
            CHECK(str_starts(text, first) && utf8_valid(first));
            CHECK(first.len > last.len); /* one word more each time */
            last = first;
        }
        CHECK_STR(last, texts[i]);
    }
    CHECK_STR(words_first(&a, STR("新闻 —— 今天 x"), 3), "新闻 —— 今天");
    CHECK_STR(words_first(&a, STR("他说“好”"), 2), "他说");
    arena_done(&a);
}

TEST(words_cut_tells_whether_there_are_more) {
    struct arena a = { 0 };
    const struct str texts[] = { STR("The tide came in."),
                                 STR("  The tide  "),
                                 STR("昨天上午，他说“好”"),
                                 STR("新闻 —— 今天 x"),
                                 STR("——"),
                                 STR(" "),
                                 STR("") };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t n = 0; n < 9; n++) {
            bool more;
            struct str first = words_cut(&a, texts[i], n, &more);
            CHECK(str_eq(first, words_first(&a, texts[i], n)));
            CHECK_INT(more, words_first(&a, texts[i], n + 1).len > first.len);
        }
    }
    arena_done(&a);
}

TEST(words_first_bounds_what_has_no_end) {
    struct arena a = { 0 };
    struct buf text;
    buf_init(&text, 1 << 22);
    for (int i = 0; i < 300000; i++) {
        buf_put(&text, STR("港口"));
    }
    struct str first = words_first(&a, buf_str(&text), 32);
    CHECK(first.len > 0 && first.len <= (size_t)33 * 64 && utf8_valid(first));
    CHECK(words_count(buf_str(&text), "zh") >= 150000);
    buf_done(&text);
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

TEST(words_are_counted_alike_in_ascii_and_beyond) {
    uint64_t state = test_seed();
    struct arena a = { 0 };
    for (int n = 0; n < 2000; n++) {
        static const char *const bits[] = { "a",     "bc ",         " ",        "\n",
                                            "it's ", "\xc3\xa9",    "\xc2\xa0", "longerword ",
                                            "\x01",  "\xe4\xb8\xad" };
        struct buf text;
        size_t expected = 0;
        buf_init(&text, 4096);
        size_t range = 1 + test_below(&state, COUNT_OF(bits));
        for (size_t i = test_below(&state, 60); i > 0; i--) {
            buf_put(&text, str_of(bits[test_below(&state, range)]));
        }
        /* One run at a time, nothing but white space around it. */
        for (size_t at = 0, from; at < text.len;) {
            from = at;
            if (utf8_is_space(utf8_next(buf_str(&text), &at))) {
                continue;
            }
            size_t end = at;
            while (end < text.len && !utf8_is_space(utf8_next(buf_str(&text), &at))) {
                end = at;
            }
            at = end;
            /* Begins with what is not ASCII: the other way is taken. */
            expected += words_count(
                arena_printf(&a, "\xc2\xa0%.*s", (int)(end - from), text.ptr + from), "en");
        }
        CHECK_INT(words_count(buf_str(&text), "en"), expected);
        buf_done(&text);
    }
    arena_done(&a);
}
