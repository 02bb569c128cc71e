/* Counting on event loops: how often each number (a story's id) was seen.
 *
 * Each loop has a table of fixed size of its own; counting takes no lock and no memory and waits
 * for nobody. One other thread empties the tables now and then, while the loops go on counting.
 * Nothing is counted twice, and nothing is lost but what finds no room, which is told. */
#ifndef NEWSROOM_TALLY_H
#define NEWSROOM_TALLY_H

#include "base/attr.h"

#include <stdbool.h>

struct tally;

enum { TALLY_SLOTS = 4096 }; /* of a loop: different ids between two drains */

struct tally *tally_new(size_t loops);
/* t may be NULL. */
void tally_free(struct tally *t);

/* On the loop with this index. An id below 1, or of 2^40 and more, is not counted. */
void tally_count(struct tally *t, size_t loop, int64_t id);

/* Some loop's table is half full: drain it soon. Any thread. */
bool tally_is_crowded(const struct tally *t);

/* Take out what was counted: `take` is called once or more for an id. Returns how many were not
 * counted for want of room since the last time. One thread at a time. */
typedef void tally_take(void *ctx, int64_t id, int64_t count);
uint64_t tally_drain(struct tally *t, tally_take *take, void *ctx);

#endif
