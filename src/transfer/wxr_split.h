/* Where the items of an export begin and end, without parsing them: so that they can be given to
 * several parsers.
 *
 * Text that xml_clean has gone over is pushed in. What comes out is the same text again, in order
 * and whole, in pieces of two kinds: runs of whole items, and all the rest (the "frame"), which one
 * parser must read from beginning to end. A run can be read by itself (wxr_read_run with `open`).
 * The frame's parser reads the items that are too large for a run, too: they come as pieces of the
 * frame.
 *
 * Only tags, comments, CDATA and processing instructions are told from each other, and names are
 * compared with "item". Where the text is well-formed, that is exact. Where it is not, whoever
 * parses the piece with the fault finds it, and nothing after that counts. */
#ifndef TRANSFER_WXR_SPLIT_H
#define TRANSFER_WXR_SPLIT_H

#include "base/buf.h"

enum wxr_piece_kind { WXR_PIECE_FRAME, WXR_PIECE_RUN };

struct wxr_piece {
    enum wxr_piece_kind kind;
    struct str text;
    long line;            /* where it begins, counted from the first text that was pushed in */
    struct str open;      /* of a run */
    bool at_channel;      /* of a frame: it ends between two children of the channel */
    bool is_large;        /* of a frame: it is of an item */
    size_t skipped_lines; /* of the runs since the last piece of the frame */
};

/* What pieces point to lives until the handler returns. Another status than OK ends it. */
typedef enum status wxr_piece_handler(void *ctx, const struct wxr_piece *piece, struct err *err);

struct wxr_split {
    wxr_piece_handler *handler;
    void *ctx;
    size_t run_bytes;  /* a run ends when it has as many */
    size_t item_bytes; /* an item with more is read by the frame's parser */

    struct buf text; /* not given out yet */
    size_t at;       /* looked at up to here */
    long line;       /* of text[0] */
    size_t skipped_lines;

    enum {
        SPLIT_TEXT,
        SPLIT_TAG,
        SPLIT_COMMENT,
        SPLIT_CDATA,
        SPLIT_INSTRUCTION,
        SPLIT_NEVER, /* something that is not understood: all the rest is frame */
    } state;
    size_t token; /* where the tag begins */
    size_t from;  /* where the end of a comment or the like may begin */
    char quote;   /* within a tag: the open quotation mark, or 0 */
    int depth;
    bool in_item;       /* at depth 2, or deeper */
    bool is_large;      /* the item has been given to the frame */
    size_t item;        /* where it begins */
    size_t channel_end; /* where a child of the channel has ended */
    bool has_run;       /* [run, run_end) are whole items */
    size_t run, run_end;
    struct buf root, channel; /* the open start tags */
    struct buf open;          /* both */
};

void wxr_split_init(struct wxr_split *s, size_t run_bytes, size_t item_bytes,
                    wxr_piece_handler *handler, void *ctx);
void wxr_split_done(struct wxr_split *s);
/* Errors: TOO_LARGE, NO_MEMORY, and what the handler returned. */
NODISCARD enum status wxr_split_feed(struct wxr_split *s, struct str text, bool last,
                                     struct err *err);

#endif
