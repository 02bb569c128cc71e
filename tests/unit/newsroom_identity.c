#include "newsroom/identity.h"

#include "base/io.h"
#include "newsroom/people.h"
#include "tests/harness.h"
#include "tests/store_site.h"

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW  (INT64_C(1700000000) * US_PER_SECOND)
#define WORD "gulls over the quay"

/* A site with Ada, an editor. */
struct desk {
    struct store_site site;
    struct identity *id;
    int64_t ada;
};

static int64_t add_user(struct desk *d, const char *login, enum user_role role, const char *word) {
    int64_t id = 0;
    OK(people_add(store_site_write(&d->site), str_of(login), str_of(login), STR(""), role,
                  str_of(word), &id, &d->site.err));
    store_site_commit(&d->site);
    return id;
}

static void desk_open(struct desk *d) {
    store_site_open(&d->site);
    OK(identity_open(d->site.store, &d->id, &d->site.err));
    d->ada = add_user(d, "ada", USER_EDITOR, WORD);
}

static void desk_close(struct desk *d) {
    identity_close(d->id);
    store_site_close(&d->site);
}

/* What a restart does. */
static void desk_again(struct desk *d) {
    (void)store_site_read(&d->site);
    identity_close(d->id);
    OK(identity_open(d->site.store, &d->id, &d->site.err));
}

static struct signed_in try(struct desk *d, struct sign_in what, int64_t now_us) {
    struct signed_in in = { 0 };
    (void)store_site_read(&d->site);
    store_read_end(d->site.reader);
    d->site.is_reading = false;
    OK(identity_sign_in(d->id, d->site.reader, &what, now_us, &in, &d->site.err));
    return in;
}

static struct signed_in sign_in(struct desk *d, const char *login, const char *word,
                                int64_t now_us) {
    return try(d,
               (struct sign_in){ .login = str_of(login),
                                 .password = str_of(word),
                                 .address = STR("192.0.2.77"),
                                 .agent = STR("Browser") },
               now_us);
}

static struct viewer ask(struct desk *d, struct credentials c, int64_t now_us,
                         enum identity_fault expected) {
    struct viewer v = { 0 };
    enum identity_fault fault = IDENTITY_FINE;
    OK(identity_viewer(d->id, store_site_read(&d->site), &c, IDENTITY_NEEDS_NONCE, now_us, &v,
                       &fault, &d->site.err));
    CHECK_INT(fault, expected);
    CHECK(fault == IDENTITY_FINE || v.user_id == 0);
    return v;
}

static struct credentials of_session(const struct signed_in *in) {
    return (struct credentials){ .kind = CREDENTIALS_SESSION,
                                 .session = str_of(in->session),
                                 .nonce = str_of(in->nonce) };
}

TEST(identity_signs_in_and_out) {
    struct desk d;
    desk_open(&d);
    struct signed_in in = sign_in(&d, " Ada ", WORD, NOW);
    CHECK_INT(in.fault, IDENTITY_FINE);
    CHECK(in.viewer.user_id == d.ada && in.viewer.role == USER_EDITOR &&
          in.viewer.way == VIEWER_SESSION && in.viewer.scopes == SCOPE_ALL);
    CHECK_INT(strlen(in.session), SESSION_LETTERS);
    CHECK_INT(strlen(in.device), DEVICE_LETTERS);
    struct viewer v = ask(&d, of_session(&in), NOW + 1, IDENTITY_FINE);
    CHECK(v.user_id == d.ada && v.access_id == in.viewer.access_id && !v.is_due);
    /* The cookie itself stands nowhere. */
    struct sessions all;
    OK(store_sessions(store_site_read(&d.site), &d.site.arena, d.ada, &all, &d.site.err));
    REQUIRE(all.len == 1);
    CHECK(str_find(all.ptr[0].hash, str_of(in.session), 0) == STR_NPOS);
    CHECK_STR(all.ptr[0].address, "192.0.2.0");
    CHECK_STR(all.ptr[0].agent, "Browser");
    /* And over a restart. */
    desk_again(&d);
    v = ask(&d, of_session(&in), NOW + 2, IDENTITY_FINE);
    CHECK_INT(v.user_id, d.ada);
    OK(identity_write_as(store_site_write(&d.site), &v, STR("192.0.2.77"), NOW, &d.site.err));
    OK(identity_sign_out(store_site_write(&d.site), &v, &d.site.err));
    store_site_commit(&d.site);
    CHECK_INT(ask(&d, of_session(&in), NOW + 3, IDENTITY_FINE).user_id, 0);
    struct audit_entries audit;
    const struct audit_filter filter = { .user_id = d.ada };
    OK(store_audit_read(store_site_read(&d.site), &d.site.arena, &filter, 9, &audit, &d.site.err));
    REQUIRE(audit.len == 2);
    CHECK_STR(audit.ptr[0].action, "sign out");
    CHECK_STR(audit.ptr[1].action, "sign in");
    CHECK_STR(audit.ptr[1].who, "ada");
    CHECK_STR(audit.ptr[1].address, "192.0.2.0");
    desk_close(&d);
}

