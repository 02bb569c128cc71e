/* The search page: the form, what was found with its words marked, and what helps when nothing was.
 *
 * Whether there is anything, and on how many pages, store_search says; it notes the key `search`,
 * which every change of what can be found touches, so that results are as exact as other pages. */
#include "site/pages.h"

#include "base/clock.h"
#include "base/limits.h"
#include "site/cards.h"
#include "site/head.h"
#include "text/search_passage.h"
#include "text/utf8.h"

enum { PASSAGE_WORDS = 38, AUTHORS_MAX = 8 };

/* ---- what is asked for ---- */

/* When a day begins, in the site's zone. */
static int64_t day_us(struct pass *pass, int day, int later) {
    struct civil c = { .year = day / 10000, .month = day / 100 % 100, .day = day % 100 };
    c = civil_of_us(civil_to_us(c) + later * US_PER_DAY);
    return dates_to_us(pass->dates, c);
}

static struct store_search_request request_of(struct pass *pass, const struct search_ask *ask) {
    struct store_search_request req = {
        .section_id = ask->section_id,
        .author_id = ask->author_id,
        .from_us = ask->from != 0 ? day_us(pass, ask->from, 0) : INT64_MIN,
        .to_us = ask->to != 0 ? day_us(pass, ask->to, 1) : INT64_MAX,
        .newest_first = ask->newest_first,
    };
    search_query_parse(pass->arena, ask->words, &req.query);
    return req;
}

static struct str path_of(struct pass *pass, struct search_ask ask) {
    return search_ask_path(pass->arena, &ask);
}

/* The same in another order, by another author…: from its first page. */
static struct search_ask again(const struct search_ask *ask) {
    struct search_ask copy = *ask;
    copy.number = 1;
    return copy;
}

/* ---- the form ---- */

static int depth_of(const struct sections *all, const struct section *s) {
    int depth = 0;
    for (size_t i = (size_t)(s - all->ptr); s->parent_id != 0 && i > 0 && depth < 8;) {
        i--;
        if (all->ptr[i].id == s->parent_id) {
            s = &all->ptr[i];
            depth++;
        }
    }
    return depth;
}

static struct str indented(struct arena *a, struct str name, int depth) {
    static const char dashes[] = "\xe2\x80\x93\xc2\xa0\xe2\x80\x93\xc2\xa0\xe2\x80\x93\xc2\xa0"
                                 "\xe2\x80\x93\xc2\xa0";
    int bytes = (depth < 4 ? depth : 4) * 5; /* an en dash and a blank that does not break */
    return depth > 0 ? arena_printf(a, "%.*s%.*s", bytes, dashes, STR_FMT(name)) : name;
}

/* *ret_found false: there is no such section. */
static enum status put_sections(struct pass *pass, const struct search_ask *ask,
                                struct view_search_root *root, bool *ret_found, struct err *err) {
    struct sections all;
    VEC(struct view_option) options = { 0 };
    VEC(struct view_link) top = { 0 };
    enum status status = store_sections(pass->reader, pass->arena, &all, err);
    *ret_found = ask->section_id == 0;
    for (size_t i = 0; status == STATUS_OK && i < all.len; i++) {
        const struct section *s = &all.ptr[i];
        bool selected = s->id == ask->section_id;
        *ret_found |= selected;
        if (selected || options.len < LIMIT_SEARCH_OPTIONS) {
            *vec_push(pass->arena, &options) =
                (struct view_option){ s->id, indented(pass->arena, s->name, depth_of(&all, s)),
                                      selected };
        }
        if (s->parent_id == 0 && top.len < LIMIT_SEARCH_OPTIONS) {
            *vec_push(pass->arena, &top) =
                (struct view_link){ .id = s->id, .href = s->path, .label = s->name };
        }
    }
    card_links_sort(pass, top.ptr, top.len);
    root->sections = LIST_OF(options);
    root->top_sections = LIST_OF(top);
    return status;
}

