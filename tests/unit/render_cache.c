#include "tests/harness.h"

#include "base/arena.h"
#include "base/limits.h"
#include "render/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* A site whose data are numbered cells: page "/i" shows number i itself, and includes the fragments
 * "f/j" for j = i % 3, which shows number 10 + j and varies for page 7. */
enum { NUMBERS = 16 };
static _Atomic int numbers[NUMBERS];
static _Atomic int renders;
static _Atomic int slow_us;
static _Atomic bool held; /* "/search-held…" waits */

static enum status open_thread(void *ctx, void **ret, struct err *err) {
    (void)err;
    *ret = ctx;
    return STATUS_OK;
}

static void close_thread(void *thread) {
    (void)thread;
}

static int read_number(struct keys *keys, int i) {
    keys_addf(keys, "n:%d", i);
    int value = atomic_load(&numbers[i]);
    if (atomic_load(&slow_us) > 0) {
        usleep((useconds_t)atomic_load(&slow_us));
    }
    return value;
}

static enum status make_page(void *thread, struct str key, struct page_build *page,
                             struct err *err) {
    (void)thread;
    atomic_fetch_add(&renders, 1);
    page->head = STR("Content-Type: text/plain\r\n");
    if (str_starts(key, STR("/missing"))) {
        page->alias = STR("error:404");
        keys_addf(page->keys, "path:%.*s", STR_FMT(key));
        return STATUS_OK;
    }
    if (str_eq(key, STR("error:404"))) {
        page->status = 404;
        page_own(page, STR("nothing here"));
        return STATUS_OK;
    }
    if (str_starts(key, STR("/old"))) {
        page->status = atomic_load(&numbers[9]) == 0 ? 301 : 200;
        keys_add(page->keys, STR("n:9"));
        keys_add(page->keys, STR("old"));
        page->head = STR("Location: /1\r\n");
        return STATUS_OK;
    }
    if (str_eq(key, STR("/headlong"))) { /* as a redirect to an imported address may be */
        char *url = arena_alloc(page->arena, 100000);
        memset(url, 'x', 100000);
        page->head = str_make(url, 100000);
        return STATUS_OK;
    }
    if (str_starts(key, STR("/search"))) {
        while (str_starts(key, STR("/search-held")) && atomic_load(&held)) {
            usleep(500);
        }
        keys_add(page->keys, STR("search"));
        page_own(page, arena_printf(page->arena, "%.*s %0500d", STR_FMT(key), 7));
        return STATUS_OK;
    }
    if (str_eq(key, STR("/broken"))) {
        return err_set(err, STATUS_DB, "no");
    }
    int i = key.ptr[1] - '0';
    int value = read_number(page->keys, i);
    page_own(page, arena_printf(page->arena, "%d=%d ", i, value));
    page_slot(page, arena_printf(page->arena, "f/%d", i % 3), i);
    page_own(page, STR(" end"));
    return STATUS_OK;
}

static enum status make_fragment(void *thread, struct str key, struct fragment_build *f,
                                 struct err *err) {
    (void)thread, (void)err;
    atomic_fetch_add(&renders, 1);
    int j = key.ptr[2] - '0';
    int value = read_number(f->keys, 10 + j);
    int64_t *vary = ARENA_NEW(f->arena, int64_t);
    *vary = 7;
    f->vary = (struct ids){ vary, 1 };
    bool variant = str_find(key, STR("/except:7"), 0) != STR_NPOS;
    buf_printf(&f->out, "%s%d=%d", variant ? "without " : "", 10 + j, value);
    return STATUS_OK;
}

static bool is_made_up(struct str key) {
    return str_starts(key, STR("/search"));
}

static const struct render_source source = { NULL,      open_thread,   close_thread,
                                             make_page, make_fragment, is_made_up };

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool open;
    enum status outcome;
};

static void gate_wake(void *arg, enum status outcome) {
    struct gate *g = arg;
    pthread_mutex_lock(&g->lock);
    g->open = true;
    g->outcome = outcome;
    pthread_cond_signal(&g->cond);
    pthread_mutex_unlock(&g->lock);
}

