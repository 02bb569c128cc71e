/* The promise: after any sequence of writes, every address answers byte for byte what a cold start
 * answers.
 *
 * One store; one warm fragment table that lives through all writes and hears only the keys that
 * each commit reports; and after each write a cold rendering of every address that there is or was,
 * by a site opened anew. Status, head and body must be equal. Now and then a real process is
 * started on the same folder and asked over HTTP, too.
 *
 * The canary: with one kind of key left out (keys_ignore), the same walk must find a difference;
 * otherwise that key is not needed or the test is blind. */
#include "tests/harness.h"
#include "tests/town.h"

#include "api/page.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "render/cache.h"
#include "site/site.h"
#include "store/store.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- asking ---- */

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool open;
};

static void gate_wake(void *arg, enum status outcome) {
    (void)outcome;
    struct gate *g = arg;
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_signal(&g->cond);
    pthread_mutex_unlock(&g->lock);
}

static void put_answer(struct buf *out, int status, struct str head, struct str file) {
    buf_printf(out, "%d %.*s\r\n%.*s\r\n", status, STR_FMT(file), STR_FMT(head));
}

static void ask_warm(struct cache *c, struct str key, struct buf *out) {
    for (int tries = 0; tries < 100; tries++) {
        struct gate g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
        struct answer answer;
        cache_online(c, 0);
        enum cache_outcome outcome = cache_answer(c, 0, key, false, &answer, gate_wake, &g);
        if (outcome == CACHE_READY) {
            put_answer(out, answer.status, answer.head, answer.file);
            for (size_t i = 0; i < answer.n_parts; i++) {
                buf_put(out, str_make(answer.parts[i].iov_base, answer.parts[i].iov_len));
            }
            cache_offline(c, 0);
            return;
        }
        cache_offline(c, 0);
        check(outcome == CACHE_PENDING);
        pthread_mutex_lock(&g.lock);
        while (!g.open) {
            pthread_cond_wait(&g.cond, &g.lock);
        }
        pthread_mutex_unlock(&g.lock);
    }
    buf_put(out, STR("never ready"));
}

/* From nothing: no table, a site opened anew. The head is compared as far as the site makes it. */
static void ask_cold(const struct render_source *source, void *thread, struct str key,
                     struct buf *out) {
    struct arena a = { 0 };
    struct keys keys;
    struct err err = { 0 };
    keys_init(&keys);
    struct page_build page = { .arena = &a, .keys = &keys, .status = 200 };
    enum status status = source->page(thread, key, &page, &err);
    if (status == STATUS_OK && page.alias.len > 0) {
        struct str alias = arena_str(&a, page.alias);
        page = (struct page_build){ .arena = &a, .keys = &keys, .status = 200 };
        status = source->page(thread, alias, &page, &err);
    }
    if (status == STATUS_OK) {
        put_answer(out, page.status, page.head, page.file);
        status = page_flatten(source, thread, &page, out, &err);
    }
    if (status != STATUS_OK) {
        buf_printf(out, "failed: %s", err.message);
    }
    keys_done(&keys);
    arena_done(&a);
}

/* The warm head has ETag and the like besides: compare status, the site's head lines, and the body.
 */
static bool same(struct str warm, struct str cold, struct arena *a) {
    size_t warm_end = str_find(warm, STR("\r\n\r\n"), 0),
           cold_end = str_find(cold, STR("\r\n\r\n"), 0);
    if (warm_end == STR_NPOS || cold_end == STR_NPOS) {
        return str_eq(warm, cold);
    }
    return str_starts(warm, str_slice(cold, 0, cold_end)) &&
           str_eq(str_from(warm, warm_end + 4), str_from(cold, cold_end + 4)) && a != NULL;
}

static struct str body_of(struct str answer) {
    size_t end = str_find(answer, STR("\r\n\r\n"), 0);
    return end == STR_NPOS ? answer : str_from(answer, end);
}

/* In the head if it has another status; else in the body, or, those being equal, in the head. */
static void tell_difference(const char *after, const char *address, struct str warm,
                            struct str cold) {
    const size_t status_line = strlen("HTTP/1.1 200");
    bool same_status = str_eq(str_slice(warm, 0, status_line), str_slice(cold, 0, status_line));
    if (same_status && !str_eq(body_of(warm), body_of(cold))) {
        warm = body_of(warm);
        cold = body_of(cold);
    }
    size_t at = 0;
    while (at < warm.len && at < cold.len && warm.ptr[at] == cold.ptr[at]) {
        at++;
    }
    size_t from = at > 60 ? at - 60 : 0;
    test_fail(__FILE__, __LINE__, "after %s: %s\n    warm …%.*s\n    cold …%.*s", after, address,
              STR_FMT(str_slice(warm, from, at + 200)), STR_FMT(str_slice(cold, from, at + 200)));
}

