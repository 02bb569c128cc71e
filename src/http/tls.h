/* TLS at the door: versions 1.2 and 1.3, ALPN (h2, http/1.1), resumption by tickets; OpenSSL does
 * it. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/status.h"

#include <openssl/ssl.h>

struct tls;

/* Read the certificate (PEM, its chain behind it) and its key. Errors: INVALID (which file, and
 * what is wrong with it). */
NODISCARD enum status tls_new(const char *certificate_file, const char *key_file, struct tls **ret,
                              struct err *err);
/* Read the same files anew, from any thread: for connections from now on, which begin without the
 * tickets of before. Errors: as tls_new, and one that has expired; the old ones stay then. */
NODISCARD enum status tls_reload(struct tls *tls, struct err *err);
/* When no connection is open any more. NULL is accepted. */
void tls_free(struct tls *tls);

/* The server's side of a connection, still without a transport. NULL: no memory. */
SSL *tls_open(struct tls *tls);

#endif
