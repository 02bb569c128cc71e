/* Where the most read stories are shown, whatever stands in their list. */
#include "tests/fixture.h"
#include "tests/harness.h"

#include "base/clock.h"

static size_t most_read_of_front(struct fixture *f, int *ret) {
    return fixture_linked(fixture_body(f, "/"), "<section class=\"block most-read\"", "</section>",
                          ret);
}

static size_t dont_miss_of(struct fixture *f, int own, int *ret) {
    struct str key = arena_printf(&f->arena, "/2022/03/%02d/headline-%d/", own, own);
    return fixture_linked(fixture_body(f, key.ptr), "<section class=\"block dont-miss\"",
                          "</section>", ret);
}

static void set_state(struct fixture *f, int number, enum story_state state) {
    struct story story = fixture_story(f, f->stories[number]);
    story.state = state;
    (void)fixture_put(f, &story);
}

TEST(site_most_read_is_numbered_on_the_front_page) {
    struct fixture f;
    int shown[2 * FIXTURE_STORIES];
    fixture_open(&f);
    CHECK_INT(most_read_of_front(&f, shown), 0);
    /* 14 leads, 13 to 10 stand below it; what readers may not see is nowhere. */
    int64_t ids[] = { f.draft,      f.stories[12], f.stories[2], f.locked,     f.private,
                      f.withdrawn,  f.stories[14], f.stories[8], f.about,      f.scheduled,
                      f.stories[1], f.stories[3],  f.stories[2], f.stories[4], f.stories[5] };
    fixture_slot(&f, "most-read", ids, COUNT_OF(ids));
    CHECK_INT(most_read_of_front(&f, shown), 5);
    static const int expected[] = { 2, 8, 1, 3, 4 };
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        CHECK_INT(shown[i], expected[i]);
    }
    fixture_set(&f, "front_most_read", "2");
    CHECK_INT(most_read_of_front(&f, shown), 2);
    fixture_set(&f, "front_most_read", "0");
    CHECK_INT(most_read_of_front(&f, shown), 0);
    fixture_set(&f, "front_most_read", "5");
    fixture_set(&f, "views", "off");
    CHECK_INT(most_read_of_front(&f, shown), 0);
    fixture_set(&f, "views", "beacon");
    CHECK_INT(most_read_of_front(&f, shown), 5);
    fixture_close(&f);
}

/* A story that an editor put into a band stands there, however much it is read. */
TEST(site_most_read_leaves_a_band_what_was_picked_for_it) {
    struct fixture f;
    int shown[2 * FIXTURE_STORIES];
    fixture_open(&f);
    fixture_slot(&f, "section-Harbour", &f.stories[2], 1);
    int64_t ids[] = { f.stories[2], f.stories[4] };
    fixture_slot(&f, "most-read", ids, COUNT_OF(ids));
    CHECK_INT(most_read_of_front(&f, shown), 1);
    CHECK_INT(shown[0], 4);
    struct str band = arena_printf(&f.arena, "id=\"Band%lld\"", (long long)f.harbour);
    CHECK(fixture_linked(fixture_body(&f, "/"), band.ptr, "</section>", shown) >= 1);
    CHECK_INT(shown[0], 2);
    fixture_close(&f);
}

TEST(site_most_read_fills_dont_miss_before_the_newest) {
    struct fixture f;
    int shown[2 * FIXTURE_STORIES];
    fixture_open(&f);
    /* On a page of the harbour; 8 stands in its Latest there, 10 is the page itself. */
    int64_t ids[] = { f.draft, f.stories[10], f.stories[8], f.stories[1], f.stories[3] };
    fixture_slot(&f, "most-read", ids, COUNT_OF(ids));
    CHECK_INT(dont_miss_of(&f, 10, shown), 2);
    CHECK_INT(shown[0], 1);
    CHECK_INT(shown[1], 3);
    /* On its own page it makes room for the next. */
    CHECK_INT(dont_miss_of(&f, 1, shown), 2);
    CHECK_INT(shown[0], 10);
    CHECK_INT(shown[1], 3);
    /* Editors come first, and no story twice. */
    fixture_slot(&f, "dont-miss", &f.stories[3], 1);
    CHECK_INT(dont_miss_of(&f, 10, shown), 2);
    CHECK_INT(shown[0], 3);
    CHECK_INT(shown[1], 1);
    fixture_set(&f, "dont_miss_count", "3");
    CHECK_INT(dont_miss_of(&f, 10, shown), 3);
    CHECK_INT(shown[2], 13);
    fixture_set(&f, "views", "off");
    CHECK_INT(dont_miss_of(&f, 10, shown), 3);
    CHECK_INT(shown[1], 13);
    fixture_close(&f);
}

