#include "base/hash.h"

#include <pthread.h>
#include <sys/random.h>

static uint64_t table_key[2];

static void table_key_init(void) {
    check(getrandom(table_key, sizeof table_key, 0) == (ssize_t)sizeof table_key);
}

static inline uint64_t rotl(uint64_t x, int bits) {
    return (x << bits) | (x >> (64 - bits));
}

static inline void sip_round(uint64_t v[4]) {
    v[0] += v[1], v[2] += v[3];
    v[1] = rotl(v[1], 13) ^ v[0], v[3] = rotl(v[3], 16) ^ v[2];
    v[0] = rotl(v[0], 32);
    v[2] += v[1], v[0] += v[3];
    v[1] = rotl(v[1], 17) ^ v[2], v[3] = rotl(v[3], 21) ^ v[0];
    v[2] = rotl(v[2], 32);
}

uint64_t hash_sip(uint64_t k0, uint64_t k1, struct str s) {
    uint64_t v[4] = { k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                      k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573) };
    size_t at = 0;
    for (; s.len - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, s.ptr + at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)s.len << 56;
    for (size_t i = 0; at + i < s.len; i++) {
        last |= (uint64_t)(unsigned char)s.ptr[at + i] << (8 * i);
    }
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_table(struct str s) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, table_key_init);
    return hash_sip(table_key[0], table_key[1], s);
}

uint64_t hash_content(struct str s) {
    return hash_sip(UINT64_C(0x42726f6164736865), UINT64_C(0x6574206e65777321), s);
}
