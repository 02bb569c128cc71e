/* Sixteen bytes at a time, in the compiler's own vectors, for scans that most of the text passes.
 *
 * A mask has 0xff for each byte of which something is true, 0 for the others. */
#ifndef BASE_BLOCK16_H
#define BASE_BLOCK16_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK16_BYTES = 16 };

typedef uint8_t block16 __attribute__((vector_size(16)));

static inline block16 block16_at(const char *bytes) {
    block16 b;
    memcpy(&b, bytes, sizeof b);
    return b;
}

static inline block16 block16_eq(block16 b, char c) {
    return (block16)(b == (uint8_t)c);
}

/* Of bytes from `first` to `last`. */
static inline block16 block16_in(block16 b, uint8_t first, uint8_t last) {
    return (block16)((b >= first) & (b <= last));
}

static inline bool block16_any(block16 mask) {
    uint64_t halves[2];
    memcpy(halves, &mask, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* How many are set. */
static inline size_t block16_count(block16 mask) {
    const uint64_t ones = 0x0101010101010101;
    uint64_t halves[2];
    memcpy(halves, &mask, sizeof halves);
    return (size_t)(((halves[0] & ones) + (halves[1] & ones)) * ones >> 56);
}

#endif
