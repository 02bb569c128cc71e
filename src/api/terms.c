/* Sections as WordPress's categories, and tags. */
#include "api/objects.h"
#include "api/sift.h"

#include "base/limits.h"
#include "site/cards.h"

/* How many stories are in it: as its list on the site counts them, those of sub-sections too. */
static enum status count_of(struct pass *pass, struct list_id list, int64_t *ret, struct err *err) {
    struct list_page page;
    enum status status = store_list_page(pass->reader, pass->arena, list, 1, 1, &page, err);
    *ret = page.total;
    return status;
}

struct term {
    int64_t id, parent_id;
    struct str name, slug, path, description;
    const char *taxonomy, *route, *argument;
    struct list_id list;
};

static struct term term_of_section(const struct section *s) {
    return (struct term){
        .id = s->id,
        .parent_id = s->parent_id,
        .name = s->name,
        .slug = s->slug,
        .path = s->path,
        .description = s->description,
        .taxonomy = "category",
        .route = "categories",
        .argument = "categories",
        .list = { LIST_SECTION, s->id },
    };
}

static struct term term_of_tag(const struct tag *t) {
    return (struct term){
        .id = t->id,
        .name = t->name,
        .slug = t->slug,
        .path = t->path,
        .description = t->description,
        .taxonomy = "post_tag",
        .route = "tags",
        .argument = "tags",
        .list = { LIST_TAG, t->id },
    };
}

static enum status make_term(struct pass *pass, const struct term *t, json_t **ret,
                             struct err *err) {
    json_t *object = json_object();
    *ret = object;
    int64_t count = 0;
    enum status status = count_of(pass, t->list, &count, err);
    api_set(object, "id", json_integer(t->id));
    api_set(object, "count", json_integer(count));
    api_set(object, "description", api_str(t->description));
    api_set(object, "link", api_str(pass_absolute(pass, t->path)));
    api_set(object, "name", api_str(api_html(pass, t->name).raw));
    api_set(object, "slug", api_str(t->slug));
    api_set(object, "taxonomy", json_string(t->taxonomy));
    if (t->list.kind == LIST_SECTION) {
        api_set(object, "parent", json_integer(t->parent_id));
    }
    api_set(object, "meta", json_array());
    api_link(object, "self", api_url(pass, "/wp/v2/%s/%lld", t->route, (long long)t->id));
    api_link(object, "collection", api_url(pass, "/wp/v2/%s", t->route));
    api_link(object, "about", api_url(pass, "/wp/v2/taxonomies/%s", t->taxonomy));
    if (t->parent_id != 0) {
        api_link_embeddable(object, "up",
                            api_url(pass, "/wp/v2/%s/%lld", t->route, (long long)t->parent_id));
    }
    api_link(object, "wp:post_type",
             api_url(pass, "/wp/v2/posts?%s=%lld", t->argument, (long long)t->id));
    api_put_curies(object);
    return status;
}

/* ---- one ---- */

static enum status no_such_term(struct api_answer *answer) {
    return api_fail(answer, 404, "rest_term_invalid", STR("There is no such term."));
}

enum status api_category(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct section section;
    struct err lost = { 0 };
    enum status status =
        store_section(pass->reader, pass->arena, answer->call->id, &section, &lost);
    if (status == STATUS_NOT_FOUND) {
        return no_such_term(answer);
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    struct term term = term_of_section(&section);
    return make_term(pass, &term, &answer->body, err);
}

enum status api_tag(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct tag tag;
    struct err lost = { 0 };
    enum status status = store_tag(pass->reader, pass->arena, answer->call->id, &tag, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && tag.taxonomy.len > 0)) {
        return no_such_term(answer);
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    struct term term = term_of_tag(&tag);
    return make_term(pass, &term, &answer->body, err);
}

/* ---- several ---- */

struct terms {
    struct term *ptr;
    size_t len, cap;
};

/* The terms with these ids, in their order, as the answer's body. */
static enum status put_terms(struct api_answer *answer, const struct terms *terms, struct ids ids,
                             struct err *err) {
    enum status status = STATUS_OK;
    answer->body = json_array();
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        for (size_t k = 0; status == STATUS_OK && k < terms->len; k++) {
            if (terms->ptr[k].id == ids.ptr[i]) {
                json_t *object;
                status = make_term(answer->pass, &terms->ptr[k], &object, err);
                json_array_append_new(answer->body, object);
                break;
            }
        }
    }
    return status;
}

