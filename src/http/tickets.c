#include "http/tickets.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

static void make(struct ticket_key *key) {
    check(RAND_bytes(key->name, sizeof key->name) == 1 &&
          RAND_priv_bytes(key->cipher, sizeof key->cipher) == 1 &&
          RAND_priv_bytes(key->mac, sizeof key->mac) == 1);
}

static void begin(struct tickets *t, int64_t now_s) {
    OPENSSL_cleanse(t->key, sizeof t->key);
    make(&t->key[0]);
    t->has_previous = false;
    t->made_s = now_s;
}

void tickets_init(struct tickets *t, int64_t now_s) {
    pthread_mutex_init(&t->lock, NULL);
    begin(t, now_s);
}

void tickets_done(struct tickets *t) {
    OPENSSL_cleanse(t->key, sizeof t->key);
    pthread_mutex_destroy(&t->lock);
}

void tickets_forget(struct tickets *t, int64_t now_s) {
    pthread_mutex_lock(&t->lock);
    begin(t, now_s);
    pthread_mutex_unlock(&t->lock);
}

/* Nobody need come by for keys to age: what ought to have happened is made up for. */
static void keep_fresh(struct tickets *t, int64_t now_s) {
    int64_t age_s = now_s - t->made_s;
    if (age_s >= 2 * TICKETS_RENEW_S) {
        begin(t, now_s);
    } else if (age_s >= TICKETS_RENEW_S) {
        t->key[1] = t->key[0];
        t->has_previous = true;
        make(&t->key[0]);
        t->made_s += TICKETS_RENEW_S;
    }
}

void tickets_newest(struct tickets *t, int64_t now_s, struct ticket_key *ret) {
    pthread_mutex_lock(&t->lock);
    keep_fresh(t, now_s);
    *ret = t->key[0];
    pthread_mutex_unlock(&t->lock);
}

bool tickets_find(struct tickets *t, int64_t now_s, const unsigned char name[16],
                  struct ticket_key *ret, bool *ret_old) {
    bool found = false;
    pthread_mutex_lock(&t->lock);
    keep_fresh(t, now_s);
    for (size_t i = 0; i < (t->has_previous ? 2 : 1) && !found; i++) {
        found = memcmp(t->key[i].name, name, sizeof t->key[i].name) == 0;
        if (found) {
            *ret = t->key[i];
            *ret_old = i > 0;
        }
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}
