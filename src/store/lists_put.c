/* Keeping the lists: a change of a story is the difference of two memberships, what it was in and
 * what it will be in. For each list it enters, leaves, or moves in, the entry, the counts and the
 * touched keys follow.
 *
 * Keys are exact. A list is touched when the order of its ids changes, not when the time of one of
 * them does: a story that moves between the same two neighbours touches nothing but the year or
 * month in which it has another month or day. The neighbours' keys (after:, before:) are touched
 * for those whose own neighbour is another one now: the two at the place that the story leaves, the
 * two at the place it comes to, and itself. */
#include "store/internal.h"

#include "base/limits.h"

#include <stdlib.h>

struct place {
    bool is_in;
    int day;
    int64_t us;
    int64_t changed_us;
    int64_t id; /* the story */
};

struct pair {
    int64_t older, newer; /* 0: none */
};

/* ---- memberships ---- */

struct ids sections_above(struct sql *db, struct arena *a, int64_t section_id) {
    VEC(int64_t) ids = { 0 };
    while (section_id != 0 && ids.len <= LIMIT_SECTION_DEPTH) {
        *vec_push(a, &ids) = section_id;
        section_id = RUN(db, "section_above", I64(section_id));
    }
    return (struct ids){ ids.ptr, ids.len };
}

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct ids sorted(int64_t *ids, size_t n) {
    if (n > 1) {
        qsort(ids, n, sizeof *ids, compare_ids);
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || ids[kept - 1] != ids[i]) {
            ids[kept++] = ids[i];
        }
    }
    return (struct ids){ ids, kept };
}

static struct ids sorted_copy(struct arena *a, struct ids ids) {
    int64_t *copy = arena_array(a, ids.len, sizeof *copy);
    if (ids.len > 0) {
        memcpy(copy, ids.ptr, ids.len * sizeof *copy);
    }
    return sorted(copy, ids.len);
}

struct membership membership_of(struct sql *db, struct arena *a, const struct story *s) {
    struct membership m = {
        .is_listed = s->kind == STORY_STORY && s->state == STORY_PUBLISHED &&
                     s->visibility == STORY_PUBLIC,
        .day = s->local_day,
        .us = s->published_us,
        .changed_us = s->updated_us > s->published_us ? s->updated_us : s->published_us,
        .id = s->id,
    };
    if (!m.is_listed) {
        return m;
    }
    VEC(int64_t) sections = { 0 };
    for (size_t i = 0; i < s->sections.len; i++) {
        struct ids chain = sections_above(db, a, s->sections.ptr[i]);
        for (size_t j = 0; j < chain.len; j++) {
            *vec_push(a, &sections) = chain.ptr[j];
        }
    }
    m.sections = sorted(sections.ptr, sections.len);
    m.tags = sorted_copy(a, s->tags);
    m.authors = sorted_copy(a, s->authors);
    return m;
}

/* ---- one list ---- */

static struct pair neighbours(struct sql *db, struct list_id list, const struct place *p) {
    return (struct pair){
        RUN(db, "list_older", I64(list.kind), I64(list.id), I64(p->day), I64(p->us), I64(p->id)),
        RUN(db, "list_newer", I64(list.kind), I64(list.id), I64(p->day), I64(p->us), I64(p->id)),
    };
}

/* Of a new place, without the story itself, whose neighbours are `own` where it stands now. */
static struct pair neighbours_without(struct sql *db, struct list_id list, const struct place *p,
                                      const struct pair *own) {
    struct pair n = neighbours(db, list, p);
    return (struct pair){ n.older == p->id ? own->older : n.older,
                          n.newer == p->id ? own->newer : n.newer };
}

static void touch_neighbour(struct store_writer *w, const char *side, int64_t id,
                            struct list_id list) {
    if (id == 0) {
        return;
    }
    if (list.kind == LIST_LATEST) {
        touchf(w, "%s:%" PRId64, side, id);
    } else {
        touchf(w, "%s:%" PRId64 "/section:%" PRId64, side, id, list.id);
    }
}

