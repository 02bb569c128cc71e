#include "render/piece.h"

#include "base/hash.h"
#include "render/open_end.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

/* No name, no time; made by "unknown", so that equal content gives equal bytes everywhere. */
const struct str GZIP_HEAD = STR_INIT("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff");

struct packer {
    struct libdeflate_compressor *compressor;
    unsigned char *room;
    size_t room_len;
};

struct packer *packer_new(enum pack_level level) {
    struct packer *packer = calloc(1, sizeof *packer);
    check(packer != NULL);
    packer->compressor = libdeflate_alloc_compressor((int)level);
    check(packer->compressor != NULL);
    return packer;
}

void packer_free(struct packer *packer) {
    if (packer != NULL) {
        libdeflate_free_compressor(packer->compressor);
        free(packer->room);
        free(packer);
    }
}

/* Packed bytes in the packer's room. */
static struct str pack(struct packer *packer, struct str plain) {
    enum { ROOM_KEPT = 256 * 1024 };
    if (plain.len == 0) {
        return STR("");
    }
    size_t bound = libdeflate_deflate_compress_bound(packer->compressor, plain.len);
    if (packer->room_len < bound + OPEN_END_BYTES || packer->room_len > ROOM_KEPT) {
        free(packer->room);
        packer->room_len = bound + OPEN_END_BYTES;
        packer->room = malloc(packer->room_len);
        check(packer->room != NULL);
    }
    size_t len =
        libdeflate_deflate_compress(packer->compressor, plain.ptr, plain.len, packer->room, bound);
    check(len > 0);
    return str_make((char *)packer->room, open_end(packer->room, len));
}

void piece_make(struct packer *packer, struct str plain, struct piece *ret) {
    struct str packed = pack(packer, plain);
    char *block = malloc(plain.len + packed.len + 1);
    check(block != NULL);
    memcpy(block, plain.ptr ? plain.ptr : "", plain.len);
    memcpy(block + plain.len, packed.ptr, packed.len);
    ret->plain = str_make(block, plain.len);
    ret->deflated = str_make(block + plain.len, packed.len);
    ret->crc = libdeflate_crc32(0, block, plain.len);
    ret->crc_op = (uint64_t)crc32_combine_gen64((z_off64_t)plain.len);
    ret->hash = hash_content(ret->plain);
}

size_t piece_bytes(const struct piece *p) {
    return p->plain.len + p->deflated.len;
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
