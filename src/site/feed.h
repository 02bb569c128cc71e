/* Feeds: the newest stories of a list, or the newest comments of the site or of a story, in
 * RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1. feed.c reads the items once, in one way for all
 * three; feed_rss.c, feed_atom.c and feed_json.c write them. Private to src/site.
 *
 * A feed is a page as any other: a function of its key and the data. Its date of change is the
 * newest change of what it shows. Every address in it is absolute, those inside bodies too. */
#ifndef SITE_FEED_H
#define SITE_FEED_H

#include "site/pass.h"

enum feed_format { FEED_NONE, FEED_RSS, FEED_ATOM, FEED_JSON, FEED_FORMATS };

/* ---- addresses ---- */

/* Where WordPress has the feed of what stands at `base`: "<base>feed/", "<base>feed/atom/",
 * "<base>feed/json/"; "&feed=rss2", "&feed=atom", "&feed=json" where the base has a query. */
struct str feed_path(struct arena *a, struct str base, enum feed_format format);

/* Whether `path` asks for a feed in one of the spellings that sites and WordPress have had for it:
 * "<base>feed/rss2/", "<base>atom", "/feed.json"… *ret_base is what it is of. */
enum feed_format feed_split(struct str path, struct str *ret_base);
/* The same of a parameter feed=…; *ret_comments: of the comments on what is named. FEED_NONE: it is
 * none. */
enum feed_format feed_of_param(struct str value, bool *ret_comments);
/* Its one spelling: "rss2", "atom", "comments-rss2"…; empty: it is none. */
struct str feed_param(struct str value);

/* The base of the site's feed of comments: there is no page at it. */
#define FEED_COMMENTS_BASE STR("/comments/")

/* <link rel="alternate">: the feeds of what stands at `base`, a list of view_feed. */
struct list feed_links(struct pass *pass, struct str title, struct str base);

/* ---- answers ---- */

NODISCARD enum status feed_stories(struct pass *pass, struct list_id list, struct str base,
                                   enum feed_format format, struct page_build *page,
                                   struct err *err);
/* story: NULL: of the whole site. */
NODISCARD enum status feed_comments(struct pass *pass, const struct story *story,
                                    enum feed_format format, struct page_build *page,
                                    struct err *err);

struct feed_memo;
/* NULL is accepted. */
void feed_memo_free(struct feed_memo *memo);

/* ---- what the writers get ---- */

struct feed_author {
    struct str name;
    struct str url, avatar; /* empty: none */
};

struct feed_picture {
    struct str url, mime, title, alt, caption, credit, licence;
    int64_t size_bytes, width, height; /* 0: not known */
    struct str thumbnail_url;
    int64_t thumbnail_width, thumbnail_height;
};

struct feed_item {
    struct str id; /* a URI that stays when headline and address change */
    struct str url;
    struct str title, summary; /* plain text */
    struct html content;       /* empty: the summary only */
    int64_t published_us, updated_us;
    struct list authors;    /* feed_author */
    struct list categories; /* str: sections, then tags */
    const struct feed_picture *picture;
    bool has_comments; /* or may have some */
    int64_t comments;
    struct str comments_base;         /* path of the story, whose comments have feeds */
    struct str parent_id, parent_url; /* of a comment: its story */
};

struct feed {
    struct str title, description; /* plain text */
    struct str home;               /* what it is the feed of */
    struct str self;               /* its own address */
    struct str site, language;
    struct str icon, favicon;
    struct str hub;     /* empty: none */
    int64_t updated_us; /* 0: not known */
    struct list items;  /* feed_item */
};

void feed_rss_put(struct pass *pass, const struct feed *feed, struct buf *out);
void feed_atom_put(struct pass *pass, const struct feed *feed, struct buf *out);
void feed_json_put(struct pass *pass, const struct feed *feed, struct buf *out);

#endif
