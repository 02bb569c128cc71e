/* The first bytes name a family: one format, or several that begin alike (an office document is a
 * zip archive). A name's ending is a claim to one type of one family. The two are held against each
 * other; the family has the last word, the ending chooses within it.
 *
 * ISO/IEC 14496-12 ("ftyp"), RFC 3533 (Ogg), RFC 8794 (EBML), ISO/IEC 11172-3 (MPEG audio). */
#include "text/file_type.h"

#include "text/utf8.h"

enum family {
    UNKNOWN,
    JPEG,
    PNG,
    GIF,
    WEBP,
    AVIF,
    HEIC,
    SVG,
    TIFF,
    PHOTOSHOP,
    BMP,
    ICON,
    JPEG_XL,
    JPEG_2000,
    RAW,
    PDF,
    POSTSCRIPT,
    MPEG_AUDIO,
    AAC,
    FLAC,
    WAVE,
    MIDI,
    OGG,
    ISO_MEDIA,
    MATROSKA,
    AVI,
    ASF,
    FLASH_VIDEO,
    MPEG_VIDEO,
    ZIP,
    OLE,
    GZIP,
    ARCHIVE,
    RTF,
    FONT,
    WEB_PAGE,
    MARKUP,
    SCRIPT,
    PROGRAM,
    TEXT,
};

struct kind {
    struct file_type type;
    enum family family;
};

/* The first of a family is what is taken when the name does not choose. An ending that only stands
 * for another one has the other's content type, and is not written out (`written`). */
