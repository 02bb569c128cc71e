/* From the words of a query to expressions for the full-text index, and what they will cost. */
#ifndef STORE_SEARCH_PLAN_H
#define STORE_SEARCH_PLAN_H

#include "store/search.h"

/* One way in which a group may be met. */
struct search_option {
    struct str match;       /* in the index's language */
    struct str token;       /* of a single whole word; else empty */
    double docs, headlines; /* in about how many it occurs: its rarest token */
    size_t tokens;
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
    size_t positive, negative; /* of the query */
    double total;              /* documents */
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
    SEARCH_HEADLINE,        /* what must not occur left out */
    SEARCH_HEADLINE_PHRASE, /* two or more single words, side by side */
    SEARCH_FILING,          /* sections and author only */
};
struct search_expression {
    struct str match;   /* empty: there is nothing of that kind to look for */
    struct str weights; /* for search_score */
    double share;       /* of the archive, from its newest end, that may be read; 1: all */
};
void search_plan_express(const struct search_plan *plan, struct arena *a, enum search_where where,
                         struct search_expression *ret);

/* The first document of the newest `share` of all stories before to_us. */
int64_t search_plan_back(struct sql *db, int64_t to_us, double share);

#endif
