#include "tests/fixture.h"
#include "tests/harness.h"

#include "base/io.h"

/* Write a file of the site's own theme. */
static void put_file(struct fixture *f, const char *folder, const char *name, const char *text) {
    struct err err = { 0 };
    struct str dir = arena_printf(&f->arena, "%s/theme/%s", store_dir(f->store), folder);
    CHECK_INT(io_make_dirs(dir.ptr, &err), STATUS_OK);
    CHECK_INT(io_write_file(arena_printf(&f->arena, "%.*s/%s", STR_FMT(dir), name).ptr,
                            str_of(text), &err),
              STATUS_OK);
}

static bool shows(struct fixture *f, const char *key, const char *what) {
    return str_find(fixture_body(f, key), str_of(what), 0) != STR_NPOS;
}

/* Simplified characters are no wording for those who read the others. */
TEST(look_speaks_a_language_in_its_script) {
    static const struct {
        const char *language, *latest;
    } cases[] = {
        { "de-AT", "Aktuelles aus" }, { "zh-CN", "最新" },          { "zh-Hans-HK", "最新" },
        { "zh-TW", "Latest from" },   { "zh-Hant", "Latest from" }, { "pt-BR", "Latest from" },
    };
    struct fixture f;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_set(&f, "language", cases[i].language);
        if (!shows(&f, "/2022/03/14/headline-14/", cases[i].latest)) {
            test_fail(__FILE__, __LINE__, "%s: no '%s'", cases[i].language, cases[i].latest);
        }
    }
    fixture_close(&f);
}

TEST(look_takes_the_files_of_the_site_before_those_of_the_theme) {
    struct fixture f;
    fixture_open(&f);
    put_file(&f, "", "latest.hbs", "<aside>{{t \"latest_from\" section=name}}!</aside>");
    put_file(&f, "partials", "byline.hbs", "<b>{{> mark}}{{#each authors}}{{label}}{{/each}}</b>");
    put_file(&f, "partials", "mark.hbs", "by ");
    put_file(&f, "", "style.css",
             "/* gone */ p  :is(a) {\n\n  content: \"/* stays  */\"; --x: ;\n}\n");
    put_file(&f, "", "custom.css", "/* last */ b { background: url(assets/logo.png#x) }");
    put_file(&f, "", "favicon.svg", "<svg/>");
    put_file(&f, "assets", "logo.png", "PNG");
    put_file(&f, "", "inline.js", "/* gone, too */\nf()\n");
    put_file(&f, "", ".hidden.hbs", "{{never read}}");
    fixture_reopen(&f);
    const char *key = "/2022/03/12/headline-12/";
    CHECK(shows(&f, key, "<aside>Latest from Harbour!</aside>"));
    CHECK(shows(&f, key, "<b>by Tom Brill</b>"));
    CHECK(shows(&f, key, "<style>\np :is(a){content:\"/* stays  */\";--x: }</style><style>\nb{"));
    CHECK(shows(&f, key, "b{background:url(/assets/") && shows(&f, key, "/logo.png#x)"));
    CHECK(shows(&f, key, "<script>f()</script>"));
    CHECK(shows(&f, key, "Go to Top")); /* the rest is the theme's */
    fixture_close(&f);
}

TEST(look_has_a_style_sheet_more_for_the_pages_of_a_template) {
    struct fixture f;
    fixture_open(&f);
    put_file(&f, "", "style.css", "p { --all: 1 }");
    put_file(&f, "", "story.css", "p { --story: 1 }");
    put_file(&f, "", "other.css", "p { --other: 1 }");
    fixture_reopen(&f);
    const char *key = "/2022/03/12/headline-12/";
    CHECK(shows(&f, key, "--all") && shows(&f, key, "</style><style>\np{--story"));
    CHECK(shows(&f, "/", "--all") && !shows(&f, "/", "--story") && shows(&f, "/", ".lead-story"));
    CHECK(!shows(&f, key, "--other") && !shows(&f, key, ".lead-story"));
    fixture_close(&f);
}

TEST(look_words_itself_in_the_language_of_the_site) {
    struct fixture f;
    fixture_open(&f);
    put_file(&f, "strings", "de.json",
             "{\"go_to_top\": \"Nach oben\","
             " \"reading_time\": {\"one\": \"{n} Minute\", \"other\": \"{n} Minuten\"}}");
    put_file(&f, "strings", "en.json", "{\"dont_miss\": \"Read on\"}");
    fixture_reopen(&f);
    const char *key = "/2022/03/12/headline-12/";
    CHECK(shows(&f, key, ">Go to Top<") && shows(&f, key, ">Read on<"));
    fixture_set(&f, "language", "de-AT");
    CHECK(shows(&f, key, "<html lang=\"de-AT\" dir=\"ltr\""));
    CHECK(shows(&f, key, ">Nach oben<") && shows(&f, key, ">1 Minute<"));
    CHECK(shows(&f, key, ">Nicht verpassen<") && shows(&f, key, ">Vorheriger Artikel<"));
    CHECK(shows(&f, key, ">12. März 2022<"));
    fixture_set(&f, "language", "pl");
    CHECK(shows(&f, key, ">Read on<") && shows(&f, key, ">Previous Story<"));
    CHECK(shows(&f, key, ">12 marca 2022<"));
    fixture_set(&f, "language", "ar");
    CHECK(shows(&f, key, "<html lang=\"ar\" dir=\"rtl\""));
    fixture_close(&f);
}

TEST(look_says_what_is_wrong_with_a_theme) {
    static const struct {
        const char *folder, *name, *text, *said;
    } cases[] = {
        { "", "latest.hbs", "<p>\n{{nam}}", "theme/latest.hbs:2:" },
        { "", "story.hbs", "{{#if story}}", "theme/story.hbs:" },
        { "", "dont-miss.hbs", "{{> crad}}", "theme/dont-miss.hbs:1:" },
        { "strings", "en.json", "{\"a\": ", "theme/strings/en.json" },
        { "", "style.css", "p {} </StYle>", "theme/style.css:1:6: " },
        { "", "custom.css", "p {\n", "theme/custom.css:1:3: " },
        { "", "style.css", "p { background: url(none.png) }", "theme/style.css:1:" },
        { "", "latest.hbs", "\n{{asset \"none.png\"}}", "theme/latest.hbs:2:9: " },
        /* A fragment that includes one would be a page's part that depends on what it does not
         * name. */
        { "", "footer.hbs", "{{fragment \"masthead\"}}", "theme/footer.hbs:1:1: " },
        { "", "error.hbs", "{{fragment \"lates\" section=0}}", "did you mean \"latest\"?" },
        { "", "error.hbs", "{{fragment \"latest\"}}", "wants \"section\"" },
        { "", "error.hbs", "{{fragment \"latest\" section=0 but=1}}", "takes 1 parameter" },
        { "", "error.hbs", "{{fragment title}}", "written out" },
        { "", "front.css", "p {} </StYle>", "theme/front.css" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;
        fixture_open(&f);
        put_file(&f, cases[i].folder, cases[i].name, cases[i].text);
        struct site *site = NULL;
        struct err err = { 0 };
        CHECK_INT(site_open(f.store, NULL, &site, &err), STATUS_INVALID);
        CHECK(site == NULL);
        CHECK(strstr(err.message, cases[i].said) != NULL);
        fixture_close(&f);
    }
}