static void on_commit(void *ctx, const struct keys *touched) {
    cache_touch(ctx, touched);
}

/* The number of addresses that differ; the first is described when `loud`. */
static size_t compare_all(const struct town *t, struct cache *warm_cache, bool loud) {
    struct site *site = NULL;
    void *thread = NULL;
    MUST(site_open(t->store, NULL, &site, &err));
    struct render_source source = api_source(site);
    MUST(source.thread_open(source.ctx, &thread, &err));
    struct buf warm, cold;
    struct arena a = { 0 };
    buf_init(&warm, 64u << 20);
    buf_init(&cold, 64u << 20);
    size_t differing = 0;
    for (size_t i = 0; i < t->n_addresses; i++) {
        struct str key = str_of(t->addresses[i]);
        buf_reset(&warm);
        buf_reset(&cold);
        ask_warm(warm_cache, key, &warm);
        ask_cold(&source, thread, key, &cold);
        if (!same(buf_str(&warm), buf_str(&cold), &a)) {
            differing++;
            if (loud && differing == 1) {
                tell_difference(t->last, t->addresses[i], buf_str(&warm), buf_str(&cold));
            }
        }
    }
    buf_done(&warm);
    buf_done(&cold);
    arena_done(&a);
    source.thread_close(thread);
    site_close(site);
    return differing;
}

/* The town's site, warm. */
struct warm {
    struct site *site;
    struct cache *cache;
};

static void warm_up(struct warm *warm, struct town *t) {
    MUST(site_open(t->store, NULL, &warm->site, &err));
    struct render_source source = api_source(warm->site);
    struct cache_options options = { .renderers = 2 };
    MUST(cache_new(&source, &options, &warm->cache, &err));
    store_listen(t->store, on_commit, warm->cache);
}

static void cool_down(struct warm *warm, struct town *t) {
    store_listen(t->store, NULL, NULL);
    cache_free(warm->cache);
    site_close(warm->site);
    town_done(t);
}

static int writes_wanted(int fallback) {
    const char *text = getenv("EXACT_WRITES");
    return text ? atoi(text) : fallback;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { WRITES_DEFAULT = 100, CANARY_WRITES = 2000 };
#else
enum { WRITES_DEFAULT = 1000, CANARY_WRITES = 2000 };
#endif

TEST(server_exact_after_every_write) {
    struct town t;
    struct warm warm;
    town_make(&t, test_seed());
    warm_up(&warm, &t);
    CHECK_INT(compare_all(&t, warm.cache, true), 0);
    int n = writes_wanted(WRITES_DEFAULT);
    for (int i = 0; i < n; i++) {
        town_write(&t);
        if (compare_all(&t, warm.cache, true) != 0) {
            printf("  after %d writes\n", i + 1);
            break;
        }
    }
    cool_down(&warm, &t);
}

TEST(server_exact_fails_when_a_dependency_is_left_out) {
    static const char *const kinds[] = { "story:",        "latest",
                                         "section:",      "tag:",
                                         "author:",       "after:",
                                         "before:",       "slot:",
                                         "path:",         "menu:",
                                         "row:section:",  "row:author:",
                                         "row:tag:",      "media:",
                                         "comments:",     "all-comments",
                                         "month:",        "slot:most-read",
                                         "sitemaps",      "sitemap:stories",
                                         "sitemap:pages", "sitemap:sections",
                                         "sitemap:tags",  "sitemap:authors",
                                         "news",          "search",
                                         "slug:",         "year:",
                                         "roll:pages",    "roll:tags" };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct town t;
        struct warm warm;
        town_make(&t, test_seed() + i);
        warm_up(&warm, &t);
        keys_ignore(kinds[i]);
        size_t differing = 0;
        int writes = 0;
        for (; writes < CANARY_WRITES && differing == 0; writes++) {
            town_write(&t);
            differing = compare_all(&t, warm.cache, false);
        }
        keys_ignore(NULL);
        if (differing == 0) {
            test_fail(__FILE__, __LINE__, "%d writes without '%s' were not noticed", writes,
                      kinds[i]);
        }
        cool_down(&warm, &t);
    }
}
