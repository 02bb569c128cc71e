/* One search over everything: stories, pages, sections and tags, each shown as its name and
 * address. */
#include "api/objects.h"
#include "api/sift.h"

#include "base/limits.h"
#include "site/cards.h"

static json_t *found_object(struct pass *pass, int64_t id, struct str title, struct str path,
                            const char *type, const char *subtype) {
    json_t *object = json_object();
    api_set(object, "id", json_integer(id));
    api_set(object, "title", api_str(api_html(pass, title).raw));
    api_set(object, "url", api_str(pass_absolute(pass, path)));
    api_set(object, "type", json_string(type));
    if (subtype != NULL) {
        api_set(object, "subtype", json_string(subtype));
    }
    return object;
}

static void put_links(struct pass *pass, json_t *object, const char *route, int64_t id,
                      const char *about) {
    (void)api_link_embeddable(object, "self",
                              api_url(pass, "/wp/v2/%s/%lld", route, (long long)id));
    (void)api_link(object, "about", api_url(pass, "/wp/v2/%s", about));
    (void)api_link(object, "collection", api_url(pass, "/wp/v2/search"));
}

static bool wants(const struct api_call *call, const char *subtype) {
    struct words words = api_arg(call, "subtype")->words;
    return sift_word_place(words, STR("any")) < (int64_t)words.len ||
           sift_word_place(words, str_of(subtype)) < (int64_t)words.len;
}

static bool is_id_asked(const struct api_call *call, int64_t id) {
    struct ids exclude = api_arg(call, "exclude")->ids;
    return sift_wants(api_arg(call, "include")->ids, id) &&
           (exclude.len == 0 || !ids_have(exclude, id));
}

/* ---- stories and pages ---- */

static const char *type_of(const struct story *story) {
    return story->kind == STORY_PAGE ? "page" : "post";
}

