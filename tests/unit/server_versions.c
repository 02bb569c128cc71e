/* Readers while stories are edited. Each story has its version in headline, standfirst, body and
 * tags of nothing else, so that every place on a page that shows anything of it tells which version
 * it shows. No page shows two versions of one story; and what was asked for after the editor's
 * answer is never older than that, over HTTP/1.1 and HTTP/2.
 *
 * Some stories are edited through another store on the same folder, as another process would: of
 * those, too, no page shows two versions; when the new one comes is not promised to the moment. */
#include "tests/h2_client.h"
#include "tests/harness.h"
#include "tests/http_client.h"

#include "app/server.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if ((call) != STATUS_OK) {                                                                 \
            fprintf(stderr, "%s: %s\n", #call, err.message);                                       \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

enum { STORIES = 8, READERS = 6, EDITORS = 2, NOON_S = 1647259200 };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { EDITS = 60 };
#else
enum { EDITS = 200 };
#endif
/* Editors are never further ahead of the slowest reader than this: a page that every edit makes
 * stale must still come to be answered, however slow the machine. */
enum { EDITS_AHEAD = 3 };

static const char *const addresses[] = { "/",         "/news/", "/tag/sea/",   "/author/someone/",
                                         "/2022/03/", "/feed/", "/news/feed/", "/search/?q=ferry",
                                         "/s0/",      "/s1/",   "/s2/",        "/s3/",
                                         "/s4/",      "/s5/",   "/s6/",        "/s7/" };

struct paper {
    struct store *store, *other; /* the server's, and as if another process's */
    struct server *server;
    int64_t ids[STORIES];
    int64_t section, tag, author;
    /* What editors were told is published. */
    _Atomic int64_t published[STORIES];
    _Atomic bool stop;
    _Atomic size_t edits;
};

/* ---- editing ---- */

static void save(struct paper *t, struct store *store, size_t number, int64_t version) {
    struct arena a = { 0 };
    struct store_writer *w = NULL;
    const char *mark = arena_printf(&a, "qx%zuv%lldz", number, (long long)version).ptr;
    struct str path = arena_printf(&a, "/s%zu/", number);
    struct story s = {
        .id = t->ids[number],
        .state = STORY_PUBLISHED,
        .path = path,
        .slug = str_slice(path, 1, path.len - 1),
        .headline = arena_printf(&a, "The ferry %s", mark),
        .standfirst = arena_printf(&a, "It was late %s again.", mark),
        .body = { arena_printf(&a, "<p>The %s ferry.</p><p>Nobody saw %s.</p>", mark, mark) },
        .published_us = (NOON_S + (int64_t)number * 60) * US_PER_SECOND,
        .updated_us = (NOON_S + 100000 + version) * US_PER_SECOND,
        .local_day = 20220314,
        .section_id = t->section,
        .sections = { &t->section, 1 },
        .tags = { &t->tag, 1 },
        .authors = { &t->author, 1 },
        .word_count = 6,
    };
    MUST(store_write_begin(store, &w, &err));
    MUST(store_story_put(w, &s, &t->ids[number], &err));
    MUST(store_write_commit(w, &err));
    if (store == t->store) {
        atomic_store(&t->published[number], version);
    }
    arena_done(&a);
}

static void make_site(struct paper *t) {
    char dir[512];
    struct store_writer *w = NULL;
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &t->store, &err));
    MUST(store_open(dir, &t->other, &err));
    MUST(store_write_begin(t->store, &w, &err));
    struct section section = { .name = STR("News"), .slug = STR("news"), .path = STR("/news/") };
    struct tag tag = { .name = STR("Sea"), .slug = STR("sea"), .path = STR("/tag/sea/") };
    struct author author = { .name = STR("Someone"),
                             .slug = STR("someone"),
                             .path = STR("/author/someone/") };
    MUST(store_section_put(w, &section, &t->section, &err));
    MUST(store_tag_put(w, &tag, &t->tag, &err));
    MUST(store_author_put(w, &author, &t->author, &err));
    MUST(store_write_commit(w, &err));
    for (size_t i = 0; i < STORIES; i++) {
        save(t, t->store, i, 1);
    }
}

/* ---- reading ---- */

struct reader {
    struct paper *test;
    size_t number;
    uint64_t rng;
    bool over_h2;
    _Atomic size_t answers;
    size_t checked, faults;
    pthread_t thread;
};

/* The next mark from *at on; false: there is none. */
static bool next_mark(struct str text, size_t *at, size_t *ret_story, int64_t *ret_version) {
    while ((*at = str_find(text, STR("qx"), *at)) != STR_NPOS) {
        unsigned story;
        long long version;
        char mark[40];
        struct str some = str_slice(text, *at, *at + 30 < text.len ? *at + 30 : text.len);
        snprintf(mark, sizeof mark, "%.*s", STR_FMT(some));
        *at += 2;
        if (sscanf(mark, "qx%uv%lldz", &story, &version) == 2 && story < STORIES) {
            *ret_story = story;
            *ret_version = version;
            return true;
        }
    }
    return false;
}

