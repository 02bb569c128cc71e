#include "tests/fixture.h"
#include "tests/harness.h"

#include <expat.h>
#include <jansson.h>

/* What a feed reader sees: the text of each element, by its path's last name. */
struct seen {
    int items, titles, guids, bodies, creators, categories, enclosures;
    bool has_self;
    struct buf text;
};

static void on_start(void *user, const XML_Char *name, const XML_Char **attrs) {
    struct seen *seen = user;
    seen->items += strcmp(name, "item") == 0;
    seen->titles += strcmp(name, "title") == 0;
    seen->guids += strcmp(name, "guid") == 0;
    seen->creators += strcmp(name, "http://purl.org/dc/elements/1.1/|creator") == 0;
    seen->bodies += strcmp(name, "http://purl.org/rss/1.0/modules/content/|encoded") == 0;
    seen->categories += strcmp(name, "category") == 0;
    seen->enclosures += strcmp(name, "enclosure") == 0;
    if (strcmp(name, "http://www.w3.org/2005/Atom|link") == 0) {
        for (; *attrs != NULL; attrs += 2) {
            seen->has_self = seen->has_self || strcmp(attrs[1], "self") == 0;
        }
    }
}

static void on_text(void *user, const XML_Char *text, int len) {
    struct seen *seen = user;
    buf_put(&seen->text, str_make(text, (size_t)len));
}

