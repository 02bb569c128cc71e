/* Each verb of the store, once. */
#include "tests/harness.h"
#include "tests/store_site.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */
#define DAY_OF_NOON 20220314

static struct story make_story(const char *path, int64_t us) {
    struct civil c = civil_of_us(us);
    return (struct story){
        .state = STORY_PUBLISHED,
        .slug = str_of("a-story"),
        .path = str_of(path),
        .headline = str_of("The Ferry"),
        .standfirst = str_of("It is late again."),
        .body = { STR("<p>One two three.</p>") },
        .published_us = us,
        .updated_us = us,
        .created_us = us,
        .local_day = c.year * 10000 + c.month * 100 + c.day,
        .word_count = 3,
    };
}

static int64_t put(struct store_site *site, const struct story *s) {
    int64_t id = 0;
    OK(store_story_put(store_site_write(site), s, &id, &site->err));
    store_site_commit(site);
    return id;
}

TEST(store_create_refuses_a_second_site_and_open_a_missing_one) {
    struct err err = { 0 };
    char dir[512];
    snprintf(dir, sizeof dir, "%s/new", test_tmp_dir());
    struct store *s = NULL;
    CHECK_INT(store_open(dir, &s, &err), STATUS_NOT_FOUND);
    CHECK_INT(store_create(dir, &err), STATUS_OK);
    CHECK_INT(store_create(dir, NULL), STATUS_CONFLICT);
    CHECK_INT(store_open(dir, &s, NULL), STATUS_OK);
    CHECK_STR(str_of(store_dir(s)), dir);
    store_close(s);
}

