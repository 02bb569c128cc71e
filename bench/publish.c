/* How long publishing takes: from the editor's request to the answer "published", when every page
 * that shows the story is fresh already.
 *
 *   build/release/bench/publish [--json FILE] [--rounds N] [--stories N] SITE...
 *
 * The sites (folders; they are written to) are served by this process, all of them, and take turns:
 * in each round each gets --stories stories, one after the other, by one editor; after each answer
 * a reader fetches the story, the front page, its section, tag, author and month, feeds and the
 * story before it, and the program stops if one of them does not show the new one. How long that
 * reader, the first on each page, waited is told apart. Then 4 and 16 editors publish as many at
 * once. Meanwhile two readers ask for the front page, sections and stories of any age, 500 pages a
 * second together. Beside it stands what the disk takes for 4 KiB appended and synced. */
#include "base/clock.h"
#include "generator/desk.h"
#include "generator/must.h"
#include "generator/reader.h"
#include "generator/times.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SITES_MAX = 8, ROUNDS_MAX = 50, READERS = 2, READER_PAUSE_US = 4000, FLOORS = 20 };

static const size_t crowds[] = { 4, 16 };
enum { CROWDS = 2 };

/* ---- samples ---- */

struct samples {
    double *ms;
    size_t len, cap;
};

static void add(struct samples *s, double ms) {
    if (s->len == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 256;
        s->ms = realloc(s->ms, s->cap * sizeof *s->ms);
        check(s->ms != NULL);
    }
    s->ms[s->len++] = ms;
}

