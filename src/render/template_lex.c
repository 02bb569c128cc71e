/* The scanner: handlebars.l's rules, in its order, since the first that matches wins. It has a
 * state of its own: text, inside of a mustache, after a backslash, a long comment, a raw block. */
#include "render/template_ast.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum status source_error(const struct source *source, size_t at, struct err *err, const char *fmt,
                         ...) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < source->text.len; i++) {
        unsigned char c = (unsigned char)source->text.ptr[i];
        if (c == '\n') {
            line++;
            column = 1;
        } else if ((c & 0xc0) != 0x80) {
            column++;
        }
    }
    char message[ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    /* A message that names something long may have been cut within a character. */
    struct str whole = utf8_prefix(str_of(message), ERR_MESSAGE_MAX - 120);
    return err_set(err, STATUS_INVALID, "%.*s:%zu:%zu: %.*s", STR_FMT(source->file), line, column,
                   STR_FMT(whole));
}

void lex_init(struct lexer *lexer, const struct source *source) {
    *lexer = (struct lexer){ .source = source };
}

static unsigned char byte_at(struct str s, size_t at) {
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static bool has(struct str s, size_t at, const char *what) {
    size_t len = strlen(what);
    return at <= s.len && s.len - at >= len && memcmp(s.ptr + at, what, len) == 0;
}

size_t lex_space(struct str s, size_t at) {
    if (at >= s.len) {
        return 0;
    }
    if (char_is_space(s.ptr[at])) {
        return 1;
    }
    unsigned char b = byte_at(s, at + 1), c = byte_at(s, at + 2);
    switch (byte_at(s, at)) {
    case 0xc2: return b == 0xa0 ? 2 : 0; /* no-break space */
    case 0xe1: return b == 0x9a && c == 0x80 ? 3 : 0;
    case 0xe2:
        return (b == 0x80 && ((c >= 0x80 && c <= 0x8a) || c == 0xa8 || c == 0xa9 || c == 0xaf)) ||
                       (b == 0x81 && c == 0x9f)
                   ? 3
                   : 0;
    case 0xe3: return b == 0x80 && c == 0x80 ? 3 : 0;
    case 0xef: return b == 0xbb && c == 0xbf ? 3 : 0; /* byte order mark */
    default: return 0;
    }
}

static size_t skip_space(struct str s, size_t at) {
    for (size_t len; (len = lex_space(s, at)) > 0;) {
        at += len;
    }
    return at;
}

/* Letters of an identifier: anything but white space and ! " # % & ' ( ) * + , . / ; < = > @ [ \ ]
 * ^ ` { | } ~ */
static size_t id_len(struct str s, size_t at) {
    size_t end = at;
    while (end < s.len && strchr("!\"#%&'()*+,./;<=>@[\\]^`{|}~", s.ptr[end]) == NULL &&
           lex_space(s, end) == 0) {
        end++;
    }
    return end - at;
}

/* What must follow a literal: ~ } ) or white space. */
static bool ends_literal(struct str s, size_t at) {
    return at < s.len && (strchr("~})", s.ptr[at]) != NULL || lex_space(s, at) > 0);
}

/* And an identifier: = / . | besides. */
static bool ends_id(struct str s, size_t at) {
    return ends_literal(s, at) || (at < s.len && strchr("=/.|", s.ptr[at]) != NULL);
}

/* A closing quote or bracket, where one after a backslash closes only when no other does.
 * Returns the length with both delimiters, 0: not closed. */
static size_t quoted_len(struct str s, size_t at, char close) {
    size_t last_escaped = 0;
    for (size_t i = at + 1; i < s.len; i++) {
        if (s.ptr[i] == close) {
            if (s.ptr[i - 1] != '\\' || i == at + 1) {
                return i + 1 - at;
            }
            last_escaped = i;
        }
    }
    return last_escaped ? last_escaped + 1 - at : 0;
}

static size_t number_len(struct str s, size_t at) {
    size_t i = at + (byte_at(s, at) == '-' ? 1 : 0);
    size_t digits = i;
    while (char_is_digit((char)byte_at(s, i))) {
        i++;
    }
    if (i == digits) {
        return 0;
    }
    if (byte_at(s, i) == '.' && char_is_digit((char)byte_at(s, i + 1))) {
        i++;
        while (char_is_digit((char)byte_at(s, i))) {
            i++;
        }
    }
    return ends_literal(s, i) ? i - at : 0;
}

/* Take `len` bytes as a token, and go on in `state`. */
static void take(struct lexer *lexer, struct token *token, enum token_kind kind, size_t len,
                 enum lex_state state) {
    *token = (struct token){ kind, str_slice(lexer->source->text, lexer->at, lexer->at + len),
                             lexer->at };
    lexer->at += len;
    lexer->state = state;
}

/* Text up to the next mustache. A backslash before it escapes it, two stand for one. */
static bool lex_text(struct lexer *lexer, struct token *token) {
    struct str s = lexer->source->text;
    size_t open = str_find(s, STR("{{"), lexer->at);
    if (open == STR_NPOS) {
        take(lexer, token, TOKEN_CONTENT, s.len - lexer->at, LEX_TEXT);
        return true;
    }
    take(lexer, token, TOKEN_CONTENT, open - lexer->at, LEX_MUSTACHE);
    if (str_ends(token->text, STR("\\"))) {
        lexer->state = str_ends(token->text, STR("\\\\")) ? LEX_MUSTACHE : LEX_ESCAPED;
        token->text.len--;
    }
    return token->text.len > 0;
}

/* An escaped mustache is text: up to the next one, or to the backslashes before it. */
static void lex_escaped(struct lexer *lexer, struct token *token) {
    struct str s = lexer->source->text;
    size_t end = str_find(s, STR("{{"), lexer->at + 2);
    if (end == STR_NPOS) {
        end = s.len;
    } else {
        for (int i = 0; i < 2 && end > lexer->at + 2 && s.ptr[end - 1] == '\\'; i++) {
            end--;
        }
    }
    take(lexer, token, TOKEN_CONTENT, end - lexer->at, LEX_TEXT);
}

static enum status lex_comment(struct lexer *lexer, struct token *token, struct err *err) {
    struct str s = lexer->source->text;
    for (size_t at = lexer->at; (at = str_find(s, STR("--"), at)) != STR_NPOS; at++) {
        size_t close = at + 2 + (byte_at(s, at + 2) == '~' ? 1 : 0);
        if (has(s, close, "}}")) {
            take(lexer, token, TOKEN_COMMENT, close + 2 - lexer->at, LEX_TEXT);
            return STATUS_OK;
        }
    }
    return source_error(lexer->source, lexer->at, err, "this comment is not closed by --}}");
}

/* In a raw block only {{{{/name}}}} means something, and {{{{ that nests. */
static enum status lex_raw(struct lexer *lexer, struct token *token, struct err *err) {
    struct str s = lexer->source->text;
    if (lexer->at >= s.len) {
        return source_error(lexer->source, lexer->at, err, "a raw block is not closed");
    }
    if (has(s, lexer->at, "{{{{") && lexer->at + 4 < s.len && s.ptr[lexer->at + 4] != '/') {
        lexer->raw_depth++;
        take(lexer, token, TOKEN_CONTENT, 4, LEX_RAW);
        return STATUS_OK;
    }
    if (has(s, lexer->at, "{{{{/")) {
        size_t len = id_len(s, lexer->at + 5);
        if (len > 0 && has(s, lexer->at + 5 + len, "}}}}")) {
            size_t name = lexer->at + 5;
            if (--lexer->raw_depth > 0) {
                take(lexer, token, TOKEN_CONTENT, len + 9, LEX_RAW);
            } else {
                take(lexer, token, TOKEN_END_RAW_BLOCK, len + 9, LEX_TEXT);
                token->text = str_slice(s, name, name + len);
            }
            return STATUS_OK;
        }
    }
    size_t next = str_find(s, STR("{{{{"), lexer->at + 1);
    if (next == STR_NPOS) {
        return source_error(lexer->source, lexer->at, err, "a raw block is not closed");
    }
    take(lexer, token, TOKEN_CONTENT, next - lexer->at, LEX_RAW);
    return STATUS_OK;
}

/* {{ and what it begins. */
static enum status lex_open(struct lexer *lexer, struct token *token, struct err *err) {
    struct str s = lexer->source->text;
    size_t at = lexer->at;
    size_t sign = at + 2 + (byte_at(s, at + 2) == '~' ? 1 : 0); /* after {{ or {{~ */
    size_t open = sign - at;
    if (has(s, sign, ">")) {
        take(lexer, token, TOKEN_OPEN_PARTIAL, open + 1, LEX_MUSTACHE);
    } else if (has(s, sign, "#>")) {
        take(lexer, token, TOKEN_OPEN_PARTIAL_BLOCK, open + 2, LEX_MUSTACHE);
    } else if (has(s, sign, "#")) {
        take(lexer, token, TOKEN_OPEN_BLOCK, open + (has(s, sign, "#*") ? 2 : 1), LEX_MUSTACHE);
    } else if (has(s, sign, "/")) {
        take(lexer, token, TOKEN_OPEN_ENDBLOCK, open + 1, LEX_MUSTACHE);
    } else if (has(s, sign, "^")) {
        size_t close = skip_space(s, sign + 1);
        close += byte_at(s, close) == '~' ? 1 : 0;
        if (has(s, close, "}}")) {
            take(lexer, token, TOKEN_INVERSE, close + 2 - at, LEX_TEXT);
        } else {
            take(lexer, token, TOKEN_OPEN_INVERSE, open + 1, LEX_MUSTACHE);
        }
    } else if (has(s, skip_space(s, sign), "else")) {
        size_t end = skip_space(s, sign) + 4;
        size_t close = skip_space(s, end);
        close += byte_at(s, close) == '~' ? 1 : 0;
        unsigned char next = byte_at(s, end);
        if (has(s, close, "}}")) {
            take(lexer, token, TOKEN_INVERSE, close + 2 - at, LEX_TEXT);
        } else if (!char_is_alnum((char)next) && next != '_') {
            take(lexer, token, TOKEN_OPEN_INVERSE_CHAIN, end - at, LEX_MUSTACHE);
        } else {
            take(lexer, token, TOKEN_OPEN, open, LEX_MUSTACHE);
        }
    } else if (has(s, sign, "{")) {
        take(lexer, token, TOKEN_OPEN_UNESCAPED, open + 1, LEX_MUSTACHE);
    } else if (has(s, sign, "!--")) {
        return lex_comment(lexer, token, err);
    } else if (has(s, sign, "!")) {
        size_t close = str_find(s, STR("}}"), sign + 1);
        if (close == STR_NPOS) {
            return source_error(lexer->source, at, err, "this comment is not closed by }}");
        }
        take(lexer, token, TOKEN_COMMENT, close + 2 - at, LEX_TEXT);
    } else {
        bool mark = has(s, sign, "&") || has(s, sign, "*");
        take(lexer, token, TOKEN_OPEN, open + mark, LEX_MUSTACHE);
    }
    return STATUS_OK;
}

/* Literals and names. */
static void lex_word(struct lexer *lexer, struct token *token) {
    static const struct {
        const char *text;
        enum token_kind kind;
    } words[] = {
        { "true", TOKEN_BOOLEAN },
        { "false", TOKEN_BOOLEAN },
        { "undefined", TOKEN_UNDEFINED },
        { "null", TOKEN_NULL },
    };
    struct str s = lexer->source->text;
    size_t at = lexer->at, len;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        len = strlen(words[i].text);
        if (has(s, at, words[i].text) && ends_literal(s, at + len)) {
            take(lexer, token, words[i].kind, len, LEX_MUSTACHE);
            return;
        }
    }
    if ((len = number_len(s, at)) > 0) {
        take(lexer, token, TOKEN_NUMBER, len, LEX_MUSTACHE);
        return;
    }
    if (has(s, at, "as") && lex_space(s, at + 2) > 0) {
        size_t bar = skip_space(s, at + 2);
        if (has(s, bar, "|")) {
            take(lexer, token, TOKEN_OPEN_BLOCK_PARAMS, bar + 1 - at, LEX_MUSTACHE);
            return;
        }
    }
    len = has(s, at, "[") ? quoted_len(s, at, ']') : id_len(s, at);
    if (len > 0 && (has(s, at, "[") || ends_id(s, at + len))) {
        take(lexer, token, TOKEN_ID, len, LEX_MUSTACHE);
    } else {
        size_t end = at + len;
        if (len == 0) {
            utf8_next(s, &end);
        }
        take(lexer, token, TOKEN_INVALID, end - at, LEX_MUSTACHE);
    }
}