TEST(store_settings_are_kept_and_touch_the_site) {
    struct store_site site;
    store_site_open(&site);
    struct str value;
    OK(store_setting(store_site_read(&site), &site.arena, STR("title"), &value, &site.err));
    CHECK(value.ptr == NULL);
    OK(store_setting_put(store_site_write(&site), STR("title"), STR("The Harbour Light"),
                         &site.err));
    OK(store_setting_put(store_site_write(&site), STR("language"), STR("en"), &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "site");
    OK(store_setting(store_site_read(&site), &site.arena, STR("title"), &value, &site.err));
    CHECK_STR(value, "The Harbour Light");
    struct settings all;
    OK(store_settings(store_site_read(&site), &site.arena, &all, &site.err));
    CHECK_INT(all.len, 2);
    CHECK_STR(all.ptr[0].key, "language");
    OK(store_setting_put(store_site_write(&site), STR("title"), STR("The Harbour Light"),
                         &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    store_site_close(&site);
}

TEST(store_story_comes_back_as_it_was_put) {
    struct store_site site;
    store_site_open(&site);
    int64_t section = store_site_section(&site, 0, "World", "/world/");
    int64_t below = store_site_section(&site, section, "Ports", "/world/ports/");
    int64_t tag = store_site_tag(&site, "ferries", "/tag/ferries/");
    int64_t ada = store_site_author(&site, "Ada", "/author/ada/");
    int64_t bob = store_site_author(&site, "Bob", "/author/bob/");
    struct story s = make_story("/2022/03/14/the-ferry/", NOON);
    s.section_id = below;
    s.sections = (struct ids){ &section, 1 };
    s.tags = (struct ids){ &tag, 1 };
    s.authors = (struct ids){ (int64_t[]){ bob, ada, bob }, 3 };
    s.sticky = true;
    s.comments_open = true;
    s.menu_order = -4;
    s.seo_title = STR("Ferry!");
    s.seo_description = STR("Late.");
    s.corrections = (struct corrections){ &(struct correction){ NOON, STR("It was on time.") }, 1 };
    int64_t id = put(&site, &s);
    struct story got;
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_FULL, &got, &site.err));
    CHECK_STR(got.headline, "The Ferry");
    CHECK_STR(got.standfirst, "It is late again.");
    CHECK_STR(got.body.raw, "<p>One two three.</p>");
    CHECK_STR(got.seo_title, "Ferry!");
    CHECK_INT(got.sections.len, 2);
    CHECK_INT(got.sections.ptr[0], below);
    CHECK_INT(got.sections.ptr[1], section);
    CHECK_INT(got.authors.len, 2);
    CHECK_INT(got.authors.ptr[0], bob);
    CHECK_INT(got.tags.len, 1);
    CHECK_INT(got.corrections.len, 1);
    CHECK_STR(got.corrections.ptr[0].text, "It was on time.");
    CHECK_INT(got.version, 1);
    CHECK_INT(got.menu_order, -4);
    CHECK(got.sticky && got.comments_open);
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_CARD, &got, &site.err));
    CHECK_STR(got.body.raw, "");
    CHECK_INT(got.authors.len, 2);
    struct str excerpt;
    OK(store_story_excerpt(store_site_read(&site), &site.arena, id, &excerpt, &site.err));
    CHECK_STR(excerpt, "It is late again. One two three.");
    s.id = id;
    s.standfirst = STR("渡轮又晚了。 ");
    s.body.raw = STR("<p>渡轮没有来。</p>");
    put(&site, &s);
    OK(store_story_excerpt(store_site_read(&site), &site.arena, id, &excerpt, &site.err));
    CHECK_STR(excerpt, "渡轮又晚了。渡轮没有来。");
    CHECK_INT(store_story(store_site_read(&site), &site.arena, id + 1, STORY_CARD, &got, NULL),
              STATUS_NOT_FOUND);
    /* In both lists, but once in each. */
    struct list_page page;
    OK(store_list_page(store_site_read(&site), &site.arena,
                       (struct list_id){ LIST_SECTION, section }, 1, 10, &page, &site.err));
    CHECK_INT(page.total, 1);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_same_save_touches_nothing_and_text_touches_the_story_alone) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    s.section_id = store_site_section(&site, 0, "World", "/world/");
    s.id = put(&site, &s);
    put(&site, &s);
    CHECK_STR(site.touched, "");
    s.body.raw = STR("<p>Quite another text.</p>");
    s.headline = STR("The Other Ferry");
    put(&site, &s);
    char expected[64];
    snprintf(expected, sizeof expected, "search story:%" PRId64, s.id);
    CHECK_STR(site.touched, expected);
    struct story got;
    OK(store_story(store_site_read(&site), &site.arena, s.id, STORY_CARD, &got, &site.err));
    CHECK_INT(got.version, 2);
    OK(store_story_body_put(store_site_write(&site), s.id, (struct html){ STR("<p>Linked.</p>") },
                            1, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, expected);
    OK(store_story(store_site_read(&site), &site.arena, s.id, STORY_FULL, &got, &site.err));
    CHECK_INT(got.version, 2);
    CHECK_STR(got.body.raw, "<p>Linked.</p>");
    CHECK_INT(got.word_count, 1);
    const struct html linked = { STR("<p><a href=\"/b/\">Linked.</a></p>") };
    OK(store_story_links_put(store_site_write(&site), s.id, linked, &site.err));
    store_site_commit(&site);
    snprintf(expected, sizeof expected, "story:%" PRId64, s.id);
    CHECK_STR(site.touched, expected);
    OK(store_story(store_site_read(&site), &site.arena, s.id, STORY_FULL, &got, &site.err));
    CHECK_STR(got.body.raw, "<p><a href=\"/b/\">Linked.</a></p>");
    CHECK_INT(got.word_count, 1);
    CHECK_INT(store_story_links_put(store_site_write(&site), 999, linked, &site.err),
              STATUS_NOT_FOUND);
    store_site_commit(&site);
    store_site_close(&site);
}

