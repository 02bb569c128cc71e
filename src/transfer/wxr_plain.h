/* The XML of an export's items, as exporters write it: tags, attributes, text, CDATA. A reader for
 * that and nothing else, at a fraction of an XML parser's cost; whoever uses it gives to the parser
 * what it refuses. What it takes, it reads as a parser does: tests and fuzz/wxr.c compare.
 *
 * The text has been gone over by xml_clean: it is UTF-8 of characters that XML has, lines end in
 * LF. */
#ifndef TRANSFER_WXR_PLAIN_H
#define TRANSFER_WXR_PLAIN_H

#include "base/arena.h"
#include "base/buf.h"

enum { WXR_ATTRIBUTES_MAX = 64 };

enum wxr_token_kind {
    WXR_TOKEN_START,
    WXR_TOKEN_EMPTY, /* a start and an end in one */
    WXR_TOKEN_END,
    WXR_TOKEN_TEXT,
    WXR_TOKEN_CDATA,
    WXR_TOKEN_OTHER /* not plain, or not well-formed, or the end */
};

struct wxr_attribute {
    struct str name, value;
};

struct wxr_token {
    enum wxr_token_kind kind;
    struct str text; /* a name, or text as it stands */
    struct wxr_attribute attributes[WXR_ATTRIBUTES_MAX];
    size_t n_attributes;
};

/* The token at *at, which moves behind it (but not for OTHER). What it points to is of the text, or
 * in `a`. Whether tags belong together is the caller's to see. */
void wxr_plain_next(struct arena *a, struct str text, size_t *at, struct wxr_token *ret);

/* Append what a TEXT or CDATA token means. false: a reference is not plain. */
NODISCARD bool wxr_plain_put(struct buf *out, const struct wxr_token *token);

#endif
