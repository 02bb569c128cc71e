/* Everything here is written by text/json.h, which keeps a script element whole whatever the words
 * are. Nodes that others refer to carry an @id: the publisher and the site, whose full descriptions
 * stand on the front page; elsewhere the publisher is told in short, since a reader of one page
 * follows no reference to another. */
#include "site/json_ld.h"

#include "base/limits.h"
#include "site/authors.h"
#include "site/image.h"
#include "site/publisher.h"
#include "text/json.h"
#include "text/url.h"

#define KEY(literal) STR(literal)

enum { STORY_IMAGE_WIDTH = 1200 };

struct ld {
    struct pass *pass;
    struct json j;
    struct buf out;
    const struct view_image *logo;
};

/* ---- pieces ---- */

static enum status begin(struct ld *ld, struct pass *pass, struct err *err) {
    *ld = (struct ld){ .pass = pass };
    enum status status = publisher_logo(pass, &ld->logo, err);
    if (status != STATUS_OK) {
        return status;
    }
    buf_init(&ld->out, LIMIT_JSON_LD_BYTES);
    json_init(&ld->j, &ld->out);
    json_open(&ld->j, '{');
    json_field_str(&ld->j, KEY("@context"), STR("https://schema.org"));
    json_key(&ld->j, KEY("@graph"));
    json_open(&ld->j, '[');
    return STATUS_OK;
}

static void finish(struct ld *ld, struct view_head *head) {
    json_close(&ld->j, ']');
    json_close(&ld->j, '}');
    /* A page without it is better than half of it. */
    if (ld->out.status == STATUS_OK) {
        head->json_ld = (struct html){ arena_str(ld->pass->arena, buf_str(&ld->out)) };
    }
    buf_done(&ld->out);
}

static void open_node(struct ld *ld, struct str type) {
    json_open(&ld->j, '{');
    json_field_str(&ld->j, KEY("@type"), type);
}

static void close_node(struct ld *ld) {
    json_close(&ld->j, '}');
}

/* Nothing, if there is nothing to say. */
static void field(struct ld *ld, struct str key, struct str value) {
    if (value.len > 0) {
        json_field_str(&ld->j, key, value);
    }
}

static void url_field(struct ld *ld, struct str key, struct str href) {
    if (href.len > 0) {
        json_field_str(&ld->j, key, pass_absolute(ld->pass, href));
    }
}

static void reference(struct ld *ld, struct str key, struct str id) {
    json_key(&ld->j, key);
    json_open(&ld->j, '{');
    json_field_str(&ld->j, KEY("@id"), id);
    close_node(ld);
}

static struct str id_of(struct ld *ld, const char *name) {
    return arena_printf(ld->pass->arena, "%.*s/#%s", STR_FMT(ld->pass->settings.origin), name);
}

static bool is_web(struct str text) {
    return str_starts_nocase(text, STR("https://")) || str_starts_nocase(text, STR("http://"));
}

static void put_image_file(struct ld *ld, const struct view_image *image,
                           const struct image_file *file) {
    open_node(ld, STR("ImageObject"));
    url_field(ld, KEY("url"), file->href);
    if (file->width > 0) {
        json_field_i64(&ld->j, KEY("width"), file->width);
        json_field_i64(&ld->j, KEY("height"), file->height);
    }
    field(ld, KEY("caption"), image->caption.len > 0 ? image->caption : image->alt);
    field(ld, KEY("creditText"), image->credit);
    field(ld, is_web(image->licence) ? KEY("license") : KEY("copyrightNotice"), image->licence);
    close_node(ld);
}

static void put_image(struct ld *ld, const struct view_image *image) {
    struct image_file file = { image->src, image->mime, image->width, image->height };
    put_image_file(ld, image, &file);
}

/* In the three shapes that search engines want, of 1200 pixels where it has so many; what is said
 * of it, once. */
static void put_story_image(struct ld *ld, const struct view_image *image) {
    static const struct rendition_shape shapes[] = { { 16, 9 }, { 4, 3 }, { 1, 1 } };
    json_open(&ld->j, '[');
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct image_file file = image_file(ld->pass, image, shapes[i], STORY_IMAGE_WIDTH);
        if (i == 0) {
            put_image_file(ld, image, &file);
        } else if (image->media != NULL) {
            json_str(&ld->j, pass_absolute(ld->pass, file.href));
        }
    }
    json_close(&ld->j, ']');
}

