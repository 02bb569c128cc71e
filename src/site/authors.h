/* Authors as readers see them. Private to src/site. */
#ifndef SITE_AUTHORS_H
#define SITE_AUTHORS_H

#include "site/pass.h"

/* All that his own page shows. NOT_FOUND. */
NODISCARD enum status author_read(struct pass *pass, int64_t id, struct view_author *ret,
                                  struct err *err);

/* A byline: view_author without biographies and links; those who are not there any more are left
 * out. */
NODISCARD enum status author_byline(struct pass *pass, struct ids ids, struct list *ret,
                                    struct err *err);

/* The fediverse's name of the first of them who has one; empty if none has. */
NODISCARD enum status author_fediverse(struct pass *pass, struct ids ids, struct str *ret,
                                       struct err *err);

#endif
