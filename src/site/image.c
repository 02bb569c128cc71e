/* An element names the same pictures for everybody, so that a page stays one page: browsers choose,
 * by type and by width. What takes neither AVIF nor WebP is rare and gets one JPEG (or PNG) of
 * middling width. The size stands in the attributes, whatever is chosen, so that nothing moves when
 * it comes; until then its place has the picture's main colour, or, where the reader looks first,
 * the picture itself in a few dozen pixels. */
#include "site/image.h"

#include "picture/renditions.h"

enum {
    SRC_WIDTH = 1200,  /* where one rendition has to do for all */
    PLAIN_WIDTH = 640, /* for the few who take no other format */
    FOCAL_MIDDLE = 500
};

/* ---- which there are ---- */

bool image_has_renditions(const struct media *media) {
    return media->probed && media->width > 0 && media->height > 0 &&
           media->hash.len >= RENDITION_HASH_DIGITS;
}

static struct picture_crop crop_of(const struct media *media, struct rendition_shape shape) {
    bool is_set = media->focal_x != 0 || media->focal_y != 0;
    return rendition_crop(shape, is_set ? media->focal_x : FOCAL_MIDDLE,
                          is_set ? media->focal_y : FOCAL_MIDDLE);
}

struct rendition_name image_name(const struct media *media, struct rendition_shape shape, int width,
                                 enum picture_format format) {
    struct rendition_name name = { .id = media->id,
                                   .hash = str_slice(media->hash, 0, RENDITION_HASH_DIGITS),
                                   .crop = crop_of(media, shape),
                                   .format = format };
    name.width = rendition_width_for(media->width, media->height, &name.crop, width);
    return name;
}

bool image_exists(const struct media *media, const struct rendition_name *name) {
    return image_has_renditions(media) &&
           str_eq(name->hash, str_slice(media->hash, 0, RENDITION_HASH_DIGITS)) &&
           rendition_exists(name, media->width, media->height, media->has_alpha, media->frames);
}

struct str image_order(struct pass *pass, const struct media *media,
                       const struct rendition_name *name) {
    struct rendition_order order = {
        .name = *name,
        .original = media->file,
        .animate = media->frames > 1 && name->format == PICTURE_WEBP && name->crop.ratio_width == 0,
    };
    return rendition_order_text(pass->arena, &order);
}

const struct rendition_name *image_full(struct pass *pass, const struct media *media) {
    if (!image_has_renditions(media)) {
        return NULL;
    }
    /* Of the format that the address's ending names, where that can be made. */
    enum picture_format format = media->frames > 1 ? PICTURE_WEBP
                                 : str_eq(media->mime, STR("image/png"))
                                     ? PICTURE_PNG
                                     : rendition_plain_format(media->has_alpha);
    struct rendition_name *name = ARENA_NEW(pass->arena, struct rendition_name);
    *name = image_name(media, rendition_shapes[0], rendition_widths[RENDITION_WIDTHS - 1], format);
    return name;
}

struct image_file image_file(struct pass *pass, const struct view_image *image,
                             struct rendition_shape shape, int width) {
    const struct media *media = image->media;
    if (media == NULL) {
        return (struct image_file){ image->src, image->mime, image->width, image->height };
    }
    struct rendition_name name =
        image_name(media, shape, width, rendition_plain_format(media->has_alpha));
    int w, h;
    rendition_size(picture_crop_box(media->width, media->height, &name.crop), name.width, &w, &h);
    return (struct image_file){ rendition_address(pass->arena, &name),
                                str_of(picture_format_mime(name.format)), w, h };
}

/* ---- the view ---- */

/* Of a picture without a text of its own, the caption says the most; a title is often no more than
 * the name of a file. */
static struct str alt_of(const struct media *media) {
    if (media->decorative) {
        return STR("");
    }
    struct str title = str_find_char(media->title, ' ', 0) != STR_NPOS ? media->title : STR("");
    return media->alt.len > 0 ? media->alt : media->caption.len > 0 ? media->caption : title;
}

