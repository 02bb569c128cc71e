/* A story's body as a page shows it: identities become addresses, cards become what they stand
 * for. Private to src/site. */
#ifndef SITE_STORY_BODY_H
#define SITE_STORY_BODY_H

#include "site/pass.h"

/* - <a data-story="42"> gets that story's present address (a #fragment stays); the link of a story
 *   that is not public goes, its text stays;
 * - an element with data-card="also-read" data-story="42" becomes the template card-also-read, or
 *   nothing if that story is not public; data-card="embed" data-url="…" becomes card-embed;
 * - images without a wish of their own load when they come into view.
 * base: for feeds: the absolute address of the page, from which every address is seen and made
 * absolute; attributes that only mean something on the page itself are left out. ptr NULL: for that
 * page.
 * Errors: CORRUPT (not the body subset). */
NODISCARD enum status story_body(struct pass *pass, struct html body, struct str base,
                                 struct html *ret, struct err *err);

#endif
