#include "newsroom/totp.h"

#include "base/clock.h"
#include "tests/harness.h"

#include <stdio.h>

static const struct str SECRET = STR_INIT("12345678901234567890");

/* RFC 6238, appendix B, the rows of SHA-1. */
TEST(totp_gives_the_codes_of_the_rfc) {
    static const struct {
        int64_t at_s;
        uint32_t code;
    } vectors[] = {
        { 59, 94287082 },         { 1111111109, 7081804 },  { 1111111111, 14050471 },
        { 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 },
    };
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        int64_t step = totp_step(vectors[i].at_s * US_PER_SECOND);
        CHECK_INT(totp_code(SECRET, step, 8), vectors[i].code);
        CHECK_INT(totp_code(SECRET, step, 6), vectors[i].code % 1000000);
    }
}

/* RFC 4226, appendix D. */
TEST(totp_gives_the_codes_of_hotp) {
    static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314,
                                      254676, 287922, 162583, 399871, 520489 };
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        CHECK_INT(totp_code(SECRET, (int64_t)i, 6), codes[i]);
    }
}

TEST(totp_takes_a_code_once_and_one_step_around) {
    int64_t now_us = 1111111111 * US_PER_SECOND, now = totp_step(now_us), step = 0;
    for (int64_t by = -3; by <= 3; by++) {
        char code[16];
        snprintf(code, sizeof code, "%06u", totp_code(SECRET, now + by, 6));
        CHECK(totp_check(SECRET, str_of(code), now_us, 0, &step) == (by >= -1 && by <= 1));
        CHECK(!totp_check(SECRET, str_of(code), now_us, now + by, &step));
    }
    CHECK(totp_check(SECRET, STR("050 471"), now_us, now - 1, &step));
    CHECK_INT(step, now);
    CHECK(!totp_check(SECRET, STR("50471"), now_us, 0, &step));
    CHECK(!totp_check(SECRET, STR("0050471"), now_us, 0, &step));
    CHECK(!totp_check(SECRET, STR("05047x"), now_us, 0, &step));
    CHECK(!totp_check(SECRET, STR(""), now_us, 0, &step));
}

TEST(totp_writes_what_apps_read) {
    struct arena a = { 0 };
    /* RFC 4648, 10. */
    CHECK_STR(totp_base32(&a, STR("")), "");
    CHECK_STR(totp_base32(&a, STR("f")), "MY");
    CHECK_STR(totp_base32(&a, STR("fo")), "MZXQ");
    CHECK_STR(totp_base32(&a, STR("foo")), "MZXW6");
    CHECK_STR(totp_base32(&a, STR("foob")), "MZXW6YQ");
    CHECK_STR(totp_base32(&a, STR("foobar")), "MZXW6YTBOI");
    CHECK_STR(totp_uri(&a, STR("foobar"), STR("The Quay: Lantern"), STR("ada")),
              "otpauth://totp/The%20Quay%3A%20Lantern:ada?secret=MZXW6YTBOI&"
              "issuer=The%20Quay%3A%20Lantern&algorithm=SHA1&digits=6&period=30");
    arena_done(&a);
}

TEST(recovery_codes_are_read_as_people_type_them) {
    struct arena a = { 0 };
    char clean[RECOVERY_LETTERS + 2];
    for (int i = 0; i < 100; i++) {
        struct str code = recovery_code_make(&a);
        CHECK(recovery_code_clean(code, clean) && str_eq(str_of(clean), code));
    }
    CHECK(recovery_code_clean(STR("ABCDE fghjk"), clean));
    CHECK_STR(str_of(clean), "abcde-fghjk");
    CHECK(!recovery_code_clean(STR("abcde-fghj"), clean));
    CHECK(!recovery_code_clean(STR("abcde-fghjkm"), clean));
    CHECK(!recovery_code_clean(STR("abcde-fghj0"), clean));
    CHECK(!recovery_code_clean(str_make("abcde\0fghj", 10), clean));
    CHECK(!recovery_code_clean(STR(""), clean));
    arena_done(&a);
}
