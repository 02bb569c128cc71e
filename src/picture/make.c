/* Every rendition is made of the original's master, which is decoded once for as many of them as a
 * session makes; begin with the largest. An animation is read frame by frame, so that the full-size
 * frames are never in memory together.
 *
 * The usual qualities are those at which the three formats look alike, and the efforts those that
 * cost no more than the bytes they save are worth to a newsroom that waits (docs/PERFORMANCE.md).
 */
#include "picture/make.h"

#include "base/limits.h"
#include "picture/webp.h"

#include <stdlib.h>
#include <string.h>

enum { QUALITY_JPEG = 78, QUALITY_WEBP = 75, QUALITY_AVIF = 52 };
enum { EFFORT_WEBP = 2, EFFORT_WEBP_ANIMATION = 2, EFFORT_AVIF = 1, EFFORT_PNG = 7 };

static int quality_of(const struct rendition *r) {
    static const int usual[] = { [PICTURE_JPEG] = QUALITY_JPEG,
                                 [PICTURE_PNG] = 100,
                                 [PICTURE_WEBP] = QUALITY_WEBP,
                                 [PICTURE_AVIF] = QUALITY_AVIF };
    return r->quality > 0 ? r->quality : usual[r->format];
}

static int save(VipsImage *image, const struct rendition *r, void **file, size_t *len) {
    static const double white_values[] = { 255, 255, 255 };
    int rc = -1;
    switch (r->format) {
    case PICTURE_JPEG: {
        VipsArrayDouble *white = vips.vips_array_double_new(white_values, 3);
        rc = vips.vips_jpegsave_buffer(image, file, len, "Q", quality_of(r), "optimize_coding",
                                       TRUE, "interlace", TRUE, "strip", TRUE, "background", white,
                                       NULL);
        vips.vips_area_unref((VipsArea *)white);
        break;
    }
    case PICTURE_PNG:
        rc = vips.vips_pngsave_buffer(image, file, len, "compression", EFFORT_PNG, "filter",
                                      VIPS_FOREIGN_PNG_FILTER_ALL, "strip", TRUE, NULL);
        break;
    case PICTURE_WEBP:
        rc = vips.vips_webpsave_buffer(image, file, len, "Q", quality_of(r), "effort",
                                       r->animate ? EFFORT_WEBP_ANIMATION : EFFORT_WEBP, "strip",
                                       TRUE, NULL);
        *len = rc == 0 ? webp_strip(*file, *len) : 0;
        break;
    case PICTURE_AVIF:
        rc = vips.vips_heifsave_buffer(image, file, len, "Q", quality_of(r), "compression",
                                       VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", EFFORT_AVIF,
                                       "bitdepth", 8, "strip", TRUE, NULL);
        break;
    case PICTURE_NONE:
    case PICTURE_GIF:
    case PICTURE_HEIC:
    case PICTURE_FORMAT_END: break;
    }
    return rc;
}

/* ---- one frame ---- */

/* How large all of the picture must be for the crop to be so large; not more than it is. */
static int scaled(int whole, int box, int wanted) {
    int64_t value = ((int64_t)whole * wanted + box - 1) / box;
    return value > whole ? whole : (int)value;
}

static bool same_crop(const struct picture_crop *a, const struct picture_crop *b) {
    return a->ratio_width == b->ratio_width && a->ratio_height == b->ratio_height &&
           a->focal_x_permille == b->focal_x_permille && a->focal_y_permille == b->focal_y_permille;
}

/* The crop's box of the master. */
static VipsImage *cut(struct original *o, const struct picture_crop *crop) {
    struct picture_box on = picture_crop_box(vips.vips_image_get_width(o->master),
                                             vips.vips_image_get_height(o->master), crop);
    VipsImage *piece = NULL;
    (void)vips.vips_extract_area(o->master, &piece, on.x, on.y, on.width, on.height, NULL);
    return piece;
}

