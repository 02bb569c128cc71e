/* The other door of a site that is served over HTTPS: plain HTTP, usually at port 80. Whoever comes
 * there is led to the same address over HTTPS, and a certificate authority finds the answers to its
 * challenges (RFC 8555, 8.3). */
#ifndef APP_REDIRECTS_H
#define APP_REDIRECTS_H

#include "base/status.h"

struct redirects;

/* https_port: where the site is. challenges_dir: the folder in which .well-known/acme-challenge/
 * has those answers, as "certbot --webroot -w" puts them; NULL: there are none. Borrows all.
 * Errors: those of http_server_start. */
NODISCARD enum status redirects_start(const char *address, int port, int https_port,
                                      const char *challenges_dir, struct redirects **ret,
                                      struct err *err);
int redirects_port(const struct redirects *r);
/* NULL is accepted. */
void redirects_stop(struct redirects *r);

#endif