static void add_all(struct samples *s, const struct samples *more) {
    for (size_t i = 0; i < more->len; i++) {
        add(s, more->ms[i]);
    }
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted first. */
static double percentile(const struct samples *s, size_t percent) {
    return s->len == 0 ? 0 : s->ms[s->len * percent / 100 - (percent == 100)];
}

static void sort(struct samples *s) {
    if (s->len > 0) {
        qsort(s->ms, s->len, sizeof *s->ms, compare);
    }
}

/* One kind of measurement of one site: by round, and all rounds together. */
struct series {
    struct samples rounds[ROUNDS_MAX], all;
};

struct site {
    struct desk desk;
    struct series floor, publish, fresh, reading, crowd[CROWDS];
    double crowd_s[CROWDS]; /* that all stories took */
    struct str before;      /* the path of the newest story */
    char before_space[256];
};

/* ---- the disk ---- */

static void measure_floor(struct site *s, size_t round) {
    char path[4200];
    static const char page[4096] = "x";
    snprintf(path, sizeof path, "%s/bench-floor", s->desk.dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    check(fd >= 0);
    for (int i = 0; i < FLOORS; i++) {
        int64_t begun_us = clock_mono_us();
        check(write(fd, page, sizeof page) == (ssize_t)sizeof page && fsync(fd) == 0);
        add(&s->floor.rounds[round], times_since_ms(begun_us));
    }
    close(fd);
    unlink(path);
}

/* ---- readers ---- */

struct reading {
    struct desk *desk;
    size_t number;
    _Atomic bool stop;
    struct samples waited;
    pthread_t thread;
};

static void *read_pages(void *arg) {
    struct reading *x = arg;
    struct reader r;
    struct chance c = chance_of(ARCHIVE_SEED, 100 + x->number);
    reader_open(&r, x->desk->port);
    for (int64_t at_us = clock_mono_us(); !atomic_load(&x->stop); at_us += READER_PAUSE_US) {
        int64_t now_us = clock_mono_us();
        if (now_us < at_us) {
            usleep((useconds_t)(at_us - now_us));
        }
        size_t kind = chance_below(&c, 10);
        struct str path = kind < 4   ? STR("/")
                          : kind < 7 ? x->desk->sections[chance_below(&c, DESK_EDITORS_MAX)].path
                                     : x->desk->addresses[chance_below(&c, DESK_ADDRESSES)];
        int64_t begun_us = clock_mono_us();
        struct reader_answer answer = reader_get(&r, path);
        add(&x->waited, times_since_ms(begun_us));
        if (answer.status != 200) {
            fprintf(stderr, "%.*s answered %d\n", STR_FMT(path), answer.status);
            exit(1);
        }
    }
    reader_close(&r);
    return NULL;
}

/* ---- an editor ---- */

static void must_show(struct reader *r, struct str page, struct str wanted,
                      struct samples *waited) {
    int64_t begun_us = clock_mono_us();
    struct reader_answer answer = reader_get(r, page);
    add(waited, times_since_ms(begun_us));
    if (answer.status != 200 || str_find(answer.body, wanted, 0) == STR_NPOS) {
        fprintf(stderr, "%.*s (%d) does not show %.*s after \"published\"\n", STR_FMT(page),
                answer.status, STR_FMT(wanted));
        exit(1);
    }
}

static struct str feed_of(struct arena *a, struct str list) {
    return arena_printf(a, "%.*sfeed/", STR_FMT(list));
}

/* Whoever publishes alone finds the story on all of these; among others, only where no other's may
 * have pushed it off the page. */
static void check_pages(struct site *s, struct arena *a, struct reader *r,
                        const struct story *story, size_t editor, bool alone,
                        struct samples *waited) {
    const struct desk *d = &s->desk;
    must_show(r, story->path, story->path, waited);
    must_show(r, d->tags[editor].path, story->path, waited);
    must_show(r, d->authors[editor].path, story->path, waited);
    must_show(r, feed_of(a, d->tags[editor].path), story->path, waited);
    if (!alone) {
        return;
    }
    int day = story->local_day;
    must_show(r, STR("/"), story->path, waited);
    must_show(r, STR("/feed/"), story->path, waited);
    must_show(r, d->sections[editor].path, story->path, waited);
    must_show(r, feed_of(a, d->sections[editor].path), story->path, waited);
    must_show(r, arena_printf(a, "/%d/%02d/", day / 10000, day / 100 % 100), story->path, waited);
    must_show(r, arena_printf(a, "/%d/%02d/%02d/", day / 10000, day / 100 % 100, day % 100),
              story->path, waited);
    if (s->before.len > 0) {
        must_show(r, s->before, story->path, waited); /* as the next one */
    }
    snprintf(s->before_space, sizeof s->before_space, "%.*s", STR_FMT(story->path));
    s->before = str_of(s->before_space);
}

struct editor {
    struct site *site;
    size_t number, stories;
    bool alone;
    struct samples took, waited;
    pthread_t thread;
};

static void *edit(void *arg) {
    struct editor *e = arg;
    struct arena a = { 0 };
    struct reader r;
    reader_open(&r, e->site->desk.port);
    for (size_t i = 0; i < e->stories; i++, arena_reset(&a)) {
        struct story story;
        desk_story(&e->site->desk, &a, e->number, &story);
        int64_t begun_us = clock_mono_us();
        (void)desk_save(&e->site->desk, &story);
        add(&e->took, times_since_ms(begun_us));
        check_pages(e->site, &a, &r, &story, e->number, e->alone, &e->waited);
    }
    reader_close(&r);
    arena_done(&a);
    return NULL;
}

static void publish_alone(struct site *s, size_t round, size_t stories) {
    struct editor e = { .site = s, .stories = stories, .alone = true };
    (void)edit(&e);
    add_all(&s->publish.rounds[round], &e.took);
    add_all(&s->fresh.rounds[round], &e.waited);
    free(e.took.ms);
    free(e.waited.ms);
}

static void publish_at_once(struct site *s, size_t round, size_t crowd, size_t stories) {
    struct editor editors[DESK_EDITORS_MAX] = { 0 };
    size_t n = crowds[crowd];
    int64_t begun_us = clock_mono_us();
    for (size_t i = 0; i < n; i++) {
        editors[i] = (struct editor){ .site = s, .number = i, .stories = (stories + n - 1) / n };
        check(pthread_create(&editors[i].thread, NULL, edit, &editors[i]) == 0);
    }
    for (size_t i = 0; i < n; i++) {
        pthread_join(editors[i].thread, NULL);
        add_all(&s->crowd[crowd].rounds[round], &editors[i].took);
        free(editors[i].took.ms);
        free(editors[i].waited.ms);
    }
    s->crowd_s[crowd] += times_since_ms(begun_us) / 1000;
}

/* One site's part of a round. */
static void take_turn(struct site *s, size_t round, size_t stories) {
    struct reading readings[READERS] = { 0 };
    measure_floor(s, round);
    for (size_t i = 0; i < READERS; i++) {
        readings[i].desk = &s->desk;
        readings[i].number = round * READERS + i;
        check(pthread_create(&readings[i].thread, NULL, read_pages, &readings[i]) == 0);
    }
    publish_alone(s, round, stories);
    for (size_t i = 0; i < CROWDS; i++) {
        publish_at_once(s, round, i, stories);
    }
    for (size_t i = 0; i < READERS; i++) {
        atomic_store(&readings[i].stop, true);
        pthread_join(readings[i].thread, NULL);
        add_all(&s->reading.rounds[round], &readings[i].waited);
        free(readings[i].waited.ms);
    }
}

/* ---- the report ---- */

static void settle(struct series *series, size_t rounds) {
    for (size_t i = 0; i < rounds; i++) {
        add_all(&series->all, &series->rounds[i]);
        sort(&series->rounds[i]);
    }
    sort(&series->all);
}

static void print_row(const char *what, const struct series *s) {
    printf("  %-46s %6zu %8.2f %8.2f %8.2f %8.2f\n", what, s->all.len, percentile(&s->all, 50),
           percentile(&s->all, 95), percentile(&s->all, 99), percentile(&s->all, 100));
}

static void print_site(const struct site *s) {
    printf("%" PRId64 " stories%39s %6s %8s %8s %8s %8s\n", s->desk.stories, "", "n", "p50", "p95",
           "p99", "max ms");
    print_row("4 KiB appended and synced", &s->floor);
    print_row("publish, one editor", &s->publish);
    for (size_t i = 0; i < CROWDS; i++) {
        char what[64];
        snprintf(what, sizeof what, "publish, %zu editors at once (%.0f a second)", crowds[i],
                 (double)s->crowd[i].all.len / s->crowd_s[i]);
        print_row(what, &s->crowd[i]);
    }
    print_row("the first reader of a page that was renewed", &s->fresh);
    print_row("other readers", &s->reading);
}

static void write_series(FILE *f, const char *name, const struct series *s, size_t rounds) {
    static const size_t percents[] = { 50, 95, 99, 100 };
    static const char *const names[] = { "p50", "p95", "p99", "max" };
    fprintf(f, "      \"%s\": { ", name);
    for (size_t p = 0; p < COUNT_OF(percents); p++) {
        fprintf(f, "\"%s\": %.3f, \"%s_rounds\": [", names[p], percentile(&s->all, percents[p]),
                names[p]);
        for (size_t i = 0; i < rounds; i++) {
            fprintf(f, "%s%.3f", i ? ", " : "", percentile(&s->rounds[i], percents[p]));
        }
        fprintf(f, "], ");
    }
    fprintf(f, "\"n\": %zu }", s->all.len);
}

static void write_json(const char *path, const struct site *sites, size_t n, size_t rounds) {
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    fprintf(f, "{ \"unit\": \"ms\", \"sites\": [\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(f, "    { \"stories\": %" PRId64 ",\n", sites[i].desk.stories);
        write_series(f, "floor", &sites[i].floor, rounds);
        fprintf(f, ",\n");
        write_series(f, "publish", &sites[i].publish, rounds);
        for (size_t c = 0; c < CROWDS; c++) {
            char name[32];
            snprintf(name, sizeof name, "publish%zu", crowds[c]);
            fprintf(f, ",\n");
            write_series(f, name, &sites[i].crowd[c], rounds);
        }
        fprintf(f, ",\n");
        write_series(f, "fresh", &sites[i].fresh, rounds);
        fprintf(f, ",\n");
        write_series(f, "reading", &sites[i].reading, rounds);
        fprintf(f, " }%s\n", i + 1 < n ? "," : "");
    }
    fprintf(f, "] }\n");
    check(fclose(f) == 0);
}

int main(int argc, char **argv) {
    const char *json = NULL;
    size_t rounds = 7, stories = 100, n = 0;
    const char *dirs[SITES_MAX];
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0 && has_value) {
            json = argv[++i];
        } else if (strcmp(argv[i], "--rounds") == 0 && has_value) {
            rounds = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--stories") == 0 && has_value) {
            stories = strtoul(argv[++i], NULL, 10);
        } else if (argv[i][0] != '-' && n < SITES_MAX) {
            dirs[n++] = argv[i];
        } else {
            n = 0;
            break;
        }
    }
    if (n == 0 || rounds < 1 || rounds >= ROUNDS_MAX || stories < 1) {
        fprintf(stderr, "publish [--json FILE] [--rounds N] [--stories N] SITE...\n");
        return 2;
    }
    struct site *sites = calloc(n, sizeof *sites);
    check(sites != NULL);
    for (size_t i = 0; i < n; i++) {
        desk_open(&sites[i].desk, dirs[i]);
        /* First uses of everything: this round does not count. */
        take_turn(&sites[i], rounds, 20);
        memset(sites[i].crowd_s, 0, sizeof sites[i].crowd_s);
    }
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            take_turn(&sites[round % 2 ? n - 1 - i : i], round, stories);
        }
        fprintf(stderr, "round %zu of %zu\n", round + 1, rounds);
    }
    for (size_t i = 0; i < n; i++) {
        struct site *s = &sites[i];
        struct series *all[] = { &s->floor,   &s->publish,  &s->fresh,
                                 &s->reading, &s->crowd[0], &s->crowd[1] };
        for (size_t k = 0; k < COUNT_OF(all); k++) {
            settle(all[k], rounds);
        }
        print_site(s);
    }
    if (n > 1) {
        printf("the median at %" PRId64 " stories is %.2f times that at %" PRId64 "\n",
               sites[n - 1].desk.stories,
               percentile(&sites[n - 1].publish.all, 50) / percentile(&sites[0].publish.all, 50),
               sites[0].desk.stories);
    }
    if (json != NULL) {
        write_json(json, sites, n, rounds);
    }
    for (size_t i = 0; i < n; i++) {
        desk_close(&sites[i].desk);
    }
    free(sites);
    return 0;
}
