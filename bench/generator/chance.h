/* Chance that is the same in every run and on every machine: xorshift64* (Vigna, 2016), begun from
 * a seed and the number of what it is for, so that each thing has a stream of its own and can be
 * made without those before it. */
#ifndef GENERATOR_CHANCE_H
#define GENERATOR_CHANCE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state; /* never 0 */
};

/* The same for the same n, and as good as random (the finisher of splitmix64). */
static inline uint64_t chance_mix(uint64_t n) {
    n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n ^ (n >> 31);
}

static inline struct chance chance_of(uint64_t seed, uint64_t number) {
    const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
    return (struct chance){ chance_mix((seed + 1) * step ^ chance_mix((number + 1) * step)) | 1 };
}

static inline uint64_t chance_next(struct chance *c) {
    c->state ^= c->state >> 12;
    c->state ^= c->state << 25;
    c->state ^= c->state >> 27;
    return c->state * UINT64_C(2685821657736338717);
}

/* In [0, n). */
static inline size_t chance_below(struct chance *c, size_t n) {
    return (size_t)(chance_next(c) >> 11) % n;
}

/* In [0, 1). */
static inline double chance_share(struct chance *c) {
    return (double)(chance_next(c) >> 11) / 9007199254740992.0;
}

/* In [0, n) by Zipf's law with exponent 1, between two shares of all occurrences: (0, 1) is all of
 * it, (0.7, 1) only the rare ones. */
static inline size_t chance_zipf(struct chance *c, size_t n, double from, double to) {
    return (size_t)pow((double)n, from + (to - from) * chance_share(c)) - 1;
}

#endif
