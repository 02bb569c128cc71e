#include "newsroom/throttle.h"

#include "base/clock.h"
#include "newsroom/net.h"
#include "tests/harness.h"

#include <stdio.h>

#define START (INT64_C(1700000000) * US_PER_SECOND)

static struct throttle_who who(const char *account, const char *address, const char *device) {
    return (struct throttle_who){ str_of(account), str_of(address), str_of(device) };
}

TEST(throttle_doubles_the_wait_of_one_guesser) {
    struct throttle *t = throttle_new();
    struct throttle_who w = who("ada", "192.0.2.1", "");
    int64_t now = START;
    for (int i = 0; i < 5; i++) {
        CHECK_INT(throttle_try_us(t, &w, now), 0);
    }
    int64_t expected = US_PER_SECOND;
    for (int i = 0; i < 8; i++) {
        CHECK_INT(throttle_try_us(t, &w, now), expected);
        CHECK_INT(throttle_try_us(t, &w, now + expected / 2), expected - expected / 2);
        now += expected;
        CHECK_INT(throttle_try_us(t, &w, now), 0);
        expected *= 2;
    }
    throttle_free(t);
}

/* How many guesses a day at one account, however many addresses they come from. */
TEST(throttle_leaves_strangers_few_guesses_a_day) {
    for (int spread = 0; spread <= 1; spread++) {
        struct throttle *t = throttle_new();
        int64_t guesses = 0;
        for (int64_t now = START, i = 0; now < START + US_PER_DAY; i++) {
            char address[NET_TEXT_MAX];
            snprintf(address, sizeof address, "10.%d.%d.%d", (int)(i >> 16 & 255),
                     (int)(i >> 8 & 255), (int)(i & 255));
            struct throttle_who w = who("ada", spread ? address : "192.0.2.1", "");
            int64_t wait = throttle_try_us(t, &w, now);
            guesses += wait == 0;
            now += wait;
        }
        CHECK(guesses > 20 && guesses < (spread ? 3200 : 250));
        throttle_free(t);
    }
}

TEST(throttle_lets_a_known_device_in_while_strangers_try) {
    struct throttle *t = throttle_new();
    struct throttle_who known = who("ada", "198.51.100.9", "device-1");
    for (int i = 0; i < 100000; i++) {
        char address[NET_TEXT_MAX];
        snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
        struct throttle_who stranger = who("ada", address, "");
        int64_t now = START + i * 1000;
        CHECK(throttle_try_us(t, &stranger, now) >= 0);
        if (i % 1000 == 0) {
            CHECK_INT(throttle_try_us(t, &known, now), 0);
            throttle_pass(t, &known, now);
        }
    }
    struct throttle_who new_device = who("ada", "198.51.100.9", "");
    int64_t wait = throttle_try_us(t, &new_device, START + 100000 * 1000);
    CHECK(wait > 0 && wait <= 30 * US_PER_SECOND);
    /* A device that was stolen does not guess for long either. */
    int guesses = 0;
    for (int64_t now = START; now < START + US_PER_HOUR; now += US_PER_SECOND) {
        guesses += throttle_try_us(t, &known, now) == 0;
    }
    CHECK(guesses >= 10 && guesses < 30);
    throttle_free(t);
}

TEST(throttle_forgets_and_lets_go) {
    struct throttle *t = throttle_new();
    struct throttle_who w = who("ada", "192.0.2.1", ""), other = who("bo", "192.0.2.1", "");
    for (int i = 0; i < 5; i++) {
        CHECK_INT(throttle_try_us(t, &w, START), 0);
    }
    CHECK(throttle_try_us(t, &w, START) > 0);
    CHECK_INT(throttle_try_us(t, &other, START), 0);
    throttle_pass(t, &w, START);
    CHECK_INT(throttle_try_us(t, &w, START), 0);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(throttle_try_us(t, &w, START), 0);
    }
    CHECK(throttle_try_us(t, &w, START) > 0);
    CHECK_INT(throttle_try_us(t, &w, START + US_PER_DAY), 0);
    /* Clocks that go back forgive nobody and lock nobody out for long. */
    CHECK(throttle_try_us(t, &w, START) <= US_PER_DAY + US_PER_SECOND);
    throttle_free(t);
}

TEST(throttle_counts_a_network_over_its_accounts) {
    struct throttle *t = throttle_new();
    int passed = 0;
    for (int i = 0; i < 200; i++) {
        char account[32], address[NET_TEXT_MAX];
        snprintf(account, sizeof account, "u%d", i);
        snprintf(address, sizeof address, "2001:db8:1:2:%x::1", i);
        struct throttle_who w = who(account, address, "");
        passed += throttle_try_us(t, &w, START) == 0;
    }
    CHECK_INT(passed, 50);
    struct throttle_who elsewhere = who("u0", "2001:db8:1:3::1", "");
    CHECK_INT(throttle_try_us(t, &elsewhere, START), 0);
    throttle_free(t);
}

/* A table that strangers fill keeps those that are throttled most. */
TEST(throttle_keeps_the_worst_when_its_table_is_full) {
    struct throttle *t = throttle_new();
    struct throttle_who w = who("ada", "192.0.2.1", "");
    for (int64_t now = START, i = 0; i < 24; i++) {
        now += throttle_try_us(t, &w, now);
    }
    for (int i = 0; i < 200000; i++) {
        char account[32], address[NET_TEXT_MAX];
        snprintf(account, sizeof account, "user-%d", i);
        snprintf(address, sizeof address, "10.%d.%d.%d", i >> 16 & 255, i >> 8 & 255, i & 255);
        struct throttle_who s = who(account, address, "");
        CHECK(throttle_try_us(t, &s, START + 60 * US_PER_SECOND) >= 0);
    }
    CHECK(throttle_try_us(t, &w, START + 61 * US_PER_SECOND) > 0);
    throttle_free(t);
}

TEST(throttle_restores_an_account_after_a_restart) {
    struct throttle *t = throttle_new();
    CHECK_INT(throttle_failures(t, STR("ada"), START), 0);
    throttle_restore(t, STR("ada"), 25, START);
    struct throttle_who w = who("ada", "192.0.2.1", "");
    CHECK_INT(throttle_failures(t, STR("ada"), START), 25);
    CHECK_INT(throttle_try_us(t, &w, START), 30 * US_PER_SECOND);
    throttle_free(t);
}

TEST(net_is_a_subscribers_and_a_place) {
    char out[NET_TEXT_MAX];
    CHECK_STR(net_of(STR("192.0.2.77"), out), "192.0.2.77");
    CHECK_STR(net_of(STR("::ffff:192.0.2.77"), out), "192.0.2.77");
    CHECK_STR(net_of(STR("2001:db8:1:2:3:4:5:6"), out), "2001:db8:1:2::");
    CHECK_STR(net_of(STR("unix"), out), "unix");
    CHECK_STR(net_shorten(STR("192.0.2.77"), out), "192.0.2.0");
    CHECK_STR(net_shorten(STR("2001:db8:1:2:3:4:5:6"), out), "2001:db8:1::");
    CHECK_STR(net_shorten(STR("unix"), out), "");
    CHECK_STR(net_shorten(STR(""), out), "");
}
