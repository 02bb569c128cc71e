#include "transfer/wp_shortcodes.h"

#include "base/limits.h"
#include "transfer/shortcode.h"

static const struct str names[] = {
    STR_INIT("caption"), STR_INIT("wp_caption"), STR_INIT("gallery"), STR_INIT("audio"),
    STR_INIT("video"),   STR_INIT("playlist"),   STR_INIT("embed"),
};

/* ---- pieces of HTML ---- */

static void put_attr(struct buf *out, const char *name, struct str value) {
    buf_printf(out, " %s=\"", name);
    html_escape(out, value);
    buf_put_char(out, '"');
}

void wp_put_embed(struct buf *out, struct str url, struct str caption_html) {
    buf_put(out, STR("<figure data-card=\"embed\""));
    put_attr(out, "data-url", url);
    buf_put(out, STR("><a"));
    put_attr(out, "href", url);
    buf_put_char(out, '>');
    html_escape(out, url);
    buf_put(out, STR("</a>"));
    if (str_trim(caption_html).len > 0) {
        buf_put(out, STR("<figcaption>"));
        buf_put(out, caption_html);
        buf_put(out, STR("</figcaption>"));
    }
    buf_put(out, STR("</figure>"));
}

static void put_image(struct buf *out, const struct wp_media *media) {
    buf_put(out, STR("<figure><a"));
    put_attr(out, "href", media->url);
    buf_put(out, STR("><img"));
    put_attr(out, "src", media->url);
    put_attr(out, "alt", media->alt);
    if (media->width > 0 && media->height > 0) {
        buf_printf(out, " width=\"%d\" height=\"%d\"", media->width, media->height);
    }
    buf_put(out, STR("></a>"));
    if (media->caption.len > 0) {
        buf_put(out, STR("<figcaption>"));
        html_escape(out, media->caption);
        buf_put(out, STR("</figcaption>"));
    }
    buf_put(out, STR("</figure>"));
}

static void put_player(struct buf *out, const char *element, struct str src, struct str poster,
                       struct str caption) {
    buf_printf(out, "<figure><%s controls", element);
    put_attr(out, "src", src);
    if (poster.len > 0) {
        put_attr(out, "poster", poster);
    }
    buf_printf(out, "></%s>", element);
    if (caption.len > 0) {
        buf_put(out, STR("<figcaption>"));
        html_escape(out, caption);
        buf_put(out, STR("</figcaption>"));
    }
    buf_put(out, STR("</figure>"));
}

static bool find_media(struct arena *a, const struct wp_library *library, int64_t id,
                       struct wp_media *ret) {
    *ret = (struct wp_media){ 0 };
    return library->media != NULL && library->media(library->ctx, a, id, ret) && ret->url.len > 0;
}

void wp_parse_ids(struct arena *a, struct str text, struct wp_ids *ret) {
    struct str part;
    while (text.len > 0 && str_split(&text, ',', &part)) {
        int64_t id;
        if (ret->len < LIMIT_GALLERY_ITEMS && str_to_i64(str_trim(part), &id) && id > 0) {
            *vec_push(a, ret) = id;
        }
    }
}

bool wp_put_gallery(struct arena *a, const struct wp_library *library, const struct wp_ids *ids,
                    struct buf *out) {
    bool any = false;
    for (size_t i = 0; i < ids->len && i < LIMIT_GALLERY_ITEMS; i++) {
        struct wp_media media;
        if (find_media(a, library, ids->ptr[i], &media) &&
            (media.mime.len == 0 || str_starts(media.mime, STR("image/")))) {
            buf_put(out, any ? STR("") : STR("<figure data-card=\"gallery\">"));
            put_image(out, &media);
            any = true;
        }
    }
    buf_put(out, any ? STR("</figure>") : STR(""));
    return any;
}

/* ---- the shortcodes ---- */

struct expansion {
    struct arena *a;
    const struct wp_library *library;
    struct buf *out;
    struct str text;
    const struct shortcode *code;
};

static void tell(const struct expansion *e, const char *why) {
    if (e->library->told != NULL) {
        struct str what = arena_printf(e->a, "the shortcode [%.*s] %s",
                                       e->code->name.len < 60 ? (int)e->code->name.len : 60,
                                       e->code->name.ptr, why);
        e->library->told(e->library->ctx, what.ptr);
    }
}

