/* How often somebody may try a password.
 *
 * Each failure in a row beyond some that are free doubles the time until the next attempt is looked
 * at, counted for several things at once:
 *
 *   account and network   free 5,  at most 15 minutes: one guesser at one account
 *   account               free 20, at most 30 seconds: many guessers at one account. Short, since
 *                         it is the owner, too, who waits
 *   network               free 50, at most 1 minute: one guesser at many accounts, or an office
 *   account and device    free 10, at most 15 minutes: a browser that has signed in to the account
 *                         before shows a cookie that says so, and counts for itself alone. So its
 *                         owner gets in while strangers try
 *
 * Failures are forgotten by half an hour. An attempt is counted before the password is looked at,
 * so that many at once gain nothing; a right one takes back what it counted. Kept in memory, in a
 * table of LIMIT_THROTTLE_ENTRIES whose weakest entries give way. Accounts that do not exist count
 * like others. For several threads. The time is handed in. */
#ifndef NEWSROOM_THROTTLE_H
#define NEWSROOM_THROTTLE_H

#include "base/limits.h"
#include "base/str.h"

struct throttle;

struct throttle *throttle_new(void);
/* NULL is accepted. */
void throttle_free(struct throttle *t);

struct throttle_who {
    struct str account; /* the login as it is kept */
    struct str address; /* in numbers; "": none (the command line) */
    struct str device;  /* of a device cookie that was proved for this account; "": none */
};

/* Begin an attempt: 0, and it is counted as a failure until throttle_pass; or the time until one
 * will be looked at, and nothing is counted. */
NODISCARD int64_t throttle_try_us(struct throttle *t, const struct throttle_who *who,
                                  int64_t now_us);
/* The attempt was right. */
void throttle_pass(struct throttle *t, const struct throttle_who *who, int64_t now_us);

/* The account's failures, for keeping them over a restart; 0 while they are few. */
unsigned throttle_failures(struct throttle *t, struct str account, int64_t now_us);
void throttle_restore(struct throttle *t, struct str account, unsigned failures, int64_t last_us);

#endif
