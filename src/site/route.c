/* Which page answers a key.
 *
 * The store knows the address of every story, section, tag, author and file, and the old ones. What
 * it does not know are the views of a list: its further pages and its feeds; a story's feeds, those
 * of its comments; the dates, "/2022/03/14/"; and what WordPress finds by its parameters. A key is
 * first looked up as it is; then taken apart (wanted.h) into an address and what is wanted of it;
 * then with its last slash added or taken away; then as WordPress would guess.
 *
 * Each look-up notes "path:<p>", so that a 404 gives way when something appears at its address. */
#include "site/route.h"

#include "base/limits.h"
#include "picture/rendition_name.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/pages.h"
#include "site/wanted.h"
#include "text/url.h"

/* ---- answers ---- */

static enum status answer_error(struct pass *pass, int status, struct page_build *page) {
    page_alias_error(pass, status, page);
    return STATUS_OK;
}

static bool is_date(struct list_id list) {
    return list.kind == LIST_YEAR || list.kind == LIST_MONTH || list.kind == LIST_DAY;
}

/* The address of what is wanted of the list at `base`. */
static enum status view_path(struct pass *pass, struct str base, const struct wanted *w,
                             struct str *ret, struct err *err) {
    if (w->feed != FEED_NONE) {
        *ret = feed_path(pass->arena, base, w->feed);
        return STATUS_OK;
    }
    *ret = page_list_path(pass->arena, base, w->number);
    return w->number > 1 ? STATUS_OK : page_list_first(pass, base, ret, err);
}

