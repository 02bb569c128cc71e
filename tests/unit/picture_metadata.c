#include "base/buf.h"
#include "base/limits.h"
#include "picture/metadata.h"
#include "tests/harness.h"

static struct arena arena;

static struct picture_texts none(void) {
    struct picture_texts texts;
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        texts.text[i] = STR("");
    }
    return texts;
}

/* ---- texts and dates ---- */

TEST(metadata_text_is_clean_utf8) {
    arena_init(&arena);
    CHECK_STR(metadata_text(&arena, STR("  J\xC3\xBCrgen \0junk")), "Jürgen");
    CHECK_STR(metadata_text(&arena, STR("J\xFCrgen \x93x\x94")), "Jürgen “x”");
    CHECK_STR(metadata_text(&arena, STR("a\r\nb\rc\x1b[31m\x7F\t.")), "a\nb\nc[31m .");
    CHECK_STR(metadata_text(&arena, STR("a\xE2\x80\xAE"
                                        "b\xE2\x81\xA6"
                                        "c")),
              "abc");
    char *big = arena_alloc(&arena, 3 * LIMIT_PICTURE_TEXT_BYTES);
    for (size_t i = 0; i < 3 * LIMIT_PICTURE_TEXT_BYTES; i++) {
        big[i] = (char)(i % 2 ? 0xA9 : 0xC3);
    }
    struct str cut = metadata_text(&arena, str_make(big, 3 * LIMIT_PICTURE_TEXT_BYTES));
    CHECK_INT(cut.len, LIMIT_PICTURE_TEXT_BYTES);
    arena_done(&arena);
}

static void taken(const char *date, const char *time, const char *offset, const char *expected) {
    struct picture_texts texts = none();
    metadata_put_taken(&arena, &texts, str_of(date), str_of(time), str_of(offset));
    CHECK_STR(texts.text[PICTURE_TAKEN], expected);
}

TEST(metadata_dates_have_one_spelling) {
    arena_init(&arena);
    taken("2022:03:14 09:26:53", "", "+01:00", "2022-03-14T09:26:53+01:00");
    taken("2022:03:14 09:26:53", "", "", "2022-03-14T09:26:53");
    taken("2022-03-14T09:26:53.75Z", "", "", "2022-03-14T09:26:53Z");
    taken("2022-03-14T09:26-0530", "", "", "2022-03-14T09:26:00-05:30");
    taken("20220314", "092653", "+0100", "2022-03-14T09:26:53+01:00");
    taken("2022-03-14", "", "", "2022-03-14");
    taken("0000:00:00 00:00:00", "", "", "");
    taken("2022:02:30 09:26:53", "", "", "");
    taken("2022:03:14 29:26:53", "", "", "");
    taken("2022:03:14 09:26:53", "", "+99:00", "2022-03-14T09:26:53");
    taken("yesterday", "", "", "");
    taken("", "", "", "");
    arena_done(&arena);
}

/* ---- Exif ---- */

static void put_u16(struct buf *b, unsigned value) {
    buf_put_char(b, (char)(value & 0xFF));
    buf_put_char(b, (char)(value >> 8));
}

static void put_u32(struct buf *b, size_t value) {
    put_u16(b, value & 0xFFFF);
    put_u16(b, (unsigned)(value >> 16));
}

static void put_entry(struct buf *b, unsigned tag, unsigned type, size_t count, size_t value) {
    put_u16(b, tag);
    put_u16(b, type);
    put_u32(b, count);
    put_u32(b, value);
}

/* A directory of an artist, a caption, a pointer to the Exif directory and one to GPS. */
static void put_exif(struct buf *b) {
    buf_put(b, STR("II*\0"));
    put_u32(b, 8);
    put_u16(b, 4);
    put_entry(b, 0x013B, 2, 6, 62);
    put_entry(b, 0x010E, 2, 4, 0x00636261); /* "abc", in place */
    put_entry(b, 0x8769, 4, 1, 68);
    put_entry(b, 0x8825, 4, 1, 8);
    put_u32(b, 0);
    buf_put(b, STR("Ada L\0"));
    put_u16(b, 2);
    put_entry(b, 0x9003, 2, 20, 98);
    put_entry(b, 0x9011, 2, 7, 118);
    put_u32(b, 0);
    buf_put(b, STR("2022:03:14 09:26:53\0+01:00\0"));
}

TEST(exif_is_read_and_nothing_outside_it) {
    struct buf b;
    arena_init(&arena);
    buf_init(&b, KIB);
    put_exif(&b);
    struct picture_texts texts = none();
    exif_read(&arena, buf_str(&b), &texts);
    CHECK_STR(texts.text[PICTURE_BYLINE], "Ada L");
    CHECK_STR(texts.text[PICTURE_CAPTION], "abc");
    CHECK_STR(texts.text[PICTURE_TAKEN], "2022-03-14T09:26:53+01:00");
    /* Every shorter one, and every one with a byte changed, is read without harm. */
    for (size_t len = 0; len < b.len; len++) {
        char *copy = arena_str(&arena, buf_str(&b)).ptr == NULL ? NULL
                                                                : arena_alloc(&arena, len + 1);
        memcpy(copy, b.ptr, len);
        texts = none();
        exif_read(&arena, str_make(copy, len), &texts);
    }
    for (size_t at = 0; at < b.len; at++) {
        char was = b.ptr[at];
        for (int change = 1; change < 256; change += 51) {
            b.ptr[at] = (char)(was ^ change);
            texts = none();
            exif_read(&arena, buf_str(&b), &texts);
        }
        b.ptr[at] = was;
    }
    buf_done(&b);
    arena_done(&arena);
}