/* False: not well formed. buf_done the text. */
static bool read_feed(struct str xml, struct seen *ret) {
    *ret = (struct seen){ 0 };
    buf_init(&ret->text, 1 << 24);
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    XML_SetUserData(parser, ret);
    XML_SetStartElementHandler(parser, on_start);
    XML_SetCharacterDataHandler(parser, on_text);
    bool good = XML_Parse(parser, xml.ptr, (int)xml.len, 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    return good;
}

static bool has(const struct seen *seen, const char *text) {
    return str_find(buf_str(&seen->text), str_of(text), 0) != STR_NPOS;
}

TEST(feed_is_rss_with_the_full_text) {
    struct fixture f;
    fixture_open(&f);
    int64_t authors[] = { f.anna, f.tom }, tags[] = { f.tag };
    struct story story = fixture_story(&f, f.stories[14]);
    story.headline = STR("Tom & <Jerry> ]]> \x01 \xef\xbf\xbf afloat");
    story.authors = (struct ids){ authors, 2 };
    story.tags = (struct ids){ tags, 1 };
    story.standfirst = STR("a ]]> b");
    story.body.raw = arena_printf(
        &f.arena,
        "<p>Not ]]&gt; the end. <a data-story=\"%lld\" href=\"/x/\">That</a>.</p>"
        "<figure><img src=\"/wp-content/uploads/ferry.jpg\" srcset=\"/a.jpg 2x\" alt=\"\"></figure>"
        "<div data-card=\"also-read\" data-story=\"%lld\"></div>",
        (long long)f.stories[2], (long long)f.stories[3]);
    story.lead_media_id = f.image;
    fixture_put(&f, &story);

    struct fixture_answer answer;
    fixture_get(&f, "/feed/", &answer);
    keys_done(&answer.keys);
    CHECK(str_find(answer.head, STR("Content-Type: application/rss+xml; charset=utf-8\r\n"), 0) !=
          STR_NPOS);
    struct seen seen;
    CHECK(read_feed(answer.body, &seen));
    CHECK_INT(seen.items, FIXTURE_STORIES);
    CHECK_INT(seen.titles, FIXTURE_STORIES + 1);
    CHECK_INT(seen.guids, FIXTURE_STORIES);
    CHECK_INT(seen.bodies, FIXTURE_STORIES);
    CHECK_INT(seen.creators, FIXTURE_STORIES + 1);
    CHECK(seen.enclosures > 0 && seen.has_self);
    CHECK(has(&seen, "Tom & <Jerry> ]]>  \xef\xbf\xbd afloat") ||
          has(&seen, "Tom & <Jerry> ]]>   afloat"));
    /* A description is HTML to its readers. */
    CHECK(has(&seen, "a ]]&gt; b") && has(&seen, "Not ]]&gt; the end."));
    CHECK(has(&seen, "<a href=\"https://courier.example/2022/03/02/headline-2/\">That</a>"));
    CHECK(has(&seen, "src=\"https://courier.example/wp-content/uploads/ferry.jpg\""));
    CHECK(has(&seen, "href=\"https://courier.example/2022/03/03/headline-3/\""));
    CHECK(!has(&seen, "srcset") && !has(&seen, "data-"));
    CHECK(has(&seen, "Mon, 14 Mar 2022 09:00:00 +0000"));
    buf_done(&seen.text);
    fixture_close(&f);
}

TEST(feed_of_a_section_a_tag_and_an_author) {
    static const struct {
        const char *key, *title;
        int items;
    } cases[] = {
        { "/category/world/feed/", "World & Sea – The Test Courier", 10 },
        { "/category/world/europe/feed/", "Europe – The Test Courier", 3 },
        { "/category/empty/feed/", "Empty – The Test Courier", 0 },
        { "/tag/ferries/feed/", "Stories tagged ferries – The Test Courier", 0 },
        { "/author/tom/feed/", "Tom Brill – The Test Courier", 14 },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen seen;
        CHECK(read_feed(fixture_body(&f, cases[i].key), &seen));
        CHECK_INT(seen.items, cases[i].items);
        CHECK(has(&seen, cases[i].title));
        buf_done(&seen.text);
    }
    fixture_set(&f, "feed_stories", "3");
    struct seen seen;
    CHECK(read_feed(fixture_body(&f, "/author/tom/feed/"), &seen));
    CHECK_INT(seen.items, 3);
    buf_done(&seen.text);
    fixture_close(&f);
}

/* ---- addresses ---- */

TEST(feed_addresses_of_all_kinds_lead_to_one) {
    static const struct fixture_case cases[] = {
        { "/feed/", 200, "" },
        { "/feed/atom/", 200, "" },
        { "/feed/json/", 200, "" },
        { "/feed", 301, "/feed/" },
        { "/feed/rss/", 301, "/feed/" },
        { "/feed/rss2", 301, "/feed/" },
        { "/feed/rdf/", 301, "/feed/" },
        { "/feed/feed/", 301, "/feed/" },
        { "/rss/", 301, "/feed/" },
        { "/rss2", 301, "/feed/" },
        { "/rdf/", 301, "/feed/" },
        { "/atom/", 301, "/feed/atom/" },
        { "/json/", 404, "" },
        { "/feed.json", 301, "/feed/json/" },
        { "/feed.xml", 301, "/feed/" },
        { "/atom.xml", 301, "/feed/atom/" },
        { "/wp-rss2.php", 301, "/feed/" },
        { "/wp-atom.php", 301, "/feed/atom/" },
        { "/?feed=rss2", 301, "/feed/" },
        { "/?feed=atom", 301, "/feed/atom/" },
        { "/?feed=json", 301, "/feed/json/" },
        { "/feed/wrong/", 404, "" },
        { "/category/world/feed/", 200, "" },
        { "/category/world/feed/atom/", 200, "" },
        { "/category/world/feed/json/", 200, "" },
        { "/category/world/europe/feed/atom/", 200, "" },
        { "/category/world/rss2/", 301, "/category/world/feed/" },
        { "/category/world/atom", 301, "/category/world/feed/atom/" },
        { "/category/none/feed/", 404, "" },
        { "/tag/ferries/feed/atom/", 200, "" },
        { "/author/tom/feed/json/", 200, "" },
        { "/author/tom/feed/json", 301, "/author/tom/feed/json/" },
        { "/2022/03/feed/", 200, "" },
        { "/2022/03/feed/atom/", 200, "" },
        { "/comments/feed/", 200, "" },
        { "/comments/feed/atom/", 200, "" },
        { "/comments/feed/json/", 200, "" },
        { "/comments/feed/rss2/", 301, "/comments/feed/" },
        { "/comments/atom", 301, "/comments/feed/atom/" },
        { "/?feed=comments-rss2", 301, "/comments/feed/" },
        { "/?feed=comments-atom", 301, "/comments/feed/atom/" },
        { "/wp-commentsrss2.php", 301, "/comments/feed/" },
        { "/comments/", 404, "" },
        { "/2022/03/14/headline-14/feed/", 200, "" },
        { "/2022/03/14/headline-14/feed/atom/", 200, "" },
        { "/2022/03/14/headline-14/rss2", 301, "/2022/03/14/headline-14/feed/" },
        { "/about/feed/", 200, "" },
        { "/2022/03/20/secret-locked/feed/", 404, "" },
        { "/2022/03/20/secret-private/feed/", 404, "" },
        { "/2022/03/20/secret-draft/feed/atom/", 404, "" },
        { "/2022/03/20/secret-scheduled/feed/", 404, "" },
        { "/2022/03/20/secret-withdrawn/feed/", 410, "" },
        { "/2022/03/20/secret-locked/rss", 404, "" },
    };
    struct fixture f;
    fixture_open(&f);
    fixture_check(&f, cases, COUNT_OF(cases));
    fixture_close(&f);
}

TEST(feed_of_addresses_that_are_queries) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[14]);
    story.path = STR("/?p=77");
    fixture_put(&f, &story);
    CHECK_INT(fixture_status(&f, "/?p=77&feed=rss2"), 200);
    CHECK_INT(fixture_status(&f, "/?p=77&feed=atom"), 200);
    CHECK_STR(fixture_location(&f, "/?p=77&feed=comments-rss2"), "/?p=77&feed=rss2");
    /* The address that it had. */
    CHECK_STR(fixture_location(&f, "/2022/03/14/headline-14/feed/atom/"), "/?p=77&feed=atom");
    fixture_close(&f);
}

