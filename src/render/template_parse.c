/* The parser: handlebars.yy by recursive descent. How blocks, their inverses and chains are put
 * together follows handlebars to the letter, since white space control looks at the result. */
#include "base/limits.h"
#include "render/template_ast.h"
#include "render/value.h"
#include "text/utf8.h"

#include <stdlib.h>

/* More ../ than there can ever be contexts or frames all mean the same: nothing is there. */
enum { UP_MAX = 4 * LIMIT_TEMPLATE_NESTED };

struct parser {
    const struct source *source;
    struct arena *arena;
    struct err *err;
    VEC(struct token) tokens;
    size_t at;    /* in tokens */
    size_t depth; /* of blocks and subexpressions */
};

/* An {{else}} or {{else if}} and what follows it. */
struct inverse {
    struct strip strip;
    struct body *program; /* NULL: there is none */
    bool chain;
};

static const struct token *peek(const struct parser *p) {
    return &p->tokens.ptr[p->at];
}

static const struct token *next(struct parser *p) {
    const struct token *token = peek(p);
    p->at += token->kind != TOKEN_END;
    return token;
}

static enum status unexpected(struct parser *p, const struct token *token, const char *expected) {
    bool cut = token->kind == TOKEN_INVALID && token->at + token->text.len == p->source->text.len;
    if (token->kind == TOKEN_END || cut) {
        return source_error(p->source, token->at, p->err, "the template ends where %s is expected",
                            expected);
    }
    struct str text = utf8_prefix(token->text, 40);
    return source_error(p->source, token->at, p->err, "\"%.*s\" where %s is expected",
                        STR_FMT(text), expected);
}

static enum status expect(struct parser *p, enum token_kind kind, const char *expected,
                          const struct token **ret_token) {
    const struct token *token = *ret_token = next(p);
    return token->kind == kind ? STATUS_OK : unexpected(p, token, expected);
}

static enum status enter(struct parser *p, size_t at) {
    if (++p->depth > LIMIT_TEMPLATE_DEPTH) {
        return source_error(p->source, at, p->err, "more than %d blocks or expressions nested",
                            LIMIT_TEMPLATE_DEPTH);
    }
    return STATUS_OK;
}

/* Expressions -------------------------------------------------------------------------------- */

/* Without backslashes before `a` and `b`. */
static struct str unescape(struct parser *p, struct str s, char a, char b) {
    if (str_find_char(s, '\\', 0) == STR_NPOS) {
        return s;
    }
    char *copy = arena_alloc(p->arena, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len && (s.ptr[i + 1] == a || s.ptr[i + 1] == b)) {
            i++;
        }
        copy[len++] = s.ptr[i];
    }
    return str_make(copy, len);
}

/* An identifier's name: [a b] without its brackets, unless it goes over the end of a line. */
static struct str id_name(struct parser *p, struct str text, bool *ret_bracketed) {
    *ret_bracketed = false;
    if (text.len == 0 || text.ptr[0] != '[') {
        return text;
    }
    text = unescape(p, text, '\\', ']');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' || text.ptr[i] == '\r' ||
            str_eq(str_slice(text, i, i + 3), STR("\xe2\x80\xa8")) ||
            str_eq(str_slice(text, i, i + 3), STR("\xe2\x80\xa9"))) {
            return text;
        }
    }
    *ret_bracketed = true;
    return str_slice(text, 1, text.len - 1);
}

static enum status parse_path(struct parser *p, struct expr *path) {
    struct buf original;
    buf_init(&original, p->source->text.len + 1);
    if (peek(p)->kind == TOKEN_DATA) {
        next(p);
        path->data = true;
        buf_put_char(&original, '@');
    }
    enum status status = STATUS_OK;
    for (bool more = true; more && status == STATUS_OK;) {
        const struct token *token;
        status = expect(p, TOKEN_ID, "a name", &token);
        if (status != STATUS_OK) {
            break;
        }
        bool bracketed;
        struct str part = id_name(p, token->text, &bracketed);
        bool up = !bracketed && str_eq(part, STR(".."));
        bool here = !bracketed && (str_eq(part, STR(".")) || str_eq(part, STR("this")));
        buf_put(&original, part);
        if (!up && !here) {
            *vec_push(p->arena, &path->parts) = part;
        } else if (path->parts.len > 0) {
            status = source_error(p->source, token->at, p->err, "invalid path: %.*s",
                                  STR_FMT(buf_str(&original)));
        }
        path->depth += up && path->depth < UP_MAX;
        more = peek(p)->kind == TOKEN_SEP;
        if (more) {
            buf_put(&original, next(p)->text);
        }
    }
    path->original = arena_str(p->arena, buf_str(&original));
    buf_done(&original);
    return status;
}

