/* The addresses that the program keeps for itself. What asks for one of them never gets to the
 * store's addresses, so a story, page, section or redirect that stood there could not be read. */
#ifndef SITE_RESERVED_H
#define SITE_RESERVED_H

#include "base/arena.h"

/* A canonical path, without parameters: "/", "/search/", "/sitemap.xml", "/robots.txt"… */
bool reserved_address(struct str path);

/* May addresses not be made to begin with this: "search" of "/search/%postname%/", and of
 * "search/in"? A path or a shape of one, with or without its first slash. */
bool reserved_first(struct str path);

#endif
