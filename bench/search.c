/* How long a search takes in a large archive, and whether a headline finds its story.
 *
 *   build/release/bench/search make DIR STORIES     make a site of so many made-up stories
 *   build/release/bench/search ask DIR [QUERIES]    ask it 1,000 mixed queries, print the times
 *
 * The stories are drawn from a seed: words by Zipf's law from a million (so the first stands in
 * nearly every story, most in hardly any), headlines of 5 to 12 words, some of common words only,
 * 200 to 500 words of text, 12 years, 36 sections in a tree, 60 authors. Every page is rendered
 * anew, and nothing of one query is kept for the next but what SQLite and the system cache. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "site/key.h"
#include "site/site.h"
#include "store/store.h"
#include "text/url.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS = 1000000, SECTIONS = 36, AUTHORS = 60, BATCH = 2000, YEARS = 12, HEADLINES = 1000 };

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if ((call) != STATUS_OK) {                                                                 \
            fprintf(stderr, "%s: %s\n", #call, err.message);                                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* ---- chance ---- */

static uint64_t rng = 20240607;

static uint64_t chance(void) {
    rng ^= rng >> 12;
    rng ^= rng << 25;
    rng ^= rng >> 27;
    return rng * UINT64_C(2685821657736338717);
}

static size_t below(size_t n) {
    return (size_t)(chance() >> 11) % n;
}

static double share(void) {
    return (double)(chance() >> 11) / 9007199254740992.0;
}

/* ---- words ---- */

/* The word of a rank: common ones are short. */
static void put_word(struct buf *out, size_t rank) {
    static const char *const syllables[] = {
        "the", "of",  "an",  "to",  "in",  "ka",  "lo",  "mi",  "ra",  "shu", "te",  "vo",
        "bel", "dor", "fin", "gar", "hin", "jul", "nes", "pol", "qui", "sta", "tur", "wen"
    };
    const size_t n = COUNT_OF(syllables);
    do {
        buf_put(out, str_of(syllables[rank % n]));
        rank = rank / n;
    } while (rank-- > 0);
}

/* Zipf's law with exponent 1, between two shares of all occurrences. */
static size_t rank_between(double from, double to) {
    return (size_t)(pow(WORDS, from + (to - from) * share())) - 1;
}

static void put_words(struct buf *out, size_t n, double from, double to) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            buf_put_char(out, ' ');
        }
        put_word(out, rank_between(from, to));
    }
}

/* ---- making ---- */

static int day_of(int64_t us) {
    struct civil c = civil_of_us(us);
    return c.year * 10000 + c.month * 100 + c.day;
}

