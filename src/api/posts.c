/* Posts and pages: stories in WordPress's words. */
#include "api/objects.h"

#include "site/cards.h"
#include "site/story_body.h"

enum { EXCERPT_WORDS = 55 }; /* as WordPress has it */

static const char *kind_route(const struct story *story) {
    return story->kind == STORY_PAGE ? "pages" : "posts";
}

static json_t *with_protection(json_t *rendered, const struct story *story) {
    api_set(rendered, "protected", json_boolean(story->visibility == STORY_PASSWORD));
    return rendered;
}

static enum status put_texts(struct api_answer *answer, const struct story *story, json_t *object,
                             struct err *err) {
    struct pass *pass = answer->pass;
    struct html body = { STR("") };
    struct str excerpt = STR("");
    enum status status = STATUS_OK;
    if (story->visibility != STORY_PASSWORD) {
        if (answer->call->context != API_EMBED) {
            status = story_body(pass, story->body, pass_absolute(pass, story->path), &body, err);
        }
        excerpt = str_trim(story->standfirst);
        if (status == STATUS_OK && excerpt.len == 0) {
            status = card_excerpt(pass, story->id, EXCERPT_WORDS, &excerpt, NULL, err);
        }
    }
    struct html escaped = api_html(pass, excerpt);
    struct html paragraph = { excerpt.len > 0
                                  ? arena_printf(pass->arena, "<p>%.*s</p>\n", STR_FMT(escaped.raw))
                                  : STR("") };
    api_set(object, "title", api_rendered(api_html(pass, story->headline)));
    api_set(object, "content", with_protection(api_rendered(body), story));
    api_set(object, "excerpt", with_protection(api_rendered(paragraph), story));
    return status;
}

/* Where the thing was known before it came here: readers of feeds and other sites hold on to it. */
static enum status put_guid(struct api_answer *answer, const struct story *story, json_t *object,
                            struct err *err) {
    struct pass *pass = answer->pass;
    struct str guid;
    enum status status =
        store_meta(pass->reader, pass->arena, META_STORY, story->id, STR("_wp_guid"), &guid, err);
    if (guid.ptr == NULL) {
        guid = pass_absolute(pass, arena_printf(pass->arena, "/?p=%lld", (long long)story->id));
    }
    api_set(object, "guid", api_rendered(api_html(pass, guid)));
    return status;
}

struct tags {
    struct tag *ptr;
    size_t len, cap;
};

/* Its tags, and with them those of custom taxonomies. */
static enum status load_tags(struct pass *pass, const struct story *story, struct tags *ret,
                             struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < story->tags.len; i++) {
        struct tag tag;
        status = store_tag(pass->reader, pass->arena, story->tags.ptr[i], &tag, err);
        if (status == STATUS_OK) {
            *vec_push(pass->arena, ret) = tag;
        }
    }
    return status;
}

static enum status put_classes(struct api_answer *answer, const struct story *story,
                               const struct tags *tags, json_t *object, struct err *err) {
    struct pass *pass = answer->pass;
    struct arena *a = pass->arena;
    const char *type = story->kind == STORY_PAGE ? "page" : "post";
    json_t *classes = json_array();
    api_set(object, "class_list", classes);
    json_array_append_new(classes, api_str(arena_printf(a, "post-%lld", (long long)story->id)));
    json_array_append_new(classes, api_str(str_of(type)));
    json_array_append_new(classes, api_str(arena_printf(a, "type-%s", type)));
    json_array_append_new(classes, json_string("status-publish"));
    if (story->kind == STORY_STORY) {
        json_array_append_new(classes, json_string("format-standard"));
    }
    if (story->lead_media_id != 0) {
        json_array_append_new(classes, json_string("has-post-thumbnail"));
    }
    json_array_append_new(classes, json_string("hentry"));
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < story->sections.len; i++) {
        struct section section;
        status = store_section(pass->reader, a, story->sections.ptr[i], &section, err);
        if (status == STATUS_OK) {
            json_array_append_new(classes,
                                  api_str(arena_printf(a, "category-%.*s", STR_FMT(section.slug))));
        }
    }
    for (size_t i = 0; i < tags->len; i++) {
        bool is_tag = tags->ptr[i].taxonomy.len == 0;
        struct str taxonomy = is_tag ? STR("tag") : tags->ptr[i].taxonomy;
        json_array_append_new(classes, api_str(arena_printf(a, "%.*s-%.*s", STR_FMT(taxonomy),
                                                            STR_FMT(tags->ptr[i].slug))));
    }
    return status;
}

