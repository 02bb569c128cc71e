/* The whole server with readers over sockets and a writer beside them: every answer is whole, and
 * ThreadSanitizer has nothing to say. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/town.h"

#include "app/server.h"
#include "base/epoch.h"

#include <pthread.h>
#include <stdatomic.h>
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
                                            "</OpenSearchDescription>" };
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
        if (t.addresses[i][0] == '/' && strstr(t.addresses[i], "uploads") == NULL) {
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
