/* A byte buffer that grows up to a limit and remembers its first failure.
 *
 * Appending returns nothing: after the first failure every further append is ignored, and the
 * caller looks at `status` once, at the end. A buffer is always given its limit. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/status.h"
#include "base/str.h"

#include <stdarg.h>

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;         /* never longer than this */
    enum status status; /* OK, TOO_LARGE or NO_MEMORY: the first failure */
};

/* Empty; allocates nothing until the first append. */
void buf_init(struct buf *b, size_t max_bytes);
/* Free the bytes; b may be zeroed or NULL. */
void buf_done(struct buf *b);
/* Empty, status OK, capacity kept. */
void buf_reset(struct buf *b);

void buf_put(struct buf *b, struct str s);
void buf_put_char(struct buf *b, char c);
void buf_put_u64(struct buf *b, uint64_t value);
void buf_put_i64(struct buf *b, int64_t value);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
/* Make room for `n` more bytes and return where they go (NULL on failure);
 * the caller adds what it wrote to len. */
char *buf_reserve(struct buf *b, size_t n);
/* Cut to `len`, which must not be more than the present length. */
void buf_truncate(struct buf *b, size_t len);

/* The bytes so far; valid until the next append. */
static inline struct str buf_str(const struct buf *b) {
    return (struct str){ b->len ? b->ptr : "", b->len };
}

/* The bytes as a NUL-terminated heap string that the caller frees; the buffer is empty afterwards.
 * NULL if the buffer failed. */
NODISCARD char *buf_take(struct buf *b, size_t *ret_len);

#endif
