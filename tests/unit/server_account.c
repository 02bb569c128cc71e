/* Signing in over real sockets, as the desk and as programs do. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/must.h"

#include "app/server.h"
#include "newsroom/identity.h"
#include "newsroom/people.h"

#include <jansson.h>
#include <string.h>

#define WORD "gulls over the quay"

struct place {
    struct store *store;
    struct server *server;
    struct client client;
    /* Of the last answer. */
    int status;
    json_t *body;
    char head[8192];
};

static void place_open(struct place *p) {
    struct store_writer *w = NULL;
    int64_t id;
    const char *dir = test_tmp_dir();
    *p = (struct place){ 0 };
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &p->store, &err));
    MUST(store_write_begin(p->store, &w, &err));
    MUST(people_add(w, STR("ada"), STR("Ada"), STR("ada@example.org"), USER_CHIEF, STR(WORD), &id,
                    &err));
    MUST(store_write_commit(w, &err));
    const struct server_options options = { .loops = 1, .renderers = 1, .no_clock = true };
    MUST(server_start(p->store, &options, &p->server, &err));
    client_open(&p->client, server_port(p->server), 0);
}

static void place_close(struct place *p) {
    client_close(&p->client);
    server_stop(p->server);
    store_close(p->store);
    json_decref(p->body);
}

/* fields: each ended by CRLF. body: JSON, with ' for ". */
static int ask(struct place *p, const char *method, const char *path, const char *fields,
               const char *body) {
    static char text[8192], json[2048];
    size_t len = strlen(body);
    for (size_t i = 0; i <= len; i++) {
        json[i] = body[i];
        if (json[i] == '\'') {
            json[i] = '"';
        }
    }
    int n = snprintf(text, sizeof text,
                     "%s /wp-json%s HTTP/1.1\r\nHost: x\r\nUser-Agent: Browser\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
                     method, path, len, fields, json);
    client_send(&p->client, str_make(text, (size_t)n));
    struct client_answer a = client_read(&p->client, false);
    json_decref(p->body);
    p->status = a.status;
    p->body = json_loadb(a.body.ptr, a.body.len, 0, NULL);
    snprintf(p->head, sizeof p->head, "%.*s", STR_FMT(a.head));
    answer_done(&a);
    return p->status;
}

static const char *said(const struct place *p, const char *name) {
    const char *text = json_string_value(json_object_get(p->body, name));
    return text ? text : "";
}

/* "name=value" of a cookie that the last answer set. */
static void cookie_of(const struct place *p, const char *name, char out[256]) {
    char start[128];
    snprintf(start, sizeof start, "Set-Cookie: %s=", name);
    const char *at = strstr(p->head, start);
    CHECK(at != NULL);
    at = at ? at + strlen("Set-Cookie: ") : "";
    snprintf(out, 256, "%.*s", (int)strcspn(at, ";"), at);
}

struct signed_in_as {
    char cookie[256], device[256], nonce[64], fields[1024];
};

static void sign_in(struct place *p, struct signed_in_as *as) {
    CHECK_INT(
        ask(p, "POST", "/broadsheet/v1/session", "", "{'username':'ada','password':'" WORD "'}"),
        200);
    cookie_of(p, "broadsheet_session", as->cookie);
    cookie_of(p, "broadsheet_device", as->device);
    snprintf(as->nonce, sizeof as->nonce, "%s", said(p, "nonce"));
    snprintf(as->fields, sizeof as->fields, "Cookie: %s; %s\r\nX-WP-Nonce: %s\r\n", as->cookie,
             as->device, as->nonce);
}

