/* What a file is, by its first bytes: which content type it is served with, how its name ends, and
 * whether it may be taken in at all. Looks at numbers, decodes nothing. */
#ifndef TEXT_FILE_TYPE_H
#define TEXT_FILE_TYPE_H

#include "base/status.h"
#include "base/str.h"

enum file_class {
    FILE_PICTURE,  /* of a format that is decoded: readers get renditions only */
    FILE_DRAWING,  /* SVG: may hold scripts; a download */
    FILE_IMAGE,    /* a picture that is not decoded (TIFF, PSD, raw): kept, never served */
    FILE_SOUND,    /* played in the page */
    FILE_VIDEO,    /* the same */
    FILE_DOCUMENT, /* PDF: browsers show it */
    FILE_DOWNLOAD, /* anything else that does nothing by itself */
    FILE_ACTIVE,   /* pages, scripts, programs: not taken in */
};

struct file_type {
    const char *ending; /* ".jpg"; "": none */
    const char *mime;
    const char *what; /* "a JPEG", "a web page" */
    enum file_class class;
};

enum { FILE_TYPE_HEAD_BYTES = 4096 }; /* that are looked at, if the file has them */

/* Within what the bytes may be, the name's ending chooses: text/csv or text/plain, an archive or an
 * office document. Where the bytes say nothing the ending is believed, but not of a picture.
 * Never NULL; what nobody knows is "application/octet-stream". */
const struct file_type *file_type_of(struct str head, struct str name);

/* Is it what its name says, and may it be taken in?
 * Errors: INVALID, with the reason in words that an editor understands. */
NODISCARD enum status file_type_admit(struct str head, struct str name,
                                      const struct file_type **ret, struct err *err);
/* The same for archives in which many names are wrong: a picture may be one of another format, and
 * what is none of ours is what its name says. */
NODISCARD enum status file_type_admit_content(struct str head, struct str name,
                                              const struct file_type **ret, struct err *err);

/* An MP4, a QuickTime video and their like; not a picture in the same container. */
bool file_type_is_iso_media(struct str head);

/* The class that a content type has, of rows whose file nobody has looked at. */
enum file_class file_type_class(struct str mime);

#endif
