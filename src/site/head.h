/* What stands in a page's <head> beside the style. Private to src/site. */
#ifndef SITE_HEAD_H
#define SITE_HEAD_H

#include "site/pass.h"

/* "Headline – Site". An empty title gives the site's name. */
struct str head_title(struct pass *pass, struct str title);

/* Canonical address, title and OpenGraph of a page that is no story. path: of this site. */
struct view_head head_plain(struct pass *pass, struct str title, struct str description,
                            struct str path);

/* The same of a story, with dates, section, tags, picture and JSON-LD. `view` is filled. */
struct view_head head_story(struct pass *pass, const struct story *story,
                            const struct view_story *view);

#endif