/* Make o->piece the crop of that size. The last one serves again as it is for the next format, and
 * is made smaller where it is twice as wide at the least, so that nothing is lost to the eye. */
static enum status size_piece(struct original *o, const struct picture_crop *crop, int width,
                              int height, struct err *err) {
    int piece_width = o->piece != NULL && same_crop(crop, &o->piece_crop)
                          ? vips.vips_image_get_width(o->piece)
                          : 0;
    if (piece_width == width && vips.vips_image_get_height(o->piece) == height) {
        return STATUS_OK;
    }
    VipsImage *from = piece_width >= 2 * width ? o->piece : cut(o, crop);
    VipsImage *sized = NULL, *plain = NULL;
    if (from != NULL && vips.vips_thumbnail_image(from, &sized, width, "height", height, "size",
                                                  VIPS_SIZE_FORCE, NULL) == 0) {
        plain = original_plain(sized);
    }
    original_unref(sized);
    if (from != o->piece) {
        original_unref(from);
    }
    original_unref(o->piece);
    o->piece = plain;
    o->piece_crop = *crop;
    return plain != NULL ? STATUS_OK : original_fail(err, "it cannot be made smaller");
}

static enum status still(struct original *o, const struct rendition *r, VipsImage **ret,
                         struct err *err) {
    int width, height;
    struct picture_box box = picture_crop_box(o->info.width, o->info.height, &r->crop);
    rendition_size(box, r->width, &width, &height);
    enum status status = original_master(o, scaled(o->info.width, box.width, width),
                                         scaled(o->info.height, box.height, height), err);
    if (status == STATUS_OK) {
        status = size_piece(o, &r->crop, width, height, err);
    }
    if (status == STATUS_OK) {
        *ret = (vips.g_object_ref)(o->piece); /* in brackets: it is a macro, too */
    }
    return status;
}

/* ---- animations ---- */

/* The pixels from the left edge of a row that the region holds; one byte a channel. */
static const uint8_t *row_of(const VipsRegion *region, int y, size_t bands) {
    return region->data + (ptrdiff_t)(y - region->valid.top) * region->bpl -
           (ptrdiff_t)region->valid.left * (ptrdiff_t)bands;
}

/* One frame of the roll, made smaller, copied to `to`. */
static bool frame(VipsRegion *region, VipsImage *roll, int index, int page_height, int width,
                  int height, uint8_t *to, size_t to_bytes, uint8_t *full) {
    const int roll_width = vips.vips_image_get_width(roll);
    const size_t bands = (size_t)vips.vips_image_get_bands(roll);
    const size_t row_bytes = (size_t)roll_width * bands;
    for (int y = 0; y < page_height; y++) {
        VipsRect row = { 0, index * page_height + y, roll_width, 1 };
        if (vips.vips_region_prepare(region, &row) != 0) {
            return false;
        }
        memcpy(full + (size_t)y * row_bytes, row_of(region, row.top, bands), row_bytes);
    }
    VipsImage *image = original_of_pixels(full, roll_width, page_height, (int)bands);
    VipsImage *sized = NULL, *bytes = NULL;
    size_t len = 0;
    void *pixels = NULL;
    if (image != NULL &&
        vips.vips_thumbnail_image(image, &sized, width, "height", height, "size", VIPS_SIZE_FORCE,
                                  NULL) == 0 &&
        vips.vips_cast(sized, &bytes, VIPS_FORMAT_UCHAR, NULL) == 0) {
        pixels = vips.vips_image_write_to_memory(bytes, &len);
    }
    bool ok = pixels != NULL && len == to_bytes;
    if (ok) {
        memcpy(to, pixels, len);
    }
    vips.g_free(pixels);
    original_unref(image);
    original_unref(sized);
    original_unref(bytes);
    return ok;
}

