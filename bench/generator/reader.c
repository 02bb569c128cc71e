#include "generator/reader.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

void reader_open(struct reader *r, int port) {
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *r = (struct reader){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    buf_init(&r->in, 64 * MIB);
    int on = 1;
    if (r->fd < 0 || connect(r->fd, (struct sockaddr *)&a, sizeof a) != 0 ||
        setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        fail("cannot connect to the server");
    }
}

void reader_close(struct reader *r) {
    close(r->fd);
    buf_done(&r->in);
}

/* Until there are `len` bytes. */
static void receive(struct reader *r, size_t len) {
    while (r->in.len < len) {
        char *at = buf_reserve(&r->in, 64 * KIB);
        check(at != NULL);
        ssize_t n = recv(r->fd, at, 64 * KIB, 0);
        if (n <= 0) {
            fail("the server does not answer");
        }
        r->in.len += (size_t)n;
    }
}

struct reader_answer reader_get(struct reader *r, struct str path) {
    char request[3 * KIB];
    int n = snprintf(request, sizeof request, "GET %.*s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     STR_FMT(path));
    check(n > 0 && (size_t)n < sizeof request);
    if (send(r->fd, request, (size_t)n, MSG_NOSIGNAL) != n) {
        fail("the server does not listen");
    }
    buf_reset(&r->in);
    size_t end = STR_NPOS;
    while (end == STR_NPOS) {
        receive(r, r->in.len + 1);
        end = str_find(buf_str(&r->in), STR("\r\n\r\n"), 0);
    }
    size_t field = str_find_nocase(str_slice(buf_str(&r->in), 0, end), STR("content-length:"), 0);
    size_t len = field == STR_NPOS ? 0 : strtoull(r->in.ptr + field + 15, NULL, 10);
    receive(r, end + 4 + len);
    struct str all = buf_str(&r->in);
    return (struct reader_answer){ .status = all.len > 12 ? atoi(all.ptr + 9) : 0,
                                   .head = str_slice(all, 0, end),
                                   .body = str_from(all, end + 4) };
}