TEST(identity_of_a_session_needs_its_nonce) {
    struct desk d;
    desk_open(&d);
    struct signed_in in = sign_in(&d, "ada", WORD, NOW), other = sign_in(&d, "ada", WORD, NOW);
    struct credentials c = of_session(&in);
    char nonce[NONCE_LETTERS + 1];
    CHECK_STR(identity_nonce(d.id, &c, NOW, nonce), in.nonce);
    /* Good for 12 to 24 hours, then there is another. */
    CHECK_INT(ask(&d, c, NOW + 12 * US_PER_HOUR - US_PER_SECOND, IDENTITY_FINE).user_id, d.ada);
    ask(&d, c, NOW + 24 * US_PER_HOUR, IDENTITY_BAD_NONCE);
    CHECK(!str_eq(identity_nonce(d.id, &c, NOW + 12 * US_PER_HOUR, nonce), str_of(in.nonce)));
    c.nonce = str_of(nonce);
    CHECK_INT(ask(&d, c, NOW + 12 * US_PER_HOUR, IDENTITY_FINE).user_id, d.ada);
    c.nonce = str_of(other.nonce);
    ask(&d, c, NOW, IDENTITY_BAD_NONCE);
    c.nonce = STR("");
    ask(&d, c, NOW, IDENTITY_BAD_NONCE);
    c.nonce = (struct str){ NULL, 0 };
    ask(&d, c, NOW, IDENTITY_NO_NONCE);
    struct viewer v;
    enum identity_fault fault;
    OK(identity_viewer(d.id, store_site_read(&d.site), &c, IDENTITY_COOKIE_IS_ENOUGH, NOW, &v,
                       &fault, &d.site.err));
    CHECK(fault == IDENTITY_FINE && v.user_id == d.ada);
    desk_close(&d);
}

TEST(identity_of_a_session_ends_by_time) {
    struct desk d;
    desk_open(&d);
    struct signed_in in = sign_in(&d, "ada", WORD, NOW);
    struct credentials c = of_session(&in);
    char nonce[NONCE_LETTERS + 1];
    int64_t now = NOW;
    /* Used each day, it ends after 90. */
    for (int day = 0; day < 90; day++) {
        c.nonce = identity_nonce(d.id, &c, now, nonce);
        struct viewer v = ask(&d, c, now, IDENTITY_FINE);
        CHECK_INT(v.user_id, d.ada);
        CHECK(v.is_due == (day > 0));
        OK(identity_seen(store_site_write(&d.site), &v, STR(""), now, &d.site.err));
        store_site_commit(&d.site);
        now += US_PER_DAY;
    }
    c.nonce = identity_nonce(d.id, &c, now, nonce);
    CHECK_INT(ask(&d, c, now, IDENTITY_FINE).user_id, 0);
    /* Not used, after 14. */
    in = sign_in(&d, "ada", WORD, now);
    c = of_session(&in);
    now += SESSION_IDLE_US;
    c.nonce = identity_nonce(d.id, &c, now - 1, nonce);
    CHECK_INT(ask(&d, c, now - 1, IDENTITY_FINE).user_id, d.ada);
    CHECK_INT(ask(&d, c, now, IDENTITY_FINE).user_id, 0);
    desk_close(&d);
}

