/* Made-up stories as text: the forms that other programs take. Everything is put into `out`, for
 * the caller to write and empty as often as it likes. */
#ifndef GENERATOR_FORMATS_H
#define GENERATOR_FORMATS_H

#include "generator/archive.h"

/* HTML as the body subset has it (docs/body.md). */
void format_html(const struct archive_story *s, struct buf *out);

/* A WordPress export (WXR 1.2) of a site at `url`, with the comments of WordPress's blocks in the
 * bodies. The authors, sections and tags come first, all of them, then the stories. */
struct format_wxr {
    const struct archive *archive;
    struct str url; /* without a slash at its end */
    bool comments;  /* up to four readers' comments a story */
};
void format_wxr_begin(const struct format_wxr *x, struct arena *a, struct buf *out);
void format_wxr_story(const struct format_wxr *x, struct arena *a, const struct archive_story *s,
                      struct buf *out);
void format_wxr_end(struct buf *out);

/* One line of JSON: the fields by name, the body as HTML in body_html. */
void format_json(const struct archive *x, struct arena *a, const struct archive_story *s,
                 struct buf *out);

/* A page for a static site generator: YAML front matter (scalars quoted as JSON) and Markdown. */
void format_markdown(const struct archive *x, struct arena *a, const struct archive_story *s,
                     struct buf *out);

#endif
