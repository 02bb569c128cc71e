/* What a file is by its first bytes, whatever its name says. Reads numbers, decodes nothing: it may
 * run anywhere. */
#ifndef PICTURE_KIND_H
#define PICTURE_KIND_H

#include "base/status.h"
#include "picture/picture.h"

enum { KIND_HEAD_BYTES = 4096 }; /* that kind_of wants to see, if the file has them */

/* *ret_what: "a PNG", "a PDF file", "a web page", "a file of an unknown kind". PICTURE_NONE: it is
 * none that we decode. */
enum picture_format kind_of(struct str head, const char **ret_what);

/* The format that a name's ending ("x.JPG") or a content type ("image/jpeg") claims; NONE: it
 * claims nothing about pictures. */
enum picture_format kind_claimed(struct str name_or_mime);

/* May this be decoded? claim: a file's name or type; empty: nothing is claimed.
 * Errors: INVALID, with the reason in words that an editor understands. */
NODISCARD enum status kind_admit(struct str head, struct str claim, enum picture_format *ret,
                                 struct err *err);

/* Does a JPEG or a GIF go on to its end? Decoders make up what is missing of a progressive JPEG,
 * and leave out the frames that an animation should still have. True for the other formats, of
 * which decoders tell. */
bool kind_ends(struct str file, enum picture_format format);

/* How many bytes a decoder must hold at once besides a few rows, because the file cannot be read
 * from top to bottom: a progressive JPEG, an interlaced PNG, frames of WebP, GIF and HEIF.
 * file: all of it. width, height: as the decoder found them. */
int64_t kind_held_bytes(struct str file, enum picture_format format, int width, int height);

#endif
