/* The rolls against plain sorted lists, after random writes. */
#include "tests/store_site.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAGS = 150, STEPS = 300 };

struct model {
    char names[TAGS + 1][24]; /* of the tag with that id; "" there is none, or of a taxonomy */
    int64_t ids[TAGS];        /* in the order of the roll */
    size_t len;
};

static const struct model *sorting;

static int by_name(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    const char *p = sorting->names[a], *q = sorting->names[b];
    for (; *p && char_lower(*p) == char_lower(*q); p++, q++) {
    }
    unsigned char c = (unsigned char)char_lower(*p), d = (unsigned char)char_lower(*q);
    return c != d ? (c < d ? -1 : 1) : a < b ? -1 : a > b;
}

/* The tags that begin so, in order. */
static void sort_model(struct model *m, const char *begins) {
    m->len = 0;
    for (int64_t id = 1; id <= TAGS; id++) {
        if (m->names[id][0] && str_starts_nocase(str_of(m->names[id]), str_of(begins))) {
            m->ids[m->len++] = id;
        }
    }
    sorting = m;
    qsort(m->ids, m->len, sizeof *m->ids, by_name);
}

static void random_name(uint64_t *rng, char out[24]) {
    static const char *const parts[] = { "a", "A", "ab", "b", "é", "日", "本", "z", "ba", " " };
    out[0] = '\0';
    for (size_t n = 1 + test_below(rng, 5); n > 0; n--) {
        strcat(out, parts[test_below(rng, COUNT_OF(parts))]);
    }
}

static void compare(struct store_site *site, struct model *m, uint64_t *rng) {
    static const char *const begins[] = { "", "", "a", "AB", "b", "é", "日本", "zz" };
    struct roll_part part = { .roll = ROLL_TAGS,
                              .last_first = test_below(rng, 2),
                              .begins = str_of(begins[test_below(rng, COUNT_OF(begins))]) };
    sort_model(m, part.begins.ptr);
    size_t offset = test_below(rng, m->len + 3), n = 1 + test_below(rng, 20);
    struct list_page page;
    OK(store_roll_part(store_site_read(site), &site->arena, &part, (int64_t)offset, (int64_t)n,
                       &page, &site->err));
    CHECK_INT(page.total, m->len);
    size_t left = m->len > offset ? m->len - offset : 0;
    CHECK_INT(page.ids.len, left < n ? left : n);
    for (size_t i = 0; i < page.ids.len; i++) {
        size_t at = part.last_first ? m->len - 1 - offset - i : offset + i;
        CHECK_INT(page.ids.ptr[i], m->ids[at]);
    }
    arena_reset(&site->arena);
}

TEST(store_roll_of_tags_agrees_with_a_plain_list) {
    struct store_site site;
    struct model *m = calloc(1, sizeof *m);
    uint64_t rng = test_seed();
    store_site_open(&site);
    int64_t made = 0;
    for (int step = 0; step < STEPS; step++) {
        char name[24];
        random_name(&rng, name);
        bool is_new = made == 0 || (made < TAGS && test_below(&rng, 2));
        struct tag tag = { .id = is_new ? 0 : 1 + (int64_t)test_below(&rng, (size_t)made),
                           .name = str_of(name),
                           .slug = str_of(name),
                           .taxonomy = test_below(&rng, 8) ? STR("") : STR("mood") };
        int64_t id;
        OK(store_tag_put(store_site_write(&site), &tag, &id, &site.err));
        store_site_commit(&site);
        made = is_new ? id : made;
        snprintf(m->names[id], sizeof m->names[id], "%s", tag.taxonomy.len > 0 ? "" : name);
        compare(&site, m, &rng);
    }
    CHECK_INT(store_site_faults(&site), 0);
    free(m);
    store_site_close(&site);
}

