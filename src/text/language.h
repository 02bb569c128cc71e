/* What a language does with numbers, names and order (ICU). Dates are in text/date.h, wording in
 * text/phrases.h. */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include "base/arena.h"
#include "base/status.h"

/* The tools of one language; not for several threads at once. */
struct language;

/* tag: BCP 47. Errors: INVALID (no such language). */
NODISCARD enum status language_new(const char *tag, struct language **ret, struct err *err);
void language_free(struct language *l);

/* "12,345", "12.345", "12 345", "١٢٬٣٤٥": the language's digits and grouping. */
struct str language_number(struct language *l, struct arena *a, int64_t number);

/* What stands after each of `n` names where they are listed: ", ", ", ", " and ", "". No comma
 * before an English "and". It may depend on the names (Spanish: "y", but "e Inés"). */
void language_between(struct language *l, struct arena *a, const struct str *names, size_t n,
                      struct str *ret_between);

/* The order of a dictionary: below, equal to or above 0. */
int language_compare(struct language *l, struct str a, struct str b);

/* Which way a text reads by most of its letters: "rtl", "ltr"; empty: it has none. The first letter
 * alone would take a Hebrew headline that begins with a Latin name for a Latin one. */
struct str text_direction(struct str text);

#endif
