/* SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; the reduced rounds
 * are those that Rust and Ruby use for tables). Tables keyed by strangers' bytes use the process's
 * random key; content names use the fixed one, so that every process agrees. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

/* Keyed at random once per process: for hash tables. */
uint64_t hash_table(struct str s);
/* The same in every process: for ETags and names of content. */
uint64_t hash_content(struct str s);
/* Both halves chosen by the caller. */
uint64_t hash_sip(uint64_t k0, uint64_t k1, struct str s);

/* Mix another 64-bit value into a hash. */
static inline uint64_t hash_mix(uint64_t hash, uint64_t value) {
    hash ^= value + UINT64_C(0x9e3779b97f4a7c15) + (hash << 6) + (hash >> 2);
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ (hash >> 29);
}

#endif