/* With any number of stories, and any of them read or picked, none is on the front page twice and
 * none of the newest is missing. */
TEST(site_most_read_on_a_front_page_of_few_stories) {
    struct fixture f;
    uint64_t random = test_seed();
    fixture_open(&f);
    for (int n = FIXTURE_STORIES; n >= 0; n--) {
        static const char *const slots[] = { "most-read", "lead", "section-Harbour",
                                             "section-Empty", "dont-miss" };
        for (size_t s = 0; s < COUNT_OF(slots); s++) {
            int64_t ids[5];
            for (size_t i = 0; i < COUNT_OF(ids); i++) {
                ids[i] = f.stories[1 + test_below(&random, FIXTURE_STORIES)];
            }
            fixture_slot(&f, slots[s], ids, test_below(&random, COUNT_OF(ids) + 1));
        }
        int shown[2 * FIXTURE_STORIES], times[FIXTURE_STORIES + 1] = { 0 };
        size_t len = fixture_linked(fixture_body(&f, "/"), "<main", "</main>", shown);
        for (size_t i = 0; i < len; i++) {
            CHECK(shown[i] <= n);
            times[shown[i]]++;
        }
        for (int i = 1; i <= n; i++) {
            CHECK(times[i] <= 1);
            CHECK(times[i] == 1 || i <= n - 10);
        }
        if (n > 0) {
            set_state(&f, n, n % 2 ? STORY_DRAFT : STORY_WITHDRAWN);
        }
    }
    CHECK(str_find(fixture_body(&f, "/"), STR("class=\"empty\""), 0) != STR_NPOS);
    fixture_close(&f);
}

/* More top sections than have room: those with picks come before those without. */
TEST(site_front_shows_the_band_of_every_section_with_picks) {
    enum { SECTIONS = 15, PICKED = SECTIONS - 1 };
    struct fixture f;
    int64_t ids[SECTIONS];
    fixture_open(&f);
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    for (int i = 0; i < SECTIONS; i++) {
        struct str name = arena_printf(&f.arena, "many%02d", i);
        struct section section = { .name = name,
                                   .slug = name,
                                   .path = arena_printf(&f.arena, "/category/many%02d/", i) };
        REQUIRE(store_section_put(w, &section, &ids[i], &err) == STATUS_OK);
    }
    REQUIRE(store_write_commit(w, &err) == STATUS_OK);
    for (int i = 0; i < SECTIONS; i++) {
        struct story story = fixture_story(&f, f.stories[1]);
        story.id = 0;
        story.slug = arena_printf(&f.arena, "in-%d", i);
        story.path = arena_printf(&f.arena, "/2022/02/01/in-%d/", i);
        story.published_us -= US_PER_DAY * 28;
        story.local_day = 20220201;
        story.section_id = ids[i];
        story.sections = (struct ids){ &ids[i], 1 };
        int64_t id = fixture_put(&f, &story);
        if (i == PICKED) {
            fixture_slot(&f, "section-many14", &id, 1);
        }
    }
    struct str html = fixture_body(&f, "/");
    CHECK(str_find(html, STR("\"/category/many00/\">many00</a></h2>"), 0) != STR_NPOS);
    CHECK(str_find(html, STR("\"/category/many13/\">many13</a></h2>"), 0) == STR_NPOS);
    CHECK(str_find(html, STR("\"/category/many14/\">many14</a></h2>"), 0) != STR_NPOS);
    fixture_close(&f);
}
