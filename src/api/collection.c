/* Lists of stories: which filters there are, and how the store answers them. */
#include "api/objects.h"

#include "base/limits.h"
#include "site/cards.h"

void api_put_curies(json_t *object) {
    json_t *link = api_link(object, "curies", STR("https://api.w.org/{rel}"));
    api_set(link, "name", json_string("wp"));
    api_set(link, "templated", json_true());
}

bool api_paged(struct api_answer *answer, int64_t total, int64_t page, int64_t per_page) {
    answer->is_list = true;
    answer->total = total;
    answer->pages = total > 0 ? (total - 1) / per_page + 1 : 0;
    if (page > 1 && page > answer->pages) {
        (void)api_fail(answer, 400, "rest_post_invalid_page_number",
                       STR("There are not so many pages; X-WP-TotalPages says how many."));
        return false;
    }
    return true;
}

/* ---- by ids ---- */

static bool is_listed(const struct story *story, enum story_kind kind) {
    return story->kind == kind && story_is_public(story);
}

/* Those of the ids that readers may see, newest first if `by_date`, and the page of them. */
static enum status from_ids(struct api_answer *answer, enum story_kind kind, struct ids wanted,
                            bool keep_order, struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    VEC(struct story) found = { 0 };
    for (size_t i = 0; i < wanted.len; i++) {
        struct story story;
        struct err lost = { 0 };
        enum status status =
            store_story(pass->reader, pass->arena, wanted.ptr[i], STORY_CARD, &story, &lost);
        if (status == STATUS_OK && is_listed(&story, kind)) {
            *vec_push(pass->arena, &found) = story;
        } else if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
    }
    for (size_t i = 1; i < found.len && !keep_order; i++) {
        struct story one = found.ptr[i];
        size_t k = i;
        for (; k > 0 && found.ptr[k - 1].published_us < one.published_us; k--) {
            found.ptr[k] = found.ptr[k - 1];
        }
        found.ptr[k] = one;
    }
    int64_t page = api_arg(answer->call, "page")->n;
    int64_t per_page = api_arg(answer->call, "per_page")->n;
    VEC(int64_t) ids = { 0 };
    if (api_paged(answer, (int64_t)found.len, page, per_page)) {
        for (int64_t i = (page - 1) * per_page;
             i < (int64_t)found.len && (int64_t)ids.len < per_page; i++) {
            *vec_push(pass->arena, &ids) = found.ptr[i].id;
        }
    }
    *ret = (struct ids){ ids.ptr, ids.len };
    return STATUS_OK;
}

static enum status from_slugs(struct api_answer *answer, enum story_kind kind, struct words slugs,
                              struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    VEC(int64_t) ids = { 0 };
    for (size_t i = 0; i < slugs.len; i++) {
        int64_t id;
        struct err lost = { 0 };
        enum status status = store_story_named(pass->reader, slugs.ptr[i], &id, &lost);
        if (status == STATUS_OK) {
            *vec_push(pass->arena, &ids) = id;
        } else if (status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
    }
    return from_ids(answer, kind, (struct ids){ ids.ptr, ids.len }, false, ret, err);
}

/* ---- one list ---- */

/* False: what is asked for is no one list. */
static bool one_list(const struct api_call *call, struct list_id *ret) {
    const struct {
        const char *name;
        enum list_kind kind;
    } lists[] = { { "categories", LIST_SECTION }, { "tags", LIST_TAG }, { "author", LIST_AUTHOR } };
    *ret = (struct list_id){ LIST_LATEST, 0 };
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct ids ids = api_arg(call, lists[i].name)->ids;
        n += ids.len;
        if (ids.len > 0) {
            *ret = (struct list_id){ lists[i].kind, ids.ptr[0] };
        }
    }
    return n <= 1;
}

/* What is after or before a time that the caller named, which is exclusive both ways. */
static struct list_moment moment_of(struct pass *pass, const struct arg *arg, int64_t plus_us) {
    if (!arg->is_given) {
        return (struct list_moment){ 0 };
    }
    int64_t us = api_time(pass, arg->text) + plus_us;
    struct civil day = dates_civil(pass->dates, us);
    return (struct list_moment){ us, day.year * 10000 + day.month * 100 + day.day };
}

static enum status from_list(struct api_answer *answer, struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct list_part part = {
        .from = moment_of(pass, api_arg(call, "after"), 1),
        .to = moment_of(pass, api_arg(call, "before"), 0),
        .oldest_first = str_eq(api_arg(call, "order")->text, STR("asc")),
    };
    if (!one_list(call, &part.list)) {
        return api_fail(answer, 400, "rest_too_broad",
                        STR("Ask for one category, tag or author at a time."));
    }
    int64_t page = api_arg(call, "page")->n, per_page = api_arg(call, "per_page")->n;
    const struct arg *offset = api_arg(call, "offset");
    struct list_page found;
    enum status status = store_list_part(pass->reader, pass->arena, &part,
                                         offset->is_given ? offset->n : (page - 1) * per_page,
                                         per_page, &found, err);
    if (status == STATUS_OK &&
        api_paged(answer, found.total, offset->is_given ? 1 : page, per_page)) {
        *ret = found.ids;
    }
    return status;
}

static enum status from_search(struct api_answer *answer, struct str words, struct ids *ret,
                               struct err *err) {
    struct pass *pass = answer->pass;
    int64_t page = api_arg(answer->call, "page")->n;
    int64_t per_page = api_arg(answer->call, "per_page")->n;
    struct store_search_request request = { .from_us = INT64_MIN, .to_us = INT64_MAX };
    search_query_parse(pass->arena, words, &request.query);
    struct store_search found;
    struct err lost = { 0 };
    enum status status =
        store_search(pass->reader, pass->arena, &request, page, per_page, &found, &lost);
    if (status == STATUS_NOT_FOUND) {
        (void)api_paged(answer, 0, page, per_page);
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    if (api_paged(answer, found.total, page, per_page)) {
        *ret = found.ids;
    }
    return STATUS_OK;
}

static enum status get_list(struct api_answer *answer, enum story_kind kind, struct err *err) {
    const struct api_call *call = answer->call;
    struct ids ids = { NULL, 0 };
    enum status status;
    if (api_arg(call, "include")->ids.len > 0) {
        bool as_asked = str_eq(api_arg(call, "orderby")->text, STR("include"));
        status = from_ids(answer, kind, api_arg(call, "include")->ids, as_asked, &ids, err);
    } else if (api_arg(call, "slug")->words.len > 0) {
        status = from_slugs(answer, kind, api_arg(call, "slug")->words, &ids, err);
    } else if (api_arg(call, "search")->text.len > 0) {
        status = from_search(answer, api_arg(call, "search")->text, &ids, err);
    } else {
        status = from_list(answer, &ids, err);
    }
    return status == STATUS_OK && answer->error.status == 0 ? api_posts_of(answer, ids, err)
                                                            : status;
}

enum status api_posts(struct api_answer *answer, struct err *err) {
    return get_list(answer, STORY_STORY, err);
}
