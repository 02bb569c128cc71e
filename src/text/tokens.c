/* Folding, and why scripts without spaces are cut into pairs.
 *
 * ICU's dictionaries cut such a text into words, but where depends on what stands around: of
 * 北京大学生 ("students of Peking University", or "university students of Beijing") one query is a
 * word here and half a word there, and is not found. Besides, a new ICU brings new dictionaries,
 * and what a story gave to the index would no longer be what must be taken out of it. Pairs depend
 * on the text alone, and the phrase of a query's pairs occurs exactly where the query does. The
 * price is an index of these texts about a third larger.
 *
 * Folding takes a character apart by Unicode's compatibility decomposition and drops those of its
 * marks that are accents: combining class 7 (nukta), 10-36 (points of Hebrew, Arabic, Syriac) and
 * from 200 (accents above and below). Others are letters in all but name: class 0 and 9 (vowel
 * signs and virama of the scripts of India), 8 (voicing of kana), 103-132 (tones of Thai and Lao).
 */
#include "text/tokens.h"

#include "text/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

enum { FOLDING_VERSION = 1 }; /* raise it with every change of what comes out */

int tokens_version(void) {
    UVersionInfo unicode;
    u_getUnicodeVersion(unicode);
    return FOLDING_VERSION * 10000 + unicode[0] * 100 + unicode[1];
}

/* ---- characters ---- */

static bool is_word(uint32_t c) {
    const uint32_t wanted = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
    return c < 0x80 ? char_is_alnum((char)c) : (U_GET_GC_MASK((UChar32)c) & wanted) != 0;
}

/* Stand within words and say nothing: soft hyphen, joiners, tatweel, variation selectors. */
static bool is_silent(uint32_t c) {
    return c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x640 || c == 0x2060 ||
           (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

static bool is_unspaced(uint32_t c) {
    if (c < 0xe00) {
        return false;
    }
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return true;
    default: return c == 0x30fc; /* the mark of long vowels, which belongs to both kana */
    }
}

static bool is_accent(uint32_t c) {
    uint8_t class = u_getCombiningClass((UChar32)c);
    return class == 7 || (class >= 10 && class <= 36) || class >= 200;
}

/* Letters that differ from others by a stroke or a habit, which no decomposition tells. */
static const struct {
    uint32_t c;
    struct str as;
} alike[] = {
    { 0xdf, STR_INIT("ss") },  { 0xe6, STR_INIT("ae") }, { 0xf0, STR_INIT("d") },
    { 0xf8, STR_INIT("o") },   { 0xfe, STR_INIT("th") }, { 0x111, STR_INIT("d") },
    { 0x127, STR_INIT("h") },  { 0x131, STR_INIT("i") }, { 0x142, STR_INIT("l") },
    { 0x153, STR_INIT("oe") }, { 0x167, STR_INIT("t") }, { 0x3c2, STR_INIT("σ") },
    { 0x629, STR_INIT("ه") },  { 0x649, STR_INIT("ي") }, { 0x6a9, STR_INIT("ك") },
    { 0x6cc, STR_INIT("ي") },
};

static void put_lower(struct buf *out, uint32_t c) {
    c = (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
    for (size_t i = 0; i < COUNT_OF(alike) && alike[i].c <= c; i++) {
        if (alike[i].c == c) {
            buf_put(out, alike[i].as);
            return;
        }
    }
    utf8_put(out, c);
}

/* One character, folded; nothing for an accent. */
static void put_folded(struct buf *out, uint32_t c) {
    if (c < 0x80) {
        buf_put_char(out, char_lower((char)c));
        return;
    }
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[32];
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    /* Kana keep their voicing, Hangul its syllables. */
    bool whole = is_unspaced(c) || (c >= 0xac00 && c <= 0xd7a3) || U_FAILURE(status);
    int32_t len =
        whole ? -1 : unorm2_getDecomposition(nfkd, (UChar32)c, parts, COUNT_OF(parts), &status);
    if (len < 0 || U_FAILURE(status)) {
        if (whole || !is_accent(c)) {
            put_lower(out, c);
        }
        return;
    }
    for (int32_t i = 0; i < len;) {
        UChar32 part;
        U16_NEXT(parts, i, len, part);
        if (is_word((uint32_t)part) && !is_accent((uint32_t)part)) {
            put_lower(out, (uint32_t)part);
        }
    }
}

/* ---- tokens ---- */

void token_reader_init(struct token_reader *r, struct str text) {
    *r = (struct token_reader){ .rest = text };
}

/* Behind what is silent or an accent after `at`: it belongs to the character before. */
static size_t skip_marks(struct str s, size_t at) {
    while (at < s.len) {
        size_t next = at;
        uint32_t c = utf8_next(s, &next);
        if (c < 0x80 || (!is_silent(c) && !(is_word(c) && is_accent(c)))) {
            break;
        }
        at = next;
    }
    return at;
}

/* The pair that begins with the character [begin, end). */
static void read_pair(struct token_reader *r, struct buf *out, size_t begin, size_t end,
                      struct token *ret) {
    size_t next = skip_marks(r->rest, end), after = next;
    uint32_t second = next < r->rest.len ? utf8_next(r->rest, &after) : 0;
    bool more = is_unspaced(second) && is_word(second);
    if (more) {
        put_folded(out, second);
    }
    *ret = (struct token){ .from = begin,
                           .to = more ? after : end,
                           .middle = end,
                           .is_pair = true,
                           .is_last = !more,
                           .joins = r->joins };
    r->at = next;
}

static void read_word(struct token_reader *r, struct buf *out, size_t begin, struct token *ret) {
    struct str s = r->rest;
    size_t end = r->at;
    while (end < s.len) {
        size_t next = end;
        uint32_t c = utf8_next(s, &next);
        if (!is_silent(c)) {
            if (!is_word(c) || is_unspaced(c)) {
                break;
            }
            if (out->len < TOKEN_BYTES_MAX) {
                put_folded(out, c);
            }
        }
        end = next;
    }
    *ret = (struct token){ .from = begin, .to = end, .joins = r->joins };
    r->at = end;
}

bool token_next(struct token_reader *r, struct token *ret) {
    struct str s = r->rest;
    while (r->at < s.len) {
        size_t begin = r->at;
        uint32_t c = utf8_next(s, &r->at);
        if (is_silent(c)) {
            continue;
        }
        if (!is_word(c)) {
            r->joins = false;
            continue;
        }
        /* Never grows: the buffer is the reader's own. */
        struct buf out = { .ptr = r->folded, .cap = sizeof r->folded, .max = sizeof r->folded };
        put_folded(&out, c);
        if (is_unspaced(c)) {
            read_pair(r, &out, begin, r->at, ret);
        } else {
            read_word(r, &out, begin, ret);
        }
        r->joins = true;
        ret->text = utf8_prefix(str_make(r->folded, out.len), TOKEN_BYTES_MAX);
        if (ret->text.len > 0) { /* not accents alone */
            return true;
        }
    }
    return false;
}

void tokens_put(struct buf *out, struct str text) {
    struct token_reader r;
    struct token token;
    token_reader_init(&r, text);
    while (token_next(&r, &token)) {
        if (out->len > 0) {
            buf_put_char(out, ' ');
        }
        buf_put(out, token.text);
    }
}
