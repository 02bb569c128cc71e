/* Users, and all by which they sign in. */
#include "store/staff.h"

#include "base/limits.h"
#include "store/internal.h"

static enum status none(struct err *err, const char *what, int64_t id) {
    return err_set(err, STATUS_NOT_FOUND, "there is no %s %" PRId64, what, id);
}

/* OK, or NOT_FOUND unless it was found. */
static enum status found_or_none(struct sql *db, bool found, const char *what, int64_t id,
                                 struct err *err) {
    enum status status = sql_result(db, err);
    return status == STATUS_OK && !found ? none(err, what, id) : status;
}

static enum status user_must_be(struct sql *db, int64_t id, struct err *err) {
    bool found = HAS(db, "user_exists", I64(id));
    return found_or_none(db, found, "user", id, err);
}

/* ---- users ---- */

static bool load_user(struct rows rows, struct arena *a, struct user *ret) {
    bool found = rows_next(&rows);
    if (found) {
        *ret = (struct user){
            .id = rows_i64(&rows, 0),
            .login = rows_text(&rows, a, 1),
            .email = rows_text(&rows, a, 2),
            .name = rows_text(&rows, a, 3),
            .password_hash = rows_text(&rows, a, 4),
            .role = (enum user_role)rows_i64(&rows, 5),
            .created_us = rows_i64(&rows, 6),
            .password_us = rows_i64(&rows, 7),
            .is_disabled = rows_i64(&rows, 8) != 0,
        };
    }
    rows_end(&rows);
    return found;
}

enum status store_user(struct store_reader *r, struct arena *a, struct str login, struct user *ret,
                       struct err *err) {
    struct user user;
    bool found = load_user(ROWS(r->sql, "user_of_login", TEXT(login)), a, &user);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no user of that login");
    }
    if (status == STATUS_OK) {
        *ret = user;
    }
    return status;
}

enum status store_user_get(struct store_reader *r, struct arena *a, int64_t id, struct user *ret,
                           struct err *err) {
    struct user user;
    bool found = load_user(ROWS(r->sql, "user_get", I64(id)), a, &user);
    enum status status = found_or_none(r->sql, found, "user", id, err);
    if (status == STATUS_OK) {
        *ret = user;
    }
    return status;
}

enum status store_user_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                            struct err *err) {
    int64_t id = RUN(r->sql, "user_next", I64(after));
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && id == 0) {
        return err_set(err, STATUS_NOT_FOUND, "there are no more users");
    }
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_user_put(struct store_writer *w, const struct user *user, int64_t *ret_id,
                           struct err *err) {
    struct sql *db = writer_verb(w);
    if (user->login.len == 0 || (unsigned)user->role > USER_CHIEF) {
        return err_set(err, STATUS_INVALID, "a user needs a login and a role");
    }
    struct user holder = { 0 };
    bool taken = load_user(ROWS(db, "user_of_login", TEXT(user->login)), &w->scratch, &holder) &&
                 holder.id != user->id;
    bool exists = user->id == 0 || HAS(db, "user_exists", I64(user->id));
    enum status status = found_or_none(db, exists, "user", user->id, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (taken) {
        return err_set(err, STATUS_CONFLICT, "the login %.*s is taken",
                       (int)(user->login.len < 100 ? user->login.len : 100), user->login.ptr);
    }
    const struct param params[] = {
        REF(user->id),         TEXT(user->login),         TEXT(user->email),
        TEXT(user->name),      TEXT(user->password_hash), I64(user->role),
        I64(user->created_us), I64(user->password_us),    I64(user->is_disabled),
    };
    int64_t made =
        sql_run(db, user->id == 0 ? "user_insert" : "user_update", params, COUNT_OF(params));
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = user->id == 0 ? made : user->id;
    }
    return status;
}

enum status store_author_of_user(struct store_reader *r, struct arena *a, int64_t user_id,
                                 struct author *ret, struct err *err) {
    int64_t id = RUN(r->sql, "user_authors", I64(user_id));
    enum status status = found_or_none(r->sql, id != 0, "author of user", user_id, err);
    return status == STATUS_OK ? store_author(r, a, id, ret, err) : status;
}

enum status store_user_remove(struct store_writer *w, int64_t id, struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = user_must_be(db, id, err);
    if (status != STATUS_OK) {
        return status;
    }
    VEC(int64_t) authors = { 0 };
    struct rows rows = ROWS(db, "user_authors", I64(id));
    while (rows_next(&rows)) {
        *vec_push(&w->scratch, &authors) = rows_i64(&rows, 0);
    }
    for (size_t i = 0; i < authors.len; i++) {
        RUN(db, "user_author_free", I64(authors.ptr[i]));
        touchf(w, "row:author:%" PRId64, authors.ptr[i]);
    }
    RUN(db, "user_remove", I64(id));
    return sql_result(db, err);
}

/* ---- sessions ---- */

static struct session session_of(const struct rows *rows, struct arena *a) {
    return (struct session){
        .id = rows_i64(rows, 0),
        .user_id = rows_i64(rows, 1),
        .hash = rows_text(rows, a, 2),
        .created_us = rows_i64(rows, 3),
        .seen_us = rows_i64(rows, 4),
        .expires_us = rows_i64(rows, 5),
        .address = rows_text(rows, a, 6),
        .agent = rows_text(rows, a, 7),
    };
}

