/* Saving stories. Every verb that changes one comes down to save(): what was against what will be.
 * Parts that are the same are not written and touch nothing; a save that changes nothing is none
 * and raises no version. Everything that may be refused is looked at before the first write, so
 * that a refused save leaves the transaction usable. */
#include "store/internal.h"
#include "store/roll.h"

#include "base/clock.h"
#include "base/limits.h"
#include "store/search.h"

#define YEAR_1_US    (INT64_C(-62135596800) * US_PER_SECOND)
#define YEAR_9999_US (INT64_C(253370764800) * US_PER_SECOND)

/* ---- what may be saved ---- */

static enum status invalid(struct err *err, const char *what) {
    return err_set(err, STATUS_INVALID, "a story cannot be saved: %s", what);
}

/* The day must be that of the time in some zone of the earth. */
static bool is_day_of(int local_day, int64_t us) {
    if (us < YEAR_1_US || us >= YEAR_9999_US) {
        return false;
    }
    for (int64_t shift = -1; shift <= 1; shift++) {
        struct civil c = civil_of_us(us + shift * US_PER_DAY);
        if (c.year * 10000 + c.month * 100 + c.day == local_day) {
            return true;
        }
    }
    return false;
}

static enum status validate(const struct story *s, struct err *err) {
    if ((unsigned)s->kind > STORY_PAGE || (unsigned)s->state > STORY_TRASHED ||
        (unsigned)s->visibility > STORY_PASSWORD) {
        return invalid(err, "its kind, state or visibility is none");
    }
    if (s->headline.len > LIMIT_HEADLINE_BYTES || s->slug.len > LIMIT_SLUG_BYTES * 3 ||
        s->body.raw.len > LIMIT_BODY_HTML_BYTES) {
        return invalid(err, "its headline, slug or body is too long");
    }
    if (s->sections.len > LIMIT_RELATIONS || s->tags.len > LIMIT_RELATIONS ||
        s->authors.len > LIMIT_RELATIONS || s->corrections.len > LIMIT_CORRECTIONS) {
        return invalid(err, "it has too many sections, tags, authors or corrections");
    }
    bool needs_day = s->state == STORY_PUBLISHED || s->state == STORY_SCHEDULED;
    if ((needs_day || s->local_day != 0) && !is_day_of(s->local_day, s->published_us)) {
        return invalid(err, "local_day is not the day of its publication");
    }
    return STATUS_OK;
}

/* Each of `now` that was not in `was` must exist. */
static enum status validate_ids(struct sql *db, const char *exists, struct ids was, struct ids now,
                                const char *what, struct err *err) {
    for (size_t i = 0; i < now.len; i++) {
        int64_t id = now.ptr[i];
        if (!ids_has(was, id) && !HAS(db, exists, I64(id)) && db->status == STATUS_OK) {
            return err_set(err, STATUS_NOT_FOUND, "there is no %s %" PRId64, what, id);
        }
    }
    return sql_result(db, err);
}

static enum status validate_id(struct sql *db, const char *exists, int64_t was, int64_t now,
                               const char *what, struct err *err) {
    return now == 0 || now == was ? STATUS_OK
                                  : validate_ids(db, exists, (struct ids){ NULL, 0 },
                                                 (struct ids){ &now, 1 }, what, err);
}

static enum status validate_parent(struct sql *db, const struct story *was, const struct story *now,
                                   struct err *err) {
    enum status status =
        validate_id(db, "story_exists", was->parent_id, now->parent_id, "page", err);
    int depth = 0;
    for (int64_t id = now->parent_id; status == STATUS_OK && id != 0 && id != was->parent_id;) {
        if (id == now->id || ++depth > LIMIT_PAGE_DEPTH) {
            return invalid(err, "the page above it stands below it, or too deep");
        }
        id = RUN(db, "story_above", I64(id));
        status = sql_result(db, err);
    }
    return status;
}

static enum status validate_relations(struct sql *db, const struct story *was,
                                      const struct story *now, struct err *err) {
    enum status status =
        validate_ids(db, "section_exists", was->sections, now->sections, "section", err);
    if (status == STATUS_OK) {
        status = validate_ids(db, "tag_exists", was->tags, now->tags, "tag", err);
    }
    if (status == STATUS_OK) {
        status = validate_ids(db, "author_exists", was->authors, now->authors, "author", err);
    }
    if (status == STATUS_OK) {
        status =
            validate_id(db, "media_exists", was->lead_media_id, now->lead_media_id, "media", err);
    }
    if (status == STATUS_OK) {
        status = validate_parent(db, was, now, err);
    }
    return status == STATUS_OK ? address_may_have(db, now->path, ADDRESS_STORY, now->id, err)
                               : status;
}

