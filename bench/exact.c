/* Whether every page is exact at any size, with publishing under load.
 *
 *   build/release/bench/exact [--rounds N] [--edits N] [--sample N] [--seed N] SITE
 *
 * The site (a folder; it is written to) is served by this process. In each round two editors make
 * --edits random changes: new stories, now and in the middle of the archive, edits of headline,
 * text, section, date and address, withdrawals, slots. Readers ask for pages meanwhile, hot ones,
 * those that change and random ones. Some stories carry their version wherever they are shown: no
 * page may show two versions of one, nor an older one than its editor was told is published.
 *
 * Then a second server is started cold on the same folder, and --sample addresses, those of all
 * stories that were changed, their lists, feeds and maps, and random ones, are compared: status,
 * head and body must be the same, byte for byte, but for when a feed was first made so. */
#include "base/clock.h"
#include "base/limits.h"
#include "generator/desk.h"
#include "generator/must.h"
#include "generator/reader.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EDITORS = 2, READERS = 4, MARKED = 32, TOUCHED_MAX = 100000 };

struct options {
    const char *dir;
    size_t rounds, edits, sample;
    uint64_t seed;
};

struct run {
    struct desk desk;
    struct options options;
    char sign[32]; /* what the versions' marks begin with */
    int64_t marked[MARKED];
    _Atomic int64_t published[MARKED]; /* the version that editors were told is published */
    _Atomic bool stop;
    _Atomic size_t read, marks, faults;
    pthread_mutex_t lock; /* what follows */
    struct arena arena;
    VEC(struct str) touched; /* addresses that changed, or whose neighbours did */
};

static void touch_address(struct run *x, struct str path) {
    pthread_mutex_lock(&x->lock);
    if (path.len > 0 && x->touched.len < TOUCHED_MAX) {
        *vec_push(&x->arena, &x->touched) = arena_str(&x->arena, path);
    }
    pthread_mutex_unlock(&x->lock);
}

static void fault(struct run *x, const char *fmt, ...) PRINTF(2, 3);
static void fault(struct run *x, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    atomic_fetch_add(&x->faults, 1);
}

/* ---- stories with a version ---- */

/* The same site may have been used before: each run has marks of its own. */
static void mark(const struct run *x, struct arena *a, struct story *s, size_t number,
                 int64_t version) {
    struct str text = arena_printf(a, "%sn%zuv%" PRId64 "z", x->sign, number, version);
    s->headline = arena_printf(a, "The ferry %.*s", STR_FMT(text));
    s->standfirst = arena_printf(a, "It was late %.*s again.", STR_FMT(text));
    s->body.raw = arena_printf(a, "<p>The %.*s ferry.</p><p>Nobody saw %.*s.</p>", STR_FMT(text),
                               STR_FMT(text));
}

static void check_marks(struct run *x, struct str path, struct str page,
                        const int64_t least[MARKED]) {
    int64_t shown[MARKED] = { 0 };
    struct str sign = str_of(x->sign);
    for (size_t at = 0; (at = str_find(page, sign, at)) != STR_NPOS;) {
        char text[40];
        size_t story;
        int64_t version;
        at += sign.len;
        snprintf(text, sizeof text, "%.*s",
                 STR_FMT(str_slice(page, at, at + 36 < page.len ? at + 36 : page.len)));
        if (sscanf(text, "n%zuv%" SCNd64 "z", &story, &version) != 2 || story >= MARKED) {
            continue;
        }
        atomic_fetch_add(&x->marks, 1);
        if (shown[story] != 0 && shown[story] != version) {
            fault(x, "%.*s shows versions %" PRId64 " and %" PRId64 " of one story\n",
                  STR_FMT(path), shown[story], version);
        }
        if (version < least[story]) {
            fault(x, "%.*s shows version %" PRId64 " after %" PRId64 " was published\n",
                  STR_FMT(path), version, least[story]);
        }
        shown[story] = version;
    }
}

/* ---- editors ---- */

struct editor {
    struct run *run;
    size_t number;
    struct chance chance;
    struct store_reader *reader;
    VEC(int64_t) own; /* stories that this editor made; the other one leaves them alone */
    struct arena arena;
    int64_t versions[MARKED];
    pthread_t thread;
};

static void edit_marked(struct editor *e, struct arena *a) {
    struct run *x = e->run;
    size_t number = chance_below(&e->chance, MARKED / EDITORS) * EDITORS + e->number;
    struct story s;
    MUST(store_read_begin(e->reader, NULL, &err));
    MUST(store_story(e->reader, a, x->marked[number], STORY_FULL, &s, &err));
    store_read_end(e->reader);
    mark(x, a, &s, number, ++e->versions[number]);
    s.updated_us = clock_now_us();
    (void)desk_save(&x->desk, &s);
    atomic_store(&x->published[number], e->versions[number]);
    touch_address(x, s.path);
}

