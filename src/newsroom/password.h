/* Passwords: which are good enough, their argon2id hashes, and how many of these may be computed at
 * a time. */
#ifndef NEWSROOM_PASSWORD_H
#define NEWSROOM_PASSWORD_H

#include "base/limits.h"
#include "base/status.h"
#include "base/str.h"

/* argon2id: 64 MiB and two passes (RFC 9106 wants no less for a server that signs people in), a
 * tenth of a second. A hash made with others is made anew at the next sign-in. */
enum { PASSWORD_PASSES = 2, PASSWORD_MEMORY_BYTES = 64 << 20, PASSWORD_HASH_BYTES = 128 };

/* Whose password it is to be; empty fields are not looked at. */
struct password_owner {
    struct str login, name, email;
};

/* INVALID with a sentence for the person: too short or too long, one that everybody tries first, or
 * the owner's own name. There are no rules about kinds of characters: they make passwords worse. */
NODISCARD enum status password_rules(struct str password, struct password_owner owner,
                                     struct err *err);

/* NUL-terminated. Errors: NO_MEMORY. */
NODISCARD enum status password_hash(struct str password, char out[PASSWORD_HASH_BYTES],
                                    struct err *err);
/* hash "" (nobody's, or one who cannot sign in): false after the same time. *ret_is_old: made with
 * other parameters. */
NODISCARD bool password_is(struct str hash, struct str password, bool *ret_is_old);

/* At most so many hashes at a time (0: one per two processors, 4 at most), the others wait, at most
 * LIMIT_PASSWORD_QUEUE of them: a flood of sign-ins must not take all memory and processors. */
struct password_gate;
struct password_gate *password_gate_new(size_t at_a_time);
void password_gate_free(struct password_gate *g);
/* BUSY: too many wait. Every OK is followed by a leave. */
NODISCARD enum status password_gate_enter(struct password_gate *g, struct err *err);
void password_gate_leave(struct password_gate *g);

#endif
