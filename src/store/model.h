/* What the store holds, as plain data. Strings are borrowed: what a read returns lives in the arena
 * that was passed to it; what a write takes is copied into the database. Ids are > 0; 0 is none.
 * Times are microseconds since 1970 UTC; 0 is none. */
#ifndef STORE_MODEL_H
#define STORE_MODEL_H

#include "base/str.h"
#include "text/html.h"

enum story_kind { STORY_STORY = 0, STORY_PAGE = 1 };

/* Readers see PUBLISHED only; WITHDRAWN answers 410 at its old address; the rest 404. */
enum story_state {
    STORY_DRAFT = 0,
    STORY_REVIEW = 1,
    STORY_SCHEDULED = 2,
    STORY_PUBLISHED = 3,
    STORY_WITHDRAWN = 4,
    STORY_TRASHED = 5,
};

/* Of a published story. PRIVATE: staff only, 404 to readers. PASSWORD: its address answers with the
 * headline and asks for the password; it stands in no list and no feed. */
enum story_visibility { STORY_PUBLIC = 0, STORY_PRIVATE = 1, STORY_PASSWORD = 2 };

struct ids {
    const int64_t *ptr;
    size_t len;
};

struct correction {
    int64_t at_us;
    struct str text;
};

struct corrections {
    const struct correction *ptr;
    size_t len;
};

struct story {
    int64_t id; /* 0 in a save: a new one */
    enum story_kind kind;
    enum story_state state;
    enum story_visibility visibility;
    struct str password; /* a shared word, kept as it is; only with STORY_PASSWORD */
    struct str slug;
    struct str path; /* canonical address, "/2022/03/14/the-ferry/"; may carry a query ("/?p=7") */
    struct str headline;
    struct str standfirst; /* plain text */
    struct html body;      /* the canonical subset, text/body.h; empty in a card read */
    struct str excerpt;    /* in a save: store_excerpt of the two, if it was made already */
    int64_t published_us;  /* first publication, or when it is due */
    int64_t updated_us;    /* last change that readers see */
    int64_t created_us;
    int local_day;       /* yyyymmdd of published_us in the site's zone; the date archives' key */
    int64_t section_id;  /* primary */
    struct ids sections; /* all, the primary included */
    struct ids tags;
    struct ids authors; /* in byline order */
    int64_t lead_media_id;
    bool sticky;
    bool comments_open;
    int64_t parent_id; /* pages: the page above */
    int64_t menu_order;
    struct str seo_title;
    struct str seo_description;
    bool noindex;        /* search engines should leave it out */
    unsigned word_count; /* of the body */
    struct corrections corrections;
    int64_t version; /* raised by every save */
};

struct section {
    int64_t id;
    int64_t parent_id;
    struct str name;
    struct str slug;
    struct str path;
    struct str description;
};

struct tag {
    int64_t id;
    struct str name;
    struct str slug;
    struct str path;
    struct str description;
    struct str taxonomy; /* "" for tags; a custom taxonomy's name otherwise */
};

struct author {
    int64_t id;
    int64_t user_id; /* 0: a guest */
    struct str name;
    struct str slug;
    struct str path;
    struct str biography; /* plain text */
    struct str email;     /* never shown to readers */
    struct str login;     /* of the imported account, for matching */
    int64_t media_id;     /* picture */
};

enum user_role { USER_CONTRIBUTOR, USER_AUTHOR, USER_EDITOR, USER_CHIEF };

struct user {
    int64_t id;
    struct str login;
    struct str email;
    struct str name;
    struct str password_hash; /* argon2id, libsodium's string form; "" = cannot sign in */
    enum user_role role;
    int64_t created_us;
    int64_t password_us; /* when the password was last set */
    bool is_disabled;    /* cannot sign in by any way */
};

/* A picture or another file, in the media library. Several rows may share a file. */
struct media {
    int64_t id;
    struct str file;       /* name below media/ (store/media_file.h); "" = only remote */
    struct str hash;       /* of the file, BLAKE2b-256 in hex; follows from `file`; read only */
    struct str path;       /* address on this site ("/wp-content/uploads/…"); "" if none */
    struct str remote_url; /* where it was before */
    struct str mime;       /* of what it is, not of what its name says */
    int64_t size_bytes;
    int64_t created_us;
    int64_t parent_story_id; /* the story it was uploaded to */

