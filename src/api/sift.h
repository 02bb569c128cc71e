/* Few things, brought into an order and cut into pages in memory: what no list and no roll has
 * ready.
 *
 * "Few" is LIMIT_API_WALK: what would have to look at more is refused (api_too_broad), so that no
 * call costs more on a large archive than on a small one. */
#ifndef API_SIFT_H
#define API_SIFT_H

#include "api/call.h"

struct sift_row {
    int64_t id;
    int64_t number;  /* what they are ordered by; of equals, */
    struct str text; /* by this, without regard to the case of letters; then by id */
};
struct sift {
    struct sift_row *ptr;
    size_t len, cap;
};

/* Doubles are left out by sift_order. */
void sift_add(struct arena *a, struct sift *s, struct sift_row row);
void sift_order(struct sift *s, bool descending);

/* What of a list is asked for, by `offset` or by `page`. */
struct window {
    int64_t offset, n;
};
struct window api_window(const struct api_call *call);
/* So many things in all: says so in the answer; false: the page is past the last, and that is the
 * answer (400). */
bool api_total(struct api_answer *answer, int64_t total);
/* The page of the sifted. */
struct ids sift_page(struct api_answer *answer, const struct sift *s);

/* 400 rest_too_broad; remedy: what to ask for instead. Returns OK. */
enum status api_too_broad(struct api_answer *answer, const char *remedy);

/* ---- for filters ---- */

/* No ids: any. */
bool sift_wants(struct ids ids, int64_t id);
/* Where it stands among the ids; their number if nowhere. */
int64_t sift_place(struct ids ids, int64_t id);
int64_t sift_word_place(struct words words, struct str word);
bool api_is(const struct api_call *call, const char *name, const char *value);
bool api_descends(const struct api_call *call);

#endif
