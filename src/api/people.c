/* Authors as WordPress's users, and what readers said. */
#include "api/objects.h"

#include "site/cards.h"
#include "site/story_body.h"

/* ---- users: authors of whom there is a public story ---- */

static enum status has_stories(struct pass *pass, int64_t id, bool *ret, struct err *err) {
    struct ids newest;
    enum status status = store_newest(pass->reader, pass->arena,
                                      (struct list_id){ LIST_AUTHOR, id }, 1,
                                      (struct ids){ NULL, 0 }, &newest, err);
    *ret = status == STATUS_OK && newest.len > 0;
    return status;
}

enum status api_user(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct author author;
    struct err lost = { 0 };
    enum status status = store_author(pass->reader, pass->arena, answer->call->id, &author, &lost);
    bool is_public = false;
    if (status == STATUS_OK) {
        status = has_stories(pass, author.id, &is_public, err);
    } else if (status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", lost.message);
    }
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !is_public)) {
        return api_fail(answer, 404, "rest_user_invalid_id", STR("There is no such user."));
    }
    const struct view_image *portrait = NULL;
    struct str website = STR("");
    if (status == STATUS_OK) {
        status = card_image(pass, author.media_id, &portrait, err);
    }
    if (status == STATUS_OK) {
        status = store_meta(pass->reader, pass->arena, META_AUTHOR, author.id, STR(AUTHOR_WEBSITE),
                            &website, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    json_t *object = answer->body = json_object();
    json_t *avatars = json_object();
    struct str avatar = portrait != NULL ? pass_absolute(pass, portrait->src) : STR("");
    static const char *const sizes[] = { "24", "48", "96" };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        api_set(avatars, sizes[i], api_str(avatar));
    }
    api_set(object, "id", json_integer(author.id));
    api_set(object, "name", api_str(author.name));
    api_set(object, "url", api_str(website.ptr != NULL ? website : STR("")));
    api_set(object, "description", api_str(author.biography));
    api_set(object, "link", api_str(pass_absolute(pass, author.path)));
    api_set(object, "slug", api_str(author.slug));
    api_set(object, "avatar_urls", avatars);
    api_set(object, "meta", json_array());
    api_link(object, "self", api_url(pass, "/wp/v2/users/%lld", (long long)author.id));
    api_link(object, "collection", api_url(pass, "/wp/v2/users"));
    return STATUS_OK;
}

/* ---- comments ---- */

static enum status make_comment(struct api_answer *answer, const struct comment *c,
                                const struct story *story, json_t **ret, struct err *err) {
    struct pass *pass = answer->pass;
    struct html body;
    json_t *object = json_object();
    *ret = object;
    struct str page = pass_absolute(pass, story->path);
    enum status status = story_body(pass, c->body, page, &body, err);
    if (status != STATUS_OK) {
        return status;
    }
    api_set(object, "id", json_integer(c->id));
    api_set(object, "post", json_integer(c->story_id));
    api_set(object, "parent", json_integer(c->parent_id));
    api_set(object, "author", json_integer(0));
    api_set(object, "author_name", api_str(c->author));
    api_set(object, "author_url", api_str(c->author_url));
    api_set(object, "date", api_date(pass, c->created_us));
    api_set(object, "date_gmt", api_date_gmt(pass, c->created_us));
    api_set(object, "content", api_rendered(body));
    api_set(
        object, "link",
        api_str(arena_printf(pass->arena, "%.*s#comment-%lld", STR_FMT(page), (long long)c->id)));
    api_set(object, "status", json_string("approved"));
    api_set(object, "type", api_str(c->kind));
    api_set(object, "author_avatar_urls", json_object());
    api_set(object, "meta", json_array());
    api_link(object, "self", api_url(pass, "/wp/v2/comments/%lld", (long long)c->id));
    api_link(object, "collection", api_url(pass, "/wp/v2/comments"));
    if (c->parent_id != 0) {
        api_link_embeddable(object, "in-reply-to",
                            api_url(pass, "/wp/v2/comments/%lld", (long long)c->parent_id));
    }
    json_t *up = api_link_embeddable(object, "up",
                                     api_url(pass, "/wp/v2/%s/%lld",
                                             story->kind == STORY_PAGE ? "pages" : "posts",
                                             (long long)story->id));
    api_set(up, "post_type", json_string(story->kind == STORY_PAGE ? "page" : "post"));
    return STATUS_OK;
}

enum { COMMENTS_LOOKED_AT = 200 };

enum status api_comments(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct ids stories = api_arg(call, "post")->ids;
    int64_t page = api_arg(call, "page")->n, per_page = api_arg(call, "per_page")->n;
    struct comments all = { NULL, 0 };
    int64_t story_id = stories.len > 0 ? stories.ptr[0] : 0;
    enum status status =
        store_newest_comments(pass->reader, pass->arena, story_id, COMMENTS_LOOKED_AT, &all, err);
    json_t *list = json_array();
    int64_t seen = 0;
    for (size_t i = 0; status == STATUS_OK && i < all.len; i++) {
        struct story story;
        struct err lost = { 0 };
        if (store_story(pass->reader, pass->arena, all.ptr[i].story_id, STORY_CARD, &story,
                        &lost) != STATUS_OK ||
            !story_is_public(&story)) {
            continue;
        }
        if (seen >= (page - 1) * per_page && seen < page * per_page) {
            json_t *object;
            status = make_comment(answer, &all.ptr[i], &story, &object, err);
            json_array_append_new(list, object);
        }
        seen++;
    }
    answer->body = list;
    if (status == STATUS_OK) {
        (void)api_paged(answer, seen, page, per_page);
    }
    return status;
}
