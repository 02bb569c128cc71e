/* The whole server with readers over sockets and a writer beside them: every answer is whole, and
 * ThreadSanitizer has nothing to say. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/town.h"

#include "app/server.h"
#include "base/epoch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The writer is never further ahead of the slowest reader than this: a page that every write makes
 * stale must still come to be answered, however slow the machine. */
enum { READERS = 8, WRITES = 300, WRITES_AHEAD = 4 };

struct reader {
    int port;
    uint64_t rng;
    const char *const *addresses;
    size_t n_addresses;
    _Atomic bool *stop;
    _Atomic size_t answers;
    size_t wrong;
};

static bool is_whole(const struct client_answer *a) {
    switch (a->status) {
    case 200: {
        static const char *const begins[] = { "User-agent:", "/* SITE */", "example.org,",
                                              "GIF89a" };
        static const char *const ends[] = { "</html>",
                                            "</rss>",
                                            "</feed>",
                                            "</urlset>",
                                            "</sitemapindex>",
                                            "]}",
                                            "0.9\"/>" /* no news */,
                                            "</OpenSearchDescription>",
                                            "}" /* the API */,
                                            "]" };
        struct str text = str_trim(a->body);
        bool whole = false;
        for (size_t i = 0; i < COUNT_OF(begins); i++) {
            whole = whole || str_starts(text, str_of(begins[i]));
        }
        for (size_t i = 0; i < COUNT_OF(ends); i++) {
            whole = whole || str_ends(text, str_of(ends[i]));
        }
        return whole;
    }
    case 301:
    case 400:
    case 404:
    case 410:
    case 503: return true;
    default: return false;
    }
}

static void *read_pages(void *arg) {
    struct reader *r = arg;
    struct client c;
    client_open(&c, r->port, 0);
    while (!atomic_load(r->stop)) {
        const char *path = r->addresses[test_below(&r->rng, r->n_addresses)];
        client_get(&c, path);
        struct client_answer a = client_read(&c, false);
        if (!is_whole(&a)) {
            printf("  %s answered %d: …%.*s\n", path, a.status,
                   STR_FMT(str_from(a.body, a.body.len > 200 ? a.body.len - 200 : 0)));
            r->wrong++;
        }
        atomic_fetch_add(&r->answers, 1);
        bool ended = a.status == 0;
        answer_done(&a);
        if (ended) {
            client_close(&c);
            client_open(&c, r->port, 0);
        }
    }
    client_close(&c);
    return NULL;
}

static bool all_have(const struct reader *readers, size_t answers) {
    for (size_t i = 0; i < READERS; i++) {
        if (atomic_load(&readers[i].answers) < answers) {
            return false;
        }
    }
    return true;
}

/* The table has room for so many readers. */
TEST(server_threads_makes_no_more_loops_than_the_table_knows) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 200, .renderers = 1 };
    town_make(&t, test_seed());
    MUST(server_start(t.store, &options, &server, &err));
    for (int i = 0; i < 40; i++) {
        struct client c;
        client_open(&c, server_port(server), 0);
        client_close(&c);
    }
    CHECK(server_loops(server) <= EPOCH_READERS_MAX);
    server_stop(server);
    town_done(&t);
}

TEST(server_threads_eight_readers_and_a_writer) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 2, .renderers = 2 };
    _Atomic bool stop = false;
    pthread_t threads[READERS];
    struct reader readers[READERS];
    const char *addresses[TOWN_ADDRESSES_MAX];
    size_t n = 0;
    town_make(&t, test_seed());
    /* Pages and lists; the media have no files here. */
    for (size_t i = 0; i < t.n_addresses; i++) {
        if (t.addresses[i][0] == '/' && strstr(t.addresses[i], "uploads") == NULL &&
            strstr(t.addresses[i], "/media/") == NULL) {
            addresses[n++] = t.addresses[i];
        }
    }
    MUST(server_start(t.store, &options, &server, &err));
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (struct reader){ .port = server_port(server),
                                      .rng = test_seed() + i,
                                      .addresses = addresses,
                                      .n_addresses = n,
                                      .stop = &stop };
        check(pthread_create(&threads[i], NULL, read_pages, &readers[i]) == 0);
    }
    for (size_t i = 0; i < WRITES; i++) {
        while (!all_have(readers, i / WRITES_AHEAD)) {
            usleep(1000);
        }
        town_write(&t);
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(readers[i].wrong, 0);
    }
    server_stop(server);
    town_done(&t);
}

