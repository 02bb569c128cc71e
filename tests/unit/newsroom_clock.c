#include "tests/harness.h"
#include "tests/town.h"

#include "base/arena.h"
#include "base/clock.h"
#include "newsroom/clock.h"
#include "newsroom/people.h"

#include <sodium.h>
#include <stdatomic.h>
#include <unistd.h>

static void count_report(void *ctx, bool is_error, const char *message) {
    (void)message;
    _Atomic int *counts = ctx;
    atomic_fetch_add(&counts[is_error], 1);
}

static struct store *empty_site(void) {
    char dir[512];
    struct store *store = NULL;
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    return store;
}

static int64_t schedule(struct store *store, const char *path, int64_t due_us) {
    struct civil c = civil_of_us(due_us);
    struct story s = { .state = STORY_SCHEDULED,
                       .headline = STR("The noon gun"),
                       .slug = STR("gun"),
                       .path = str_of(path),
                       .published_us = due_us,
                       .updated_us = due_us,
                       .created_us = due_us,
                       .local_day = c.year * 10000 + c.month * 100 + c.day };
    struct store_writer *w = NULL;
    int64_t id = 0;
    MUST(store_write_begin(store, &w, &err));
    MUST(store_story_put(w, &s, &id, &err));
    MUST(store_write_commit(w, &err));
    return id;
}

static enum story_state state_of(struct store *store, int64_t id) {
    struct arena a = { 0 };
    struct store_reader *r = NULL;
    struct story s;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_story(r, &a, id, STORY_CARD, &s, &err));
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
    return s.state;
}

/* Until the story is published, a minute at the most. */
static bool is_published_soon(struct store *store, int64_t id) {
    for (int i = 0; i < 3000; i++) {
        if (state_of(store, id) == STORY_PUBLISHED) {
            return true;
        }
        usleep(20000);
    }
    return false;
}

TEST(newsroom_clock_catches_up_and_publishes_what_falls_due) {
    _Atomic int reports[2] = { 0, 0 };
    struct store *store = empty_site();
    struct newsroom_clock *clock = NULL;
    int64_t now_us = clock_now_us();
    int64_t overdue = schedule(store, "/overdue/", now_us - US_PER_DAY);
    int64_t later = schedule(store, "/later/", now_us + 3650 * US_PER_DAY);
    MUST(newsroom_clock_start(store, count_report, reports, &clock, &err));
    CHECK(is_published_soon(store, overdue));
    /* Scheduled while the clock runs. */
    int64_t due_us = clock_now_us() + US_PER_SECOND;
    int64_t soon = schedule(store, "/soon/", due_us);
    CHECK(is_published_soon(store, soon));
    CHECK(clock_now_us() >= due_us);
    CHECK_INT(state_of(store, later), STORY_SCHEDULED);
    newsroom_clock_stop(clock);
    CHECK_INT(atomic_load(&reports[false]), 2);
    CHECK_INT(atomic_load(&reports[true]), 0);
    store_close(store);
}

static void publish(struct store *store, const char *path, int64_t at_us) {
    struct civil c = civil_of_us(at_us);
    struct story s = { .state = STORY_PUBLISHED,
                       .headline = STR("The noon gun"),
                       .path = str_of(path),
                       .published_us = at_us,
                       .local_day = c.year * 10000 + c.month * 100 + c.day };
    struct store_writer *w = NULL;
    int64_t id = 0;
    MUST(store_write_begin(store, &w, &err));
    MUST(store_story_put(w, &s, &id, &err));
    MUST(store_write_commit(w, &err));
}

static size_t news_of(struct store *store) {
    struct arena a = { 0 };
    struct store_reader *r = NULL;
    struct news news;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_news(r, &a, 1000, &news, &err));
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
    return news.len;
}

/* Until there are so many news, a minute at the most. */
static bool are_news_soon(struct store *store, size_t n) {
    for (int i = 0; i < 3000; i++) {
        if (news_of(store) == n) {
            return true;
        }
        usleep(20000);
    }
    return false;
}

TEST(newsroom_clock_moves_the_news_horizon) {
    _Atomic int reports[2] = { 0, 0 };
    struct store *store = empty_site();
    struct newsroom_clock *clock = NULL;
    int64_t begin_us = clock_now_us();
    publish(store, "/old/", begin_us - 3 * US_PER_DAY);
    publish(store, "/yesterday/", begin_us - US_PER_DAY);
    CHECK_INT(news_of(store), 0);
    /* The horizon of a server that has been down for a week. */
    struct store_writer *w = NULL;
    MUST(store_write_begin(store, &w, &err));
    MUST(store_news_since_put(w, begin_us - 9 * US_PER_DAY, &err));
    MUST(store_write_commit(w, &err));
    CHECK_INT(news_of(store), 2);
    MUST(newsroom_clock_start(store, count_report, reports, &clock, &err));
    CHECK(are_news_soon(store, 1));
    /* One that stops being news while the clock runs. */
    publish(store, "/passing/", clock_now_us() - NEWSROOM_NEWS_US + US_PER_SECOND / 2);
    CHECK(are_news_soon(store, 1));
    /* A horizon from a day when the machine's clock was wrong. */
    MUST(store_write_begin(store, &w, &err));
    MUST(store_news_since_put(w, begin_us + 9 * US_PER_DAY, &err));
    MUST(store_write_commit(w, &err));
    CHECK(are_news_soon(store, 1));
    newsroom_clock_stop(clock);
    CHECK_INT(atomic_load(&reports[true]), 0);
    store_close(store);
}

TEST(newsroom_people_hash_passwords_and_take_over_their_author) {
    struct store *store = empty_site();
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    struct author imported = { .name = STR("The Night Bell"),
                               .slug = STR("nightbell"),
                               .path = STR("/author/nightbell/"),
                               .login = STR("nightbell") };
    int64_t author_id = 0, id = 0;
    struct user user;
    struct author author;
    struct err refused = { 0 };
    MUST(store_write_begin(store, &w, &err));
    MUST(store_author_put(w, &imported, &author_id, &err));
    CHECK_INT(people_add(w, STR("nightbell"), STR("Bell"), STR(""), USER_EDITOR, STR("short"), &id,
                         &refused),
              STATUS_INVALID);
    MUST(people_add(w, STR("nightbell"), STR("Bell"), STR(""), USER_EDITOR,
                    STR("a long enough word"), &id, &err));
    MUST(store_user(store_writer_reader(w), &a, STR("nightbell"), &user, &err));
    MUST(store_author(store_writer_reader(w), &a, author_id, &author, &err));
    CHECK(str_starts(user.password_hash, STR("$argon2id$")));
    CHECK_INT(
        crypto_pwhash_str_verify(arena_str(&a, user.password_hash).ptr, "a long enough word", 18),
        0);
    CHECK_INT(author.user_id, id);
    CHECK_STR(author.name, "The Night Bell");
    store_write_rollback(w);
    arena_done(&a);
    store_close(store);
}
