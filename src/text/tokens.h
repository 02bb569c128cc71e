/* The words of a text as search sees them, the same for what is indexed and for what is asked.
 *
 * A token is a run of letters, digits and marks, folded: lower case, without diacritics, ligatures
 * and width taken apart ("Ærøskøbing" is "aeroskobing", "ﬁ" is "fi"). Marks that carry sound stay
 * (the vowel signs of Hindi, of Thai). In scripts without spaces (Han, Kana, Thai, Lao, Khmer,
 * Burmese) the tokens are all pairs of neighbouring characters, and the last character alone; so a
 * part of such a text is found as the phrase of its pairs, whatever the words around it are.
 * tokens.c says why pairs. */
#ifndef TEXT_TOKENS_H
#define TEXT_TOKENS_H

#include "base/arena.h"
#include "base/buf.h"

enum { TOKEN_BYTES_MAX = 64 }; /* what is longer is cut */

/* Another number when the same text may give other tokens than before, by a change here or by
 * another version of Unicode: indexes are made anew then. */
int tokens_version(void);

struct token {
    struct str text; /* folded; until the next token is read */
    size_t from, to; /* where it stands in the text */
    size_t middle;
    bool is_pair; /* of a script without spaces */
    bool is_last; /* the last character of such a run, alone */
    bool joins;   /* nothing but this token's own characters since the last one: one word */
};

struct token_reader {
    struct str rest;
    size_t at;
    bool joins;
    char folded[TOKEN_BYTES_MAX + 16];
};

/* Borrows the text. */
void token_reader_init(struct token_reader *r, struct str text);
/* False at the end. */
bool token_next(struct token_reader *r, struct token *ret);

/* Append all tokens of a text, each with one blank before it if the buffer is not empty. */
void tokens_put(struct buf *out, struct str text);

#endif
