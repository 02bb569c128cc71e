/* Announcing, with a hub of our own on this machine that can be told to fail. */
#include "tests/harness.h"
#include "tests/town.h"

#include "app/server.h"
#include "base/clock.h"
#include "http/server.h"
#include "newsroom/announce.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODIES_MAX = 400, DEADLINE_S = 60 };

struct hub {
    struct http_server *http;
    pthread_mutex_t lock;
    char *bodies[BODIES_MAX]; /* of the requests that were answered well */
    size_t n;
    _Atomic int failures; /* so many requests get `status` first */
    _Atomic int status;
    _Atomic int asked;
    char url[64];
};

static void on_post(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct hub *hub = ctx;
    atomic_fetch_add(&hub->asked, 1);
    if (atomic_load(&hub->failures) > 0) {
        atomic_fetch_sub(&hub->failures, 1);
        struct http_response r = { .status = atomic_load(&hub->status),
                                   .head = STR("Location: file:///etc/hostname\r\n") };
        http_reply(ex, &r);
        return;
    }
    pthread_mutex_lock(&hub->lock);
    if (hub->n < BODIES_MAX) {
        hub->bodies[hub->n++] = strndup(req->body.ptr, req->body.len);
    }
    pthread_mutex_unlock(&hub->lock);
    http_reply_plain(ex, 202);
}

static void hub_open(struct hub *hub) {
    *hub = (struct hub){ .status = 503 };
    pthread_mutex_init(&hub->lock, NULL);
    struct http_server_options options = { .loops = 1, .ctx = hub, .handler = on_post };
    MUST(http_server_start(&options, &hub->http, &err));
    snprintf(hub->url, sizeof hub->url, "http://127.0.0.1:%d/hub", http_server_port(hub->http));
}

static void hub_close(struct hub *hub) {
    http_server_stop(hub->http);
    http_server_join(hub->http);
    for (size_t i = 0; i < hub->n; i++) {
        free(hub->bodies[i]);
    }
    pthread_mutex_destroy(&hub->lock);
}

static size_t count(struct hub *hub, const char *part) {
    size_t n = 0;
    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->n; i++) {
        n += strstr(hub->bodies[i], part) != NULL;
    }
    pthread_mutex_unlock(&hub->lock);
    return n;
}

static bool comes(struct hub *hub, const char *part, size_t times) {
    int64_t end_us = clock_mono_us() + DEADLINE_S * US_PER_SECOND;
    while (count(hub, part) < times && clock_mono_us() < end_us) {
        usleep(5000);
    }
    return count(hub, part) >= times;
}

/* ---- a newsroom that announces three fixed addresses whenever it is asked ---- */

struct desk {
    struct store *store;
    struct announce *announce;
    struct hub *hub;
    _Atomic int errors;
};

static struct desk *present;
static _Atomic bool uses_hub, uses_indexnow, forgot;

static enum status look(struct store_reader *r, struct arena *a, const struct keys *touched,
                        bool forgotten, struct announce_news *ret, struct err *err) {
    (void)r, (void)err;
    static const struct str feed = STR_INIT("https://example.org/feed/");
    struct str *story = ARENA_NEW(a, struct str);
    *ret =
        (struct announce_news){ .hub = atomic_load(&uses_hub) ? str_of(present->hub->url) : STR(""),
                                .indexnow_endpoint = str_of(present->hub->url),
                                .indexnow_key = atomic_load(&uses_indexnow) ? STR("0123abcd")
                                                                            : STR(""),
                                .indexnow_key_url = STR("https://example.org/0123abcd.txt"),
                                .host = STR("example.org") };
    if (touched != NULL) {
        atomic_store(&forgot, forgotten);
        ret->feeds = &feed;
        ret->feeds_len = 1;
        *story = arena_printf(a, "https://example.org/%.*s?a=1&b=2",
                              STR_FMT(touched->list.ptr[touched->list.len - 1]));
        ret->stories = story;
        ret->stories_len = 1;
    }
    return STATUS_OK;
}

static void on_report(void *ctx, bool is_error, const char *message) {
    (void)message;
    atomic_fetch_add(&((struct desk *)ctx)->errors, is_error);
}

static void on_commit(void *ctx, const struct keys *touched) {
    (void)touched;
    announce_wake(((struct desk *)ctx)->announce);
}

