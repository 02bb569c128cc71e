#include "render/template.h"
#include "render/template_ast.h"

#include <stdio.h>

static bool opens_call(enum token_kind kind) {
    return kind == TOKEN_OPEN || kind == TOKEN_OPEN_UNESCAPED || kind == TOKEN_OPEN_BLOCK ||
           kind == TOKEN_OPEN_SEXPR;
}

static bool opens_partial(enum token_kind kind) {
    return kind == TOKEN_OPEN_PARTIAL || kind == TOKEN_OPEN_PARTIAL_BLOCK;
}

static bool opens_tag(enum token_kind kind) {
    return kind == TOKEN_OPEN || kind == TOKEN_OPEN_UNESCAPED || kind == TOKEN_OPEN_BLOCK ||
           opens_partial(kind) || kind == TOKEN_OPEN_ENDBLOCK || kind == TOKEN_OPEN_INVERSE ||
           kind == TOKEN_OPEN_INVERSE_CHAIN || kind == TOKEN_INVERSE ||
           kind == TOKEN_OPEN_RAW_BLOCK || kind == TOKEN_END_RAW_BLOCK;
}

/* "partials/card" is three tokens: what stands from here to a blank or the end of the tag. */
static struct str path_at(struct str source, size_t at) {
    size_t end = at;
    while (end < source.len && lex_space(source, end) == 0 && source.ptr[end] != '}' &&
           source.ptr[end] != '~') {
        end++;
    }
    return str_slice(source, at, end);
}

void template_mentions(struct str text, template_mention_fn *say, void *ctx) {
    struct source source = { .text = text, .file = STR("") };
    struct lexer lexer;
    struct err err = { 0 };
    struct token token, before = { .kind = TOKEN_END }, first = { .kind = TOKEN_END };
    size_t line = 1, column = 1, counted = 0;
    lex_init(&lexer, &source);
    while (lex_next(&lexer, &token, &err) == STATUS_OK && token.kind != TOKEN_END) {
        for (; counted < token.at; counted++) {
            unsigned char c = (unsigned char)text.ptr[counted];
            line += c == '\n';
            column = c == '\n' ? 1 : column + ((c & 0xc0) != 0x80);
        }
        char place[48];
        (void)snprintf(place, sizeof place, "%zu:%zu", line, column);
        if (opens_partial(before.kind) && token.kind == TOKEN_STRING) {
            say(ctx, MENTION_PARTIAL, STR(""), token.text, place);
        } else if (opens_partial(before.kind) && token.kind == TOKEN_ID) {
            say(ctx, MENTION_PARTIAL, STR(""), path_at(text, token.at), place);
        } else if (opens_call(first.kind) && before.kind == TOKEN_ID &&
                   token.kind == TOKEN_STRING) {
            say(ctx, MENTION_ARGUMENT, before.text, token.text, place);
        }
        first = before;
        before = token;
    }
}

void template_pieces(struct str text, template_piece_fn *say, void *ctx) {
    struct source source = { .text = text, .file = STR("") };
    struct lexer lexer;
    struct err err = { 0 };
    struct token token;
    enum template_piece piece = PIECE_TEXT;
    size_t from = 0; /* of the piece that has begun */
    lex_init(&lexer, &source);
    while (lex_next(&lexer, &token, &err) == STATUS_OK) {
        bool is_text = token.kind == TOKEN_CONTENT || token.kind == TOKEN_END;
        bool begins = is_text || token.kind == TOKEN_COMMENT || opens_tag(token.kind);
        if (begins) {
            if (token.at > from) {
                say(ctx, piece, from, token.at);
            }
            from = token.at;
            piece = is_text                              ? PIECE_TEXT
                    : token.kind == TOKEN_OPEN           ? PIECE_VALUE
                    : token.kind == TOKEN_OPEN_UNESCAPED ? PIECE_RAW_VALUE
                                                         : PIECE_OTHER;
            if (piece == PIECE_VALUE && str_starts(str_from(text, token.at), STR("{{&"))) {
                piece = PIECE_RAW_VALUE;
            }
        } else if (piece == PIECE_VALUE && token.kind == TOKEN_ID &&
                   str_eq(token.text, STR("fragment")) && !char_is_alnum(text.ptr[token.at - 1]) &&
                   token.at <= from + 4) {
            piece = PIECE_OTHER;
        }
        if (token.kind == TOKEN_END) {
            return;
        }
    }
}
