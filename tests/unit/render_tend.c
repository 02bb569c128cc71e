#include "tests/harness.h"

#include "base/arena.h"
#include "render/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* What is hot stays, is packed tight, and is ready again after a commit. The pages are "/<number>",
 * of some KB each; all of them show the fragment "shared", of which "/7" takes a variant. */

static _Atomic int renders, version;

static enum status open_thread(void *ctx, void **ret, struct err *err) {
    (void)err;
    *ret = ctx;
    return STATUS_OK;
}

static void close_thread(void *thread) {
    (void)thread;
}

/* Words that a better packer packs better. */
static struct str make_words(struct arena *a, uint64_t seed) {
    struct buf text;
    buf_init(&text, 1 << 20);
    uint64_t state = seed | 1;
    for (int i = 0; i < 600; i++) {
        buf_printf(&text, "word%zu ", test_below(&state, 90));
    }
    struct str copy = arena_str(a, buf_str(&text));
    buf_done(&text);
    return copy;
}

static enum status make_page(void *thread, struct str key, struct page_build *page,
                             struct err *err) {
    (void)thread, (void)err;
    atomic_fetch_add(&renders, 1);
    page->head = STR("Content-Type: text/plain\r\n");
    keys_addf(page->keys, "page:%.*s", STR_FMT(key));
    keys_add(page->keys, STR("all"));
    page_own(page, arena_printf(page->arena, "%.*s v%d ", STR_FMT(key), atomic_load(&version)));
    page_own(page, make_words(page->arena, strtoull(key.ptr + 1, NULL, 10) + 1));
    page_slot(page, STR("shared"), str_eq(key, STR("/7")) ? 7 : 1);
    return STATUS_OK;
}

static enum status make_fragment(void *thread, struct str key, struct fragment_build *f,
                                 struct err *err) {
    (void)thread, (void)err;
    atomic_fetch_add(&renders, 1);
    keys_add(f->keys, STR("shared"));
    int64_t *vary = ARENA_NEW(f->arena, int64_t);
    *vary = 7;
    f->vary = (struct ids){ vary, 1 };
    buf_printf(&f->out, "%.*s v%d ", STR_FMT(key), atomic_load(&version));
    buf_put(&f->out, make_words(f->arena, 99));
    return STATUS_OK;
}

static const struct render_source source = { .thread_open = open_thread,
                                             .thread_close = close_thread,
                                             .page = make_page,
                                             .fragment = make_fragment };

static struct cache *new_cache(size_t memory_bytes) {
    struct cache_options options = { .memory_max_bytes = memory_bytes,
                                     .renderers = 2,
                                     .is_tended = true };
    struct cache *c = NULL;
    struct err err = { 0 };
    check(cache_new(&source, &options, &c, &err) == STATUS_OK);
    atomic_store(&version, 0);
    return c;
}

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool open;
};

static void gate_wake(void *arg, enum status outcome) {
    check(outcome == STATUS_OK);
    struct gate *g = arg;
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_signal(&g->cond);
    pthread_mutex_unlock(&g->lock);
}

struct got {
    struct str body; /* as it was sent */
    struct str etag;
    bool waited;
};

static struct got fetch(struct cache *c, struct arena *a, const char *key, bool gzip) {
    struct got got = { 0 };
    for (;;) {
        struct gate g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
        struct answer answer;
        cache_online(c, 0);
        enum cache_outcome outcome = cache_answer(c, 0, str_of(key), gzip, &answer, gate_wake, &g);
        if (outcome == CACHE_READY) {
            char *bytes = arena_alloc(a, answer.body_len + 1);
            size_t len = 0;
            for (size_t i = 0; i < answer.n_parts; i++) {
                memcpy(bytes + len, answer.parts[i].iov_base, answer.parts[i].iov_len);
                len += answer.parts[i].iov_len;
            }
            got.body = str_make(bytes, len);
            got.etag = arena_str(a, answer.etag);
            cache_offline(c, 0);
            return got;
        }
        cache_offline(c, 0);
        check(outcome == CACHE_PENDING);
        got.waited = true;
        pthread_mutex_lock(&g.lock);
        while (!g.open) {
            pthread_cond_wait(&g.cond, &g.lock);
        }
        pthread_mutex_unlock(&g.lock);
    }
}

