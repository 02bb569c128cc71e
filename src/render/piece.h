/* A piece: bytes in both encodings, packed so that pieces concatenate.
 *
 * Each piece is compressed on its own as raw deflate (RFC 1951) that ends on a byte boundary (an
 * empty stored block, zlib's Z_SYNC_FLUSH) without the final bit, and never refers back out of
 * itself. A gzip member (RFC 1952) of any sequence of pieces is therefore: GZIP_HEAD, the pieces,
 * an empty final block, the combined CRC-32 and the length. The CRC of a concatenation is computed
 * from the parts' (zlib's crc32_combine_op), so answering compresses nothing. */
#ifndef RENDER_PIECE_H
#define RENDER_PIECE_H

#include "base/str.h"

struct piece {
    struct str plain;
    struct str deflated;
    uint32_t crc;    /* of plain */
    uint64_t crc_op; /* crc32_combine_gen of plain's length */
    uint64_t hash;   /* hash_content of plain */
};

/* Pack bytes. *ret owns one heap block; piece_done frees it. */
void piece_make(struct str plain, struct piece *ret);
void piece_done(struct piece *p);

extern const struct str GZIP_HEAD;
#define GZIP_TAIL_BYTES 10

/* The running sum over a sequence of pieces. */
struct gzip_sum {
    uint32_t crc;
    uint64_t len;
};
void gzip_add(struct gzip_sum *sum, const struct piece *p);
/* What stands after the last piece. */
void gzip_tail(const struct gzip_sum *sum, unsigned char out[GZIP_TAIL_BYTES]);

#endif