TEST(identity_says_the_same_of_unknown_and_wrong) {
    struct desk d;
    desk_open(&d);
    add_user(&d, "wire", USER_AUTHOR, "");
    int64_t bo = add_user(&d, "bo", USER_AUTHOR, WORD);
    struct user user;
    OK(store_user_get(store_site_read(&d.site), &d.site.arena, bo, &user, &d.site.err));
    user.is_disabled = true;
    OK(store_user_put(store_site_write(&d.site), &user, &bo, &d.site.err));
    store_site_commit(&d.site);
    static const struct {
        const char *login, *word;
    } wrong[] = { { "ada", "gulls over the quays" },
                  { "eve", WORD },
                  { "wire", "" },
                  { "bo", WORD },
                  { "", "" },
                  { "ada", "" } };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct signed_in in = sign_in(&d, wrong[i].login, wrong[i].word, NOW + (int64_t)i);
        CHECK_INT(in.fault, IDENTITY_WRONG);
        CHECK(in.session[0] == '\0' && in.nonce[0] == '\0' && in.device[0] == '\0' &&
              in.viewer.user_id == 0);
    }
    desk_close(&d);
}

TEST(identity_lets_a_known_device_in_while_strangers_try) {
    struct desk d;
    desk_open(&d);
    struct signed_in in = sign_in(&d, "ada", WORD, NOW);
    /* Throttled before the password is looked at, so that this is fast. */
    int64_t now = NOW;
    int throttled = 0;
    for (int i = 0; i < 40; i++) {
        char address[32];
        snprintf(address, sizeof address, "198.51.100.%d", i);
        struct sign_in stranger = { .login = STR("ada"),
                                    .password = STR("a stranger's guess"),
                                    .address = str_of(address) };
        throttled += try(&d, stranger, now).fault == IDENTITY_THROTTLED;
    }
    CHECK_INT(throttled, 20);
    struct sign_in owner = { .login = STR("ada"),
                             .password = STR(WORD),
                             .address = STR("192.0.2.77") };
    struct signed_in out = try(&d, owner, now);
    CHECK(out.fault == IDENTITY_THROTTLED && out.wait_us > 0);
    owner.device = str_of(in.device);
    CHECK_INT(try(&d, owner, now).fault, IDENTITY_FINE);
    /* A device of another account, or one that was made up, says nothing. */
    int64_t bo = add_user(&d, "bo", USER_AUTHOR, WORD);
    CHECK(bo != d.ada);
    struct signed_in bos = sign_in(&d, "bo", WORD, now);
    CHECK_INT(bos.fault, IDENTITY_FINE);
    owner.device = str_of(bos.device);
    CHECK_INT(try(&d, owner, now).fault, IDENTITY_THROTTLED);
    in.device[40] = in.device[40] == 'a' ? 'b' : 'a';
    owner.device = str_of(in.device);
    CHECK_INT(try(&d, owner, now).fault, IDENTITY_THROTTLED);
    desk_close(&d);
}

TEST(identity_remembers_throttled_accounts_over_a_restart) {
    struct desk d;
    desk_open(&d);
    int64_t now = clock_now_us(); /* identity_close looks at the clock */
    struct sign_in stranger = { .login = STR("ada"), .password = STR("a stranger's guess") };
    for (int i = 0; i < 21; i++) {
        (void)try(&d, stranger, now);
    }
    CHECK_INT(try(&d, stranger, now).fault, IDENTITY_THROTTLED);
    desk_again(&d);
    CHECK_INT(try(&d, stranger, now).fault, IDENTITY_THROTTLED);
    desk_close(&d);
}

TEST(identity_makes_old_hashes_anew) {
    struct desk d;
    desk_open(&d);
    struct user user;
    char old[PASSWORD_HASH_BYTES];
    REQUIRE(crypto_pwhash_str_alg(old, WORD, strlen(WORD), 1, 8 << 20,
                                  crypto_pwhash_ALG_ARGON2ID13) == 0);
    OK(store_user(store_site_read(&d.site), &d.site.arena, STR("ada"), &user, &d.site.err));
    user.password_hash = str_of(old);
    OK(store_user_put(store_site_write(&d.site), &user, &d.ada, &d.site.err));
    store_site_commit(&d.site);
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_FINE);
    OK(store_user(store_site_read(&d.site), &d.site.arena, STR("ada"), &user, &d.site.err));
    CHECK(str_starts(user.password_hash, STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_FINE);
    desk_close(&d);
}

