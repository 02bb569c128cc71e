/* A reader's connection to a server on this machine: HTTP/1.1, blocking. Stops the program when the
 * server does not answer. */
#ifndef GENERATOR_READER_H
#define GENERATOR_READER_H

#include "base/buf.h"

struct reader {
    int fd;
    struct buf in;
};

struct reader_answer {
    int status;
    struct str head, body; /* until the next request */
};

void reader_open(struct reader *r, int port);
void reader_close(struct reader *r);
struct reader_answer reader_get(struct reader *r, struct str path);

#endif
