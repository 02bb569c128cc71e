/* What a caller says to a route: its arguments, checked and brought into one spelling.
 *
 * Lists come as "3,7", as "x[]=3&x[]=7" or as "x[0]=3&x[1]=7". Of several values for one argument
 * the last counts, as in PHP; names that a route does not declare are ignored, as WordPress does.
 * Pure functions: nothing is looked up. */
#ifndef API_ARGS_H
#define API_ARGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/model.h"

enum arg_kind {
    ARG_INTEGER, /* min to max */
    ARG_BOOLEAN, /* true, false, 1, 0 */
    ARG_TEXT,
    ARG_CHOICE,  /* one of `choices`, "date|id|title" */
    ARG_TIME,    /* ISO 8601; with an offset or in the site's time zone */
    ARG_IDS,     /* numbers */
    ARG_CHOICES, /* several of `choices` */
    ARG_WORDS,   /* slugs, names of fields */
};

struct arg_def {
    const char *name;
    enum arg_kind kind;
    int64_t min, max; /* of an integer; max 0: no bounds */
    const char *choices;
    const char *fallback; /* NULL: none */
    const char *meaning;  /* one line, for people */
    bool is_required;
};

struct words {
    const struct str *ptr;
    size_t len;
};

struct arg {
    bool is_given; /* by the caller, not by the fallback */
    int64_t n;     /* integer, boolean (0, 1); index of a choice */
    struct str text;
    struct ids ids;
    struct words words;
};

/* Why a value cannot be taken. */
struct arg_fault {
    const char *name;
    const char *code; /* "rest_invalid_type", "rest_out_of_bounds", "rest_not_in_enum"; "": it is
                       * missing */
    struct str message;
};
struct arg_faults {
    const struct arg_fault *ptr;
    size_t len;
};

/* Read the arguments that `defs` names out of a query string or a form's body into ret[n].
 * False: some cannot be taken; *ret_faults says which, each once. Strings live in `a`. */
NODISCARD bool args_read(struct arena *a, const struct arg_def *defs, size_t n, struct str query,
                         struct arg *ret, struct arg_faults *ret_faults);

/* The query string that says the same in one spelling: in the order of the definitions, without
 * what is not given or says what the fallback says. */
void args_spell(const struct arg_def *defs, size_t n, const struct arg *args, struct buf *out);

#endif
