#include "site/pages.h"

#include "site/image.h"
#include "site/uploads.h"
#include "text/file_type.h"
#include "text/url.h"

#include <stdlib.h>

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
static void protect(struct pass *pass, struct str mime, struct page_build *page) {
    pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
    bool is_pdf = str_eq(mime, STR("application/pdf"));
    bool shown = str_starts(mime, STR("image/")) || str_starts(mime, STR("audio/")) ||
                 str_starts(mime, STR("video/")) || is_pdf || str_eq(mime, STR("text/plain"));
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

/* ---- renditions ---- */

#define FOR_EVER STR("public, max-age=31536000, immutable")

static void send_rendition(struct pass *pass, const struct media *media,
                           const struct rendition_name *name, struct str kept,
                           struct page_build *page) {
    page->file = image_order(pass, media, name);
    pass_head(pass, page, "Content-Type", str_of(picture_format_mime(name->format)));
    pass_head(pass, page, "Cache-Control", kept);
    protect(pass, str_of(picture_format_mime(name->format)), page);
}

/* A picture without error, or NOT_FOUND as an answer. */
static enum status find_media(struct pass *pass, int64_t id, struct media *ret, bool *ret_found,
                              struct err *err) {
    struct err lost = { 0 };
    enum status status = store_media(pass->reader, pass->arena, id, ret, &lost);
    *ret_found = status == STATUS_OK;
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost.message);
}

enum status page_rendition(struct pass *pass, struct str key, struct page_build *page,
                           struct err *err) {
    struct rendition_name name;
    struct media media;
    bool found = false;
    enum status status = STATUS_OK;
    if (rendition_name_parse(key, &name)) {
        status = find_media(pass, name.id, &media, &found, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!found || media.file.len == 0 || !image_exists(&media, &name)) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    struct rendition_shape shape = { name.crop.ratio_width, name.crop.ratio_height };
    struct rendition_name now = image_name(&media, shape, name.width, name.format);
    if (now.crop.focal_x_permille != name.crop.focal_x_permille ||
        now.crop.focal_y_permille != name.crop.focal_y_permille) {
        /* Cut around another point by now. Not for ever: that may be set back. */
        page_redirect(pass, rendition_address(pass->arena, &now), page);
        page->status = 302;
        return STATUS_OK;
    }
    send_rendition(pass, &media, &name, FOR_EVER, page);
    return STATUS_OK;
}

/* The shape that comes nearest to so many pixels, if one is near; else all of the picture. */
static struct rendition_shape shape_of(const struct media *media, int width, int height) {
    struct rendition_shape best = rendition_shapes[0];
    int64_t best_off = 0;
    for (size_t i = 0; i < RENDITION_SHAPES; i++) {
        const struct rendition_shape *s = &rendition_shapes[i];
        int64_t w = i == 0 ? media->width : s->ratio_width;
        int64_t h = i == 0 ? media->height : s->ratio_height;
        int64_t off = llabs(w * height * 1000 / (h * width) - 1000); /* thousandths */
        if (i == 0 || (best_off > 20 && off < best_off && off <= 50)) {
            best = *s;
            best_off = off;
        }
    }
    return best;
}

enum status page_upload_size(struct pass *pass, struct str key, bool *ret_found,
                             struct page_build *page, struct err *err) {
    struct upload_size sizes[UPLOAD_ORIGINALS_MAX];
    size_t n = upload_sizes(pass->arena, key, sizes);
    *ret_found = false;
    for (size_t i = 0; i < n; i++) {
        struct address address;
        struct media media;
        struct err lost = { 0 };
        bool found = false;
        enum status status =
            store_address(pass->reader, pass->arena, sizes[i].original, &address, &lost);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
        if (status == STATUS_OK && address.kind == ADDRESS_MEDIA) {
            status = find_media(pass, address.id, &media, &found, err);
            if (status != STATUS_OK) {
                return status;
            }
        }
        if (!found || !str_starts(media.mime, STR("image/"))) {
            continue;
        }
        *ret_found = true;
        const struct rendition_name *full = image_full(pass, &media);
        if (media.file.len == 0 || full == NULL || sizes[i].width == 0) {
            page_redirect(pass, sizes[i].original, page);
            return STATUS_OK;
        }
        struct rendition_shape shape = shape_of(&media, sizes[i].width, sizes[i].height);
        enum picture_format format = media.frames > 1 ? PICTURE_WEBP
                                                      : rendition_plain_format(media.has_alpha);
        struct rendition_name name = image_name(&media, shape, sizes[i].width, format);
        page_redirect(pass, rendition_address(pass->arena, &name), page);
        page->status = 302; /* as long as its focal point is there */
        return STATUS_OK;
    }
    return STATUS_OK;
}

/* ---- media ---- */

enum status page_media(struct pass *pass, int64_t media_id, struct str key, struct page_build *page,
                       struct err *err) {
    struct media media;
    enum status status = store_media(pass->reader, pass->arena, media_id, &media, err);
    if (status != STATUS_OK) {
        return status;
    }
    const struct rendition_name *full = image_full(pass, &media);
    bool is_hash =
        str_eq(media.path, arena_printf(pass->arena, "/media/%.*s", STR_FMT(media.file)));
    if (media.file.len > 0 && full != NULL) {
        /* Never the original: it may say where it was taken, to the metre. */
        send_rendition(pass, &media, full, is_hash ? FOR_EVER : STR("public, max-age=86400"), page);
    } else if (media.file.len > 0 && file_type_class(media.mime) == FILE_IMAGE) {
        /* A camera's raw file, a TIFF: likewise, and there are no renditions of it. */
        page_alias_error(pass, 404, page);
    } else if (media.file.len > 0) {
        page->file = media.file;
        pass_head(pass, page, "Content-Type",
                  is_mime(media.mime) ? media.mime : STR("application/octet-stream"));
        /* An address that is made of the content never has another one. */
        pass_head(pass, page, "Cache-Control", is_hash ? FOR_EVER : STR("public, max-age=86400"));
        protect(pass, media.mime, page);
    } else if (media.remote_url.len > 0 && !leads_back(pass, media.remote_url, key)) {
        page_redirect(pass, media.remote_url, page);
    } else {
        page_alias_error(pass, 404, page);
    }
    return STATUS_OK;
}