static const struct kind kinds[] = {
    { { "", "application/octet-stream", "a file of an unknown kind", FILE_DOWNLOAD }, UNKNOWN },
    { { ".jpg", "image/jpeg", "a JPEG", FILE_PICTURE }, JPEG },
    { { ".jpeg", "image/jpeg", "a JPEG", FILE_PICTURE }, JPEG },
    { { ".jpe", "image/jpeg", "a JPEG", FILE_PICTURE }, JPEG },
    { { ".jfif", "image/jpeg", "a JPEG", FILE_PICTURE }, JPEG },
    { { ".png", "image/png", "a PNG", FILE_PICTURE }, PNG },
    { { ".apng", "image/png", "a PNG", FILE_PICTURE }, PNG },
    { { ".gif", "image/gif", "a GIF", FILE_PICTURE }, GIF },
    { { ".webp", "image/webp", "a WebP", FILE_PICTURE }, WEBP },
    { { ".avif", "image/avif", "an AVIF", FILE_PICTURE }, AVIF },
    { { ".heic", "image/heic", "a HEIC", FILE_PICTURE }, HEIC },
    { { ".heif", "image/heic", "a HEIC", FILE_PICTURE }, HEIC },
    { { ".svg", "image/svg+xml", "an SVG drawing", FILE_DRAWING }, SVG },
    { { ".tif", "image/tiff", "a TIFF", FILE_IMAGE }, TIFF },
    { { ".tiff", "image/tiff", "a TIFF", FILE_IMAGE }, TIFF },
    { { ".dng", "image/x-adobe-dng", "a camera's raw file", FILE_IMAGE }, TIFF },
    { { ".nef", "image/x-nikon-nef", "a camera's raw file", FILE_IMAGE }, TIFF },
    { { ".arw", "image/x-sony-arw", "a camera's raw file", FILE_IMAGE }, TIFF },
    { { ".cr2", "image/x-canon-cr2", "a camera's raw file", FILE_IMAGE }, TIFF },
    { { ".cr3", "image/x-canon-cr3", "a camera's raw file", FILE_IMAGE }, RAW },
    { { ".psd", "image/vnd.adobe.photoshop", "a Photoshop file", FILE_IMAGE }, PHOTOSHOP },
    { { ".bmp", "image/bmp", "a BMP", FILE_DOWNLOAD }, BMP }, /* it has no room for metadata */
    { { ".ico", "image/x-icon", "an icon file", FILE_DOWNLOAD }, ICON },
    { { ".jxl", "image/jxl", "a JPEG XL", FILE_IMAGE }, JPEG_XL },
    { { ".jp2", "image/jp2", "a JPEG 2000", FILE_IMAGE }, JPEG_2000 },
    { { ".pdf", "application/pdf", "a PDF file", FILE_DOCUMENT }, PDF },
    { { ".ai", "application/pdf", "a PDF file", FILE_DOWNLOAD }, PDF },
    { { ".eps", "application/postscript", "a PostScript file", FILE_DOWNLOAD }, POSTSCRIPT },
    { { ".ps", "application/postscript", "a PostScript file", FILE_DOWNLOAD }, POSTSCRIPT },
    { { ".mp3", "audio/mpeg", "an MP3", FILE_SOUND }, MPEG_AUDIO },
    { { ".mp2", "audio/mpeg", "an MPEG sound file", FILE_SOUND }, MPEG_AUDIO },
    { { ".aac", "audio/aac", "an AAC sound file", FILE_SOUND }, AAC },
    { { ".flac", "audio/flac", "a FLAC sound file", FILE_SOUND }, FLAC },
    { { ".wav", "audio/wav", "a WAV sound file", FILE_SOUND }, WAVE },
    { { ".mid", "audio/midi", "a MIDI file", FILE_DOWNLOAD }, MIDI },
    { { ".oga", "audio/ogg", "an Ogg sound file", FILE_SOUND }, OGG },
    { { ".ogg", "audio/ogg", "an Ogg sound file", FILE_SOUND }, OGG },
    { { ".opus", "audio/ogg", "an Ogg sound file", FILE_SOUND }, OGG },
    { { ".ogv", "video/ogg", "an Ogg video", FILE_VIDEO }, OGG },
    { { ".mp4", "video/mp4", "an MP4", FILE_VIDEO }, ISO_MEDIA },
    { { ".m4v", "video/mp4", "an MP4", FILE_VIDEO }, ISO_MEDIA },
    { { ".mov", "video/quicktime", "a QuickTime video", FILE_VIDEO }, ISO_MEDIA },
    { { ".3gp", "video/3gpp", "a 3GP video", FILE_VIDEO }, ISO_MEDIA },
    { { ".m4a", "audio/mp4", "an MP4 sound file", FILE_SOUND }, ISO_MEDIA },
    { { ".webm", "video/webm", "a WebM", FILE_VIDEO }, MATROSKA },
    { { ".weba", "audio/webm", "a WebM sound file", FILE_SOUND }, MATROSKA },
    { { ".mkv", "video/x-matroska", "a Matroska video", FILE_VIDEO }, MATROSKA },
    { { ".avi", "video/x-msvideo", "an AVI video", FILE_VIDEO }, AVI },
    { { ".wmv", "video/x-ms-wmv", "a Windows Media file", FILE_VIDEO }, ASF },
    { { ".wma", "audio/x-ms-wma", "a Windows Media file", FILE_SOUND }, ASF },
    { { ".flv", "video/x-flv", "a Flash video", FILE_VIDEO }, FLASH_VIDEO },
    { { ".mpg", "video/mpeg", "an MPEG video", FILE_VIDEO }, MPEG_VIDEO },
    { { ".mpeg", "video/mpeg", "an MPEG video", FILE_VIDEO }, MPEG_VIDEO },
    { { ".zip", "application/zip", "an archive", FILE_DOWNLOAD }, ZIP },
    { { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "a Word document", FILE_DOWNLOAD },
      ZIP },
    { { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "an Excel sheet", FILE_DOWNLOAD },
      ZIP },
    { { ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "a PowerPoint presentation", FILE_DOWNLOAD },
      ZIP },
    { { ".odt", "application/vnd.oasis.opendocument.text", "an OpenDocument text", FILE_DOWNLOAD },
      ZIP },
    { { ".ods", "application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument sheet",
        FILE_DOWNLOAD },
      ZIP },
    { { ".odp", "application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation",
        FILE_DOWNLOAD },
      ZIP },
    { { ".epub", "application/epub+zip", "an e-book", FILE_DOWNLOAD }, ZIP },
    { { ".kmz", "application/vnd.google-earth.kmz", "a map", FILE_DOWNLOAD }, ZIP },
    { { ".doc", "application/msword", "an office document", FILE_DOWNLOAD }, OLE },
    { { ".xls", "application/vnd.ms-excel", "an office document", FILE_DOWNLOAD }, OLE },
    { { ".ppt", "application/vnd.ms-powerpoint", "an office document", FILE_DOWNLOAD }, OLE },
    { { ".gz", "application/gzip", "a compressed file", FILE_DOWNLOAD }, GZIP },
    { { ".tgz", "application/gzip", "a compressed file", FILE_DOWNLOAD }, GZIP },
    { { ".7z", "application/x-7z-compressed", "an archive", FILE_DOWNLOAD }, ARCHIVE },
    { { ".rar", "application/vnd.rar", "an archive", FILE_DOWNLOAD }, ARCHIVE },
    { { ".rtf", "application/rtf", "an RTF document", FILE_DOWNLOAD }, RTF },
    { { ".otf", "font/otf", "a font", FILE_DOWNLOAD }, FONT },
    { { ".ttf", "font/ttf", "a font", FILE_DOWNLOAD }, FONT },
    { { ".woff", "font/woff", "a font", FILE_DOWNLOAD }, FONT },
    { { ".woff2", "font/woff2", "a font", FILE_DOWNLOAD }, FONT },
    { { ".html", "text/html", "a web page", FILE_ACTIVE }, WEB_PAGE },
    { { ".htm", "text/html", "a web page", FILE_ACTIVE }, WEB_PAGE },
    { { ".xhtml", "application/xhtml+xml", "a web page", FILE_ACTIVE }, WEB_PAGE },
    { { ".shtml", "text/html", "a web page", FILE_ACTIVE }, WEB_PAGE },
    { { ".xml", "application/xml", "a document of markup", FILE_DOWNLOAD }, MARKUP },
    { { ".gpx", "application/gpx+xml", "a GPS track", FILE_DOWNLOAD }, MARKUP },
    { { ".kml", "application/vnd.google-earth.kml+xml", "a map", FILE_DOWNLOAD }, MARKUP },
    { { ".js", "text/javascript", "a script", FILE_ACTIVE }, SCRIPT },
    { { ".mjs", "text/javascript", "a script", FILE_ACTIVE }, SCRIPT },
    { { ".css", "text/css", "a style sheet", FILE_ACTIVE }, SCRIPT },
    { { ".php", "application/x-httpd-php", "a script", FILE_ACTIVE }, SCRIPT },
    { { ".phtml", "application/x-httpd-php", "a script", FILE_ACTIVE }, SCRIPT },
    { { ".sh", "application/x-sh", "a script", FILE_ACTIVE }, SCRIPT },
    { { ".exe", "application/vnd.microsoft.portable-executable", "a program", FILE_ACTIVE },
      PROGRAM },
    { { ".swf", "application/x-shockwave-flash", "a Flash program", FILE_ACTIVE }, PROGRAM },
    { { ".txt", "text/plain; charset=utf-8", "a text", FILE_DOWNLOAD }, TEXT },
    { { ".md", "text/markdown; charset=utf-8", "a text", FILE_DOWNLOAD }, TEXT },
    { { ".csv", "text/csv; charset=utf-8", "a table", FILE_DOWNLOAD }, TEXT },
    { { ".tsv", "text/tab-separated-values; charset=utf-8", "a table", FILE_DOWNLOAD }, TEXT },
    { { ".vtt", "text/vtt; charset=utf-8", "subtitles", FILE_DOWNLOAD }, TEXT },
    { { ".srt", "application/x-subrip", "subtitles", FILE_DOWNLOAD }, TEXT },
    { { ".ics", "text/calendar; charset=utf-8", "a calendar", FILE_DOWNLOAD }, TEXT },
    { { ".json", "application/json", "JSON", FILE_DOWNLOAD }, TEXT },
    { { ".geojson", "application/geo+json", "JSON", FILE_DOWNLOAD }, TEXT },
};

