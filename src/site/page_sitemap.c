/* Sitemaps (sitemaps.org/protocol.html) with Google's extensions for pictures and for news.
 *
 * /sitemap.xml is the index of the files /sitemap-stories-1.xml and so on, which the store cuts by
 * ranges of ids (store/sitemap.c); they hold what a search engine should find: no page that is
 * noindex, nothing that redirects, nothing twice. /sitemap-news.xml has the stories of the last two
 * days, as the store's news horizon has them: nothing here looks at a clock.
 *
 * Old names, WordPress's own and those of its plugins, lead to these. */
#include "site/pages.h"

#include "base/limits.h"
#include "text/url.h"
#include "text/xml.h"

enum {
    LOC_MAX_BYTES = 2047, /* of the protocol */
    NEWS_MAX = 1000,      /* of Google's */
};

#define INDEX_PATH STR("/sitemap.xml")
#define NEWS_PATH  STR("/sitemap-news.xml")

/* ---- addresses ---- */

struct str page_sitemap_path(struct arena *a, enum sitemap_kind kind, int64_t number) {
    return arena_printf(a, "/sitemap-%s-%lld.xml", store_sitemap_name(kind), (long long)number);
}

/* "/sitemap-stories-17.xml" */
static bool split_file_path(struct str key, enum sitemap_kind *ret_kind, int64_t *ret_number) {
    const struct str begin = STR("/sitemap-"), end = STR(".xml");
    if (!str_starts(key, begin) || !str_ends(key, end)) {
        return false;
    }
    struct str rest = str_slice(key, begin.len, key.len - end.len);
    size_t hyphen = str_find_char(rest, '-', 0);
    struct str name = str_slice(rest, 0, hyphen), number = str_from(rest, hyphen);
    number = str_from(number, number.len > 0 ? 1 : 0);
    if (number.len == 0 || number.ptr[0] == '0' || !str_to_i64(number, ret_number) ||
        *ret_number < 1) {
        return false;
    }
    for (int kind = 0; kind < SITEMAP_KINDS; kind++) {
        if (str_eq(name, str_of(store_sitemap_name((enum sitemap_kind)kind)))) {
            *ret_kind = (enum sitemap_kind)kind;
            return true;
        }
    }
    return false;
}

bool page_sitemap_is(struct str key) {
    enum sitemap_kind kind;
    int64_t number;
    return str_eq(key, INDEX_PATH) || str_eq(key, NEWS_PATH) ||
           split_file_path(key, &kind, &number);
}

/* Every plugin has its own: /wp-sitemap-posts-post-1.xml, /post-sitemap2.xml, /sitemap_index.xml,
 * /sitemap-pt-post-2022-03.xml, /news-sitemap.xml… */
bool page_sitemap_moved(struct pass *pass, struct str key, struct page_build *page) {
    bool is_xml = str_ends(key, STR(".xml")) || str_ends(key, STR(".xml.gz"));
    if (!is_xml || str_find_char(key, '/', 1) != STR_NPOS ||
        str_find_nocase(key, STR("sitemap"), 0) == STR_NPOS) {
        return false;
    }
    enum sitemap_kind kind;
    int64_t number;
    if (split_file_path(key, &kind, &number)) {
        return false; /* ours, and empty */
    }
    bool is_news = str_find_nocase(key, STR("news"), 0) != STR_NPOS;
    page_redirect(pass, is_news ? NEWS_PATH : INDEX_PATH, page);
    return true;
}

/* ---- writing ---- */

static void put_time(struct pass *pass, struct xml *x, const char *name, int64_t us) {
    if (us > 0) {
        xml_element(x, name, dates_rfc3339(pass->dates, pass->arena, us));
    }
}

static enum status finish(struct pass *pass, struct buf *out, struct page_build *page,
                          struct err *err) {
    if (out->status != STATUS_OK) {
        return err_set(err, out->status, "a sitemap is too large");
    }
    page_own(page, arena_str(pass->arena, buf_str(out)));
    pass_head(pass, page, "Content-Type", STR("application/xml; charset=utf-8"));
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    return STATUS_OK;
}

static void put_file(struct pass *pass, struct xml *x, enum sitemap_kind kind, int64_t number,
                     int64_t changed_us) {
    xml_open(x, "sitemap");
    xml_element(x, "loc", pass_absolute(pass, page_sitemap_path(pass->arena, kind, number)));
    put_time(pass, x, "lastmod", changed_us);
    xml_close(x);
}

