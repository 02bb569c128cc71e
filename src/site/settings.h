/* A site's settings: which there are, what each means, and what it is when nobody has set it.
 *
 * They live in the store as text; `broadsheet set` checks a value before it is written, and
 * settings_load reads them all into one struct at the beginning of each rendering, so that a page
 * is made from one snapshot of data and settings. A stored value that no longer passes the check
 * counts as not set. */
#ifndef SITE_SETTINGS_H
#define SITE_SETTINGS_H

#include "store/store.h"

enum setting_kind {
    SETTING_TEXT,
    SETTING_LINES,     /* a small text file; may be empty */
    SETTING_HEADER,    /* of a header field: visible ASCII */
    SETTING_URL,       /* http or https, host, no query; kept without a trailing slash */
    SETTING_ENDPOINT,  /* http or https, anywhere; may be empty */
    SETTING_KEY,       /* min to max letters, digits and hyphens; may be empty */
    SETTING_LANGUAGE,  /* BCP 47 */
    SETTING_TIMEZONE,  /* IANA */
    SETTING_PERMALINK, /* "/%year%/%monthnum%/%postname%/", or empty: "/?p=7" */
    SETTING_SLUG,
    SETTING_COUNT,   /* min to max */
    SETTING_COLOUR,  /* "#a3171f", "#a31" or empty */
    SETTING_CHOICE,  /* one of `choices` */
    SETTING_URLS,    /* http or https, absolute, separated by blanks; may be empty */
    SETTING_PICTURE, /* path of a picture here, or name of a theme's file; may be empty */
    SETTING_HANDLE,  /* "@paper", "@paper@example.social"; may be empty */
};

struct setting_def {
    const char *key;
    enum setting_kind kind;
    const char *fallback;
    int64_t min, max;    /* of a count; of a text, min is the least number of bytes */
    const char *choices; /* "site|section" */
    const char *meaning; /* one line, for people */
};

extern const struct setting_def setting_defs[];
extern const size_t setting_defs_len;

/* NULL: there is no such setting. */
const struct setting_def *settings_find(struct str key);

/* May this value be set? Errors: NOT_FOUND (no such setting), INVALID (why not). */
NODISCARD enum status settings_check(struct str key, struct str value, struct err *err);

enum views_mode { VIEWS_OFF, VIEWS_SERVER, VIEWS_BEACON };

struct site_settings {
    struct str title, tagline;
    struct str url;    /* without a trailing slash */
    struct str origin; /* scheme://host[:port] of it; paths are put behind this */
    struct str language, timezone;
    struct str permalink;
    struct str category_base, tag_base;
    struct str front_page; /* path of the page at "/"; empty: the stories */
    struct str logo;       /* path of a picture here, or a theme's file; publisher.h finds it */
    struct str organization_type;
    struct str same_as; /* URLs with blanks between */
    struct str twitter_site, fediverse_creator;
    struct str house_credit, excerpt_ellipsis;
    struct str websub_hub;                      /* empty: none */
    struct str indexnow_key, indexnow_endpoint; /* either may be empty */
    struct str theme_accent;                    /* empty: the theme's */
    bool theme_sans, theme_compact, style_linked;
    struct str content_policy;                  /* empty: none is sent */
    struct str short_title;                     /* empty: the title */
    struct str paper_colour, paper_colour_dark; /* empty: not said */
    struct str robots_txt, ads_txt, app_ads_txt, security_txt, humans_txt;
    bool discourage_crawlers;
    bool neighbours_in_section;
    bool surrogate_keys;
    enum views_mode views;
    int64_t stories_per_page;
    int64_t latest_count, latest_excerpt_words;
    int64_t dont_miss_count, dont_miss_excerpt_words;
    int64_t list_excerpt_words;
    int64_t front_secondaries, front_band_stories, front_most_read;
    int64_t words_per_minute;
    int64_t updated_after_minutes;
    bool feed_is_full;
    int64_t feed_stories;
    int64_t comments_shown;
    int64_t fragment_memory_mib;
};

/* All of them, in the reader's snapshot. Strings live in `a`. */
NODISCARD enum status settings_load(struct store_reader *r, struct arena *a,
                                    struct site_settings *ret, struct err *err);

#endif
