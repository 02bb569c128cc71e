/* Whole originals through real workers. The corpus is made here, by ImageMagick, exiftool, libpng's
 * rival in this file, and damage; the results are read by ImageMagick and exiftool. */
#include "picture/decoder.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "picture/cage.h"
#include "picture/wire.h"
#include "picture/worker.h"
#include "tests/harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

TEST_WORKER(decoder) {
    return worker_main();
}

static struct decoder_options with(const char *argument) {
    return (struct decoder_options){ .argument = argument };
}

/* ---- tools ---- */

/* What a shell's command prints, its last line end cut off. */
static struct str output_of(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
static struct str output_of(struct arena *a, const char *fmt, ...) {
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

/* A folder with the corpus, made once; NULL: the tools are missing. */
static const char *corpus(void) {
    static char dir[4096];
    static bool tried;
    if (tried) {
        return dir[0] != '\0' ? dir : NULL;
    }
    tried = true;
    struct arena a;
    arena_init(&a);
    const char *tmp = test_tmp_dir();
    struct str said = output_of(
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

#define REQUIRE_CORPUS(dir)                                                                        \
    const char *dir = corpus();                                                                    \
    if (dir == NULL) {                                                                             \
        test_skip("ImageMagick or exiftool is missing");                                           \
        return;                                                                                    \
    }

static int open_at(const char *dir, const char *name) {
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static void write_at(const char *dir, const char *name, struct str bytes) {
    char path[8192];
    struct err err = { 0 };
    snprintf(path, sizeof path, "%s/%s", dir, name);
    CHECK_INT(io_write_file(path, bytes, &err), STATUS_OK);
}

static struct str read_at(struct arena *a, const char *dir, const char *name) {
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

static enum status each_format(struct decoding *work, struct err *err) {
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

/* Open, probe and make every format of it; the first failure. */
static enum status all_of(struct decoder *d, int fd, struct str claim, struct err *err) {
    struct decoding *work = NULL;
    enum status status = decoding_begin(d, fd, claim, &work, err);
    if (status == STATUS_OK) {
        status = decoding_probe(work, err);
    }
    if (status == STATUS_OK) {
        status = each_format(work, err);
    }
    decoding_end(work);
    return status;
}

/* dir/name made to dir/out. */
static struct rendition_made make(struct decoder *d, const char *dir, const char *name,
                                  const char *out_name, const struct rendition *r) {
    struct err err = { 0 };
    struct decoding *work = NULL;
    struct rendition_made made = { 0 };
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", dir, out_name);
    int fd = open_at(dir, name);
    int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    enum status status = decoding_begin(d, fd, str_of(name), &work, &err);
    if (status == STATUS_OK) {
        status = decoding_make(work, r, out, &made, &err);
    }
    if (status != STATUS_OK) {
        test_fail(__FILE__, __LINE__, "%s: %s", name, err.message);
    }
    decoding_end(work);
    close(fd);
    close(out);
    return made;
}

/* ---- what is read and made ---- */

TEST(decoder_knows_each_format_and_makes_each) {
    static const struct {
        const char *name;
        struct picture_info info;
    } files[] = {
        { "base.jpg", { PICTURE_JPEG, 320, 200, 1, 1, .has_alpha = false } },
        { "progressive.jpg", { PICTURE_JPEG, 320, 200, 1, 1, .has_alpha = false } },
        { "cmyk.jpg", { PICTURE_JPEG, 320, 200, 1, 1, .has_alpha = false } },
        { "grey.jpg", { PICTURE_JPEG, 320, 200, 1, 1, .has_alpha = false } },
        { "grey.png", { PICTURE_PNG, 320, 200, 1, 1, .has_alpha = false } },
        { "deep.png", { PICTURE_PNG, 320, 200, 1, 1, .has_alpha = false } },
        { "palette.png", { PICTURE_PNG, 320, 200, 1, 1, .has_alpha = false } },
        { "interlaced.png", { PICTURE_PNG, 320, 200, 1, 1, .has_alpha = false } },
        { "alpha.png", { PICTURE_PNG, 320, 200, 1, 1, .has_alpha = true } },
        { "base.webp", { PICTURE_WEBP, 320, 200, 1, 1, .has_alpha = false } },
        { "base.gif", { PICTURE_GIF, 320, 200, 1, 1, .has_alpha = false } },
        { "base.avif", { PICTURE_AVIF, 320, 200, 1, 1, .has_alpha = false } },
        { "base.heic", { PICTURE_HEIC, 320, 200, 1, 1, .has_alpha = false } },
        { "animation.gif", { PICTURE_GIF, 120, 80, 3, 1, .has_alpha = false } },
        { "animation.webp", { PICTURE_WEBP, 120, 80, 3, 1, .has_alpha = false } },
    };
    REQUIRE_CORPUS(dir);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct err err = { 0 };
        struct decoding *work = NULL;
        const struct picture_info *want = &files[i].info;
        int fd = open_at(dir, files[i].name);
        enum status status = decoding_begin(d, fd, str_of(files[i].name), &work, &err);
        if (status == STATUS_OK) {
            status = decoding_probe(work, &err);
        }
        if (status == STATUS_OK) {
            status = each_format(work, &err);
        }
        if (status != STATUS_OK) {
            test_fail(__FILE__, __LINE__, "%s: %s", files[i].name, err.message);
        } else {
            const struct picture_info *got = decoding_info(work);
            if (got->format != want->format || got->width != want->width ||
                got->height != want->height || got->frames != want->frames ||
                got->has_alpha != want->has_alpha || got->orientation != 1) {
                test_fail(__FILE__, __LINE__, "%s: %s, %d x %d, %d frames, alpha %d", files[i].name,
                          picture_format_name(got->format), got->width, got->height, got->frames,
                          got->has_alpha);
            }
            CHECK(got->placeholder.len > 20 && str_starts(got->placeholder, STR("RIFF")));
        }
        decoding_end(work);
        close(fd);
    }
    decoder_free(d);
}

/* ImageMagick's word: how far two pictures are apart, in thousandths of white. */
static double distance(struct arena *a, const char *dir, const char *one, const char *other) {
    struct str s = output_of(a,
                             "cd '%s' && convert '%s' -alpha off -depth 8 one.ppm && convert '%s' "
                             "-alpha off -depth 8 other.ppm && compare -metric RMSE one.ppm "
                             "other.ppm null: 2>&1 | sed 's/.*(//; s/).*//'",
                             dir, one, other);
    return s.len == 0 ? 1000 : strtod(s.ptr, NULL) * 1000;
}

TEST(decoder_turns_pictures_as_exif_asks) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    for (int turn = 1; turn <= 8; turn++) {
        output_of(&a,
                  "cd '%s' && exiftool -q -n -Orientation=%d -o turned%d.jpg "
                  "base.jpg && convert turned%d.jpg -auto-orient expected.png",
                  dir, turn, turn, turn);
        char name[32];
        snprintf(name, sizeof name, "turned%d.jpg", turn);
        struct rendition_made made = make(
            d, dir, name, "got.png", &(struct rendition){ .format = PICTURE_PNG, .width = 320 });
        CHECK_INT(made.width, turn >= 5 ? 200 : 320);
        CHECK_INT(made.height, turn >= 5 ? 320 : 200);
        CHECK(distance(&a, dir, "got.png", "expected.png") < 4);
        made = make(d, dir, name, "got.jpg",
                    &(struct rendition){ .format = PICTURE_JPEG, .width = 50 });
        CHECK_INT(made.width, 50);
        CHECK_INT(made.height, turn >= 5 ? 80 : 31);
    }
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_keeps_the_credit_and_publishes_no_place_or_serial_number) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    struct err err = { 0 };
    struct decoding *work = NULL;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    CHECK(str_find(output_of(&a, "exiftool -a -G '%s/told.jpg'", dir), STR("GPS"), 0) != STR_NPOS);
    int fd = open_at(dir, "told.jpg");
    CHECK_INT(decoding_begin(d, fd, STR("told.jpg"), &work, &err), STATUS_OK);
    REQUIRE(work != NULL);
    CHECK_INT(decoding_probe(work, &err), STATUS_OK);
    const struct picture_texts *texts = &decoding_info(work)->texts;
    CHECK_STR(texts->text[PICTURE_TITLE], "A title");
    CHECK_STR(texts->text[PICTURE_CAPTION], "Ein Bild für alle");
    CHECK_STR(texts->text[PICTURE_CREDIT], "Agency");
    CHECK_STR(texts->text[PICTURE_BYLINE], "Photographer Seven");
    CHECK_STR(texts->text[PICTURE_CITY], "Paris");
    CHECK_STR(texts->text[PICTURE_TAKEN], "2022-03-14T09:26:53+01:00");
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        CHECK(str_find(texts->text[i], STR("SN1"), 0) == STR_NPOS);
    }
    write_at(dir, "placeholder.webp", decoding_info(work)->placeholder);
    decoding_end(work);
    close(fd);
    static const char *const names[] = { "", "out.jpg", "out.png", "out.webp", "out.avif" };
    for (enum picture_format f = PICTURE_JPEG; f <= PICTURE_AVIF; f++) {
        make(d, dir, "told.jpg", names[f], &(struct rendition){ .format = f, .width = 200 });
    }
    struct str told = output_of(&a,
                                "cd '%s' && exiftool -a -u -U -G1 -ee out.jpg out.png out.webp "
                                "out.avif placeholder.webp",
                                dir);
    static const char *const secrets[] = { "GPS", "SN12345", "kilroy", "Seven", "Serial", "48.85" };
    CHECK(str_find(told, STR("Image Width"), 0) != STR_NPOS);
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        if (str_find(told, str_of(secrets[i]), 0) != STR_NPOS) {
            test_fail(__FILE__, __LINE__, "%s is told", secrets[i]);
        }
    }
    CHECK_STR(output_of(&a, "cd '%s' && grep -alE 'SN12345|kilroy|Photographer' out.* *.webp", dir),
              "");
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_makes_the_colours_that_others_see) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    static const struct {
        const char *name;
        double most;
    } files[] = {
        { "base.jpg", 2 },   { "base.png", 1 }, { "progressive.jpg", 3 }, { "grey.jpg", 2 },
        { "grey.png", 2 },   { "deep.png", 3 }, { "palette.png", 1 },     { "interlaced.png", 1 },
        { "base.webp", 6 },  { "base.gif", 2 }, { "base.avif", 15 },      { "base.heic", 15 },
        { "cmyk.jpg", 250 }, /* ImageMagick takes no profile for it */
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        make(d, dir, files[i].name, "got.png",
             &(struct rendition){ .format = PICTURE_PNG, .width = 320 });
        double far = distance(&a, dir, "got.png", files[i].name);
        if (far > files[i].most) {
            test_fail(__FILE__, __LINE__, "%s is %f away", files[i].name, far);
        }
    }
    /* A profile in which what is stored as red is green: it has to be followed. */
    struct str swapped = output_of(&a,
                                   "cd '%s' && convert -size 64x64 xc:'#c83c28' flat.png && "
                                   "vips icc_export flat.png wide.png --output-profile p3 "
                                   "--depth 8 2>&1 && echo made",
                                   dir);
    if (str_ends(swapped, STR("made"))) {
        make(d, dir, "wide.png", "got.png",
             &(struct rendition){ .format = PICTURE_PNG, .width = 64 });
        struct str stored = output_of(&a,
                                      "cd '%s' && convert wide.png -depth 8 -format "
                                      "'%%[pixel:p{9,9}]' info:",
                                      dir);
        CHECK(distance(&a, dir, "got.png", "flat.png") < 20);
        CHECK(str_find(stored, STR("200,60,40"), 0) == STR_NPOS);
    }
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_keeps_what_is_transparent_and_what_moves) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    static const char *const names[] = { "", "a.jpg", "a.png", "a.webp", "a.avif" };
    for (enum picture_format f = PICTURE_PNG; f <= PICTURE_AVIF; f++) {
        make(d, dir, "alpha.png", names[f], &(struct rendition){ .format = f, .width = 160 });
        if (f != PICTURE_AVIF) {
            struct str mean = output_of(&a,
                                        "cd '%s' && convert %s -alpha extract -format "
                                        "'%%[fx:int(mean*100+0.5)]' info:",
                                        dir, names[f]);
            CHECK_STR(mean, "40");
        }
    }
    /* ImageMagick sees none in an AVIF. */
    CHECK(str_find(read_at(&a, dir, "a.avif"), STR("systems:auxiliary:alpha"), 0) != STR_NPOS);
    struct rendition_made made =
        make(d, dir, "animation.gif", "moving.webp",
             &(struct rendition){ .format = PICTURE_WEBP, .width = 60, .animate = true });
    CHECK(made.width == 60 && made.height == 40 && made.frames == 3);
    struct str frames = output_of(&a,
                                  "cd '%s' && convert moving.webp -coalesce -format "
                                  "'%%w %%h %%[fx:int(p{9,9}.r*10)]%%[fx:int(p{9,9}.g*10)]"
                                  "%%[fx:int(p{9,9}.b*10)] %%T\\n' info:",
                                  dir);
    CHECK(str_find(frames, STR("60 40 1000"), 0) != STR_NPOS);
    struct str told =
        output_of(&a, "exiftool -s3 -Duration -AnimationLoopCount '%s/moving.webp'", dir);
    CHECK_STR(told, "0.30 s\ninf");
    made = make(d, dir, "animation.gif", "still.jpg",
                &(struct rendition){ .format = PICTURE_JPEG, .width = 60 });
    CHECK_INT(made.frames, 1);
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_crops_around_the_focal_point) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    output_of(&a,
              "cd '%s' && convert -size 400x100 xc:red -fill lime -draw 'rectangle 300,0 "
              "399,99' halves.png",
              dir);
    struct rendition r = { .format = PICTURE_PNG, .width = 50, .crop = { 1, 1, 900, 500 } };
    struct rendition_made made = make(d, dir, "halves.png", "crop.png", &r);
    CHECK(made.width == 50 && made.height == 50);
    CHECK_STR(
        output_of(&a,
                  "cd '%s' && convert crop.png -format '%%[fx:int(100*mean.g+0.5)]' info:", dir),
        "100");
    r.crop.focal_x_permille = 100;
    make(d, dir, "halves.png", "crop.png", &r);
    CHECK_STR(
        output_of(&a,
                  "cd '%s' && convert crop.png -format '%%[fx:int(100*mean.g+0.5)]' info:", dir),
        "0");
    decoder_free(d);
    arena_done(&a);
}

