/* Gutenberg's block comments: <!-- wp:name {json} --> … <!-- /wp:name -->, <!-- wp:name {json}
 * /-->. Names without a namespace are WordPress's own. */
#ifndef TRANSFER_WP_BLOCKS_H
#define TRANSFER_WP_BLOCKS_H

#include "base/arena.h"

struct wp_block {
    size_t begin, end; /* of the comment in the text */
    struct str name;   /* "paragraph", "uagb/section"; without "core/" */
    struct str json;   /* "{…}" or empty */
    bool closer;
    bool is_void;
};

/* The next block comment at or after `from`; false: none. */
bool wp_block_next(struct str text, size_t from, struct wp_block *ret);

/* Where the closer of `open` begins, looking at `max_bytes` of the text at most; STR_NPOS: not
 * found. *ret_end: behind the closer. */
size_t wp_block_close(struct str text, const struct wp_block *open, size_t max_bytes,
                      size_t *ret_end);

/* A string, a number as text or a list of numbers ("1,2") of the block's JSON; ptr NULL if there is
 * none. */
struct str wp_block_attr(struct arena *a, const struct wp_block *block, const char *key);

#endif
