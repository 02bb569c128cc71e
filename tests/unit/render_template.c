/* The engine on C structs. What it makes of handlebars' language is compared with handlebars.js by
 * tests/templates.mjs. */
#include "render/template.h"

#include "tests/harness.h"

#include <pthread.h>

struct section {
    int64_t id;
    struct str name;
};

static const struct field section_fields[] = {
    FIELD_INT(struct section, id),
    FIELD_STR(struct section, name),
};
static const struct type section_type = TYPE("section", struct section, section_fields);

struct card {
    struct str headline;
    struct html excerpt;
    const struct section *section;
    bool lead;
};

static const struct field card_fields[] = {
    FIELD_STR(struct card, headline),
    FIELD_HTML(struct card, excerpt),
    FIELD_OBJECT(struct card, section, &section_type),
    FIELD_BOOL(struct card, lead),
};
static const struct type card_type = TYPE("card", struct card, card_fields);

struct page {
    struct str title;
    struct card story;
    struct list cards; /* of struct card */
    struct list tags;  /* of struct str */
    double score;
};

static const struct field page_fields[] = {
    FIELD_STR(struct page, title),
    FIELD_STRUCT(struct page, story, &card_type),
    FIELD_LIST(struct page, cards, &card_type),
    FIELD_STRS(struct page, tags),
    FIELD_FLOAT(struct page, score),
};
static const struct type page_type = TYPE("page", struct page, page_fields);

static const struct section harbour = { 7, STR_INIT("Harbour") };
static const struct card cards[] = {
    { STR_INIT("Ferry & quay"), { STR_INIT("<b>Late</b>") }, &harbour, true },
    { STR_INIT("No section"), { STR_INIT("") }, NULL, false },
};
static const struct str tags[] = { STR_INIT("sea"), STR_INIT("<wind>") };
static const struct page page = {
    .title = STR_INIT("Front"),
    .story = { STR_INIT("Own"), { STR_INIT("<i>x</i>") }, &harbour, false },
    .cards = { cards, COUNT_OF(cards) },
    .tags = { tags, COUNT_OF(tags) },
    .score = 0.5,
};

static const struct template_entry page_entries[] = { { .name = "main", .root = &page_type },
                                                      { .name = NULL } };
static const struct template_rules page_rules = { .entries = page_entries };

/* Compile "main" and the other sources on a page, and run it. */
static void check_run(const char *file, int line, const char *text, const char *partial,
                      const char *expected) {
    struct template_source sources[] = {
        { STR("main"), str_of(text), STR("themes/x/main.hbs") },
        { STR("partials/card"), str_of(partial), STR("themes/x/partials/card.hbs") },
    };
    struct theme *theme = NULL;
    struct err err = { 0 };
    struct buf out;
    buf_init(&out, 1 << 20);
    if (theme_compile(sources, 2, &page_rules, &theme, &err) == STATUS_OK) {
        struct template_sink sink = { .out = &out };
        if (template_run(theme, theme_find(theme, STR("main")), &page, NULL, &sink, &err)) {
            buf_reset(&out);
        }
        theme_free(theme);
    }
    if (err.status != STATUS_OK) {
        buf_put(&out, str_of(err.message));
    }
    test_check_str(file, line, text, buf_str(&out), expected);
    buf_done(&out);
}
#define CHECK_RUN(text, expected) check_run(__FILE__, __LINE__, text, "", expected)
#define CHECK_PARTIAL(text, partial, expected)                                                     \
    check_run(__FILE__, __LINE__, text, partial, expected)

TEST(template_shows_structs) {
    CHECK_RUN("{{title}} {{score}} {{story.headline}}", "Front 0.5 Own");
    CHECK_RUN("{{#each cards}}{{headline}}/{{section.name}};{{/each}}",
              "Ferry &amp; quay/Harbour;No section/;");
    CHECK_RUN("{{#each tags as |t i|}}{{i}}{{t}}{{#unless @last}},{{/unless}}{{/each}}",
              "0sea,1&lt;wind&gt;");
    CHECK_RUN("{{#each cards}}{{{excerpt}}}|{{excerpt}}|{{lead}};{{/each}}",
              "<b>Late</b>|<b>Late</b>|true;||false;");
    CHECK_RUN("{{cards.length}} {{lookup cards.[0] \"headline\"}}", "2 Ferry &amp; quay");
}

