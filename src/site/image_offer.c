#include "site/image_offer.h"

#include <stdio.h>

static bool read_shape(struct str text, struct rendition_shape *ret) {
    char name[16];
    for (size_t i = 0; i < RENDITION_SHAPES; i++) {
        const struct rendition_shape *shape = &rendition_shapes[i];
        (void)snprintf(name, sizeof name, "%d:%d", shape->ratio_width, shape->ratio_height);
        if (str_eq(text, i == 0 ? STR("whole") : str_of(name))) {
            *ret = *shape;
            return true;
        }
    }
    return false;
}

static bool read_width(struct str text, int *ret) {
    int64_t width;
    for (size_t i = 0; str_to_i64(text, &width) && i < RENDITION_WIDTHS; i++) {
        if (rendition_widths[i] == width) {
            *ret = rendition_widths[i];
            return true;
        }
    }
    return false;
}

bool image_offer_read(struct str text, struct image_offer *ret, const char **ret_message) {
    struct image_offer offer = { 0 };
    struct str rest = str_trim(text), word = STR("");
    *ret_message = "a picture's shape is whole, 16:9, 3:2, 4:3, 1:1 or 40:21, and stands first";
    if (!str_split(&rest, ' ', &word) || !read_shape(word, &offer.shape)) {
        return false;
    }
    *ret_message = "a picture's widths are 320, 480, 640, 960, 1200, 1600, 2000 and 2400, rising";
    while (str_split(&rest, ' ', &word)) {
        int width;
        if (word.len == 0) {
            continue;
        }
        if (!read_width(word, &width) || (offer.n > 0 && width <= offer.widths[offer.n - 1])) {
            return false;
        }
        offer.widths[offer.n++] = width;
    }
    *ret = offer;
    return true;
}
