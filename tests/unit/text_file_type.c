#include "text/file_type.h"

#include "tests/harness.h"

static const struct file_type *type_of(struct str head, const char *name) {
    return file_type_of(head, str_of(name));
}

static struct str refusal(struct str head, const char *name) {
    static struct err err;
    const struct file_type *type;
    err = (struct err){ 0 };
    return file_type_admit(head, str_of(name), &type, &err) == STATUS_OK ? STR("")
                                                                         : str_of(err.message);
}

#define MP4                                                                                        \
    STR("\0\0\0\x18"                                                                               \
        "ftypisom\0\0\2\0isommp42")
#define HEIC                                                                                       \
    STR("\0\0\0\x18"                                                                               \
        "ftypheic\0\0\0\0mif1heic")
#define M4A                                                                                        \
    STR("\0\0\0\x14"                                                                               \
        "ftypM4A \0\0\2\0isom")
#define WEBP STR("RIFF\x10\0\0\0WEBPVP8 ")

TEST(file_type_is_told_by_the_first_bytes) {
    const struct {
        struct str head;
        const char *name, *mime, *ending;
    } cases[] = {
        { STR("\xFF\xD8\xFF\xE0"), "", "image/jpeg", ".jpg" },
        { STR("\x89PNG\r\n\x1a\n"), "x.apng", "image/png", ".png" },
        { STR("GIF89a"), "", "image/gif", ".gif" },
        { WEBP, "x.jpg", "image/webp", ".webp" },
        { HEIC, "x.HEIC", "image/heic", ".heic" },
        { MP4, "", "video/mp4", ".mp4" },
        { MP4, "x.mov", "video/quicktime", ".mov" },
        { M4A, "", "audio/mp4", ".m4a" },
        { STR("OggS\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80theora"), "", "video/ogg",
          ".ogv" },
        { STR("OggS\0\2"), "a.opus", "audio/ogg", ".oga" },
        { STR("\x1a\x45\xdf\xa3\1\0\0\0\0\0\0\x1f\x42\x82\x84webm"), "", "video/webm", ".webm" },
        { STR("\xFF\xFB\x90\x64"), "", "audio/mpeg", ".mp3" },
        { STR("ID3\3\0"), "", "audio/mpeg", ".mp3" },
        { STR("\xFF\xF1\x50\x80"), "", "audio/aac", ".aac" },
        { STR("RIFF\x10\0\0\0WAVEfmt "), "", "audio/wav", ".wav" },
        { STR("%PDF-1.7\n"), "", "application/pdf", ".pdf" },
        { STR("PK\3\4\x14"), "", "application/zip", ".zip" },
        { STR("PK\3\4\x14"), "a.docx",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx" },
        { STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "a.xls", "application/vnd.ms-excel", ".xls" },
        { STR("a;b\n1;2\n"), "t.CSV", "text/csv; charset=utf-8", ".csv" },
        { STR("WEBVTT\n\n"), "", "text/vtt; charset=utf-8", ".vtt" },
        { STR("gr\xC3\xBC\xC3\x9F\n"), "", "text/plain; charset=utf-8", ".txt" },
        { STR("<?xml version=\"1.0\"?><!-- x --><svg xmlns=\"\">"), "", "image/svg+xml", ".svg" },
        { STR("\xEF\xBB\xBF  <svg>"), "", "image/svg+xml", ".svg" },
        { STR("<?xml version=\"1.0\"?><gpx>"), "a.gpx", "application/gpx+xml", ".gpx" },
        { STR("BM\x9a\0\0\0"), "", "image/bmp", ".bmp" },
        { STR("\0\1\2\3"), "", "application/octet-stream", "" },
        { STR("\0\1\2\3"), "a.mp3", "audio/mpeg", ".mp3" },           /* believed */
        { STR("\0\1\2\3"), "a.jpg", "application/octet-stream", "" }, /* not */
        { STR("\0\1\2\3"), "a.svg", "application/octet-stream", "" },
        { STR(""), "", "application/octet-stream", "" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct file_type *type = type_of(cases[i].head, cases[i].name);
        CHECK_STR(str_of(type->mime), cases[i].mime);
        CHECK_STR(str_of(type->ending), cases[i].ending);
    }
}

TEST(file_type_refuses_what_is_not_what_it_claims) {
    CHECK_STR(refusal(STR("\x89PNG\r\n\x1a\n"), "x.jpg"),
              "its name says that it is a JPEG, but it is a PNG");
    CHECK_STR(refusal(STR("%PDF-1.7"), "x.mp4"),
              "its name says that it is an MP4, but it is a PDF file");
    CHECK_STR(refusal(STR("\0\1\2\3"), "x.mp3"),
              "its name says that it is an MP3, but it is a file of an unknown kind");
    CHECK_STR(refusal(STR("PK\3\4"), "x.txt"),
              "its name says that it is a text, but it is an archive");
    CHECK_STR(refusal(STR(""), "x.jpg"), "the file is empty");
    CHECK_STR(refusal(STR("\xFF\xD8\xFF\xE0"), "x.JPEG"), "");
    CHECK_STR(refusal(STR("\0\1\2\3"), "x.dat"), "");
    CHECK_STR(refusal(STR("\0\1\2\3"), "no-ending"), "");
    CHECK_STR(refusal(STR("\0\1\2\3"), "../../etc/passwd\r\nX: y.dat"), "");
}

TEST(file_type_takes_nothing_that_runs) {
    const struct str heads[] = {
        STR_INIT("<!DOCTYPE html>"),
        STR_INIT("\n\n<HTML>"),
        STR_INIT("<!-- x --><script>"),
        STR_INIT("<?php echo 1;"),
        STR_INIT("#!/bin/sh\n"),
        STR_INIT("MZ\x90\0\3"),
        STR_INIT("\x7f"
                 "ELF\2"),
        STR_INIT("FWS\x0a\1\2\3"),
        STR_INIT("<img src=x onerror=y>"),
    };
    const char *const names[] = { "", "x", "x.txt", "x.jpg", "x.html", "x.pdf" };
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            const struct file_type *type;
            struct err err = { 0 };
            CHECK_INT(file_type_admit_content(heads[i], str_of(names[k]), &type, &err),
                      STATUS_INVALID);
            CHECK(refusal(heads[i], names[k]).len > 0);
        }
    }
    CHECK(refusal(STR("alert(1)"), "x.js").len > 0);
    CHECK(refusal(STR("a { b: c }"), "x.css").len > 0);
}

