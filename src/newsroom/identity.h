/* Who it is that asks, and how one becomes somebody: sessions, application passwords, access
 * tokens, passwords, codes from a telephone. docs/identity.md says it for people.
 *
 * For several threads. Secrets are random and only their keyed hashes are stored; the key is in the
 * file site.key of the site's folder, which the first identity_open makes. The time is handed in.
 *
 * Verbs with a writer happen within its transaction and leave an audit entry if it knows for whom
 * it writes (identity_write_as). */
#ifndef NEWSROOM_IDENTITY_H
#define NEWSROOM_IDENTITY_H

#include "base/clock.h"
#include "newsroom/credentials.h"
#include "newsroom/password.h"
#include "newsroom/rights.h"
#include "newsroom/totp.h"
#include "store/staff.h"

#define SESSION_IDLE_US (14 * US_PER_DAY) /* without use */
#define SESSION_LIFE_US (90 * US_PER_DAY) /* in any case */
#define SESSION_SEEN_US US_PER_HOUR       /* its use is written down so often */
#define NONCE_TICK_US   (12 * US_PER_HOUR)
#define DEVICE_LIFE_US  (180 * US_PER_DAY)
#define RESET_LIFE_US   US_PER_DAY

struct identity;

/* Borrows the store. Errors: IO (site.key), CORRUPT (it is none of ours). */
NODISCARD enum status identity_open(struct store *s, struct identity **ret, struct err *err);
/* Writes down which accounts are throttled. NULL is accepted. */
void identity_close(struct identity *id);

/* ---- a request ---- */

enum identity_fault {
    IDENTITY_FINE,        /* also when nobody asks, who brought nothing along */
    IDENTITY_NO_NONCE,    /* a session's cookie alone: nobody, unless the cookie is enough */
    IDENTITY_BAD_NONCE,   /* 403 rest_cookie_invalid_nonce */
    IDENTITY_WRONG,       /* 401: no such login, password, token, or it has ended */
    IDENTITY_THROTTLED,   /* 429: wait */
    IDENTITY_CODE_WANTED, /* 401: the password was right, a code of the second factor is due */
    IDENTITY_CODE_WRONG,  /* 401 */
};

/* COOKIE_IS_ENOUGH: for what changes nothing and says nothing to scripts of other sites (a page).
 */
enum identity_ask { IDENTITY_NEEDS_NONCE, IDENTITY_COOKIE_IS_ENOUGH };

/* Who brought these credentials. *ret is nobody unless the fault is FINE. A session whose cookie is
 * unknown or has ended is nobody without fault, as a reader's old cookie must not lock him out of
 * the public pages. Whose role needs a second factor and who has none yet gets SCOPE_ACCOUNT only.
 * Within a snapshot of r. Notes nothing: answers that depend on the viewer are not kept. */
NODISCARD enum status identity_viewer(struct identity *id, struct store_reader *r,
                                      const struct credentials *c, enum identity_ask ask,
                                      int64_t now_us, struct viewer *ret,
                                      enum identity_fault *ret_fault, struct err *err);
/* Write down that the session or key was used, for a viewer that is_due; once an hour or day. */
NODISCARD enum status identity_seen(struct store_writer *w, const struct viewer *viewer,
                                    struct str address, int64_t now_us, struct err *err);
/* The nonce that goes with a session's cookie now, for X-WP-Nonce; "" if there is no session. */
struct str identity_nonce(struct identity *id, const struct credentials *c, int64_t now_us,
                          char out[NONCE_LETTERS + 1]);

/* From now on the writer's changes are the viewer's (store_write_as). */
NODISCARD enum status identity_write_as(struct store_writer *w, const struct viewer *viewer,
                                        struct str address, int64_t now_us, struct err *err);

/* ---- signing in and out ---- */

struct sign_in {
    struct str login;
    struct str password;
    struct str code;    /* of the second factor, or a recovery code; "" none yet */
    struct str device;  /* credentials.device */
    struct str address; /* of the client */
    struct str agent;   /* User-Agent */
};

enum { DEVICE_LETTERS = 64 };

struct signed_in {
    enum identity_fault fault; /* FINE, WRONG, THROTTLED, CODE_WANTED, CODE_WRONG */
    int64_t wait_us;           /* of THROTTLED */
    struct viewer viewer;
    char session[SESSION_LETTERS + 1]; /* for credentials_set_session, SESSION_LIFE_US */
    char device[DEVICE_LETTERS + 1];   /* for credentials_set_device, DEVICE_LIFE_US */
    char nonce[NONCE_LETTERS + 1];
};

