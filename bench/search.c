/* How long a search takes in a large archive, and whether a headline finds its story.
 *
 *   build/release/bench/search make DIR STORIES       make a site of so many made-up stories
 *   build/release/bench/search ask DIR [SEED]         ask it 1,000 mixed queries, print the times
 *   build/release/bench/search publish DIR STORIES    publish so many more, one commit each
 *   build/release/bench/search words DIR QUERY        ask it one query a hundred times
 *
 * The stories are drawn from a seed: words by Zipf's law from a million (so the first stands in
 * nearly every story, most in hardly any), one word in six from the 300 of the story's topic, 300
 * to 600 words of text, 12 years, 36 sections in a tree, 2,000 authors of whom most write little.
 * Of the headlines, of 5 to 12 words, one in twenty has common words only, one in six is of a
 * standing format ("The week in ..."), and one in thirty repeats a recent one with a word more. One
 * story in twenty is in a script without spaces.
 *
 * `ask` drops the site from the system's cache, asks everything (cold: each page of the index is
 * read from the disk when it is first needed), and asks it twice again (warm), then once more as
 * whole pages. Nothing of one query is kept for the next but what SQLite and the system cache. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/io.h"
#include "newsroom/upkeep.h"
#include "site/search_address.h"
#include "site/site.h"
#include "store/store.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    WORDS = 1000000,
    TOPICS = 3000,
    TOPIC_WORDS = 300,
    FORMATS = 60,
    RECENT = 200, /* headlines that may be repeated */
    SECTIONS = 36,
    AUTHORS = 2000,
    BATCH = 2000,
    YEARS = 12,
    HEADLINES = 1000,
    ROUNDS = 3,
    PAGE_STORIES = 10,
};

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if ((call) != STATUS_OK) {                                                                 \
            fprintf(stderr, "%s: %s\n", #call, err.message);                                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* ---- chance ---- */

static uint64_t rng;

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

/* The same for the same n, and as good as random. */
static uint64_t mix(uint64_t n) {
    n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n ^ (n >> 31);
}

/* Zipf's law with exponent 1 over [0, n), between two shares of all occurrences. */
static size_t zipf(size_t n, double from, double to) {
    return (size_t)(pow((double)n, from + (to - from) * share())) - 1;
}

/* ---- words ---- */

enum script { LATIN, HAN, THAI };

/* The word of a rank: common ones are short. */
static void put_word(struct buf *out, enum script script, size_t rank) {
    static const char *const syllables[] = {
        "the", "of",  "an",  "to",  "in",  "ka",  "lo",  "mi",  "ra",  "shu", "te",  "vo",
        "bel", "dor", "fin", "gar", "hin", "jul", "nes", "pol", "qui", "sta", "tur", "wen"
    };
    const size_t n = COUNT_OF(syllables);
    if (script == LATIN) {
        do {
            buf_put(out, str_of(syllables[rank % n]));
            rank = rank / n;
        } while (rank-- > 0);
        return;
    }
    uint64_t h = mix(rank + 1);
    for (size_t len = script == HAN ? 2 : 3 + h % 3; len > 0; len--, h = mix(h)) {
        uint32_t c = 0xe01 + (uint32_t)(h % 46); /* Thai: consonants */
        if (script == HAN) {                     /* 3,000 characters, some of them common */
            c = 0x4e00 + (uint32_t)pow(3000, (double)(h % 10000) / 10000) * 5;
        }
        const char bytes[] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
                               (char)(0x80 | (c & 63)) };
        buf_put(out, str_make(bytes, sizeof bytes));
    }
}

static void put_words(struct buf *out, size_t n, double from, double to) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            buf_put_char(out, ' ');
        }
        put_word(out, LATIN, zipf(WORDS, from, to));
    }
}

/* Words of any rank, some of them of a topic. */
struct writing {
    enum script script;
    size_t topic;
    double topical; /* the share of the topic's words */
};

