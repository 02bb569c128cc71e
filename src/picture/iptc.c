/* IPTC-NAA Information Interchange Model 4.2: datasets of record 2, each 0x1C, record, number and
 * length; within Photoshop's image resources as number 0x0404 (Adobe Photoshop File Formats). */
#include "picture/metadata.h"

#include "base/limits.h"

static unsigned byte_at(struct str s, size_t at) {
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static size_t big(struct str s, size_t at, size_t bytes) {
    size_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | byte_at(s, at + i);
    }
    return value;
}

/* The resource that holds the records; the block itself when it is no list of resources. */
static struct str records_of(struct str block) {
    struct str s = block;
    if (str_starts(s, STR("Photoshop 3.0\0"))) {
        s = str_from(s, 14);
    }
    while (str_starts(s, STR("8BIM")) && s.len >= 12) {
        size_t id = big(s, 4, 2);
        size_t name = (byte_at(s, 6) + 2u) & ~(size_t)1; /* a length, the name, even together */
        size_t at = 6 + name;
        size_t len = big(s, at, 4);
        if (id == 0x0404) {
            return str_slice(str_from(s, at + 4), 0, len);
        }
        s = str_from(s, len > s.len ? s.len : at + 4 + len + (len & 1));
    }
    return block;
}

/* Join what may stand several times: "A; B". */
static struct str append(struct arena *a, struct str list, struct str value) {
    if (list.len == 0 || value.len == 0) {
        return list.len == 0 ? value : list;
    }
    return list.len + value.len > LIMIT_PICTURE_TEXT_BYTES
               ? list
               : arena_printf(a, "%.*s; %.*s", STR_FMT(list), STR_FMT(value));
}

void iptc_read(struct arena *a, struct str block, struct picture_texts *texts) {
    static const struct {
        unsigned number;
        enum picture_text field;
    } fields[] = {
        { 5, PICTURE_TITLE },    { 105, PICTURE_HEADLINE }, { 120, PICTURE_CAPTION },
        { 110, PICTURE_CREDIT }, { 115, PICTURE_SOURCE },   { 116, PICTURE_COPYRIGHT },
        { 92, PICTURE_PLACE },   { 90, PICTURE_CITY },      { 101, PICTURE_COUNTRY },
    };
    enum { BYLINE = 80, DATE = 55, TIME = 60 };
    struct str s = records_of(str_slice(block, 0, LIMIT_PICTURE_BLOCK_BYTES));
    struct str bylines = STR(""), date = STR(""), time = STR("");
    for (size_t n = 0; n < LIMIT_EXIF_ENTRIES && s.len >= 5 && byte_at(s, 0) == 0x1C; n++) {
        unsigned record = byte_at(s, 1), number = byte_at(s, 2);
        size_t len = big(s, 3, 2);
        if (len >= 0x8000 || len > s.len - 5) {
            break; /* lengths of more than 32 KB are for no field that is read here */
        }
        struct str value = str_slice(s, 5, 5 + len);
        s = str_from(s, 5 + len);
        if (record != 2) {
            continue;
        }
        for (size_t i = 0; i < COUNT_OF(fields); i++) {
            if (fields[i].number == number) {
                metadata_put(a, texts, fields[i].field, value);
            }
        }
        if (number == BYLINE) {
            bylines = append(a, bylines, metadata_text(a, value));
        } else if (number == DATE) {
            date = value;
        } else if (number == TIME) {
            time = value;
        }
    }
    metadata_put(a, texts, PICTURE_BYLINE, bylines);
    struct str offset = time.len > 6 ? str_from(time, 6) : STR("");
    metadata_put_taken(a, texts, date, str_slice(time, 0, 6), offset);
}
