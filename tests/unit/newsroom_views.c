#include "tests/harness.h"
#include "tests/town.h"

#include "base/clock.h"
#include "newsroom/tally.h"
#include "newsroom/views.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

/* ---- tally ---- */

enum { LOOPS = 4, IDS = 500, COUNTS_EACH = 50000 };

struct sums {
    int64_t of[IDS + 1];
};

static void add_sum(void *ctx, int64_t id, int64_t count) {
    struct sums *sums = ctx;
    check(id >= 1 && id <= IDS && count >= 1);
    sums->of[id] += count;
}

struct counting {
    struct tally *tally;
    size_t loop;
    uint64_t rng;
    struct sums sums;
    _Atomic size_t *running;
};

static void *count_at_random(void *arg) {
    struct counting *c = arg;
    for (int i = 0; i < COUNTS_EACH; i++) {
        /* Some often, most rarely. */
        int64_t id = 1 + (int64_t)test_below(&c->rng, 1 + test_below(&c->rng, IDS));
        tally_count(c->tally, c->loop, id);
        c->sums.of[id]++;
    }
    atomic_fetch_sub(c->running, 1);
    return NULL;
}

TEST(newsroom_tally_counts_each_once_while_it_is_drained) {
    struct tally *t = tally_new(LOOPS);
    struct counting counting[LOOPS];
    pthread_t threads[LOOPS];
    _Atomic size_t running = LOOPS;
    struct sums sums = { { 0 } };
    uint64_t lost = 0;
    for (size_t i = 0; i < LOOPS; i++) {
        counting[i] =
            (struct counting){ .tally = t, .loop = i, .rng = test_seed() + i, .running = &running };
        check(pthread_create(&threads[i], NULL, count_at_random, &counting[i]) == 0);
    }
    while (atomic_load(&running) > 0) {
        lost += tally_drain(t, add_sum, &sums);
    }
    for (size_t i = 0; i < LOOPS; i++) {
        pthread_join(threads[i], NULL);
    }
    lost += tally_drain(t, add_sum, &sums);
    CHECK_INT(lost, 0);
    for (int id = 1; id <= IDS; id++) {
        int64_t expected = 0;
        for (size_t i = 0; i < LOOPS; i++) {
            expected += counting[i].sums.of[id];
        }
        CHECK_INT(sums.of[id], expected);
    }
    tally_free(t);
}

static void add_up(void *ctx, int64_t id, int64_t count) {
    (void)id;
    *(int64_t *)ctx += count;
}

TEST(newsroom_tally_says_what_found_no_room) {
    struct tally *t = tally_new(1);
    int64_t taken = 0;
    enum { MANY = 3 * TALLY_SLOTS };
    CHECK(!tally_is_crowded(t));
    for (int64_t id = 1; id <= MANY; id++) {
        tally_count(t, 0, id * 7919);
        if (id == TALLY_SLOTS / 4) {
            CHECK(!tally_is_crowded(t));
        }
    }
    CHECK(tally_is_crowded(t));
    uint64_t lost = tally_drain(t, add_up, &taken);
    CHECK(lost > 0);
    CHECK_INT(taken + (int64_t)lost, MANY);
    CHECK(taken > TALLY_SLOTS * 9 / 10);
    CHECK(!tally_is_crowded(t));
    CHECK_INT(tally_drain(t, add_up, &taken), 0);
    /* Numbers that no story has. */
    taken = 0;
    tally_count(t, 0, 0);
    tally_count(t, 0, -1);
    tally_count(t, 0, INT64_MAX);
    tally_count(t, 0, INT64_C(1) << 40);
    tally_count(t, 0, (INT64_C(1) << 40) - 1);
    CHECK_INT(tally_drain(t, add_up, &taken), 0);
    CHECK_INT(taken, 1);
    tally_free(t);
}

TEST(newsroom_tally_counts_one_story_very_often) {
    enum { OFTEN = (1 << 24) + 1000 };
    struct tally *t = tally_new(1);
    int64_t taken = 0;
    for (int i = 0; i < OFTEN; i++) {
        tally_count(t, 0, 42);
    }
    CHECK_INT(tally_drain(t, add_up, &taken), 0);
    CHECK_INT(taken, OFTEN);
    tally_free(t);
}

/* ---- writing and ranking ---- */

struct heard {
    char keys[8][64];
    size_t n;
};

static void hear(void *ctx, const struct keys *touched) {
    struct heard *h = ctx;
    for (size_t i = 0; i < touched->list.len; i++) {
        if (h->n < COUNT_OF(h->keys)) {
            snprintf(h->keys[h->n++], sizeof h->keys[0], "%.*s", STR_FMT(touched->list.ptr[i]));
        }
    }
}

static int64_t put_public(struct store *store, const char *path) {
    struct story s = { .state = STORY_PUBLISHED,
                       .headline = STR("The noon gun"),
                       .slug = STR("gun"),
                       .path = str_of(path),
                       .published_us = US_PER_DAY,
                       .updated_us = US_PER_DAY,
                       .created_us = US_PER_DAY,
                       .local_day = 19700102 };
    struct store_writer *w = NULL;
    int64_t id = 0;
    MUST(store_write_begin(store, &w, &err));
    MUST(store_story_put(w, &s, &id, &err));
    MUST(store_write_commit(w, &err));
    return id;
}

static void count_n(struct views *v, size_t loop, int64_t id, int n) {
    for (int i = 0; i < n; i++) {
        views_count(v, loop, id);
    }
}

