/* Authors as WordPress's users, and what readers said. */
#include "api/objects.h"
#include "api/sift.h"

#include "base/limits.h"
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

static enum status make_user(struct pass *pass, const struct author *author, json_t **ret,
                             struct err *err) {
    const struct view_image *portrait = NULL;
    struct str website = STR("");
    json_t *object = json_object();
    *ret = object;
    enum status status = card_image(pass, author->media_id, &portrait, err);
    if (status == STATUS_OK) {
        status = store_meta(pass->reader, pass->arena, META_AUTHOR, author->id, STR(AUTHOR_WEBSITE),
                            &website, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    json_t *avatars = json_object();
    struct str avatar = portrait != NULL ? pass_absolute(pass, portrait->src) : STR("");
    static const char *const sizes[] = { "24", "48", "96" };
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        api_set(avatars, sizes[i], api_str(avatar));
    }
    api_set(object, "id", json_integer(author->id));
    api_set(object, "name", api_str(author->name));
    api_set(object, "url", api_str(website.ptr != NULL ? website : STR("")));
    api_set(object, "description", api_str(author->biography));
    api_set(object, "link", api_str(pass_absolute(pass, author->path)));
    api_set(object, "slug", api_str(author->slug));
    api_set(object, "avatar_urls", avatars);
    api_set(object, "meta", json_array());
    api_link(object, "self", api_url(pass, "/wp/v2/users/%lld", (long long)author->id));
    api_link(object, "collection", api_url(pass, "/wp/v2/users"));
    return STATUS_OK;
}

/* An author whom readers know; *ret_found false: there is none of that id. */
static enum status find_author(struct pass *pass, int64_t id, struct author *ret, bool *ret_found,
                               struct err *err) {
    struct err lost = { 0 };
    *ret_found = false;
    enum status status = store_author(pass->reader, pass->arena, id, ret, &lost);
    if (status == STATUS_NOT_FOUND) {
        return STATUS_OK;
    }
    return status == STATUS_OK ? has_stories(pass, id, ret_found, err)
                               : err_set(err, status, "%s", lost.message);
}

enum status api_user(struct api_answer *answer, struct err *err) {
    struct author author;
    bool found;
    enum status status = find_author(answer->pass, answer->call->id, &author, &found, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!found) {
        return api_fail(answer, 404, "rest_user_invalid_id", STR("There is no such user."));
    }
    return make_user(answer->pass, &author, &answer->body, err);
}

static enum status put_users(struct api_answer *answer, struct ids ids, struct err *err) {
    enum status status = STATUS_OK;
    answer->body = json_array();
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        struct author author;
        bool found;
        status = find_author(answer->pass, ids.ptr[i], &author, &found, err);
        if (status == STATUS_OK && found) {
            json_t *object;
            status = make_user(answer->pass, &author, &object, err);
            json_array_append_new(answer->body, object);
        }
    }
    return status;
}

static bool is_user_asked(const struct api_call *call, const struct author *author) {
    struct ids exclude = api_arg(call, "exclude")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    struct str search = api_arg(call, "search")->text;
    return sift_wants(api_arg(call, "include")->ids, author->id) &&
           (exclude.len == 0 || !ids_have(exclude, author->id)) &&
           (slugs.len == 0 || sift_word_place(slugs, author->slug) < (int64_t)slugs.len) &&
           (search.len == 0 || str_find_nocase(author->name, search, 0) != STR_NPOS ||
            str_find_nocase(author->slug, search, 0) != STR_NPOS);
}

static struct sift_row user_row(const struct api_call *call, const struct author *author) {
    struct sift_row row = { .id = author->id };
    if (api_is(call, "orderby", "name")) {
        row.text = author->name;
    } else if (api_is(call, "orderby", "slug")) {
        row.text = author->slug;
    } else if (api_is(call, "orderby", "include")) {
        row.number = sift_place(api_arg(call, "include")->ids, author->id);
    } else if (api_is(call, "orderby", "include_slugs")) {
        row.number = sift_word_place(api_arg(call, "slug")->words, author->slug);
    }
    return row;
}

