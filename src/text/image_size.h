/* How large a picture is, from the first bytes of its file: PNG, JPEG, GIF or WebP, whatever its
 * name says. As it is stored: a turn that Exif asks for is not looked at. */
#ifndef TEXT_IMAGE_SIZE_H
#define TEXT_IMAGE_SIZE_H

#include "base/str.h"

/* head: the file's first bytes; LIMIT_IMAGE_HEAD_BYTES of them are enough for pictures as cameras
 * and programs write them. False, and nothing is set: it is none of these, is damaged, says its
 * size later, or is more than LIMIT_IMAGE_SIDE wide or high. */
bool image_size(struct str head, int *ret_width, int *ret_height);
/* Which of them these bytes begin: "image/png"…; empty: none. */
struct str image_mime(struct str head);

#endif