/* ---- IPTC ---- */

static void put_dataset(struct buf *b, unsigned number, struct str value) {
    buf_put_char(b, 0x1C);
    buf_put_char(b, 2);
    buf_put_char(b, (char)number);
    buf_put_char(b, (char)(value.len >> 8));
    buf_put_char(b, (char)(value.len & 0xFF));
    buf_put(b, value);
}

TEST(iptc_is_read_bare_and_within_photoshops_resources) {
    struct buf records, block;
    arena_init(&arena);
    buf_init(&records, KIB);
    buf_init(&block, 2 * KIB);
    put_dataset(&records, 120, STR("A caption"));
    put_dataset(&records, 110, STR("Agency/X"));
    put_dataset(&records, 80, STR("Ada"));
    put_dataset(&records, 80, STR("Grace"));
    put_dataset(&records, 55, STR("20220314"));
    put_dataset(&records, 60, STR("092653+0100"));
    put_dataset(&records, 90, STR("K\xF6ln"));
    buf_put(&block, STR("Photoshop 3.0\0"
                        "8BIM\x03\xed\0\0\0\0\0\3abc\0"
                        "8BIM\x04\x04\0\0\0\0\0"));
    buf_put_char(&block, (char)records.len);
    buf_put(&block, buf_str(&records));
    struct str blocks[] = { buf_str(&records), buf_str(&block) };
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        struct picture_texts texts = none();
        iptc_read(&arena, blocks[i], &texts);
        CHECK_STR(texts.text[PICTURE_CAPTION], "A caption");
        CHECK_STR(texts.text[PICTURE_CREDIT], "Agency/X");
        CHECK_STR(texts.text[PICTURE_BYLINE], "Ada; Grace");
        CHECK_STR(texts.text[PICTURE_CITY], "Köln");
        CHECK_STR(texts.text[PICTURE_TAKEN], "2022-03-14T09:26:53+01:00");
        for (size_t len = 0; len < blocks[i].len; len++) {
            texts = none();
            iptc_read(&arena, str_slice(blocks[i], 0, len), &texts);
        }
    }
    buf_done(&records);
    buf_done(&block);
    arena_done(&arena);
}

/* ---- XMP ---- */

#define XMP_BEGIN                                                                                  \
    "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>"                               \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"                                                         \
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"                            \
    "<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' "                                \
    "xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' "                                        \
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' "                                                  \
    "xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' "                                       \
    "xmlns:p='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/' "
#define XMP_END "</rdf:Description></rdf:RDF></x:xmpmeta>\n   <?xpacket end='w'?>"

TEST(xmp_is_read_in_each_of_its_spellings) {
    arena_init(&arena);
    struct picture_texts texts = none();
    xmp_read(
        &arena,
        STR(XMP_BEGIN
            "photoshop:City='Paris' exif:GPSLatitude='48,51N'>"
            "<photoshop:Credit>AFP &amp; X</photoshop:Credit>"
            "<dc:title><rdf:Alt><rdf:li xml:lang='fr'>Titre</rdf:li>"
            "<rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title>"
            "<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Grace</rdf:li>"
            "</rdf:Seq></dc:creator>"
            "<e:PersonInImage><rdf:Bag><rdf:li>P</rdf:li></rdf:Bag></e:PersonInImage>"
            "<p:AltTextAccessibility><rdf:Alt><rdf:li xml:lang='x-default'>Alt</rdf:li>"
            "</rdf:Alt></p:AltTextAccessibility>"
            "<photoshop:DateCreated>2022-03-14T09:26:53+01:00</photoshop:DateCreated>" XMP_END),
        &texts);
    CHECK_STR(texts.text[PICTURE_CITY], "Paris");
    CHECK_STR(texts.text[PICTURE_CREDIT], "AFP & X");
    CHECK_STR(texts.text[PICTURE_TITLE], "Title");
    CHECK_STR(texts.text[PICTURE_BYLINE], "Ada; Grace");
    CHECK_STR(texts.text[PICTURE_PEOPLE], "P");
    CHECK_STR(texts.text[PICTURE_ALT], "Alt");
    CHECK_STR(texts.text[PICTURE_TAKEN], "2022-03-14T09:26:53+01:00");
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        CHECK(str_find(texts.text[i], STR("48"), 0) == STR_NPOS);
    }
    arena_done(&arena);
}

TEST(xmp_expands_no_entities_and_has_a_depth) {
    arena_init(&arena);
    struct picture_texts texts = none();
    xmp_read(&arena,
             STR("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>" XMP_BEGIN
                 "photoshop:City='Paris'><photoshop:Credit>&b;</photoshop:Credit>" XMP_END),
             &texts);
    CHECK_STR(texts.text[PICTURE_CITY], "");
    CHECK_STR(texts.text[PICTURE_CREDIT], "");
    struct buf deep;
    buf_init(&deep, 4 * MIB);
    for (int i = 0; i < 100000; i++) {
        buf_put(&deep, STR("<a>"));
    }
    xmp_read(&arena, buf_str(&deep), &texts);
    buf_done(&deep);
    /* What stands before the damage counts. */
    xmp_read(&arena, STR(XMP_BEGIN "photoshop:City='Paris'><photoshop:Cre"), &texts);
    CHECK_STR(texts.text[PICTURE_CITY], "Paris");
    arena_done(&arena);
}
