/* A plain reading of a body's first words, until text/words.h has landed. */
#include "store/internal.h"

#include "base/buf.h"

struct str excerpt_make(struct arena *a, struct str standfirst, struct html body) {
    struct buf out;
    buf_init(&out, SIZE_MAX);
    size_t words = 0;
    struct str parts[2] = { standfirst, body.raw };
    for (size_t p = 0; p < 2; p++) {
        bool in_tag = false, in_word = false;
        for (size_t i = 0; i < parts[p].len; i++) {
            char ch = parts[p].ptr[i];
            bool was_tag = in_tag;
            if (p == 1 && (ch == '<' || ch == '>')) {
                in_tag = ch == '<';
            }
            if (in_tag || was_tag || char_is_space(ch)) {
                in_word = false;
                continue;
            }
            if (!in_word) {
                if (words == STORE_EXCERPT_WORDS) {
                    break;
                }
                if (words++ > 0) {
                    buf_put_char(&out, ' ');
                }
                in_word = true;
            }
            buf_put_char(&out, ch);
        }
    }
    struct str excerpt = arena_str(a, buf_str(&out));
    buf_done(&out);
    return excerpt;
}