/* ---- what is refused ---- */

/* A PNG of any size whose rows are all alike, as small as deflate makes it. */
static struct str png_of(struct arena *a, uint32_t width, uint32_t height, int depth, int type,
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

static void refused(struct decoder *d, const char *dir, const char *name, struct str bytes,
                    const char *claim, const char *reason) {
    struct err err = { 0 };
    write_at(dir, name, bytes);
    int fd = open_at(dir, name);
    enum status status = all_of(d, fd, str_of(claim), &err);
    close(fd);
    if ((status != STATUS_INVALID && status != STATUS_TOO_LARGE) ||
        str_find(str_of(err.message), str_of(reason), 0) == STR_NPOS) {
        test_fail(__FILE__, __LINE__, "%s: %s (%s), not: %s", name, status_text(status),
                  err.message, reason);
    }
}

TEST(decoder_refuses_bombs_and_giants_with_the_reason) {
    struct arena a;
    arena_init(&a);
    const char *dir = test_tmp_dir();
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    struct str whole = png_of(&a, 64, 64, 8, 2, 0, 192);
    struct err err = { 0 };
    write_at(dir, "good.png", whole);
    int fd = open_at(dir, "good.png");
    CHECK_INT(all_of(d, fd, STR("good.png"), &err), STATUS_OK);
    close(fd);
    refused(d, dir, "giant.png", png_of(&a, 41000, 41000, 8, 2, 0, 0), "giant.png",
            "41000 × 41000 pixels are more than 200 million");
    refused(d, dir, "wide.png", png_of(&a, 70000, 1, 8, 2, 0, 210000), "",
            "no side may have more than 60000");
    refused(d, dir, "bomb.png", png_of(&a, 12000, 12000, 1, 0, 0, 1500), "",
            "that is no photograph but a trap");
    refused(d, dir, "held.png", png_of(&a, 8000, 8000, 16, 6, 1, 64000 / 8), "",
            "need 488 MB to decode");
    refused(d, dir, "empty.jpg", STR(""), "empty.jpg", "the file is empty");
    refused(d, dir, "zero.png", png_of(&a, 0, 0, 8, 2, 0, 1), "", "damaged at its beginning");
    char *cut = arena_alloc(&a, whole.len);
    memcpy(cut, whole.ptr, whole.len);
    cut[50] ^= 0x10;
    refused(d, dir, "bit.png", str_make(cut, whole.len), "", "damaged or truncated after");
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_refuses_what_is_truncated_or_mislabelled) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    const char *cut = test_tmp_dir();
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    static const char *const names[] = { "base.jpg",  "progressive.jpg", "base.png",
                                         "base.webp", "interlaced.png",  "animation.gif",
                                         "base.avif", "base.heic",       "animation.webp" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str file = read_at(&a, dir, names[i]);
        refused(d, cut, names[i], str_slice(file, 0, file.len / 2), "", "damaged");
        refused(d, dir, "start", str_slice(file, 0, 40), "", "damaged");
        refused(d, dir, "wrong", file, i < 2 ? "x.png" : "x.jpg", "it claims to be");
    }
    refused(d, dir, "rows.jpg", str_slice(read_at(&a, dir, "base.jpg"), 0, 9000), "",
            " of 200 rows");
    refused(d, dir, "tiff", read_at(&a, dir, "base.tif"), "", "it is a TIFF");
    refused(d, dir, "bmp", read_at(&a, dir, "base.bmp"), "", "it is a BMP");
    refused(d, dir, "svg", STR("<svg onload='alert(1)'/>"), "", "it is an SVG drawing");
    refused(d, dir, "text", STR("\xFF\xD8\xFF and then nothing of a JPEG"), "", "damaged");
    decoder_free(d);
    arena_done(&a);
}

