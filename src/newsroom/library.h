/* The media library: taking files in.
 *
 * A file is copied and hashed (store/media_file.h), held against what its name says
 * (text/file_type.h), a picture is opened and read through in the confined decoder
 * (picture/decoder.h), kept under its content's name, and gets a row. Whatever is refused leaves
 * nothing behind.
 *
 * The row has what people say of it before what the file says of itself: credit, caption and date
 * are filled in from Exif, IPTC and XMP where nothing is given. Where a picture was taken to the
 * metre, and with which camera, is read by nobody and stands in no row; the originals may hold it,
 * and are never sent to readers (file_class of text/file_type.h says what is). */
#ifndef NEWSROOM_LIBRARY_H
#define NEWSROOM_LIBRARY_H

#include "picture/decoder.h"
#include "store/media_file.h"
#include "store/store.h"
#include "text/file_type.h"

struct library {
    struct store *store;
    /* NULL: pictures are kept without being looked into; nothing is made of them before they are.
     */
    struct decoder *decoder;
    /* A file is what its bytes say, whatever its name says: for archives of others, in which many
     * names are wrong. */
    bool by_content;
};

/* What there is to know of a file. */
struct library_found {
    const struct file_type *type;
    struct media media;  /* mime, size_bytes, what it says of itself; `file` once it is kept */
    struct err unprobed; /* of a picture: why nobody could look into it; status OK: probed */
};

/* Look into a sealed file. name: its name where it came from, a claim; "": it claims nothing.
 * Owns: strings of *ret live in `a`. Errors: INVALID, TOO_LARGE (the file's fault, in words for its
 * editor), BUSY (try again), INTERRUPTED, IO. */
NODISCARD enum status library_examine(const struct library *l, struct arena *a,
                                      const struct media_file *f, struct str name,
                                      struct library_found *ret, struct err *err);
/* Keep it: found->media.file. Within media_files_keep_begin. */
NODISCARD enum status library_keep(struct arena *a, struct media_file *f,
                                   struct library_found *found, struct err *err);
/* Set what the file says of itself, and the texts that are empty so far. */
void library_fill(struct media *m, const struct media *found);

struct library_taken {
    int64_t id;
    bool was_there; /* the library had this file: its row is what it was, empty fields filled in */
    struct media media;
    struct err unprobed; /* as above */
};

/* A sealed file becomes a row, at the address /media/<file>. given: texts, focal point and flags,
 * NULL: none. now_us: of the row. Effects: one write transaction; durable when OK.
 * Errors: as library_examine, and the store's. */
NODISCARD enum status library_take(const struct library *l, struct arena *a, struct media_file *f,
                                   struct str name, const struct media *given, int64_t now_us,
                                   struct library_taken *ret, struct err *err);
/* The same of an open file, all of it. */
NODISCARD enum status library_take_file(const struct library *l, struct arena *a, int fd,
                                        struct str name, const struct media *given, int64_t now_us,
                                        struct library_taken *ret, struct err *err);

#endif
