/* Who publishes the site, as readers and search engines are told. Private to src/site. */
#ifndef SITE_PUBLISHER_H
#define SITE_PUBLISHER_H

#include "site/pass.h"

/* The picture that the setting `logo` names: an upload by its address, or a file of the theme by
 * its name. *ret is NULL when none is set, or it is not there; its alt is the site's name. */
NODISCARD enum status publisher_logo(struct pass *pass, const struct view_image **ret,
                                     struct err *err);

#endif
