#include "tests/fixture.h"
#include "tests/harness.h"

#include "base/clock.h"
#include "base/io.h"

#include <stdlib.h>
#include <unistd.h>

static bool shows(struct fixture *f, const char *key, const char *what) {
    return str_find(fixture_body(f, key), str_of(what), 0) != STR_NPOS;
}

/* How often the list's page links to a story with <h2>. */
static size_t rows(struct fixture *f, const char *key) {
    struct str html = fixture_body(f, key);
    size_t n = 0;
    for (size_t at = 0; (at = str_find(html, STR("<h2><a href=\"/2022/"), at)) != STR_NPOS; at++) {
        n++;
    }
    return n;
}

TEST(site_lists_have_their_addresses) {
    static const struct fixture_case cases[] = {
        { "/", 200, "" },
        { "/page/2/", 200, "" },
        { "/page/1/", 301, "/" },
        { "/page/2", 301, "/page/2/" },
        { "/page/3/", 404, "" },
        { "/page/0/", 404, "" },
        { "/page/02/", 404, "" },
        { "/?paged=2", 301, "/page/2/" },
        { "/?feed=rss2", 301, "/feed/" },
        { "/feed", 301, "/feed/" },
        { "/feed/rss2/", 301, "/feed/" },
        { "/category/world/", 200, "" },
        { "/category/world", 301, "/category/world/" },
        { "/category/world/europe/", 200, "" },
        { "/category/empty/", 200, "" },
        { "/category/world/page/2/", 404, "" },
        { "/category/world/page/1/", 301, "/category/world/" },
        { "/category/world/feed/", 200, "" },
        { "/category/world/feed", 301, "/category/world/feed/" },
        { "/category/nothing/", 404, "" },
        { "/tag/ferries/", 200, "" },
        { "/author/tom/", 200, "" },
        { "/author/tom/page/2/", 200, "" },
        { "/Author/Tom/", 301, "/author/tom/" },
        { "/author/TOM", 301, "/author/tom/" },
        { "/author/Tom/page/2/", 301, "/author/tom/page/2/" },
        { "/?author_name=tom", 301, "/author/tom/" },
        { "/?author_name=tom&paged=2", 301, "/author/tom/page/2/" },
        { "/?author_name=nobody", 404, "" },
        { "/Category/World/Europe/", 301, "/category/world/europe/" },
        { "/2022/03/14/Headline-14/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/20/Secret-Draft/", 404, "" },
        { "/2022/03/20/Secret-Withdrawn/", 410, "" },
        { "/author/tom/page/2", 301, "/author/tom/page/2/" },
        { "/2022/", 200, "" },
        { "/2022/03/", 200, "" },
        { "/2022/03/14/", 200, "" },
        { "/2022/03/14", 301, "/2022/03/14/" },
        { "/2022/03/page/2/", 200, "" },
        { "/?m=202203", 301, "/2022/03/" },
        { "/?m=20220314", 301, "/2022/03/14/" },
        /* WordPress's parameters, on any address. */
        { "/category/world/?feed=rss2", 301, "/category/world/feed/" },
        { "/category/world?feed=atom", 301, "/category/world/feed/atom/" },
        { "/category/world/?paged=2", 301, "/category/world/page/2/" },
        { "/category/world/?feed=comments-rss2", 404, "" },
        { "/category/world/page/2/?feed=rss2", 301, "/category/world/feed/" },
        { "/nowhere/?feed=rss2", 404, "" },
        { "/2022/03/14/headline-14/?feed=rss2", 301, "/2022/03/14/headline-14/feed/" },
        { "/2022/03/14/headline-14/?paged=2", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/20/secret-draft/?feed=rss2", 404, "" },
        { "/2022/03/?feed=rss2", 301, "/2022/03/feed/" },
        { "/feed/?paged=2", 301, "/feed/" },
        { "/?category_name=world", 301, "/category/world/" },
        { "/?category_name=world%2Feurope", 301, "/category/world/europe/" },
        { "/?category_name=Europe", 301, "/category/world/europe/" },
        { "/?category_name=Europe&paged=2", 301, "/category/world/europe/page/2/" },
        { "/?category_name=world&feed=rss2", 301, "/category/world/feed/" },
        { "/?category_name=nothing&feed=rss2", 404, "" },
        { "/?category_name=nothing", 404, "" },
        { "/?tag=ferries", 301, "/tag/ferries/" },
        { "/?tag=ferries&feed=atom", 301, "/tag/ferries/feed/atom/" },
        { "/?cat=!&feed=rss2", 404, "" },
        { "/?tag=ferries&author_name=tom&feed=rss2", 404, "" },
        { "/?tag=ferries&author_name=tom", 301, "/tag/ferries/" },
        { "/?tag=ferries&year=2022&feed=rss2", 404, "" },
        { "/?author_name=tom&feed=rss2", 301, "/author/tom/feed/" },
        { "/?name=headline-14", 301, "/2022/03/14/headline-14/" },
        { "/?name=headline-14&feed=rss2", 301, "/2022/03/14/headline-14/feed/" },
        { "/?name=headline-14&year=2022&monthnum=3&day=14", 301, "/2022/03/14/headline-14/" },
        { "/?name=secret-draft", 404, "" },
        { "/?name=secret-private", 404, "" },
        { "/?name=about", 301, "/about/" },
        { "/?pagename=about%2Fstaff", 301, "/about/staff/" },
        { "/?pagename=nothing", 404, "" },
        { "/?year=2022", 301, "/2022/" },
        { "/?year=2022&monthnum=3&feed=rss2", 301, "/2022/03/feed/" },
        { "/?year=2022&monthnum=3&day=14", 301, "/2022/03/14/" },
        { "/?year=2021&feed=rss2", 404, "" },
        { "/?year=2022&day=14", 404, "" },
        { "/?monthnum=3", 404, "" },
        /* Feeds of days without stories, until there is one. */
        { "/2022/03/feed/", 200, "" },
        { "/2022/04/feed/", 404, "" },
        { "/2021/feed/", 404, "" },
        { "/2022/03/15/feed/atom/", 404, "" },
        { "/category/empty/feed/", 200, "" },
        /* What WordPress has below stories, and other old spellings. */
        { "/2022/03/14/headline-14/comment-page-1/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/embed/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/trackback/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/amp/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/amp", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/20/secret-draft/amp/", 404, "" },
        { "/2022/03/20/secret-withdrawn/amp/", 410, "" },
        { "/nowhere/amp/", 404, "" },
        { "/category/world/embed/", 404, "" },
        { "/about/comment-page-x/", 404, "" },
        { "/2022/3/14/", 301, "/2022/03/14/" },
        { "/2022/3/feed/", 301, "/2022/03/feed/" },
        { "/index.php/2022/03/14/headline-14/", 301, "/2022/03/14/headline-14/" },
        { "/index.php/index.php/category/world/", 301, "/category/world/" },
        { "/index.php/", 301, "/" },
        { "/index.php/nowhere/", 404, "" },
        { "/index.php/2022/03/20/secret-withdrawn/", 410, "" },
        { "/2022/04/", 404, "" },
        { "/2022/4/", 404, "" },
        { "/?m=202204", 404, "" },
        { "/2022/13/", 404, "" },
        { "/2022/02/30/", 404, "" },
        { "/2022/3/", 301, "/2022/03/" },
        { "/2021/", 404, "" },
        { "/99999/", 404, "" },
        { "/0000/", 404, "" },
        { "/2022/03/14/headline-14/", 200, "" },
        { "/2022/03/14/headline-14", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/2/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/page/2/", 301, "/2022/03/14/headline-14/" },
        { "/2022/03/14/headline-14/x/", 404, "" },
        { "/2022/03/20/secret-locked/", 200, "" },
        { "/2022/03/20/secret-private/", 404, "" },
        { "/2022/03/20/secret-draft/", 404, "" },
        { "/2022/03/20/secret-scheduled/", 404, "" },
        { "/2022/03/20/secret-withdrawn/", 410, "" },
        { "/2022/03/20/secret-draft", 404, "" },
        { "/about/", 200, "" },
        { "/about", 301, "/about/" },
        { "/about/staff/", 200, "" },
        { "/robots.txt", 200, "" },
        { "/wp-content/uploads/ferry.jpg", 200, "" },
        { "/wp-content/uploads/ferry.jpg/", 301, "/wp-content/uploads/ferry.jpg" },
        { "/assets/0000000000000000/favicon.svg", 404, "" },
        { "/nowhere/", 404, "" },
        { "/nowhere", 404, "" },
        { "/?p=12345", 404, "" },
        { "error:503", 503, "" },
        { "error:404", 404, "" },
    };
    struct fixture f;
    fixture_open(&f);
    fixture_check(&f, cases, COUNT_OF(cases));
    fixture_close(&f);
}

/* A page that stands at "/" has no other address, and the stories keep their list. */
TEST(site_lists_below_a_front_page) {
    static const struct fixture_case cases[] = {
        { "/", 200, "" },
        { "/about/", 301, "/" },
        { "/about", 301, "/" },
        { "/?pagename=about", 301, "/" },
        { "/about/staff/", 200, "" },
        { "/page/1/", 200, "" },
        { "/page/1", 301, "/page/1/" },
        { "/?paged=1", 301, "/page/1/" },
        { "/page/2/", 200, "" },
        { "/feed/", 200, "" },
    };
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "front_page", "/about/");
    fixture_check(&f, cases, COUNT_OF(cases));
    CHECK_INT(rows(&f, "/page/1/"), 10);
    CHECK(shows(&f, "/page/1/", "rel=\"canonical\" href=\"https://courier.example/page/1/\""));
    CHECK(shows(&f, "/page/1/", "<link rel=\"next\" href=\"/page/2/\">"));
    CHECK(!shows(&f, "/page/1/", "rel=\"prev\""));
    CHECK(shows(&f, "/page/2/", "<link rel=\"prev\" href=\"/page/1/\">"));
    /* The page below it, and whatever else names it, lead there at once. */
    CHECK(shows(&f, "/about/staff/", "<a href=\"/\">About"));
    CHECK(!shows(&f, "/about/staff/", "<a href=\"/about/\">"));
    CHECK(shows(&f, "/", "rel=\"canonical\" href=\"https://courier.example/\""));
    /* While readers may not see it, all is as without it. */
    struct story about = fixture_story(&f, f.about);
    about.visibility = STORY_PRIVATE;
    fixture_put(&f, &about);
    CHECK_INT(fixture_status(&f, "/about/"), 404);
    CHECK_STR(fixture_location(&f, "/page/1/"), "/");
    CHECK(shows(&f, "/page/2/", "<link rel=\"prev\" href=\"/\">"));
    fixture_close(&f);
}

/* The name of a file below /media/ is made of its content; an upload's own may get another. */
TEST(site_lists_let_browsers_keep_pictures) {
    struct fixture f;
    struct fixture_answer answer;
    fixture_open(&f);
    fixture_get(&f, "/wp-content/uploads/ferry.jpg", &answer);
    CHECK(str_find(answer.head, STR("Cache-Control: public, max-age=86400\r\n"), 0) != STR_NPOS);
    keys_done(&answer.keys);
    struct store_writer *w;
    struct err err = { 0 };
    int64_t id;
    struct media media = { .file = STR("ab/cdef.png"),
                           .path = STR("/media/ab/cdef.png"),
                           .mime = STR("image/png") };
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    CHECK_INT(store_media_put(w, &media, &id, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
    fixture_get(&f, "/media/ab/cdef.png", &answer);
    CHECK(str_find(answer.head, STR("Cache-Control: public, max-age=31536000, immutable\r\n"), 0) !=
          STR_NPOS);
    keys_done(&answer.keys);
    /* A list is shown with its first picture. */
    CHECK(shows(&f, "/category/world/", "<meta property=\"og:image\""));
    fixture_close(&f);
}

/* Years, months and days lead to each other, and a story to its day. */
TEST(site_lists_of_dates_are_connected) {
    struct fixture f;
    fixture_open(&f);
    CHECK(shows(&f, "/2022/03/14/headline-14/", "<a href=\"/2022/03/14/\"><time "));
    CHECK(shows(&f, "/2022/", "<nav aria-label=\"Months\">"));
    CHECK(shows(&f, "/2022/", "<li><a href=\"/2022/03/\">March 2022</a></li>\n</ul>"));
    CHECK(!shows(&f, "/2022/", "class=\"crumbs\""));
    CHECK(shows(&f, "/2022/03/",
                "<nav aria-label=\"Days\">\n<ul>\n"
                "<li><a href=\"/2022/03/01/\">1</a></li>\n"
                "<li><a href=\"/2022/03/02/\">2</a></li>"));
    CHECK(shows(&f, "/2022/03/", "<li><a href=\"/2022/03/14/\">14</a></li>\n</ul>"));
    CHECK(shows(&f, "/2022/03/", ">2022</a>"));
    CHECK(shows(&f, "/2022/03/14/", "href=\"/2022/03/\">March 2022</a>"));
    CHECK(shows(&f, "/2022/03/14/",
                "<link rel=\"alternate\" type=\"application/rss+xml\" "
                "title=\"March 14, 2022"));
    CHECK(shows(&f, "/2022/03/14/", "href=\"/2022/03/14/feed/\""));
    CHECK(shows(&f, "/2022/03/14/",
                "\"name\":\"March 2022\",\"item\":"
                "\"https://courier.example/2022/03/\""));
    fixture_close(&f);
}

/* Sections stand in the order of the menu, then by name: below the front page and in the footer. */
TEST(site_lists_sections_in_the_order_of_the_menu) {
    struct fixture f;
    fixture_open(&f);
    struct store_writer *w;
    struct err err = { 0 };
    const struct menu_item items[] = {
        { .label = STR("Elsewhere"), .url = STR("/elsewhere/"), .parent = -1 },
        { .label = STR("All"), .target = MENU_SECTION, .target_id = f.world, .parent = -1 },
    };
    for (int round = 0; round < 2; round++) {
        struct str html = fixture_body(&f, "/");
        size_t band_world = str_find(html, STR("<a href=\"/category/world/\">World &amp; Sea"), 0);
        size_t band_harbour = str_find(html, STR("<a href=\"/category/harbour/\">Harbour"), 0);
        size_t footer = str_find(html, STR("<footer"), 0);
        CHECK(footer != STR_NPOS);
        size_t world = str_find(html, STR("/category/world/"), footer),
               harbour = str_find(html, STR("/category/harbour/"), footer),
               empty = str_find(html, STR("/category/empty/"), footer);
        CHECK(band_world != STR_NPOS && band_harbour != STR_NPOS && world != STR_NPOS);
        CHECK_INT(world < empty, round);
        CHECK_INT(world < harbour, round);
        CHECK(empty < harbour);
        REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
        struct menu menu = { items, COUNT_OF(items) };
        CHECK_INT(store_menu_put(w, STR("primary"), &menu, &err), STATUS_OK);
        CHECK_INT(store_write_commit(w, &err), STATUS_OK);
    }
    fixture_close(&f);
}

TEST(site_lists_turn_pages) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "stories_per_page", "4");
    CHECK_INT(rows(&f, "/author/tom/"), 4);
    CHECK_INT(rows(&f, "/author/tom/page/4/"), 2);
    CHECK_INT(fixture_status(&f, "/author/tom/page/5/"), 404);
    CHECK(shows(&f, "/author/tom/", "<link rel=\"next\" href=\"/author/tom/page/2/\">"));
    CHECK(!shows(&f, "/author/tom/", "rel=\"prev\""));
    CHECK(shows(&f, "/author/tom/page/2/", "<link rel=\"prev\" href=\"/author/tom/\">"));
    CHECK(shows(&f, "/author/tom/page/2/", "<link rel=\"next\" href=\"/author/tom/page/3/\">"));
    CHECK(shows(&f, "/author/tom/page/2/", ">Page 2 of 4</span>"));
    CHECK(shows(&f, "/author/tom/page/2/",
                "rel=\"canonical\" href=\"https://courier.example/author/tom/page/2/\""));
    CHECK(!shows(&f, "/author/tom/page/4/", "rel=\"next\""));
    CHECK(shows(&f, "/category/world/", "<h1>World &amp; Sea</h1>"));
    CHECK(shows(&f, "/category/world/", ">Europe</a>"));
    CHECK(shows(&f, "/2022/03/", "<h1>March 2022</h1>"));
    CHECK(shows(&f, "/2022/03/14/", "<h1>March 14, 2022</h1>"));
    CHECK(shows(&f, "/category/empty/", "There are no stories here yet."));
    fixture_close(&f);
}

/* Sites whose addresses have no slash at the end, or are queries. */
TEST(site_lists_keep_the_spelling_of_imported_addresses) {
    struct fixture f;
    fixture_open(&f);
    struct store_writer *w;
    struct err err = { 0 };
    int64_t id;
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    struct section bare = { .name = STR("Bare"), .slug = STR("bare"), .path = STR("/c/bare") };
    struct section plain = { .name = STR("Plain"), .slug = STR("plain"), .path = STR("/?cat=3") };
    REQUIRE(store_section_put(w, &bare, &id, &err) == STATUS_OK);
    REQUIRE(store_section_put(w, &plain, &id, &err) == STATUS_OK);
    struct address to_story = { .kind = ADDRESS_STORY, .id = f.stories[7], .redirect = true };
    struct address to_private = { .kind = ADDRESS_STORY, .id = f.private, .redirect = true };
    struct address to_world = { .kind = ADDRESS_SECTION, .id = f.world, .redirect = true };
    struct address away = { .kind = ADDRESS_URL, .url = STR("https://elsewhere.example/\r\nX: y") };
    REQUIRE(store_address_put(w, STR("/?p=77"), &to_story, &err) == STATUS_OK);
    REQUIRE(store_address_put(w, STR("/?p=78"), &to_private, &err) == STATUS_OK);
    REQUIRE(store_address_put(w, STR("/?cat=9"), &to_world, &err) == STATUS_OK);
    REQUIRE(store_address_put(w, STR("/away/"), &away, &err) == STATUS_OK);
    REQUIRE(store_write_commit(w, &err) == STATUS_OK);

    CHECK_INT(fixture_status(&f, "/c/bare"), 200);
    CHECK_STR(fixture_location(&f, "/c/bare/"), "/c/bare");
    CHECK_STR(fixture_location(&f, "/c/bare/page/1"), "/c/bare");
    CHECK_INT(fixture_status(&f, "/c/bare/feed"), 200);
    CHECK_STR(fixture_location(&f, "/c/bare/feed/"), "/c/bare/feed");
    CHECK_INT(fixture_status(&f, "/?cat=3"), 200);
    CHECK_INT(fixture_status(&f, "/?cat=3&feed=rss2"), 200);
    CHECK_INT(fixture_status(&f, "/?cat=3&paged=2"), 404);
    CHECK_STR(fixture_location(&f, "/?p=77"), "/2022/03/07/headline-7/");
    CHECK_STR(fixture_location(&f, "/?page_id=77"), "/2022/03/07/headline-7/");
    CHECK_INT(fixture_status(&f, "/?p=78"), 404);
    CHECK_STR(fixture_location(&f, "/?cat=9"), "/category/world/");
    CHECK_STR(fixture_location(&f, "/?cat=9&paged=2"), "/category/world/page/2/");
    CHECK_STR(fixture_location(&f, "/?cat=9&feed=rss2"), "/category/world/feed/");
    CHECK_STR(fixture_location(&f, "/away/"), "https://elsewhere.example/%0D%0AX:%20y");
    CHECK_STR(fixture_location(&f, "/away"), "https://elsewhere.example/%0D%0AX:%20y");
    fixture_set(&f, "permalink", "/archives/%post_id%");
    CHECK_INT(fixture_status(&f, "/2022/03"), 200);
    CHECK_STR(fixture_location(&f, "/2022/03/"), "/2022/03");
    fixture_close(&f);
}

/* The addresses of stories of the page, each as often as it is a headline's link. */
static size_t headline_links(struct fixture *f, const char *key, int times[FIXTURE_STORIES + 1]) {
    struct str html = fixture_body(f, key);
    size_t n = 0;
    memset(times, 0, (FIXTURE_STORIES + 1) * sizeof *times);
    for (int i = 1; i <= FIXTURE_STORIES; i++) {
        struct str link = arena_printf(&f->arena, "<a href=\"/2022/03/%02d/headline-%d/\">", i, i);
        for (size_t at = 0; (at = str_find(html, link, at)) != STR_NPOS; at++) {
            times[i]++;
            n++;
        }
    }
    return n;
}

TEST(site_front_shows_picked_stories_and_none_twice) {
    struct fixture f;
    fixture_open(&f);
    uint64_t random = test_seed();
    int times[FIXTURE_STORIES + 1];
    CHECK_INT(headline_links(&f, "/", times), FIXTURE_STORIES);
    for (int round = 0; round < 10; round++) {
        static const char *const slots[] = { "lead", "secondaries", "section-Harbour" };
        for (size_t s = 0; s < COUNT_OF(slots); s++) {
            int64_t picked[4];
            for (size_t i = 0; i < COUNT_OF(picked); i++) {
                picked[i] = f.stories[1 + test_below(&random, FIXTURE_STORIES)];
            }
            fixture_slot(&f, slots[s], picked, test_below(&random, COUNT_OF(picked) + 1));
        }
        (void)headline_links(&f, "/", times);
        for (int i = 1; i <= FIXTURE_STORIES; i++) {
            CHECK(times[i] <= 1);
            CHECK(times[i] == 1 || i <= FIXTURE_STORIES - 10); /* the newest are all there */
        }
    }
    int64_t lead[] = { f.draft, f.stories[3] };
    fixture_slot(&f, "lead", lead, 2);
    CHECK(shows(&f, "/", "<h2><a href=\"/2022/03/03/headline-3/\">Headline 3</a></h2>"));
    fixture_close(&f);
}

/* A page above shows those below it, by a key of their own. */
TEST(site_page_shows_the_pages_below_it) {
    struct fixture f;
    fixture_open(&f);
    struct fixture_answer answer;
    fixture_get(&f, "/about/", &answer);
    CHECK(str_find(answer.body, STR("<a href=\"/about/staff/\">Staff</a>"), 0) != STR_NPOS);
    struct str key = arena_printf(&f.arena, "pages:%lld", (long long)f.about);
    CHECK(keys_has(&answer.keys, key));
    keys_done(&answer.keys);

    struct story child = fixture_story(&f, f.about_child);
    child.state = STORY_DRAFT;
    struct store_writer *w;
    struct err err = { 0 };
    int64_t id;
    REQUIRE(store_write_begin(f.store, &w, &err) == STATUS_OK);
    REQUIRE(store_story_put(w, &child, &id, &err) == STATUS_OK);
    CHECK(keys_has(store_write_touched(w), key));
    REQUIRE(store_write_commit(w, &err) == STATUS_OK);
    CHECK(!shows(&f, "/about/", "/about/staff/"));
    fixture_close(&f);
}

TEST(site_files_are_sent_with_their_types) {
    struct fixture f;
    fixture_open(&f);
    struct fixture_answer answer;
    fixture_get(&f, "/wp-content/uploads/ferry.jpg", &answer);
    CHECK_STR(answer.file, "ab/ferry.jpg");
    CHECK(str_find(answer.head, STR("Content-Type: image/jpeg\r\n"), 0) != STR_NPOS);
    CHECK(str_find(answer.head, STR("X-Content-Type-Options: nosniff\r\n"), 0) != STR_NPOS);
    CHECK(str_find(answer.head, STR("Content-Security-Policy: default-src 'none'"), 0) != STR_NPOS);
    CHECK(str_find(answer.head, STR("sandbox\r\n"), 0) != STR_NPOS);
    keys_done(&answer.keys);

    fixture_get(&f, "/", &answer);
    CHECK(str_find(answer.head, STR("Content-Security-Policy: default-src 'none'"), 0) != STR_NPOS);
    CHECK(str_find(answer.head, STR("X-Content-Type-Options: nosniff\r\n"), 0) != STR_NPOS);
    keys_done(&answer.keys);
    fixture_set(&f, "content_security_policy", "");
    fixture_get(&f, "/", &answer);
    CHECK(str_find(answer.head, STR("Content-Security-Policy"), 0) == STR_NPOS);
    keys_done(&answer.keys);

    struct str html = fixture_body(&f, "/");
    size_t at = str_find(html, STR("/assets/"), 0);
    REQUIRE(at != STR_NPOS);
    struct str icon = str_slice(html, at, str_find_char(html, '"', at));
    fixture_get(&f, arena_str(&f.arena, icon).ptr, &answer);
    CHECK_INT(answer.status, 200);
    CHECK(str_starts(answer.body, STR("<svg")));
    CHECK(str_find(answer.head, STR("Content-Type: image/svg+xml\r\n"), 0) != STR_NPOS);
    CHECK(str_find(answer.head, STR("immutable\r\n"), 0) != STR_NPOS);
    keys_done(&answer.keys);
    fixture_close(&f);
}

/* Readers hear of nothing that is not public, on any page. */
TEST(site_pages_leak_nothing_hidden) {
    struct fixture f;
    fixture_open(&f);
    int64_t hidden[] = { f.locked, f.private, f.draft, f.scheduled, f.withdrawn };
    fixture_slot(&f, "dont-miss", hidden, COUNT_OF(hidden));
    fixture_slot(&f, "lead", hidden, COUNT_OF(hidden));
    fixture_slot(&f, "secondaries", hidden, COUNT_OF(hidden));
    const char *keys[] = { "/",
                           "/page/2/",
                           "/feed/",
                           "/category/world/",
                           "/category/harbour/",
                           "/category/harbour/feed/",
                           "/author/tom/",
                           "/author/tom/page/2/",
                           "/author/tom/feed/",
                           "/2022/",
                           "/2022/03/",
                           "/2022/03/page/2/",
                           "/about/",
                           "/nowhere/",
                           "/2022/03/20/secret-private/",
                           "/2022/03/20/secret-draft/",
                           "/2022/03/20/secret-scheduled/",
                           "/2022/03/20/secret-withdrawn/" };
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        CHECK(!shows(&f, keys[i], "Secret") && !shows(&f, keys[i], "Hush"));
    }
    for (int n = 1; n <= FIXTURE_STORIES; n++) {
        const char *key = arena_printf(&f.arena, "/2022/03/%02d/headline-%d/", n, n).ptr;
        CHECK(!shows(&f, key, "Secret") && !shows(&f, key, "Hush"));
    }
    CHECK_INT(fixture_status(&f, "/2022/03/20/"), 404);
    CHECK_INT(fixture_status(&f, "/2100/"), 404);
    fixture_close(&f);
}

TEST(site_errors_have_the_look_of_the_site) {
    static const int statuses[] = { 400, 404, 405, 410, 413, 414, 431, 500, 503 };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct str key = arena_printf(&f.arena, "error:%d", statuses[i]);
        struct str text = fixture_text(&f, fixture_body(&f, key.ptr));
        CHECK_INT(fixture_status(&f, key.ptr), statuses[i]);
        CHECK(str_starts(text, arena_printf(&f.arena, "%d ", statuses[i])));
        CHECK(str_find(text, STR("error_"), 0) == STR_NPOS); /* all wording is there */
        bool latest = str_find(text, STR("Latest from The Test Courier Headline 14"), 0) !=
                      STR_NPOS;
        CHECK_INT(latest, statuses[i] == 404 || statuses[i] == 410);
        CHECK(shows(&f, key.ptr, "class=\"masthead\"") && shows(&f, key.ptr, "noindex"));
    }
    fixture_close(&f);
}

