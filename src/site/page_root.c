/* What stands at the root of a site because somebody looks for it there: robots.txt, ads.txt,
 * security.txt and the like, the web manifest, the search's description, the icons. They are made
 * of settings and of the theme's files; an import's redirects cannot take their places. */
#include "site/pages.h"

#include "base/limits.h"
#include "text/json.h"
#include "text/utf8.h"
#include "text/xml.h"

#include <stddef.h>

#define TEXT_TYPE STR("text/plain; charset=utf-8")

static void put_file(struct pass *pass, struct page_build *page, struct str type,
                     struct str bytes) {
    pass_head(pass, page, "Content-Type", type);
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    page_own(page, bytes);
}

/* ---- texts ---- */

/* With LF alone at the end of each line, the last one, too. */
static struct str lines(struct arena *a, struct str text) {
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\r') {
            out[n++] = text.ptr[i];
        }
    }
    if (n > 0 && out[n - 1] != '\n') {
        out[n++] = '\n';
    }
    return str_make(out, n);
}

static struct str robots_text(struct pass *pass) {
    if (pass->settings.discourage_crawlers) {
        return STR("User-agent: *\nDisallow: /\n");
    }
    /* The site's own lines come before any empty one: they may go on with the group. */
    struct str own = lines(pass->arena, pass->settings.robots_txt);
    return arena_printf(pass->arena,
                        "User-agent: *\nDisallow: /search/\nDisallow: /*?s=\n%s%.*s"
                        "\nSitemap: %.*s\nSitemap: %.*s\n",
                        pass->settings.views == VIEWS_BEACON ? "Disallow: /_view/\n" : "",
                        STR_FMT(own), STR_FMT(pass_absolute(pass, STR("/sitemap.xml"))),
                        STR_FMT(pass_absolute(pass, STR("/sitemap-news.xml"))));
}

static struct str humans_text(struct pass *pass) {
    if (pass->settings.humans_txt.len > 0) {
        return lines(pass->arena, pass->settings.humans_txt);
    }
    return arena_printf(pass->arena,
                        "/* SITE */\nName: %.*s\nAddress: %.*s\nLanguage: %.*s\n"
                        "Made with: Broadsheet\n",
                        STR_FMT(pass->settings.title), STR_FMT(pass_absolute(pass, STR("/"))),
                        STR_FMT(pass->settings.language));
}

static const struct {
    struct str path;
    size_t offset;
} texts[] = {
    { STR_INIT("/ads.txt"), offsetof(struct site_settings, ads_txt) },
    { STR_INIT("/app-ads.txt"), offsetof(struct site_settings, app_ads_txt) },
    { STR_INIT("/.well-known/security.txt"), offsetof(struct site_settings, security_txt) },
};

static bool put_text(struct pass *pass, struct str key, struct page_build *page) {
    if (str_eq(key, STR("/robots.txt"))) {
        put_file(pass, page, TEXT_TYPE, robots_text(pass));
        return true;
    }
    if (str_eq(key, STR("/humans.txt"))) {
        put_file(pass, page, TEXT_TYPE, humans_text(pass));
        return true;
    }
    if (str_eq(key, STR("/security.txt")) && pass->settings.security_txt.len > 0) {
        page_redirect(pass, STR("/.well-known/security.txt"), page);
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str text;
        memcpy(&text, (const char *)&pass->settings + texts[i].offset, sizeof text);
        if (str_eq(key, texts[i].path) && text.len > 0) {
            put_file(pass, page, TEXT_TYPE, lines(pass->arena, text));
            return true;
        }
    }
    return false;
}

/* ---- the search, for browsers (OpenSearch 1.1) ---- */

/* At most `chars` characters: what the format allows a name. */
static struct str cut(struct str text, size_t chars) {
    size_t at = 0;
    for (; chars > 0 && at < text.len; chars--) {
        (void)utf8_next(text, &at);
    }
    return str_trim(str_slice(text, 0, at));
}

static void put_open_search(struct pass *pass, struct page_build *page) {
    const struct site_settings *s = &pass->settings;
    struct phrase_arg site = { .name = STR("site"), .text = s->title };
    struct buf out;
    buf_init(&out, 64 * KIB);
    struct xml x;
    xml_init(&x, &out);
    xml_open(&x, "OpenSearchDescription");
    xml_attr(&x, "xmlns", STR("http://a9.com/-/spec/opensearch/1.1/"));
    xml_element(&x, "ShortName", cut(s->short_title.len > 0 ? s->short_title : s->title, 16));
    xml_element(&x, "LongName", cut(s->title, 48));
    xml_element(&x, "Description", cut(pass_phrase(pass, "search_describe", &site, 1), 1024));
    xml_open(&x, "Url");
    xml_attr(&x, "type", STR("text/html"));
    xml_attr(&x, "method", STR("get"));
    xml_attr(&x, "template", pass_absolute(pass, STR("/search/?q={searchTerms}")));
    xml_close(&x);
    xml_open(&x, "Url");
    xml_attr(&x, "type", STR("application/opensearchdescription+xml"));
    xml_attr(&x, "rel", STR("self"));
    xml_attr(&x, "template", pass_absolute(pass, STR("/opensearch.xml")));
    xml_close(&x);
    xml_open(&x, "Image");
    xml_attr(&x, "height", STR("32"));
    xml_attr(&x, "width", STR("32"));
    xml_attr(&x, "type", STR("image/x-icon"));
    xml_text(&x, pass_absolute(pass, STR("/favicon.ico")));
    xml_close(&x);
    xml_element(&x, "Language", s->language);
    xml_element(&x, "InputEncoding", STR("UTF-8"));
    xml_element(&x, "OutputEncoding", STR("UTF-8"));
    xml_close(&x);
    put_file(pass, page, STR("application/opensearchdescription+xml; charset=utf-8"),
             arena_str(pass->arena, buf_str(&out)));
    buf_done(&out);
}

