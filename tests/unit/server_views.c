/* Views counted over real sockets: each reader's once, nobody else's. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/town.h"

#include "app/server.h"
#include "base/clock.h"

#include <pthread.h>
#include <string.h>

#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"

/* Ask with these fields beside Host; returns the status. */
static int ask(struct client *c, const char *method, const char *path, const char *fields) {
    char text[2048];
    int n =
        snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n", method, path, fields);
    client_send(c, str_make(text, (size_t)n));
    struct client_answer a = client_read(c, strcmp(method, "HEAD") == 0);
    int status = a.status;
    answer_done(&a);
    return status;
}

static const char as_reader[] = "User-Agent: " FIREFOX "\r\n";

static int64_t views_of(struct store *store, int64_t story_id) {
    struct arena a = { 0 };
    struct store_reader *r = NULL;
    struct view_counts top = { NULL, 0 };
    int64_t n = 0;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_views_top(r, &a, clock_now_us() / US_PER_HOUR, 1000, &top, &err));
    for (size_t i = 0; i < top.len; i++) {
        n += story_id == 0 || top.ptr[i].story_id == story_id ? top.ptr[i].count : 0;
    }
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
    return n;
}

/* A site with a public story, a locked one, and a page. */
struct place {
    struct store *store;
    int64_t story, locked, page;
    char beacon[64];
};

static int64_t put(struct place *p, const char *path, enum story_kind kind,
                   enum story_visibility visibility) {
    struct story s = { .kind = kind,
                       .state = STORY_PUBLISHED,
                       .visibility = visibility,
                       .password = visibility == STORY_PASSWORD ? STR("sesame") : STR(""),
                       .headline = STR("The noon gun"),
                       .slug = STR("gun"),
                       .path = str_of(path),
                       .body = { STR("<p>It went off.</p>") },
                       .published_us = US_PER_DAY,
                       .updated_us = US_PER_DAY,
                       .created_us = US_PER_DAY,
                       .local_day = 19700102 };
    struct store_writer *w = NULL;
    int64_t id = 0;
    MUST(store_write_begin(p->store, &w, &err));
    MUST(store_story_put(w, &s, &id, &err));
    MUST(store_write_commit(w, &err));
    return id;
}

static void set_views(struct place *p, const char *mode) {
    struct store_writer *w = NULL;
    MUST(store_write_begin(p->store, &w, &err));
    MUST(store_setting_put(w, STR("views"), str_of(mode), &err));
    MUST(store_write_commit(w, &err));
}

static void place_open(struct place *p) {
    char dir[512];
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &p->store, &err));
    p->story = put(p, "/gun/", STORY_STORY, STORY_PUBLIC);
    p->locked = put(p, "/locked/", STORY_STORY, STORY_PASSWORD);
    p->page = put(p, "/about/", STORY_PAGE, STORY_PUBLIC);
    snprintf(p->beacon, sizeof p->beacon, "/_view/%lld.gif", (long long)p->story);
}

static struct server *serve(struct place *p) {
    struct server *server = NULL;
    struct server_options options = { .loops = 2, .renderers = 2, .views_write_ms = 1 };
    MUST(server_start(p->store, &options, &server, &err));
    return server;
}

enum { READERS = 6, GETS = 40 };

struct reader {
    pthread_t thread;
    int port;
    int wrong;
};

static void *read_on(void *arg) {
    struct reader *r = arg;
    struct client c;
    client_open(&c, r->port, 0);
    for (int i = 0; i < GETS; i++) {
        r->wrong += ask(&c, "GET", i % 2 ? "/gun/" : "/gun/?utm_source=x", as_reader) != 200;
    }
    client_close(&c);
    return NULL;
}

TEST(server_views_count_every_reader_once) {
    struct place p;
    place_open(&p);
    struct server *server = serve(&p);
    struct reader readers[READERS] = { 0 };
    for (size_t i = 0; i < READERS; i++) {
        readers[i].port = server_port(server);
        check(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]) == 0);
    }
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        CHECK_INT(readers[i].wrong, 0);
    }
    server_stop(server);
    CHECK_INT(views_of(p.store, p.story), READERS * GETS);
    CHECK_INT(views_of(p.store, 0), READERS * GETS);
    store_close(p.store);
}

