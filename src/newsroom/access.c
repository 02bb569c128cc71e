/* What a user keeps to sign in by: keys for programs, the password, the second factor. */
#include "newsroom/identity_private.h"

#include <sodium.h>

/* ---- keys for programs ---- */

enum { PASSWORD_LETTERS = 24, GROUP_LETTERS = 4, TOKEN_BYTES = 30, TOKEN_TEXT_MAX = 64 };

/* Random letters and digits; 24 of them are 142 bits. */
static void random_letters(char *out, size_t n) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < n; i++) {
        out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    out[n] = '\0';
}

/* RFC 9562, version 4. */
static struct str random_uuid(struct arena *a) {
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    return arena_printf(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                        b[12], b[13], b[14], b[15]);
}

/* "abcd efgh ijkl …" */
static struct str grouped(struct arena *a, const char *letters) {
    char *out = arena_alloc(a, PASSWORD_LETTERS + PASSWORD_LETTERS / GROUP_LETTERS);
    size_t len = 0;
    for (size_t i = 0; i < PASSWORD_LETTERS; i++) {
        if (i > 0 && i % GROUP_LETTERS == 0) {
            out[len++] = ' ';
        }
        out[len++] = letters[i];
    }
    return str_make(out, len);
}

enum status identity_access_make(struct identity *id, struct store_writer *w,
                                 const struct access_key *key, int64_t now_us, struct arena *a,
                                 struct str *ret_secret, int64_t *ret_id, struct err *err) {
    char secret[TOKEN_TEXT_MAX] = "bs_", hash[HASH_LETTERS + 1];
    bool is_token = key->kind == ACCESS_TOKEN;
    check(is_token || key->kind == ACCESS_PASSWORD);
    if (str_trim(key->name).len == 0) {
        return err_set(err, STATUS_INVALID, "it needs a name, to be recognised by");
    }
    if (is_token && (key->scopes == 0 || (key->scopes & ~(unsigned)SCOPE_ALL) != 0)) {
        return err_set(err, STATUS_INVALID, "a token needs scopes: what it is good for");
    }
    if (is_token) {
        identity_random(secret + 3, sizeof secret - 3, TOKEN_BYTES);
    } else {
        random_letters(secret, PASSWORD_LETTERS);
    }
    struct access_key made = *key;
    made.name = str_trim(key->name);
    made.scopes = is_token ? key->scopes : SCOPE_ALL;
    made.uuid = random_uuid(a);
    made.created_us = now_us;
    made.hash = identity_hash(id, SUBKEY_ACCESS, str_of(secret), STR(""), hash);
    enum status status = store_access_put(w, &made, ret_id, err);
    if (status == STATUS_OK) {
        status = store_audit(w, is_token ? "make token" : "make application password", "user",
                             key->user_id, made.name, err);
    }
    if (status == STATUS_OK) {
        *ret_secret = is_token ? arena_str(a, str_of(secret)) : grouped(a, secret);
    }
    sodium_memzero(secret, sizeof secret);
    return status;
}

enum status identity_access_remove(struct store_writer *w, int64_t user_id, int64_t key_id,
                                   struct err *err) {
    enum status status = store_access_remove(w, user_id, key_id, err);
    return status == STATUS_OK ? store_audit(w, "revoke key", "user", user_id, STR(""), err)
                               : status;
}

/* ---- passwords ---- */

enum status identity_password_hash(struct identity *id, const struct user *user,
                                   struct str password, char out[PASSWORD_HASH_BYTES],
                                   struct err *err) {
    const struct password_owner owner = { user->login, user->name, user->email };
    enum status status = password_rules(password, owner, err);
    if (status == STATUS_OK) {
        status = password_gate_enter(id->gate, err);
    }
    if (status == STATUS_OK) {
        status = password_hash(password, out, err);
        password_gate_leave(id->gate);
    }
    return status;
}

enum status identity_password_put(struct store_writer *w, int64_t user_id, const char *hash,
                                  int64_t except_id, int64_t now_us, struct err *err) {
    struct arena a = { 0 };
    struct user user;
    int64_t ended, resets;
    enum status status = store_user_get(store_writer_reader(w), &a, user_id, &user, err);
    if (status == STATUS_OK) {
        user.password_hash = str_of(hash);
        user.password_us = now_us;
        status = store_user_put(w, &user, &user_id, err);
    }
    if (status == STATUS_OK) {
        status = store_sessions_end(w, user_id, except_id, &ended, err);
    }
    if (status == STATUS_OK) {
        status = store_access_remove_all(w, user_id, ACCESS_RESET, &resets, err);
    }
    if (status == STATUS_OK) {
        status = store_guard_put(w, user_id, 0, now_us, err);
    }
    if (status == STATUS_OK) {
        status = store_audit(w, "set password", "user", user_id, STR(""), err);
    }
    arena_done(&a);
    return status;
}

