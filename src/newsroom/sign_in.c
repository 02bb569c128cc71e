/* Signing in with a password, and out.
 *
 * An attempt goes through the throttle before the password is looked at, then through the gate that
 * bounds how many hashes are computed at a time, and only then, if all is right, takes the write
 * lock. What fails has the same cost and the same answer whether the account exists or not: the
 * hash of nobody is computed, and nothing is written. */
#include "newsroom/identity_private.h"
#include "newsroom/net.h"

#include <sodium.h>

/* What is known of the account when the attempt begins. */
struct account {
    struct user user; /* id 0: there is none */
    struct second_factor factor;
    unsigned scopes;
    bool has_factor;
};

/* The login as it is kept, in small letters. What is too long is nobody's. */
static struct str login_of(const struct sign_in *what, char out[LOGIN_BYTES_MAX + 1]) {
    struct str typed = str_trim(what->login);
    size_t len = typed.len < LOGIN_BYTES_MAX ? typed.len : LOGIN_BYTES_MAX;
    for (size_t i = 0; i < len; i++) {
        out[i] = char_lower(typed.ptr[i]);
    }
    out[len] = '\0';
    return str_make(out, len);
}

static enum status load(struct store_reader *r, struct arena *a, struct str login,
                        struct account *ret, struct err *err) {
    struct err none = { 0 };
    enum status status = store_read_begin(r, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_user(r, a, login, &ret->user, &none);
    if (status == STATUS_OK) {
        status = store_second_factor(r, a, ret->user.id, &ret->factor, &none);
        ret->has_factor = status == STATUS_OK && ret->factor.confirmed_us != 0;
        if (status == STATUS_OK || status == STATUS_NOT_FOUND) {
            status = identity_scopes(r, &ret->user, SCOPE_ALL, &ret->scopes, &none);
        }
    }
    store_read_end(r);
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", none.message);
}

/* ---- known devices ---- */

/* A device's cookie is 16 random bytes and what only the site can make of them and a login. */
enum { DEVICE_ID_LETTERS = 22 };

static void device_make(const struct identity *id, struct str login, char out[DEVICE_LETTERS + 1]) {
    char hash[HASH_LETTERS + 1];
    identity_random(out, DEVICE_LETTERS + 1, 16);
    identity_hash(id, SUBKEY_DEVICE, str_make(out, DEVICE_ID_LETTERS), login, hash);
    memcpy(out + DEVICE_ID_LETTERS, hash, DEVICE_LETTERS - DEVICE_ID_LETTERS);
    out[DEVICE_LETTERS] = '\0';
}

/* The device's name, if the cookie is of this account; "" otherwise. */
static struct str device_of(const struct identity *id, struct str login, struct str cookie) {
    char hash[HASH_LETTERS + 1];
    if (cookie.len != DEVICE_LETTERS) {
        return STR("");
    }
    struct str name = str_slice(cookie, 0, DEVICE_ID_LETTERS);
    identity_hash(id, SUBKEY_DEVICE, name, login, hash);
    return sodium_memcmp(cookie.ptr + DEVICE_ID_LETTERS, hash,
                         DEVICE_LETTERS - DEVICE_ID_LETTERS) == 0
               ? name
               : STR("");
}

/* ---- failing ---- */

/* Remember an account that many try, for the next who writes. */
static void guard(struct identity *id, const struct account *account, int64_t now_us) {
    const struct user *user = &account->user;
    if (user->id == 0 || user->login.len > LOGIN_BYTES_MAX ||
        throttle_failures(id->throttle, user->login, now_us) == 0) {
        return;
    }
    pthread_mutex_lock(&id->lock);
    bool is_there = id->guarded_len == GUARDED_MAX;
    for (size_t i = 0; !is_there && i < id->guarded_len; i++) {
        is_there = id->guarded[i].user_id == user->id;
    }
    if (!is_there) {
        struct guarded *g = &id->guarded[id->guarded_len++];
        *g = (struct guarded){ .user_id = user->id };
        memcpy(g->login, user->login.ptr, user->login.len);
    }
    pthread_mutex_unlock(&id->lock);
}

/* ---- the second factor ---- */

struct proof {
    int64_t step;                    /* of a code from the telephone; 0: none */
    char recovery[HASH_LETTERS + 1]; /* else of a recovery code */
};

static enum status prove(const struct identity *id, const struct account *account, struct str code,
                         int64_t now_us, struct proof *ret, enum identity_fault *ret_fault,
                         struct err *err) {
    unsigned char secret[TOTP_SECRET_BYTES];
    enum status status = identity_unseal(id, account->user.id, account->factor.secret, secret, err);
    if (status == STATUS_OK) {
        struct str bytes = str_make((const char *)secret, sizeof secret);
        *ret_fault = totp_check(bytes, code, now_us, account->factor.last_step, &ret->step) ||
                             identity_recovery_hash(id, account->user.id, code, ret->recovery)
                         ? IDENTITY_FINE
                         : IDENTITY_CODE_WRONG;
    }
    sodium_memzero(secret, sizeof secret);
    return status;
}

/* Use the code up. NOT_FOUND, CONFLICT: it was none, or somebody was faster. */
static enum status spend(struct store_writer *w, int64_t user_id, const struct proof *proof,
                         struct err *err) {
    return proof->step != 0 ? store_second_factor_step(w, user_id, proof->step, err)
                            : store_recovery_use(w, user_id, str_of(proof->recovery), err);
}

/* ---- beginning a session ---- */

static enum status write_session(struct identity *id, struct store_writer *w,
                                 const struct account *account, const struct sign_in *what,
                                 const struct proof *proof, const char *new_hash, int64_t now_us,
                                 struct signed_in *ret, struct err *err) {
    char hash[HASH_LETTERS + 1], net[NET_TEXT_MAX];
    int64_t session_id = 0, user_id = account->user.id;
    struct viewer viewer = { .user_id = user_id,
                             .role = account->user.role,
                             .way = VIEWER_SESSION,
                             .scopes = account->scopes };
    enum status status = identity_write_as(w, &viewer, what->address, now_us, err);
    if (status == STATUS_OK && account->has_factor) {
        status = spend(w, user_id, proof, err);
    }
    if (status == STATUS_OK && new_hash[0] != '\0') {
        struct user user = account->user;
        user.password_hash = str_of(new_hash);
        status = store_user_put(w, &user, &user_id, err);
    }
    identity_random(ret->session, sizeof ret->session, SESSION_SECRET_BYTES);
    struct session session = {
        .user_id = user_id,
        .hash = identity_hash(id, SUBKEY_SESSION, str_of(ret->session), STR(""), hash),
        .created_us = now_us,
        .seen_us = now_us,
        .expires_us = now_us + SESSION_LIFE_US,
        .address = net_shorten(what->address, net),
        .agent = what->agent,
    };
    if (status == STATUS_OK) {
        status = store_session_put(w, &session, &session_id, err);
    }
    if (status == STATUS_OK) {
        status = store_guard_put(w, user_id, 0, now_us, err);
    }
    if (status == STATUS_OK) {
        status = identity_write_guards(id, w, now_us, err);
    }
    if (status == STATUS_OK) {
        status = store_audit(w, "sign in", "user", user_id, STR(""), err);
    }
    viewer.access_id = session_id;
    ret->viewer = viewer;
    return status;
}

static enum status begin_session(struct identity *id, const struct account *account,
                                 const struct sign_in *what, const struct proof *proof, bool is_old,
                                 int64_t now_us, struct signed_in *ret, struct err *err) {
    char new_hash[PASSWORD_HASH_BYTES] = "";
    struct store_writer *w = NULL;
    enum status status = is_old ? password_hash(what->password, new_hash, err) : STATUS_OK;
    if (status == STATUS_OK) {
        status = store_write_begin(id->store, &w, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct err why = { 0 };
    status = write_session(id, w, account, what, proof, new_hash, now_us, ret, &why);
    if (status == STATUS_OK) {
        status = store_write_commit(w, err);
    } else {
        store_write_rollback(w);
        if (account->has_factor && (status == STATUS_NOT_FOUND || status == STATUS_CONFLICT)) {
            *ret = (struct signed_in){ .fault = IDENTITY_CODE_WRONG };
            return STATUS_OK;
        }
        err_set(err, status, "%s", why.message);
    }
    return status;
}

/* Whether the password is right, at most a few at a time. */
static enum status look_at_password(struct identity *id, const struct account *account,
                                    struct str password, bool *ret_is_right, bool *ret_is_old,
                                    struct err *err) {
    enum status status = password_gate_enter(id->gate, err);
    if (status == STATUS_OK) {
        bool is_right = password_is(account->user.password_hash, password, ret_is_old);
        *ret_is_right = is_right && !account->user.is_disabled;
        password_gate_leave(id->gate);
    }
    return status;
}

/* What every attempt has: the throttle, then the password. */
struct attempt {
    struct account account;
    struct throttle_who who;
    char login[LOGIN_BYTES_MAX + 1];
    enum identity_fault fault;
    int64_t wait_us;
    bool is_old; /* the hash */
};

static enum status begin_attempt(struct identity *id, struct store_reader *r, struct arena *a,
                                 const struct sign_in *what, int64_t now_us,
                                 struct attempt *attempt, struct err *err) {
    *attempt = (struct attempt){ .account = { .user = { .password_hash = STR("") } } };
    struct str login = login_of(what, attempt->login);
    attempt->who =
        (struct throttle_who){ login, what->address, device_of(id, login, what->device) };
    attempt->wait_us = throttle_try_us(id->throttle, &attempt->who, now_us);
    if (attempt->wait_us > 0) {
        attempt->fault = IDENTITY_THROTTLED;
        return STATUS_OK;
    }
    bool is_right = false;
    enum status status = load(r, a, login, &attempt->account, err);
    if (status == STATUS_OK) {
        status = look_at_password(id, &attempt->account, what->password, &is_right,
                                  &attempt->is_old, err);
    }
    attempt->fault = is_right ? IDENTITY_FINE : IDENTITY_WRONG;
    return status;
}

static void end_attempt(struct identity *id, const struct attempt *attempt, bool passed,
                        int64_t now_us) {
    if (passed) {
        throttle_pass(id->throttle, &attempt->who, now_us);
    } else {
        guard(id, &attempt->account, now_us);
    }
}

enum status identity_sign_in(struct identity *id, struct store_reader *r,
                             const struct sign_in *what, int64_t now_us, struct signed_in *ret,
                             struct err *err) {
    struct arena a = { 0 };
    struct attempt attempt;
    struct signed_in result = { 0 };
    struct proof proof = { 0 };
    enum status status = begin_attempt(id, r, &a, what, now_us, &attempt, err);
    const struct account *account = &attempt.account;
    result.fault = attempt.fault;
    result.wait_us = attempt.wait_us;
    bool is_right = status == STATUS_OK && result.fault == IDENTITY_FINE;
    if (is_right && account->has_factor && str_trim(what->code).len == 0) {
        result.fault = IDENTITY_CODE_WANTED;
    } else if (is_right && account->has_factor) {
        status = prove(id, account, what->code, now_us, &proof, &result.fault, err);
    }
    if (status == STATUS_OK && result.fault == IDENTITY_FINE) {
        status = begin_session(id, account, what, &proof, attempt.is_old, now_us, &result, err);
    }
    bool passed = status == STATUS_OK && result.fault == IDENTITY_FINE;
    end_attempt(id, &attempt, passed, now_us);
    if (passed) {
        device_make(id, attempt.who.account, result.device);
        identity_nonce_at(id, str_of(result.session), now_us / NONCE_TICK_US, result.nonce);
    }
    arena_done(&a);
    if (status == STATUS_OK) {
        *ret = result;
    }
    sodium_memzero(&result, sizeof result);
    return status;
}

enum status identity_password_check(struct identity *id, struct store_reader *r,
                                    const struct sign_in *what, int64_t now_us,
                                    enum identity_fault *ret_fault, int64_t *ret_wait_us,
                                    struct err *err) {
    struct arena a = { 0 };
    struct attempt attempt;
    enum status status = begin_attempt(id, r, &a, what, now_us, &attempt, err);
    end_attempt(id, &attempt, status == STATUS_OK && attempt.fault == IDENTITY_FINE, now_us);
    arena_done(&a);
    if (status == STATUS_OK) {
        *ret_fault = attempt.fault;
        *ret_wait_us = attempt.wait_us;
    }
    return status;
}

/* ---- and out ---- */

enum status identity_sign_out(struct store_writer *w, const struct viewer *viewer,
                              struct err *err) {
    if (viewer->way != VIEWER_SESSION) {
        return err_set(err, STATUS_NOT_FOUND, "there is no session to end");
    }
    enum status status = store_session_end(w, viewer->user_id, viewer->access_id, err);
    return status == STATUS_OK ? store_audit(w, "sign out", "user", viewer->user_id, STR(""), err)
                               : status;
}

enum status identity_sign_out_everywhere(struct store_writer *w, int64_t user_id, int64_t except_id,
                                         int64_t *ret_ended, struct err *err) {
    enum status status = store_sessions_end(w, user_id, except_id, ret_ended, err);
    return status == STATUS_OK
               ? store_audit(w, "sign out everywhere", "user", user_id, STR(""), err)
               : status;
}
