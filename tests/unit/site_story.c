#include "tests/fixture.h"
#include "tests/harness.h"

#define STORY_13 "/2022/03/13/headline-13/"

/* "w1 … w<n>" */
static struct str words(struct fixture *f, int n) {
    struct str text = STR("w1");
    for (int i = 2; i <= n; i++) {
        text = arena_printf(&f->arena, "%.*s w%d", STR_FMT(text), i);
    }
    return text;
}

/* A card's text: headline and the first `n` words of "Standfirst of N. w1 w2 …". */
static struct str card(struct fixture *f, int number, int n) {
    return arena_printf(&f->arena, "Headline %d Standfirst of %d. %.*s", number, number,
                        STR_FMT(words(f, n - 3)));
}

TEST(site_story_reads_in_the_order_of_its_parts) {
    struct fixture f;
    fixture_open(&f);
    struct story story = fixture_story(&f, f.stories[13]);
    int64_t authors[] = { f.anna, f.tom }, tags[] = { f.tag };
    story.authors = (struct ids){ authors, 2 };
    story.tags = (struct ids){ tags, 1 };
    story.lead_media_id = f.image;
    story.word_count = 201;
    story.body.raw =
        arena_printf(&f.arena,
                     "<p>First paragraph.</p>"
                     "<div data-card=\"also-read\" data-story=\"%lld\" data-label=\"ALSO READ:\">"
                     "</div><p>Last paragraph.</p>",
                     (long long)f.stories[2]);
    fixture_put(&f, &story);

    struct str expected = arena_printf(
        &f.arena,
        "March 13, 2022 2 mins read World & Sea Headline 13 Standfirst of 13. Anna Vex, Tom Brill "
        "The ferry, alongside. Ida Quay First paragraph. ALSO READ: Headline 2 Last paragraph. "
        "ferries Previous Story Headline 12 Next Story Headline 14 Latest from World & Sea "
        "%.*s %.*s %.*s %.*s %.*s Go to Top Don't Miss %.*s %.*s",
        STR_FMT(card(&f, 12, 32)), STR_FMT(card(&f, 11, 32)), STR_FMT(card(&f, 9, 32)),
        STR_FMT(card(&f, 8, 32)), STR_FMT(card(&f, 7, 32)), STR_FMT(card(&f, 14, 10)),
        STR_FMT(card(&f, 10, 10)));
    CHECK_STR(fixture_text(&f, fixture_body(&f, STORY_13)), expected.ptr);
    fixture_close(&f);
}
