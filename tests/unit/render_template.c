/* The engine on C structs. What it makes of handlebars' language is compared with handlebars.js by
 * tests/templates.mjs. */
#include "render/template.h"

#include "tests/harness.h"

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

/* Compile "main" and the other sources on a page, and run it. */
static void check_run(const char *file, int line, const char *text, const char *partial,
                      const char *expected) {
    struct template_source sources[] = {
        { STR("main"), str_of(text), STR("themes/x/main.hbs") },
        { STR("partials/card"), str_of(partial), STR("themes/x/partials/card.hbs") },
    };
    struct template_entry entry = { "main", &page_type };
    struct theme *theme = NULL;
    struct err err = { 0 };
    struct buf out;
    buf_init(&out, 1 << 20);
    if (theme_compile(sources, 2, &entry, 1, NULL, &theme, &err) == STATUS_OK) {
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
