#include "newsroom/people.h"

#include "base/clock.h"
#include "newsroom/password.h"
#include "text/slug.h"

#include <sodium.h>

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
    const struct password_owner owner = { login, name, email };
    char hash[PASSWORD_HASH_BYTES] = "";
    if (password.len > 0) {
        enum status status = password_rules(password, owner, err);
        if (status == STATUS_OK) {
            status = password_hash(password, hash, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    struct user user = { .login = login,
                         .name = str_trim(name),
                         .email = email,
                         .role = role,
                         .password_hash = str_of(hash),
                         .created_us = clock_now_us() };
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
