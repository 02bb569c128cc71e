/* What a change of the store means to the world outside: the feeds and the stories that are not
 * what they were. For those who are told of it (newsroom/announce.h). */
#ifndef SITE_CHANGES_H
#define SITE_CHANGES_H

#include "render/value.h"
#include "store/store.h"

struct site_changes {
    struct str hub;                                               /* empty: none is told */
    struct str indexnow_endpoint, indexnow_key, indexnow_key_url; /* key empty: nobody is told */
    struct str host;                                              /* of the site */
    struct list feeds;   /* str: their addresses, in all formats; empty without a hub */
    struct list stories; /* str: of those that readers may see, and of withdrawn ones; empty without
                            a key */
};

/* touched: keys of the journal; NULL: only the settings are wanted. forgotten: there were others,
 * so that the feeds of the whole site have changed for all we know.
 *
 * - A list's key (latest, section:<id>…) is that list's feeds; a row's (row:tag:<id>…) too: the
 * feed has its name in it.
 * - story:<id> is the story, and the feeds that show it now.
 * - comments:<id> and all-comments are the feeds of comments.
 * - site is the site's feeds: their title may be another.
 * A picture whose caption changed is no news. */
NODISCARD enum status site_changes(struct store_reader *r, struct arena *a,
                                   const struct keys *touched, bool forgotten,
                                   struct site_changes *ret, struct err *err);

#endif
