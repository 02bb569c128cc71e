/* Which page answers a key.
 *
 * The store knows the address of every story, section, tag, author and file, and the old ones. What
 * it does not know are the views of a list: its further pages and its feeds, which WordPress spells
 * "<address>page/2/" and "<address>feed/", or "&paged=2" and "&feed=rss2" where addresses are
 * queries; a story's feeds, those of its comments; and the dates, "/2022/03/14/". A key is first
 * looked up as it is; then taken apart into the address of a list and what is wanted of it; then
 * with its last slash added or taken away.
 *
 * Each look-up notes "path:<p>", so that a 404 gives way when something appears at its address. */
#include "site/route.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/pages.h"
#include "text/url.h"

/* A key, taken apart. */
struct wanted {
    struct str base; /* "/section/world/": an address, or "/" */
    int64_t number;  /* 1: not said */
    enum feed_format feed;
    bool rewritten; /* the base is not the whole key */
};

/* ---- taking keys apart ---- */

static struct str last_segment(struct str path, struct str *ret_before) {
    struct str p = path;
    if (p.len > 1 && str_ends(p, STR("/"))) {
        p.len--;
    }
    size_t slash = str_rfind_char(p, '/');
    *ret_before = str_slice(p, 0, slash + 1);
    return str_from(p, slash + 1);
}

static struct wanted split_path(struct str path) {
    struct wanted w = { .base = path, .number = 1 };
    w.feed = feed_split(path, &w.base);
    if (w.feed != FEED_NONE) {
        w.rewritten = true;
        return w;
    }
    struct str before, last = last_segment(path, &before);
    int64_t number;
    struct str above, word = last_segment(before, &above);
    if (str_eq(word, STR("page")) && str_to_i64(last, &number) && number > 0 &&
        last.ptr[0] != '0') {
        return (struct wanted){ .base = above, .number = number, .rewritten = true };
    }
    return w;
}

/* "/?p=7&paged=2": the first parameter names the thing; p, page_id and attachment_id are one. */
static struct wanted split_query(struct arena *a, struct str key) {
    struct wanted w = { .base = STR("/"), .number = 1, .rewritten = true };
    bool is_comments = false;
    struct str rest = str_from(key, 2), pair;
    while (str_split(&rest, '&', &pair)) {
        if (str_starts(pair, STR("paged="))) {
            if (!str_to_i64(str_from(pair, 6), &w.number)) {
                w.number = 1;
            }
        } else if (str_starts(pair, STR("feed="))) {
            w.feed = feed_of_param(str_from(pair, 5), &is_comments);
        } else if (w.base.len == 1) {
            w.base = arena_printf(a, "/?%.*s", STR_FMT(pair));
        }
    }
    if (is_comments && w.base.len == 1) { /* of a story it is the comments' anyway */
        w.base = FEED_COMMENTS_BASE;
    }
    return w;
}

static struct wanted split(struct arena *a, struct str key) {
    return str_starts(key, STR("/?")) ? split_query(a, key) : split_path(key);
}

/* ---- dates ---- */

