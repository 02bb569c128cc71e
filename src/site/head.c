#include "site/head.h"

#include "site/authors.h"
#include "site/image.h"
#include "site/json_ld.h"
#include "site/publisher.h"
#include "text/utf8.h"
#include "text/words.h"

/* Search engines show about 160 characters; scripts without spaces know no words to count by. */
enum { DESCRIPTION_WORDS = 40, DESCRIPTION_CHARS = 300 };

/* Below this, X shows no large card; a logo that is smaller stands for nothing. */
enum { LARGE_IMAGE_WIDTH = 300, LOGO_WIDTH_MIN = 112, SHARED_WIDTH = 1200 };

struct str head_title(struct pass *pass, struct str title) {
    if (title.len == 0 || str_eq(title, pass->settings.title)) {
        return pass->settings.title;
    }
    return arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(title), STR_FMT(pass->settings.title));
}

struct str head_description(struct pass *pass, struct str text) {
    struct str words = words_first(pass->arena, text, DESCRIPTION_WORDS);
    size_t at = 0, space = 0;
    for (size_t n = 0; at < words.len; n++) {
        size_t before = at;
        bool is_space = utf8_next(words, &at) == ' ';
        if (n == DESCRIPTION_CHARS) {
            return str_slice(words, 0, space > 0 ? space : before);
        }
        space = is_space ? before : space;
    }
    return words;
}

enum status head_describe_story(struct pass *pass, const struct story *story, struct str *ret,
                                struct err *err) {
    struct str text = str_trim(story->seo_description);
    if (text.len == 0) {
        text = str_trim(story->standfirst);
    }
    enum status status = STATUS_OK;
    if (text.len == 0) {
        status = store_story_excerpt(pass->reader, pass->arena, story->id, &text, err);
    }
    if (status == STATUS_OK) {
        *ret = head_description(pass, text);
    }
    return status;
}

struct view_head head_plain(struct pass *pass, struct str title, struct str description,
                            struct str path) {
    return (struct view_head){
        .title = head_title(pass, title),
        .description = head_description(pass, description),
        .robots = STR("max-image-preview:large"),
        .canonical = pass_absolute(pass, path),
        .og_type = STR("website"),
        .og_title = title.len > 0 ? title : pass->settings.title,
        .card = STR("summary"),
        .twitter = pass->settings.twitter_site,
    };
}

static void set_image(struct pass *pass, struct view_head *head, const struct view_image *image,
                      const struct image_file *file) {
    head->image = pass_absolute(pass, file->href);
    head->image_alt = image->alt;
    head->image_type = file->mime;
    head->image_width = file->width;
    head->image_height = file->height;
}

enum status head_image(struct pass *pass, struct view_head *head, const struct view_image *image,
                       struct err *err) {
    if (image != NULL) {
        static const struct rendition_shape shared = { 40, 21 }; /* 1200 x 630 */
        struct image_file file = image_file(pass, image, shared, SHARED_WIDTH);
        set_image(pass, head, image, &file);
        if (image->width == 0 || image->width >= LARGE_IMAGE_WIDTH) {
            head->card = STR("summary_large_image");
        }
        return STATUS_OK;
    }
    const struct view_image *logo;
    enum status status = publisher_logo(pass, &logo, err);
    if (status == STATUS_OK && logo != NULL && logo->width >= LOGO_WIDTH_MIN) {
        struct image_file file = image_file(pass, logo, rendition_shapes[0], SHARED_WIDTH);
        set_image(pass, head, logo, &file);
    }
    return status;
}

/* ---- stories ---- */

/* The addresses of the authors' pages. */
static struct list author_urls(struct pass *pass, struct list authors) {
    const struct view_author *author = authors.items;
    struct str *urls = arena_array(pass->arena, authors.len + 1, sizeof *urls);
    for (size_t i = 0; i < authors.len; i++) {
        urls[i] = pass_absolute(pass, author[i].href);
    }
    return (struct list){ urls, authors.len };
}

static struct list labels(struct pass *pass, struct list links) {
    const struct view_link *link = links.items;
    struct str *names = arena_array(pass->arena, links.len + 1, sizeof *names);
    for (size_t i = 0; i < links.len; i++) {
        names[i] = link[i].label;
    }
    return (struct list){ names, links.len };
}

static enum status set_creator(struct pass *pass, const struct story *story, struct view_head *head,
                               struct err *err) {
    enum status status = author_fediverse(pass, story->authors, &head->fediverse, err);
    if (status == STATUS_OK && head->fediverse.len == 0) {
        head->fediverse = pass->settings.fediverse_creator;
    }
    return status;
}

enum status head_story(struct pass *pass, const struct story *story, const struct view_story *view,
                       struct view_head *ret, struct err *err) {
    struct str title = story->seo_title.len > 0 ? story->seo_title : view->headline;
    struct str description = STR("");
    enum status status = head_describe_story(pass, story, &description, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct view_head head = head_plain(pass, title, description, story->path);
    head.og_type = STR("article");
    head.og_title = view->headline;
    head.published = dates_rfc3339(pass->dates, pass->arena, story->published_us);
    head.modified = dates_rfc3339(pass->dates, pass->arena,
                                  story->updated_us > story->published_us ? story->updated_us
                                                                          : story->published_us);
    if (view->sections.len > 0) {
        head.section = ((const struct view_link *)view->sections.items)[0].label;
    }
    head.authors = author_urls(pass, view->authors);
    head.tags = labels(pass, view->tags);
    if (story->visibility == STORY_PASSWORD || story->noindex) {
        head.robots = STR("noindex");
    }
    status = head_image(pass, &head, view->image, err);
    if (status == STATUS_OK) {
        status = set_creator(pass, story, &head, err);
    }
    if (status == STATUS_OK) {
        status = json_ld_story(pass, story, view, &head, err);
    }
    *ret = head;
    return status;
}
