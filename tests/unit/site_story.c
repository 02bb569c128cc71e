#include "tests/fixture.h"
#include "tests/harness.h"

#include "base/clock.h"

#define STORY_13 "/2022/03/13/headline-13/"

/* "w1 … w<n>" */
static struct str words(struct fixture *f, int n) {
    struct str text = STR("w1");
    for (int i = 2; i <= n; i++) {
        text = arena_printf(&f->arena, "%.*s w%d", STR_FMT(text), i);
    }
    return text;
}

/* A card's text: headline and the first `n` words of "Standfirst of N. w1 w2 …". */
static struct str card(struct fixture *f, int number, int n) {
    return arena_printf(&f->arena, "Headline %d Standfirst of %d. %.*s", number, number,
                        STR_FMT(words(f, n - 3)));
}

TEST(site_story_reads_in_the_order_of_its_parts) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    int64_t authors[] = { f.anna, f.tom }, tags[] = { f.tag };
    story.authors = (struct ids){ authors, 2 };
    story.tags = (struct ids){ tags, 1 };
    story.lead_media_id = f.image;
    story.word_count = 201;
    story.body.raw =
        arena_printf(&f.arena,
                     "<p>First paragraph.</p>"
                     "<div data-card=\"also-read\" data-story=\"%lld\" data-label=\"ALSO READ:\">"
                     "</div><p>Last paragraph.</p>",
                     (long long)f.stories[2]);
    fixture_put(&f, &story);

    struct str expected = arena_printf(
        &f.arena,
        "March 13, 2022 2 mins read World & Sea Headline 13 Standfirst of 13. Anna Vex and Tom "
        "Brill "
        "The ferry, alongside. Ida Quay First paragraph. ALSO READ: Headline 2 Last paragraph. "
        "ferries Previous Story Headline 12 Next Story Headline 14 Latest from World & Sea "
        "%.*s %.*s %.*s %.*s %.*s Go to Top Don't Miss %.*s %.*s",
        STR_FMT(card(&f, 12, 32)), STR_FMT(card(&f, 11, 32)), STR_FMT(card(&f, 9, 32)),
        STR_FMT(card(&f, 8, 32)), STR_FMT(card(&f, 7, 32)), STR_FMT(card(&f, 10, 10)),
        STR_FMT(card(&f, 6, 10)));
    CHECK_STR(fixture_text(&f, fixture_body(&f, STORY_13)), expected.ptr);
    fixture_close(&f);
}

static bool shows(struct fixture *f, const char *key, const char *what) {
    return str_find(fixture_body(f, key), str_of(what), 0) != STR_NPOS;
}

TEST(site_story_shows_the_house_credit_once) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    CHECK(!shows(&f, STORY_13, "reports The"));
    fixture_set(&f, "house_credit", "…reports {site}");
    CHECK(shows(&f, STORY_13,
                "<p class=\"standfirst\">Standfirst of 13. …reports The Test Courier</p>"));
    story.standfirst = STR("It floats …reports The Test Courier");
    fixture_put(&f, &story);
    CHECK(shows(&f, STORY_13, "<p class=\"standfirst\">It floats …reports The Test Courier</p>"));
    story.standfirst = STR("");
    fixture_put(&f, &story);
    CHECK(!shows(&f, STORY_13, "standfirst\">"));
    fixture_close(&f);
}

TEST(site_story_says_updated_after_the_time_set) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    story.updated_us = story.published_us + 60 * 60 * US_PER_SECOND;
    fixture_put(&f, &story);
    CHECK(!shows(&f, STORY_13, "Updated"));
    story.updated_us += 40 * 60 * US_PER_SECOND;
    fixture_put(&f, &story);
    CHECK(shows(&f, STORY_13, ">Updated March 13, 2022, 10:40</time>"));
    fixture_set(&f, "updated_after_minutes", "100");
    CHECK(!shows(&f, STORY_13, "Updated"));
    fixture_set(&f, "updated_after_minutes", "99");
    fixture_set(&f, "timezone", "Europe/Paris");
    CHECK(shows(&f, STORY_13,
                "datetime=\"2022-03-13T11:40:00+01:00\">Updated March 13, 2022, 11:40"));
    fixture_close(&f);
}

TEST(site_story_counts_minutes_of_reading) {
    static const struct {
        unsigned words;
        const char *shown;
    } cases[] = { { 0, ">1 min read<" },
                  { 200, ">1 min read<" },
                  { 201, ">2 mins read<" },
                  { 2001, ">11 mins read<" } };
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        story.word_count = cases[i].words;
        fixture_put(&f, &story);
        CHECK(shows(&f, STORY_13, cases[i].shown));
    }
    fixture_set(&f, "words_per_minute", "1000");
    CHECK(shows(&f, STORY_13, ">3 mins read<"));
    fixture_close(&f);
}

