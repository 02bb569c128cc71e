/* The canonical forms of attribute values (body_value of text/body_vocabulary.h).
 *
 * Each filter is a projection: what it returns, it returns again unchanged. Whatever a filter does
 * not understand is dropped, never repaired by guessing. */
#include "text/body_vocabulary.h"

#include "text/url.h"
#include "text/utf8.h"

enum { TEXT_MAX_BYTES = 2000, URL_MAX_BYTES = 4000, TOKEN_MAX_BYTES = 100 };

static const struct str none = { NULL, 0 };

static bool one_of(struct str s, const char *const *names) {
    for (; *names != NULL; names++) {
        if (str_eq(s, str_of(*names))) {
            return true;
        }
    }
    return false;
}

static bool only_chars(struct str s, const char *punctuation) {
    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_alnum(s.ptr[i]) && (s.ptr[i] == '\0' || !strchr(punctuation, s.ptr[i]))) {
            return false;
        }
    }
    return true;
}

static struct str lower(struct arena *a, struct str s) {
    char *out = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        out[i] = char_lower(s.ptr[i]);
    }
    return str_make(out, s.len);
}

/* One word after the other, parted by white space. */
static bool next_token(struct str *rest, struct str *ret) {
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && !char_is_space(rest->ptr[n])) {
        n++;
    }
    *ret = str_slice(*rest, 0, n);
    *rest = str_from(*rest, n);
    return n > 0;
}

static struct str enumerated(struct arena *a, struct str value, const char *const *names) {
    struct str s = lower(a, str_trim(value));
    return one_of(s, names) ? s : none;
}

static struct str text_value(struct arena *a, struct str value) {
    char *out = arena_alloc(a, value.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        bool space = char_is_space(value.ptr[i]);
        if (!space || (len > 0 && out[len - 1] != ' ')) {
            out[len++] = space ? ' ' : value.ptr[i];
        }
    }
    return str_trim(utf8_prefix(str_make(out, len), TEXT_MAX_BYTES));
}

static struct str integer_value(struct arena *a, struct str value, int64_t min, int64_t max) {
    int64_t n;
    return str_to_i64(str_trim(value), &n) && n >= min && n <= max
               ? arena_printf(a, "%lld", (long long)n)
               : none;
}

/* An id stands in the page's global scope: a browser makes `window[id]` and `document[id]` of it,
 * and "location" or "cookie" would hide what scripts look for ("DOM clobbering"). No property that
 * browsers have contains '-', ':' or '.', or consists of lower-case letters with digits; an id that
 * is neither gets a '-' at its end, and so does a link to it. */
static struct str id_value(struct arena *a, struct str id) {
    bool marked = false, upper = false, digit = false;
    if (id.len == 0 || id.len > TOKEN_MAX_BYTES || !only_chars(id, "_-:.") ||
        (!char_is_alnum(id.ptr[0]) && id.ptr[0] != '_')) {
        return none;
    }
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        marked = marked || c == '-' || c == ':' || c == '.';
        upper = upper || (c >= 'A' && c <= 'Z');
        digit = digit || char_is_digit(c);
    }
    bool is_safe = marked || (digit && !upper && !char_is_digit(id.ptr[0]));
    return is_safe ? id : arena_printf(a, "%.*s-", STR_FMT(id));
}

/* Spelled so that it is a valid URL: what browsers strip is stripped, what must be escaped is.
 * Empty if nothing is left or it is too long. */
static struct str spell_url(struct arena *a, struct str value) {
    char *out = arena_alloc(a, value.len * 3 + 1);
    size_t len = 0, end = value.len, at = 0;
    while (at < end && (unsigned char)value.ptr[at] <= ' ') {
        at++;
    }
    while (end > at && (unsigned char)value.ptr[end - 1] <= ' ') {
        end--;
    }
    for (; at < end; at++) {
        unsigned char c = (unsigned char)value.ptr[at];
        bool broken_escape = c == '%' &&
                             !(end - at > 2 && only_chars(str_make(value.ptr + at + 1, 2), "") &&
                               char_lower(value.ptr[at + 1]) <= 'f' &&
                               char_lower(value.ptr[at + 2]) <= 'f');
        if (c == '\t' || c == '\n' || c == '\r') {
            continue;
        }
        if (c <= ' ' || c == 0x7f || strchr("\"<>\\^`{|}", c) != NULL || broken_escape) {
            static const char hex[] = "0123456789ABCDEF";
            out[len++] = '%';
            out[len++] = hex[c >> 4];
            out[len++] = hex[c & 15];
        } else {
            out[len++] = (char)c;
        }
    }
    return str_make(out, len <= URL_MAX_BYTES ? len : 0);
}

