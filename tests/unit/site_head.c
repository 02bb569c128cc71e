#include "tests/fixture.h"
#include "tests/harness.h"

#include "newsroom/authors.h"

#include <jansson.h>

static struct str between(struct str text, const char *from, const char *to) {
    size_t begin = str_find(text, str_of(from), 0);
    if (begin == STR_NPOS) {
        return STR("");
    }
    begin += strlen(from);
    size_t end = str_find(text, str_of(to), begin);
    return end == STR_NPOS ? STR("") : str_slice(text, begin, end);
}

static bool has(struct str text, const char *what) {
    return str_find(text, str_of(what), 0) != STR_NPOS;
}

/* The graph's first node of the type; NULL: none. Borrows *ret_root, which the caller frees. */
static json_t *node_of(struct str html, const char *type, json_t **ret_root) {
    struct str text = between(html, "<script type=\"application/ld+json\">", "</script>");
    *ret_root = json_loadb(text.ptr, text.len, 0, NULL);
    json_t *node;
    size_t i;
    json_array_foreach(json_object_get(*ret_root, "@graph"), i, node) {
        if (strcmp(json_string_value(json_object_get(node, "@type")), type) == 0) {
            return node;
        }
    }
    return NULL;
}

static const char *text_of(const json_t *node, const char *key) {
    const char *text = json_string_value(json_object_get(node, key));
    return text ? text : "";
}

/* Whatever stands in a headline, the script element ends where it should and the words come back.
 */
TEST(head_keeps_any_words_inside_the_script) {
    static const char *const headlines[] = {
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]> & &amp; \"quotes\" 'single' \\ back",
        "line\xe2\x80\xa8separator\xe2\x80\xa9paragraph",
        "\xe6\xb8\xa1\xe3\x81\x97\xe8\x88\xb9 \xf0\x9f\x9a\xa2 \xd8\xa7\xd9\x84\xd8\xb9",
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(headlines); i++) {
        struct story story = fixture_story(&f, f.stories[12]);
        story.headline = str_of(headlines[i]);
        fixture_put(&f, &story);
        struct str html = fixture_body(&f, "/2022/03/12/headline-12/");
        json_t *root;
        json_t *article = node_of(html, "NewsArticle", &root);
        CHECK_STR(str_of(text_of(article, "headline")), headlines[i]);
        struct str script = between(html, "ld+json\">", "</script>");
        CHECK(!has(script, "<") && !has(script, "\xe2\x80\xa8") && !has(script, "\xe2\x80\xa9"));
        json_decref(root);
    }
    fixture_close(&f);
}

TEST(head_describes_what_has_no_description) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[12]);
    story.standfirst = STR("");
    story.seo_description = STR("");
    fixture_put(&f, &story);
    struct str words = between(fixture_body(&f, "/2022/03/12/headline-12/"),
                               "name=\"description\" content=\"", "\"");
    CHECK(str_starts(words, STR("w1 w2 w3 ")) && str_ends(words, STR(" w40")));
    /* 40 words in a script without spaces, too; of what is no word, 300 characters are enough. */
    struct buf long_text;
    buf_init(&long_text, 64u << 10);
    for (int i = 0; i < 900; i++) {
        buf_put(&long_text, STR("\xe6\xb8\xa1"));
    }
    story.standfirst = buf_str(&long_text);
    fixture_put(&f, &story);
    words = between(fixture_body(&f, "/2022/03/12/headline-12/"), "name=\"description\" content=\"",
                    "\"");
    CHECK_INT(words.len, 120);
    buf_reset(&long_text);
    for (int i = 0; i < 900; i++) {
        buf_put(&long_text, STR("é"));
    }
    story.standfirst = buf_str(&long_text);
    fixture_put(&f, &story);
    words = between(fixture_body(&f, "/2022/03/12/headline-12/"), "name=\"description\" content=\"",
                    "\"");
    CHECK_INT(words.len, 600);
    buf_done(&long_text);
    fixture_set(&f, "tagline", "");
    CHECK(has(fixture_body(&f, "/"), "content=\"The latest stories from The Test Courier.\""));
    CHECK(has(fixture_body(&f, "/author/tom/"), "content=\"Stories by Tom Brill in The Test"));
    CHECK(has(fixture_body(&f, "/2022/03/"), "content=\"March 2022: what The Test Courier"));
    fixture_close(&f);
}

TEST(head_says_what_must_not_be_found) {
    static const struct {
        const char *key, *robots;
    } cases[] = {
        { "/", "max-image-preview:large" },
        { "/2022/03/12/headline-12/", "max-image-preview:large" },
        { "/category/world/", "max-image-preview:large" },
        { "/category/empty/", "noindex" },
        { "/2022/03/20/secret-locked/", "noindex" },
        { "error:404", "noindex" },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(between(fixture_body(&f, cases[i].key), "name=\"robots\" content=\"", "\""),
                  cases[i].robots);
    }
    fixture_close(&f);
}

static enum status change(struct fixture *f, int64_t id, const struct author_change *change,
                          struct err *err) {
    struct store_writer *w;
    check(store_write_begin(f->store, &w, NULL) == STATUS_OK);
    enum status status = authors_change(w, id, change, err);
    check(store_write_commit(w, NULL) == STATUS_OK);
    return status;
}