TEST(file_type_by_content_lets_pictures_have_wrong_names) {
    const struct file_type *type;
    struct err err = { 0 };
    CHECK_INT(file_type_admit_content(WEBP, STR("x.jpg"), &type, &err), STATUS_OK);
    CHECK_STR(str_of(type->mime), "image/webp");
    CHECK_INT(file_type_admit_content(STR("\0\1\2\3"), STR("x.mp3"), &type, &err), STATUS_OK);
    CHECK_STR(str_of(type->mime), "audio/mpeg");
    CHECK_INT(file_type_admit_content(STR("words"), STR("x.jpg"), &type, &err), STATUS_INVALID);
    CHECK_STR(str_of(err.message), "its name says that it is a JPEG, but it is a text");
}

TEST(file_type_class_of_rows) {
    CHECK_INT(file_type_class(STR("image/jpeg")), FILE_PICTURE);
    CHECK_INT(file_type_class(STR("image/svg+xml; charset=utf-8")), FILE_DRAWING);
    CHECK_INT(file_type_class(STR("image/tiff")), FILE_IMAGE);
    CHECK_INT(file_type_class(STR("image/x-never-heard")), FILE_IMAGE);
    CHECK_INT(file_type_class(STR("VIDEO/MP4")), FILE_VIDEO);
    CHECK_INT(file_type_class(STR("audio/x-strange")), FILE_SOUND);
    CHECK_INT(file_type_class(STR("application/pdf")), FILE_DOCUMENT);
    CHECK_INT(file_type_class(STR("text/html")), FILE_ACTIVE);
    CHECK_INT(file_type_class(STR("")), FILE_DOWNLOAD);
}
