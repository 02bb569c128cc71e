/* What is shown of a text that a search has found: its words marked, and the part of it that has
 * most of them. The results are safe HTML: the text escaped, the words in <mark>. */
#ifndef TEXT_SEARCH_PASSAGE_H
#define TEXT_SEARCH_PASSAGE_H

#include "text/html.h"
#include "text/search_query.h"

/* The whole text. */
struct html search_mark(struct arena *a, const struct search_query *q, struct str text);

/* About `words` words around the words that are looked for, the first part that has most of them;
 * the text's beginning when it has none. White space is collapsed; an ellipsis stands where it was
 * cut. */
struct html search_passage(struct arena *a, const struct search_query *q, struct str text,
                           size_t words);

#endif