static void desk_begin(struct desk *d) {
    MUST(announce_start(d->store, look, on_report, d, &d->announce, &err));
    store_listen(d->store, on_commit, d);
}

static void desk_end(struct desk *d) {
    store_listen(d->store, NULL, NULL);
    announce_stop(d->announce);
    d->announce = NULL;
}

static void desk_open(struct desk *d, struct hub *hub) {
    char dir[512];
    hub_open(hub);
    *d = (struct desk){ .hub = hub };
    present = d;
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &d->store, &err));
    desk_begin(d);
}

static void desk_close(struct desk *d) {
    desk_end(d);
    store_close(d->store);
    hub_close(d->hub);
}

static void commit(struct desk *d, const char *key) {
    struct store_writer *w = NULL;
    MUST(store_write_begin(d->store, &w, &err));
    store_touch(w, str_of(key));
    MUST(store_write_commit(w, &err));
}

/* Until the thread has kept its place for the first time. */
static void wait_for_place(struct desk *d, const char *name, int64_t from) {
    struct store_reader *r = NULL;
    int64_t seq = -1, end_us = clock_mono_us() + DEADLINE_S * US_PER_SECOND;
    MUST(store_reader_open(d->store, &r, &err));
    while (seq < from && clock_mono_us() < end_us) {
        MUST(store_read_begin(r, NULL, &err));
        if (store_cursor(r, str_of(name), &seq, NULL) != STATUS_OK) {
            seq = -1;
        }
        store_read_end(r);
        usleep(2000);
    }
    CHECK(seq >= from);
    store_reader_close(r);
}

static const char feed_body[] = "hub.mode=publish&hub.url=https%3A%2F%2Fexample.org%2Ffeed%2F";

TEST(announce_tells_hub_and_indexnow_of_a_commit) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, true);
    atomic_store(&uses_indexnow, true);
    desk_open(&d, &hub);
    commit(&d, "one");
    CHECK(comes(&hub, feed_body, 1));
    CHECK(comes(&hub,
                "{\"host\":\"example.org\",\"key\":\"0123abcd\",\"keyLocation\":"
                "\"https://example.org/0123abcd.txt\",\"urlList\":["
                "\"https://example.org/one?a=1\\u0026b=2\"]}",
                1));
    wait_for_place(&d, "websub", 1);
    wait_for_place(&d, "indexnow", 1);
    CHECK_INT(atomic_load(&d.errors), 0);
    desk_close(&d);
}

TEST(announce_tries_again_until_the_hub_has_heard) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, true);
    atomic_store(&uses_indexnow, false);
    desk_open(&d, &hub);
    atomic_store(&hub.failures, 2);
    commit(&d, "one");
    CHECK(comes(&hub, feed_body, 1));
    CHECK_INT(atomic_load(&hub.asked), 3);
    CHECK_INT(atomic_load(&d.errors), 2);
    desk_close(&d);
}

TEST(announce_follows_no_redirect_and_gives_up_what_is_refused) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, true);
    atomic_store(&uses_indexnow, false);
    desk_open(&d, &hub);
    atomic_store(&hub.failures, 1);
    atomic_store(&hub.status, 302);
    commit(&d, "one");
    wait_for_place(&d, "websub", 1);
    CHECK_INT(atomic_load(&hub.asked), 1);
    CHECK_INT(atomic_load(&d.errors), 1);
    commit(&d, "two");
    CHECK(comes(&hub, feed_body, 1));
    desk_close(&d);
}

TEST(announce_goes_on_where_it_was) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, true);
    atomic_store(&uses_indexnow, true);
    desk_open(&d, &hub);
    desk_end(&d);
    commit(&d, "while-nobody-ran");
    desk_begin(&d);
    CHECK(comes(&hub, "while-nobody-ran", 1));
    CHECK(comes(&hub, feed_body, 1));
    wait_for_place(&d, "indexnow", 1);
    CHECK(!atomic_load(&forgot));
    desk_close(&d);
}

/* What happened while nobody wanted to be told is told to nobody. */
TEST(announce_begins_when_it_is_configured) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, false);
    atomic_store(&uses_indexnow, true);
    desk_open(&d, &hub);
    commit(&d, "before");
    CHECK(comes(&hub, "before", 1));
    atomic_store(&uses_hub, true);
    announce_wake(d.announce);
    wait_for_place(&d, "websub", 1);
    CHECK_INT(count(&hub, feed_body), 0);
    commit(&d, "after");
    CHECK(comes(&hub, feed_body, 1));
    desk_close(&d);
}

