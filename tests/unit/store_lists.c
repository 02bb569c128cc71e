/* The lists, neighbours, counts and addresses against a plain model, after random writes. */
#include "tests/harness.h"
#include "tests/store_world.h"

#include <stdio.h>
#include <stdlib.h>

/* The moment of some story of the list, or none. */
static struct list_moment some_moment(struct world *w, const int64_t *ids, size_t len) {
    struct list_moment none = { 0 };
    if (len == 0 || test_below(&w->rng, 3) == 0) {
        return none;
    }
    int64_t id = ids[test_below(&w->rng, len)];
    for (size_t i = 0; i < w->stories_len; i++) {
        if (w->stories[i].row.id == id) {
            int64_t after_us = (int64_t)test_below(&w->rng, 3) - 1;
            return (struct list_moment){ w->stories[i].row.published_us + after_us,
                                         w->stories[i].row.local_day };
        }
    }
    return none;
}

static bool is_since(struct world *w, int64_t id, struct list_moment at) {
    for (size_t i = 0; i < w->stories_len; i++) {
        const struct story *s = &w->stories[i].row;
        if (s->id == id) {
            return s->local_day > at.day || (s->local_day == at.day && s->published_us >= at.us);
        }
    }
    return false;
}

static void compare_part(struct world *w, struct list_id list) {
    int64_t ids[WORLD_STORIES_MAX], expected[WORLD_STORIES_MAX];
    size_t len = world_list(w, list, ids), expected_len = 0;
    struct list_part part = { .list = list,
                              .from = some_moment(w, ids, len),
                              .to = some_moment(w, ids, len),
                              .oldest_first = test_below(&w->rng, 2) == 0 };
    for (size_t i = 0; i < len; i++) {
        int64_t id = ids[part.oldest_first ? len - 1 - i : i];
        if ((part.from.day == 0 || is_since(w, id, part.from)) &&
            (part.to.day == 0 || !is_since(w, id, part.to))) {
            expected[expected_len++] = id;
        }
    }
    size_t offset = test_below(&w->rng, len + 3), n = 1 + test_below(&w->rng, 9);
    struct list_page page = { 0 };
    OK(store_list_part(store_site_read(w->site), &w->site->arena, &part, (int64_t)offset,
                       (int64_t)n, &page, &w->site->err));
    CHECK_INT(page.total, (int64_t)expected_len);
    size_t left = expected_len > offset ? expected_len - offset : 0;
    CHECK_INT(page.ids.len, left < n ? left : n);
    for (size_t i = 0; i < page.ids.len; i++) {
        CHECK_INT(page.ids.ptr[i], expected[offset + i]);
    }
}

static void compare_list(struct world *w, struct list_id list) {
    int64_t ids[WORLD_STORIES_MAX];
    size_t len = world_list(w, list, ids);
    struct store_reader *r = store_site_read(w->site);
    struct arena *a = &w->site->arena;
    int64_t size = 1 + (int64_t)test_below(&w->rng, 7);
    int64_t pages = len == 0 ? 1 : ((int64_t)len - 1) / size + 1;
    struct list_page page = { 0 };
    for (int64_t n = 1; n <= pages; n++) {
        OK(store_list_page(r, a, list, n, size, &page, &w->site->err));
        CHECK_INT(page.total, (int64_t)len);
        CHECK_INT(page.pages, pages);
        size_t from = (size_t)((n - 1) * size);
        size_t expected = len - from < (size_t)size ? len - from : (size_t)size;
        CHECK_INT(page.ids.len, expected);
        for (size_t i = 0; i < page.ids.len && i < expected; i++) {
            CHECK_INT(page.ids.ptr[i], ids[from + i]);
        }
    }
    CHECK_INT(store_list_page(r, a, list, pages + 1, size, &page, NULL), STATUS_NOT_FOUND);
    CHECK_INT(store_list_page(r, a, list, 0, size, &page, NULL), STATUS_NOT_FOUND);

    struct ids newest, except = { ids, len > 2 ? 2 : 0 };
    OK(store_newest(r, a, list, 5, except, &newest, &w->site->err));
    size_t left = len - except.len;
    CHECK_INT(newest.len, left < 5 ? left : 5);
    for (size_t i = 0; i < newest.len; i++) {
        CHECK_INT(newest.ptr[i], ids[except.len + i]);
    }
    if (list.kind <= LIST_AUTHOR) {
        compare_part(w, list);
    }
    if (list.kind != LIST_LATEST && list.kind != LIST_SECTION) {
        return;
    }
    for (size_t i = 0; i < w->stories_len; i++) {
        int64_t id = w->stories[i].row.id, previous = -1, next = -1;
        int64_t older = 0, newer = 0;
        for (size_t j = 0; j < len; j++) {
            if (ids[j] == id) {
                newer = j > 0 ? ids[j - 1] : 0;
                older = j + 1 < len ? ids[j + 1] : 0;
            }
        }
        OK(store_neighbours(r, list, id, &previous, &next, &w->site->err));
        CHECK_INT(previous, older);
        CHECK_INT(next, newer);
    }
}