enum status store_session_put(struct store_writer *w, const struct session *s, int64_t *ret_id,
                              struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = user_must_be(db, s->user_id, err);
    if (status != STATUS_OK) {
        return status;
    }
    RUN(db, "session_expire", I64(s->user_id), I64(s->created_us));
    RUN(db, "session_crowd_out", I64(s->user_id), I64(LIMIT_SESSIONS - 1));
    int64_t id = RUN(db, "session_insert", I64(s->user_id), TEXT(s->hash), I64(s->created_us),
                     I64(s->seen_us), I64(s->expires_us), TEXT(s->address),
                     TEXT(str_slice(s->agent, 0, LIMIT_AGENT_BYTES)));
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_session(struct store_reader *r, struct arena *a, struct str hash,
                          struct session *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "session_find", TEXT(hash));
    bool found = rows_next(&rows);
    struct session session = found ? session_of(&rows, a) : (struct session){ 0 };
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no such session");
    }
    if (status == STATUS_OK) {
        *ret = session;
    }
    return status;
}

enum status store_sessions(struct store_reader *r, struct arena *a, int64_t user_id,
                           struct sessions *ret, struct err *err) {
    VEC(struct session) all = { 0 };
    struct rows rows = ROWS(r->sql, "session_all", I64(user_id));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = session_of(&rows, a);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct sessions){ all.ptr, all.len };
    }
    return status;
}

enum status store_session_seen(struct store_writer *w, int64_t id, int64_t now_us,
                               struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "session_seen", I64(id), I64(now_us));
    return sql_result(db, err);
}

enum status store_session_end(struct store_writer *w, int64_t user_id, int64_t id,
                              struct err *err) {
    struct sql *db = writer_verb(w);
    bool found = RUN(db, "session_end", I64(user_id), I64(id)) != 0;
    return found_or_none(db, found, "session", id, err);
}

enum status store_sessions_end(struct store_writer *w, int64_t user_id, int64_t except_id,
                               int64_t *ret_ended, struct err *err) {
    struct sql *db = writer_verb(w);
    int64_t ended = RUN(db, "session_count", I64(user_id), I64(except_id));
    RUN(db, "session_end_others", I64(user_id), I64(except_id));
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_ended = ended;
    }
    return status;
}

/* ---- keys ---- */

static struct access_key access_of(const struct rows *rows, struct arena *a) {
    return (struct access_key){
        .id = rows_i64(rows, 0),
        .user_id = rows_i64(rows, 1),
        .kind = (enum access_kind)rows_i64(rows, 2),
        .hash = rows_text(rows, a, 3),
        .uuid = rows_text(rows, a, 4),
        .app_id = rows_text(rows, a, 5),
        .name = rows_text(rows, a, 6),
        .scopes = (unsigned)rows_i64(rows, 7),
        .created_us = rows_i64(rows, 8),
        .expires_us = rows_i64(rows, 9),
        .used_us = rows_i64(rows, 10),
        .used_from = rows_text(rows, a, 11),
    };
}

enum status store_access_put(struct store_writer *w, const struct access_key *key, int64_t *ret_id,
                             struct err *err) {
    struct sql *db = writer_verb(w);
    if (key->name.len > LIMIT_ACCESS_NAME_BYTES || key->app_id.len > LIMIT_ACCESS_NAME_BYTES) {
        return err_set(err, STATUS_INVALID, "the name is longer than %d bytes",
                       LIMIT_ACCESS_NAME_BYTES);
    }
    enum status status = user_must_be(db, key->user_id, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (RUN(db, "access_count", I64(key->user_id), I64(key->kind)) >= LIMIT_ACCESS_KEYS) {
        return err_set(err, STATUS_TOO_LARGE, "the user has %d of these: remove some",
                       LIMIT_ACCESS_KEYS);
    }
    int64_t id = RUN(db, "access_insert", I64(key->user_id), I64(key->kind), TEXT(key->hash),
                     TEXT(key->uuid), TEXT(key->app_id), TEXT(key->name), I64(key->scopes),
                     I64(key->created_us), I64(key->expires_us));
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

enum status store_access(struct store_reader *r, struct arena *a, struct str hash,
                         struct access_key *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "access_find", TEXT(hash));
    bool found = rows_next(&rows);
    struct access_key key = found ? access_of(&rows, a) : (struct access_key){ 0 };
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no such key");
    }
    if (status == STATUS_OK) {
        *ret = key;
    }
    return status;
}

enum status store_access_keys(struct store_reader *r, struct arena *a, int64_t user_id,
                              enum access_kind kind, struct access_keys *ret, struct err *err) {
    VEC(struct access_key) all = { 0 };
    struct rows rows = ROWS(r->sql, "access_all", I64(user_id), I64(kind));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = access_of(&rows, a);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct access_keys){ all.ptr, all.len };
    }
    return status;
}

