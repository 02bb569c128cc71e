#include "site/story_body.h"

#include "base/limits.h"
#include "site/body_picture.h"
#include "site/cards.h"
#include "text/body.h"
#include "text/body_vocabulary.h"
#include "text/url.h"

/* The story that data-story names, if readers may see it; *ret_public says so. */
static enum status target_of(struct pass *pass, struct str id_text, bool *ret_public,
                             struct story *ret, struct err *err) {
    int64_t id;
    *ret_public = false;
    if (!str_to_i64(id_text, &id) || id <= 0) {
        return STATUS_OK;
    }
    struct err lost = { 0 };
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, ret, &lost);
    if (status == STATUS_OK) {
        *ret_public = story_is_public(ret);
    } else if (status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", lost.message);
    }
    return STATUS_OK;
}

static void put_attr(struct buf *out, struct str name, struct str plain_value) {
    buf_printf(out, " %.*s=\"", STR_FMT(name));
    html_escape(out, plain_value);
    buf_put_char(out, '"');
}

static bool is_address(struct str name) {
    return str_eq(name, STR("href")) || str_eq(name, STR("src")) || str_eq(name, STR("poster")) ||
           str_eq(name, STR("cite"));
}

/* What only means something on the page itself: choices of a picture, marks for templates. */
static bool is_for_pages(struct str name) {
    return str_eq(name, STR("srcset")) || str_eq(name, STR("sizes")) ||
           str_starts(name, STR("data-"));
}

/* As seen from the page at `base`; a NULL base leaves it as it is. */
static struct str put_in_place(struct pass *pass, struct str base, struct str address) {
    struct url url;
    if (base.ptr == NULL || (url_parse(address, &url) && url.scheme.len > 0)) {
        return address;
    }
    return str_starts(address, STR("/")) && !str_starts(address, STR("//"))
               ? pass_absolute(pass, address)
               : url_resolve(pass->arena, base, address);
}

/* Of a picture of the site's own that does not say its size: with it, nothing moves when it comes.
 */
static enum status put_size(struct pass *pass, struct buf *out, const struct body_token *token,
                            struct err *err) {
    struct str path;
    struct address address;
    struct media media;
    if (body_attr(token, STR("width")).ptr != NULL || body_attr(token, STR("height")).ptr != NULL ||
        !url_path_canonical(pass->arena, html_unescape(pass->arena, body_attr(token, STR("src"))),
                            &path)) {
        return STATUS_OK;
    }
    struct err lost = { 0 };
    enum status status = store_address(pass->reader, pass->arena, path, &address, &lost);
    if (status == STATUS_OK && address.kind == ADDRESS_MEDIA && !address.redirect) {
        status = store_media(pass->reader, pass->arena, address.id, &media, &lost);
        if (status == STATUS_OK && media.width > 0 && media.height > 0) {
            buf_printf(out, " width=\"%d\" height=\"%d\"", media.width, media.height);
        }
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost.message);
}

/* The start tag as it stands, but for what depends on where it is shown. href: replaces the one it
 * has, ptr NULL: none does. */
static enum status put_open(struct pass *pass, struct buf *out, const struct body_token *token,
                            struct str href, struct str base, struct err *err) {
    enum status status = STATUS_OK;
    buf_printf(out, "<%.*s", STR_FMT(token->name));
    if (href.ptr != NULL) {
        put_attr(out, STR("href"), put_in_place(pass, base, href));
    }
    for (size_t i = 0; i < token->n_attrs; i++) {
        const struct body_attr *attr = &token->attrs[i];
        if (str_eq(attr->name, STR("data-story")) ||
            (href.ptr != NULL && str_eq(attr->name, STR("href"))) ||
            (base.ptr != NULL && is_for_pages(attr->name))) {
            continue;
        }
        if (base.ptr != NULL && is_address(attr->name)) {
            put_attr(out, attr->name,
                     put_in_place(pass, base, html_unescape(pass->arena, attr->value)));
        } else {
            buf_printf(out, " %.*s=\"%.*s\"", STR_FMT(attr->name), STR_FMT(attr->value));
        }
    }
    if (str_eq(token->name, STR("img"))) {
        status = put_size(pass, out, token, err);
    }
    if (base.ptr == NULL && str_eq(token->name, STR("img")) &&
        body_attr(token, STR("loading")).ptr == NULL) {
        buf_put(out, STR(" loading=\"lazy\""));
    }
    buf_put_char(out, '>');
    return status;
}

