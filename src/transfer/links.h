/* Links of a body get identity: a link to a story says which one beside its address, pictures of
 * our own library are shown from it, and a paragraph that is nothing but "ALSO READ:" and a link
 * becomes a card. Works on the body subset (text/body.h) and gives it. */
#ifndef TRANSFER_LINKS_H
#define TRANSFER_LINKS_H

#include "base/arena.h"
#include "base/status.h"
#include "text/html.h"

enum link_kind {
    LINK_FOREIGN, /* not of this site: left alone */
    LINK_UNKNOWN, /* of this site, but nothing is known there: left alone */
    LINK_PATH,    /* something of ours that is not a story */
    LINK_STORY,
};

struct link_target {
    enum link_kind kind;
    int64_t story_id;
    struct str path; /* the present address */
};

/* What a URL leads to. A status other than OK ends the walk. */
typedef enum status link_resolver(void *ctx, struct arena *a, struct str url, bool is_resource,
                                  struct link_target *ret, struct err *err);

struct links_result {
    struct html body;
    bool changed;
    bool other_words; /* its text may have changed, too: what is a card now is read no more */
    size_t unknown;   /* links of this site that lead to nothing that is known */
};

NODISCARD enum status links_settle(struct arena *a, struct html body, link_resolver *resolver,
                                   void *ctx, struct links_result *ret, struct err *err);

/* "ALSO READ:", "Lire aussi :", "यह भी पढ़ें"… in any case. */
bool links_is_label(struct arena *a, struct str text);

#endif