static int days_in(int year, int month) {
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Exactly `digits` of them. */
static bool read_digits(struct str s, size_t digits, int *ret) {
    *ret = 0;
    for (size_t i = 0; i < s.len && i < digits; i++) {
        if (!char_is_digit(s.ptr[i])) {
            return false;
        }
        *ret = *ret * 10 + (s.ptr[i] - '0');
    }
    return s.len == digits;
}

static bool date_list(struct str year, struct str month, struct str day, struct list_id *ret) {
    int y, m, d;
    if (!read_digits(year, 4, &y) || y == 0) {
        return false;
    }
    *ret = (struct list_id){ LIST_YEAR, y };
    if (month.ptr == NULL) {
        return day.ptr == NULL;
    }
    if (!read_digits(month, 2, &m) || m < 1 || m > 12) {
        return false;
    }
    *ret = (struct list_id){ LIST_MONTH, y * 100 + m };
    if (day.ptr == NULL) {
        return true;
    }
    if (!read_digits(day, 2, &d) || d < 1 || d > days_in(y, m)) {
        return false;
    }
    *ret = (struct list_id){ LIST_DAY, y * 10000 + m * 100 + d };
    return true;
}

/* "/2022/", "/2022/03/", "/2022/03/14/"; also "/?m=202203". */
static bool read_date(struct str base, struct list_id *ret) {
    struct str parts[3] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    if (str_starts(base, STR("/?m="))) {
        struct str digits = str_from(base, 4);
        parts[0] = str_slice(digits, 0, 4);
        if (digits.len > 4) {
            parts[1] = str_slice(digits, 4, 6);
        }
        if (digits.len > 6) {
            parts[2] = str_slice(digits, 6, digits.len);
        }
        return date_list(parts[0], parts[1], parts[2], ret);
    }
    struct str rest = str_from(base, 1), part;
    if (str_ends(rest, STR("/"))) {
        rest.len--;
    }
    for (size_t n = 0; str_split(&rest, '/', &part); n++) {
        if (n == COUNT_OF(parts)) {
            return false;
        }
        parts[n] = part;
    }
    return date_list(parts[0], parts[1], parts[2], ret);
}

/* As the site spells its addresses: with a slash at the end, or without. */
static struct str date_base(struct pass *pass, struct list_id list) {
    int id = (int)list.id;
    struct str slash =
        pass->settings.permalink.len == 0 || str_ends(pass->settings.permalink, STR("/")) ? STR("/")
                                                                                          : STR("");
    if (list.kind == LIST_YEAR) {
        return arena_printf(pass->arena, "/%04d%.*s", id, STR_FMT(slash));
    }
    if (list.kind == LIST_MONTH) {
        return arena_printf(pass->arena, "/%04d/%02d%.*s", id / 100, id % 100, STR_FMT(slash));
    }
    return arena_printf(pass->arena, "/%04d/%02d/%02d%.*s", id / 10000, id / 100 % 100, id % 100,
                        STR_FMT(slash));
}

/* ---- answers ---- */

/* The address of what is wanted of the thing at `base`. */
static struct str view_path(struct arena *a, struct str base, const struct wanted *w) {
    return w->feed != FEED_NONE ? feed_path(a, base, w->feed) : page_list_path(a, base, w->number);
}

/* A view of a list; under another spelling than its own, 301. */
static enum status answer_list(struct pass *pass, struct str key, struct list_id list,
                               struct str base, const struct wanted *w, struct page_build *page,
                               struct err *err) {
    struct str own = view_path(pass->arena, base, w);
    if (!str_eq(own, key)) {
        page_redirect(pass, own, page);
        return STATUS_OK;
    }
    if (w->feed != FEED_NONE) {
        return feed_stories(pass, list, base, w->feed, page, err);
    }
    if (list.kind == LIST_LATEST && w->number == 1) {
        return page_front(pass, page, err);
    }
    return page_list(pass, list, w->number, base, page, err);
}

static enum status answer_story(struct pass *pass, int64_t id, struct str password,
                                struct page_build *page, struct err *err) {
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_FULL, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (story.state == STORY_WITHDRAWN) {
        page_alias_error(pass, 410, page);
        return STATUS_OK;
    }
    if (story.state != STORY_PUBLISHED || story.visibility == STORY_PRIVATE) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    return story.kind == STORY_PAGE ? page_static(pass, &story, password, page, err)
                                    : page_story(pass, &story, password, page, err);
}

/* What readers may not see has no feed, and nothing says whether it exists. */
static enum status answer_story_feed(struct pass *pass, struct str key, int64_t id,
                                     enum feed_format format, struct page_build *page,
                                     struct err *err) {
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!story_is_public(&story)) {
        page_alias_error(pass, story.state == STORY_WITHDRAWN ? 410 : 404, page);
        return STATUS_OK;
    }
    struct str own = feed_path(pass->arena, story.path, format);
    if (!str_eq(own, key)) {
        page_redirect(pass, own, page);
        return STATUS_OK;
    }
    return feed_comments(pass, &story, format, page, err);
}

static enum status answer_site_comments(struct pass *pass, struct str key, enum feed_format format,
                                        struct page_build *page, struct err *err) {
    struct str own = feed_path(pass->arena, FEED_COMMENTS_BASE, format);
    if (!str_eq(own, key)) {
        page_redirect(pass, own, page);
        return STATUS_OK;
    }
    return feed_comments(pass, NULL, format, page, err);
}

