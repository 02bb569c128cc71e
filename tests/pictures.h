/* Originals for tests, and the confined decoder that opens them. The corpus is made here, by
 * ImageMagick and exiftool, not kept. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"
#include "picture/decoder.h"

/* Its workers are this program again. */
struct decoder *pictures_decoder(void);

/* What a shell's command prints, its last line end cut off. */
struct str pictures_shell(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

/* A folder with the corpus, made once; NULL: the tools are missing. */
const char *pictures_corpus(void);

#define REQUIRE_CORPUS(dir)                                                                        \
    const char *dir = pictures_corpus();                                                           \
    if (dir == NULL) {                                                                             \
        test_skip("ImageMagick or exiftool is missing");                                           \
        return;                                                                                    \
    }

int pictures_open(const char *dir, const char *name); /* for reading */
void pictures_write(const char *dir, const char *name, struct str bytes);
struct str pictures_read(struct arena *a, const char *dir, const char *name);

/* A PNG of any size whose rows are all alike, as small as deflate makes it. */
struct str pictures_png(struct arena *a, uint32_t width, uint32_t height, int depth, int type,
                        int interlace, size_t row_bytes);

/* A small one of every format; the first failure. */
enum status pictures_make_each(struct decoding *work, struct err *err);
/* Open, probe and make every format of it. */
enum status pictures_try(struct decoder *d, int fd, struct str claim, struct err *err);

#endif
