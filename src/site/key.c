#include "site/key.h"

#include "base/buf.h"
#include "base/limits.h"
#include "site/feed.h"
#include "site/search_address.h"
#include "site/wanted.h"
#include "text/url.h"

enum param_kind { PARAM_ID, PARAM_SLUG, PARAM_DATE, PARAM_FEED };

/* The last two are wanted of a thing, the others name it. */
static const struct param {
    struct str name;
    enum param_kind kind;
} params[] = {
    { STR_INIT("p"), PARAM_ID },
    { STR_INIT("page_id"), PARAM_ID },
    { STR_INIT("attachment_id"), PARAM_ID },
    { STR_INIT("cat"), PARAM_ID },
    { STR_INIT("category_name"), PARAM_SLUG },
    { STR_INIT("tag"), PARAM_SLUG },
    { STR_INIT("author"), PARAM_ID },
    { STR_INIT("author_name"), PARAM_SLUG },
    { STR_INIT("name"), PARAM_SLUG },
    { STR_INIT("pagename"), PARAM_SLUG },
    { STR_INIT("m"), PARAM_DATE },
    { STR_INIT("year"), PARAM_ID },
    { STR_INIT("monthnum"), PARAM_ID },
    { STR_INIT("day"), PARAM_ID },
    { STR_INIT("paged"), PARAM_ID },
    { STR_INIT("feed"), PARAM_FEED },
};

/* Of a thing that there is not, in place of its name. */
#define NO_SUCH_THING STR("!")

/* The value in its one spelling; empty: not plausible. */
static struct str param_value(struct arena *a, enum param_kind kind, struct str raw) {
    const struct str none = STR("");
    int64_t n;
    switch (kind) {
    case PARAM_ID:
        return str_to_i64(raw, &n) && n > 0 ? arena_printf(a, "%lld", (long long)n) : none;
    case PARAM_DATE:
        return (raw.len == 4 || raw.len == 6 || raw.len == 8) && str_to_i64(raw, &n) && n > 0
                   ? raw
                   : none;
    case PARAM_FEED: return feed_param(raw);
    case PARAM_SLUG: break;
    }
    struct str decoded = url_decode(a, raw, true);
    if (decoded.len > LIMIT_SLUG_BYTES) {
        return none;
    }
    struct buf out;
    buf_init(&out, (size_t)LIMIT_SLUG_BYTES * 3);
    url_encode(&out, decoded);
    struct str value = arena_str(a, buf_str(&out));
    buf_done(&out);
    return value;
}

