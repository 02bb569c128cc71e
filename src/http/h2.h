/* HTTP/2 on a connection (RFC 9113), by nghttp2: streams become exchanges of the same handlers.
 * Private to the server. */
#ifndef HTTP_H2_H
#define HTTP_H2_H

#include "http/server.h"

#define H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

struct conn;
struct loop;
struct h2;
struct h2_stream;

struct h2 *h2_new(struct conn *c);
/* When nobody refers to any of its streams. NULL is accepted. */
void h2_free(struct h2 *h2);
/* Free the memory of ended streams that the loop keeps for new ones. */
void h2_free_spares(struct loop *l);

/* Take what has arrived; h2_run must follow. May close the connection. */
void h2_receive(struct conn *c, struct str bytes);
/* Hand over the requests that are whole, send what can be sent, say what the connection waits for.
 * May close it. */
void h2_run(struct conn *c);
/* The time limit of what it waits for is over. */
void h2_expire(struct conn *c);

/* http_reply and http_reply_file of a stream's exchange. */
void h2_reply(struct h2_stream *s, const struct http_response *response);
void h2_reply_file(struct h2_stream *s, int status, struct str head, int fd, uint64_t offset,
                   uint64_t len);
/* Call the handler of a resumed exchange again. */
void h2_resume(struct h2_stream *s);
/* Whatever is answered will be dropped: the client has given the stream up, or is gone. */
bool h2_is_gone(const struct h2_stream *s);

#endif
