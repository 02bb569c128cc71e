/* The site's key, and who brings which credentials.
 *
 * What a client keeps (a session's cookie, an application password, a token) is random, so that a
 * fast hash is enough; it is keyed, so that the database alone, in a backup or in the wrong hands,
 * neither signs anybody in nor lets one make a nonce. Rows are found by the hash: how long that
 * takes tells nothing about secrets. */
#include "newsroom/identity_private.h"

#include "base/io.h"
#include "newsroom/net.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the key ---- */

static enum status io_failed(struct err *err, const char *path) {
    return err_set(err, STATUS_IO, "cannot make %s: %s", path, strerror(errno));
}

/* Under another name first, so that two processes that start at once agree on one key. */
static enum status make_key(const char *path, struct err *err) {
    unsigned char key[KEY_BYTES];
    char hex[KEY_BYTES * 2 + 1], text[KEY_BYTES * 2 + 2], other[PATH_MAX + 32];
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(hex, sizeof hex, key, sizeof key);
    snprintf(text, sizeof text, "%s\n", hex);
    snprintf(other, sizeof other, "%s.%ld-%08x", path, (long)getpid(), randombytes_random());
    int fd = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fsync(fd) == 0;
    ok = ok && (link(other, path) == 0 || errno == EEXIST);
    enum status status = ok ? STATUS_OK : io_failed(err, path);
    if (fd >= 0) {
        close(fd);
        unlink(other);
    }
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return status == STATUS_OK ? io_sync_folder(path, err) : status;
}

static enum status read_key(struct identity *id, const char *path, struct err *err) {
    struct buf text;
    buf_init(&text, 4096);
    enum status status = io_read_file(path, &text, err);
    unsigned char master[KEY_BYTES];
    size_t len = 0;
    struct str hex = str_trim(buf_str(&text));
    if (status == STATUS_OK &&
        (sodium_hex2bin(master, sizeof master, hex.ptr, hex.len, NULL, &len, NULL) != 0 ||
         len != sizeof master)) {
        status = err_set(err, STATUS_CORRUPT, "%s is not the key of a site", path);
    }
    for (size_t i = 0; status == STATUS_OK && i < SUBKEYS; i++) {
        check(crypto_kdf_derive_from_key(id->keys[i], KEY_BYTES, i + 1, "identity", master) == 0);
    }
    sodium_memzero(master, sizeof master);
    if (text.ptr != NULL) {
        sodium_memzero(text.ptr, text.len);
    }
    buf_done(&text);
    return status;
}

static enum status load_key(struct identity *id, struct err *err) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/site.key", store_dir(id->store));
    if (n >= (int)sizeof path) {
        return err_set(err, STATUS_IO, "the site's folder has too long a name");
    }
    enum status status = access(path, F_OK) == 0 ? STATUS_OK : make_key(path, err);
    return status == STATUS_OK ? read_key(id, path, err) : status;
}

/* ---- opening ---- */

static enum status restore_guards(struct identity *id, struct err *err) {
    struct arena a = { 0 };
    struct store_reader *r = NULL;
    struct sign_in_guards guards = { 0 };
    enum status status = store_reader_open(id->store, &r, err);
    if (status == STATUS_OK) {
        status = store_read_begin(r, NULL, err);
    }
    if (status == STATUS_OK) {
        status = store_guards(r, &a, GUARDED_MAX, &guards, err);
        store_read_end(r);
    }
    for (size_t i = 0; status == STATUS_OK && i < guards.len; i++) {
        throttle_restore(id->throttle, guards.ptr[i].login, guards.ptr[i].failures,
                         guards.ptr[i].last_us);
    }
    store_reader_close(r);
    arena_done(&a);
    return status;
}

static void identity_free(struct identity *id) {
    throttle_free(id->throttle);
    password_gate_free(id->gate);
    pthread_mutex_destroy(&id->lock);
    sodium_memzero(id, sizeof *id);
    free(id);
}

