/* The body subset: the one form in which a story's body is stored.
 *
 * Bodies come from editors, importers and feeds as any HTML, pass sanitize_html once, and are from
 * then on in this subset, which is small and strict enough to be read by this tokenizer instead of
 * an HTML parser, and on which every HTML parser agrees:
 *
 * - Elements, their attributes and what may stand inside what: the tables in body.c
 *   (docs/body.md has them for people). Nothing else occurs: no comment, no doctype.
 * - Names are lower-case; attributes stand in one fixed order, each once, as name="value".
 * - Text has &amp; &lt; &gt; as its only references, values have &quot; too.
 * - Every element but the void ones has its end tag, and ends within its parent. No void element
 *   has a slash.
 * - UTF-8 without controls but \n and \t (which occur in <pre> only).
 */
#ifndef TEXT_BODY_H
#define TEXT_BODY_H

#include "base/status.h"
#include "text/html.h"

enum { BODY_ATTRS_MAX = 24 };

enum body_kind {
    BODY_END,
    BODY_TEXT,
    BODY_OPEN, /* also of a void element, which has no BODY_CLOSE */
    BODY_CLOSE,
    BODY_BAD /* not the body subset's syntax; the reader stays there */
};

struct body_attr {
    struct str name;
    struct str value; /* raw: still escaped */
};

/* Everything borrows the body. */
struct body_token {
    enum body_kind kind;
    struct str raw; /* the token as it stands */
    struct str name;
    struct body_attr attrs[BODY_ATTRS_MAX];
    size_t n_attrs;
};

struct body_reader {
    struct str rest;
};

void body_reader_init(struct body_reader *r, struct html body);

/* The next token; its kind is returned, too. Checks the spelling, not the nesting. */
enum body_kind body_next(struct body_reader *r, struct body_token *ret);

/* An attribute's raw value (html_unescape decodes it); ptr is NULL if the token has none. */
struct str body_attr(const struct body_token *token, struct str name);

/* Elements without content and end tag. */
bool body_is_void(struct str name);

/* Skip to behind the end tag of the element that `open` (a BODY_OPEN just read) began and return
 * what was inside; for a void element nothing. */
struct html body_inner(struct body_reader *r, const struct body_token *open);

/* In the subset: well nested, allowed elements and attributes only. err: what is wrong and where.
 */
bool body_valid(struct html body, struct err *err);

#endif
