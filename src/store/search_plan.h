/* From the words of a query to an expression for the full-text index, and how far it may be read.
 */
#ifndef STORE_SEARCH_PLAN_H
#define STORE_SEARCH_PLAN_H

#include "store/search.h"

/* One way in which a condition may be met: a word or a phrase. */
struct search_option {
    const struct str *tokens;
    size_t len;
    bool is_prefix;         /* words that begin with the last token */
    size_t rarest;          /* which of the tokens */
    double docs, headlines; /* in about how many that one occurs */
};

struct search_condition {
    const struct search_option *any;
    size_t len;
    bool is_negative;
    bool is_filing; /* a section, an author: counts for no score */
    double docs, headlines;
};

struct search_plan {
    struct search_condition *conditions; /* those of the query in its order, then filings */
    size_t len;
    size_t positive; /* words that must be met */
    size_t negative;
    double total; /* documents */
};

/* section_ids: any of them; none: all. */
void search_plan_make(struct sql *db, struct arena *a, const struct search_query *q,
                      struct ids section_ids, int64_t author_id, struct search_plan *ret);

/* Leave out the words that do not occur at all. */
void search_plan_keep_known(struct search_plan *plan, struct sql *db, struct arena *a);
/* Leave out all words but the n rarest. */
void search_plan_keep_rarest(struct search_plan *plan, size_t n);

enum search_where {
    SEARCH_ANYWHERE,
    SEARCH_HEADLINE, /* in the table of headlines: what must not occur is not seen */
    SEARCH_FILING,   /* there, too: sections and author only */
};
struct search_expression {
    struct str match;   /* empty: there is nothing of that kind to look for */
    struct str program; /* for search_weigh: which of the rows are meant */
    int64_t steps_max;  /* how many rows may be read */
};
void search_plan_express(const struct search_plan *plan, struct arena *a, enum search_where where,
                         struct search_expression *ret);

#endif
