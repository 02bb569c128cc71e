/* Several processes and threads on one site; a process that is killed. */
#include "tests/harness.h"
#include "tests/store_site.h"
#include "tests/store_world.h"

#include "base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */

static enum status put_story(struct store *store, const char *path, int64_t *ret_id) {
    struct story s = { .state = STORY_PUBLISHED,
                       .path = str_of(path),
                       .headline = STR("The Ferry"),
                       .published_us = NOON,
                       .local_day = 20220314 };
    struct store_writer *w = NULL;
    enum status status = store_write_begin(store, &w, NULL);
    if (status == STATUS_OK) {
        status = store_story_put(w, &s, ret_id, NULL);
        if (status == STATUS_OK) {
            return store_write_commit(w, NULL);
        }
        store_write_rollback(w);
    }
    return status;
}

/* Another process that puts two stories into a site when it is told to. SQLite's state must not be
 * carried over a fork: it starts before the test opens anything. */
struct helper {
    pid_t pid;
    int to, from;
};

static void help(int in, int out) {
    char dir[512];
    struct store *store = NULL;
    int64_t id = 0;
    bool ok = read(in, dir, sizeof dir) == (ssize_t)sizeof dir &&
              store_open(dir, &store, NULL) == STATUS_OK && write(out, "o", 1) == 1 &&
              put_story(store, "/a/", &id) == STATUS_OK &&
              put_story(store, "/b/", &id) == STATUS_OK;
    _exit(ok ? 0 : 1);
}

