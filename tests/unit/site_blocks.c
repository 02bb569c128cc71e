#include "tests/fixture.h"
#include "tests/harness.h"

#include <stdlib.h>

/* The stories whose pages a block's cards lead to, in order. */
static size_t cards_of(struct fixture *f, struct str html, const char *block, int *ret) {
    struct str from = arena_printf(&f->arena, "<section class=\"block %s\"", block);
    return fixture_linked(html, from.ptr, "</section>", ret);
}

/* Europe's stories, every fourth, stand in the list of the section above, too. */
static bool stands_in_section_of(int number, int own) {
    return own % 2 ? number % 2 == 1 || number % 4 == 0 : number % 2 == 0;
}

/* The neighbour that a page leads to, "prev" or "next"; 0: none. */
static int neighbour_of(struct fixture *f, struct str html, const char *rel) {
    size_t nav = str_find(html, STR("<nav class=\"neighbours\""), 0);
    size_t at = nav == STR_NPOS
                    ? nav
                    : str_find(html, arena_printf(&f->arena, "rel=\"%s\" href=\"", rel), nav);
    size_t number = at == STR_NPOS ? at : str_find(html, STR("/headline-"), at);
    return number == STR_NPOS ? 0 : atoi(html.ptr + number + sizeof "/headline-" - 1);
}

static void check_page(struct fixture *f, int own, size_t latest_want, size_t miss_want) {
    int shown[2 * FIXTURE_STORIES] = { 0 };
    struct str html =
        fixture_body(f, arena_printf(&f->arena, "/2022/03/%02d/headline-%d/", own, own).ptr);
    size_t latest = cards_of(f, html, "latest", shown);
    size_t n = latest + cards_of(f, html, "dont-miss", shown + latest);
    CHECK_INT(latest, latest_want);
    CHECK_INT(n - latest, miss_want);
    int previous = neighbour_of(f, html, "prev"), next = neighbour_of(f, html, "next");
    CHECK(previous != 0 || next != 0);
    for (size_t i = latest; i < n; i++) {
        CHECK(shown[i] != previous && shown[i] != next);
    }
    for (size_t i = 0; i < n; i++) {
        CHECK(shown[i] != own);
        for (size_t k = 0; k < i; k++) {
            CHECK(shown[i] != shown[k]);
        }
        /* The newest of the section come first. */
        CHECK(i == 0 || i >= latest || shown[i] < shown[i - 1]);
        CHECK(i >= latest || stands_in_section_of(shown[i], own));
    }
}

/* Whatever an editor picks, on no page does a list show the page's story or a story twice. */
TEST(site_blocks_never_show_a_story_twice) {
    struct fixture f;
    fixture_open(&f);
    uint64_t random = test_seed();
    for (int round = 0; round < 12; round++) {
        fixture_set(&f, "neighbours", round % 2 ? "section" : "site");
        int64_t picked[6];
        size_t n = test_below(&random, 6);
        for (size_t i = 0; i < n; i++) {
            picked[i] = test_below(&random, 5) == 0
                            ? (test_below(&random, 2) ? f.draft : f.locked)
                            : f.stories[1 + test_below(&random, FIXTURE_STORIES)];
        }
        fixture_slot(&f, "dont-miss", picked, n);
        for (int own = 1; own <= FIXTURE_STORIES; own++) {
            check_page(&f, own, 5, 2);
        }
    }
    fixture_close(&f);
}

TEST(site_blocks_show_fewer_when_there_are_fewer) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "latest_count", "20");
    for (int own = 1; own <= FIXTURE_STORIES; own++) {
        check_page(&f, own, own % 2 ? 9 : 6, 2);
    }
    fixture_set(&f, "dont_miss_count", "20");
    for (int own = 1; own <= FIXTURE_STORIES; own++) {
        size_t others = 0;
        for (int k = 1; k <= FIXTURE_STORIES; k++) {
            others += abs(k - own) > 1 && !stands_in_section_of(k, own);
        }
        check_page(&f, own, own % 2 ? 9 : 6, others);
    }
    fixture_set(&f, "latest_count", "0");
    struct str html = fixture_body(&f, "/2022/03/01/headline-1/");
    CHECK(str_find(html, STR("Latest from"), 0) == STR_NPOS);
    fixture_close(&f);
}

