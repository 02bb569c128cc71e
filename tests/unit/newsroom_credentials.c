#include "newsroom/credentials.h"

#include "tests/harness.h"

#define SESSION       "0123456789abcdefghijABCDEFGHIJ-_0123456789x"
#define OTHER_SESSION "0123456789abcdefghijABCDEFGHIJ-_0123456789y"

static struct http_reader reader;

/* A request with these fields, each ended by CRLF. */
static struct credentials credentials_of(struct arena *a, const char *fields, bool is_tls) {
    struct str text =
        arena_printf(a, "GET /x?a=1&_wpnonce=fromquery HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    http_reader_init(&reader);
    CHECK(http_reader_feed(&reader, text.ptr, text.len) == HTTP_READ_DONE);
    return credentials_read(a, &reader.req, is_tls);
}

TEST(credentials_of_a_session) {
    struct arena a = { 0 };
    struct credentials c =
        credentials_of(&a, "Cookie: x=y; broadsheet_session=" SESSION "; z\r\n", false);
    CHECK_INT(c.kind, CREDENTIALS_SESSION);
    CHECK_STR(c.session, SESSION);
    CHECK_STR(c.nonce, "fromquery");
    c = credentials_of(&a,
                       "X-WP-Nonce: n1\r\nCookie: a=b\r\nCookie: __Host-broadsheet_session=" SESSION
                       "; __Host-broadsheet_device=d-_9\r\n",
                       true);
    CHECK_INT(c.kind, CREDENTIALS_SESSION);
    CHECK_STR(c.session, SESSION);
    CHECK_STR(c.device, "d-_9");
    CHECK_STR(c.nonce, "n1");
    /* Each cookie only where it was set. */
    CHECK_INT(credentials_of(&a, "Cookie: broadsheet_session=" SESSION "\r\n", true).kind,
              CREDENTIALS_NONE);
    CHECK_INT(credentials_of(&a, "Cookie: __Host-broadsheet_session=" SESSION "\r\n", false).kind,
              CREDENTIALS_NONE);
    arena_done(&a);
}

TEST(credentials_that_are_malformed_are_not_there) {
    struct arena a = { 0 };
    static const char *const none[] = {
        "",
        "Cookie: broadsheet_session=short\r\n",
        "Cookie: broadsheet_session=" SESSION "a\r\n",
        "Cookie: broadsheet_session=\"" SESSION "\"\r\n",
        "Cookie: broadsheet_session=0123456789abcdefghijABCDEFGHIJ-+0123456789x\r\n",
        "Cookie: Broadsheet_session=" SESSION "\r\n",
        "Cookie: broadsheet_session=" SESSION "; broadsheet_session=" OTHER_SESSION "\r\n",
        "Cookie: broadsheet_session=" SESSION "\r\nCookie: broadsheet_session=\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        CHECK_INT(credentials_of(&a, none[i], false).kind, CREDENTIALS_NONE);
    }
    static const char *const bad[] = {
        "Authorization: Basic\r\n",          "Authorization: Basic !\r\n",
        "Authorization: Basic YWJj\r\n",     "Authorization: Basic OmFiYw==\r\n",
        "Authorization: Bearer\r\n",         "Authorization: Bearer a b\r\n",
        "Authorization: Digest a=b\r\n",     "Authorization: \r\n",
        "Authorization: Basic YQBiOmM=\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK_INT(credentials_of(&a, bad[i], false).kind, CREDENTIALS_BAD);
    }
    /* A bad one is not passed over for the good cookie beside it. */
    CHECK_INT(credentials_of(
                  &a, "Authorization: Basic !\r\nCookie: broadsheet_session=" SESSION "\r\n", false)
                  .kind,
              CREDENTIALS_BAD);
    arena_done(&a);
}

TEST(credentials_of_programs) {
    struct arena a = { 0 };
    struct credentials c = credentials_of(&a, "Authorization: Basic YWRhOmFiIGNkOmVm\r\n", true);
    CHECK_INT(c.kind, CREDENTIALS_BASIC);
    CHECK_STR(c.login, "ada");
    CHECK_STR(c.password, "ab cd:ef");
    CHECK_STR(credentials_ungroup(&a, c.password), "abcd:ef");
    c = credentials_of(&a, "authorization: bAsIc YWRhOg\r\n", true);
    CHECK_INT(c.kind, CREDENTIALS_BASIC);
    CHECK_STR(c.password, "");
    c = credentials_of(&a, "Authorization: bearer abc_DEF-1\r\n", true);
    CHECK_INT(c.kind, CREDENTIALS_BEARER);
    CHECK_STR(c.token, "abc_DEF-1");
    arena_done(&a);
}

TEST(credentials_cookies_are_shut_to_scripts_and_neighbours) {
    struct buf head;
    buf_init(&head, 4096);
    credentials_set_session(&head, STR(SESSION), 3600, true);
    credentials_set_device(&head, STR("d"), 60, false);
    credentials_set_session(&head, STR(""), 3600, true);
    CHECK_STR(buf_str(&head),
              "Set-Cookie: __Host-broadsheet_session=" SESSION
              "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=3600\r\n"
              "Set-Cookie: broadsheet_device=d; Path=/; HttpOnly; SameSite=Lax; Max-Age=60\r\n"
              "Set-Cookie: __Host-broadsheet_session=; Path=/; HttpOnly; SameSite=Lax; Secure; "
              "Max-Age=0\r\n");
    buf_done(&head);
}
