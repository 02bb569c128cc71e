/* The keys that session tickets are sealed with (RFC 5077; TLS 1.3 has them, too): one set for all
 * loops, so that a client may come back to any of them.
 *
 * Who gets hold of a key can read what was said under its tickets, so keys do not last: after
 * TICKETS_RENEW_S a new one seals, and its predecessor opens what it sealed for as long again. They
 * are in memory only. Any thread may call. */
#ifndef HTTP_TICKETS_H
#define HTTP_TICKETS_H

#include "base/attr.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { TICKETS_RENEW_S = 12 * 3600 };

struct ticket_key {
    unsigned char name[16]; /* goes with the ticket */
    unsigned char cipher[32];
    unsigned char mac[32];
};

struct tickets {
    pthread_mutex_t lock;
    int64_t made_s;           /* when the first was */
    bool has_previous;        /* the second is one */
    struct ticket_key key[2]; /* the newest first */
};

void tickets_init(struct tickets *t, int64_t now_s);
void tickets_done(struct tickets *t);
/* No ticket of before is good any more. */
void tickets_forget(struct tickets *t, int64_t now_s);

/* The key to seal with. now_s: of a clock that never goes back. */
void tickets_newest(struct tickets *t, int64_t now_s, struct ticket_key *ret);
/* The key of that name. False: there is none (any more). ret_old: it is not the newest, and the
 * client should get a new ticket. */
bool tickets_find(struct tickets *t, int64_t now_s, const unsigned char name[16],
                  struct ticket_key *ret, bool *ret_old);

#endif