static struct str link_value(struct arena *a, struct str value, struct str base_url) {
    struct str url = spell_url(a, value), path;
    struct url parts;
    if (url.len == 0 || !url_safe_href(url)) {
        return none;
    }
    if (url.ptr[0] == '#') {
        struct str id = id_value(a, str_from(url, 1));
        return id.ptr ? arena_printf(a, "#%.*s", STR_FMT(id)) : url;
    }
    if (url.ptr[0] == '/' && !str_starts(url, STR("//"))) {
        return url;
    }
    bool parses = url_parse(url, &parts);
    if (!parses && (str_starts(url, STR("//")) || str_starts_nocase(url, STR("http")))) {
        return none;
    }
    if (parses && base_url.len > 0 && url_same_site(base_url, url, &path)) {
        /* The fragment stands right behind path and query. */
        size_t hash = str_find_char(url, '#', 0);
        struct str local = arena_printf(a, "%s%.*s%.*s", path.ptr[0] == '/' ? "" : "/",
                                        STR_FMT(path), STR_FMT(str_from(url, hash)));
        /* "https://site//elsewhere.example" must not become a link to elsewhere. */
        return str_starts(local, STR("//")) ? url : local;
    }
    return url;
}

static struct str resource_value(struct arena *a, struct str value, struct str base_url) {
    struct str url = link_value(a, value, base_url);
    size_t colon = url.ptr ? str_find_char(url, ':', 0) : STR_NPOS;
    if (url.ptr == NULL || url.ptr[0] == '#') {
        return none;
    }
    struct str scheme = str_slice(url, 0, colon == STR_NPOS ? 0 : colon);
    return str_eq_nocase(scheme, STR("mailto")) || str_eq_nocase(scheme, STR("tel")) ? none : url;
}

static bool is_bitmap_data(struct str s) {
    static const struct str types[] = { STR_INIT("data:image/png;base64,"),
                                        STR_INIT("data:image/jpeg;base64,"),
                                        STR_INIT("data:image/gif;base64,"),
                                        STR_INIT("data:image/webp;base64,") };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_starts(s, types[i])) {
            return only_chars(str_from(s, types[i].len), "+/=");
        }
    }
    return false;
}

static struct str image_value(struct arena *a, struct str value, struct str base_url) {
    struct str s = str_trim(value);
    return is_bitmap_data(s) ? s : resource_value(a, value, base_url);
}

/* "320w" or "1.5x". */
static bool is_descriptor(struct str s) {
    if (s.len < 2 || s.len > 10 || (s.ptr[s.len - 1] != 'w' && s.ptr[s.len - 1] != 'x') ||
        !char_is_digit(s.ptr[0]) || s.ptr[0] == '0') {
        return false;
    }
    size_t dots = 0;
    for (size_t i = 0; i + 1 < s.len; i++) {
        dots += s.ptr[i] == '.' && s.ptr[s.len - 1] == 'x' && char_is_digit(s.ptr[i + 1]);
        if (!char_is_digit(s.ptr[i]) && s.ptr[i] != '.') {
            return false;
        }
    }
    return dots <= 1 && (dots == 1 || str_find_char(s, '.', 0) == STR_NPOS);
}

static struct str srcset_value(struct arena *a, struct str value, struct str base_url) {
    struct buf out;
    buf_init(&out, 4 * URL_MAX_BYTES);
    struct str token;
    while (next_token(&value, &token)) {
        while (token.len > 0 && token.ptr[0] == ',') {
            token = str_from(token, 1);
        }
        struct str descriptor = STR("");
        bool ends = token.len > 0 && token.ptr[token.len - 1] == ',';
        while (token.len > 0 && token.ptr[token.len - 1] == ',') {
            token = str_slice(token, 0, token.len - 1);
        }
        if (token.len == 0) {
            continue;
        }
        if (!ends) {
            size_t comma = str_find_char(value, ',', 0);
            descriptor = str_trim(str_slice(value, 0, comma));
            value = str_from(value, comma == STR_NPOS ? comma : comma + 1);
        }
        struct str url = resource_value(a, token, base_url);
        if (url.ptr != NULL && url.ptr[0] != ',' && url.ptr[url.len - 1] != ',' &&
            (descriptor.len == 0 || is_descriptor(descriptor))) {
            buf_put(&out, out.len > 0 ? STR(", ") : STR(""));
            buf_put(&out, url);
            buf_put(&out, descriptor.len > 0 ? STR(" ") : STR(""));
            buf_put(&out, descriptor);
        }
    }
    struct str result = out.status == STATUS_OK && out.len > 0 ? arena_str(a, buf_str(&out)) : none;
    buf_done(&out);
    return result;
}

