/* What a page key asks for, taken apart: pure functions of the key. Private to src/site.
 *
 * The views of a list, its further pages and its feeds, are spelled "<address>page/2/" and
 * "<address>feed/" or, by those who add parameters to any address as WordPress lets them,
 * "<address>?paged=2" and "<address>?feed=rss2". Of the front page alone the parameters may also
 * name a thing: "/?p=7", "/?category_name=harbour", "/?year=2022&monthnum=3". */
#ifndef SITE_WANTED_H
#define SITE_WANTED_H

#include "site/feed.h"

struct wanted {
    struct str base; /* "/section/world/", "/?p=7", "/?category_name=harbour": what it is of; "/" */
    int64_t number;  /* 1: not said */
    enum feed_format feed;
    bool rewritten;   /* the base is not the whole key */
    bool is_comments; /* the feed is that of the comments */
    bool is_nothing;  /* no one thing is named, and what is wanted of it is not for all */
};

struct wanted wanted_of_key(struct arena *a, struct str key);

/* "/a/b/" and "/a/b" are "/a/" and "b". */
struct str wanted_last(struct str path, struct str *ret_before);

/* The list of "/2022/", "/2022/03/", "/2022/03/14/", "/?m=202203"; "/2022/3/" is another spelling.
 */
bool wanted_date(struct str base, struct list_id *ret);
/* The address of a date's list. slash: what ends it, "/" or nothing. */
struct str wanted_date_path(struct arena *a, struct list_id date, struct str slash);

#endif