TEST(template_takes_absent_for_false) {
    CHECK_RUN("{{#each cards}}{{#if section}}{{section.id}}{{else}}-{{/if}}{{/each}}", "7-");
    CHECK_RUN("{{#each cards}}{{#with section}}{{name}}{{else}}-{{/with}}{{/each}}", "Harbour-");
    CHECK_RUN("{{#each cards}}{{#if excerpt}}yes{{else}}no{{/if}} {{/each}}", "yes no ");
}

TEST(template_partials_take_contexts) {
    CHECK_PARTIAL("{{#each cards}}{{> card}}{{/each}}", "{{headline}};",
                  "Ferry &amp; quay;No section;");
    CHECK_PARTIAL("{{> card story size=\"big\"}}", "{{headline}} {{size}} {{@root.title}}",
                  "Own big Front");
}

TEST(template_names_are_checked) {
    CHECK_RUN("one\n  {{titel}}",
              "themes/x/main.hbs:2:5: there is no \"titel\" in page; did you mean \"title\"?");
    CHECK_RUN("{{#each cards}}{{section.nam}}{{/each}}",
              "themes/x/main.hbs:1:18: there is no \"nam\" in section; did you mean \"name\"?");
    CHECK_RUN("{{#if title}}{{else}}{{nonsense}}{{/if}}",
              "themes/x/main.hbs:1:24: there is no \"nonsense\" in page");
    CHECK_RUN(
        "{{#each cards as |card|}}{{card.headlin}}{{/each}}",
        "themes/x/main.hbs:1:28: there is no \"headlin\" in card; did you mean \"headline\"?");
    CHECK_RUN("{{#each cards}}{{../titl}}{{/each}}",
              "themes/x/main.hbs:1:18: there is no \"titl\" in page; did you mean \"title\"?");
    CHECK_RUN("{{@root.titl}}",
              "themes/x/main.hbs:1:3: there is no \"titl\" in page; did you mean \"title\"?");
    CHECK_RUN("{{title.bytes}}", "themes/x/main.hbs:1:3: there is no \"bytes\" in text");
    CHECK_RUN("{{../title}}",
              "themes/x/main.hbs:1:3: there is no ../ here: a template sees nothing "
              "above what it is called with");
    CHECK_RUN("{{@indx}}", "themes/x/main.hbs:1:3: there is no @indx; did you mean \"index\"?");
    CHECK_RUN("{{lookup story \"headlnie\"}}", "themes/x/main.hbs:1:1: there is no \"headlnie\" in "
                                               "card; did you mean \"headline\"?");
}

TEST(template_kinds_are_checked) {
    CHECK_RUN("{{{title}}}", "themes/x/main.hbs:1:1: \"title\" is text: only safe HTML goes out "
                             "unescaped; write {{title}}");
    CHECK_RUN("{{cards}}",
              "themes/x/main.hbs:1:1: \"cards\" is a list of card and cannot be printed");
    CHECK_RUN("{{story}}", "themes/x/main.hbs:1:1: \"story\" is card and cannot be printed");
    CHECK_RUN("{{#each title}}{{/each}}",
              "themes/x/main.hbs:1:1: each walks over lists and objects; \"title\" is text");
    CHECK_RUN("{{#if title as |t|}}{{t}}{{/if}}",
              "themes/x/main.hbs:1:23: this block parameter has no value: only each and with give "
              "one");
}

