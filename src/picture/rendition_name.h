/* The addresses of renditions.
 *
 *   /media/r/123-3f2a9c41b2d07e556a01-800.avif                 all of it, 800 pixels wide
 *   /media/r/123-3f2a9c41b2d07e556a01-16x9-450-300-640.jpg     cut, around a focal point
 *
 * A name says everything about the bytes behind it: which original (a number to find it by, and the
 * beginning of its content's hash, which nobody guesses), what is cut and around which point, the
 * width and the format. So it may be kept for ever; a picture with another focal point has other
 * names. One rendition has one name, and there are few of them: the widths of a ladder, or the
 * picture's own if that is less than the next rung, in a handful of shapes. Whoever makes up others
 * makes us no work. */
#ifndef PICTURE_RENDITION_NAME_H
#define PICTURE_RENDITION_NAME_H

#include "base/arena.h"
#include "picture/picture.h"

#define RENDITION_PATH STR("/media/r/")

enum { RENDITION_WIDTHS = 8, RENDITION_SHAPES = 6, RENDITION_HASH_DIGITS = 20 };

/* 320 to 2400, rising. */
extern const int rendition_widths[RENDITION_WIDTHS];

/* What may be cut: the first is all of the picture (0:0). */
struct rendition_shape {
    int ratio_width, ratio_height;
};
extern const struct rendition_shape rendition_shapes[RENDITION_SHAPES];

struct rendition_name {
    int64_t id;
    struct str hash; /* RENDITION_HASH_DIGITS small hexadecimal digits */
    struct picture_crop crop;
    int width;
    enum picture_format format; /* JPEG, PNG, WEBP or AVIF */
};

/* Read an address; `ret->hash` borrows it. False: it is none that rendition_address writes. */
NODISCARD bool rendition_name_parse(struct str address, struct rendition_name *ret);
/* Its address. */
struct str rendition_address(struct arena *a, const struct rendition_name *name);
/* The name of its file: the address without folder and number, so that equal originals share it. */
struct str rendition_file(struct arena *a, const struct rendition_name *name);

/* The crop that makes a shape of a picture; all of it where the shape is 0:0. */
struct picture_crop rendition_crop(struct rendition_shape shape, int focal_x_permille,
                                   int focal_y_permille);
/* Is that one of the shapes? */
bool rendition_is_shape(int ratio_width, int ratio_height);

/* The widths that a picture of this size has renditions of, in that crop, rising; returns how many:
 * those of the ladder that are smaller, then the crop's own, unless the ladder ends before. */
size_t rendition_widths_of(int width, int height, const struct picture_crop *crop,
                           int ret_widths[RENDITION_WIDTHS + 1]);
/* The smallest of them that is not less than `wanted`; else the largest. */
int rendition_width_for(int width, int height, const struct picture_crop *crop, int wanted);

/* How a picture is offered to browsers that take neither AVIF nor WebP. */
enum picture_format rendition_plain_format(bool has_alpha);
/* Is there such a rendition of a picture of this kind? An animation moves as WebP, all of it; its
 * other renditions show its first frame, and of those AVIF is only made of what is cut. */
bool rendition_exists(const struct rendition_name *name, int width, int height, bool has_alpha,
                      int frames);

#endif
