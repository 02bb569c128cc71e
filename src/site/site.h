/* The reader's side of a site: what answers at each address.
 *
 * A `struct site` is an opened store with its look. It renders pages and fragments through a
 * render_source (render/page.h); route.c says which page answers a key, one file a page kind says
 * what it shows, blocks.c has the fragments that pages share.
 *
 * Page keys are made by site_page_key (site/key.h); besides, "error:<status>" is the page of that
 * HTTP status in the site's look: 400, 404, 405, 410, 413, 414, 431, 500, 503. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "render/page.h"
#include "site/key.h"
#include "store/store.h"

struct site;
struct look;

/* Borrows the store. theme_dir: the folder of the site's own look; NULL: theme/ beside the store.
 * Errors: INVALID (the theme: file, line and what is wrong), IO. */
NODISCARD enum status site_open(struct store *store, const char *theme_dir, struct site **ret,
                                struct err *err);
/* All threads of its sources must be closed. NULL is accepted. */
void site_close(struct site *site);

/* ---- a new theme under the readers' eyes ---- */

/* Read the site's theme folder anew; nobody sees it yet. Errors: as site_open. */
NODISCARD enum status site_theme_open(const struct site *site, struct look **ret, struct err *err);
/* Takes it; renderings that begin from now on use it, those under way end in the old one. To be
 * called through cache_renew, so that no page shows both. */
void site_theme_show(struct site *site, struct look *look);
/* Another number after each site_theme_show. */
uint64_t site_theme_version(const struct site *site);
/* Another number after each change of a file in the theme folder. */
uint64_t site_theme_stamp(const struct site *site);
const char *site_theme_dir(const struct site *site);

/* Borrows the site. */
struct render_source site_source(struct site *site);
/* Its functions, for who puts pages of his own beside the site's. */
NODISCARD enum status site_page(void *thread, struct str key, struct page_build *page,
                                struct err *err);
bool site_is_made_up(struct str key);

/* The answer to a password sent for the protected story at `key`: the story (200), or the form
 * again (403). Never to be kept. thread: of site_source. A key that does not ask for a password
 * gives what `page` gives. */
NODISCARD enum status site_unlock(void *thread, struct str key, struct str password,
                                  struct page_build *page, struct err *err);

/* ---- a site at one moment: for whoever walks over all of it ---- */

/* From here to the release all that this thread of site_source renders is of one snapshot, with one
 * look; it reads the settings once, which makes rendering quicker. */
NODISCARD enum status site_hold(void *thread, struct err *err);
void site_release(void *thread);
/* Until the release, what this thread reads most often is read once by all held threads that share
 * the memo (site/memo.h): threads of the same snapshot, for whom it makes no difference but time.
 */
struct site_memo;
void site_share(void *thread, struct site_memo *memo);
/* The reader of the snapshot, while the thread is held. */
struct store_reader *site_held_reader(void *thread);

/* The setting `fragment_memory`. thread: of site_source. */
NODISCARD enum status site_fragment_memory(void *thread, size_t *ret_bytes, struct err *err);

/* Whether this fragment may have variants without one story. */
bool site_fragment_varies(struct str key);

#endif
