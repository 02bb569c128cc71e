/* Slugs: the last part of a story's address, made from its headline. */
#ifndef TEXT_SLUG_H
#define TEXT_SLUG_H

#include "base/arena.h"

/* How a site makes them. */
struct slug_style {
    bool keep_script; /* letters of every script stay (UTF-8, not percent-encoded); else ASCII */
    const char *language; /* BCP 47, NULL: none in particular. German umlauts become ae, oe, ue */
};

/* Lower-case letters and digits, words joined by '-', apostrophes left out ("don't" -> "dont"), at
 * most LIMIT_SLUG_BYTES, cut at a word where there is one and never within a character; never empty
 * ("story"). ASCII is made by ICU's "Any-Latin; Latin-ASCII": Chinese becomes pinyin. Several
 * threads at once. */
struct str slug_make(struct arena *a, struct str text, struct slug_style style);

#endif
