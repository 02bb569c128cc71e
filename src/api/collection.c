/* Lists of stories and pages: which filters and orders there are, and how each is answered without
 * a cost that grows with the archive.
 *
 * What one list holds (all stories, those of one section, tag or author), between two times, by
 * date, comes from the list's kept counts, any page of any number. Everything else is sifted: the
 * smallest list that all wanted stories are in is walked, if it has no more than LIMIT_API_WALK of
 * them, and what does not meet the other conditions is left out. Beyond that the call is refused. A
 * section's stories are those of its page: those of the sections below it, too. */
#include "api/objects.h"
#include "api/sift.h"

#include "base/limits.h"
#include "site/cards.h"

void api_put_curies(json_t *object) {
    json_t *link = api_link(object, "curies", STR("https://api.w.org/{rel}"));
    api_set(link, "name", json_string("wp"));
    api_set(link, "templated", json_true());
}

/* ---- conditions ---- */

/* A story is in one of the lists, or, of several conditions joined by OR, in one of them all. */
struct filing {
    const char *wanted, *unwanted; /* arguments */
    enum list_kind kind;
};
static const struct filing filings[] = {
    { "categories", "categories_exclude", LIST_SECTION },
    { "tags", "tags_exclude", LIST_TAG },
    { "author", "author_exclude", LIST_AUTHOR },
};
enum { FILINGS_TERMS = 2 }; /* the first, which tax_relation is about */

static enum status is_in_any(struct pass *pass, enum list_kind kind, struct ids ids,
                             const struct story *story, bool *ret, struct err *err) {
    *ret = false;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < ids.len && !*ret; i++) {
        struct list_id list = { kind, ids.ptr[i] };
        if (kind == LIST_AUTHOR) { /* of pages, too, which stand in no list */
            *ret = ids_have(story->authors, list.id);
            continue;
        }
        status = store_list_has(pass->reader, list, story, ret, err);
    }
    return status;
}

static enum status is_filed(struct api_answer *answer, const struct story *story, bool *ret,
                            struct err *err) {
    const struct api_call *call = answer->call;
    bool any_term = api_is(call, "tax_relation", "OR"), is_asked = false, is_met = false;
    *ret = false;
    for (size_t i = 0; i < COUNT_OF(filings); i++) {
        struct ids wanted = api_arg(call, filings[i].wanted)->ids;
        struct ids unwanted = api_arg(call, filings[i].unwanted)->ids;
        bool has = false, has_unwanted;
        enum status status =
            is_in_any(answer->pass, filings[i].kind, unwanted, story, &has_unwanted, err);
        if (status == STATUS_OK) {
            status = is_in_any(answer->pass, filings[i].kind, wanted, story, &has, err);
        }
        bool may_miss = any_term && i < FILINGS_TERMS;
        if (status != STATUS_OK || has_unwanted || (wanted.len > 0 && !has && !may_miss)) {
            return status;
        }
        is_asked = is_asked || (may_miss && wanted.len > 0);
        is_met = is_met || has;
    }
    *ret = !is_asked || is_met;
    return STATUS_OK;
}

static int64_t changed_us(const struct story *s) {
    return s->updated_us > s->published_us ? s->updated_us : s->published_us;
}

static bool is_between(struct pass *pass, int64_t us, const struct arg *after,
                       const struct arg *before) {
    return (!after->is_given || us > api_time(pass, after->text)) &&
           (!before->is_given || us < api_time(pass, before->text));
}

/* What the story itself says. */
static bool is_meant(struct api_answer *answer, enum story_kind kind, const struct story *s) {
    const struct api_call *call = answer->call;
    struct ids exclude = api_arg(call, "exclude")->ids;
    struct ids parents_not = api_arg(call, "parent_exclude")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    const struct arg *sticky = api_arg(call, "sticky"), *place = api_arg(call, "menu_order");
    return s->kind == kind && story_is_public(s) &&
           sift_wants(api_arg(call, "include")->ids, s->id) &&
           (exclude.len == 0 || !ids_have(exclude, s->id)) &&
           (slugs.len == 0 || sift_word_place(slugs, s->slug) < (int64_t)slugs.len) &&
           (!sticky->is_given || s->sticky == (sticky->n != 0)) &&
           (!place->is_given || s->menu_order == place->n) &&
           sift_wants(api_arg(call, "parent")->ids, s->parent_id) &&
           (parents_not.len == 0 || !ids_have(parents_not, s->parent_id)) &&
           is_between(answer->pass, s->published_us, api_arg(call, "after"),
                      api_arg(call, "before")) &&
           is_between(answer->pass, changed_us(s), api_arg(call, "modified_after"),
                      api_arg(call, "modified_before"));
}

