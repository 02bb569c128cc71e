/* Where the last block begins is known when it is the first; that is so for nearly every piece that
 * is packed at a fast level. Where it ends can then be told without decoding it: its last symbol is
 * the end of the block, and everything behind it is zero, so that the last 1 of the stream is the
 * last 1 of that symbol's code. Only the block's header has to be read for the code: 1 us, where
 * inflating a page takes 60 to 100. A code without any 1, or more than one block: zlib inflates the
 * stream and tells the blocks' bounds (as in Mark Adler's gzjoin). */
#include "render/open_end.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

struct end {
    size_t last_block_bit; /* where the last block's header is */
    unsigned unused_bits;  /* of the last byte */
};

/* ---- reading the header of a block ---- */

struct bits {
    const unsigned char *ptr;
    size_t len, at; /* in bits */
};

/* Zeros behind the end: the caller's checks find that out. */
static unsigned take(struct bits *b, unsigned n) {
    unsigned value = 0;
    for (unsigned i = 0; i < n; i++, b->at++) {
        if (b->at < b->len) {
            value |= ((b->ptr[b->at / 8] >> (b->at % 8)) & 1u) << i;
        }
    }
    return value;
}

enum { CODE_BITS_MAX = 15, LENGTH_CODES = 19, LENGTH_CODE_BITS_MAX = 7, END_OF_BLOCK = 256 };

static unsigned peek(const struct bits *b) {
    size_t byte = b->at / 8;
    unsigned two = (byte < b->len / 8 ? b->ptr[byte] : 0u) |
                   (byte + 1 < b->len / 8 ? b->ptr[byte + 1] : 0u) << 8;
    return (two >> (b->at % 8)) & ((1u << LENGTH_CODE_BITS_MAX) - 1);
}

/* The canonical code of `symbol` (RFC 1951, 3.2.2), its first bit highest. */
static unsigned code_of(const unsigned char *lengths, unsigned n, unsigned symbol) {
    unsigned count[CODE_BITS_MAX + 1] = { 0 }, code = 0;
    for (unsigned i = 0; i < n; i++) {
        count[lengths[i]]++;
    }
    count[0] = 0;
    for (unsigned bits = 1; bits <= lengths[symbol]; bits++) {
        code = (code + count[bits - 1]) << 1;
    }
    for (unsigned i = 0; i < symbol; i++) {
        code += lengths[i] == lengths[symbol];
    }
    return code;
}

/* What the next LENGTH_CODE_BITS_MAX bits begin with, by the code of the lengths. */
struct length_code {
    unsigned char symbol, bits; /* 0 bits: no code */
};

static void make_length_codes(const unsigned char *lengths, struct length_code *table) {
    for (unsigned symbol = 0; symbol < LENGTH_CODES; symbol++) {
        unsigned bits = lengths[symbol], code = code_of(lengths, LENGTH_CODES, symbol);
        unsigned reversed = 0;
        for (unsigned i = 0; i < bits; i++) {
            reversed |= ((code >> i) & 1) << (bits - 1 - i);
        }
        for (unsigned at = reversed; bits > 0 && at < 1u << LENGTH_CODE_BITS_MAX;
             at += 1u << bits) {
            table[at] = (struct length_code){ (unsigned char)symbol, (unsigned char)bits };
        }
    }
}

/* The code lengths of the literals and lengths of a dynamic block; false: END_OF_BLOCK has none. */
static bool read_lengths(struct bits *b, unsigned char *lengths, unsigned *ret_n) {
    static const unsigned char order[LENGTH_CODES] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                       11, 4,  12, 3, 13, 2, 14, 1, 15 };
    unsigned n = take(b, 5) + 257;
    (void)take(b, 5); /* distances */
    unsigned n_lengths = take(b, 4) + 4;
    unsigned char of_lengths[LENGTH_CODES] = { 0 };
    for (unsigned i = 0; i < n_lengths; i++) {
        of_lengths[order[i]] = (unsigned char)take(b, 3);
    }
    struct length_code table[1 << LENGTH_CODE_BITS_MAX] = { 0 };
    make_length_codes(of_lengths, table);
    for (unsigned at = 0; at < n;) {
        struct length_code code = table[peek(b)];
        if (code.bits == 0) {
            return false;
        }
        b->at += code.bits;
        unsigned times = 1, length = code.symbol;
        switch (code.symbol) {
        case 16: /* the one before again */
            times = 3 + take(b, 2);
            length = at > 0 ? lengths[at - 1] : 0;
            break;
        case 17:
            times = 3 + take(b, 3);
            length = 0;
            break;
        case 18:
            times = 11 + take(b, 7);
            length = 0;
            break;
        default: break;
        }
        for (; times > 0 && at < n; times--) { /* they may run over into the distances */
            lengths[at++] = (unsigned char)length;
        }
    }
    *ret_n = n;
    return lengths[END_OF_BLOCK] > 0;
}

static bool find_in_header(const unsigned char *packed, size_t len, struct end *ret) {
    struct bits b = { packed, len * 8, 0 };
    bool is_last = take(&b, 1);
    bool is_dynamic = take(&b, 2) == 2;
    unsigned char lengths[320] = { 0 };
    unsigned n;
    if (!is_last || !is_dynamic || !read_lengths(&b, lengths, &n)) {
        return false;
    }
    unsigned code = code_of(lengths, n, END_OF_BLOCK);
    if (code == 0) {
        return false;
    }
    unsigned zeros = 0; /* at the code's end */
    for (; ((code >> zeros) & 1) == 0; zeros++) {
    }
    unsigned after = 0; /* the stream's last 1 */
    for (; after / 8 < len && ((packed[len - 1 - after / 8] >> (7 - after % 8)) & 1) == 0;
         after++) {
    }
    check(after >= zeros && after - zeros < 8);
    *ret = (struct end){ 0, after - zeros };
    return true;
}

/* ---- the long way ---- */

static void find_by_inflating(const unsigned char *packed, size_t len, struct end *ret) {
    enum { AT_BOUND = 128, AFTER_LAST = 64, UNUSED_BITS = 7 };
    unsigned char ignored[16384];
    z_stream z = { .next_in = (Bytef *)(uintptr_t)packed, .avail_in = (uInt)len };
    check(inflateInit2(&z, -15) == Z_OK);
    size_t block_bit = 0;
    for (;;) {
        z.next_out = ignored;
        z.avail_out = sizeof ignored;
        int code = inflate(&z, Z_BLOCK);
        check(code == Z_OK || code == Z_BUF_ERROR);
        check(code == Z_OK || z.avail_in > 0);
        if ((z.data_type & AT_BOUND) == 0) {
            continue;
        }
        unsigned unused = (unsigned)z.data_type & UNUSED_BITS;
        if (z.data_type & AFTER_LAST) {
            check(z.avail_in == 0);
            *ret = (struct end){ block_bit, unused };
            break;
        }
        block_bit = z.total_in * 8 - unused;
    }
    inflateEnd(&z);
}

size_t open_end(unsigned char *packed, size_t len) {
    struct end end;
    check(len > 0);
    if (!find_in_header(packed, len, &end)) {
        find_by_inflating(packed, len, &end);
    }
    packed[end.last_block_bit / 8] &= (unsigned char)~(1u << (end.last_block_bit % 8));
    /* The stored block's header is three zero bits, and zeros up to the boundary. */
    packed[len - 1] &= (unsigned char)(0xff >> end.unused_bits);
    if (end.unused_bits < 3) {
        packed[len++] = 0;
    }
    memcpy(packed + len, "\0\0\xff\xff", 4);
    return len + 4;
}
