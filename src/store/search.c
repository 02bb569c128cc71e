/* Answering a search.
 *
 * However large the archive and whatever is asked, the work is bounded. Looked at are stories whose
 * whole headline is what was typed, and the newest stories with all the words: the index gives them
 * newest first until there are enough or enough was read (search_plan.c). If that ended before the
 * archive did, the table of headlines is read the same way; being so much smaller, it goes further
 * back. No clock decides: the same data give the same answer.
 *
 * Common prefixes are another trap: for `a*` FTS5 would read every document of every such word
 * before it gave the first. They are replaced by the most common words that begin so.
 *
 * Scores are those of search_weigh() (sqlite_search.c): rare words weigh more, the headline weighs
 * more than the body. All words in the headline count for more, as one phrase for still more. Age
 * takes away up to a half, reckoned from the newest story. */
#include "store/search.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/search_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SAME_HEADLINE_MAX = 100,
    HEADLINE_MATCHES_MAX = 500,
    TEXT_MATCHES_MAX = 1000,
    AGE_HALF_DAYS = 365,
};

int64_t search_doc_at(int64_t published_us) {
    int64_t hour_us = 3600 * US_PER_SECOND;
    int64_t hour = published_us / hour_us - (published_us % hour_us < 0);
    return hour * SEARCH_DOCS_AN_HOUR;
}

struct str search_filing(char out[SEARCH_FILING_MAX], char kind, int64_t id) {
    /* U+E000, of private use: never a letter. */
    int n = snprintf(out, SEARCH_FILING_MAX, "\xee\x80\x80%c%" PRId64, kind, id);
    return str_make(out, (size_t)n);
}

/* ---- candidates ---- */

enum tier { TIER_TEXT, TIER_HEADLINE, TIER_PHRASE, TIER_SAME };

struct candidate {
    int64_t doc, story_id, published_us;
    double score;
    enum tier tier;
};

struct finding {
    struct sql *db;
    struct arena *arena;
    const struct store_search_request *req;
    int64_t to_us; /* exclusive */
    int64_t newest_us;
    VEC(struct candidate) found;
    struct map by_doc; /* to the index in `found`, plus one */
    bool is_cut;       /* there are more than were looked at */
};

static void add(struct finding *f, const struct candidate *c) {
    struct str key = str_make((const char *)&c->doc, sizeof c->doc);
    uintptr_t at = (uintptr_t)map_get(&f->by_doc, key);
    if (at == 0) {
        *vec_push(f->arena, &f->found) = *c;
        map_put(&f->by_doc, key, (void *)f->found.len);
        return;
    }
    struct candidate *known = &f->found.ptr[at - 1];
    known->score = c->score > known->score ? c->score : known->score;
    known->tier = c->tier > known->tier ? c->tier : known->tier;
}

/* The documents of the dates that are asked for. One that found no room in its hour stands later.
 */
static void bounds(const struct finding *f, int64_t *ret_from, int64_t *ret_to) {
    *ret_from = f->req->from_us == INT64_MIN ? INT64_MIN : search_doc_at(f->req->from_us);
    *ret_to = INT64_MAX;
    if (f->to_us == INT64_MAX) {
        return;
    }
    int64_t hour = search_doc_at(f->to_us), last;
    do {
        *ret_to = hour + SEARCH_DOCS_AN_HOUR - 1;
        last = RUN(f->db, "search_doc_last", I64(hour), I64(hour + SEARCH_DOCS_AN_HOUR));
        hour += SEARCH_DOCS_AN_HOUR;
    } while (last == *ret_to && f->db->status == STATUS_OK);
}

struct match {
    int64_t doc, worth;
};

/* What search_weigh says of a row: NULL is read as 0, and no row that is meant is worth so little.
 */
static void collect(struct finding *f, const struct match *m) {
    struct rows rows = ROWS(f->db, "search_doc", I64(m->doc));
    if (rows_next(&rows)) {
        const int64_t score = m->worth / 4;
        struct candidate c = { m->doc, rows_i64(&rows, 0), rows_i64(&rows, 1), (double)score,
                               (enum tier)(m->worth % 4) };
        if (c.published_us >= f->req->from_us && c.published_us < f->to_us) {
            add(f, &c);
        }
    }
    rows_end(&rows);
}