static enum status put_index(struct pass *pass, struct buf *out, struct err *err) {
    struct sitemaps files;
    enum status status = store_sitemaps(pass->reader, pass->arena, &files, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct xml x;
    xml_init(&x, out);
    xml_open(&x, "sitemapindex");
    xml_attr(&x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    bool has_front = false;
    for (size_t i = 0; i < files.len; i++) {
        const struct sitemap *f = &files.ptr[i];
        has_front = has_front || (f->kind == SITEMAP_SECTIONS && f->number == 1);
        put_file(pass, &x, f->kind, f->number, f->changed_us);
    }
    if (!has_front) { /* a site without stories has a front page, too */
        put_file(pass, &x, SITEMAP_SECTIONS, 1, 0);
    }
    xml_close(&x);
    return STATUS_OK;
}

/* The address of a picture as readers get it; empty: none that may stand here. */
static struct str image_url(struct pass *pass, struct str image) {
    struct str url = image.len > 0 ? pass_absolute(pass, image) : image;
    return url.len <= LOC_MAX_BYTES && url_is_web(url) ? url : STR("");
}

static void put_entries(struct pass *pass, struct buf *out, const struct sitemap_entries *entries) {
    struct xml x;
    xml_init(&x, out);
    xml_open(&x, "urlset");
    xml_attr(&x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    xml_attr(&x, "xmlns:image", STR("http://www.google.com/schemas/sitemap-image/1.1"));
    size_t put = 0;
    for (size_t i = 0; i < entries->len; i++) {
        const struct sitemap_entry *e = &entries->ptr[i];
        struct str loc = pass_absolute(pass, e->path);
        /* The page that stands at the front is in it as that. */
        if (loc.len > LOC_MAX_BYTES ||
            (e->path.len > 1 && str_eq(e->path, pass->settings.front_page))) {
            continue;
        }
        put++;
        struct str image = image_url(pass, e->image);
        xml_open(&x, "url");
        xml_element(&x, "loc", loc);
        put_time(pass, &x, "lastmod", e->changed_us);
        if (image.len > 0) {
            xml_open(&x, "image:image");
            xml_element(&x, "image:loc", image);
            xml_close(&x);
        }
        xml_close(&x);
    }
    if (put == 0) { /* the only page is the one at the front, and an empty file is invalid */
        xml_open(&x, "url");
        xml_element(&x, "loc", pass_absolute(pass, STR("/")));
        xml_close(&x);
    }
    xml_close(&x);
}

/* ISO 639, but two of Chinese by their script. */
static struct str news_language(struct arena *a, struct str tag) {
    struct str main = str_slice(tag, 0, str_find_char(tag, '-', 0));
    if (str_eq_nocase(main, STR("zh"))) {
        static const struct str traditional[] = { STR_INIT("hant"), STR_INIT("tw"), STR_INIT("hk"),
                                                  STR_INIT("mo") };
        struct str part;
        while (str_split(&tag, '-', &part)) {
            if (str_eq_nocase(part, STR("hans"))) {
                break;
            }
            for (size_t i = 0; i < COUNT_OF(traditional); i++) {
                if (str_eq_nocase(part, traditional[i])) {
                    return STR("zh-tw");
                }
            }
        }
        return STR("zh-cn");
    }
    char *lower = arena_alloc(a, main.len + 1);
    for (size_t i = 0; i < main.len; i++) {
        lower[i] = char_lower(main.ptr[i]);
    }
    return str_make(lower, main.len);
}

static void put_news(struct pass *pass, struct buf *out, const struct news *news) {
    struct str language = news_language(pass->arena, pass->settings.language);
    struct xml x;
    xml_init(&x, out);
    xml_open(&x, "urlset");
    xml_attr(&x, "xmlns", STR("http://www.sitemaps.org/schemas/sitemap/0.9"));
    xml_attr(&x, "xmlns:news", STR("http://www.google.com/schemas/sitemap-news/0.9"));
    for (size_t i = 0; i < news->len; i++) {
        const struct news_item *item = &news->ptr[i];
        struct str loc = pass_absolute(pass, item->path);
        if (loc.len > LOC_MAX_BYTES) {
            continue;
        }
        xml_open(&x, "url");
        xml_element(&x, "loc", loc);
        xml_open(&x, "news:news");
        xml_open(&x, "news:publication");
        xml_element(&x, "news:name", pass->settings.title);
        xml_element(&x, "news:language", language);
        xml_close(&x);
        put_time(pass, &x, "news:publication_date", item->published_us);
        xml_element(&x, "news:title",
                    item->headline.len > 0 ? item->headline
                                           : pass_phrase(pass, "untitled", NULL, 0));
        xml_close(&x);
        xml_close(&x);
    }
    xml_close(&x);
}

/* ---- answers ---- */

static enum status answer(struct pass *pass, struct buf *out, struct str key, bool *ret_found,
                          struct err *err) {
    enum sitemap_kind kind;
    int64_t number;
    *ret_found = true;
    if (str_eq(key, INDEX_PATH)) {
        return put_index(pass, out, err);
    }
    if (str_eq(key, NEWS_PATH)) {
        struct news news;
        enum status status = store_news(pass->reader, pass->arena, NEWS_MAX, &news, err);
        if (status == STATUS_OK) {
            put_news(pass, out, &news);
        }
        return status;
    }
    *ret_found = false;
    if (!split_file_path(key, &kind, &number)) {
        return STATUS_OK;
    }
    struct sitemap_entries entries;
    enum status status = store_sitemap(pass->reader, pass->arena, kind, number, &entries, err);
    if (status == STATUS_OK && entries.len > 0) {
        *ret_found = true;
        put_entries(pass, out, &entries);
    }
    return status;
}

enum status page_sitemap(struct pass *pass, struct str key, bool *ret_found,
                         struct page_build *page, struct err *err) {
    *ret_found = false;
    if (!str_starts(key, STR("/sitemap"))) {
        return STATUS_OK;
    }
    struct buf out;
    buf_init(&out, LIMIT_SITEMAP_BYTES);
    enum status status = answer(pass, &out, key, ret_found, err);
    if (status == STATUS_OK && *ret_found) {
        status = finish(pass, &out, page, err);
    }
    buf_done(&out);
    return status;
}
