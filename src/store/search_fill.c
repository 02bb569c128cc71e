/* Filling the search index with many stories at once.
 *
 * search_state says up to which story the index is filled: those with a greater id wait, and a save
 * of one of them leaves the index alone (search_is_indexed). An import lets its stories wait
 * (store_search_defer); a database that is older than the index, or whose tokens would come out
 * otherwise now, waits as a whole. What is not filled is, at the latest, when the store is opened.
 *
 * A transaction takes the next stories, numbers their documents in the stories' order, and cuts
 * them, by document, into batches as large as memory is meant for. Threads make an index of a batch
 * in memory (search_make.h); nobody else can write meanwhile, so what they read is what the
 * transaction sees. Then it is put in as one part of each table (sqlite_part.h), with the rows of
 * search_doc and a tally of the words, while the threads make the next batch. Which thread does
 * what changes nothing. In the end all tallies are counted together (search_words.c), for most
 * words stand in many of them. */
#include "store/search.h"

#include "base/hash.h"
#include "store/part_pages.h"
#include "store/search_make.h"
#include "text/tokens.h"

#include <malloc.h>
#include <stdlib.h>

/* In memory a document takes some ten bytes a word, and as much as that for words that nobody else
 * has. FTS5 merges a table's newest parts within the next commit when there are 64
 * (migrations/007_upkeep.sql): so many are not left behind. */
enum {
    PART_DOCS = 1800,
    PART_WORDS = 1800000,
    PARTS = 4,        /* of a transaction, about */
    LEAST_WORDS = 50, /* that a story counts for */
    NEWEST_MAX = 56,
    MERGE_PAGES = 4000
};

struct filling {
    struct store *store;
    struct search_making making;
    struct search_batch batches[2];
    VEC(struct search_waiting) docs;
    struct arena arena; /* of one transaction */
    int64_t last_id;    /* the index is filled up to here, with this transaction */
    bool done;
    store_filling *progress;
    void *progress_ctx;
    int64_t filled, total;
};

/* ---- who waits ---- */

struct state {
    int64_t version, filled_id;
    bool is_filled;
};

static struct state read_state(struct sql *db) {
    struct state state = { 0 };
    struct rows rows = ROWS(db, "search_state", NONE);
    if (rows_next(&rows)) {
        state = (struct state){ rows_i64(&rows, 0), rows_i64(&rows, 1), rows_i64(&rows, 2) != 0 };
    }
    rows_end(&rows);
    return state;
}

bool search_is_indexed(struct store_writer *w, int64_t story_id) {
    if (w->indexed_id == 0) {
        struct state state = read_state(w->sql);
        bool is_current = state.version == tokens_version();
        w->indexed_id = !is_current       ? -1
                        : state.is_filled ? INT64_MAX
                        : state.filled_id ? state.filled_id
                                          : -1;
    }
    return story_id <= w->indexed_id;
}

enum status store_search_defer(struct store_writer *w, struct err *err) {
    struct sql *db = writer_verb(w);
    w->is_bulk = true;
    if (search_is_indexed(w, INT64_MAX)) {
        int64_t last = RUN(db, "search_story_last", NONE);
        RUN(db, "search_state_put", I64(tokens_version()), I64(last), I64(0));
        w->indexed_id = 0;
    }
    return sql_result(db, err);
}

/* ---- one transaction ---- */

static int by_doc(const void *x, const void *y) {
    const struct search_waiting *a = x, *b = y;
    return (a->doc > b->doc) - (a->doc < b->doc);
}

/* The last document of each hour that this transaction has given numbers in. */
struct hour {
    int64_t from, last;
};

struct hours {
    struct hour *ptr; /* by hash; last 0: free */
    size_t cap;       /* a power of two, at least twice the documents */
};

static struct hour *find_hour(struct hours *hours, int64_t from) {
    size_t at = (size_t)hash_mix(7, (uint64_t)from) & (hours->cap - 1);
    while (hours->ptr[at].last != 0 && hours->ptr[at].from != from) {
        at = (at + 1) & (hours->cap - 1);
    }
    return &hours->ptr[at];
}

/* search_place, for documents that are not in the table yet. */
static int64_t place(struct sql *db, struct hours *hours, int64_t published_us) {
    for (int64_t from = search_doc_at(published_us); db->status == STATUS_OK;
         from += SEARCH_DOCS_AN_HOUR) {
        struct hour *hour = find_hour(hours, from);
        if (hour->last == 0) {
            int64_t last = RUN(db, "search_doc_last", I64(from), I64(from + SEARCH_DOCS_AN_HOUR));
            int64_t next = last != 0 ? last + 1 : from == 0 ? 1 : from;
            if (next >= from + SEARCH_DOCS_AN_HOUR) {
                continue;
            }
            *hour = (struct hour){ from, next };
            return next;
        }
        if (hour->last + 1 < from + SEARCH_DOCS_AN_HOUR) {
            return ++hour->last;
        }
    }
    return 0;
}

