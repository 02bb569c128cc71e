/* PNG: W3C PNG 5.2, 11.2.2. JPEG: ITU-T T.81 annex B. GIF: GIF89a 18. WebP: RFC 9649; its lossy
 * frame RFC 6386 9.1. Each read of a number is checked against the end; each turn of the one loop
 * goes forward. */
#include "text/image_size.h"

#include "base/limits.h"

static uint32_t byte_at(struct str s, size_t at) {
    return (unsigned char)s.ptr[at];
}

/* False: the number does not lie within the bytes. */
static bool read_number(struct str s, size_t at, unsigned bytes, bool big_endian, uint32_t *ret) {
    if (s.len < bytes || at > s.len - bytes) {
        return false;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        value = value << 8 | byte_at(s, at + (big_endian ? i : bytes - 1 - i));
    }
    *ret = value;
    return true;
}

static bool big(struct str s, size_t at, unsigned bytes, uint32_t *ret) {
    return read_number(s, at, bytes, true, ret);
}

static bool little(struct str s, size_t at, unsigned bytes, uint32_t *ret) {
    return read_number(s, at, bytes, false, ret);
}

static bool has_at(struct str s, size_t at, struct str what) {
    return str_starts(str_from(s, at < s.len ? at : s.len), what);
}

static bool png_size(struct str s, uint32_t *w, uint32_t *h) {
    return has_at(s, 8, STR("\0\0\0\x0dIHDR")) && big(s, 16, 4, w) && big(s, 20, 4, h);
}

static bool gif_size(struct str s, uint32_t *w, uint32_t *h) {
    return little(s, 6, 2, w) && little(s, 8, 2, h);
}

/* The frame header (SOF) of any coding process; the other codes of that row are tables. */
static bool is_frame(uint32_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool is_alone(uint32_t marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7);
}

static bool jpeg_size(struct str s, uint32_t *w, uint32_t *h) {
    size_t at = 2;
    uint32_t marker, len;
    while (big(s, at, 2, &marker) && marker >= 0xFF00) {
        marker &= 0xFF;
        if (marker == 0xFF) { /* fill */
            at++;
            continue;
        }
        at += 2;
        if (is_alone(marker)) {
            continue;
        }
        /* Pixels, or the end, before any frame. */
        if (marker == 0xDA || marker == 0xD9 || !big(s, at, 2, &len) || len < 2) {
            return false;
        }
        if (is_frame(marker)) {
            return len >= 8 && big(s, at + 3, 2, h) && big(s, at + 5, 2, w);
        }
        at += len;
    }
    return false;
}

static bool webp_size(struct str s, uint32_t *w, uint32_t *h) {
    uint32_t bits, frame;
    if (has_at(s, 12, STR("VP8X"))) { /* the canvas, less one */
        if (!little(s, 24, 3, w) || !little(s, 27, 3, h)) {
            return false;
        }
        ++*w;
        ++*h;
        return true;
    }
    if (has_at(s, 12, STR("VP8L"))) {
        if (!has_at(s, 20, STR("\x2f")) || !little(s, 21, 4, &bits)) {
            return false;
        }
        *w = (bits & 0x3FFF) + 1;
        *h = (bits >> 14 & 0x3FFF) + 1;
        return true;
    }
    /* A key frame; two bits of each number are a scale. */
    if (!has_at(s, 12, STR("VP8 ")) || !little(s, 20, 3, &frame) || (frame & 1) != 0 ||
        !has_at(s, 23, STR("\x9d\x01\x2a")) || !little(s, 26, 2, w) || !little(s, 28, 2, h)) {
        return false;
    }
    *w &= 0x3FFF;
    *h &= 0x3FFF;
    return true;
}

struct str image_mime(struct str head) {
    if (str_starts(head, STR("\x89PNG\r\n\x1a\n"))) {
        return STR("image/png");
    }
    if (str_starts(head, STR("\xFF\xD8\xFF"))) {
        return STR("image/jpeg");
    }
    if (str_starts(head, STR("GIF87a")) || str_starts(head, STR("GIF89a"))) {
        return STR("image/gif");
    }
    return str_starts(head, STR("RIFF")) && has_at(head, 8, STR("WEBP")) ? STR("image/webp")
                                                                         : STR("");
}

bool image_size(struct str head, int *ret_width, int *ret_height) {
    static const struct {
        struct str mime;
        bool (*size)(struct str, uint32_t *, uint32_t *);
    } kinds[] = {
        { STR_INIT("image/png"), png_size },
        { STR_INIT("image/jpeg"), jpeg_size },
        { STR_INIT("image/gif"), gif_size },
        { STR_INIT("image/webp"), webp_size },
    };
    uint32_t w = 0, h = 0;
    bool found = false;
    struct str mime = image_mime(head);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        found |= str_eq(mime, kinds[i].mime) && kinds[i].size(head, &w, &h);
    }
    if (!found || w == 0 || h == 0 || w > LIMIT_IMAGE_SIDE || h > LIMIT_IMAGE_SIDE) {
        return false;
    }
    *ret_width = (int)w;
    *ret_height = (int)h;
    return true;
}
