/* Words of plain text: excerpts and reading time. White space is Unicode's. */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/arena.h"

/* The first `n` words, split at white space and joined by single spaces; nothing is added, and
 * there are fewer when the text has fewer. */
struct str words_first(struct arena *a, struct str text, size_t n);

/* How many words a reader reads: what stands between white space; where that is in a script written
 * without spaces (Han, Kana, Thai, Lao, Khmer, Burmese), ICU's word segmentation for `locale`. */
size_t words_count(struct str text, const char *locale);

/* words / words_per_minute rounded up, at least 1; a speed of 0 counts as 200. */
unsigned reading_minutes(size_t words, unsigned words_per_minute);

#endif