/* A view of a list; under another spelling than its own, 301. */
static enum status answer_list(struct pass *pass, struct str key, struct list_id list,
                               struct str base, const struct wanted *w, struct page_build *page,
                               struct err *err) {
    struct str own;
    struct ids newest = { NULL, 0 };
    enum status status = view_path(pass, base, w, &own, err);
    if (status == STATUS_OK && is_date(list)) {
        status = store_newest(pass->reader, pass->arena, list, 1, newest, &newest, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (w->is_comments || (is_date(list) && newest.len == 0)) {
        return answer_error(pass, 404, page);
    }
    if (!str_eq(own, key)) {
        page_redirect(pass, own, page);
        return STATUS_OK;
    }
    return w->feed != FEED_NONE ? feed_stories(pass, list, base, w->feed, page, err)
                                : page_list(pass, list, w->number, base, page, err);
}

/* Where it is read: the page that stands at "/" is not anywhere else. */
static enum status reading_path(struct pass *pass, const struct story *story, struct str *ret,
                                struct err *err) {
    bool is_front;
    enum status status = page_front_is(pass, story, &is_front, err);
    *ret = is_front ? STR("/") : story->path;
    return status;
}

static enum status answer_story(struct pass *pass, int64_t id, struct str password,
                                struct page_build *page, struct err *err) {
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_FULL, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (story.state != STORY_PUBLISHED || story.visibility == STORY_PRIVATE) {
        return answer_error(pass, story.state == STORY_WITHDRAWN ? 410 : 404, page);
    }
    struct str path;
    status = reading_path(pass, &story, &path, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (path.len == 1) {
        page_redirect(pass, path, page);
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
        return answer_error(pass, story.state == STORY_WITHDRAWN ? 410 : 404, page);
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
static enum status answer_redirect(struct pass *pass, struct str key, const struct address *address,
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
            return answer_error(pass, story.state == STORY_WITHDRAWN ? 410 : 404, page);
        }
        struct str path;
        status = reading_path(pass, &story, &path, err);
        if (status == STATUS_OK) {
            page_redirect(pass, path, page);
        }
        return status;
    }
    struct str to;
    bool is_size = false;
    enum status status = address->kind == ADDRESS_MEDIA
                             ? page_upload_size(pass, key, &is_size, page, err)
                             : STATUS_OK;
    if (status != STATUS_OK || is_size) {
        return status;
    }
    status = store_path_of(pass->reader, pass->arena, address->kind, address->id, &to, err);
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
        status = view_path(pass, to, w, &to, err);
        if (status != STATUS_OK) {
            return status;
        }
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
        return answer_redirect(pass, key, address, w, page, err);
    }
    switch (address->kind) {
    case ADDRESS_SECTION:
    case ADDRESS_TAG:
    case ADDRESS_AUTHOR: {
        struct list_id list = { lists[address->kind], address->id };
        return answer_list(pass, key, list, base, w, page, err);
    }
    case ADDRESS_MEDIA:
        return w->rewritten ? answer_redirect(pass, key, address, w, page, err)
                            : page_media(pass, address->id, key, page, err);
    case ADDRESS_STORY: /* rewritten: WordPress's /story/page/2/ */
        return w->rewritten ? answer_redirect(pass, key, address, w, page, err)
                            : answer_story(pass, address->id, password, page, err);
    case ADDRESS_NONE:
    case ADDRESS_URL: break;
    }
    return answer_error(pass, 404, page);
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

/* A section by its slug alone, wherever it stands. */
static enum status look_up_section(struct pass *pass, struct str slug, struct str *ret_path,
                                   struct address *ret, struct err *err) {
    struct sections sections;
    enum status status = store_sections(pass->reader, pass->arena, &sections, err);
    for (size_t i = 0; status == STATUS_OK && i < sections.len; i++) {
        if (str_eq(sections.ptr[i].slug, slug)) {
            *ret_path = sections.ptr[i].path;
            *ret = (struct address){ .kind = ADDRESS_SECTION, .id = sections.ptr[i].id };
            return STATUS_OK;
        }
    }
    return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}

/* What WordPress finds by the name in a parameter: "/?author_name=tom" is "/author/tom/". */
static enum status look_up_named(struct pass *pass, struct str base, struct str *ret_path,
                                 struct address *ret, struct err *err) {
    const struct {
        struct str parameter, above;
    } kinds[] = {
        { STR("/?category_name="), pass->settings.category_base },
        { STR("/?tag="), pass->settings.tag_base },
        { STR("/?author_name="), STR("author") },
        { STR("/?pagename="), STR("") },
        { STR("/?name="), STR("") },
    };
    size_t kind = 0;
    while (kind < COUNT_OF(kinds) && !str_starts(base, kinds[kind].parameter)) {
        kind++;
    }
    if (kind == COUNT_OF(kinds)) {
        return STATUS_NOT_FOUND;
    }
    struct str name = url_decode(pass->arena, str_from(base, kinds[kind].parameter.len), false);
    struct str path, spelled = arena_printf(pass->arena, "/%.*s/%.*s/", STR_FMT(kinds[kind].above),
                                            STR_FMT(name));
    enum status status = url_path_canonical(pass->arena, spelled, &path)
                             ? look_up_either(pass, path, ret_path, ret, err)
                             : STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND && kind == 0) {
        size_t slash = str_rfind_char(name, '/');
        struct str slug = slash == STR_NPOS ? name : str_from(name, slash + 1);
        return look_up_section(pass, slug, ret_path, ret, err);
    }
    if (status == STATUS_NOT_FOUND && str_starts(base, STR("/?name="))) {
        int64_t id;
        struct err lost = { 0 };
        status = store_story_named(pass->reader, name, &id, &lost);
        if (status == STATUS_OK) {
            *ret = (struct address){ .kind = ADDRESS_STORY, .id = id };
        } else if (status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
    }
    return status;
}

/* An address typed with capitals is the one without, as theirs have none. */
static enum status look_up_like_wordpress(struct pass *pass, struct str base, struct str *ret_path,
                                          struct address *ret, struct err *err) {
    enum status status = look_up_named(pass, base, ret_path, ret, err);
    struct str path = small_letters(pass->arena, base);
    return status == STATUS_NOT_FOUND && path.ptr != NULL
               ? look_up_either(pass, path, ret_path, ret, err)
               : status;
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

/* What WordPress has below a story, and we have on its own page: the parts of a story in pages,
 * "/the-ferry/2/", the pages of its comments, and its forms for others. */
static bool is_part_of_story(struct str last) {
    const struct str comments = STR("comment-page-");
    int64_t number;
    return (str_to_i64(last, &number) && number > 1) || str_eq(last, STR("embed")) ||
           str_eq(last, STR("trackback")) || str_eq(last, STR("amp")) ||
           (str_starts(last, comments) && str_to_i64(str_from(last, comments.len), &number));
}

static enum status route_part_of_story(struct pass *pass, struct str key, struct page_build *page,
                                       struct err *err) {
    struct str before, base, last = wanted_last(key, &before);
    struct address address;
    struct wanted w = { .base = key, .number = 1, .rewritten = true };
    if (before.len > 1 && is_part_of_story(last)) {
        enum status status = look_up_either(pass, before, &base, &address, err);
        if (status == STATUS_OK && address.kind == ADDRESS_STORY) {
            return answer_redirect(pass, key, &address, &w, page, err);
        }
        if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return status;
        }
    }
    return answer_error(pass, 404, page);
}

/* "/index.php/the-ferry/", of servers that had no other way to call WordPress. */
static bool has_index_php(struct str key, struct str *ret_rest) {
    const struct str index = STR("/index.php/");
    *ret_rest = key;
    while (str_starts(*ret_rest, index)) {
        *ret_rest = str_from(*ret_rest, index.len - 1);
    }
    return ret_rest->len < key.len;
}

static enum status route_index_php(struct pass *pass, struct str rest, struct page_build *page,
                                   struct err *err) {
    struct page_build there = { .arena = page->arena, .keys = page->keys, .status = 200 };
    enum status status = route_page(pass, rest, (struct str){ NULL, 0 }, &there, err);
    if (status == STATUS_OK && there.alias.len > 0) {
        page->alias = there.alias;
        page->status = there.status;
    } else if (status == STATUS_OK) {
        page_redirect(pass, rest, page);
    }
    return status;
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
    struct story story;
    bool is_chosen;
    enum status status = page_front_chosen(pass, STORY_FULL, &story, &is_chosen, err);
    if (status != STATUS_OK) {
        return status;
    }
    return is_chosen ? page_static(pass, &story, (struct str){ NULL, 0 }, page, err)
                     : page_front(pass, page, err);
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
    if (str_starts(key, RENDITION_PATH)) {
        return page_rendition(pass, key, page, err);
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
    bool is_size;
    status = page_upload_size(pass, key, &is_size, page, err);
    if (status != STATUS_OK || is_size) {
        return status;
    }
    struct str rest;
    if (has_index_php(key, &rest)) {
        return route_index_php(pass, rest, page, err);
    }
    struct wanted w = wanted_of_key(pass->arena, key);
    if (w.is_nothing) {
        return answer_error(pass, 404, page);
    }
    if (w.feed != FEED_NONE && str_eq(w.base, FEED_COMMENTS_BASE)) {
        return answer_site_comments(pass, key, w.feed, page, err);
    }
    if (w.base.len == 1) {
        return answer_list(pass, key, section_list(0), w.base, &w, page, err);
    }
    struct list_id date;
    if (wanted_date(w.base, &date)) {
        return answer_list(pass, key, date, page_date_path(pass, date), &w, page, err);
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
