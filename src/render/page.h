/* What the site's side hands to the renderer: a page as an ordered list of own bytes and fragment
 * slots, and a fragment as bytes.
 *
 * A key names a page or a fragment completely. A page's key is its canonical address with the few
 * query parameters that matter ("/2022/03/14/the-ferry/", "/?p=7"). A fragment's key is its kind
 * and its parameters ("masthead", "latest/section:7"); the variant that leaves out one story has
 * "/except:<id>" at the end. Rendering is a pure function of the key and the data: no clock, no
 * randomness, nothing of the request. */
#ifndef RENDER_PAGE_H
#define RENDER_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "store/keys.h"
#include "store/model.h"

struct page_part {
    bool is_slot;
    struct str bytes; /* own bytes, or the fragment's key */
    int64_t except_id;
};

/* Being filled by a page's renderer. Its strings live in `arena`. */
struct page_build {
    struct arena *arena;
    struct keys *keys;   /* what it depends on; pass it to store_read_begin */
    int status;          /* HTTP; 200 at the beginning */
    struct str head;     /* header lines, each ended by CRLF: Content-Type, Location, Link… */
    struct str alias;    /* set: answer with the parts and head of this other page, status included
                          * (all unknown addresses share one page) */
    int64_t view_id;     /* set: who gets this page looks at that story */
    struct str file;     /* set: the body is this file below media/, or the rendition that
                          * picture/renditions.h reads in it, instead of parts */
    bool is_dated;       /* send a Last-Modified: for a page without slots */
    bool surrogate_keys; /* send a Surrogate-Key header with the keys of the page and its fragments
                          */
    VEC(struct page_part) parts;
};

/* Append own bytes, borrowed until the build is done. Empty ones are left out. */
void page_own(struct page_build *page, struct str bytes);
/* Append a slot. except_id: the page's own story, which the fragment must not show: when it is
 * among the fragment's `vary` ids, the variant "<key>/except:<id>" stands there instead. 0: none.
 */
void page_slot(struct page_build *page, struct str key, int64_t except_id);

/* Being filled by a fragment's renderer. */
struct fragment_build {
    struct arena *arena;
    struct keys *keys;
    struct buf out;
    struct ids vary;     /* stories whose pages need the variant without them (in `arena`) */
    bool surrogate_keys; /* keep the keys for the header of the pages around it */
};

/* The two functions behind the table, with a context for each rendering thread. */
struct render_source {
    void *ctx;
    NODISCARD enum status (*thread_open)(void *ctx, void **ret_thread, struct err *err);
    void (*thread_close)(void *thread);
    /* Errors other than OK make a 500 (or status_http) that is not kept; an unknown address is no
     * error but a page with status 404. */
    NODISCARD enum status (*page)(void *thread, struct str key, struct page_build *page,
                                  struct err *err);
    /* NOT_FOUND: no such kind or parameters. */
    NODISCARD enum status (*fragment)(void *thread, struct str key, struct fragment_build *fragment,
                                      struct err *err);
    /* Whether anybody can make up any number of such pages (a search's): they are kept in a bounded
     * place of their own, and some threads only make them. Pure. NULL: there are none. */
    bool (*is_made_up)(struct str key);
};

/* Put a built page together without the table, each slot rendered anew: for answers that are not
 * kept, and the oracle of what the table answers. Appends the body to `out`. */
NODISCARD enum status page_flatten(const struct render_source *source, void *thread,
                                   const struct page_build *page, struct buf *out, struct err *err);

#endif
