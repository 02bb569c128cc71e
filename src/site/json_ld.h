/* What a page says of itself to search engines: schema.org as JSON-LD, one graph a page. It goes
 * into head->json_ld; the head's other fields are set already. Private to src/site.
 *
 * The words are those that Google's documentation of structured data asks for or recommends, as far
 * as the newsroom has told us what to say; nothing is made up. */
#ifndef SITE_JSON_LD_H
#define SITE_JSON_LD_H

#include "site/pass.h"

/* NewsArticle with publisher, authors, pictures and corrections; BreadcrumbList. */
NODISCARD enum status json_ld_story(struct pass *pass, const struct story *story,
                                    const struct view_story *view, struct view_head *head,
                                    struct err *err);

/* WebSite with its search, the publisher, and the stories on top as an ItemList. cards: pointers to
 * view_card, may be none. */
NODISCARD enum status json_ld_front(struct pass *pass, const struct view_card *const *cards,
                                    size_t cards_len, struct view_head *head, struct err *err);

/* CollectionPage with an ItemList; of an author ProfilePage with a Person; BreadcrumbList. */
NODISCARD enum status json_ld_list(struct pass *pass, const struct view_list_root *root,
                                   struct view_head *head, struct err *err);

/* AboutPage, ContactPage or WebPage; BreadcrumbList with the pages above. */
NODISCARD enum status json_ld_page(struct pass *pass, const struct story *story,
                                   const struct view_page *view, struct view_head *head,
                                   struct err *err);

#endif