static enum status put_author(struct pass *pass, const struct search_ask *ask,
                              struct view_search_root *root, bool *ret_found, struct err *err) {
    struct author author;
    struct err lost = { 0 };
    *ret_found = true;
    if (ask->author_id == 0) {
        return STATUS_OK;
    }
    enum status status = store_author(pass->reader, pass->arena, ask->author_id, &author, &lost);
    if (status != STATUS_OK) {
        *ret_found = false;
        return status == STATUS_NOT_FOUND ? STATUS_OK : err_set(err, status, "%s", lost.message);
    }
    struct view_author *view = ARENA_NEW(pass->arena, struct view_author);
    *view = (struct view_author){ .id = author.id, .href = author.path, .label = author.name };
    struct search_ask any = again(ask);
    any.author_id = 0;
    root->author = view;
    root->any_author = path_of(pass, any);
    return STATUS_OK;
}

static void put_form(struct pass *pass, const struct search_ask *ask,
                     struct view_search_root *root) {
    struct search_ask plain = search_ask_words(pass->arena, ask->words), best = again(ask),
                      newest = again(ask);
    best.newest_first = false;
    newest.newest_first = true;
    plain.newest_first = ask->newest_first;
    root->query = ask->words;
    root->from = search_day(pass->arena, ask->from);
    root->to = search_day(pass->arena, ask->to);
    root->newest_first = ask->newest_first;
    root->is_narrowed = search_ask_is_narrowed(ask);
    root->unnarrowed = path_of(pass, plain);
    root->best = path_of(pass, best);
    root->newest = path_of(pass, newest);
}

/* ---- results ---- */

static struct html passage(struct pass *pass, const struct search_query *query,
                           const struct story *story) {
    struct str raw = utf8_prefix(story->body.raw, LIMIT_SEARCH_TEXT_BYTES);
    if (raw.len < story->body.raw.len) {
        raw.len = str_rfind_char(raw, '>') + 1; /* tags are whole; STR_NPOS + 1 is 0 */
    }
    struct str text = arena_printf(pass->arena, "%.*s %.*s",
                                   STR_FMT(utf8_prefix(story->standfirst, LIMIT_SEARCH_TEXT_BYTES)),
                                   STR_FMT(html_text(pass->arena, (struct html){ raw })));
    return search_passage(pass->arena, query, text, PASSAGE_WORDS);
}

static enum status put_results(struct pass *pass, const struct search_query *query, struct ids ids,
                               struct view_search_root *root, struct err *err) {
    struct view_result *results = arena_array(pass->arena, ids.len + 1, sizeof *results);
    struct list cards;
    enum status status = cards_read(pass, ids, 0, &cards, err);
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        const struct view_card *card = &((const struct view_card *)cards.items)[i];
        struct story story;
        status = store_story(pass->reader, pass->arena, ids.ptr[i], STORY_FULL, &story, err);
        if (status == STATUS_OK) {
            results[i] = (struct view_result){
                .card = card,
                .headline = search_mark(pass->arena, query, card->headline),
                .passage = passage(pass, query, &story),
                .is_page = story.kind == STORY_PAGE,
            };
        }
    }
    root->results = (struct list){ results, ids.len };
    return status;
}

/* Who wrote what is on this page, each with the search for what else is his. */
static void put_authors(struct pass *pass, const struct search_ask *ask,
                        struct view_search_root *root) {
    VEC(struct view_link) authors = { 0 };
    const struct view_result *results = root->results.items;
    if (root->author != NULL || root->pager == NULL) {
        return;
    }
    for (size_t i = 0; i < root->results.len; i++) {
        const struct view_link *by = results[i].card->authors.items;
        for (size_t k = 0; k < results[i].card->authors.len && authors.len < AUTHORS_MAX; k++) {
            bool known = false;
            for (size_t n = 0; n < authors.len; n++) {
                known |= authors.ptr[n].id == by[k].id;
            }
            if (!known) {
                struct search_ask only = again(ask);
                only.author_id = by[k].id;
                *vec_push(pass->arena, &authors) = (struct view_link){ .id = by[k].id,
                                                                       .href = path_of(pass, only),
                                                                       .label = by[k].label };
            }
        }
    }
    card_links_sort(pass, authors.ptr, authors.len);
    root->authors = LIST_OF(authors);
}