TEST(server_account_signs_in_and_out) {
    struct place p;
    struct signed_in_as as, other;
    char fields[1024];
    place_open(&p);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", "", ""), 401);
    CHECK_STR(str_of(said(&p, "code")), "rest_not_logged_in");
    CHECK_INT(ask(&p, "GET", "/broadsheet/v1/session", "", ""), 401);
    sign_in(&p, &as);
    CHECK(strstr(p.head, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000") != NULL);
    CHECK(strstr(p.head, "Cache-Control: no-store") != NULL);
    CHECK_STR(str_of(said(&p, "username")), "ada");
    CHECK_STR(str_of(said(&p, "role")), "chief");
    /* A page that is loaded anew has the cookie only. */
    snprintf(fields, sizeof fields, "Cookie: %s\r\n", as.cookie);
    CHECK_INT(ask(&p, "GET", "/broadsheet/v1/session", fields, ""), 200);
    CHECK_STR(str_of(said(&p, "nonce")), as.nonce);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", fields, ""), 401);
    CHECK_INT(ask(&p, "DELETE", "/broadsheet/v1/session", fields, ""), 401);
    snprintf(fields, sizeof fields, "Cookie: %s\r\nX-WP-Nonce: 0123456789\r\n", as.cookie);
    CHECK_INT(ask(&p, "DELETE", "/broadsheet/v1/session", fields, ""), 403);
    CHECK_STR(str_of(said(&p, "code")), "rest_cookie_invalid_nonce");
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", as.fields, ""), 200);
    CHECK_STR(str_of(json_string_value(json_array_get(json_object_get(p.body, "roles"), 0))),
              "administrator");
    sign_in(&p, &other);
    CHECK_INT(ask(&p, "GET", "/broadsheet/v1/sessions", as.fields, ""), 200);
    CHECK_INT(json_array_size(p.body), 2);
    CHECK_INT(ask(&p, "DELETE", "/broadsheet/v1/sessions", as.fields, ""), 200);
    CHECK_INT(json_integer_value(json_object_get(p.body, "ended")), 1);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", other.fields, ""), 401);
    CHECK_INT(ask(&p, "DELETE", "/broadsheet/v1/session", as.fields, ""), 200);
    CHECK(strstr(p.head, "broadsheet_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0") != NULL);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", as.fields, ""), 401);
    place_close(&p);
}

TEST(server_account_cookies_of_tls_are_shut_to_neighbours) {
    struct place p;
    char cookie[256];
    place_open(&p);
    CHECK_INT(ask(&p, "POST", "/broadsheet/v1/session", "X-Forwarded-Proto: https\r\n",
                  "{'username':'ada','password':'" WORD "'}"),
              200);
    cookie_of(&p, "__Host-broadsheet_session", cookie);
    CHECK(strstr(p.head, "; Secure; Max-Age=") != NULL);
    place_close(&p);
}

TEST(server_account_refuses_and_throttles) {
    struct place p;
    place_open(&p);
    static const char *const wrong[] = { "", "{", "[]", "{'username':7}",
                                         "{'username':'eve','password':'" WORD "'}" };
    /* From addresses of their own, as a proxy on this machine tells them. */
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char from[64];
        snprintf(from, sizeof from, "X-Forwarded-For: 198.51.100.%d\r\n", (int)i);
        CHECK_INT(ask(&p, "POST", "/broadsheet/v1/session", from, wrong[i]), 401);
        CHECK_STR(str_of(said(&p, "code")), "incorrect_password");
        CHECK(strstr(p.head, "Set-Cookie") == NULL);
    }
    for (int i = 0; i < 5; i++) {
        CHECK_INT(ask(&p, "POST", "/broadsheet/v1/session", "X-Forwarded-For: a, 192.0.2.1\r\n",
                      "{'username':'ada','password':'no'}"),
                  401);
    }
    CHECK_INT(ask(&p, "POST", "/broadsheet/v1/session", "X-Forwarded-For: b, 192.0.2.1\r\n",
                  "{'username':'ada','password':'" WORD "'}"),
              429);
    CHECK(strstr(p.head, "Retry-After: 1\r\n") != NULL);
    CHECK_INT(ask(&p, "POST", "/broadsheet/v1/session", "X-Forwarded-For: 192.0.2.2\r\n",
                  "{'username':'ada','password':'" WORD "'}"),
              200);
    CHECK_INT(ask(&p, "POST", "/broadsheet/v1/password", "", "{'key':'none','password':'x'}"), 404);
    CHECK_INT(ask(&p, "POST", "/broadsheet/v1/password", "", "{'password':'x'}"), 401);
    place_close(&p);
}

/* "Authorization: Basic …" */
static void basic(char out[512], const char *password) {
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char plain[256] = { 0 }, coded[400];
    int len = snprintf(plain, sizeof plain, "ada:%s", password), n = 0;
    for (int i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)(unsigned char)plain[i] << 16 |
                        (unsigned)(unsigned char)plain[i + 1] << 8 | (unsigned char)plain[i + 2];
        for (int k = 0; k < 4; k++) {
            coded[n++] = i + k > len ? '=' : letters[bits >> (18 - 6 * k) & 63];
        }
    }
    snprintf(out, 512, "Authorization: Basic %.*s\r\n", n, coded);
}

