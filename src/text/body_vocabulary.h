/* The body subset's elements and attributes, as tables: what body_valid checks by and the sanitiser
 * writes by. docs/body.md says the same for people. */
#ifndef TEXT_BODY_VOCABULARY_H
#define TEXT_BODY_VOCABULARY_H

#include "base/arena.h"

/* Content models: what kind of children an element takes, and in which kind of place it may stand.
 * A child may stand in a parent when the two sets meet. */
enum {
    IN_FLOW = 1 << 0,     /* blocks */
    IN_PHRASING = 1 << 1, /* text, inline elements */
    IN_LIST = 1 << 2,
    IN_TERMS = 1 << 3, /* dl */
    IN_TABLE = 1 << 4,
    IN_COLUMNS = 1 << 5,
    IN_ROWS = 1 << 6,
    IN_CELLS = 1 << 7,
    IN_PICTURE = 1 << 8,
    IN_MEDIA = 1 << 9,
    IN_RUBY = 1 << 10,
    IN_FIGURE = 1 << 11,
    IN_DETAILS = 1 << 12,
    IN_ANY_BLOCK = IN_FLOW | IN_PHRASING,
};

/* X(id, name, where it stands, what it takes, void) */
#define BODY_TAGS(X)                                                                               \
    X(P, "p", IN_FLOW, IN_PHRASING, false)                                                         \
    X(H2, "h2", IN_FLOW, IN_PHRASING, false)                                                       \
    X(H3, "h3", IN_FLOW, IN_PHRASING, false)                                                       \
    X(H4, "h4", IN_FLOW, IN_PHRASING, false)                                                       \
    X(H5, "h5", IN_FLOW, IN_PHRASING, false)                                                       \
    X(H6, "h6", IN_FLOW, IN_PHRASING, false)                                                       \
    X(DIV, "div", IN_FLOW, IN_ANY_BLOCK, false)                                                    \
    X(BLOCKQUOTE, "blockquote", IN_FLOW, IN_ANY_BLOCK, false)                                      \
    X(FIGURE, "figure", IN_FLOW, IN_ANY_BLOCK | IN_FIGURE, false)                                  \
    X(FIGCAPTION, "figcaption", IN_FIGURE, IN_ANY_BLOCK, false)                                    \
    X(PRE, "pre", IN_FLOW, IN_PHRASING, false)                                                     \
    X(HR, "hr", IN_FLOW, 0, true)                                                                  \
    X(DETAILS, "details", IN_FLOW, IN_ANY_BLOCK | IN_DETAILS, false)                               \
    X(SUMMARY, "summary", IN_DETAILS, IN_PHRASING, false)                                          \
    X(UL, "ul", IN_FLOW, IN_LIST, false)                                                           \
    X(OL, "ol", IN_FLOW, IN_LIST, false)                                                           \
    X(LI, "li", IN_LIST, IN_ANY_BLOCK, false)                                                      \
    X(DL, "dl", IN_FLOW, IN_TERMS, false)                                                          \
    X(DT, "dt", IN_TERMS, IN_PHRASING, false)                                                      \
    X(DD, "dd", IN_TERMS, IN_ANY_BLOCK, false)                                                     \
    X(TABLE, "table", IN_FLOW, IN_TABLE, false)                                                    \
    X(CAPTION, "caption", IN_TABLE, IN_PHRASING, false)                                            \
    X(COLGROUP, "colgroup", IN_TABLE, IN_COLUMNS, false)                                           \
    X(COL, "col", IN_COLUMNS, 0, true)                                                             \
    X(THEAD, "thead", IN_TABLE, IN_ROWS, false)                                                    \
    X(TBODY, "tbody", IN_TABLE, IN_ROWS, false)                                                    \
    X(TFOOT, "tfoot", IN_TABLE, IN_ROWS, false)                                                    \
    X(TR, "tr", IN_ROWS, IN_CELLS, false)                                                          \
    X(TH, "th", IN_CELLS, IN_ANY_BLOCK, false)                                                     \
    X(TD, "td", IN_CELLS, IN_ANY_BLOCK, false)                                                     \
    X(A, "a", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(ABBR, "abbr", IN_PHRASING, IN_PHRASING, false)                                               \
    X(B, "b", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(BDI, "bdi", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(BDO, "bdo", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(CITE, "cite", IN_PHRASING, IN_PHRASING, false)                                               \
    X(CODE, "code", IN_PHRASING, IN_PHRASING, false)                                               \
    X(DEL, "del", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(DFN, "dfn", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(EM, "em", IN_PHRASING, IN_PHRASING, false)                                                   \
    X(I, "i", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(INS, "ins", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(KBD, "kbd", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(MARK, "mark", IN_PHRASING, IN_PHRASING, false)                                               \
    X(Q, "q", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(S, "s", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(SAMP, "samp", IN_PHRASING, IN_PHRASING, false)                                               \
    X(SMALL, "small", IN_PHRASING, IN_PHRASING, false)                                             \
    X(SPAN, "span", IN_PHRASING, IN_PHRASING, false)                                               \
    X(STRONG, "strong", IN_PHRASING, IN_PHRASING, false)                                           \
    X(SUB, "sub", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(SUP, "sup", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(TIME, "time", IN_PHRASING, IN_PHRASING, false)                                               \
    X(U, "u", IN_PHRASING, IN_PHRASING, false)                                                     \
    X(VAR, "var", IN_PHRASING, IN_PHRASING, false)                                                 \
    X(RUBY, "ruby", IN_PHRASING, IN_PHRASING | IN_RUBY, false)                                     \
    X(RT, "rt", IN_RUBY, IN_PHRASING, false)                                                       \
    X(RP, "rp", IN_RUBY, IN_PHRASING, false)                                                       \
    X(BR, "br", IN_PHRASING, 0, true)                                                              \
    X(WBR, "wbr", IN_PHRASING, 0, true)                                                            \
    X(IMG, "img", IN_PHRASING | IN_PICTURE, 0, true)                                               \
    X(PICTURE, "picture", IN_PHRASING, IN_PICTURE, false)                                          \
    X(AUDIO, "audio", IN_PHRASING, IN_MEDIA, false)                                                \
    X(VIDEO, "video", IN_PHRASING, IN_MEDIA, false)                                                \
    X(SOURCE, "source", IN_PICTURE | IN_MEDIA, 0, true)                                            \
    X(TRACK, "track", IN_MEDIA, 0, true)

enum body_tag {
    BODY_TAG_NONE,
#define X(id, name, stands_in, takes, is_void) BODY_TAG_##id,
    BODY_TAGS(X)
#undef X
        BODY_TAG_COUNT
};

struct body_element {
    struct str name;
    unsigned stands_in;
    unsigned takes;
    bool is_void;
};

/* By tag; [BODY_TAG_NONE] is the body itself, which takes blocks and text. */
extern const struct body_element body_elements[BODY_TAG_COUNT];

/* BODY_TAG_NONE if the subset has no such element. Names are lower-case. */
enum body_tag body_tag_of(struct str name);

/* The kinds of attribute value; each has one canonical form. */
enum body_value {
    VALUE_CARD,
    VALUE_STORY,
    VALUE_TEXT,     /* white space collapsed; dropped when empty */
    VALUE_ALT,      /* as text, but kept when empty */
    VALUE_LINK,     /* http, https, mailto, tel, relative */
    VALUE_RESOURCE, /* http, https, relative */
    VALUE_IMAGE,    /* as a resource, or data: of a bitmap */
    VALUE_SRCSET,
    VALUE_MEDIA, /* media queries and image sizes */
    VALUE_MIME,
    VALUE_ID,
    VALUE_CLASS,
    VALUE_STYLE,
    VALUE_LANG,
    VALUE_DIR,
    VALUE_REL,
    VALUE_FLAG, /* always "" */
    VALUE_DATETIME,
    VALUE_INTEGER,
    VALUE_SIZE,    /* 1-99999 */
    VALUE_SPAN,    /* 1-1000 */
    VALUE_ROWSPAN, /* 0-65534 */
    VALUE_SCOPE,
    VALUE_LIST_TYPE,
    VALUE_LOADING,
    VALUE_PRELOAD,
    VALUE_TRACK_KIND,
};

struct body_attribute {
    struct str name;
    enum body_value value;
    /* Elements that may have it, up to BODY_TAG_NONE; none at all: every element. */
    enum body_tag tags[8];
};

/* In canonical order; the last one's name is empty. */
extern const struct body_attribute body_attributes[];

/* May the element have it? */
bool body_attribute_fits(const struct body_attribute *attribute, enum body_tag tag);

/* The canonical form of a value (not escaped), or a str whose ptr is NULL if there is none and the
 * attribute goes. Idempotent. base_url: of the site, or empty. */
struct str body_value(struct arena *a, enum body_value kind, struct str value, struct str base_url);

#endif
