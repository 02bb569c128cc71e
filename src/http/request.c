/* The reader works a line at a time: memchr finds the line feed, and a complete line is checked and
 * cut up in one pass. So a byte is seen twice at most, a line that trickles in is never scanned
 * from its start again, and every decision is made about whole lines: that is why the outcome
 * cannot depend on how the bytes were cut into packets.
 *
 * What makes request smuggling possible is a message whose end two programs see in different
 * places. RFC 9112 lets a server repair many such messages; this one repairs none. It refuses:
 * a line that does not end in CR LF, or holds a CR elsewhere (2.2); white space before a colon
 * (5.1); folded lines (5.2); Content-Length together with Transfer-Encoding, twice, as a list, or
 * with anything but digits (6.3); any Transfer-Encoding but "chunked", and that one with HTTP/1.0
 * (6.1); none or several Host fields (3.2). After any refusal the connection is closed.
 *
 * It is lenient in two places, where browsers need it: the one empty line that may precede a
 * request (2.2), and characters that RFC 3986 would have escaped but the URL standard does not ("|"
 * or "[" in a path, "{" or "%" alone in a query). */
#include "http/request.h"

#include <stdint.h>

/* What a byte may be part of. V: a field's value; T: that and a token; Q: that and a
 * query; P: that and a path; A: all of these; H: and a hexadecimal digit; E: A, but in a path it
 * begins an escape. */
enum { TOKEN = 1, VALUE = 2, PATH = 4, QUERY = 8, HEX = 16 };

/* clang-format off */
enum {
    o = 0,
    V = VALUE,
    T = V | TOKEN,
    Q = V | QUERY,
    B = T | QUERY,
    P = Q | PATH,
    A = P | TOKEN,
    H = A | HEX,
    E = A & ~PATH,
};
static const uint8_t char_class[256] = {
    o, o, o, o, o, o, o, o, o, V, o, o, o, o, o, o, /* tab */
    o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o,
    V, A, V, T, A, E, A, A, P, P, A, A, P, A, A, P, /* !"#$%&'()*+,-./ */
    H, H, H, H, H, H, H, H, H, H, P, P, V, P, V, Q, /* 0123456789:;<=>? */
    P, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A, /* @A */
    A, A, A, A, A, A, A, A, A, A, A, P, Q, P, A, A, /* PQRSTUVWXYZ[\]^_ */
    B, H, H, H, H, H, H, A, A, A, A, A, A, A, A, A, /* `a */
    A, A, A, A, A, A, A, A, A, A, A, Q, A, Q, A, o, /* pqrstuvwxyz{|}~ */
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
};
/* clang-format on */

static bool is(char c, int class) {
    return (char_class[(unsigned char)c] & class) != 0;
}

bool http_is_token_char(char c) {
    return is(c, TOKEN);
}

bool http_is_value_char(char c) {
    return is(c, VALUE);
}

static const struct str method_names[] = {
#define X(name) STR_INIT(#name),
    HTTP_METHOD_TABLE(X)
#undef X
};

struct str http_method_name(enum http_method method) {
    return method_names[method];
}

bool http_method_find(struct str name, enum http_method *ret) {
    for (size_t m = 0; m < COUNT_OF(method_names); m++) {
        if (str_eq(name, method_names[m])) {
            *ret = (enum http_method)m;
            return true;
        }
    }
    return false;
}

bool http_header_next(const struct http_request *req, struct str name, size_t *at,
                      struct str *ret_value) {
    while (*at < req->n_fields) {
        const struct http_field *f = &req->fields[(*at)++];
        if (str_eq_nocase(f->name, name)) {
            *ret_value = f->value;
            return true;
        }
    }
    return false;
}

struct str http_header(const struct http_request *req, struct str name) {
    struct str value = { 0 };
    size_t at = 0;
    (void)http_header_next(req, name, &at, &value);
    return value;
}

