/* A theme's wording: a JSON object of key -> "Latest from {section}", or of key -> an object of
 * plural forms {"one": "{n} min read", "other": "{n} mins read"} whose categories (zero, one, two,
 * few, many, other) are the locale's (Unicode CLDR, through ICU). */
#ifndef TEXT_PHRASES_H
#define TEXT_PHRASES_H

#include "base/arena.h"
#include "base/status.h"

struct phrases;

/* file_name: for messages only. Errors: INVALID (with file and line: not such JSON, an unknown
 * category, no "other", a brace that is not closed). */
NODISCARD enum status phrases_parse(struct str json, const char *locale, struct str file_name,
                                    struct phrases **ret, struct err *err);
void phrases_free(struct phrases *p);

struct phrase_arg {
    struct str name;
    struct str text;
    int64_t number; /* written in ASCII digits */
    bool is_number;
};

bool phrases_has(const struct phrases *p, struct str key);

/* The wording with its {names} replaced; a name without argument stays as it is, an unknown key
 * gives the key. The plural follows the number named "n", else the first number. Plain text: the
 * caller escapes it. Several threads at once. */
struct str phrases_format(const struct phrases *p, struct arena *a, struct str key,
                          const struct phrase_arg *args, size_t n);

#endif