static void parse_number(struct parser *p, struct str text, struct expr *expr) {
    expr->kind = EXPR_NUMBER;
    expr->number = strtod(arena_str(p->arena, text).ptr, NULL);
    struct buf original;
    buf_init(&original, 64);
    value_number_string(&original, expr->number);
    expr->original = arena_str(p->arena, buf_str(&original));
    buf_done(&original);
}

static bool begins_name(enum token_kind kind) {
    switch (kind) {
    case TOKEN_ID:
    case TOKEN_DATA:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_BOOLEAN:
    case TOKEN_UNDEFINED:
    case TOKEN_NULL: return true;
    default: return false;
    }
}

/* A path or a literal. */
static enum status parse_name(struct parser *p, struct expr **ret_expr) {
    const struct token *token = peek(p);
    struct expr *expr = ARENA_NEW(p->arena, struct expr);
    *expr = (struct expr){ .kind = EXPR_PATH, .at = token->at };
    *ret_expr = expr;
    if (token->kind == TOKEN_ID || token->kind == TOKEN_DATA) {
        return parse_path(p, expr);
    }
    if (!begins_name(token->kind)) {
        return unexpected(p, token, "a name");
    }
    next(p);
    expr->original = token->text;
    switch (token->kind) {
    case TOKEN_STRING:
        expr->kind = EXPR_STRING;
        expr->original = unescape(p, token->text, token->text.ptr[-1], token->text.ptr[-1]);
        break;
    case TOKEN_NUMBER: parse_number(p, token->text, expr); break;
    case TOKEN_BOOLEAN:
        expr->kind = EXPR_BOOLEAN;
        expr->boolean = str_eq(token->text, STR("true"));
        break;
    case TOKEN_NULL: expr->kind = EXPR_NULL; break;
    default: expr->kind = EXPR_UNDEFINED; break;
    }
    return STATUS_OK;
}

static enum status parse_arguments(struct parser *p, struct call *call);

/* (helper …) */
static enum status parse_subexpression(struct parser *p, struct expr **ret_expr) {
    const struct token *open = next(p), *close;
    struct expr *expr = ARENA_NEW(p->arena, struct expr);
    struct call *call = ARENA_NEW(p->arena, struct call);
    *expr = (struct expr){ .kind = EXPR_CALL, .at = open->at, .call = call };
    *ret_expr = expr;
    enum status status = enter(p, open->at);
    if (status == STATUS_OK) {
        status = parse_name(p, &call->path);
    }
    if (status == STATUS_OK) {
        status = parse_arguments(p, call);
    }
    if (status == STATUS_OK) {
        status = expect(p, TOKEN_CLOSE_SEXPR, "\")\"", &close);
    }
    p->depth--;
    return status;
}

static enum status parse_param(struct parser *p, struct expr **ret_expr) {
    return peek(p)->kind == TOKEN_OPEN_SEXPR ? parse_subexpression(p, ret_expr)
                                             : parse_name(p, ret_expr);
}

static bool begins_pair(const struct parser *p) {
    return peek(p)->kind == TOKEN_ID && p->tokens.ptr[p->at + 1].kind == TOKEN_EQUALS;
}

/* Positional arguments, then named ones. */
static enum status parse_arguments(struct parser *p, struct call *call) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !begins_pair(p) &&
           (begins_name(peek(p)->kind) || peek(p)->kind == TOKEN_OPEN_SEXPR)) {
        struct expr *param = NULL;
        status = parse_param(p, &param);
        *vec_push(p->arena, &call->params) = param;
    }
    while (status == STATUS_OK && begins_pair(p)) {
        bool bracketed;
        struct pair pair = { .key = id_name(p, next(p)->text, &bracketed) };
        next(p); /* = */
        status = parse_param(p, &pair.value);
        *vec_push(p->arena, &call->hash) = pair;
    }
    return status;
}

/* as |a b|. Brackets stay part of the name, and handlebars stumbles over a list of names that
 * begins and ends with one. */