void http_reader_init(struct http_reader *r) {
    /* Not the fields themselves: they are written before they are read, and this is done for every
     * request. */
    memset(r, 0, offsetof(struct http_reader, fields));
    r->req.fields = r->fields;
}

static enum http_read refuse(struct http_reader *r, int status) {
    r->status = status;
    return HTTP_READ_BAD;
}

/* The length of the longest prefix whose bytes are all of the class. */
static size_t span(struct str s, int class) {
    size_t i = 0;
    while (i < s.len && is(s.ptr[i], class)) {
        i++;
    }
    return i;
}

/* Whether all of it may stand in a field's value. Eight bytes at a time as long as none is a
 * control (the two sums of "Bit Twiddling Hacks": a byte below n, a byte equal to n); a tab, which
 * is allowed, or anything else that stops that is looked at by itself. */
static bool is_value(struct str s) {
    const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
    size_t i = 0;
    for (; s.len - i >= sizeof each; i += sizeof each) {
        uint64_t word;
        memcpy(&word, s.ptr + i, sizeof word);
        uint64_t other = word ^ (each * 0x7f);
        if ((((word - each * 0x20) & ~word) | ((other - each) & ~other)) & high) {
            break;
        }
    }
    struct str rest = str_make(s.ptr + i, s.len - i);
    return span(rest, VALUE) == rest.len;
}

/* "name", "name:port", "1.2.3.4", "[::1]:port". Names that DNS could not hold are refused, and so
 * is user information. */
bool http_is_authority(struct str s) {
    size_t i = 0;
    if (s.len > 0 && s.ptr[0] == '[') {
        for (i = 1; i < s.len && (is(s.ptr[i], HEX) || s.ptr[i] == ':' || s.ptr[i] == '.'); i++) {
        }
        if (i == 1 || i == s.len || s.ptr[i++] != ']') {
            return false;
        }
    } else {
        while (i < s.len &&
               (char_is_alnum(s.ptr[i]) || s.ptr[i] == '-' || s.ptr[i] == '.' || s.ptr[i] == '_')) {
            i++;
        }
        if (i == 0) {
            return false;
        }
    }
    if (i == s.len) {
        return true;
    }
    struct str port = str_from(s, i + 1);
    int64_t number = 0;
    return s.ptr[i] == ':' &&
           (port.len == 0 || (port.len <= 5 && port.ptr[0] != '-' && str_to_i64(port, &number) &&
                              number <= UINT16_MAX));
}

/* Set path and query from "/path?query". */
static bool read_path(struct http_request *req, struct str s) {
    size_t i = span(s, PATH);
    while (i < s.len && s.ptr[i] == '%') {
        if (s.len - i < 3 || !is(s.ptr[i + 1], HEX) || !is(s.ptr[i + 2], HEX) ||
            (s.ptr[i + 1] == '0' && s.ptr[i + 2] == '0')) {
            return false;
        }
        i += 3;
        i += span(str_from(s, i), PATH);
    }
    req->path = str_slice(s, 0, i);
    if (i < s.len) {
        if (s.ptr[i] != '?') {
            return false;
        }
        req->has_query = true;
        req->query = str_from(s, i + 1);
    }
    return span(req->query, QUERY) == req->query.len;
}

bool http_read_target(struct http_request *req) {
    struct str s = req->target;
    if (s.len > 0 && s.ptr[0] == '/') {
        return read_path(req, s);
    }
    if (req->method == HTTP_OPTIONS && str_eq(s, STR("*"))) {
        req->path = s;
        return true;
    }
    size_t scheme = str_starts_nocase(s, STR("http://"))    ? 7
                    : str_starts_nocase(s, STR("https://")) ? 8
                                                            : 0;
    if (scheme == 0) {
        return false;
    }
    struct str rest = str_from(s, scheme);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?') {
        end++;
    }
    req->host = str_slice(rest, 0, end);
    if (!http_is_authority(req->host) || !read_path(req, str_from(rest, end))) {
        return false;
    }
    if (req->path.len == 0) {
        req->path = req->method == HTTP_OPTIONS && !req->has_query ? STR("*") : STR("/");
    }
    return true;
}