static void check_page(struct reader *r, const char *path, struct str page,
                       const int64_t least[STORIES]) {
    int64_t shown[STORIES] = { 0 }, version;
    size_t story;
    for (size_t at = 0; next_mark(page, &at, &story, &version);) {
        r->checked++;
        if (shown[story] != 0 && shown[story] != version) {
            printf("  %s shows story %zu in versions %lld and %lld\n", path, story,
                   (long long)shown[story], (long long)version);
            r->faults++;
        }
        if (version < least[story]) {
            printf("  %s shows story %zu in version %lld after %lld was published\n", path, story,
                   (long long)version, (long long)least[story]);
            r->faults++;
        }
        shown[story] = version;
    }
}

/* What any reader may count on now. */
static void take_least(const struct paper *t, int64_t least[STORIES]) {
    for (size_t i = 0; i < STORIES; i++) {
        least[i] = atomic_load(&t->published[i]);
    }
}

static void read_one(struct reader *r, struct client *c, const char *path) {
    int64_t least[STORIES];
    take_least(r->test, least);
    client_get(c, path);
    struct client_answer a = client_read(c, false);
    r->faults += a.status != 200 && a.status != 503;
    check_page(r, path, a.body, least);
    answer_done(&a);
}

static void read_one_h2(struct reader *r, struct h2_client *c, int32_t stream, const char *path) {
    int64_t least[STORIES];
    take_least(r->test, least);
    h2_client_get(c, stream, path);
    struct h2_answer a = h2_client_answer(c, stream);
    r->faults += a.status != 200 && a.status != 503;
    check_page(r, path, buf_str(&a.body), least);
    h2_answer_done(&a);
}

static void *read_on(void *arg) {
    struct reader *r = arg;
    struct client plain;
    struct h2_client h2;
    int32_t stream = 1;
    if (r->over_h2) {
        h2_client_open(&h2, server_port(r->test->server), 0, 0);
    } else {
        client_open(&plain, server_port(r->test->server), 0);
    }
    while (!atomic_load(&r->test->stop)) {
        const char *path = addresses[test_below(&r->rng, COUNT_OF(addresses))];
        if (r->over_h2) {
            read_one_h2(r, &h2, stream, path);
            stream += 2;
        } else {
            read_one(r, &plain, path);
        }
        atomic_fetch_add(&r->answers, 1);
    }
    if (r->over_h2) {
        h2_client_close(&h2);
    } else {
        client_close(&plain);
    }
    return NULL;
}

/* ---- together ---- */

struct editor {
    struct paper *test;
    struct reader *readers;
    size_t number;
    pthread_t thread;
};

static void wait_for_readers(const struct editor *e, size_t answers) {
    for (size_t i = 0; i < READERS; i++) {
        while (atomic_load(&e->readers[i].answers) < answers) {
            usleep(500);
        }
    }
}

/* The first edits the even stories, the second the odd ones, each fourth of them elsewhere. */
static void *edit_on(void *arg) {
    struct editor *e = arg;
    struct paper *t = e->test;
    uint64_t rng = test_seed() + e->number;
    int64_t versions[STORIES] = { 0 };
    for (size_t i = 0; i < EDITS; i++) {
        wait_for_readers(e, i / EDITS_AHEAD);
        size_t story = 2 * test_below(&rng, STORIES / 2) + e->number;
        bool elsewhere = story % 4 == 3;
        versions[story] = versions[story] == 0 ? 2 : versions[story] + 1;
        save(t, elsewhere ? t->other : t->store, story, versions[story]);
    }
    return NULL;
}

TEST(server_versions_never_mix_and_never_go_back) {
    struct paper *t = calloc(1, sizeof *t);
    check(t != NULL);
    make_site(t);
    struct server_options options = { .loops = 2, .renderers = 3 };
    MUST(server_start(t->store, &options, &t->server, &err));
    struct reader readers[READERS];
    struct editor editors[EDITORS];
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (struct reader){
            .test = t, .number = i, .rng = test_seed() + 100 + i, .over_h2 = i % 3 == 2
        };
        check(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]) == 0);
    }
    for (size_t i = 0; i < EDITORS; i++) {
        editors[i] = (struct editor){ .test = t, .readers = readers, .number = i };
        check(pthread_create(&editors[i].thread, NULL, edit_on, &editors[i]) == 0);
    }
    for (size_t i = 0; i < EDITORS; i++) {
        pthread_join(editors[i].thread, NULL);
    }
    atomic_store(&t->stop, true);
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        CHECK_INT(readers[i].faults, 0);
        CHECK(readers[i].checked > 0);
    }
    server_stop(t->server);
    store_close(t->other);
    store_close(t->store);
    free(t);
}
