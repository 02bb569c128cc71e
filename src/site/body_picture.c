#include "site/body_picture.h"

#include "site/cards.h"
#include "site/image.h"
#include "text/url.h"

enum status body_picture_of(struct pass *pass, const struct body_token *img,
                            const struct view_image **ret, struct err *err) {
    struct str path;
    struct address address;
    struct err lost = { 0 };
    *ret = NULL;
    struct str src = html_unescape(pass->arena, body_attr(img, STR("src")));
    struct str own;
    if (url_same_site(pass->settings.url, src, &own)) {
        src = own;
    }
    if (!url_path_canonical(pass->arena, src, &path)) {
        return STATUS_OK;
    }
    enum status status = store_address(pass->reader, pass->arena, path, &address, &lost);
    if (status == STATUS_OK && address.kind == ADDRESS_MEDIA && !address.redirect) {
        status = card_image(pass, address.id, ret, err);
        if (*ret != NULL && (*ret)->media == NULL) {
            *ret = NULL;
        }
        return status;
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost.message);
}

/* What the body says of it, else what the library does. */
static struct str alt_of(struct pass *pass, const struct body_token *img,
                         const struct view_image *image) {
    struct str alt = str_trim(html_unescape(pass->arena, body_attr(img, STR("alt"))));
    bool is_meant = image->media->decorative;
    return alt.len > 0                      ? alt
           : image->alt.len > 0 || is_meant ? image->alt
                                            : pass_phrase(pass, "picture", NULL, 0);
}

enum status body_picture_put(struct pass *pass, struct body_pictures *at,
                             const struct body_token *img, const struct view_image *image,
                             struct buf *out, struct err *err) {
    struct view_picture_root root = {
        .image = image,
        .alt = alt_of(pass, img, image),
        .classes = html_unescape(pass->arena, body_attr(img, STR("class"))),
    };
    int64_t width;
    if (str_to_i64(body_attr(img, STR("width")), &width) && width > 0 && width < 100000) {
        root.width = width;
    }
    for (size_t i = 0; i < at->depth && i < BODY_PICTURE_DEPTH; i++) {
        root.is_in_gallery = root.is_in_gallery || at->figures[i].is_gallery;
    }
    if (at->depth > 0 && at->depth <= BODY_PICTURE_DEPTH) {
        at->figures[at->depth - 1].image = image;
    }
    return pass_html(pass, "partials/card-picture", &root, out, err);
}

void body_picture_put_plain(struct pass *pass, const struct body_token *img,
                            const struct view_image *image, struct buf *out) {
    if (image->media->unsyndicated) {
        return;
    }
    buf_put(out, STR("<img src=\""));
    html_escape(out, pass_absolute(pass, image->src));
    buf_put(out, STR("\" alt=\""));
    html_escape(out, alt_of(pass, img, image));
    buf_printf(out, "\" width=\"%lld\" height=\"%lld\">", (long long)image->width,
               (long long)image->height);
}

/* ---- what is around it ---- */

bool body_picture_alone(const struct body_reader *r, const struct body_token *open,
                        struct body_token *ret_img) {
    struct body_reader ahead = *r;
    struct body_token token;
    bool found = false;
    while (body_next(&ahead, &token) != BODY_END && token.kind != BODY_BAD) {
        bool is_link = str_eq(token.name, STR("a"));
        if (token.kind == BODY_TEXT) {
            if (str_trim(token.raw).len > 0) {
                return false;
            }
        } else if (token.kind == BODY_CLOSE && str_eq(token.name, open->name)) {
            return found;
        } else if (token.kind == BODY_OPEN && str_eq(token.name, STR("img")) && !found) {
            *ret_img = token;
            found = true;
        } else if (!is_link && !str_eq(token.name, STR("source"))) {
            return false;
        }
    }
    return false;
}

static bool has_class(const struct body_token *token, struct str name) {
    struct str rest = body_attr(token, STR("class")), class;
    while (str_split(&rest, ' ', &class)) {
        if (str_eq(class, name)) {
            return true;
        }
    }
    return false;
}

/* Figures nest, and a gallery may be a list. Elements are told apart by their names alone, so one
 * kind is counted: figures, and the list that is a gallery. */
static bool is_counted(const struct body_token *token) {
    return str_eq(token->name, STR("figure")) || str_eq(token->name, STR("ul")) ||
           str_eq(token->name, STR("div"));
}

bool body_pictures_in_figure(const struct body_pictures *at) {
    for (size_t i = 0; i < at->depth && i < BODY_PICTURE_DEPTH; i++) {
        if (at->figures[i].is_figure) {
            return true;
        }
    }
    return at->depth > BODY_PICTURE_DEPTH;
}

void body_pictures_opened(struct body_pictures *at, const struct body_token *token,
                          const struct buf *out) {
    if (str_eq(token->name, STR("figcaption")) && at->depth > 0 &&
        at->depth <= BODY_PICTURE_DEPTH) {
        at->figures[at->depth - 1].caption_from = buf_str(out).len;
    }
    if (!is_counted(token)) {
        return;
    }
    if (at->depth < BODY_PICTURE_DEPTH) {
        memset(&at->figures[at->depth], 0, sizeof at->figures[0]);
        at->figures[at->depth].is_figure = str_eq(token->name, STR("figure"));
        at->figures[at->depth].is_gallery = has_class(token, STR("gallery")) ||
                                            has_class(token, STR("wp-block-gallery"));
    }
    at->depth++;
}

static void put_credit(struct buf *out, struct str text) {
    if (text.len > 0) {
        buf_put(out, STR(" <span class=\"credit\">"));
        html_escape(out, text);
        buf_put(out, STR("</span>"));
    }
}

/* Whether the caption that was written says so already. */
static bool says(const struct buf *out, size_t from, struct str text) {
    struct buf escaped;
    buf_init(&escaped, 6 * text.len + 1);
    html_escape(&escaped, text);
    bool found = str_find(str_from(buf_str(out), from), buf_str(&escaped), 0) != STR_NPOS;
    buf_done(&escaped);
    return found;
}

void body_pictures_close(struct body_pictures *at, const struct body_token *token,
                         struct buf *out) {
    bool is_noted = at->depth > 0 && at->depth <= BODY_PICTURE_DEPTH;
    size_t top = is_noted ? at->depth - 1 : 0;
    const struct view_image *image = is_noted ? at->figures[top].image : NULL;
    if (str_eq(token->name, STR("figcaption")) && is_noted) {
        size_t from = at->figures[top].caption_from;
        if (image != NULL && !says(out, from, image->credit)) {
            put_credit(out, image->credit);
        }
        at->figures[top].caption_to = buf_str(out).len;
    }
    if (!is_counted(token)) {
        return;
    }
    if (image != NULL && image->has_caption && at->figures[top].caption_to == 0 &&
        str_eq(token->name, STR("figure"))) {
        buf_put(out, STR("\n<figcaption>"));
        html_escape(out, image->caption);
        put_credit(out, image->credit);
        put_credit(out, image->licence);
        buf_put(out, STR("</figcaption>\n"));
    }
    at->depth -= at->depth > 0;
}
