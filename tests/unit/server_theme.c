/* The theme is changed while readers read. */
#include "tests/harness.h"
#include "tests/http_client.h"
#include "tests/town.h"

#include "app/server.h"
#include "base/io.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READERS = 4, CHANGES = 40 };

static void write_theme(struct town *t, const char *name, struct str text) {
    struct arena a = { 0 };
    struct str dir = arena_printf(&a, "%s/theme", store_dir(t->store));
    struct str path = arena_printf(&a, "%s/%s", dir.ptr, name);
    MUST(io_make_dirs(dir.ptr, &err));
    MUST(io_write_file(path.ptr, text, &err));
    arena_done(&a);
}

/* A theme that shows its number in the page and in two of its fragments. */
static void write_number(struct town *t, int number) {
    struct arena a = { 0 };
    write_theme(t, "layout.hbs",
                arena_printf(&a,
                             "<title>[%d]</title>{{fragment \"masthead\"}}{{> @partial-block}}"
                             "{{fragment \"footer\"}}</html>",
                             number));
    write_theme(t, "masthead.hbs", arena_printf(&a, "<p>[%d]</p>", number));
    write_theme(t, "footer.hbs", arena_printf(&a, "<p>[%d]</p>", number));
    arena_done(&a);
}

static void touch_theme(struct town *t) {
    struct store_writer *w;
    MUST(store_write_begin(t->store, &w, &err));
    store_touch(w, STR("theme"));
    MUST(store_write_commit(w, &err));
}

/* The number that an answer shows three times; -1: not the same each time. */
static int number_of(struct str body) {
    int number = -1, times = 0;
    for (size_t at = 0; (at = str_find_char(body, '[', at)) != STR_NPOS; at++) {
        int64_t found;
        if (str_to_i64(str_slice(body, at + 1, str_find_char(body, ']', at)), &found)) {
            number = times++ == 0 || number == (int)found ? (int)found : -1;
        }
    }
    return times == 3 ? number : -1;
}

static int get_number(int port, const char *path) {
    struct client c;
    client_open(&c, port, 0);
    client_get(&c, path);
    struct client_answer a = client_read(&c, false);
    int number = a.status == 200 ? number_of(a.body) : -a.status;
    answer_done(&a);
    client_close(&c);
    return number;
}

struct reader {
    int port;
    _Atomic bool *stop;
    _Atomic size_t answers;
    size_t mixed, backwards;
};

static void *read_pages(void *arg) {
    struct reader *r = arg;
    struct client c;
    int last = 0;
    client_open(&c, r->port, 0);
    while (!atomic_load(r->stop)) {
        client_get(&c, "/");
        struct client_answer a = client_read(&c, false);
        int number = a.status == 200 ? number_of(a.body) : last;
        r->mixed += number < 0;
        r->backwards += number < last;
        last = number;
        atomic_fetch_add(&r->answers, 1);
        answer_done(&a);
    }
    client_close(&c);
    return NULL;
}

TEST(server_theme_changes_never_show_two_on_one_page) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 2, .renderers = 2, .no_clock = true };
    _Atomic bool stop = false;
    pthread_t threads[READERS];
    struct reader readers[READERS];
    town_make(&t, test_seed());
    write_number(&t, 1);
    MUST(server_start(t.store, &options, &server, &err));
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (struct reader){ .port = server_port(server), .stop = &stop };
        check(pthread_create(&threads[i], NULL, read_pages, &readers[i]) == 0);
    }
    for (int n = 2; n <= CHANGES; n++) {
        write_number(&t, n);
        touch_theme(&t);
        /* Who asks after the commit gets it. */
        CHECK_INT(get_number(server_port(server), "/"), n);
        for (size_t i = 0; i < READERS; i++) {
            size_t before = atomic_load(&readers[i].answers);
            while (atomic_load(&readers[i].answers) == before) {
                usleep(500);
            }
        }
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(readers[i].mixed, 0);
        CHECK_INT(readers[i].backwards, 0);
    }
    /* One that is wrong is not shown; the next good one is. */
    write_theme(&t, "footer.hbs", STR("{{nothing}}"));
    touch_theme(&t);
    CHECK_INT(get_number(server_port(server), "/"), CHANGES);
    write_number(&t, CHANGES + 1);
    touch_theme(&t);
    CHECK_INT(get_number(server_port(server), "/"), CHANGES + 1);
    server_stop(server);
    town_done(&t);
}

static void touch_site(struct town *t) {
    struct store_writer *w;
    MUST(store_write_begin(t->store, &w, &err));
    store_touch(w, STR("site"));
    MUST(store_write_commit(w, &err));
}

static int get_status(int port, const char *path) {
    struct client c;
    client_open(&c, port, 0);
    client_get(&c, path);
    struct client_answer a = client_read(&c, false);
    int status = a.status;
    answer_done(&a);
    client_close(&c);
    return status;
}

TEST(server_theme_has_the_pages_of_refused_requests_ready_after_each_change) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 1, .renderers = 1, .no_clock = true };
    town_make(&t, test_seed());
    write_number(&t, 7);
    MUST(server_start(t.store, &options, &server, &err));
    int port = server_port(server);
    for (int round = 0; round < 3; round++) {
        /* The one renderer takes turns: when the first address is answered, it has made those
         * pages; when the second, their fragments, too. */
        CHECK_INT(get_status(port, "/"), 200);
        CHECK_INT(get_status(port, "/no-such-address/"), 404);
        CHECK_INT(get_status(port, "/another-one/"), 404);
        struct client c;
        client_open(&c, port, 0);
        client_send(&c, STR("GET /x\\ HTTP/1.1\r\nHost: a.example\r\n\r\n"));
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, 400);
        CHECK_INT(number_of(a.body), 7);
        answer_done(&a);
        client_close(&c);
        round == 0 ? touch_site(&t) : touch_theme(&t);
    }
    server_stop(server);
    town_done(&t);
}

TEST(server_theme_shows_a_changed_file_at_the_next_request_to_who_works_on_it) {
    struct town t;
    struct server *server = NULL;
    struct server_options options = { .loops = 1, .renderers = 1, .no_clock = true, .dev = true };
    town_make(&t, test_seed());
    MUST(server_start(t.store, &options, &server, &err));
    int port = server_port(server);
    for (int n = 9; n <= 11; n++) {
        write_number(&t, n);
        CHECK_INT(get_number(port, "/"), n);
    }
    write_theme(&t, "footer.hbs", STR("<p>\n {{sit.name}}"));
    for (int i = 0; i < 2; i++) {
        struct client c;
        client_open(&c, port, 0);
        client_get(&c, "/");
        struct client_answer a = client_read(&c, false);
        CHECK_INT(a.status, 500);
        CHECK(str_find(a.body, STR("theme/footer.hbs:2:4: "), 0) != STR_NPOS);
        CHECK(str_find(a.body, STR("did you mean \"site\"?"), 0) != STR_NPOS);
        answer_done(&a);
        client_close(&c);
    }
    write_number(&t, 100);
    CHECK_INT(get_number(port, "/"), 100);
    server_stop(server);
    town_done(&t);
}
