/* White space control, handlebars' whitespace-control.js rule for rule: ~ takes all white space
 * beside a tag; a block's tag, a comment or a partial that stands alone on its line takes the line.
 *
 * Whether a tag stands alone is asked of the text as it was written (`original`), what is taken is
 * taken from what is left of it (`value`). */
#include "render/template_ast.h"

/* All white space at the left end. */
static size_t leading_space(struct str s) {
    size_t at = 0;
    for (size_t len; (len = lex_space(s, at)) > 0;) {
        at += len;
    }
    return at;
}

static size_t trailing_space(struct str s) {
    size_t end = s.len;
    for (;;) {
        size_t len = 1;
        while (len < 3 && len < end && ((unsigned char)s.ptr[end - len] & 0xc0) == 0x80) {
            len++;
        }
        if (end < len || lex_space(s, end - len) != len) {
            return s.len - end;
        }
        end -= len;
    }
}

static struct statement *statement_at(const struct body *body, size_t i) {
    check(body != NULL); /* a block has a program or an inverse */
    return i < body->statements.len ? body->statements.ptr[i] : NULL;
}

/* Does a line end before statement i, with nothing but white space between? SIZE_MAX: the
 * position before the first is none. */
static bool line_before(const struct body *body, size_t i, bool root) {
    if (i == 0) {
        return root;
    }
    const struct statement *previous = statement_at(body, i - 1);
    if (previous->kind != STATEMENT_CONTENT) {
        return false;
    }
    struct str text = previous->original;
    size_t space = trailing_space(text);
    bool first = i == 1 && root;
    return str_find_char(str_from(text, text.len - space), '\n', 0) != STR_NPOS ||
           (first && space == text.len);
}

/* And the same to the right of what stands before statement i. */
static bool line_after(const struct body *body, size_t i, bool root) {
    const struct statement *next = statement_at(body, i);
    if (next == NULL) {
        return root;
    }
    if (next->kind != STATEMENT_CONTENT) {
        return false;
    }
    size_t space = leading_space(next->original);
    bool last = i + 1 == body->statements.len && root;
    return str_find_char(str_slice(next->original, 0, space), '\n', 0) != STR_NPOS ||
           (last && space == next->original.len);
}

/* Take white space from the left end of statement i: all, or to the end of the line. */
static void omit_right(struct body *body, size_t i, bool all) {
    struct statement *s = statement_at(body, i);
    if (s == NULL || s->kind != STATEMENT_CONTENT || (!all && s->right_stripped)) {
        return;
    }
    size_t space = 0;
    if (all) {
        space = leading_space(s->value);
    } else {
        while (space < s->value.len &&
               (s->value.ptr[space] == ' ' || s->value.ptr[space] == '\t')) {
            space++;
        }
        space += space < s->value.len && s->value.ptr[space] == '\r';
        space += space < s->value.len && s->value.ptr[space] == '\n';
    }
    s->value = str_from(s->value, space);
    s->right_stripped = space > 0;
}

/* Take white space from the right end of the statement before i. */
static bool omit_left(struct body *body, size_t i, bool all) {
    struct statement *s = i > 0 ? statement_at(body, i - 1) : NULL;
    if (s == NULL || s->kind != STATEMENT_CONTENT || (!all && s->left_stripped)) {
        return false;
    }
    size_t len = s->value.len;
    if (all) {
        len -= trailing_space(s->value);
    } else {
        while (len > 0 && (s->value.ptr[len - 1] == ' ' || s->value.ptr[len - 1] == '\t')) {
            len--;
        }
    }
    s->left_stripped = len < s->value.len;
    s->value.len = len;
    return s->left_stripped;
}

/* What a statement asks of its neighbours. */
struct wish {
    struct strip strip;
    bool open_alone, close_alone; /* the tag may stand alone, as far as its inside is concerned */
    bool inline_alone;
};

static void strip_body(struct body *body, bool root);

static struct wish strip_block(struct statement *block) {
    if (block->program) {
        strip_body(block->program, false);
    }
    if (block->inverse) {
        strip_body(block->inverse, false);
    }
    struct body *program = block->program ? block->program : block->inverse;
    struct body *inverse = block->program ? block->inverse : NULL;
    struct body *first = inverse, *last = inverse;
    if (inverse != NULL && inverse->chained) {
        first = inverse->statements.ptr[0]->program;
        while (last->chained) {
            last = last->statements.ptr[last->statements.len - 1]->program;
        }
    }
    struct body *end = first ? first : program;
    struct wish wish = {
        .strip = { block->open_strip.open, block->close_strip.close },
        .open_alone = line_after(program, 0, false),
        .close_alone = line_before(end, end->statements.len, false),
    };
    if (block->open_strip.close) {
        omit_right(program, 0, true);
    }
    if (inverse == NULL) {
        if (block->close_strip.open) {
            omit_left(program, program->statements.len, true);
        }
        return wish;
    }
    if (block->inverse_strip.open) {
        omit_left(program, program->statements.len, true);
    }
    if (block->inverse_strip.close) {
        omit_right(first, 0, true);
    }
    if (block->close_strip.open) {
        omit_left(last, last->statements.len, true);
    }
    /* An {{else}} that stands alone. */
    if (line_before(program, program->statements.len, false) && line_after(first, 0, false)) {
        omit_left(program, program->statements.len, false);
        omit_right(first, 0, false);
    }
    return wish;
}

static struct wish strip_statement(struct statement *s) {
    switch (s->kind) {
    case STATEMENT_BLOCK:
    case STATEMENT_PARTIAL_BLOCK:
    case STATEMENT_INLINE: return strip_block(s);
    case STATEMENT_PARTIAL:
    case STATEMENT_COMMENT: return (struct wish){ .strip = s->strip, .inline_alone = true };
    case STATEMENT_MUSTACHE: return (struct wish){ .strip = s->strip };
    case STATEMENT_CONTENT: break;
    }
    return (struct wish){ 0 };
}

/* The spaces and tabs at the end. */
static struct str indent_of(struct str original) {
    size_t from = original.len;
    while (from > 0 && (original.ptr[from - 1] == ' ' || original.ptr[from - 1] == '\t')) {
        from--;
    }
    return str_from(original, from);
}

static void strip_body(struct body *body, bool root) {
    for (size_t i = 0; i < body->statements.len; i++) {
        struct statement *s = body->statements.ptr[i];
        struct wish wish = strip_statement(s);
        if (s->kind == STATEMENT_CONTENT) {
            continue;
        }
        bool before = line_before(body, i, root), after = line_after(body, i + 1, root);
        if (wish.strip.close) {
            omit_right(body, i + 1, true);
        }
        if (wish.strip.open) {
            omit_left(body, i, true);
        }
        if (wish.inline_alone && before && after) {
            omit_right(body, i + 1, false);
            if (omit_left(body, i, false) && s->kind == STATEMENT_PARTIAL) {
                s->indent = indent_of(body->statements.ptr[i - 1]->original);
            }
        }
        if (wish.open_alone && before) {
            omit_right(s->program ? s->program : s->inverse, 0, false);
            omit_left(body, i, false);
        }
        if (wish.close_alone && after) {
            omit_right(body, i + 1, false);
            struct body *last = s->inverse ? s->inverse : s->program;
            omit_left(last, last->statements.len, false);
        }
    }
}

void template_strip(struct body *root) {
    strip_body(root, true);
}
