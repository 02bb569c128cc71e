#include "store/internal.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "text/words.h"

struct str excerpt_make(struct arena *a, struct str standfirst, struct html body) {
    /* As text: a card's own words are other stories', and captions are no prose. */
    struct str text = html_text(a, body);
    text = arena_printf(a, "%.*s%s%.*s", STR_FMT(str_trim(standfirst)),
                        words_end_joined(str_trim(standfirst)) ? "" : " ", STR_FMT(text));
    return utf8_prefix(words_first(a, text, STORE_EXCERPT_WORDS), LIMIT_EXCERPT_BYTES);
}
