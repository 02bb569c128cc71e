/* What a query finds is what reading every story would find: the index, the expressions made for it
 * and the order of their operands against brute force over a small paper made by chance. */
#include "tests/harness.h"
#include "tests/store_site.h"

#include "base/clock.h"

#include <stdlib.h>

enum { STORIES = 90, SECTIONS = 4, AUTHORS = 3, DAYS = 200, QUERIES = 600, PAGE_SIZE = 50 };
static const int64_t first_us = INT64_C(1647259200) * US_PER_SECOND;

/* A word as it may be written, in stories and in queries; `plain` is how it is compared. */
static const struct {
    const char *plain, *written[3];
} words[] = {
    { "the", { "the", "The", "THE" } },
    { "ferry", { "ferry", "Ferry", "ferry" } },
    { "ferryman", { "ferryman", "Ferryman", "ferryman" } },
    { "ferret", { "ferret", "ferret", "ferret" } },
    { "late", { "late", "Late", "late" } },
    { "later", { "later", "later", "later" } },
    { "cafe", { "café", "Cafe", "cafe\u0301" } },
    { "strasse", { "Straße", "strasse", "STRASSE" } },
    { "lodz", { "Łódź", "lodz", "ŁÓDŹ" } },
    { "uber", { "über", "Uber", "ÜBER" } },
    { "naive", { "naïve", "naive", "Naïve" } },
    { "first", { "ﬁrst", "first", "First" } },
    { "киів", { "Київ", "київ", "КИЇВ" } },
    { "αθηνα", { "Αθήνα", "ΑΘΗΝΑ", "αθήνα" } },
    { "हिन्दी", { "हिन्दी", "हिन्दी", "हिन्दी" } },
    { "محمد", { "مُحَمَّد", "محمد", "محمـد" } },
    { "12", { "12", "12", "１２" } },
    { "x", { "x", "X", "x" } },
};
/* Runs without spaces; a part of one is found wherever it stands. */
static const char *const runs[] = { "北京大学生", "東京大学",  "生北京",
                                    "カメラマン", "ประเทศไทย", "ไทยรัฐ" };

/* ---- stories ---- */

/* A field's words: of `words`, or (from COUNT_OF(words) on) of `runs`. */
struct field {
    size_t word[16], len;
};
struct paper_story {
    struct field fields[3]; /* headline, standfirst, body */
    size_t section, author; /* numbers from 1; author 0: none */
    int64_t published_us;
};

static struct field random_field(uint64_t *rng, size_t least, size_t most) {
    struct field f = { .len = least + test_below(rng, most - least + 1) };
    for (size_t i = 0; i < f.len; i++) {
        size_t n = COUNT_OF(words), at = test_below(rng, n);
        at = test_below(rng, at + 1); /* the first ones are common */
        f.word[i] = test_below(rng, 6) == 0 ? n + test_below(rng, COUNT_OF(runs)) : at;
    }
    return f;
}

static struct str written(struct arena *a, uint64_t *rng, const struct field *f) {
    struct str s = STR("");
    for (size_t i = 0; i < f->len; i++) {
        const char *word = f->word[i] < COUNT_OF(words)
                               ? words[f->word[i]].written[test_below(rng, 3)]
                               : runs[f->word[i] - COUNT_OF(words)];
        s = arena_printf(a, "%.*s%s%s", STR_FMT(s), i > 0 ? " " : "", word);
    }
    return s;
}