TEST(server_views_leave_out_who_does_not_read) {
    static const struct {
        const char *method, *path, *fields;
        int status;
    } asked[] = {
        { "GET", "/gun/", "", 200 },
        { "GET", "/gun/", "User-Agent: curl/7.88.1\r\n", 200 },
        { "GET", "/gun/",
          "User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; "
          "+http://www.google.com/bot.html)\r\n",
          200 },
        { "GET", "/gun/", "User-Agent: " FIREFOX "\r\nPurpose: prefetch\r\n", 200 },
        { "GET", "/gun/", "User-Agent: " FIREFOX "\r\nSec-Purpose: prefetch;prerender\r\n", 200 },
        { "GET", "/gun/", "User-Agent: " FIREFOX "\r\nSec-Fetch-Dest: image\r\n", 200 },
        { "HEAD", "/gun/", as_reader, 200 },
        { "PUT", "/gun/", "User-Agent: " FIREFOX "\r\nContent-Length: 0\r\n", 405 },
        { "GET", "/gun", as_reader, 301 },
        { "GET", "/", as_reader, 200 },
        { "GET", "/about/", as_reader, 200 },
        { "GET", "/locked/", as_reader, 200 },
        { "POST", "/locked/",
          "User-Agent: " FIREFOX "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
          "Content-Length: 0\r\n",
          405 },
        { "GET", "/nowhere/", as_reader, 404 },
        { "GET", "/feed/", as_reader, 200 },
        { "GET", "/_view/1.gif", as_reader, 404 }, /* not in this mode */
    };
    struct place p;
    struct client c;
    place_open(&p);
    struct server *server = serve(&p);
    client_open(&c, server_port(server), 0);
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        int status = ask(&c, asked[i].method, asked[i].path, asked[i].fields);
        if (status != asked[i].status) {
            test_fail(__FILE__, __LINE__, "%s %s %s: %d", asked[i].method, asked[i].path,
                      asked[i].fields, status);
        }
    }
    /* One who has it already and asks whether it is still right does look at it. */
    char again[512];
    client_get(&c, "/gun/");
    struct client_answer a = client_read(&c, false);
    snprintf(again, sizeof again, "%sIf-None-Match: %.*s\r\n", as_reader,
             STR_FMT(answer_field(&a, "etag")));
    answer_done(&a);
    CHECK_INT(ask(&c, "GET", "/gun/", again), 304);
    client_close(&c);
    server_stop(server);
    CHECK_INT(views_of(p.store, p.story), 1);
    CHECK_INT(views_of(p.store, 0), 1);
    store_close(p.store);
}

TEST(server_views_count_by_beacon) {
    struct place p;
    struct client c;
    char path[80];
    place_open(&p);
    set_views(&p, "beacon");
    struct server *server = serve(&p);
    client_open(&c, server_port(server), 0);
    client_get(&c, "/gun/");
    struct client_answer a = client_read(&c, false);
    CHECK(str_find(a.body, str_of(p.beacon), 0) != STR_NPOS);
    answer_done(&a);
    CHECK_INT(ask(&c, "GET", "/gun/", as_reader), 200); /* the page itself counts nothing */
    client_get(&c, p.beacon);
    a = client_read(&c, false);
    CHECK_INT(a.status, 200);
    CHECK_STR(answer_field(&a, "cache-control"), "no-store");
    CHECK_STR(answer_field(&a, "content-type"), "image/gif");
    CHECK_INT(a.body.len, 43);
    answer_done(&a);
    static const char as_picture[] = "User-Agent: " FIREFOX
                                     "\r\nSec-Fetch-Dest: image\r\nSec-Fetch-Site: same-origin\r\n";
    static const char elsewhere[] = "User-Agent: " FIREFOX
                                    "\r\nSec-Fetch-Dest: image\r\nSec-Fetch-Site: cross-site\r\n";
    snprintf(path, sizeof path, "%s?%d", p.beacon, 17);
    CHECK_INT(ask(&c, "GET", p.beacon, as_picture), 200);
    CHECK_INT(ask(&c, "GET", path, as_reader), 200);
    CHECK_INT(ask(&c, "GET", p.beacon, elsewhere), 200);
    CHECK_INT(ask(&c, "HEAD", p.beacon, as_reader), 200);
    /* Made-up and hidden ones are nothing. */
    int64_t none[] = { p.locked, p.page, 999999, 0, -1, INT64_MAX };
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        snprintf(path, sizeof path, "/_view/%lld.gif", (long long)none[i]);
        CHECK_INT(ask(&c, "GET", path, as_reader), 404);
    }
    static const char *const bad[] = { "/_view/",  "/_view/.gif",   "/_view/x.gif", "/_view/01.gif",
                                       "/_view/1", "/_view/1.gif/", "/_view/+1.gif" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK_INT(ask(&c, "GET", bad[i], as_reader), 404);
    }
    set_views(&p, "off");
    CHECK_INT(ask(&c, "GET", p.beacon, as_reader), 404);
    CHECK_INT(ask(&c, "GET", "/gun/", as_reader), 200);
    client_close(&c);
    server_stop(server);
    CHECK_INT(views_of(p.store, p.story), 2);
    CHECK_INT(views_of(p.store, 0), 2);
    store_close(p.store);
}
