#include "api/account.h"

#include "api/answer.h"
#include "http/form.h"
#include "newsroom/identity.h"

#include <pthread.h>
#include <stdlib.h>

/* ---- what a call works with ---- */

struct turn {
    struct account_call *call;
    struct store *store;
    struct identity *identity;
    struct store_reader *reader;
    struct credentials credentials;
    struct viewer viewer;
    json_t *input; /* an object; NULL: none, or none that can be read */
    struct str uuid;
    int64_t now_us;
    struct buf head;
    json_t *body;
    struct err err;
};

typedef enum status turn_fn(struct turn *t);

static enum status fail(struct turn *t, int status, const char *code, struct str message) {
    const struct api_error error = { .status = status, .code = code, .message = message };
    json_decref(t->body);
    t->body = answer_error(&error);
    t->call->status = status;
    return STATUS_OK;
}

/* A person's own error is told; any other is the store's, and 500. */
static enum status fail_by(struct turn *t, enum status status, const char *code) {
    switch (status) {
    case STATUS_INVALID:
    case STATUS_TOO_LARGE:
    case STATUS_CONFLICT: return fail(t, 400, code, str_of(t->err.message));
    case STATUS_NOT_FOUND: return fail(t, 404, code, str_of(t->err.message));
    default: return status;
    }
}