static void make_terms(struct store *store, int64_t sections[SECTIONS], int64_t authors[AUTHORS]) {
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    MUST(store_write_begin(store, &w, &err));
    for (int i = 0; i < SECTIONS; i++) {
        struct section s = { .parent_id = i < 12 ? 0 : sections[(i - 12) / 2] };
        s.name = s.slug = arena_printf(&a, "section%d", i);
        s.path = arena_printf(&a, "/section/%d/", i);
        MUST(store_section_put(w, &s, &sections[i], &err));
    }
    for (int i = 0; i < AUTHORS; i++) {
        struct author s = { 0 };
        s.name = s.slug = arena_printf(&a, "Author %d", i);
        s.path = arena_printf(&a, "/author/%d/", i);
        MUST(store_author_put(w, &s, &authors[i], &err));
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
}

static int make(const char *dir, long stories) {
    struct store *store = NULL;
    int64_t sections[SECTIONS], authors[AUTHORS];
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    make_terms(store, sections, authors);
    struct arena a = { 0 };
    struct buf headline, standfirst, body;
    buf_init(&headline, 1u << 20);
    buf_init(&standfirst, 1u << 20);
    buf_init(&body, 1u << 20);
    const int64_t first_us = INT64_C(1262304000) * US_PER_SECOND; /* 2010 */
    int64_t begun_us = clock_mono_us();
    struct store_writer *w = NULL;
    for (long i = 0; i < stories; i++) {
        if (i % BATCH == 0) {
            if (w != NULL) {
                MUST(store_write_commit(w, &err));
            }
            MUST(store_write_begin(store, &w, &err));
        }
        buf_reset(&headline);
        buf_reset(&standfirst);
        buf_reset(&body);
        bool common = below(20) == 0;
        put_words(&headline, 5 + below(8), 0, common ? 0.45 : 1);
        put_words(&standfirst, 12 + below(20), 0, 1);
        for (int p = 0; p < 5; p++) {
            buf_put(&body, STR("<p>"));
            put_words(&body, 40 + below(60), 0, 1);
            buf_put(&body, STR("</p>"));
        }
        struct story s = { .state = STORY_PUBLISHED };
        double at = ((double)i + share()) / (double)stories;
        s.published_us = first_us + (int64_t)(at * YEARS * 365.25 * (double)US_PER_DAY);
        s.updated_us = s.created_us = s.published_us;
        s.local_day = day_of(s.published_us);
        s.headline = buf_str(&headline);
        s.standfirst = buf_str(&standfirst);
        s.body.raw = buf_str(&body);
        s.slug = arena_printf(&a, "s%ld", i);
        s.path = arena_printf(&a, "/%d/s%ld/", s.local_day / 10000, i);
        s.section_id = sections[rank_between(0, 0.26) % SECTIONS];
        s.authors = (struct ids){ &authors[below(AUTHORS)], 1 };
        int64_t id;
        MUST(store_story_put(w, &s, &id, &err));
        arena_reset(&a);
        if ((i + 1) % 20000 == 0) {
            fprintf(stderr, "%ld stories, %.0f a second\n", i + 1,
                    (double)(i + 1) * 1e6 / (double)(clock_mono_us() - begun_us));
        }
    }
    if (w != NULL) {
        MUST(store_write_commit(w, &err));
    }
    buf_done(&headline);
    buf_done(&standfirst);
    buf_done(&body);
    arena_done(&a);
    store_close(store);
    return 0;
}

/* ---- asking ---- */

enum kind {
    COMMON,
    RARE,
    TWO,
    THREE,
    COMMON_TWO,
    MANY,
    PHRASE,
    COMMON_PHRASE,
    PREFIX,
    SHORT_PREFIX,
    NEGATIVE,
    EITHER,
    SECTION,
    AUTHOR,
    DATES,
    NEWEST,
    HEADLINE,
    NOTHING,
    KINDS
};
static const char *const kind_names[] = {
    "a common word", "a rare word", "two words",       "three words",  "two common words",
    "12 words",      "a phrase",    "a common phrase", "a prefix",     "a prefix of 1-2",
    "-word",         "OR",          "in a section",    "of an author", "between dates",
    "newest first",  "a headline",  "a word of none",
};

/* As it stands in an address. */
static void put_query(struct buf *out, struct arena *a, enum kind kind, struct str headline) {
    struct buf q;
    struct str more = STR("");
    buf_init(&q, 4096);
    switch (kind) {
    case COMMON: put_words(&q, 1, 0, 0.3); break;
    case RARE: put_words(&q, 1, 0.7, 1); break;
    case TWO: put_words(&q, 2, 0.3, 0.8); break;
    case THREE: put_words(&q, 3, 0.2, 0.8); break;
    case COMMON_TWO: put_words(&q, 2, 0.2, 0.5); break;
    case MANY: put_words(&q, 12, 0, 0.6); break;
    case PHRASE:
    case COMMON_PHRASE:
        buf_put_char(&q, '"');
        put_words(&q, 2, kind == PHRASE ? 0.3 : 0, kind == PHRASE ? 0.7 : 0.4);
        buf_put_char(&q, '"');
        break;
    case PREFIX:
        put_words(&q, 1, 0.3, 1);
        buf_truncate(&q, q.len > 4 ? 4 : q.len);
        buf_put_char(&q, '*');
        break;
    case SHORT_PREFIX:
        put_words(&q, 1, 0.3, 1);
        buf_truncate(&q, 1 + below(2));
        buf_put_char(&q, '*');
        break;
    case NEGATIVE:
        put_words(&q, 1, 0, 0.5);
        buf_put(&q, STR(" -"));
        put_words(&q, 1, 0, 0.5);
        break;
    case EITHER:
        put_words(&q, 1, 0.2, 0.7);
        buf_put(&q, STR(" OR "));
        put_words(&q, 2, 0.2, 0.7);
        break;
    case SECTION:
        put_words(&q, 1, 0, 0.7);
        more = arena_printf(a, "&section=section%zu", below(SECTIONS));
        break;
    case AUTHOR:
        put_words(&q, 1, 0, 0.7);
        more = arena_printf(a, "&author=Author%%20%zu", below(AUTHORS));
        break;
    case DATES: {
        put_words(&q, 2, 0, 0.6);
        size_t year = 2010 + below(YEARS - 1);
        more = arena_printf(a, "&from=%zu-02-01&to=%zu-11-30", year, year);
        break;
    }
    case NEWEST:
        put_words(&q, 2, 0, 0.6);
        more = STR("&sort=new");
        break;
    case HEADLINE: buf_put(&q, headline); break;
    case NOTHING: buf_put(&q, STR("zzyzzxq vvuuttq")); break;
    case KINDS: break;
    }
    buf_reset(out);
    buf_put(out, STR("q="));
    url_encode(out, buf_str(&q));
    buf_put(out, more);
    buf_done(&q);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *what, double *ms, size_t n) {
    if (n == 0) {
        return;
    }
    qsort(ms, n, sizeof *ms, compare);
    printf("%-22s %5zu  p50 %7.2f  p95 %7.2f  p99 %7.2f  max %7.2f ms\n", what, n, ms[n / 2],
           ms[n * 95 / 100], ms[n * 99 / 100], ms[n - 1]);
}

struct asker {
    struct store_reader *reader;
    struct render_source source;
    void *thread;
    int64_t last_id;
};

static double ask_page(struct asker *x, struct str query, size_t *ret_bytes) {
    struct arena a = { 0 };
    struct keys keys;
    struct str key;
    struct err why = { 0 };
    keys_init(&keys);
    check(site_page_key(&a, STR("/search/"), query, &key) == PAGE_KEY_OK);
    int64_t begun_us = clock_mono_us();
    struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
    if (x->source.page(x->thread, key, &page, &why) != STATUS_OK) {
        fprintf(stderr, "%.*s: %s\n", STR_FMT(key), why.message);
        exit(1);
    }
    double ms = (double)(clock_mono_us() - begun_us) / 1000;
    for (size_t i = 0; i < page.parts.len; i++) {
        *ret_bytes += page.parts.ptr[i].bytes.len;
    }
    keys_done(&keys);
    arena_done(&a);
    return ms;
}

/* A story of any age. */
static void random_story(struct asker *x, struct arena *a, struct story *ret) {
    do {
        MUST(store_story(x->reader, a, 1 + (int64_t)below((size_t)x->last_id), STORY_CARD, ret,
                         &err));
    } while (ret->state != STORY_PUBLISHED || ret->headline.len == 0);
}

static double ask_headline(struct asker *x, size_t *ret_first) {
    struct arena a = { 0 };
    struct story story;
    random_story(x, &a, &story);
    struct store_search_request req = { .from_us = INT64_MIN, .to_us = INT64_MAX };
    struct store_search found;
    int64_t begun_us = clock_mono_us();
    search_query_parse(&a, story.headline, &req.query);
    MUST(store_search(x->reader, &a, &req, 1, 10, &found, &err));
    double ms = (double)(clock_mono_us() - begun_us) / 1000;
    bool first = found.ids.len > 0 && found.ids.ptr[0] == story.id;
    *ret_first += first;
    if (!first) {
        fprintf(stderr, "not first: %lld %.*s\n", (long long)story.id, STR_FMT(story.headline));
    }
    arena_done(&a);
    return ms;
}

static int ask(const char *dir, size_t queries) {
    struct store *store = NULL;
    struct site *site = NULL;
    struct asker x = { 0 };
    struct arena a = { 0 };
    struct buf query;
    buf_init(&query, 1u << 20);
    MUST(store_open(dir, &store, &err));
    MUST(site_open(store, &site, &err));
    x.source = site_source(site);
    MUST(x.source.thread_open(x.source.ctx, &x.thread, &err));
    MUST(store_reader_open(store, &x.reader, &err));
    MUST(store_read_begin(x.reader, NULL, &err));
    struct list_page all;
    MUST(store_list_page(x.reader, &a, (struct list_id){ LIST_LATEST, 0 }, 1, 1, &all, &err));
    x.last_id = all.total;
    printf("%lld stories\n", (long long)all.total);
    rng = 7;
    double *ms = calloc(queries, sizeof *ms), *of_kind = calloc(queries, sizeof *ms);
    enum kind *kinds = calloc(queries, sizeof *kinds);
    double headlines[HEADLINES];
    check(ms != NULL && of_kind != NULL && kinds != NULL);
    size_t bytes = 0, first = 0, slow = 0;
    for (size_t i = 0; i < queries; i++) {
        struct story story = { 0 };
        kinds[i] = (enum kind)(i % KINDS);
        if (kinds[i] == HEADLINE) {
            random_story(&x, &a, &story);
        }
        put_query(&query, &a, kinds[i], story.headline);
        ms[i] = ask_page(&x, buf_str(&query), &bytes);
        if (ms[i] > 25 && slow++ < 20) {
            fprintf(stderr, "%.1f ms: %.*s\n", ms[i], STR_FMT(buf_str(&query)));
        }
        arena_reset(&a);
    }
    for (int k = 0; k < KINDS; k++) {
        size_t n = 0;
        for (size_t i = 0; i < queries; i++) {
            if (kinds[i] == (enum kind)k) {
                of_kind[n++] = ms[i];
            }
        }
        print_times(kind_names[k], of_kind, n);
    }
    print_times("all, whole pages", ms, queries);
    for (size_t i = 0; i < HEADLINES; i++) {
        headlines[i] = ask_headline(&x, &first);
    }
    print_times("headlines, the search", headlines, HEADLINES);
    printf("%zu of %d headlines find their story first; a page has %zu bytes\n", first, HEADLINES,
           bytes / queries);
    store_read_end(x.reader);
    store_reader_close(x.reader);
    x.source.thread_close(x.thread);
    site_close(site);
    store_close(store);
    buf_done(&query);
    arena_done(&a);
    free(ms);
    free(of_kind);
    free(kinds);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        return make(argv[2], atol(argv[3]));
    }
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "ask") == 0) {
        return ask(argv[2], argc == 4 ? (size_t)atol(argv[3]) : 1000);
    }
    fprintf(stderr, "bench/search make DIR STORIES | bench/search ask DIR [QUERIES]\n");
    return 2;
}
