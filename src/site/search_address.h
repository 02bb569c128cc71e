/* What a reader asks of the search, and the address that says so:
 *
 *   /search/?q=late+ferry&section=3&author=7&from=2022-03-01&to=2022-03-31&sort=newest&page=2
 *
 * q: the words (text/search_query.h); section, author: ids; from, to: days, both included; sort:
 * "best" or "newest"; page: from 1. All may be missing or empty. An ask has one spelling: the
 * parameters in this order, without those that say nothing. It is the page's key. */
#ifndef SITE_SEARCH_ADDRESS_H
#define SITE_SEARCH_ADDRESS_H

#include "base/arena.h"

#define SEARCH_PATH STR("/search/")

struct search_ask {
    struct str words;              /* valid UTF-8, white space collapsed */
    int64_t section_id, author_id; /* 0: any */
    int from, to;                  /* 20220314; 0: not said; from is not after to */
    bool newest_first;
    int64_t number; /* of the page; one above LIMIT_SEARCH_PAGES stands for all that are none */
};

/* From a query string, as a browser's form sends it. False: a date that is none. */
NODISCARD bool search_ask_read(struct arena *a, struct str query, struct search_ask *ret);
/* From WordPress's "/?s=late+ferry&paged=2". False: no such query. */
NODISCARD bool search_ask_read_wordpress(struct arena *a, struct str query, struct search_ask *ret);
/* From the words alone. */
struct search_ask search_ask_words(struct arena *a, struct str typed);

/* "/search/?q=…" */
struct str search_ask_path(struct arena *a, const struct search_ask *ask);
/* Of such an address. False: another one, or none that search_ask_path makes. */
NODISCARD bool search_ask_of_key(struct arena *a, struct str key, struct search_ask *ret);

/* Besides words and order: section, author or dates. */
bool search_ask_is_narrowed(const struct search_ask *ask);

/* "2022-03-14"; empty for 0. */
struct str search_day(struct arena *a, int day);

#endif
