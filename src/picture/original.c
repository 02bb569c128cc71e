#include "picture/original.h"

#include "base/limits.h"
#include "picture/kind.h"
#include "picture/metadata.h"
#include "picture/webp.h"

#include <stdio.h>

enum { PROBE_SIDE = 48, PLACEHOLDER_SIDE = 24 };

enum status original_fail(struct err *err, const char *what) {
    char reason[200] = "";
    size_t len = 0;
    /* vips puts a line for each level that it passed on the way up: the first is the cause. */
    for (const char *at = vips.vips_error_buffer(); *at != '\0' && *at != '\n'; at++) {
        if (len + 1 < sizeof reason && *at >= ' ' && *at < 0x7F) {
            reason[len++] = *at;
        }
    }
    vips.vips_error_clear();
    return err_set(err, STATUS_INVALID, "%s (%s)", what, len > 0 ? reason : "no reason given");
}

VipsImage *original_load(const struct original *o, int shrink, int frames) {
    VipsImage *image = NULL;
    void *bytes = (void *)(uintptr_t)o->file.ptr; /* vips does not write there */
    size_t len = o->file.len;
    int rc = -1;
    switch (o->info.format) {
    case PICTURE_JPEG:
        rc = vips.vips_jpegload_buffer(bytes, len, &image, "shrink", shrink, "access",
                                       VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_PNG:
        rc = vips.vips_pngload_buffer(bytes, len, &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                      "fail_on", VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_GIF:
        rc = vips.vips_gifload_buffer(bytes, len, &image, "n", frames, "access",
                                      VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_WEBP:
        rc = vips.vips_webpload_buffer(bytes, len, &image, "n", frames, "access",
                                       VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_AVIF:
    case PICTURE_HEIC:
        rc = vips.vips_heifload_buffer(bytes, len, &image, "access", VIPS_ACCESS_SEQUENTIAL,
                                       "fail_on", VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_NONE:
    case PICTURE_FORMAT_END: break;
    }
    return rc == 0 ? image : NULL;
}

/* ---- what it is, by its header ---- */

static enum status within_limits(const struct original *o, struct err *err) {
    const int64_t width = o->stored_width, height = o->stored_height, frames = o->info.frames;
    const int64_t pixels = width * height;
    char size[64];
    snprintf(size, sizeof size, "%d × %d pixels", o->stored_width, o->stored_height);
    if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE) {
        return err_set(err, STATUS_TOO_LARGE, "%s: no side may have more than %d", size,
                       LIMIT_PICTURE_SIDE);
    }
    if (pixels > LIMIT_PICTURE_PIXELS) {
        return err_set(err, STATUS_TOO_LARGE, "%s are more than %d million", size,
                       LIMIT_PICTURE_PIXELS / 1000000);
    }
    if (frames > LIMIT_PICTURE_FRAMES) {
        return err_set(err, STATUS_TOO_LARGE, "%d frames are more than %d", o->info.frames,
                       LIMIT_PICTURE_FRAMES);
    }
    if (pixels * frames > LIMIT_PICTURE_FRAMES_PIXELS) {
        return err_set(err, STATUS_TOO_LARGE, "%d frames of %s are more than %d million",
                       o->info.frames, size, LIMIT_PICTURE_FRAMES_PIXELS / 1000000);
    }
    int64_t held = kind_held_bytes(o->file, o->info.format, o->stored_width, o->stored_height);
    if (held > LIMIT_PICTURE_HELD_BYTES) {
        return err_set(err, STATUS_TOO_LARGE,
                       "%s of this kind need %d MB to decode, more than %u: make it smaller, or "
                       "save it neither progressive nor interlaced",
                       size, (int)(held / MIB), LIMIT_PICTURE_HELD_BYTES / MIB);
    }
    if (pixels * frames > LIMIT_PICTURE_NO_BOMB_PIXELS &&
        pixels * frames / LIMIT_PICTURE_PIXELS_PER_BYTE > (int64_t)o->file.len) {
        return err_set(err, STATUS_TOO_LARGE,
                       "%s in a file of only %zu bytes: that is no photograph but a trap", size,
                       o->file.len);
    }
    return STATUS_OK;
}

enum status original_open(struct str file, struct str claim, struct original *ret,
                          struct err *err) {
    struct original o = { .file = file };
    enum status status =
        kind_admit(str_slice(file, 0, KIND_HEAD_BYTES), claim, &o.info.format, err);
    if (status != STATUS_OK) {
        return status;
    }
    VipsImage *image = original_load(&o, 1, 1);
    if (image == NULL) {
        char what[64];
        snprintf(what, sizeof what, "the %s is damaged at its beginning",
                 picture_format_name(o.info.format));
        return original_fail(err, what);
    }
    o.stored_width = vips.vips_image_get_width(image);
    o.stored_height = vips.vips_image_get_height(image);
    o.info.frames = vips.vips_image_get_n_pages(image);
    if (o.info.format == PICTURE_AVIF || o.info.format == PICTURE_HEIC || o.info.frames < 1) {
        o.info.frames = 1; /* more pictures in one file, but no animation */
    }
    o.info.orientation = vips.vips_image_get_orientation(image);
    bool turned = o.info.orientation >= 5;
    o.info.width = turned ? o.stored_height : o.stored_width;
    o.info.height = turned ? o.stored_width : o.stored_height;
    o.info.has_alpha = vips.vips_image_hasalpha(image);
    o.info.has_icc = vips.vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0;
    original_unref(image);
    status = within_limits(&o, err);
    if (status == STATUS_OK) {
        *ret = o;
    }
    return status;
}

void original_unref(VipsImage *image) {
    if (image != NULL) {
        vips.g_object_unref(image);
    }
}

void original_done(struct original *o) {
    if (o != NULL) {
        original_unref(o->master);
        original_unref(o->piece);
        o->master = o->piece = NULL;
    }
}

/* ---- its pixels ---- */

/* How many rows can be decoded: for the message, after decoding has failed. */
static int whole_rows(const struct original *o) {
    VipsImage *image = original_load(o, 1, 1);
    VipsRegion *region = image != NULL ? vips.vips_region_new(image) : NULL;
    int rows = 0;
    for (; region != NULL && rows < o->stored_height; rows++) {
        VipsRect row = { 0, rows, o->stored_width, 1 };
        if (vips.vips_region_prepare(region, &row) != 0) {
            break;
        }
    }
    if (region != NULL) {
        vips.g_object_unref(region);
    }
    original_unref(image);
    return rows;
}

static enum status not_whole(const struct original *o, struct err *err) {
    char what[96];
    char reason[ERR_MESSAGE_MAX];
    struct err cause = { 0 };
    (void)original_fail(&cause, "");
    snprintf(reason, sizeof reason, "%s", cause.message);
    snprintf(what, sizeof what, "the %s is damaged or truncated after %d of %d rows",
             picture_format_name(o->info.format), whole_rows(o), o->stored_height);
    vips.vips_error_clear();
    return err_set(err, STATUS_INVALID, "%s%s", what, reason);
}

/* Colours to be converted with profiles; grey and RGB without one are taken as they are. */
static bool has_foreign_colours(const struct original *o, const VipsImage *image) {
    VipsInterpretation type = vips.vips_image_get_interpretation(image);
    return o->info.has_icc ||
           (type != VIPS_INTERPRETATION_sRGB && type != VIPS_INTERPRETATION_B_W &&
            type != VIPS_INTERPRETATION_RGB16 && type != VIPS_INTERPRETATION_GREY16);
}

VipsImage *original_of_pixels(const void *pixels, int width, int height, int bands) {
    size_t len = (size_t)width * (size_t)height * (size_t)bands;
    VipsImage *bare =
        vips.vips_image_new_from_memory_copy(pixels, len, width, height, bands, VIPS_FORMAT_UCHAR);
    VipsImage *image = NULL;
    if (bare != NULL) {
        (void)vips.vips_copy(bare, &image, "interpretation",
                             bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL);
    }
    original_unref(bare);
    return image;
}

VipsImage *original_plain(VipsImage *image) {
    VipsImage *bytes = NULL, *plain = NULL;
    void *pixels = NULL;
    size_t len = 0;
    if (vips.vips_cast(image, &bytes, VIPS_FORMAT_UCHAR, NULL) == 0 &&
        (pixels = vips.vips_image_write_to_memory(bytes, &len)) != NULL) {
        plain = original_of_pixels(pixels, vips.vips_image_get_width(bytes),
                                   vips.vips_image_get_height(bytes),
                                   vips.vips_image_get_bands(bytes));
    }
    original_unref(bytes);
    vips.g_free(pixels);
    return plain;
}

/* The first frame in memory, so large: sRGB, turned, eight bits a channel. */
static VipsImage *decode(const struct original *o, int width, int height) {
    int shrink = 1;
    while (o->info.format == PICTURE_JPEG && shrink < 8 && 2 * shrink * width <= o->info.width &&
           2 * shrink * height <= o->info.height) {
        shrink *= 2;
    }
    VipsImage *loaded = original_load(o, shrink, 1);
    VipsImage *sized = NULL, *memory = NULL;
    bool foreign = loaded != NULL && has_foreign_colours(o, loaded);
    if (loaded != NULL &&
        vips.vips_thumbnail_image(loaded, &sized, width, "height", height, "size", VIPS_SIZE_FORCE,
                                  foreign ? "export_profile" : NULL, "srgb", NULL) == 0) {
        memory = original_plain(sized);
    }
    original_unref(loaded);
    original_unref(sized);
    return memory;
}

enum status original_master(struct original *o, int width, int height, struct err *err) {
    width = width > o->info.width ? o->info.width : width;
    height = height > o->info.height ? o->info.height : height;
    if (o->master != NULL && vips.vips_image_get_width(o->master) >= width &&
        vips.vips_image_get_height(o->master) >= height) {
        return STATUS_OK;
    }
    original_done(o);
    o->master = decode(o, width, height);
    return o->master != NULL ? STATUS_OK : not_whole(o, err);
}

/* ---- probing ---- */

/* The mean of those pixels that are most like one another: of 4 × 4 × 4 boxes, the fullest. */
static unsigned dominant_colour(const uint8_t *pixels, size_t n, size_t bands) {
    struct {
        uint32_t n, r, g, b;
    } boxes[64] = { 0 };
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = pixels + i * bands;
        uint8_t r = p[0], g = bands >= 3 ? p[1] : p[0], b = bands >= 3 ? p[2] : p[0];
        if ((bands == 2 || bands == 4) && p[bands - 1] < 128) {
            continue;
        }
        size_t box = (size_t)(r >> 6) << 4 | (size_t)(g >> 6) << 2 | b >> 6;
        boxes[box].n++;
        boxes[box].r += r;
        boxes[box].g += g;
        boxes[box].b += b;
        best = boxes[box].n > boxes[best].n ? box : best;
    }
    uint32_t count = boxes[best].n;
    return count == 0 ? 0xFFFFFF
                      : (boxes[best].r / count) << 16 | (boxes[best].g / count) << 8 |
                            boxes[best].b / count;
}

static struct str block_of(VipsImage *image, const char *name) {
    const void *bytes = NULL;
    size_t len = 0;
    if (vips.vips_image_get_typeof(image, name) == 0 ||
        vips.vips_image_get_blob(image, name, &bytes, &len) != 0) {
        vips.vips_error_clear();
        return STR("");
    }
    return str_make(bytes, len);
}

static void read_texts(struct original *o, struct arena *a) {
    VipsImage *image = original_load(o, 1, 1);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        o->info.texts.text[i] = STR("");
    }
    if (image == NULL) {
        vips.vips_error_clear();
        return;
    }
    xmp_read(a, block_of(image, VIPS_META_XMP_NAME), &o->info.texts);
    iptc_read(a, block_of(image, VIPS_META_IPTC_NAME), &o->info.texts);
    exif_read(a, block_of(image, VIPS_META_EXIF_NAME), &o->info.texts);
    original_unref(image);
}

/* A side of the small picture whose longer one is `longest`. */
static int small(int side, int other, int longest) {
    int64_t longer = side > other ? side : other;
    int64_t value = longer <= longest ? side : ((int64_t)side * longest + longer / 2) / longer;
    return value > 0 ? (int)value : 1;
}

static void make_placeholder(struct original *o, VipsImage *probe, struct arena *a) {
    VipsImage *tiny = NULL;
    void *bytes = NULL;
    size_t len = 0;
    int width = small(o->info.width, o->info.height, PLACEHOLDER_SIDE);
    int height = small(o->info.height, o->info.width, PLACEHOLDER_SIDE);
    if (vips.vips_thumbnail_image(probe, &tiny, width, "height", height, "size", VIPS_SIZE_FORCE,
                                  NULL) == 0 &&
        vips.vips_webpsave_buffer(tiny, &bytes, &len, "Q", 30, "alpha_q", 30, "effort", 6, "strip",
                                  TRUE, NULL) == 0 &&
        (len = webp_strip(bytes, len)) <= LIMIT_PICTURE_PLACEHOLDER) {
        o->info.placeholder = arena_str(a, str_make(bytes, len));
    }
    vips.vips_error_clear();
    vips.g_free(bytes);
    original_unref(tiny);
}

enum status original_probe(struct original *o, struct arena *a, struct err *err) {
    VipsImage *probe = decode(o, small(o->info.width, o->info.height, PROBE_SIDE),
                              small(o->info.height, o->info.width, PROBE_SIDE));
    if (probe == NULL) {
        return not_whole(o, err);
    }
    if (!kind_ends(o->file, o->info.format)) {
        original_unref(probe);
        return err_set(err, STATUS_INVALID, "the %s is damaged or truncated: its end is missing",
                       picture_format_name(o->info.format));
    }
    size_t len = 0;
    void *pixels = vips.vips_image_write_to_memory(probe, &len);
    if (pixels != NULL) {
        size_t bands = (size_t)vips.vips_image_get_bands(probe);
        o->info.colour = dominant_colour(pixels, len / bands, bands);
        vips.g_free(pixels);
    }
    make_placeholder(o, probe, a);
    original_unref(probe);
    read_texts(o, a);
    return STATUS_OK;
}
