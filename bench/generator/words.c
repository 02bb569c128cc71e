#include "generator/words.h"

#include "base/attr.h"

enum { TOPIC_WORDS = 300, HAN_CHARACTERS = 3000, THAI_CONSONANTS = 46 };

void words_put(struct buf *out, enum script script, size_t rank) {
    static const char *const syllables[] = {
        "the", "of",  "an",  "to",  "in",  "ka",  "lo",  "mi",  "ra",  "shu", "te",  "vo",
        "bel", "dor", "fin", "gar", "hin", "jul", "nes", "pol", "qui", "sta", "tur", "wen"
    };
    const size_t n = COUNT_OF(syllables);
    if (script == SCRIPT_LATIN) {
        do {
            buf_put(out, str_of(syllables[rank % n]));
            rank = rank / n;
        } while (rank-- > 0);
        return;
    }
    uint64_t h = chance_mix(rank + 1);
    for (size_t len = script == SCRIPT_HAN ? 2 : 3 + h % 3; len > 0; len--, h = chance_mix(h)) {
        uint32_t c = 0xe01 + (uint32_t)(h % THAI_CONSONANTS);
        if (script == SCRIPT_HAN) { /* some of the characters are common */
            c = 0x4e00 + (uint32_t)pow(HAN_CHARACTERS, (double)(h % 10000) / 10000) * 5;
        }
        const char bytes[] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
                               (char)(0x80 | (c & 63)) };
        buf_put(out, str_make(bytes, sizeof bytes));
    }
}

static void capital_at(struct buf *out, size_t at) {
    if (at < out->len && out->ptr[at] >= 'a' && out->ptr[at] <= 'z') {
        out->ptr[at] = (char)(out->ptr[at] - 'a' + 'A');
    }
}

void words_put_name(struct buf *out, size_t rank) {
    size_t at = out->len;
    words_put(out, SCRIPT_LATIN, rank);
    capital_at(out, at);
}

void words_put_some(struct buf *out, struct chance *c, size_t n, double from, double to) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            buf_put_char(out, ' ');
        }
        words_put(out, SCRIPT_LATIN, chance_zipf(c, WORDS_ALL, from, to));
    }
}

void words_put_text(struct buf *out, struct chance *c, const struct writing *w, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t rank;
        if (chance_share(c) < w->topical) {
            size_t own = chance_zipf(c, TOPIC_WORDS, 0, 1);
            rank = 200 + chance_mix(w->topic * TOPIC_WORDS + own) % 60000;
        } else {
            rank = chance_zipf(c, WORDS_ALL, 0, 1);
        }
        if (w->script == SCRIPT_LATIN && i > 0) {
            buf_put_char(out, ' ');
        }
        words_put(out, w->script, rank);
    }
}

void words_put_sentences(struct buf *out, struct chance *c, const struct writing *w, size_t n) {
    static const char *const ends[] = { ".", "。", "" };
    while (n > 0) {
        size_t words = 8 + chance_below(c, 17), at = out->len;
        if (words + 4 > n) {
            words = n;
        }
        words_put_text(out, c, w, words);
        capital_at(out, at);
        buf_put(out, str_of(ends[w->script]));
        n -= words;
        if (n > 0 && w->script != SCRIPT_HAN) {
            buf_put_char(out, ' ');
        }
    }
}