static bool is_named(const struct term *t, struct str text) {
    return text.len == 0 || str_find_nocase(t->name, text, 0) != STR_NPOS ||
           str_find_nocase(t->slug, text, 0) != STR_NPOS;
}

/* What an argument that the term itself knows asks for. */
static bool is_asked(const struct api_call *call, const struct term *t) {
    const struct arg *parent = api_arg(call, "parent");
    struct ids exclude = api_arg(call, "exclude")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    return sift_wants(api_arg(call, "include")->ids, t->id) &&
           (exclude.len == 0 || !ids_have(exclude, t->id)) &&
           (slugs.len == 0 || sift_word_place(slugs, t->slug) < (int64_t)slugs.len) &&
           (!parent->is_given || t->parent_id == parent->n) &&
           is_named(t, api_arg(call, "search")->text);
}

static struct sift_row row_of(const struct api_call *call, const struct term *t, int64_t count) {
    struct sift_row row = { .id = t->id };
    if (api_is(call, "orderby", "count")) {
        row.number = count;
    } else if (api_is(call, "orderby", "include")) {
        row.number = sift_place(api_arg(call, "include")->ids, t->id);
    } else if (api_is(call, "orderby", "include_slugs")) {
        row.number = sift_word_place(api_arg(call, "slug")->words, t->slug);
    } else if (api_is(call, "orderby", "slug")) {
        row.text = t->slug;
    } else if (api_is(call, "orderby", "description")) {
        row.text = t->description;
    } else if (!api_is(call, "orderby", "id")) {
        row.text = t->name;
    }
    return row;
}

static enum status sift_terms(struct api_answer *answer, const struct terms *terms,
                              struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    bool wants_counts = api_arg(call, "hide_empty")->n || api_is(call, "orderby", "count");
    struct sift found = { 0 };
    for (size_t i = 0; i < terms->len; i++) {
        const struct term *t = &terms->ptr[i];
        if (!is_asked(call, t)) {
            continue;
        }
        int64_t count = 0;
        enum status status = wants_counts ? count_of(pass, t->list, &count, err) : STATUS_OK;
        if (status != STATUS_OK) {
            return status;
        }
        if (!api_arg(call, "hide_empty")->n || count > 0) {
            sift_add(pass->arena, &found, row_of(call, t, count));
        }
    }
    sift_order(&found, api_descends(call));
    struct ids ids = sift_page(answer, &found);
    return answer->error.status == 0 ? put_terms(answer, terms, ids, err) : STATUS_OK;
}

/* The story whose terms are asked for; an error if readers may not see it. */
static enum status story_for(struct api_answer *answer, struct story *ret, struct err *err) {
    struct pass *pass = answer->pass;
    struct err lost = { 0 };
    int64_t id = api_arg(answer->call, "post")->n;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_FULL, ret, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !story_is_public(ret))) {
        *ret = (struct story){ 0 };
        return api_fail(answer, 400, "rest_post_invalid_id",
                        STR("There is no published post with this id."));
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", lost.message);
}

enum status api_categories(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    bool of_story = api_arg(answer->call, "post")->is_given;
    struct sections sections;
    struct story story = { 0 };
    enum status status = store_sections(pass->reader, pass->arena, &sections, err);
    if (status == STATUS_OK && of_story) {
        status = story_for(answer, &story, err);
    }
    if (status != STATUS_OK || answer->error.status != 0) {
        return status;
    }
    struct terms terms = { 0 };
    for (size_t i = 0; i < sections.len; i++) {
        if (!of_story || ids_have(story.sections, sections.ptr[i].id)) {
            *vec_push(pass->arena, &terms) = term_of_section(&sections.ptr[i]);
        }
    }
    return sift_terms(answer, &terms, err);
}

static enum status add_tags(struct pass *pass, struct ids ids, struct terms *terms,
                            struct err *err) {
    for (size_t i = 0; i < ids.len; i++) {
        struct tag tag;
        struct err lost = { 0 };
        enum status status = store_tag(pass->reader, pass->arena, ids.ptr[i], &tag, &lost);
        if (status == STATUS_OK && tag.taxonomy.len == 0) {
            *vec_push(pass->arena, terms) = term_of_tag(&tag);
        } else if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
    }
    return STATUS_OK;
}