/* A text of the input; "" if it is not there. */
static struct str input_of(const struct turn *t, const char *name) {
    const json_t *value = json_object_get(t->input, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR("");
}

static json_t *date_of(struct turn *t, int64_t us) {
    char text[CLOCK_RFC3339_LEN + 1];
    (void)t;
    if (us == 0) {
        return json_null();
    }
    clock_format_rfc3339(us, text);
    text[CLOCK_RFC3339_LEN - 1] = '\0'; /* WordPress writes UTC without the Z */
    return json_string(text);
}

/* Write for the viewer: OK is committed. */
static enum status write(struct turn *t,
                         enum status (*body)(struct turn *, struct store_writer *)) {
    struct store_writer *w = NULL;
    enum status status = store_write_begin(t->store, &w, &t->err);
    if (status != STATUS_OK) {
        return status;
    }
    status = identity_write_as(w, &t->viewer, t->call->address, t->now_us, &t->err);
    if (status == STATUS_OK) {
        status = body(t, w);
    }
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    return store_write_commit(w, &t->err);
}

/* ---- users ---- */

/* The user as WordPress shows one to himself, context=edit. The number is the author's, as in every
 * other route. */
static enum status put_me(struct turn *t) {
    struct arena *a = t->call->arena;
    struct user user;
    struct author author = { 0 };
    enum status status = store_read_begin(t->reader, NULL, &t->err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_user_get(t->reader, a, t->viewer.user_id, &user, &t->err);
    if (status == STATUS_OK) {
        struct err none = { 0 };
        status = store_author_of_user(t->reader, a, user.id, &author, &none);
        status = status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    store_read_end(t->reader);
    if (status != STATUS_OK) {
        return status;
    }
    json_t *object = json_object(), *rights = json_object();
    for (int i = 0; i < RIGHTS; i++) {
        if (right_allows_some(&t->viewer, (enum right)i)) {
            const char *reach = right_allows_all(&t->viewer, (enum right)i) ? "all" : "own";
            api_set(rights, right_name((enum right)i), json_string(reach));
        }
    }
    api_set(object, "id", json_integer(author.id));
    api_set(object, "username", api_str(user.login));
    api_set(object, "name", api_str(user.name));
    api_set(object, "email", api_str(user.email));
    api_set(object, "slug", api_str(author.slug.ptr != NULL ? author.slug : user.login));
    api_set(object, "description", api_str(author.biography.ptr ? author.biography : STR("")));
    api_set(object, "registered_date", date_of(t, user.created_us));
    api_set(object, "roles", json_pack("[s]", role_wordpress_name(user.role)));
    api_set(object, "role", json_string(role_name(user.role)));
    api_set(object, "rights", rights);
    t->body = object;
    return STATUS_OK;
}

/* ---- sessions ---- */

static void put_nonce(struct turn *t, struct str nonce) {
    buf_printf(&t->head, "X-WP-Nonce: %.*s\r\n", STR_FMT(nonce));
    api_set(t->body, "nonce", api_str(nonce));
}

static enum status get_session(struct turn *t) {
    char nonce[NONCE_LETTERS + 1];
    enum status status = put_me(t);
    if (status == STATUS_OK) {
        put_nonce(t, identity_nonce(t->identity, &t->credentials, t->now_us, nonce));
    }
    return status;
}

static enum status throttled(struct turn *t, int64_t wait_us) {
    buf_printf(&t->head, "Retry-After: %lld\r\n",
               (long long)((wait_us + US_PER_SECOND - 1) / US_PER_SECOND));
    return fail(t, 429, "broadsheet_throttled",
                STR("Too many attempts have failed. Wait a little, and try again."));
}

static enum status post_session(struct turn *t) {
    const struct sign_in what = {
        .login = input_of(t, "username"),
        .password = input_of(t, "password"),
        .code = input_of(t, "code"),
        .device = t->credentials.device,
        .address = t->call->address,
        .agent = http_header(t->call->req, STR("User-Agent")),
    };
    struct signed_in in;
    enum status status = identity_sign_in(t->identity, t->reader, &what, t->now_us, &in, &t->err);
    if (status == STATUS_BUSY) {
        buf_put(&t->head, STR("Retry-After: 2\r\n"));
        return fail(t, 503, "broadsheet_busy", str_of(t->err.message));
    }
    if (status != STATUS_OK) {
        return status;
    }
    switch (in.fault) {
    case IDENTITY_FINE: break;
    case IDENTITY_THROTTLED: return throttled(t, in.wait_us);
    case IDENTITY_CODE_WANTED:
        return fail(t, 401, "broadsheet_code_wanted",
                    STR("A code from your telephone is needed, or a recovery code."));
    case IDENTITY_CODE_WRONG:
        return fail(t, 401, "broadsheet_code_wrong",
                    STR("The code is wrong, or was used already."));
    case IDENTITY_NO_NONCE:
    case IDENTITY_BAD_NONCE:
    case IDENTITY_WRONG:
        return fail(t, 401, "incorrect_password", STR("The user name or the password is wrong."));
    }
    bool is_tls = t->call->is_tls;
    credentials_set_session(&t->head, str_of(in.session), SESSION_LIFE_US / US_PER_SECOND, is_tls);
    credentials_set_device(&t->head, str_of(in.device), DEVICE_LIFE_US / US_PER_SECOND, is_tls);
    t->viewer = in.viewer;
    status = put_me(t);
    if (status == STATUS_OK) {
        put_nonce(t, str_of(in.nonce));
    }
    return status;
}

static enum status sign_out(struct turn *t, struct store_writer *w) {
    return identity_sign_out(w, &t->viewer, &t->err);
}

static enum status delete_session(struct turn *t) {
    enum status status = write(t, sign_out);
    if (status != STATUS_OK) {
        return fail_by(t, status, "broadsheet_no_session");
    }
    credentials_set_session(&t->head, STR(""), 0, t->call->is_tls);
    t->body = json_pack("{sb}", "signed_out", true);
    return STATUS_OK;
}

static enum status get_sessions(struct turn *t) {
    struct sessions all = { 0 };
    enum status status = store_read_begin(t->reader, NULL, &t->err);
    if (status == STATUS_OK) {
        status = store_sessions(t->reader, t->call->arena, t->viewer.user_id, &all, &t->err);
        store_read_end(t->reader);
    }
    t->body = json_array();
    for (size_t i = 0; i < all.len; i++) {
        const struct session *s = &all.ptr[i];
        if (t->now_us >= s->expires_us || t->now_us - s->seen_us >= SESSION_IDLE_US) {
            continue;
        }
        json_t *object = json_object();
        api_set(object, "id", json_integer(s->id));
        api_set(object, "created", date_of(t, s->created_us));
        api_set(object, "seen", date_of(t, s->seen_us));
        api_set(object, "address", api_str(s->address));
        api_set(object, "agent", api_str(s->agent));
        api_set(object, "is_this",
                json_boolean(t->viewer.way == VIEWER_SESSION && t->viewer.access_id == s->id));
        json_array_append_new(t->body, object);
    }
    return status;
}

static int64_t own_session(const struct turn *t) {
    return t->viewer.way == VIEWER_SESSION ? t->viewer.access_id : 0;
}

static enum status sign_out_elsewhere(struct turn *t, struct store_writer *w) {
    int64_t ended;
    enum status status =
        identity_sign_out_everywhere(w, t->viewer.user_id, own_session(t), &ended, &t->err);
    if (status == STATUS_OK) {
        t->body = json_pack("{sI}", "ended", (json_int_t)ended);
    }
    return status;
}

static enum status delete_sessions(struct turn *t) {
    return write(t, sign_out_elsewhere);
}

/* ---- the password ---- */

struct new_password {
    int64_t user_id, except_id;
    char hash[PASSWORD_HASH_BYTES];
    struct str key; /* looked at again in the transaction: it counts once */
};

static enum status put_password(struct turn *t, struct new_password *new) {
    struct store_writer *w = NULL;
    struct user user;
    enum status status = store_write_begin(t->store, &w, &t->err);
    if (status != STATUS_OK) {
        return status;
    }
    status = identity_write_as(w, &t->viewer, t->call->address, t->now_us, &t->err);
    if (status == STATUS_OK && new->key.len > 0) {
        status = identity_reset_user(t->identity, store_writer_reader(w), t->call->arena, new->key,
                                     t->now_us, &user, &t->err);
    }
    if (status == STATUS_OK) {
        status =
            identity_password_put(w, new->user_id, new->hash, new->except_id, t->now_us, &t->err);
    }
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    return store_write_commit(w, &t->err);
}

/* Whose password is to be set: the key's owner, or who is signed in and says the old one. */
static enum status password_user(struct turn *t, struct str key, struct user *ret) {
    enum status status = store_read_begin(t->reader, NULL, &t->err);
    if (status != STATUS_OK) {
        return status;
    }
    status = key.len > 0
                 ? identity_reset_user(t->identity, t->reader, t->call->arena, key, t->now_us, ret,
                                       &t->err)
                 : store_user_get(t->reader, t->call->arena, t->viewer.user_id, ret, &t->err);
    store_read_end(t->reader);
    return status;
}

static enum status post_password(struct turn *t) {
    struct new_password new = { .key = input_of(t, "key"), .except_id = own_session(t) };
    struct user user;
    if (new.key.len == 0 && t->viewer.way != VIEWER_SESSION) {
        return fail(t, 401, "rest_not_logged_in", STR("You are not currently logged in."));
    }
    enum status status = password_user(t, new.key, &user);
    if (status != STATUS_OK) {
        return fail_by(t, status, "broadsheet_invalid_key");
    }
    if (new.key.len == 0) {
        /* Whoever finds a browser open must not take the account with him. */
        const struct sign_in old = { .login = user.login,
                                     .password = input_of(t, "current"),
                                     .device = t->credentials.device,
                                     .address = t->call->address };
        enum identity_fault fault;
        int64_t wait_us = 0;
        status = identity_password_check(t->identity, t->reader, &old, t->now_us, &fault, &wait_us,
                                         &t->err);
        if (status != STATUS_OK || fault == IDENTITY_THROTTLED) {
            return status != STATUS_OK ? status : throttled(t, wait_us);
        }
        if (fault != IDENTITY_FINE) {
            return fail(t, 403, "incorrect_password", STR("The present password is wrong."));
        }
    }
    status = identity_password_hash(t->identity, &user, input_of(t, "password"), new.hash, &t->err);
    if (status == STATUS_OK) {
        new.user_id = user.id;
        status = put_password(t, &new);
    }
    if (status != STATUS_OK) {
        return fail_by(t, status, "broadsheet_bad_password");
    }
    t->body = json_pack("{sb}", "changed", true);
    return STATUS_OK;
}

/* ---- application passwords ---- */

static json_t *key_object(struct turn *t, const struct access_key *key) {
    json_t *object = json_object();
    api_set(object, "uuid", api_str(key->uuid));
    api_set(object, "app_id", api_str(key->app_id));
    api_set(object, "name", api_str(key->name));
    api_set(object, "created", date_of(t, key->created_us));
    api_set(object, "last_used", date_of(t, key->used_us));
    api_set(object, "last_ip", key->used_from.len ? api_str(key->used_from) : json_null());
    return object;
}

static enum status load_keys(struct turn *t, struct access_keys *ret) {
    enum status status = store_read_begin(t->reader, NULL, &t->err);
    if (status == STATUS_OK) {
        status = store_access_keys(t->reader, t->call->arena, t->viewer.user_id, ACCESS_PASSWORD,
                                   ret, &t->err);
        store_read_end(t->reader);
    }
    return status;
}

static const struct access_key *key_of(const struct access_keys *keys, struct str uuid) {
    for (size_t i = 0; i < keys->len; i++) {
        if (str_eq_nocase(keys->ptr[i].uuid, uuid)) {
            return &keys->ptr[i];
        }
    }
    return NULL;
}

static enum status no_key(struct turn *t) {
    return fail(t, 404, "rest_application_password_not_found",
                STR("Application password not found."));
}

static enum status get_keys(struct turn *t) {
    struct access_keys keys = { 0 };
    enum status status = load_keys(t, &keys);
    if (status != STATUS_OK) {
        return status;
    }
    if (t->uuid.len > 0) {
        const struct access_key *key = key_of(&keys, t->uuid);
        t->body = key != NULL ? key_object(t, key) : NULL;
        return key != NULL ? STATUS_OK : no_key(t);
    }
    t->body = json_array();
    for (size_t i = 0; i < keys.len; i++) {
        json_array_append_new(t->body, key_object(t, &keys.ptr[i]));
    }
    return STATUS_OK;
}

static enum status make_key(struct turn *t, struct store_writer *w) {
    struct access_key key = { .user_id = t->viewer.user_id,
                              .kind = ACCESS_PASSWORD,
                              .name = input_of(t, "name"),
                              .app_id = input_of(t, "app_id") };
    struct str secret;
    int64_t id;
    struct access_keys keys = { 0 };
    enum status status = identity_access_make(t->identity, w, &key, t->now_us, t->call->arena,
                                              &secret, &id, &t->err);
    if (status == STATUS_OK) {
        status = store_access_keys(store_writer_reader(w), t->call->arena, t->viewer.user_id,
                                   ACCESS_PASSWORD, &keys, &t->err);
    }
    if (status == STATUS_OK) {
        t->body = key_object(t, &keys.ptr[keys.len - 1]);
        api_set(t->body, "password", api_str(secret));
    }
    return status;
}

static enum status post_keys(struct turn *t) {
    enum status status = write(t, make_key);
    if (status != STATUS_OK) {
        return fail_by(t, status, "rest_invalid_param");
    }
    t->call->status = 201;
    return STATUS_OK;
}

static enum status revoke(struct turn *t, struct store_writer *w) {
    struct access_keys keys = { 0 };
    const struct access_key *key;
    enum status status = store_access_keys(store_writer_reader(w), t->call->arena,
                                           t->viewer.user_id, ACCESS_PASSWORD, &keys, &t->err);
    if (status != STATUS_OK) {
        return status;
    }
    json_t *removed = json_array();
    for (size_t i = 0; status == STATUS_OK && i < keys.len; i++) {
        key = &keys.ptr[i];
        if (t->uuid.len == 0 || str_eq_nocase(key->uuid, t->uuid)) {
            status = identity_access_remove(w, key->user_id, key->id, &t->err);
            json_array_append_new(removed, key_object(t, key));
        }
    }
    if (status == STATUS_OK && t->uuid.len > 0 && json_array_size(removed) == 0) {
        status = err_set(&t->err, STATUS_NOT_FOUND, "Application password not found.");
    } else if (status == STATUS_OK && t->uuid.len > 0) {
        t->body = json_pack("{sbsO}", "deleted", true, "previous", json_array_get(removed, 0));
    } else if (status == STATUS_OK) {
        t->body =
            json_pack("{sbsI}", "deleted", true, "count", (json_int_t)json_array_size(removed));
    }
    json_decref(removed);
    return status;
}

static enum status delete_keys(struct turn *t) {
    enum status status = write(t, revoke);
    return status == STATUS_OK ? status : fail_by(t, status, "rest_application_password_not_found");
}

/* ---- which call it is ---- */

static const struct route {
    enum http_method method;
    const char *path; /* below /wp-json; a "*" at its end is a uuid */
    turn_fn *run;
    enum { ANYBODY, BY_COOKIE, BY_NONCE } ask;
    enum right right; /* unless ANYBODY */
} routes[] = {
    { HTTP_GET, "/broadsheet/v1/session", get_session, BY_COOKIE, RIGHT_EDIT_ACCESS },
    { HTTP_POST, "/broadsheet/v1/session", post_session, ANYBODY, RIGHTS },
    { HTTP_DELETE, "/broadsheet/v1/session", delete_session, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_GET, "/broadsheet/v1/sessions", get_sessions, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_DELETE, "/broadsheet/v1/sessions", delete_sessions, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_POST, "/broadsheet/v1/password", post_password, ANYBODY, RIGHTS },
    { HTTP_GET, "/wp/v2/users/me", put_me, BY_NONCE, RIGHTS },
    { HTTP_GET, "/wp/v2/users/me/application-passwords", get_keys, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_POST, "/wp/v2/users/me/application-passwords", post_keys, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_DELETE, "/wp/v2/users/me/application-passwords", delete_keys, BY_NONCE,
      RIGHT_EDIT_ACCESS },
    { HTTP_GET, "/wp/v2/users/me/application-passwords/*", get_keys, BY_NONCE, RIGHT_EDIT_ACCESS },
    { HTTP_DELETE, "/wp/v2/users/me/application-passwords/*", delete_keys, BY_NONCE,
      RIGHT_EDIT_ACCESS },
};

static bool is_uuid(struct str s) {
    bool ok = s.len == 36;
    for (size_t i = 0; ok && i < s.len; i++) {
        ok = char_hex(s.ptr[i]) >= 0 || s.ptr[i] == '-';
    }
    return ok;
}

static bool matches(const char *pattern, struct str path, struct str *ret_uuid) {
    struct str p = str_of(pattern);
    check(p.len > 0);
    bool has_uuid = p.ptr[p.len - 1] == '*';
    *ret_uuid = STR("");
    if (!has_uuid) {
        return str_eq(p, path);
    }
    *ret_uuid = str_from(path, p.len - 1);
    return str_starts(path, str_slice(p, 0, p.len - 1)) && is_uuid(*ret_uuid);
}

static const struct route *find(const struct http_request *req, struct str *ret_uuid) {
    const struct str root = API_ROOT;
    struct str path = req->path;
    if (!str_starts(path, root)) {
        return NULL;
    }
    path = str_from(path, root.len);
    if (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (routes[i].method == req->method && matches(routes[i].path, path, ret_uuid)) {
            return &routes[i];
        }
    }
    return NULL;
}

static bool has_credentials(const struct http_request *req) {
    return http_header(req, STR("Authorization")).ptr != NULL ||
           http_header(req, STR("Cookie")).ptr != NULL;
}

bool account_is_call(const struct http_request *req) {
    struct str uuid;
    const struct route *route = find(req, &uuid);
    return route != NULL && (route->run != put_me || has_credentials(req));
}

/* ---- running one ---- */

static enum status not_signed_in(struct turn *t) {
    return fail(t, 401, "rest_not_logged_in", STR("You are not currently logged in."));
}

/* Who asks; answers itself if that cannot be. *ret_goes_on: it can. */
static enum status let_in(struct turn *t, const struct route *route, bool *ret_goes_on) {
    enum identity_fault fault = IDENTITY_FINE;
    bool needs_nonce = route->ask != BY_COOKIE;
    *ret_goes_on = false;
    enum status status = store_read_begin(t->reader, NULL, &t->err);
    if (status == STATUS_OK) {
        status = identity_viewer(t->identity, t->reader, &t->credentials,
                                 needs_nonce ? IDENTITY_NEEDS_NONCE : IDENTITY_COOKIE_IS_ENOUGH,
                                 t->now_us, &t->viewer, &fault, &t->err);
        store_read_end(t->reader);
    }
    if (status != STATUS_OK || route->ask == ANYBODY) {
        *ret_goes_on = status == STATUS_OK;
        return status;
    }
    if (fault == IDENTITY_BAD_NONCE) {
        return fail(t, 403, "rest_cookie_invalid_nonce", STR("Cookie check failed"));
    }
    if (fault == IDENTITY_WRONG) {
        return fail(t, 401, "incorrect_password",
                    STR("The provided password is an invalid application password."));
    }
    if (t->viewer.user_id == 0) {
        return not_signed_in(t);
    }
    if (route->right != RIGHTS && !right_allows_some(&t->viewer, route->right)) {
        return fail(t, 403, "rest_forbidden", STR("Sorry, you are not allowed to do that."));
    }
    *ret_goes_on = true;
    return STATUS_OK;
}

static enum status mark_seen(struct turn *t, struct store_writer *w) {
    return identity_seen(w, &t->viewer, t->call->address, t->now_us, &t->err);
}

/* Input is JSON, and nothing else: a form of another site cannot send it. */
static void read_input(struct turn *t) {
    const struct http_request *req = t->call->req;
    struct str type = http_header(req, STR("Content-Type"));
    if (type.ptr != NULL && str_starts_nocase(type, STR("application/json")) &&
        req->body.len <= LIMIT_ACCOUNT_BODY_BYTES) {
        t->input = json_loadb(req->body.ptr, req->body.len, JSON_REJECT_DUPLICATES, NULL);
    }
}

static void finish(struct turn *t, enum status status) {
    struct account_call *call = t->call;
    struct arena *a = call->arena;
    if (status != STATUS_OK) {
        (void)fail(t, status_http(status), "broadsheet_failed",
                   status == STATUS_BUSY ? STR("Too much is going on: try again in a moment.")
                                         : STR("Something went wrong on our side."));
    }
    char *text = json_dumps(t->body, JSON_COMPACT);
    check(text != NULL);
    call->body = arena_str(a, str_of(text));
    free(text);
    call->head = arena_printf(a,
                              "Content-Type: application/json; charset=UTF-8\r\n"
                              "X-Content-Type-Options: nosniff\r\nX-Robots-Tag: noindex\r\n"
                              "Cache-Control: no-store\r\n%.*s",
                              STR_FMT(buf_str(&t->head)));
    json_decref(t->body);
    json_decref(t->input);
    buf_done(&t->head);
}

static void run(struct store *store, struct identity *identity, struct store_reader *reader,
                struct account_call *call) {
    struct turn t = { .call = call,
                      .store = store,
                      .identity = identity,
                      .reader = reader,
                      .now_us = clock_now_us() };
    bool goes_on = false;
    const struct route *route = find(call->req, &t.uuid);
    check(route != NULL);
    call->status = 200;
    buf_init(&t.head, 4096);
    t.credentials = credentials_read(call->arena, call->req, call->is_tls);
    read_input(&t);
    enum status status = let_in(&t, route, &goes_on);
    if (status == STATUS_OK && goes_on) {
        status = route->run(&t);
    }
    if (status == STATUS_OK && goes_on && t.viewer.is_due) {
        /* Its failure is nobody's: it is tried again with the next call. */
        struct err forgotten = t.err;
        (void)write(&t, mark_seen);
        t.err = forgotten;
    }
    finish(&t, status);
}

/* ---- threads ---- */

/* A password's hash takes a tenth of a second: of the threads one is always left for the calls that
 * make none, so that a flood of sign-ins keeps nobody from working who is signed in. */
enum { THREADS = 3, HASHING_MAX = THREADS - 1 };

struct queue {
    struct account_call *first, *last;
    size_t len;
};

struct account {
    struct store *store;
    pthread_mutex_t lock; /* all that follows */
    pthread_cond_t changed;
    struct identity *identity;
    struct queue quick, hashing;
    size_t hashing_now;
    bool is_ending;
    size_t threads_len;
    pthread_t threads[THREADS];
    struct store_reader *readers[THREADS];
};

static bool is_hashing(const struct account_call *call) {
    struct str uuid;
    const struct route *route = find(call->req, &uuid);
    return route != NULL && (route->run == post_session || route->run == post_password);
}

static void put(struct queue *q, struct account_call *call) {
    call->next = NULL;
    if (q->last != NULL) {
        q->last->next = call;
    } else {
        q->first = call;
    }
    q->last = call;
    q->len++;
}

static struct account_call *take(struct queue *q) {
    struct account_call *call = q->first;
    if (call != NULL) {
        q->first = call->next;
        q->last = q->first != NULL ? q->last : NULL;
        q->len--;
    }
    return call;
}

/* The next call that may run now. Lock held. */
static struct account_call *next_call(struct account *account, bool *ret_hashing) {
    struct account_call *call = take(&account->quick);
    *ret_hashing = call == NULL && account->hashing_now < HASHING_MAX;
    return *ret_hashing ? take(&account->hashing) : call;
}

/* The first call opens it. Lock held. */
static struct identity *identity_of(struct account *account) {
    struct err err = { 0 };
    if (account->identity == NULL &&
        identity_open(account->store, &account->identity, &err) != STATUS_OK) {
        account->identity = NULL;
    }
    return account->identity;
}

static void refuse(struct account_call *call) {
    struct turn t = { .call = call };
    buf_init(&t.head, 4096);
    finish(&t, STATUS_IO);
}

static void run_one(struct account *account, struct store_reader *reader,
                    struct account_call *call) {
    pthread_mutex_lock(&account->lock);
    struct identity *identity = identity_of(account);
    pthread_mutex_unlock(&account->lock);
    if (identity != NULL) {
        run(account->store, identity, reader, call);
    } else {
        refuse(call);
    }
    call->done(call);
}

static void *work(void *arg) {
    struct account *account = arg;
    pthread_mutex_lock(&account->lock);
    struct store_reader *reader = account->readers[account->threads_len++];
    pthread_cond_broadcast(&account->changed);
    for (;;) {
        bool hashing;
        struct account_call *call = next_call(account, &hashing);
        if (call == NULL && account->is_ending) {
            break;
        }
        if (call == NULL) {
            pthread_cond_wait(&account->changed, &account->lock);
            continue;
        }
        account->hashing_now += hashing;
        pthread_mutex_unlock(&account->lock);
        run_one(account, reader, call);
        pthread_mutex_lock(&account->lock);
        account->hashing_now -= hashing;
        pthread_cond_broadcast(&account->changed);
    }
    pthread_mutex_unlock(&account->lock);
    return NULL;
}

enum status account_open(struct store *s, struct account **ret, struct err *err) {
    struct account *account = calloc(1, sizeof *account);
    check(account != NULL);
    account->store = s;
    pthread_mutex_init(&account->lock, NULL);
    pthread_cond_init(&account->changed, NULL);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < THREADS; i++) {
        status = store_reader_open(s, &account->readers[i], err);
    }
    for (size_t i = 0; status == STATUS_OK && i < THREADS; i++) {
        check(pthread_create(&account->threads[i], NULL, work, account) == 0);
    }
    pthread_mutex_lock(&account->lock);
    while (status == STATUS_OK && account->threads_len < THREADS) {
        pthread_cond_wait(&account->changed, &account->lock);
    }
    pthread_mutex_unlock(&account->lock);
    if (status != STATUS_OK) {
        account_close(account);
        return status;
    }
    *ret = account;
    return STATUS_OK;
}

void account_close(struct account *account) {
    if (account == NULL) {
        return;
    }
    pthread_mutex_lock(&account->lock);
    account->is_ending = true;
    pthread_cond_broadcast(&account->changed);
    pthread_mutex_unlock(&account->lock);
    for (size_t i = 0; i < account->threads_len; i++) {
        pthread_join(account->threads[i], NULL);
    }
    for (size_t i = 0; i < THREADS; i++) {
        store_reader_close(account->readers[i]);
    }
    identity_close(account->identity);
    pthread_cond_destroy(&account->changed);
    pthread_mutex_destroy(&account->lock);
    free(account);
}

bool account_run(struct account *account, struct account_call *call) {
    bool hashing = is_hashing(call);
    size_t max = hashing ? LIMIT_PASSWORD_QUEUE : LIMIT_ACCOUNT_QUEUE;
    pthread_mutex_lock(&account->lock);
    struct queue *queue = hashing ? &account->hashing : &account->quick;
    bool taken = queue->len < max && !account->is_ending;
    if (taken) {
        put(queue, call);
        pthread_cond_broadcast(&account->changed);
    }
    pthread_mutex_unlock(&account->lock);
    return taken;
}