TEST(site_blocks_put_the_picked_ones_first) {
    struct fixture f;
    fixture_open(&f);
    int64_t picked[] = { f.draft, f.about, f.stories[7], f.stories[13], f.stories[2] };
    int shown[FIXTURE_STORIES];
    fixture_slot(&f, "dont-miss", picked, COUNT_OF(picked));
    /* On a page of the harbour, 7 and 13 are free, but 13 is the previous one. */
    CHECK_INT(cards_of(&f, fixture_body(&f, "/2022/03/14/headline-14/"), "dont-miss", shown), 2);
    CHECK_INT(shown[0], 7);
    CHECK_INT(shown[1], 2);
    CHECK_INT(cards_of(&f, fixture_body(&f, "/2022/03/13/headline-13/"), "dont-miss", shown), 2);
    CHECK_INT(shown[0], 2);  /* 7 is the sixth of the world, which `latest` shows here */
    CHECK_INT(shown[1], 10); /* 14 is the next one */
    fixture_close(&f);
}

static enum status fragment(struct fixture *f, const char *key) {
    struct fragment_build build = { .arena = &f->arena };
    struct err err = { 0 };
    buf_init(&build.out, 1 << 20);
    enum status status = f->source.fragment(f->thread, str_of(key), &build, &err);
    buf_done(&build.out);
    return status;
}

TEST(site_blocks_refuse_keys_that_name_nothing) {
    struct fixture f;
    fixture_open(&f);
    const char *bad[] = { "",
                          "latest",
                          "latest/section:",
                          "latest/section:x",
                          "latest/section:-1",
                          "latest/section:999",
                          "latest/section:1/",
                          "latest/section:1/except:",
                          "latest/section:1/except:x",
                          "latest/section:1/except:1/x",
                          "masthead/section:1",
                          "nothing/section:1" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK_INT(fragment(&f, bad[i]), STATUS_NOT_FOUND);
    }
    CHECK_INT(fragment(&f, "latest/section:0"), STATUS_OK);
    CHECK_INT(fragment(&f, "latest/section:1/except:7"), STATUS_OK);
    fixture_close(&f);
}

TEST(site_blocks_take_the_menu_of_the_newsroom) {
    struct fixture f;
    fixture_open(&f);
    struct str masthead = fixture_body(&f, "/");
    CHECK(str_find(masthead, STR("<li><a href=\"/category/world/\">World &amp; Sea</a></li>"), 0) !=
          STR_NPOS);
    struct menu_item items[] = {
        { .label = STR("Ferries"), .target = MENU_TAG, .target_id = f.tag, .parent = -1 },
        { .target = MENU_STORY, .target_id = f.about, .parent = -1 },
        { .label = STR("Gone"), .target = MENU_STORY, .target_id = f.withdrawn, .parent = -1 },
        { .label = STR("Below"), .url = STR("/x/"), .parent = 0 },
        { .label = STR("Out"), .url = STR("https://elsewhere.example/?a=1&b"), .parent = -1 },
    };
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    REQUIRE(store_menu_put(w, STR("primary"), &(struct menu){ items, COUNT_OF(items) }, &err) ==
            STATUS_OK);
    REQUIRE(store_write_commit(w, &err) == STATUS_OK);
    masthead = fixture_body(&f, "/");
    masthead = str_slice(masthead, 0, str_find(masthead, STR("</header>"), 0));
    CHECK(str_find(masthead,
                   STR("<li><a href=\"/tag/ferries/\">Ferries</a></li>\n"
                       "<li><a href=\"/about/\">About</a></li>\n"
                       "<li><a href=\"https://elsewhere.example/?a&#x3D;1&amp;b\">Out</a>"),
                   0) != STR_NPOS);
    CHECK(str_find(masthead, STR("Gone"), 0) == STR_NPOS);
    CHECK(str_find(masthead, STR("Below"), 0) == STR_NPOS);
    fixture_close(&f);
}
