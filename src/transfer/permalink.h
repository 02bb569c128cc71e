/* The shape of a site's addresses, in WordPress's own words: "/%year%/%monthnum%/%postname%/".
 * Pure functions: a shape is guessed from what links look like, and paths are made from it. */
#ifndef TRANSFER_PERMALINK_H
#define TRANSFER_PERMALINK_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/map.h"

struct permalink_facts {
    int64_t id;
    struct str slug;     /* as WordPress keeps it: may be percent-encoded */
    struct civil date;   /* local */
    struct str author;   /* its slug */
    struct str category; /* "parent/child" of the primary one; may be empty */
};

/* The shape of one address, which begins with '/'. `categories` has each category's slug as key;
 * NULL: none. "/?p=7" gives "/?p=%post_id%". */
struct str permalink_guess(struct arena *a, struct str path, const struct permalink_facts *facts,
                           const struct map *categories);

/* Does the shape tell one story from another? */
bool permalink_is_usable(struct str shape);

/* The address that the shape gives. */
struct str permalink_make(struct arena *a, struct str shape, const struct permalink_facts *facts);

#endif