TEST(identity_of_programs) {
    struct desk d;
    desk_open(&d);
    struct arena *a = &d.site.arena;
    struct str password, token, none;
    int64_t id, token_id;
    struct access_key key = { .user_id = d.ada, .kind = ACCESS_PASSWORD, .name = STR("Telephone") };
    OK(identity_access_make(d.id, store_site_write(&d.site), &key, NOW, a, &password, &id,
                            &d.site.err));
    CHECK_INT(password.len, 29);
    key = (struct access_key){ .user_id = d.ada,
                               .kind = ACCESS_TOKEN,
                               .name = STR("Wire"),
                               .scopes = SCOPE_READ | SCOPE_MEDIA,
                               .expires_us = NOW + 2 * US_PER_DAY };
    OK(identity_access_make(d.id, store_site_write(&d.site), &key, NOW, a, &token, &token_id,
                            &d.site.err));
    key.scopes = 0;
    CHECK_INT(identity_access_make(d.id, store_site_write(&d.site), &key, NOW, a, &none, &id, NULL),
              STATUS_INVALID);
    key.scopes = SCOPE_READ;
    key.name = STR(" ");
    CHECK_INT(identity_access_make(d.id, store_site_write(&d.site), &key, NOW, a, &none, &id, NULL),
              STATUS_INVALID);
    store_site_commit(&d.site);
    struct credentials basic = { .kind = CREDENTIALS_BASIC,
                                 .login = STR("ada"),
                                 .password = password };
    struct credentials bearer = { .kind = CREDENTIALS_BEARER, .token = token };
    struct viewer v = ask(&d, basic, NOW, IDENTITY_FINE);
    CHECK(v.user_id == d.ada && v.way == VIEWER_PASSWORD && v.scopes == SCOPE_ALL && v.is_due);
    OK(identity_seen(store_site_write(&d.site), &v, STR("192.0.2.77"), NOW, &d.site.err));
    store_site_commit(&d.site);
    CHECK(!ask(&d, basic, NOW + 1, IDENTITY_FINE).is_due);
    v = ask(&d, bearer, NOW, IDENTITY_FINE);
    CHECK(v.way == VIEWER_TOKEN && v.scopes == (SCOPE_READ | SCOPE_MEDIA));
    ask(&d, bearer, NOW + 2 * US_PER_DAY, IDENTITY_WRONG);
    /* Without its blanks as well; by no other login; no key where another belongs. */
    basic.password = credentials_ungroup(a, password);
    CHECK_INT(ask(&d, basic, NOW, IDENTITY_FINE).user_id, d.ada);
    add_user(&d, "bo", USER_CHIEF, WORD);
    basic.login = STR("bo");
    ask(&d, basic, NOW, IDENTITY_WRONG);
    basic.login = STR("ada");
    bearer.token = basic.password;
    ask(&d, bearer, NOW, IDENTITY_WRONG);
    basic.password = token;
    ask(&d, basic, NOW, IDENTITY_WRONG);
    basic.password = STR(WORD);
    ask(&d, basic, NOW, IDENTITY_WRONG);
    ask(&d, (struct credentials){ .kind = CREDENTIALS_BAD }, NOW, IDENTITY_WRONG);
    CHECK_INT(ask(&d, (struct credentials){ 0 }, NOW, IDENTITY_FINE).user_id, 0);
    bearer.token = token;
    OK(identity_access_remove(store_site_write(&d.site), d.ada, token_id, &d.site.err));
    store_site_commit(&d.site);
    ask(&d, bearer, NOW, IDENTITY_WRONG);
    desk_close(&d);
}

