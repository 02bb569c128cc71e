/* The files that the binary carries: the default theme and the SQL, by their path in the project.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/str.h"

struct embed_file {
    const char *path;
    const char *begin;
    const char *end;
};

/* Made by tools/embed.sh; the last one has a NULL path. */
extern const struct embed_file embed_files[];

/* The file's bytes, which live for ever; ptr is NULL when there is none of that name. */
struct str embed_get(const char *path);

#endif