static void put_pager(struct pass *pass, const struct search_ask *ask, int64_t pages,
                      struct view_search_root *root) {
    if (pages < 2) {
        return;
    }
    struct view_pager *pager = ARENA_NEW(pass->arena, struct view_pager);
    struct search_ask newer = *ask, older = *ask;
    newer.number--;
    older.number++;
    *pager = (struct view_pager){
        .number = ask->number,
        .pages = pages,
        .newer = ask->number > 1 ? path_of(pass, newer) : STR(""),
        .older = ask->number < pages ? path_of(pass, older) : STR(""),
    };
    root->pager = pager;
}

/* *ret_found false: no such page. */
static enum status find(struct pass *pass, const struct search_ask *ask,
                        struct view_search_root *root, bool *ret_found, struct err *err) {
    struct store_search_request req = request_of(pass, ask);
    struct store_search found;
    struct err past = { 0 };
    root->is_asked = req.query.positive > 0;
    *ret_found = ask->number == 1;
    if (!root->is_asked) {
        return STATUS_OK;
    }
    enum status status = store_search(pass->reader, pass->arena, &req, ask->number,
                                      pass->settings.stories_per_page, &found, &past);
    *ret_found = status == STATUS_OK;
    if (status != STATUS_OK) {
        return status == STATUS_NOT_FOUND ? STATUS_OK : err_set(err, status, "%s", past.message);
    }
    root->total = found.total;
    root->is_least = found.is_more;
    root->is_more = found.is_more && ask->number == found.pages;
    root->is_relaxed = found.is_relaxed;
    put_pager(pass, ask, found.pages, root);
    status = put_results(pass, &req.query, found.ids, root, err);
    put_authors(pass, ask, root);
    return status;
}

/* ---- the page ---- */

static struct view_head head_of(struct pass *pass, const struct search_ask *ask,
                                const struct view_search_root *root) {
    struct phrase_arg query = { .name = STR("query"), .text = ask->words };
    struct str title = ask->words.len > 0 ? pass_phrase(pass, "search_title", &query, 1)
                                          : pass_phrase(pass, "search", NULL, 0);
    if (root->pager != NULL && ask->number > 1) {
        struct phrase_arg place[] = { pass_number_arg(pass, STR("n"), ask->number),
                                      pass_number_arg(pass, STR("pages"), root->pager->pages) };
        title = arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(title),
                             STR_FMT(pass_phrase(pass, "page_of", place, COUNT_OF(place))));
    }
    struct view_head head = head_plain(pass, title, STR(""), path_of(pass, *ask));
    head.robots = STR("noindex, follow");
    head.newer = root->pager != NULL ? root->pager->newer : STR("");
    head.older = root->pager != NULL ? root->pager->older : STR("");
    return head;
}

enum status page_search(struct pass *pass, const struct search_ask *ask, struct page_build *page,
                        struct err *err) {
    struct view_search_root root = { .site = pass->view };
    bool has_section, has_author = true, has_page = true;
    put_form(pass, ask, &root);
    enum status status = put_sections(pass, ask, &root, &has_section, err);
    if (status == STATUS_OK) {
        status = put_author(pass, ask, &root, &has_author, err);
    }
    if (status == STATUS_OK && has_section && has_author) {
        status = find(pass, ask, &root, &has_page, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!has_section || !has_author || !has_page) {
        page_alias_error(pass, 404, page);
        return STATUS_OK;
    }
    root.head = head_of(pass, ask, &root);
    return pass_page(pass, "search", &root, 0, page, err);
}