const struct view_image *image_of_media(struct pass *pass, const struct media *media) {
    struct str src = media->file.len > 0 && media->path.len > 0 ? media->path : media->remote_url;
    bool has_size = media->width > 0 && media->height > 0;
    if (src.len == 0 || !str_starts(media->mime, STR("image/"))) {
        return NULL;
    }
    struct view_image *image = ARENA_NEW(pass->arena, struct view_image);
    *image = (struct view_image){
        .src = src,
        .alt = alt_of(media),
        .caption = media->caption,
        .credit = media->credit,
        .licence = media->licence,
        .mime = media->mime,
        .has_caption = media->caption.len + media->credit.len + media->licence.len > 0,
        .width = has_size ? media->width : 0,
        .height = has_size ? media->height : 0,
    };
    if (media->file.len > 0 && image_has_renditions(media)) {
        image->media = media;
        struct image_file file = image_file(pass, image, rendition_shapes[0], SRC_WIDTH);
        image->src = file.href;
        image->mime = file.mime;
        image->width = file.width;
        image->height = file.height;
    }
    return image;
}

/* ---- what is offered ---- */

/* The widths that are offered and are there, rising; returns how many. */
static size_t widths_of(const struct media *media, const struct image_offer *offer,
                        int ret[RENDITION_WIDTHS + 1]) {
    struct picture_crop crop = crop_of(media, offer->shape);
    if (offer->n == 0) {
        return rendition_widths_of(media->width, media->height, &crop, ret);
    }
    size_t n = 0;
    for (size_t i = 0; i < offer->n; i++) {
        int width = rendition_width_for(media->width, media->height, &crop, offer->widths[i]);
        if (n == 0 || width > ret[n - 1]) {
            ret[n++] = width;
        }
    }
    return n;
}

static int plain_width(const int *widths, size_t n) {
    return PLAIN_WIDTH < widths[n - 1] ? PLAIN_WIDTH : widths[n - 1];
}

/* ---- all of them ---- */

struct addresses {
    struct pass *pass;
    const struct media *media;
    VEC(struct str) all;
};

static void add(struct addresses *to, struct rendition_shape shape, int width,
                enum picture_format format) {
    struct rendition_name name = image_name(to->media, shape, width, format);
    if (image_exists(to->media, &name)) {
        *vec_push(to->pass->arena, &to->all) = rendition_address(to->pass->arena, &name);
    }
}

struct list image_addresses(struct pass *pass, const struct media *media) {
    struct addresses to = { .pass = pass, .media = media };
    if (media->file.len == 0 || !image_has_renditions(media)) {
        return (struct list){ NULL, 0 };
    }
    enum picture_format plain = rendition_plain_format(media->has_alpha);
    size_t len;
    const struct image_offer *offers = look_offers(pass->look, &len);
    for (size_t i = 0; i < len; i++) {
        int widths[RENDITION_WIDTHS + 1];
        size_t n = widths_of(media, &offers[i], widths);
        for (size_t w = 0; w < n; w++) {
            add(&to, offers[i].shape, widths[w], PICTURE_AVIF);
            add(&to, offers[i].shape, widths[w], PICTURE_WEBP);
        }
        add(&to, offers[i].shape, plain_width(widths, n), plain);
    }
    for (size_t i = 0; i < RENDITION_SHAPES; i++) { /* for heads, and where there is no choice */
        add(&to, rendition_shapes[i], SRC_WIDTH, plain);
    }
    add(&to, rendition_shapes[0], IMAGE_THUMBNAIL_WIDTH, plain);
    return (struct list){ to.all.ptr, to.all.len };
}

/* ---- markup ---- */

static void put_value(struct buf *out, const char *name, struct str value) {
    buf_printf(out, " %s=\"", name);
    html_escape(out, value);
    buf_put_char(out, '"');
}

static void put_source(struct pass *pass, struct buf *out, const struct media *media,
                       const struct image_offer *offer, enum picture_format format,
                       const int *widths, size_t n, struct str sizes) {
    buf_printf(out, "<source type=\"%s\" srcset=\"", picture_format_mime(format));
    for (size_t i = 0; i < n; i++) {
        struct rendition_name name = image_name(media, offer->shape, widths[i], format);
        buf_printf(out, "%s%.*s %dw", i > 0 ? ", " : "",
                   STR_FMT(rendition_address(pass->arena, &name)), name.width);
    }
    buf_put_char(out, '"');
    put_value(out, "sizes", sizes);
    buf_put_char(out, '>');
}

