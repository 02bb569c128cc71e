/* From what the store holds to what templates see: links, pictures, cards. Private to src/site. */
#ifndef SITE_CARDS_H
#define SITE_CARDS_H

#include "site/pass.h"

/* Readers may be shown it: published, and neither private nor behind a password. */
bool story_is_public(const struct story *story);

/* The headline; of a story that came without one, the wording for that. */
struct str card_headline(struct pass *pass, const struct story *story);

/* "rtl" or "ltr" if that headline reads in the other direction than the site; else empty. */
struct str card_direction(const struct pass *pass, struct str headline);

/* A link to a section, tag or author. NOT_FOUND. */
NODISCARD enum status card_link(struct pass *pass, enum address_kind kind, int64_t id,
                                struct view_link *ret, struct err *err);
/* Links to several, in their order; those that are not there any more are left out. Authors are
 * joined ("A, B and C") by their `after`. */
NODISCARD enum status card_links(struct pass *pass, enum address_kind kind, struct ids ids,
                                 struct list *ret, struct err *err);
/* By label, in the order of the site's language. */
void card_links_sort(struct pass *pass, struct view_link *links, size_t n);
/* The sections at the top: those of the primary menu in its order, then the others by name. */
NODISCARD enum status cards_top_sections(struct pass *pass, struct sections *ret, struct err *err);
/* Links to a section and those above it, from the top; none for 0. NOT_FOUND. */
NODISCARD enum status card_trail(struct pass *pass, int64_t section_id, struct list *ret,
                                 struct err *err);
/* Where readers find a story or page that is public: its path, or "/" if it stands there. */
NODISCARD enum status card_address(struct pass *pass, const struct story *story, struct str *ret,
                                   struct err *err);
/* Links to those of these stories and pages that are public, by their headlines. */
NODISCARD enum status card_story_links(struct pass *pass, struct ids ids, struct list *ret,
                                       struct err *err);

/* The stories before and after it that its page shows; 0: none. */
NODISCARD enum status card_neighbours(struct pass *pass, const struct story *story,
                                      int64_t *ret_previous, int64_t *ret_next, struct err *err);
/* The lists in which it may stand beside others on their pages: of these sections; of 0, the whole
 * site. */
NODISCARD enum status card_neighbour_lists(struct pass *pass, int64_t id, struct ids *ret,
                                           struct err *err);

/* A picture; *ret is NULL when there is none, or it is no picture. */
NODISCARD enum status card_image(struct pass *pass, int64_t media_id, const struct view_image **ret,
                                 struct err *err);

/* The first words of standfirst and body. ret_broken, may be NULL: it breaks off in a sentence, and
 * nothing in the text says so. */
NODISCARD enum status card_excerpt(struct pass *pass, int64_t id, int64_t words, struct str *ret,
                                   bool *ret_broken, struct err *err);
/* A story as a card. words: of its excerpt. */
NODISCARD enum status card_read(struct pass *pass, int64_t id, int64_t words, struct view_card *ret,
                                struct err *err);
/* A list of view_card. */
NODISCARD enum status cards_read(struct pass *pass, struct ids ids, int64_t words, struct list *ret,
                                 struct err *err);

/* The first n public stories (no pages) of a curated list that are not in `except`. */
NODISCARD enum status cards_picked(struct pass *pass, struct str slot, size_t n, struct ids except,
                                   struct ids *ret, struct err *err);

/* The same of the most read of the last 24 hours; none where views are not counted. */
NODISCARD enum status cards_most_read(struct pass *pass, size_t n, struct ids except,
                                      struct ids *ret, struct err *err);

/* a followed by b. */
struct ids ids_join(struct arena *a, struct ids first, struct ids second);
bool ids_have(struct ids ids, int64_t id);

/* The list of a section; of all stories when there is none. */
struct list_id section_list(int64_t section_id);

#endif