static struct sift_row row_of(const struct api_call *call, const struct story *s, size_t place) {
    struct sift_row row = { .id = s->id };
    struct str by = api_arg(call, "orderby")->text;
    if (str_eq(by, STR("title"))) {
        row.text = s->headline;
    } else if (str_eq(by, STR("slug"))) {
        row.text = s->slug;
    } else if (str_eq(by, STR("modified"))) {
        row.number = changed_us(s);
    } else if (str_eq(by, STR("author"))) {
        row.number = s->authors.len > 0 ? s->authors.ptr[0] : 0;
    } else if (str_eq(by, STR("parent"))) {
        row.number = s->parent_id;
    } else if (str_eq(by, STR("menu_order"))) {
        row.number = s->menu_order;
    } else if (str_eq(by, STR("include"))) {
        row.number = sift_place(api_arg(call, "include")->ids, s->id);
    } else if (str_eq(by, STR("include_slugs"))) {
        row.number = sift_word_place(api_arg(call, "slug")->words, s->slug);
    } else if (str_eq(by, STR("relevance"))) {
        row.number = (int64_t)place;
    } else if (!str_eq(by, STR("id"))) {
        row.number = s->published_us;
    }
    return row;
}

/* The stories among the candidates that are asked for; the page of them. */
static enum status sift_stories(struct api_answer *answer, enum story_kind kind,
                                struct ids candidates, struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    struct sift found = { 0 };
    for (size_t i = 0; i < candidates.len; i++) {
        struct story story;
        struct err lost = { 0 };
        bool is_wanted = false;
        enum status status =
            store_story(pass->reader, pass->arena, candidates.ptr[i], STORY_CARD, &story, &lost);
        if (status == STATUS_NOT_FOUND) {
            continue;
        }
        if (status != STATUS_OK) {
            return err_set(err, status, "%s", lost.message);
        }
        if (is_meant(answer, kind, &story)) {
            status = is_filed(answer, &story, &is_wanted, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
        if (is_wanted) {
            sift_add(pass->arena, &found, row_of(answer->call, &story, i));
        }
    }
    static const char *const given[] = { "include", "include_slugs", "relevance" };
    bool descends = api_descends(answer->call);
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        descends = descends && !api_is(answer->call, "orderby", given[i]);
    }
    sift_order(&found, descends);
    *ret = sift_page(answer, &found);
    return STATUS_OK;
}

/* ---- candidates ---- */

static enum status from_slugs(struct pass *pass, struct words slugs, struct ids *ret,
                              struct err *err) {
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
    *ret = (struct ids){ ids.ptr, ids.len };
    return STATUS_OK;
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

static struct list_part part_of(struct api_answer *answer, struct list_id list) {
    return (struct list_part){
        .list = list,
        .from = moment_of(answer->pass, api_arg(answer->call, "after"), 1),
        .to = moment_of(answer->pass, api_arg(answer->call, "before"), 0),
        .oldest_first = !api_descends(answer->call),
    };
}

/* Lists of which each wanted story is in one. */
struct group {
    struct list_id lists[2 * LIMIT_API_LIST];
    size_t len;
    int64_t total;
};

static void add_lists(struct group *g, enum list_kind kind, struct ids ids) {
    for (size_t i = 0; i < ids.len && g->len < COUNT_OF(g->lists); i++) {
        g->lists[g->len++] = (struct list_id){ kind, ids.ptr[i] };
    }
}

/* The group of one condition, or, joined by OR, of those about terms; empty: there is no condition.
 */
static void group_of(const struct api_call *call, size_t filing, struct group *ret) {
    bool any_term = api_is(call, "tax_relation", "OR");
    *ret = (struct group){ 0 };
    for (size_t i = 0; i < COUNT_OF(filings); i++) {
        if (i == filing || (any_term && i < FILINGS_TERMS && filing < FILINGS_TERMS)) {
            add_lists(ret, filings[i].kind, api_arg(call, filings[i].wanted)->ids);
        }
    }
}

static enum status total_of(struct api_answer *answer, struct group *g, struct err *err) {
    for (size_t i = 0; i < g->len; i++) {
        struct list_part part = part_of(answer, g->lists[i]);
        struct list_page one;
        enum status status =
            store_list_part(answer->pass->reader, answer->pass->arena, &part, 0, 1, &one, err);
        if (status != STATUS_OK) {
            return status;
        }
        g->total += one.total;
    }
    return STATUS_OK;
}

/* The smallest group that holds all wanted stories. */
static enum status smallest_group(struct api_answer *answer, struct group *ret, struct err *err) {
    *ret = (struct group){ .lists = { { LIST_LATEST, 0 } }, .len = 1 };
    enum status status = total_of(answer, ret, err);
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(filings); i++) {
        struct group g;
        group_of(answer->call, i, &g);
        status = total_of(answer, &g, err);
        if (status == STATUS_OK && g.len > 0 && g.total < ret->total) {
            *ret = g;
        }
    }
    return status;
}

static enum status walk(struct api_answer *answer, const struct group *g, struct ids *ret,
                        struct err *err) {
    struct pass *pass = answer->pass;
    VEC(int64_t) ids = { 0 };
    for (size_t i = 0; i < g->len; i++) {
        struct list_part part = part_of(answer, g->lists[i]);
        struct list_page page;
        enum status status =
            store_list_part(pass->reader, pass->arena, &part, 0, LIMIT_API_WALK, &page, err);
        if (status != STATUS_OK) {
            return status;
        }
        for (size_t k = 0; k < page.ids.len; k++) {
            *vec_push(pass->arena, &ids) = page.ids.ptr[k];
        }
    }
    *ret = (struct ids){ ids.ptr, ids.len };
    return STATUS_OK;
}

/* ---- stories ---- */

/* One list by date, between two times, is all that is asked for: *ret. */
static bool is_one_list(const struct api_call *call, struct list_id *ret) {
    static const char *const others[] = { "exclude", "sticky", "modified_after",
                                          "modified_before" };
    size_t n = 0;
    *ret = (struct list_id){ LIST_LATEST, 0 };
    for (size_t i = 0; i < COUNT_OF(filings); i++) {
        struct ids wanted = api_arg(call, filings[i].wanted)->ids;
        if (api_arg(call, filings[i].unwanted)->ids.len > 0) {
            return false;
        }
        if (wanted.len > 0) {
            *ret = (struct list_id){ filings[i].kind, wanted.ptr[0] };
        }
        n += wanted.len;
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (api_arg(call, others[i])->is_given) {
            return false;
        }
    }
    return n <= 1 && api_is(call, "orderby", "date");
}

static enum status from_lists(struct api_answer *answer, struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    struct list_id list;
    if (is_one_list(answer->call, &list)) {
        struct list_part part = part_of(answer, list);
        struct window window = api_window(answer->call);
        struct list_page page = { 0 };
        enum status status =
            store_list_part(pass->reader, pass->arena, &part, window.offset, window.n, &page, err);
        if (status == STATUS_OK && api_total(answer, page.total)) {
            *ret = page.ids;
        }
        return status;
    }
    struct group group;
    struct ids candidates = { NULL, 0 };
    enum status status = smallest_group(answer, &group, err);
    if (status == STATUS_OK && group.total > LIMIT_API_WALK) {
        return api_too_broad(answer, "Narrow it with after and before, a tag, a category or an "
                                     "author, or ask for one of these alone, by date.");
    }
    if (status == STATUS_OK) {
        status = walk(answer, &group, &candidates, err);
    }
    return status == STATUS_OK ? sift_stories(answer, STORY_STORY, candidates, ret, err) : status;
}

/* ---- searches ---- */

enum status api_search_all(struct api_answer *answer, struct str words, bool newest_first,
                           struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    struct store_search_request request = { .from_us = INT64_MIN,
                                            .to_us = INT64_MAX,
                                            .newest_first = newest_first };
    struct store_search found = { .pages = 1 };
    VEC(int64_t) ids = { 0 };
    search_query_parse(pass->arena, words, &request.query);
    for (int64_t page = 1; page <= found.pages && ids.len < LIMIT_API_WALK; page++) {
        struct err lost = { 0 };
        enum status status =
            store_search(pass->reader, pass->arena, &request, page, LIMIT_API_LIST, &found, &lost);
        if (status == STATUS_NOT_FOUND) {
            break;
        }
        if (status != STATUS_OK) {
            return err_set(err, status, "%s", lost.message);
        }
        for (size_t i = 0; i < found.ids.len; i++) {
            *vec_push(pass->arena, &ids) = found.ids.ptr[i];
        }
    }
    *ret = (struct ids){ ids.ptr, ids.len };
    return STATUS_OK;
}

/* ---- pages ---- */

static enum status from_pages(struct api_answer *answer, struct ids *ret, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    static const char *const others[] = { "exclude",        "modified_after", "modified_before",
                                          "parent",         "parent_exclude", "menu_order",
                                          "author_exclude", "author" };
    const struct arg *after = api_arg(call, "after"), *before = api_arg(call, "before");
    struct roll_part part = {
        .roll = ROLL_PAGES,
        .last_first = api_descends(call),
        .from_us = after->is_given ? api_time(pass, after->text) + 1 : INT64_MIN,
        .to_us = before->is_given ? api_time(pass, before->text) : INT64_MAX,
    };
    bool is_plain = api_is(call, "orderby", "date");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        is_plain = is_plain && !api_arg(call, others[i])->is_given;
    }
    struct window window = { 0, LIMIT_API_WALK };
    if (is_plain) {
        window = api_window(call);
    }
    struct list_page all;
    enum status status =
        store_roll_part(pass->reader, pass->arena, &part, window.offset, window.n, &all, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!is_plain) {
        return all.total > LIMIT_API_WALK
                   ? api_too_broad(answer, "Ask for them by date, or with include or slug.")
                   : sift_stories(answer, STORY_PAGE, all.ids, ret, err);
    }
    *ret = api_total(answer, all.total) ? all.ids : (struct ids){ NULL, 0 };
    return STATUS_OK;
}

