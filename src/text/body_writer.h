/* Writes the body subset from a stream of opens, texts and closes that need not fit together: the
 * writer sees to it that blocks stand where blocks may stand, and so on (see body_writer.c). */
#ifndef TEXT_BODY_WRITER_H
#define TEXT_BODY_WRITER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "text/body_vocabulary.h"

enum { BODY_RUNS_MAX = 24 };

/* What the last thing written was: decides what becomes of white space and <br>. */
enum body_edge {
    EDGE_START,       /* a block's start tag, or the beginning */
    EDGE_BLOCK,       /* a block's end */
    EDGE_BLOCK_SPACE, /* white space behind a block */
    EDGE_INK,
    EDGE_INK_SPACE, /* white space behind text, or <br> */
};

struct body_block {
    enum body_tag tag;
    bool implied;    /* not asked for: an <li> around what stands in a list */
    bool keep_empty; /* has a meaning without content */
    size_t start;    /* in the output: its start tag, and what is behind that */
    size_t content;
    enum body_edge edge_before;
    bool space_before; /* was cut off before the start tag */
};

struct body_run {
    enum body_tag tag;
    struct str attrs;       /* ` name="value"`…, ready to write */
    struct str attrs_again; /* the same without the id; ptr NULL: then it is not worth writing */
    size_t depth;           /* blocks open around it */
    bool written;
    /* Of paragraphs and headings, as in a block: */
    size_t start;
    enum body_edge edge_before;
    bool space_before;
};

struct body_writer {
    struct arena *arena;
    struct buf *out;
    struct body_block blocks[LIMIT_HTML_DEPTH];
    size_t n_blocks;
    struct body_run runs[BODY_RUNS_MAX]; /* wanted around text */
    size_t n_runs;
    size_t open[BODY_RUNS_MAX]; /* of those, written and not closed yet */
    size_t n_open;
    bool settled; /* text may follow without further ado */
    enum body_edge edge;
};

/* What an open became; given back to close it. */
struct body_mark {
    enum { MARK_NOTHING, MARK_GAP, MARK_RUN, MARK_BLOCK } kind;
    size_t block;
};

void body_writer_init(struct body_writer *w, struct arena *a, struct buf *out);

/* The element that may be written here for `tag`: itself, BODY_TAG_DIV (a stray li), or
 * BODY_TAG_NONE. For the next body_writer_open only; closes and opens what has to be. *ret_gap: not
 * written, but its ends part words. */
enum body_tag body_writer_place(struct body_writer *w, enum body_tag tag, bool *ret_gap);

/* Open what body_writer_place returned. attrs_again: for writing it once more (without the id); its
 * ptr is NULL if it should not be.
 * keep_empty: also if nothing comes into it (an anchor, a card). */
struct body_mark body_writer_open(struct body_writer *w, enum body_tag tag, struct str attrs,
                                  struct str attrs_again, bool keep_empty);
/* An element that is not written: its ends part words. */
struct body_mark body_writer_gap(struct body_writer *w);
void body_writer_close(struct body_writer *w, struct body_mark mark);

/* Plain text. White space collapses, but in <pre>. */
void body_writer_text(struct body_writer *w, struct str text);
void body_writer_br(struct body_writer *w);
/* An inline element written already: <img>, <video>…</video>. */
void body_writer_inline(struct body_writer *w, struct str markup);

/* Close everything. */
void body_writer_finish(struct body_writer *w);

/* Escaped as the subset has it: & < > and, in attribute values, '"'. */
void body_put_text(struct buf *out, struct str text);
void body_put_value(struct buf *out, struct str value);

#endif