static void put_same_as(struct ld *ld, const struct str *urls, size_t n) {
    if (n > 0) {
        json_key(&ld->j, KEY("sameAs"));
        json_open(&ld->j, '[');
        for (size_t i = 0; i < n; i++) {
            json_str(&ld->j, urls[i]);
        }
        json_close(&ld->j, ']');
    }
}

/* The logo, or, as something must stand for the paper and search engines want pixels, an icon: on
 * the pages of stories, which should be small, the one that their head names already. */
static void put_logo(struct ld *ld, bool whole) {
    const struct asset *large = look_asset(ld->pass->look, STR("icon-512.png"));
    struct view_image icon = { .src = ld->pass->view.touch_icon, .width = 180, .height = 180 };
    if (whole && large != NULL) {
        icon = (struct view_image){ .src = large->path, .width = 512, .height = 512 };
    }
    json_key(&ld->j, KEY("logo"));
    put_image(ld, ld->logo != NULL ? ld->logo : &icon);
}

static void put_publisher(struct ld *ld, bool whole) {
    const struct site_settings *s = &ld->pass->settings;
    open_node(ld, s->organization_type);
    json_field_str(&ld->j, KEY("@id"), id_of(ld, "publisher"));
    json_field_str(&ld->j, KEY("name"), s->title);
    url_field(ld, KEY("url"), STR("/"));
    put_logo(ld, whole);
    if (whole) {
        VEC(struct str) urls = { 0 };
        struct str rest = s->same_as, url;
        while (str_split(&rest, ' ', &url)) {
            if (url.len > 0) {
                *vec_push(ld->pass->arena, &urls) = url;
            }
        }
        field(ld, KEY("description"), s->tagline);
        put_same_as(ld, urls.ptr, urls.len);
    }
    close_node(ld);
}

static void put_place(struct ld *ld, int position, struct str name, struct str url) {
    open_node(ld, STR("ListItem"));
    json_field_i64(&ld->j, KEY("position"), position);
    json_field_str(&ld->j, KEY("name"), name);
    json_field_str(&ld->j, KEY("item"), url);
    close_node(ld);
}

/* The front page, what is above, the page itself. */
static void put_breadcrumbs(struct ld *ld, struct list above, struct list more, struct str name,
                            struct str canonical) {
    const struct list lists[] = { above, more };
    int position = 1;
    open_node(ld, STR("BreadcrumbList"));
    json_key(&ld->j, KEY("itemListElement"));
    json_open(&ld->j, '[');
    put_place(ld, position++, ld->pass->settings.title, pass_absolute(ld->pass, STR("/")));
    for (size_t n = 0; n < COUNT_OF(lists); n++) {
        const struct view_link *links = lists[n].items;
        for (size_t i = 0; i < lists[n].len; i++) {
            put_place(ld, position++, links[i].label, pass_absolute(ld->pass, links[i].href));
        }
    }
    put_place(ld, position, name, canonical);
    json_close(&ld->j, ']');
    close_node(ld);
}

static void put_items(struct ld *ld, const struct view_card *const *cards, size_t n) {
    open_node(ld, STR("ItemList"));
    json_field_i64(&ld->j, KEY("numberOfItems"), (int64_t)n);
    json_key(&ld->j, KEY("itemListElement"));
    json_open(&ld->j, '[');
    for (size_t i = 0; i < n; i++) {
        open_node(ld, STR("ListItem"));
        json_field_i64(&ld->j, KEY("position"), (int64_t)i + 1);
        url_field(ld, KEY("url"), cards[i]->href);
        json_field_str(&ld->j, KEY("name"), cards[i]->headline);
        close_node(ld);
    }
    json_close(&ld->j, ']');
    close_node(ld);
}

/* A page that is no article: its type, address, name, language and site. Left open. */
static void open_page(struct ld *ld, struct str type, const struct view_head *head) {
    open_node(ld, type);
    json_field_str(&ld->j, KEY("@id"), head->canonical);
    json_field_str(&ld->j, KEY("url"), head->canonical);
    json_field_str(&ld->j, KEY("name"), head->og_title);
    field(ld, KEY("description"), head->description);
    json_field_str(&ld->j, KEY("inLanguage"), ld->pass->settings.language);
    reference(ld, KEY("isPartOf"), id_of(ld, "website"));
}

