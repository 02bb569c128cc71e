#include "render/piece.h"

#include "base/hash.h"

#include <stdlib.h>
#include <zlib.h>

/* No name, no time; made by "unknown", so that equal content gives equal bytes everywhere. */
const struct str GZIP_HEAD = STR_INIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff");

enum { DEFLATE_LEVEL = 6, DEFLATE_MEM_LEVEL = 9 };

void piece_make(struct str plain, struct piece *ret) {
    z_stream z = { 0 };
    check(deflateInit2(&z, DEFLATE_LEVEL, Z_DEFLATED, -15, DEFLATE_MEM_LEVEL, Z_DEFAULT_STRATEGY) ==
          Z_OK);
    /* The flush adds at most an empty stored block with its padding. */
    size_t bound = deflateBound(&z, plain.len) + 16;
    char *block = malloc(plain.len + bound);
    check(block != NULL);
    if (plain.len > 0) {
        memcpy(block, plain.ptr, plain.len);
    }
    z.next_in = (Bytef *)block;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)block + plain.len;
    z.avail_out = (uInt)bound;
    check(deflate(&z, Z_SYNC_FLUSH) == Z_OK && z.avail_in == 0 && z.avail_out > 0);
    size_t packed = bound - z.avail_out;
    deflateEnd(&z);
    char *fitted = realloc(block, plain.len + packed ? plain.len + packed : 1);
    block = fitted ? fitted : block;
    ret->plain = str_make(block, plain.len);
    ret->deflated = str_make(block + plain.len, packed);
    ret->crc = (uint32_t)crc32_z(0, (const Bytef *)block, plain.len);
    ret->crc_op = (uint64_t)crc32_combine_gen64((z_off64_t)plain.len);
    ret->hash = hash_content(ret->plain);
}

void piece_done(struct piece *p) {
    free((void *)(uintptr_t)p->plain.ptr);
    *p = (struct piece){ 0 };
}

void gzip_add(struct gzip_sum *sum, const struct piece *p) {
    sum->crc = sum->len ? (uint32_t)crc32_combine_op(sum->crc, p->crc, (uLong)p->crc_op) : p->crc;
    sum->len += p->plain.len;
}

void gzip_tail(const struct gzip_sum *sum, unsigned char out[GZIP_TAIL_BYTES]) {
    out[0] = 3;
    out[1] = 0;
    for (int i = 0; i < 4; i++) {
        out[2 + i] = (unsigned char)(sum->crc >> (8 * i));
        out[6 + i] = (unsigned char)(sum->len >> (8 * i));
    }
}
