/* UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include "base/arena.h"
#include "base/buf.h"

#define UTF8_REPLACEMENT 0xfffdu

bool utf8_valid(struct str s);

/* How many bytes at the beginning are ASCII without controls other than \t and \n. */
size_t utf8_ascii_prefix(struct str s);

/* The code point at *at, which must be below s.len; *at moves behind it. A byte that begins no
 * valid sequence gives U+FFFD and is skipped alone. */
uint32_t utf8_next(struct str s, size_t *at);

/* Append a code point; what is none (surrogates, above U+10FFFF) becomes U+FFFD. */
void utf8_put(struct buf *b, uint32_t c);

/* A valid copy: each bad byte becomes U+FFFD, C0 controls except \t \n \r are dropped.
 * Borrows `s` itself when there is nothing to change. */
struct str utf8_clean(struct arena *a, struct str s);

/* The longest prefix of at most `max_bytes` that does not cut a sequence. */
struct str utf8_prefix(struct str s, size_t max_bytes);

/* Unicode's White_Space property. */
bool utf8_is_space(uint32_t c);

#endif