/* ---- Atom and JSON ---- */

TEST(feed_is_atom) {
    struct fixture f;
    fixture_open(&f);
    struct fixture_answer answer;
    fixture_get(&f, "/category/world/feed/atom/", &answer);
    keys_done(&answer.keys);
    CHECK(str_find(answer.head, STR("Content-Type: application/atom+xml; charset=utf-8\r\n"), 0) !=
          STR_NPOS);
    CHECK(str_find(answer.head, STR("Link:"), 0) == STR_NPOS);
    struct seen seen;
    CHECK(read_feed(answer.body, &seen));
    CHECK(has(&seen, "World & Sea – The Test Courier"));
    CHECK(has(&seen, "tag:courier.example,2022-03-"));
    CHECK(has(&seen, "<p>w1 w2"));
    buf_done(&seen.text);
    /* Without an entry, too, it says when it changed. */
    struct str empty = fixture_body(&f, "/category/empty/feed/atom/");
    CHECK(str_find(empty, STR("<updated>2022-03-14T09:00:00"), 0) != STR_NPOS); /* the newest */
    fixture_set(&f, "made_us", "1577836800000000");
    empty = fixture_body(&f, "/category/empty/feed/atom/");
    CHECK(str_find(empty, STR("<updated>2020-01-01T00:00:00"), 0) != STR_NPOS);
    fixture_close(&f);
}

