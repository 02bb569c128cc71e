#include "tests/harness.h"

#include "text/date.h"

static struct dates *open_dates(const char *locale, const char *timezone) {
    struct dates *d = NULL;
    struct err err = { 0 };
    if (dates_new(locale, timezone, &d, &err) != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "%s", err.message);
    }
    return d;
}

static int64_t at(const char *utc) {
    int64_t us = 0;
    check(clock_parse_datetime(str_of(utc), &us));
    return us;
}

TEST(dates_are_written_as_the_pages_want_them) {
    struct arena a = { 0 };
    struct dates *d = open_dates("en", "Europe/Paris");
    REQUIRE(d != NULL);
    int64_t us = at("2022-03-14T08:26:53Z");
    CHECK_STR(dates_long(d, &a, us), "March 14, 2022");
    CHECK_STR(dates_long_time(d, &a, at("2022-03-15T08:40:00Z")), "March 15, 2022, 09:40");
    CHECK_STR(dates_month(d, &a, us), "March 2022");
    CHECK_STR(dates_rfc3339(d, &a, us), "2022-03-14T09:26:53+01:00");
    CHECK_STR(dates_rfc822(d, &a, us), "Mon, 14 Mar 2022 09:26:53 +0100");
    /* The day is the zone's. */
    CHECK_STR(dates_long(d, &a, at("2022-03-14T23:30:00Z")), "March 15, 2022");
    CHECK_STR(dates_rfc3339(d, &a, at("2022-07-01T00:00:00Z")), "2022-07-01T02:00:00+02:00");
    dates_free(d);
    d = open_dates("de", "America/St_Johns");
    CHECK_STR(dates_long(d, &a, us), "14. M\xc3\xa4rz 2022");
    CHECK_STR(dates_long_time(d, &a, us), "14. M\xc3\xa4rz 2022 um 05:56");
    CHECK_STR(dates_rfc822(d, &a, at("2022-01-14T08:26:53Z")), "Fri, 14 Jan 2022 04:56:53 -0330");
    dates_free(d);
    arena_done(&a);
}