enum status identity_open(struct store *s, struct identity **ret, struct err *err) {
    check(sodium_init() >= 0);
    struct identity *id = calloc(1, sizeof *id);
    check(id != NULL);
    id->store = s;
    id->throttle = throttle_new();
    id->gate = password_gate_new(0);
    pthread_mutex_init(&id->lock, NULL);
    enum status status = load_key(id, err);
    if (status == STATUS_OK) {
        status = restore_guards(id, err);
    }
    if (status != STATUS_OK) {
        identity_free(id);
        return status;
    }
    *ret = id;
    return STATUS_OK;
}

enum status identity_write_guards(struct identity *id, struct store_writer *w, int64_t now_us,
                                  struct err *err) {
    struct guarded guarded[GUARDED_MAX];
    pthread_mutex_lock(&id->lock);
    size_t n = id->guarded_len;
    memcpy(guarded, id->guarded, n * sizeof guarded[0]);
    id->guarded_len = 0;
    pthread_mutex_unlock(&id->lock);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        unsigned failures = throttle_failures(id->throttle, str_of(guarded[i].login), now_us);
        status = store_guard_put(w, guarded[i].user_id, failures, now_us, err);
        status = status == STATUS_NOT_FOUND ? STATUS_OK : status; /* removed meanwhile */
    }
    return status;
}

void identity_close(struct identity *id) {
    if (id == NULL) {
        return;
    }
    struct store_writer *w;
    if (id->guarded_len > 0 && store_write_begin(id->store, &w, NULL) == STATUS_OK) {
        /* What cannot be written is forgiven: nothing else is lost. */
        if (identity_write_guards(id, w, clock_now_us(), NULL) != STATUS_OK ||
            store_write_commit(w, NULL) != STATUS_OK) {
            w = NULL;
        }
    }
    identity_free(id);
}

/* ---- hashes ---- */

struct str identity_hash(const struct identity *id, enum subkey key, struct str a, struct str b,
                         char out[HASH_LETTERS + 1]) {
    unsigned char hash[HASH_LETTERS / 2];
    uint64_t first = a.len; /* where a ends and b begins is hashed, too */
    crypto_generichash_state state;
    crypto_generichash_init(&state, id->keys[key], KEY_BYTES, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)&first, sizeof first);
    crypto_generichash_update(&state, (const unsigned char *)a.ptr, a.len);
    crypto_generichash_update(&state, (const unsigned char *)b.ptr, b.len);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(out, HASH_LETTERS + 1, hash, sizeof hash);
    return str_make(out, HASH_LETTERS);
}

void identity_random(char *out, size_t out_size, size_t n) {
    unsigned char bytes[64];
    check(n <= sizeof bytes);
    randombytes_buf(bytes, n);
    sodium_bin2base64(out, out_size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, n);
}

/* ---- nonces ---- */

struct str identity_nonce_at(const struct identity *id, struct str session, int64_t tick,
                             char out[NONCE_LETTERS + 1]) {
    char hash[HASH_LETTERS + 1];
    struct str when = str_make((const char *)&tick, sizeof tick);
    memcpy(out, identity_hash(id, SUBKEY_NONCE, session, when, hash).ptr, NONCE_LETTERS);
    out[NONCE_LETTERS] = '\0';
    return str_make(out, NONCE_LETTERS);
}

struct str identity_nonce(struct identity *id, const struct credentials *c, int64_t now_us,
                          char out[NONCE_LETTERS + 1]) {
    out[0] = '\0';
    return c->kind == CREDENTIALS_SESSION
               ? identity_nonce_at(id, c->session, now_us / NONCE_TICK_US, out)
               : str_make(out, 0);
}

/* Of this tick or the one before: good for 12 to 24 hours. */
static bool nonce_is(const struct identity *id, struct str session, struct str nonce,
                     int64_t now_us) {
    bool is_right = false;
    for (int64_t back = 0; back <= 1; back++) {
        char right[NONCE_LETTERS + 1];
        identity_nonce_at(id, session, now_us / NONCE_TICK_US - back, right);
        is_right |= nonce.len == NONCE_LETTERS &&
                    sodium_memcmp(nonce.ptr, right, NONCE_LETTERS) == 0;
    }
    return is_right;
}