static struct str media_ids(struct store_site *site, const struct roll_part *part, int64_t offset) {
    struct list_page page;
    struct str text = STR("");
    OK(store_roll_part(store_site_read(site), &site->arena, part, offset, 3, &page, &site->err));
    for (size_t i = 0; i < page.ids.len; i++) {
        text = arena_printf(&site->arena, "%.*s%d ", STR_FMT(text), (int)page.ids.ptr[i]);
    }
    return arena_printf(&site->arena, "%.*sof %d", STR_FMT(text), (int)page.total);
}

TEST(store_roll_of_media_is_cut_by_times) {
    static const int64_t seconds[] = { 500, 0, 100000, 7, 40000000, 500 };
    struct store_site site;
    store_site_open(&site);
    for (size_t i = 0; i < COUNT_OF(seconds); i++) {
        struct media m = { .mime = STR("image/png"), .created_us = seconds[i] * 1000000 };
        int64_t id;
        OK(store_media_put(store_site_write(&site), &m, &id, &site.err));
        store_site_commit(&site);
    }
    struct roll_part part = { .roll = ROLL_MEDIA, .from_us = INT64_MIN, .to_us = INT64_MAX };
    CHECK_STR(media_ids(&site, &part, 0), "2 4 1 of 6");
    CHECK_STR(media_ids(&site, &part, 3), "6 3 5 of 6");
    part.last_first = true;
    CHECK_STR(media_ids(&site, &part, 0), "5 3 6 of 6");
    part.from_us = 7 * 1000000 + 1;
    part.to_us = 40000000LL * 1000000;
    CHECK_STR(media_ids(&site, &part, 0), "3 6 1 of 3");
    part.to_us = part.from_us;
    CHECK_STR(media_ids(&site, &part, 0), "of 0");
    CHECK_STR(media_ids(&site, &part, 9), "of 0");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_roll_has_those_with_stories_alone) {
    struct store_site site;
    store_site_open(&site);
    int64_t tag = store_site_tag(&site, "Fog", "/tag/fog/");
    int64_t author = store_site_author(&site, "Somebody", "/by/somebody/");
    const struct roll_part used = { .roll = ROLL_TAGS_USED }, authors = { .roll = ROLL_AUTHORS };
    struct story story = { .slug = STR("s"),
                           .path = STR("/s/"),
                           .headline = STR("S"),
                           .state = STORY_PUBLISHED,
                           .published_us = 1647259200LL * 1000000,
                           .local_day = 20220314,
                           .tags = { &tag, 1 },
                           .authors = { &author, 1 } };
    store_site_commit(&site);
    CHECK_STR(media_ids(&site, &used, 0), "of 0");
    CHECK_STR(media_ids(&site, &authors, 0), "of 0");
    OK(store_story_put(store_site_write(&site), &story, &story.id, &site.err));
    store_site_commit(&site);
    CHECK(strstr(site.touched.ptr, "roll:authors") && strstr(site.touched.ptr, "roll:tags-used"));
    CHECK_STR(media_ids(&site, &used, 0), "1 of 1");
    CHECK_STR(media_ids(&site, &authors, 0), "1 of 1");
    struct ids largest;
    OK(store_tags_by_size(store_site_read(&site), &site.arena, 9, &largest, &site.err));
    CHECK_INT(largest.len, 1);
    CHECK(keys_has(&site.noted, STR("tag-sizes")) && keys_has(&site.noted, STR("roll:authors")));
    struct tag renamed = { .id = tag, .name = STR("Mist"), .path = STR("/tag/fog/") };
    OK(store_tag_put(store_site_write(&site), &renamed, &tag, &site.err));
    store_site_commit(&site);
    CHECK_INT(store_site_faults(&site), 0);
    OK(store_story_withdraw(store_site_write(&site), story.id, story.published_us, &site.err));
    store_site_commit(&site);
    CHECK_STR(media_ids(&site, &used, 0), "of 0");
    CHECK_STR(media_ids(&site, &authors, 0), "of 0");
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}