static void put_links(struct api_answer *answer, const struct story *story, json_t *object) {
    struct pass *pass = answer->pass;
    const char *route = kind_route(story);
    long long id = (long long)story->id;
    api_link(object, "self", api_url(pass, "/wp/v2/%s/%lld", route, id));
    api_link(object, "collection", api_url(pass, "/wp/v2/%s", route));
    api_link(object, "about",
             api_url(pass, "/wp/v2/types/%s", story->kind == STORY_PAGE ? "page" : "post"));
    for (size_t i = 0; i < story->authors.len; i++) {
        api_link_embeddable(object, "author",
                            api_url(pass, "/wp/v2/users/%lld", (long long)story->authors.ptr[i]));
    }
    api_link_embeddable(object, "replies", api_url(pass, "/wp/v2/comments?post=%lld", id));
    json_t *history =
        api_link(object, "version-history", api_url(pass, "/wp/v2/%s/%lld/revisions", route, id));
    api_set(history, "count", json_integer(0));
    if (story->parent_id != 0) {
        api_link_embeddable(object, "up",
                            api_url(pass, "/wp/v2/pages/%lld", (long long)story->parent_id));
    }
    if (story->lead_media_id != 0) {
        api_link_embeddable(object, "wp:featuredmedia",
                            api_url(pass, "/wp/v2/media/%lld", (long long)story->lead_media_id));
    }
    api_link(object, "wp:attachment", api_url(pass, "/wp/v2/media?parent=%lld", id));
    if (story->kind == STORY_STORY) {
        json_t *link = api_link_embeddable(object, "wp:term",
                                           api_url(pass, "/wp/v2/categories?post=%lld", id));
        api_set(link, "taxonomy", json_string("category"));
        link = api_link_embeddable(object, "wp:term", api_url(pass, "/wp/v2/tags?post=%lld", id));
        api_set(link, "taxonomy", json_string("post_tag"));
    }
    api_put_curies(object);
}

static enum status make_post(struct api_answer *answer, const struct story *story, json_t **ret,
                             struct err *err) {
    struct pass *pass = answer->pass;
    json_t *object = json_object();
    struct tags tags = { 0 };
    *ret = object;
    int64_t updated_us = story->updated_us > story->published_us ? story->updated_us
                                                                 : story->published_us;
    struct str address;
    enum status status = card_address(pass, story, &address, err);
    api_set(object, "id", json_integer(story->id));
    api_set(object, "date", api_date(pass, story->published_us));
    api_set(object, "date_gmt", api_date_gmt(pass, story->published_us));
    if (status == STATUS_OK) {
        status = put_guid(answer, story, object, err);
    }
    api_set(object, "modified", api_date(pass, updated_us));
    api_set(object, "modified_gmt", api_date_gmt(pass, updated_us));
    api_set(object, "slug", api_str(story->slug));
    api_set(object, "status", json_string("publish"));
    api_set(object, "type", json_string(story->kind == STORY_PAGE ? "page" : "post"));
    if (status != STATUS_OK) {
        return status;
    }
    api_set(object, "link", api_str(pass_absolute(pass, address)));
    status = put_texts(answer, story, object, err);
    api_set(object, "author", json_integer(story->authors.len > 0 ? story->authors.ptr[0] : 0));
    api_set(object, "featured_media", json_integer(story->lead_media_id));
    if (story->kind == STORY_PAGE) {
        api_set(object, "parent", json_integer(story->parent_id));
        api_set(object, "menu_order", json_integer(story->menu_order));
    }
    api_set(object, "comment_status", json_string(story->comments_open ? "open" : "closed"));
    api_set(object, "ping_status", json_string("closed"));
    api_set(object, "template", json_string(""));
    api_set(object, "meta", json_array());
    if (story->kind == STORY_STORY) {
        api_set(object, "sticky", json_boolean(story->sticky));
        api_set(object, "format", json_string("standard"));
        api_set(object, "categories", api_ids(story->sections));
    }
    if (status == STATUS_OK) {
        status = load_tags(pass, story, &tags, err);
    }
    if (status == STATUS_OK) {
        status = put_classes(answer, story, &tags, object, err);
    }
    json_t *ids = json_array();
    for (size_t i = 0; i < tags.len; i++) {
        if (tags.ptr[i].taxonomy.len == 0) {
            json_array_append_new(ids, json_integer(tags.ptr[i].id));
        }
    }
    api_set(object, "tags", ids); /* the table of fields drops it from pages */
    put_links(answer, story, object);
    return status;
}

/* Readers may know of it: also one that asks for a password, whose texts are left out. */
static bool is_readable(const struct story *story, enum story_kind kind) {
    return story->kind == kind && story->state == STORY_PUBLISHED &&
           story->visibility != STORY_PRIVATE;
}

static enum status get_one(struct api_answer *answer, enum story_kind kind, struct err *err) {
    struct pass *pass = answer->pass;
    struct story story;
    struct err lost = { 0 };
    enum status status =
        store_story(pass->reader, pass->arena, answer->call->id, STORY_FULL, &story, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !is_readable(&story, kind))) {
        return api_fail(answer, 404, "rest_post_invalid_id",
                        STR("There is no published post with this id."));
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    status = make_post(answer, &story, &answer->body, err);
    answer->alternate =
        arena_str(pass->arena, str_of(json_string_value(json_object_get(answer->body, "link"))));
    return status;
}

enum status api_post(struct api_answer *answer, struct err *err) {
    return get_one(answer, STORY_STORY, err);
}

enum status api_page_object(struct api_answer *answer, struct err *err) {
    return get_one(answer, STORY_PAGE, err);
}

enum status api_posts_of(struct api_answer *answer, struct ids ids, struct err *err) {
    struct pass *pass = answer->pass;
    enum status status = STATUS_OK;
    answer->is_list = true;
    answer->body = json_array();
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        struct story story;
        json_t *object = NULL;
        status = store_story(pass->reader, pass->arena, ids.ptr[i], STORY_FULL, &story, err);
        if (status == STATUS_OK) {
            status = make_post(answer, &story, &object, err);
            json_array_append_new(answer->body, object);
        }
    }
    return status;
}