TEST(announce_stops_at_once_when_nobody_answers) {
    struct desk d;
    struct hub hub;
    atomic_store(&uses_hub, true);
    atomic_store(&uses_indexnow, false);
    desk_open(&d, &hub);
    /* A port that takes connections and says nothing. */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 8) == 0 &&
            getsockname(fd, (struct sockaddr *)&at, &len) == 0);
    desk_end(&d);
    snprintf(hub.url, sizeof hub.url, "http://127.0.0.1:%d/hub", ntohs(at.sin_port));
    desk_begin(&d);
    commit(&d, "one");
    int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    CHECK(connection >= 0);
    int64_t begin_us = clock_mono_us();
    desk_end(&d);
    CHECK(clock_mono_us() - begin_us < 10 * US_PER_SECOND); /* it would have waited for 15 */
    desk_begin(&d);                                         /* for desk_close */
    desk_close(&d);
    close(connection);
    close(fd);
}

/* The whole server: a story is published, and the feeds that show it are named to the hub. */
TEST(announce_names_the_feeds_of_a_published_story) {
    struct town t;
    struct hub hub;
    struct server *server = NULL;
    struct server_options options = { .loops = 1, .renderers = 1 };
    struct store_writer *w = NULL;
    hub_open(&hub);
    town_make(&t, test_seed());
    MUST(store_write_begin(t.store, &w, &err));
    MUST(store_setting_put(w, STR("websub_hub"), str_of(hub.url), &err));
    MUST(store_setting_put(w, STR("indexnow_endpoint"), str_of(hub.url), &err));
    MUST(store_setting_put(w, STR("indexnow_key"), STR("0123abcd"), &err));
    size_t published;
    int64_t next_us;
    MUST(store_publish_due(w, clock_now_us(), &published, &next_us, &err)); /* not the clock */
    MUST(store_write_commit(w, &err));
    MUST(server_start(t.store, &options, &server, &err));
    int64_t at_us = (INT64_C(1640995200) + t.minutes * 60 + 60) * US_PER_SECOND;
    struct civil day = civil_of_us(at_us);
    struct story s = { .state = STORY_PUBLISHED,
                       .headline = STR("The noon gun"),
                       .slug = STR("gun"),
                       .path = STR("/the-noon-gun/"),
                       .section_id = t.sections[4],
                       .sections = { &t.sections[4], 1 },
                       .tags = { &t.tags[1], 1 },
                       .authors = { &t.authors[2], 1 },
                       .published_us = at_us,
                       .updated_us = at_us,
                       .created_us = at_us,
                       .local_day = day.year * 10000 + day.month * 100 + day.day };
    MUST(store_write_begin(t.store, &w, &err));
    MUST(store_story_put(w, &s, &s.id, &err));
    MUST(store_write_commit(w, &err));
    static const char *const paths[] = {
        "%2Ffeed%2F",
        "%2Ffeed%2Fatom%2F",
        "%2Ffeed%2Fjson%2F",
        "%2Fcategory%2Fsec4%2Ffeed%2F",
        "%2Fcategory%2Fsec0%2Ffeed%2Fatom%2F", /* above it */
        "%2Ftag%2Ftag1%2Ffeed%2F",
        "%2Fauthor%2Fclerk2%2Ffeed%2Fjson%2F",
    };
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        char body[128];
        snprintf(body, sizeof body, "hub.mode=publish&hub.url=https%%3A%%2F%%2Fexample.org%s",
                 paths[i]);
        if (!comes(&hub, body, 1)) {
            test_fail(__FILE__, __LINE__, "not announced: %s", paths[i]);
        }
    }
    CHECK(comes(&hub, "\"https://example.org/the-noon-gun/\"", 1));
    CHECK_INT(count(&hub, "sec1"), 0);
    /* What readers may not see is told to nobody. */
    s.visibility = STORY_PRIVATE;
    s.path = STR("/secret-gun/");
    MUST(store_write_begin(t.store, &w, &err));
    MUST(store_story_put(w, &s, &s.id, &err));
    MUST(store_write_commit(w, &err));
    CHECK(comes(&hub, "sec4%2Ffeed%2Fatom%2F", 2)); /* it has left them */
    CHECK_INT(count(&hub, "secret-gun"), 0);
    server_stop(server);
    hub_close(&hub);
    town_done(&t);
}