TEST(feed_is_json) {
    struct fixture f;
    fixture_open(&f);
    struct fixture_answer answer;
    fixture_get(&f, "/author/tom/feed/json/", &answer);
    keys_done(&answer.keys);
    CHECK(str_find(answer.head, STR("Content-Type: application/feed+json\r\n"), 0) != STR_NPOS);
    json_error_t error;
    json_t *json = json_loadb(answer.body.ptr, answer.body.len, 0, &error);
    REQUIRE(json != NULL);
    CHECK_STR(str_of(json_string_value(json_object_get(json, "version"))),
              "https://jsonfeed.org/version/1.1");
    CHECK_STR(str_of(json_string_value(json_object_get(json, "feed_url"))),
              "https://courier.example/author/tom/feed/json/");
    const json_t *items = json_object_get(json, "items");
    CHECK_INT(json_array_size(items), 14);
    const json_t *item = json_array_get(items, 0);
    CHECK_STR(str_of(json_string_value(json_object_get(item, "title"))), "Headline 14");
    CHECK_STR(str_of(json_string_value(json_object_get(item, "date_published"))),
              "2022-03-14T09:00:00+00:00");
    CHECK(json_object_get(item, "content_html") != NULL);
    CHECK(json_object_get(item, "content_text") == NULL);
    json_decref(json);
    fixture_close(&f);
}

/* ---- bodies ---- */

TEST(feed_addresses_are_seen_from_the_story) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[14]);
    story.body.raw = STR("<p><a href=\"#note-1\">1</a> <a href=\"more.pdf\">2</a> <a "
                         "href=\"//cdn.example/x\">3</a> <a href=\"mailto:desk@courier.example\">4"
                         "</a> <a href=\"?p=3\">5</a></p>\n"
                         "<figure data-card=\"gallery\"><picture><source srcset=\"/a.webp\"><img "
                         "src=\"../a.jpg\" srcset=\"/b.jpg 2x\" alt=\"\"></picture></figure>\n"
                         "<figure data-card=\"embed\" data-url=\"https://video.example/7\"><a "
                         "href=\"https://video.example/7\">The film</a></figure>");
    fixture_put(&f, &story);
    struct str body = fixture_body(&f, "/feed/");
    static const char *const wanted[] = {
        "href=\"https://courier.example/2022/03/14/headline-14/#note-1\"",
        "href=\"https://courier.example/2022/03/14/headline-14/more.pdf\"",
        "href=\"https://cdn.example/x\"",
        "href=\"mailto:desk@courier.example\"",
        "href=\"https://courier.example/2022/03/14/headline-14/?p&#x3D;3\"",
        "<picture><img src=\"https://courier.example/2022/03/14/a.jpg\" alt=\"\">",
        "<figure><picture>",
        "href=\"https://video.example/7\"",
    };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        if (str_find(body, str_of(wanted[i]), 0) == STR_NPOS) {
            test_fail(__FILE__, __LINE__, "no %s", wanted[i]);
        }
    }
    CHECK(str_find(body, STR("<source"), 0) == STR_NPOS);
    fixture_close(&f);
}

TEST(feed_may_be_of_summaries) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "feed_content", "summary");
    struct str rss = fixture_body(&f, "/feed/"), json = fixture_body(&f, "/feed/json/");
    CHECK(str_find(rss, STR("content:encoded>"), 0) == STR_NPOS);
    CHECK(str_find(json, STR("content_html"), 0) == STR_NPOS);
    CHECK(str_find(json, STR("content_text"), 0) != STR_NPOS);
    CHECK(str_find(rss, STR("w32"), 0) == STR_NPOS || str_find(rss, STR("w120"), 0) == STR_NPOS);
    fixture_close(&f);
}

TEST(feed_names_its_hub) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "websub_hub", "https://hub.example/?a=1&b=2");
    static const char *const keys[] = { "/feed/", "/tag/ferries/feed/atom/", "/feed/json/",
                                        "/comments/feed/" };
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct fixture_answer answer;
        fixture_get(&f, keys[i], &answer);
        keys_done(&answer.keys);
        struct str link = arena_printf(&f.arena,
                                       "Link: <https://hub.example/?a=1&b=2>; rel=\"hub\", "
                                       "<https://courier.example%s>; rel=\"self\"\r\n",
                                       keys[i]);
        CHECK(str_find(answer.head, link, 0) != STR_NPOS);
        CHECK(str_find(answer.body, STR("https://hub.example/?a=1"), 0) != STR_NPOS);
    }
    /* Nobody tells it of dates. */
    CHECK(str_find(fixture_body(&f, "/2022/03/feed/"), STR("hub.example"), 0) == STR_NPOS);
    fixture_close(&f);
}