/* What a loop does: ask, wait, ask again. Returns the body, identity or unpacked. */
static struct str fetch(struct cache *c, size_t loop, struct arena *a, const char *key, bool gzip,
                        struct answer *ret) {
    for (;;) {
        struct gate g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, STATUS_OK };
        cache_online(c, loop);
        enum cache_outcome outcome = cache_answer(c, loop, str_of(key), gzip, ret, gate_wake, &g);
        if (outcome == CACHE_READY) {
            char *bytes = arena_alloc(a, ret->body_len + 1);
            size_t len = 0;
            for (size_t i = 0; i < ret->n_parts; i++) {
                memcpy(bytes + len, ret->parts[i].iov_base, ret->parts[i].iov_len);
                len += ret->parts[i].iov_len;
            }
            check(len == ret->body_len);
            ret->head = arena_str(a, ret->head);
            ret->etag = arena_str(a, ret->etag);
            cache_offline(c, loop);
            if (!gzip) {
                return str_make(bytes, len);
            }
            char *plain = arena_alloc(a, 65536);
            z_stream z = { .next_in = (Bytef *)bytes,
                           .avail_in = (uInt)len,
                           .next_out = (Bytef *)plain,
                           .avail_out = 65536 };
            check(inflateInit2(&z, 15 + 16) == Z_OK);
            check(inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0);
            inflateEnd(&z);
            return str_make(plain, z.total_out);
        }
        cache_offline(c, loop);
        check(outcome == CACHE_PENDING);
        pthread_mutex_lock(&g.lock);
        while (!g.open) {
            pthread_cond_wait(&g.cond, &g.lock);
        }
        pthread_mutex_unlock(&g.lock);
        if (g.outcome != STATUS_OK) {
            ret->status = status_http(g.outcome);
            return STR("");
        }
    }
}

static struct cache *new_cache(size_t memory) {
    struct cache *c = NULL;
    struct err err = { 0 };
    struct cache_options options = { .memory_max_bytes = memory,
                                     .renderers = 3,
                                     .is_tended = true };
    check(cache_new(&source, &options, &c, &err) == STATUS_OK);
    atomic_store(&slow_us, 0);
    for (int i = 0; i < NUMBERS; i++) {
        atomic_store(&numbers[i], 0);
    }
    return c;
}

static void write_number(struct cache *c, int i, int value) {
    struct keys touched;
    keys_init(&touched);
    atomic_store(&numbers[i], value);
    keys_addf(&touched, "n:%d", i);
    cache_touch(c, &touched);
    keys_done(&touched);
}

TEST(cache_answers_pages_of_fragments_in_both_encodings) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    struct answer plain, gzip;
    CHECK_STR(fetch(c, 0, &a, "/4", false, &plain), "4=0 11=0 end");
    CHECK_STR(fetch(c, 0, &a, "/4", true, &gzip), "4=0 11=0 end");
    CHECK_INT(plain.status, 200);
    CHECK(str_find(gzip.head, STR("Content-Encoding: gzip\r\n"), 0) != STR_NPOS);
    CHECK(str_find(gzip.head, STR("Vary: Accept-Encoding\r\n"), 0) != STR_NPOS);
    CHECK(plain.etag.len > 0 && !str_eq(plain.etag, gzip.etag));
    CHECK_STR(fetch(c, 0, &a, "/7", false, &plain), "7=0 without 11=0 end");
    arena_done(&a);
    cache_free(c);
}

TEST(cache_renders_again_only_what_was_touched) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    struct answer got;
    fetch(c, 0, &a, "/1", false, &got);
    fetch(c, 0, &a, "/4", false, &got);
    struct str etag = got.etag;
    int before = atomic_load(&renders);
    fetch(c, 0, &a, "/4", true, &got);
    CHECK_INT(atomic_load(&renders), before);
    write_number(c, 4, 5);
    CHECK_STR(fetch(c, 0, &a, "/4", true, &got), "4=5 11=0 end");
    CHECK_STR(fetch(c, 0, &a, "/1", false, &got), "1=0 11=0 end");
    CHECK_INT(atomic_load(&renders), before + 1);
    write_number(c, 11, 6);
    CHECK_STR(fetch(c, 0, &a, "/1", false, &got), "1=0 11=6 end");
    CHECK_STR(fetch(c, 0, &a, "/4", false, &got), "4=5 11=6 end");
    CHECK_INT(atomic_load(&renders), before + 2);
    CHECK(!str_eq(etag, got.etag));
    write_number(c, 9, 1);
    fetch(c, 0, &a, "/4", false, &got);
    CHECK_INT(atomic_load(&renders), before + 2);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_shares_one_page_among_unknown_addresses_and_keeps_no_failure) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    struct answer got;
    CHECK_STR(fetch(c, 0, &a, "/missing1", false, &got), "nothing here");
    CHECK_INT(got.status, 404);
    CHECK_STR(fetch(c, 0, &a, "/missing2", true, &got), "nothing here");
    fetch(c, 0, &a, "/broken", false, &got);
    CHECK_INT(got.status, 500);
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK_INT(stats.cells, 3);
    arena_done(&a);
    cache_free(c);
}

