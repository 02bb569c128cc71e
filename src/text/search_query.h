/* What a reader typed into the search field, read as words.
 *
 *   ferry mayor      stories with both
 *   "late ferry"     these words in this order; curly and angled quotes count, too
 *   harb*            words that begin so
 *   -fog             not this word (or "this phrase")
 *   ferry OR bus     either
 *
 * Whatever else is typed is separators: every text is a query. Words are tokens (text/tokens.h);
 * one that falls into several ("well-known", 北京大学) is their phrase. */
#ifndef TEXT_SEARCH_QUERY_H
#define TEXT_SEARCH_QUERY_H

#include "base/arena.h"

struct search_phrase {
    const struct str *tokens; /* at least one */
    size_t len;
    bool is_prefix; /* words that begin with the last token */
};

/* One of its phrases must occur; none of them if it is negative. */
struct search_group {
    const struct search_phrase *any;
    size_t len;
    bool is_negative;
};

struct search_query {
    const struct search_group *groups; /* those that must occur first */
    size_t len;
    size_t positive; /* how many must occur; 0: nothing can be found */
    struct str
        text; /* all tokens, separated by blanks: what a headline's tokens are compared with */
};

/* Of a longer query the first LIMIT_SEARCH_BYTES count, and of those LIMIT_SEARCH_TOKENS tokens. */
void search_query_parse(struct arena *a, struct str typed, struct search_query *ret);

/* The parts of a text that the query's words are: [from, to) in order, not overlapping. */
struct search_span {
    size_t from, to;
    uint64_t groups; /* which groups these are: a bit each */
};
struct search_spans {
    const struct search_span *ptr;
    size_t len;
};
/* At most `max` of them. */
struct search_spans search_query_find(struct arena *a, const struct search_query *q,
                                      struct str text, size_t max);

#endif
