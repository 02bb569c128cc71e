#include "text/url.h"

#include "base/limits.h"
#include "text/utf8.h"

static bool is_unreserved(char c) {
    return char_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* May stand unescaped in a path: pchar of RFC 3986 and '/'. */
static bool is_path_char(char c) {
    return is_unreserved(c) || (c != '\0' && strchr("/!$&'()*+,;=:@", c) != NULL);
}

static int hex_digit(char c) {
    return char_is_digit(c)                               ? c - '0'
           : char_lower(c) >= 'a' && char_lower(c) <= 'f' ? char_lower(c) - 'a' + 10
                                                          : -1;
}

/* The byte that "%XX" at `at` stands for, or -1. */
static int escaped_byte(struct str s, size_t at) {
    if (s.len - at < 3 || s.ptr[at] != '%' || hex_digit(s.ptr[at + 1]) < 0 ||
        hex_digit(s.ptr[at + 2]) < 0) {
        return -1;
    }
    return hex_digit(s.ptr[at + 1]) * 16 + hex_digit(s.ptr[at + 2]);
}

static void put_escaped(struct buf *b, unsigned char byte) {
    static const char hex[] = "0123456789ABCDEF";
    char out[3] = { '%', hex[byte >> 4], hex[byte & 15] };
    buf_put(b, str_make(out, 3));
}

/* Length of "scheme" if the text begins with "scheme:", else 0. */
static size_t scheme_len(struct str s) {
    if (s.len == 0 || !char_is_alpha(s.ptr[0])) {
        return 0;
    }
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] == ':') {
            return i;
        }
        if (!char_is_alnum(s.ptr[i]) && strchr("+-.", s.ptr[i]) == NULL) {
            return 0;
        }
    }
    return 0;
}

static bool is_web(struct str scheme) {
    return str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"));
}

static bool split_authority(struct str authority, struct url *u) {
    size_t at = str_rfind_char(authority, '@');
    struct str host = at == STR_NPOS ? authority : str_from(authority, at + 1);
    size_t bracket = str_rfind_char(host, ']');
    size_t colon = str_find_char(host, ':', bracket == STR_NPOS ? 0 : bracket);
    if (colon != STR_NPOS) {
        u->port = str_from(host, colon + 1);
        host = str_slice(host, 0, colon);
    }
    u->host = host;
    if (u->port.len > 5) {
        return false;
    }
    for (size_t i = 0; i < u->port.len; i++) {
        if (!char_is_digit(u->port.ptr[i])) {
            return false;
        }
    }
    return str_find_char(host, '%', 0) == STR_NPOS && str_find_char(host, '\\', 0) == STR_NPOS;
}

bool url_parse(struct str text, struct url *ret) {
    struct url u = { 0 };
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    size_t n = scheme_len(text);
    if (n > 0) {
        u.scheme = str_slice(text, 0, n);
        text = str_from(text, n + 1);
    }
    size_t hash = str_find_char(text, '#', 0);
    if (hash != STR_NPOS) {
        u.has_fragment = true;
        u.fragment = str_from(text, hash + 1);
        text = str_slice(text, 0, hash);
    }
    size_t mark = str_find_char(text, '?', 0);
    if (mark != STR_NPOS) {
        u.has_query = true;
        u.query = str_from(text, mark + 1);
        text = str_slice(text, 0, mark);
    }
    if (str_starts(text, STR("//"))) {
        size_t end = str_find_char(text, '/', 2);
        u.has_authority = true;
        if (!split_authority(str_slice(text, 2, end), &u)) {
            return false;
        }
        text = str_from(text, end);
    }
    if (u.host.len == 0 && (is_web(u.scheme) || (u.has_authority && u.scheme.len == 0))) {
        return false;
    }
    u.path = text;
    *ret = u;
    return true;
}