/* ids is the page of `total`, in order. */
static enum status put_tags(struct api_answer *answer, struct ids ids, int64_t total,
                            struct err *err) {
    struct terms terms = { 0 };
    enum status status = add_tags(answer->pass, ids, &terms, err);
    return status == STATUS_OK && api_total(answer, total) ? put_terms(answer, &terms, ids, err)
                                                           : status;
}

/* The tags that have the most stories. */
static enum status largest_tags(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct window window = api_window(answer->call);
    const struct roll_part used = { .roll = ROLL_TAGS_USED,
                                    .from_us = INT64_MIN,
                                    .to_us = INT64_MAX };
    struct list_page one;
    struct ids all;
    if (window.offset + window.n > LIMIT_API_WALK) {
        return api_too_broad(answer, "Ask for them by name.");
    }
    enum status status = store_roll_part(pass->reader, pass->arena, &used, 0, 1, &one, err);
    if (status == STATUS_OK) {
        status = store_tags_by_size(pass->reader, pass->arena, (size_t)(window.offset + window.n),
                                    &all, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    size_t from = (size_t)window.offset < all.len ? (size_t)window.offset : all.len;
    struct ids page = { all.len > 0 ? all.ptr + from : NULL, all.len - from };
    return put_tags(answer, page, one.total, err);
}

/* Those that are named or belong to a story, and not all. False: none are. */
static bool names_some(const struct api_call *call) {
    return api_arg(call, "include")->ids.len > 0 || api_arg(call, "slug")->words.len > 0 ||
           api_arg(call, "post")->is_given;
}

static enum status some_tags(struct api_answer *answer, struct terms *ret, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct ids ids = api_arg(call, "include")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    enum status status = STATUS_OK;
    if (api_arg(call, "post")->is_given) {
        struct story story;
        status = story_for(answer, &story, err);
        ids = story.tags;
    } else if (ids.len == 0) {
        for (size_t i = 0; status == STATUS_OK && i < slugs.len; i++) {
            struct ids of_slug;
            status = store_tags_named(pass->reader, pass->arena, slugs.ptr[i], LIMIT_API_LIST,
                                      &of_slug, err);
            if (status == STATUS_OK) {
                status = add_tags(pass, of_slug, ret, err);
            }
        }
        return status;
    }
    return status == STATUS_OK ? add_tags(pass, ids, ret, err) : status;
}

/* All tags, or those with stories, in the order of their names: any page of any number. Other
 * orders and exclusions look at all of them, and so does a search, which on large archives finds
 * only beginnings of names. */
static enum status all_tags(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct str search = api_arg(call, "search")->text;
    struct roll_part part = { .roll = api_arg(call, "hide_empty")->n ? ROLL_TAGS_USED : ROLL_TAGS,
                              .last_first = api_descends(call),
                              .from_us = INT64_MIN,
                              .to_us = INT64_MAX };
    struct list_page all;
    enum status status =
        store_roll_part(pass->reader, pass->arena, &part, 0, LIMIT_API_WALK, &all, err);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_large = all.total > LIMIT_API_WALK;
    bool is_plain = api_is(call, "orderby", "name") && api_arg(call, "exclude")->ids.len == 0;
    if (!is_large && (!is_plain || search.len > 0)) {
        struct terms terms = { 0 };
        status = add_tags(pass, all.ids, &terms, err);
        return status == STATUS_OK ? sift_terms(answer, &terms, err) : status;
    }
    if (is_large && api_is(call, "orderby", "count") && api_descends(call) && search.len == 0) {
        return largest_tags(answer, err);
    }
    if (!is_plain) {
        return api_too_broad(answer, "Order them by name, and exclude none.");
    }
    struct window window = api_window(call);
    part.begins = search;
    status = store_roll_part(pass->reader, pass->arena, &part, window.offset, window.n, &all, err);
    return status == STATUS_OK ? put_tags(answer, all.ids, all.total, err) : status;
}

enum status api_tags(struct api_answer *answer, struct err *err) {
    if (!names_some(answer->call)) {
        return all_tags(answer, err);
    }
    struct terms terms = { 0 };
    enum status status = some_tags(answer, &terms, err);
    return status == STATUS_OK && answer->error.status == 0 ? sift_terms(answer, &terms, err)
                                                            : status;
}