/* A new story, by chance one of long ago. */
static void edit_new(struct editor *e, struct arena *a) {
    struct run *x = e->run;
    struct story s;
    desk_story(&x->desk, a, e->number + EDITORS * chance_below(&e->chance, 8), &s);
    if (chance_below(&e->chance, 3) == 0) {
        s.published_us -= (int64_t)chance_below(&e->chance, 4000) * US_PER_DAY;
        s.local_day = archive_day(s.published_us);
    }
    *vec_push(&e->arena, &e->own) = desk_save(&x->desk, &s);
    touch_address(x, s.path);
}

/* Change something of a story. */
static void edit_old(struct editor *e, struct arena *a) {
    struct run *x = e->run;
    if (e->own.len == 0) {
        return;
    }
    struct story s;
    MUST(store_read_begin(e->reader, NULL, &err));
    MUST(store_story(e->reader, a, e->own.ptr[chance_below(&e->chance, e->own.len)], STORY_FULL, &s,
                     &err));
    store_read_end(e->reader);
    struct desk_term *section = &x->desk.sections[chance_below(&e->chance, DESK_EDITORS_MAX)];
    struct desk_term *tag = &x->desk.tags[chance_below(&e->chance, DESK_EDITORS_MAX)];
    touch_address(x, s.path);
    s.updated_us = clock_now_us();
    switch (chance_below(&e->chance, 6)) {
    case 0: s.headline = arena_printf(a, "%.*s again", STR_FMT(s.headline)); break;
    case 1:
        s.section_id = section->id;
        s.sections = (struct ids){ &section->id, 1 };
        break;
    case 2: s.tags = (struct ids){ &tag->id, 1 }; break;
    case 3:
        s.slug = arena_printf(a, "%.*s-b", STR_FMT(s.slug));
        s.path = arena_printf(a, "/%d/%.*s/", s.local_day / 10000, STR_FMT(s.slug));
        break;
    case 4:
        s.published_us -= (int64_t)chance_below(&e->chance, 400) * US_PER_DAY;
        s.local_day = archive_day(s.published_us);
        break;
    default: s.state = s.state == STORY_PUBLISHED ? STORY_WITHDRAWN : STORY_PUBLISHED; break;
    }
    if (s.slug.len < 150) {
        (void)desk_save(&x->desk, &s);
        touch_address(x, s.path);
    }
}

static void edit_slot(struct editor *e) {
    struct store_writer *w = NULL;
    int64_t ids[3];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        ids[i] = e->own.len > 0 ? e->own.ptr[chance_below(&e->chance, e->own.len)]
                                : e->run->marked[i];
    }
    MUST(store_write_begin(e->run->desk.store, &w, &err));
    MUST(store_slot_put(w, e->number == 0 ? STR("lead") : STR("dont-miss"),
                        (struct ids){ ids, COUNT_OF(ids) }, &err));
    MUST(store_write_commit(w, &err));
}

static void *edit(void *arg) {
    struct editor *e = arg;
    struct arena a = { 0 };
    for (size_t i = 0; i < e->run->options.edits / EDITORS; i++, arena_reset(&a)) {
        size_t kind = chance_below(&e->chance, 10);
        if (kind < 4) {
            edit_marked(e, &a);
        } else if (kind < 6) {
            edit_new(e, &a);
        } else if (kind < 9) {
            edit_old(e, &a);
        } else {
            edit_slot(e);
        }
        usleep((useconds_t)chance_below(&e->chance, 4000));
    }
    arena_done(&a);
    return NULL;
}

/* ---- readers ---- */

struct reading {
    struct run *run;
    struct chance chance;
    pthread_t thread;
};

static struct str any_address(struct run *x, struct chance *c, struct arena *a) {
    struct str path = STR("/");
    size_t term = chance_below(c, DESK_EDITORS_MAX);
    switch (chance_below(c, 8)) {
    case 0: return path;
    case 1: return x->desk.sections[term].path;
    case 2: return x->desk.tags[term].path;
    case 3: return x->desk.authors[term].path;
    case 4: return arena_printf(a, "%.*sfeed/", STR_FMT(x->desk.sections[term].path));
    case 5: return x->desk.addresses[chance_below(c, DESK_ADDRESSES)];
    default:
        pthread_mutex_lock(&x->lock);
        if (x->touched.len > 0) {
            path = x->touched.ptr[chance_below(c, x->touched.len)];
        }
        pthread_mutex_unlock(&x->lock);
        return path;
    }
}

