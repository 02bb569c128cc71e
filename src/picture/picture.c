#include "picture/picture.h"

#include "base/limits.h"

const char *picture_format_name(enum picture_format format) {
    static const char *const names[] = { "unknown",
#define X(id, name, mime) name,
                                         PICTURE_FORMATS(X)
#undef X
    };
    return format < PICTURE_FORMAT_END ? names[format] : names[0];
}

const char *picture_format_mime(enum picture_format format) {
    static const char *const mimes[] = { "",
#define X(id, name, mime) mime,
                                         PICTURE_FORMATS(X)
#undef X
    };
    return format < PICTURE_FORMAT_END ? mimes[format] : mimes[0];
}

const char *picture_text_name(enum picture_text text) {
    static const char *const names[] = {
#define X(id) #id,
        PICTURE_TEXTS(X)
#undef X
    };
    check(text < PICTURE_TEXT_END);
    return names[text];
}

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

struct picture_box picture_crop_box(int width, int height, const struct picture_crop *crop) {
    struct picture_box box = { 0, 0, width, height };
    if (crop->ratio_width <= 0 || crop->ratio_height <= 0) {
        return box;
    }
    int64_t across = (int64_t)width * crop->ratio_height;
    int64_t down = (int64_t)height * crop->ratio_width;
    if (across > down) {
        box.width = (int)clamp((down + crop->ratio_height / 2) / crop->ratio_height, 1, width);
    } else {
        box.height = (int)clamp((across + crop->ratio_width / 2) / crop->ratio_width, 1, height);
    }
    int64_t x = (int64_t)width * crop->focal_x_permille / 1000 - box.width / 2;
    int64_t y = (int64_t)height * crop->focal_y_permille / 1000 - box.height / 2;
    box.x = (int)clamp(x, 0, width - box.width);
    box.y = (int)clamp(y, 0, height - box.height);
    return box;
}

void rendition_size(struct picture_box box, int width_max, int *ret_width, int *ret_height) {
    int64_t width = clamp(width_max, 1, LIMIT_RENDITION_WIDTH);
    width = clamp(width, 1, box.width);
    /* A very tall picture becomes narrower still. */
    if (width * box.height > (int64_t)LIMIT_RENDITION_HEIGHT * box.width) {
        width = clamp((int64_t)LIMIT_RENDITION_HEIGHT * box.width / box.height, 1, width);
    }
    int64_t height = (width * box.height + box.width / 2) / box.width;
    *ret_width = (int)width;
    *ret_height = (int)clamp(height, 1, clamp(box.height, 1, LIMIT_RENDITION_HEIGHT));
}