/* Begin a session. Takes a tenth of a second of a processor: not on a loop's thread. r is not in a
 * snapshot. Unknown account and wrong password take as long and say the same. Errors: BUSY (too
 * many sign in at once: 503). */
NODISCARD enum status identity_sign_in(struct identity *id, struct store_reader *r,
                                       const struct sign_in *what, int64_t now_us,
                                       struct signed_in *ret, struct err *err);
/* Whether the password is right, counted by the throttle as signing in is: for who is signed in and
 * wants to do something that takes more than an open browser. The code is not asked for. */
NODISCARD enum status identity_password_check(struct identity *id, struct store_reader *r,
                                              const struct sign_in *what, int64_t now_us,
                                              enum identity_fault *ret_fault, int64_t *ret_wait_us,
                                              struct err *err);
/* End the viewer's session; NOT_FOUND if he has none. Everywhere: store_sessions_end. */
NODISCARD enum status identity_sign_out(struct store_writer *w, const struct viewer *viewer,
                                        struct err *err);
NODISCARD enum status identity_sign_out_everywhere(struct store_writer *w, int64_t user_id,
                                                   int64_t except_id, int64_t *ret_ended,
                                                   struct err *err);

/* ---- keys for programs ---- */

/* An application password (scopes SCOPE_ALL) or a token. *ret_secret is what is shown once, "abcd
 * efgh …" or "bs_…". name is needed: INVALID. */
NODISCARD enum status identity_access_make(struct identity *id, struct store_writer *w,
                                           const struct access_key *key, int64_t now_us,
                                           struct arena *a, struct str *ret_secret, int64_t *ret_id,
                                           struct err *err);
NODISCARD enum status identity_access_remove(struct store_writer *w, int64_t user_id,
                                             int64_t key_id, struct err *err);

/* ---- passwords ---- */

/* Look at the rules and make the hash, before the transaction: it takes its time. BUSY, INVALID. */
NODISCARD enum status identity_password_hash(struct identity *id, const struct user *user,
                                             struct str password, char out[PASSWORD_HASH_BYTES],
                                             struct err *err);
/* Set it: all sessions but `except_id` end, and links for a new password with them. */
NODISCARD enum status identity_password_put(struct store_writer *w, int64_t user_id,
                                            const char *hash, int64_t except_id, int64_t now_us,
                                            struct err *err);
/* A link's secret by which the user may set a password once within RESET_LIFE_US; the ones before
 * it end. */
NODISCARD enum status identity_reset_make(struct identity *id, struct store_writer *w,
                                          int64_t user_id, int64_t now_us, struct arena *a,
                                          struct str *ret_secret, struct err *err);
/* Whose it is. NOT_FOUND: used, expired, or none. Then identity_password_hash and _put. */
NODISCARD enum status identity_reset_user(struct identity *id, struct store_reader *r,
                                          struct arena *a, struct str secret, int64_t now_us,
                                          struct user *ret, struct err *err);

/* ---- the second factor ---- */

/* A new secret, which counts once a code proves that the telephone has it. CONFLICT: there is one
 * already. */
NODISCARD enum status identity_totp_begin(struct identity *id, struct store_writer *w,
                                          int64_t user_id, struct str issuer, struct arena *a,
                                          struct str *ret_uri, struct str *ret_base32,
                                          struct err *err);
/* *ret_codes: RECOVERY_CODES of them, shown once. INVALID: the code is wrong; NOT_FOUND: nothing
 * was begun. */
NODISCARD enum status identity_totp_confirm(struct identity *id, struct store_writer *w,
                                            int64_t user_id, struct str code, int64_t now_us,
                                            struct arena *a, struct str **ret_codes,
                                            struct err *err);
NODISCARD enum status identity_totp_remove(struct store_writer *w, int64_t user_id,
                                           struct err *err);
/* New recovery codes in place of the old. NOT_FOUND: no second factor. */
NODISCARD enum status identity_recovery_renew(struct identity *id, struct store_writer *w,
                                              int64_t user_id, struct arena *a,
                                              struct str **ret_codes, struct err *err);
/* Must users of the role have one? By the setting "second_factor_from". */
NODISCARD enum status identity_needs_factor(struct store_reader *r, enum user_role role, bool *ret,
                                            struct err *err);

#endif
