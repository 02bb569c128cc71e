/* A site being served: store, site, fragment table, HTTP loops and clock, tied together. */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include "render/cache.h"
#include "store/store.h"

struct server;

struct server_options {
    const char *address;     /* numeric; NULL: 127.0.0.1 */
    int port;                /* 0: any free one */
    size_t loops;            /* 0: one a core; at most 63 are made */
    size_t renderers;        /* 0: one a core */
    size_t memory_max_bytes; /* 0: as the setting fragment_memory says */
    unsigned waits_max;      /* tests; 0: LIMIT_WAITS */
    /* Both or none: PEM files, for HTTPS in place of HTTP. */
    const char *certificate_file, *key_file;
    /* With them: answer HTTP at this address with redirects to HTTPS (app/redirects.h). NULL:
     * nowhere. */
    const char *redirect_address;
    int redirect_port;
    const char *challenges_dir; /* NULL: none */
    size_t hsts_days;           /* Strict-Transport-Security; 0: no */
    bool no_clock;         /* tests that write themselves; nothing is announced or counted either */
    const char *theme_dir; /* NULL: theme/ in the site's folder */
    bool dev; /* look for a changed theme file at each request, and show what is wrong in it */
    const char *picture_worker; /* tests; NULL: WORKER_ARGUMENT */
    int64_t views_write_ms;     /* how often counted views are written down; 0: VIEWS_WRITE_MS */
    /* One line for a log, on any thread. */
    void (*report)(void *ctx, bool is_error, const char *message);
    void *report_ctx;
};

/* Serve the store's site until server_stop. Takes the store's listener. The store must outlive it.
 */
NODISCARD enum status server_start(struct store *store, const struct server_options *options,
                                   struct server **ret, struct err *err);
int server_port(const struct server *s);
/* 0: there are no redirects. */
int server_redirect_port(const struct server *s);
/* With a certificate: read it and its key anew, for connections from now on; on an error the old
 * ones stay. */
NODISCARD enum status server_reload(struct server *s, struct err *err);
size_t server_connections_max(const struct server *s);
size_t server_loops(const struct server *s);
/* Finish what is in flight and end. NULL is accepted. */
void server_stop(struct server *s);
void server_stats(struct server *s, struct cache_stats *ret);

#endif
