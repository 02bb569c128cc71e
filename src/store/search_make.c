#include "store/search_make.h"

#include "base/cpus.h"
#include "base/hash.h"
#include "store/search.h"

#include <pthread.h>
#include <stdlib.h>

struct search_maker {
    pthread_t thread;
    struct store_reader *reader;
    struct search_waiting *docs; /* its share */
    size_t n_docs;
    struct arena scratch; /* of one story */
    struct postings *text, *headlines;
    int64_t *sampled;
    enum status status;
    struct err err;
};

static enum status add_story(struct search_maker *m, struct search_waiting *waiting) {
    struct sql *db = m->reader->sql;
    struct story story;
    if (!story_load(db, &m->scratch, waiting->story_id, STORY_FULL, &story)) {
        enum status status = sql_result(db, &m->err);
        return status != STATUS_OK ? status
                                   : err_set(&m->err, STATUS_CORRUPT, "story %" PRId64 " is gone",
                                             waiting->story_id);
    }
    struct search_document d = search_document(db, &m->scratch, &story);
    bool sampled = search_is_sampled(story.id);
    waiting->headline_hash = hash_content(d.headline);
    *m->sampled += sampled;
    postings_begin(m->text, waiting->doc);
    postings_put(m->text, 0, d.headline);
    postings_put(m->text, 1, d.standfirst);
    postings_put(m->text, 2, d.body);
    postings_put(m->text, 3, d.filing);
    postings_end(m->text, sampled ? 3 : 0);
    postings_begin(m->headlines, waiting->doc);
    postings_put(m->headlines, 0, d.headline);
    postings_put(m->headlines, 1, d.filing);
    postings_end(m->headlines, 0);
    enum status status = m->text->status;
    return status == STATUS_OK
               ? sql_result(db, &m->err)
               : err_set(&m->err, status, "story %" PRId64 " is too long for the search index",
                         waiting->story_id);
}

static void *run_maker(void *arg) {
    struct search_maker *m = arg;
    m->status = store_read_begin(m->reader, NULL, &m->err);
    if (m->status != STATUS_OK) {
        return NULL;
    }
    for (size_t i = 0; i < m->n_docs && m->status == STATUS_OK; i++) {
        arena_reset(&m->scratch);
        m->status = add_story(m, &m->docs[i]);
    }
    store_read_end(m->reader);
    postings_sort(m->text);
    postings_sort(m->headlines);
    return NULL;
}

enum status search_making_open(struct search_making *m, struct store *s, struct err *err) {
    size_t n = cpus_usable();
    *m = (struct search_making){ .n = n < SEARCH_MAKERS_MAX ? n : SEARCH_MAKERS_MAX };
    m->makers = calloc(m->n, sizeof *m->makers);
    check(m->makers != NULL);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < m->n && status == STATUS_OK; i++) {
        m->makers[i].text = &m->text[i];
        m->makers[i].headlines = &m->headlines[i];
        m->makers[i].sampled = &m->sampled[i];
        status = store_reader_open(s, &m->makers[i].reader, err);
    }
    return status;
}

void search_making_close(struct search_making *m) {
    search_making_empty(m);
    for (size_t i = 0; m->makers != NULL && i < m->n; i++) {
        store_reader_close(m->makers[i].reader);
        arena_done(&m->makers[i].scratch);
    }
    free(m->makers);
    m->makers = NULL;
}

void search_making_empty(struct search_making *m) {
    for (size_t i = 0; i < m->n; i++) {
        postings_done(&m->text[i]);
        postings_done(&m->headlines[i]);
        m->sampled[i] = 0;
    }
}

/* Neighbours go to the same thread, each thread gets about as many words. */
static void share_out(struct search_making *m, struct search_waiting *docs, size_t n) {
    int64_t words = 0, given = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        words += docs[i].words;
    }
    for (size_t i = 0; i < m->n; i++) {
        struct search_maker *maker = &m->makers[i];
        int64_t until = words * (int64_t)(i + 1) / (int64_t)m->n;
        maker->docs = docs + at;
        while (at < n && (given < until || i + 1 == m->n)) {
            given += docs[at++].words;
        }
        maker->n_docs = (size_t)(docs + at - maker->docs);
    }
}

enum status search_make(struct search_making *m, struct search_waiting *docs, size_t n,
                        struct err *err) {
    bool started[SEARCH_MAKERS_MAX] = { 0 };
    search_making_empty(m);
    share_out(m, docs, n);
    for (size_t i = 0; i < m->n; i++) {
        struct search_maker *maker = &m->makers[i];
        postings_init(&m->text[i]);
        postings_init(&m->headlines[i]);
        maker->status = STATUS_OK;
        maker->err = (struct err){ 0 };
        started[i] = maker->n_docs > 0 &&
                     pthread_create(&maker->thread, NULL, run_maker, maker) == 0;
        if (maker->n_docs > 0 && !started[i]) {
            run_maker(maker); /* no thread to be had: here, then */
        }
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < m->n; i++) {
        struct search_maker *maker = &m->makers[i];
        if (started[i]) {
            pthread_join(maker->thread, NULL);
        }
        if (status == STATUS_OK && maker->status != STATUS_OK) {
            status = err_set(err, maker->status, "%s", maker->err.message);
        }
    }
    return status;
}
