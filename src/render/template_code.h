/* A compiled theme. Private to the template modules.
 *
 * A program is a run of operations on a small stack of values; a block's inside is a program of its
 * own, since handlebars gives it a context, block parameters and inline partials of its own. All
 * tables belong to the theme, and an operation names what it needs by index. */
#ifndef RENDER_TEMPLATE_CODE_H
#define RENDER_TEMPLATE_CODE_H

#include "base/map.h"
#include "render/template.h"
#include "render/template_ast.h"
#include "text/nearest.h"

enum opcode {
    /* Expressions: they push one value. */
    OP_CONST,      /* a: const */
    OP_CONTEXT,    /* a: how far up */
    OP_PARAM,      /* n: how many programs up, a: which block parameter */
    OP_DATA,       /* n: how many frames up, a: enum data_name */
    OP_DATA_NONE,  /* a: text, a name that no frame has: absent */
    OP_FIELD,      /* a: site; replaces an object by its property, absent stays absent */
    OP_FIELD_AND,  /* the same, every false value stays as it is */
    OP_LOOKUP,     /* pops object and name */
    OP_HELPER,     /* a: invocation; pops its arguments */
    OP_UNCALLABLE, /* pops what is called without being a helper: an error unless false */
    /* Statements */
    OP_TEXT,     /* a: text */
    OP_PUT,      /* pops; escaped */
    OP_PUT_RAW,  /* pops; not escaped */
    OP_IF,       /* a: block; pops the condition, and before it includeZero if n */
    OP_UNLESS,   /* the same */
    OP_IF_BLOCK, /* a: block; {{#if @partial-block}} */
    OP_EACH,     /* a: block; pops */
    OP_WITH,     /* a: block; pops */
    OP_SECTION,  /* a: block; pops: {{#name}} */
    OP_PARTIAL,  /* a: partial_call; pops [name] context parameters… */
    OP_FRAGMENT, /* a: invocation; pops kind, parameters */
};

enum data_name { DATA_ROOT, DATA_INDEX, DATA_KEY, DATA_FIRST, DATA_LAST };
#define DATA_NAMES                                                                                 \
    { "root", "index", "key", "first", "last" }

struct op {
    uint16_t code;
    uint16_t n;
    uint32_t a;
};

#define NO_PROGRAM UINT32_MAX

struct inline_partial {
    uint32_t symbol;
    uint32_t program;
};

struct program {
    uint32_t op, ops_len;
    uint32_t template;
    const struct inline_partial *inlines; /* a later one of the same name counts */
    uint32_t inlines_len;
};

/* The field that a name means in a type: found by the checker, so that the run compares pointers.
 */
struct site_case {
    const struct type *type;
    const struct field *field;
};

struct site {
    struct str name; /* one of theme_name: equal names have equal pointers */
    VEC(struct site_case) cases;
};

struct block {
    uint32_t program, inverse; /* or NO_PROGRAM */
};

struct invocation {
    const struct helper *helper; /* NULL: fragment */
    const struct str *names;     /* of the named arguments, after the positional ones */
    uint32_t args_len, names_len;
};

/* {{> @partial-block}}, and a name that an expression gives. */
#define SYMBOL_BLOCK   UINT32_MAX
#define SYMBOL_DYNAMIC (UINT32_MAX - 1)

struct partial_call {
    uint32_t symbol;
    uint32_t program;        /* {{#> …}}: the block, or NO_PROGRAM */
    bool overlaid;           /* has parameters */
    const struct str *names; /* of theme_name */
    uint32_t names_len;
    struct str indent;
};

/* A partial's name. */
struct symbol {
    struct str name;
    int template; /* -1: none of the theme's */
};

struct template {
    struct source source;
    struct str name;
    uint32_t main;                      /* program */
    bool climbs;                        /* has a ../ somewhere: contexts around are kept */
    const struct template_entry *entry; /* NULL: it is not one */
};

struct theme {
    struct arena arena;
    VEC(struct template) templates;
    VEC(struct program) programs;
    VEC(struct op) ops;
    VEC(uint32_t) places; /* of ops, in the source */
    VEC(struct str) texts;
    VEC(struct value) consts;
    VEC(struct site) sites;
    VEC(struct block) blocks;
    VEC(struct invocation) invocations;
    VEC(struct partial_call) partials;
    VEC(struct symbol) symbols;
    struct map symbol_by_name; /* index + 1 */
    struct map name_by_name;   /* bytes in the arena */
    struct template_rules rules;
    uint32_t stack_max;  /* values that one statement needs */
    theme_fault_fn *say; /* NULL: the first fault ends it all */
    void *say_ctx;
    size_t said;
};

/* template_compile.c: parse template `index` and append its programs. */
NODISCARD enum status template_compile(struct theme *theme, uint32_t index, struct err *err);
/* template_check.c: follow an entry and all that it calls with the types it is run on. */
NODISCARD enum status template_check(struct theme *theme, uint32_t index, struct err *err);

/* The index of a partial's name, added if it is new. */
uint32_t theme_symbol(struct theme *theme, struct str name);
/* The theme's own copy of a name: equal names have equal pointers. */
struct str theme_name(struct theme *theme, struct str name);
/* The place of an op in its source. */
size_t theme_place(const struct theme *theme, const struct program *program, size_t op);
/* The template that an op belongs to fails at the op's place. */
enum status theme_error(const struct theme *theme, const struct program *program, size_t op,
                        struct err *err, const char *fmt, ...) PRINTF(5, 6);

/* Where all faults are wanted, this one is said and all is well again. Returns the status. */
NODISCARD enum status theme_fault(struct theme *theme, bool is_syntax, enum status status,
                                  struct err *err);

/* What the helper says of the value at `at`, positional ones first; NULL: it takes any name. */
const struct helper_arg *template_argument(const struct invocation *invocation, size_t at);
/* "a list", "text": for messages. */
const char *template_kind_words(enum value_kind kind);

#endif
