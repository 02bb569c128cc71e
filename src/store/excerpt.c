#include "store/internal.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "text/words.h"

/* Of a body, the first time: a few paragraphs have the words. */
enum { BEGIN_BYTES = 600 };

/* The body up to the end of the paragraph in which this many bytes are reached. Its text is where
 * the whole text begins, and ends with a whole word. */
static struct html beginning(struct html body, size_t len) {
    size_t end = len < body.raw.len ? str_find(body.raw, STR("</p>"), len) : STR_NPOS;
    return (struct html){ str_slice(body.raw, 0, end == STR_NPOS ? end : end + 4) };
}

struct str store_excerpt(struct arena *a, struct str standfirst, struct html body) {
    standfirst = str_trim(standfirst);
    const char *blank = words_end_joined(standfirst) ? "" : " ";
    for (size_t len = BEGIN_BYTES;; len *= 8) {
        struct html begin = beginning(body, len);
        /* As text: a card's own words are other stories', and captions are no prose. */
        struct str text = html_text(a, begin);
        text = arena_printf(a, "%.*s%s%.*s", STR_FMT(standfirst), blank, STR_FMT(text));
        bool more;
        struct str words = words_cut(a, text, STORE_EXCERPT_WORDS, &more);
        if (more || begin.raw.len == body.raw.len) {
            return utf8_prefix(words, LIMIT_EXCERPT_BYTES);
        }
    }
}