static void make_paper(struct store_site *site, uint64_t *rng, struct paper_story *stories) {
    struct arena *a = &site->arena;
    int64_t parent = 0, authors[AUTHORS];
    for (int i = 0; i < SECTIONS; i++) { /* 2 is below 1, 4 below 3 */
        struct str name = arena_printf(a, "s%d", i), path = arena_printf(a, "/s%d/", i);
        int64_t id = store_site_section(site, i % 2 ? parent : 0, name.ptr, path.ptr);
        REQUIRE(id == i + 1);
        parent = id;
    }
    for (int i = 0; i < AUTHORS; i++) {
        struct str name = arena_printf(a, "a%d", i), path = arena_printf(a, "/a%d/", i);
        authors[i] = store_site_author(site, name.ptr, path.ptr);
        REQUIRE(authors[i] == i + 1);
    }
    for (int i = 0; i < STORIES; i++) {
        struct paper_story *p = &stories[i];
        *p = (struct paper_story){
            .fields = { random_field(rng, 1, 4), random_field(rng, 0, 4),
                        random_field(rng, 0, 12) },
            .section = 1 + test_below(rng, SECTIONS),
            .author = test_below(rng, AUTHORS + 1),
            .published_us = first_us + (int64_t)test_below(rng, DAYS) * US_PER_DAY,
        };
        struct civil day = civil_of_us(p->published_us);
        struct story s = { .state = STORY_PUBLISHED,
                           .path = arena_printf(a, "/%d/", i),
                           .headline = written(a, rng, &p->fields[0]),
                           .standfirst = written(a, rng, &p->fields[1]),
                           .section_id = (int64_t)p->section,
                           .published_us = p->published_us,
                           .local_day = day.year * 10000 + day.month * 100 + day.day };
        struct str body = written(a, rng, &p->fields[2]);
        s.body.raw = arena_printf(a, "<p>%.*s</p>", STR_FMT(body));
        s.authors = (struct ids){ &authors[p->author > 0 ? p->author - 1 : 0], p->author > 0 };
        int64_t id = 0;
        OK(store_story_put(store_site_write(site), &s, &id, &site->err));
        REQUIRE(id == i + 1);
    }
    store_site_commit(site);
}

/* ---- queries ---- */

struct asked_phrase {
    struct field words;
    bool is_prefix;  /* of the last word only `prefix` */
    struct str part; /* instead of words: a part of a run */
    struct str prefix;
};
struct asked {
    struct asked_phrase any[5][2];
    size_t alternatives[5], len;
    bool is_negative[5];
    size_t section, author;
    int64_t from_us, to_us;
    bool newest_first;
    struct str typed;
};

/* Some characters in a row of a run. */
static struct str part_of_run(uint64_t *rng) {
    struct str run = str_of(runs[test_below(rng, COUNT_OF(runs))]);
    size_t chars = run.len / 3; /* of three bytes each */
    size_t from = test_below(rng, chars), len = 1 + test_below(rng, chars - from);
    return str_slice(run, from * 3, (from + len) * 3);
}

static struct str random_phrase(struct arena *a, uint64_t *rng, struct asked_phrase *ret) {
    *ret = (struct asked_phrase){ 0 };
    if (test_below(rng, 6) == 0) {
        ret->part = part_of_run(rng);
        return ret->part;
    }
    ret->words.len = test_below(rng, 3) == 0 ? 2 : 1;
    for (size_t i = 0; i < ret->words.len; i++) {
        ret->words.word[i] = test_below(rng, COUNT_OF(words));
    }
    struct str text = written(a, rng, &ret->words);
    if (ret->words.len == 1 && test_below(rng, 4) == 0) {
        struct str plain = str_of(words[ret->words.word[0]].plain);
        size_t len = 1 + test_below(rng, 4);
        ret->is_prefix = plain.ptr[0] > 0 && plain.len >= len;
        ret->prefix = str_slice(plain, 0, len);
        return ret->is_prefix ? arena_printf(a, "%.*s*", STR_FMT(ret->prefix)) : text;
    }
    return ret->words.len > 1 ? arena_printf(a, "\"%.*s\"", STR_FMT(text)) : text;
}

static void random_query(struct arena *a, uint64_t *rng, struct asked *q) {
    *q = (struct asked){ .len = 1 + test_below(rng, 5),
                         .from_us = INT64_MIN,
                         .to_us = INT64_MAX,
                         .newest_first = test_below(rng, 2) == 0,
                         .typed = STR("") };
    for (size_t i = 0; i < q->len; i++) {
        q->is_negative[i] = i > 0 && test_below(rng, 4) == 0;
        q->alternatives[i] = !q->is_negative[i] && test_below(rng, 4) == 0 ? 2 : 1;
        for (size_t k = 0; k < q->alternatives[i]; k++) {
            struct str text = random_phrase(a, rng, &q->any[i][k]);
            q->typed = arena_printf(a, "%.*s%s%s%.*s", STR_FMT(q->typed), i + k > 0 ? " " : "",
                                    q->is_negative[i] ? "-"
                                    : k > 0           ? "OR "
                                                      : "",
                                    STR_FMT(text));
        }
    }
    q->section = test_below(rng, 3) == 0 ? 1 + test_below(rng, SECTIONS) : 0;
    q->author = test_below(rng, 4) == 0 ? 1 + test_below(rng, AUTHORS) : 0;
    if (test_below(rng, 3) == 0) {
        q->from_us = first_us + (int64_t)test_below(rng, DAYS) * US_PER_DAY;
        q->to_us = q->from_us + (int64_t)test_below(rng, DAYS) * US_PER_DAY;
    }
}