enum status identity_reset_make(struct identity *id, struct store_writer *w, int64_t user_id,
                                int64_t now_us, struct arena *a, struct str *ret_secret,
                                struct err *err) {
    char secret[TOKEN_TEXT_MAX], hash[HASH_LETTERS + 1];
    int64_t removed, key_id;
    identity_random(secret, sizeof secret, TOKEN_BYTES);
    const struct access_key key = {
        .user_id = user_id,
        .kind = ACCESS_RESET,
        .uuid = random_uuid(a),
        .created_us = now_us,
        .expires_us = now_us + RESET_LIFE_US,
        .hash = identity_hash(id, SUBKEY_ACCESS, str_of(secret), STR("reset"), hash),
    };
    enum status status = store_access_remove_all(w, user_id, ACCESS_RESET, &removed, err);
    if (status == STATUS_OK) {
        status = store_access_put(w, &key, &key_id, err);
    }
    if (status == STATUS_OK) {
        status = store_audit(w, "make password link", "user", user_id, STR(""), err);
    }
    if (status == STATUS_OK) {
        *ret_secret = arena_str(a, str_of(secret));
    }
    sodium_memzero(secret, sizeof secret);
    return status;
}

enum status identity_reset_user(struct identity *id, struct store_reader *r, struct arena *a,
                                struct str secret, int64_t now_us, struct user *ret,
                                struct err *err) {
    char hash[HASH_LETTERS + 1];
    struct access_key key;
    enum status status =
        store_access(r, a, identity_hash(id, SUBKEY_ACCESS, secret, STR("reset"), hash), &key, err);
    if (status == STATUS_OK && (key.kind != ACCESS_RESET || now_us >= key.expires_us)) {
        status = err_set(err, STATUS_NOT_FOUND, "the link has expired: ask for a new one");
    }
    return status == STATUS_OK ? store_user_get(r, a, key.user_id, ret, err) : status;
}

/* ---- the second factor ---- */

/* With the user's id within, so that a row copied to another user opens nothing. */
enum { PLAIN_BYTES = 8 + TOTP_SECRET_BYTES };
enum { BOX_BYTES = crypto_secretbox_NONCEBYTES + PLAIN_BYTES + crypto_secretbox_MACBYTES };

static struct str seal(const struct identity *id, int64_t user_id, const unsigned char *secret,
                       struct arena *a) {
    unsigned char plain[PLAIN_BYTES], box[BOX_BYTES];
    memcpy(plain, &user_id, 8);
    memcpy(plain + 8, secret, TOTP_SECRET_BYTES);
    randombytes_buf(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, plain, sizeof plain, box,
                          id->keys[SUBKEY_SEAL]);
    sodium_memzero(plain, sizeof plain);
    char *hex = arena_alloc(a, BOX_BYTES * 2 + 1);
    sodium_bin2hex(hex, BOX_BYTES * 2 + 1, box, sizeof box);
    return str_make(hex, BOX_BYTES * 2);
}

enum status identity_unseal(const struct identity *id, int64_t user_id, struct str sealed,
                            unsigned char out[TOTP_SECRET_BYTES], struct err *err) {
    unsigned char plain[PLAIN_BYTES], box[BOX_BYTES];
    size_t len = 0;
    bool ok = sodium_hex2bin(box, sizeof box, sealed.ptr, sealed.len, NULL, &len, NULL) == 0 &&
              len == sizeof box &&
              crypto_secretbox_open_easy(plain, box + crypto_secretbox_NONCEBYTES,
                                         sizeof box - crypto_secretbox_NONCEBYTES, box,
                                         id->keys[SUBKEY_SEAL]) == 0 &&
              memcmp(plain, &user_id, 8) == 0;
    if (ok) {
        memcpy(out, plain + 8, TOTP_SECRET_BYTES);
    }
    sodium_memzero(plain, sizeof plain);
    return ok ? STATUS_OK
              : err_set(err, STATUS_CORRUPT,
                        "the second factor was not made with this site.key: broadsheet user totp "
                        "--off removes it");
}

/* A row of the second factor; NOT_FOUND. */
static enum status load_factor(struct store_writer *w, struct arena *a, int64_t user_id,
                               struct second_factor *ret, struct err *err) {
    return store_second_factor(store_writer_reader(w), a, user_id, ret, err);
}