    /* What the file itself says, of pictures. */
    bool probed;       /* by the confined decoder: it is whole; else only a size may be known */
    int width, height; /* as it is to be shown, if probed; 0 = not known */
    int orientation;   /* if probed: Exif's, 1 to 8; 1: as stored */
    int frames;        /* if probed; 1: no animation */
    bool has_alpha;    /* if probed: a channel for it */
    unsigned colour;   /* if probed: 0xRRGGBB, the one that covers most of it */
    struct str placeholder; /* if probed: a tiny WebP in base64, to be shown blurred */

    /* What people say of it, all plain text; filled in from the file where they say nothing. */
    struct str title;
    struct str alt;
    struct str caption;
    struct str credit; /* as it has to stand beside it */
    struct str byline; /* who made it; several: "A; B" */
    struct str licence;
    struct str source;
    struct str usage; /* terms, in words; for editors */
    struct str taken; /* "2022-03-14T09:26:53" by the camera's clock, "+01:00" or "Z" if known */
    struct str place;
    struct str people;    /* "A; B" */
    int focal_x, focal_y; /* thousandths of what is shown, 0 to 1000 from its left and top; both 0:
                           * nobody has set it, which means the middle */
    bool decorative;      /* it says nothing: its empty alt is meant */
    bool unsyndicated;    /* it must not leave in feeds */
};

enum comment_state {
    COMMENT_HELD = 0,
    COMMENT_APPROVED = 1,
    COMMENT_SPAM = 2,
    COMMENT_TRASHED = 3
};

struct comment {
    int64_t id;
    int64_t story_id;
    int64_t parent_id;
    enum comment_state state;
    struct str author;
    struct str author_email; /* never shown */
    struct str author_url;
    struct str author_ip; /* never shown */
    struct html body;
    int64_t created_us;
    struct str kind; /* "comment", "pingback", "trackback" */
};

struct menu_item {
    struct str label;
    struct str url; /* path of this site, or absolute; "" when `kind` names a target */
    enum menu_target { MENU_URL, MENU_STORY, MENU_SECTION, MENU_TAG } target;
    int64_t target_id; /* its present address is used */
    int parent;        /* index in the list; -1 at the top */
};

/* What metas are kept of. */
enum meta_kind {
    META_STORY = 1, /* story or page */
    META_MEDIA = 2,
    META_SECTION = 3,
    META_TAG = 4,
    META_AUTHOR = 5,
    META_COMMENT = 6,
};

/* Of an author, beside the row: what his page links to, and his name in the fediverse. */
#define AUTHOR_WEBSITE     "website"
#define AUTHOR_CAP_WEBSITE "cap-website" /* as Co-Authors Plus has it, where there is no other */
#define AUTHOR_PROFILE     "profile"     /* on another site; there may be several */
#define AUTHOR_FEDIVERSE   "fediverse"   /* "@name@host" */

/* What answers at an address. */
enum address_kind {
    ADDRESS_NONE = 0,
    ADDRESS_STORY = 1, /* story or page */
    ADDRESS_SECTION = 2,
    ADDRESS_TAG = 3,
    ADDRESS_AUTHOR = 4,
    ADDRESS_MEDIA = 5,
    ADDRESS_URL = 6, /* a redirect to `url` */
};

struct address {
    enum address_kind kind;
    int64_t id;
    bool redirect;  /* 301 to the target's present address instead of answering here */
    struct str url; /* of ADDRESS_URL */
};

/* The lists of published, public stories, newest first. */
enum list_kind {
    LIST_LATEST,
    LIST_SECTION,
    LIST_TAG,
    LIST_AUTHOR,
    LIST_YEAR,
    LIST_MONTH,
    LIST_DAY
};

struct list_id {
    enum list_kind kind;
    int64_t id; /* of the section, tag, author; yyyy, yyyymm, yyyymmdd; 0 for LATEST */
};

#endif