TEST(store_new_story_touches_its_lists_and_neighbours) {
    struct store_site site;
    store_site_open(&site);
    int64_t world = store_site_section(&site, 0, "World", "/world/");
    struct story s = make_story("/old/", NOON);
    s.section_id = world;
    put(&site, &s);
    s.path = STR("/new/");
    s.published_us += 2 * US_PER_DAY;
    s.local_day += 2;
    put(&site, &s);
    s.path = STR("/middle/");
    s.published_us -= US_PER_DAY;
    s.local_day -= 1;
    s.section_id = 0;
    put(&site, &s);
    CHECK_STR(site.touched,
              "after:1 before:2 before:3 after:3 year:2022 month:202203 "
              "day:20220315 latest path:/middle/ slug:a-story search story:3 sitemap:stories:1 "
              "sitemaps sitemap:sections:1");
    int64_t previous = -1, next = -1;
    OK(store_neighbours(store_site_read(&site), (struct list_id){ LIST_LATEST, 0 }, 3, &previous,
                        &next, &site.err));
    CHECK_INT(previous, 1);
    CHECK_INT(next, 2);
    OK(store_neighbours(store_site_read(&site), (struct list_id){ LIST_SECTION, world }, 1,
                        &previous, &next, &site.err));
    CHECK_INT(previous, 0);
    CHECK_INT(next, 2);
    /* A minute later is between the same neighbours: the day's order stays. */
    s.id = 3;
    s.published_us += 60 * US_PER_SECOND;
    put(&site, &s);
    CHECK_STR(site.touched, "times search story:3 sitemap:stories:1 sitemap:sections:1");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_changed_path_leaves_a_redirect_and_conflicts_are_refused) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    s.id = put(&site, &s);
    s.path = STR("/b/");
    put(&site, &s);
    CHECK_STR(site.touched, "path:/b/ path:/a/ story:1 sitemap:stories:1");
    struct address at;
    OK(store_address(store_site_read(&site), &site.arena, STR("/a/"), &at, &site.err));
    CHECK(at.redirect && at.id == s.id && at.kind == ADDRESS_STORY);
    OK(store_address(store_site_read(&site), &site.arena, STR("/b/"), &at, &site.err));
    CHECK(!at.redirect);
    struct str path;
    OK(store_path_of(store_site_read(&site), &site.arena, ADDRESS_STORY, s.id, &path, &site.err));
    CHECK_STR(path, "/b/");
    /* Another may take over the redirect, but not the address. */
    struct story other = make_story("/b/", NOON);
    int64_t id;
    CHECK_INT(store_story_put(store_site_write(&site), &other, &id, NULL), STATUS_CONFLICT);
    other.path = STR("/a/");
    OK(store_story_put(store_site_write(&site), &other, &id, &site.err));
    struct address url = { .kind = ADDRESS_URL, .url = STR("https://example.org/") };
    CHECK_INT(store_address_put(store_site_write(&site), STR("/a/"), &url, NULL), STATUS_CONFLICT);
    OK(store_address_put(store_site_write(&site), STR("/?p=7"), &url, &site.err));
    OK(store_address_put(store_site_write(&site), STR("/?p=7"), &url, &site.err));
    store_site_commit(&site);
    OK(store_address(store_site_read(&site), &site.arena, STR("/?p=7"), &at, &site.err));
    CHECK(at.kind == ADDRESS_URL && at.redirect);
    CHECK_INT(store_address(store_site_read(&site), &site.arena, STR("/none/"), &at, NULL),
              STATUS_NOT_FOUND);
    path = STR("");
    int n = 0;
    while (store_address_next(store_site_read(&site), &site.arena, path, &path, &at, NULL) ==
           STATUS_OK) {
        n++;
    }
    CHECK_INT(n, 3);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_refused_verb_leaves_the_transaction_usable) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    int64_t id, nobody = 77;
    s.tags = (struct ids){ &nobody, 1 };
    CHECK_INT(store_story_put(store_site_write(&site), &s, &id, NULL), STATUS_NOT_FOUND);
    s.tags.len = 0;
    s.local_day = 20220101;
    CHECK_INT(store_story_put(store_site_write(&site), &s, &id, NULL), STATUS_INVALID);
    static const int64_t beyond_us[] = { INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < COUNT_OF(beyond_us); i++) {
        s.published_us = beyond_us[i];
        CHECK_INT(store_story_put(store_site_write(&site), &s, &id, NULL), STATUS_INVALID);
    }
    s.published_us = NOON;
    s.local_day = DAY_OF_NOON;
    s.path = STR("no-slash");
    CHECK_INT(store_story_put(store_site_write(&site), &s, &id, NULL), STATUS_INVALID);
    s.path = STR("/a/");
    OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    store_site_commit(&site);
    CHECK_INT(id, 1);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_publish_schedule_and_withdraw) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", 0);
    s.state = STORY_DRAFT;
    s.local_day = 0;
    int64_t id = put(&site, &s);
    CHECK_STR(site.touched, "path:/a/ story:1");
    OK(store_story_publish(store_site_write(&site), id, NOON, DAY_OF_NOON, NOON - US_PER_DAY,
                           &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "story:1");
    size_t published = 9;
    int64_t next_us = 9;
    OK(store_publish_due(store_site_write(&site), NOON - 1, &published, &next_us, &site.err));
    CHECK_INT(published, 0);
    CHECK_INT(next_us, NOON);
    OK(store_publish_due(store_site_write(&site), NOON, &published, &next_us, &site.err));
    store_site_commit(&site);
    CHECK_INT(published, 1);
    CHECK_INT(next_us, 0);
    CHECK_STR(site.touched, "year:2022 month:202203 day:20220314 latest slug:a-story search "
                            "story:1 sitemap:stories:1 sitemaps sitemap:sections:1");
    struct story got;
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_CARD, &got, &site.err));
    CHECK_INT(got.state, STORY_PUBLISHED);
    CHECK_INT(got.published_us, NOON);
    OK(store_story_withdraw(store_site_write(&site), id, NOON + 5, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "year:2022 month:202203 day:20220314 latest slug:a-story search "
                            "story:1 sitemap:stories:1 sitemaps sitemap:sections:1");
    struct address at;
    OK(store_address(store_site_read(&site), &site.arena, STR("/a/"), &at, &site.err));
    CHECK(at.kind == ADDRESS_STORY && !at.redirect);
    /* The first date is kept. */
    OK(store_story_publish(store_site_write(&site), id, NOON + 9 * US_PER_DAY, 20220323,
                           NOON + 9 * US_PER_DAY, &site.err));
    store_site_commit(&site);
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_CARD, &got, &site.err));
    CHECK_INT(got.published_us, NOON);
    CHECK_INT(got.updated_us, NOON + 9 * US_PER_DAY);
    /* But not one that is still to come: it was withdrawn before it went out. */
    OK(store_story_publish(store_site_write(&site), id, NOON + 20 * US_PER_DAY, 20220403,
                           NOON + 10 * US_PER_DAY, &site.err));
    OK(store_story_withdraw(store_site_write(&site), id, NOON + 10 * US_PER_DAY, &site.err));
    OK(store_story_publish(store_site_write(&site), id, NOON + 11 * US_PER_DAY, 20220325,
                           NOON + 11 * US_PER_DAY, &site.err));
    store_site_commit(&site);
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_CARD, &got, &site.err));
    CHECK_INT(got.state, STORY_PUBLISHED);
    CHECK_INT(got.published_us, NOON + 11 * US_PER_DAY);
    CHECK_INT(got.local_day, 20220325);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_finds_published_stories_by_slug) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON), twin = make_story("/b/", NOON);
    s.slug = twin.slug = STR("the-ferry");
    int64_t found;
    s.id = put(&site, &s);
    twin.id = put(&site, &twin);
    OK(store_story_named(store_site_read(&site), STR("the-ferry"), &found, &site.err));
    CHECK_INT(found, s.id);
    OK(store_story_withdraw(store_site_write(&site), s.id, NOON, &site.err));
    store_site_commit(&site);
    CHECK(str_find(site.touched, STR("slug:the-ferry"), 0) != STR_NPOS);
    OK(store_story_named(store_site_read(&site), STR("the-ferry"), &found, &site.err));
    CHECK_INT(found, twin.id);
    twin.slug = STR("the-boat");
    put(&site, &twin);
    CHECK(str_find(site.touched, STR("slug:the-ferry slug:the-boat"), 0) != STR_NPOS);
    struct err err = { 0 };
    CHECK_INT(store_story_named(store_site_read(&site), STR("the-ferry"), &found, &err),
              STATUS_NOT_FOUND);
    CHECK_INT(store_story_named(store_site_read(&site), STR(""), &found, &err), STATUS_NOT_FOUND);
    store_site_close(&site);
}

