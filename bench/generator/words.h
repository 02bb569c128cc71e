/* Made-up words of a large language, and sentences of them. A word is its rank: 0 stands in nearly
 * every story, most of the million in hardly any (Zipf's law), as in real text, which is what a
 * search index feels. Some scripts have no spaces. */
#ifndef GENERATOR_WORDS_H
#define GENERATOR_WORDS_H

#include "base/buf.h"
#include "generator/chance.h"

enum { WORDS_ALL = 1000000, WORDS_TOPICS = 3000 };

enum script { SCRIPT_LATIN, SCRIPT_HAN, SCRIPT_THAI };

/* What a text is written of. */
struct writing {
    enum script script;
    size_t topic;   /* below WORDS_TOPICS: it has 300 words of its own */
    double topical; /* the share of the topic's words */
};

/* One word. Common ones are short. */
void words_put(struct buf *out, enum script script, size_t rank);
/* The same in Latin letters, beginning with a capital. */
void words_put_name(struct buf *out, size_t rank);
/* n words in Latin letters, by Zipf's law between two shares (chance_zipf). */
void words_put_some(struct buf *out, struct chance *c, size_t n, double from, double to);
/* n words of any rank, some of the topic. */
void words_put_text(struct buf *out, struct chance *c, const struct writing *w, size_t n);
/* The same as sentences of 8 to 24 words. */
void words_put_sentences(struct buf *out, struct chance *c, const struct writing *w, size_t n);

#endif
