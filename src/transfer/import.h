/* Import: one or many WordPress export files (WXR) into a site.
 *
 * Each file is read several times as a stream: to find its shape (permalinks, counts, reusable
 * blocks), then authors, terms and files, then what is published, then what is not, and at the end
 * links and redirects are settled, when every address is known, and what is new is put into the
 * search index. Parsing, sanitising, links and the index are made on several threads, in the order
 * of the files. Items are committed in batches, an
 * item whole or not at all. What was imported is remembered by (site's address, kind, id) with a
 * hash of it, so that an import that was interrupted goes on where it stood, and the same file
 * twice changes nothing; a story that was edited here since is never written over. */
#ifndef TRANSFER_IMPORT_H
#define TRANSFER_IMPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/status.h"

struct decoder;
struct store;

struct import_progress {
    int64_t items; /* taken care of so far, and in all */
    int64_t items_total;
    int64_t bytes; /* read so far, and in all; each file counts several times */
    int64_t bytes_total;
    double items_per_second;
    double seconds_left; /* an estimate */
};

/* What a custom post type becomes: NAME=story or NAME=page. */
struct import_type {
    struct str name;
    bool as_page;
};

struct import_options {
    const char *const *files; /* plain or gzip; read several times, so no pipes */
    size_t n_files;
    const char *uploads;     /* a copy of wp-content/uploads; NULL: files stay where they are */
    struct decoder *decoder; /* to look into pictures (picture/decoder.h); NULL: nobody does */
    const struct import_type *types;
    size_t n_types;
    int64_t now_us;     /* 0: the clock */
    size_t batch_items; /* in one transaction; 0: LIMIT_IMPORT_BATCH */
    size_t threads;     /* that parse and sanitise; 0: as many as there are processors */
    void (*progress)(void *ctx, const struct import_progress *progress); /* may be NULL */
    void *progress_ctx;
};

struct import_warning {
    const char *file;
    long line;       /* 0: of no line */
    int64_t post_id; /* 0: of no item */
    struct str message;
};

struct import_count {
    struct str name; /* "post/publish" */
    int64_t n;
};

/* What an import did. Zero it before, import_report_done it after. */
struct import_report {
    struct arena arena;
    struct {
        struct import_count *ptr;
        size_t len, cap;
    } counts; /* items by type and status as the export names them, in the order they came */
    struct {
        struct import_warning *ptr;
        size_t len, cap;
    } warnings;         /* the first LIMIT_IMPORT_WARNINGS */
    int64_t n_warnings; /* all */
    int64_t redirects;  /* made by this run */
    int64_t items_new, items_updated, items_unchanged;
    int64_t items_kept;   /* changed in the export, but edited here since: left alone */
    int64_t items_failed; /* broken: reported, not imported */
    int64_t comments, authors, sections, tags, menus;
    int64_t files_copied, files_missing, files_refused;
    int64_t stickies; /* put on top of the front page: slots "lead" and "secondaries" */
    struct map seen;  /* private: "once per kind" */
};

void import_report_done(struct import_report *report);
/* For people: several lines. */
void import_report_text(const struct import_report *report, struct buf *out);
/* One line: {"counts":{"post/publish":42,…},"redirects":N,"warnings":[{"line":…,"post_id":…,
 * "message":"…"}],…} and a line feed. error: NULL, or what ended it. */
void import_report_json(const struct import_report *report, const struct err *error,
                        struct buf *out);

/* Errors: INVALID (a file is no WordPress export, or breaks off: what stands before it was
 * imported), NOT_FOUND and IO (a file), DB, BUSY. The report is filled in any case. */
NODISCARD enum status import_wordpress(struct store *store, const struct import_options *options,
                                       struct import_report *report, struct err *err);

#endif
