#include "store/desk.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/staff.h"
#include "tests/harness.h"
#include "tests/store_site.h"

#include <stdio.h>

#define NOW (INT64_C(1700000000) * US_PER_SECOND)

static int64_t put_user(struct store_site *site, const char *login) {
    struct user user = { .login = str_of(login), .name = STR("N"), .role = USER_EDITOR };
    int64_t id = 0;
    OK(store_user_put(store_site_write(site), &user, &id, &site->err));
    return id;
}

static struct story draft(struct store_site *site, int i) {
    struct arena *a = &site->arena;
    return (struct story){ .headline = arena_printf(a, "Ferry %d", i),
                           .slug = STR("ferry"),
                           .body = { arena_printf(a, "<p>Text number %d of the ferry.</p>", i) },
                           .created_us = NOW };
}

TEST(store_saves_with_a_version_and_refuses_a_stale_one) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada"), id = 0, again;
    struct story s = draft(&site, 1);
    OK(store_story_save(store_site_write(&site), &s, 0, ada, NOW, &id, &site.err));
    s = draft(&site, 2);
    s.id = id;
    OK(store_story_save(store_site_write(&site), &s, 1, ada, NOW + 1, &again, &site.err));
    CHECK_INT(again, id);
    store_site_commit(&site);
    s.headline = STR("Overtaken");
    struct err err = { 0 };
    CHECK_INT(store_story_save(store_site_write(&site), &s, 1, ada, NOW + 2, &again, &err),
              STATUS_CONFLICT);
    CHECK(strstr(err.message, "version 1 was read, 2 is there") != NULL);
    /* The transaction goes on. */
    OK(store_story_save(store_site_write(&site), &s, 2, ada, NOW + 2, &again, &site.err));
    s.id = 99;
    CHECK_INT(store_story_save(store_site_write(&site), &s, 1, ada, NOW, &again, NULL),
              STATUS_NOT_FOUND);
    store_site_commit(&site);
    struct story got;
    OK(store_story(store_site_read(&site), &site.arena, id, STORY_FULL, &got, &site.err));
    CHECK_STR(got.headline, "Overtaken");
    CHECK_INT(got.version, 3);
    store_site_close(&site);
}

TEST(store_revisions_keep_what_was_said) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada"), id;
    /* It came without revisions, as by an import. */
    struct story s = draft(&site, 1);
    OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    s = draft(&site, 2);
    s.id = id;
    OK(store_story_save(store_site_write(&site), &s, 0, ada, NOW + 2, &id, &site.err));
    /* Nothing that a revision keeps. */
    s.sticky = true;
    OK(store_story_save(store_site_write(&site), &s, 0, ada, NOW + 3, &id, &site.err));
    OK(store_story_save(store_site_write(&site), &s, 0, ada, NOW + 4, &id, &site.err));
    store_site_commit(&site);
    struct revisions all;
    OK(store_revisions(store_site_read(&site), &site.arena, id, &all, &site.err));
    REQUIRE(all.len == 2);
    CHECK_STR(all.ptr[0].headline, "Ferry 2");
    CHECK(all.ptr[0].user_id == ada && all.ptr[0].version == 2 && all.ptr[0].created_us == NOW + 2);
    CHECK(all.ptr[1].user_id == 0 && all.ptr[1].version == 1 && all.ptr[1].created_us == NOW);
    struct revision r;
    OK(store_revision(store_site_read(&site), &site.arena, all.ptr[1].id, &r, &site.err));
    CHECK_STR(r.body.raw, "<p>Text number 1 of the ferry.</p>");
    CHECK_STR(r.headline, "Ferry 1");
    OK(store_revision_remove(store_site_write(&site), r.id, &site.err));
    CHECK_INT(store_revision_remove(store_site_write(&site), r.id, NULL), STATUS_NOT_FOUND);
    OK(store_user_remove(store_site_write(&site), ada, &site.err));
    store_site_commit(&site);
    OK(store_revisions(store_site_read(&site), &site.arena, id, &all, &site.err));
    CHECK(all.len == 1 && all.ptr[0].user_id == 0);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

/* An hour of saves each minute, a year ago; then one a day; then a busy minute. */
TEST(store_revisions_are_thinned_where_they_stand_close) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada"), id = 0;
    int64_t at = NOW;
    for (int i = 0; i < 300; i++) {
        struct story s = draft(&site, i);
        s.id = id;
        at += i < 60 ? 60 * US_PER_SECOND : i < 270 ? US_PER_DAY : US_PER_SECOND;
        OK(store_story_save(store_site_write(&site), &s, 0, ada, at, &id, &site.err));
    }
    store_site_commit(&site);
    struct revisions all;
    OK(store_revisions(store_site_read(&site), &site.arena, id, &all, &site.err));
    REQUIRE(all.len == LIMIT_REVISIONS);
    for (size_t i = 0; i < LIMIT_REVISIONS_NEWEST; i++) {
        CHECK_INT(all.ptr[i].version, 300 - (int64_t)i);
    }
    CHECK_INT(all.ptr[all.len - 1].version, 1);
    int64_t widest = 0;
    for (size_t i = 1; i < all.len; i++) {
        int64_t gap = all.ptr[i - 1].created_us - all.ptr[i].created_us;
        widest = gap > widest ? gap : widest;
    }
    CHECK(widest <= 8 * US_PER_DAY); /* 210 days in some 70 revisions */
    struct revision r;
    OK(store_revision(store_site_read(&site), &site.arena, all.ptr[40].id, &r, &site.err));
    char expected[64];
    snprintf(expected, sizeof expected, "<p>Text number %d of the ferry.</p>", (int)r.version - 1);
    CHECK_STR(r.body.raw, expected);
    store_site_close(&site);
}

