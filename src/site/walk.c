#include "site/walk.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/image.h"
#include "site/pages.h"
#include "site/route.h"

struct walk {
    struct pass pass; /* with an arena of its own */
    struct arena arena;
    struct buf place; /* where a walk over addresses is */
    site_visit *visit;
    void *ctx;
    struct err *err;
};

static void walk_begin(struct walk *w, void *opened, site_visit *visit, void *ctx,
                       struct err *err) {
    struct site_thread *thread = opened;
    check(thread->held != NULL);
    *w = (struct walk){ .pass = *thread->held, .visit = visit, .ctx = ctx, .err = err };
    w->pass.arena = &w->arena;
    buf_init(&w->place, 2 * LIMIT_PATH_BYTES);
}

static void walk_end(struct walk *w) {
    buf_done(&w->place);
    arena_done(&w->arena);
}

/* What an address leads to may be gone by the time that its key was touched. */
static enum status unless_missing(enum status status, struct err *lost, struct err *err) {
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost->message);
}

static enum status visit(struct walk *w, struct str key) {
    return w->visit(w->ctx, key, w->err);
}

static enum status visit_feeds(struct walk *w, struct str base) {
    enum status status = STATUS_OK;
    for (enum feed_format f = FEED_RSS; status == STATUS_OK && f < FEED_FORMATS; f++) {
        status = visit(w, feed_path(w->pass.arena, base, f));
    }
    return status;
}

/* ---- lists ---- */

static enum status visit_pages(struct walk *w, struct str base, int64_t pages) {
    enum status status = STATUS_OK;
    struct arena a = { 0 };
    for (int64_t n = 1; status == STATUS_OK && n <= pages; n++) {
        status = visit(w, page_list_path(&a, base, n));
        if (n % 1000 == 0) {
            arena_reset(&a);
        }
    }
    arena_done(&a);
    return status;
}

static enum status visit_list(struct walk *w, struct list_id list, struct str base,
                              bool with_feeds) {
    struct list_page first;
    enum status status = store_list_page(w->pass.reader, w->pass.arena, list, 1,
                                         w->pass.settings.stories_per_page, &first, w->err);
    if (status == STATUS_OK) {
        status = visit_pages(w, base, first.pages);
    }
    return status == STATUS_OK && with_feeds ? visit_feeds(w, base) : status;
}

static enum status visit_date(struct walk *w, struct list_id list) {
    return visit_list(w, list, page_date_path(&w->pass, list), false);
}

static enum status visit_dates(struct walk *w) {
    static const enum list_kind kinds[] = { LIST_YEAR, LIST_MONTH, LIST_DAY };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(kinds); i++) {
        struct arena dates_arena = { 0 };
        struct list_dates dates = { 0 };
        status = store_list_dates(w->pass.reader, &dates_arena, kinds[i], &dates, w->err);
        for (size_t k = 0; status == STATUS_OK && k < dates.len; k++) {
            status = visit_date(w, dates.ptr[k].list);
            arena_reset(&w->arena);
        }
        arena_done(&dates_arena);
    }
    return status;
}

/* ---- what has an address of its own ---- */

static enum status visit_story(struct walk *w, struct str path, int64_t id) {
    int64_t comments = 0;
    enum status status = store_comment_count(w->pass.reader, id, &comments, w->err);
    if (status == STATUS_OK) {
        status = visit(w, path);
    }
    return status == STATUS_OK && comments > 0 ? visit_feeds(w, path) : status;
}

/* The file, and the renditions that pages name, which may be none any more. */
static enum status visit_media(struct walk *w, struct str path, int64_t id) {
    struct media media;
    struct err lost = { 0 };
    enum status status = store_media(w->pass.reader, w->pass.arena, id, &media, &lost);
    if (status != STATUS_OK) {
        return unless_missing(status, &lost, w->err);
    }
    struct list all = image_addresses(&w->pass, &media);
    const struct str *addresses = all.items;
    status = visit(w, path);
    for (size_t i = 0; status == STATUS_OK && i < all.len; i++) {
        status = visit(w, addresses[i]);
    }
    return status;
}

