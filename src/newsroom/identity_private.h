/* What the files of identity share. */
#ifndef NEWSROOM_IDENTITY_PRIVATE_H
#define NEWSROOM_IDENTITY_PRIVATE_H

#include "newsroom/identity.h"
#include "newsroom/throttle.h"

#include <pthread.h>

/* A key of its own for each use, derived from the site's. */
enum subkey { SUBKEY_SESSION, SUBKEY_ACCESS, SUBKEY_NONCE, SUBKEY_DEVICE, SUBKEY_SEAL, SUBKEYS };

enum { KEY_BYTES = 32, HASH_LETTERS = 64, GUARDED_MAX = 256, LOGIN_BYTES_MAX = 60 };

struct identity {
    struct store *store;
    unsigned char keys[SUBKEYS][KEY_BYTES];
    struct throttle *throttle;
    struct password_gate *gate;
    /* Accounts with many failures, to be written down (not in the attempt's own time, which would
     * tell accounts that exist from those that do not). */
    pthread_mutex_t lock;
    struct guarded {
        int64_t user_id;
        char login[LOGIN_BYTES_MAX + 1];
    } guarded[GUARDED_MAX];
    size_t guarded_len;
};

/* The keyed hash of the parts, in hexadecimal digits. */
struct str identity_hash(const struct identity *id, enum subkey key, struct str a, struct str b,
                         char out[HASH_LETTERS + 1]);
/* n random bytes in URL-safe letters. */
void identity_random(char *out, size_t out_size, size_t n);
/* What is left of the scopes of somebody who needs a second factor. */
NODISCARD enum status identity_scopes(struct store_reader *r, const struct user *user,
                                      unsigned scopes, unsigned *ret, struct err *err);
/* The nonce of a session in the tick of a moment. */
struct str identity_nonce_at(const struct identity *id, struct str session, int64_t tick,
                             char out[NONCE_LETTERS + 1]);
/* The second factor's secret. CORRUPT: not readable with the site's key. */
NODISCARD enum status identity_unseal(const struct identity *id, int64_t user_id, struct str sealed,
                                      unsigned char out[TOTP_SECRET_BYTES], struct err *err);
/* A recovery code's hash; false: it cannot be one. */
NODISCARD bool identity_recovery_hash(const struct identity *id, int64_t user_id, struct str typed,
                                      char out[HASH_LETTERS + 1]);
/* Write down the guarded accounts. */
NODISCARD enum status identity_write_guards(struct identity *id, struct store_writer *w,
                                            int64_t now_us, struct err *err);

#endif