/* The last value of that name, as PHP has it. */
static struct str param_find(struct str query, struct str name) {
    struct str found = STR(""), pair;
    while (str_split(&query, '&', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        if (equals != STR_NPOS && str_eq(str_slice(pair, 0, equals), name)) {
            found = str_from(pair, equals + 1);
        }
    }
    return found;
}

/* "?<name>=<value>" or "&<name>=<value>" behind the key; nothing if the query has no such. */
static struct str with_param(struct arena *a, struct str key, const struct param *param,
                             struct str query, bool is_feed) {
    struct str raw = param_find(query, param->name);
    struct str value = raw.len > 0 ? param_value(a, param->kind, raw) : raw;
    /* Left out, it would make a feed that of the whole site; or "3,4" the front page. */
    if (value.len == 0 && raw.len > 0 &&
        (is_feed || str_eq(raw, NO_SUCH_THING) ||
         (param->kind == PARAM_ID && str_find_char(raw, ',', 0) != STR_NPOS))) {
        value = NO_SUCH_THING;
    }
    bool is_first = str_find_char(key, '?', 0) == STR_NPOS;
    return value.len > 0 ? arena_printf(a, "%.*s%c%.*s=%.*s", STR_FMT(key), is_first ? '?' : '&',
                                        STR_FMT(param->name), STR_FMT(value))
                         : key;
}

static struct str front_key(struct arena *a, struct str query) {
    bool is_feed = feed_param(param_find(query, STR("feed"))).len > 0;
    struct str key = STR("/");
    for (size_t i = 0; i < COUNT_OF(params); i++) {
        key = with_param(a, key, &params[i], query,
                         is_feed && params[i].kind != PARAM_FEED &&
                             !str_eq(params[i].name, STR("paged")));
    }
    return key;
}

/* Of what may be a list or a story; a file has no pages and no feeds. */
static struct str view_key(struct arena *a, struct str path, struct str query) {
    size_t slash = str_rfind_char(path, '/');
    if (str_find_char(path, '.', slash) != STR_NPOS) {
        return path;
    }
    struct str key = path;
    for (size_t i = COUNT_OF(params) - 2; i < COUNT_OF(params); i++) {
        key = with_param(a, key, &params[i], query, false);
    }
    return key;
}

/* With or without its last slash. */
static bool is_search(struct str path) {
    return str_eq(path, SEARCH_PATH) || str_eq(path, STR("/search"));
}

static enum page_key search_key(struct arena *a, struct str path, struct str query,
                                struct str *ret) {
    struct search_ask ask;
    if (!search_ask_read(a, query, &ask)) {
        return PAGE_KEY_BAD;
    }
    *ret = search_ask_path(a, &ask);
    return str_eq(path, SEARCH_PATH) ? PAGE_KEY_OK : PAGE_KEY_MOVED;
}

/* Query bytes come from a request line: what could end a header is not in them, but this is where
 * they go into one. */
static struct str with_query(struct arena *a, struct str path, struct str query) {
    for (size_t i = 0; i < query.len; i++) {
        if (query.ptr[i] <= ' ' || query.ptr[i] == 0x7f) {
            return path;
        }
    }
    return query.len > 0 ? arena_printf(a, "%.*s?%.*s", STR_FMT(path), STR_FMT(query)) : path;
}

/* "/index.php/the-ferry/", of servers that had no other way to call WordPress. */
static struct str without_index_php(struct str path) {
    const struct str index = STR("/index.php");
    while (str_starts(path, index) && (path.len == index.len || path.ptr[index.len] == '/')) {
        path = path.len == index.len ? STR("/") : str_from(path, index.len);
    }
    return path;
}

/* WordPress's searches at other addresses: "/page/2/?s=ferry", "/index.php/search/?s=ferry".
 * `path` is without index.php, which only what is asked with words loses here: a site may really
 * have its pages behind it. */
static bool is_moved_search(struct arena *a, struct str path, struct str query, bool had_index_php,
                            struct str *ret) {
    struct search_ask ask;
    if (is_search(path) && param_find(query, STR("q")).len > 0) {
        return had_index_php && search_key(a, SEARCH_PATH, query, ret) != PAGE_KEY_BAD;
    }
    struct wanted w = wanted_of_key(a, path);
    if (!(is_search(path) || w.base.len == 1) || !search_ask_read_wordpress(a, query, &ask)) {
        return false;
    }
    if (param_find(query, STR("paged")).len == 0) { /* which counts more than the path's */
        ask.number = w.number <= LIMIT_SEARCH_PAGES ? w.number : LIMIT_SEARCH_PAGES + 1;
    }
    *ret = search_ask_path(a, &ask);
    return true;
}

enum page_key site_page_key(struct arena *a, struct str path, struct str query, struct str *ret) {
    struct str canonical = path;
    if (path.len > LIMIT_PATH_BYTES) {
        return PAGE_KEY_LONG;
    }
    if (!url_path_is_plain(path) && !url_path_canonical(a, path, &canonical)) {
        return PAGE_KEY_BAD;
    }
    struct str plain = without_index_php(canonical);
    if (query.len > 0 && is_moved_search(a, plain, query, plain.len < canonical.len, ret)) {
        return PAGE_KEY_MOVED;
    }
    if (plain.len == 1) {
        canonical = plain;
    }
    if (!str_eq(path, canonical) &&
        !str_eq(url_decode(a, path, false), url_decode(a, canonical, false))) {
        *ret = with_query(a, canonical, query);
        return PAGE_KEY_MOVED;
    }
    if (is_search(canonical)) {
        return search_key(a, canonical, query, ret);
    }
    *ret = query.len == 0       ? canonical
           : canonical.len == 1 ? front_key(a, query)
                                : view_key(a, canonical, query);
    return PAGE_KEY_OK;
}