/* The slot, "3 1 2". */
static void slot_text(struct store *store, char out[128]) {
    struct arena a = { 0 };
    struct store_reader *r = NULL;
    struct ids ids;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_slot(r, &a, STORE_SLOT_MOST_READ, &ids, &err));
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < ids.len && n < 100; i++) {
        n += (size_t)snprintf(out + n, 128 - n, "%s%lld", i ? " " : "", (long long)ids.ptr[i]);
    }
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
}

#define CHECK_SLOT(store, expected)                                                                \
    do {                                                                                           \
        char text[128];                                                                            \
        slot_text(store, text);                                                                    \
        CHECK_STR(str_of(text), expected);                                                         \
    } while (0)

static struct store *new_site(void) {
    char dir[512];
    struct store *store = NULL;
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    return store;
}

TEST(newsroom_views_rank_a_day_and_touch_only_what_changed) {
    enum { HOUR = 456000 };
    const int64_t at_us = HOUR * US_PER_HOUR + 5;
    struct store *store = new_site();
    int64_t a = put_public(store, "/a/"), b = put_public(store, "/b/"),
            c = put_public(store, "/c/");
    CHECK_INT(c, 3);
    struct heard heard = { .n = 0 };
    struct views *v = NULL;
    struct views_options options = { .loops = 2 };
    MUST(views_open(store, &options, &v, &err));
    store_listen(store, hear, &heard);
    MUST(views_rank(v, at_us, &err));
    CHECK_INT(heard.n, 0);
    count_n(v, 0, a, 3);
    count_n(v, 1, a, 1);
    count_n(v, 1, b, 5);
    views_count(v, 0, 999);
    MUST(views_write(v, at_us, &err));
    CHECK_INT(heard.n, 0);
    CHECK_SLOT(store, "");
    MUST(views_rank(v, at_us, &err));
    CHECK_SLOT(store, "2 1");
    CHECK_INT(heard.n, 1);
    CHECK_STR(str_of(heard.keys[0]), "slot:most-read");
    /* More views, the same order: nothing is touched. */
    count_n(v, 0, b, 7);
    MUST(views_write(v, at_us + US_PER_HOUR, &err));
    MUST(views_rank(v, at_us + US_PER_HOUR, &err));
    CHECK_INT(heard.n, 1);
    count_n(v, 0, c, 6);
    MUST(views_write(v, at_us + 2 * US_PER_HOUR, &err));
    MUST(views_rank(v, at_us + 2 * US_PER_HOUR, &err));
    CHECK_SLOT(store, "2 3 1");
    CHECK_INT(heard.n, 2);
    /* The hours drop out one after the other. */
    MUST(views_rank(v, at_us + 24 * US_PER_HOUR, &err));
    CHECK_SLOT(store, "2 3");
    MUST(views_rank(v, at_us + 25 * US_PER_HOUR, &err));
    CHECK_SLOT(store, "3");
    MUST(views_rank(v, at_us + 26 * US_PER_HOUR, &err));
    CHECK_SLOT(store, "");
    CHECK_INT(heard.n, 5);
    store_listen(store, NULL, NULL);
    views_close(v);
    store_close(store);
}

static void run_raw(const char *dir, const char *sql) {
    char path[600];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/site.db", dir);
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* What was counted is kept until it is written. */
TEST(newsroom_views_keep_what_cannot_be_written) {
    struct store *store = new_site();
    int64_t a = put_public(store, "/a/");
    struct views *v = NULL;
    struct views_options options = { .loops = 1 };
    int64_t now_us = clock_now_us();
    MUST(views_open(store, &options, &v, &err));
    run_raw(store_dir(store), "ALTER TABLE views RENAME TO away");
    count_n(v, 0, a, 3);
    for (int i = 0; i < 3; i++) {
        struct err failed = { 0 };
        CHECK_INT(views_write(v, now_us, &failed), STATUS_DB);
        count_n(v, 0, a, 1);
    }
    run_raw(store_dir(store), "ALTER TABLE away RENAME TO views");
    views_close(v); /* writes what is left */
    struct arena arena = { 0 };
    struct store_reader *r = NULL;
    struct view_counts top;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_views_top(r, &arena, clock_now_us() / US_PER_HOUR, 9, &top, &err));
    CHECK_INT(top.len, 1);
    CHECK_INT(top.len > 0 ? top.ptr[0].count : 0, 6);
    store_read_end(r);
    store_reader_close(r);
    arena_done(&arena);
    store_close(store);
}

TEST(newsroom_views_are_written_and_ranked_by_their_thread) {
    struct store *store = new_site();
    int64_t a = put_public(store, "/a/"), b = put_public(store, "/b/");
    struct views *v = NULL;
    struct views_options options = { .loops = 1, .write_ms = 1 };
    MUST(views_open(store, &options, &v, &err));
    views_start(v);
    count_n(v, 0, a, 2);
    char text[128] = "";
    for (int i = 0; i < 6000 && strcmp(text, "1") != 0; i++) {
        usleep(10000);
        slot_text(store, text);
    }
    CHECK_STR(str_of(text), "1");
    count_n(v, 0, b, 3);
    views_close(v);
    /* Ranked at the next start. */
    MUST(views_open(store, &options, &v, &err));
    views_start(v);
    for (int i = 0; i < 6000 && strcmp(text, "2 1") != 0; i++) {
        usleep(10000);
        slot_text(store, text);
    }
    CHECK_STR(str_of(text), "2 1");
    views_close(v);
    store_close(store);
}