static void touch_neighbours(struct store_writer *w, struct list_id list, int64_t id,
                             struct pair was, struct pair now) {
    touch_neighbour(w, "after", was.older, list);
    touch_neighbour(w, "before", was.newer, list);
    touch_neighbour(w, "after", now.older, list);
    touch_neighbour(w, "before", now.newer, list);
    if (was.older != now.older) {
        touch_neighbour(w, "before", id, list);
    }
    if (was.newer != now.newer) {
        touch_neighbour(w, "after", id, list);
    }
}

static void touch_date(struct store_writer *w, const char *name, int was, int now, bool moved) {
    if (was != now || moved) {
        if (was != 0) {
            touchf(w, "%s:%d", name, was);
        }
        if (now != 0) {
            touchf(w, "%s:%d", name, now);
        }
    }
}

/* From one place of a list to another; either may be none. */
static void change_list(struct store_writer *w, struct list_id list, const struct place *was,
                        const struct place *now) {
    if ((!was->is_in && !now->is_in) ||
        (was->is_in && now->is_in && was->day == now->day && was->us == now->us)) {
        return;
    }
    struct sql *db = w->sql;
    bool has_neighbours = list.kind == LIST_LATEST || list.kind == LIST_SECTION;
    /* They are wanted for the keys alone. */
    bool wanted = !w->touches_all && (has_neighbours || (was->is_in && now->is_in));
    struct pair old = { 0 }, new = { 0 };
    if (wanted) {
        old = was->is_in ? neighbours(db, list, was) : old;
        new = now->is_in ? neighbours_without(db, list, now, &old) : new;
    }
    if (was->is_in) {
        held_list(w, list, was->day, was->us, was->id, now->changed_us, -1);
    }
    if (now->is_in) {
        held_list(w, list, now->day, now->us, now->id, now->changed_us, 1);
    }
    if (list.kind == LIST_TAG && was->is_in != now->is_in) {
        touch(w, STR("tag-sizes"));
    }
    if (was->is_in && now->is_in) {
        touch(w, STR("times"));
    }
    bool moved = was->is_in != now->is_in || old.older != new.older || old.newer != new.newer;
    if (moved && has_neighbours) {
        touch_neighbours(w, list, was->is_in ? was->id : now->id, old, new);
    }
    if (list.kind == LIST_LATEST) {
        int d = was->is_in ? was->day : 0, e = now->is_in ? now->day : 0;
        /* A year says which months have stories, a month which days. */
        touch_date(w, "year", d / 10000, e / 10000, moved || d / 100 != e / 100);
        touch_date(w, "month", d / 100, e / 100, moved || d != e);
        touch_date(w, "day", d, e, moved);
    }
    if (moved) {
        static const char *const names[] = {
            [LIST_SECTION] = "section", [LIST_TAG] = "tag", [LIST_AUTHOR] = "author"
        };
        if (list.kind == LIST_LATEST) {
            touch(w, STR("latest"));
        } else {
            touchf(w, "%s:%" PRId64, names[list.kind], list.id);
        }
    }
}

/* ---- a story ---- */

static void change_lists(struct store_writer *w, enum list_kind kind, struct ids was,
                         struct ids now, struct place old, struct place new) {
    size_t i = 0, j = 0;
    while (i < was.len || j < now.len) {
        bool in_was = i < was.len && (j == now.len || was.ptr[i] <= now.ptr[j]);
        bool in_now = j < now.len && (i == was.len || now.ptr[j] <= was.ptr[i]);
        int64_t id = in_was ? was.ptr[i] : now.ptr[j];
        old.is_in = in_was;
        new.is_in = in_now;
        change_list(w, (struct list_id){ kind, id }, &old, &new);
        i += in_was;
        j += in_now;
    }
}

