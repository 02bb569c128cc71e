/* What is known about a picture, and what may be made of it. Nothing here decodes anything: that
 * happens in a worker process (picture/decoder.h). */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include "base/str.h"

#include <stdbool.h>

/* The formats that are decoded; the last two are only read as originals, not made. */
#define PICTURE_FORMATS(X)                                                                         \
    X(JPEG, "JPEG", "image/jpeg")                                                                  \
    X(PNG, "PNG", "image/png")                                                                     \
    X(WEBP, "WebP", "image/webp")                                                                  \
    X(AVIF, "AVIF", "image/avif")                                                                  \
    X(GIF, "GIF", "image/gif")                                                                     \
    X(HEIC, "HEIC", "image/heic")

enum picture_format {
    PICTURE_NONE,
#define X(id, name, mime) PICTURE_##id,
    PICTURE_FORMATS(X)
#undef X
        PICTURE_FORMAT_END
};

/* What a camera or an agency wrote into the file: XMP before IPTC before Exif. Where it was taken
 * to the metre, and with which camera, is never read at all. */
#define PICTURE_TEXTS(X)                                                                           \
    X(TITLE) /* the agency's short name of it */                                                   \
    X(HEADLINE)                                                                                    \
    X(CAPTION)                                                                                     \
    X(ALT)                                                                                         \
    X(BYLINE) /* who took it; several: "A; B" */                                                   \
    X(CREDIT) /* as it has to stand beside the picture */                                          \
    X(SOURCE)                                                                                      \
    X(COPYRIGHT)                                                                                   \
    X(USAGE)   /* terms, in words */                                                               \
    X(LICENCE) /* terms, as an address */                                                          \
    X(PLACE)   /* the part of the city */                                                          \
    X(CITY)                                                                                        \
    X(COUNTRY)                                                                                     \
    X(PEOPLE) /* "A; B" */                                                                         \
    X(TAKEN)  /* "2022-03-14T09:26:53", then the offset if it is known: "+01:00" or "Z" */

enum picture_text {
#define X(id) PICTURE_##id,
    PICTURE_TEXTS(X)
#undef X
        PICTURE_TEXT_END
};

/* Valid UTF-8 without control characters but line feeds, at most LIMIT_PICTURE_TEXT_BYTES each;
 * the empty str where nothing is known. */
struct picture_texts {
    struct str text[PICTURE_TEXT_END];
};

struct picture_info {
    enum picture_format format;
    int width, height; /* as it is to be shown: turned as Exif asks */
    int frames;        /* 1: no animation */
    int orientation;   /* Exif's: 1 to 8; 1: as stored */
    bool has_alpha;    /* a channel for it; it may be opaque everywhere */
    bool has_icc;      /* colours other than sRGB, perhaps */
    unsigned colour;   /* 0xRRGGBB: the one that covers most of it */
    struct str
        placeholder; /* a WebP of a few pixels, to be shown blurred until the picture is there */
    struct picture_texts texts;
};

/* A piece of the picture, as large as its shape allows, its middle as near to the focal point as
 * the edges let it be. Zeroed: all of the picture. */
struct picture_crop {
    int ratio_width, ratio_height;          /* 16:9; 0: as the picture is */
    int focal_x_permille, focal_y_permille; /* of the picture as it is shown: 0 left and top */
};

/* A rendition that is wanted. Pixels: sRGB, turned; nothing else is in the file. */
struct rendition {
    enum picture_format format; /* JPEG, PNG, WEBP or AVIF */
    int width;                  /* at most; never more than the crop has */
    struct picture_crop crop;
    int quality;  /* 1-100; 0: the format's usual one. A PNG has none */
    bool animate; /* a WebP of all frames; not with a crop's ratio */
};

/* What a rendition became. */
struct rendition_made {
    int width, height, frames;
    size_t bytes;
};

/* "JPEG", "image/jpeg"; of PICTURE_NONE: "unknown", "". */
const char *picture_format_name(enum picture_format format);
const char *picture_format_mime(enum picture_format format);
/* "CAPTION". */
const char *picture_text_name(enum picture_text text);

/* The part of a picture of this size that a crop keeps. */
struct picture_box {
    int x, y, width, height;
};
struct picture_box picture_crop_box(int width, int height, const struct picture_crop *crop);

/* How large a rendition of that box will be: not more than it has, at most the limits of
 * base/limits.h, never less than one pixel. */
void rendition_size(struct picture_box box, int width_max, int *ret_width, int *ret_height);

#endif