/* Nothing of what stands in <style>: the sheets are the theme's business. */
static struct str without_style(struct fixture *f, struct str html) {
    struct str without = STR("");
    size_t begin;
    while ((begin = str_find(html, STR("<style>"), 0)) != STR_NPOS) {
        without = arena_printf(&f->arena, "%.*s%.*s", STR_FMT(without),
                               STR_FMT(str_slice(html, 0, begin + strlen("<style>"))));
        html = str_from(html, str_find(html, STR("</style>"), begin));
    }
    return arena_printf(&f->arena, "%.*s%.*s", STR_FMT(without), STR_FMT(html));
}

TEST(site_pages_are_as_they_were) {
    struct fixture f;
    fixture_open(&f);
    int64_t tags[] = { f.tag };
    struct story story = fixture_story(&f, f.stories[12]);
    struct correction correction = { story.published_us + US_PER_DAY, STR("It was two crates.") };
    story.tags = (struct ids){ tags, 1 };
    story.corrections = (struct corrections){ &correction, 1 };
    story.updated_us = story.published_us + US_PER_DAY;
    fixture_put(&f, &story);
    CHECK_GOLDEN("tests/golden/site_story.html",
                 without_style(&f, fixture_body(&f, "/2022/03/12/headline-12/")));
    CHECK_GOLDEN("tests/golden/site_list.html",
                 without_style(&f, fixture_body(&f, "/category/world/")));
    fixture_close(&f);
}