TEST(template_helpers_and_partials_are_checked) {
    CHECK_RUN("{{uper title}}", "themes/x/main.hbs:1:3: there is no helper \"uper\"");
    CHECK_RUN("{{#iff title}}{{/iff}}",
              "themes/x/main.hbs:1:4: there is no helper \"iff\"; did you mean \"if\"?");
    CHECK_RUN("{{> crad}}",
              "themes/x/main.hbs:1:1: there is no partial \"crad\"; did you mean \"card\"?");
    CHECK_PARTIAL("{{#each cards}}\n{{> card section}}{{/each}}", "\n {{headline}}",
                  "themes/x/partials/card.hbs:2:4: there is no \"headline\" in section\n"
                  "themes/x/main.hbs:2:1: called here");
    CHECK_PARTIAL("{{> card story wide=true}}", "{{#if wyde}}{{/if}}",
                  "themes/x/partials/card.hbs:1:7: there is no \"wyde\" in card; did you mean "
                  "\"wide\"?\nthemes/x/main.hbs:1:1: called here");
    /* In one context a name is known, in the other it is not. */
    CHECK_PARTIAL("{{> card story}}{{#with story.section}}{{> card}}{{/with}}", "{{headline}}",
                  "themes/x/partials/card.hbs:1:3: there is no \"headline\" in section\n"
                  "themes/x/main.hbs:1:40: called here");
}

TEST(template_layouts_are_checked) {
    CHECK_PARTIAL("{{#> card}}{{titel}}{{/card}}", "<p>{{> @partial-block}}</p>",
                  "themes/x/main.hbs:1:14: there is no \"titel\" in page; did you mean \"title\"?\n"
                  "themes/x/partials/card.hbs:1:4: called here");
    CHECK_PARTIAL("{{#> card}}{{#*inline \"head\"}}[{{title}}]{{/inline}}{{title}}{{/card}}",
                  "{{> head}}<p>{{> @partial-block}}</p>", "[Front]<p>Front</p>");
    CHECK_PARTIAL("{{#> card story}}{{#*inline \"head\"}}[{{title}}]{{/inline}}{{/card}}",
                  "{{> head}}",
                  "themes/x/main.hbs:1:40: there is no \"title\" in card\n"
                  "themes/x/partials/card.hbs:1:1: called here");
    CHECK_PARTIAL("{{#> card}}{{/card}}", "{{#> head}}none{{/head}}", "none");
}

TEST(template_syntax_errors_have_a_place) {
    CHECK_RUN("a\n{{#if title}}",
              "themes/x/main.hbs:2:14: the template ends where a closing tag is "
              "expected");
    CHECK_RUN("{{#if title}}{{/each}}", "themes/x/main.hbs:1:14: {{/each}} closes {{#if}}");
    CHECK_RUN("{{title", "themes/x/main.hbs:1:3: the template ends where a name is expected");
    CHECK_RUN("é{{a.this}}", "themes/x/main.hbs:1:6: invalid path: a.this");
    CHECK_RUN("\xff", "themes/x/main.hbs: not UTF-8 text");
    CHECK_RUN("{{* deco}}",
              "themes/x/main.hbs:1:1: there are no decorators but {{#*inline \"name\"}}");
}

TEST(template_recursion_has_an_end) {
    CHECK_PARTIAL("{{> card}}", "{{title}}{{> card}}",
                  "themes/x/partials/card.hbs:1:10: \"card\" is the partial number 65 within one "
                  "another: does it call itself without end?");
    CHECK_PARTIAL("{{> card}}", "{{#> card}}{{> @partial-block}}{{/card}}{{#> card}}{{/card}}",
                  "themes/x/partials/card.hbs:1:1: partials call one another in too many ways to "
                  "check them all\nthemes/x/partials/card.hbs:1:1: called here");
}

/* Fragments and helpers ---------------------------------------------------------------------- */

struct cut {
    struct buf *out;
    struct buf log;
};

static void log_fragment(void *ctx, struct str kind, const struct fragment_param *params,
                         size_t params_len) {
    struct cut *cut = ctx;
    buf_printf(&cut->log, "%zu:%.*s", cut->out->len, STR_FMT(kind));
    for (size_t i = 0; i < params_len; i++) {
        buf_printf(&cut->log, "/%.*s:", STR_FMT(params[i].name));
        value_string(&cut->log, params[i].value);
    }
    buf_put_char(&cut->log, ';');
}

