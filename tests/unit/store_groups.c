/* Writers that wait for each other are committed together: each is told the truth, none sees
 * another's failure, and nobody is told before all is durable. */
#include "tests/harness.h"
#include "tests/store_site.h"

#include "base/clock.h"
#include "store/internal.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */

enum { WRITERS = 12 };

enum deed { COMMIT, ROLL_BACK, BE_REFUSED, FILL_THE_DISK };

struct job {
    struct store *store;
    int number;
    enum deed deed;
    enum status status; /* of the commit */
    pthread_t thread;
};

static void job_path(const struct job *job, char out[64]) {
    snprintf(out, 64, "/story/%d/", job->number);
}

static void *write_one(void *arg) {
    struct job *job = arg;
    char path[64];
    struct store_writer *w = NULL;
    int64_t id = 0;
    static char text[3u << 20];
    job_path(job, path);
    if (store_write_begin(job->store, &w, NULL) != STATUS_OK) {
        job->status = STATUS_DB;
        return NULL;
    }
    struct story s = { .state = STORY_PUBLISHED,
                       .path = str_of(path),
                       .headline = STR("The Ferry"),
                       .published_us = NOON + job->number * US_PER_SECOND,
                       .local_day = 20220314 };
    if (job->deed == FILL_THE_DISK) {
        memset(text, 'x', sizeof text);
        s.body.raw = str_make(text, sizeof text);
    }
    (void)!store_story_put(w, &s, &id, NULL);
    if (job->deed == BE_REFUSED) {
        s.id = 0;
        s.path = STR("no path");
        (void)!store_story_put(w, &s, &id, NULL);
    }
    if (job->deed == ROLL_BACK) {
        store_write_rollback(w);
        job->status = STATUS_INTERRUPTED;
    } else {
        job->status = store_write_commit(w, NULL);
    }
    return NULL;
}

static void wait_for_waiting(struct store *s, size_t n) {
    size_t waiting = 0;
    while (waiting < n) {
        pthread_mutex_lock(&s->lock);
        waiting = s->waiting;
        pthread_mutex_unlock(&s->lock);
        usleep(1000);
    }
}

/* All begin while another writes, so that they find themselves in one group with it. Returns how
 * that one's commit went. */
static enum status run_together(struct store_site *site, struct job jobs[WRITERS]) {
    store_touch(store_site_write(site), STR("first"));
    for (size_t i = 0; i < WRITERS; i++) {
        jobs[i].store = site->store;
        jobs[i].number = (int)i;
        check(pthread_create(&jobs[i].thread, NULL, write_one, &jobs[i]) == 0);
    }
    wait_for_waiting(site->store, WRITERS);
    /* However slow the machine, no group is too old for company. */
    site->store->group_begun_us = clock_mono_us() + US_PER_HOUR;
    enum status status = store_write_commit(site->writer, NULL);
    site->writer = NULL;
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(jobs[i].thread, NULL);
    }
    return status;
}

static bool is_there(struct store_site *site, const struct job *job) {
    char path[64];
    struct address address;
    job_path(job, path);
    return store_address(store_site_read(site), &site->arena, str_of(path), &address, NULL) ==
           STATUS_OK;
}

/* How many stories anybody sees when the listener first hears of the group. */
struct witness {
    sqlite3 *raw;
    int64_t seen;
    size_t told;
};

static void witness_listen(void *ctx, const struct keys *touched) {
    struct witness *witness = ctx;
    (void)touched;
    if (witness->told++ == 0) {
        sqlite3_stmt *stmt = NULL;
        check(sqlite3_prepare_v2(witness->raw, "SELECT count(*) FROM story", -1, &stmt, NULL) ==
              SQLITE_OK);
        check(sqlite3_step(stmt) == SQLITE_ROW);
        witness->seen = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
    }
}

TEST(store_groups_commit_at_once_and_are_told_after) {
    struct store_site site;
    store_site_open(&site);
    struct witness witness = { 0 };
    char path[600];
    snprintf(path, sizeof path, "%s/site.db", site.dir);
    REQUIRE(sqlite3_open(path, &witness.raw) == SQLITE_OK);
    store_listen(site.store, witness_listen, &witness);
    struct job jobs[WRITERS] = { 0 };
    CHECK_INT(run_together(&site, jobs), STATUS_OK);
    store_listen(site.store, NULL, NULL);
    sqlite3_close(witness.raw);
    CHECK_INT(witness.told, WRITERS + 1);
    CHECK_INT(witness.seen, WRITERS);
    for (size_t i = 0; i < WRITERS; i++) {
        CHECK_INT(jobs[i].status, STATUS_OK);
        CHECK(is_there(&site, &jobs[i]));
    }
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_groups_members_fail_alone) {
    struct store_site site;
    store_site_open(&site);
    struct job jobs[WRITERS] = { 0 };
    for (size_t i = 0; i < WRITERS; i++) {
        jobs[i].deed = (enum deed)(i % 3);
    }
    CHECK_INT(run_together(&site, jobs), STATUS_OK);
    for (size_t i = 0; i < WRITERS; i++) {
        CHECK_INT(jobs[i].status, jobs[i].deed == ROLL_BACK ? STATUS_INTERRUPTED : STATUS_OK);
        CHECK(is_there(&site, &jobs[i]) == (jobs[i].deed != ROLL_BACK));
    }
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

/* Whoever is told OK is there, whoever is told otherwise is not. */
TEST(store_groups_tell_the_truth_when_the_disk_is_full) {
    struct store_site site;
    store_site_open(&site);
    struct job jobs[WRITERS] = { 0 };
    jobs[5].deed = jobs[9].deed = FILL_THE_DISK;
    OK(site.store->backend->script(site.store->writer_sql.db, STR("PRAGMA max_page_count=600"),
                                   &site.err));
    enum status first = run_together(&site, jobs);
    CHECK(first == STATUS_OK || first == STATUS_DB);
    size_t failed = 0;
    for (size_t i = 0; i < WRITERS; i++) {
        failed += jobs[i].status != STATUS_OK;
        CHECK(is_there(&site, &jobs[i]) == (jobs[i].status == STATUS_OK));
    }
    CHECK(failed >= 2 && jobs[5].status != STATUS_OK && jobs[9].status != STATUS_OK);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}