/* Damage of all kinds: each file is taken or refused with a reason, whatever the damage, and the
 * picture after it is taken. */
TEST(decoder_survives_damage) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    static const char *const names[] = { "base.jpg",  "progressive.jpg", "cmyk.jpg",
                                         "base.png",  "alpha.png",       "interlaced.png",
                                         "base.webp", "base.gif",        "base.avif",
                                         "base.heic", "animation.gif",   "animation.webp",
                                         "told.jpg" };
    const char *rounds_text = getenv("DAMAGE_ROUNDS");
    size_t rounds = rounds_text != NULL ? strtoul(rounds_text, NULL, 10) : 40;
    size_t taken = 0, turned_down = 0;
    uint64_t state = test_seed();
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    for (size_t i = 0; i < rounds; i++) {
        struct err err = { 0 };
        struct str file = read_at(&a, dir, names[test_below(&state, COUNT_OF(names))]);
        char *bytes = (char *)(uintptr_t)file.ptr;
        size_t len = file.len;
        for (size_t n = 1 + test_below(&state, 20); n > 0; n--) {
            size_t at = test_below(&state, test_below(&state, 2) ? len : len < 200 ? len : 200);
            bytes[at] = (char)test_random(&state);
        }
        if (test_below(&state, 4) == 0) {
            len = 1 + test_below(&state, len);
        }
        write_at(dir, "damaged", str_make(bytes, len));
        int fd = open_at(dir, "damaged");
        enum status status = all_of(d, fd, STR(""), &err);
        close(fd);
        taken += status == STATUS_OK;
        turned_down += status != STATUS_OK;
        if (status != STATUS_OK && status != STATUS_INVALID && status != STATUS_TOO_LARGE) {
            test_fail(__FILE__, __LINE__, "round %zu: %s: %s", i, status_text(status), err.message);
        }
        arena_reset(&a);
    }
    struct err err = { 0 };
    int fd = open_at(dir, "base.jpg");
    CHECK_INT(all_of(d, fd, STR("base.jpg"), &err), STATUS_OK);
    close(fd);
    CHECK(taken + turned_down == rounds && (rounds < 20 || turned_down > 0));
    decoder_free(d);
    arena_done(&a);
}

