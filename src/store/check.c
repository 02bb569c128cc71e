/* Proving that the database agrees with itself: its own integrity first, then the statements of
 * check.sql, then the search index against the stories. */
#include "store/internal.h"
#include "store/search.h"

#include <stdlib.h>

struct telling {
    store_fault *fault;
    void *ctx;
    size_t count;
};

static void tell(void *ctx, struct str what) {
    struct telling *t = ctx;
    t->count++;
    t->fault(t->ctx, what);
}

static int compare_names(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The names of the checks, in order, so that faults come in the same order each time. */
static size_t find_checks(const struct sql_texts *texts, struct arena *a, struct str **ret) {
    VEC(struct str) names = { 0 };
    struct map_entry *e;
    for (size_t i = 0; (e = map_next(&texts->by_name, &i)) != NULL;) {
        if (str_starts(e->key, STR("check_"))) {
            *vec_push(a, &names) = e->key;
        }
    }
    check(names.len > 0); /* they are in the binary */
    qsort(names.ptr, names.len, sizeof *names.ptr, compare_names);
    *ret = names.ptr;
    return names.len;
}

enum status store_check(struct store_reader *r, store_fault *fault, void *ctx, size_t *ret_faults,
                        struct err *err) {
    struct sql *db = r->sql;
    struct telling telling = { .fault = fault, .ctx = ctx };
    enum status status = db->backend->verify(db->db, tell, &telling, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct arena names_arena = { 0 }, row_arena = { 0 };
    struct str *names;
    size_t n = find_checks(db->texts, &names_arena, &names);
    for (size_t i = 0; i < n; i++) {
        struct rows rows = ROWS(db, names[i].ptr, NONE); /* a map's keys end in NUL */
        while (rows_next(&rows)) {
            tell(&telling, rows_text(&rows, &row_arena, 0));
            arena_reset(&row_arena);
        }
    }
    search_check(db, tell, &telling);
    arena_done(&row_arena);
    arena_done(&names_arena);
    status = sql_result(db, err);
    if (status == STATUS_OK) {
        *ret_faults = telling.count;
    }
    return status;
}
