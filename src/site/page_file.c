#include "site/pages.h"

#include "text/url.h"

void page_indexnow_key(struct pass *pass, struct page_build *page) {
    pass_head(pass, page, "Content-Type", STR("text/plain; charset=utf-8"));
    page_own(page, pass->settings.indexnow_key);
}

void page_asset(struct pass *pass, const struct asset *asset, struct page_build *page) {
    pass_head(pass, page, "Content-Type", asset->mime);
    pass_head(pass, page, "Cache-Control", STR("public, max-age=31536000, immutable"));
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    page_own(page, asset->bytes);
}

/* Uploads are shown, never run: what could carry a script is sent as a download or without the
 * right to run one, and no browser may guess another type. */
static void protect(struct pass *pass, const struct media *media, struct page_build *page) {
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    bool is_pdf = str_eq(media->mime, STR("application/pdf"));
    bool shown = str_starts(media->mime, STR("image/")) || str_starts(media->mime, STR("audio/")) ||
                 str_starts(media->mime, STR("video/")) || is_pdf ||
                 str_eq(media->mime, STR("text/plain"));
    if (!shown) {
        pass_head(pass, page, "Content-Disposition", STR("attachment"));
    }
    if (!is_pdf) { /* browsers refuse to show a sandboxed one */
        pass_head(pass, page, "Content-Security-Policy",
                  STR("default-src 'none'; style-src 'unsafe-inline'; sandbox"));
    }
}

static bool is_mime(struct str mime) {
    for (size_t i = 0; i < mime.len; i++) {
        char c = mime.ptr[i];
        if (!char_is_alnum(c) && (c == '\0' || strchr("/.+-_", c) == NULL)) {
            return false;
        }
    }
    return str_find_char(mime, '/', 0) != STR_NPOS;
}

/* Redirecting there would come back here: the site moved in under the same name, and the file did
 * not. */
static bool leads_back(struct pass *pass, struct str url, struct str key) {
    struct str path;
    return url_same_site(pass->settings.url, url, &path) && str_eq(path, key);
}

enum status page_media(struct pass *pass, int64_t media_id, struct str key, struct page_build *page,
                       struct err *err) {
    struct media media;
    enum status status = store_media(pass->reader, pass->arena, media_id, &media, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (media.file.len > 0) {
        page->file = media.file;
        pass_head(pass, page, "Content-Type",
                  is_mime(media.mime) ? media.mime : STR("application/octet-stream"));
        /* An address that is made of the content never has another one. */
        bool is_hash =
            str_eq(media.path, arena_printf(pass->arena, "/media/%.*s", STR_FMT(media.file)));
        pass_head(pass, page, "Cache-Control",
                  is_hash ? STR("public, max-age=31536000, immutable")
                          : STR("public, max-age=86400"));
        protect(pass, &media, page);
    } else if (media.remote_url.len > 0 && !leads_back(pass, media.remote_url, key)) {
        page_redirect(pass, media.remote_url, page);
    } else {
        page_alias_error(pass, 404, page);
    }
    return STATUS_OK;
}
