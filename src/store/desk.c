/* Saving with a version, revisions, autosaves and locks. */
#include "store/desk.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/internal.h"

#include <libdeflate.h>

/* ---- bodies ---- */

static struct str deflate(struct arena *a, struct str plain) {
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    check(c != NULL);
    size_t bound = libdeflate_deflate_compress_bound(c, plain.len);
    char *out = arena_alloc(a, bound);
    size_t len = libdeflate_deflate_compress(c, plain.ptr, plain.len, out, bound);
    libdeflate_free_compressor(c);
    check(len > 0);
    return str_make(out, len);
}

/* False: the database is damaged. */
static bool inflate(struct arena *a, struct str packed, int64_t len, struct str *ret) {
    if (len < 0 || len > (int64_t)LIMIT_BODY_HTML_BYTES) {
        return false;
    }
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    check(d != NULL);
    char *out = arena_alloc(a, (size_t)len + 1);
    bool ok = libdeflate_deflate_decompress(d, packed.ptr, packed.len, out, (size_t)len, NULL) ==
              LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    *ret = str_make(out, (size_t)len);
    return ok;
}

/* ---- revisions ---- */

static void revision_insert(struct store_writer *w, const struct story *s, int64_t user_id,
                            int64_t at_us) {
    RUN(w->sql, "revision_insert", I64(s->id), REF(user_id), I64(s->version), I64(at_us),
        TEXT(s->slug), TEXT(s->headline), TEXT(s->standfirst), I64((int64_t)s->body.raw.len),
        TEXT(deflate(&w->scratch, s->body.raw)));
}

/* The one that gives way, of more than there may be; by their order, the oldest first. */
static int64_t closest_in_time(const int64_t *ids, const int64_t *times, size_t n) {
    size_t chosen = 1;
    for (size_t i = 1; i + LIMIT_REVISIONS_NEWEST < n; i++) {
        if (times[i + 1] - times[i - 1] < times[chosen + 1] - times[chosen - 1]) {
            chosen = i;
        }
    }
    return ids[chosen];
}

static void thin_out(struct store_writer *w, int64_t story_id) {
    VEC(int64_t) ids = { 0 };
    VEC(int64_t) times = { 0 };
    struct rows rows = ROWS(w->sql, "revision_times", I64(story_id));
    while (rows_next(&rows)) {
        *vec_push(&w->scratch, &ids) = rows_i64(&rows, 0);
        *vec_push(&w->scratch, &times) = rows_i64(&rows, 1);
    }
    if (ids.len > LIMIT_REVISIONS) {
        RUN(w->sql, "revision_remove", I64(closest_in_time(ids.ptr, times.ptr, ids.len)));
    }
}

static bool same_text(const struct story *a, const struct story *b) {
    return str_eq(a->slug, b->slug) && str_eq(a->headline, b->headline) &&
           str_eq(a->standfirst, b->standfirst) && str_eq(a->body.raw, b->body.raw);
}

static enum status stale(struct err *err, int64_t read, int64_t now) {
    return err_set(err, STATUS_CONFLICT,
                   "the story was saved by somebody else: version %" PRId64 " was read, %" PRId64
                   " is there",
                   read, now);
}

enum status store_story_save(struct store_writer *w, const struct story *story, int64_t version,
                             int64_t user_id, int64_t now_us, int64_t *ret_id, struct err *err) {
    struct sql *db = writer_verb(w);
    struct arena a = { 0 }; /* outlives the verb within */
    struct story was = { 0 }, now = { 0 };
    int64_t id = story->id;
    bool found = id != 0 && story_load(db, &a, id, STORY_FULL, &was);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK && found && version != 0 && version != was.version) {
        status = stale(err, version, was.version);
    }
    if (status == STATUS_OK) {
        status = store_story_put(w, story, &id, err); /* NOT_FOUND is its to say */
    }
    if (status == STATUS_OK && story_load(db, &a, id, STORY_FULL, &now) &&
        (!found || !same_text(&was, &now))) {
        if (found && !HAS(db, "revision_has", I64(id))) {
            revision_insert(w, &was, 0, was.updated_us ? was.updated_us : was.created_us);
        }
        revision_insert(w, &now, user_id, now_us);
        thin_out(w, id);
    }
    if (status == STATUS_OK) {
        RUN(db, "autosave_remove", I64(id), I64(user_id));
        status = sql_result(db, err);
    }
    arena_done(&a);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

static struct revision revision_of(const struct rows *rows, struct arena *a) {
    return (struct revision){
        .id = rows_i64(rows, 0),
        .story_id = rows_i64(rows, 1),
        .user_id = rows_i64(rows, 2),
        .version = rows_i64(rows, 3),
        .created_us = rows_i64(rows, 4),
        .slug = rows_text(rows, a, 5),
        .headline = rows_text(rows, a, 6),
        .standfirst = rows_text(rows, a, 7),
        .body_bytes = rows_i64(rows, 8),
    };
}

enum status store_revisions(struct store_reader *r, struct arena *a, int64_t story_id,
                            struct revisions *ret, struct err *err) {
    VEC(struct revision) all = { 0 };
    struct rows rows = ROWS(r->sql, "revision_all", I64(story_id), I64(LIMIT_REVISIONS));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = revision_of(&rows, a);
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct revisions){ all.ptr, all.len };
    }
    return status;
}