static enum status put_link(struct pass *pass, struct buf *out, const struct body_token *token,
                            struct str base, bool *ret_dropped, struct err *err) {
    struct story target;
    bool is_public;
    enum status status =
        target_of(pass, body_attr(token, STR("data-story")), &is_public, &target, err);
    if (status != STATUS_OK) {
        return status;
    }
    *ret_dropped = !is_public;
    if (is_public) {
        struct str old = html_unescape(pass->arena, body_attr(token, STR("href")));
        size_t hash = str_find_char(old, '#', 0);
        struct str fragment = hash == STR_NPOS ? STR("") : str_from(old, hash), path;
        status = card_address(pass, &target, &path, err);
        if (status == STATUS_OK) {
            status = put_open(
                pass, out, token,
                arena_printf(pass->arena, "%.*s%.*s", STR_FMT(path), STR_FMT(fragment)), base, err);
        }
    }
    return status;
}

static enum status put_also_read(struct pass *pass, struct buf *out, const struct body_token *token,
                                 struct str base, struct err *err) {
    struct story target;
    bool is_public;
    enum status status =
        target_of(pass, body_attr(token, STR("data-story")), &is_public, &target, err);
    if (status != STATUS_OK || !is_public) {
        return status;
    }
    struct str label = html_unescape(pass->arena, body_attr(token, STR("data-label")));
    struct view_also_read_root root = {
        .label = label.len > 0 ? label : pass_phrase(pass, "also_read", NULL, 0),
        .href = put_in_place(pass, base, target.path),
        .headline = card_headline(pass, &target),
    };
    return pass_html(pass, "partials/card-also-read", &root, out, err);
}

static enum status put_embed(struct pass *pass, struct buf *out, const struct body_token *token,
                             struct err *err) {
    struct str href = html_unescape(pass->arena, body_attr(token, STR("data-url")));
    struct url url;
    if (!url_safe_href(href) || !url_parse(href, &url) || url.host.len == 0) {
        return STATUS_OK;
    }
    struct view_embed_root root = {
        .href = href,
        .host = str_starts_nocase(url.host, STR("www.")) ? str_from(url.host, 4) : url.host,
        .label = html_unescape(pass->arena, body_attr(token, STR("data-label"))),
    };
    return pass_html(pass, "partials/card-embed", &root, out, err);
}

/* A line for each block: what reads the text without knowing HTML's blocks finds words apart. */
static void end_line(struct buf *out, const struct body_token *token) {
    if ((token->kind == BODY_CLOSE || body_is_void(token->name)) &&
        (body_elements[body_tag_of(token->name)].stands_in & IN_FLOW) != 0) {
        buf_put_char(out, '\n');
    }
}

/* A table that is wider than the page scrolls in a box of its own, which takes the keyboard. */
static void open_table(struct pass *pass, struct buf *out) {
    buf_put(out, STR("<div class=\"table\" role=\"group\" tabindex=\"0\""));
    put_attr(out, STR("aria-label"), pass_phrase(pass, "table", NULL, 0));
    buf_put(out, STR(">\n"));
}

/* ---- headings ---- */

/* A body's headings go on from the page's own, which is the h1, and skip no level on the way down:
 * what an editor chose for its size ("h2, h4, h4") becomes what a reader who hears the page can
 * follow ("h2, h3, h3"). */
struct outline {
    int levels[5]; /* as written, of the headings that the next one may stand under: rising */
    int len;       /* the last heading is shown as h<1 + len> */
};

static bool is_heading(struct str name) {
    return name.len == 2 && name.ptr[0] == 'h' && name.ptr[1] >= '2' && name.ptr[1] <= '6';
}

static struct str outline_open(struct outline *o, struct str name) {
    static const struct str shown[] = { STR_INIT("h2"), STR_INIT("h3"), STR_INIT("h4"),
                                        STR_INIT("h5"), STR_INIT("h6") };
    int level = name.ptr[1] - '0';
    while (o->len > 0 && o->levels[o->len - 1] >= level) {
        o->len--;
    }
    o->levels[o->len++] = level; /* rising from 2 to 6: there is room */
    return shown[o->len - 1];
}

/* ---- pictures ---- */

/* One of the site's own, as the library has it; *ret_done false: another one, which stays as it is.
 */
static enum status put_picture(struct pass *pass, struct buf *out, struct body_pictures *at,
                               const struct body_token *img, struct str base, bool *ret_done,
                               struct err *err) {
    const struct view_image *image;
    enum status status = body_picture_of(pass, img, &image, err);
    *ret_done = image != NULL;
    if (status != STATUS_OK || image == NULL) {
        return status;
    }
    if (base.ptr != NULL) {
        body_picture_put_plain(pass, img, image, out);
        return STATUS_OK;
    }
    return body_picture_put(pass, at, img, image, out, err);
}

/* Takes the element that was opened if there is a picture in it that is ours: <img>, <picture> with
 * all that is in it, and the beginning of a paragraph that holds nothing else. */
