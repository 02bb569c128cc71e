/* JPEG: ITU-T T.81 annex B. PNG: W3C PNG 5.2 and 11.2.2. AVIF and HEIC: ISO/IEC 14496-12, the
 * "ftyp" box. */
#include "picture/kind.h"

#include "base/limits.h"

static bool has_at(struct str s, size_t at, struct str what) {
    return at <= s.len && str_starts(str_from(s, at), what);
}

static unsigned byte_at(struct str s, size_t at) {
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static unsigned big16(struct str s, size_t at) {
    return byte_at(s, at) << 8 | byte_at(s, at + 1);
}

/* ---- what it is ---- */

/* A brand of an ISO base media file: the major one, or one it is compatible with. */
static bool has_brand(struct str head, const char *brand) {
    size_t end = big16(head, 0) != 0 ? 0 : big16(head, 2);
    for (size_t at = 8; at + 4 <= end && at + 4 <= head.len; at += at == 8 ? 8 : 4) {
        if (has_at(head, at, str_of(brand))) {
            return true;
        }
    }
    return false;
}

static enum picture_format iso_media(struct str head, const char **ret_what) {
    static const char *const heic[] = { "heic", "heix", "heim", "heis",
                                        "hevc", "hevx", "mif1", "msf1" };
    if (has_brand(head, "avif") || has_brand(head, "avis")) {
        *ret_what = "an AVIF";
        return PICTURE_AVIF;
    }
    for (size_t i = 0; i < COUNT_OF(heic); i++) {
        if (has_brand(head, heic[i])) {
            *ret_what = "a HEIC";
            return PICTURE_HEIC;
        }
    }
    *ret_what = has_brand(head, "crx ") ? "a camera's raw file" : "a video or sound file";
    return PICTURE_NONE;
}

/* The first element of a document, behind declarations and comments. */
static const char *markup(struct str head) {
    struct str s = head;
    if (has_at(s, 0, STR("\xEF\xBB\xBF"))) {
        s = str_from(s, 3);
    }
    for (s = str_trim(s); s.len > 1 && s.ptr[0] == '<'; s = str_trim(s)) {
        if (str_starts_nocase(s, STR("<svg"))) {
            return "an SVG drawing";
        }
        if (str_starts_nocase(s, STR("<!doctype html")) || str_starts_nocase(s, STR("<html")) ||
            str_starts_nocase(s, STR("<head")) || str_starts_nocase(s, STR("<script"))) {
            return "a web page";
        }
        if (s.ptr[1] != '?' && s.ptr[1] != '!') {
            return "a document of markup";
        }
        struct str end = str_starts(s, STR("<!--")) ? STR("-->") : STR(">");
        size_t at = str_find(s, end, 0);
        s = at == STR_NPOS ? STR("") : str_from(s, at + end.len);
        if (s.len == 0) {
            return "a document of markup";
        }
    }
    return NULL;
}

enum picture_format kind_of(struct str head, const char **ret_what) {
    static const struct {
        size_t at;
        struct str magic;
        enum picture_format format;
        const char *what;
    } kinds[] = {
        { 0, STR_INIT("\xFF\xD8\xFF"), PICTURE_JPEG, "a JPEG" },
        { 0, STR_INIT("\x89PNG\r\n\x1a\n"), PICTURE_PNG, "a PNG" },
        { 0, STR_INIT("GIF87a"), PICTURE_GIF, "a GIF" },
        { 0, STR_INIT("GIF89a"), PICTURE_GIF, "a GIF" },
        { 8, STR_INIT("WEBPVP8"), PICTURE_WEBP, "a WebP" },
        { 0, STR_INIT("%PDF-"), PICTURE_NONE, "a PDF file" },
        { 0, STR_INIT("%!PS"), PICTURE_NONE, "a PostScript file" },
        { 0, STR_INIT("II*\0"), PICTURE_NONE, "a TIFF or a camera's raw file" },
        { 0, STR_INIT("MM\0*"), PICTURE_NONE, "a TIFF or a camera's raw file" },
        { 0, STR_INIT("8BPS"), PICTURE_NONE, "a Photoshop file" },
        { 0, STR_INIT("BM"), PICTURE_NONE, "a BMP" },
        { 0, STR_INIT("\0\0\1\0"), PICTURE_NONE, "an icon file" },
        { 0, STR_INIT("\xFF\x0A"), PICTURE_NONE, "a JPEG XL" },
        { 0, STR_INIT("\0\0\0\x0cJXL "), PICTURE_NONE, "a JPEG XL" },
        { 0, STR_INIT("\0\0\0\x0cjP  "), PICTURE_NONE, "a JPEG 2000" },
        { 0, STR_INIT("\xFF\x4F\xFF\x51"), PICTURE_NONE, "a JPEG 2000" },
        { 0, STR_INIT("PK\3\4"), PICTURE_NONE, "an archive or an office document" },
        { 0, STR_INIT("\x1f\x8b"), PICTURE_NONE, "a compressed file" },
        { 0,
          STR_INIT("\x7f"
                   "ELF"),
          PICTURE_NONE, "a program" },
        { 0, STR_INIT("MZ"), PICTURE_NONE, "a program" },
        { 0, STR_INIT("ID3"), PICTURE_NONE, "a sound file" },
        { 0, STR_INIT("OggS"), PICTURE_NONE, "a video or sound file" },
        { 0, STR_INIT("\x1a\x45\xdf\xa3"), PICTURE_NONE, "a video file" },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (has_at(head, kinds[i].at, kinds[i].magic) &&
            (kinds[i].format != PICTURE_WEBP || has_at(head, 0, STR("RIFF")))) {
            *ret_what = kinds[i].what;
            return kinds[i].format;
        }
    }
    if (has_at(head, 4, STR("ftyp"))) {
        return iso_media(head, ret_what);
    }
    const char *document = markup(head);
    *ret_what = document != NULL ? document : "a file of an unknown kind";
    return PICTURE_NONE;
}

/* ---- what it says that it is ---- */

enum picture_format kind_claimed(struct str name) {
    static const struct {
        const char *ending;
        enum picture_format format;
    } endings[] = {
        { ".jpg", PICTURE_JPEG },  { ".jpeg", PICTURE_JPEG }, { ".jpe", PICTURE_JPEG },
        { ".jfif", PICTURE_JPEG }, { ".png", PICTURE_PNG },   { ".gif", PICTURE_GIF },
        { ".webp", PICTURE_WEBP }, { ".avif", PICTURE_AVIF }, { ".heic", PICTURE_HEIC },
        { ".heif", PICTURE_HEIC },
    };
    size_t dot = str_rfind_char(name, '.');
    struct str ending = dot == STR_NPOS ? STR("") : str_from(name, dot);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        if (str_eq_nocase(ending, str_of(endings[i].ending))) {
            return endings[i].format;
        }
    }
    for (enum picture_format f = PICTURE_NONE + 1; f < PICTURE_FORMAT_END; f++) {
        if (str_eq_nocase(name, str_of(picture_format_mime(f)))) {
            return f;
        }
    }
    return PICTURE_NONE;
}

