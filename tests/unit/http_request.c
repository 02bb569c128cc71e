#include "tests/harness.h"
#include "tests/http_message.h"

#include "base/io.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define H "Host: harbour.example\r\n"

static const struct {
    const char *what;
    struct str bytes;
    int status; /* 200: read; 0: not complete yet */
} messages[] = {
    { "plain", STR_INIT("GET / HTTP/1.1\r\n" H "\r\n"), 200 },
    { "one empty line before", STR_INIT("\r\nGET / HTTP/1.1\r\n" H "\r\n"), 200 },
    { "two empty lines before", STR_INIT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), 400 },
    { "no white space after a colon", STR_INIT("GET / HTTP/1.1\r\nHost:a\r\n\r\n"), 200 },
    { "nothing yet", STR_INIT(""), 0 },
    { "line not ended", STR_INIT("GET / HTTP/1.1"), 0 },
    { "head not ended", STR_INIT("GET / HTTP/1.1\r\n" H), 0 },
    { "CR of the last line only", STR_INIT("GET / HTTP/1.1\r\n" H "\r"), 0 },

    /* the request line */
    { "HTTP/0.9", STR_INIT("GET /\r\n"), 400 },
    { "no target", STR_INIT("GET HTTP/1.1\r\n" H "\r\n"), 400 },
    { "empty target", STR_INIT("GET  HTTP/1.1\r\n" H "\r\n"), 400 },
    { "two spaces", STR_INIT("GET  / HTTP/1.1\r\n" H "\r\n"), 400 },
    { "tab for a space", STR_INIT("GET\t/ HTTP/1.1\r\n" H "\r\n"), 400 },
    { "space before the method", STR_INIT(" GET / HTTP/1.1\r\n" H "\r\n"), 400 },
    { "space after the version", STR_INIT("GET / HTTP/1.1 \r\n" H "\r\n"), 400 },
    { "space in the target", STR_INIT("GET /a b HTTP/1.1\r\n" H "\r\n"), 400 },
    { "unknown method", STR_INIT("BREW / HTTP/1.1\r\n" H "\r\n"), 501 },
    { "method in small letters", STR_INIT("get / HTTP/1.1\r\n" H "\r\n"), 501 },
    { "CONNECT", STR_INIT("CONNECT a:443 HTTP/1.1\r\n" H "\r\n"), 501 },
    { "TRACE", STR_INIT("TRACE / HTTP/1.1\r\n" H "\r\n"), 501 },
    { "bracket in the method", STR_INIT("G(T / HTTP/1.1\r\n" H "\r\n"), 400 },
    { "version 2.0", STR_INIT("GET / HTTP/2.0\r\n" H "\r\n"), 505 },
    { "version 1.2", STR_INIT("GET / HTTP/1.2\r\n" H "\r\n"), 505 },
    { "version 1.10", STR_INIT("GET / HTTP/1.10\r\n" H "\r\n"), 400 },
    { "version http/1.1", STR_INIT("GET / http/1.1\r\n" H "\r\n"), 400 },
    { "HTTP/2 preface", STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
    { "TLS handshake", STR_INIT("\x16\x03\x01\x02\x00\x01"), 400 },
    { "NUL in the target", STR_INIT("GET /\0 HTTP/1.1\r\n" H "\r\n"), 400 },
    { "byte above 0x7f in the target", STR_INIT("GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n"), 400 },
    { "fragment", STR_INIT("GET /#top HTTP/1.1\r\n" H "\r\n"), 400 },
    { "fragment in the query", STR_INIT("GET /?a#top HTTP/1.1\r\n" H "\r\n"), 400 },
    { "quote in the path", STR_INIT("GET /\" HTTP/1.1\r\n" H "\r\n"), 400 },
    { "escape cut short", STR_INIT("GET /%2 HTTP/1.1\r\n" H "\r\n"), 400 },
    { "escape cut short by the query", STR_INIT("GET /%2?f HTTP/1.1\r\n" H "\r\n"), 400 },
    { "escape that is none", STR_INIT("GET /%zz HTTP/1.1\r\n" H "\r\n"), 400 },
    { "escaped NUL", STR_INIT("GET /a%00.jpg HTTP/1.1\r\n" H "\r\n"), 400 },
    { "percent alone in the query", STR_INIT("GET /?q=100% HTTP/1.1\r\n" H "\r\n"), 200 },
    { "what browsers do not escape", STR_INIT("GET /a|[b]?{c}^`d HTTP/1.1\r\n" H "\r\n"), 200 },
    { "asterisk", STR_INIT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), 200 },
    { "asterisk with GET", STR_INIT("GET * HTTP/1.1\r\n" H "\r\n"), 400 },
    { "path without a slash", STR_INIT("GET a HTTP/1.1\r\n" H "\r\n"), 400 },
    { "absolute", STR_INIT("GET http://a.example/b?c HTTP/1.1\r\n" H "\r\n"), 200 },
    { "absolute, other scheme", STR_INIT("GET ftp://a/ HTTP/1.1\r\n" H "\r\n"), 400 },
    { "absolute, no authority", STR_INIT("GET http:///b HTTP/1.1\r\n" H "\r\n"), 400 },
    { "absolute with user", STR_INIT("GET http://u@a/b HTTP/1.1\r\n" H "\r\n"), 400 },
    { "absolute, bad escape", STR_INIT("GET http://a/% HTTP/1.1\r\n" H "\r\n"), 400 },

    /* line ends */
    { "bare LF after the request line", STR_INIT("GET / HTTP/1.1\n" H "\r\n"), 400 },
    { "bare LF after a field", STR_INIT("GET / HTTP/1.1\r\nHost: a\n\r\n"), 400 },
    { "bare LF at the end", STR_INIT("GET / HTTP/1.1\r\n" H "\n"), 400 },
    { "bare LF first", STR_INIT("\nGET / HTTP/1.1\r\n" H "\r\n"), 400 },
    { "bare CR in a value", STR_INIT("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"), 400 },
    { "bare CR in the request line", STR_INIT("GET /\rX HTTP/1.1\r\n" H "\r\n"), 400 },
    { "CR CR LF", STR_INIT("GET / HTTP/1.1\r\r\n" H "\r\n"), 400 },
    { "CR CR LF at the end", STR_INIT("GET / HTTP/1.1\r\n" H "\r\r\n"), 400 },

    /* fields */
    { "space before the colon", STR_INIT("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400 },
    { "tab before the colon", STR_INIT("GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"), 400 },
    { "no colon", STR_INIT("GET / HTTP/1.1\r\nHost\r\n\r\n"), 400 },
    { "empty name", STR_INIT("GET / HTTP/1.1\r\n" H ": b\r\n\r\n"), 400 },
    { "folded", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n"), 400 },
    { "folded by a tab", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"), 400 },
    { "folded first field", STR_INIT("GET / HTTP/1.1\r\n " H "\r\n"), 400 },
    { "NUL in a value", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"), 400 },
    { "NUL in a name", STR_INIT("GET / HTTP/1.1\r\n" H "X\0: a\r\n\r\n"), 400 },
    { "vertical tab", STR_INIT("GET / HTTP/1.1\r\n" H "X: \x0b\r\n\r\n"), 400 },
    { "DEL", STR_INIT("GET / HTTP/1.1\r\n" H "X: \x7f\r\n\r\n"), 400 },
    { "tab inside a value", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\tb\r\n\r\n"), 200 },
    { "bytes above 0x7f in a value", STR_INIT("GET / HTTP/1.1\r\n" H "X: \xc3\xa9\r\n\r\n"), 200 },
    { "bytes above 0x7f in a name", STR_INIT("GET / HTTP/1.1\r\n" H "\xc3\xa9: a\r\n\r\n"), 400 },
    { "empty value", STR_INIT("GET / HTTP/1.1\r\n" H "X:\r\n\r\n"), 200 },
    { "quote in a name", STR_INIT("GET / HTTP/1.1\r\n" H "\"X\": a\r\n\r\n"), 400 },

    /* Host */
    { "no host", STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400 },
    { "no host with an absolute target", STR_INIT("GET http://a/ HTTP/1.1\r\n\r\n"), 400 },
    { "no host with 1.0", STR_INIT("GET / HTTP/1.0\r\n\r\n"), 200 },
    { "two hosts", STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400 },
    { "two hosts with 1.0", STR_INIT("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400 },
    { "empty host", STR_INIT("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400 },
    { "host list", STR_INIT("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400 },
    { "host with a path", STR_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400 },
    { "host with a user", STR_INIT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400 },
    { "host with a space", STR_INIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400 },
    { "host with a port", STR_INIT("GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n"), 200 },
    { "host with an empty port", STR_INIT("GET / HTTP/1.1\r\nHost: a:\r\n\r\n"), 200 },
    { "host with a port too large", STR_INIT("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"), 400 },
    { "host with a negative port", STR_INIT("GET / HTTP/1.1\r\nHost: a:-1\r\n\r\n"), 400 },
    { "host with two ports", STR_INIT("GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"), 400 },
    { "host, IPv6", STR_INIT("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200 },
    { "host, IPv6 not closed", STR_INIT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400 },
    { "host, empty brackets", STR_INIT("GET / HTTP/1.1\r\nHost: []\r\n\r\n"), 400 },
    { "host, IPv6 and more", STR_INIT("GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"), 400 },

    /* length and framing */
    { "length", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab"), 200 },
    { "length, body cut", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nab"), 0 },
    { "length of nothing", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"), 200 },
    { "no length", STR_INIT("POST / HTTP/1.1\r\n" H "\r\n"), 200 },
    { "no length with 1.0", STR_INIT("POST / HTTP/1.0\r\n" H "\r\n"), 411 },
    { "length twice",
      STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400 },
    { "length twice, equal",
      STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab"), 400 },
    { "length list", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 2, 2\r\n\r\nab"), 400 },
    { "length with plus", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +2\r\n\r\nab"), 400 },
    { "length with minus", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: -2\r\n\r\nab"), 400 },
    { "length with a blank", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 1 0\r\n\r\n"), 400 },
    { "length in hex", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x2\r\n\r\nab"), 400 },
    { "length with a fraction", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 2.0\r\n\r\n"),
      400 },
    { "length empty", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n"), 400 },
    { "length over the limit", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 65537\r\n\r\n"),
      413 },
    { "length over 64 bits",
      STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 18446744073709551618\r\n\r\nab"), 413 },
    { "length on GET", STR_INIT("GET / HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nab"), 200 },
    { "chunks",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
               "2\r\nab\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"),
      200 },
    { "chunks in capitals",
      STR_INIT("POST / HTTP/1.1\r\n" H "TRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n"), 200 },
    { "chunks with 1.0",
      STR_INIT("POST / HTTP/1.0\r\n" H "Content-Type: a\r\n"
               "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      400 },
    { "chunks and a length",
      STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n"
               "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      400 },
    { "a length and chunks",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
               "Content-Length: 5\r\n\r\n0\r\n\r\n"),
      400 },
    { "coding twice",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
               "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      400 },
    { "coding list", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n"),
      501 },
    { "coding identity", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n"),
      501 },
    { "coding xchunked", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n"),
      501 },
    { "coding chunked;q=1",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked;q=1\r\n\r\n"), 501 },
    { "coding empty", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n"), 400 },
    { "coding after a vertical tab",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\x0b"
               "chunked\r\n\r\n"),
      400 },
    { "coding with a space before the colon",
      STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n"), 400 },
#define CHUNKED "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
    { "chunk size empty", STR_INIT(CHUNKED "\r\n\r\n"), 400 },
    { "chunk size negative", STR_INIT(CHUNKED "-1\r\n"), 400 },
    { "chunk size 0x", STR_INIT(CHUNKED "0x1\r\na\r\n0\r\n\r\n"), 400 },
    { "chunk size with a blank after", STR_INIT(CHUNKED "1 \r\na\r\n0\r\n\r\n"), 400 },
    { "chunk size with a blank before", STR_INIT(CHUNKED " 1\r\na\r\n0\r\n\r\n"), 400 },
    { "chunk size overflows", STR_INIT(CHUNKED "10000000000000001\r\na\r\n0\r\n\r\n"), 400 },
    { "chunk size over the limit", STR_INIT(CHUNKED "10001\r\n"), 413 },
    { "chunk sizes together over the limit", STR_INIT(CHUNKED "1\r\na\r\n10000\r\n"), 413 },
    { "chunk too long", STR_INIT(CHUNKED "1\r\nab\r\n0\r\n\r\n"), 400 },
    { "chunk not ended by CR", STR_INIT(CHUNKED "1\r\na\n0\r\n\r\n"), 400 },
    { "chunk size ended by LF", STR_INIT(CHUNKED "1\na\r\n0\r\n\r\n"), 400 },
    { "chunk size CR only", STR_INIT(CHUNKED "1\ra\r\n0\r\n\r\n"), 400 },
    { "LF in an extension", STR_INIT(CHUNKED "1;a\nb\r\na\r\n0\r\n\r\n"), 400 },
    { "NUL in an extension", STR_INIT(CHUNKED "1;a\0b\r\na\r\n0\r\n\r\n"), 400 },
    { "last chunk, no end yet", STR_INIT(CHUNKED "0\r\n"), 0 },
    { "trailers", STR_INIT(CHUNKED "0\r\nX: y\r\nContent-Length: 9\r\n\r\n"), 200 },
    { "trailer folded", STR_INIT(CHUNKED "0\r\nX: y\r\n z\r\n\r\n"), 400 },
    { "trailer without a colon", STR_INIT(CHUNKED "0\r\nX\r\n\r\n"), 400 },
    { "trailer without a name", STR_INIT(CHUNKED "0\r\n: y\r\n\r\n"), 400 },
    { "trailer, bare LF", STR_INIT(CHUNKED "0\r\nX: y\n\r\n"), 400 },
    { "end by a bare LF", STR_INIT(CHUNKED "0\r\n\n"), 400 },

    { "expectation",
      STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 2\r\n"
               "Expect: 100-Continue\r\n\r\nab"),
      200 },
    { "other expectation", STR_INIT("POST / HTTP/1.1\r\n" H "Expect: tea\r\n\r\n"), 417 },
    { "other expectation with 1.0", STR_INIT("GET / HTTP/1.0\r\n" H "Expect: tea\r\n\r\n"), 200 },
};

TEST(http_request_table_of_messages_and_attacks) {
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        struct buf out;
        buf_init(&out, 1 * MIB);
        /* A copy of exactly that length, for ASan. */
        char *exact = malloc(messages[i].bytes.len ? messages[i].bytes.len : 1);
        REQUIRE(exact != NULL);
        memcpy(exact, messages[i].bytes.ptr, messages[i].bytes.len);
        struct str bytes = str_make(exact, messages[i].bytes.len);
        int whole = message_read(bytes, message_whole, NULL, &out);
        int bytewise = message_read(bytes, message_bytewise, NULL, &out);
        if (whole != messages[i].status || bytewise != messages[i].status) {
            test_fail(__FILE__, __LINE__, "%s: %d, a byte at a time %d, expected %d",
                      messages[i].what, whole, bytewise, messages[i].status);
        }
        free(exact);
        buf_done(&out);
    }
}

/* Every byte, at each place of values of each length: they are read eight bytes at a time. */
TEST(http_request_values_hold_what_they_may) {
    for (size_t len = 3; len < 27; len++) {
        for (size_t at = 1; at + 1 < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                char text[80];
                size_t n = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\n" H "X: ");
                memset(text + n, at % 2 ? 'v' : '\xe9', len);
                text[n + at] = (char)byte;
                memcpy(text + n + len, "\r\n\r\n", 4);
                struct http_reader r;
                http_reader_init(&r);
                bool good = http_reader_feed(&r, text, n + len + 4) == HTTP_READ_DONE;
                REQUIRE(good == (byte == '\t' || (byte >= ' ' && byte != 0x7f)));
                REQUIRE(!good || r.req.fields[1].value.len == len);
            }
        }
    }
}

TEST(http_request_is_cut_up_into_its_parts) {
    struct buf out;
    buf_init(&out, 1 * MIB);
    struct str bytes = STR("POST http://Tide.example:81/a%20b/?x=1&y HTTP/1.1\r\nHost: other\r\n"
                           "Accept:  text/html \t\r\nConnection: Upgrade, close\r\n"
                           "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello and more");
    CHECK_INT(message_read(bytes, message_whole, NULL, &out), 200);
    CHECK_STR(buf_str(&out),
              "POST path=/a%20b/ query=?x=1&y host=Tide.example:81 1.1 expects used=162\n"
              "Host: other\nAccept: text/html\nConnection: Upgrade, close\n"
              "Expect: 100-continue\nContent-Length: 5\n\nhello");
    buf_reset(&out);
    bytes = STR("GET http://tide.example HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK_INT(message_read(bytes, message_whole, NULL, &out), 200);
    CHECK_STR(buf_str(&out), "GET path=/ query= host=tide.example 1.0 keep-alive used=60\n"
                             "Connection: keep-alive\n\n");
    buf_done(&out);
}

TEST(http_request_unframes_chunks) {
    struct buf out;
    buf_init(&out, 1 * MIB);
    struct str bytes =
        STR(CHUNKED "5\r\nhello\r\n00001;a=b\r\n \r\n6\r\nharbou\r\n0\r\nX: y\r\n\r\nGET");
    CHECK_INT(message_read(bytes, message_bytewise, NULL, &out), 200);
    CHECK(str_ends(buf_str(&out), STR("\n\nhello harbou")));
    buf_done(&out);
}

/* One request of `n` times `repeated` between `before` and `after`. */
static int status_of_long(const char *before, const char *repeated, size_t n, const char *after) {
    struct buf b, out;
    buf_init(&b, 1 * MIB);
    buf_init(&out, 1 * MIB);
    buf_put(&b, str_of(before));
    for (size_t i = 0; i < n; i++) {
        buf_put(&b, str_of(repeated));
    }
    buf_put(&b, str_of(after));
    int status = message_read(buf_str(&b), message_whole, NULL, &out);
    CHECK_INT(message_read(buf_str(&b), message_bytewise, NULL, &out), status);
    buf_done(&b);
    buf_done(&out);
    return status;
}

TEST(http_request_limits_are_exact) {
    size_t line = LIMIT_REQUEST_LINE_BYTES - strlen("GET / HTTP/1.1\r\n");
    CHECK_INT(status_of_long("GET /", "a", line, " HTTP/1.1\r\n" H "\r\n"), 200);
    CHECK_INT(status_of_long("GET /", "a", line + 1, " HTTP/1.1\r\n" H "\r\n"), 414);
    CHECK_INT(status_of_long("GET /", "a", LIMIT_REQUEST_LINE_BYTES, ""), 414);
    size_t head = LIMIT_REQUEST_HEADER_BYTES - strlen(H "X: \r\n\r\n");
    CHECK_INT(status_of_long("GET / HTTP/1.1\r\n" H "X: ", "a", head, "\r\n\r\n"), 200);
    CHECK_INT(status_of_long("GET / HTTP/1.1\r\n" H "X: ", "a", head + 1, "\r\n\r\n"), 431);
    CHECK_INT(status_of_long("GET / HTTP/1.1\r\n" H "X: ", "a", LIMIT_REQUEST_HEADER_BYTES, ""),
              431);
    size_t fields = LIMIT_REQUEST_HEADERS - 1;
    CHECK_INT(status_of_long("GET / HTTP/1.1\r\n" H, "X: a\r\n", fields, "\r\n"), 200);
    CHECK_INT(status_of_long("GET / HTTP/1.1\r\n" H, "X: a\r\n", fields + 1, "\r\n"), 431);
    CHECK_INT(status_of_long(CHUNKED "0\r\n", "X: a\r\n", LIMIT_REQUEST_HEADERS, "\r\n"), 200);
    CHECK_INT(status_of_long(CHUNKED "0\r\n", "X: a\r\n", LIMIT_REQUEST_HEADERS + 1, "\r\n"), 431);
    CHECK_INT(status_of_long(CHUNKED "0\r\nX: ", "a", LIMIT_REQUEST_HEADER_BYTES, ""), 431);
    CHECK_INT(status_of_long(CHUNKED "1;", "a", 1024, "\r\na\r\n0\r\n\r\n"), 200);
    CHECK_INT(status_of_long(CHUNKED "1;", "a", 1025, "\r\na\r\n0\r\n\r\n"), 400);
    CHECK_INT(status_of_long(CHUNKED, "1;aaaa\r\na\r\n", 300, "0\r\n\r\n"), 400);
    CHECK_INT(status_of_long(CHUNKED "", "0", 16, "1\r\na\r\n0\r\n\r\n"), 400);
    CHECK_INT(
        status_of_long("POST / HTTP/1.1\r\n" H "Content-Length: 65536\r\n\r\n", "a", 65536, ""),
        200);
}

static size_t random_piece(uint64_t *state) {
    return test_below(state, 12) + 1;
}

TEST(http_request_outcome_does_not_depend_on_the_pieces) {
    const char *path = test_path("fuzz/corpus/http_request");
    DIR *dir = opendir(path);
    REQUIRE(dir != NULL);
    uint64_t rng = test_seed();
    size_t inputs = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.') {
            continue;
        }
        char file[PATH_MAX];
        struct err err = { 0 };
        struct buf bytes, whole, pieces;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        buf_init(&bytes, 1 * MIB);
        buf_init(&whole, 1 * MIB);
        buf_init(&pieces, 1 * MIB);
        REQUIRE(io_read_file(file, &bytes, &err) == STATUS_OK);
        int expected = message_read(buf_str(&bytes), message_whole, NULL, &whole);
        for (int i = 0; i < 20; i++) {
            buf_reset(&pieces);
            size_t (*piece)(uint64_t *) = i == 0 ? message_bytewise : random_piece;
            int status = message_read(buf_str(&bytes), piece, &rng, &pieces);
            if (status != expected || !str_eq(buf_str(&pieces), buf_str(&whole))) {
                test_fail(__FILE__, __LINE__, "%s: %d in pieces, %d whole", e->d_name, status,
                          expected);
            }
        }
        buf_done(&bytes);
        buf_done(&whole);
        buf_done(&pieces);
        inputs++;
    }
    closedir(dir);
    CHECK(inputs >= 40);
}