/* NOT_FOUND: readers may not see it. */
static enum status load_story(struct pass *pass, int64_t id, struct story *ret, struct err *err) {
    struct err lost = { 0 };
    enum status status = store_story(pass->reader, pass->arena, id, STORY_CARD, ret, &lost);
    if (status == STATUS_OK && !story_is_public(ret)) {
        return STATUS_NOT_FOUND;
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? status
               : err_set(err, status, "%s", lost.message);
}

static enum status put_stories(struct api_answer *answer, struct ids ids, struct err *err) {
    struct pass *pass = answer->pass;
    answer->body = json_array();
    for (size_t i = 0; i < ids.len; i++) {
        struct story story;
        struct str path = STR("");
        enum status status = load_story(pass, ids.ptr[i], &story, err);
        if (status == STATUS_NOT_FOUND) {
            continue;
        }
        if (status == STATUS_OK) {
            status = card_address(pass, &story, &path, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
        json_t *object =
            found_object(pass, story.id, story.headline, path, "post", type_of(&story));
        put_links(pass, object, story.kind == STORY_PAGE ? "pages" : "posts", story.id,
                  story.kind == STORY_PAGE ? "types/page" : "types/post");
        json_array_append_new(answer->body, object);
    }
    return STATUS_OK;
}

static enum status sift_found(struct api_answer *answer, struct ids candidates, struct err *err) {
    struct sift found = { 0 };
    for (size_t i = 0; i < candidates.len; i++) {
        struct story story;
        enum status status = load_story(answer->pass, candidates.ptr[i], &story, err);
        if (status == STATUS_OK && wants(answer->call, type_of(&story)) &&
            is_id_asked(answer->call, story.id)) {
            struct sift_row row = { .id = story.id, .number = (int64_t)i };
            sift_add(answer->pass->arena, &found, row);
        } else if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return status;
        }
    }
    sift_order(&found, false);
    return put_stories(answer, sift_page(answer, &found), err);
}

/* Without words: all stories, the newest first, and behind them all pages. */
static enum status all_stories(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct list_part latest = { .list = { LIST_LATEST, 0 } };
    const struct roll_part pages = {
        .roll = ROLL_PAGES, .last_first = true, .from_us = INT64_MIN, .to_us = INT64_MAX
    };
    struct window window = api_window(answer->call);
    struct list_page found = { 0 }, more = { 0 };
    VEC(int64_t) ids = { 0 };
    enum status status = STATUS_OK;
    if (wants(answer->call, "post")) {
        status = store_list_part(pass->reader, pass->arena, &latest, window.offset, window.n,
                                 &found, err);
    }
    if (status == STATUS_OK && wants(answer->call, "page")) {
        int64_t past = window.offset - found.total;
        status = store_roll_part(pass->reader, pass->arena, &pages, past > 0 ? past : 0, window.n,
                                 &more, err);
    }
    if (status != STATUS_OK || !api_total(answer, found.total + more.total)) {
        return status;
    }
    for (size_t i = 0; i < found.ids.len; i++) {
        *vec_push(pass->arena, &ids) = found.ids.ptr[i];
    }
    for (size_t i = 0; i < more.ids.len && (int64_t)ids.len < window.n; i++) {
        *vec_push(pass->arena, &ids) = more.ids.ptr[i];
    }
    return put_stories(answer, (struct ids){ ids.ptr, ids.len }, err);
}

static enum status search_stories(struct api_answer *answer, struct err *err) {
    struct str words = api_arg(answer->call, "search")->text;
    struct ids include = api_arg(answer->call, "include")->ids, found;
    if (words.len == 0) {
        return include.len > 0 ? sift_found(answer, include, err)
               : api_arg(answer->call, "exclude")->ids.len > 0
                   ? api_too_broad(answer, "Say what to search for.")
                   : all_stories(answer, err);
    }
    enum status status = api_search_all(answer, words, false, &found, err);
    return status == STATUS_OK ? sift_found(answer, found, err) : status;
}

/* ---- sections and tags ---- */

struct named {
    struct str name, path;
    int64_t id;
    bool is_tag;
};

struct all_named {
    struct named *ptr;
    size_t len, cap;
};

static enum status add_sections(struct api_answer *answer, struct all_named *ret, struct err *err) {
    struct sections sections;
    struct str text = api_arg(answer->call, "search")->text;
    enum status status = store_sections(answer->pass->reader, answer->pass->arena, &sections, err);
    for (size_t i = 0; status == STATUS_OK && i < sections.len; i++) {
        const struct section *s = &sections.ptr[i];
        if ((text.len == 0 || str_find_nocase(s->name, text, 0) != STR_NPOS) &&
            is_id_asked(answer->call, s->id)) {
            *vec_push(answer->pass->arena, ret) = (struct named){ s->name, s->path, s->id, false };
        }
    }
    return status;
}

/* On a large archive those that begin so. */
static enum status add_tags(struct api_answer *answer, struct all_named *ret, bool *ret_too_many,
                            struct err *err) {
    struct pass *pass = answer->pass;
    struct str text = api_arg(answer->call, "search")->text;
    struct roll_part part = { .roll = ROLL_TAGS, .from_us = INT64_MIN, .to_us = INT64_MAX };
    struct list_page page;
    enum status status =
        store_roll_part(pass->reader, pass->arena, &part, 0, LIMIT_API_WALK, &page, err);
    if (status == STATUS_OK && page.total > LIMIT_API_WALK) {
        part.begins = text;
        status = store_roll_part(pass->reader, pass->arena, &part, 0, LIMIT_API_WALK, &page, err);
    }
    *ret_too_many = status == STATUS_OK && page.total > LIMIT_API_WALK;
    for (size_t i = 0; status == STATUS_OK && !*ret_too_many && i < page.ids.len; i++) {
        struct tag tag;
        status = store_tag(pass->reader, pass->arena, page.ids.ptr[i], &tag, err);
        if (status == STATUS_OK &&
            (text.len == 0 || str_find_nocase(tag.name, text, 0) != STR_NPOS) &&
            is_id_asked(answer->call, tag.id)) {
            *vec_push(pass->arena, ret) = (struct named){ tag.name, tag.path, tag.id, true };
        }
    }
    return status;
}

static enum status search_terms(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct all_named all = { 0 };
    struct sift found = { 0 };
    bool too_many = false;
    enum status status = STATUS_OK;
    if (wants(answer->call, "category")) {
        status = add_sections(answer, &all, err);
    }
    if (status == STATUS_OK && wants(answer->call, "post_tag")) {
        status = add_tags(answer, &all, &too_many, err);
    }
    if (status != STATUS_OK || too_many) {
        return status != STATUS_OK ? status : api_too_broad(answer, "Say how its name begins.");
    }
    for (size_t i = 0; i < all.len; i++) { /* ids of sections and of tags may be the same */
        sift_add(pass->arena, &found,
                 (struct sift_row){ .id = (int64_t)i, .text = all.ptr[i].name });
    }
    sift_order(&found, false);
    struct ids page = sift_page(answer, &found);
    answer->body = json_array();
    for (size_t i = 0; i < page.len; i++) {
        check(all.ptr != NULL && (size_t)page.ptr[i] < all.len);
        const struct named *n = &all.ptr[page.ptr[i]];
        json_t *object =
            found_object(pass, n->id, n->name, n->path, n->is_tag ? "post_tag" : "category", NULL);
        put_links(pass, object, n->is_tag ? "tags" : "categories", n->id,
                  n->is_tag ? "taxonomies/post_tag" : "taxonomies/category");
        json_array_append_new(answer->body, object);
    }
    return STATUS_OK;
}

enum status api_search(struct api_answer *answer, struct err *err) {
    if (api_is(answer->call, "type", "term")) {
        return search_terms(answer, err);
    }
    if (api_is(answer->call, "type", "post")) {
        return search_stories(answer, err);
    }
    answer->body = json_array(); /* post-format: all stories have the standard one */
    (void)api_total(answer, 0);
    return STATUS_OK;
}
