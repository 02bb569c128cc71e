#include "transfer/static_name.h"

#include "base/limits.h"
#include "text/url.h"

enum { PART_MAX_BYTES = 240 }; /* room for ".html" and ".gz" within a file system's 255 */

enum static_form static_form_of(struct str content_type) {
    static const struct {
        struct str type;
        enum static_form form;
    } types[] = {
        { STR_INIT("text/html"), FORM_HTML },
        { STR_INIT("application/rss+xml"), FORM_RSS },
        { STR_INIT("application/atom+xml"), FORM_ATOM },
        { STR_INIT("application/feed+json"), FORM_JSON_FEED },
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_starts(content_type, types[i].type)) {
            return types[i].form;
        }
    }
    return FORM_PLAIN;
}

/* A part of a path that may be a file's or a folder's name. ".well-known" is the one hidden name
 * that the web knows. */
static bool is_part(struct str part) {
    if (part.len == 0 || part.len > PART_MAX_BYTES ||
        (part.ptr[0] == '.' && !str_eq(part, STR(".well-known")))) {
        return false;
    }
    for (size_t i = 0; i < part.len; i++) {
        unsigned char c = (unsigned char)part.ptr[i];
        if (c < ' ' || c == 0x7f || c == '/') {
            return false;
        }
    }
    return true;
}

bool static_uri(struct arena *a, struct str key, struct str *ret) {
    if (key.len == 0 || key.len > LIMIT_PATH_BYTES || key.ptr[0] != '/' ||
        str_find_char(key, '?', 0) != STR_NPOS || str_find_char(key, '#', 0) != STR_NPOS) {
        return false;
    }
    VEC(struct str) parts = { 0 };
    struct str rest = str_from(key, 1), part;
    size_t len = 1;
    while (str_split(&rest, '/', &part)) {
        bool is_last = rest.ptr == NULL;
        struct str decoded = url_decode(a, part, false);
        if (!is_part(decoded) && !(is_last && part.len == 0)) {
            return false;
        }
        *vec_push(a, &parts) = decoded;
        len += decoded.len + 1;
    }
    char *uri = arena_alloc(a, len + 1), *at = uri;
    for (size_t i = 0; i < parts.len; i++) {
        *at++ = '/';
        memcpy(at, parts.ptr[i].ptr, parts.ptr[i].len);
        at += parts.ptr[i].len;
    }
    if (parts.len == 0) {
        *at++ = '/';
    }
    *ret = str_make(uri, (size_t)(at - uri));
    return true;
}

/* "latest/section:7/except:42" */
static bool fragment_name(struct arena *a, struct str key, struct str *ret) {
    struct str rest = key, part;
    while (str_split(&rest, '/', &part)) {
        if (!is_part(part)) {
            return false;
        }
        for (size_t i = 0; i < part.len; i++) {
            if (!char_is_alnum(part.ptr[i]) && strchr("-_:", part.ptr[i]) == NULL) {
                return false;
            }
        }
    }
    *ret = arena_printf(a, STATIC_FRAGMENT_FOLDER "/%.*s.html", STR_FMT(key));
    return true;
}

bool static_name(struct arena *a, struct str key, enum static_form form, struct str *ret) {
    static const char *const indexes[STATIC_FORMS] = {
        [FORM_HTML] = "index.html",
        [FORM_RSS] = "index.rss",
        [FORM_ATOM] = "index.atom",
        [FORM_JSON_FEED] = "index.jsonfeed",
    };
    static const char *const endings[STATIC_FORMS] = {
        [FORM_HTML] = ".html",
        [FORM_RSS] = ".rss",
        [FORM_ATOM] = ".atom",
        [FORM_JSON_FEED] = ".jsonfeed",
    };
    if (form == FORM_FRAGMENT) {
        return fragment_name(a, key, ret);
    }
    struct str error = STR("error:");
    if (str_starts(key, error) && form == FORM_HTML) {
        *ret = arena_printf(a, "%.*s.html", STR_FMT(str_from(key, error.len)));
        return true;
    }
    struct str uri;
    if (!static_uri(a, key, &uri)) {
        return false;
    }
    struct str name = str_from(uri, 1);
    if (str_starts(name, STR(STATIC_FRAGMENT_FOLDER "/"))) {
        return false;
    }
    if (str_ends(uri, STR("/"))) {
        if (indexes[form] == NULL) {
            return false;
        }
        *ret = arena_printf(a, "%.*s%s", STR_FMT(name), indexes[form]);
        return true;
    }
    const char *ending = endings[form] != NULL ? endings[form] : "";
    /* "/2022/the-ferry.html" has its ending; "/feed/atom" of a site without slashes has none. */
    if (ending[0] != '\0' &&
        (str_ends(name, str_of(ending)) || (form == FORM_HTML && str_ends(name, STR(".htm"))))) {
        ending = "";
    }
    *ret = arena_printf(a, "%.*s%s", STR_FMT(name), ending);
    return true;
}