TEST(server_account_keeps_application_passwords) {
    struct place p;
    struct signed_in_as as;
    char fields[512], path[256];
    place_open(&p);
    sign_in(&p, &as);
    const char *keys = "/wp/v2/users/me/application-passwords";
    CHECK_INT(ask(&p, "POST", keys, as.fields, "{'name':' '}"), 400);
    CHECK_INT(ask(&p, "POST", keys, as.fields, "{'name':'Tablet'}"), 201);
    basic(fields, said(&p, "password"));
    snprintf(path, sizeof path, "%s/%s", keys, said(&p, "uuid"));
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", fields, ""), 200);
    CHECK_INT(ask(&p, "GET", path, fields, ""), 200);
    CHECK_STR(str_of(said(&p, "name")), "Tablet");
    CHECK(said(&p, "last_used")[0] != '\0' && said(&p, "password")[0] == '\0');
    CHECK_INT(ask(&p, "GET", keys, as.fields, ""), 200);
    CHECK_INT(json_array_size(p.body), 1);
    CHECK_INT(ask(&p, "DELETE", path, as.fields, ""), 200);
    CHECK_INT(ask(&p, "DELETE", path, as.fields, ""), 404);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", fields, ""), 401);
    CHECK_STR(str_of(said(&p, "code")), "incorrect_password");
    /* The user's own password is none of these. */
    basic(fields, WORD);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", fields, ""), 401);
    CHECK_INT(ask(&p, "DELETE", keys, as.fields, ""), 200);
    CHECK_INT(json_integer_value(json_object_get(p.body, "count")), 0);
    place_close(&p);
}

TEST(server_account_changes_the_password) {
    struct place p;
    struct signed_in_as as, other;
    place_open(&p);
    sign_in(&p, &as);
    sign_in(&p, &other);
    const char *path = "/broadsheet/v1/password";
    CHECK_INT(
        ask(&p, "POST", path, as.fields, "{'current':'no','password':'a lantern on the pier'}"),
        403);
    CHECK_INT(ask(&p, "POST", path, as.fields, "{'current':'" WORD "','password':'short'}"), 400);
    CHECK_STR(str_of(said(&p, "code")), "broadsheet_bad_password");
    CHECK_INT(ask(&p, "POST", path, as.fields,
                  "{'current':'" WORD "','password':'a lantern on the pier'}"),
              200);
    /* The others end, one's own goes on. */
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", other.fields, ""), 401);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", as.fields, ""), 200);
    CHECK_INT(
        ask(&p, "POST", "/broadsheet/v1/session", "", "{'username':'ada','password':'" WORD "'}"),
        401);
    /* By a link's key, once. */
    struct identity *identity = NULL;
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    struct str key;
    MUST(identity_open(p.store, &identity, &err));
    MUST(store_write_begin(p.store, &w, &err));
    MUST(identity_reset_make(identity, w, 1, clock_now_us(), &a, &key, &err));
    MUST(store_write_commit(w, &err));
    struct str body = arena_printf(&a, "{'key':'%.*s','password':'" WORD "'}", STR_FMT(key));
    CHECK_INT(ask(&p, "POST", path, "", body.ptr), 200);
    CHECK_INT(ask(&p, "POST", path, "", body.ptr), 404);
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", as.fields, ""), 401);
    sign_in(&p, &as);
    identity_close(identity);
    arena_done(&a);
    place_close(&p);
}

/* Who is signed in goes on working while strangers flood the door; some of them are sent away. */
TEST(server_account_bears_a_flood_of_sign_ins) {
    enum { STRANGERS = 24 };
    struct place p;
    struct signed_in_as as;
    struct client strangers[STRANGERS];
    place_open(&p);
    sign_in(&p, &as);
    for (int i = 0; i < STRANGERS; i++) {
        char text[512], body[64];
        int len = snprintf(body, sizeof body, "{\"username\":\"u%d\",\"password\":\"x\"}", i);
        int n = snprintf(text, sizeof text,
                         "POST /wp-json/broadsheet/v1/session HTTP/1.1\r\nHost: x\r\n"
                         "X-Forwarded-For: 198.51.100.%d\r\nContent-Type: application/json\r\n"
                         "Content-Length: %d\r\n\r\n%s",
                         i, len, body);
        client_open(&strangers[i], server_port(p.server), 0);
        client_send(&strangers[i], str_make(text, (size_t)n));
    }
    CHECK_INT(ask(&p, "GET", "/wp/v2/users/me", as.fields, ""), 200);
    int wrong = 0, busy = 0;
    for (int i = 0; i < STRANGERS; i++) {
        struct client_answer a = client_read(&strangers[i], false);
        wrong += a.status == 401;
        busy += a.status == 503;
        answer_done(&a);
        client_close(&strangers[i]);
    }
    CHECK_INT(wrong + busy, STRANGERS);
    CHECK(wrong >= LIMIT_PASSWORD_QUEUE);
    place_close(&p);
}