static struct got fetch_number(struct cache *c, struct arena *a, size_t number) {
    char key[32];
    snprintf(key, sizeof key, "/%zu", number);
    return fetch(c, a, key, true);
}

static struct str unpacked(struct arena *a, struct str packed) {
    enum { ROOM = 65536 };
    char *plain = arena_alloc(a, ROOM);
    z_stream z = { .next_in = (Bytef *)(uintptr_t)packed.ptr,
                   .avail_in = (uInt)packed.len,
                   .next_out = (Bytef *)plain,
                   .avail_out = ROOM };
    check(inflateInit2(&z, 15 + 16) == Z_OK);
    check(inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0);
    inflateEnd(&z);
    return str_make(plain, z.total_out);
}

static void touch(struct cache *c, const char *key) {
    struct keys keys;
    keys_init(&keys);
    keys_add(&keys, str_of(key));
    cache_touch(c, &keys);
    keys_done(&keys);
}

/* Asked for in each of some seconds. */
static void make_hot(struct cache *c, struct arena *a, const char *key) {
    for (int second = 0; second < 5; second++) {
        fetch(c, a, key, true);
        fetch(c, a, key, true);
        cache_tend(c);
    }
}

TEST(cache_keeps_what_many_read_while_a_crawler_reads_everything) {
    enum { HOT = 500, CRAWLED = 20000, EVERY = 20, MEMORY = 6 << 20 };
    struct cache *c = new_cache(MEMORY);
    struct arena a = { 0 };
    /* Both from the beginning: the crawl turns over the memory between two readings of a hot page.
     * EVERY crawled pages to one hot one, so in 10,000 crawled ones each hot page is read once. */
    size_t hits = 0, asked = 0;
    for (size_t i = 0; i < CRAWLED; i++) {
        fetch_number(c, &a, 1000 + i);
        for (size_t k = 0; k < 2; k++) {
            bool hit = !fetch_number(c, &a, (2 * i + k) % HOT).waited;
            asked += i >= CRAWLED / 10;
            hits += i >= CRAWLED / 10 && hit;
        }
        arena_reset(&a);
        if (i % 500 == 0) {
            cache_tend(c);
        }
    }
    CHECK(hits * 100 >= asked * 99);
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK(stats.bytes <= MEMORY + 20000);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_learns_what_is_read_while_the_memory_is_turned_over) {
    enum { HOT = 100, MEMORY = 2 << 20 };
    struct cache *c = new_cache(MEMORY);
    struct arena a = { 0 };
    size_t crawled = 0, hits = 0, asked = 0;
    for (int round = 0; round < 20; round++) {
        for (size_t hot = 0; hot < HOT; hot++) {
            bool hit = !fetch_number(c, &a, hot).waited;
            asked += round >= 3;
            hits += round >= 3 && hit;
            for (int k = 0; k < 10; k++) { /* a thousand between two readings of a hot one */
                fetch_number(c, &a, 1000 + crawled++);
            }
            arena_reset(&a);
        }
    }
    CHECK(hits * 100 >= asked * 99);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_packs_tight_what_is_hot_and_changes_nothing_else) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    struct got cold = fetch(c, &a, "/3", true);
    struct got variant = fetch(c, &a, "/7", true);
    struct got rare = fetch(c, &a, "/4", true);
    make_hot(c, &a, "/3");
    make_hot(c, &a, "/7");
    cache_tend(c);
    struct got hot = fetch(c, &a, "/3", true);
    CHECK(!hot.waited);
    CHECK(hot.body.len < cold.body.len);
    CHECK(str_eq(hot.etag, cold.etag));
    CHECK(str_starts(hot.etag, STR("W/"))); /* other bytes than before */
    CHECK(str_eq(unpacked(&a, hot.body), unpacked(&a, cold.body)));
    CHECK(str_eq(unpacked(&a, hot.body), fetch(c, &a, "/3", false).body));
    struct got hot_variant = fetch(c, &a, "/7", true);
    CHECK(hot_variant.body.len < variant.body.len);
    CHECK(str_eq(unpacked(&a, hot_variant.body), unpacked(&a, variant.body)));
    /* Of another page only the shared fragment. */
    struct got other = fetch(c, &a, "/4", true);
    CHECK(other.body.len < rare.body.len);
    CHECK(str_eq(unpacked(&a, other.body), unpacked(&a, rare.body)));
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK_INT(stats.repacks, 4); /* two pages, the fragment, the variant */
    for (int second = 0; second < 5; second++) {
        cache_tend(c); /* once is enough */
    }
    cache_stats(c, &stats);
    CHECK_INT(stats.repacks, 4);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_packs_nothing_that_was_changed_meanwhile) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    for (int second = 0; second < 3; second++) {
        fetch(c, &a, "/3", true);
        fetch(c, &a, "/3", true);
        cache_tend(c);
    }
    /* Its pieces are packed now, and not in place. */
    atomic_store(&version, 1);
    touch(c, "all");
    fetch(c, &a, "/3", true);
    cache_tend(c);
    struct str now = unpacked(&a, fetch(c, &a, "/3", true).body);
    CHECK(str_starts(now, STR("/3 v1 ")));
    arena_done(&a);
    cache_free(c);
}

