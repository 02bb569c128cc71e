/* A WordPress body becomes ours: block comments understood, shortcodes expanded, paragraphs marked,
 * then sanitised into the body subset (text/body.h).
 *
 *   blocks      what stands between <!-- wp:x --> comments is kept; a block whose content is only
 *               in its attributes (an embed, a reusable block, a cover's picture) is written out;
 * one that a server would compute (latest posts…) is left out and told of classic     auto-embedded
 * addresses, autop, shortcodes, in WordPress's order both        <!--more--> goes, <!--nextpage-->
 * goes and is counted, <iframe> becomes a link card
 *
 * Links are left as they are: a later pass, when all addresses are known, gives them identity. */
#ifndef TRANSFER_WP_BODY_H
#define TRANSFER_WP_BODY_H

#include "base/arena.h"
#include "base/status.h"
#include "text/html.h"

/* A file of the library, as a body shows it. */
struct wp_media {
    struct str url;
    struct str mime;
    struct str alt, caption, title;
    int width, height;
};

struct wp_ids {
    int64_t *ptr;
    size_t len, cap;
};

/* What a body asks about its site; each member may be NULL. */
struct wp_library {
    void *ctx;
    /* The attachment of a post id; false: not known. */
    bool (*media)(void *ctx, struct arena *a, int64_t id, struct wp_media *ret);
    /* The attachments uploaded to the post that is being read, in order. */
    void (*children)(void *ctx, struct arena *a, struct wp_ids *ret);
    /* The content of a reusable block. */
    bool (*block)(void *ctx, struct arena *a, int64_t id, struct str *ret);
    /* Something was left out or left as it is: what ("the shortcode [wpforms]"). */
    void (*told)(void *ctx, const char *what);
};

struct wp_body {
    struct str content;
    struct str footnotes; /* the meta of that name, JSON; may be empty */
};

/* *ret lives in `a`; *ret_pages counts the pages that <!--nextpage--> made, 1 for most.
 * Errors: TOO_LARGE. */
NODISCARD enum status wp_body_read(struct arena *a, const struct wp_body *body,
                                   const struct wp_library *library, struct html *ret,
                                   int *ret_pages, struct err *err);

/* A comment's content: autop and the sanitiser only. */
NODISCARD enum status wp_body_read_comment(struct arena *a, struct str content, struct html *ret,
                                           struct err *err);

#endif