static void note_outcome(void *arg, enum status outcome) {
    atomic_store((_Atomic int *)arg, (int)outcome);
}

TEST(cache_refuses_a_head_that_no_client_would_take) {
    struct cache *c = new_cache(0);
    struct answer got;
    _Atomic int outcome = -1;
    cache_online(c, 0);
    CHECK_INT(cache_answer(c, 0, STR("/headlong"), false, &got, note_outcome, &outcome),
              CACHE_PENDING);
    cache_offline(c, 0);
    for (int i = 0; i < 5000 && atomic_load(&outcome) < 0; i++) {
        usleep(1000);
    }
    CHECK_INT(atomic_load(&outcome), STATUS_TOO_LARGE);
    cache_free(c);
}

TEST(cache_keeps_to_its_memory) {
    struct cache *c = new_cache(60000);
    struct arena a = { 0 };
    struct answer got;
    char key[32];
    for (int round = 0; round < 3000; round++) {
        snprintf(key, sizeof key, "/%d?%d", round % 10, round);
        fetch(c, 0, &a, key, round % 2, &got);
        CHECK_STR(fetch(c, 0, &a, "/2", false, &got), "2=0 12=0 end");
        arena_reset(&a);
    }
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK(stats.bytes <= 62000);
    CHECK(stats.evictions > 1000);
    arena_done(&a);
    cache_free(c);
}

/* Pages until the memory is next to full; returns how many. */
static int fill(struct cache *c, size_t memory, struct arena *a) {
    struct answer got;
    struct cache_stats stats = { 0 };
    char key[32];
    int pages = 0;
    for (; stats.bytes < memory - 3000; pages++) {
        snprintf(key, sizeof key, "/%d?%d", pages % 10, pages);
        fetch(c, 0, a, key, false, &got);
        cache_stats(c, &stats);
    }
    CHECK_INT(stats.evictions, 0);
    return pages;
}

/* Each of them is still there. */
static void check_filled(struct cache *c, int pages, struct arena *a) {
    struct answer got;
    char key[32];
    int before = atomic_load(&renders);
    for (int i = 0; i < pages; i++) {
        snprintf(key, sizeof key, "/%d?%d", i % 10, i);
        fetch(c, 0, a, key, false, &got);
    }
    CHECK_INT(atomic_load(&renders), before);
}

static void touch(struct cache *c, const char *key) {
    struct keys keys;
    keys_init(&keys);
    keys_add(&keys, str_of(key));
    cache_touch(c, &keys);
    keys_done(&keys);
}