static enum status sift_users(struct api_answer *answer, struct ids candidates, struct err *err) {
    struct sift users = { 0 };
    for (size_t i = 0; i < candidates.len; i++) {
        struct author author;
        bool found;
        enum status status = find_author(answer->pass, candidates.ptr[i], &author, &found, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (found && is_user_asked(answer->call, &author)) {
            sift_add(answer->pass->arena, &users, user_row(answer->call, &author));
        }
    }
    sift_order(&users, api_descends(answer->call));
    return put_users(answer, sift_page(answer, &users), err);
}

/* The authors with these slugs, each as often as it is named. */
static enum status users_named(struct pass *pass, struct words slugs, struct ids *ret,
                               struct err *err) {
    VEC(int64_t) all = { 0 };
    for (size_t i = 0; i < slugs.len; i++) {
        struct ids of_slug;
        enum status status = store_authors_named(pass->reader, pass->arena, slugs.ptr[i],
                                                 LIMIT_API_LIST, &of_slug, err);
        if (status != STATUS_OK) {
            return status;
        }
        for (size_t k = 0; k < of_slug.len; k++) {
            *vec_push(pass->arena, &all) = of_slug.ptr[k];
        }
    }
    *ret = (struct ids){ all.ptr, all.len };
    return STATUS_OK;
}

enum status api_users(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct ids include = api_arg(call, "include")->ids, named;
    struct words slugs = api_arg(call, "slug")->words;
    struct str search = api_arg(call, "search")->text;
    if (api_is(call, "orderby", "email") || api_is(call, "orderby", "registered_date")) {
        return api_fail(answer, 401, "rest_forbidden_orderby",
                        STR("This order is for those who are signed in."));
    }
    if (api_arg(call, "roles")->is_given || api_arg(call, "capabilities")->is_given) {
        return api_fail(answer, 401, "rest_user_cannot_view",
                        STR("Roles are for those who are signed in."));
    }
    if (api_arg(call, "who")->is_given) {
        return api_fail(answer, 401, "rest_forbidden_who",
                        STR("This filter is for those who are signed in."));
    }
    if (include.len > 0) {
        return sift_users(answer, include, err);
    }
    if (slugs.len > 0) {
        enum status status = users_named(pass, slugs, &named, err);
        return status == STATUS_OK ? sift_users(answer, named, err) : status;
    }
    struct roll_part part = { .roll = ROLL_AUTHORS,
                              .last_first = api_descends(call),
                              .from_us = INT64_MIN,
                              .to_us = INT64_MAX };
    struct list_page all;
    enum status status =
        store_roll_part(pass->reader, pass->arena, &part, 0, LIMIT_API_WALK, &all, err);
    bool is_plain = api_is(call, "orderby", "name") && api_arg(call, "exclude")->ids.len == 0;
    if (status != STATUS_OK || all.total <= LIMIT_API_WALK) {
        bool in_order = is_plain && search.len == 0;
        if (status != STATUS_OK || !in_order) {
            return status == STATUS_OK ? sift_users(answer, all.ids, err) : status;
        }
    } else if (!is_plain) {
        return api_too_broad(answer, "Order them by name, and exclude none.");
    }
    struct window window = api_window(call);
    part.begins = search;
    status = store_roll_part(pass->reader, pass->arena, &part, window.offset, window.n, &all, err);
    return status == STATUS_OK && api_total(answer, all.total) ? put_users(answer, all.ids, err)
                                                               : status;
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
    api_set(object, "type", c->kind.len > 0 ? api_str(c->kind) : json_string("comment"));
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

/* The story of a comment, if readers may see it; id 0: they may not. */
static enum status story_of(struct pass *pass, int64_t id, struct story *ret, struct err *err) {
    struct err lost = { 0 };
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, ret, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !story_is_public(ret))) {
        *ret = (struct story){ 0 };
        return STATUS_OK;
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", lost.message);
}

static bool is_comment_asked(struct api_answer *answer, const struct comment *c) {
    const struct api_call *call = answer->call;
    const struct arg *after = api_arg(call, "after"), *before = api_arg(call, "before");
    struct ids exclude = api_arg(call, "exclude")->ids;
    struct ids parents_not = api_arg(call, "parent_exclude")->ids;
    struct str search = api_arg(call, "search")->text;
    return sift_wants(api_arg(call, "include")->ids, c->id) &&
           (exclude.len == 0 || !ids_have(exclude, c->id)) &&
           sift_wants(api_arg(call, "parent")->ids, c->parent_id) &&
           !(parents_not.len > 0 && ids_have(parents_not, c->parent_id)) &&
           (!after->is_given || c->created_us > api_time(answer->pass, after->text)) &&
           (!before->is_given || c->created_us < api_time(answer->pass, before->text)) &&
           (search.len == 0 || str_find_nocase(c->body.raw, search, 0) != STR_NPOS ||
            str_find_nocase(c->author, search, 0) != STR_NPOS);
}

static struct sift_row comment_row(const struct api_call *call, const struct comment *c) {
    struct sift_row row = { .id = c->id, .number = c->created_us };
    if (api_is(call, "orderby", "id")) {
        row.number = 0;
    } else if (api_is(call, "orderby", "post")) {
        row.number = c->story_id;
    } else if (api_is(call, "orderby", "parent")) {
        row.number = c->parent_id;
    } else if (api_is(call, "orderby", "include")) {
        row.number = sift_place(api_arg(call, "include")->ids, c->id);
    }
    return row;
}

struct all_comments {
    struct comment *ptr;
    size_t len, cap;
};

/* Those of the stories, or the newest of the site. */
static enum status find_comments(struct pass *pass, struct ids stories, struct all_comments *ret,
                                 struct err *err) {
    enum status status = STATUS_OK;
    size_t n = stories.len > 0 ? stories.len : 1;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        struct comments some;
        status = store_newest_comments(pass->reader, pass->arena,
                                       stories.len > 0 ? stories.ptr[i] : 0, LIMIT_API_WALK + 1,
                                       &some, err);
        for (size_t k = 0; status == STATUS_OK && k < some.len; k++) {
            *vec_push(pass->arena, ret) = some.ptr[k];
        }
    }
    return status;
}