static enum status visit_target(struct walk *w, struct str path, enum address_kind kind,
                                int64_t id) {
    static const enum list_kind lists[] = {
        [ADDRESS_SECTION] = LIST_SECTION,
        [ADDRESS_TAG] = LIST_TAG,
        [ADDRESS_AUTHOR] = LIST_AUTHOR,
    };
    if (path.len == 0 || str_find_char(path, '?', 0) != STR_NPOS) {
        return STATUS_OK;
    }
    switch (kind) {
    case ADDRESS_STORY: return visit_story(w, path, id);
    case ADDRESS_SECTION:
    case ADDRESS_TAG:
    case ADDRESS_AUTHOR: return visit_list(w, (struct list_id){ lists[kind], id }, path, true);
    case ADDRESS_MEDIA: return visit_media(w, path, id);
    case ADDRESS_URL: return visit(w, path);
    case ADDRESS_NONE: break;
    }
    return STATUS_OK;
}

static enum status visit_address(struct walk *w, struct str path, const struct address *address) {
    bool is_page = str_find_char(path, '?', 0) == STR_NPOS;
    if (address->redirect) {
        return is_page ? visit(w, path) : STATUS_OK;
    }
    return visit_target(w, path, address->kind, address->id);
}

static enum status visit_addresses(struct walk *w) {
    struct arena a = { 0 };
    enum status status = STATUS_OK;
    buf_reset(&w->place);
    while (status == STATUS_OK) {
        struct str path;
        struct address address;
        status =
            store_address_next(w->pass.reader, &a, buf_str(&w->place), &path, &address, w->err);
        if (status == STATUS_NOT_FOUND) {
            status = STATUS_OK;
            break;
        }
        if (status == STATUS_OK) {
            buf_reset(&w->place);
            buf_put(&w->place, path);
            status = w->place.status;
        }
        if (status == STATUS_OK) {
            status = visit_address(w, path, &address);
        }
        arena_reset(&a);
        arena_reset(&w->arena);
    }
    arena_done(&a);
    return status;
}

/* ---- what every site has ---- */

static enum status visit_maps(struct walk *w) {
    struct sitemaps files = { 0 };
    enum status status = store_sitemaps(w->pass.reader, w->pass.arena, &files, w->err);
    for (size_t i = 0; status == STATUS_OK && i < files.len; i++) {
        status = visit(w, page_sitemap_path(w->pass.arena, files.ptr[i].kind, files.ptr[i].number));
    }
    static const struct str others[] = { STR_INIT("/sitemap.xml"), STR_INIT("/sitemap-news.xml"),
                                         STR_INIT("/sitemap-sections-1.xml") };
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(others); i++) {
        status = visit(w, others[i]);
    }
    return status;
}

/* Few, whatever the site's size. */
static enum status visit_fixed(struct walk *w) {
    /* The last is where a page at "/" moves the stories' first page. */
    static const struct str others[] = { STR_INIT("error:404"), STR_INIT("error:410"),
                                         STR_INIT("/page/1/") };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(others); i++) {
        status = visit(w, others[i]);
    }
    struct str key;
    for (size_t i = 0; status == STATUS_OK && page_root_at(i, &key); i++) {
        status = visit(w, key);
    }
    size_t n_assets;
    const struct asset *assets = look_assets(w->pass.look, &n_assets);
    for (size_t i = 0; status == STATUS_OK && i < n_assets; i++) {
        status = visit(w, assets[i].path);
    }
    struct str indexnow = w->pass.settings.indexnow_key;
    if (status == STATUS_OK && indexnow.len > 0) {
        status = visit(w, arena_printf(w->pass.arena, "/%.*s.txt", STR_FMT(indexnow)));
    }
    if (status == STATUS_OK) {
        status = visit_maps(w);
    }
    if (status == STATUS_OK) {
        status = visit_feeds(w, STR("/"));
    }
    return status == STATUS_OK ? visit_feeds(w, FEED_COMMENTS_BASE) : status;
}

enum status site_walk(void *thread, site_visit *visit_key, void *ctx, struct err *err) {
    struct walk w;
    walk_begin(&w, thread, visit_key, ctx, err);
    enum status status = visit_fixed(&w);
    if (status == STATUS_OK) {
        status = visit_addresses(&w);
    }
    if (status == STATUS_OK) {
        status = visit_list(&w, section_list(0), STR("/"), false);
    }
    if (status == STATUS_OK) {
        status = visit_dates(&w);
    }
    walk_end(&w);
    return status;
}

enum status site_walk_size(void *opened, int64_t *ret, struct err *err) {
    struct site_thread *thread = opened;
    check(thread->held != NULL);
    return store_size(thread->reader, thread->held->settings.stories_per_page, ret, err);
}