static struct helper helper_start(void) {
    int to[2], from[2];
    check(pipe(to) == 0 && pipe(from) == 0);
    struct helper h = { .pid = fork(), .to = to[1], .from = from[0] };
    if (h.pid == 0) {
        help(to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    return h;
}

/* Let it open the site and go on. */
static void helper_go(struct helper *h, const struct store_site *site) {
    char opened;
    CHECK(write(h->to, site->dir, sizeof site->dir) == (ssize_t)sizeof site->dir);
    CHECK(read(h->from, &opened, 1) == 1);
}

static void helper_join(struct helper *h) {
    int status = -1;
    CHECK(waitpid(h->pid, &status, 0) == h->pid && status == 0);
    close(h->to);
    close(h->from);
}

struct committing {
    struct store *store;
    int round, number, out;
};

static void *commit_on(void *arg) {
    struct committing *c = arg;
    for (int i = 0;; i++) {
        char path[64];
        int64_t id = 0;
        snprintf(path, sizeof path, "/%d/%d/%d/", c->round, c->number, i);
        if (put_story(c->store, path, &id) != STATUS_OK ||
            write(c->out, &id, sizeof id) != (ssize_t)sizeof id) {
            _exit(1);
        }
    }
}

/* Commit until killed, several at once, telling each acknowledged id. */
static void commit_for_ever(const char *dir, int round, int out) {
    enum { COMMITTERS = 3 };
    struct store *store = NULL;
    if (store_open(dir, &store, NULL) == STATUS_OK) {
        struct committing c[COMMITTERS];
        for (int i = 0; i < COMMITTERS; i++) {
            pthread_t thread;
            c[i] = (struct committing){ store, round, i, out };
            check(pthread_create(&thread, NULL, commit_on, &c[i]) == 0);
        }
        pause();
    }
    _exit(1);
}

TEST(store_keeps_what_was_acknowledged_when_killed) {
    enum { ROUNDS = 20 };
    char dir[512];
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    CHECK_INT(store_create(dir, NULL), STATUS_OK);
    uint64_t rng = test_seed();
    size_t acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        REQUIRE(pipe(ends) == 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            commit_for_ever(dir, round, ends[1]);
        }
        close(ends[1]);
        usleep((useconds_t)(2000 + test_below(&rng, 50000)));
        kill(child, SIGKILL);
        CHECK(waitpid(child, NULL, 0) == child);

        struct store *store = NULL;
        struct store_reader *r = NULL;
        REQUIRE(store_open(dir, &store, NULL) == STATUS_OK);
        REQUIRE(store_reader_open(store, &r, NULL) == STATUS_OK);
        REQUIRE(store_read_begin(r, NULL, NULL) == STATUS_OK);
        struct arena a = { 0 };
        int64_t id = 0;
        while (read(ends[0], &id, sizeof id) == (ssize_t)sizeof id) {
            struct story s;
            CHECK_INT(store_story(r, &a, id, STORY_FULL, &s, NULL), STATUS_OK);
            acknowledged++;
        }
        close(ends[0]);
        struct list_page page;
        CHECK_INT(store_list_page(r, &a, (struct list_id){ LIST_LATEST, 0 }, 1, 1, &page, NULL),
                  STATUS_OK);
        CHECK(page.total >= (int64_t)acknowledged);
        arena_done(&a);
        store_read_end(r);
        store_reader_close(r);
        store_close(store);
    }
    CHECK(acknowledged > 0);
    struct store_site site = { .touched = STR("") };
    REQUIRE(store_open(dir, &site.store, NULL) == STATUS_OK);
    REQUIRE(store_reader_open(site.store, &site.reader, NULL) == STATUS_OK);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_poll_hears_of_other_processes) {
    struct helper h = helper_start();
    struct store_site site;
    store_site_open(&site);
    OK(store_poll(site.store, &site.err));
    CHECK_STR(site.touched, "");
    /* Its own commits have been told already. */
    store_site_section(&site, 0, "World", "/world/");
    site.touched = STR("");
    OK(store_poll(site.store, &site.err));
    CHECK_STR(site.touched, "");

    helper_go(&h, &site);
    helper_join(&h);
    OK(store_poll(site.store, &site.err));
    CHECK_STR(site.touched,
              "year:2022 month:202203 day:20220314 latest path:/a/ search story:1 "
              "sitemap:stories:1 sitemaps sitemap:sections:1 after:1 before:2 path:/b/ story:2");
    site.touched = STR("");
    OK(store_poll(site.store, &site.err));
    CHECK_STR(site.touched, "");

    /* More was missed than the journal keeps. */
    struct store *other = NULL;
    int64_t id;
    OK(store_open(site.dir, &other, &site.err));
    OK(put_story(other, "/c/", &id));
    OK(put_story(other, "/d/", &id));
    store_close(other);
    char path[600];
    snprintf(path, sizeof path, "%s/site.db", site.dir);
    sqlite3 *raw = NULL;
    CHECK_INT(sqlite3_open(path, &raw), SQLITE_OK);
    CHECK_INT(sqlite3_exec(raw, "DELETE FROM change WHERE seq < (SELECT max(seq) FROM change)",
                           NULL, NULL, NULL),
              SQLITE_OK);
    sqlite3_close(raw);
    OK(store_poll(site.store, &site.err));
    CHECK(str_starts(site.touched, STR("site")));
    store_site_close(&site);
}

TEST(store_write_waits_for_another_process) {
    struct helper h = helper_start();
    struct store_site site;
    store_site_open(&site);
    store_site_write(&site);
    helper_go(&h, &site);
    usleep(30000);
    OK(store_setting_put(store_site_write(&site), STR("k"), STR("v"), &site.err));
    store_site_commit(&site);
    helper_join(&h);
    int64_t id = 0;
    OK(store_story_next(store_site_read(&site), 1, &id, &site.err));
    CHECK_INT(id, 2);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

/* ---- threads ---- */

struct reading {
    struct store *store;
    atomic_bool *stop;
    size_t snapshots, faults;
};

/* Within a snapshot everything must agree, whatever the writer does meanwhile. */
static void *read_on(void *arg) {
    struct reading *t = arg;
    struct store_reader *r = NULL;
    struct arena a = { 0 };
    struct keys keys;
    keys_init(&keys);
    if (store_reader_open(t->store, &r, NULL) != STATUS_OK) {
        t->faults++;
        return NULL;
    }
    while (!atomic_load(t->stop)) {
        struct list_page page;
        struct list_id latest = { LIST_LATEST, 0 };
        bool ok = store_read_begin(r, &keys, NULL) == STATUS_OK &&
                  store_list_page(r, &a, latest, 1, 1000, &page, NULL) == STATUS_OK &&
                  page.total == (int64_t)page.ids.len;
        for (size_t i = 0; ok && i < page.ids.len; i++) {
            struct story s;
            int64_t previous, next;
            ok = store_story(r, &a, page.ids.ptr[i], STORY_FULL, &s, NULL) == STATUS_OK &&
                 s.state == STORY_PUBLISHED &&
                 store_neighbours(r, latest, s.id, &previous, &next, NULL) == STATUS_OK &&
                 next == (i > 0 ? page.ids.ptr[i - 1] : 0) &&
                 previous == (i + 1 < page.ids.len ? page.ids.ptr[i + 1] : 0);
        }
        t->faults += !ok;
        t->snapshots++;
        store_read_end(r);
        arena_reset(&a);
        keys_reset(&keys);
    }
    store_reader_close(r);
    keys_done(&keys);
    arena_done(&a);
    return NULL;
}

TEST(store_readers_see_whole_commits) {
    enum { READERS = 4, STEPS = 150 };
    struct store_site site;
    store_site_open(&site);
    struct world *w = malloc(sizeof *w);
    check(w != NULL);
    world_open(w, &site, test_seed(), 30);
    atomic_bool stop = false;
    struct reading readings[READERS];
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++) {
        readings[i] = (struct reading){ .store = site.store, .stop = &stop };
        REQUIRE(pthread_create(&threads[i], NULL, read_on, &readings[i]) == 0);
    }
    for (int i = 0; i < STEPS; i++) {
        world_step(w);
        OK(store_poll(site.store, &site.err));
    }
    atomic_store(&stop, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(readings[i].faults, 0);
        CHECK(readings[i].snapshots > 0);
    }
    CHECK_INT(store_site_faults(&site), 0);
    free(w);
    store_site_close(&site);
}

static void *write_some(void *arg) {
    struct reading *t = arg;
    for (int i = 0; i < 10; i++) {
        char path[64];
        int64_t id = 0;
        snprintf(path, sizeof path, "/%p/%d/", (void *)t, i);
        t->faults += put_story(t->store, path, &id) != STATUS_OK;
    }
    return NULL;
}

TEST(store_writers_of_one_process_take_turns) {
    enum { WRITERS = 4 };
    struct store_site site;
    store_site_open(&site);
    struct reading writings[WRITERS];
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writings[i] = (struct reading){ .store = site.store };
        REQUIRE(pthread_create(&threads[i], NULL, write_some, &writings[i]) == 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(writings[i].faults, 0);
    }
    struct list_page page;
    OK(store_list_page(store_site_read(&site), &site.arena, (struct list_id){ LIST_LATEST, 0 }, 1,
                       5, &page, &site.err));
    CHECK_INT(page.total, WRITERS * 10);
    store_site_close(&site);
}