/* The matches of an expression, newest first; whether there are no others. */
static bool match(struct finding *f, const char *statement, const struct search_expression *e,
                  int64_t max) {
    VEC(struct match) found = { 0 };
    int64_t from, to, steps = 0;
    if (e->match.len == 0) {
        return true;
    }
    bounds(f, &from, &to);
    struct rows rows = ROWS(f->db, statement, TEXT(e->match), TEXT(e->program), I64(from), I64(to));
    bool is_all = true;
    while (is_all && rows_next(&rows)) {
        struct match m = { rows_i64(&rows, 0), rows_i64(&rows, 1) };
        if (m.worth != 0) {
            *vec_push(f->arena, &found) = m;
        }
        steps++;
        is_all = steps < e->steps_max && (int64_t)found.len < max;
    }
    rows_end(&rows);
    for (size_t i = 0; i < found.len; i++) {
        collect(f, &found.ptr[i]);
    }
    return is_all;
}

/* Of a headline with "-5" the number must not occur; but of "ferry -fog" it is not "Ferry fog" that
 * is looked for. */
static bool has_minus(struct finding *f, int64_t story_id) {
    struct story story;
    struct search_query q = { 0 };
    if (story_load(f->db, f->arena, story_id, STORY_CARD, &story)) {
        search_query_parse(f->arena, story.headline, &q);
    }
    return q.len > q.positive;
}

static void match_same_headline(struct finding *f, const struct search_expression *filter,
                                bool with_minus) {
    struct str text = f->req->query.text;
    if (text.len == 0) {
        return;
    }
    VEC(struct candidate) same = { 0 };
    struct rows rows = ROWS(f->db, "search_same_headline", I64((int64_t)hash_content(text)),
                            I64(f->req->from_us), I64(f->to_us), I64(SAME_HEADLINE_MAX));
    while (rows_next(&rows)) {
        *vec_push(f->arena, &same) = (struct candidate){ rows_i64(&rows, 0), rows_i64(&rows, 1),
                                                         rows_i64(&rows, 2), 0, TIER_SAME };
    }
    for (size_t i = 0; i < same.len; i++) {
        if ((filter->match.len == 0 || HAS(f->db, "search_has", TEXT(filter->match),
                                           TEXT(filter->program), I64(same.ptr[i].doc))) &&
            (!with_minus || has_minus(f, same.ptr[i].story_id))) {
            add(f, &same.ptr[i]);
        }
    }
}

/* ---- order ---- */

static double aged(const struct finding *f, const struct candidate *c) {
    static const double tiers[] = {
        [TIER_TEXT] = 1, [TIER_HEADLINE] = 1.5, [TIER_PHRASE] = 2.2, [TIER_SAME] = 2.2
    };
    double days = (double)(f->newest_us - c->published_us) / (double)US_PER_DAY;
    double youth = exp2(-(days > 0 ? days : 0) / AGE_HALF_DAYS);
    return c->score * tiers[c->tier] * (0.5 + 0.5 * youth);
}

static int newer_first(const struct candidate *a, const struct candidate *b) {
    if (a->published_us != b->published_us) {
        return a->published_us < b->published_us ? 1 : -1;
    }
    return (a->story_id < b->story_id) - (a->story_id > b->story_id);
}

static int compare_age(const void *a, const void *b) {
    return newer_first(a, b);
}

static int compare_best(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    bool x_same = x->tier == TIER_SAME, y_same = y->tier == TIER_SAME;
    if (x_same != y_same) {
        return x_same ? -1 : 1;
    }
    if (!x_same && (x->score < y->score || x->score > y->score)) {
        return x->score < y->score ? 1 : -1;
    }
    return newer_first(x, y);
}

static void order(struct finding *f) {
    for (size_t i = 0; i < f->found.len; i++) {
        f->found.ptr[i].score = aged(f, &f->found.ptr[i]);
    }
    if (f->found.len > 0) {
        qsort(f->found.ptr, f->found.len, sizeof *f->found.ptr,
              f->req->newest_first ? compare_age : compare_best);
    }
}

/* ---- the whole ---- */

