/* A server of the tests' own, whose handlers do all that handlers may: answer at once, later, in
 * pieces, from a file, or never in full. */
#ifndef TESTS_HTTP_SITE_H
#define TESTS_HTTP_SITE_H

#include "base/limits.h"
#include "http/server.h"

#include <limits.h>
#include <stdatomic.h>

enum { BIG_BYTES = 10 * MIB, LENT_BYTES = 4 * MIB, LOOPS_MAX = 4 };

/* What "/big" and "/file" answer, once there is a site. */
extern char big[BIG_BYTES];

/* What the handlers see and count. */
struct site {
    char big_path[PATH_MAX];
    atomic_int handled;
    atomic_int resumed;
    atomic_bool hold; /* "/held" waits until this is false */
    bool awake[LOOPS_MAX];
    atomic_int naps;
};

struct site *http_site_new(void);
/* For "/file", and "/promise" of one byte more. */
void http_site_write_file(struct site *site);
/* One loop unless the options say otherwise. */
struct http_server *http_site_start(struct site *site, struct http_server_options options);
/* The site is freed. */
void http_site_stop(struct http_server *s, struct site *site);

/* The handler, and one for refusals. */
void http_site_handle(void *ctx, struct http_exchange *ex, const struct http_request *req);
void http_site_refuse(void *ctx, struct http_exchange *ex, int status);

size_t http_open_descriptors(void);

#endif
