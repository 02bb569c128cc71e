#include "store/search_make.h"

#include "base/cpus.h"
#include "base/hash.h"
#include "store/search.h"

#include <pthread.h>
#include <stdlib.h>

/* A run is small, so that the words of its documents are found in the processor's caches; it costs
 * memory only while it is made. */
enum { MAKERS_MAX = 8, RUN_DOCS = 100, RUN_WORDS = 250000 };

struct search_maker {
    struct search_making *making;
    pthread_t thread;
    struct store_reader *reader;
    struct arena scratch; /* of one story */
    bool is_started;
    enum status status;
    struct err err;
};

static enum status add_story(struct search_maker *m, struct search_waiting *waiting,
                             struct postings *text, struct postings *headlines, int64_t *sampled) {
    struct sql *db = m->reader->sql;
    struct story story;
    arena_reset(&m->scratch);
    if (!story_load(db, &m->scratch, waiting->story_id, STORY_FULL, &story)) {
        enum status status = sql_result(db, &m->err);
        return status != STATUS_OK ? status
                                   : err_set(&m->err, STATUS_CORRUPT, "story %" PRId64 " is gone",
                                             waiting->story_id);
    }
    struct search_document d = search_document(db, &m->scratch, &story);
    bool counts = search_is_sampled(story.id);
    waiting->headline_hash = hash_content(d.headline);
    *sampled += counts;
    postings_begin(text, waiting->doc);
    postings_put(text, 0, d.headline);
    postings_put(text, 1, d.standfirst);
    postings_put(text, 2, d.body);
    postings_put(text, 3, d.filing);
    postings_end(text, counts ? 3 : 0);
    postings_begin(headlines, waiting->doc);
    postings_put(headlines, 0, d.headline);
    postings_put(headlines, 1, d.filing);
    postings_end(headlines, 0);
    return sql_result(db, &m->err);
}

static enum status make_run(struct search_maker *m, struct search_run *run) {
    struct postings text, headlines;
    enum status status = STATUS_OK;
    postings_init(&text);
    postings_init(&headlines);
    for (size_t i = 0; i < run->n_docs && status == STATUS_OK; i++) {
        status = add_story(m, &run->docs[i], &text, &headlines, &run->sampled);
    }
    if (status == STATUS_OK) {
        status = postings_take(&text, &run->text, &m->err);
    }
    if (status == STATUS_OK) {
        status = postings_take(&headlines, &run->headlines, &m->err);
    }
    postings_done(&text);
    postings_done(&headlines);
    return status;
}

static struct search_run *next_run(struct search_making *m) {
    pthread_mutex_lock(&m->lock);
    struct search_batch *b = m->batch;
    struct search_run *run = b->next < b->n_runs ? &b->runs[b->next++] : NULL;
    pthread_mutex_unlock(&m->lock);
    return run;
}

static void *run_maker(void *arg) {
    struct search_maker *m = arg;
    struct search_run *run;
    m->err = (struct err){ 0 };
    m->status = store_read_begin(m->reader, NULL, &m->err);
    if (m->status != STATUS_OK) {
        return NULL;
    }
    while (m->status == STATUS_OK && (run = next_run(m->making)) != NULL) {
        m->status = make_run(m, run);
    }
    store_read_end(m->reader);
    if (m->status == STATUS_OK) { /* each story is read once: what it keeps is of no use */
        m->status = m->reader->store->backend->release_memory(m->reader->sql->db, &m->err);
    }
    return NULL;
}

enum status search_making_open(struct search_making *m, struct store *s, struct err *err) {
    size_t n = cpus_usable(); /* one of them writes */
    *m = (struct search_making){ .n_makers = n > MAKERS_MAX ? MAKERS_MAX : n > 2 ? n - 1 : 1 };
    m->makers = calloc(m->n_makers, sizeof *m->makers);
    check(m->makers != NULL && pthread_mutex_init(&m->lock, NULL) == 0);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < m->n_makers && status == STATUS_OK; i++) {
        m->makers[i].making = m;
        status = store_reader_open(s, &m->makers[i].reader, err);
    }
    return status;
}

void search_making_close(struct search_making *m) {
    if (m->makers != NULL) {
        for (size_t i = 0; i < m->n_makers; i++) {
            store_reader_close(m->makers[i].reader);
            arena_done(&m->makers[i].scratch);
        }
        free(m->makers);
        pthread_mutex_destroy(&m->lock);
        m->makers = NULL;
    }
}

void search_batch_done(struct search_batch *b) {
    for (size_t i = 0; i < b->n_runs; i++) {
        posting_run_done(&b->runs[i].text);
        posting_run_done(&b->runs[i].headlines);
    }
    free(b->runs);
    *b = (struct search_batch){ 0 };
}

/* The same runs on any number of threads. */
static void share_out(struct search_batch *b, struct search_waiting *docs, size_t n) {
    *b = (struct search_batch){ .runs = calloc(n + 1, sizeof *b->runs) };
    check(b->runs != NULL);
    int64_t words = 0;
    for (size_t i = 0; i < n; i++) {
        struct search_run *run = b->n_runs > 0 ? &b->runs[b->n_runs - 1] : NULL;
        if (run == NULL || run->n_docs == RUN_DOCS || words >= RUN_WORDS) {
            run = &b->runs[b->n_runs++];
            run->docs = &docs[i];
            words = 0;
        }
        run->n_docs++;
        words += docs[i].words;
    }
}

void search_make_begin(struct search_making *m, struct search_waiting *docs, size_t n,
                       struct search_batch *ret) {
    share_out(ret, docs, n);
    m->batch = ret;
    for (size_t i = 0; i < m->n_makers; i++) {
        struct search_maker *maker = &m->makers[i];
        maker->status = STATUS_OK;
        maker->is_started = i < ret->n_runs &&
                            pthread_create(&maker->thread, NULL, run_maker, maker) == 0;
    }
}

enum status search_make_end(struct search_making *m, struct err *err) {
    enum status status = STATUS_OK;
    if (!m->makers[0].is_started) {
        run_maker(&m->makers[0]); /* no thread to be had: here, then */
    }
    for (size_t i = 0; i < m->n_makers; i++) {
        struct search_maker *maker = &m->makers[i];
        if (maker->is_started) {
            pthread_join(maker->thread, NULL);
        }
        if (status == STATUS_OK && maker->status != STATUS_OK) {
            status = err_set(err, maker->status, "%s", maker->err.message);
        }
    }
    return status;
}