/* ---- brute force ---- */

static bool has_phrase(const struct field *f, const struct asked_phrase *p) {
    size_t n = COUNT_OF(words);
    for (size_t i = 0; i < f->len; i++) {
        bool is_run = f->word[i] >= n;
        if (p->part.len > 0) {
            if (is_run && str_find(str_of(runs[f->word[i] - n]), p->part, 0) != STR_NPOS) {
                return true;
            }
            continue;
        }
        if (p->is_prefix) {
            if (!is_run && str_starts(str_of(words[f->word[i]].plain), p->prefix)) {
                return true;
            }
            continue;
        }
        bool all = i + p->words.len <= f->len;
        for (size_t k = 0; all && k < p->words.len; k++) {
            all = f->word[i + k] == p->words.word[k];
        }
        if (all) {
            return true;
        }
    }
    return false;
}

static bool has(const struct paper_story *s, const struct asked_phrase *p) {
    return has_phrase(&s->fields[0], p) || has_phrase(&s->fields[1], p) ||
           has_phrase(&s->fields[2], p);
}

static bool is_meant(const struct paper_story *s, const struct asked *q) {
    bool below = s->section == q->section || (q->section % 2 == 1 && s->section == q->section + 1);
    if ((q->section != 0 && !below) || (q->author != 0 && s->author != q->author) ||
        s->published_us < q->from_us || s->published_us >= q->to_us) {
        return false;
    }
    for (size_t i = 0; i < q->len; i++) {
        bool any = false;
        for (size_t k = 0; k < q->alternatives[i]; k++) {
            any = any || has(s, &q->any[i][k]);
        }
        if (any == q->is_negative[i]) {
            return false;
        }
    }
    return true;
}

/* ---- both ---- */

static void compare(struct store_site *site, const struct paper_story *stories,
                    const struct asked *q, size_t *ret_found) {
    struct arena *a = &site->arena;
    struct store_search_request req = { .section_id = (int64_t)q->section,
                                        .author_id = (int64_t)q->author,
                                        .from_us = q->from_us,
                                        .to_us = q->to_us,
                                        .newest_first = q->newest_first };
    bool is_found[STORIES] = { false };
    size_t wanted = 0;
    struct store_search result = { .pages = 1 };
    int64_t last_us = INT64_MAX;
    search_query_parse(a, q->typed, &req.query);
    for (int i = 0; i < STORIES; i++) {
        wanted += is_meant(&stories[i], q);
    }
    for (int64_t page = 1; page <= result.pages; page++) {
        OK(store_search(store_site_read(site), a, &req, page, PAGE_SIZE, &result, &site->err));
        for (size_t i = 0; i < result.ids.len; i++) {
            const struct paper_story *s = &stories[result.ids.ptr[i] - 1];
            is_found[result.ids.ptr[i] - 1] = true;
            CHECK(!q->newest_first || s->published_us <= last_us);
            last_us = s->published_us;
        }
    }
    if (wanted == 0 && result.is_relaxed) {
        return;
    }
    *ret_found += wanted > 0;
    CHECK(!result.is_relaxed && !result.is_more);
    CHECK_INT(result.total, wanted);
    for (int i = 0; i < STORIES; i++) {
        if (is_found[i] != is_meant(&stories[i], q)) {
            test_fail(__FILE__, __LINE__, "\"%.*s\" section %zu author %zu: story %d is %s",
                      STR_FMT(q->typed), q->section, q->author, i + 1,
                      is_found[i] ? "found but has it not" : "not found");
        }
    }
}

TEST(search_finds_what_reading_everything_finds) {
    uint64_t rng = test_seed();
    struct store_site site;
    struct paper_story stories[STORIES];
    size_t found = 0;
    store_site_open(&site);
    make_paper(&site, &rng, stories);
    for (int i = 0; i < QUERIES; i++) {
        struct asked q;
        random_query(&site.arena, &rng, &q);
        compare(&site, stories, &q, &found);
        arena_reset(&site.arena);
    }
    CHECK(found > QUERIES / 10); /* else it says nothing */
    store_site_close(&site);
}