TEST(cache_keeps_made_up_pages_from_pushing_out_others) {
    enum { MEMORY = 60000, FLOOD = 2000 };
    struct cache *c = new_cache(MEMORY);
    struct arena a = { 0 };
    struct answer got;
    struct cache_stats stats = { 0 };
    char key[32];
    int pages = fill(c, MEMORY, &a);
    for (int i = 0; i < FLOOD; i++) {
        snprintf(key, sizeof key, "/search?%d", i);
        CHECK(str_starts(fetch(c, 0, &a, key, i % 2, &got), str_of(key)));
        arena_reset(&a);
        cache_stats(c, &stats);
        if (stats.made_up_bytes > MEMORY / 8) {
            test_fail(__FILE__, __LINE__, "%zu bytes after %d", stats.made_up_bytes, i);
            break;
        }
        if (i % 500 == 250) { /* what was emptied takes its turn, too */
            touch(c, "search");
        }
    }
    CHECK(stats.made_up_cells > 0 && stats.made_up_cells < 100);
    CHECK(stats.evictions > FLOOD / 2);
    check_filled(c, pages, &a);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_keeps_addresses_without_a_page_from_pushing_out_others) {
    enum { MEMORY = 60000, FLOOD = 2000 };
    static const char *const kinds[] = { "/missing", "/old" };
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
        struct cache *c = new_cache(MEMORY);
        struct arena a = { 0 };
        struct answer got;
        struct cache_stats stats = { 0 };
        char key[32];
        fetch(c, 0, &a, "/missing", false, &got); /* so that the page of those is there, too */
        int pages = fill(c, MEMORY, &a);
        for (int i = 0; i < FLOOD; i++) {
            snprintf(key, sizeof key, "%s?%d", kinds[kind], i);
            fetch(c, 0, &a, key, false, &got);
            CHECK_INT(got.status, kind == 0 ? 404 : 301);
            arena_reset(&a);
            cache_stats(c, &stats);
            if (stats.negative_bytes > MEMORY / 8) {
                test_fail(__FILE__, __LINE__, "%zu bytes after %d", stats.negative_bytes, i);
                break;
            }
            if (i % 500 == 250) { /* what was emptied takes its turn, too */
                touch(c, "old");
                snprintf(key, sizeof key, "path:/missing?%d", i);
                touch(c, key);
            }
        }
        CHECK(stats.negative_cells > 0 && stats.negative_cells < 100);
        CHECK(stats.evictions > FLOOD / 2);
        check_filled(c, pages, &a);
        arena_done(&a);
        cache_free(c);
    }
}

TEST(cache_counts_an_address_as_what_is_there_now) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    struct answer got;
    struct cache_stats stats;
    for (int round = 0; round < 3; round++) {
        write_number(c, 9, round % 2);
        fetch(c, 0, &a, "/old", false, &got);
        CHECK_INT(got.status, round % 2 == 0 ? 301 : 200);
        cache_stats(c, &stats);
        CHECK_INT(stats.negative_cells, round % 2 == 0);
        CHECK((stats.negative_bytes == stats.bytes) == (round % 2 == 0));
        CHECK((stats.negative_bytes == 0) == (round % 2 == 1));
    }
    arena_done(&a);
    cache_free(c);
}

static void await_renders(struct cache *c, uint64_t n) {
    struct cache_stats stats;
    cache_stats(c, &stats);
    for (int i = 0; i < 60000 && stats.renders < n; i++) {
        usleep(1000);
        cache_stats(c, &stats);
    }
    CHECK_INT(stats.renders, n);
}

static void check_ready(struct cache *c, const char *key) {
    struct answer got;
    cache_online(c, 0);
    CHECK_INT(cache_answer(c, 0, str_of(key), false, &got, NULL, NULL), CACHE_READY);
    cache_offline(c, 0);
}

static void nothing_changes(void *ctx) {
    (void)ctx;
}

TEST(cache_has_kept_pages_ready_before_anybody_asks) {
    struct cache *c = new_cache(60000);
    struct arena a = { 0 };
    struct answer got;
    cache_keep(c, STR("/4"));
    await_renders(c, 2); /* it and its fragment */
    check_ready(c, "/4");
    touch(c, "site");
    await_renders(c, 4);
    check_ready(c, "/4");
    cache_renew(c, nothing_changes, NULL);
    await_renders(c, 6);
    check_ready(c, "/4");
    touch(c, "n:11"); /* the fragment only */
    await_renders(c, 7);
    check_ready(c, "/4");
    for (int i = 0; i < 500; i++) { /* others push out others */
        char key[32];
        snprintf(key, sizeof key, "/5?%d", i);
        fetch(c, 0, &a, key, false, &got);
    }
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK(stats.evictions > 100);
    check_ready(c, "/4");
    arena_done(&a);
    cache_free(c);
}

struct tally {
    _Atomic int good, bad;
};

static void count_outcome(void *arg, enum status outcome) {
    struct tally *t = arg;
    atomic_fetch_add(outcome == STATUS_OK ? &t->good : &t->bad, 1);
}