/* ---- workers that misbehave ---- */

static struct wire_message next_request(void) {
    static struct buf bytes;
    struct wire_message m = { 0 };
    int fd = -1;
    buf_done(&bytes);
    buf_init(&bytes, LIMIT_PICTURE_MESSAGE_BYTES);
    if (wire_receive(WORKER_SOCKET, 0, &bytes, &m, &fd) != STATUS_OK) {
        _exit(0);
    }
    return m;
}

static void say(enum wire_kind kind) {
    struct wire_message m = { .kind = kind };
    m.info = (struct picture_info){ PICTURE_JPEG, 10, 10, 1, 1, .placeholder = STR("") };
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        m.info.texts.text[i] = STR("");
    }
    m.made = (struct rendition_made){ 10, 10, 1, 20 };
    if (!wire_send(WORKER_SOCKET, &m, -1)) {
        _exit(0);
    }
}

TEST_WORKER(never_starts) {
    return 1;
}
TEST_WORKER(dies) {
    say(WIRE_READY);
    next_request();
    abort();
}
TEST_WORKER(loops) {
    say(WIRE_READY);
    next_request();
    volatile bool forever = true;
    while (forever) {
    }
    return 0;
}
TEST_WORKER(babbles) {
    say(WIRE_READY);
    next_request();
    return write(WORKER_SOCKET, "what?", 5) == 5 ? 0 : 1;
}
TEST_WORKER(answers_amiss) {
    say(WIRE_READY);
    next_request();
    say(WIRE_MADE);
    next_request();
    return 0;
}
/* Says that it made a file, and did not. */
TEST_WORKER(lies) {
    say(WIRE_READY);
    next_request();
    say(WIRE_INFO);
    next_request();
    say(WIRE_MADE);
    next_request();
    return 0;
}
TEST_WORKER(eats) {
    struct err err = { 0 };
    if (cage_enter(64 * MIB, &err) != STATUS_OK) {
        return 1;
    }
    say(WIRE_READY);
    next_request();
    for (size_t eaten = 0; eaten < 1024; eaten++) {
        char *p = malloc(MIB);
        check(p != NULL);
        memset(p, 1, MIB);
    }
    return 0;
}
TEST_WORKER(is_not_confined) {
    struct wire_message m = { .kind = WIRE_REFUSED,
                              .status = STATUS_FORBIDDEN,
                              .reason = STR("no seccomp here") };
    return wire_send(WORKER_SOCKET, &m, -1) ? 0 : 1;
}

