/* Slugs: the last part of a story's address, made from its headline. */
#ifndef TEXT_SLUG_H
#define TEXT_SLUG_H

#include "base/arena.h"

/* Lower-case letters and digits, words joined by '-', apostrophes left out ("don't" -> "dont"), at
 * most LIMIT_SLUG_BYTES, cut at a word where there is one; never empty ("story").
 * keep_script: keep letters of every script (UTF-8, not percent-encoded); else transliterate to
 * ASCII by ICU's "Any-Latin; Latin-ASCII". Several threads at once. */
struct str slug_make(struct arena *a, struct str text, bool keep_script);

#endif