static bool is_base64(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!char_is_alnum(c) && c != '+' && c != '/' && c != '=') {
            return false;
        }
    }
    return text.len > 0;
}

/* What is seen before it has come; nothing behind what one can see through. */
static void put_background(struct buf *out, const struct media *media, bool eager) {
    if (media->has_alpha) {
        return;
    }
    buf_printf(out, " style=\"background:#%06x", media->colour & 0xFFFFFF);
    if (eager && is_base64(media->placeholder)) {
        buf_printf(out, " url(data:image/webp;base64,%.*s) 0/cover", STR_FMT(media->placeholder));
    }
    buf_put_char(out, '"');
}

static struct str alt_shown(struct pass *pass, const struct view_image *image,
                            const struct image_how *how) {
    if (how->alt.ptr != NULL) {
        return how->alt;
    }
    bool is_meant = image->media != NULL && image->media->decorative;
    return image->alt.len > 0 || is_meant ? image->alt : pass_phrase(pass, "picture", NULL, 0);
}

static void put_img(struct pass *pass, struct buf *out, const struct view_image *image,
                    const struct image_file *file, const struct image_how *how) {
    buf_put(out, STR("<img"));
    put_value(out, "src", file->href);
    put_value(out, "alt", alt_shown(pass, image, how));
    if (how->classes.len > 0) {
        put_value(out, "class", how->classes);
    }
    if (file->width > 0 && how->width > 0 && how->width < file->width) {
        buf_printf(out, " width=\"%lld\" height=\"%lld\"", (long long)how->width,
                   (long long)((how->width * file->height + file->width / 2) / file->width));
    } else if (file->width > 0) {
        buf_printf(out, " width=\"%lld\" height=\"%lld\"", (long long)file->width,
                   (long long)file->height);
    }
    buf_put(out, how->eager ? STR(" fetchpriority=\"high\"") : STR(" loading=\"lazy\""));
    buf_put(out, STR(" decoding=\"async\""));
    if (image->media != NULL) {
        put_background(out, image->media, how->eager);
    }
    buf_put_char(out, '>');
}

void image_put(struct pass *pass, struct buf *out, const struct view_image *image,
               const struct image_offer *offer, const struct image_how *how) {
    const struct media *media = image->media;
    if (media == NULL) {
        struct image_file file = image_file(pass, image, offer->shape, 0);
        put_img(pass, out, image, &file, how);
        return;
    }
    int widths[RENDITION_WIDTHS + 1];
    size_t n = widths_of(media, offer, widths);
    struct str sizes = how->sizes.len > 0 ? how->sizes : STR("100vw");
    buf_put(out, STR("<picture>"));
    if (media->frames <= 1 || offer->shape.ratio_width != 0) {
        put_source(pass, out, media, offer, PICTURE_AVIF, widths, n, sizes);
    }
    put_source(pass, out, media, offer, PICTURE_WEBP, widths, n, sizes);
    struct image_file file = image_file(pass, image, offer->shape, plain_width(widths, n));
    struct image_file most = image_file(pass, image, offer->shape, widths[n - 1]);
    file.width = most.width; /* the shape that is kept free, whatever comes */
    file.height = most.height;
    put_img(pass, out, image, &file, how);
    buf_put(out, STR("</picture>"));
}

enum status image_help(void *ctx, struct template_call *call, struct err *err) {
    (void)err;
    struct pass *pass = ctx;
    struct image_offer offer;
    struct value alt = template_named(call, "alt"), width = template_named(call, "width");
    const char *message;
    const struct value *image = &call->args[1];
    if (value_absent(*image) || image->object == NULL) {
        return STATUS_OK;
    }
    if (!image_offer_read(call->args[0].str, &offer, &message)) {
        offer = (struct image_offer){ 0 }; /* one that is written out was checked at the start */
    }
    struct image_how how = { .sizes = template_named(call, "sizes").str,
                             .classes = template_named(call, "class").str,
                             .eager = value_truthy(template_named(call, "eager")) };
    if (alt.kind == VALUE_STR) {
        how.alt = alt.str.ptr != NULL ? alt.str : STR("");
    }
    if (width.kind == VALUE_INT) {
        how.width = width.integer;
    }
    image_put(pass, call->out, image->object, &offer, &how);
    return STATUS_OK;
}