static void list_waiting(struct filling *filling, struct sql *db, int64_t after) {
    int64_t words = 0, looked = 0;
    struct hours hours = { .cap = 4 };
    filling->docs.ptr = NULL;
    filling->docs.len = filling->docs.cap = 0;
    struct rows rows = ROWS(db, "search_fill_next", I64(after), I64(PARTS * PART_DOCS));
    while (words < PARTS * PART_WORDS && rows_next(&rows)) {
        filling->last_id = rows_i64(&rows, 0);
        looked++;
        if (rows_i64(&rows, 2) != 0) {
            int64_t n = rows_i64(&rows, 3) > LEAST_WORDS ? rows_i64(&rows, 3) : LEAST_WORDS;
            *vec_push(&filling->arena, &filling->docs) = (struct search_waiting){
                .story_id = filling->last_id, .published_us = rows_i64(&rows, 1), .words = n
            };
            words += n;
        }
    }
    filling->done = looked < PARTS * PART_DOCS && words < PARTS * PART_WORDS;
    rows_end(&rows);
    filling->filled += looked;
    while (hours.cap < 2 * filling->docs.len) {
        hours.cap *= 2;
    }
    hours.ptr = arena_array(&filling->arena, hours.cap, sizeof *hours.ptr);
    for (size_t i = 0; i < filling->docs.len; i++) {
        filling->docs.ptr[i].doc = place(db, &hours, filling->docs.ptr[i].published_us);
    }
    if (filling->docs.len > 0) {
        qsort(filling->docs.ptr, filling->docs.len, sizeof *filling->docs.ptr, by_doc);
    }
}

static enum status put_batch(const struct search_batch *batch, struct sql *db, struct err *err) {
    const struct backend *b = db->backend;
    struct posting_run text[PART_RUNS_MAX], headlines[PART_RUNS_MAX];
    check(batch->n_runs <= PART_RUNS_MAX); /* by what batch_end takes */
    for (size_t i = 0; i < batch->n_runs; i++) {
        const struct search_run *run = &batch->runs[i];
        for (size_t k = 0; k < run->n_docs; k++) {
            const struct search_waiting *doc = &run->docs[k];
            RUN(db, "search_doc_insert", I64(doc->doc), I64(doc->story_id), I64(doc->published_us),
                I64((int64_t)doc->headline_hash));
        }
        search_tally(db, &run->text, run->sampled);
        text[i] = run->text;
        headlines[i] = run->headlines;
    }
    enum status status = b->part_append(db->db, "search_text", text, batch->n_runs, 4, err);
    if (status == STATUS_OK) {
        status = b->part_append(db->db, "search_headline", headlines, batch->n_runs, 2, err);
    }
    return status == STATUS_OK ? sql_result(db, err) : status;
}

/* Where the batch ends that begins at document `at`. */
static size_t batch_end(const struct filling *filling, size_t at) {
    int64_t words = 0;
    size_t end = at;
    while (end < filling->docs.len && end - at < PART_DOCS && words < PART_WORDS) {
        words += filling->docs.ptr[end++].words;
    }
    return end;
}

static enum status make_parts(struct filling *filling, struct sql *db, struct err *err) {
    struct search_making *m = &filling->making;
    struct search_batch *now = &filling->batches[0], *next = &filling->batches[1];
    struct search_waiting *docs = filling->docs.ptr;
    size_t at = 0, end = batch_end(filling, 0);
    enum status status = STATUS_OK;
    bool more = end > 0;
    if (more) {
        search_make_begin(m, docs, end, now);
    }
    while (more) {
        enum status made = search_make_end(m, status == STATUS_OK ? err : NULL);
        status = status == STATUS_OK ? made : status;
        at = end;
        end = batch_end(filling, at);
        more = status == STATUS_OK && end > at;
        if (more) {
            search_make_begin(m, docs + at, end - at, next);
        }
        if (status == STATUS_OK) {
            status = put_batch(now, db, err);
        }
        search_batch_done(now);
        struct search_batch *made_last = now;
        now = next;
        next = made_last;
    }
    return status;
}

/* Where parts cannot be put in: one by one. */
static void put_each(struct filling *filling, struct store_writer *w) {
    for (size_t i = 0; i < filling->docs.len && w->sql->status == STATUS_OK; i++) {
        const struct search_waiting *doc = &filling->docs.ptr[i];
        struct story story;
        arena_reset(&w->scratch);
        if (story_load(w->sql, &w->scratch, doc->story_id, STORY_FULL, &story)) {
            struct search_document d = search_document(w->sql, &w->scratch, &story);
            search_put_in(w->sql, doc->doc, &story, &d);
        }
    }
}

