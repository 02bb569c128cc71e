/* Where a client comes from, coarsely: whole networks, as one subscriber has them. */
#ifndef NEWSROOM_NET_H
#define NEWSROOM_NET_H

#include "base/arena.h"

enum { NET_TEXT_MAX = 48 };

/* One subscriber's network: an IPv4 address as it is, of IPv6 the first 64 bits ("2001:db8:1:2::"),
 * since everybody has so many. An IPv4 address in IPv6's clothes is IPv4. What is no address stays,
 * cut. */
struct str net_of(struct str address, char out[NET_TEXT_MAX]);
/* Enough to tell places apart and not people: 24 bits of IPv4, 48 of IPv6. What sessions and the
 * audit keep. "" for what is no address. */
struct str net_shorten(struct str address, char out[NET_TEXT_MAX]);

#endif