static enum http_read read_request_line(struct http_reader *r, struct str line) {
    struct http_request *req = &r->req;
    struct str method = str_slice(line, 0, span(line, TOKEN));
    if (method.len == 0 || method.len == line.len || line.ptr[method.len] != ' ') {
        return refuse(r, 400);
    }
    size_t target_end = str_find_char(line, ' ', method.len + 1);
    if (target_end == STR_NPOS) {
        return refuse(r, 400);
    }
    req->target = str_slice(line, method.len + 1, target_end);
    struct str version = str_from(line, target_end + 1);
    if (version.len != 8 || !str_starts(version, STR("HTTP/")) || !char_is_digit(version.ptr[5]) ||
        version.ptr[6] != '.' || !char_is_digit(version.ptr[7])) {
        return refuse(r, 400);
    }
    if (version.ptr[5] != '1' || version.ptr[7] > '1') {
        return refuse(r, 505);
    }
    req->minor = version.ptr[7] - '0';
    if (!http_method_find(method, &req->method)) {
        return refuse(r, 501);
    }
    return http_read_target(req) ? HTTP_READ_MORE : refuse(r, 400);
}

static void read_connection(struct http_reader *r, struct str value) {
    struct str token;
    while (str_split(&value, ',', &token)) {
        token = str_trim(token);
        r->asks_close = r->asks_close || str_eq_nocase(token, STR("close"));
        r->asks_keep_alive = r->asks_keep_alive || str_eq_nocase(token, STR("keep-alive"));
    }
}

static enum http_read read_length(struct http_reader *r, struct str value) {
    if (r->have_length || value.len == 0) {
        return refuse(r, 400);
    }
    r->have_length = true;
    uint64_t length = 0;
    bool too_large = false;
    for (size_t i = 0; i < value.len; i++) {
        if (!char_is_digit(value.ptr[i])) {
            return refuse(r, 400);
        }
        uint64_t digit = (uint64_t)(value.ptr[i] - '0');
        too_large = too_large || length > (INT64_MAX - digit) / 10;
        length = too_large ? 0 : length * 10 + digit;
    }
    r->req.content_length = length;
    return too_large ? refuse(r, 413) : HTTP_READ_MORE;
}

static enum http_read read_coding(struct http_reader *r, struct str value) {
    if (r->have_coding || value.len == 0) {
        return refuse(r, 400);
    }
    r->have_coding = true;
    r->req.chunked = str_eq_nocase(value, STR("chunked"));
    return r->req.chunked ? HTTP_READ_MORE : refuse(r, 501);
}

static enum http_read read_host(struct http_reader *r, struct str value) {
    if (r->have_host || !http_is_authority(value)) {
        return refuse(r, 400);
    }
    r->have_host = true;
    if (r->req.host.ptr == NULL) { /* an absolute target has precedence */
        r->req.host = value;
    }
    return HTTP_READ_MORE;
}

/* What the reader itself must know of a field. */
static enum http_read note_field(struct http_reader *r, const struct http_field *f) {
    switch (f->name.len) {
    case 4: return str_eq_nocase(f->name, STR("host")) ? read_host(r, f->value) : HTTP_READ_MORE;
    case 6:
        if (r->req.minor >= 1 && str_eq_nocase(f->name, STR("expect"))) {
            r->req.expects_continue = str_eq_nocase(f->value, STR("100-continue"));
            return r->req.expects_continue ? HTTP_READ_MORE : refuse(r, 417);
        }
        return HTTP_READ_MORE;
    case 10:
        if (str_eq_nocase(f->name, STR("connection"))) {
            read_connection(r, f->value);
        }
        return HTTP_READ_MORE;
    case 14:
        return str_eq_nocase(f->name, STR("content-length")) ? read_length(r, f->value)
                                                             : HTTP_READ_MORE;
    case 17:
        return str_eq_nocase(f->name, STR("transfer-encoding")) ? read_coding(r, f->value)
                                                                : HTTP_READ_MORE;
    default: return HTTP_READ_MORE;
    }
}

