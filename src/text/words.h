/* Words of plain text: excerpts and reading time. A word is what stands between white space
 * (Unicode's); where that has letters of a script written without spaces (Han, Kana, Thai, Lao,
 * Khmer, Burmese), the words that ICU finds in it. */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/arena.h"

/* The first `n` words, as they stand but for white space, which becomes single spaces; nothing is
 * added, and there are fewer when the text has fewer. What closes a sentence or a quotation stays
 * with its word. */
struct str words_first(struct arena *a, struct str text, size_t n);

/* The same, and whether there are more. */
struct str words_cut(struct arena *a, struct str text, size_t n, bool *ret_more);

/* It ends with what ends a sentence in some script (Unicode's Sentence_Terminal), closing marks
 * aside. */
bool words_end_sentence(struct str text);

/* It ends in Han, Kana or the punctuation that goes with them: what follows joins without a blank.
 */
bool words_end_joined(struct str text);

/* How many there are. locale: for the segmentation. */
size_t words_count(struct str text, const char *locale);

/* words / words_per_minute rounded up, at least 1; a speed of 0 counts as 200. */
unsigned reading_minutes(size_t words, unsigned words_per_minute);

#endif
