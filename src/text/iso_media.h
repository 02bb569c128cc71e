/* What MP4 and QuickTime videos say beside pictures and sound: phones write into them where they
 * were made, to the metre, and which phone it was. */
#ifndef TEXT_ISO_MEDIA_H
#define TEXT_ISO_MEDIA_H

#include "base/str.h"

enum { ISO_MEDIA_BOXES_MAX = 256 }; /* of a file, that one call finds */

/* Bytes of the file from `at` on, exactly so many; false: it has not so many. */
typedef bool iso_media_read(void *ctx, int64_t at, char *bytes, size_t n);

/* Where in a file of so many bytes the names (four bytes each) of the boxes stand that hold such
 * things: user data and metadata of the film and of its tracks, tracks of nothing but metadata, and
 * boxes of somebody's own. Who writes "free" over a name makes players skip the box; nothing moves.
 * Of a file that is none, or is damaged: those that were found. Returns how many. */
size_t iso_media_private(iso_media_read *read, void *ctx, int64_t size_bytes,
                         int64_t ret_at[ISO_MEDIA_BOXES_MAX]);

#endif