/* ---- comparing ---- */

static bool corrections_equal(struct corrections a, struct corrections b) {
    bool same = a.len == b.len;
    for (size_t i = 0; same && i < a.len; i++) {
        same = a.ptr[i].at_us == b.ptr[i].at_us && str_eq(a.ptr[i].text, b.ptr[i].text);
    }
    return same;
}

/* The columns of the row itself, without the version. */
static bool rows_equal(const struct story *a, const struct story *b) {
    return a->kind == b->kind && a->state == b->state && a->visibility == b->visibility &&
           str_eq(a->password, b->password) && str_eq(a->slug, b->slug) &&
           str_eq(a->path, b->path) && str_eq(a->headline, b->headline) &&
           str_eq(a->standfirst, b->standfirst) && a->published_us == b->published_us &&
           a->updated_us == b->updated_us && a->created_us == b->created_us &&
           a->local_day == b->local_day && a->section_id == b->section_id &&
           a->lead_media_id == b->lead_media_id && a->sticky == b->sticky &&
           a->comments_open == b->comments_open && a->parent_id == b->parent_id &&
           a->menu_order == b->menu_order && str_eq(a->seo_title, b->seo_title) &&
           str_eq(a->seo_description, b->seo_description) && a->word_count == b->word_count &&
           a->noindex == b->noindex;
}

static bool stories_equal(const struct story *a, const struct story *b) {
    return rows_equal(a, b) && str_eq(a->body.raw, b->body.raw) &&
           ids_equal(a->sections, b->sections) && ids_equal(a->tags, b->tags) &&
           ids_equal(a->authors, b->authors) && corrections_equal(a->corrections, b->corrections);
}

static bool is_public_page(const struct story *s) {
    return s->kind == STORY_PAGE && s->state == STORY_PUBLISHED && s->visibility == STORY_PUBLIC;
}

static bool is_top_page(const struct story *s) {
    return is_public_page(s) && s->parent_id == 0;
}

/* The page under which readers find this one; 0: none. */
static int64_t page_above(const struct story *s) {
    return is_public_page(s) ? s->parent_id : 0;
}

static void touch_page_above(struct store_writer *w, const struct story *s) {
    if (page_above(s) != 0) {
        touchf(w, "pages:%" PRId64, page_above(s));
    }
}

/* What is found by a slug: published ones. */
static void touch_slugs(struct store_writer *w, const struct story *was, const struct story *now) {
    bool is_there = now->state == STORY_PUBLISHED && now->slug.len > 0,
         was_there = was->state == STORY_PUBLISHED && was->slug.len > 0;
    if (is_there == was_there && str_eq(was->slug, now->slug)) {
        return;
    }
    if (was_there) {
        touch_name(w, STR("slug:"), was->slug);
    }
    if (is_there) {
        touch_name(w, STR("slug:"), now->slug);
    }
}

/* ---- writing ---- */

static int64_t write_row(struct sql *db, const struct story *s, struct str excerpt) {
    const struct param params[] = {
        REF(s->id),           I64(s->kind),
        I64(s->state),        I64(s->visibility),
        TEXT(s->password),    TEXT(s->slug),
        TEXT(s->path),        TEXT(s->headline),
        TEXT(s->standfirst),  TEXT(excerpt),
        I64(s->published_us), I64(s->updated_us),
        I64(s->created_us),   I64(s->local_day),
        REF(s->section_id),   REF(s->lead_media_id),
        I64(s->sticky),       I64(s->comments_open),
        REF(s->parent_id),    I64(s->menu_order),
        TEXT(s->seo_title),   TEXT(s->seo_description),
        I64(s->word_count),   I64(s->version),
        I64(s->noindex),
    };
    if (s->id == 0) {
        return sql_run(db, "story_insert", params, COUNT_OF(params));
    }
    sql_run(db, "story_update", params, COUNT_OF(params));
    return s->id;
}

static void write_ids(struct store_writer *w, enum list_kind kind, const char *clear,
                      int64_t story_id, struct ids was, struct ids now) {
    if (ids_equal(was, now)) {
        return;
    }
    if (was.len > 0) {
        RUN(w->sql, clear, I64(story_id));
    }
    for (size_t i = 0; i < now.len; i++) {
        held_relation(w, kind, story_id, i, now.ptr[i]);
    }
}