TEST(authors_are_told_of_as_they_wish) {
    struct fixture f;
    struct err err = { 0 };
    fixture_open(&f);
    struct author_change all = {
        .name = STR("Tom <Brill>"),
        .biography = STR("First.\n\nSecond,\nstill second."),
        .website = STR("https://www.tom.example/"),
        .profiles = STR("https://a.example/tom  http://b.example/tom"),
        .fediverse = STR("@tom@social.example"),
        .has_media = true,
        .media_id = f.image,
    };
    REQUIRE(change(&f, f.tom, &all, &err) == STATUS_OK);
    struct str html = fixture_body(&f, "/author/tom/");
    CHECK(has(html, "<p>First.</p>") && has(html, "<p>Second, still second.</p>"));
    CHECK(has(html, ">tom.example</a>") && has(html, ">a.example</a>") && has(html, ">b.example<"));
    CHECK(has(html, "property=\"og:type\" content=\"profile\""));
    json_t *root;
    json_t *person = json_object_get(node_of(html, "ProfilePage", &root), "mainEntity");
    CHECK_STR(str_of(text_of(person, "name")), "Tom <Brill>");
    CHECK_INT(json_array_size(json_object_get(person, "sameAs")), 3);
    CHECK_INT(json_integer_value(json_object_get(json_object_get(person, "image"), "width")), 1200);
    json_decref(root);
    CHECK(has(fixture_body(&f, "/2022/03/12/headline-12/"),
              "name=\"fediverse:creator\" content=\"@tom@social.example\""));

    struct author_change less = { .website = STR(""), .has_media = true };
    REQUIRE(change(&f, f.tom, &less, &err) == STATUS_OK);
    html = fixture_body(&f, "/author/tom/");
    CHECK(!has(html, "www.tom.example") && has(html, ">a.example</a>"));
    CHECK(has(html, "<p>First.</p>"));
    person = json_object_get(node_of(html, "ProfilePage", &root), "mainEntity");
    CHECK(json_object_get(person, "image") == NULL);
    json_decref(root);
    fixture_close(&f);
}

TEST(authors_refuse_what_is_no_address) {
    static const struct author_change bad[] = {
        { .name = STR_INIT(" ") },
        { .website = STR_INIT("javascript:alert(1)") },
        { .website = STR_INIT("/here/") },
        { .profiles = STR_INIT("https://a.example/ data:text/html,x") },
        { .fediverse = STR_INIT("@tom") },
        { .fediverse = STR_INIT("tom@social.example") },
        { .fediverse = STR_INIT("@tom@social.example@x") },
        { .fediverse = STR_INIT("@@social.example") },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { 0 };
        CHECK_INT(change(&f, f.tom, &bad[i], &err), STATUS_INVALID);
        CHECK(err.message[0] != '\0');
    }
    fixture_close(&f);
}

/* What an import left as an address may be anything. */
TEST(authors_link_to_the_web_only) {
    struct fixture f;
    fixture_open(&f);
    struct store_writer *w;
    REQUIRE(store_write_begin(f.store, &w, NULL) == STATUS_OK);
    const struct setting metas[] = {
        { STR(AUTHOR_CAP_WEBSITE), STR("javascript:alert(1)") },
        { STR(AUTHOR_PROFILE), STR("HTTPS://Good.example/\"><b>") },
        { STR(AUTHOR_PROFILE), STR("https://fine.example/?a=1&b=2") },
    };
    REQUIRE(store_metas_put(w, META_AUTHOR, f.tom, metas, COUNT_OF(metas), NULL) == STATUS_OK);
    REQUIRE(store_write_commit(w, NULL) == STATUS_OK);
    struct str html = fixture_body(&f, "/author/tom/");
    CHECK(!has(html, "javascript:") && !has(html, "\"><b>"));
    CHECK(has(html, "href=\"https://fine.example/?a&#x3D;1&amp;b&#x3D;2\""));
    fixture_close(&f);
}

TEST(head_shows_the_logo_that_is_set) {
    struct fixture f;
    fixture_open(&f);
    fixture_set(&f, "logo", "/wp-content/uploads/ferry.jpg");
    fixture_set(&f, "twitter_site", "@courier");
    fixture_set(&f, "same_as", "https://a.example/  https://b.example/");
    struct str html = fixture_body(&f, "/");
    json_t *root;
    json_t *paper = node_of(html, "NewsMediaOrganization", &root);
    CHECK_STR(str_of(text_of(json_object_get(paper, "logo"), "url")),
              "https://courier.example/wp-content/uploads/ferry.jpg");
    CHECK_INT(json_array_size(json_object_get(paper, "sameAs")), 2);
    json_decref(root);
    CHECK(has(html, "name=\"twitter:site\" content=\"@courier\""));
    fixture_set(&f, "logo", "/wp-content/uploads/gone.jpg");
    paper = node_of(fixture_body(&f, "/"), "NewsMediaOrganization", &root);
    CHECK(strstr(text_of(json_object_get(paper, "logo"), "url"), "icon-512.png") != NULL);
    json_decref(root);
    fixture_close(&f);
}