/* ---- the handlers ---- */

/* Arguments that do not go together, or ask for what readers may not see. False: all is well. */
static bool is_refused(struct api_answer *answer) {
    const struct api_call *call = answer->call;
    struct words statuses = api_arg(call, "status")->words;
    for (size_t i = 0; i < statuses.len; i++) {
        if (!str_eq(statuses.ptr[i], STR("publish"))) {
            (void)api_fail_arg(answer, "status", "rest_forbidden_status",
                               STR("This status is for those who are signed in."));
        }
    }
    if (api_is(call, "orderby", "include") && api_arg(call, "include")->ids.len == 0) {
        (void)api_fail(answer, 400, "rest_orderby_include_missing_include",
                       STR("An order as in include needs an include."));
    }
    if (api_is(call, "orderby", "relevance") && api_arg(call, "search")->text.len == 0) {
        (void)api_fail(answer, 400, "rest_no_search_term_defined",
                       STR("An order by relevance needs a search."));
    }
    return answer->error.status != 0;
}

static enum status get_list(struct api_answer *answer, enum story_kind kind, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    struct ids ids = { NULL, 0 }, include = api_arg(call, "include")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    struct str search = api_arg(call, "search")->text;
    enum status status = STATUS_OK;
    answer->is_strict = true;
    if (is_refused(answer)) {
        return STATUS_OK;
    }
    if (search.len > 0) {
        status = api_search_all(answer, search, !api_is(call, "orderby", "relevance"), &ids, err);
        status = status == STATUS_OK ? sift_stories(answer, kind, ids, &ids, err) : status;
    } else if (include.len > 0) {
        status = sift_stories(answer, kind, include, &ids, err);
    } else if (slugs.len > 0) {
        status = from_slugs(pass, slugs, &ids, err);
        status = status == STATUS_OK ? sift_stories(answer, kind, ids, &ids, err) : status;
    } else {
        status = kind == STORY_PAGE ? from_pages(answer, &ids, err) : from_lists(answer, &ids, err);
    }
    return status == STATUS_OK && answer->error.status == 0 ? api_posts_of(answer, ids, err)
                                                            : status;
}

enum status api_posts(struct api_answer *answer, struct err *err) {
    return get_list(answer, STORY_STORY, err);
}

enum status api_pages(struct api_answer *answer, struct err *err) {
    return get_list(answer, STORY_PAGE, err);
}
