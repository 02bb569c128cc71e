/* Rows that a writer holds back, to write them in their tables' order.
 *
 * A story is one row of `story`, and some fifteen small ones elsewhere: an entry and four counts
 * for each list, and the ids of its sections, tags and authors, which are looked up the other way
 * round, too. Each of those stands somewhere else, among other stories of its list. One story costs
 * what it costs; but for thousands, one after the other, nearly all of the time went into finding
 * those places and into writing the same pages again and again. Held back and sorted, a
 * transaction's rows of one list become one place, its counts one statement each, and its line in
 * the sitemap one more.
 *
 * Nobody sees a difference: before a statement runs that names one of these tables, and with the
 * commit, what is held back is written (sql.h). Who saves single stories writes it at once, and a
 * story that leaves a list is always alone: when a list was emptied matters to its sitemap. */
#include "store/roll.h"

#include <stdlib.h>

/* Written at the latest when there are so many: they take 40 bytes each. */
enum { HELD_MAX = 150000 };

struct held_entry {
    int64_t list_id;
    int64_t us;
    int64_t story_id;
    int64_t changed_us; /* of the story */
    int32_t day;
    int8_t kind;
    int8_t by; /* 1: enters, -1: leaves */
};

struct held_relation {
    int64_t id; /* of the section, tag or author */
    int64_t story_id;
    int32_t position;
    int8_t kind; /* enum list_kind */
};

static const char *const relation_insert[] = {
    [LIST_SECTION] = "story_section_insert",
    [LIST_TAG] = "story_tag_insert",
    [LIST_AUTHOR] = "story_author_insert",
};

void held_done(struct held *h) {
    free(h->entries);
    free(h->relations);
    *h = (struct held){ 0 };
}

/* ---- holding ---- */

static void *room(void *ptr, size_t len, size_t *cap, size_t size) {
    if (len == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        ptr = reallocarray(ptr, *cap, size);
        check(ptr != NULL);
    }
    return ptr;
}

static void hold(struct store_writer *w) {
    w->sql->must_settle = true;
    if (w->held.n_entries + w->held.n_relations >= HELD_MAX) {
        held_write(w);
    }
}

void held_list(struct store_writer *w, struct list_id list, int day, int64_t us, int64_t story_id,
               int64_t changed_us, int by) {
    struct held *h = &w->held;
    h->entries = room(h->entries, h->n_entries, &h->cap_entries, sizeof *h->entries);
    h->entries[h->n_entries++] = (struct held_entry){
        .list_id = list.id,
        .us = us,
        .story_id = story_id,
        .changed_us = changed_us,
        .day = day,
        .kind = (int8_t)list.kind,
        .by = (int8_t)by,
    };
    h->leaves |= by < 0;
    hold(w);
}

void held_relation(struct store_writer *w, enum list_kind kind, int64_t story_id, size_t position,
                   int64_t id) {
    struct held *h = &w->held;
    h->relations = room(h->relations, h->n_relations, &h->cap_relations, sizeof *h->relations);
    h->relations[h->n_relations++] = (struct held_relation){
        .id = id, .story_id = story_id, .position = (int32_t)position, .kind = (int8_t)kind
    };
    hold(w);
}

/* ---- relations ---- */

static int order(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/* As their indexes by section, tag and author have them; by story they are the newest rows. */
static int by_id(const void *x, const void *y) {
    const struct held_relation *a = x, *b = y;
    int o = order(a->kind, b->kind);
    o = o ? o : order(a->id, b->id);
    return o ? o : order(a->story_id, b->story_id);
}

static void write_relations(struct sql *db, struct held_relation *rows, size_t n) {
    qsort(rows, n, sizeof *rows, by_id);
    for (size_t i = 0; i < n; i++) {
        RUN(db, relation_insert[rows[i].kind], I64(rows[i].story_id), I64(rows[i].position),
            I64(rows[i].id));
    }
}

/* ---- lists ---- */

static int by_place(const void *x, const void *y) {
    const struct held_entry *a = x, *b = y;
    int o = order(a->kind, b->kind);
    o = o ? o : order(a->list_id, b->list_id);
    o = o ? o : order(a->day, b->day);
    o = o ? o : order(a->us, b->us);
    return o ? o : order(a->story_id, b->story_id);
}

/* Add to a number. There is no row for 0. */
static void count(struct sql *db, const struct held_entry *e, int level, int date, int64_t by) {
    const struct param place[] = { I64(e->kind), I64(e->list_id), I64(level), I64(date),
                                   I64(by > 0 ? by : -by) };
    if (by > 0) {
        sql_run(db, "list_count_up", place, COUNT_OF(place));
    } else if (by < 0) {
        sql_run(db, "list_count_down", place, COUNT_OF(place));
        sql_run(db, "list_count_drop", place, COUNT_OF(place) - 1);
    }
}

/* Those of years, months or days, which are `unit` days apart as the dates are written. */
static void count_dates(struct sql *db, const struct held_entry *e, size_t n, int level, int unit) {
    for (size_t i = 0, end; i < n; i = end) {
        int64_t by = 0;
        for (end = i; end < n && e[end].day / unit == e[i].day / unit; end++) {
            by += e[end].by;
        }
        count(db, e, level, e[i].day / unit * unit, by);
    }
}

static void write_entries(struct sql *db, const struct held_entry *e, size_t n) {
    for (size_t i = 0; i < n; i++) {
        RUN(db, e[i].by > 0 ? "list_insert" : "list_delete", I64(e[i].kind), I64(e[i].list_id),
            I64(e[i].day), I64(e[i].us), I64(e[i].story_id));
    }
}

static void write_list(struct store_writer *w, const struct held_entry *e, size_t n) {
    int64_t by = 0, changed_us = e->changed_us;
    for (size_t i = 0; i < n; i++) {
        by += e[i].by;
        changed_us = e[i].changed_us > changed_us ? e[i].changed_us : changed_us;
    }
    write_entries(w->sql, e, n);
    int64_t before = RUN(w->sql, "list_count", I64(e->kind), I64(e->list_id), I64(0), I64(0));
    count(w->sql, e, 0, 0, by);
    count_dates(w->sql, e, n, 1, 10000);
    count_dates(w->sql, e, n, 2, 100);
    count_dates(w->sql, e, n, 3, 1);
    struct list_id list = { e->kind, e->list_id };
    enum sitemap_change what = before == 0     ? SITEMAP_LIST_FILLED
                               : before == -by ? SITEMAP_LIST_EMPTIED
                                               : SITEMAP_LIST_MOVED;
    sitemap_list_changed(w, list, what, changed_us);
    if (what != SITEMAP_LIST_MOVED) {
        roll_list_changed(w, list, what == SITEMAP_LIST_FILLED);
    }
}

static void write_lists(struct store_writer *w, struct held_entry *e, size_t n) {
    qsort(e, n, sizeof *e, by_place);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && e[end].kind == e[i].kind && e[end].list_id == e[i].list_id;) {
            end++;
        }
        write_list(w, &e[i], end - i);
    }
}

void held_write(struct store_writer *w) {
    struct held *h = &w->held;
    size_t entries = h->n_entries, relations = h->n_relations;
    w->sql->must_settle = false; /* the statements below name the tables, too */
    h->n_entries = 0;
    h->n_relations = 0;
    h->leaves = false;
    if (relations > 0) {
        write_relations(w->sql, h->relations, relations);
    }
    if (entries > 0) {
        write_lists(w, h->entries, entries);
    }
}

void held_end(struct store_writer *w) {
    if (!w->is_bulk || w->held.leaves) {
        held_write(w);
    }
}
