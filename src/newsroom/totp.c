#include "newsroom/totp.h"

#include "base/clock.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

int64_t totp_step(int64_t now_us) {
    return now_us / US_PER_SECOND / TOTP_STEP_S;
}

/* RFC 4226, 5.3: four bytes from where the last one says. */
uint32_t totp_code(struct str secret, int64_t step, int digits) {
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    check(digits >= 6 && digits <= 8);
    for (int i = 0; i < 8; i++) {
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    }
    check(HMAC(EVP_sha1(), secret.ptr, (int)secret.len, counter, sizeof counter, mac, &mac_len) !=
              NULL &&
          mac_len == 20);
    unsigned at = mac[19] & 15u;
    uint32_t value = ((uint32_t)(mac[at] & 0x7f) << 24) | ((uint32_t)mac[at + 1] << 16) |
                     ((uint32_t)mac[at + 2] << 8) | mac[at + 3];
    uint32_t modulus = 1;
    for (int i = 0; i < digits; i++) {
        modulus *= 10;
    }
    return value % modulus;
}

static bool read_code(struct str code, uint32_t *ret) {
    uint32_t value = 0;
    int digits = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (char_is_digit(code.ptr[i]) && digits < TOTP_DIGITS) {
            value = value * 10 + (uint32_t)(code.ptr[i] - '0');
            digits++;
        } else if (code.ptr[i] != ' ') {
            return false;
        }
    }
    *ret = value;
    return digits == TOTP_DIGITS;
}

bool totp_check(struct str secret, struct str code, int64_t now_us, int64_t last_step,
                int64_t *ret_step) {
    uint32_t typed;
    if (!read_code(code, &typed)) {
        return false;
    }
    int64_t now = totp_step(now_us), found = 0;
    bool is_right = false;
    for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
        uint32_t right = totp_code(secret, step, TOTP_DIGITS);
        if (sodium_memcmp(&right, &typed, sizeof right) == 0 && step > last_step) {
            found = step;
            is_right = true;
        }
    }
    if (is_right) {
        *ret_step = found;
    }
    return is_right;
}

struct str totp_base32(struct arena *a, struct str bytes) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    size_t len = (bytes.len * 8 + 4) / 5;
    char *out = arena_alloc(a, len + 1);
    for (size_t i = 0; i < len; i++) {
        unsigned value = 0;
        for (size_t bit = i * 5; bit < i * 5 + 5; bit++) {
            unsigned byte = bit / 8 < bytes.len ? (unsigned char)bytes.ptr[bit / 8] : 0;
            value = value << 1 | (byte >> (7 - bit % 8) & 1);
        }
        out[i] = letters[value];
    }
    return str_make(out, len);
}

static struct str escaped(struct arena *a, struct str s) {
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, s.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (char_is_alnum((char)c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out[len++] = (char)c;
        } else {
            out[len++] = '%';
            out[len++] = hex[c >> 4];
            out[len++] = hex[c & 15];
        }
    }
    return str_make(out, len);
}

struct str totp_uri(struct arena *a, struct str secret, struct str issuer, struct str account) {
    struct str by = escaped(a, issuer), of = escaped(a, account), base32 = totp_base32(a, secret);
    return arena_printf(
        a, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s&algorithm=SHA1&digits=6&period=30",
        STR_FMT(by), STR_FMT(of), STR_FMT(base32), STR_FMT(by));
}

/* ---- codes on paper ---- */

/* Without i, l, o, 0, 1. */
static const char recovery_letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

struct str recovery_code_make(struct arena *a) {
    char *out = arena_alloc(a, RECOVERY_LETTERS + 2);
    for (size_t i = 0, at = 0; i < RECOVERY_LETTERS; i++) {
        if (i == RECOVERY_LETTERS / 2) {
            out[at++] = '-';
        }
        out[at++] = recovery_letters[randombytes_uniform(sizeof recovery_letters - 1)];
    }
    return str_make(out, RECOVERY_LETTERS + 1);
}

bool recovery_code_clean(struct str typed, char out[RECOVERY_LETTERS + 2]) {
    size_t at = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = char_lower(typed.ptr[i]);
        if (c == '-' || c == ' ') {
            continue;
        }
        if (c == '\0' || strchr(recovery_letters, c) == NULL || at == RECOVERY_LETTERS + 1) {
            return false;
        }
        if (at == RECOVERY_LETTERS / 2) {
            out[at++] = '-';
        }
        out[at++] = c;
    }
    out[at] = '\0';
    return at == RECOVERY_LETTERS + 1;
}