TEST(cache_makes_pages_while_searches_wait) {
    enum { SEARCHES = LIMIT_MADE_UP_QUEUE + 50 };
    struct cache *c = new_cache(0);
    struct answer got;
    struct tally tally = { 0 }, usual = { 0 };
    int refused = 0;
    atomic_store(&held, true);
    for (int i = 0; i < SEARCHES; i++) {
        char key[32];
        snprintf(key, sizeof key, "/search-held?%d", i);
        cache_online(c, 0);
        refused += cache_answer(c, 0, str_of(key), false, &got, count_outcome, &tally) ==
                   CACHE_BUSY;
        cache_offline(c, 0);
    }
    CHECK(refused > 0 && refused <= 50);
    cache_online(c, 0);
    CHECK_INT(cache_answer(c, 0, STR("/4"), false, &got, count_outcome, &usual), CACHE_PENDING);
    cache_offline(c, 0);
    for (int i = 0; i < 60000 && atomic_load(&usual.good) == 0; i++) {
        usleep(1000);
    }
    CHECK_INT(atomic_load(&usual.good), 1); /* a thread was left for it */
    CHECK_INT(atomic_load(&tally.good), 0);
    atomic_store(&held, false);
    for (int i = 0; i < 60000 && atomic_load(&tally.good) + refused < SEARCHES; i++) {
        usleep(1000);
    }
    CHECK_INT(atomic_load(&tally.good), SEARCHES - refused);
    CHECK_INT(atomic_load(&tally.bad), 0);
    cache_free(c);
}

/* Readers ask while a writer writes and touches: after a touch has returned, nobody may see an
 * older number. Acknowledged numbers only grow. */
struct race {
    struct cache *c;
    size_t loop;
    _Atomic int *acknowledged;
    _Atomic bool *stop;
    size_t wrong;
    _Atomic size_t reads;
};

static void *race_reader(void *arg) {
    struct race *r = arg;
    struct arena a = { 0 };
    uint64_t rng = test_seed() + r->loop;
    while (!atomic_load(r->stop)) {
        int i = (int)test_below(&rng, 10);
        int own = atomic_load(&r->acknowledged[i]);
        int shared = atomic_load(&r->acknowledged[10 + i % 3]);
        char key[32];
        snprintf(key, sizeof key, "/%d", i);
        struct answer got;
        struct str body = fetch(r->c, r->loop, &a, key, test_below(&rng, 2), &got);
        int seen_own = 0, seen_shared = 0, n = 0, j = 0;
        const char *text = arena_str(&a, body).ptr;
        const char *second = strrchr(text, '=');
        sscanf(text, "%d=%d", &n, &seen_own);
        if (second == NULL || sscanf(second, "=%d", &seen_shared) != 1 || n != i || j != 0 ||
            seen_own < own || seen_shared < shared) {
            r->wrong++;
        }
        r->reads++;
        arena_reset(&a);
    }
    arena_done(&a);
    return NULL;
}

TEST(cache_never_shows_anything_older_than_what_was_acknowledged) {
    enum { READERS = 4 };
    struct cache *c = new_cache(30000);
    static _Atomic int acknowledged[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
        atomic_store(&acknowledged[i], 0);
    }
    atomic_store(&slow_us, 20);
    _Atomic bool stop = false;
    pthread_t threads[READERS];
    struct race races[READERS];
    for (size_t i = 0; i < READERS; i++) {
        races[i] = (struct race){ c, i, acknowledged, &stop, 0, 0 };
        check(pthread_create(&threads[i], NULL, race_reader, &races[i]) == 0);
    }
    uint64_t rng = test_seed();
    /* At least so many writes, and until the readers have met enough of them: a busy machine gives
     * them few turns. */
    size_t reads = 0;
    for (int step = 1; step <= 1000 || (reads < 200 && step < 100000); step++) {
        reads = 0;
        for (size_t i = 0; i < READERS; i++) {
            reads += atomic_load(&races[i].reads);
        }
        int i = (int)test_below(&rng, NUMBERS);
        write_number(c, i, step);
        atomic_store(&acknowledged[i], step);
        usleep((useconds_t)test_below(&rng, 1000));
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(races[i].wrong, 0);
    }
    CHECK(reads >= 200);
    cache_free(c);
}