TEST(cache_renders_at_once_what_is_hot_and_was_touched) {
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    fetch(c, &a, "/4", true);
    make_hot(c, &a, "/3");
    struct cache_stats was;
    cache_stats(c, &was);
    uint64_t before = was.renders;
    atomic_store(&version, 1);
    touch(c, "shared");
    struct cache_stats stats;
    CHECK_SOON((cache_stats(c, &stats), stats.renders == before + 1)); /* the hot page's fragment */
    CHECK(!fetch(c, &a, "/3", true).waited);
    atomic_store(&version, 2);
    touch(c, "all"); /* both pages; "/4" waits until somebody asks */
    CHECK_SOON((cache_stats(c, &stats), stats.renders == before + 2));
    struct got hot = fetch(c, &a, "/3", true);
    CHECK(!hot.waited);
    CHECK(str_starts(unpacked(&a, hot.body), STR("/3 v2 ")));
    CHECK(fetch(c, &a, "/4", true).waited);
    CHECK_INT(stats.renewals, 2);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_renews_no_more_than_so_many_at_once) {
    enum { PAGES = 300, RENEWED_MAX = 64 };
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    for (int second = 0; second < 5; second++) {
        for (size_t i = 0; i < PAGES; i++) {
            fetch_number(c, &a, i);
            fetch_number(c, &a, i);
        }
        cache_tend(c);
        arena_reset(&a);
    }
    struct cache_stats before, after;
    cache_stats(c, &before);
    touch(c, "all");
    cache_stats(c, &after);
    CHECK(after.renewals > 0 && after.renewals <= RENEWED_MAX);
    arena_done(&a);
    cache_free(c);
}

/* One flight a key, and what a thousand pages share is rendered once. */
TEST(cache_renders_what_cold_pages_share_once) {
    enum { PAGES = 1000 };
    struct cache *c = new_cache(0);
    struct arena a = { 0 };
    int before = atomic_load(&renders);
    for (size_t i = 10; i < 10 + PAGES; i++) {
        fetch_number(c, &a, i);
        arena_reset(&a);
    }
    CHECK_INT(atomic_load(&renders) - before, PAGES + 1);
    arena_done(&a);
    cache_free(c);
}

TEST(cache_takes_less_and_more_memory_when_told) {
    struct cache *c = new_cache(4 << 20);
    struct arena a = { 0 };
    for (size_t i = 0; i < 600; i++) {
        fetch_number(c, &a, i);
        arena_reset(&a);
    }
    struct cache_stats stats;
    cache_stats(c, &stats);
    CHECK(stats.bytes > 3 << 20);
    cache_set_memory(c, 1 << 20);
    cache_stats(c, &stats);
    CHECK(stats.bytes <= 1 << 20);
    cache_set_memory(c, 8 << 20);
    for (size_t i = 0; i < 1200; i++) {
        fetch_number(c, &a, i);
        arena_reset(&a);
    }
    cache_stats(c, &stats);
    CHECK(stats.bytes > 5 << 20);
    arena_done(&a);
    cache_free(c);
}