static void *read_on(void *arg) {
    struct reading *r = arg;
    struct run *x = r->run;
    struct reader reader;
    struct arena a = { 0 };
    reader_open(&reader, x->desk.port);
    for (; !atomic_load(&x->stop); arena_reset(&a)) {
        int64_t least[MARKED];
        for (size_t i = 0; i < MARKED; i++) {
            least[i] = atomic_load(&x->published[i]);
        }
        struct str path = any_address(x, &r->chance, &a);
        struct reader_answer answer = reader_get(&reader, path);
        check_marks(x, path, answer.body, least);
        atomic_fetch_add(&x->read, 1);
    }
    reader_close(&reader);
    arena_done(&a);
    return NULL;
}

/* ---- comparing ---- */

/* The head without what is of the moment. */
static struct str steady_head(struct arena *a, struct str head) {
    struct buf out;
    struct str line;
    buf_init(&out, 64 * KIB);
    while (str_split(&head, '\n', &line)) {
        if (!str_starts(line, STR("Date:")) && !str_starts(line, STR("Last-Modified:"))) {
            buf_put(&out, line);
            buf_put_char(&out, '\n');
        }
    }
    struct str text = arena_str(a, buf_str(&out));
    buf_done(&out);
    return text;
}

static void compare(struct run *x, struct reader *warm, struct reader *cold, struct str path) {
    struct arena a = { 0 };
    struct reader_answer w = reader_get(warm, path), c = reader_get(cold, path);
    bool same_head = str_eq(steady_head(&a, w.head), steady_head(&a, c.head));
    if (w.status != c.status || !same_head || !str_eq(w.body, c.body)) {
        size_t at = 0;
        while (at < w.body.len && at < c.body.len && w.body.ptr[at] == c.body.ptr[at]) {
            at++;
        }
        size_t from = at > 80 ? at - 80 : 0;
        fault(x, "%.*s: %d, cold %d\n  warm …%.*s\n  cold …%.*s\n", STR_FMT(path), w.status,
              c.status,
              STR_FMT(str_slice(w.body, from, at + 120 < w.body.len ? at + 120 : w.body.len)),
              STR_FMT(str_slice(c.body, from, at + 120 < c.body.len ? at + 120 : c.body.len)));
    }
    arena_done(&a);
}

static size_t compare_lists(struct run *x, struct reader *warm, struct reader *cold) {
    static const char *const plain[] = { "/",           "/page/2/",    "/page/7/",
                                         "/feed/",      "/feed/atom/", "/comments/feed/",
                                         "/robots.txt", "/nowhere/",   "/?s=ferry" };
    static const char *const suffixes[] = { "", "page/2/", "page/3/", "feed/" };
    struct arena a = { 0 };
    size_t n = COUNT_OF(plain);
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        compare(x, warm, cold, str_of(plain[i]));
    }
    for (size_t i = 0; i < DESK_EDITORS_MAX; i++) {
        for (size_t k = 0; k < COUNT_OF(suffixes); k++, n += 3) {
            const struct str bases[] = { x->desk.sections[i].path, x->desk.tags[i].path,
                                         x->desk.authors[i].path };
            for (size_t b = 0; b < COUNT_OF(bases); b++) {
                compare(x, warm, cold, arena_printf(&a, "%.*s%s", STR_FMT(bases[b]), suffixes[k]));
            }
        }
    }
    for (int64_t day = 0; day < 3000; day += 25, n += 2) {
        int d = archive_day(clock_now_us() - day * US_PER_DAY);
        compare(x, warm, cold, arena_printf(&a, "/%d/%02d/", d / 10000, d / 100 % 100));
        compare(x, warm, cold,
                arena_printf(&a, "/%d/%02d/%02d/", d / 10000, d / 100 % 100, d % 100));
    }
    arena_done(&a);
    return n;
}

/* Upkeep changes what searches are planned by; so does the clock what is new. */
static void wait_for_rest(struct run *x) {
    struct store_reader *r = NULL;
    MUST(store_reader_open(x->desk.store, &r, &err));
    int64_t last = -1, now = 0;
    while (last != now) {
        last = now;
        usleep(700000);
        MUST(store_read_begin(r, NULL, &err));
        MUST(store_journal_last(r, &now, &err));
        store_read_end(r);
    }
    store_reader_close(r);
}

