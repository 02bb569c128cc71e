#include "newsroom/people.h"

#include "text/slug.h"

#include <sodium.h>

static const char *const role_names[] = { [USER_CONTRIBUTOR] = "contributor",
                                          [USER_AUTHOR] = "author",
                                          [USER_EDITOR] = "editor",
                                          [USER_CHIEF] = "chief" };

bool people_role(struct str name, enum user_role *ret) {
    for (size_t i = 0; i < COUNT_OF(role_names); i++) {
        if (str_eq(name, str_of(role_names[i]))) {
            *ret = (enum user_role)i;
            return true;
        }
    }
    return false;
}

static bool login_valid(struct str login) {
    for (size_t i = 0; i < login.len; i++) {
        char c = login.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !char_is_digit(c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return login.len >= 1 && login.len <= 60;
}

/* The author whom readers see: the one who has the login's address already, as an import makes
 * them, or a new one. */
static enum status link_author(struct store_writer *w, const struct user *user, int64_t user_id,
                               struct err *err) {
    struct arena a = { 0 };
    struct str slug = slug_make(&a, user->login, (struct slug_style){ 0 });
    struct author author = { .name = user->name, .slug = slug, .login = user->login };
    struct address address;
    struct err none = { 0 };
    author.path = arena_printf(&a, "/author/%.*s/", STR_FMT(slug));
    enum status status = store_address(store_writer_reader(w), &a, author.path, &address, &none);
    if (status == STATUS_OK && address.kind == ADDRESS_AUTHOR) {
        status = store_author(store_writer_reader(w), &a, address.id, &author, err);
    }
    if (status == STATUS_OK || status == STATUS_NOT_FOUND) {
        int64_t id;
        author.user_id = user_id;
        author.email = user->email;
        status = store_author_put(w, &author, &id, err);
    } else {
        err_set(err, status, "%s", none.message);
    }
    arena_done(&a);
    return status;
}

enum status people_add(struct store_writer *w, struct str login, struct str name, struct str email,
                       enum user_role role, struct str password, int64_t *ret_id, struct err *err) {
    if (!login_valid(login)) {
        return err_set(err, STATUS_INVALID,
                       "the login '%.*s' must be 1 to 60 of a-z, 0-9, dot, hyphen, underscore",
                       (int)(login.len > 80 ? 80 : login.len), login.ptr);
    }
    if (str_trim(name).len == 0) {
        return err_set(err, STATUS_INVALID, "a user needs a name");
    }
    if (password.len > 0 &&
        (password.len < LIMIT_PASSWORD_LEAST_BYTES || password.len > LIMIT_PASSWORD_BYTES)) {
        return err_set(err, STATUS_INVALID, "the password must have %d to %d bytes",
                       LIMIT_PASSWORD_LEAST_BYTES, LIMIT_PASSWORD_BYTES);
    }
    char hash[crypto_pwhash_STRBYTES] = "";
    if (password.len > 0) {
        check(sodium_init() >= 0);
        if (crypto_pwhash_str(hash, password.ptr, password.len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
            return err_set(err, STATUS_NO_MEMORY, "no memory to hash the password");
        }
    }
    struct user user = { .login = login,
                         .name = str_trim(name),
                         .email = email,
                         .role = role,
                         .password_hash = str_of(hash) };
    int64_t id = 0;
    enum status status = store_user_put(w, &user, &id, err);
    if (status == STATUS_OK) {
        status = link_author(w, &user, id, err);
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}
