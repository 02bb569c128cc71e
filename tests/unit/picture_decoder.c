/* Whole originals through real workers: what is made of them is read by ImageMagick and exiftool,
 * and what is damaged, too large or not what it says is refused with the reason. */
#include "base/limits.h"
#include "tests/harness.h"
#include "tests/pictures.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* dir/name made to dir/out. */
static struct rendition_made make(struct decoder *d, const char *dir, const char *name,
                                  const char *out_name, const struct rendition *r) {
    struct err err = { 0 };
    struct decoding *work = NULL;
    struct rendition_made made = { 0 };
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", dir, out_name);
    int fd = pictures_open(dir, name);
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
    struct decoder *d = pictures_decoder();
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct err err = { 0 };
        struct decoding *work = NULL;
        const struct picture_info *want = &files[i].info;
        int fd = pictures_open(dir, files[i].name);
        enum status status = decoding_begin(d, fd, str_of(files[i].name), &work, &err);
        if (status == STATUS_OK) {
            status = decoding_probe(work, &err);
        }
        if (status == STATUS_OK) {
            status = pictures_make_each(work, &err);
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
    struct str s =
        pictures_shell(a,
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
    struct decoder *d = pictures_decoder();
    for (int turn = 1; turn <= 8; turn++) {
        pictures_shell(&a,
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
    struct decoder *d = pictures_decoder();
    CHECK(str_find(pictures_shell(&a, "exiftool -a -G '%s/told.jpg'", dir), STR("GPS"), 0) !=
          STR_NPOS);
    int fd = pictures_open(dir, "told.jpg");
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
    pictures_write(dir, "placeholder.webp", decoding_info(work)->placeholder);
    decoding_end(work);
    close(fd);
    static const char *const names[] = { "", "out.jpg", "out.png", "out.webp", "out.avif" };
    for (enum picture_format f = PICTURE_JPEG; f <= PICTURE_AVIF; f++) {
        make(d, dir, "told.jpg", names[f], &(struct rendition){ .format = f, .width = 200 });
    }
    struct str told =
        pictures_shell(&a,
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
    CHECK_STR(
        pictures_shell(&a, "cd '%s' && grep -alE 'SN12345|kilroy|Photographer' out.* *.webp", dir),
        "");
    decoder_free(d);
    arena_done(&a);
}

TEST(decoder_makes_the_colours_that_others_see) {
    REQUIRE_CORPUS(dir);
    struct arena a;
    arena_init(&a);
    struct decoder *d = pictures_decoder();
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
    struct str swapped = pictures_shell(&a,
                                        "cd '%s' && convert -size 64x64 xc:'#c83c28' flat.png && "
                                        "vips icc_export flat.png wide.png --output-profile p3 "
                                        "--depth 8 2>&1 && echo made",
                                        dir);
    if (str_ends(swapped, STR("made"))) {
        make(d, dir, "wide.png", "got.png",
             &(struct rendition){ .format = PICTURE_PNG, .width = 64 });
        struct str stored = pictures_shell(&a,
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
    struct decoder *d = pictures_decoder();
    static const char *const names[] = { "", "a.jpg", "a.png", "a.webp", "a.avif" };
    for (enum picture_format f = PICTURE_PNG; f <= PICTURE_AVIF; f++) {
        make(d, dir, "alpha.png", names[f], &(struct rendition){ .format = f, .width = 160 });
        if (f != PICTURE_AVIF) {
            struct str mean = pictures_shell(&a,
                                             "cd '%s' && convert %s -alpha extract -format "
                                             "'%%[fx:int(mean*100+0.5)]' info:",
                                             dir, names[f]);
            CHECK_STR(mean, "40");
        }
    }
    /* ImageMagick sees none in an AVIF. */
    CHECK(str_find(pictures_read(&a, dir, "a.avif"), STR("systems:auxiliary:alpha"), 0) !=
          STR_NPOS);
    struct rendition_made made =
        make(d, dir, "animation.gif", "moving.webp",
             &(struct rendition){ .format = PICTURE_WEBP, .width = 60, .animate = true });
    CHECK(made.width == 60 && made.height == 40 && made.frames == 3);
    struct str frames = pictures_shell(&a,
                                       "cd '%s' && convert moving.webp -coalesce -format "
                                       "'%%w %%h %%[fx:int(p{9,9}.r*10)]%%[fx:int(p{9,9}.g*10)]"
                                       "%%[fx:int(p{9,9}.b*10)] %%T\\n' info:",
                                       dir);
    CHECK(str_find(frames, STR("60 40 1000"), 0) != STR_NPOS);
    struct str told =
        pictures_shell(&a, "exiftool -s3 -Duration -AnimationLoopCount '%s/moving.webp'", dir);
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
    struct decoder *d = pictures_decoder();
    pictures_shell(&a,
                   "cd '%s' && convert -size 400x100 xc:red -fill lime -draw 'rectangle 300,0 "
                   "399,99' halves.png",
                   dir);
    struct rendition r = { .format = PICTURE_PNG, .width = 50, .crop = { 1, 1, 900, 500 } };
    struct rendition_made made = make(d, dir, "halves.png", "crop.png", &r);
    CHECK(made.width == 50 && made.height == 50);
    CHECK_STR(
        pictures_shell(
            &a, "cd '%s' && convert crop.png -format '%%[fx:int(100*mean.g+0.5)]' info:", dir),
        "100");
    r.crop.focal_x_permille = 100;
    make(d, dir, "halves.png", "crop.png", &r);
    CHECK_STR(
        pictures_shell(
            &a, "cd '%s' && convert crop.png -format '%%[fx:int(100*mean.g+0.5)]' info:", dir),
        "0");
    decoder_free(d);
    arena_done(&a);
}

/* ---- what is refused ---- */

static void refused(struct decoder *d, const char *dir, const char *name, struct str bytes,
                    const char *claim, const char *reason) {
    struct err err = { 0 };
    pictures_write(dir, name, bytes);
    int fd = pictures_open(dir, name);
    enum status status = pictures_try(d, fd, str_of(claim), &err);
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
    struct decoder *d = pictures_decoder();
    struct str whole = pictures_png(&a, 64, 64, 8, 2, 0, 192);
    struct err err = { 0 };
    pictures_write(dir, "good.png", whole);
    int fd = pictures_open(dir, "good.png");
    CHECK_INT(pictures_try(d, fd, STR("good.png"), &err), STATUS_OK);
    close(fd);
    refused(d, dir, "giant.png", pictures_png(&a, 41000, 41000, 8, 2, 0, 0), "giant.png",
            "41000 × 41000 pixels are more than 200 million");
    refused(d, dir, "wide.png", pictures_png(&a, 70000, 1, 8, 2, 0, 210000), "",
            "no side may have more than 60000");
    refused(d, dir, "bomb.png", pictures_png(&a, 12000, 12000, 1, 0, 0, 1500), "",
            "that is no photograph but a trap");
    refused(d, dir, "held.png", pictures_png(&a, 8000, 8000, 16, 6, 1, 64000 / 8), "",
            "need 488 MB to decode");
    refused(d, dir, "empty.jpg", STR(""), "empty.jpg", "the file is empty");
    refused(d, dir, "zero.png", pictures_png(&a, 0, 0, 8, 2, 0, 1), "", "damaged at its beginning");
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
    struct decoder *d = pictures_decoder();
    static const char *const names[] = { "base.jpg",  "progressive.jpg", "base.png",
                                         "base.webp", "interlaced.png",  "animation.gif",
                                         "base.avif", "base.heic",       "animation.webp" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct str file = pictures_read(&a, dir, names[i]);
        refused(d, cut, names[i], str_slice(file, 0, file.len / 2), "", "damaged");
        refused(d, dir, "start", str_slice(file, 0, 40), "", "damaged");
        refused(d, dir, "wrong", file, i < 2 ? "x.png" : "x.jpg", "it claims to be");
    }
    refused(d, dir, "rows.jpg", str_slice(pictures_read(&a, dir, "base.jpg"), 0, 9000), "",
            " of 200 rows");
    refused(d, dir, "tiff", pictures_read(&a, dir, "base.tif"), "", "it is a TIFF");
    refused(d, dir, "bmp", pictures_read(&a, dir, "base.bmp"), "", "it is a BMP");
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
    struct decoder *d = pictures_decoder();
    for (size_t i = 0; i < rounds; i++) {
        struct err err = { 0 };
        struct str file = pictures_read(&a, dir, names[test_below(&state, COUNT_OF(names))]);
        char *bytes = (char *)(uintptr_t)file.ptr;
        size_t len = file.len;
        for (size_t n = 1 + test_below(&state, 20); n > 0; n--) {
            size_t at = test_below(&state, test_below(&state, 2) ? len : len < 200 ? len : 200);
            bytes[at] = (char)test_random(&state);
        }
        if (test_below(&state, 4) == 0) {
            len = 1 + test_below(&state, len);
        }
        pictures_write(dir, "damaged", str_make(bytes, len));
        int fd = pictures_open(dir, "damaged");
        enum status status = pictures_try(d, fd, STR(""), &err);
        close(fd);
        taken += status == STATUS_OK;
        turned_down += status != STATUS_OK;
        if (status != STATUS_OK && status != STATUS_INVALID && status != STATUS_TOO_LARGE) {
            test_fail(__FILE__, __LINE__, "round %zu: %s: %s", i, status_text(status), err.message);
        }
        arena_reset(&a);
    }
    struct err err = { 0 };
    int fd = pictures_open(dir, "base.jpg");
    CHECK_INT(pictures_try(d, fd, STR("base.jpg"), &err), STATUS_OK);
    close(fd);
    CHECK(taken + turned_down == rounds && (rounds < 20 || turned_down > 0));
    decoder_free(d);
    arena_done(&a);
}