static struct str a_jpeg(void) {
    return STR("\xFF\xD8\xFF\xE0");
}

/* What a caller gets from such a worker, by its first request that fails. */
static enum status with_worker(const char *argument, struct err *err) {
    const char *dir = test_tmp_dir();
    struct decoder_options options = { .argument = argument, .timeout_ms = 300 };
    struct decoder *d = decoder_new(&options);
    struct decoding *work = NULL;
    struct rendition_made made;
    write_at(dir, "x.jpg", a_jpeg());
    int fd = open_at(dir, "x.jpg");
    FILE *out = tmpfile();
    enum status status = decoding_begin(d, fd, STR(""), &work, err);
    if (status == STATUS_OK) {
        status = decoding_make(work, &(struct rendition){ .format = PICTURE_JPEG, .width = 10 },
                               fileno(out), &made, err);
    }
    fclose(out);
    close(fd);
    decoding_end(work);
    decoder_free(d);
    return status;
}

TEST(decoder_gives_an_error_whatever_a_worker_does) {
    static const struct {
        const char *worker;
        enum status status;
        const char *message;
    } cases[] = {
        { "worker-never_starts", STATUS_IO, "the process that decodes pictures does not start" },
        { "worker-dies", STATUS_INVALID, "died or ran out of memory" },
        { "worker-loops", STATUS_TOO_LARGE, "took longer than 300 ms" },
        { "worker-babbles", STATUS_INVALID, "no sensible answer" },
        { "worker-answers_amiss", STATUS_INVALID, "no sensible answer" },
        { "worker-lies", STATUS_INVALID, "no sensible answer" },
        { "worker-is_not_confined", STATUS_FORBIDDEN, "no seccomp here" },
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
        { "worker-eats", STATUS_INVALID, "died or ran out of memory" },
#endif
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { 0 };
        enum status status = with_worker(cases[i].worker, &err);
        /* A slow machine may not get so far as to lie within the limit. */
        bool late = str_find(str_of(err.message), STR("took longer"), 0) != STR_NPOS;
        if (!late && (status != cases[i].status ||
                      str_find(str_of(err.message), str_of(cases[i].message), 0) == STR_NPOS)) {
            test_fail(__FILE__, __LINE__, "%s: %s: %s", cases[i].worker, status_text(status),
                      err.message);
        }
    }
}