/* Where the picture of a [caption] ends: <img …>, with the link around it. */
static size_t picture_end(struct str content) {
    size_t img = str_find_nocase(content, STR("<img"), 0);
    size_t end = img == STR_NPOS ? STR_NPOS : str_find_char(content, '>', img);
    if (end == STR_NPOS) {
        return 0;
    }
    end++;
    size_t link = str_find_nocase(str_slice(content, 0, img), STR("<a "), 0);
    struct str rest = str_from(content, end);
    if (link != STR_NPOS && str_starts_nocase(str_trim(rest), STR("</a>"))) {
        end += str_find_nocase(rest, STR("</a>"), 0) + 4;
    }
    return end;
}

/* A caption is one line of text: autop's marks go. */
static void put_inline(struct buf *out, struct str html) {
    static const struct str marks[] = { STR_INIT("<p>"), STR_INIT("</p>"), STR_INIT("<br />\n") };
    for (size_t at = 0; at < html.len;) {
        size_t skip = 0;
        for (size_t i = 0; i < COUNT_OF(marks) && skip == 0; i++) {
            skip = str_starts(str_from(html, at), marks[i]) ? marks[i].len : 0;
        }
        if (skip > 0) {
            buf_put_char(out, ' ');
            at += skip;
        } else {
            buf_put_char(out, html.ptr[at++]);
        }
    }
}

static void expand_caption(const struct expansion *e) {
    struct str content = e->code->content.ptr ? e->code->content : STR("");
    struct str caption = shortcode_attr(e->code, "caption");
    struct str align = shortcode_attr(e->code, "align");
    struct str picture = content;
    bool is_html = caption.len == 0;
    if (is_html) {
        size_t end = picture_end(content);
        picture = str_slice(content, 0, end);
        caption = str_trim(str_from(content, end));
    }
    buf_put(e->out, STR("<figure"));
    if (align.len > 0) {
        put_attr(e->out, "class", align);
    }
    buf_put_char(e->out, '>');
    put_inline(e->out, picture);
    buf_put(e->out, STR("<figcaption>"));
    put_inline(e->out, caption);
    buf_put(e->out, STR("</figcaption></figure>"));
}

static void wanted_ids(const struct expansion *e, struct wp_ids *ret) {
    struct str ids = shortcode_attr(e->code, "ids");
    if (ids.len == 0) {
        ids = shortcode_attr(e->code, "include");
    }
    wp_parse_ids(e->a, ids, ret);
    if (ids.len > 0 || e->library->children == NULL) {
        return;
    }
    struct wp_ids all = { 0 };
    struct wp_ids except = { 0 };
    e->library->children(e->library->ctx, e->a, &all);
    wp_parse_ids(e->a, shortcode_attr(e->code, "exclude"), &except);
    for (size_t i = 0; i < all.len && i < LIMIT_GALLERY_ITEMS; i++) {
        bool left_out = false;
        for (size_t k = 0; k < except.len; k++) {
            left_out |= except.ptr[k] == all.ptr[i];
        }
        if (!left_out) {
            *vec_push(e->a, ret) = all.ptr[i];
        }
    }
}

static void expand_gallery(const struct expansion *e) {
    struct wp_ids ids = { 0 };
    wanted_ids(e, &ids);
    if (!wp_put_gallery(e->a, e->library, &ids, e->out)) {
        tell(e, "was left out: none of its pictures is in the export");
    }
}

/* [audio] and [video]: the address stands in one of several attributes, or alone, or is that of
 * the first file that was uploaded to the post. */
static void expand_player(const struct expansion *e, const char *element,
                          const char *const *attributes) {
    struct str src = shortcode_attr(e->code, "src");
    for (size_t i = 0; attributes[i] != NULL && src.len == 0; i++) {
        src = shortcode_attr(e->code, attributes[i]);
    }
    if (src.len == 0) {
        src = shortcode_value(e->code, 0);
    }
    struct wp_ids children = { 0 };
    if (src.len == 0 && e->library->children != NULL) {
        e->library->children(e->library->ctx, e->a, &children);
    }
    for (size_t i = 0; i < children.len && src.len == 0; i++) {
        struct wp_media media;
        if (find_media(e->a, e->library, children.ptr[i], &media) &&
            str_starts(media.mime, str_of(element))) {
            src = media.url;
        }
    }
    if (src.len == 0) {
        tell(e, "was left out: it names no file");
        return;
    }
    put_player(e->out, element, src, shortcode_attr(e->code, "poster"), STR(""));
}

static void expand_audio(const struct expansion *e) {
    static const char *const attributes[] = { "mp3", "ogg", "m4a", "wav", "flac", "wma", NULL };
    expand_player(e, "audio", attributes);
}

