#include "text/image_size.h"

#include "base/limits.h"
#include "tests/harness.h"

#include <stdlib.h>

#define EXIF                                                                                       \
    "\xFF\xE1\x00\x0A"                                                                             \
    "Exif\0\0\xFF\xC0"
#define SOF(kind) "\xFF" kind "\x00\x11\x08\x01\xE0\x02\x80\x03"

static const struct {
    const char *name;
    struct str head;
    int width, height; /* 0: refused */
} cases[] = {
    { "png", STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xE0\x08\x02"), 640,
      480 },
    { "png of another first chunk",
      STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dtEXt\0\0\x02\x80\0\0\1\xE0"), 0, 0 },
    { "png of no width", STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\0\0\0\x01\xE0"), 0, 0 },
    { "png too wide", STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xFF\xFF\xFF\xFF\0\0\x01\xE0"), 0,
      0 },
    { "gif", STR_INIT("GIF89a\x80\x02\xE0\x01"), 640, 480 },
    { "old gif", STR_INIT("GIF87a\x01\x00\x01\x00"), 1, 1 },
    { "gif of a later day", STR_INIT("GIF99a\x80\x02\xE0\x01"), 0, 0 },
    { "jpeg", STR_INIT("\xFF\xD8" SOF("\xC0")), 640, 480 },
    { "progressive jpeg", STR_INIT("\xFF\xD8" EXIF SOF("\xC2")), 640, 480 },
    { "jpeg with fill and restarts", STR_INIT("\xFF\xD8\xFF\xFF\xFF\xD0\xFF\x01" EXIF SOF("\xC1")),
      640, 480 },
    { "jpeg with tables first", STR_INIT("\xFF\xD8\xFF\xC4\x00\x04\x01\x02" SOF("\xC0")), 640,
      480 },
    { "jpeg with pixels first", STR_INIT("\xFF\xD8\xFF\xDA\x00\x04\x01\x02" SOF("\xC0")), 0, 0 },
    { "jpeg that ends", STR_INIT("\xFF\xD8\xFF\xD9" SOF("\xC0")), 0, 0 },
    { "jpeg whose segment has no length", STR_INIT("\xFF\xD8\xFF\xE1\x00\x01" SOF("\xC0")), 0, 0 },
    { "jpeg whose segment leads out", STR_INIT("\xFF\xD8\xFF\xE1\xFF\xFF" SOF("\xC0")), 0, 0 },
    { "jpeg with a short frame", STR_INIT("\xFF\xD8\xFF\xC0\x00\x07\x08\x01\xE0\x02\x80"), 0, 0 },
    { "jpeg that says its height later", STR_INIT("\xFF\xD8\xFF\xC0\x00\x11\x08\x00\x00\x02\x80"),
      0, 0 },
    { "lossy webp",
      STR_INIT("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x42\xE0\x01"), 640,
      480 },
    { "webp that is no key frame",
      STR_INIT("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x31\x01\0\x9d\x01\x2a\x80\x02\xE0\x01"), 0, 0 },
    { "lossless webp", STR_INIT("RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x7F\xC2\x77\x00"), 640, 480 },
    { "webp with a canvas",
      STR_INIT("RIFF\x24\0\0\0WEBPVP8X\x0A\0\0\0\x10\0\0\0\x7F\x02\x00\xDF\x01\x00"), 640, 480 },
    { "riff of sound",
      STR_INIT("RIFF\x24\0\0\0WAVEVP8X\x0A\0\0\0\x10\0\0\0\x7F\x02\x00\xDF\x01\x00"), 0, 0 },
    { "text", STR_INIT("not really a picture"), 0, 0 },
    { "nothing", STR_INIT(""), 0, 0 },
};

TEST(image_size_of_each_kind) {
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int w = 0, h = 0;
        bool found = image_size(cases[i].head, &w, &h);
        if (found != (cases[i].width != 0) || w != cases[i].width || h != cases[i].height) {
            test_fail(__FILE__, __LINE__, "%s: %d x %d", cases[i].name, w, h);
        }
    }
}

/* In memory of just that length, so that the sanitizer sees each step too far. */
TEST(image_size_of_what_is_cut_off) {
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t len = 0; len <= cases[i].head.len; len++) {
            char *exact = malloc(len + (len == 0));
            check(exact != NULL);
            memcpy(exact, cases[i].head.ptr, len);
            int w = -1, h = -1;
            bool found = image_size(str_make(exact, len), &w, &h);
            CHECK(found ? w == cases[i].width && h == cases[i].height : w == -1 && h == -1);
            free(exact);
        }
    }
}

/* A long row of segments is walked once. */
TEST(image_size_is_linear) {
    size_t len = LIMIT_IMAGE_HEAD_BYTES;
    char *bytes = malloc(len);
    check(bytes != NULL);
    memset(bytes, 0xFF, len);
    bytes[1] = '\xD8';
    int w, h;
    CHECK(!image_size(str_make(bytes, len), &w, &h));
    free(bytes);
}