static void write_corrections(struct sql *db, int64_t story_id, struct corrections was,
                              struct corrections now) {
    if (corrections_equal(was, now)) {
        return;
    }
    RUN(db, "story_correction_clear", I64(story_id));
    for (size_t i = 0; i < now.len; i++) {
        RUN(db, "story_correction_insert", I64(story_id), I64((int64_t)i), I64(now.ptr[i].at_us),
            TEXT(now.ptr[i].text));
    }
}

static bool same_filing(const struct membership *a, const struct membership *b) {
    return a->is_listed == b->is_listed &&
           (!a->is_listed ||
            (a->day == b->day && a->us == b->us && ids_equal(a->sections, b->sections) &&
             ids_equal(a->tags, b->tags) && ids_equal(a->authors, b->authors)));
}

/* Replace `was` (id 0: nothing) by `now`, which has been validated. */
static int64_t write_story(struct store_writer *w, const struct story *was, struct story *now) {
    struct sql *db = w->sql;
    struct membership before = { 0 };
    if (was->id != 0) {
        before = membership_of(db, &w->scratch, was);
    }
    now->version = was->version + 1;
    struct str excerpt = now->excerpt.ptr != NULL
                             ? now->excerpt
                             : store_excerpt(&w->scratch, now->standfirst, now->body);
    now->id = write_row(db, now, excerpt);
    if (was->id == 0 || !str_eq(was->body.raw, now->body.raw)) {
        RUN(db, "story_body_put", I64(now->id), TEXT(now->body.raw));
    }
    write_ids(w, LIST_SECTION, "story_section_clear", now->id, was->sections, now->sections);
    write_ids(w, LIST_TAG, "story_tag_clear", now->id, was->tags, now->tags);
    write_ids(w, LIST_AUTHOR, "story_author_clear", now->id, was->authors, now->authors);
    write_corrections(db, now->id, was->corrections, now->corrections);

    struct membership after = membership_of(db, &w->scratch, now);
    before.id = after.id;
    if (!same_filing(&before, &after)) {
        lists_update(w, &before, &after);
    }
    address_move(w, ADDRESS_STORY, now->id, was->path, now->path);
    touch_slugs(w, was, now);
    search_update(w, was, now);
    touchf(w, "story:%" PRId64, now->id);
    sitemap_story_saved(w, was, now);
    roll_story_saved(w, was, now);
    if (is_top_page(was) != is_top_page(now) ||
        (is_top_page(now) && was->menu_order != now->menu_order)) {
        touch(w, STR("pages"));
    }
    if (page_above(was) != page_above(now) ||
        (page_above(now) != 0 && was->menu_order != now->menu_order)) {
        touch_page_above(w, was);
        touch_page_above(w, now);
    }
    held_end(w);
    return now->id;
}