enum status store_access_rename(struct store_writer *w, int64_t user_id, int64_t id,
                                struct str name, struct err *err) {
    struct sql *db = writer_verb(w);
    if (name.len > LIMIT_ACCESS_NAME_BYTES) {
        return err_set(err, STATUS_INVALID, "the name is longer than %d bytes",
                       LIMIT_ACCESS_NAME_BYTES);
    }
    bool found = RUN(db, "access_rename", I64(user_id), I64(id), TEXT(name)) != 0;
    return found_or_none(db, found, "key", id, err);
}

enum status store_access_used(struct store_writer *w, int64_t id, int64_t now_us,
                              struct str address, struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "access_used", I64(id), I64(now_us), TEXT(address));
    return sql_result(db, err);
}

enum status store_access_remove(struct store_writer *w, int64_t user_id, int64_t id,
                                struct err *err) {
    struct sql *db = writer_verb(w);
    bool found = RUN(db, "access_remove", I64(user_id), I64(id)) != 0;
    return found_or_none(db, found, "key", id, err);
}

enum status store_access_remove_all(struct store_writer *w, int64_t user_id, enum access_kind kind,
                                    int64_t *ret_removed, struct err *err) {
    struct sql *db = writer_verb(w);
    int64_t n = RUN(db, "access_count", I64(user_id), I64(kind));
    RUN(db, "access_remove_all", I64(user_id), I64(kind));
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_removed = n;
    }
    return status;
}

/* ---- the second factor ---- */

enum status store_second_factor(struct store_reader *r, struct arena *a, int64_t user_id,
                                struct second_factor *ret, struct err *err) {
    struct second_factor factor = { 0 };
    struct rows rows = ROWS(r->sql, "factor_get", I64(user_id));
    bool found = rows_next(&rows);
    if (found) {
        factor = (struct second_factor){
            .secret = rows_text(&rows, a, 0),
            .confirmed_us = rows_i64(&rows, 1),
            .last_step = rows_i64(&rows, 2),
            .codes_left = rows_i64(&rows, 3),
        };
    }
    rows_end(&rows);
    enum status status = found_or_none(r->sql, found, "second factor of user", user_id, err);
    if (status == STATUS_OK) {
        *ret = factor;
    }
    return status;
}

enum status store_second_factor_put(struct store_writer *w, int64_t user_id,
                                    const struct second_factor *factor, struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = user_must_be(db, user_id, err);
    if (status == STATUS_OK) {
        RUN(db, "factor_put", I64(user_id), TEXT(factor->secret), I64(factor->confirmed_us),
            I64(factor->last_step));
        status = sql_result(db, err);
    }
    return status;
}

enum status store_second_factor_step(struct store_writer *w, int64_t user_id, int64_t step,
                                     struct err *err) {
    struct sql *db = writer_verb(w);
    bool is_new = RUN(db, "factor_step", I64(user_id), I64(step)) != 0;
    enum status status = sql_result(db, err);
    return status == STATUS_OK && !is_new
               ? err_set(err, STATUS_CONFLICT, "the code was used already")
               : status;
}

enum status store_second_factor_remove(struct store_writer *w, int64_t user_id, struct err *err) {
    struct sql *db = writer_verb(w);
    bool found = RUN(db, "factor_remove", I64(user_id)) != 0;
    RUN(db, "recovery_clear", I64(user_id));
    return found_or_none(db, found, "second factor of user", user_id, err);
}

enum status store_recovery_put(struct store_writer *w, int64_t user_id, const struct str *hashes,
                               size_t n, struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = user_must_be(db, user_id, err);
    if (status != STATUS_OK) {
        return status;
    }
    RUN(db, "recovery_clear", I64(user_id));
    for (size_t i = 0; i < n; i++) {
        RUN(db, "recovery_insert", I64(user_id), TEXT(hashes[i]));
    }
    return sql_result(db, err);
}

enum status store_recovery_use(struct store_writer *w, int64_t user_id, struct str hash,
                               struct err *err) {
    struct sql *db = writer_verb(w);
    bool found = RUN(db, "recovery_use", I64(user_id), TEXT(hash)) != 0;
    return found_or_none(db, found, "such recovery code of user", user_id, err);
}

/* ---- throttled accounts ---- */

enum status store_guard_put(struct store_writer *w, int64_t user_id, unsigned failures,
                            int64_t last_us, struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = user_must_be(db, user_id, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (failures == 0) {
        RUN(db, "guard_remove", I64(user_id));
    } else {
        RUN(db, "guard_put", I64(user_id), I64(failures), I64(last_us));
    }
    return sql_result(db, err);
}

enum status store_guards(struct store_reader *r, struct arena *a, size_t max,
                         struct sign_in_guards *ret, struct err *err) {
    VEC(struct sign_in_guard) all = { 0 };
    struct rows rows = ROWS(r->sql, "guard_all", I64((int64_t)max));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = (struct sign_in_guard){ rows_text(&rows, a, 0),
                                                     (unsigned)rows_i64(&rows, 1),
                                                     rows_i64(&rows, 2) };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct sign_in_guards){ all.ptr, all.len };
    }
    return status;
}