/* Class names that a theme styles: WordPress's block classes and what alignment, galleries and code
 * highlighting need. A name ending in '*' stands for all that begin so. */
static bool class_kept(struct str name) {
    static const char *const kept[] = {
        "wp-block-*", "wp-caption*",   "wp-element-*",     "wp-image-*",
        "wp-embed-*", "alignleft",     "alignright",       "aligncenter",
        "alignnone",  "alignwide",     "alignfull",        "has-*",
        "is-style-*", "is-layout-*",   "is-content-*",     "is-resized",
        "is-cropped", "is-stacked-*",  "is-vertical*",     "is-horizontal*",
        "is-type-*",  "is-provider-*", "is-not-*",         "are-vertically-aligned-*",
        "size-*",     "columns-*",     "blocks-gallery-*", "gallery",
        "gallery-*",  "language-*",    "lang-*",           "pullquote",
        "pull-quote", "footnote*",     "dropcap",          "credit",
    };
    if (name.len > TOKEN_MAX_BYTES || !only_chars(name, "_-")) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        struct str pattern = str_of(kept[i]);
        bool open = str_ends(pattern, STR("*"));
        if (open ? str_starts(name, str_slice(pattern, 0, pattern.len - 1))
                 : str_eq(name, pattern)) {
            return true;
        }
    }
    return false;
}

static bool has_token(struct str list, struct str wanted) {
    struct str token;
    while (next_token(&list, &token)) {
        if (str_eq(token, wanted)) {
            return true;
        }
    }
    return false;
}

static struct str class_value(struct arena *a, struct str value) {
    struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    struct str token;
    while (next_token(&value, &token)) {
        if (class_kept(token) && !has_token(buf_str(&out), token) &&
            out.len + 1 + token.len <= out.max) {
            buf_put(&out, out.len > 0 ? STR(" ") : STR(""));
            buf_put(&out, token);
        }
    }
    struct str result = out.len > 0 ? arena_str(a, buf_str(&out)) : none;
    buf_done(&out);
    return result;
}

static struct str rel_value(struct arena *a, struct str value) {
    static const char *const kept[] = { "author",     "external", "license",   "me",  "nofollow",
                                        "noreferrer", "noopener", "sponsored", "tag", "ugc" };
    struct str list = lower(a, value), out = none;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (has_token(list, str_of(kept[i]))) {
            out = arena_printf(a, "%.*s%s%s", STR_FMT(out), out.len > 0 ? " " : "", kept[i]);
        }
    }
    return out;
}

/* Inline style. */

static struct str style_percent(struct arena *a, struct str value) {
    size_t n = value.len;
    size_t dot = str_find_char(value, '.', 0);
    if (n < 2 || n > 12 || value.ptr[n - 1] != '%' || !char_is_digit(value.ptr[0])) {
        return none;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (!char_is_digit(value.ptr[i]) && i != dot) {
            return none;
        }
    }
    struct str whole = str_slice(value, 0, dot == STR_NPOS ? n - 1 : dot);
    int64_t number;
    return str_to_i64(whole, &number) && number <= 100 ? arena_str(a, value) : none;
}

/* #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(…), rgba(…), without white space. */
static struct str style_color(struct arena *a, struct str value) {
    if (value.len > 40) {
        return none;
    }
    char text[41];
    size_t len = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!char_is_space(value.ptr[i])) {
            text[len++] = value.ptr[i];
        }
    }
    struct str s = str_make(text, len);
    if (s.len > 0 && s.ptr[0] == '#') {
        bool length = s.len == 4 || s.len == 5 || s.len == 7 || s.len == 9;
        for (size_t i = 1; i < s.len; i++) {
            length = length && (char_is_digit(s.ptr[i]) || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f'));
        }
        return length ? arena_str(a, s) : none;
    }
    size_t open = str_starts(s, STR("rgb(")) ? 4 : str_starts(s, STR("rgba(")) ? 5 : 0;
    if (open == 0 || !str_ends(s, STR(")"))) {
        return none;
    }
    struct str rest = str_slice(s, open, s.len - 1), part;
    size_t n = 0;
    for (; str_split(&rest, ',', &part); n++) {
        bool alpha = n == 3;
        for (size_t i = 0; i < part.len; i++) {
            if (!char_is_digit(part.ptr[i]) && !(alpha && part.ptr[i] == '.')) {
                return none;
            }
        }
        if (part.len == 0 || part.len > (alpha ? 6 : 3) || n > 3) {
            return none;
        }
    }
    return n == 3 || n == 4 ? arena_str(a, s) : none;
}