static enum status save(struct store_writer *w, const struct story *was, struct story *now,
                        int64_t *ret_id, struct err *err) {
    if (was->id != 0 && stories_equal(was, now)) {
        *ret_id = was->id;
        return STATUS_OK;
    }
    enum status status = validate(now, err);
    if (status == STATUS_OK) {
        status = validate_relations(w->sql, was, now, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int64_t id = write_story(w, was, now);
    status = sql_result(w->sql, err);
    if (status == STATUS_OK) {
        *ret_id = id;
    }
    return status;
}

/* What is saved as `id` now; NOT_FOUND. */
static enum status load(struct store_writer *w, int64_t id, struct story *ret, struct err *err) {
    bool found = story_load(w->sql, &w->scratch, id, STORY_FULL, ret);
    enum status status = sql_result(w->sql, err);
    return status == STATUS_OK && !found
               ? err_set(err, STATUS_NOT_FOUND, "there is no story %" PRId64, id)
               : status;
}

/* Without doubles and zeros; `first`, unless it is 0 or there already, before the others. */
static struct ids clean_ids(struct arena *a, struct ids ids, int64_t first) {
    VEC(int64_t) clean = { 0 };
    if (first != 0 && !ids_has(ids, first)) {
        *vec_push(a, &clean) = first;
    }
    for (size_t i = 0; i < ids.len; i++) {
        struct ids so_far = { clean.ptr, clean.len };
        if (ids.ptr[i] != 0 && !ids_has(so_far, ids.ptr[i])) {
            *vec_push(a, &clean) = ids.ptr[i];
        }
    }
    return (struct ids){ clean.ptr, clean.len };
}

/* ---- the verbs ---- */

enum status store_story_put(struct store_writer *w, const struct story *story, int64_t *ret_id,
                            struct err *err) {
    writer_verb(w);
    struct story was = { 0 };
    if (story->sections.len > LIMIT_RELATIONS || story->tags.len > LIMIT_RELATIONS ||
        story->authors.len > LIMIT_RELATIONS) {
        return invalid(err, "it has too many sections, tags or authors");
    }
    if (story->id != 0) {
        enum status status = load(w, story->id, &was, err);
        if (status != STATUS_OK) {
            return status;
        }
    }
    struct story now = *story;
    now.sections = clean_ids(&w->scratch, story->sections, story->section_id);
    now.tags = clean_ids(&w->scratch, story->tags, 0);
    now.authors = clean_ids(&w->scratch, story->authors, 0);
    return save(w, &was, &now, ret_id, err);
}

enum status store_story_body_put(struct store_writer *w, int64_t id, struct html body,
                                 unsigned word_count, struct err *err) {
    struct sql *db = writer_verb(w);
    struct story was;
    enum status status = load(w, id, &was, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (body.raw.len > LIMIT_BODY_HTML_BYTES) {
        return invalid(err, "its body is too long");
    }
    if (!str_eq(was.body.raw, body.raw)) {
        RUN(db, "story_body_put", I64(id), TEXT(body.raw));
        RUN(db, "story_text_update", I64(id),
            TEXT(store_excerpt(&w->scratch, was.standfirst, body)), I64(word_count));
        struct story now = was;
        now.body = body;
        search_update(w, &was, &now);
        touchf(w, "story:%" PRId64, id);
    }
    return sql_result(db, err);
}

enum status store_story_links_put(struct store_writer *w, int64_t id, struct html body,
                                  struct err *err) {
    struct sql *db = writer_verb(w);
    if (body.raw.len > LIMIT_BODY_HTML_BYTES) {
        return invalid(err, "its body is too long");
    }
    if (RUN(db, "story_links_put", I64(id), TEXT(body.raw)) != id) {
        enum status status = sql_result(db, err);
        return status != STATUS_OK
                   ? status
                   : err_set(err, STATUS_NOT_FOUND, "there is no story %" PRId64, id);
    }
    touchf(w, "story:%" PRId64, id);
    return sql_result(db, err);
}

enum status store_story_publish(struct store_writer *w, int64_t id, int64_t at_us, int local_day,
                                int64_t now_us, struct err *err) {
    writer_verb(w);
    struct story was;
    enum status status = load(w, id, &was, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (was.state == STORY_PUBLISHED && at_us <= now_us) {
        return STATUS_OK;
    }
    struct story now = was;
    bool is_first = was.published_us == 0 || was.published_us > now_us ||
                    was.state == STORY_SCHEDULED;
    if (at_us > now_us) {
        now.state = STORY_SCHEDULED;
        now.published_us = at_us;
        now.local_day = local_day;
    } else {
        now.state = STORY_PUBLISHED;
        if (is_first) {
            now.published_us = at_us;
            now.local_day = local_day;
        }
        now.updated_us = is_first ? at_us : now_us;
    }
    return save(w, &was, &now, &id, err);
}

enum status store_story_withdraw(struct store_writer *w, int64_t id, int64_t now_us,
                                 struct err *err) {
    writer_verb(w);
    struct story was;
    enum status status = load(w, id, &was, err);
    if (status != STATUS_OK || was.state == STORY_WITHDRAWN) {
        return status;
    }
    struct story now = was;
    now.state = STORY_WITHDRAWN;
    now.updated_us = now_us;
    return save(w, &was, &now, &id, err);
}

enum status store_publish_due(struct store_writer *w, int64_t now_us, size_t *ret_published,
                              int64_t *ret_next_us, struct err *err) {
    size_t published = 0;
    for (;;) {
        struct sql *db = writer_verb(w);
        struct rows rows = ROWS(db, "story_due", NONE);
        bool found = rows_next(&rows);
        int64_t id = found ? rows_i64(&rows, 0) : 0;
        int64_t due_us = found ? rows_i64(&rows, 1) : 0;
        rows_end(&rows);
        enum status status = sql_result(db, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (!found || due_us > now_us) {
            *ret_published = published;
            *ret_next_us = due_us;
            return STATUS_OK;
        }
        struct story was;
        status = load(w, id, &was, err);
        if (status == STATUS_OK) {
            struct story now = was;
            now.state = STORY_PUBLISHED;
            now.updated_us = due_us;
            status = save(w, &was, &now, &id, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
        published++;
    }
}
