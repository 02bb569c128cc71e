#include "tests/harness.h"

#include "base/arena.h"
#include "base/buf.h"
#include "render/open_end.h"
#include "render/piece.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* Text as different as can be: nothing, one byte, long runs, noise, few or many symbols. */
static struct str make_text(struct arena *a, uint64_t *state) {
    static const size_t longest[] = { 0, 1, 3, 40, 500, 9000, 70000, 400000 };
    size_t len = test_below(state, longest[test_below(state, COUNT_OF(longest))] + 1);
    unsigned symbols = 1 + (unsigned)test_below(state, 256);
    unsigned repeats = (unsigned)test_below(state, 100);
    char *text = arena_alloc(a, len + 1);
    for (size_t i = 0; i < len; i++) {
        size_t back = 1 + test_below(state, 300);
        bool again = back <= i && test_below(state, 100) < repeats;
        text[i] = again ? text[i - back] : (char)(test_below(state, symbols));
    }
    return str_make(text, len);
}

/* What a browser makes of a gzip member. */
static struct str gunzip(struct arena *a, const struct buf *member, size_t len) {
    char *plain = arena_alloc(a, len + 1);
    z_stream z = { .next_in = (Bytef *)member->ptr,
                   .avail_in = (uInt)member->len,
                   .next_out = (Bytef *)plain,
                   .avail_out = (uInt)len + 1 };
    check(inflateInit2(&z, 15 + 16) == Z_OK);
    CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(z.avail_in, 0);
    CHECK_INT(z.total_out, len);
    inflateEnd(&z);
    return str_make(plain, z.total_out);
}

TEST(piece_any_sequence_of_pieces_of_either_level_is_one_gzip_member) {
    uint64_t state = test_seed();
    struct packer *packers[] = { packer_new(PACK_FAST), packer_new(PACK_TIGHT) };
    for (int round = 0; round < 150; round++) {
        struct arena a = { 0 };
        struct buf plain, packed;
        buf_init(&plain, 1u << 30);
        buf_init(&packed, 1u << 30);
        buf_put(&packed, GZIP_HEAD);
        struct gzip_sum sum = { 0 };
        for (size_t n = test_below(&state, 6); n > 0; n--) {
            struct piece piece;
            struct str text = make_text(&a, &state);
            piece_make(packers[test_below(&state, 2)], text, &piece);
            CHECK(str_eq(piece.plain, text));
            buf_put(&plain, piece.plain);
            buf_put(&packed, piece.deflated);
            gzip_add(&sum, &piece);
            piece_done(&piece);
        }
        unsigned char tail[GZIP_TAIL_BYTES];
        gzip_tail(&sum, tail);
        buf_put(&packed, str_make((char *)tail, sizeof tail));
        CHECK_INT(sum.len, plain.len);
        CHECK(str_eq(gunzip(&a, &packed, plain.len), buf_str(&plain)));
        buf_done(&plain);
        buf_done(&packed);
        arena_done(&a);
    }
    packer_free(packers[0]);
    packer_free(packers[1]);
}

/* Streams of every level, so with one block or many, and of all three kinds; the short way and the
 * long one must find the same end, which a second stream behind it shows. */
TEST(piece_streams_can_be_continued_wherever_they_end) {
    uint64_t state = test_seed();
    static unsigned char packed[1000000];
    for (int round = 0; round < 240; round++) {
        struct arena a = { 0 };
        struct str text = make_text(&a, &state);
        size_t len;
        if (round % 2) {
            struct libdeflate_compressor *c = libdeflate_alloc_compressor(round / 2 % 13);
            len = libdeflate_deflate_compress(c, text.ptr, text.len, packed, sizeof packed);
            libdeflate_free_compressor(c);
        } else {
            z_stream z = { .next_in = (Bytef *)(uintptr_t)text.ptr,
                           .avail_in = (uInt)text.len,
                           .next_out = packed,
                           .avail_out = sizeof packed };
            int strategy = round % 3 == 0   ? Z_FIXED
                           : round % 3 == 1 ? Z_HUFFMAN_ONLY
                                            : Z_DEFAULT_STRATEGY;
            check(deflateInit2(&z, round / 2 % 10, Z_DEFLATED, -15, 8, strategy) == Z_OK);
            check(deflate(&z, Z_FINISH) == Z_STREAM_END);
            len = z.total_out;
            deflateEnd(&z);
        }
        check(len > 0);
        len = open_end(packed, len);
        packed[len++] = 3; /* an empty final block */
        packed[len++] = 0;
        char *plain = arena_alloc(&a, text.len + 1);
        size_t plain_len, used;
        struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
        CHECK_INT(libdeflate_deflate_decompress_ex(d, packed, len, plain, text.len + 1, &used,
                                                   &plain_len),
                  LIBDEFLATE_SUCCESS);
        libdeflate_free_decompressor(d);
        CHECK_INT(used, len);
        CHECK(str_eq(str_make(plain, plain_len), text));
        arena_done(&a);
    }
}
