/* Views of stories, hour by hour. A ranking reads the rows of 24 hours and sorts their sums: work
 * that is bounded by what was read in a day, and done every few minutes away from all requests, so
 * that no sums need be kept. */
#include "store/internal.h"

enum { FORGET_ROWS_MAX = 2000 };

enum status store_views_add(struct store_writer *w, int64_t hour, struct view_counts counts,
                            struct err *err) {
    struct sql *db = writer_verb(w);
    for (size_t i = 0; i < counts.len; i++) {
        const struct view_count *c = &counts.ptr[i];
        if (c->count > 0 && HAS(db, "views_public", I64(c->story_id))) {
            RUN(db, "views_add", I64(hour), I64(c->story_id), I64(c->count));
        }
    }
    RUN(db, "views_forget", I64(hour - STORE_VIEWS_HOURS + 1), I64(FORGET_ROWS_MAX));
    return sql_result(db, err);
}

enum status store_views_top(struct store_reader *r, struct arena *a, int64_t hour, size_t n,
                            struct view_counts *ret, struct err *err) {
    struct sql *db = r->sql;
    VEC(struct view_count) top = { 0 };
    struct rows rows = ROWS(db, "views_top", I64(hour - STORE_VIEWS_HOURS + 1), I64(hour));
    while (top.len < n && rows_next(&rows)) {
        struct view_count c = { rows_i64(&rows, 0), rows_i64(&rows, 1) };
        if (HAS(db, "views_public", I64(c.story_id))) {
            *vec_push(a, &top) = c;
        }
    }
    rows_end(&rows);
    enum status status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret = (struct view_counts){ top.ptr, top.len };
    }
    return status;
}