enum status store_revision(struct store_reader *r, struct arena *a, int64_t id,
                           struct revision *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "revision_get", I64(id));
    bool found = rows_next(&rows);
    struct revision revision = { 0 };
    if (found) {
        revision = revision_of(&rows, a);
        if (!inflate(a, rows_text(&rows, a, 9), revision.body_bytes, &revision.body.raw)) {
            sql_fail(r->sql, STATUS_CORRUPT, "revision %" PRId64 " cannot be unpacked", id);
        }
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "there is no revision %" PRId64, id);
    }
    if (status == STATUS_OK) {
        *ret = revision;
    }
    return status;
}

enum status store_revision_remove(struct store_writer *w, int64_t id, struct err *err) {
    struct sql *db = writer_verb(w);
    bool found = HAS(db, "revision_get", I64(id));
    RUN(db, "revision_remove", I64(id));
    enum status status = sql_result(db, err);
    return status == STATUS_OK && !found
               ? err_set(err, STATUS_NOT_FOUND, "there is no revision %" PRId64, id)
               : status;
}

/* ---- autosaves ---- */

static enum status story_and_user(struct sql *db, int64_t story_id, int64_t user_id,
                                  struct err *err) {
    bool story = HAS(db, "story_exists", I64(story_id)),
         user = HAS(db, "user_exists", I64(user_id));
    enum status status = sql_result(db, err);
    return status == STATUS_OK && !(story && user)
               ? err_set(err, STATUS_NOT_FOUND, "there is no %s %" PRId64, story ? "user" : "story",
                         story ? user_id : story_id)
               : status;
}

enum status store_autosave_put(struct store_writer *w, const struct autosave *s, struct err *err) {
    struct sql *db = writer_verb(w);
    if (s->headline.len > LIMIT_HEADLINE_BYTES || s->body.raw.len > LIMIT_BODY_HTML_BYTES) {
        return err_set(err, STATUS_TOO_LARGE, "the headline or body is too long");
    }
    enum status status = story_and_user(db, s->story_id, s->user_id, err);
    if (status == STATUS_OK) {
        RUN(db, "autosave_put", I64(s->story_id), I64(s->user_id), I64(s->version),
            I64(s->saved_us), TEXT(s->headline), TEXT(s->standfirst), I64((int64_t)s->body.raw.len),
            TEXT(deflate(&w->scratch, s->body.raw)));
        status = sql_result(db, err);
    }
    return status;
}

enum status store_autosave(struct store_reader *r, struct arena *a, int64_t story_id,
                           int64_t user_id, struct autosave *ret, struct err *err) {
    struct autosave s = { .story_id = story_id, .user_id = user_id };
    struct rows rows = ROWS(r->sql, "autosave_get", I64(story_id), I64(user_id));
    bool found = rows_next(&rows);
    if (found) {
        s.version = rows_i64(&rows, 0);
        s.saved_us = rows_i64(&rows, 1);
        s.headline = rows_text(&rows, a, 2);
        s.standfirst = rows_text(&rows, a, 3);
        if (!inflate(a, rows_text(&rows, a, 5), rows_i64(&rows, 4), &s.body.raw)) {
            sql_fail(r->sql, STATUS_CORRUPT, "an autosave cannot be unpacked");
        }
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "nothing was autosaved");
    }
    if (status == STATUS_OK) {
        *ret = s;
    }
    return status;
}

enum status store_autosave_remove(struct store_writer *w, int64_t story_id, int64_t user_id,
                                  struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "autosave_remove", I64(story_id), I64(user_id));
    return sql_result(db, err);
}

/* ---- locks ---- */

static bool load_lock(struct sql *db, int64_t story_id, int64_t now_us, struct story_lock *ret) {
    struct rows rows = ROWS(db, "lock_get", I64(story_id));
    bool found = rows_next(&rows);
    if (found) {
        *ret = (struct story_lock){ rows_i64(&rows, 0), rows_i64(&rows, 1), rows_i64(&rows, 2),
                                    rows_i64(&rows, 3), 0 };
        ret->expires_us = ret->seen_us + LIMIT_LOCK_S * US_PER_SECOND;
    }
    rows_end(&rows);
    return found && ret->expires_us > now_us;
}

enum status store_lock(struct store_reader *r, int64_t story_id, int64_t now_us,
                       struct story_lock *ret, struct err *err) {
    struct story_lock lock;
    bool found = load_lock(r->sql, story_id, now_us, &lock);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return err_set(err, STATUS_NOT_FOUND, "nobody has story %" PRId64 " open", story_id);
    }
    if (status == STATUS_OK) {
        *ret = lock;
    }
    return status;
}

enum status store_lock_take(struct store_writer *w, int64_t story_id, int64_t user_id,
                            bool take_over, int64_t now_us, struct story_lock *ret_lock,
                            struct err *err) {
    struct sql *db = writer_verb(w);
    enum status status = story_and_user(db, story_id, user_id, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct story_lock was;
    bool is_held = load_lock(db, story_id, now_us, &was);
    status = sql_result(db, err);
    if (status == STATUS_OK && is_held && was.user_id != user_id && !take_over) {
        *ret_lock = was;
        return err_set(err, STATUS_CONFLICT, "user %" PRId64 " has the story open", was.user_id);
    }
    bool goes_on = is_held && was.user_id == user_id;
    struct story_lock lock = { story_id, user_id, goes_on ? was.since_us : now_us, now_us,
                               now_us + LIMIT_LOCK_S * US_PER_SECOND };
    RUN(db, "lock_put", I64(story_id), I64(user_id), I64(lock.since_us), I64(now_us));
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_lock = lock;
    }
    return status;
}

enum status store_lock_free(struct store_writer *w, int64_t story_id, int64_t user_id,
                            struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "lock_free", I64(story_id), I64(user_id));
    return sql_result(db, err);
}