static enum status fill(struct filling *filling, struct store_writer *w, struct err *err) {
    struct sql *db = w->sql;
    bool text_parts = false, headline_parts = false;
    size_t ignored;
    struct state state = read_state(db);
    filling->done = state.is_filled && state.version == tokens_version();
    if (filling->done || db->status != STATUS_OK) {
        return sql_result(db, err);
    }
    if (state.version != tokens_version()) {
        RUN(db, "search_clear_text", NONE);
        RUN(db, "search_clear_headline", NONE);
        RUN(db, "search_clear_doc", NONE);
        RUN(db, "search_clear_word", NONE);
        RUN(db, "search_clear_due", NONE);
        state.filled_id = 0;
    }
    filling->last_id = state.filled_id;
    list_waiting(filling, db, state.filled_id);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        status = db->backend->parts_supported(db->db, "search_text", &text_parts, &ignored, err);
    }
    if (status == STATUS_OK) {
        status =
            db->backend->parts_supported(db->db, "search_headline", &headline_parts, &ignored, err);
    }
    if (status == STATUS_OK && text_parts && headline_parts) {
        status = make_parts(filling, db, err);
        malloc_trim(0); /* the threads' memory, before SQLite needs its own */
    } else if (status == STATUS_OK) {
        put_each(filling, w);
    }
    RUN(db, "search_state_put", I64(tokens_version()), I64(filling->last_id), I64(filling->done));
    w->indexed_id = 0;
    if (filling->docs.len > 0) {
        touch(w, STR("search"));
    }
    return status == STATUS_OK ? sql_result(db, err) : status;
}

/* ---- all of them ---- */

/* Merge until no more than NEWEST_MAX new parts are left. */
static enum status merge(struct store *s, struct err *err) {
    for (bool more = true; more;) {
        struct store_writer *w = NULL;
        size_t text = 0, headline = 0;
        bool supported;
        enum status status = store_write_begin(s, &w, err);
        if (status != STATUS_OK) {
            return status;
        }
        const struct backend *b = w->sql->backend;
        status = b->parts_supported(w->sql->db, "search_text", &supported, &text, err);
        if (status == STATUS_OK) {
            status = b->parts_supported(w->sql->db, "search_headline", &supported, &headline, err);
        }
        more = text > NEWEST_MAX || headline > NEWEST_MAX;
        if (status == STATUS_OK && more) {
            more = search_upkeep(w, MERGE_PAGES);
            status = store_write_commit(w, err);
        } else {
            store_write_rollback(w);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* Count the words that wait, if they are many. */
static enum status count_words(struct store *s, struct err *err) {
    for (bool more = true; more;) {
        struct store_writer *w = NULL;
        enum status status = store_write_begin(s, &w, err);
        if (status != STATUS_OK) {
            return status;
        }
        more = RUN(w->sql, "search_due_tallied", NONE) != 0 && search_count_many(w->sql);
        if (more) {
            touch(w, STR("search"));
            status = store_write_commit(w, err);
        } else {
            status = sql_result(w->sql, err);
            store_write_rollback(w);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status is_waiting(struct filling *filling, bool *ret, struct err *err) {
    struct store_reader *reader;
    enum status status = store_reader_open(filling->store, &reader, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct state state = read_state(reader->sql);
    *ret = !state.is_filled || state.version != tokens_version() ||
           RUN(reader->sql, "search_due_tallied", NONE) != 0;
    if (*ret && filling->progress != NULL) {
        filling->total = RUN(reader->sql, "search_waiting", I64(state.filled_id));
    }
    status = sql_result(reader->sql, err);
    store_reader_close(reader);
    return status;
}

enum status store_search_fill(struct store *s, store_filling *progress, void *ctx,
                              struct err *err) {
    struct filling *filling = calloc(1, sizeof *filling);
    bool waits = false;
    check(filling != NULL);
    filling->store = s;
    filling->progress = progress;
    filling->progress_ctx = ctx;
    enum status status = is_waiting(filling, &waits, err);
    if (status == STATUS_OK && waits) {
        status = search_making_open(&filling->making, s, err);
        while (status == STATUS_OK && !filling->done) {
            struct store_writer *w = NULL;
            arena_reset(&filling->arena);
            status = store_write_begin(s, &w, err);
            if (status != STATUS_OK) {
                break;
            }
            if (w->is_joined) { /* the threads' readers do not see what others wrote in it */
                store_write_rollback(w);
                continue;
            }
            status = s->backend->release_memory(w->sql->db, err);
            if (status == STATUS_OK) {
                status = fill(filling, w, err);
            }
            if (status == STATUS_OK) {
                status = store_write_commit(w, err);
            } else {
                store_write_rollback(w);
            }
            if (progress != NULL) {
                progress(ctx, filling->filled, filling->total);
            }
        }
    }
    search_making_close(&filling->making);
    arena_done(&filling->arena);
    free(filling);
    if (status == STATUS_OK && waits) {
        status = count_words(s, err);
    }
    return status == STATUS_OK && waits ? merge(s, err) : status;
}
