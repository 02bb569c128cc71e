/* A small newsroom that writes at random: what the tests of the whole server play with. */
#ifndef TESTS_TOWN_H
#define TESTS_TOWN_H

#include "store/store.h"
#include "tests/must.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOWN_STORIES_MAX = 60, TOWN_ADDRESSES_MAX = 600 };

struct town {
    struct store *store;
    uint64_t rng;
    int64_t stories[TOWN_STORIES_MAX];
    size_t n_stories;
    int64_t sections[5], tags[4], authors[3], media[3];
    char *addresses[TOWN_ADDRESSES_MAX]; /* every one there ever was */
    size_t n_addresses;
    int64_t minutes; /* of the newest story */
    char last[160];  /* what the last write was */
};

/* A site in a temporary folder, with some stories. */
void town_make(struct town *t, uint64_t seed);
void town_done(struct town *t);
/* One random write, committed: publish, edit, retitle, move, withdraw, slots, menus, terms… */
void town_write(struct town *t);

#endif
