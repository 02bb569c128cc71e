#include "tests/fixture.h"
#include "tests/harness.h"

#include <expat.h>

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
    CHECK(has(&seen, "a ]]> b") && has(&seen, "Not ]]&gt; the end."));
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