/* ---- viewers ---- */

enum status identity_needs_factor(struct store_reader *r, enum user_role role, bool *ret,
                                  struct err *err) {
    struct arena a = { 0 };
    struct str from = { NULL, 0 };
    enum user_role least;
    enum status status = store_setting(r, &a, STR("second_factor_from"), &from, err);
    if (status == STATUS_OK) {
        *ret = from.len > 0 && role_find(from, &least) && role >= least;
    }
    arena_done(&a);
    return status;
}

enum status identity_scopes(struct store_reader *r, const struct user *user, unsigned scopes,
                            unsigned *ret, struct err *err) {
    bool needs = false;
    enum status status = identity_needs_factor(r, user->role, &needs, err);
    if (status == STATUS_OK && needs) {
        struct arena a = { 0 };
        struct second_factor factor = { 0 };
        struct err none = { 0 };
        status = store_second_factor(r, &a, user->id, &factor, &none);
        if (status == STATUS_NOT_FOUND) {
            status = STATUS_OK;
        } else if (status != STATUS_OK) {
            err_set(err, status, "%s", none.message);
        }
        if (factor.confirmed_us == 0) {
            scopes &= SCOPE_ACCOUNT;
        }
        arena_done(&a);
    }
    if (status == STATUS_OK) {
        *ret = scopes;
    }
    return status;
}

/* A user who may sign in; NOT_FOUND. */
static enum status active_user(struct store_reader *r, struct arena *a, int64_t user_id,
                               struct user *ret, struct err *err) {
    enum status status = store_user_get(r, a, user_id, ret, err);
    return status == STATUS_OK && ret->is_disabled
               ? err_set(err, STATUS_NOT_FOUND, "the user is disabled")
               : status;
}

