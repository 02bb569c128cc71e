/* Sections as WordPress's categories, and tags. */
#include "api/objects.h"

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

static enum status add_terms(struct api_answer *answer, const struct term *terms, size_t n,
                             struct err *err) {
    int64_t page = api_arg(answer->call, "page")->n;
    int64_t per_page = api_arg(answer->call, "per_page")->n;
    enum status status = STATUS_OK;
    if (!api_paged(answer, (int64_t)n, page, per_page)) {
        return STATUS_OK;
    }
    answer->body = json_array();
    for (int64_t i = (page - 1) * per_page;
         status == STATUS_OK && i < (int64_t)n && i < page * per_page; i++) {
        json_t *object;
        status = make_term(answer->pass, &terms[i], &object, err);
        json_array_append_new(answer->body, object);
    }
    return status;
}

/* The story whose terms are asked for; ids of nothing if readers may not see it. */
static enum status story_for(struct api_answer *answer, int64_t id, struct story *ret,
                             struct err *err) {
    struct pass *pass = answer->pass;
    struct err lost = { 0 };
    enum status status = store_story(pass->reader, pass->arena, id, STORY_FULL, ret, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !story_is_public(ret))) {
        *ret = (struct story){ 0 };
        return STATUS_OK;
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", lost.message);
}

static bool slug_is_asked(struct words slugs, struct str slug) {
    bool asked = slugs.len == 0;
    for (size_t i = 0; i < slugs.len && !asked; i++) {
        asked = str_eq(slugs.ptr[i], slug);
    }
    return asked;
}

enum status api_categories(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct sections sections;
    struct story story = { 0 };
    bool of_story = api_arg(call, "post")->is_given;
    enum status status = store_sections(pass->reader, pass->arena, &sections, err);
    if (status == STATUS_OK && of_story) {
        status = story_for(answer, api_arg(call, "post")->n, &story, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct ids include = api_arg(call, "include")->ids, exclude = api_arg(call, "exclude")->ids;
    struct str search = api_arg(call, "search")->text;
    VEC(struct term) terms = { 0 };
    for (size_t i = 0; i < sections.len; i++) {
        const struct section *s = &sections.ptr[i];
        bool asked =
            (!of_story || ids_have(story.sections, s->id)) &&
            (include.len == 0 || ids_have(include, s->id)) && !ids_have(exclude, s->id) &&
            slug_is_asked(api_arg(call, "slug")->words, s->slug) &&
            (!api_arg(call, "parent")->is_given || s->parent_id == api_arg(call, "parent")->n) &&
            (search.len == 0 || str_find_nocase(s->name, search, 0) != STR_NPOS);
        if (asked) {
            *vec_push(pass->arena, &terms) = term_of_section(s);
        }
    }
    return add_terms(answer, terms.ptr, terms.len, err);
}

enum status api_tags(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct story story = { 0 };
    struct ids wanted = api_arg(call, "include")->ids;
    enum status status = STATUS_OK;
    if (api_arg(call, "post")->is_given) {
        status = story_for(answer, api_arg(call, "post")->n, &story, err);
        wanted = story.tags;
    }
    VEC(struct term) terms = { 0 };
    for (size_t i = 0; status == STATUS_OK && i < wanted.len; i++) {
        struct tag tag;
        struct err lost = { 0 };
        status = store_tag(pass->reader, pass->arena, wanted.ptr[i], &tag, &lost);
        if (status == STATUS_OK && tag.taxonomy.len == 0) {
            *vec_push(pass->arena, &terms) = term_of_tag(&tag);
        } else if (status == STATUS_NOT_FOUND) {
            status = STATUS_OK;
        }
    }
    return status == STATUS_OK ? add_terms(answer, terms.ptr, terms.len, err) : status;
}