enum status kind_admit(struct str head, struct str claim, enum picture_format *ret,
                       struct err *err) {
    const char *what;
    enum picture_format format = kind_of(head, &what);
    enum picture_format claimed = kind_claimed(claim);
    if (head.len == 0) {
        return err_set(err, STATUS_INVALID, "the file is empty");
    }
    if (claimed != PICTURE_NONE && claimed != format) {
        return err_set(err, STATUS_INVALID, "it claims to be a picture of the format %s, but is %s",
                       picture_format_name(claimed), what);
    }
    if (format == PICTURE_NONE) {
        return err_set(err, STATUS_INVALID,
                       "it is %s; pictures are JPEG, PNG, GIF, WebP, AVIF or HEIC", what);
    }
    *ret = format;
    return STATUS_OK;
}

/* ---- what it costs ---- */

/* From marker to marker: *at stands on one, and moves behind its segment. False: no more. */
static bool next_marker(struct str s, size_t *at, unsigned *ret_marker, size_t *ret_segment) {
    while (*at + 2 <= s.len && byte_at(s, *at) == 0xFF && byte_at(s, *at + 1) == 0xFF) {
        (*at)++; /* fill */
    }
    if (*at + 2 > s.len || byte_at(s, *at) != 0xFF) {
        return false;
    }
    unsigned marker = byte_at(s, *at + 1);
    *ret_marker = marker;
    *ret_segment = *at + 2;
    bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD9);
    *at += 2 + (alone ? 0 : (size_t)big16(s, *at + 2));
    return true;
}

