/* Made-up stories in a site of ours, through the store's verbs. They stop the program when
 * something fails. */
#ifndef GENERATOR_ARCHIVE_SITE_H
#define GENERATOR_ARCHIVE_SITE_H

#include "generator/archive.h"

/* Make the folder and a site in it with all stories of the archive. */
void archive_site_make(const char *dir, const struct archive *x);

/* Publish `n` more, one commit each, as of now, every `every_s` seconds (0: one after the other),
 * until done or killed. Says "published N" of each when there is a pause between them, and their
 * times at the end. The site must be one of archive_site_make, or an import of the same archive. */
void archive_site_publish(const char *dir, uint64_t seed, int64_t n, double every_s);

/* Print the addresses of `n` public stories, drawn at random, none twice; all in their order if
 * there are not more. */
void archive_site_addresses(const char *dir, uint64_t seed, int64_t n);

#endif
