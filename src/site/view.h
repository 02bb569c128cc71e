/* What templates see: one struct a template, made of a few shared ones.
 *
 * The tables in view.c name the fields; a template that asks for anything else does not compile.
 * Every string here is plain text, escaped where it is printed; struct html alone is printed as it
 * is. Addresses are ready for href: paths of this site, or absolute. */
#ifndef SITE_VIEW_H
#define SITE_VIEW_H

#include "render/template.h"

struct view_link {
    int64_t id;
    struct str href, label;
    struct str after; /* of an author: what stands before the next, ", " or " and " */
};

/* src is never larger than a page needs: by {{picture}} themes offer the others (site/image.h). */
struct view_image {
    struct str src, alt, caption, credit, licence, mime;
    bool has_caption;          /* any of caption, credit and licence */
    int64_t width, height;     /* of src; 0: not known */
    const struct media *media; /* that has renditions; NULL: src is all there is */
};

/* An author: in a story's byline (href, label, image) or on the page of his own (all of it). */
struct view_author {
    int64_t id;
    struct str href, label;
    struct str after; /* what stands before the next: ", " or " and " */
    const struct view_image *image;
    struct list biography; /* str: its paragraphs */
    struct list links;     /* view_link: his own pages elsewhere */
};

/* A story in a list. */
struct view_card {
    int64_t id;
    struct str href, headline, standfirst, excerpt;
    bool is_broken;       /* the excerpt breaks off in a sentence, without an ellipsis */
    struct str direction; /* "rtl" or "ltr" where the headline reads against the site; else empty */
    struct str at, date;  /* for <time datetime>, for people */
    const struct view_image *image;
    const struct view_link *section;
    struct list authors; /* view_link */
};

struct view_feed {
    struct str type, title, href;
};

struct view_site {
    struct str name, tagline;
    struct str language, locale, direction; /* "pt-BR", "pt_BR", "ltr" */
    struct str feed, icon, touch_icon;
    struct str paper_colour, paper_colour_dark; /* empty: not said */
    bool is_discouraged;                        /* search engines are asked to keep off */
    struct html script;                         /* the theme's inline.js */
    struct list feeds;                          /* view_feed */
};

/* What stands in <head>. */
struct view_head {
    struct str title, description, robots, canonical;
    struct str newer, older;      /* rel=prev, rel=next */
    struct list feeds;            /* view_feed; beside the site's */
    struct str og_type, og_title; /* og_type empty: no OpenGraph */
    struct str card;              /* twitter:card */
    struct str image, image_alt, image_type;
    int64_t image_width, image_height;
    struct str published, modified, section;
    struct list authors;  /* str: addresses of their pages */
    struct list tags;     /* str */
    struct str username;  /* of a profile */
    struct str twitter;   /* the site's "@name" */
    struct str fediverse; /* "@name@host" of who wrote this */
    struct html json_ld;
};

struct view_correction {
    struct str at, date, text;
};

struct view_comment {
    int64_t id;
    bool is_reply;
    struct str author, at, date;
    struct html body;
};

struct view_story {
    struct str headline, standfirst;
    struct str direction;             /* as a card's */
    struct str published, date;       /* for <time datetime>, for people */
    struct str day;                   /* the list of its day; empty: it stands in none */
    struct str updated, updated_date; /* empty: not shown */
    int64_t minutes;
    int64_t section_id;
    struct list trail;    /* view_link: the sections above the primary one, from the top */
    struct list sections; /* view_link; the primary one first */
    struct list authors;  /* view_author */
    const struct view_image *image;
    struct html body;
    struct list corrections; /* view_correction */
    struct list tags;
    bool has_neighbours;
    const struct view_link *previous, *next;
    struct str beacon;    /* a picture of nothing, by which views are counted; empty: none */
    struct list comments; /* view_comment */
    int64_t comments_len;
};

struct view_page {
    struct str headline, standfirst;
    struct list trail; /* view_link: the pages above, from the top */
    const struct view_image *image;
    struct html body;
    struct list children; /* view_link */
};

struct view_pager {
    int64_t number, pages;
    struct str newer, older;
};

/* A story that a search found. */
struct view_result {
    const struct view_card *card;
    struct html headline, passage; /* with <mark> */
    bool is_page;                  /* and no story: its date says nothing */
};

struct view_option {
    int64_t value;
    struct str label;
    bool selected;
};

struct view_band {
    int64_t id;
    struct str href, label;
    const struct view_card *first;
    struct list rest; /* view_card */
};

/* The roots of the templates of the same names. */
struct view_story_root {
    struct view_site site;
    struct view_head head;
    struct view_story story;
};
struct view_page_root {
    struct view_site site;
    struct view_head head;
    struct view_page page;
};
struct view_locked_root {
    struct view_site site;
    struct view_head head;
    struct str headline, action;
    bool wrong; /* the password given */
};
struct view_front_root {
    struct view_site site;
    struct view_head head;
    const struct view_card *lead;
    struct list secondaries, most_read, river; /* view_card */
    struct list bands;                         /* view_band */
    struct str older;
};
struct view_list_root {
    struct view_site site;
    struct view_head head;
    struct str title, description;
    struct list trail;                /* of a section: those above it, from the top */
    struct list links;                /* of a section: its sub-sections; of a date: those in it */
    struct str links_name;            /* what these are */
    const struct view_author *author; /* of an author's list */
    struct list rows;                 /* view_card */
    const struct view_pager *pager;   /* NULL: one page */
};
struct view_search_root {
    struct view_site site;
    struct view_head head;
    struct str query;                 /* as typed */
    struct list sections;             /* view_option */
    const struct view_author *author; /* the only one that is searched; NULL: all are */
    struct str any_author;            /* the same search for all authors */
    struct str from, to;              /* "2022-03-14", or empty */
    bool newest_first;
    bool is_narrowed;        /* by section, author or dates */
    struct str unnarrowed;   /* the same search without these */
    struct str best, newest; /* in these orders */
    bool is_asked;           /* there is something to look for */
    bool is_relaxed;         /* none has all words: these have some */
    bool is_more;            /* more than the pages show */
    int64_t total;
    bool is_least;            /* there may be more than `total` */
    struct list results;      /* view_result */
    struct list authors;      /* view_link: of the results; searched alone at href */
    struct list top_sections; /* view_link: when nothing was found */
    const struct view_pager *pager;
};
struct view_error_root {
    struct view_site site;
    struct view_head head;
    int64_t status;
    struct str title, text;
    bool with_latest;
};
struct view_masthead_root {
    struct view_site site;
    const struct view_image *logo; /* NULL: none is set */
    struct list links;
};
struct view_footer_root {
    struct view_site site;
    struct list links, pages;
};
/* latest and dont-miss. */
struct view_block_root {
    struct str name; /* the section's, or the site's */
    struct list cards;
    bool five; /* as many as the theme has a layout of its own for */
};
/* card-also-read, card-embed and card-picture, which stand inside a body. */
struct view_also_read_root {
    struct str label, href, headline;
};
struct view_embed_root {
    struct str href, host, label;
};
/* card-picture, one of the site's own pictures inside a body. */
struct view_picture_root {
    const struct view_image *image;
    struct str alt;     /* as the body has it, else the library's */
    struct str classes; /* of the body's */
    int64_t width;      /* as wide as the body wants it shown; 0: as wide as there is room */
    bool is_in_gallery;
};

/* For {{picture}}. */
extern const struct type view_image_type;

/* All templates that are run by themselves; the last name is NULL. */
extern const struct template_entry view_entries[];

#define LIST_OF(vec) ((struct list){ (vec).ptr, (vec).len })

#endif