static void expand_video(const struct expansion *e) {
    static const char *const attributes[] = { "mp4", "m4v", "webm", "ogv", "flv", "wmv", NULL };
    struct str src = shortcode_attr(e->code, "src");
    struct str host_marks[] = { STR("youtu.be/"), STR("youtube.com/"), STR("vimeo.com/") };
    for (size_t i = 0; i < COUNT_OF(host_marks); i++) {
        if (str_find(src, host_marks[i], 0) != STR_NPOS) {
            wp_put_embed(e->out, src, STR(""));
            return;
        }
    }
    expand_player(e, "video", attributes);
}

static void expand_playlist(const struct expansion *e) {
    bool video = str_eq(shortcode_attr(e->code, "type"), STR("video"));
    const char *element = video ? "video" : "audio";
    struct wp_ids ids = { 0 };
    wanted_ids(e, &ids);
    bool any = false;
    for (size_t i = 0; i < ids.len; i++) {
        struct wp_media media;
        if (find_media(e->a, e->library, ids.ptr[i], &media) &&
            str_starts(media.mime, str_of(element))) {
            put_player(e->out, element, media.url, STR(""), media.title);
            any = true;
        }
    }
    if (!any) {
        tell(e, "was left out: none of its files is in the export");
    }
}

static void expand_embed(const struct expansion *e) {
    struct str url = str_trim(e->code->content.ptr ? e->code->content : STR(""));
    if (url.len == 0) {
        url = shortcode_attr(e->code, "src");
    }
    url = html_unescape(e->a, url);
    if (str_starts_nocase(url, STR("http://")) || str_starts_nocase(url, STR("https://"))) {
        wp_put_embed(e->out, url, STR(""));
    } else {
        buf_put(e->out, str_slice(e->text, e->code->begin, e->code->end));
        tell(e, "was kept as text: it holds no address");
    }
}

static void expand(const struct expansion *e) {
    struct str name = e->code->name;
    if (str_eq(name, STR("gallery"))) {
        expand_gallery(e);
    } else if (str_eq(name, STR("audio"))) {
        expand_audio(e);
    } else if (str_eq(name, STR("video"))) {
        expand_video(e);
    } else if (str_eq(name, STR("playlist"))) {
        expand_playlist(e);
    } else if (str_eq(name, STR("embed"))) {
        expand_embed(e);
    } else {
        expand_caption(e);
    }
}

static void tell_unknown(struct arena *a, struct str text, const struct shortcode_walk *walk,
                         const struct wp_library *library) {
    struct str name;
    size_t at = 0;
    while (library->told != NULL && shortcode_unknown(walk, text, at, &name, &at)) {
        struct str what = arena_printf(a, "the shortcode [%.*s] is not known: it was kept as text",
                                       STR_FMT(name));
        library->told(library->ctx, what.ptr);
    }
}

void wp_shortcodes_expand(struct arena *a, struct str text, const struct wp_library *library,
                          struct buf *out) {
    struct shortcode_walk walk = { .names = names, .n_names = COUNT_OF(names) };
    struct shortcode code;
    size_t at = 0;
    tell_unknown(a, text, &walk, library);
    while (shortcode_next(a, &walk, text, at, &code)) {
        buf_put(out, str_slice(text, at, code.begin));
        if (code.escaped) {
            buf_put(out, str_slice(text, code.begin + 1, code.end - 1));
        } else {
            expand(&(struct expansion){ a, library, out, text, &code });
        }
        at = code.end;
    }
    buf_put(out, str_from(text, at));
}

void wp_shortcodes_unwrap(struct arena *a, struct str html, struct buf *out) {
    struct shortcode_walk walk = { .names = names, .n_names = COUNT_OF(names) };
    struct shortcode code;
    size_t at = 0;
    while (shortcode_next(a, &walk, html, at, &code)) {
        struct str before = str_slice(html, at, code.begin);
        size_t last = before.len;
        while (last > 0 && char_is_space(before.ptr[last - 1])) {
            last--;
        }
        size_t close = code.end;
        while (close < html.len && char_is_space(html.ptr[close])) {
            close++;
        }
        bool wrapped = str_ends(str_slice(before, 0, last), STR("<p>")) &&
                       str_starts(str_from(html, close), STR("</p>"));
        buf_put(out, wrapped ? str_slice(before, 0, last - 3) : before);
        buf_put(out, str_slice(html, code.begin, code.end));
        at = wrapped ? close + 4 : code.end;
    }
    buf_put(out, str_from(html, at));
}
