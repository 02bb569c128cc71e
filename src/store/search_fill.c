/* Filling the search index with many stories at once.
 *
 * search_state says up to which story the index is filled: those with a greater id wait, and a save
 * of one of them leaves the index alone (search_is_indexed). An import lets its stories wait
 * (store_search_defer); a database that is older than the index, or whose tokens would come out
 * otherwise now, waits as a whole. What is not filled is, at the latest, when the store is opened.
 *
 * A transaction takes PART_DOCS stories for each thread, numbers their documents in the stories'
 * order, and shares them out by document. The threads read the stories, make the tokens and, aside,
 * the parts of the full-text tables (sqlite_part.h); nobody else can write meanwhile, so what they
 * read is what the transaction sees. Then the parts are put in, with the rows of search_doc and the
 * counts of words. Which thread does what changes nothing: the parts are put in by their order. */
#include "store/search.h"

#include "base/cpus.h"
#include "base/hash.h"
#include "store/sqlite_part.h"
#include "text/tokens.h"

#include <malloc.h>
#include <stdlib.h>

/* A thread's memory is a few kilobytes a document. FTS5 merges a table's newest parts within the
 * next commit when there are 64 (migrations/007_upkeep.sql): so many are not left behind. */
enum { PART_DOCS = 500, THREADS_MAX = 2, NEWEST_MAX = 56, MERGE_PAGES = 4000 };

struct waiting {
    int64_t doc, story_id, published_us;
    uint64_t headline_hash;
};

struct count {
    int64_t docs, headlines;
};

struct filler {
    pthread_t thread;
    struct store_reader *reader;
    struct part_maker *text_maker, *headline_maker;
    struct waiting *docs; /* its share, by document */
    size_t n_docs;
    struct arena arena;   /* of the parts and the words */
    struct arena scratch; /* of one story */
    struct part text, headlines;
    struct map words; /* to struct count * */
    int64_t sampled;  /* documents */
    enum status status;
    struct err err;
};

struct filling {
    struct store *store;
    struct filler fillers[THREADS_MAX];
    size_t n_fillers;
    VEC(struct waiting) docs;
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

/* ---- the threads ---- */

static void count_words(struct filler *f, const struct search_document *d) {
    const struct str texts[] = { d->headline, d->standfirst, d->body };
    struct map seen = { 0 };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct str rest = texts[i], word;
        while (str_split(&rest, ' ', &word)) {
            if (word.len == 0 || map_put(&seen, word, f) != NULL) {
                continue;
            }
            struct count *count = map_get(&f->words, word);
            if (count == NULL) {
                count = ARENA_NEW(&f->arena, struct count);
                map_put(&f->words, word, count);
            }
            count->docs++;
            count->headlines += i == 0;
        }
    }
    map_done(&seen);
    f->sampled++;
}

static enum status add_story(struct filler *f, struct waiting *waiting) {
    struct sql *db = f->reader->sql;
    struct story story;
    if (!story_load(db, &f->scratch, waiting->story_id, STORY_FULL, &story)) {
        enum status status = sql_result(db, &f->err);
        return status != STATUS_OK ? status
                                   : err_set(&f->err, STATUS_CORRUPT, "story %" PRId64 " is gone",
                                             waiting->story_id);
    }
    struct search_document d = search_document(db, &f->scratch, &story);
    enum status status = sql_result(db, &f->err);
    if (status != STATUS_OK) {
        return status;
    }
    const struct str text[] = { d.headline, d.standfirst, d.body, d.filing };
    const struct str headline[] = { d.headline, d.filing };
    waiting->headline_hash = hash_content(d.headline);
    if (search_is_sampled(story.id)) {
        count_words(f, &d);
    }
    status = part_maker_add(f->text_maker, waiting->doc, text, COUNT_OF(text), &f->err);
    return status == STATUS_OK ? part_maker_add(f->headline_maker, waiting->doc, headline,
                                                COUNT_OF(headline), &f->err)
                               : status;
}