void lists_update(struct store_writer *w, const struct membership *was,
                  const struct membership *now) {
    if (was->is_listed) {
        held_write(w);
    }
    struct place old = { was->is_listed, was->day, was->us, was->changed_us, was->id };
    struct place new = { now->is_listed, now->day, now->us, now->changed_us, now->id };
    change_list(w, (struct list_id){ LIST_LATEST, 0 }, &old, &new);
    change_lists(w, LIST_SECTION, was->sections, now->sections, old, new);
    change_lists(w, LIST_TAG, was->tags, now->tags, old, new);
    change_lists(w, LIST_AUTHOR, was->authors, now->authors, old, new);
}

/* ---- a section that moves ---- */

enum { REPARENT_BATCH = 500 };

/* The story's sections, and those above them, as the tree is now. */
static struct ids sections_of_story(struct sql *db, struct arena *a, int64_t story_id) {
    VEC(int64_t) own = { 0 };
    struct rows rows = ROWS(db, "story_sections", I64(story_id));
    while (rows_next(&rows)) {
        *vec_push(a, &own) = rows_i64(&rows, 0);
    }
    VEC(int64_t) all = { 0 };
    for (size_t i = 0; i < own.len; i++) {
        struct ids chain = sections_above(db, a, own.ptr[i]);
        for (size_t j = 0; j < chain.len; j++) {
            *vec_push(a, &all) = chain.ptr[j];
        }
    }
    return (struct ids){ all.ptr, all.len };
}

/* Bring one story's entries in the lists of `ids` in line with the tree. */
static void refile(struct store_writer *w, struct arena *a, const struct place *place,
                   struct ids ids) {
    struct ids wanted = sections_of_story(w->sql, a, place->id);
    for (size_t i = 0; i < ids.len; i++) {
        struct list_id list = { LIST_SECTION, ids.ptr[i] };
        struct place was = *place, now = *place;
        was.is_in = HAS(w->sql, "list_has", I64(list.kind), I64(list.id), I64(place->day),
                        I64(place->us), I64(place->id));
        now.is_in = ids_has(wanted, list.id);
        change_list(w, list, &was, &now);
    }
}

void lists_reparent(struct store_writer *w, int64_t section_id, int64_t old_parent_id,
                    int64_t new_parent_id) {
    struct sql *db = w->sql;
    struct ids old = sections_above(db, &w->scratch, old_parent_id);
    struct ids new = sections_above(db, &w->scratch, new_parent_id);
    VEC(int64_t) changed = { 0 };
    for (size_t i = 0; i < old.len; i++) {
        if (!ids_has(new, old.ptr[i])) {
            *vec_push(&w->scratch, &changed) = old.ptr[i];
        }
    }
    for (size_t i = 0; i < new.len; i++) {
        if (!ids_has(old, new.ptr[i])) {
            *vec_push(&w->scratch, &changed) = new.ptr[i];
        }
    }
    struct ids ids = { changed.ptr, changed.len };
    /* The section's own list stays as it is and is walked, a batch at a time. */
    struct arena a = { 0 };
    struct place last = { 0 };
    for (bool more = ids.len > 0; more;) {
        VEC(struct place) batch = { 0 };
        struct rows rows = ROWS(db, "list_walk", I64(LIST_SECTION), I64(section_id), I64(last.day),
                                I64(last.us), I64(last.id), I64(REPARENT_BATCH));
        while (rows_next(&rows)) {
            int64_t us = rows_i64(&rows, 1);
            *vec_push(&a, &batch) =
                (struct place){ true, (int)rows_i64(&rows, 0), us, us, rows_i64(&rows, 2) };
        }
        for (size_t i = 0; i < batch.len; i++) {
            refile(w, &a, &batch.ptr[i], ids);
        }
        more = batch.len == REPARENT_BATCH;
        if (more) {
            last = batch.ptr[batch.len - 1];
        }
        arena_reset(&a);
    }
    arena_done(&a);
    held_end(w);
}
