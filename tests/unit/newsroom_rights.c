#include "newsroom/rights.h"

#include "base/buf.h"
#include "base/io.h"
#include "tests/harness.h"
#include "tests/store_site.h"

#include <stdio.h>

static struct viewer viewer_as(enum user_role role) {
    return (
        struct viewer){ .user_id = 1, .role = role, .way = VIEWER_SESSION, .scopes = SCOPE_ALL };
}

TEST(rights_of_a_role_include_those_of_the_roles_below) {
    for (int right = 0; right < RIGHTS; right++) {
        for (int role = USER_CONTRIBUTOR; role < USER_CHIEF; role++) {
            if (right_reach((enum right)right, (enum user_role)role) >
                right_reach((enum right)right, (enum user_role)(role + 1))) {
                test_fail(__FILE__, __LINE__, "%s: a %s may more than a %s",
                          right_name((enum right)right), role_name((enum user_role)role),
                          role_name((enum user_role)(role + 1)));
            }
        }
        CHECK_INT(right_reach((enum right)right, USER_CHIEF), REACH_ALL);
    }
}

TEST(rights_are_nobodys_by_default) {
    const struct viewer nobody = { 0 };
    const struct viewer no_id = { .way = VIEWER_SESSION, .scopes = SCOPE_ALL, .role = USER_CHIEF };
    const struct viewer no_way = { .user_id = 1, .scopes = SCOPE_ALL, .role = USER_CHIEF };
    for (int right = 0; right < RIGHTS; right++) {
        const struct right_object own = { .is_own = true, .is_draft = true };
        CHECK(!right_allows(&nobody, (enum right)right, own));
        CHECK(!right_allows_some(&nobody, (enum right)right));
        CHECK(!right_allows(&no_id, (enum right)right, own));
        CHECK(!right_allows(&no_way, (enum right)right, own));
    }
}

TEST(rights_reach_as_far_as_the_table_says) {
    for (int right = 0; right < RIGHTS; right++) {
        for (int role = USER_CONTRIBUTOR; role <= USER_CHIEF; role++) {
            struct viewer v = viewer_as((enum user_role)role);
            enum right r = (enum right)right;
            enum reach reach = right_reach(r, v.role);
            CHECK(right_allows(&v, r, (struct right_object){ 0 }) == (reach == REACH_ALL));
            CHECK(right_allows(&v, r, (struct right_object){ .is_draft = true }) ==
                  (reach == REACH_ALL));
            CHECK(right_allows(&v, r, (struct right_object){ .is_own = true }) ==
                  (reach >= REACH_OWN));
            CHECK(right_allows(&v, r, (struct right_object){ .is_own = true, .is_draft = true }) ==
                  (reach >= REACH_OWN_DRAFTS));
            CHECK(right_allows_some(&v, r) == (reach > REACH_NONE));
            CHECK(right_allows_all(&v, r) == (reach == REACH_ALL));
        }
    }
}

TEST(rights_of_a_token_end_with_its_scopes) {
    for (int right = 0; right < RIGHTS; right++) {
        for (unsigned scopes = 0; scopes <= SCOPE_ALL; scopes++) {
            struct viewer v = viewer_as(USER_CHIEF);
            v.way = VIEWER_TOKEN;
            v.scopes = scopes;
            CHECK(right_allows_some(&v, (enum right)right) ==
                  ((scopes & right_scope((enum right)right)) != 0));
        }
    }
}

TEST(rights_stand_in_the_docs_as_in_the_table) {
    static const char *const reaches[] = { "–", "own drafts", "own", "all" };
    struct buf doc;
    buf_init(&doc, 1u << 20);
    struct err err = { 0 };
    REQUIRE(io_read_file(test_path("docs/identity.md"), &doc, &err) == STATUS_OK);
    for (int i = 0; i < RIGHTS; i++) {
        struct arena a = { 0 };
        enum right right = (enum right)i;
        struct str scope = scopes_text(&a, right_scope(right));
        struct str line = arena_printf(
            &a, "| `%s` | %s | `%.*s` | %s | %s | %s | %s |\n", right_name(right),
            right_what(right), STR_FMT(scope), reaches[right_reach(right, USER_CONTRIBUTOR)],
            reaches[right_reach(right, USER_AUTHOR)], reaches[right_reach(right, USER_EDITOR)],
            reaches[right_reach(right, USER_CHIEF)]);
        if (str_find(buf_str(&doc), line, 0) == STR_NPOS) {
            test_fail(__FILE__, __LINE__, "docs/identity.md lacks: %s", line.ptr);
        }
        arena_done(&a);
    }
    buf_done(&doc);
}

TEST(roles_have_wordpress_names_both_ways) {
    for (int i = USER_CONTRIBUTOR; i <= USER_CHIEF; i++) {
        enum user_role role;
        CHECK(role_find(str_of(role_name((enum user_role)i)), &role) && (int)role == i);
        CHECK(role_find_wordpress(str_of(role_wordpress_name((enum user_role)i)), &role) &&
              (int)role == i);
    }
    enum user_role role;
    CHECK(!role_find_wordpress(STR("subscriber"), &role));
    CHECK(!role_find(STR(""), &role));
}

TEST(scopes_are_read_and_written) {
    struct arena a = { 0 };
    unsigned scopes = 99;
    CHECK(scopes_parse(STR(" write,read  media "), &scopes));
    CHECK_INT(scopes, SCOPE_READ | SCOPE_WRITE | SCOPE_MEDIA);
    CHECK_STR(scopes_text(&a, scopes), "read write media");
    CHECK(scopes_parse(STR("all"), &scopes) && scopes == SCOPE_ALL);
    CHECK(!scopes_parse(STR(""), &scopes) && !scopes_parse(STR("read fly"), &scopes));
    CHECK_INT(scopes, SCOPE_ALL);
    arena_done(&a);
}

TEST(rights_know_whose_a_story_is) {
    struct store_site site;
    store_site_open(&site);
    struct user user = { .login = STR("ada"), .name = STR("Ada"), .role = USER_AUTHOR };
    int64_t user_id, author_id;
    OK(store_user_put(store_site_write(&site), &user, &user_id, &site.err));
    struct author author = { .user_id = user_id, .name = STR("Ada"), .path = STR("/author/ada/") };
    OK(store_author_put(store_site_write(&site), &author, &author_id, &site.err));
    int64_t other = store_site_author(&site, "Bo", "/author/bo/");
    store_site_commit(&site);
    const int64_t both[] = { other, author_id };
    struct viewer v = viewer_as(USER_AUTHOR);
    v.user_id = user_id;
    struct right_object o;
    struct story s = { .state = STORY_DRAFT, .authors = { both, 2 } };
    OK(right_object_story(store_site_read(&site), &v, &s, 0, &o, &site.err));
    CHECK(o.is_own && o.is_draft);
    s.authors.len = 1;
    s.state = STORY_PUBLISHED;
    OK(right_object_story(store_site_read(&site), &v, &s, user_id, &o, &site.err));
    CHECK(!o.is_own && !o.is_draft);
    s.authors.len = 0;
    s.state = STORY_TRASHED;
    OK(right_object_story(store_site_read(&site), &v, &s, user_id, &o, &site.err));
    CHECK(o.is_own && o.is_draft);
    const struct viewer nobody = { 0 };
    OK(right_object_story(store_site_read(&site), &nobody, &s, 0, &o, &site.err));
    CHECK(!o.is_own);
    store_site_close(&site);
}
