/* The container of a WebP file (RFC 9649). */
#ifndef PICTURE_WEBP_H
#define PICTURE_WEBP_H

#include "base/str.h"

/* Take every chunk out that is no part of the picture (Exif, XMP, colour profiles, anything
 * unknown), in place; the extended header too if nothing needs it then. libvips 8.14 writes an Exif
 * chunk of its own even if asked to leave all of them out. Returns the new length; 0: it is no
 * WebP. */
size_t webp_strip(char *file, size_t len);

#endif
