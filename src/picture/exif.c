/* Exif 2.32 in a TIFF 6.0 structure: the first directory and the Exif directory that it points to.
 * The GPS directory is not followed and no maker's note is read, so that neither can get out. Each
 * offset is checked against the block; no directory is read twice. */
#include "picture/metadata.h"

#include "base/limits.h"

enum {
    TAG_DESCRIPTION = 0x010E,
    TAG_DATE_TIME = 0x0132,
    TAG_ARTIST = 0x013B,
    TAG_COPYRIGHT = 0x8298,
    TAG_EXIF = 0x8769,
    TAG_ORIGINAL_DATE = 0x9003,
    TAG_ORIGINAL_OFFSET = 0x9011,
};

struct tiff {
    struct str bytes;
    bool big_endian;
};

static bool number_at(const struct tiff *t, size_t at, size_t bytes, uint32_t *ret) {
    if (t->bytes.len < bytes || at > t->bytes.len - bytes) {
        return false;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        size_t byte = t->big_endian ? i : bytes - 1 - i;
        value = value << 8 | (unsigned char)t->bytes.ptr[at + byte];
    }
    *ret = value;
    return true;
}

struct entry {
    uint32_t tag, type, count;
    uint32_t value;  /* of a number */
    struct str text; /* of ASCII; ptr NULL: it is none, or lies outside */
};

static bool read_entry(const struct tiff *t, size_t at, struct entry *ret) {
    enum { ASCII = 2, SHORT = 3 };
    uint32_t offset = (uint32_t)at + 8;
    *ret = (struct entry){ 0 };
    if (!number_at(t, at, 2, &ret->tag) || !number_at(t, at + 2, 2, &ret->type) ||
        !number_at(t, at + 4, 4, &ret->count) ||
        !number_at(t, at + 8, ret->type == SHORT ? 2 : 4, &ret->value)) {
        return false;
    }
    if (ret->type == ASCII && ret->count > 4) {
        offset = ret->value;
    }
    if (ret->type == ASCII && offset <= t->bytes.len && ret->count <= t->bytes.len - offset) {
        ret->text = str_slice(t->bytes, offset, offset + (size_t)ret->count);
    }
    return true;
}

/* The entries of one directory whose tags are wanted. */
static void read_directory(const struct tiff *t, size_t at, struct entry *wanted, size_t n_wanted) {
    uint32_t n;
    struct entry entry;
    if (!number_at(t, at, 2, &n)) {
        return;
    }
    n = n > LIMIT_EXIF_ENTRIES ? LIMIT_EXIF_ENTRIES : n;
    for (uint32_t i = 0; i < n && read_entry(t, at + 2 + 12 * (size_t)i, &entry); i++) {
        for (size_t w = 0; w < n_wanted; w++) {
            if (entry.tag == wanted[w].tag) {
                wanted[w] = entry;
            }
        }
    }
}

void exif_read(struct arena *a, struct str block, struct picture_texts *texts) {
    struct tiff t = { block, false };
    if (str_starts(t.bytes, STR("Exif\0\0"))) {
        t.bytes = str_from(t.bytes, 6);
    }
    t.bytes = str_slice(t.bytes, 0, LIMIT_PICTURE_BLOCK_BYTES);
    t.big_endian = str_starts(t.bytes, STR("MM\0*"));
    uint32_t first;
    if ((!t.big_endian && !str_starts(t.bytes, STR("II*\0"))) || !number_at(&t, 4, 4, &first)) {
        return;
    }
    enum { DESCRIPTION, ARTIST, COPYRIGHT, EXIF, CHANGED };
    struct entry image[] = { { .tag = TAG_DESCRIPTION },
                             { .tag = TAG_ARTIST },
                             { .tag = TAG_COPYRIGHT },
                             { .tag = TAG_EXIF },
                             { .tag = TAG_DATE_TIME } };
    read_directory(&t, first, image, COUNT_OF(image));
    metadata_put(a, texts, PICTURE_CAPTION, image[DESCRIPTION].text);
    metadata_put(a, texts, PICTURE_BYLINE, image[ARTIST].text);
    metadata_put(a, texts, PICTURE_COPYRIGHT, image[COPYRIGHT].text);
    struct entry taken[] = { { .tag = TAG_ORIGINAL_DATE }, { .tag = TAG_ORIGINAL_OFFSET } };
    if (image[EXIF].value != 0) {
        read_directory(&t, image[EXIF].value, taken, COUNT_OF(taken));
    }
    metadata_put_taken(a, texts, taken[0].text, STR(""), taken[1].text);
    /* When the file was changed last: of a camera's own file that is when it was taken. */
    metadata_put_taken(a, texts, image[CHANGED].text, STR(""), STR(""));
}