static enum status parse_block_params(struct parser *p, struct body *program) {
    if (peek(p)->kind != TOKEN_OPEN_BLOCK_PARAMS) {
        return STATUS_OK;
    }
    const struct token *first = next(p), *token;
    do {
        enum status status = expect(p, TOKEN_ID, "a block parameter", &token);
        if (status != STATUS_OK) {
            return status;
        }
        if (program->params.len == LIMIT_TEMPLATE_ARGS) {
            return source_error(p->source, token->at, p->err, "more than %d block parameters",
                                LIMIT_TEMPLATE_ARGS);
        }
        *vec_push(p->arena, &program->params) = unescape(p, token->text, '\\', ']');
    } while (peek(p)->kind == TOKEN_ID);
    if (first[1].text.ptr[0] == '[' && str_ends(token->text, STR("]"))) {
        return source_error(p->source, first->at, p->err, "a block parameter wants a plain name");
    }
    return expect(p, TOKEN_CLOSE_BLOCK_PARAMS, "\"|\"", &token);
}

/* Statements --------------------------------------------------------------------------------- */

static enum status parse_body(struct parser *p, struct body **ret_body);

static struct strip strip_of(const struct token *open, const struct token *close) {
    struct str a = open->text, b = close->text;
    return (struct strip){ a.len > 2 && a.ptr[2] == '~', b.len > 2 && b.ptr[b.len - 3] == '~' };
}

static struct statement *new_statement(struct parser *p, enum statement_kind kind, size_t at) {
    struct statement *s = ARENA_NEW(p->arena, struct statement);
    s->kind = kind;
    s->at = at;
    return s;
}

/* The rest of an opening tag, from its name to its end. */
static enum status parse_open(struct parser *p, const struct token *open, struct statement *s,
                              struct body *params, enum token_kind close_kind) {
    enum status status;
    const struct token *close = NULL;
    bool partial = s->kind == STATEMENT_PARTIAL || s->kind == STATEMENT_PARTIAL_BLOCK;
    if (partial && peek(p)->kind == TOKEN_OPEN_SEXPR) {
        status = parse_subexpression(p, &s->call.path);
    } else {
        status = parse_name(p, &s->call.path);
    }
    if (status == STATUS_OK) {
        status = parse_arguments(p, &s->call);
    }
    if (status == STATUS_OK && params != NULL) {
        status = parse_block_params(p, params);
    }
    if (status == STATUS_OK) {
        status = expect(p, close_kind, close_kind == TOKEN_CLOSE ? "\"}}\"" : "its end", &close);
    }
    if (status == STATUS_OK) {
        s->strip = s->open_strip = strip_of(open, close);
    }
    return status;
}

static enum status parse_mustache(struct parser *p, struct statement **ret_statement) {
    const struct token *open = next(p);
    bool raw = open->kind == TOKEN_OPEN_UNESCAPED;
    struct statement *s = new_statement(p, STATEMENT_MUSTACHE, open->at);
    s->escaped = !raw && !str_ends(open->text, STR("&"));
    *ret_statement = s;
    if (str_ends(open->text, STR("*"))) {
        return source_error(p->source, open->at, p->err,
                            "there are no decorators but {{#*inline \"name\"}}");
    }
    return parse_open(p, open, s, NULL, raw ? TOKEN_CLOSE_UNESCAPED : TOKEN_CLOSE);
}

/* What an opening name must be closed by: its string, and the kind of value that it is. */
static int name_class(const struct expr *e) {
    switch (e->kind) {
    case EXPR_PATH:
    case EXPR_STRING: return 0;
    case EXPR_NUMBER: return 1;
    case EXPR_BOOLEAN: return 2;
    case EXPR_NULL: return 3;
    case EXPR_UNDEFINED:
    case EXPR_CALL: break; /* {{#> (name)}} has no name: {{/undefined}} closes it */
    }
    return 4;
}

static enum status close_mismatch(struct parser *p, size_t at, const struct expr *open,
                                  struct str close) {
    struct str name = open->kind == EXPR_CALL ? STR("undefined") : open->original;
    return source_error(p->source, at, p->err, "{{/%.*s}} closes {{#%.*s}}", STR_FMT(close),
                        STR_FMT(name));
}

/* {{/name}} */
static enum status parse_close(struct parser *p, struct statement *s) {
    const struct token *open, *close;
    struct expr *name;
    enum status status = expect(p, TOKEN_OPEN_ENDBLOCK, "a closing tag", &open);
    if (status == STATUS_OK) {
        status = parse_name(p, &name);
    }
    if (status == STATUS_OK) {
        status = expect(p, TOKEN_CLOSE, "\"}}\"", &close);
    }
    if (status != STATUS_OK) {
        return status;
    }
    s->close_strip = strip_of(open, close);
    int class = name_class(s->call.path);
    if (class != name_class(name) ||
        (class < 4 && !str_eq(s->call.path->original, name->original))) {
        return close_mismatch(p, open->at, s->call.path, name->original);
    }
    return STATUS_OK;
}