TEST(dates_are_written_in_every_language_of_the_theme) {
    static const struct {
        const char *locale, *date, *time, *month, *year;
    } cases[] = {
        { "en", "March 15, 2022", "March 15, 2022, 09:40", "March 2022", "2022" },
        { "de", "15. März 2022", "15. März 2022 um 09:40", "März 2022", "2022" },
        { "fr", "15 mars 2022", "15 mars 2022 à 09:40", "mars 2022", "2022" },
        { "es", "15 de marzo de 2022", "15 de marzo de 2022, 9:40", "marzo de 2022", "2022" },
        { "hi", "15 मार्च 2022", "15 मार्च 2022, 09:40", "मार्च 2022", "2022" },
        { "ar", "١٥ مارس ٢٠٢٢", "١٥ مارس ٢٠٢٢ في ٩:٤٠ ص", "مارس ٢٠٢٢", "٢٠٢٢" },
        { "zh", "2022年3月15日", "2022年3月15日 09:40", "2022年3月", "2022年" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct dates *d = open_dates(cases[i].locale, "Europe/Paris");
        REQUIRE(d != NULL);
        int64_t us = at("2022-03-15T08:40:00Z");
        CHECK_STR(dates_long(d, &a, us), cases[i].date);
        CHECK_STR(dates_long_time(d, &a, us), cases[i].time);
        CHECK_STR(dates_month(d, &a, us), cases[i].month);
        CHECK_STR(dates_year(d, &a, us), cases[i].year);
        /* What machines read is the same in all. */
        CHECK_STR(dates_rfc3339(d, &a, us), "2022-03-15T09:40:00+01:00");
        CHECK_STR(dates_rfc822(d, &a, us), "Tue, 15 Mar 2022 09:40:00 +0100");
        dates_free(d);
    }
    arena_done(&a);
}

TEST(dates_local_times_come_back) {
    static const char *const zones[] = { "UTC",          "Europe/Paris",        "America/New_York",
                                         "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia" };
    uint64_t rng = test_seed();
    for (size_t z = 0; z < COUNT_OF(zones); z++) {
        struct dates *d = open_dates("en", zones[z]);
        REQUIRE(d != NULL);
        for (int i = 0; i < 2000; i++) {
            int64_t us = (int64_t)test_below(&rng, 2000000000) * US_PER_SECOND;
            struct civil local = dates_civil(d, us);
            int64_t back = dates_to_us(d, local);
            /* Equal, or the first of two instants with this local time. */
            struct civil again = dates_civil(d, back);
            CHECK(back <= us && us - back <= 2 * 3600 * US_PER_SECOND);
            CHECK(civil_to_us(again) == civil_to_us(local));
        }
        dates_free(d);
    }
}

TEST(dates_to_us_decides_gaps_and_overlaps) {
    struct dates *d = open_dates("en", "Europe/Paris");
    REQUIRE(d != NULL);
    struct civil gap = { .year = 2022, .month = 3, .day = 27, .hour = 2, .minute = 30 };
    CHECK_INT(dates_to_us(d, gap), at("2022-03-27T01:30:00Z"));
    struct civil twice = { .year = 2022, .month = 10, .day = 30, .hour = 2, .minute = 30 };
    CHECK_INT(dates_to_us(d, twice), at("2022-10-30T00:30:00Z"));
    dates_free(d);
}

TEST(dates_refuse_unknown_zones_and_languages) {
    struct dates *d;
    struct err err = { 0 };
    CHECK_INT(dates_new("en", "Europe/Atlantis", &d, &err), STATUS_INVALID);
    CHECK(timezone_valid("Europe/Paris") && timezone_valid("UTC") && !timezone_valid("") &&
          !timezone_valid("GMT+1:00") && !timezone_valid(NULL));
    CHECK(locale_valid("en") && locale_valid("pt-BR") && locale_valid("zh-Hant-TW"));
    CHECK(!locale_valid("") && !locale_valid("english") && !locale_valid("en_US!") &&
          !locale_valid("xx") && !locale_valid(NULL));
    CHECK(locale_is_rtl("ar") && locale_is_rtl("he-IL") && !locale_is_rtl("en"));
}

TEST(locale_gets_the_country_it_is_mostly_used_in) {
    static const char *const cases[][2] = {
        { "en", "en_US" },      { "en-GB", "en_GB" }, { "pt-BR", "pt_BR" },   { "de", "de_DE" },
        { "zh-Hans", "zh_CN" }, { "ar", "ar_EG" },    { "sr-Latn", "sr_RS" },
    };
    struct arena a = { 0 };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(locale_with_country(&a, cases[i][0]), cases[i][1]);
    }
    arena_done(&a);
}

/* What was asked before makes no difference. */
TEST(dates_remember_nothing_wrong) {
    static const char *const zones[] = { "Europe/Paris", "America/St_Johns", "Africa/Casablanca",
                                         "Asia/Kathmandu", "Pacific/Apia" };
    uint64_t seed = test_seed();
    struct arena a = { 0 };
    for (size_t z = 0; z < COUNT_OF(zones); z++) {
        struct dates *used = open_dates("en", zones[z]);
        for (int i = 0; i < 400; i++) {
            /* Half of them near the others: 1900 to 2100, or two weeks. */
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            int64_t span = (seed >> 32) % 2 == 0 ? 200 * 365 * 86400LL : 14 * 86400LL;
            int64_t at_us = ((int64_t)(seed >> 20) % span - 70 * 365 * 86400LL) * US_PER_SECOND;
            if (span < 15 * 86400LL) {
                at_us += 122 * 365 * 86400LL * US_PER_SECOND;
            }
            struct str day = dates_long(used, &a, at_us), time = dates_rfc3339(used, &a, at_us);
            if (i % 10 == 9) {
                struct dates *fresh = open_dates("en", zones[z]);
                CHECK(str_eq(day, dates_long(fresh, &a, at_us)));
                CHECK(str_eq(time, dates_rfc3339(fresh, &a, at_us)));
                dates_free(fresh);
            }
        }
        dates_free(used);
    }
    arena_done(&a);
}
