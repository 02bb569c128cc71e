#include "tests/pictures.h"

#include "base/io.h"
#include "base/limits.h"
#include "picture/worker.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

TEST_WORKER(decoder) {
    return worker_main();
}

struct decoder *pictures_decoder(void) {
    struct decoder_options options = { .argument = "worker-decoder" };
    return decoder_new(&options);
}

struct str pictures_shell(struct arena *a, const char *fmt, ...) {
    char command[2048];
    struct buf out;
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    buf_init(&out, MIB);
    FILE *f = popen(command, "re");
    char line[4096];
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        buf_put(&out, str_of(line));
    }
    if (f != NULL) {
        pclose(f);
    }
    struct str s = arena_str(a, str_trim(buf_str(&out)));
    buf_done(&out);
    return s;
}

const char *pictures_corpus(void) {
    static char dir[4096];
    static bool tried;
    if (tried) {
        return dir[0] != '\0' ? dir : NULL;
    }
    tried = true;
    struct arena a;
    arena_init(&a);
    const char *tmp = test_tmp_dir();
    struct str said = pictures_shell(
        &a,
        "cd '%s' && { "
        "command -v exiftool && convert -size 320x200 -seed 3 plasma:red-blue -depth 8 base.png && "
        "convert base.png -quality 90 base.jpg && "
        "convert base.png -interlace JPEG progressive.jpg && "
        "convert base.png -colorspace CMYK cmyk.jpg && "
        "convert base.png -colorspace Gray grey.jpg && "
        "convert base.png -colorspace Gray -depth 8 grey.png && "
        "convert -size 320x200 -depth 16 gradient:red-blue deep.png && "
        "convert base.png -colors 16 palette.png && "
        "convert base.png -interlace Line interlaced.png && "
        "convert base.png -alpha set -channel A -evaluate set 40%% alpha.png && "
        "convert base.png base.webp && convert base.png base.gif && "
        "convert base.png base.avif && convert base.png base.heic && "
        "convert -size 120x80 -delay 10 -loop 0 xc:red xc:lime xc:blue animation.gif && "
        "convert animation.gif animation.webp && "
        "convert base.jpg base.tif && convert base.jpg base.bmp && "
        "exiftool -q -o told.jpg -XMP:Title='A title' -IPTC:Caption-Abstract='Ein Bild für alle' "
        "-CodedCharacterSet=UTF8 -IPTC:Credit=Agency -EXIF:Artist='Photographer Seven' "
        "-EXIF:DateTimeOriginal='2022:03:14 09:26:53' -EXIF:OffsetTimeOriginal='+01:00' "
        "-EXIF:GPSLatitude=48.85 -EXIF:GPSLatitudeRef=N -EXIF:GPSLongitude=2.35 "
        "-EXIF:GPSLongitudeRef=E -XMP-exif:GPSLatitude=48.85 -EXIF:SerialNumber=SN12345 "
        "-EXIF:Make=Cam -XMP-aux:SerialNumber=SN12345 -XMP-photoshop:City=Paris "
        "-Comment='kilroy SN12345' base.jpg && echo made; } 2>&1",
        tmp);
    if (str_ends(said, STR("made"))) {
        snprintf(dir, sizeof dir, "%s", tmp);
    } else {
        printf("the corpus cannot be made: %.*s\n", STR_FMT(said));
    }
    arena_done(&a);
    return dir[0] != '\0' ? dir : NULL;
}

int pictures_open(const char *dir, const char *name) {
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

void pictures_write(const char *dir, const char *name, struct str bytes) {
    char path[8192];
    struct err err = { 0 };
    snprintf(path, sizeof path, "%s/%s", dir, name);
    CHECK_INT(io_write_file(path, bytes, &err), STATUS_OK);
}

struct str pictures_read(struct arena *a, const char *dir, const char *name) {
    char path[8192];
    struct err err = { 0 };
    struct buf b;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    buf_init(&b, 64 * MIB);
    CHECK_INT(io_read_file(path, &b, &err), STATUS_OK);
    struct str s = arena_str(a, buf_str(&b));
    buf_done(&b);
    return s;
}

enum status pictures_make_each(struct decoding *work, struct err *err) {
    struct rendition_made made;
    enum status status = STATUS_OK;
    for (enum picture_format f = PICTURE_JPEG; status == STATUS_OK && f <= PICTURE_AVIF; f++) {
        struct rendition r = { .format = f, .width = 100, .animate = f == PICTURE_WEBP };
        FILE *out = tmpfile();
        status = decoding_make(work, &r, fileno(out), &made, err);
        fclose(out);
    }
    return status;
}

enum status pictures_try(struct decoder *d, int fd, struct str claim, struct err *err) {
    struct decoding *work = NULL;
    enum status status = decoding_begin(d, fd, claim, &work, err);
    if (status == STATUS_OK) {
        status = decoding_probe(work, err);
    }
    if (status == STATUS_OK) {
        status = pictures_make_each(work, err);
    }
    decoding_end(work);
    return status;
}

struct str pictures_png(struct arena *a, uint32_t width, uint32_t height, int depth, int type,
                        int interlace, size_t row_bytes) {
    struct buf b;
    buf_init(&b, 16 * MIB);
    unsigned char head[17] = { 'I', 'H', 'D', 'R' };
    for (int i = 0; i < 4; i++) {
        head[4 + i] = (unsigned char)(width >> (24 - 8 * i));
        head[8 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    head[12] = (unsigned char)depth;
    head[13] = (unsigned char)type;
    head[16] = (unsigned char)interlace;
    z_stream z = { 0 };
    check(deflateInit(&z, 9) == Z_OK);
    size_t room = 4 * MIB;
    unsigned char *packed = malloc(room + 4), *row = calloc(1, row_bytes + 1);
    memcpy(packed, "IDAT", 4);
    z.next_out = packed + 4;
    z.avail_out = (unsigned)room;
    for (uint32_t y = 0; y < height; y++) {
        z.next_in = row;
        z.avail_in = (unsigned)row_bytes + 1;
        check(deflate(&z, y + 1 == height ? Z_FINISH : Z_NO_FLUSH) >= 0);
    }
    struct str chunks[] = { str_make((char *)head, 17), str_make((char *)packed, 4 + z.total_out),
                            STR("IEND") };
    deflateEnd(&z);
    buf_put(&b, STR("\x89PNG\r\n\x1a\n"));
    for (size_t i = 0; i < COUNT_OF(chunks); i++) {
        uint32_t crc =
            (uint32_t)crc32(0, (const unsigned char *)chunks[i].ptr, (unsigned)chunks[i].len);
        for (int shift = 24; shift >= 0; shift -= 8) {
            buf_put_char(&b, (char)((chunks[i].len - 4) >> shift & 0xFF));
        }
        buf_put(&b, chunks[i]);
        for (int shift = 24; shift >= 0; shift -= 8) {
            buf_put_char(&b, (char)(crc >> shift & 0xFF));
        }
    }
    struct str png = arena_str(a, buf_str(&b));
    buf_done(&b);
    free(packed);
    free(row);
    return png;
}