/* All kinds of pages through an HTML checker (tests/oracles/html.mjs). */
TEST(site_pages_are_valid_html) {
    static const char *const keys[] = {
        "/",
        "/page/2/",
        "/category/world/",
        "/category/empty/",
        "/author/tom/page/2/",
        "/2022/03/",
        "/about/",
        "/2022/03/20/secret-locked/",
        "/2022/03/12/headline-12/",
        "/2022/03/01/headline-1/",
        "/search/",
        "/search/?q=headline",
        "/search/?q=headline&section=1&author=2&from=2022-03-01&sort=newest",
        "/search/?q=nothing-at-all&section=1",
        "error:404",
        "error:500",
    };
    if (access(test_path("tests/node_modules/html-validate"), R_OK) != 0) {
        test_skip("html-validate is missing: cd tests && npm ci");
        return;
    }
    struct fixture f;
    fixture_open(&f);
    int64_t tags[] = { f.tag };
    struct story story = fixture_story(&f, f.stories[12]);
    story.tags = (struct ids){ tags, 1 };
    fixture_put(&f, &story);
    struct str dir = arena_printf(&f.arena, "%s", test_tmp_dir()), list = STR("");
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct str path = arena_printf(&f.arena, "%.*s/%zu.html", STR_FMT(dir), i);
        struct err err = { 0 };
        REQUIRE(io_write_file(path.ptr, fixture_body(&f, keys[i]), &err) == STATUS_OK);
        list = arena_printf(&f.arena, "%.*s '%.*s'", STR_FMT(list), STR_FMT(path));
    }
    struct str command = arena_printf(&f.arena, "node '%s' %.*s 1>&2",
                                      test_path("tests/oracles/html.mjs"), STR_FMT(list));
    CHECK_INT(system(command.ptr), 0);
    fixture_close(&f);
}
