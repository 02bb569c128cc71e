/* A small blocking HTTP client for tests of servers over real sockets. A wait of more than a
 * minute fails. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/limits.h"

struct client {
    int fd;
    struct buf in; /* received and not yet read as an answer */
};

struct client_answer {
    int status; /* 0: the connection ended, or what came is no answer */
    struct buf bytes;
    struct str head; /* status line and fields */
    struct str body;
};

/* rcvbuf_bytes: 0 for the kernel's choice. */
void client_open(struct client *c, int port, int rcvbuf_bytes);
void client_close(struct client *c);
void client_send(struct client *c, struct str bytes);
/* "GET <path>" with keep-alive. */
void client_get(struct client *c, const char *path);
/* The next answer; no_body: to a HEAD. Interim answers (100) are answers too. */
struct client_answer client_read(struct client *c, bool no_body);
void answer_done(struct client_answer *a);
/* The value of a field; ptr NULL if there is none. */
struct str answer_field(const struct client_answer *a, const char *name);
/* Whether the server ends the connection now, with nothing more to read. */
bool client_at_end(struct client *c);

#endif