TEST(store_autosaves_are_one_of_each_user_and_story) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada"), bo = put_user(&site, "bo"), id;
    struct story s = draft(&site, 1);
    OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    struct autosave save = { .story_id = id,
                             .user_id = ada,
                             .version = 1,
                             .saved_us = NOW,
                             .headline = STR("H"),
                             .standfirst = STR("S"),
                             .body = { STR("<p>a\xff b</p>") } };
    OK(store_autosave_put(store_site_write(&site), &save, &site.err));
    save.body.raw = STR("");
    save.user_id = bo;
    OK(store_autosave_put(store_site_write(&site), &save, &site.err));
    OK(store_autosave_put(store_site_write(&site), &save, &site.err));
    save.story_id = 77;
    CHECK_INT(store_autosave_put(store_site_write(&site), &save, NULL), STATUS_NOT_FOUND);
    save.story_id = id;
    save.user_id = 77;
    CHECK_INT(store_autosave_put(store_site_write(&site), &save, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    OK(store_autosave(store_site_read(&site), &site.arena, id, ada, &save, &site.err));
    CHECK_STR(save.body.raw, "<p>a\xff b</p>");
    CHECK(save.version == 1 && save.saved_us == NOW);
    /* Who saves is done with his own. */
    s = draft(&site, 2);
    s.id = id;
    OK(store_story_save(store_site_write(&site), &s, 1, ada, NOW, &id, &site.err));
    store_site_commit(&site);
    CHECK_INT(store_autosave(store_site_read(&site), &site.arena, id, ada, &save, NULL),
              STATUS_NOT_FOUND);
    OK(store_autosave(store_site_read(&site), &site.arena, id, bo, &save, &site.err));
    CHECK_STR(save.body.raw, "");
    OK(store_autosave_remove(store_site_write(&site), id, bo, &site.err));
    store_site_commit(&site);
    CHECK_INT(store_autosave(store_site_read(&site), &site.arena, id, bo, &save, NULL),
              STATUS_NOT_FOUND);
    store_site_close(&site);
}

TEST(store_locks_are_taken_kept_and_taken_over) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada"), bo = put_user(&site, "bo"), id;
    struct story s = draft(&site, 1);
    OK(store_story_put(store_site_write(&site), &s, &id, &site.err));
    struct story_lock lock;
    struct store_writer *w = store_site_write(&site);
    CHECK_INT(store_lock(store_writer_reader(w), id, NOW, &lock, NULL), STATUS_NOT_FOUND);
    OK(store_lock_take(w, id, ada, false, NOW, &lock, &site.err));
    CHECK(lock.user_id == ada && lock.expires_us == NOW + LIMIT_LOCK_S * US_PER_SECOND);
    CHECK_INT(store_lock_take(w, id, bo, false, NOW + 1, &lock, NULL), STATUS_CONFLICT);
    CHECK_INT(lock.user_id, ada);
    /* A sign of life. */
    OK(store_lock_take(w, id, ada, false, NOW + 100 * US_PER_SECOND, &lock, &site.err));
    CHECK_INT(lock.since_us, NOW);
    CHECK_INT(store_lock_take(w, id, bo, false, NOW + 200 * US_PER_SECOND, &lock, NULL),
              STATUS_CONFLICT);
    /* It ended. */
    OK(store_lock_take(w, id, bo, false, NOW + 300 * US_PER_SECOND, &lock, &site.err));
    CHECK(lock.user_id == bo && lock.since_us == NOW + 300 * US_PER_SECOND);
    OK(store_lock_take(w, id, ada, true, NOW + 301 * US_PER_SECOND, &lock, &site.err));
    CHECK_INT(lock.user_id, ada);
    OK(store_lock_free(w, id, bo, &site.err));
    OK(store_lock(store_writer_reader(w), id, NOW + 302 * US_PER_SECOND, &lock, &site.err));
    OK(store_lock_free(w, id, ada, &site.err));
    CHECK_INT(store_lock(store_writer_reader(w), id, NOW, &lock, NULL), STATUS_NOT_FOUND);
    CHECK_INT(store_lock_take(w, 99, ada, false, NOW, &lock, NULL), STATUS_NOT_FOUND);
    CHECK_INT(store_lock_take(w, id, 99, false, NOW, &lock, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    CHECK_STR(site.touched, "story:1");
    store_site_close(&site);
}