static void compare_addresses(struct world *w) {
    struct store_reader *r = store_site_read(w->site);
    for (size_t i = 0; i < WORLD_PATHS; i++) {
        const struct address *model = &w->paths[i].address;
        struct address got = { 0 };
        enum status status =
            store_address(r, &w->site->arena, str_of(w->paths[i].text), &got, NULL);
        CHECK_INT(status, model->kind == ADDRESS_NONE ? STATUS_NOT_FOUND : STATUS_OK);
        if (status == STATUS_OK) {
            CHECK_INT(got.kind, model->kind);
            CHECK_INT(got.id, model->id);
            CHECK_INT(got.redirect, model->redirect);
        }
    }
}

static void compare_all(struct world *w) {
    compare_list(w, (struct list_id){ LIST_LATEST, 0 });
    for (int64_t id = 1; id <= WORLD_SECTIONS; id++) {
        compare_list(w, (struct list_id){ LIST_SECTION, id });
    }
    for (int64_t id = 1; id <= WORLD_TAGS; id++) {
        compare_list(w, (struct list_id){ LIST_TAG, id });
    }
    for (int64_t id = 1; id <= WORLD_AUTHORS; id++) {
        compare_list(w, (struct list_id){ LIST_AUTHOR, id });
    }
    for (size_t i = 0; i < w->stories_len; i += 3) {
        int day = w->stories[i].row.local_day;
        compare_list(w, (struct list_id){ LIST_DAY, day });
        compare_list(w, (struct list_id){ LIST_MONTH, day / 100 });
        compare_list(w, (struct list_id){ LIST_YEAR, day / 10000 });
    }
    compare_addresses(w);
    for (size_t i = 0; i < w->stories_len; i++) {
        struct story got;
        OK(store_story(store_site_read(w->site), &w->site->arena, (int64_t)i + 1, STORY_FULL, &got,
                       &w->site->err));
        CHECK_INT(got.state, w->stories[i].row.state);
        CHECK_INT(got.updated_us, w->stories[i].row.updated_us);
        CHECK(str_eq(got.body.raw, w->stories[i].row.body.raw));
    }
    arena_reset(&w->site->arena);
}

TEST(store_lists_agree_with_a_plain_model) {
    const char *steps_text = getenv("STEPS");
    int steps = steps_text ? atoi(steps_text) : 2500;
    struct store_site site;
    store_site_open(&site);
    struct world *w = malloc(sizeof *w);
    world_open(w, &site, test_seed(), WORLD_STORIES_MAX);
    for (int i = 1; i <= steps; i++) {
        world_step(w);
        if (i % 25 == 0) {
            compare_all(w);
        }
        if (i % 500 == 0) {
            CHECK_INT(store_site_faults(&site), 0);
        }
    }
    free(w);
    store_site_close(&site);
}

TEST(store_lists_of_strange_dates_are_empty) {
    struct store_site site;
    store_site_open(&site);
    static const int64_t dates[] = { 0, -1, 1, 99999999, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        for (int kind = LIST_YEAR; kind <= LIST_DAY; kind++) {
            struct list_page page;
            OK(store_list_page(store_site_read(&site), &site.arena,
                               (struct list_id){ (enum list_kind)kind, dates[i] }, 1, 10, &page,
                               &site.err));
            CHECK_INT(page.total, 0);
        }
    }
    store_site_close(&site);
}
