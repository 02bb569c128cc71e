#include "picture/rendition_name.h"

const int rendition_widths[RENDITION_WIDTHS] = { 320, 480, 640, 960, 1200, 1600, 2000, 2400 };

/* The last is what social networks show: 1200 x 630. */
const struct rendition_shape rendition_shapes[RENDITION_SHAPES] = {
    { 0, 0 }, { 16, 9 }, { 3, 2 }, { 4, 3 }, { 1, 1 }, { 40, 21 }
};

static const struct {
    const char *ending;
    enum picture_format format;
} endings[] = {
    { "avif", PICTURE_AVIF },
    { "webp", PICTURE_WEBP },
    { "jpg", PICTURE_JPEG },
    { "png", PICTURE_PNG },
};

bool rendition_is_shape(int ratio_width, int ratio_height) {
    for (size_t i = 0; i < RENDITION_SHAPES; i++) {
        if (rendition_shapes[i].ratio_width == ratio_width &&
            rendition_shapes[i].ratio_height == ratio_height) {
            return true;
        }
    }
    return false;
}

struct picture_crop rendition_crop(struct rendition_shape shape, int focal_x_permille,
                                   int focal_y_permille) {
    return shape.ratio_width == 0 ? (struct picture_crop){ 0 }
                                  : (struct picture_crop){ shape.ratio_width, shape.ratio_height,
                                                           focal_x_permille, focal_y_permille };
}

/* ---- names ---- */

/* Take digits without a leading zero, up to `most`, and what stands behind them. */
static bool take_number(struct str *s, int64_t most, char behind, int64_t *ret) {
    size_t n = 0;
    int64_t value = 0;
    for (; n < s->len && char_is_digit(s->ptr[n]); n++) {
        value = value * 10 + (s->ptr[n] - '0');
        if (value > most) {
            return false;
        }
    }
    if (n == 0 || (n > 1 && s->ptr[0] == '0') || n == s->len || s->ptr[n] != behind) {
        return false;
    }
    *s = str_from(*s, n + 1);
    *ret = value;
    return true;
}

static bool take_hash(struct str *s, struct str *ret) {
    if (s->len <= RENDITION_HASH_DIGITS || s->ptr[RENDITION_HASH_DIGITS] != '-') {
        return false;
    }
    for (size_t i = 0; i < RENDITION_HASH_DIGITS; i++) {
        char c = s->ptr[i];
        if (!char_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    *ret = str_slice(*s, 0, RENDITION_HASH_DIGITS);
    *s = str_from(*s, RENDITION_HASH_DIGITS + 1);
    return true;
}

static bool take_crop(struct str *s, struct picture_crop *ret) {
    int64_t width, height, x, y;
    struct str rest = *s;
    if (!take_number(&rest, 99, 'x', &width)) {
        *ret = (struct picture_crop){ 0 };
        return true;
    }
    if (!take_number(&rest, 99, '-', &height) || !take_number(&rest, 1000, '-', &x) ||
        !take_number(&rest, 1000, '-', &y) || width == 0 ||
        !rendition_is_shape((int)width, (int)height)) {
        return false;
    }
    *ret = (struct picture_crop){ (int)width, (int)height, (int)x, (int)y };
    *s = rest;
    return true;
}

bool rendition_name_parse(struct str address, struct rendition_name *ret) {
    struct str rest = address;
    struct rendition_name name = { 0 };
    int64_t width;
    if (!str_starts(rest, RENDITION_PATH)) {
        return false;
    }
    rest = str_from(rest, RENDITION_PATH.len);
    if (!take_number(&rest, INT64_MAX / 16, '-', &name.id) || name.id == 0 ||
        !take_hash(&rest, &name.hash) || !take_crop(&rest, &name.crop) ||
        !take_number(&rest, rendition_widths[RENDITION_WIDTHS - 1], '.', &width) || width == 0) {
        return false;
    }
    name.width = (int)width;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        if (str_eq(rest, str_of(endings[i].ending))) {
            name.format = endings[i].format;
            *ret = name;
            return true;
        }
    }
    return false;
}

struct str rendition_file(struct arena *a, const struct rendition_name *name) {
    const struct picture_crop *crop = &name->crop;
    const char *ending = NULL;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        ending = endings[i].format == name->format ? endings[i].ending : ending;
    }
    check(ending != NULL);
    return crop->ratio_width == 0
               ? arena_printf(a, "%.*s-%d.%s", STR_FMT(name->hash), name->width, ending)
               : arena_printf(a, "%.*s-%dx%d-%d-%d-%d.%s", STR_FMT(name->hash), crop->ratio_width,
                              crop->ratio_height, crop->focal_x_permille, crop->focal_y_permille,
                              name->width, ending);
}

struct str rendition_address(struct arena *a, const struct rendition_name *name) {
    return arena_printf(a, "%.*s%lld-%.*s", STR_FMT(RENDITION_PATH), (long long)name->id,
                        STR_FMT(rendition_file(a, name)));
}

/* ---- which there are ---- */

size_t rendition_widths_of(int width, int height, const struct picture_crop *crop,
                           int ret_widths[RENDITION_WIDTHS + 1]) {
    struct picture_box box = picture_crop_box(width, height, crop);
    int own, own_height;
    size_t n = 0;
    rendition_size(box, rendition_widths[RENDITION_WIDTHS - 1], &own, &own_height);
    while (n < RENDITION_WIDTHS && rendition_widths[n] < own) {
        ret_widths[n] = rendition_widths[n];
        n++;
    }
    ret_widths[n++] = own;
    return n;
}

int rendition_width_for(int width, int height, const struct picture_crop *crop, int wanted) {
    int widths[RENDITION_WIDTHS + 1];
    size_t n = rendition_widths_of(width, height, crop, widths), at = 0;
    while (at + 1 < n && widths[at] < wanted) {
        at++;
    }
    return widths[at];
}

enum picture_format rendition_plain_format(bool has_alpha) {
    return has_alpha ? PICTURE_PNG : PICTURE_JPEG;
}

bool rendition_exists(const struct rendition_name *name, int width, int height, bool has_alpha,
                      int frames) {
    int widths[RENDITION_WIDTHS + 1];
    size_t n = rendition_widths_of(width, height, &name->crop, widths);
    bool has_width = false;
    for (size_t i = 0; i < n; i++) {
        has_width = has_width || widths[i] == name->width;
    }
    if (name->format == PICTURE_AVIF) {
        return has_width && (frames <= 1 || name->crop.ratio_width != 0);
    }
    return has_width &&
           (name->format == PICTURE_WEBP || name->format == rendition_plain_format(has_alpha));
}