TEST(feed_key_of_indexnow_is_a_file) {
    struct fixture f;
    fixture_open(&f);
    CHECK_INT(fixture_status(&f, "/0123abcd-key.txt"), 404);
    fixture_set(&f, "indexnow_key", "0123abcd-key");
    CHECK_STR(fixture_body(&f, "/0123abcd-key.txt"), "0123abcd-key");
    CHECK_INT(fixture_status(&f, "/.txt"), 404);
    fixture_close(&f);
}

/* ---- comments ---- */

static int64_t put_comment(struct fixture *f, int64_t story, const char *author, int64_t at_us) {
    struct store_writer *w = NULL;
    struct err err = { 0 };
    int64_t id = 0;
    struct comment c = { .story_id = story,
                         .state = COMMENT_APPROVED,
                         .author = str_of(author),
                         .body = { STR("<p>See <a href=\"#here\">here</a>.</p>") },
                         .created_us = at_us,
                         .kind = STR("comment") };
    CHECK_INT(store_write_begin(f->store, &w, &err), STATUS_OK);
    CHECK_INT(store_comment_put(w, &c, &id, &err), STATUS_OK);
    CHECK_INT(store_write_commit(w, &err), STATUS_OK);
    return id;
}

TEST(feed_of_comments_shows_what_readers_may_see) {
    struct fixture f;
    fixture_open(&f);
    int64_t day_us = INT64_C(1647252000000000); /* 2022-03-14T10:00Z */
    put_comment(&f, f.stories[13], "Older", day_us);
    put_comment(&f, f.stories[14], "Newer", day_us + 1000000);
    put_comment(&f, f.locked, "Behind a password", day_us + 2000000);
    put_comment(&f, f.private, "In private", day_us + 3000000);
    put_comment(&f, f.withdrawn, "Withdrawn", day_us + 4000000);
    struct seen seen;
    CHECK(read_feed(fixture_body(&f, "/comments/feed/"), &seen));
    CHECK_INT(seen.items, 2);
    CHECK(has(&seen, "Comments on The Test Courier"));
    CHECK(has(&seen, "Newer on Headline 14") && has(&seen, "Older on Headline 13"));
    CHECK(!has(&seen, "Secret") && !has(&seen, "Withdrawn"));
    CHECK(has(&seen, "href=\"https://courier.example/2022/03/14/headline-14/#here\""));
    buf_done(&seen.text);
    CHECK(read_feed(fixture_body(&f, "/2022/03/13/headline-13/feed/"), &seen));
    CHECK_INT(seen.items, 1);
    CHECK(has(&seen, "By Older") && has(&seen, "Comments on Headline 13"));
    buf_done(&seen.text);
    /* Feeds of stories say how many there are, and where. */
    CHECK(read_feed(fixture_body(&f, "/feed/"), &seen));
    CHECK(has(&seen, "https://courier.example/2022/03/14/headline-14/feed/"));
    buf_done(&seen.text);
    struct str atom = fixture_body(&f, "/feed/atom/");
    CHECK(str_find(atom, STR("thr:count=\"1\""), 0) != STR_NPOS);
    /* And the story's page names the feed of its comments. */
    CHECK(str_find(fixture_body(&f, "/2022/03/13/headline-13/"),
                   STR("href=\"/2022/03/13/headline-13/feed/atom/\""), 0) != STR_NPOS);
    fixture_close(&f);
}
