#include "http/mime.h"

#include <stdlib.h>

struct type {
    const char *extension;
    struct str type;
};

/* In byte order of the extension. */
static const struct type types[] = {
    { "aac", STR_INIT("audio/aac") },
    { "apng", STR_INIT("image/apng") },
    { "atom", STR_INIT("application/atom+xml; charset=utf-8") },
    { "avif", STR_INIT("image/avif") },
    { "bmp", STR_INIT("image/bmp") },
    { "css", STR_INIT("text/css; charset=utf-8") },
    { "csv", STR_INIT("text/csv; charset=utf-8") },
    { "doc", STR_INIT("application/msword") },
    { "docx", STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document") },
    { "epub", STR_INIT("application/epub+zip") },
    { "flac", STR_INIT("audio/flac") },
    { "gif", STR_INIT("image/gif") },
    { "gz", STR_INIT("application/gzip") },
    { "heic", STR_INIT("image/heic") },
    { "htm", STR_INIT("text/html; charset=utf-8") },
    { "html", STR_INIT("text/html; charset=utf-8") },
    { "ico", STR_INIT("image/x-icon") },
    { "ics", STR_INIT("text/calendar; charset=utf-8") },
    { "jpeg", STR_INIT("image/jpeg") },
    { "jpg", STR_INIT("image/jpeg") },
    { "js", STR_INIT("text/javascript; charset=utf-8") },
    { "json", STR_INIT("application/json") },
    { "m4a", STR_INIT("audio/mp4") },
    { "m4v", STR_INIT("video/mp4") },
    { "map", STR_INIT("application/json") },
    { "mjs", STR_INIT("text/javascript; charset=utf-8") },
    { "mov", STR_INIT("video/quicktime") },
    { "mp3", STR_INIT("audio/mpeg") },
    { "mp4", STR_INIT("video/mp4") },
    { "mpeg", STR_INIT("video/mpeg") },
    { "odp", STR_INIT("application/vnd.oasis.opendocument.presentation") },
    { "ods", STR_INIT("application/vnd.oasis.opendocument.spreadsheet") },
    { "odt", STR_INIT("application/vnd.oasis.opendocument.text") },
    { "oga", STR_INIT("audio/ogg") },
    { "ogg", STR_INIT("audio/ogg") },
    { "ogv", STR_INIT("video/ogg") },
    { "opus", STR_INIT("audio/ogg") },
    { "otf", STR_INIT("font/otf") },
    { "pdf", STR_INIT("application/pdf") },
    { "png", STR_INIT("image/png") },
    { "ppt", STR_INIT("application/vnd.ms-powerpoint") },
    { "pptx",
      STR_INIT("application/vnd.openxmlformats-officedocument.presentationml.presentation") },
    { "rss", STR_INIT("application/rss+xml; charset=utf-8") },
    { "rtf", STR_INIT("application/rtf") },
    { "svg", STR_INIT("image/svg+xml") },
    { "tif", STR_INIT("image/tiff") },
    { "tiff", STR_INIT("image/tiff") },
    { "ttf", STR_INIT("font/ttf") },
    { "txt", STR_INIT("text/plain; charset=utf-8") },
    { "vtt", STR_INIT("text/vtt; charset=utf-8") },
    { "wav", STR_INIT("audio/wav") },
    { "weba", STR_INIT("audio/webm") },
    { "webm", STR_INIT("video/webm") },
    { "webmanifest", STR_INIT("application/manifest+json") },
    { "webp", STR_INIT("image/webp") },
    { "woff", STR_INIT("font/woff") },
    { "woff2", STR_INIT("font/woff2") },
    { "xls", STR_INIT("application/vnd.ms-excel") },
    { "xlsx", STR_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") },
    { "xml", STR_INIT("application/xml; charset=utf-8") },
    { "zip", STR_INIT("application/zip") },
};

enum { EXTENSION_MAX_BYTES = 15 };

static int compare(const void *key, const void *entry) {
    return strcmp(key, ((const struct type *)entry)->extension);
}

struct str http_mime(struct str filename) {
    size_t dot = str_rfind_char(filename, '.');
    struct str extension = dot == STR_NPOS ? STR("") : str_from(filename, dot + 1);
    char lower[EXTENSION_MAX_BYTES + 1] = "";
    for (size_t i = 0; i < extension.len && extension.len <= EXTENSION_MAX_BYTES; i++) {
        lower[i] = char_lower(extension.ptr[i]);
    }
    const struct type *found = bsearch(lower, types, COUNT_OF(types), sizeof types[0], compare);
    return found ? found->type : STR("application/octet-stream");
}
