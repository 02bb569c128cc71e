/* Whatever a request says about its sender: what is taken from it keeps to its form, and cookies
 * that we set come back as they were. The input is a request's head without its last empty line. */
#include "newsroom/credentials.h"
#include "newsroom/net.h"
#include "newsroom/rights.h"
#include "newsroom/totp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_letters(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        check(char_is_alnum(s.ptr[i]) || s.ptr[i] == '-' || s.ptr[i] == '_');
    }
}

static void check_credentials(struct arena *a, const struct http_request *req, bool is_tls) {
    struct credentials c = credentials_read(a, req, is_tls);
    check(c.session.len == 0 || c.session.len == SESSION_LETTERS);
    check_letters(c.session);
    check_letters(c.device);
    check_letters(c.token);
    check((c.kind == CREDENTIALS_BEARER) == (c.token.len > 0));
    check((c.kind == CREDENTIALS_BASIC) == (c.login.len > 0));
    check(c.kind != CREDENTIALS_SESSION || c.session.len > 0);
    check(str_find_char(c.login, ':', 0) == STR_NPOS);
    struct str bare = credentials_ungroup(a, c.password);
    check(bare.len <= c.password.len && str_find_char(bare, ' ', 0) == STR_NPOS);
}

static void check_small_parsers(struct arena *a, struct str text) {
    char net[NET_TEXT_MAX], again[NET_TEXT_MAX], code[RECOVERY_LETTERS + 2];
    check(net_of(text, net).len < NET_TEXT_MAX);
    struct str place = net_shorten(text, net);
    check(str_eq(net_shorten(place, again), place));
    unsigned scopes = 0, back = 0;
    if (scopes_parse(text, &scopes)) {
        check(scopes_parse(scopes_text(a, scopes), &back) && back == scopes);
    }
    if (recovery_code_clean(text, code)) {
        check(strlen(code) == RECOVERY_LETTERS + 1);
    }
    int64_t step = 0;
    check(!totp_check(STR("12345678901234567890"), text, 1111111109000000, 0, &step) || step > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct str text = str_make((const char *)data, size);
    struct str head = arena_printf(&a, "GET /?_wpnonce=1 HTTP/1.1\r\nHost: a\r\n");
    char *bytes = arena_alloc(&a, head.len + size + 5);
    memcpy(bytes, head.ptr, head.len);
    if (size > 0) {
        memcpy(bytes + head.len, data, size);
    }
    memcpy(bytes + head.len + size, "\r\n\r\n", 4);
    static struct http_reader reader;
    http_reader_init(&reader);
    if (http_reader_feed(&reader, bytes, head.len + size + 4) == HTTP_READ_DONE) {
        check_credentials(&a, &reader.req, false);
        check_credentials(&a, &reader.req, true);
    }
    check_small_parsers(&a, text);
    arena_done(&a);
    return 0;
}
