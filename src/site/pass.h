/* One rendering: a snapshot of the store, the settings in it, the memory it uses, and the ways to
 * run a template. Private to src/site. */
#ifndef SITE_PASS_H
#define SITE_PASS_H

#include "render/page.h"
#include "site/look.h"
#include "site/settings.h"
#include "site/site.h"
#include "site/view.h"
#include "text/date.h"
#include "text/language.h"

/* Of one rendering thread. */
struct site_thread {
    struct site *site;
    struct store_reader *reader;
    /* The look of its last pass; what that one lent out lives until the next begins. */
    struct look *look;
    uint64_t look_version;
    /* Formatters are dear to make: kept until the settings name others. */
    struct dates *dates;
    struct language *language;
    struct buf dates_of; /* "<language> <timezone>" */
    /* Within site_hold: what every pass begins with. */
    struct pass *held;
    struct arena held_arena;
    struct site_memo *memo; /* shared with others that hold the same snapshot; may be NULL */
    struct feed_memo *feed; /* the stories of the list whose feeds were asked for last */
};

struct pass {
    struct site_thread *thread;
    const struct look *look;
    struct store_reader *reader;
    struct arena *arena;
    struct dates *dates;
    struct language *language;
    struct site_settings settings;
    struct view_site view;
};

/* Begin a snapshot whose reads are noted in `keys`. After OK: pass_end. */
NODISCARD enum status pass_begin(struct site_thread *thread, struct arena *a, struct keys *keys,
                                 struct pass *ret, struct err *err);
void pass_end(struct pass *pass);

/* Begin a snapshot that all passes share until the release. */
NODISCARD enum status pass_hold(struct site_thread *thread, struct err *err);
void pass_release(struct site_thread *thread);

/* Run a template as a page: its own bytes and its fragments become parts. story_id: the page's own
 * story, which fragments leave out; 0: none. Sets Content-Type. */
NODISCARD enum status pass_page(struct pass *pass, const char *name, const void *root,
                                int64_t story_id, struct page_build *page, struct err *err);
/* Run a template that includes no fragment. */
NODISCARD enum status pass_html(struct pass *pass, const char *name, const void *root,
                                struct buf *out, struct err *err);

/* The wording; args as in phrases_format. */
struct str pass_phrase(struct pass *pass, const char *key, const struct phrase_arg *args, size_t n);
/* A number for it, written as the site's language does. */
struct phrase_arg pass_number_arg(struct pass *pass, struct str name, int64_t number);

/* The address that begins with the site's origin; absolute ones stay. */
struct str pass_absolute(struct pass *pass, struct str href);

/* "Content-Type: …" and the like. */
void pass_head(struct pass *pass, struct page_build *page, const char *name, struct str value);

/* For look_open. */
extern const struct template_rules pass_rules;

#endif
