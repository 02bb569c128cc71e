#include "store/staff.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tests/harness.h"
#include "tests/store_site.h"

#include <stdio.h>

#define NOW (INT64_C(1700000000) * US_PER_SECOND)

static int64_t put_user(struct store_site *site, const char *login, enum user_role role) {
    struct user user = { .login = str_of(login), .name = STR("N"), .role = role };
    int64_t id = 0;
    OK(store_user_put(store_site_write(site), &user, &id, &site->err));
    return id;
}

TEST(store_users_are_kept_and_removed_with_all_they_have) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada", USER_EDITOR), bo = put_user(&site, "bo", USER_AUTHOR);
    struct author author = { .user_id = ada, .name = STR("Ada"), .path = STR("/author/ada/") };
    int64_t author_id, id;
    OK(store_author_put(store_site_write(&site), &author, &author_id, &site.err));
    struct session session = {
        .user_id = ada, .hash = STR("h1"), .created_us = NOW, .expires_us = NOW + 1
    };
    OK(store_session_put(store_site_write(&site), &session, &id, &site.err));
    OK(store_guard_put(store_site_write(&site), ada, 30, NOW, &site.err));
    store_site_commit(&site);
    struct user user;
    OK(store_user_get(store_site_read(&site), &site.arena, bo, &user, &site.err));
    CHECK_STR(user.login, "bo");
    CHECK_INT(store_user_next(store_site_read(&site), ada, &id, &site.err), STATUS_OK);
    CHECK_INT(id, bo);
    CHECK_INT(store_user_next(store_site_read(&site), bo, &id, NULL), STATUS_NOT_FOUND);
    user.is_disabled = true;
    user.password_us = NOW;
    user.created_us = NOW - 1;
    OK(store_user_put(store_site_write(&site), &user, &id, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    OK(store_user(store_site_read(&site), &site.arena, STR("bo"), &user, &site.err));
    CHECK(user.is_disabled && user.password_us == NOW && user.created_us == NOW - 1);
    OK(store_user_remove(store_site_write(&site), ada, &site.err));
    CHECK_INT(store_user_remove(store_site_write(&site), ada, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    CHECK_STR(site.touched, "row:author:1");
    OK(store_author(store_site_read(&site), &site.arena, author_id, &author, &site.err));
    CHECK_INT(author.user_id, 0);
    CHECK_INT(store_session(store_site_read(&site), &site.arena, STR("h1"), &session, NULL),
              STATUS_NOT_FOUND);
    struct sign_in_guards guards;
    OK(store_guards(store_site_read(&site), &site.arena, 10, &guards, &site.err));
    CHECK_INT(guards.len, 0);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_sessions_begin_end_and_are_bounded) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada", USER_EDITOR), bo = put_user(&site, "bo", USER_EDITOR), id,
            first = 0, last = 0, n;
    for (int i = 0; i < LIMIT_SESSIONS + 5; i++) {
        char hash[16];
        snprintf(hash, sizeof hash, "a%d", i);
        struct session s = { .user_id = ada,
                             .hash = str_of(hash),
                             .created_us = NOW,
                             .seen_us = NOW,
                             .expires_us = NOW + US_PER_DAY,
                             .address = STR("192.0.2.0"),
                             .agent = STR("Browser") };
        OK(store_session_put(store_site_write(&site), &s, &last, &site.err));
        first = first ? first : last;
    }
    struct session s = { .user_id = bo, .hash = STR("b"), .created_us = NOW, .expires_us = NOW };
    OK(store_session_put(store_site_write(&site), &s, &id, &site.err));
    s.user_id = 99;
    s.hash = STR("c");
    CHECK_INT(store_session_put(store_site_write(&site), &s, &id, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    CHECK_STR(site.touched, "");
    struct sessions all;
    OK(store_sessions(store_site_read(&site), &site.arena, ada, &all, &site.err));
    CHECK_INT(all.len, LIMIT_SESSIONS);
    CHECK_INT(all.ptr[0].id, last);
    CHECK_STR(all.ptr[0].agent, "Browser");
    CHECK_INT(store_session(store_site_read(&site), &site.arena, STR("a0"), &s, NULL),
              STATUS_NOT_FOUND);
    OK(store_session_seen(store_site_write(&site), last, NOW + 5, &site.err));
    OK(store_session_seen(store_site_write(&site), last, NOW + 3, &site.err));
    CHECK_INT(store_session_end(store_site_write(&site), bo, last, NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    OK(store_session(store_site_read(&site), &site.arena, all.ptr[0].hash, &s, &site.err));
    CHECK_INT(s.seen_us, NOW + 5);
    OK(store_sessions_end(store_site_write(&site), ada, last, &n, &site.err));
    CHECK_INT(n, LIMIT_SESSIONS - 1);
    OK(store_session_end(store_site_write(&site), ada, last, &site.err));
    /* One that has expired goes when the next begins. */
    s = (struct session){
        .user_id = bo, .hash = STR("d"), .created_us = NOW + 1, .expires_us = NOW + 9
    };
    OK(store_session_put(store_site_write(&site), &s, &id, &site.err));
    store_site_commit(&site);
    OK(store_sessions(store_site_read(&site), &site.arena, bo, &all, &site.err));
    CHECK_INT(all.len, 1);
    store_site_close(&site);
}

TEST(store_keys_are_kept_by_user_and_kind) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada", USER_EDITOR), bo = put_user(&site, "bo", USER_EDITOR), id,
            n;
    struct access_key key = { .user_id = ada,
                              .kind = ACCESS_PASSWORD,
                              .hash = STR("h"),
                              .uuid = STR("u"),
                              .app_id = STR("app"),
                              .name = STR("Telephone"),
                              .scopes = 63,
                              .created_us = NOW,
                              .expires_us = NOW + 7 };
    OK(store_access_put(store_site_write(&site), &key, &id, &site.err));
    CHECK_INT(store_access_rename(store_site_write(&site), bo, id, STR("x"), NULL),
              STATUS_NOT_FOUND);
    OK(store_access_rename(store_site_write(&site), ada, id, STR("Tablet"), &site.err));
    OK(store_access_used(store_site_write(&site), id, NOW + 1, STR("192.0.2.0"), &site.err));
    store_site_commit(&site);
    struct access_key got;
    OK(store_access(store_site_read(&site), &site.arena, STR("h"), &got, &site.err));
    CHECK_STR(got.name, "Tablet");
    CHECK_STR(got.used_from, "192.0.2.0");
    CHECK(got.used_us == NOW + 1 && got.expires_us == NOW + 7 && got.scopes == 63 &&
          got.kind == ACCESS_PASSWORD && got.user_id == ada);
    struct access_keys all;
    OK(store_access_keys(store_site_read(&site), &site.arena, ada, ACCESS_TOKEN, &all, &site.err));
    CHECK_INT(all.len, 0);
    for (int i = 1; i < LIMIT_ACCESS_KEYS; i++) {
        char hash[16];
        snprintf(hash, sizeof hash, "k%d", i);
        key.hash = str_of(hash);
        OK(store_access_put(store_site_write(&site), &key, &n, &site.err));
    }
    key.hash = STR("too many");
    CHECK_INT(store_access_put(store_site_write(&site), &key, &n, NULL), STATUS_TOO_LARGE);
    CHECK_INT(store_access_remove(store_site_write(&site), bo, id, NULL), STATUS_NOT_FOUND);
    OK(store_access_remove(store_site_write(&site), ada, id, &site.err));
    OK(store_access_remove_all(store_site_write(&site), ada, ACCESS_PASSWORD, &n, &site.err));
    CHECK_INT(n, LIMIT_ACCESS_KEYS - 1);
    store_site_commit(&site);
    store_site_close(&site);
}

TEST(store_second_factors_take_a_step_once) {
    struct store_site site;
    store_site_open(&site);
    int64_t ada = put_user(&site, "ada", USER_EDITOR);
    struct second_factor f = { .secret = STR("sealed"), .confirmed_us = NOW, .last_step = 5 };
    CHECK_INT(store_second_factor_remove(store_site_write(&site), ada, NULL), STATUS_NOT_FOUND);
    OK(store_second_factor_put(store_site_write(&site), ada, &f, &site.err));
    CHECK_INT(store_second_factor_step(store_site_write(&site), ada, 5, NULL), STATUS_CONFLICT);
    OK(store_second_factor_step(store_site_write(&site), ada, 6, &site.err));
    CHECK_INT(store_second_factor_step(store_site_write(&site), ada, 6, NULL), STATUS_CONFLICT);
    const struct str hashes[] = { STR_INIT("r1"), STR_INIT("r2") };
    OK(store_recovery_put(store_site_write(&site), ada, hashes, 2, &site.err));
    OK(store_recovery_use(store_site_write(&site), ada, STR("r1"), &site.err));
    CHECK_INT(store_recovery_use(store_site_write(&site), ada, STR("r1"), NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    OK(store_second_factor(store_site_read(&site), &site.arena, ada, &f, &site.err));
    CHECK(f.last_step == 6 && f.codes_left == 1 && f.confirmed_us == NOW);
    OK(store_second_factor_remove(store_site_write(&site), ada, &site.err));
    CHECK_INT(store_recovery_use(store_site_write(&site), ada, STR("r2"), NULL), STATUS_NOT_FOUND);
    store_site_commit(&site);
    store_site_close(&site);
}

/* ---- the audit ---- */

static void write_as(struct store_site *site, int64_t user_id, int64_t now_us) {
    const struct audit_actor actor = { .user_id = user_id,
                                       .who = STR("ada"),
                                       .way = "session",
                                       .address = STR("192.0.2.0"),
                                       .now_us = now_us };
    store_write_as(store_site_write(site), &actor);
}

static struct audit_entries audit(struct store_site *site, struct audit_filter filter, size_t n) {
    struct audit_entries entries = { 0 };
    OK(store_audit_read(store_site_read(site), &site->arena, &filter, n, &entries, &site->err));
    return entries;
}

TEST(store_audit_has_an_entry_of_every_change_by_somebody) {
    struct store_site site;
    store_site_open(&site);
    /* By nobody in particular: none. */
    store_site_section(&site, 0, "News", "/news/");
    OK(store_audit(store_site_write(&site), "x", "y", 1, STR(""), &site.err));
    store_site_commit(&site);
    CHECK_INT(audit(&site, (struct audit_filter){ 0 }, 10).len, 0);
    /* By a verb that leaves none of its own. */
    write_as(&site, 7, NOW);
    int64_t tag = store_site_tag(&site, "Ferries", "/tag/ferries/");
    /* By one that does. */
    write_as(&site, 7, NOW + 1);
    struct tag gulls = { .name = STR("Gulls"), .path = STR("/tag/gulls/") };
    OK(store_tag_put(store_site_write(&site), &gulls, &tag, &site.err));
    OK(store_audit(store_site_write(&site), "make", "tag", tag, STR("{\"name\":\"Gulls\"}"),
                   &site.err));
    store_site_commit(&site);
    /* What was rolled back did not happen. */
    write_as(&site, 8, NOW + 2);
    OK(store_audit(store_site_write(&site), "make", "tag", 9, STR(""), &site.err));
    store_write_rollback(site.writer);
    site.writer = NULL;
    /* Nothing was changed. */
    write_as(&site, 8, NOW + 3);
    store_site_commit(&site);
    struct audit_entries all = audit(&site, (struct audit_filter){ 0 }, 10);
    REQUIRE(all.len == 2);
    CHECK_STR(all.ptr[0].action, "make");
    CHECK_STR(all.ptr[0].object_kind, "tag");
    CHECK_INT(all.ptr[0].object_id, tag);
    CHECK_STR(all.ptr[0].summary, "{\"name\":\"Gulls\"}");
    CHECK_STR(all.ptr[0].who, "ada");
    CHECK_STR(all.ptr[0].way, "session");
    CHECK_STR(all.ptr[0].address, "192.0.2.0");
    CHECK_INT(all.ptr[0].at_us, NOW + 1);
    CHECK_STR(all.ptr[1].action, "change");
    CHECK(str_find(all.ptr[1].summary, STR("row:tag:1"), 0) != STR_NPOS);
    store_site_close(&site);
}

TEST(store_audit_is_paged_and_forgotten) {
    struct store_site site;
    store_site_open(&site);
    OK(store_setting_put(store_site_write(&site), STR("audit_days"), STR("10"), &site.err));
    for (int64_t i = 0; i < 30; i++) {
        write_as(&site, 1 + i % 2, NOW + i * US_PER_DAY);
        OK(store_audit(store_site_write(&site), "save", "story", i % 3 + 1, STR(""), &site.err));
    }
    store_site_commit(&site);
    int64_t before = 0;
    size_t seen = 0;
    for (;;) {
        struct audit_entries page = audit(&site, (struct audit_filter){ .before_id = before }, 4);
        for (size_t i = 0; i < page.len; i++) {
            CHECK(before == 0 || page.ptr[i].id < before);
            before = page.ptr[i].id;
        }
        seen += page.len;
        if (page.len == 0) {
            break;
        }
    }
    CHECK_INT(seen, 11);
    struct audit_entries some = audit(&site, (struct audit_filter){ .user_id = 2 }, 100);
    CHECK_INT(some.len, 6);
    some = audit(&site, (struct audit_filter){ .object_kind = STR("story"), .object_id = 3 }, 100);
    CHECK_INT(some.len, 4);
    for (size_t i = 0; i < some.len; i++) {
        CHECK_INT(some.ptr[i].object_id, 3);
    }
    store_site_close(&site);
}

TEST(store_audit_cuts_long_summaries_between_characters) {
    struct store_site site;
    store_site_open(&site);
    struct buf long_text;
    buf_init(&long_text, 1u << 20);
    for (int i = 0; i < LIMIT_AUDIT_SUMMARY_BYTES; i++) {
        buf_put(&long_text, STR("€"));
    }
    write_as(&site, 1, NOW);
    OK(store_audit(store_site_write(&site), "save", "story", 1, buf_str(&long_text), &site.err));
    store_site_commit(&site);
    struct audit_entries all = audit(&site, (struct audit_filter){ 0 }, 1);
    REQUIRE(all.len == 1);
    CHECK_INT(all.ptr[0].summary.len, LIMIT_AUDIT_SUMMARY_BYTES / 3 * 3);
    buf_done(&long_text);
    store_site_close(&site);
}
