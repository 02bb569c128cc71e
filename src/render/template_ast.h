/* From text to a tree: tokens, expressions, statements. Private to the template modules.
 *
 * The grammar and every rule of the scanner are those of handlebars.js 4.7 (its handlebars.l and
 * handlebars.yy), so that both take the same templates. Everything lives in one arena that is
 * thrown away after compiling; text is borrowed from the source. */
#ifndef RENDER_TEMPLATE_AST_H
#define RENDER_TEMPLATE_AST_H

#include "base/arena.h"
#include "base/status.h"

struct source {
    struct str text;
    struct str file;
};

/* Fails with "file:line:column: …" of a byte offset. Columns count characters, from 1. */
enum status source_error(const struct source *source, size_t at, struct err *err, const char *fmt,
                         ...) PRINTF(4, 5);

struct expr;

/* Tokens ------------------------------------------------------------------------------------- */

enum token_kind {
    TOKEN_END,
    TOKEN_CONTENT,
    TOKEN_COMMENT,
    TOKEN_OPEN,               /* {{ {{& {{* */
    TOKEN_OPEN_UNESCAPED,     /* {{{ */
    TOKEN_OPEN_BLOCK,         /* {{# {{#* */
    TOKEN_OPEN_PARTIAL,       /* {{> */
    TOKEN_OPEN_PARTIAL_BLOCK, /* {{#> */
    TOKEN_OPEN_ENDBLOCK,      /* {{/ */
    TOKEN_OPEN_INVERSE,       /* {{^ */
    TOKEN_OPEN_INVERSE_CHAIN, /* {{else */
    TOKEN_INVERSE,            /* {{else}} {{^}} */
    TOKEN_CLOSE,              /* }} */
    TOKEN_CLOSE_UNESCAPED,    /* }}} */
    TOKEN_OPEN_RAW_BLOCK,     /* {{{{ */
    TOKEN_CLOSE_RAW_BLOCK,    /* }}}} */
    TOKEN_END_RAW_BLOCK,      /* {{{{/name}}}}; text is the name */
    TOKEN_OPEN_SEXPR,
    TOKEN_CLOSE_SEXPR,
    TOKEN_ID,
    TOKEN_EQUALS,
    TOKEN_SEP,
    TOKEN_STRING, /* text is between the quotes, with its backslashes */
    TOKEN_NUMBER,
    TOKEN_BOOLEAN,
    TOKEN_UNDEFINED,
    TOKEN_NULL,
    TOKEN_DATA, /* @ */
    TOKEN_OPEN_BLOCK_PARAMS,
    TOKEN_CLOSE_BLOCK_PARAMS,
    TOKEN_INVALID,
};

struct token {
    enum token_kind kind;
    struct str text;
    size_t at;
};

enum lex_state { LEX_TEXT, LEX_MUSTACHE, LEX_ESCAPED, LEX_RAW };

struct lexer {
    const struct source *source;
    size_t at;
    enum lex_state state;
    size_t raw_depth; /* raw blocks within raw blocks */
};

void lex_init(struct lexer *lexer, const struct source *source);
NODISCARD enum status lex_next(struct lexer *lexer, struct token *ret_token, struct err *err);
/* Bytes of the JavaScript white space at s[at], 0: none there. */
size_t lex_space(struct str s, size_t at);

/* The tree ----------------------------------------------------------------------------------- */

enum expr_kind {
    EXPR_PATH,
    EXPR_STRING,
    EXPR_NUMBER,
    EXPR_BOOLEAN,
    EXPR_UNDEFINED,
    EXPR_NULL,
    EXPR_CALL, /* (helper …) */
};

/* What stands in a mustache, a block's opening tag or a subexpression: a path and arguments. */
struct pair {
    struct str key;
    struct expr *value;
};

struct call {
    struct expr *path;
    VEC(struct expr *) params;
    VEC(struct pair) hash;
};

struct expr {
    enum expr_kind kind;
    size_t at;
    struct str original; /* a path without brackets, a literal's string; EXPR_CALL: none */
    double number;
    bool boolean;
    /* EXPR_PATH */
    bool data;    /* @… */
    size_t depth; /* ../ */
    VEC(struct str) parts;
    struct call *call; /* EXPR_CALL */
};

struct strip {
    bool open;  /* {{~ */
    bool close; /* ~}} */
};

enum statement_kind {
    STATEMENT_CONTENT,
    STATEMENT_COMMENT,
    STATEMENT_MUSTACHE,
    STATEMENT_BLOCK,
    STATEMENT_PARTIAL,
    STATEMENT_PARTIAL_BLOCK,
    STATEMENT_INLINE,
};

struct body {
    VEC(struct statement *) statements;
    VEC(struct str) params; /* as |a b| */
    bool chained;           /* an {{else if}}: holds one block */
};

struct statement {
    enum statement_kind kind;
    size_t at;
    struct strip strip;
    /* CONTENT */
    struct str original;
    struct str value; /* what is left of it */
    bool left_stripped, right_stripped;
    /* MUSTACHE, BLOCK, PARTIAL, PARTIAL_BLOCK, INLINE; a partial's path may be an EXPR_CALL */
    struct call call;
    bool escaped;
    struct str indent; /* PARTIAL */
    struct body *program;
    struct body *inverse;
    struct strip open_strip, inverse_strip, close_strip;
};

NODISCARD enum status template_parse(const struct source *source, struct arena *arena,
                                     struct body **ret_body, struct err *err);
/* White space: ~ and tags that stand alone on their lines. Part of template_parse. */
void template_strip(struct body *root);

#endif
