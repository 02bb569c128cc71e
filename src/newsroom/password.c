#include "newsroom/password.h"

#include "base/cpus.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

/* ---- rules ---- */

/* What is tried first, in small letters and without what stands around the word. */
static const char *const common[] = {
    "password",      "passwort",       "kennwort",       "motdepasse",  "contraseña",
    "administrator", "admin",          "letmein",        "welcome",     "willkommen",
    "iloveyou",      "sunshine",       "princess",       "football",    "baseball",
    "qwertyuiop",    "qwertyuiopasdf", "qwertzuiop",     "azertyuiop",  "asdfghjkl",
    "zxcvbnm",       "changeme",       "default",        "secret",      "monkey",
    "dragon",        "superman",       "trustno",        "whatever",    "newsroom",
    "wordpress",     "broadsheet",     "passwordadmin",  "adminadmin",  "testtest",
    "qweasdzxc",     "correcthorse",   "passwordsecret", "mypassword",  "thisismypassword",
    "letmeinplease", "nopassword",     "newpassword",    "qwertyqwerty"
};

/* Like "1q2w3e4r5t6y", which the rule about words does not see. */
static const char *const common_whole[] = {
    "1q2w3e4r5t6y", "1q2w3e4r5t6y7u",           "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "q1w2e3r4t5y6",
    "zaq12wsxcde3", "correcthorsebatterystaple"
};

static bool is_around(char c) {
    return !char_is_alpha(c) && (unsigned char)c < 0x80;
}

/* The word in "...Word123!". */
static struct str core_of(struct str s) {
    size_t from = 0, to = s.len;
    while (from < to && is_around(s.ptr[from])) {
        from++;
    }
    while (to > from && is_around(s.ptr[to - 1])) {
        to--;
    }
    return str_slice(s, from, to);
}

/* "abcabcabcabc", "aaaaaaaaaaaa": a short piece and nothing else. */
static bool is_repeated(struct str s) {
    for (size_t period = 1; period <= 4 && period * 2 <= s.len; period++) {
        size_t i = period;
        while (i < s.len && s.ptr[i] == s.ptr[i - period]) {
            i++;
        }
        if (i == s.len) {
            return true;
        }
    }
    return false;
}

/* "123456789012", "abcdefghijkl", and back. */
static bool is_sequence(struct str s) {
    for (int by = -1; by <= 1; by += 2) {
        size_t i = 1;
        while (i < s.len && (s.ptr[i] == s.ptr[i - 1] + by ||
                             (char_is_digit(s.ptr[i]) && char_is_digit(s.ptr[i - 1]) &&
                              (s.ptr[i] - s.ptr[i - 1] + 20 - by) % 10 == 0))) {
            i++;
        }
        if (i == s.len) {
            return true;
        }
    }
    return false;
}

static bool is_common(struct str password) {
    struct str core = core_of(password);
    bool found = is_repeated(password) || is_sequence(password);
    for (size_t i = 0; !found && i < COUNT_OF(common); i++) {
        found = str_eq_nocase(core, str_of(common[i]));
    }
    for (size_t i = 0; !found && i < COUNT_OF(common_whole); i++) {
        found = str_eq_nocase(password, str_of(common_whole[i]));
    }
    return found;
}

/* The name, perhaps with something around it. */
static bool is_name(struct str password, struct str name) {
    return name.len > 0 &&
           (str_eq_nocase(password, name) ||
            (core_of(name).len > 2 && str_eq_nocase(core_of(password), core_of(name))));
}