/* Remove "." and ".." segments and double slashes from b[from..], which begins with '/'. */
static void remove_dot_segments(struct buf *b, size_t from, bool merge_slashes) {
    char *p = b->ptr + from;
    size_t len = b->len - from, out = 0;
    for (size_t at = 0; at < len;) {
        /* p[at] is '/': look at the segment behind it. */
        size_t end = at + 1;
        while (end < len && p[end] != '/') {
            end++;
        }
        struct str segment = str_make(p + at + 1, end - at - 1);
        bool last = end == len;
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")) ||
            (segment.len == 0 && merge_slashes)) {
            if (segment.len == 2) {
                while (out > 0 && p[--out] != '/') {
                }
            }
            if (last) {
                p[out++] = '/';
            }
        } else {
            memmove(p + out, p + at, end - at);
            out += end - at;
        }
        at = end;
    }
    buf_truncate(b, from + out);
}

bool url_path_canonical(struct arena *a, struct str path, struct str *ret) {
    /* An escape may shrink to a third and a segment may vanish: bounds the work, not the result. */
    if (path.len == 0 || path.ptr[0] != '/' || path.len > 4 * LIMIT_PATH_BYTES) {
        return false;
    }
    bool ok = true;
    struct buf out, decoded;
    buf_init(&out, 3 * 4 * LIMIT_PATH_BYTES);
    buf_init(&decoded, 4 * LIMIT_PATH_BYTES);
    for (size_t i = 0; i < path.len && ok; i++) {
        int byte = (unsigned char)path.ptr[i];
        bool escaped = byte == '%';
        if (escaped) {
            byte = escaped_byte(path, i);
            i += 2;
        }
        ok = byte >= ' ' && byte != 0x7f && (escaped || (byte != '?' && byte != '#'));
        buf_put_char(&decoded, (char)byte);
        if (is_unreserved((char)byte) || (!escaped && is_path_char((char)byte))) {
            buf_put_char(&out, (char)byte);
        } else if (ok) {
            put_escaped(&out, (unsigned char)byte);
        }
    }
    ok = ok && utf8_valid(buf_str(&decoded));
    if (ok) {
        remove_dot_segments(&out, 0, true);
        ok = out.len <= LIMIT_PATH_BYTES;
    }
    if (ok) {
        *ret = arena_str(a, buf_str(&out));
    }
    buf_done(&out);
    buf_done(&decoded);
    return ok;
}

bool url_path_is_plain(struct str path) {
    if (path.len == 0 || path.ptr[0] != '/' || path.len > LIMIT_PATH_BYTES) {
        return false;
    }
    char last = '\0';
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (UNLIKELY(last == '/' && (c == '/' || c == '.')) ||
            !(char_is_alnum(c) || c == '-' || c == '/' || is_path_char(c))) {
            return false;
        }
        last = c;
    }
    return true;
}

/* Scheme and authority of u, as spelled. */
static void put_origin(struct buf *b, const struct url *u, struct str scheme) {
    if (scheme.len > 0) {
        buf_put(b, scheme);
        buf_put_char(b, ':');
    }
    if (u->has_authority) {
        buf_put(b, STR("//"));
        buf_put(b, u->host);
        if (u->port.len > 0) {
            buf_put_char(b, ':');
            buf_put(b, u->port);
        }
    }
}