/* ---- commits without a pause ---- */

enum { PATIENT_READERS = 4, PATIENT_ANSWERS = 30 };

struct storm {
    struct store *store;
    int port;
    _Atomic long committed;
    _Atomic bool stop;
};

/* The site's name stands on every page, so that each commit empties everything. */
static void *rename_without_pause(void *arg) {
    struct storm *s = arg;
    while (!atomic_load(&s->stop)) {
        char title[64];
        long number = atomic_load(&s->committed) + 1;
        int n = snprintf(title, sizeof title, "Paper no. %ld.", number);
        struct store_writer *w;
        MUST(store_write_begin(s->store, &w, &err));
        MUST(store_setting_put(w, STR("title"), str_make(title, (size_t)n), &err));
        MUST(store_write_commit(w, &err));
        atomic_store(&s->committed, number);
    }
    return NULL;
}

static void *read_patiently(void *arg) {
    struct storm *s = arg;
    struct client c;
    client_open(&c, s->port, 0);
    long wrong = 0;
    for (int answers = 0; answers < PATIENT_ANSWERS; answers++) {
        long committed = atomic_load(&s->committed);
        client_get(&c, answers % 2 ? "/" : "/feed/");
        struct client_answer a = client_read(&c, false);
        size_t at = str_find(a.body, STR("Paper no. "), 0);
        bool good = a.status == 200 && at != STR_NPOS && is_whole(&a);
        /* What was committed when it was asked, or later; all of the page the same. */
        long shown = good ? strtol(a.body.ptr + at + 10, NULL, 10) : 0;
        wrong += !good || shown < committed;
        while (good && (at = str_find(a.body, STR("Paper no. "), at + 1)) != STR_NPOS) {
            wrong += strtol(a.body.ptr + at + 10, NULL, 10) != shown;
        }
        answer_done(&a);
    }
    client_close(&c);
    return (void *)wrong;
}

static void weather_the_storm(unsigned waits_max) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 2, .renderers = 2, .waits_max = waits_max };
    town_make(&t, test_seed());
    MUST(server_start(t.store, &options, &server, &err));
    struct storm s = { .store = t.store, .port = server_port(server) };
    pthread_t writer, readers[PATIENT_READERS];
    check(pthread_create(&writer, NULL, rename_without_pause, &s) == 0);
    CHECK_SOON(atomic_load(&s.committed) > 0);
    for (size_t i = 0; i < PATIENT_READERS; i++) {
        check(pthread_create(&readers[i], NULL, read_patiently, &s) == 0);
    }
    for (size_t i = 0; i < PATIENT_READERS; i++) {
        void *wrong;
        pthread_join(readers[i], &wrong);
        CHECK_INT((long)wrong, 0);
    }
    atomic_store(&s.stop, true);
    pthread_join(writer, NULL);
    server_stop(server);
    town_done(&t);
}

TEST(server_threads_every_reader_gets_an_answer_though_every_commit_empties_the_page) {
    weather_the_storm(0);
}

/* Who has waited once gets a page of his own: the same in the end. */
TEST(server_threads_pages_for_one_reader_are_whole_and_no_older_than_the_question) {
    weather_the_storm(1);
}

static size_t server_memory(struct server *server) {
    struct cache_stats stats;
    server_stats(server, &stats);
    return stats.bytes_max;
}

TEST(server_threads_the_setting_of_the_memory_is_followed_at_once) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 1, .renderers = 2 };
    town_make(&t, test_seed());
    MUST(server_start(t.store, &options, &server, &err));
    CHECK_SOON(server_memory(server) == (size_t)64 << 20);
    struct store_writer *w;
    MUST(store_write_begin(t.store, &w, &err));
    MUST(store_setting_put(w, STR("fragment_memory"), STR("9"), &err));
    MUST(store_write_commit(w, &err));
    CHECK_SOON(server_memory(server) == (size_t)9 << 20);
    server_stop(server);
    town_done(&t);
}