static void put_website(struct ld *ld, bool whole) {
    const struct site_settings *s = &ld->pass->settings;
    open_node(ld, STR("WebSite"));
    json_field_str(&ld->j, KEY("@id"), id_of(ld, "website"));
    json_field_str(&ld->j, KEY("name"), s->title);
    url_field(ld, KEY("url"), STR("/"));
    if (whole) {
        field(ld, KEY("description"), s->tagline);
        json_field_str(&ld->j, KEY("inLanguage"), s->language);
        reference(ld, KEY("publisher"), id_of(ld, "publisher"));
        json_key(&ld->j, KEY("potentialAction"));
        open_node(ld, STR("SearchAction"));
        json_key(&ld->j, KEY("target"));
        open_node(ld, STR("EntryPoint"));
        json_field_str(&ld->j, KEY("urlTemplate"),
                       pass_absolute(ld->pass, STR("/search/?q={search_term_string}")));
        close_node(ld);
        json_field_str(&ld->j, KEY("query-input"), STR("required name=search_term_string"));
        close_node(ld);
    }
    close_node(ld);
}

/* ---- stories ---- */

static void put_labels(struct ld *ld, struct str key, struct list links) {
    const struct view_link *link = links.items;
    if (links.len == 0) {
        return;
    }
    json_key(&ld->j, key);
    json_open(&ld->j, '[');
    for (size_t i = 0; i < links.len; i++) {
        json_str(&ld->j, link[i].label);
    }
    json_close(&ld->j, ']');
}

/* A name alone: no titles, no "by". */
static void put_authors(struct ld *ld, struct list authors) {
    const struct view_author *author = authors.items;
    if (authors.len == 0) {
        return;
    }
    json_key(&ld->j, KEY("author"));
    json_open(&ld->j, '[');
    for (size_t i = 0; i < authors.len; i++) {
        open_node(ld, STR("Person"));
        json_field_str(&ld->j, KEY("name"), author[i].label);
        url_field(ld, KEY("url"), author[i].href);
        close_node(ld);
    }
    json_close(&ld->j, ']');
}

static void put_corrections(struct ld *ld, struct list corrections) {
    const struct view_correction *c = corrections.items;
    if (corrections.len == 0) {
        return;
    }
    json_key(&ld->j, KEY("correction"));
    json_open(&ld->j, '[');
    for (size_t i = 0; i < corrections.len; i++) {
        open_node(ld, STR("CorrectionComment"));
        json_field_str(&ld->j, KEY("datePublished"), c[i].at);
        json_field_str(&ld->j, KEY("text"), c[i].text);
        close_node(ld);
    }
    json_close(&ld->j, ']');
}

