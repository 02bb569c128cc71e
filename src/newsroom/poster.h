/* POST requests to other sites, one at a time, on one thread that sleeps between them: libcurl,
 * kept on a short lead. Only http and https; no redirect is followed; an answer's body is thrown
 * away; every wait ends at once when somebody wakes the thread to stop it. */
#ifndef NEWSROOM_POSTER_H
#define NEWSROOM_POSTER_H

#include "base/status.h"
#include "base/str.h"

#include <stdatomic.h>

struct poster;

enum poster_outcome {
    POSTER_DONE,    /* 2xx */
    POSTER_LATER,   /* it may work another time: 408, 425, 429, 5xx */
    POSTER_NO_WAY,  /* nobody there, or nothing came back in time */
    POSTER_REFUSED, /* it never will: any other status, or an address that is none */
    POSTER_STOPPED
};

/* stop: once it is true, sending and sleeping end at the next wake. agent: of the User-Agent field.
 */
NODISCARD enum status poster_new(const _Atomic bool *stop, const char *agent, struct poster **ret,
                                 struct err *err);
void poster_free(struct poster *p);

/* err says what went wrong if it is not DONE. *ret_after_s: what Retry-After asks for; 0: nothing.
 */
NODISCARD enum poster_outcome poster_send(struct poster *p, struct str url,
                                          const char *content_type, struct str body,
                                          int64_t *ret_after_s, struct err *err);

/* Until somebody wakes it, or so long. */
void poster_sleep(struct poster *p, int64_t timeout_ms);
/* From any thread. One that comes before the sleep is not lost. */
void poster_wake(struct poster *p);

#endif
