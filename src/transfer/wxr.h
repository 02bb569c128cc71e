/* A streaming reader of WordPress export files (WXR 1.0, 1.1, 1.2).
 *
 * Bytes are pushed in; for each channel field, author, term and item the handler gets one event as
 * soon as its end tag was read. Memory is bounded by one item (limits.h), whatever the file's size.
 * What breaks off gives all that stood before the break, and an error that names the line.
 *
 * Elements are told by namespace URI (any version, http or https, whatever the prefix); where a
 * declaration is missing or unknown, the usual prefix is believed. Entity declarations are refused,
 * so nothing expands. Text is cleaned by xml_clean before it is parsed.
 *
 * In runs of whole items, those that are as plain as exporters write them are read without an XML
 * parser (wxr_plain.h), with the same events. */
#ifndef TRANSFER_WXR_H
#define TRANSFER_WXR_H

#include "base/arena.h"
#include "base/status.h"

struct wxr_meta {
    struct str key, value;
};
struct wxr_metas {
    struct wxr_meta *ptr;
    size_t len, cap;
};

struct wxr_channel_field {
    struct str name; /* "title", "link", "description", "language", "base_blog_url", … */
    struct str value;
};

struct wxr_author {
    int64_t id;
    struct str login, email, display_name, first_name, last_name;
};

/* A category, a tag or a term of any other taxonomy. */
struct wxr_term {
    int64_t id;
    struct str taxonomy; /* "category", "post_tag", "nav_menu", … */
    struct str slug, parent, name, description;
    struct wxr_metas metas;
};

struct wxr_term_ref {
    struct str taxonomy, slug, name;
};

struct wxr_comment {
    int64_t id, parent, user_id;
    struct str author, author_email, author_url, author_ip;
    struct str date, date_gmt, content, approved, type;
    struct wxr_metas metas;
};

struct wxr_item {
    int64_t id; /* 0: there was none */
    struct str type, status;
    struct str title, link, guid, creator, content, excerpt, description;
    struct str date, date_gmt, modified, modified_gmt, pub_date;
    struct str slug, password, attachment_url, comment_status, ping_status;
    int64_t parent, menu_order;
    bool sticky;
    struct {
        struct wxr_term_ref *ptr;
        size_t len, cap;
    } terms;
    struct wxr_metas metas;
    struct {
        struct wxr_comment *ptr;
        size_t len, cap;
    } comments;
    /* Why it must not be imported (a limit was passed); NULL: it is whole. */
    const char *fault;
};

/* The first value of a meta; ptr NULL when there is none. */
struct str wxr_meta_get(const struct wxr_metas *metas, const char *key);

enum wxr_event_kind { WXR_CHANNEL, WXR_AUTHOR, WXR_TERM, WXR_ITEM, WXR_WARNING };

struct wxr_event {
    enum wxr_event_kind kind;
    long line;     /* of the start tag, or of what is warned of */
    long end_line; /* of an item's end tag */
    union {
        const struct wxr_channel_field *channel;
        const struct wxr_author *author;
        const struct wxr_term *term;
        const struct wxr_item *item;
        const char *warning;
    };
};

/* What the event points to lives until the handler returns. A status other than OK ends the
 * reading and is what wxr_feed returns. */
typedef enum status wxr_handler(void *ctx, const struct wxr_event *event, struct err *err);

struct wxr;

struct wxr *wxr_new(wxr_handler *handler, void *ctx);
/* NULL is accepted. */
void wxr_free(struct wxr *w);

/* The next bytes, at most LIMIT_WXR_CHUNK_BYTES; `last` with the end (bytes may be empty then).
 * Errors: INVALID (not well formed, or not a WordPress export), and what the handler returned. */
NODISCARD enum status wxr_feed(struct wxr *w, struct str bytes, bool last, struct err *err);

/* The line that was reached. */
long wxr_line(const struct wxr *w);

/* ---- for reading a file in parts, on several threads (wxr_split.h) ---- */

/* The same for text that xml_clean has gone over. */
NODISCARD enum status wxr_feed_clean(struct wxr *w, struct str text, bool last, struct err *err);
/* What events point to is made in `a` and stays until its owner resets it; not within an element
 * below the channel. NULL: as before. */
void wxr_keep_in(struct wxr *w, struct arena *a);
/* Lines that others read follow. */
void wxr_skip_lines(struct wxr *w, long lines);
/* A run of whole items, which begins in `line`, of a channel whose start tags (of it and what is
 * around it) are `open`. Nothing of what was read before matters. */
NODISCARD enum status wxr_read_run(struct wxr *w, struct str open, struct str run, long line,
                                   struct err *err);
/* Whether an item without an id is one all the same: set by those who know the whole file. */
void wxr_trust(struct wxr *w);

#endif