enum status json_ld_story(struct pass *pass, const struct story *story,
                          const struct view_story *view, struct view_head *head, struct err *err) {
    struct ld ld;
    enum status status = begin(&ld, pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    open_node(&ld, STR("NewsArticle"));
    json_field_str(&ld.j, KEY("url"), head->canonical);
    json_key(&ld.j, KEY("mainEntityOfPage"));
    open_node(&ld, STR("WebPage"));
    json_field_str(&ld.j, KEY("@id"), head->canonical);
    close_node(&ld);
    json_field_str(&ld.j, KEY("headline"), view->headline);
    field(&ld, KEY("description"), head->description);
    json_field_str(&ld.j, KEY("datePublished"), head->published);
    json_field_str(&ld.j, KEY("dateModified"), head->modified);
    if (view->image != NULL) {
        json_key(&ld.j, KEY("image"));
        put_story_image(&ld, view->image);
        struct image_file thumbnail =
            image_file(pass, view->image, rendition_shapes[0], IMAGE_THUMBNAIL_WIDTH);
        url_field(&ld, KEY("thumbnailUrl"), thumbnail.href);
    }
    put_authors(&ld, view->authors);
    json_key(&ld.j, KEY("publisher"));
    put_publisher(&ld, false);
    put_labels(&ld, KEY("articleSection"), view->sections);
    put_labels(&ld, KEY("keywords"), view->tags);
    json_field_i64(&ld.j, KEY("wordCount"), story->word_count);
    json_field_str(&ld.j, KEY("inLanguage"), pass->settings.language);
    json_field_bool(&ld.j, KEY("isAccessibleForFree"), story->visibility != STORY_PASSWORD);
    if (view->comments_len > 0) {
        json_field_i64(&ld.j, KEY("commentCount"), view->comments_len);
    }
    put_corrections(&ld, view->corrections);
    close_node(&ld);
    struct list primary = view->sections;
    primary.len = story->section_id > 0 && primary.len > 1 ? 1 : primary.len;
    put_breadcrumbs(&ld, view->trail, primary, view->headline, head->canonical);
    finish(&ld, head);
    return STATUS_OK;
}

/* ---- the others ---- */

enum status json_ld_front(struct pass *pass, const struct view_card *const *cards, size_t cards_len,
                          struct view_head *head, struct err *err) {
    struct ld ld;
    enum status status = begin(&ld, pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    put_website(&ld, true);
    put_publisher(&ld, true);
    open_page(&ld, STR("CollectionPage"), head);
    reference(&ld, KEY("about"), id_of(&ld, "publisher"));
    if (cards_len > 0) {
        json_key(&ld.j, KEY("mainEntity"));
        put_items(&ld, cards, cards_len);
    }
    close_node(&ld);
    finish(&ld, head);
    return STATUS_OK;
}

static void put_person(struct ld *ld, const struct view_author *author, struct str description) {
    const struct view_link *links = author->links.items;
    struct str *urls = arena_array(ld->pass->arena, author->links.len + 1, sizeof *urls);
    for (size_t i = 0; i < author->links.len; i++) {
        urls[i] = links[i].href;
    }
    open_node(ld, STR("Person"));
    json_field_str(&ld->j, KEY("name"), author->label);
    url_field(ld, KEY("url"), author->href);
    field(ld, KEY("description"), description);
    if (author->image != NULL) {
        json_key(&ld->j, KEY("image"));
        put_image(ld, author->image);
    }
    put_same_as(ld, urls, author->links.len);
    close_node(ld);
}

enum status json_ld_list(struct pass *pass, const struct view_list_root *root,
                         struct view_head *head, struct err *err) {
    struct ld ld;
    enum status status = begin(&ld, pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    const struct view_card *rows = root->rows.items;
    const struct view_card **cards = arena_array(pass->arena, root->rows.len + 1, sizeof *cards);
    for (size_t i = 0; i < root->rows.len; i++) {
        cards[i] = &rows[i];
    }
    put_website(&ld, false);
    open_page(&ld, root->author != NULL ? STR("ProfilePage") : STR("CollectionPage"), head);
    json_key(&ld.j, KEY("mainEntity"));
    if (root->author != NULL) {
        put_person(&ld, root->author, root->description);
    } else {
        put_items(&ld, cards, root->rows.len);
    }
    close_node(&ld);
    if (root->author != NULL && root->rows.len > 0) {
        put_items(&ld, cards, root->rows.len);
    }
    put_breadcrumbs(&ld, root->trail, (struct list){ NULL, 0 }, root->title, head->canonical);
    finish(&ld, head);
    return STATUS_OK;
}

/* Told by the address, which newsrooms of all languages keep short and English more often than
 * not. */
static struct str page_type(const struct story *story) {
    if (str_starts(story->slug, STR("about"))) {
        return STR("AboutPage");
    }
    return str_starts(story->slug, STR("contact")) ? STR("ContactPage") : STR("WebPage");
}

enum status json_ld_page(struct pass *pass, const struct story *story, const struct view_page *view,
                         struct view_head *head, struct err *err) {
    struct ld ld;
    enum status status = begin(&ld, pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_front = str_eq(head->canonical, pass_absolute(pass, STR("/")));
    put_website(&ld, is_front);
    if (is_front) {
        put_publisher(&ld, true);
    }
    open_page(&ld, page_type(story), head);
    if (story->published_us > 0) {
        json_field_str(&ld.j, KEY("datePublished"),
                       dates_rfc3339(pass->dates, pass->arena, story->published_us));
    }
    if (view->image != NULL) {
        json_key(&ld.j, KEY("primaryImageOfPage"));
        put_image(&ld, view->image);
    }
    close_node(&ld);
    if (!is_front) {
        put_breadcrumbs(&ld, view->trail, (struct list){ NULL, 0 }, view->headline,
                        head->canonical);
    }
    finish(&ld, head);
    return STATUS_OK;
}