/* An {{else}}; its program reaches to whatever closes the block. */
static enum status parse_else(struct parser *p, struct inverse *ret_inverse) {
    const struct token *token = next(p);
    *ret_inverse = (struct inverse){ .strip = strip_of(token, token) };
    return parse_body(p, &ret_inverse->program);
}

/* {{else if …}} and all that follows: one block in a program of its own. */
static enum status parse_chain(struct parser *p, struct inverse *ret_inverse) {
    const struct token *open = next(p);
    enum status status = enter(p, open->at);
    struct statement *s = new_statement(p, STATEMENT_BLOCK, open->at);
    struct body params = { 0 };
    if (status == STATUS_OK) {
        status = parse_open(p, open, s, &params, TOKEN_CLOSE);
    }
    if (status == STATUS_OK) {
        status = parse_body(p, &s->program);
    }
    struct inverse inner = { 0 };
    if (status == STATUS_OK) {
        s->program->params.ptr = params.params.ptr;
        s->program->params.len = params.params.len;
        if (peek(p)->kind == TOKEN_OPEN_INVERSE_CHAIN) {
            status = parse_chain(p, &inner);
        } else if (peek(p)->kind == TOKEN_INVERSE) {
            status = parse_else(p, &inner);
        }
    }
    if (status == STATUS_OK && inner.program != NULL) {
        if (inner.chain) {
            inner.program->statements.ptr[0]->close_strip = inner.strip;
        }
        s->inverse = inner.program;
        s->inverse_strip = inner.strip;
        s->close_strip = inner.strip;
    }
    struct body *program = ARENA_NEW(p->arena, struct body);
    *vec_push(p->arena, &program->statements) = s;
    program->chained = true;
    *ret_inverse = (struct inverse){ s->open_strip, program, true };
    p->depth--;
    return status;
}