static enum status lex_mustache(struct lexer *lexer, struct token *token, struct err *err) {
    struct str s = lexer->source->text;
    lexer->at = skip_space(s, lexer->at);
    size_t at = lexer->at, len;
    if (at >= s.len) {
        take(lexer, token, TOKEN_END, 0, LEX_MUSTACHE);
    } else if (has(s, at, "(")) {
        take(lexer, token, TOKEN_OPEN_SEXPR, 1, LEX_MUSTACHE);
    } else if (has(s, at, ")")) {
        take(lexer, token, TOKEN_CLOSE_SEXPR, 1, LEX_MUSTACHE);
    } else if (has(s, at, "{{{{")) {
        take(lexer, token, TOKEN_OPEN_RAW_BLOCK, 4, LEX_MUSTACHE);
    } else if (has(s, at, "}}}}")) {
        lexer->raw_depth = 1;
        take(lexer, token, TOKEN_CLOSE_RAW_BLOCK, 4, LEX_RAW);
    } else if (has(s, at, "{{")) {
        return lex_open(lexer, token, err);
    } else if (has(s, at, "=")) {
        take(lexer, token, TOKEN_EQUALS, 1, LEX_MUSTACHE);
    } else if (has(s, at, "..")) {
        take(lexer, token, TOKEN_ID, 2, LEX_MUSTACHE);
    } else if (has(s, at, ".") && ends_id(s, at + 1)) {
        take(lexer, token, TOKEN_ID, 1, LEX_MUSTACHE);
    } else if (has(s, at, "/") || has(s, at, ".")) {
        take(lexer, token, TOKEN_SEP, 1, LEX_MUSTACHE);
    } else if (has(s, at, "}}}")) {
        take(lexer, token, TOKEN_CLOSE_UNESCAPED, 3, LEX_TEXT);
    } else if (has(s, at, "}~}}")) {
        take(lexer, token, TOKEN_CLOSE_UNESCAPED, 4, LEX_TEXT);
    } else if (has(s, at, "}}")) {
        take(lexer, token, TOKEN_CLOSE, 2, LEX_TEXT);
    } else if (has(s, at, "~}}")) {
        take(lexer, token, TOKEN_CLOSE, 3, LEX_TEXT);
    } else if ((has(s, at, "\"") || has(s, at, "'")) && (len = quoted_len(s, at, s.ptr[at])) > 0) {
        take(lexer, token, TOKEN_STRING, len, LEX_MUSTACHE);
        token->text = str_slice(token->text, 1, len - 1);
    } else if (has(s, at, "@")) {
        take(lexer, token, TOKEN_DATA, 1, LEX_MUSTACHE);
    } else if (has(s, at, "|")) {
        take(lexer, token, TOKEN_CLOSE_BLOCK_PARAMS, 1, LEX_MUSTACHE);
    } else {
        lex_word(lexer, token);
    }
    return STATUS_OK;
}

enum status lex_next(struct lexer *lexer, struct token *ret_token, struct err *err) {
    struct str s = lexer->source->text;
    for (;;) {
        switch (lexer->state) {
        case LEX_TEXT:
            if (lexer->at >= s.len) {
                take(lexer, ret_token, TOKEN_END, 0, LEX_TEXT);
                return STATUS_OK;
            }
            if (lex_text(lexer, ret_token)) {
                return STATUS_OK;
            }
            break;
        case LEX_ESCAPED: lex_escaped(lexer, ret_token); return STATUS_OK;
        case LEX_RAW: return lex_raw(lexer, ret_token, err);
        case LEX_MUSTACHE: return lex_mustache(lexer, ret_token, err);
        }
    }
}
