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
    int64_t number;
    bool is_number; /* `text` is how it is written; NULL: in ASCII digits */
};

/* What a translation lacks, measured against the wording that it translates. */
enum phrases_fault {
    PHRASES_MISSING,       /* a key */
    PHRASES_UNKNOWN,       /* a key that the model does not have */
    PHRASES_NO_FORM,       /* a plural category that the language has */
    PHRASES_NEEDLESS_FORM, /* one that it does not have */
    PHRASES_NO_NAME,       /* a {name} that the model shows */
    PHRASES_UNKNOWN_NAME,  /* one that it does not */
    PHRASES_MARKUP,        /* '<', or a character reference: wording is plain text */
};
/* detail: the category or the name. */
typedef void phrases_say_fn(void *ctx, enum phrases_fault fault, struct str key, struct str detail);

/* A form of which the language has no more than one number ("one" in English, "two" in Arabic) may
 * leave the number out. */
void phrases_check(const struct phrases *p, const struct phrases *model, phrases_say_fn *say,
                   void *ctx);

bool phrases_has(const struct phrases *p, struct str key);

/* The wording with its {names} replaced; a name without argument stays as it is, an unknown key
 * gives the key. The plural follows the number named "n", else the first number. A text that runs
 * in the other direction than the language is isolated (U+2068, U+2069). Plain text: the caller
 * escapes it. Several threads at once. */
struct str phrases_format(const struct phrases *p, struct arena *a, struct str key,
                          const struct phrase_arg *args, size_t n);

#endif