/* So that nothing moves when they come. */
TEST(site_story_pictures_have_sizes) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    story.body.raw =
        STR("<p><img src=\"/wp-content/uploads/ferry.jpg\" alt=\"\"></p>"
            "<p><img src=\"/wp-content/uploads/ferry.jpg\" alt=\"\" width=\"9\" height=\"6\"></p>"
            "<p><img src=\"/none.jpg\" alt=\"\"></p>");
    fixture_put(&f, &story);
    CHECK(shows(&f, STORY_13,
                "<img src=\"/wp-content/uploads/ferry.jpg\" alt=\"\" width=\"1200\" height=\"800\" "
                "loading"));
    CHECK(shows(
        &f, STORY_13,
        "<img src=\"/wp-content/uploads/ferry.jpg\" alt=\"\" width=\"9\" height=\"6\" loading"));
    CHECK(shows(&f, STORY_13, "<img src=\"/none.jpg\" alt=\"\" loading"));
    fixture_close(&f);
}

/* Links and cards follow their story's headline and address, and go with it. */
TEST(site_story_links_by_identity) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    story.body.raw = arena_printf(
        &f.arena,
        "<p>See <a data-story=\"%lld\" href=\"/old/#tide\"><em>this</em></a> and "
        "<a href=\"https://elsewhere.example/\">that</a> and <a data-story=\"%lld\" href=\"/x/\">"
        "hidden</a>.</p><p data-card=\"also-read\" data-story=\"%lld\" data-label=\"READ MORE:\">"
        "stale <a href=\"/old/\">words</a></p>"
        "<div data-card=\"also-read\" data-story=\"%lld\"></div>"
        "<figure data-card=\"embed\" "
        "data-url=\"https://www.video.example/v?a=1&amp;b=2\"></figure>",
        (long long)f.stories[2], (long long)f.draft, (long long)f.stories[2], (long long)f.locked);
    fixture_put(&f, &story);
    CHECK(shows(&f, STORY_13,
                "See <a href=\"/2022/03/02/headline-2/#tide\"><em>this</em></a> and "
                "<a href=\"https://elsewhere.example/\">that</a> and hidden.</p>"));
    CHECK(shows(&f, STORY_13, ">READ MORE:</span> Headline 2</a>"));
    CHECK(!shows(&f, STORY_13, "stale") && !shows(&f, STORY_13, "Secret"));
    CHECK(shows(&f, STORY_13, "href=\"https://www.video.example/v?a&#x3D;1&amp;b&#x3D;2\""));
    CHECK(shows(&f, STORY_13, ">See it on video.example</a>"));

    struct story other = fixture_story(&f, f.stories[2]);
    other.headline = STR("Tom & Jerry <afloat>");
    other.path = STR("/2022/03/02/afloat/");
    fixture_put(&f, &other);
    CHECK(shows(&f, STORY_13, "href=\"/2022/03/02/afloat/#tide\""));
    CHECK(shows(&f, STORY_13, "READ MORE:</span> Tom &amp; Jerry &lt;afloat&gt;</a>"));
    other.state = STORY_WITHDRAWN;
    fixture_put(&f, &other);
    CHECK(shows(&f, STORY_13, "See <em>this</em> and "));
    CHECK(!shows(&f, STORY_13, "READ MORE"));
    fixture_close(&f);
}

/* Deeper by one at most, and back to where a heading of that level stood before. */
TEST(site_story_headings_skip_no_level) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    story.body.raw = STR("<h4 id=\"a\">A</h4><h6>B</h6><h5>C</h5><h3>D</h3><h2>E</h2><h3>F</h3>"
                         "<h4>G</h4><h5>H</h5><h6>I</h6>");
    fixture_put(&f, &story);
    CHECK(shows(&f, STORY_13,
                "<h2 id=\"a\">A</h2>\n<h3>B</h3>\n<h3>C</h3>\n<h2>D</h2>\n<h2>E</h2>\n"
                "<h3>F</h3>\n<h4>G</h4>\n<h5>H</h5>\n<h6>I</h6>"));
    fixture_close(&f);
}

TEST(site_story_neighbours_are_of_the_site_or_of_the_section) {
    struct fixture f;
    fixture_open(&f);
    CHECK(shows(&f, STORY_13, "Previous Story</span> <span class=\"headline\">Headline 12<"));
    CHECK(shows(&f, STORY_13, "Next Story</span> <span class=\"headline\">Headline 14<"));
    CHECK(!shows(&f, "/2022/03/01/headline-1/", "Previous Story"));
    CHECK(!shows(&f, "/2022/03/14/headline-14/", "Next Story"));
    fixture_set(&f, "neighbours", "section");
    CHECK(shows(&f, "/2022/03/11/headline-11/", "\"headline\">Headline 9<"));
    CHECK(shows(&f, STORY_13, "Previous Story</span> <span class=\"headline\">Headline 12<"));
    CHECK(!shows(&f, STORY_13, "Next Story"));
    fixture_close(&f);
}