static bool has_at(struct str s, size_t at, struct str what) {
    return at <= s.len && str_starts(str_from(s, at), what);
}

static unsigned byte_at(struct str s, size_t at) {
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

/* ---- families ---- */

/* A brand of an ISO base media file: the major one, or one it is compatible with. */
static bool has_brand(struct str head, const char *brand) {
    size_t end = byte_at(head, 0) || byte_at(head, 1) ? 0
                                                      : byte_at(head, 2) << 8 | byte_at(head, 3);
    for (size_t at = 8; at + 4 <= end && at + 4 <= head.len; at += at == 8 ? 8 : 4) {
        if (has_at(head, at, str_of(brand))) {
            return true;
        }
    }
    return false;
}

static enum family iso_family(struct str head) {
    static const char *const heic[] = { "heic", "heix", "heim", "heis",
                                        "hevc", "hevx", "mif1", "msf1" };
    if (has_brand(head, "avif") || has_brand(head, "avis")) {
        return AVIF;
    }
    for (size_t i = 0; i < COUNT_OF(heic); i++) {
        if (has_brand(head, heic[i])) {
            return HEIC;
        }
    }
    return has_brand(head, "crx ") ? RAW : ISO_MEDIA;
}

static bool is_element(struct str s, const char *name) {
    struct str tag = str_of(name);
    if (!str_starts_nocase(s, tag)) {
        return false;
    }
    char after = tag.len < s.len ? s.ptr[tag.len] : '>';
    return char_is_space(after) || after == '>' || after == '/';
}

/* The first element of a document, behind declarations and comments. */
static enum family markup_family(struct str s) {
    static const char *const pages[] = { "<html",  "<head",  "<body", "<script", "<iframe",
                                         "<title", "<style", "<meta", "<table",  "<div",
                                         "<a",     "<p",     "<br",   "<h1",     "<img" };
    if (s.len < 2 || s.ptr[0] != '<') {
        return UNKNOWN;
    }
    while (s.len > 1 && s.ptr[0] == '<') {
        if (is_element(s, "<svg") || str_starts_nocase(s, STR("<svg:svg"))) {
            return SVG;
        }
        if (str_starts_nocase(s, STR("<?php")) || str_starts(s, STR("<?="))) {
            return SCRIPT;
        }
        if (str_starts_nocase(s, STR("<!doctype html"))) {
            return WEB_PAGE;
        }
        for (size_t i = 0; i < COUNT_OF(pages); i++) {
            if (is_element(s, pages[i])) {
                return WEB_PAGE;
            }
        }
        if (s.ptr[1] != '?' && s.ptr[1] != '!') {
            return char_is_alpha(s.ptr[1]) ? MARKUP : UNKNOWN;
        }
        struct str end = str_starts(s, STR("<!--")) ? STR("-->") : STR(">");
        size_t at = str_find(s, end, 0);
        s = at == STR_NPOS ? STR("") : str_trim(str_from(s, at + end.len));
    }
    return MARKUP;
}

static bool is_text(struct str head) {
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.ptr[i];
        if ((c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b) || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static enum family document_family(struct str head) {
    struct str s = head;
    if (has_at(s, 0, STR("\xEF\xBB\xBF"))) {
        s = str_from(s, 3);
    }
    s = str_trim(s);
    enum family markup = markup_family(s);
    if (markup != UNKNOWN) {
        return markup;
    }
    if (str_starts(s, STR("#!"))) {
        return SCRIPT;
    }
    return s.len > 0 && is_text(head) ? TEXT : UNKNOWN;
}

/* MPEG audio: a frame's first eleven bits, and no value that the header may not have; layer I,
 * which nobody uses, would begin as UTF-16 does. */
static enum family frame_family(struct str head) {
    unsigned second = byte_at(head, 1);
    unsigned third = byte_at(head, 2);
    if (byte_at(head, 0) != 0xFF || (second & 0xE0) != 0xE0 || head.len < 4) {
        return UNKNOWN;
    }
    if ((second & 0xF6) == 0xF0) {
        return AAC;
    }
    bool fits = (second & 0x18) != 0x08 && (second & 0x06) != 0 && (second & 0x06) != 6 &&
                (third & 0xF0) != 0xF0 && (third & 0x0C) != 0x0C;
    return fits ? MPEG_AUDIO : UNKNOWN;
}

static enum family family_of(struct str head) {
    static const struct {
        size_t at;
        struct str magic;
        enum family family;
    } magics[] = {
        { 0, STR_INIT("\xFF\xD8\xFF"), JPEG },
        { 0, STR_INIT("\x89PNG\r\n\x1a\n"), PNG },
        { 0, STR_INIT("GIF87a"), GIF },
        { 0, STR_INIT("GIF89a"), GIF },
        { 0, STR_INIT("%PDF-"), PDF },
        { 0, STR_INIT("%!PS"), POSTSCRIPT },
        { 0, STR_INIT("\xC5\xD0\xD3\xC6"), POSTSCRIPT },
        { 0, STR_INIT("II*\0"), TIFF },
        { 0, STR_INIT("MM\0*"), TIFF },
        { 0, STR_INIT("8BPS"), PHOTOSHOP },
        { 0, STR_INIT("\0\0\1\0"), ICON },
        { 0, STR_INIT("\xFF\x0A"), JPEG_XL },
        { 0, STR_INIT("\0\0\0\x0cJXL "), JPEG_XL },
        { 0, STR_INIT("\0\0\0\x0cjP  "), JPEG_2000 },
        { 0, STR_INIT("\xFF\x4F\xFF\x51"), JPEG_2000 },
        { 0, STR_INIT("PK\3\4"), ZIP },
        { 0, STR_INIT("PK\5\6"), ZIP },
        { 0, STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), OLE },
        { 0, STR_INIT("\x1f\x8b"), GZIP },
        { 0, STR_INIT("7z\xBC\xAF\x27\x1C"), ARCHIVE },
        { 0, STR_INIT("Rar!\x1a\7"), ARCHIVE },
        { 0, STR_INIT("\xFF\xFE"), TEXT }, /* UTF-16 */
        { 0, STR_INIT("\xFE\xFF"), TEXT },
        { 0, STR_INIT("{\\rtf"), RTF },
        { 0, STR_INIT("OTTO"), FONT },
        { 0, STR_INIT("\0\1\0\0\0"), FONT },
        { 0, STR_INIT("wOFF"), FONT },
        { 0, STR_INIT("wOF2"), FONT },
        { 0,
          STR_INIT("\x7f"
                   "ELF"),
          PROGRAM },
        { 0, STR_INIT("\xCF\xFA\xED\xFE"), PROGRAM },
        { 0, STR_INIT("\xCA\xFE\xBA\xBE"), PROGRAM },
        { 0, STR_INIT("\0asm"), PROGRAM },
        { 0, STR_INIT("FWS"), PROGRAM },
        { 0, STR_INIT("CWS"), PROGRAM },
        { 0, STR_INIT("ID3"), MPEG_AUDIO },
        { 0, STR_INIT("fLaC"), FLAC },
        { 0, STR_INIT("MThd"), MIDI },
        { 0, STR_INIT("OggS"), OGG },
        { 0, STR_INIT("\x1a\x45\xdf\xa3"), MATROSKA },
        { 0, STR_INIT("\x30\x26\xB2\x75\x8E\x66\xCF\x11"), ASF },
        { 0, STR_INIT("FLV\1"), FLASH_VIDEO },
        { 0, STR_INIT("\0\0\1\xBA"), MPEG_VIDEO },
        { 0, STR_INIT("\0\0\1\xB3"), MPEG_VIDEO },
        { 4, STR_INIT("moov"), ISO_MEDIA },
        { 4, STR_INIT("mdat"), ISO_MEDIA },
        { 4, STR_INIT("wide"), ISO_MEDIA },
    };
    if (has_at(head, 0, STR("RIFF"))) {
        return has_at(head, 8, STR("WEBPVP8")) ? WEBP
               : has_at(head, 8, STR("WAVE"))  ? WAVE
               : has_at(head, 8, STR("AVI "))  ? AVI
                                               : UNKNOWN;
    }
    if (has_at(head, 4, STR("ftyp"))) {
        return iso_family(head);
    }
    for (size_t i = 0; i < COUNT_OF(magics); i++) {
        if (has_at(head, magics[i].at, magics[i].magic)) {
            return magics[i].family;
        }
    }
    enum family family = frame_family(head);
    family = family != UNKNOWN ? family : document_family(head);
    if (family != UNKNOWN) {
        return family;
    }
    /* Two letters each: a text may begin with them. */
    return has_at(head, 0, STR("BM")) ? BMP : has_at(head, 0, STR("MZ")) ? PROGRAM : UNKNOWN;
}

/* ---- types ---- */

/* What an ending claims; NULL: nothing that we know. */
static const struct kind *claimed(struct str name) {
    size_t dot = str_rfind_char(name, '.');
    struct str ending = dot == STR_NPOS ? STR("") : str_from(name, dot);
    for (size_t i = 1; i < COUNT_OF(kinds); i++) {
        if (str_eq_nocase(ending, str_of(kinds[i].type.ending))) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* The first of the family with that content type: the ending that is written. */
static const struct file_type *written(enum family family, const char *mime) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (kinds[i].family == family && (mime == NULL || strcmp(kinds[i].type.mime, mime) == 0)) {
            return &kinds[i].type;
        }
    }
    check(false);
}

/* Of a family with several types, without a name that chooses. */
static const struct file_type *guessed(enum family family, struct str head) {
    const char *mime = NULL;
    if (family == ISO_MEDIA) {
        mime = has_at(head, 8, STR("M4A"))    ? "audio/mp4"
               : has_at(head, 8, STR("qt  ")) ? "video/quicktime"
               : has_at(head, 8, STR("3g"))   ? "video/3gpp"
                                              : "video/mp4";
    } else if (family == OGG) {
        mime = has_at(head, 28, STR("\x80theora")) ? "video/ogg" : "audio/ogg";
    } else if (family == MATROSKA) {
        mime = str_find(str_slice(head, 0, 64), STR("webm"), 0) != STR_NPOS ? "video/webm"
                                                                            : "video/x-matroska";
    } else if (family == TEXT) {
        mime = has_at(head, 0, STR("WEBVTT")) ? "text/vtt; charset=utf-8" : NULL;
    }
    return written(family, mime);
}

static const struct file_type *choose(enum family family, const struct kind *claim,
                                      struct str head) {
    if (claim != NULL && claim->family == family) {
        return written(family, claim->type.mime);
    }
    bool believed = claim != NULL && family == UNKNOWN && claim->type.class != FILE_PICTURE &&
                    claim->type.class != FILE_DRAWING;
    return believed ? written(claim->family, claim->type.mime) : guessed(family, head);
}

const struct file_type *file_type_of(struct str head, struct str name) {
    struct str bytes = str_slice(head, 0, FILE_TYPE_HEAD_BYTES);
    const struct kind *claim = claimed(name);
    enum family family = family_of(bytes);
    if (claim != NULL && claim->type.class == FILE_ACTIVE && (family == TEXT || family == MARKUP)) {
        return &claim->type;
    }
    return choose(family, claim, bytes);
}

static enum status refuse_active(struct str head, const struct file_type *type, struct err *err) {
    if (head.len == 0) {
        return err_set(err, STATUS_INVALID, "the file is empty");
    }
    return type->class == FILE_ACTIVE
               ? err_set(err, STATUS_INVALID,
                         "it is %s: pages, scripts and programs are not taken in", type->what)
               : STATUS_OK;
}

static enum status mislabelled(const struct kind *claim, enum family family, struct err *err) {
    return err_set(err, STATUS_INVALID, "its name says that it is %s, but it is %s",
                   claim->type.what, written(family, NULL)->what);
}

enum status file_type_admit(struct str head, struct str name, const struct file_type **ret,
                            struct err *err) {
    const struct file_type *type = file_type_of(head, name);
    const struct kind *claim = claimed(name);
    enum family family = family_of(str_slice(head, 0, FILE_TYPE_HEAD_BYTES));
    enum status status = refuse_active(head, type, err);
    if (status == STATUS_OK && claim != NULL && claim->family != family) {
        status = mislabelled(claim, family, err);
    }
    if (status == STATUS_OK) {
        *ret = type;
    }
    return status;
}

enum status file_type_admit_content(struct str head, struct str name, const struct file_type **ret,
                                    struct err *err) {
    const struct file_type *type = file_type_of(head, name);
    const struct kind *claim = claimed(name);
    enum status status = refuse_active(head, type, err);
    bool is_image = type->class == FILE_PICTURE || type->class == FILE_IMAGE;
    if (status == STATUS_OK && claim != NULL && claim->type.class == FILE_PICTURE && !is_image) {
        status = mislabelled(claim, family_of(str_slice(head, 0, FILE_TYPE_HEAD_BYTES)), err);
    }
    if (status == STATUS_OK) {
        *ret = type;
    }
    return status;
}

bool file_type_is_iso_media(struct str head) {
    return family_of(str_slice(head, 0, FILE_TYPE_HEAD_BYTES)) == ISO_MEDIA;
}

enum file_class file_type_class(struct str mime) {
    struct str plain = str_trim(str_slice(mime, 0, str_find_char(mime, ';', 0)));
    for (size_t i = 1; i < COUNT_OF(kinds); i++) {
        struct str known = str_of(kinds[i].type.mime);
        if (str_eq_nocase(plain, str_slice(known, 0, str_find_char(known, ';', 0)))) {
            return kinds[i].type.class;
        }
    }
    return str_starts_nocase(plain, STR("image/"))   ? FILE_IMAGE
           : str_starts_nocase(plain, STR("audio/")) ? FILE_SOUND
           : str_starts_nocase(plain, STR("video/")) ? FILE_VIDEO
                                                     : FILE_DOWNLOAD;
}