static void put_text(struct buf *out, const struct writing *t, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t rank = zipf(WORDS, 0, 1);
        if (share() < t->topical) {
            rank = 200 + mix(t->topic * TOPIC_WORDS + zipf(TOPIC_WORDS, 0, 1)) % 60000;
        }
        if (t->script == LATIN && i > 0) {
            buf_put_char(out, ' ');
        }
        put_word(out, t->script, rank);
    }
}

/* `recent`: a ring of the last headlines. */
static void put_headline(struct buf *out, const struct writing *t, char recent[RECENT][600]) {
    size_t kind = below(60);
    struct writing mixed = *t;
    mixed.topical = 0.4;
    if (kind < 3) {
        put_words(out, 5 + below(8), 0, 0.45);
    } else if (kind < 13) {
        size_t format = below(FORMATS);
        for (size_t i = 0; i < 2 + format % 4; i++) {
            put_word(out, t->script, mix(format * 8 + i) % 2000);
            buf_put_char(out, ' ');
        }
        put_text(out, &mixed, 2 + below(2));
    } else if (kind < 15) {
        buf_put(out, str_of(recent[below(RECENT)]));
        buf_put_char(out, ' ');
        put_text(out, &mixed, 1);
    } else {
        put_text(out, &mixed, 5 + below(8));
    }
    snprintf(recent[below(RECENT)], sizeof recent[0], "%.*s",
             STR_FMT(str_slice(buf_str(out), 0, out->len < 400 ? out->len : 0)));
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

/* What a new story is made in. */
struct maker {
    struct buf headline, standfirst, body;
    char (*recent)[600];
    int64_t sections[SECTIONS], authors[AUTHORS];
};

static void maker_init(struct maker *m) {
    *m = (struct maker){ .recent = calloc(RECENT, sizeof *m->recent) };
    check(m->recent != NULL);
    buf_init(&m->headline, 1u << 20);
    buf_init(&m->standfirst, 1u << 20);
    buf_init(&m->body, 1u << 20);
}

static void maker_done(struct maker *m) {
    buf_done(&m->headline);
    buf_done(&m->standfirst);
    buf_done(&m->body);
    free(m->recent);
}

static void make_story(struct maker *m, struct arena *a, long number, int64_t at_us,
                       struct story *ret) {
    size_t script = below(100);
    struct writing text = { .script = script < 3   ? HAN
                                      : script < 5 ? THAI
                                                   : LATIN,
                            .topic = zipf(TOPICS, 0, 1),
                            .topical = 0.16 };
    buf_reset(&m->headline);
    buf_reset(&m->standfirst);
    buf_reset(&m->body);
    put_headline(&m->headline, &text, m->recent);
    put_text(&m->standfirst, &text, 12 + below(20));
    for (int p = 0; p < 5; p++) {
        buf_put(&m->body, STR("<p>"));
        put_text(&m->body, &text, 60 + below(60));
        buf_put(&m->body, STR("</p>"));
    }
    int day = day_of(at_us);
    *ret = (struct story){
        .state = STORY_PUBLISHED,
        .published_us = at_us,
        .updated_us = at_us,
        .created_us = at_us,
        .local_day = day,
        .headline = buf_str(&m->headline),
        .standfirst = buf_str(&m->standfirst),
        .body.raw = buf_str(&m->body),
        .slug = arena_printf(a, "s%ld", number),
        .path = arena_printf(a, "/%d/s%ld/", day / 10000, number),
        .section_id = m->sections[zipf(SECTIONS, 0, 1) % SECTIONS],
        .authors = (struct ids){ &m->authors[zipf(AUTHORS, 0, 1) % AUTHORS], 1 },
    };
}

static int make(const char *dir, long stories) {
    struct store *store = NULL;
    struct store_writer *w = NULL;
    struct maker m;
    struct arena a = { 0 };
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    rng = 20240607;
    maker_init(&m);
    make_terms(store, m.sections, m.authors);
    const int64_t first_us = INT64_C(1262304000) * US_PER_SECOND; /* 2010 */
    int64_t begun_us = clock_mono_us();
    for (long i = 0; i < stories; i++) {
        if (i % BATCH == 0) {
            if (w != NULL) {
                MUST(store_write_commit(w, &err));
            }
            MUST(store_write_begin(store, &w, &err));
        }
        double at = ((double)i + share()) / (double)stories * YEARS * 365.25;
        struct story s;
        int64_t id;
        make_story(&m, &a, i, first_us + (int64_t)(at * (double)US_PER_DAY), &s);
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
    maker_done(&m);
    arena_done(&a);
    store_close(store);
    return 0;
}

/* ---- times ---- */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *what, double *ms, size_t n) {
    if (n > 0) {
        qsort(ms, n, sizeof *ms, compare);
        printf("%-27s %5zu  p50 %7.2f  p95 %7.2f  p99 %7.2f  max %7.2f ms\n", what, n, ms[n / 2],
               ms[n * 95 / 100], ms[n * 99 / 100], ms[n - 1]);
    }
}

/* What this thread has used: on a busy machine nearer to the truth than the clock. */
static double cpu_ms(void) {
    struct timespec t;
    check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double since_ms(int64_t begun_us) {
    return (double)(clock_mono_us() - begun_us) / 1000;
}

/* ---- publishing ---- */

static void report(void *ctx, bool is_error, const char *message) {
    (void)ctx;
    fprintf(stderr, "%s%s\n", is_error ? "error: " : "", message);
}

static int publish(const char *dir, size_t stories) {
    struct store *store = NULL;
    struct maker m;
    struct arena a = { 0 };
    double *put_ms = calloc(stories, sizeof *put_ms), *all_ms = calloc(stories, sizeof *all_ms);
    check(put_ms != NULL && all_ms != NULL);
    MUST(store_open(dir, &store, &err));
    struct upkeep *upkeep = NULL; /* as in a server */
    MUST(upkeep_start(store, report, NULL, &upkeep, &err));
    rng = (uint64_t)clock_now_us();
    long number = (long)(rng % 1000000000);
    maker_init(&m);
    for (int64_t i = 0; i < AUTHORS; i++) {
        m.authors[i] = i + 1;
        m.sections[i % SECTIONS] = i % SECTIONS + 1;
    }
    const int64_t first_us = clock_now_us();
    for (size_t i = 0; i < stories; i++) {
        struct store_writer *w = NULL;
        struct story s;
        int64_t id;
        make_story(&m, &a, number + (long)i, first_us + (int64_t)i * US_PER_SECOND, &s);
        int64_t begun_us = clock_mono_us();
        MUST(store_write_begin(store, &w, &err));
        MUST(store_story_put(w, &s, &id, &err));
        put_ms[i] = since_ms(begun_us);
        MUST(store_write_commit(w, &err));
        all_ms[i] = since_ms(begun_us);
        arena_reset(&a);
    }
    print_times("publish, without commit", put_ms, stories);
    print_times("publish, durable", all_ms, stories);
    maker_done(&m);
    arena_done(&a);
    upkeep_stop(upkeep);
    store_close(store);
    free(put_ms);
    free(all_ms);
    return 0;
}

/* ---- asking ---- */

enum kind {
    COMMON,
    RARE,
    TWO,
    THREE,
    COMMON_TWO,
    COMMON_AND_RARE,
    MANY,
    PHRASE,
    COMMON_PHRASE,
    STORY_PHRASE,
    PREFIX,
    SHORT_PREFIX,
    PREFIX_AND_WORD,
    NEGATIVE,
    NEGATIVE_PHRASE,
    EITHER,
    SECTION,
    AUTHOR,
    AUTHOR_TWO,
    DATES,
    DAY,
    ALL_FILTERS,
    NEWEST,
    NEWEST_AUTHOR,
    HAN_WORDS,
    THAI_WORDS,
    HEADLINE,
    HALF_HEADLINE,
    MISTYPED,
    NOTHING,
    KINDS
};
static const char *const kind_names[] = {
    "a common word",
    "a rare word",
    "two words",
    "three words",
    "two common words",
    "a common and a rare word",
    "12 words",
    "a phrase",
    "a common phrase",
    "a phrase of a story",
    "a prefix",
    "a prefix of 1-2",
    "a prefix and a word",
    "-word",
    "-phrase",
    "OR",
    "in a section",
    "of an author",
    "of an author, two words",
    "of a year",
    "of a day",
    "section, author, year",
    "newest first",
    "newest first of an author",
    "Han",
    "Thai",
    "a headline",
    "half a headline",
    "a headline and a mistake",
    "a word of none",
};

struct question {
    struct str typed;
    int64_t section_id, author_id, from_us, to_us;
    bool newest_first;
};

struct asker {
    struct store_reader *reader;
    int64_t last_id;
    uint64_t seed; /* 7: the queries that the limits were chosen with; another: a check on them */
};

/* A story of any age. */
static void random_story(struct asker *x, struct arena *a, enum story_part part,
                         struct story *ret) {
    do {
        MUST(store_story(x->reader, a, 1 + (int64_t)below((size_t)x->last_id), part, ret, &err));
    } while (ret->state != STORY_PUBLISHED || ret->headline.len == 0);
}

static int64_t year_us(int year) {
    return civil_to_us((struct civil){ .year = year, .month = 1, .day = 1 });
}

static void in_a_year(struct question *q) {
    int year = 2010 + (int)below(YEARS);
    q->from_us = year_us(year);
    q->to_us = year_us(year + 1);
}

/* Some words in a row of a story. */
static void put_story_words(struct buf *out, struct asker *x, struct arena *a, size_t words) {
    struct story story;
    random_story(x, a, STORY_FULL, &story);
    struct str rest = html_text(a, story.body), word;
    size_t skip = below(200);
    for (size_t i = 0; i < skip + words && str_split(&rest, ' ', &word); i++) {
        if (i >= skip) {
            buf_put(out, i > skip ? STR(" ") : STR(""));
            buf_put(out, word);
        }
    }
}

static void make_question(struct asker *x, struct arena *a, enum kind kind, struct question *ret) {
    const struct writing han = { .script = HAN }, thai = { .script = THAI };
    struct question q = { .from_us = INT64_MIN, .to_us = INT64_MAX };
    struct story story;
    struct buf b;
    buf_init(&b, 65536);
    switch (kind) {
    case COMMON: put_words(&b, 1, 0, 0.3); break;
    case RARE: put_words(&b, 1, 0.7, 1); break;
    case TWO: put_words(&b, 2, 0.3, 0.8); break;
    case THREE: put_words(&b, 3, 0.2, 0.8); break;
    case COMMON_TWO: put_words(&b, 2, 0, 0.5); break;
    case COMMON_AND_RARE:
        put_words(&b, 1, 0, 0.2);
        buf_put_char(&b, ' ');
        put_words(&b, 1, 0.6, 0.9);
        break;
    case MANY: put_words(&b, 12, 0, 0.6); break;
    case PHRASE:
    case COMMON_PHRASE:
        buf_put_char(&b, '"');
        put_words(&b, 2, kind == PHRASE ? 0.3 : 0, kind == PHRASE ? 0.7 : 0.4);
        buf_put_char(&b, '"');
        break;
    case STORY_PHRASE:
        buf_put_char(&b, '"');
        put_story_words(&b, x, a, 2 + below(4));
        buf_put_char(&b, '"');
        break;
    case PREFIX:
        put_words(&b, 1, 0.3, 1);
        buf_truncate(&b, b.len > 4 ? 4 : b.len);
        buf_put_char(&b, '*');
        break;
    case SHORT_PREFIX:
        put_words(&b, 1, 0.3, 1);
        buf_truncate(&b, 1 + below(2));
        buf_put_char(&b, '*');
        break;
    case PREFIX_AND_WORD:
        put_words(&b, 2, 0.2, 0.8);
        buf_truncate(&b, b.len - (b.len > 5));
        buf_put_char(&b, '*');
        break;
    case NEGATIVE:
        put_words(&b, 1, 0, 0.5);
        buf_put(&b, STR(" -"));
        put_words(&b, 1, 0, 0.5);
        break;
    case NEGATIVE_PHRASE:
        put_words(&b, 2, 0, 0.7);
        buf_put(&b, STR(" -\""));
        put_words(&b, 2, 0, 0.3);
        buf_put_char(&b, '"');
        break;
    case EITHER:
        put_words(&b, 1, 0.2, 0.7);
        buf_put(&b, STR(" OR "));
        put_words(&b, 2, 0.2, 0.7);
        break;
    case SECTION:
        put_words(&b, 1, 0, 0.7);
        q.section_id = 1 + (int64_t)below(SECTIONS);
        break;
    case AUTHOR:
    case AUTHOR_TWO:
        put_words(&b, kind == AUTHOR ? 1 : 2, 0, 0.7);
        q.author_id = 1 + (int64_t)below(AUTHORS);
        break;
    case DATES:
        put_words(&b, 2, 0, 0.6);
        in_a_year(&q);
        break;
    case DAY:
        put_words(&b, 1 + below(2), 0, 0.6);
        q.from_us = year_us(2010) + (int64_t)below(YEARS * 365) * US_PER_DAY;
        q.to_us = q.from_us + US_PER_DAY;
        break;
    case ALL_FILTERS:
        put_words(&b, 1 + below(2), 0, 0.5);
        q.section_id = 1 + (int64_t)below(SECTIONS);
        q.author_id = 1 + (int64_t)zipf(AUTHORS, 0, 1);
        in_a_year(&q);
        break;
    case NEWEST_AUTHOR:
    case NEWEST:
        put_words(&b, 1 + below(3), 0, 0.6);
        q.newest_first = true;
        q.author_id = kind == NEWEST ? 0 : 1 + (int64_t)below(AUTHORS);
        break;
    case HAN_WORDS: put_text(&b, &han, 1 + below(3)); break;
    case THAI_WORDS: put_text(&b, &thai, 1 + below(3)); break;
    case HEADLINE:
    case HALF_HEADLINE:
    case MISTYPED:
        random_story(x, a, STORY_CARD, &story);
        buf_put(&b, story.headline);
        if (kind == HALF_HEADLINE) {
            size_t half = str_find_char(buf_str(&b), ' ', b.len / 2);
            buf_truncate(&b, half == STR_NPOS ? b.len : half);
        } else if (kind == MISTYPED) {
            buf_put(&b, STR("qx"));
        }
        break;
    case NOTHING: buf_put(&b, STR("zzyzzxq vvuuttq")); break;
    case KINDS: break;
    }
    q.typed = arena_str(a, buf_str(&b));
    buf_done(&b);
    *ret = q;
}

/* The search and the cards of its first page; *ret_found: how many. */
static double ask_one(struct asker *x, const struct question *q, int64_t *ret_found,
                      int64_t *ret_first_id) {
    struct arena a = { 0 };
    struct store_search_request req = { .section_id = q->section_id,
                                        .author_id = q->author_id,
                                        .from_us = q->from_us,
                                        .to_us = q->to_us,
                                        .newest_first = q->newest_first };
    struct store_search found;
    struct story card;
    int64_t begun_us = clock_mono_us();
    search_query_parse(&a, q->typed, &req.query);
    MUST(store_search(x->reader, &a, &req, 1, PAGE_STORIES, &found, &err));
    for (size_t i = 0; i < found.ids.len; i++) {
        MUST(store_story(x->reader, &a, found.ids.ptr[i], STORY_CARD, &card, &err));
    }
    double ms = since_ms(begun_us);
    *ret_found = found.total;
    *ret_first_id = found.ids.len > 0 ? found.ids.ptr[0] : 0;
    arena_done(&a);
    return ms;
}

static void ask_all(struct asker *x, const struct question *questions, size_t n, int round) {
    double *ms = calloc(n, sizeof *ms), *of_kind = calloc(n, sizeof *ms);
    double *cpu = calloc(n, sizeof *ms);
    int64_t found, first, total = 0, none = 0;
    check(ms != NULL && of_kind != NULL && cpu != NULL);
    for (size_t i = 0; i < n; i++) {
        double begun_ms = cpu_ms();
        ms[i] = ask_one(x, &questions[i], &found, &first);
        cpu[i] = cpu_ms() - begun_ms;
        total += found;
        none += found == 0;
        if (ms[i] > 25) {
            fprintf(stderr, "%.1f ms: %.*s section %lld author %lld%s\n", ms[i],
                    STR_FMT(questions[i].typed), (long long)questions[i].section_id,
                    (long long)questions[i].author_id, questions[i].newest_first ? " newest" : "");
        }
    }
    printf("round %d, %s; %.0f stories looked at a query, %lld queries found nothing\n", round,
           round == 1 ? "cold" : "warm", (double)total / (double)n, (long long)none);
    for (size_t k = 0; k < KINDS; k++) {
        size_t of = 0;
        for (size_t i = k; i < n; i += KINDS) {
            of_kind[of++] = ms[i];
        }
        print_times(kind_names[k], of_kind, of);
    }
    print_times("all", ms, n);
    print_times("all, time on the processor", cpu, n);
    free(cpu);
    free(ms);
    free(of_kind);
}

/* The same ones in each round. */
static void ask_headlines(struct asker *x, int round) {
    struct arena a = { 0 };
    double ms[HEADLINES], cpu[HEADLINES];
    size_t first = 0;
    rng = x->seed + 1;
    for (size_t i = 0; i < HEADLINES; i++, arena_reset(&a)) {
        struct question q = { .from_us = INT64_MIN, .to_us = INT64_MAX };
        struct story story, other;
        int64_t found, id;
        random_story(x, &a, STORY_CARD, &story);
        q.typed = story.headline;
        double begun_ms = cpu_ms();
        ms[i] = ask_one(x, &q, &found, &id);
        cpu[i] = cpu_ms() - begun_ms;
        first += id == story.id;
        if (id != story.id && round == ROUNDS) {
            bool is_same = id != 0 &&
                           store_story(x->reader, &a, id, STORY_CARD, &other, NULL) == STATUS_OK &&
                           str_eq(other.headline, story.headline);
            fprintf(stderr, "not first%s: %lld %.*s\n", is_same ? " (another has the same)" : "",
                    (long long)story.id, STR_FMT(story.headline));
        }
    }
    print_times("headlines", ms, HEADLINES);
    print_times("headlines, processor", cpu, HEADLINES);
    printf("%zu of %d headlines find their story first\n", first, HEADLINES);
    arena_done(&a);
}

/* The same questions as a reader asks them: the whole page, rendered anew. */
static void ask_pages(struct store *store, const struct question *questions, size_t n) {
    struct site *site = NULL;
    void *thread = NULL;
    double *ms = calloc(n, sizeof *ms), *cpu = calloc(n, sizeof *ms);
    size_t bytes = 0;
    check(ms != NULL && cpu != NULL);
    MUST(site_open(store, NULL, &site, &err));
    struct render_source source = site_source(site);
    MUST(source.thread_open(source.ctx, &thread, &err));
    for (size_t i = 0; i < n; i++) {
        const struct question *q = &questions[i];
        struct arena a = { 0 };
        struct keys keys;
        struct err why = { 0 };
        struct search_ask ask = search_ask_words(&a, q->typed);
        ask.section_id = q->section_id;
        ask.author_id = q->author_id;
        ask.newest_first = q->newest_first;
        ask.from = q->from_us == INT64_MIN ? 0 : day_of(q->from_us);
        ask.to = q->to_us == INT64_MAX ? 0 : day_of(q->to_us - US_PER_DAY);
        keys_init(&keys);
        struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
        int64_t begun_us = clock_mono_us();
        double begun_ms = cpu_ms();
        if (source.page(thread, search_ask_path(&a, &ask), &page, &why) != STATUS_OK) {
            fprintf(stderr, "%.*s: %s\n", STR_FMT(q->typed), why.message);
            exit(1);
        }
        cpu[i] = cpu_ms() - begun_ms;
        ms[i] = since_ms(begun_us);
        for (size_t k = 0; k < page.parts.len; k++) {
            bytes += page.parts.ptr[k].bytes.len;
        }
        keys_done(&keys);
        arena_done(&a);
    }
    print_times("whole pages", ms, n);
    print_times("whole pages, processor", cpu, n);
    printf("a page has %zu bytes of its own\n", bytes / n);
    source.thread_close(thread);
    site_close(site);
    free(ms);
    free(cpu);
}

static void drop_from_cache(const char *dir) {
    char path[1024];
    snprintf(path, sizeof path, "%s/site.db", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd >= 0);
    if (fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) {
        fprintf(stderr, "%s stays in the cache\n", path);
    }
    close(fd);
}

static int ask(const char *dir, uint64_t seed) {
    enum { queries = 1000 };
    struct store *store = NULL;
    struct asker x = { .seed = seed };
    struct arena a = { 0 };
    double load = 0;
    MUST(store_open(dir, &store, &err));
    MUST(store_reader_open(store, &x.reader, &err));
    MUST(store_read_begin(x.reader, NULL, &err));
    struct list_page all;
    MUST(store_list_page(x.reader, &a, (struct list_id){ LIST_LATEST, 0 }, 1, 1, &all, &err));
    x.last_id = all.total;
    (void)getloadavg(&load, 1);
    printf("%lld stories; load %.2f\n", (long long)all.total, load);
    rng = seed;
    struct question *questions = calloc(queries, sizeof *questions);
    check(questions != NULL);
    for (size_t i = 0; i < queries; i++) {
        make_question(&x, &a, (enum kind)(i % KINDS), &questions[i]);
    }
    store_read_end(x.reader);
    store_reader_close(x.reader);
    drop_from_cache(dir);
    MUST(store_reader_open(store, &x.reader, &err));
    MUST(store_read_begin(x.reader, NULL, &err));
    for (int round = 1; round <= ROUNDS; round++) {
        ask_all(&x, questions, queries, round);
        ask_headlines(&x, round);
    }
    ask_pages(store, questions, queries);
    store_read_end(x.reader);
    store_reader_close(x.reader);
    store_close(store);
    arena_done(&a);
    free(questions);
    return 0;
}

/* One query, several times: to look at with a profiler. */
static int ask_words(const char *dir, const char *typed) {
    struct store *store = NULL;
    struct asker x = { 0 };
    struct question q = { .typed = str_of(typed), .from_us = INT64_MIN, .to_us = INT64_MAX };
    int64_t found, id;
    double ms[100];
    MUST(store_open(dir, &store, &err));
    MUST(store_reader_open(store, &x.reader, &err));
    MUST(store_read_begin(x.reader, NULL, &err));
    for (size_t i = 0; i < COUNT_OF(ms); i++) {
        ms[i] = ask_one(&x, &q, &found, &id);
    }
    printf("%lld found, first %lld\n", (long long)found, (long long)id);
    print_times(typed, ms, COUNT_OF(ms));
    store_read_end(x.reader);
    store_reader_close(x.reader);
    store_close(store);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        return make(argv[2], atol(argv[3]));
    }
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "ask") == 0) {
        return ask(argv[2], argc == 4 ? strtoull(argv[3], NULL, 10) : 7);
    }
    if (argc == 4 && strcmp(argv[1], "publish") == 0) {
        return publish(argv[2], (size_t)atol(argv[3]));
    }
    if (argc == 4 && strcmp(argv[1], "words") == 0) {
        return ask_words(argv[2], argv[3]);
    }
    fprintf(stderr, "bench/search make DIR STORIES | ask DIR [SEED] | publish DIR STORIES | "
                    "words DIR QUERY\n");
    return 2;
}