static enum status shout(void *ctx, struct template_call *call, struct err *err) {
    struct value times = template_named(call, "times");
    if (template_arg(call, 0).str.len == 0) {
        return err_set(err, STATUS_INVALID, "nothing to shout");
    }
    buf_put(call->out, template_arg(call, 0).str);
    for (int64_t i = 0; i < (times.kind == VALUE_INT ? times.integer : *(int *)ctx); i++) {
        buf_put_char(call->out, '!');
    }
    return STATUS_OK;
}

static enum status headline(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    const struct card *card = call->args[0].object;
    buf_put(call->out, STR("<h1>"));
    html_escape(call->out, card->headline);
    buf_put(call->out, STR("</h1>"));
    return STATUS_OK;
}

static const struct helper helpers[] = {
    { .name = "shout",
      .run = shout,
      .returns = VALUE_STR,
      .args = { { .name = "text", .kind = VALUE_STR } },
      .args_min = 1,
      .named = { { .name = "times", .kind = VALUE_INT } } },
    { .name = "headline",
      .run = headline,
      .returns = VALUE_HTML,
      .args = { { .name = "card", .kind = VALUE_OBJECT, .type = &card_type } },
      .args_min = 1 },
    { .name = NULL },
};

static const struct template_rules helper_rules = { .entries = page_entries, .helpers = helpers };

static void check_helpers(const char *file, int line, const char *text, const char *expected) {
    struct template_source sources[] = {
        { STR("main"), str_of(text), STR("") },
        { STR("layout"), STR("<{{> @partial-block}}>\n"), STR("") },
    };
    struct theme *theme = NULL;
    struct err err = { 0 };
    struct buf out;
    buf_init(&out, 1 << 20);
    struct cut cut = { .out = &out };
    buf_init(&cut.log, 1 << 20);
    int marks = 1;
    if (theme_compile(sources, 2, &helper_rules, &theme, &err) == STATUS_OK) {
        struct template_sink sink = { .out = &out, .fragment = log_fragment, .ctx = &cut };
        if (template_run(theme, theme_find(theme, STR("main")), &page, &marks, &sink, &err)) {
            buf_reset(&out);
        }
        theme_free(theme);
    }
    buf_put(&out, str_of(err.message));
    if (cut.log.len > 0) {
        buf_put_char(&out, '|');
        buf_put(&out, buf_str(&cut.log));
    }
    test_check_str(file, line, text, buf_str(&out), expected);
    buf_done(&cut.log);
    buf_done(&out);
}
#define CHECK_HELPERS(text, expected) check_helpers(__FILE__, __LINE__, text, expected)

TEST(template_fragments_cut_the_output) {
    CHECK_HELPERS("ab{{fragment \"latest\" section=story.section.id but=title}}cd",
                  "abcd|2:latest/section:7/but:Front;");
    CHECK_HELPERS(
        "{{#> layout}}x{{#each cards}}{{fragment \"card\" id=section.id}}{{/each}}{{/layout}}",
        "<x>\n|2:card/id:7;2:card/id:undefined;");
    CHECK_HELPERS("a\n  {{#*inline \"p\"}}\n{{fragment \"f\"}}\n{{/inline}}\n  {{> p}}\nb",
                  "a\n  \nb|4:f;");
    CHECK_HELPERS("{{fragment \"latest\" section=story}}",
                  "main:1:1: the fragment's \"section\" is to be text or a number, not card");
    CHECK_HELPERS("{{shout (fragment \"latest\")}}",
                  "main:1:9: a fragment is no value: {{fragment …}}");
    CHECK_HELPERS("{{fragmnt \"latest\"}}",
                  "main:1:3: there is no helper \"fragmnt\"; did you mean \"fragment\"?");
}