/* A redirect to something that readers may not see would say that it exists. */
static enum status answer_redirect(struct pass *pass, const struct address *address,
                                   const struct wanted *w, struct page_build *page,
                                   struct err *err) {
    if (address->kind == ADDRESS_STORY) {
        struct story story;
        enum status status =
            store_story(pass->reader, pass->arena, address->id, STORY_CARD, &story, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (story.state != STORY_PUBLISHED || story.visibility == STORY_PRIVATE) {
            page_alias_error(pass, story.state == STORY_WITHDRAWN ? 410 : 404, page);
            return STATUS_OK;
        }
        page_redirect(pass, story.path, page);
        return STATUS_OK;
    }
    struct str to;
    enum status status =
        store_path_of(pass->reader, pass->arena, address->kind, address->id, &to, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (address->kind == ADDRESS_MEDIA && to.len == 0) {
        struct media media;
        status = store_media(pass->reader, pass->arena, address->id, &media, err);
        if (status != STATUS_OK) {
            return status;
        }
        to = media.remote_url;
    } else if (address->kind != ADDRESS_MEDIA) {
        to = view_path(pass->arena, to, w);
    }
    if (to.len == 0) {
        page_alias_error(pass, 404, page);
    } else {
        page_redirect(pass, to, page);
    }
    return STATUS_OK;
}

/* What stands at an address of the store. key: the whole one; base: what was looked up. */
static enum status answer_address(struct pass *pass, struct str key, struct str base,
                                  const struct address *address, const struct wanted *w,
                                  struct str password, struct page_build *page, struct err *err) {
    static const enum list_kind lists[] = {
        [ADDRESS_SECTION] = LIST_SECTION,
        [ADDRESS_TAG] = LIST_TAG,
        [ADDRESS_AUTHOR] = LIST_AUTHOR,
    };
    if (address->kind == ADDRESS_URL) {
        page_redirect(pass, address->url, page);
        return STATUS_OK;
    }
    if (address->kind == ADDRESS_STORY && w->feed != FEED_NONE) {
        return answer_story_feed(pass, key, address->id, w->feed, page, err);
    }
    if (address->redirect) {
        return answer_redirect(pass, address, w, page, err);
    }
    switch (address->kind) {
    case ADDRESS_SECTION:
    case ADDRESS_TAG:
    case ADDRESS_AUTHOR: {
        struct list_id list = { lists[address->kind], address->id };
        return answer_list(pass, key, list, base, w, page, err);
    }
    case ADDRESS_MEDIA:
        return w->rewritten ? answer_redirect(pass, address, w, page, err)
                            : page_media(pass, address->id, key, page, err);
    case ADDRESS_STORY: /* rewritten: WordPress's /story/page/2/ */
        return w->rewritten ? answer_redirect(pass, address, w, page, err)
                            : answer_story(pass, address->id, password, page, err);
    case ADDRESS_NONE:
    case ADDRESS_URL: break;
    }
    page_alias_error(pass, 404, page);
    return STATUS_OK;
}

/* ---- looking up ---- */

/* NOT_FOUND is an answer here, not a failure: it leaves `err` alone. */
static enum status look_up(struct pass *pass, struct str path, struct address *ret,
                           struct err *err) {
    struct err lost = { 0 };
    enum status status = store_address(pass->reader, pass->arena, path, ret, &lost);
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? status
               : err_set(err, status, "%s", lost.message);
}

/* The same path with its last slash taken away or added; ptr NULL: there is none. */
static struct str other_spelling(struct arena *a, struct str path) {
    if (path.len <= 1 || str_find_char(path, '?', 0) != STR_NPOS) {
        return (struct str){ NULL, 0 };
    }
    return str_ends(path, STR("/")) ? str_slice(path, 0, path.len - 1)
                                    : arena_printf(a, "%.*s/", STR_FMT(path));
}

/* `path` or its other spelling, whichever is an address; *ret_path says which. */
static enum status look_up_either(struct pass *pass, struct str path, struct str *ret_path,
                                  struct address *ret, struct err *err) {
    *ret_path = path;
    enum status status = look_up(pass, path, ret, err);
    struct str other = other_spelling(pass->arena, path);
    if (status == STATUS_NOT_FOUND && other.ptr != NULL) {
        *ret_path = other;
        status = look_up(pass, other, ret, err);
    }
    return status;
}

/* With small letters, but for those of escapes; ptr NULL: it has no others, or is a query. */
static struct str small_letters(struct arena *a, struct str path) {
    if (str_find_char(path, '?', 0) != STR_NPOS) {
        return (struct str){ NULL, 0 };
    }
    char *small = arena_alloc(a, path.len + 1);
    for (size_t i = 0; i < path.len; i++) {
        bool is_escape = (i > 0 && path.ptr[i - 1] == '%') || (i > 1 && path.ptr[i - 2] == '%');
        small[i] = is_escape ? path.ptr[i] : char_lower(path.ptr[i]);
    }
    struct str found = str_make(small, path.len);
    return str_eq(found, path) ? (struct str){ NULL, 0 } : found;
}

/* What WordPress would find, too: "/?author_name=tom" is "/author/tom/", and an address typed with
 * capitals is the one without, as theirs have none. */
static enum status look_up_like_wordpress(struct pass *pass, struct str base, struct str *ret_path,
                                          struct address *ret, struct err *err) {
    const struct str by_name = STR("/?author_name=");
    struct str path = str_starts(base, by_name) ? arena_printf(pass->arena, "/author/%.*s/",
                                                               STR_FMT(str_from(base, by_name.len)))
                                                : small_letters(pass->arena, base);
    return path.ptr != NULL ? look_up_either(pass, path, ret_path, ret, err) : STATUS_NOT_FOUND;
}

/* "/?p=7" names what an import left as "/?page_id=7", and the other way round. */
static enum status look_up_query(struct pass *pass, struct str base, struct str *ret_path,
                                 struct address *ret, struct err *err) {
    static const struct str names[] = { STR_INIT("/?p="), STR_INIT("/?page_id="),
                                        STR_INIT("/?attachment_id=") };
    enum status status = look_up_either(pass, base, ret_path, ret, err);
    for (size_t i = 0; status == STATUS_NOT_FOUND && i < COUNT_OF(names); i++) {
        if (!str_starts(base, names[i])) {
            continue;
        }
        struct str id = str_from(base, names[i].len);
        for (size_t k = 0; status == STATUS_NOT_FOUND && k < COUNT_OF(names); k++) {
            if (k != i) {
                *ret_path = arena_printf(pass->arena, "%.*s%.*s", STR_FMT(names[k]), STR_FMT(id));
                status = look_up(pass, *ret_path, ret, err);
            }
        }
        break;
    }
    return status;
}

static bool route_file(struct pass *pass, struct str key, struct page_build *page) {
    const struct asset *asset = look_asset_at(pass->look, key);
    if (asset != NULL) {
        page_asset(pass, asset, page);
        return true;
    }
    struct str indexnow = pass->settings.indexnow_key;
    if (indexnow.len > 0 && key.len == indexnow.len + 5 && str_starts(str_from(key, 1), indexnow) &&
        str_ends(key, STR(".txt"))) {
        page_indexnow_key(pass, page);
        return true;
    }
    return page_root(pass, key, page);
}

/* "/the-ferry/2/": a part of a story in pages; all of it stands at its address now. */
static enum status route_part_of_story(struct pass *pass, struct str key, struct page_build *page,
                                       struct err *err) {
    struct str before, base, last = last_segment(key, &before);
    struct address address;
    struct wanted w = { .base = key, .number = 1, .rewritten = true };
    int64_t number;
    if (before.len > 1 && str_to_i64(last, &number) && number > 1) {
        enum status status = look_up_either(pass, before, &base, &address, err);
        if (status == STATUS_OK && address.kind == ADDRESS_STORY) {
            return answer_redirect(pass, &address, &w, page, err);
        }
        if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return status;
        }
    }
    page_alias_error(pass, 404, page);
    return STATUS_OK;
}

/* WordPress's "/search/late+ferry/page/2/". */
static bool route_search_path(struct pass *pass, const struct wanted *w, struct page_build *page) {
    struct str path = SEARCH_PATH;
    if (!str_starts(w->base, path) || w->base.len == path.len || w->base.ptr[path.len] == '?') {
        return false;
    }
    struct str typed = str_from(w->base, path.len);
    typed.len -= str_ends(typed, STR("/"));
    struct search_ask ask = search_ask_words(pass->arena, url_decode(pass->arena, typed, true));
    ask.number = w->number <= LIMIT_SEARCH_PAGES ? w->number : LIMIT_SEARCH_PAGES + 1;
    page_redirect(pass, search_ask_path(pass->arena, &ask), page);
    return true;
}

/* "/": the page that the newsroom chose, while readers may see it; else the stories. */
static enum status route_front(struct pass *pass, struct page_build *page, struct err *err) {
    static const struct wanted whole = { .base = STR_INIT("/"), .number = 1 };
    struct str chosen = pass->settings.front_page;
    struct address address = { 0 };
    struct story story;
    enum status status = chosen.len > 1 ? look_up(pass, chosen, &address, err) : STATUS_NOT_FOUND;
    if (status == STATUS_OK && address.kind == ADDRESS_STORY) {
        status = store_story(pass->reader, pass->arena, address.id, STORY_FULL, &story, err);
        if (status == STATUS_OK && story_is_public(&story) && story.kind == STORY_PAGE) {
            return page_static(pass, &story, (struct str){ NULL, 0 }, page, err);
        }
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? answer_list(pass, STR("/"), section_list(0), STR("/"), &whole, page, err)
               : status;
}

bool route_is_made_up(struct str key) {
    struct str path = SEARCH_PATH;
    return str_starts(key, path) && key.len > path.len;
}

enum status route_page(struct pass *pass, struct str key, struct str password,
                       struct page_build *page, struct err *err) {
    int64_t error;
    if (str_starts(key, STR("error:")) && str_to_i64(str_from(key, 6), &error)) {
        return page_error(pass, (int)error, page, err);
    }
    if (route_file(pass, key, page)) {
        return STATUS_OK;
    }
    struct wanted whole = { .base = key, .number = 1 };
    if (key.len == 1) {
        return route_front(pass, page, err);
    }
    if (page_beacon_is(key)) {
        return page_beacon(pass, key, page, err);
    }
    struct search_ask ask;
    if (search_ask_of_key(pass->arena, key, &ask)) {
        return page_search(pass, &ask, page, err);
    }
    bool is_sitemap;
    enum status status = page_sitemap(pass, key, &is_sitemap, page, err);
    if (status != STATUS_OK || is_sitemap) {
        return status;
    }
    struct address address;
    status = look_up(pass, key, &address, err);
    if (status == STATUS_OK) {
        return answer_address(pass, key, key, &address, &whole, password, page, err);
    }
    if (status != STATUS_NOT_FOUND) {
        return status;
    }
    if (page_sitemap_moved(pass, key, page)) {
        return STATUS_OK;
    }
    struct wanted w = split(pass->arena, key);
    struct list_id date;
    if (w.feed != FEED_NONE && str_eq(w.base, FEED_COMMENTS_BASE)) {
        return answer_site_comments(pass, key, w.feed, page, err);
    }
    if (w.base.len == 1) {
        return answer_list(pass, key, section_list(0), w.base, &w, page, err);
    }
    if (read_date(w.base, &date)) {
        return answer_list(pass, key, date, date_base(pass, date), &w, page, err);
    }
    struct str base;
    status = look_up_query(pass, w.base, &base, &address, err);
    if (status == STATUS_NOT_FOUND) {
        status = look_up_like_wordpress(pass, w.base, &base, &address, err);
    }
    if (status == STATUS_NOT_FOUND && route_search_path(pass, &w, page)) {
        return STATUS_OK;
    }
    if (status == STATUS_NOT_FOUND) {
        return route_part_of_story(pass, key, page, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    w.rewritten = true; /* the key itself is no address */
    return answer_address(pass, key, base, &address, &w, password, page, err);
}