static enum status take_picture(struct pass *pass, struct buf *out, struct body_pictures *at,
                                struct body_reader *reader, const struct body_token *token,
                                struct str base, bool *ret_taken, struct err *err) {
    struct body_token img = *token;
    *ret_taken = false;
    if (token->kind != BODY_OPEN) {
        return STATUS_OK;
    }
    if (str_eq(token->name, STR("img"))) {
        return put_picture(pass, out, at, &img, base, ret_taken, err);
    }
    bool is_picture = str_eq(token->name, STR("picture"));
    bool is_paragraph = str_eq(token->name, STR("p")) && base.ptr == NULL &&
                        !body_pictures_in_figure(at);
    if ((!is_picture && !is_paragraph) || !body_picture_alone(reader, token, &img)) {
        return STATUS_OK;
    }
    if (is_picture) {
        enum status status = put_picture(pass, out, at, &img, base, ret_taken, err);
        if (*ret_taken) {
            (void)body_inner(reader, token);
        }
        return status;
    }
    const struct view_image *image;
    enum status status = body_picture_of(pass, &img, &image, err);
    if (status == STATUS_OK && image != NULL) {
        at->is_paragraph = *ret_taken = true;
        buf_put(out, STR("<figure>"));
        body_pictures_opened(at, &(struct body_token){ .name = STR("figure") }, out);
    }
    return status;
}

/* The cards that templates draw; every other one is shown as the element that it is. */
static bool is_drawn(struct str card) {
    return str_eq(card, STR("also-read")) || str_eq(card, STR("embed"));
}

static enum status put_body(struct pass *pass, struct html body, struct str base, struct buf *out,
                            struct err *err) {
    struct body_reader reader;
    body_reader_init(&reader, body);
    struct body_token token;
    enum status status = STATUS_OK;
    bool link_dropped = false; /* links do not nest */
    struct outline outline = { 0 };
    struct body_pictures pictures = { 0 };
    while (status == STATUS_OK && body_next(&reader, &token) != BODY_END) {
        if (token.kind == BODY_BAD) {
            return err_set(err, STATUS_CORRUPT, "a body is not in the form that bodies have");
        }
        bool is_boxed = base.ptr == NULL && str_eq(token.name, STR("table"));
        if (is_boxed && token.kind == BODY_OPEN) {
            open_table(pass, out);
        }
        bool is_taken;
        status = take_picture(pass, out, &pictures, &reader, &token, base, &is_taken, err);
        if (status != STATUS_OK || is_taken) {
            continue;
        }
        if (token.kind == BODY_CLOSE && base.ptr == NULL) {
            bool was_paragraph = pictures.is_paragraph && str_eq(token.name, STR("p"));
            if (was_paragraph) {
                token.name = STR("figure");
                token.raw = STR("</figure>");
                pictures.is_paragraph = false;
            }
            body_pictures_close(&pictures, &token, out);
        }
        struct str card = body_attr(&token, STR("data-card"));
        bool is_link = str_eq(token.name, STR("a"));
        if (token.kind == BODY_OPEN && is_drawn(card)) {
            (void)body_inner(&reader, &token);
            status = str_eq(card, STR("embed")) ? put_embed(pass, out, &token, err)
                                                : put_also_read(pass, out, &token, base, err);
        } else if (token.kind == BODY_OPEN && is_link &&
                   body_attr(&token, STR("data-story")).ptr != NULL) {
            status = put_link(pass, out, &token, base, &link_dropped, err);
        } else if (token.kind == BODY_OPEN && base.ptr != NULL &&
                   str_eq(token.name, STR("source")) && body_attr(&token, STR("src")).ptr == NULL) {
            continue; /* of a picture: nothing is left of it without srcset */
        } else if (token.kind == BODY_OPEN) {
            if (is_heading(token.name)) {
                token.name = outline_open(&outline, token.name);
            }
            status = put_open(pass, out, &token, (struct str){ 0 }, base, err);
        } else if (token.kind == BODY_CLOSE && is_heading(token.name)) {
            buf_printf(out, "</h%d>", 1 + outline.len);
        } else if (token.kind == BODY_CLOSE && is_link && link_dropped) {
            link_dropped = false;
        } else {
            buf_put(out, token.raw);
        }
        if (token.kind == BODY_OPEN && base.ptr == NULL && !body_is_void(token.name) &&
            !is_drawn(card)) {
            body_pictures_opened(&pictures, &token, out);
        }
        end_line(out, &token);
        if (is_boxed && token.kind == BODY_CLOSE) {
            buf_put(out, STR("</div>\n"));
        }
    }
    return status;
}

enum status story_body(struct pass *pass, struct html body, struct str base, struct html *ret,
                       struct err *err) {
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    enum status status = put_body(pass, body, base, &out, err);
    if (status == STATUS_OK && out.status != STATUS_OK) {
        status = err_set(err, out.status, "a body is too large when it is shown");
    }
    if (status == STATUS_OK) {
        ret->raw = arena_str(pass->arena, str_trim(buf_str(&out)));
    }
    buf_done(&out);
    return status;
}