TEST(template_helpers_are_called) {
    CHECK_HELPERS("{{shout title}} {{shout \"<\" times=3}}", "Front! &lt;!!!");
    CHECK_HELPERS("{{shout (shout title) times=2}} {{shout 7}}", "Front!!! 7!");
    CHECK_HELPERS("{{headline story}}{{#each cards}}{{headline this}}{{/each}}",
                  "<h1>Own</h1><h1>Ferry &amp; quay</h1><h1>No section</h1>");
    CHECK_HELPERS("{{shout}}", "main:1:1: shout wants the argument \"text\"");
    CHECK_HELPERS("{{shout title title}}", "main:1:1: shout takes 1 argument, not 2");
    CHECK_HELPERS("{{shout title tims=1}}",
                  "main:1:20: shout takes no \"tims\"; did you mean \"times\"?");
    CHECK_HELPERS("{{shout story}}", "main:1:1: shout: \"text\" is to be text, not card");
    CHECK_HELPERS("{{headline story.section}}",
                  "main:1:1: headline: \"card\" is to be card, not section");
    CHECK_HELPERS("{{#shout title}}{{/shout}}", "main:1:1: shout is no block: {{shout}}");
    CHECK_HELPERS("a{{shout \"\"}}", "main:1:2: shout: nothing to shout");
}

TEST(template_output_is_limited) {
    struct template_source source = { STR("main"), STR("{{title}}{{title}}"), STR("") };
    struct theme *theme;
    struct err err = { 0 };
    REQUIRE(theme_compile(&source, 1, &page_rules, &theme, &err) == STATUS_OK);
    struct buf out;
    buf_init(&out, 7);
    struct template_sink sink = { .out = &out };
    CHECK_INT(template_run(theme, 0, &page, NULL, &sink, &err), STATUS_TOO_LARGE);
    buf_done(&out);
    theme_free(theme);
}

static void *run_often(void *arg) {
    const struct theme *theme = arg;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (int i = 0; i < 500; i++) {
        struct template_sink sink = { .out = &out };
        struct err err = { 0 };
        buf_reset(&out);
        CHECK_INT(template_run(theme, 0, &page, NULL, &sink, &err), STATUS_OK);
        CHECK_STR(buf_str(&out), "Front: Ferry &amp; quay Harbour; No section ;");
    }
    buf_done(&out);
    return NULL;
}

TEST(template_runs_in_many_threads) {
    struct template_source sources[] = {
        { STR("main"), STR("{{title}}:{{#each cards}} {{> card place=section.name}};{{/each}}"),
          STR("") },
        { STR("card"), STR("{{headline}} {{place}}"), STR("") },
    };
    struct theme *theme;
    struct err err = { 0 };
    REQUIRE(theme_compile(sources, 2, &page_rules, &theme, &err) == STATUS_OK);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        REQUIRE(pthread_create(&threads[i], NULL, run_often, theme) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    theme_free(theme);
}

TEST(template_takes_no_more_than_its_limits) {
    struct buf text;
    buf_init(&text, 1 << 22);
    for (int i = 0; i < 70; i++) {
        buf_put(&text, STR("{{#if title}}"));
    }
    buf_put_char(&text, '\0');
    CHECK_RUN(text.ptr, "themes/x/main.hbs:1:833: more than 64 blocks or expressions nested");
    buf_reset(&text);
    for (int i = 0; i < 70; i++) {
        buf_put(&text, STR("{{shout "));
    }
    buf_put(&text, STR("{{"));
    for (int i = 0; i < 100; i++) {
        buf_put(&text, STR("../"));
    }
    buf_put_char(&text, '\0');
    CHECK_RUN(text.ptr, "themes/x/main.hbs:1:9: \"{{\" where \"}}\" is expected");
    buf_reset(&text);
    buf_put(&text, STR("{{> card"));
    for (int i = 0; i < 40; i++) {
        buf_printf(&text, " a%d=1", i);
    }
    buf_put(&text, str_make("}}", 3));
    CHECK_RUN(text.ptr, "themes/x/main.hbs:1:1: more than 32 arguments");
    buf_done(&text);
}
