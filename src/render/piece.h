/* A piece: bytes in both encodings, packed so that pieces concatenate.
 *
 * Each piece is compressed on its own as raw deflate (RFC 1951) that ends on a byte boundary
 * without the final bit (open_end.h), and never refers back out of itself. A gzip member (RFC 1952)
 * of any sequence of pieces is therefore: GZIP_HEAD, the pieces, an empty final block, the combined
 * CRC-32 and the length. The CRC of a concatenation is computed from the parts' (zlib's
 * crc32_combine_op), so answering compresses nothing.
 *
 * Somebody waits for a piece that is packed for the first time: it is packed fast, at a tenth of
 * the time for a tenth more bytes. What turns out to be asked for often is packed tight later. */
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

enum pack_level {
    PACK_FAST = 1,
    /* 3 ms for 40 KB; 12 takes 5 ms for a thousandth less. */
    PACK_TIGHT = 10,
};

/* What packs: its tables are dear to make. One thread at a time. */
struct packer;
struct packer *packer_new(enum pack_level level);
/* NULL is accepted. */
void packer_free(struct packer *packer);

/* Pack bytes. *ret owns one heap block; piece_done frees it. */
void piece_make(struct packer *packer, struct str plain, struct piece *ret);
void piece_done(struct piece *p);
/* What it takes of memory. */
size_t piece_bytes(const struct piece *p);

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
