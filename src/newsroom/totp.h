/* Time-based one-time passwords (RFC 6238, HMAC-SHA-1, 6 digits, 30 seconds: what every app on a
 * telephone makes), and the codes on paper for the day when the telephone is lost. Pure functions:
 * the time is handed in. */
#ifndef NEWSROOM_TOTP_H
#define NEWSROOM_TOTP_H

#include "base/arena.h"

enum {
    TOTP_SECRET_BYTES = 20,
    TOTP_STEP_S = 30,
    TOTP_WINDOW = 1, /* steps before and after that count as well: clocks differ */
    TOTP_DIGITS = 6,
};

/* The time step of a moment. */
int64_t totp_step(int64_t now_us);
/* The code of a step, `digits` of it (6 to 8). */
uint32_t totp_code(struct str secret, int64_t step, int digits);

/* Whether `code` ("123456", blanks allowed within) is that of a step near now_us and later than
 * last_step; *ret_step is that step, for the caller to keep: a code counts once. Looks at all steps
 * in any case. */
NODISCARD bool totp_check(struct str secret, struct str code, int64_t now_us, int64_t last_step,
                          int64_t *ret_step);

/* Base 32 (RFC 4648) without padding, as apps take it. */
struct str totp_base32(struct arena *a, struct str bytes);
/* "otpauth://totp/Issuer:account?secret=…&issuer=…", which apps read from a QR code. */
struct str totp_uri(struct arena *a, struct str secret, struct str issuer, struct str account);

/* How many there are, and their form: "abcde-fghij" in letters and digits that cannot be mistaken
 * for each other. */
enum { RECOVERY_CODES = 10, RECOVERY_LETTERS = 10 };
struct str recovery_code_make(struct arena *a);
/* A code as somebody types it, in the form in which it was made; false: it cannot be one. */
NODISCARD bool recovery_code_clean(struct str typed, char out[RECOVERY_LETTERS + 2]);

#endif