static enum status viewer_of_session(struct identity *id, struct store_reader *r, struct arena *a,
                                     const struct credentials *c, enum identity_ask ask,
                                     int64_t now_us, struct viewer *ret,
                                     enum identity_fault *ret_fault, struct err *err) {
    char hash[HASH_LETTERS + 1];
    struct session session;
    struct user user;
    enum status status = store_session(
        r, a, identity_hash(id, SUBKEY_SESSION, c->session, STR(""), hash), &session, err);
    if (status == STATUS_OK) {
        status = active_user(r, a, session.user_id, &user, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (now_us >= session.expires_us || now_us - session.seen_us >= SESSION_IDLE_US) {
        return STATUS_NOT_FOUND;
    }
    if (c->nonce.ptr != NULL && !nonce_is(id, c->session, c->nonce, now_us)) {
        *ret_fault = IDENTITY_BAD_NONCE;
        return STATUS_OK;
    }
    if (c->nonce.ptr == NULL && ask == IDENTITY_NEEDS_NONCE) {
        *ret_fault = IDENTITY_NO_NONCE;
        return STATUS_OK;
    }
    unsigned scopes = 0;
    status = identity_scopes(r, &user, SCOPE_ALL, &scopes, err);
    if (status == STATUS_OK) {
        *ret = (struct viewer){ .user_id = user.id,
                                .role = user.role,
                                .way = VIEWER_SESSION,
                                .scopes = scopes,
                                .access_id = session.id,
                                .is_due = now_us - session.seen_us >= SESSION_SEEN_US };
    }
    return status;
}

static bool is_login_of(const struct user *user, struct str login) {
    return str_eq_nocase(user->login, login) ||
           (user->email.len > 0 && str_eq_nocase(user->email, login));
}

static enum status viewer_of_key(struct identity *id, struct store_reader *r, struct arena *a,
                                 const struct credentials *c, int64_t now_us, struct viewer *ret,
                                 struct err *err) {
    bool is_token = c->kind == CREDENTIALS_BEARER;
    char hash[HASH_LETTERS + 1];
    struct str secret = is_token ? c->token : credentials_ungroup(a, c->password);
    struct access_key key;
    struct user user;
    enum status status =
        store_access(r, a, identity_hash(id, SUBKEY_ACCESS, secret, STR(""), hash), &key, err);
    if (status == STATUS_OK) {
        status = active_user(r, a, key.user_id, &user, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (key.kind != (is_token ? ACCESS_TOKEN : ACCESS_PASSWORD) ||
        (key.expires_us != 0 && now_us >= key.expires_us) ||
        (!is_token && !is_login_of(&user, c->login))) {
        return STATUS_NOT_FOUND;
    }
    unsigned scopes = 0;
    status = identity_scopes(r, &user, key.scopes, &scopes, err);
    if (status == STATUS_OK) {
        *ret = (struct viewer){ .user_id = user.id,
                                .role = user.role,
                                .way = is_token ? VIEWER_TOKEN : VIEWER_PASSWORD,
                                .scopes = scopes,
                                .access_id = key.id,
                                .is_due = key.used_us / US_PER_DAY != now_us / US_PER_DAY };
    }
    return status;
}

enum status identity_viewer(struct identity *id, struct store_reader *r,
                            const struct credentials *c, enum identity_ask ask, int64_t now_us,
                            struct viewer *ret, enum identity_fault *ret_fault, struct err *err) {
    struct arena a = { 0 };
    struct viewer viewer = { 0 };
    enum identity_fault fault = IDENTITY_FINE;
    enum status status = STATUS_OK;
    struct err why = { 0 };
    switch (c->kind) {
    case CREDENTIALS_NONE: break;
    case CREDENTIALS_BAD: fault = IDENTITY_WRONG; break;
    case CREDENTIALS_SESSION:
        status = viewer_of_session(id, r, &a, c, ask, now_us, &viewer, &fault, &why);
        status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
        break;
    case CREDENTIALS_BASIC:
    case CREDENTIALS_BEARER:
        status = viewer_of_key(id, r, &a, c, now_us, &viewer, &why);
        fault = status == STATUS_NOT_FOUND ? IDENTITY_WRONG : IDENTITY_FINE;
        status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
        break;
    }
    arena_done(&a);
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", why.message);
    }
    *ret = viewer;
    *ret_fault = fault;
    return STATUS_OK;
}

enum status identity_seen(struct store_writer *w, const struct viewer *viewer, struct str address,
                          int64_t now_us, struct err *err) {
    char net[NET_TEXT_MAX];
    if (!viewer->is_due) {
        return STATUS_OK;
    }
    return viewer->way == VIEWER_SESSION
               ? store_session_seen(w, viewer->access_id, now_us, err)
               : store_access_used(w, viewer->access_id, now_us, net_shorten(address, net), err);
}

enum status identity_write_as(struct store_writer *w, const struct viewer *viewer,
                              struct str address, int64_t now_us, struct err *err) {
    static const char *const ways[] = { [VIEWER_NOBODY] = "nobody",
                                        [VIEWER_SESSION] = "session",
                                        [VIEWER_PASSWORD] = "application password",
                                        [VIEWER_TOKEN] = "token",
                                        [VIEWER_CLI] = "command line" };
    struct arena a = { 0 };
    struct user user = { 0 };
    char net[NET_TEXT_MAX];
    enum status status = STATUS_OK;
    if (viewer->user_id != 0) {
        status = store_user_get(store_writer_reader(w), &a, viewer->user_id, &user, err);
    }
    if (status == STATUS_OK) {
        const struct audit_actor actor = { .user_id = viewer->user_id,
                                           .who = user.login,
                                           .way = ways[viewer->way],
                                           .address = net_shorten(address, net),
                                           .now_us = now_us };
        store_write_as(w, &actor);
    }
    arena_done(&a);
    return status;
}