static void *run_filler(void *arg) {
    struct filler *f = arg;
    f->status = store_read_begin(f->reader, NULL, &f->err);
    if (f->status != STATUS_OK) {
        return NULL;
    }
    f->status = part_maker_new("headline, standfirst, body, filing", &f->text_maker, &f->err);
    if (f->status == STATUS_OK) {
        f->status = part_maker_new("headline, filing", &f->headline_maker, &f->err);
    }
    for (size_t i = 0; i < f->n_docs && f->status == STATUS_OK; i++) {
        arena_reset(&f->scratch);
        f->status = add_story(f, &f->docs[i]);
    }
    store_read_end(f->reader);
    if (f->status == STATUS_OK) {
        f->status = part_maker_end(f->text_maker, &f->arena, &f->text, &f->err);
    }
    if (f->status == STATUS_OK) {
        f->status = part_maker_end(f->headline_maker, &f->arena, &f->headlines, &f->err);
    }
    /* Their memory is more than what they made. */
    part_maker_free(f->text_maker);
    part_maker_free(f->headline_maker);
    f->text_maker = f->headline_maker = NULL;
    return NULL;
}

static enum status open_fillers(struct filling *filling, struct err *err) {
    enum status status = STATUS_OK;
    size_t n = cpus_usable();
    for (size_t i = 0; i < n && i < THREADS_MAX && status == STATUS_OK; i++) {
        struct filler *f = &filling->fillers[i];
        status = store_reader_open(filling->store, &f->reader, err);
        filling->n_fillers = i + 1;
    }
    return status;
}

static void close_fillers(struct filling *filling) {
    for (size_t i = 0; i < filling->n_fillers; i++) {
        struct filler *f = &filling->fillers[i];
        store_reader_close(f->reader);
        map_done(&f->words);
        arena_done(&f->arena);
        arena_done(&f->scratch);
    }
    arena_done(&filling->arena);
}

/* ---- one transaction ---- */

static int by_doc(const void *x, const void *y) {
    const struct waiting *a = x, *b = y;
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
    size_t most = filling->n_fillers * PART_DOCS, looked = 0;
    struct hours hours = { .cap = 1 };
    while (hours.cap < 4 * most) {
        hours.cap *= 2;
    }
    hours.ptr = arena_array(&filling->arena, hours.cap, sizeof *hours.ptr);
    filling->docs.ptr = NULL;
    filling->docs.len = filling->docs.cap = 0;
    struct rows rows = ROWS(db, "search_fill_next", I64(after), I64((int64_t)most));
    while (rows_next(&rows)) {
        filling->last_id = rows_i64(&rows, 0);
        looked++;
        if (rows_i64(&rows, 2) != 0) {
            *vec_push(&filling->arena, &filling->docs) =
                (struct waiting){ .story_id = filling->last_id,
                                  .published_us = rows_i64(&rows, 1) };
        }
    }
    filling->filled += (int64_t)looked;
    filling->done = looked < most;
    for (size_t i = 0; i < filling->docs.len; i++) {
        filling->docs.ptr[i].doc = place(db, &hours, filling->docs.ptr[i].published_us);
    }
    if (filling->docs.len > 0) {
        qsort(filling->docs.ptr, filling->docs.len, sizeof *filling->docs.ptr, by_doc);
    }
}

static enum status make_parts(struct filling *filling, struct err *err) {
    size_t n = filling->docs.len, each = n / filling->n_fillers + 1, at = 0;
    bool started[THREADS_MAX] = { 0 };
    for (size_t i = 0; i < filling->n_fillers; i++) {
        struct filler *f = &filling->fillers[i];
        map_done(&f->words);
        map_init(&f->words);
        f->sampled = 0;
        arena_reset(&f->arena);
        f->docs = filling->docs.ptr + at;
        f->n_docs = n - at < each ? n - at : each;
        at += f->n_docs;
        f->text = f->headlines = (struct part){ 0 };
        f->err = (struct err){ 0 };
        started[i] = f->n_docs > 0 && pthread_create(&f->thread, NULL, run_filler, f) == 0;
        if (f->n_docs > 0 && !started[i]) {
            run_filler(f); /* no thread to be had: here, then */
        }
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < filling->n_fillers; i++) {
        struct filler *f = &filling->fillers[i];
        if (started[i]) {
            pthread_join(f->thread, NULL);
        }
        if (status == STATUS_OK && f->n_docs > 0 && f->status != STATUS_OK) {
            status = err_set(err, f->status, "%s", f->err.message);
        }
    }
    return status;
}