/* ---- the web manifest (w3.org/TR/appmanifest) ---- */

static void json_icon(struct pass *pass, struct json *j, const char *name, const char *sizes,
                      const char *purpose) {
    const struct asset *icon = look_asset(pass->look, str_of(name));
    if (icon != NULL) {
        json_open(j, '{');
        json_field_str(j, STR("src"), icon->path);
        json_field_str(j, STR("sizes"), str_of(sizes));
        json_field_str(j, STR("type"), icon->mime);
        json_field_str(j, STR("purpose"), str_of(purpose));
        json_close(j, '}');
    }
}

static void put_manifest(struct pass *pass, struct page_build *page) {
    const struct site_settings *s = &pass->settings;
    struct buf out;
    buf_init(&out, 64 * KIB);
    struct json j;
    json_init(&j, &out);
    json_open(&j, '{');
    json_field_str(&j, STR("id"), STR("/"));
    json_field_str(&j, STR("name"), s->title);
    json_field_str(&j, STR("short_name"), s->short_title.len > 0 ? s->short_title : s->title);
    if (s->tagline.len > 0) {
        json_field_str(&j, STR("description"), s->tagline);
    }
    json_field_str(&j, STR("lang"), pass->view.language);
    json_field_str(&j, STR("dir"), pass->view.direction);
    json_field_str(&j, STR("start_url"), STR("/"));
    json_field_str(&j, STR("scope"), STR("/"));
    /* A story's address is worth seeing, and the way back worth having. */
    json_field_str(&j, STR("display"), STR("minimal-ui"));
    if (s->paper_colour.len > 0) {
        json_field_str(&j, STR("theme_color"), s->paper_colour);
        json_field_str(&j, STR("background_color"), s->paper_colour);
    }
    json_key(&j, STR("icons"));
    json_open(&j, '[');
    json_icon(pass, &j, "favicon.svg", "any", "any");
    json_icon(pass, &j, "icon-192.png", "192x192", "any");
    json_icon(pass, &j, "icon-512.png", "512x512", "any");
    json_icon(pass, &j, "icon-maskable-512.png", "512x512", "maskable");
    json_close(&j, ']');
    json_close(&j, '}');
    check(out.status == STATUS_OK);
    put_file(pass, page, STR("application/manifest+json"), arena_str(pass->arena, buf_str(&out)));
    buf_done(&out);
}

/* ---- icons ---- */

/* Asked for by name, whatever a page's head says. */
static const struct {
    struct str path, name;
} icons[] = {
    { STR_INIT("/favicon.ico"), STR_INIT("favicon.ico") },
    { STR_INIT("/favicon.svg"), STR_INIT("favicon.svg") },
    { STR_INIT("/apple-touch-icon.png"), STR_INIT("apple-touch-icon.png") },
    { STR_INIT("/apple-touch-icon-precomposed.png"), STR_INIT("apple-touch-icon.png") },
};

static bool put_icon(struct pass *pass, struct str key, struct page_build *page) {
    for (size_t i = 0; i < COUNT_OF(icons); i++) {
        const struct asset *icon = look_asset(pass->look, icons[i].name);
        if (icon != NULL && str_eq(key, icons[i].path)) {
            put_file(pass, page, icon->mime, icon->bytes);
            return true;
        }
    }
    return false;
}

bool page_root(struct pass *pass, struct str key, struct page_build *page) {
    if (str_eq(key, STR("/manifest.webmanifest"))) {
        put_manifest(pass, page);
        return true;
    }
    if (str_eq(key, STR("/opensearch.xml"))) {
        put_open_search(pass, page);
        return true;
    }
    return put_text(pass, key, page) || put_icon(pass, key, page);
}

bool page_root_at(size_t at, struct str *ret) {
    static const struct str others[] = { STR_INIT("/robots.txt"), STR_INIT("/humans.txt"),
                                         STR_INIT("/security.txt"), STR_INIT("/opensearch.xml"),
                                         STR_INIT("/manifest.webmanifest") };
    size_t n_others = COUNT_OF(others), n_texts = COUNT_OF(texts);
    if (at >= n_others + n_texts + COUNT_OF(icons)) {
        return false;
    }
    *ret = at < n_others             ? others[at]
           : at < n_others + n_texts ? texts[at - n_others].path
                                     : icons[at - n_others - n_texts].path;
    return true;
}