/* ---- what touched keys tell of ---- */

static bool read_key(struct str key, struct str prefix, int64_t *ret_id) {
    return str_starts(key, prefix) && str_to_i64(str_from(key, prefix.len), ret_id);
}

/* A thing's page, by its id. */
static enum status visit_named(struct walk *w, enum address_kind kind, int64_t id) {
    struct str path;
    struct err lost = { 0 };
    enum status status = store_path_of(w->pass.reader, w->pass.arena, kind, id, &path, &lost);
    return status == STATUS_OK ? visit_target(w, path, kind, id)
                               : unless_missing(status, &lost, w->err);
}

static enum status visit_path(struct walk *w, struct str path) {
    struct address address;
    struct err lost = { 0 };
    enum status status = store_address(w->pass.reader, w->pass.arena, path, &address, &lost);
    return status == STATUS_OK ? visit_address(w, path, &address)
                               : unless_missing(status, &lost, w->err);
}

static enum status visit_key(struct walk *w, struct str key, bool *ret_all) {
    static const struct {
        struct str prefix;
        enum address_kind kind;
    } things[] = {
        { STR_INIT("story:"), ADDRESS_STORY },     { STR_INIT("comments:"), ADDRESS_STORY },
        { STR_INIT("section:"), ADDRESS_SECTION }, { STR_INIT("row:section:"), ADDRESS_SECTION },
        { STR_INIT("tag:"), ADDRESS_TAG },         { STR_INIT("row:tag:"), ADDRESS_TAG },
        { STR_INIT("author:"), ADDRESS_AUTHOR },   { STR_INIT("row:author:"), ADDRESS_AUTHOR },
        { STR_INIT("media:"), ADDRESS_MEDIA },
    };
    static const struct {
        struct str prefix;
        enum list_kind kind;
    } dates[] = {
        { STR_INIT("year:"), LIST_YEAR },
        { STR_INIT("month:"), LIST_MONTH },
        { STR_INIT("day:"), LIST_DAY },
    };
    int64_t id;
    for (size_t i = 0; i < COUNT_OF(things); i++) {
        if (read_key(key, things[i].prefix, &id)) {
            return visit_named(w, things[i].kind, id);
        }
    }
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        if (read_key(key, dates[i].prefix, &id)) {
            return visit_date(w, (struct list_id){ dates[i].kind, id });
        }
    }
    const struct str path = STR("path:");
    if (str_eq(key, STR("latest"))) {
        return visit_list(w, section_list(0), STR("/"), false);
    }
    if (str_starts(key, STR("path:#")) || str_eq(key, STR("site")) || str_eq(key, STR("theme"))) {
        *ret_all = true;
    } else if (str_starts(key, path)) {
        return visit_path(w, str_from(key, path.len));
    }
    return STATUS_OK;
}

enum status site_walk_touched(void *thread, const struct keys *touched, site_visit *visit_each,
                              void *ctx, bool *ret_all, struct err *err) {
    struct walk w;
    walk_begin(&w, thread, visit_each, ctx, err);
    bool all = false;
    enum status status = visit_fixed(&w);
    for (size_t i = 0; status == STATUS_OK && i < touched->list.len; i++) {
        status = visit_key(&w, touched->list.ptr[i], &all);
        arena_reset(&w.arena);
    }
    walk_end(&w);
    if (status == STATUS_OK) {
        *ret_all = all;
    }
    return status;
}

enum status site_walk_comes_to(void *opened, struct str key, bool *ret, struct err *err) {
    struct site_thread *thread = opened;
    check(thread->held != NULL);
    struct str base;
    bool is_feed = feed_split(key, &base) != FEED_NONE;
    if (is_feed && (base.len == 1 || str_eq(base, FEED_COMMENTS_BASE))) {
        *ret = true;
        return STATUS_OK;
    }
    struct arena a = { 0 };
    struct address address = { 0 };
    struct err lost = { 0 };
    enum status status = store_address(thread->reader, &a, is_feed ? base : key, &address, &lost);
    bool is_there = status == STATUS_OK;
    status = unless_missing(status, &lost, err);
    if (is_there && is_feed) {
        int64_t comments = 1;
        if (address.kind == ADDRESS_STORY) {
            status = store_comment_count(thread->reader, address.id, &comments, err);
        }
        is_there = !address.redirect && comments > 0;
    }
    arena_done(&a);
    if (status == STATUS_OK) {
        *ret = is_there;
    }
    return status;
}