/* Behind the coded pixels that begin there, on the next marker. */
static size_t behind_pixels(struct str s, size_t at) {
    while (at + 1 < s.len) {
        const char *ff = memchr(s.ptr + at, 0xFF, s.len - 1 - at);
        if (ff == NULL) {
            return s.len;
        }
        at = (size_t)(ff - s.ptr);
        unsigned code = byte_at(s, at + 1);
        if (code != 0 && code != 0xFF && (code < 0xD0 || code > 0xD7)) {
            return at;
        }
        at += code == 0xFF ? 1 : 2;
    }
    return s.len;
}

static bool jpeg_ends(struct str file) {
    unsigned marker;
    size_t segment;
    for (size_t at = 0; next_marker(file, &at, &marker, &segment);) {
        if (marker == 0xD9) {
            return true;
        }
        if (marker == 0xDA) {
            at = behind_pixels(file, at);
        }
    }
    return false;
}

/* Behind sub-blocks: each with its length, until one of none. */
static size_t behind_blocks(struct str s, size_t at) {
    while (at < s.len && s.ptr[at] != 0) {
        at += 1 + byte_at(s, at);
    }
    return at + 1;
}

/* The bytes of a colour table, by the flags of its descriptor. */
static size_t table_bytes(unsigned flags) {
    return (flags & 0x80) != 0 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static bool gif_ends(struct str s) {
    size_t at = 13 + table_bytes(byte_at(s, 10));
    while (at < s.len) {
        unsigned block = byte_at(s, at);
        if (block == 0x21) {
            at = behind_blocks(s, at + 2);
        } else if (block == 0x2C) {
            at = behind_blocks(s, at + 11 + table_bytes(byte_at(s, at + 9)));
        } else {
            return block == 0x3B;
        }
    }
    return false;
}

bool kind_ends(struct str file, enum picture_format format) {
    return format == PICTURE_JPEG ? jpeg_ends(file) : format == PICTURE_GIF ? gif_ends(file) : true;
}

/* The coefficients of a progressive JPEG: two bytes each, components sampled as the frame says. */
static int64_t jpeg_held(struct str s, int64_t pixels) {
    unsigned marker;
    size_t segment;
    for (size_t at = 0; next_marker(s, &at, &marker, &segment);) {
        if (marker == 0xC0 || marker == 0xC1 || marker == 0xDA || marker == 0xD9) {
            return 0;
        }
        if (marker >= 0xC2 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
            marker != 0xCC) {
            unsigned n = byte_at(s, segment + 7), samples = 0, most = 1;
            for (unsigned i = 0; i < n && i < 4; i++) {
                unsigned sampling = byte_at(s, segment + 9 + 3 * (size_t)i);
                unsigned area = (sampling >> 4) * (sampling & 15);
                samples += area;
                most = area > most ? area : most;
            }
            return pixels * 2 * samples / most;
        }
    }
    return 0;
}

static int64_t png_held(struct str s, int64_t pixels) {
    static const unsigned channels[] = { 1, 0, 3, 1, 2, 0, 4 };
    unsigned depth = byte_at(s, 24), type = byte_at(s, 25), interlaced = byte_at(s, 28);
    /* A palette becomes RGBA. */
    unsigned n = type == 3 ? 4 : type < COUNT_OF(channels) ? channels[type] : 4;
    return interlaced ? pixels * n * (depth > 8 ? 2 : 1) : 0;
}

int64_t kind_held_bytes(struct str file, enum picture_format format, int width, int height) {
    int64_t pixels = (int64_t)width * height;
    switch (format) {
    case PICTURE_JPEG: return jpeg_held(file, pixels);
    case PICTURE_PNG: return png_held(file, pixels);
    case PICTURE_GIF:
    case PICTURE_WEBP: return 4 * pixels;
    case PICTURE_AVIF:
    case PICTURE_HEIC: return 5 * pixels; /* the planes and their RGB */
    case PICTURE_NONE:
    case PICTURE_FORMAT_END: break;
    }
    return 0;
}