enum status password_rules(struct str password, struct password_owner owner, struct err *err) {
    if (password.len < LIMIT_PASSWORD_LEAST_BYTES) {
        return err_set(err, STATUS_INVALID,
                       "the password is too short: %d letters or more, such as four words",
                       LIMIT_PASSWORD_LEAST_BYTES);
    }
    if (password.len > LIMIT_PASSWORD_BYTES) {
        return err_set(err, STATUS_INVALID, "the password is too long: %d bytes at most",
                       LIMIT_PASSWORD_BYTES);
    }
    if (memchr(password.ptr, '\0', password.len) != NULL) {
        return err_set(err, STATUS_INVALID, "a password cannot have a NUL in it");
    }
    if (is_common(password)) {
        return err_set(err, STATUS_INVALID,
                       "the password is one of those that are tried first: choose another");
    }
    struct str mailbox = owner.email;
    size_t at = str_find_char(mailbox, '@', 0);
    mailbox = at != STR_NPOS ? str_slice(mailbox, 0, at) : mailbox;
    if (is_name(password, owner.login) || is_name(password, owner.name) ||
        is_name(password, mailbox) || is_name(password, owner.email)) {
        return err_set(err, STATUS_INVALID, "the password is the user's own name: choose another");
    }
    return STATUS_OK;
}

/* ---- hashes ---- */

_Static_assert(PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES, "libsodium's string");

enum status password_hash(struct str password, char out[PASSWORD_HASH_BYTES], struct err *err) {
    check(sodium_init() >= 0);
    return crypto_pwhash_str_alg(out, password.ptr, password.len, PASSWORD_PASSES,
                                 PASSWORD_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0
               ? STATUS_OK
               : err_set(err, STATUS_NO_MEMORY, "no memory to hash the password");
}

/* Of nothing: it was made once from random bytes that nobody kept. */
static const char nobodys_hash[] = "$argon2id$v=19$m=65536,t=2,p=1$IoTMmyHwAP+EJQ6jGahJrA$"
                                   "IYGMg4t3c7F1kTR9LAI4EOvsjjIbNR6xjdRp1c70qBI";

bool password_is(struct str hash, struct str password, bool *ret_is_old) {
    char text[PASSWORD_HASH_BYTES] = "";
    check(sodium_init() >= 0);
    bool is_there = hash.len > 0 && hash.len < sizeof text;
    memcpy(text, is_there ? hash.ptr : nobodys_hash, is_there ? hash.len : sizeof nobodys_hash);
    bool is_right = password.len <= LIMIT_PASSWORD_BYTES &&
                    crypto_pwhash_str_verify(text, password.ptr, password.len) == 0 && is_there;
    *ret_is_old = is_right &&
                  crypto_pwhash_str_needs_rehash(text, PASSWORD_PASSES, PASSWORD_MEMORY_BYTES) != 0;
    return is_right;
}

/* ---- the gate ---- */

struct password_gate {
    pthread_mutex_t lock;
    pthread_cond_t free;
    size_t max, running, waiting;
};

struct password_gate *password_gate_new(size_t at_a_time) {
    struct password_gate *g = calloc(1, sizeof *g);
    check(g != NULL);
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->free, NULL);
    size_t half = cpus_usable() / 2;
    half = half < 1 ? 1 : half > 4 ? 4 : half;
    g->max = at_a_time ? at_a_time : half;
    return g;
}

void password_gate_free(struct password_gate *g) {
    if (g != NULL) {
        check(g->running == 0 && g->waiting == 0);
        pthread_cond_destroy(&g->free);
        pthread_mutex_destroy(&g->lock);
        free(g);
    }
}

enum status password_gate_enter(struct password_gate *g, struct err *err) {
    pthread_mutex_lock(&g->lock);
    bool is_full = g->running == g->max && g->waiting == LIMIT_PASSWORD_QUEUE;
    if (!is_full) {
        g->waiting++;
        while (g->running == g->max) {
            pthread_cond_wait(&g->free, &g->lock);
        }
        g->waiting--;
        g->running++;
    }
    pthread_mutex_unlock(&g->lock);
    return is_full ? err_set(err, STATUS_BUSY, "too many people sign in: try again in a moment")
                   : STATUS_OK;
}

void password_gate_leave(struct password_gate *g) {
    pthread_mutex_lock(&g->lock);
    check(g->running > 0);
    g->running--;
    pthread_cond_signal(&g->free);
    pthread_mutex_unlock(&g->lock);
}