static bool is_filter_refused(const struct api_call *call) {
    return api_arg(call, "author")->is_given || api_arg(call, "author_exclude")->is_given ||
           api_arg(call, "author_email")->is_given || !api_is(call, "status", "approve") ||
           !api_is(call, "type", "comment");
}

/* A site's comments are the newest LIMIT_API_WALK; those of a story are all of them, up to as many.
 */
enum status api_comments(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct ids stories = api_arg(call, "post")->ids;
    struct all_comments all = { 0 };
    struct sift found = { 0 };
    if (is_filter_refused(call)) {
        return api_fail(answer, 401, "rest_forbidden_param",
                        STR("This filter is for those who are signed in."));
    }
    if (stories.len > 0 && ids_have(stories, 0)) {
        return api_fail(answer, 401, "rest_cannot_read",
                        STR("Comments on nothing are for those who are signed in."));
    }
    enum status status = find_comments(pass, stories, &all, err);
    if (status == STATUS_OK && all.len > LIMIT_API_WALK && stories.len > 0) {
        return api_too_broad(answer, "Ask for the comments of fewer stories.");
    }
    for (size_t i = 0; status == STATUS_OK && i < all.len; i++) {
        struct story story;
        status = story_of(pass, all.ptr[i].story_id, &story, err);
        if (status == STATUS_OK && story.id != 0 && is_comment_asked(answer, &all.ptr[i])) {
            sift_add(pass->arena, &found, comment_row(call, &all.ptr[i]));
        }
    }
    sift_order(&found, api_descends(call));
    struct ids page = sift_page(answer, &found);
    answer->body = json_array();
    for (size_t i = 0; status == STATUS_OK && i < page.len; i++) {
        size_t k = 0;
        while (k < all.len && all.ptr[k].id != page.ptr[i]) {
            k++;
        }
        check(k < all.len);
        struct story story;
        json_t *object;
        status = story_of(pass, all.ptr[k].story_id, &story, err);
        if (status == STATUS_OK) {
            status = make_comment(answer, &all.ptr[k], &story, &object, err);
            json_array_append_new(answer->body, object);
        }
    }
    return status;
}

enum status api_comment(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct comment comment;
    struct story story = { 0 };
    struct err lost = { 0 };
    enum status status =
        store_comment(pass->reader, pass->arena, answer->call->id, &comment, &lost);
    if (status == STATUS_OK && comment.state == COMMENT_APPROVED) {
        status = story_of(pass, comment.story_id, &story, err);
    } else if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", lost.message);
    }
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && story.id == 0)) {
        return api_fail(answer, 404, "rest_comment_invalid_id", STR("There is no such comment."));
    }
    return status == STATUS_OK ? make_comment(answer, &comment, &story, &answer->body, err)
                               : status;
}