TEST(identity_passwords_are_set_by_links_once) {
    struct desk d;
    desk_open(&d);
    struct arena *a = &d.site.arena;
    struct signed_in in = sign_in(&d, "ada", WORD, NOW);
    struct str first, link;
    struct user user;
    char hash[PASSWORD_HASH_BYTES];
    OK(identity_reset_make(d.id, store_site_write(&d.site), d.ada, NOW, a, &first, &d.site.err));
    OK(identity_reset_make(d.id, store_site_write(&d.site), d.ada, NOW, a, &link, &d.site.err));
    store_site_commit(&d.site);
    struct store_reader *r = store_site_read(&d.site);
    CHECK_INT(identity_reset_user(d.id, r, a, first, NOW, &user, NULL), STATUS_NOT_FOUND);
    CHECK_INT(identity_reset_user(d.id, r, a, link, NOW + RESET_LIFE_US, &user, NULL),
              STATUS_NOT_FOUND);
    OK(identity_reset_user(d.id, r, a, link, NOW + 1, &user, &d.site.err));
    CHECK_INT(user.id, d.ada);
    /* It opens nothing else. */
    ask(&d, (struct credentials){ .kind = CREDENTIALS_BEARER, .token = link }, NOW, IDENTITY_WRONG);
    CHECK_INT(identity_password_hash(d.id, &user, STR("ada"), hash, NULL), STATUS_INVALID);
    OK(identity_password_hash(d.id, &user, STR("a lantern on the pier"), hash, &d.site.err));
    OK(identity_password_put(store_site_write(&d.site), d.ada, hash, 0, NOW, &d.site.err));
    store_site_commit(&d.site);
    r = store_site_read(&d.site);
    CHECK_INT(identity_reset_user(d.id, r, a, link, NOW + 1, &user, NULL), STATUS_NOT_FOUND);
    CHECK_INT(ask(&d, of_session(&in), NOW, IDENTITY_FINE).user_id, 0);
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_WRONG);
    CHECK_INT(sign_in(&d, "ada", "a lantern on the pier", NOW).fault, IDENTITY_FINE);
    desk_close(&d);
}

/* ---- the second factor ---- */

/* The secret of the address that an app reads. */
static struct str secret_of(struct arena *a, struct str base32) {
    char *out = arena_alloc(a, TOTP_SECRET_BYTES + 1);
    unsigned bits = 0, have = 0;
    size_t len = 0;
    for (size_t i = 0; i < base32.len; i++) {
        char c = base32.ptr[i];
        bits = bits << 5 | (unsigned)(c >= 'A' ? c - 'A' : c - '2' + 26);
        have += 5;
        if (have >= 8) {
            have -= 8;
            out[len++] = (char)(bits >> have);
        }
    }
    return str_make(out, len);
}

static const char *code_at(struct str secret, int64_t now_us, char out[16]) {
    snprintf(out, 16, "%06u", totp_code(secret, totp_step(now_us), 6));
    return out;
}

static struct signed_in with_code(struct desk *d, const char *code, int64_t now_us) {
    return try(d,
               (struct sign_in){ .login = STR("ada"),
                                 .password = STR(WORD),
                                 .code = str_of(code),
                                 .address = STR("192.0.2.77") },
               now_us);
}

