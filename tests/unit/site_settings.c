#include "tests/fixture.h"
#include "tests/harness.h"

#include "site/settings.h"

TEST(settings_have_defaults_that_pass_their_own_check) {
    for (size_t i = 0; i < setting_defs_len; i++) {
        const struct setting_def *def = &setting_defs[i];
        struct err err = { 0 };
        CHECK_INT(settings_check(str_of(def->key), str_of(def->fallback), &err), STATUS_OK);
        CHECK(settings_find(str_of(def->key)) == def);
        CHECK(def->meaning[0] != '\0');
    }
}

TEST(settings_refuse_what_they_are_not) {
    static const struct {
        const char *key, *value;
        enum status status;
    } cases[] = {
        { "colour", "red", STATUS_NOT_FOUND },
        { "title", "two\nlines", STATUS_INVALID },
        { "content_security_policy", "x\r\nSet-Cookie: a=b", STATUS_INVALID },
        { "content_security_policy", "", STATUS_OK },
        { "title", " ", STATUS_INVALID },
        { "tagline", "", STATUS_OK },
        { "url", "courier.example", STATUS_INVALID },
        { "url", "ftp://courier.example", STATUS_INVALID },
        { "url", "https://courier.example/?x", STATUS_INVALID },
        { "url", "https://courier.example/paper", STATUS_OK },
        { "language", "no such language", STATUS_INVALID },
        { "language", "pt-BR", STATUS_OK },
        { "timezone", "Mars/Olympus", STATUS_INVALID },
        { "timezone", "Europe/Paris", STATUS_OK },
        { "permalink", "", STATUS_OK },
        { "permalink", "%postname%", STATUS_INVALID },
        { "permalink", "/%foo%/", STATUS_INVALID },
        { "permalink", "/%postname%/x<y/", STATUS_INVALID },
        { "permalink", "/%year%/%monthnum%/", STATUS_INVALID },
        { "permalink", "/%year%/%postname/", STATUS_INVALID },
        { "permalink", "/archive/%year%/%post_id%.html", STATUS_OK },
        { "permalink", "/?p=%post_id%", STATUS_OK },
        { "permalink", "/search/%postname%/", STATUS_INVALID },
        { "permalink", "/Search/%postname%/", STATUS_INVALID },
        { "permalink", "/_view/%post_id%", STATUS_INVALID },
        { "permalink", "/research/%postname%/", STATUS_OK },
        { "permalink", "/news/search/%postname%/", STATUS_OK },
        { "category_base", "search", STATUS_INVALID },
        { "category_base", "/search/in", STATUS_INVALID },
        { "category_base", "feed", STATUS_INVALID },
        { "category_base", "topics/search", STATUS_OK },
        { "tag_base", "media", STATUS_INVALID },
        { "tag_base", "assets", STATUS_INVALID },
        { "tag_base", "page", STATUS_INVALID },
        { "tag_base", "pages", STATUS_OK },
        { "permalink", "/%category%/%author%/%hour%%minute%%second%/%day%-%postname%", STATUS_OK },
        { "url", "http://x/<>", STATUS_INVALID },
        { "url", "http://x\"y/", STATUS_INVALID },
        { "url", "http://[::1]:8080/a%20b", STATUS_OK },
        { "websub_hub", "https://hub.example/<publish>", STATUS_INVALID },
        { "logo", "javascript:alert(1)", STATUS_INVALID },
        { "logo", "https://elsewhere.example/sign.png", STATUS_INVALID },
        { "logo", "../sign.png", STATUS_INVALID },
        { "logo", "/media/<sign>.png", STATUS_INVALID },
        { "logo", "/media/aa/sign.png", STATUS_OK },
        { "logo", "sign.svg", STATUS_OK },
        { "logo", "", STATUS_OK },
        { "stories_per_page", "0", STATUS_INVALID },
        { "stories_per_page", "101", STATUS_INVALID },
        { "stories_per_page", "ten", STATUS_INVALID },
        { "stories_per_page", "25", STATUS_OK },
        { "theme_accent", "red", STATUS_INVALID },
        { "theme_accent", "#a3171f", STATUS_OK },
        { "neighbours", "galaxy", STATUS_INVALID },
        { "neighbours", "sit", STATUS_INVALID },
        { "neighbours", "section", STATUS_OK },
        { "same_as", "https://a.example/x https://b.example/", STATUS_OK },
        { "same_as", "https://a.example/x, javascript:alert(1)", STATUS_INVALID },
        { "same_as", "", STATUS_OK },
        { "twitter_site", "@paper", STATUS_OK },
        { "twitter_site", "paper", STATUS_INVALID },
        { "twitter_site", "@", STATUS_INVALID },
        { "fediverse_creator", "@desk@example.social", STATUS_OK },
        { "organization_type", "Corporation", STATUS_INVALID },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { 0 };
        CHECK_INT(settings_check(str_of(cases[i].key), str_of(cases[i].value), &err),
                  cases[i].status);
        CHECK((cases[i].status == STATUS_OK) == (err.message[0] == '\0'));
    }
}

TEST(settings_that_went_bad_count_as_not_set) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "stories_per_page", "many");
    fixture_set(&f, "timezone", "Mars/Olympus");
    fixture_set(&f, "url", "https://courier.example:8443/paper/");
    struct store_reader *r;
    struct site_settings s;
    struct err err = { 0 };
    REQUIRE(store_reader_open(f.store, &r, &err) == STATUS_OK);
    REQUIRE(store_read_begin(r, NULL, &err) == STATUS_OK);
    REQUIRE(settings_load(r, &f.arena, &s, &err) == STATUS_OK);
    store_read_end(r);
    store_reader_close(r);
    CHECK_INT(s.stories_per_page, 10);
    CHECK_STR(s.timezone, "UTC");
    CHECK_STR(s.url, "https://courier.example:8443/paper");
    CHECK_STR(s.origin, "https://courier.example:8443");
    CHECK_STR(s.title, "The Test Courier");
    fixture_close(&f);
}
