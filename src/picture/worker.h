/* The confined process that decodes. It is this program again, started by picture/decoder.h with
 * one argument, and never by people. */
#ifndef PICTURE_WORKER_H
#define PICTURE_WORKER_H

#include "base/status.h"

/* argv[1] of a worker; its socket is descriptor 3. */
#define WORKER_ARGUMENT "picture-worker"
enum { WORKER_SOCKET = 3 };

/* Load the libraries, enter the cage, then do what is asked until the other side closes. Returns
 * the exit code. */
int worker_main(void);

#endif