TEST(identity_asks_for_the_second_factor) {
    struct desk d;
    desk_open(&d);
    struct arena *a = &d.site.arena;
    struct str uri, base32, *codes;
    char code[16];
    OK(identity_totp_begin(d.id, store_site_write(&d.site), d.ada, STR("The Quay"), a, &uri,
                           &base32, &d.site.err));
    struct str secret = secret_of(a, base32);
    CHECK(str_starts(uri, STR("otpauth://totp/The%20Quay:ada?secret=")));
    store_site_commit(&d.site);
    /* Not asked for before it was confirmed. */
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_FINE);
    CHECK_INT(identity_totp_confirm(d.id, store_site_write(&d.site), d.ada, STR("000000"), NOW, a,
                                    &codes, NULL),
              STATUS_INVALID);
    OK(identity_totp_confirm(d.id, store_site_write(&d.site), d.ada,
                             str_of(code_at(secret, NOW, code)), NOW, a, &codes, &d.site.err));
    CHECK_INT(identity_totp_begin(d.id, store_site_write(&d.site), d.ada, STR("x"), a, &uri,
                                  &base32, NULL),
              STATUS_CONFLICT);
    store_site_commit(&d.site);
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_CODE_WANTED);
    CHECK_INT(sign_in(&d, "ada", "a wrong password", NOW).fault, IDENTITY_WRONG);
    /* The code of the confirmation is spent. */
    CHECK_INT(with_code(&d, code, NOW).fault, IDENTITY_CODE_WRONG);
    int64_t later = NOW + US_PER_HOUR;
    CHECK_INT(with_code(&d, code_at(secret, later, code), later).fault, IDENTITY_FINE);
    CHECK_INT(with_code(&d, code, later).fault, IDENTITY_CODE_WRONG);
    later += US_PER_HOUR;
    CHECK_INT(with_code(&d, codes[3].ptr, later).fault, IDENTITY_FINE);
    CHECK_INT(with_code(&d, codes[3].ptr, later).fault, IDENTITY_CODE_WRONG);
    CHECK_INT(with_code(&d, codes[4].ptr, later).fault, IDENTITY_FINE);
    struct str *renewed;
    OK(identity_recovery_renew(d.id, store_site_write(&d.site), d.ada, a, &renewed, &d.site.err));
    store_site_commit(&d.site);
    later += US_PER_HOUR;
    CHECK_INT(with_code(&d, codes[5].ptr, later).fault, IDENTITY_CODE_WRONG);
    CHECK_INT(with_code(&d, renewed[0].ptr, later).fault, IDENTITY_FINE);
    OK(identity_totp_remove(store_site_write(&d.site), d.ada, &d.site.err));
    store_site_commit(&d.site);
    CHECK_INT(sign_in(&d, "ada", WORD, later).fault, IDENTITY_FINE);
    desk_close(&d);
}

TEST(identity_lets_who_must_have_a_second_factor_only_set_it_up) {
    struct desk d;
    desk_open(&d);
    OK(store_setting_put(store_site_write(&d.site), STR("second_factor_from"), STR("editor"),
                         &d.site.err));
    store_site_commit(&d.site);
    struct signed_in in = sign_in(&d, "ada", WORD, NOW);
    CHECK_INT(in.viewer.scopes, SCOPE_ACCOUNT);
    CHECK_INT(ask(&d, of_session(&in), NOW, IDENTITY_FINE).scopes, SCOPE_ACCOUNT);
    add_user(&d, "bo", USER_AUTHOR, WORD);
    in = sign_in(&d, "bo", WORD, NOW);
    CHECK_INT(in.viewer.scopes, SCOPE_ALL);
    struct arena *a = &d.site.arena;
    struct str uri, base32, *codes;
    char code[16];
    OK(identity_totp_begin(d.id, store_site_write(&d.site), d.ada, STR("x"), a, &uri, &base32,
                           &d.site.err));
    OK(identity_totp_confirm(d.id, store_site_write(&d.site), d.ada,
                             str_of(code_at(secret_of(a, base32), NOW, code)), NOW, a, &codes,
                             &d.site.err));
    store_site_commit(&d.site);
    CHECK_INT(with_code(&d, codes[0].ptr, NOW).viewer.scopes, SCOPE_ALL);
    desk_close(&d);
}

/* ---- the key ---- */

TEST(identity_needs_the_key_of_the_site) {
    struct desk d;
    desk_open(&d);
    struct signed_in in = sign_in(&d, "ada", WORD, NOW);
    char path[1024];
    snprintf(path, sizeof path, "%s/site.key", d.site.dir);
    struct stat st;
    REQUIRE(stat(path, &st) == 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    (void)store_site_read(&d.site);
    identity_close(d.id);
    REQUIRE(unlink(path) == 0);
    OK(identity_open(d.site.store, &d.id, &d.site.err));
    CHECK_INT(ask(&d, of_session(&in), NOW, IDENTITY_FINE).user_id, 0);
    CHECK_INT(sign_in(&d, "ada", WORD, NOW).fault, IDENTITY_FINE);
    identity_close(d.id);
    d.id = NULL;
    REQUIRE(io_write_file(path, STR("not a key\n"), NULL) == STATUS_OK);
    CHECK_INT(identity_open(d.site.store, &d.id, NULL), STATUS_CORRUPT);
    store_site_close(&d.site);
}
