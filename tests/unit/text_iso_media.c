#include "text/iso_media.h"

#include "base/arena.h"
#include "base/buf.h"
#include "tests/harness.h"

static bool read_str(void *ctx, int64_t at, char *bytes, size_t n) {
    const struct str *file = ctx;
    if (at < 0 || (uint64_t)at > file->len || file->len - (size_t)at < n) {
        return false;
    }
    memcpy(bytes, file->ptr + at, n);
    return true;
}

static struct str box(struct arena *a, const char *name, struct str content) {
    size_t len = content.len + 8;
    char *bytes = arena_alloc(a, len);
    for (int i = 0; i < 4; i++) {
        bytes[i] = (char)(len >> (24 - 8 * i));
        bytes[4 + i] = name[i];
    }
    memcpy(bytes + 8, content.ptr, content.len);
    return str_make(bytes, len);
}

static struct str both(struct arena *a, struct str x, struct str y) {
    char *bytes = arena_alloc(a, x.len + y.len);
    memcpy(bytes, x.ptr, x.len);
    memcpy(bytes + x.len, y.ptr, y.len);
    return str_make(bytes, x.len + y.len);
}

static struct str track(struct arena *a, const char *handler) {
    struct str content = both(a, STR("\0\0\0\0\0\0\0\0"), both(a, str_of(handler), STR("name")));
    return box(a, "trak",
               both(a, box(a, "tkhd", STR("x")), box(a, "mdia", box(a, "hdlr", content))));
}

/* The names that were found, in order. */
static void check_found(struct str file, const char *expected) {
    int64_t at[ISO_MEDIA_BOXES_MAX];
    struct buf names;
    buf_init(&names, 10000);
    size_t n = iso_media_private(read_str, &file, (int64_t)file.len, at);
    for (size_t i = 0; i < n; i++) {
        buf_put(&names, str_slice(file, (size_t)at[i], (size_t)at[i] + 4));
        buf_put_char(&names, ' ');
    }
    CHECK_STR(buf_str(&names), expected);
    buf_done(&names);
}

TEST(iso_media_private_finds_what_phones_write) {
    struct arena a = { 0 };
    struct str udta = box(&a, "udta", box(&a, "\xa9xyz", STR("+48.85+002.35/")));
    struct str picture = track(&a, "vide");
    struct str moov = box(&a, "mvhd", STR("x"));
    moov = both(&a, moov, both(&a, picture, track(&a, "meta")));
    moov =
        both(&a, moov, both(&a, box(&a, "trak", udta), both(&a, udta, box(&a, "meta", STR("m")))));
    struct str file = both(&a, box(&a, "ftyp", STR("isom")), box(&a, "moov", moov));
    file =
        both(&a, file,
             both(&a, box(&a, "uuid", STR("0123456789abcdef")), box(&a, "mdat", STR("udtaudta"))));
    check_found(file, "trak udta udta meta uuid ");
    check_found(box(&a, "moov", picture), "");
    arena_done(&a);
}

TEST(iso_media_private_survives_damage) {
    struct arena a = { 0 };
    struct str file = box(&a, "moov", both(&a, track(&a, "vide"), box(&a, "udta", STR("x"))));
    check_found(file, "udta ");
    for (size_t n = 0; n < file.len; n++) {
        check_found(str_slice(file, 0, n), ""); /* moov goes beyond the end */
    }
    check_found(STR("\0\0\0\0udta"), "udta ");                   /* to the end */
    check_found(STR("\0\0\0\1udta\0\0\0\0\0\0\0\x10"), "udta "); /* sixteen bytes */
    check_found(STR("\0\0\0\1udta\xff\xff\xff\xff\xff\xff\xff\xff"), "");
    check_found(STR("\0\0\0\7udta"), "");
    arena_done(&a);
}