TEST(site_story_shows_approved_comments_in_threads) {
    struct fixture f;
    fixture_open(&f);
    static const struct {
        int64_t parent;
        enum comment_state state;
        const char *author, *kind;
    } all[] = {
        { 0, COMMENT_APPROVED, "First", "comment" }, { 0, COMMENT_APPROVED, "", "comment" },
        { 1, COMMENT_APPROVED, "Reply", "comment" }, { 0, COMMENT_HELD, "Held", "comment" },
        { 0, COMMENT_SPAM, "Spam", "comment" },      { 0, COMMENT_APPROVED, "Ping", "pingback" },
        { 3, COMMENT_APPROVED, "Deep", "comment" },
    };
    struct store_writer *w;
    struct err err = { 0 };
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    int64_t ids[COUNT_OF(all) + 1] = { 0 };
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        struct comment c = { .story_id = f.stories[13],
                             .parent_id = ids[all[i].parent],
                             .state = all[i].state,
                             .author = str_of(all[i].author),
                             .kind = str_of(all[i].kind),
                             .author_email = STR("hidden@example.org"),
                             .author_ip = STR("192.0.2.7"),
                             .body = { STR("<p>Words.</p>") },
                             .created_us = (int64_t)(i + 1) * US_PER_DAY };
        REQUIRE(store_comment_put(w, &c, &ids[i + 1], &err) == STATUS_OK);
    }
    REQUIRE(store_write_commit(w, &err) == STATUS_OK);
    struct str text = fixture_text(&f, fixture_body(&f, STORY_13));
    CHECK(str_ends(text, STR("4 comments First January 2, 1970 Words. Reply January 4, 1970 Words. "
                             "Deep January 8, 1970 Words. Anonymous January 3, 1970 Words.")));
    CHECK(!shows(&f, STORY_13, "hidden@") && !shows(&f, STORY_13, "192.0.2.7"));
    fixture_close(&f);
}

TEST(site_story_behind_a_password_tells_its_headline_only) {
    struct fixture f;
    fixture_open(&f);
    const char *key = "/2022/03/20/secret-locked/";
    CHECK_INT(fixture_status(&f, key), 200);
    CHECK(shows(&f, key, "<h1>Secret locked</h1>") && !shows(&f, key, "Hush"));
    CHECK(shows(&f, key, "name=\"post_password\"") && shows(&f, key, "content=\"noindex\""));
    static const struct {
        const char *password;
        int status;
    } tries[] = { { "", 403 }, { "sesam", 403 }, { "sesame ", 403 }, { "sesame", 200 } };
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        struct page_build page = { .arena = &f.arena, .status = 200 };
        struct err err = { 0 };
        CHECK_INT(site_unlock(f.thread, str_of(key), str_of(tries[i].password), &page, &err),
                  STATUS_OK);
        CHECK_INT(page.status, tries[i].status);
        bool told = false;
        for (size_t k = 0; k < page.parts.len; k++) {
            told = told ||
                   str_find(page.parts.ptr[k].bytes, STR("Hush body locked."), 0) != STR_NPOS;
        }
        CHECK_INT(told, tries[i].status == 200);
    }
    fixture_close(&f);
}

TEST(site_story_without_a_headline_can_be_linked_to) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[12]);
    story.headline = STR(" ");
    fixture_put(&f, &story);
    CHECK(shows(&f, "/2022/03/12/headline-12/", "<h1 id=\"headline\">Untitled</h1>"));
    CHECK(shows(&f, STORY_13, "<span class=\"headline\">Untitled</span>"));
    CHECK(shows(&f, STORY_13, "<h3><a href=\"/2022/03/12/headline-12/\">Untitled</a></h3>"));
    fixture_close(&f);
}

TEST(site_story_escapes_every_text) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    story.headline = STR("</script><b>\"'&");
    story.standfirst = STR("<i>\"'&");
    story.seo_title = STR("</title><u>");
    story.seo_description = STR("\"><s>");
    fixture_put(&f, &story);
    fixture_set(&f, "title", "<h1>\"'&");
    const char *keys[] = { STORY_13, "/", "/category/world/", "/2022/03/14/headline-14/",
                           "/nowhere" };
    const char *raw[] = { "<b>", "<i>", "<u>", "<s>", "<h1>\"", "</script><" };
    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        for (size_t i = 0; i < COUNT_OF(raw); i++) {
            CHECK(!shows(&f, keys[k], raw[i]));
        }
    }
    fixture_close(&f);
}
