/* The worker's side: an untrusted file that is open for decoding. Only to be used in a process that
 * cage_enter has confined. */
#ifndef PICTURE_ORIGINAL_H
#define PICTURE_ORIGINAL_H

#include "base/arena.h"
#include "picture/picture.h"
#include "picture/vips_library.h"

struct original {
    struct str file; /* all of its bytes */
    struct picture_info info;
    int stored_width, stored_height; /* of one frame, before it is turned */
    /* All of it in memory: sRGB, eight bits, turned, as large as the largest rendition so far
     * wanted; renditions are made of it. */
    VipsImage *master;
    /* The last crop of it that was made. */
    VipsImage *piece;
    struct picture_crop piece_crop;
};

/* Read the header and hold it against the limits; no pixel is decoded. claim: its name or type.
 * Errors: INVALID, TOO_LARGE, with the reason in words for editors. */
NODISCARD enum status original_open(struct str file, struct str claim, struct original *ret,
                                    struct err *err);
void original_done(struct original *o);

/* Fill in colour, placeholder and texts, which live in `a`; decodes all of the first frame, and
 * fails if it is not whole. Errors: INVALID. */
NODISCARD enum status original_probe(struct original *o, struct arena *a, struct err *err);

/* A master that is at least so large (turned), or all that there is. Errors: INVALID. */
NODISCARD enum status original_master(struct original *o, int width, int height, struct err *err);

/* The loader's image, rows from top to bottom once. shrink: 1, 2, 4 or 8, of JPEG only. frames: -1
 * for all of them, one below the other. NULL: the reason is vips' error. */
VipsImage *original_load(const struct original *o, int shrink, int frames);

/* The pixels alone, in memory, eight bits a channel: grey or sRGB, with alpha or without. Nothing
 * of what the file said about itself is left, so that no saver can write it out again. NULL: the
 * reason is vips' error. */
VipsImage *original_plain(VipsImage *image);
/* The same of pixels, which are copied. */
VipsImage *original_of_pixels(const void *pixels, int width, int height, int bands);
/* NULL is fine. */
void original_unref(VipsImage *image);

/* vips' last error as ours, on one line; its buffer is emptied. */
enum status original_fail(struct err *err, const char *what);

#endif