static VipsImage *small_roll(VipsImage *roll, int frames, int width, int height) {
    const size_t bands = (size_t)vips.vips_image_get_bands(roll);
    const int page_height = vips.vips_image_get_page_height(roll);
    const size_t frame_bytes = (size_t)width * (size_t)height * bands;
    uint8_t *all = malloc(frame_bytes * (size_t)frames);
    uint8_t *full = malloc((size_t)vips.vips_image_get_width(roll) * (size_t)page_height * bands);
    VipsRegion *region = vips.vips_region_new(roll);
    VipsImage *small = NULL;
    bool ok = all != NULL && full != NULL && region != NULL;
    for (int i = 0; i < frames && ok; i++) {
        ok = frame(region, roll, i, page_height, width, height, all + (size_t)i * frame_bytes,
                   frame_bytes, full);
    }
    if (ok) {
        small = original_of_pixels(all, width, height * frames, (int)bands);
    }
    if (region != NULL) {
        vips.g_object_unref(region);
    }
    free(full);
    free(all);
    return small;
}

static void copy_timing(VipsImage *from, VipsImage *to, int height) {
    int *delays = NULL, n = 0, loop = 0;
    vips.vips_image_set_int(to, VIPS_META_PAGE_HEIGHT, height);
    if (vips.vips_image_get_typeof(from, "delay") != 0 &&
        vips.vips_image_get_array_int(from, "delay", &delays, &n) == 0) {
        vips.vips_image_set_array_int(to, "delay", delays, n);
    }
    if (vips.vips_image_get_typeof(from, "loop") != 0 &&
        vips.vips_image_get_int(from, "loop", &loop) == 0) {
        vips.vips_image_set_int(to, "loop", loop);
    }
}

static enum status animation(struct original *o, const struct rendition *r, VipsImage **ret,
                             struct err *err) {
    int width, height;
    struct picture_box box = { 0, 0, o->stored_width, o->stored_height };
    rendition_size(box, r->width, &width, &height);
    /* All frames of the rendition are in memory together: so many pixels at the most. */
    while ((int64_t)width * height * o->info.frames > LIMIT_RENDITION_FRAMES_PIXELS && width > 16) {
        rendition_size(box, width * 9 / 10, &width, &height);
    }
    VipsImage *roll = original_load(o, 1, -1);
    if (roll != NULL && vips.vips_image_get_format(roll) == VIPS_FORMAT_UCHAR) {
        *ret = small_roll(roll, o->info.frames, width, height);
    }
    if (*ret != NULL) {
        copy_timing(roll, *ret, height);
    }
    original_unref(roll);
    return *ret != NULL ? STATUS_OK : original_fail(err, "the animation is damaged");
}

enum status make_rendition(struct original *o, const struct rendition *r, void **ret_file,
                           struct rendition_made *ret, struct err *err) {
    bool animate = r->animate && o->info.frames > 1;
    VipsImage *image = NULL;
    void *file = NULL;
    size_t len = 0;
    if (r->animate && (r->format != PICTURE_WEBP || r->crop.ratio_width != 0)) {
        return err_set(err, STATUS_INVALID, "only a WebP of all of the picture can be animated");
    }
    enum status status = animate ? animation(o, r, &image, err) : still(o, r, &image, err);
    if (status == STATUS_OK && save(image, r, &file, &len) != 0) {
        status = original_fail(err, "it cannot be written");
    }
    if (status == STATUS_OK && len > LIMIT_RENDITION_BYTES) {
        status = err_set(err, STATUS_TOO_LARGE, "the rendition has more than %u MB",
                         LIMIT_RENDITION_BYTES / MIB);
    }
    if (status == STATUS_OK) {
        int frames = animate ? o->info.frames : 1;
        *ret = (struct rendition_made){ vips.vips_image_get_width(image),
                                        vips.vips_image_get_height(image) / frames, frames, len };
        *ret_file = file;
    } else {
        vips.g_free(file);
    }
    original_unref(image);
    return status;
}
