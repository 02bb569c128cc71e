#include "newsroom/password.h"

#include "tests/harness.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

TEST(password_rules_refuse_what_is_tried_first) {
    static const struct password_owner owner = { STR_INIT("tideclerk-port"),
                                                 STR_INIT("The Tide Clerk"),
                                                 STR_INIT("tide.clerk.desk@example.org") };
    static const char *const bad[] = {
        "",
        "short",
        "elevenbytes",
        "123456789012",
        "210987654321",
        "abcdefghijklm",
        "aaaaaaaaaaaa",
        "abcabcabcabcabc",
        "Password1234",
        "!!password2024!!",
        "PassWord!!!!!!!",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "administrator",
        "tideclerk-port",
        "Tideclerk-Port2026",
        "the tide clerk",
        "The Tide Clerk 1",
        "tide.clerk.desk",
        "tide.clerk.desk@example.org",
    };
    static const char *const good[] = { "four words in a row", "xQ7-mZpL2v!kd",
                                        "gulls over the quay", "naïve café crème",
                                        "password of the tide" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { 0 };
        if (password_rules(str_of(bad[i]), owner, &err) != STATUS_INVALID) {
            test_fail(__FILE__, __LINE__, "taken: %s", bad[i]);
        }
        CHECK(err.message[0] != '\0');
    }
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct err err = { 0 };
        if (password_rules(str_of(good[i]), owner, &err) != STATUS_OK) {
            test_fail(__FILE__, __LINE__, "refused: %s: %s", good[i], err.message);
        }
    }
    static char longest[LIMIT_PASSWORD_BYTES + 1];
    for (size_t i = 0; i < sizeof longest; i++) {
        longest[i] = (char)('a' + i * i % 23);
    }
    CHECK_INT(password_rules(str_make(longest, sizeof longest), owner, NULL), STATUS_INVALID);
    CHECK_INT(password_rules(str_make(longest, sizeof longest - 1), owner, NULL), STATUS_OK);
    CHECK_INT(password_rules(str_make("four words\0 in a row", 20), owner, NULL), STATUS_INVALID);
}

TEST(password_hashes_are_checked_and_grow_old) {
    char hash[PASSWORD_HASH_BYTES], old[PASSWORD_HASH_BYTES];
    const struct str word = STR("gulls over the quay");
    bool is_old = true;
    REQUIRE(password_hash(word, hash, NULL) == STATUS_OK);
    CHECK(str_starts(str_of(hash), STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    CHECK(password_is(str_of(hash), word, &is_old) && !is_old);
    CHECK(!password_is(str_of(hash), STR("gulls over the quay "), &is_old));
    CHECK(!password_is(STR(""), STR(""), &is_old));
    CHECK(!password_is(STR(""), word, &is_old));
    CHECK(!password_is(STR("$P$BnotOursAtAll"), word, &is_old));
    REQUIRE(crypto_pwhash_str_alg(old, word.ptr, word.len, 1, 8 << 20,
                                  crypto_pwhash_ALG_ARGON2ID13) == 0);
    CHECK(password_is(str_of(old), word, &is_old) && is_old);
}

struct flood {
    struct password_gate *gate;
    _Atomic int inside, refused, done;
    _Atomic bool is_open;
};

static void *one_sign_in(void *arg) {
    struct flood *f = arg;
    if (password_gate_enter(f->gate, NULL) == STATUS_BUSY) {
        atomic_fetch_add(&f->refused, 1);
    } else {
        CHECK(atomic_fetch_add(&f->inside, 1) < 2);
        CHECK_SOON(atomic_load(&f->is_open));
        atomic_fetch_sub(&f->inside, 1);
        password_gate_leave(f->gate);
        atomic_fetch_add(&f->done, 1);
    }
    return NULL;
}

TEST(password_gate_bounds_a_flood) {
    enum { EXTRA = 5, THREADS = 2 + LIMIT_PASSWORD_QUEUE + EXTRA };
    struct flood f = { .gate = password_gate_new(2) };
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, one_sign_in, &f) == 0);
    }
    CHECK_SOON(atomic_load(&f.refused) == EXTRA);
    CHECK_INT(atomic_load(&f.done), 0);
    atomic_store(&f.is_open, true);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(atomic_load(&f.done), THREADS - EXTRA);
    password_gate_free(f.gate);
}