enum status identity_totp_begin(struct identity *id, struct store_writer *w, int64_t user_id,
                                struct str issuer, struct arena *a, struct str *ret_uri,
                                struct str *ret_base32, struct err *err) {
    unsigned char secret[TOTP_SECRET_BYTES];
    struct second_factor factor = { 0 };
    struct user user;
    struct err none = { 0 };
    enum status status = store_user_get(store_writer_reader(w), a, user_id, &user, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = load_factor(w, a, user_id, &factor, &none);
    if (status == STATUS_OK && factor.confirmed_us != 0) {
        return err_set(err, STATUS_CONFLICT, "there is a second factor: remove it first");
    }
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", none.message);
    }
    randombytes_buf(secret, sizeof secret);
    const struct second_factor made = { .secret = seal(id, user_id, secret, a) };
    struct str bytes = str_make((const char *)secret, sizeof secret);
    *ret_uri = totp_uri(a, bytes, issuer, user.login);
    *ret_base32 = totp_base32(a, bytes);
    sodium_memzero(secret, sizeof secret);
    status = store_second_factor_put(w, user_id, &made, err);
    return status == STATUS_OK
               ? store_audit(w, "begin second factor", "user", user_id, STR(""), err)
               : status;
}

bool identity_recovery_hash(const struct identity *id, int64_t user_id, struct str typed,
                            char out[HASH_LETTERS + 1]) {
    char clean[RECOVERY_LETTERS + 2];
    bool ok = recovery_code_clean(typed, clean);
    if (ok) {
        identity_hash(id, SUBKEY_ACCESS, str_of(clean),
                      str_make((const char *)&user_id, sizeof user_id), out);
    }
    return ok;
}

static enum status make_codes(struct identity *id, struct store_writer *w, int64_t user_id,
                              struct arena *a, struct str **ret_codes, struct err *err) {
    struct str *codes = arena_array(a, RECOVERY_CODES, sizeof *codes);
    struct str hashes[RECOVERY_CODES];
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        char *hash = arena_alloc(a, HASH_LETTERS + 1);
        codes[i] = recovery_code_make(a);
        check(identity_recovery_hash(id, user_id, codes[i], hash));
        hashes[i] = str_make(hash, HASH_LETTERS);
    }
    enum status status = store_recovery_put(w, user_id, hashes, RECOVERY_CODES, err);
    if (status == STATUS_OK) {
        *ret_codes = codes;
    }
    return status;
}

enum status identity_totp_confirm(struct identity *id, struct store_writer *w, int64_t user_id,
                                  struct str code, int64_t now_us, struct arena *a,
                                  struct str **ret_codes, struct err *err) {
    unsigned char secret[TOTP_SECRET_BYTES];
    struct second_factor factor;
    int64_t step = 0;
    enum status status = load_factor(w, a, user_id, &factor, err);
    if (status == STATUS_OK && factor.confirmed_us != 0) {
        return err_set(err, STATUS_CONFLICT, "the second factor is confirmed already");
    }
    if (status == STATUS_OK) {
        status = identity_unseal(id, user_id, factor.secret, secret, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool is_right = totp_check(str_make((const char *)secret, sizeof secret), code, now_us,
                               factor.last_step, &step);
    sodium_memzero(secret, sizeof secret);
    if (!is_right) {
        return err_set(err, STATUS_INVALID,
                       "the code is wrong; if it goes on, compare the clocks of both");
    }
    factor.confirmed_us = now_us;
    factor.last_step = step;
    status = store_second_factor_put(w, user_id, &factor, err);
    if (status == STATUS_OK) {
        status = make_codes(id, w, user_id, a, ret_codes, err);
    }
    return status == STATUS_OK ? store_audit(w, "set second factor", "user", user_id, STR(""), err)
                               : status;
}

enum status identity_totp_remove(struct store_writer *w, int64_t user_id, struct err *err) {
    enum status status = store_second_factor_remove(w, user_id, err);
    return status == STATUS_OK
               ? store_audit(w, "remove second factor", "user", user_id, STR(""), err)
               : status;
}

enum status identity_recovery_renew(struct identity *id, struct store_writer *w, int64_t user_id,
                                    struct arena *a, struct str **ret_codes, struct err *err) {
    struct second_factor factor;
    enum status status = load_factor(w, a, user_id, &factor, err);
    if (status == STATUS_OK && factor.confirmed_us == 0) {
        status = err_set(err, STATUS_NOT_FOUND, "the second factor is not set up yet");
    }
    if (status == STATUS_OK) {
        status = make_codes(id, w, user_id, a, ret_codes, err);
    }
    return status == STATUS_OK
               ? store_audit(w, "renew recovery codes", "user", user_id, STR(""), err)
               : status;
}