TEST(store_password_and_private_stories_stand_in_no_list) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    s.visibility = STORY_PASSWORD;
    s.password = STR("tide");
    s.id = put(&site, &s);
    CHECK_STR(site.touched, "path:/a/ slug:a-story story:1");
    struct list_page page;
    OK(store_list_page(store_site_read(&site), &site.arena, (struct list_id){ LIST_LATEST, 0 }, 1,
                       10, &page, &site.err));
    CHECK_INT(page.total, 0);
    CHECK_INT(page.pages, 1);
    CHECK_INT(store_list_page(store_site_read(&site), &site.arena,
                              (struct list_id){ LIST_LATEST, 0 }, 2, 10, &page, NULL),
              STATUS_NOT_FOUND);
    s.visibility = STORY_PUBLIC;
    put(&site, &s);
    OK(store_list_page(store_site_read(&site), &site.arena, (struct list_id){ LIST_MONTH, 202203 },
                       1, 10, &page, &site.err));
    CHECK_INT(page.total, 1);
    store_site_close(&site);
}

TEST(store_sections_come_parents_first_and_move_with_their_stories) {
    struct store_site site;
    store_site_open(&site);
    int64_t world = store_site_section(&site, 0, "World", "/world/");
    int64_t local = store_site_section(&site, 0, "Local", "/local/");
    int64_t ports = store_site_section(&site, world, "Ports", "/world/ports/");
    CHECK_STR(site.touched, "sections row:section:3 path:/world/ports/");
    struct sections all;
    OK(store_sections(store_site_read(&site), &site.arena, &all, &site.err));
    CHECK_INT(all.len, 3);
    CHECK_INT(all.ptr[0].id, local);
    CHECK_INT(all.ptr[1].id, world);
    CHECK_INT(all.ptr[2].id, ports);
    struct story s = make_story("/a/", NOON);
    s.section_id = ports;
    put(&site, &s);
    s.path = STR("/b/");
    s.section_id = local;
    s.published_us++;
    put(&site, &s);
    struct section moved = all.ptr[2];
    moved.parent_id = local;
    int64_t id;
    OK(store_section_put(store_site_write(&site), &moved, &id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched,
              "row:section:3 section:1 sitemap:sections:1 sitemaps before:2/section:2 "
              "after:1/section:2 section:2");
    struct list_page page;
    OK(store_list_page(store_site_read(&site), &site.arena, (struct list_id){ LIST_SECTION, local },
                       1, 10, &page, &site.err));
    CHECK_INT(page.total, 2);
    OK(store_list_page(store_site_read(&site), &site.arena, (struct list_id){ LIST_SECTION, world },
                       1, 10, &page, &site.err));
    CHECK_INT(page.total, 0);
    struct section cycle = all.ptr[0];
    cycle.parent_id = ports;
    CHECK_INT(store_section_put(store_site_write(&site), &cycle, &id, NULL), STATUS_INVALID);
    store_site_commit(&site);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_tags_authors_users_and_media_keep_their_rows) {
    struct store_site site;
    store_site_open(&site);
    struct media m = { .file = STR("ab/cd.jpg"),
                       .path = STR("/wp-content/a.jpg"),
                       .mime = STR("image/jpeg"),
                       .size_bytes = 7,
                       .width = 3,
                       .height = 2,
                       .alt = STR("A ferry") };
    int64_t media_id, user_id, author_id, tag_id, id;
    OK(store_media_put(store_site_write(&site), &m, &media_id, &site.err));
    struct user u = { .login = STR("ada"), .name = STR("Ada"), .role = USER_EDITOR };
    OK(store_user_put(store_site_write(&site), &u, &user_id, &site.err));
    CHECK_INT(store_user_put(store_site_write(&site), &u, &id, NULL), STATUS_CONFLICT);
    struct author a = {
        .user_id = user_id, .media_id = media_id, .name = STR("Ada"), .path = STR("/author/ada/")
    };
    OK(store_author_put(store_site_write(&site), &a, &author_id, &site.err));
    struct tag t = { .name = STR("Ferries"), .taxonomy = STR("boats"), .path = STR("/tag/f/") };
    OK(store_tag_put(store_site_write(&site), &t, &tag_id, &site.err));
    store_site_commit(&site);
    struct tag got_tag;
    OK(store_tag(store_site_read(&site), &site.arena, tag_id, &got_tag, &site.err));
    CHECK_STR(got_tag.taxonomy, "boats");
    struct author got_author;
    OK(store_author(store_site_read(&site), &site.arena, author_id, &got_author, &site.err));
    CHECK_INT(got_author.user_id, user_id);
    struct user got_user;
    OK(store_user(store_site_read(&site), &site.arena, STR("ada"), &got_user, &site.err));
    CHECK_INT(got_user.role, USER_EDITOR);
    CHECK_INT(store_user(store_site_read(&site), &site.arena, STR("eve"), &got_user, NULL),
              STATUS_NOT_FOUND);
    struct media got_media;
    OK(store_media(store_site_read(&site), &site.arena, media_id, &got_media, &site.err));
    CHECK_STR(got_media.alt, "A ferry");
    CHECK_INT(store_media_next(store_site_read(&site), 0, &id, &site.err), STATUS_OK);
    CHECK_INT(store_media_next(store_site_read(&site), id, &id, NULL), STATUS_NOT_FOUND);
    t.id = tag_id;
    t.path = STR("/tag/g/");
    OK(store_tag_put(store_site_write(&site), &t, &tag_id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "row:tag:1 path:/tag/g/ path:/tag/f/");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_comments_show_the_approved_oldest_first) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    int64_t story = put(&site, &s), first, second;
    struct comment c = { .story_id = story,
                         .author = STR("A reader"),
                         .kind = STR("comment"),
                         .body = { STR("<p>Aye.</p>") },
                         .created_us = NOON };
    OK(store_comment_put(store_site_write(&site), &c, &first, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    c.state = COMMENT_APPROVED;
    c.created_us--;
    OK(store_comment_put(store_site_write(&site), &c, &second, &site.err));
    c.id = first;
    c.created_us++;
    OK(store_comment_put(store_site_write(&site), &c, &first, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "comments:1 all-comments");
    struct comments all;
    OK(store_comments(store_site_read(&site), &site.arena, story, 10, &all, &site.err));
    CHECK_INT(all.len, 2);
    CHECK_INT(all.ptr[0].id, second);
    int64_t count = 0;
    OK(store_comment_count(store_site_read(&site), story, &count, &site.err));
    CHECK_INT(count, 2);
    OK(store_newest_comments(store_site_read(&site), &site.arena, 0, 1, &all, &site.err));
    CHECK_INT(all.len, 1);
    CHECK_INT(all.ptr[0].id, first);
    c.id = 0;
    c.story_id = 99;
    CHECK_INT(store_comment_put(store_site_write(&site), &c, &second, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    store_site_close(&site);
}

TEST(store_counts_what_readers_wrote_and_no_pingbacks) {
    struct store_site site;
    store_site_open(&site);
    struct story a = make_story("/a/", NOON), b = make_story("/b/", NOON);
    int64_t first = put(&site, &a), other = put(&site, &b), count = -1;
    struct comment c = { .story_id = first, .kind = STR("pingback"), .state = COMMENT_APPROVED };
    OK(store_comment_put(store_site_write(&site), &c, &c.id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "comments:1");
    OK(store_comment_count(store_site_read(&site), first, &count, &site.err));
    CHECK_INT(count, 0);
    /* It becomes one, goes to another story, and is taken down. */
    c.kind = STR("");
    OK(store_comment_put(store_site_write(&site), &c, &c.id, &site.err));
    c.story_id = other;
    OK(store_comment_put(store_site_write(&site), &c, &c.id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "comments:1 all-comments comments:2");
    OK(store_comment_count(store_site_read(&site), first, &count, &site.err));
    CHECK_INT(count, 0);
    OK(store_comment_count(store_site_read(&site), other, &count, &site.err));
    CHECK_INT(count, 1);
    c.state = COMMENT_SPAM;
    OK(store_comment_put(store_site_write(&site), &c, &c.id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "comments:2 all-comments");
    OK(store_comment_count(store_site_read(&site), other, &count, &site.err));
    CHECK_INT(count, 0);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_journal_is_read_from_a_place_that_is_kept) {
    struct store_site site;
    store_site_open(&site);
    int64_t seq = 0, last = 0;
    bool forgotten = true;
    struct keys keys;
    keys_init(&keys);
    CHECK_INT(store_cursor(store_site_read(&site), STR("hub"), &seq, NULL), STATUS_NOT_FOUND);
    OK(store_journal_last(store_site_read(&site), &last, &site.err));
    CHECK_INT(last, 0);
    struct story a = make_story("/a/", NOON), b = make_story("/b/", NOON);
    int64_t first = put(&site, &a);
    OK(store_journal_last(store_site_read(&site), &last, &site.err));
    CHECK_INT(last, 1);
    /* Keeping a place is no change of the site. */
    OK(store_cursor_put(store_site_write(&site), STR("hub"), last, &site.err));
    site.touched = STR("");
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    (void)put(&site, &b);
    OK(store_story_withdraw(store_site_write(&site), first, NOON, &site.err));
    store_site_commit(&site);
    OK(store_cursor(store_site_read(&site), STR("hub"), &seq, &site.err));
    CHECK_INT(seq, 1);
    OK(store_journal_since(store_site_read(&site), seq, &keys, &last, &forgotten, &site.err));
    CHECK_INT(last, 3);
    CHECK(!forgotten);
    CHECK(keys_has(&keys, STR("story:1")) && keys_has(&keys, STR("story:2")) &&
          keys_has(&keys, STR("path:/b/")) && !keys_has(&keys, STR("path:/a/")));
    keys_reset(&keys);
    OK(store_journal_since(store_site_read(&site), 3, &keys, &last, &forgotten, &site.err));
    CHECK_INT(last, 3);
    CHECK_INT(keys.list.len, 0);
    OK(store_cursor_put(store_site_write(&site), STR("hub"), -1, &site.err));
    store_site_commit(&site);
    CHECK_INT(store_cursor(store_site_read(&site), STR("hub"), &seq, NULL), STATUS_NOT_FOUND);
    keys_done(&keys);
    store_site_close(&site);
}

TEST(store_slots_menus_and_top_pages) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/about/", NOON);
    s.kind = STORY_PAGE;
    s.menu_order = 2;
    s.id = put(&site, &s);
    CHECK_STR(site.touched,
              "path:/about/ slug:a-story search story:1 sitemap:pages:1 sitemaps roll:pages pages");
    s.headline = STR("About us");
    put(&site, &s);
    CHECK_STR(site.touched, "search story:1");
    struct ids ids;
    OK(store_top_pages(store_site_read(&site), &site.arena, 9, &ids, &site.err));
    CHECK_INT(ids.len, 1);
    OK(store_slot_put(store_site_write(&site), STR("dont-miss"), ids, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "slot:dont-miss");
    OK(store_slot_put(store_site_write(&site), STR("dont-miss"), ids, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    OK(store_slot(store_site_read(&site), &site.arena, STR("dont-miss"), &ids, &site.err));
    CHECK_INT(ids.len, 1);
    struct menu_item items[] = {
        { .label = STR("About"), .target = MENU_STORY, .target_id = s.id, .parent = -1 },
        { .label = STR("Out"), .url = STR("https://example.org/"), .parent = 0 }
    };
    struct menu menu = { items, 2 };
    OK(store_menu_put(store_site_write(&site), STR("primary"), &menu, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "menu:primary");
    OK(store_menu(store_site_read(&site), &site.arena, STR("primary"), &menu, &site.err));
    CHECK_INT(menu.len, 2);
    CHECK_INT(menu.ptr[1].parent, 0);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

static void check_metas(struct store_site *site, enum meta_kind kind, int64_t id, const char *key) {
    const struct setting metas[] = { { STR("_old"), STR("1") },
                                     { STR("a"), STR("") },
                                     { STR("_old"), STR("2") } };
    struct settings all;
    struct str value;
    OK(store_metas_put(store_site_write(site), kind, id, metas, 3, &site->err));
    store_site_commit(site);
    CHECK_STR(site->touched, key);
    OK(store_metas_put(store_site_write(site), kind, id, metas, 3, &site->err));
    store_site_commit(site);
    CHECK_STR(site->touched, "");
    OK(store_meta(store_site_read(site), &site->arena, kind, id, STR("_old"), &value, &site->err));
    CHECK_STR(value, "1");
    CHECK_INT(site->noted.list.len, 1);
    CHECK(keys_has(&site->noted, str_of(key)));
    OK(store_meta(store_site_read(site), &site->arena, kind, id, STR("a"), &value, &site->err));
    CHECK(value.ptr != NULL && value.len == 0);
    OK(store_meta(store_site_read(site), &site->arena, kind, id, STR("no"), &value, &site->err));
    CHECK(value.ptr == NULL);
    OK(store_metas(store_site_read(site), &site->arena, kind, id, &all, &site->err));
    REQUIRE(all.len == 3);
    CHECK_STR(all.ptr[1].key, "a");
    CHECK_STR(all.ptr[2].value, "2");
    OK(store_metas(store_site_read(site), &site->arena, kind, 99, &all, &site->err));
    CHECK_INT(all.len, 0);
    CHECK_INT(store_metas_put(store_site_write(site), kind, 99, metas, 3, NULL), STATUS_NOT_FOUND);
    store_site_commit(site);
    CHECK_STR(site->touched, "");
}

TEST(store_metas_of_everything) {
    struct store_site site;
    store_site_open(&site);
    struct story first = make_story("/a/", NOON), s = make_story("/b/", NOON);
    int64_t tag, author, media, comment;
    put(&site, &first);
    int64_t story = put(&site, &s);
    int64_t section = store_site_section(&site, 0, "News", "/news/");
    struct store_writer *w = store_site_write(&site);
    OK(store_tag_put(w, &(struct tag){ .name = STR("T") }, &tag, &site.err));
    OK(store_author_put(w, &(struct author){ .name = STR("A") }, &author, &site.err));
    OK(store_media_put(w, &(struct media){ .alt = STR("M") }, &media, &site.err));
    /* A held one, which readers do not see, has metas all the same. */
    struct comment held = { .story_id = story, .kind = STR("comment") };
    OK(store_comment_put(w, &held, &comment, &site.err));
    store_site_commit(&site);
    check_metas(&site, META_STORY, story, "story:2");
    check_metas(&site, META_MEDIA, media, "media:1");
    check_metas(&site, META_SECTION, section, "row:section:1");
    check_metas(&site, META_TAG, tag, "row:tag:1");
    check_metas(&site, META_AUTHOR, author, "row:author:1");
    check_metas(&site, META_COMMENT, comment, "comments:2");
    /* Those who read the metas of a comment hear that it went elsewhere. */
    held = (struct comment){ .id = comment, .story_id = 1, .kind = STR("comment") };
    OK(store_comment_put(store_site_write(&site), &held, &comment, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "comments:2");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_imports) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    int64_t id = put(&site, &s);
    struct str source = STR("https://example.org");
    struct import_entry entry = { id, UINT64_MAX - 3 };
    OK(store_import_put(store_site_write(&site), source, STR("post"), STR("7"), entry, &site.err));
    OK(store_import_task_put(store_site_write(&site), source, STR("links"), id, STR("x"),
                             &site.err));
    OK(store_import_task_put(store_site_write(&site), source, STR("links"), id, STR("y"),
                             &site.err));
    struct store_reader *inside = store_writer_reader(store_site_write(&site));
    OK(store_import_get(inside, source, STR("post"), STR("7"), &entry, &site.err));
    CHECK(entry.hash == UINT64_MAX - 3);
    store_site_commit(&site);
    struct import_task task;
    OK(store_import_task_next(store_site_read(&site), &site.arena, source, 0, &task, &site.err));
    CHECK_STR(task.text, "x");
    OK(store_import_task_done(store_site_write(&site), task.seq, &site.err));
    store_site_commit(&site);
    OK(store_import_task_next(store_site_read(&site), &site.arena, source, 0, &task, &site.err));
    CHECK_STR(task.text, "y");
    CHECK_INT(
        store_import_task_next(store_site_read(&site), &site.arena, source, task.seq, &task, NULL),
        STATUS_NOT_FOUND);
    CHECK_INT(store_import_get(store_site_read(&site), source, STR("post"), STR("8"), &entry, NULL),
              STATUS_NOT_FOUND);
    store_site_close(&site);
}

TEST(store_rollback_leaves_nothing) {
    struct store_site site;
    store_site_open(&site);
    struct story s = make_story("/a/", NOON);
    int64_t id;
    OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    CHECK(keys_has(store_write_touched(store_site_write(&site)), STR("latest")));
    store_write_rollback(store_site_write(&site));
    site.writer = NULL;
    CHECK_INT(store_story_next(store_site_read(&site), 0, &id, NULL), STATUS_NOT_FOUND);
    CHECK_STR(site.touched, "");
    store_site_close(&site);
}

TEST(store_too_many_keys_become_the_site) {
    struct store_site site;
    store_site_open(&site);
    char key[32];
    for (int i = 0; i < KEYS_TOUCHED_MAX + 1; i++) {
        snprintf(key, sizeof key, "day:%d", i);
        store_touch(store_site_write(&site), str_of(key));
    }
    store_site_commit(&site);
    CHECK_STR(site.touched, "site");
    store_site_close(&site);
}