static enum status parse_block(struct parser *p, struct statement **ret_statement) {
    const struct token *open = next(p);
    bool inverted = open->kind == TOKEN_OPEN_INVERSE;
    bool decorator = str_ends(open->text, STR("*"));
    struct statement *s =
        new_statement(p, decorator ? STATEMENT_INLINE : STATEMENT_BLOCK, open->at);
    *ret_statement = s;
    struct body params = { 0 };
    struct inverse inverse = { 0 };
    enum status status = parse_open(p, open, s, &params, TOKEN_CLOSE);
    if (status == STATUS_OK) {
        status = parse_body(p, &s->program);
    }
    if (status == STATUS_OK && peek(p)->kind == TOKEN_INVERSE) {
        status = parse_else(p, &inverse);
    } else if (status == STATUS_OK && !inverted && peek(p)->kind == TOKEN_OPEN_INVERSE_CHAIN) {
        status = parse_chain(p, &inverse);
    }
    if (status == STATUS_OK) {
        status = parse_close(p, s);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (decorator && inverse.program != NULL) {
        return source_error(p->source, open->at, p->err, "an inline partial has no {{else}}");
    }
    if (decorator && !str_eq(s->call.path->original, STR("inline"))) {
        return source_error(p->source, open->at, p->err, "no decorator \"%.*s\", only \"inline\"",
                            STR_FMT(s->call.path->original));
    }
    s->program->params.ptr = params.params.ptr;
    s->program->params.len = params.params.len;
    s->inverse = inverse.program;
    s->inverse_strip = inverse.strip;
    if (inverse.chain) {
        inverse.program->statements.ptr[0]->close_strip = s->close_strip;
    }
    if (inverted) {
        struct body *program = s->program;
        s->program = s->inverse;
        s->inverse = program;
    }
    return STATUS_OK;
}

static enum status parse_raw_block(struct parser *p, struct statement **ret_statement) {
    const struct token *open = next(p);
    struct statement *s = new_statement(p, STATEMENT_BLOCK, open->at);
    *ret_statement = s;
    enum status status = parse_open(p, open, s, NULL, TOKEN_CLOSE_RAW_BLOCK);
    s->strip = s->open_strip = (struct strip){ 0 };
    s->program = ARENA_NEW(p->arena, struct body);
    while (status == STATUS_OK && peek(p)->kind == TOKEN_CONTENT) {
        const struct token *token = next(p);
        struct statement *content = new_statement(p, STATEMENT_CONTENT, token->at);
        content->original = content->value = token->text;
        *vec_push(p->arena, &s->program->statements) = content;
    }
    const struct token *end = NULL;
    if (status == STATUS_OK) {
        status = expect(p, TOKEN_END_RAW_BLOCK, "the raw block's end", &end);
    }
    if (status == STATUS_OK &&
        (name_class(s->call.path) != 0 || !str_eq(s->call.path->original, end->text))) {
        return close_mismatch(p, end->at, s->call.path, end->text);
    }
    return status;
}

static enum status parse_partial(struct parser *p, struct statement **ret_statement) {
    const struct token *open = next(p);
    bool block = open->kind == TOKEN_OPEN_PARTIAL_BLOCK;
    struct statement *s =
        new_statement(p, block ? STATEMENT_PARTIAL_BLOCK : STATEMENT_PARTIAL, open->at);
    *ret_statement = s;
    enum status status = parse_open(p, open, s, NULL, TOKEN_CLOSE);
    if (status == STATUS_OK && s->call.params.len > 1) {
        return source_error(p->source, open->at, p->err,
                            "a partial takes one context and named arguments");
    }
    if (status == STATUS_OK && block) {
        status = parse_body(p, &s->program);
        if (status == STATUS_OK) {
            status = parse_close(p, s);
        }
    }
    return status;
}

static enum status parse_statement(struct parser *p, struct statement **ret_statement) {
    const struct token *token = peek(p);
    struct statement *s;
    switch (token->kind) {
    case TOKEN_CONTENT:
        s = *ret_statement = new_statement(p, STATEMENT_CONTENT, token->at);
        s->original = s->value = next(p)->text;
        return STATUS_OK;
    case TOKEN_COMMENT:
        s = *ret_statement = new_statement(p, STATEMENT_COMMENT, token->at);
        s->strip = strip_of(token, token);
        next(p);
        return STATUS_OK;
    case TOKEN_OPEN:
    case TOKEN_OPEN_UNESCAPED: return parse_mustache(p, ret_statement);
    case TOKEN_OPEN_BLOCK:
    case TOKEN_OPEN_INVERSE: return parse_block(p, ret_statement);
    case TOKEN_OPEN_RAW_BLOCK: return parse_raw_block(p, ret_statement);
    case TOKEN_OPEN_PARTIAL:
    case TOKEN_OPEN_PARTIAL_BLOCK: return parse_partial(p, ret_statement);
    default: return unexpected(p, token, "text or a tag");
    }
}

static bool ends_body(enum token_kind kind) {
    return kind == TOKEN_END || kind == TOKEN_OPEN_ENDBLOCK || kind == TOKEN_INVERSE ||
           kind == TOKEN_OPEN_INVERSE_CHAIN;
}

static enum status parse_body(struct parser *p, struct body **ret_body) {
    struct body *body = *ret_body = ARENA_NEW(p->arena, struct body);
    enum status status = enter(p, peek(p)->at);
    while (status == STATUS_OK && !ends_body(peek(p)->kind)) {
        struct statement *statement = NULL;
        status = parse_statement(p, &statement);
        *vec_push(p->arena, &body->statements) = statement;
    }
    p->depth--;
    return status;
}

static enum status tokenise(struct parser *p) {
    struct lexer lexer;
    lex_init(&lexer, p->source);
    for (;;) {
        struct token token;
        enum status status = lex_next(&lexer, &token, p->err);
        if (status != STATUS_OK) {
            return status;
        }
        *vec_push(p->arena, &p->tokens) = token;
        if (token.kind == TOKEN_END) {
            return STATUS_OK;
        }
        if (token.kind == TOKEN_INVALID) { /* no template goes on after it */
            token.kind = TOKEN_END;
            *vec_push(p->arena, &p->tokens) = token;
            return STATUS_OK;
        }
    }
}

enum status template_parse(const struct source *source, struct arena *arena, struct body **ret_body,
                           struct err *err) {
    struct parser p = { .source = source, .arena = arena, .err = err };
    enum status status = tokenise(&p);
    if (status == STATUS_OK) {
        status = parse_body(&p, ret_body);
    }
    if (status == STATUS_OK && peek(&p)->kind != TOKEN_END) {
        status = unexpected(&p, peek(&p), "text or a tag");
    }
    if (status == STATUS_OK) {
        template_strip(*ret_body);
    }
    return status;
}