static void find(struct finding *f, const struct search_plan *plan, int64_t wanted) {
    struct search_expression e;
    if (plan->positive == 0) {
        return;
    }
    bool newest = f->req->newest_first;
    search_plan_express(plan, f->arena, SEARCH_ANYWHERE, &e);
    f->is_cut = !match(f, "search_matches", &e, newest ? wanted + 1 : TEXT_MATCHES_MAX);
    /* Below a headline there may stand a word that must not occur. */
    if (f->is_cut && !newest && plan->negative == 0) {
        search_plan_express(plan, f->arena, SEARCH_HEADLINE, &e);
        (void)match(f, "search_headlines", &e, HEADLINE_MATCHES_MAX);
    }
    if (!newest) {
        search_plan_express(plan, f->arena, SEARCH_FILING, &e);
        match_same_headline(f, &e, plan->negative > 0);
    }
    order(f);
}

/* Nothing has all the words: which of them occur at all, the rarest of those, or two. */
static bool relax(struct finding *f, struct search_plan *plan, int step) {
    if (step == 0) {
        size_t before = plan->positive;
        search_plan_keep_known(plan, f->db, f->arena);
        return plan->positive > 0 && plan->positive < before;
    }
    if (plan->positive < 2) {
        return false;
    }
    search_plan_keep_rarest(plan, plan->positive > 2 ? 2 : 1);
    return true;
}

static enum status page_of(struct finding *f, struct arena *a, int64_t number, int64_t size,
                           struct store_search *ret, struct err *err) {
    int64_t total = (int64_t)f->found.len;
    int64_t most = size * LIMIT_SEARCH_PAGES;
    ret->is_more = f->is_cut || total > most;
    ret->total = total;
    int64_t shown = total < most ? total : most;
    ret->pages = shown > 0 ? (shown - 1) / size + 1 : 1;
    if (number < 1 || number > ret->pages) {
        return err_set(err, STATUS_NOT_FOUND, "the search has no page %" PRId64, number);
    }
    VEC(int64_t) ids = { 0 };
    for (int64_t i = (number - 1) * size; i < number * size && i < shown; i++) {
        *vec_push(a, &ids) = f->found.ptr[i].story_id;
    }
    ret->ids = (struct ids){ ids.ptr, ids.len };
    return STATUS_OK;
}

/* The section and those below it. */
static enum status sections_below(struct store_reader *r, struct arena *a, int64_t id,
                                  struct ids *ret, struct err *err) {
    struct sections all;
    VEC(int64_t) ids = { 0 };
    enum status status = store_sections(r, a, &all, err); /* parents first */
    *vec_push(a, &ids) = id;
    for (size_t i = 0; status == STATUS_OK && i < all.len && ids.len < LIMIT_SEARCH_SECTIONS; i++) {
        if (ids_has((struct ids){ ids.ptr, ids.len }, all.ptr[i].parent_id)) {
            *vec_push(a, &ids) = all.ptr[i].id;
        }
    }
    *ret = (struct ids){ ids.ptr, ids.len };
    return status;
}

enum status store_search(struct store_reader *r, struct arena *a,
                         const struct store_search_request *req, int64_t number, int64_t size,
                         struct store_search *ret, struct err *err) {
    check(size > 0);
    keys_note(r->keys, STR("search"));
    struct finding f = { .db = r->sql, .arena = a, .req = req, .to_us = req->to_us };
    struct store_search result = { 0 };
    struct ids sections = { 0 };
    enum status status = STATUS_OK;
    if (req->section_id != 0) {
        status = sections_below(r, a, req->section_id, &sections, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct search_plan plan;
    search_plan_make(f.db, a, &req->query, sections, req->author_id, &plan);
    int64_t newest = RUN(f.db, "search_newest_doc", NONE);
    f.newest_us = RUN(f.db, "search_doc_published", I64(newest));
    find(&f, &plan, size * LIMIT_SEARCH_PAGES);
    for (int step = 0; f.found.len == 0 && step < 2 && plan.positive > 1; step++) {
        if (relax(&f, &plan, step)) {
            result.is_relaxed = true;
            find(&f, &plan, size * LIMIT_SEARCH_PAGES);
        }
    }
    map_done(&f.by_doc);
    status = sql_result(f.db, err);
    if (status == STATUS_OK) {
        status = page_of(&f, a, number, size, &result, err);
    }
    if (status == STATUS_OK) {
        *ret = result;
    }
    return status;
}
