#include "base/limits.h"
#include "picture/kind.h"
#include "tests/harness.h"

static const char *what_is(struct str head) {
    const char *what;
    (void)kind_of(head, &what);
    return what;
}

TEST(kind_is_known_by_the_first_bytes) {
    const char *what;
    CHECK_INT(kind_of(STR("\xFF\xD8\xFF\xE0"), &what), PICTURE_JPEG);
    CHECK_INT(kind_of(STR("\x89PNG\r\n\x1a\n"), &what), PICTURE_PNG);
    CHECK_INT(kind_of(STR("GIF89a"), &what), PICTURE_GIF);
    CHECK_INT(kind_of(STR("RIFF\0\0\0\0WEBPVP8X"), &what), PICTURE_WEBP);
    CHECK_INT(kind_of(STR("\0\0\0\x1c"
                          "ftypavif\0\0\0\0avifmif1miaf"),
                      &what),
              PICTURE_AVIF);
    CHECK_INT(kind_of(STR("\0\0\0\x1c"
                          "ftypmif1\0\0\0\0avifmif1miaf"),
                      &what),
              PICTURE_AVIF);
    CHECK_INT(kind_of(STR("\0\0\0\x18"
                          "ftypheic\0\0\0\0mif1heic"),
                      &what),
              PICTURE_HEIC);
    /* A brand behind the box is none of it. */
    CHECK_INT(kind_of(STR("\0\0\0\x14"
                          "ftypisom\0\0\0\0mp41avif"),
                      &what),
              PICTURE_NONE);
    CHECK_INT(kind_of(STR("XXXX\0\0\0\0WEBPVP8X"), &what), PICTURE_NONE);
}

TEST(kind_names_what_else_people_upload) {
    CHECK_STR(str_of(what_is(STR("%PDF-1.7"))), "a PDF file");
    CHECK_STR(str_of(what_is(STR("\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- x > y --> <svg>"))),
              "an SVG drawing");
    CHECK_STR(str_of(what_is(STR("<!DOCTYPE svg PUBLIC ''><SVG>"))), "an SVG drawing");
    CHECK_STR(str_of(what_is(STR("<!doctype HTML><p>"))), "a web page");
    CHECK_STR(str_of(what_is(STR("<x>"))), "a document of markup");
    CHECK_STR(str_of(what_is(STR("<!-- <svg>"))), "a document of markup");
    CHECK_STR(str_of(what_is(STR("MM\0*"))), "a TIFF or a camera's raw file");
    CHECK_STR(str_of(what_is(STR("PK\3\4"))), "an archive or an office document");
    CHECK_STR(str_of(what_is(STR("hello"))), "a file of an unknown kind");
    CHECK_STR(str_of(what_is(STR(""))), "a file of an unknown kind");
}

static void refused(struct str head, const char *claim, const char *reason) {
    struct err err = { 0 };
    enum picture_format format;
    CHECK_INT(kind_admit(head, str_of(claim), &format, &err), STATUS_INVALID);
    CHECK_STR(str_of(err.message), reason);
}

TEST(kind_refuses_what_is_not_what_it_claims) {
    struct err err = { 0 };
    enum picture_format format;
    refused(STR("\x89PNG\r\n\x1a\n"), "holiday.JPG",
            "it claims to be a picture of the format JPEG, but is a PNG");
    refused(STR("<svg/>"), "image/png",
            "it claims to be a picture of the format PNG, but is an SVG drawing");
    refused(STR("<svg/>"), "logo.svg",
            "it is an SVG drawing; pictures are JPEG, PNG, GIF, WebP, AVIF or HEIC");
    refused(STR(""), "x.jpg", "the file is empty");
    CHECK_INT(kind_admit(STR("\xFF\xD8\xFF"), STR("a.jpeg"), &format, &err), STATUS_OK);
    CHECK_INT(format, PICTURE_JPEG);
    CHECK_INT(kind_admit(STR("\xFF\xD8\xFF"), STR(""), &format, &err), STATUS_OK);
    CHECK_INT(kind_admit(STR("\xFF\xD8\xFF"), STR("scan.dat"), &format, &err), STATUS_OK);
}

TEST(kind_knows_what_cannot_be_read_row_by_row) {
    static const char sequential[] =
        "\xFF\xD8\xFF\xC0\0\x11\x08\0\x10\0\x10\3\1\x22\0\2\x11\0\3\x11\0";
    static const char progressive[] =
        "\xFF\xD8\xFF\xE0\0\4ab\xFF\xC2\0\x11\x08\0\x10\0\x10\3\1\x22\0\2\x11\0\3\x11\0";
    struct str jpeg = str_make(sequential, sizeof sequential - 1);
    CHECK_INT(kind_held_bytes(jpeg, PICTURE_JPEG, 1000, 1000), 0);
    jpeg = str_make(progressive, sizeof progressive - 1);
    CHECK_INT(kind_held_bytes(jpeg, PICTURE_JPEG, 1000, 1000), 3000000);
    char png[33] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    png[24] = 16, png[25] = 6;
    CHECK_INT(kind_held_bytes(str_make(png, 33), PICTURE_PNG, 1000, 1000), 0);
    png[28] = 1;
    CHECK_INT(kind_held_bytes(str_make(png, 33), PICTURE_PNG, 1000, 1000), 8000000);
    CHECK_INT(kind_held_bytes(STR(""), PICTURE_JPEG, 1000, 1000), 0);
}