/* Another store, another site, an empty table. */
static size_t compare_all(struct run *x, struct chance *c) {
    struct store *store = NULL;
    struct server *server = NULL;
    struct server_options options = { .no_clock = true };
    struct reader warm, cold;
    wait_for_rest(x);
    MUST(store_open(x->options.dir, &store, &err));
    MUST(server_start(store, &options, &server, &err));
    reader_open(&warm, x->desk.port);
    reader_open(&cold, server_port(server));
    size_t n = compare_lists(x, &warm, &cold), touched = x->touched.len;
    for (size_t i = 0; n < x->options.sample && i < touched; i++, n++) {
        compare(x, &warm, &cold, x->touched.ptr[touched - 1 - i]);
    }
    for (; n < x->options.sample; n++) {
        compare(x, &warm, &cold, x->desk.addresses[chance_below(c, DESK_ADDRESSES)]);
    }
    reader_close(&warm);
    reader_close(&cold);
    server_stop(server);
    store_close(store);
    return n;
}

/* ---- together ---- */

static void play_round(struct run *x, struct editor editors[EDITORS], size_t round) {
    struct reading readings[READERS];
    atomic_store(&x->stop, false);
    for (size_t i = 0; i < READERS; i++) {
        readings[i] =
            (struct reading){ .run = x,
                              .chance = chance_of(x->options.seed, 1000 + round * READERS + i) };
        check(pthread_create(&readings[i].thread, NULL, read_on, &readings[i]) == 0);
    }
    for (size_t i = 0; i < EDITORS; i++) {
        check(pthread_create(&editors[i].thread, NULL, edit, &editors[i]) == 0);
    }
    for (size_t i = 0; i < EDITORS; i++) {
        pthread_join(editors[i].thread, NULL);
    }
    atomic_store(&x->stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readings[i].thread, NULL);
    }
}

static void make_marked(struct run *x) {
    struct arena a = { 0 };
    for (size_t i = 0; i < MARKED; i++) {
        struct story s;
        desk_story(&x->desk, &a, i, &s);
        mark(x, &a, &s, i, 1);
        x->marked[i] = desk_save(&x->desk, &s);
        x->published[i] = 1;
        touch_address(x, s.path);
        arena_reset(&a);
    }
    arena_done(&a);
}

static int usage(void) {
    fprintf(stderr, "exact [--rounds N] [--edits N] [--sample N] [--seed N] SITE\n");
    return 2;
}

int main(int argc, char **argv) {
    struct run *x = calloc(1, sizeof *x);
    check(x != NULL);
    struct options o = { .rounds = 4, .edits = 400, .sample = 2500, .seed = 7 };
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        size_t *number = strcmp(argv[i], "--rounds") == 0   ? &o.rounds
                         : strcmp(argv[i], "--edits") == 0  ? &o.edits
                         : strcmp(argv[i], "--sample") == 0 ? &o.sample
                                                            : NULL;
        if (number != NULL || strcmp(argv[i], "--seed") == 0) {
            uint64_t n = strtoull(value, NULL, 10);
            if (number != NULL) {
                *number = n;
            } else {
                o.seed = n;
            }
            i++;
        } else if (argv[i][0] != '-' && o.dir == NULL) {
            o.dir = argv[i];
        } else {
            return usage();
        }
    }
    if (o.dir == NULL) {
        return usage();
    }
    x->options = o;
    pthread_mutex_init(&x->lock, NULL);
    snprintf(x->sign, sizeof x->sign, "qx%" PRIx64 "q", clock_now_us() / 1000);
    desk_open(&x->desk, o.dir);
    make_marked(x);
    struct editor editors[EDITORS] = { 0 };
    for (size_t i = 0; i < EDITORS; i++) {
        editors[i] = (struct editor){ .run = x, .number = i, .chance = chance_of(o.seed, i) };
        for (size_t k = 0; k < MARKED; k++) {
            editors[i].versions[k] = 1;
        }
        MUST(store_reader_open(x->desk.store, &editors[i].reader, &err));
    }
    struct chance c = chance_of(o.seed, 99);
    size_t compared = 0;
    for (size_t round = 0; round < o.rounds; round++) {
        play_round(x, editors, round);
        compared += compare_all(x, &c);
        printf("round %zu: %zu edits, %zu pages read meanwhile with %zu marks, %zu addresses "
               "compared, %zu faults\n",
               round + 1, (round + 1) * o.edits, (size_t)x->read, (size_t)x->marks, compared,
               (size_t)x->faults);
        fflush(stdout);
    }
    for (size_t i = 0; i < EDITORS; i++) {
        store_reader_close(editors[i].reader);
        arena_done(&editors[i].arena);
    }
    desk_close(&x->desk);
    arena_done(&x->arena);
    int result = x->faults > 0;
    pthread_mutex_destroy(&x->lock);
    free(x);
    return result;
}
