#include "tests/harness.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/map.h"

#include <stdio.h>

TEST(str_finds_and_slices) {
    struct str s = STR("harbour master");
    CHECK_INT(str_find(s, STR("mast"), 0), 8);
    CHECK_INT(str_find(s, STR("mast"), 9), STR_NPOS);
    CHECK_INT(str_find_nocase(s, STR("MAST"), 0), 8);
    CHECK_INT(str_rfind_char(s, 'r'), 13);
    CHECK_STR(str_slice(s, 8, 99), "master");
    CHECK_STR(str_slice(s, 99, 3), "");
    CHECK_STR(str_trim(STR(" \t tide \n")), "tide");
    CHECK(str_ends(s, STR("master")) && !str_ends(STR("r"), STR("er")));
}

TEST(str_splits_into_all_parts) {
    struct str rest = STR("a,,b,"), part;
    const char *expected[] = { "a", "", "b", "" };
    size_t n = 0;
    while (str_split(&rest, ',', &part)) {
        REQUIRE(n < 4);
        CHECK_STR(part, expected[n++]);
    }
    CHECK_INT(n, 4);
}

TEST(str_to_i64_takes_the_whole_range_and_nothing_else) {
    int64_t v = 7;
    CHECK(str_to_i64(STR("-9223372036854775808"), &v) && v == INT64_MIN);
    CHECK(str_to_i64(STR("9223372036854775807"), &v) && v == INT64_MAX);
    const char *bad[] = {
        "", "-", "9223372036854775808", "-9223372036854775809", "1 ", "+1", "0x1"
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!str_to_i64(str_of(bad[i]), &v));
    }
    CHECK(v == INT64_MAX);
}

TEST(buf_stops_at_its_limit_and_stays_failed) {
    struct buf b;
    buf_init(&b, 5);
    buf_put(&b, STR("abc"));
    buf_printf(&b, "%d", 42);
    CHECK_STR(buf_str(&b), "abc42");
    buf_put_char(&b, 'x');
    buf_put(&b, STR(""));
    CHECK_INT(b.status, STATUS_TOO_LARGE);
    CHECK_STR(buf_str(&b), "abc42");
    buf_reset(&b);
    buf_put_i64(&b, -77);
    CHECK_STR(buf_str(&b), "-77");
    buf_done(&b);
}

TEST(arena_vectors_grow) {
    struct arena a = { 0 };
    VEC(int) v = { 0 };
    for (int i = 0; i < 1000; i++) {
        *vec_push(&a, &v) = i;
    }
    CHECK_INT(v.len, 1000);
    CHECK_INT(v.ptr[999], 999);
    CHECK_STR(arena_printf(&a, "%s-%d", "x", 3), "x-3");
    arena_reset(&a);
    CHECK_STR(arena_str(&a, STR("kept")), "kept");
    arena_done(&a);
}

TEST(map_agrees_with_a_plain_array) {
    uint64_t rng = test_seed();
    struct map m = { 0 };
    static void *model[256];
    memset(model, 0, sizeof model);
    static int marks[256];
    size_t len = 0;
    for (int step = 0; step < 20000; step++) {
        size_t k = test_below(&rng, 256);
        char key[8];
        int n = snprintf(key, sizeof key, "k%zu", k);
        struct str s = str_make(key, (size_t)n);
        if (test_below(&rng, 2)) {
            CHECK(map_put(&m, s, &marks[k]) == model[k]);
            len += model[k] == NULL;
            model[k] = &marks[k];
        } else {
            CHECK(map_remove(&m, s) == model[k]);
            len -= model[k] != NULL;
            model[k] = NULL;
        }
        CHECK(map_get(&m, s) == model[k]);
    }
    CHECK_INT(m.len, len);
    map_done(&m);
}

TEST(hash_sip_is_siphash_1_3) {
    /* Reference vector: key 00..0f, input 00..07 for SipHash-1-3. */
    char in[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    uint64_t k0 = UINT64_C(0x0706050403020100), k1 = UINT64_C(0x0f0e0d0c0b0a0908);
    CHECK(hash_sip(k0, k1, str_make(in, 0)) == UINT64_C(0xabac0158050fc4dc));
}

TEST(clock_round_trips_and_refuses_dates_that_are_none) {
    uint64_t rng = test_seed();
    for (int i = 0; i < 10000; i++) {
        int64_t us = ((int64_t)(test_random(&rng) % 250000000000u) - 60000000000) * US_PER_SECOND;
        char text[CLOCK_HTTP_LEN + 1];
        int64_t back = 0;
        CHECK(civil_to_us(civil_of_us(us)) == us);
        clock_format_http(us, text);
        CHECK(clock_parse_http(str_of(text), &back) && back == us);
        char rfc[CLOCK_RFC3339_LEN + 1];
        clock_format_rfc3339(us, rfc);
        CHECK(clock_parse_datetime(str_of(rfc), &back) && back == us);
    }
    int64_t us;
    CHECK(!clock_parse_datetime(STR("0000-00-00 00:00:00"), &us));
    CHECK(!clock_parse_datetime(STR("2023-02-29 00:00:00"), &us));
    CHECK(clock_parse_datetime(STR("2024-02-29 23:59:59"), &us));
}

TEST(str_blocks_of_bytes_are_as_single_ones) {
    uint64_t state = test_seed();
    for (int n = 0; n < 3000; n++) {
        static const char alphabet[] = "aaaaaaaaaaaaaaa   \n\tb";
        char bytes[160];
        struct str s = str_make(bytes, test_below(&state, sizeof bytes));
        size_t range = 1 + test_below(&state, sizeof alphabet - 1);
        for (size_t i = 0; i < s.len; i++) {
            bytes[i] = alphabet[test_below(&state, range)];
        }
        size_t count = 0, end = 0;
        for (size_t i = 0; i < s.len; i++) {
            count += bytes[i] == ' ';
        }
        CHECK_INT(str_count_char(s, ' '), count);
        while (end < s.len &&
               (!char_is_space(bytes[end]) || (bytes[end] == ' ' && end + 1 < s.len && end > 0 &&
                                               !char_is_space(bytes[end + 1])))) {
            end++;
        }
        if (s.len > 0 && !char_is_space(bytes[0])) {
            CHECK_INT(str_single_spaced(s, 0), end);
        }
        size_t at = test_below(&state, s.len + 1), len = 1 + test_below(&state, 4);
        struct str needle = str_slice(s, at, at + len);
        const char *found = memmem(s.ptr, s.len, needle.ptr, needle.len);
        CHECK_INT(str_find(s, needle, 0), found - s.ptr);
        CHECK_INT(str_find(s, STR("ba\t"), 0),
                  (found = memmem(s.ptr, s.len, "ba\t", 3)) != NULL ? found - s.ptr : -1);
    }
}
