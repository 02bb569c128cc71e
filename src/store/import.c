/* What an importer remembers. */
#include "store/internal.h"

enum status store_import_get(struct store_reader *r, struct str source, struct str kind,
                             struct str source_id, struct import_entry *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "import_get", TEXT(source), TEXT(kind), TEXT(source_id));
    bool found = rows_next(&rows);
    struct import_entry entry = { 0 };
    if (found) {
        entry = (struct import_entry){ rows_i64(&rows, 0), (uint64_t)rows_i64(&rows, 1) };
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *ret = entry;
    }
    return status;
}

enum status store_import_put(struct store_writer *w, struct str source, struct str kind,
                             struct str source_id, struct import_entry entry, struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "import_put", TEXT(source), TEXT(kind), TEXT(source_id), I64(entry.id),
        I64((int64_t)entry.hash));
    return sql_result(db, err);
}

enum status store_import_task_put(struct store_writer *w, struct str source, struct str kind,
                                  int64_t id, struct str text, struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "import_task_put", TEXT(source), TEXT(kind), I64(id), TEXT(text));
    return sql_result(db, err);
}

enum status store_import_task_next(struct store_reader *r, struct arena *a, struct str source,
                                   int64_t after_seq, struct import_task *ret, struct err *err) {
    struct rows rows = ROWS(r->sql, "import_task_next", TEXT(source), I64(after_seq));
    bool found = rows_next(&rows);
    struct import_task task = { 0 };
    if (found) {
        task = (struct import_task){
            .seq = rows_i64(&rows, 0),
            .id = rows_i64(&rows, 1),
            .kind = rows_text(&rows, a, 2),
            .text = rows_text(&rows, a, 3),
        };
    }
    rows_end(&rows);
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK && !found) {
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *ret = task;
    }
    return status;
}

enum status store_import_task_done(struct store_writer *w, int64_t seq, struct err *err) {
    struct sql *db = writer_verb(w);
    RUN(db, "import_task_done", I64(seq));
    return sql_result(db, err);
}
