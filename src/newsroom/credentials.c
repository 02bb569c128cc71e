#include "newsroom/credentials.h"

#include "http/form.h"

#include <sodium.h>

/* The longest that is looked at: RFC 7617 names no limit. */
enum { BASIC_BYTES_MAX = 4096, TOKEN_BYTES_MAX = 256, DEVICE_BYTES_MAX = 256 };

static const struct str SECURE = STR_INIT("__Host-");

static struct str cookie_name(char out[64], const char *name, bool is_tls) {
    size_t prefix = is_tls ? SECURE.len : 0, len = strlen(name);
    memcpy(out, SECURE.ptr, prefix);
    memcpy(out + prefix, name, len);
    return str_make(out, prefix + len);
}

struct str credentials_cookie(const struct http_request *req, struct str name) {
    struct str found = { NULL, 0 }, field;
    for (size_t i = 0; http_header_next(req, STR("Cookie"), &i, &field);) {
        struct str part;
        while (str_split(&field, ';', &part)) {
            part = str_trim(part);
            size_t equals = str_find_char(part, '=', 0);
            if (equals == STR_NPOS || !str_eq(str_slice(part, 0, equals), name)) {
                continue;
            }
            struct str value = str_from(part, equals + 1);
            if (found.ptr != NULL && !str_eq(found, value)) {
                return (struct str){ NULL, 0 };
            }
            found = value;
        }
    }
    return found;
}

static bool is_base64url(char c) {
    return char_is_alnum(c) || c == '-' || c == '_';
}

static struct str letters_only(struct str s, size_t min, size_t max) {
    bool ok = s.len >= min && s.len <= max;
    for (size_t i = 0; ok && i < s.len; i++) {
        ok = is_base64url(s.ptr[i]);
    }
    return ok ? s : STR("");
}

bool credentials_basic(struct arena *a, struct str authorization, struct str *ret_login,
                       struct str *ret_password) {
    const struct str scheme = STR("basic ");
    if (!str_starts_nocase(authorization, scheme)) {
        return false;
    }
    struct str coded = str_trim(str_from(authorization, scheme.len));
    while (coded.len > 0 && coded.ptr[coded.len - 1] == '=') {
        coded.len--; /* padding is optional, as some clients leave it out */
    }
    if (coded.len == 0 || coded.len > BASIC_BYTES_MAX) {
        return false;
    }
    unsigned char *bytes = arena_alloc(a, coded.len + 1);
    size_t len = 0;
    if (sodium_base642bin(bytes, coded.len, coded.ptr, coded.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0) {
        return false;
    }
    struct str pair = str_make((const char *)bytes, len);
    size_t colon = str_find_char(pair, ':', 0);
    if (colon == STR_NPOS || colon == 0 || memchr(bytes, '\0', len) != NULL) {
        return false;
    }
    *ret_login = str_slice(pair, 0, colon);
    *ret_password = str_from(pair, colon + 1);
    return true;
}

struct str credentials_ungroup(struct arena *a, struct str password) {
    char *out = arena_alloc(a, password.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < password.len; i++) {
        if (password.ptr[i] != ' ') {
            out[len++] = password.ptr[i];
        }
    }
    return str_make(out, len);
}

static enum credentials_kind read_authorization(struct arena *a, struct str authorization,
                                                struct credentials *c) {
    const struct str bearer = STR("bearer ");
    if (credentials_basic(a, authorization, &c->login, &c->password)) {
        return CREDENTIALS_BASIC;
    }
    if (str_starts_nocase(authorization, bearer)) {
        struct str token = str_trim(str_from(authorization, bearer.len));
        c->token = letters_only(token, 1, TOKEN_BYTES_MAX);
        return c->token.len > 0 ? CREDENTIALS_BEARER : CREDENTIALS_BAD;
    }
    return CREDENTIALS_BAD;
}

struct credentials credentials_read(struct arena *a, const struct http_request *req, bool is_tls) {
    struct credentials c = { 0 };
    char name[64];
    c.session =
        letters_only(credentials_cookie(req, cookie_name(name, "broadsheet_session", is_tls)),
                     SESSION_LETTERS, SESSION_LETTERS);
    c.device = letters_only(credentials_cookie(req, cookie_name(name, "broadsheet_device", is_tls)),
                            1, DEVICE_BYTES_MAX);
    c.nonce = http_header(req, STR("X-WP-Nonce"));
    if (c.nonce.ptr == NULL && req->has_query) {
        c.nonce = http_pairs_find(req->query, a, STR("_wpnonce"));
    }
    struct str authorization = http_header(req, STR("Authorization"));
    if (authorization.ptr != NULL) {
        c.kind = read_authorization(a, authorization, &c);
    } else if (c.session.len > 0) {
        c.kind = CREDENTIALS_SESSION;
    }
    return c;
}

/* ---- cookies ---- */

static void set_cookie(struct buf *head, const char *base, struct str value, int64_t age_s,
                       bool is_tls) {
    char name[64];
    struct str full = cookie_name(name, base, is_tls);
    /* A browser takes Secure from http://localhost and from no other clear address: there, for
     * trying things out, the cookie goes without. */
    buf_printf(head, "Set-Cookie: %.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s; Max-Age=%lld\r\n",
               STR_FMT(full), STR_FMT(value), is_tls ? "; Secure" : "",
               value.len > 0 ? (long long)age_s : 0LL);
}

void credentials_set_session(struct buf *head, struct str value, int64_t age_s, bool is_tls) {
    set_cookie(head, "broadsheet_session", value, age_s, is_tls);
}

void credentials_set_device(struct buf *head, struct str value, int64_t age_s, bool is_tls) {
    set_cookie(head, "broadsheet_device", value, age_s, is_tls);
}
