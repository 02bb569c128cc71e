/* The names that WordPress gives to the sizes of a picture: pure functions of an address. Private
 * to src/site. */
#ifndef SITE_UPLOADS_H
#define SITE_UPLOADS_H

#include "base/arena.h"

/* "/wp-content/uploads/2022/03/x-300x200.jpg" is a size of "…/x.jpg". */
struct upload_size {
    struct str original; /* the address of what it is a size of */
    int width, height;   /* as the name has them; 0: it names none */
};

enum { UPLOAD_ORIGINALS_MAX = 6 };

/* The addresses that may be the picture's own, best guess first, each with what the name asks for:
 * "-300x200", "-scaled", "-rotated", "@2x", "-e1234567890" and several of them taken away from the
 * name, and "-scaled" put to it. Returns how many; 0: it is no picture's size. */
size_t upload_sizes(struct arena *a, struct str address,
                    struct upload_size ret[UPLOAD_ORIGINALS_MAX]);

#endif