struct str url_resolve(struct arena *a, struct str base, struct str reference) {
    struct url b, r;
    if (!url_parse(base, &b) || !url_parse(reference, &r) || r.scheme.len > 0) {
        return arena_str(a, reference);
    }
    struct buf out;
    buf_init(&out, base.len + reference.len + 8);
    const struct url *authority = r.has_authority ? &r : &b;
    put_origin(&out, authority, b.scheme);
    size_t path_at = out.len;
    struct str query = r.query;
    bool has_query = r.has_query;
    if (r.has_authority || str_starts(r.path, STR("/"))) {
        buf_put(&out, r.path);
    } else if (r.path.len == 0) {
        buf_put(&out, b.path);
        if (!r.has_query) {
            query = b.query;
            has_query = b.has_query;
        }
    } else {
        size_t slash = str_rfind_char(b.path, '/');
        if (slash == STR_NPOS && b.has_authority) {
            buf_put_char(&out, '/');
        }
        buf_put(&out, str_slice(b.path, 0, slash == STR_NPOS ? 0 : slash + 1));
        buf_put(&out, r.path);
    }
    if (out.len > path_at && out.ptr[path_at] == '/') {
        remove_dot_segments(&out, path_at, false);
    }
    if (has_query) {
        buf_put_char(&out, '?');
        buf_put(&out, query);
    }
    if (r.has_fragment) {
        buf_put_char(&out, '#');
        buf_put(&out, r.fragment);
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

bool url_safe_href(struct str href) {
    /* The scheme as a browser finds it: without leading controls and spaces, and without tabs and
     * newlines anywhere. Any other byte than a scheme's before the ':' makes it relative. */
    char scheme[8];
    size_t len = 0, i = 0;
    while (i < href.len && (unsigned char)href.ptr[i] <= ' ') {
        i++;
    }
    for (; i < href.len; i++) {
        char c = href.ptr[i];
        if (c == '\t' || c == '\n' || c == '\r') {
            continue;
        }
        if (c == ':') {
            struct str s = str_make(scheme, len);
            return str_eq(s, STR("http")) || str_eq(s, STR("https")) || str_eq(s, STR("mailto")) ||
                   str_eq(s, STR("tel"));
        }
        if (c == '/' || c == '?' || c == '#') {
            return true;
        }
        if (len < sizeof scheme) {
            scheme[len++] = char_lower(c); /* cut: longer than any that is allowed */
        }
    }
    return true;
}

bool url_is_web(struct str text) {
    struct url url;
    return url_parse(text, &url) && url.host.len > 0 &&
           (str_eq_nocase(url.scheme, STR("http")) || str_eq_nocase(url.scheme, STR("https")));
}

struct str url_decode(struct arena *a, struct str s, bool plus_is_space) {
    char *out = arena_alloc(a, s.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        int byte = escaped_byte(s, i);
        if (byte >= 0) {
            out[len++] = (char)byte;
            i += 2;
        } else {
            out[len++] = plus_is_space && s.ptr[i] == '+' ? ' ' : s.ptr[i];
        }
    }
    return str_make(out, len);
}

void url_encode(struct buf *b, struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (is_unreserved(s.ptr[i])) {
            buf_put_char(b, s.ptr[i]);
        } else {
            put_escaped(b, (unsigned char)s.ptr[i]);
        }
    }
}

static struct str without_www(struct str host) {
    return str_starts_nocase(host, STR("www.")) ? str_from(host, 4) : host;
}

static struct str explicit_port(const struct url *u) {
    bool is_default = str_eq(u->port, STR("80")) || str_eq(u->port, STR("443"));
    return is_default ? STR("") : u->port;
}

bool url_same_site(struct str base_url, struct str url, struct str *ret_path_and_query) {
    struct url base, u;
    if (!url_parse(url, &u)) {
        return false;
    }
    if (u.scheme.len > 0 || u.has_authority) {
        if (!u.has_authority || (u.scheme.len > 0 && !is_web(u.scheme)) ||
            !url_parse(base_url, &base) || base.host.len == 0 ||
            !str_eq_nocase(without_www(base.host), without_www(u.host)) ||
            !str_eq(explicit_port(&base), explicit_port(&u))) {
            return false;
        }
    } else if (!str_starts(u.path, STR("/"))) {
        return false;
    }
    if (u.path.len == 0 && !u.has_query) {
        *ret_path_and_query = STR("/");
        return true;
    }
    const char *begin = u.path.len > 0 ? u.path.ptr : u.query.ptr - 1;
    const char *end = u.has_query ? u.query.ptr + u.query.len : u.path.ptr + u.path.len;
    *ret_path_and_query = str_make(begin, (size_t)(end - begin));
    return true;
}
