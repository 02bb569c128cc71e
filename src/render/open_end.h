/* A raw deflate stream (RFC 1951) made to be continued: its final block is final no more, and an
 * empty stored block brings it to a byte boundary. What follows may be any other such stream, since
 * none refers back out of itself. libdeflate, which packs twice as fast and tighter than zlib,
 * cannot end a stream like that, and does not say at which bit its last block begins or ends. */
#ifndef RENDER_OPEN_END_H
#define RENDER_OPEN_END_H

#include "base/attr.h"

#include <stddef.h>

#define OPEN_END_BYTES 5 /* at most so many more */

/* `packed` is a whole stream of `len` bytes with room for OPEN_END_BYTES more. Returns the new
 * length. Aborts if it is no deflate stream. */
size_t open_end(unsigned char *packed, size_t len);

#endif