static int by_word(const void *x, const void *y) {
    const struct map_entry *const *a = x, *const *b = y;
    return str_cmp((*a)->key, (*b)->key);
}

static void add_word(struct sql *db, struct str word, struct count count) {
    if (RUN(db, "search_word_add", TEXT(word), I64(count.docs), I64(count.headlines)) == 0) {
        RUN(db, "search_word_drop", TEXT(word));
    }
}

/* All threads' counts, one row a word, in the order of the table. */
static void put_words(struct filling *filling, struct sql *db) {
    struct map *all = &filling->fillers[0].words;
    struct map_entry *e;
    for (size_t f = 1; f < filling->n_fillers; f++) {
        for (size_t i = 0; (e = map_next(&filling->fillers[f].words, &i)) != NULL;) {
            struct count *count = map_get(all, e->key), *more = e->value;
            if (count == NULL) {
                map_put(all, e->key, more);
            } else {
                count->docs += more->docs;
                count->headlines += more->headlines;
            }
        }
    }
    struct map_entry **sorted = arena_array(&filling->arena, all->len + 1, sizeof(void *));
    size_t n = 0;
    for (size_t i = 0; (e = map_next(all, &i)) != NULL;) {
        sorted[n++] = e;
    }
    if (n > 0) {
        qsort(sorted, n, sizeof(void *), by_word);
    }
    for (size_t i = 0; i < n; i++) {
        const struct count *count = sorted[i]->value;
        add_word(db, sorted[i]->key, *count);
    }
    struct count sampled = { 0 };
    for (size_t f = 0; f < filling->n_fillers; f++) {
        sampled.docs += filling->fillers[f].sampled;
    }
    if (sampled.docs > 0) {
        add_word(db, STR(""), sampled);
    }
}

static enum status put_parts(struct filling *filling, struct sql *db, struct err *err) {
    const struct backend *b = db->backend;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < filling->docs.len; i++) {
        const struct waiting *doc = &filling->docs.ptr[i];
        RUN(db, "search_doc_insert", I64(doc->doc), I64(doc->story_id), I64(doc->published_us),
            I64((int64_t)doc->headline_hash));
    }
    put_words(filling, db);
    for (size_t i = 0; i < filling->n_fillers && status == STATUS_OK; i++) {
        const struct filler *f = &filling->fillers[i];
        status = b->part_append(db->db, "search_text", &f->text, err);
        if (status == STATUS_OK) {
            status = b->part_append(db->db, "search_headline", &f->headlines, err);
        }
    }
    return status == STATUS_OK ? sql_result(db, err) : status;
}

/* Where parts cannot be put in: one by one. */
static void put_each(struct filling *filling, struct store_writer *w) {
    for (size_t i = 0; i < filling->docs.len && w->sql->status == STATUS_OK; i++) {
        const struct waiting *doc = &filling->docs.ptr[i];
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
        status = make_parts(filling, err);
        malloc_trim(0); /* the threads' memory, before the writer needs its own */
        if (status == STATUS_OK) {
            status = put_parts(filling, db, err);
        }
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

static enum status is_waiting(struct filling *filling, bool *ret, struct err *err) {
    struct store_reader *reader;
    enum status status = store_reader_open(filling->store, &reader, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct state state = read_state(reader->sql);
    *ret = !state.is_filled || state.version != tokens_version();
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
        status = open_fillers(filling, err);
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
    close_fillers(filling);
    free(filling);
    return status == STATUS_OK && waits ? merge(s, err) : status;
}