TEST(decoder_replaces_a_worker_that_is_killed) {
    REQUIRE_CORPUS(dir);
    struct err err = { 0 };
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    int fd = open_at(dir, "base.jpg");
    for (int round = 0; round < 3; round++) {
        struct decoding *work = NULL;
        err = (struct err){ 0 };
        CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_OK);
        REQUIRE(work != NULL);
        CHECK_INT(kill(decoding_pid(work), SIGKILL), 0);
        CHECK_INT(decoding_probe(work, &err), STATUS_INVALID);
        CHECK_INT(decoding_probe(work, &err), STATUS_INVALID);
        decoding_end(work);
        CHECK_INT(all_of(d, fd, STR(""), &(struct err){ 0 }), STATUS_OK);
    }
    close(fd);
    decoder_free(d);
}

TEST(decoder_gives_its_workers_nothing) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    struct err err = { 0 };
    struct decoding *work = NULL;
    arena_init(&a);
    struct decoder_options options = with("worker-decoder");
    struct decoder *d = decoder_new(&options);
    int fd = open_at(dir, "base.jpg");
    CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_OK);
    REQUIRE(work != NULL);
    int pid = (int)decoding_pid(work);
    struct str state =
        output_of(&a, "grep -E '^(NoNewPrivs|Seccomp):' /proc/%d/status | tr -d '\\n\\t'", pid);
    CHECK_STR(state, "NoNewPrivs:1Seccomp:2");
    /* Not dumpable: only the superuser may look at these. */
    if (geteuid() == 0) {
        CHECK_STR(output_of(&a, "ls /proc/%d/fd | tr '\\n' ' '", pid), "0 1 2 3");
        CHECK_STR(output_of(&a, "tr '\\0' ' ' < /proc/%d/environ", pid),
                  "LC_ALL=C MALLOC_ARENA_MAX=2");
    }
    decoding_end(work);
    close(fd);
    int writable = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK_INT(decoding_begin(d, writable, STR(""), &work, &err), STATUS_IO);
    close(writable);
    decoder_free(d);
    arena_done(&a);
}

