/* What renderings of one snapshot have read before: cards and links, each with the keys that its
 * reading noted, so that whoever takes it from here depends on the same. For a walk over a whole
 * site, where each story stands in a dozen lists and each tag in hundreds of stories.
 *
 * Shared by threads that hold the same snapshot (site_hold). Nothing is ever changed or removed, so
 * that what was found may be used until the end; what finds no room is read again each time. */
#ifndef SITE_MEMO_H
#define SITE_MEMO_H

#include "site/view.h"
#include "store/keys.h"

struct site_memo;

struct site_memo *site_memo_new(size_t max_bytes);
/* NULL is accepted. No thread may use it any more. */
void site_memo_free(struct site_memo *memo);

/* The card of a story with so many words of excerpt. False: nobody has read it. */
bool memo_card(struct site_memo *memo, int64_t id, int64_t words, struct keys *keys,
               struct view_card *ret);
/* keys: what reading it noted. */
void memo_card_put(struct site_memo *memo, int64_t id, int64_t words, const struct keys *keys,
                   const struct view_card *card);

/* The same of a link; kind: an enum address_kind. */
bool memo_link(struct site_memo *memo, int kind, int64_t id, struct keys *keys,
               struct view_link *ret);
void memo_link_put(struct site_memo *memo, int kind, int64_t id, const struct keys *keys,
                   const struct view_link *link);

#endif