static struct str style_value(struct arena *a, struct str value) {
    static const char *const names[] = { "text-align", "width", "flex-basis", "color",
                                         "background-color" };
    static const char *const aligns[] = {
        "left", "right", "center", "justify", "start", "end", NULL
    };
    struct str found[COUNT_OF(names)] = { { NULL, 0 } };
    struct str rest = value, part;
    while (str_split(&rest, ';', &part)) {
        size_t colon = str_find_char(part, ':', 0);
        if (colon == STR_NPOS) {
            continue;
        }
        struct str name = lower(a, str_trim(str_slice(part, 0, colon)));
        struct str text = lower(a, str_trim(str_from(part, colon + 1)));
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            if (str_eq(name, str_of(names[i]))) {
                struct str kept = i == 0  ? (one_of(text, aligns) ? text : none)
                                  : i < 3 ? style_percent(a, text)
                                          : style_color(a, text);
                found[i] = kept.ptr ? kept : found[i];
            }
        }
    }
    struct str out = none;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (found[i].ptr != NULL) {
            out = arena_printf(a, "%.*s%s%s:%.*s", STR_FMT(out), out.len > 0 ? ";" : "", names[i],
                               STR_FMT(found[i]));
        }
    }
    return out;
}

static struct str mime_value(struct arena *a, struct str value) {
    struct str type = lower(a, str_trim(str_slice(value, 0, str_find_char(value, ';', 0))));
    size_t slash = str_find_char(type, '/', 0);
    return slash != STR_NPOS && slash > 0 && slash + 1 < type.len && type.len <= TOKEN_MAX_BYTES &&
                   only_chars(type, "/.+-") && str_find_char(type, '/', slash + 1) == STR_NPOS
               ? type
               : none;
}

static struct str limited(struct str value, const char *punctuation, size_t max) {
    struct str s = str_trim(value);
    return s.len > 0 && s.len <= max && only_chars(s, punctuation) ? s : none;
}

static struct str story_value(struct str value) {
    struct str s = str_trim(value);
    bool ok = s.len > 0 && s.len <= 18 && s.ptr[0] != '0';
    for (size_t i = 0; i < s.len; i++) {
        ok = ok && char_is_digit(s.ptr[i]);
    }
    return ok ? s : none;
}

struct str body_value(struct arena *a, enum body_value kind, struct str value,
                      struct str base_url) {
    static const char *const cards[] = { "also-read", "embed", "gallery", NULL };
    static const char *const dirs[] = { "ltr", "rtl", "auto", NULL };
    static const char *const scopes[] = { "row", "col", "rowgroup", "colgroup", NULL };
    static const char *const list_types[] = { "1", "a", "A", "i", "I", NULL };
    static const char *const loadings[] = { "lazy", "eager", NULL };
    static const char *const preloads[] = { "none", NULL };
    static const char *const kinds[] = { "subtitles", "captions", "descriptions", "chapters",
                                         NULL };
    struct str s;
    switch (kind) {
    case VALUE_CARD: return enumerated(a, value, cards);
    case VALUE_STORY: return story_value(value);
    case VALUE_TEXT: s = text_value(a, value); return s.len > 0 ? s : none;
    case VALUE_ALT: return text_value(a, value);
    case VALUE_LINK: return link_value(a, value, base_url);
    case VALUE_RESOURCE: return resource_value(a, value, base_url);
    case VALUE_IMAGE: return image_value(a, value, base_url);
    case VALUE_SRCSET: return srcset_value(a, value, base_url);
    case VALUE_MEDIA: return limited(value, " ().,:%/*+-", 500);
    case VALUE_MIME: return mime_value(a, value);
    case VALUE_ID: return id_value(a, str_trim(value));
    case VALUE_CLASS: return class_value(a, value);
    case VALUE_STYLE: return style_value(a, value);
    case VALUE_LANG: return limited(value, "-", 35);
    case VALUE_DIR: return enumerated(a, value, dirs);
    case VALUE_REL: return rel_value(a, value);
    case VALUE_FLAG: return STR("");
    case VALUE_DATETIME: return limited(value, " :+.-", 40);
    case VALUE_INTEGER: return integer_value(a, value, INT32_MIN, INT32_MAX);
    case VALUE_SIZE: return integer_value(a, value, 1, 99999);
    case VALUE_SPAN: return integer_value(a, value, 1, 1000);
    case VALUE_ROWSPAN: return integer_value(a, value, 0, 65534);
    case VALUE_SCOPE: return enumerated(a, value, scopes);
    case VALUE_LIST_TYPE: s = str_trim(value); return one_of(s, list_types) ? s : none;
    case VALUE_LOADING: return enumerated(a, value, loadings);
    case VALUE_PRELOAD: return enumerated(a, value, preloads);
    case VALUE_TRACK_KIND: return enumerated(a, value, kinds);
    }
    return none;
}