/* ---- many at a time, and the end ---- */

struct crowd {
    struct decoder *decoder;
    const char *dir;
    _Atomic int taken;
    enum status status;
};

static void *one_of_many(void *arg) {
    struct crowd *crowd = arg;
    int fd = open_at(crowd->dir, "base.jpg");
    struct err err = { 0 };
    if (all_of(crowd->decoder, fd, STR(""), &err) == STATUS_OK) {
        crowd->taken++;
    }
    close(fd);
    return NULL;
}

TEST(decoder_serves_many_with_few_workers) {
    REQUIRE_CORPUS(dir);
    enum { MANY = 6 };
    struct decoder_options options = with("worker-decoder");
    struct crowd crowd = { .decoder = decoder_new(&options), .dir = dir };
    pthread_t threads[MANY];
    for (size_t i = 0; i < MANY; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, one_of_many, &crowd), 0);
    }
    for (size_t i = 0; i < MANY; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_INT(crowd.taken, MANY);
    decoder_free(crowd.decoder);
}

static void *wait_for_ever(void *arg) {
    struct crowd *crowd = arg;
    int fd = open_at(crowd->dir, "x.jpg");
    struct decoding *work = NULL;
    struct err err = { 0 };
    crowd->taken++;
    crowd->status = decoding_begin(crowd->decoder, fd, STR(""), &work, &err);
    decoding_end(work);
    close(fd);
    return NULL;
}

TEST(decoder_stops_at_once) {
    const char *dir = test_tmp_dir();
    struct decoder_options options = { .argument = "worker-loops", .workers = 1 };
    struct crowd crowds[2];
    pthread_t threads[2];
    write_at(dir, "x.jpg", a_jpeg());
    struct decoder *d = decoder_new(&options);
    for (size_t i = 0; i < 2; i++) {
        crowds[i] = (struct crowd){ .decoder = d, .dir = dir };
        CHECK_INT(pthread_create(&threads[i], NULL, wait_for_ever, &crowds[i]), 0);
    }
    CHECK_SOON(crowds[0].taken == 1 && crowds[1].taken == 1);
    int64_t start_us = clock_mono_us();
    decoder_stop(d);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(crowds[i].status, STATUS_INTERRUPTED);
    }
    CHECK(clock_mono_us() - start_us < 25 * US_PER_SECOND); /* the time limit is 30 */
    struct decoding *work = NULL;
    struct err err = { 0 };
    int fd = open_at(dir, "x.jpg");
    CHECK_INT(decoding_begin(d, fd, STR(""), &work, &err), STATUS_INTERRUPTED);
    close(fd);
    decoder_free(d);
}