static enum http_read read_field(struct http_reader *r, struct str line) {
    size_t colon = span(line, TOKEN);
    if (colon == 0 || colon == line.len || line.ptr[colon] != ':') {
        return refuse(r, 400);
    }
    size_t from = colon + 1, to = line.len;
    while (from < to && (line.ptr[from] == ' ' || line.ptr[from] == '\t')) {
        from++;
    }
    while (to > from && (line.ptr[to - 1] == ' ' || line.ptr[to - 1] == '\t')) {
        to--;
    }
    struct http_field f = { str_slice(line, 0, colon), str_slice(line, from, to) };
    if (!is_value(f.value)) {
        return refuse(r, 400);
    }
    if (r->req.n_fields == LIMIT_REQUEST_HEADERS) {
        return refuse(r, 431);
    }
    r->fields[r->req.n_fields++] = f;
    return note_field(r, &f);
}

static enum http_read finish(struct http_reader *r) {
    struct http_request *req = &r->req;
    if (req->minor == 1 && !r->have_host) {
        return refuse(r, 400);
    }
    if (req->chunked && (r->have_length || req->minor == 0)) {
        return refuse(r, 400);
    }
    bool has_meaning = req->method == HTTP_POST || req->method == HTTP_PUT ||
                       req->method == HTTP_PATCH;
    if (req->minor == 0 && has_meaning && !r->have_length) {
        return refuse(r, 411); /* in 1.0 its body might end with the connection */
    }
    if (req->host.ptr == NULL) {
        req->host = STR("");
    }
    req->keep_alive = !r->asks_close && (req->minor == 1 || r->asks_keep_alive);
    return HTTP_READ_DONE;
}

/* Read one line, its CR LF cut off. DONE: it was the last. */
static enum http_read read_line(struct http_reader *r, struct str line, size_t next) {
    if (r->fields_start > 0) {
        return line.len > 0 ? read_field(r, line) : finish(r);
    }
    if (line.len == 0 && r->line_start == 0) {
        return HTTP_READ_MORE; /* the one empty line that may come first */
    }
    r->fields_start = next;
    return read_request_line(r, line);
}

enum http_read http_reader_feed(struct http_reader *r, const char *bytes, size_t len) {
    while (r->seen < len) {
        const char *lf = memchr(bytes + r->seen, '\n', len - r->seen);
        size_t next = lf ? (size_t)(lf - bytes) + 1 : len;
        r->seen = next;
        if (r->fields_start == 0 && next - r->line_start > LIMIT_REQUEST_LINE_BYTES) {
            return refuse(r, 414);
        }
        if (r->fields_start > 0 && next - r->fields_start > LIMIT_REQUEST_HEADER_BYTES) {
            return refuse(r, 431);
        }
        if (lf == NULL) {
            break;
        }
        if (next - r->line_start < 2 || lf[-1] != '\r') {
            return refuse(r, 400);
        }
        struct str line = str_make(bytes + r->line_start, next - 2 - r->line_start);
        enum http_read result = read_line(r, line, next);
        r->line_start = next;
        if (result != HTTP_READ_MORE) {
            r->head_len = next;
            return result;
        }
    }
    /* What is no HTTP at all, such as a TLS handshake, may never send a line feed. */
    if (r->fields_start == 0 && len > r->line_start && !is(bytes[r->line_start], TOKEN) &&
        bytes[r->line_start] != '\r') {
        return refuse(r, 400);
    }
    return HTTP_READ_MORE;
}
