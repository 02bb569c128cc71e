/* The template language: Handlebars, compiled against the types of what it shows.
 *
 * A theme is a set of named templates compiled together. Each entry (a template that is run by
 * itself) is checked against the type of its root: an unknown name, helper or partial is an error
 * with file, line, column and the nearest known name, found here and not at a reader's request.
 * What a template means is what handlebars.js 4.7 makes of it; two rules come on top where types
 * are known: {{{raw}}} takes safe HTML only, and a list or an object cannot be printed.
 *
 * A theme does not change after compiling: any number of threads run its templates at once. */
#ifndef RENDER_TEMPLATE_H
#define RENDER_TEMPLATE_H

#include "base/arena.h"
#include "render/value.h"

struct theme;

struct template_source {
    struct str name; /* "story", "partials/card"; {{> card}} finds "card", then "partials/card" */
    struct str text; /* UTF-8 */
    struct str file; /* for messages: "themes/x/story.hbs"; empty: the name */
};

/* A template that is run by itself, and what it is run on. */
struct template_entry {
    const char *name;
    const struct type *root; /* &type_any: a json_t, nothing is checked */
    bool no_fragments;       /* it is a fragment, or stands inside one: it includes none */
};

/* Helpers ------------------------------------------------------------------------------------ */

struct template_call {
    const struct value *args; /* those written, in order */
    size_t args_len;
    const struct overlay_entry *named; /* those written, in order */
    size_t named_len;
    struct arena *arena; /* lives until the run is over */
    /* A helper that returns STR or HTML writes it here: STR is escaped where it is printed. The
     * others set `result`. */
    struct buf *out;
    struct value result;
};

/* ctx: what template_run was given. */
typedef enum status helper_fn(void *ctx, struct template_call *call, struct err *err);

struct helper_arg {
    const char *name;
    enum value_kind kind;    /* VALUE_ANY: whatever comes. INT takes FLOAT, and the other way;
                              * an absent value is passed for any kind */
    const struct type *type; /* of an OBJECT or of a LIST's items; NULL: any */
};

#define HELPER_ARGS_MAX 8

struct helper {
    const char *name;
    helper_fn *run;
    enum value_kind returns; /* STR, HTML, BOOL, INT, FLOAT, or ANY for a value that was passed */
    struct helper_arg args[HELPER_ARGS_MAX];
    size_t args_min; /* how many of args must be written */
    struct helper_arg named[HELPER_ARGS_MAX];
    bool named_open; /* takes any other named argument, too */
};

/* The positional argument, or NONE. */
struct value template_arg(const struct template_call *call, size_t at);
/* The named argument, or NONE. */
struct value template_named(const struct template_call *call, const char *name);

/* What {{fragment "name" …}} may name. Each parameter must be given. */
struct template_fragment {
    const char *name;
    struct helper_arg params[HELPER_ARGS_MAX];
};

/* Themes ------------------------------------------------------------------------------------- */

/* What templates are compiled against. Each list ends with a NULL name. All of it, and the types,
 * must outlive the theme. */
struct template_rules {
    const struct template_entry *entries;
    const struct helper *helpers;              /* NULL: none */
    const struct template_fragment *fragments; /* NULL: any; else a kind must be written out */
};

/* The sources are copied. Errors: INVALID ("file:line:column: …"), TOO_LARGE. */
NODISCARD enum status theme_compile(const struct template_source *sources, size_t sources_len,
                                    const struct template_rules *rules, struct theme **ret_theme,
                                    struct err *err);

/* message: as theme_compile's errors. is_syntax: nothing else in that file was looked at. */
typedef void theme_fault_fn(void *ctx, bool is_syntax, const char *message);
/* Say all that theme_compile would refuse and not only the first of it, up to LIMIT_THEME_FAULTS.
 * What stands in a partial is said once for each way to it. */
void theme_check(const struct template_source *sources, size_t sources_len,
                 const struct template_rules *rules, theme_fault_fn *say, void *ctx);
void theme_free(struct theme *theme);

/* The number to run a template by, or -1. */
int theme_find(const struct theme *theme, struct str name);

/* What a template's source calls by a name that is written out. */
enum template_mention {
    MENTION_ARGUMENT, /* {{t "latest"}}, (t "latest"): helper "t", name "latest" */
    MENTION_PARTIAL,  /* {{> card}}, {{#> "card"}}: name "card" */
};
/* place: "line:column". */
typedef void template_mention_fn(void *ctx, enum template_mention kind, struct str helper,
                                 struct str name, const char *place);
/* Up to the first fault of the source, if it has one. */
void template_mentions(struct str source, template_mention_fn *say, void *ctx);

/* What a template's source is made of. */
enum template_piece {
    PIECE_TEXT,
    PIECE_VALUE,     /* {{x}} */
    PIECE_RAW_VALUE, /* {{{x}}}, {{&x}} */
    PIECE_OTHER,     /* blocks, partials, fragments, comments */
};
typedef void template_piece_fn(void *ctx, enum template_piece piece, size_t from, size_t to);
/* All of it in order, up to the first fault; byte offsets. */
void template_pieces(struct str source, template_piece_fn *say, void *ctx);

/* Running ------------------------------------------------------------------------------------ */

struct fragment_param {
    struct str name;
    struct value value; /* NONE, BOOL, INT, FLOAT, STR or NULL */
};

/* Where a run writes. */
struct template_sink {
    struct buf *out; /* its max is the limit of the output */
    /* {{fragment "latest" section=7}}: a fragment stands here, after the bytes that are in `out`
     * now; the parameters are in the order written and live during the call. */
    void (*fragment)(void *ctx, struct str kind, const struct fragment_param *params,
                     size_t params_len);
    void *ctx;        /* of fragment */
    size_t steps_max; /* operations; 0: LIMIT_RENDER_STEPS */
};

/* Run an entry on a struct of its root type (type_any: a json_t; NULL: undefined).
 * Errors: INVALID (a helper's or a template's mistake, with its place), TOO_LARGE, NO_MEMORY, and
 * what a helper returns. What was written before an error is still in the sink. */
NODISCARD enum status template_run(const struct theme *theme, int template, const void *root,
                                   void *helper_ctx, struct template_sink *sink, struct err *err);

#endif
