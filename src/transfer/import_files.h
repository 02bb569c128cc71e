/* The files of an import on their way into the media library: found below the uploads folder,
 * copied, looked into and kept on several threads, while the import goes on reading its export; the
 * rows are written by the import's own thread, in the order in which the files came. */
#ifndef TRANSFER_IMPORT_FILES_H
#define TRANSFER_IMPORT_FILES_H

#include "newsroom/library.h"
#include "transfer/import_run.h"

enum { IMPORT_FILE_NAMES_MAX = 3 };

/* One of them. Strings live in `arena`. */
struct import_file {
    struct arena arena;
    /* where the import was */
    struct import_site *site;
    const char *file;
    long line;
    int64_t post_id;
    /* what is wanted; filled in by who queues it */
    int64_t media_id;
    struct str source_id;
    struct str names[IMPORT_FILE_NAMES_MAX]; /* below the uploads folder, best guess first */
    size_t n_names;
    struct str path; /* its address, if it is free */
    struct str remote_url;
    VEC(struct str) variants; /* names of the same picture in other sizes */
    struct str task;          /* to be queued when it is there; empty: none */
    /* what became of it */
    struct library_found found;
    struct err err; /* OK: it is kept. NOT_FOUND: there is none */
    bool is_done;
};

/* Start: options->uploads is set. Until the end no gc removes files. */
NODISCARD enum status import_files_begin(struct import_run *run, struct err *err);
/* A place for the next one; writes the rows of those that are done, and waits for one if there are
 * too many. It counts once it was queued. */
NODISCARD enum status import_files_next(struct import_run *run, struct import_file **ret,
                                        struct err *err);
void import_files_queue(struct import_run *run, struct import_file *f);
/* Wait for all of them. */
NODISCARD enum status import_files_finish(struct import_run *run, struct err *err);
/* Also after a failure, or when nothing was begun. */
void import_files_end(struct import_run *run);

/* import_media.c: the row of a file that is done. */
NODISCARD enum status import_file_taken(struct import_run *run, struct import_file *f,
                                        struct err *err);

#endif
