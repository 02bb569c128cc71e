/* How long a search takes in a large archive, and whether a headline finds its story.
 *
 *   build/release/bench/search ask DIR [SEED]         ask it 1,000 mixed queries, print the times
 *   build/release/bench/search words DIR QUERY        ask it one query a hundred times
 *
 * DIR is a site made by `archive site` (generator/archive.h says what its stories are like).
 *
 * `ask` drops the site from the system's cache, asks everything (cold: each page of the index is
 * read from the disk when it is first needed), and asks it twice again (warm), then once more as
 * whole pages. Nothing of one query is kept for the next but what SQLite and the system cache. */
#include "base/clock.h"
#include "generator/archive.h"
#include "generator/must.h"
#include "generator/times.h"
#include "generator/words.h"
#include "site/search_address.h"
#include "site/site.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    HEADLINES = 1000,
    ROUNDS = 3,
    PAGE_STORIES = 10,
};

/* What the queries are drawn from. */
static struct chance chance;

static size_t below(size_t n) {
    return chance_below(&chance, n);
}

static void put_words(struct buf *out, size_t n, double from, double to) {
    words_put_some(out, &chance, n, from, to);
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
    int year = ARCHIVE_FIRST_YEAR + (int)below(ARCHIVE_YEARS);
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
    const struct writing han = { .script = SCRIPT_HAN }, thai = { .script = SCRIPT_THAI };
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
        q.section_id = 1 + (int64_t)below(ARCHIVE_SECTIONS);
        break;
    case AUTHOR:
    case AUTHOR_TWO:
        put_words(&b, kind == AUTHOR ? 1 : 2, 0, 0.7);
        q.author_id = 1 + (int64_t)below(ARCHIVE_AUTHORS);
        break;
    case DATES:
        put_words(&b, 2, 0, 0.6);
        in_a_year(&q);
        break;
    case DAY:
        put_words(&b, 1 + below(2), 0, 0.6);
        q.from_us = year_us(ARCHIVE_FIRST_YEAR) + (int64_t)below(ARCHIVE_YEARS * 365) * US_PER_DAY;
        q.to_us = q.from_us + US_PER_DAY;
        break;
    case ALL_FILTERS:
        put_words(&b, 1 + below(2), 0, 0.5);
        q.section_id = 1 + (int64_t)below(ARCHIVE_SECTIONS);
        q.author_id = 1 + (int64_t)chance_zipf(&chance, ARCHIVE_AUTHORS, 0, 1);
        in_a_year(&q);
        break;
    case NEWEST_AUTHOR:
    case NEWEST:
        put_words(&b, 1 + below(3), 0, 0.6);
        q.newest_first = true;
        q.author_id = kind == NEWEST ? 0 : 1 + (int64_t)below(ARCHIVE_AUTHORS);
        break;
    case HAN_WORDS: words_put_text(&b, &chance, &han, 1 + below(3)); break;
    case THAI_WORDS: words_put_text(&b, &chance, &thai, 1 + below(3)); break;
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
    double ms = times_since_ms(begun_us);
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
        double begun_ms = times_cpu_ms();
        ms[i] = ask_one(x, &questions[i], &found, &first);
        cpu[i] = times_cpu_ms() - begun_ms;
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
        times_print(kind_names[k], of_kind, of);
    }
    times_print("all", ms, n);
    times_print("all, time on the processor", cpu, n);
    free(cpu);
    free(ms);
    free(of_kind);
}

/* The same ones in each round. */
static void ask_headlines(struct asker *x, int round) {
    struct arena a = { 0 };
    double ms[HEADLINES], cpu[HEADLINES];
    size_t first = 0;
    chance = chance_of(x->seed, 1);
    for (size_t i = 0; i < HEADLINES; i++, arena_reset(&a)) {
        struct question q = { .from_us = INT64_MIN, .to_us = INT64_MAX };
        struct story story, other;
        int64_t found, id;
        random_story(x, &a, STORY_CARD, &story);
        q.typed = story.headline;
        double begun_ms = times_cpu_ms();
        ms[i] = ask_one(x, &q, &found, &id);
        cpu[i] = times_cpu_ms() - begun_ms;
        first += id == story.id;
        if (id != story.id && round == ROUNDS) {
            bool is_same = id != 0 &&
                           store_story(x->reader, &a, id, STORY_CARD, &other, NULL) == STATUS_OK &&
                           str_eq(other.headline, story.headline);
            fprintf(stderr, "not first%s: %lld %.*s\n", is_same ? " (another has the same)" : "",
                    (long long)story.id, STR_FMT(story.headline));
        }
    }
    times_print("headlines", ms, HEADLINES);
    times_print("headlines, processor", cpu, HEADLINES);
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
        ask.from = q->from_us == INT64_MIN ? 0 : archive_day(q->from_us);
        ask.to = q->to_us == INT64_MAX ? 0 : archive_day(q->to_us - US_PER_DAY);
        keys_init(&keys);
        struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
        int64_t begun_us = clock_mono_us();
        double begun_ms = times_cpu_ms();
        if (source.page(thread, search_ask_path(&a, &ask), &page, &why) != STATUS_OK) {
            fprintf(stderr, "%.*s: %s\n", STR_FMT(q->typed), why.message);
            exit(1);
        }
        cpu[i] = times_cpu_ms() - begun_ms;
        ms[i] = times_since_ms(begun_us);
        for (size_t k = 0; k < page.parts.len; k++) {
            bytes += page.parts.ptr[k].bytes.len;
        }
        keys_done(&keys);
        arena_done(&a);
    }
    times_print("whole pages", ms, n);
    times_print("whole pages, processor", cpu, n);
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
    chance = chance_of(seed, 0);
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
    times_print(typed, ms, COUNT_OF(ms));
    store_read_end(x.reader);
    store_reader_close(x.reader);
    store_close(store);
    return 0;
}

int main(int argc, char **argv) {
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "ask") == 0) {
        return ask(argv[2], argc == 4 ? strtoull(argv[3], NULL, 10) : 7);
    }
    if (argc == 4 && strcmp(argv[1], "words") == 0) {
        return ask_words(argv[2], argv[3]);
    }
    fprintf(stderr, "Usage: search ask DIR [SEED]\n       search words DIR QUERY\n");
    return 2;
}
