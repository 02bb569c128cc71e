/* Who did what. An entry is a part of the transaction that it is about; the old ones go with the
 * coming of new ones, so that nothing has to run at night. */
#include "base/clock.h"
#include "base/limits.h"
#include "store/internal.h"
#include "store/staff.h"

#include <stdio.h>

/* Old entries looked at with each new one. */
enum { FORGET_MAX = 4 };

static void copy(char *out, size_t size, struct str s) {
    snprintf(out, size, "%.*s", (int)(s.len < size ? s.len : size - 1), s.len ? s.ptr : "");
}

void store_write_as(struct store_writer *w, const struct audit_actor *actor) {
    w->by = (struct audit_by){
        .is_known = true, .user_id = actor->user_id, .now_us = actor->now_us, .way = actor->way
    };
    copy(w->by.who, sizeof w->by.who, actor->who);
    copy(w->by.address, sizeof w->by.address, actor->address);
}

static int64_t kept_days(struct sql *db, struct arena *a) {
    int64_t days = STORE_AUDIT_DAYS;
    struct rows rows = ROWS(db, "setting_get", TEXT(STR("audit_days")));
    if (rows_next(&rows) && !str_to_i64(rows_text(&rows, a, 0), &days)) {
        days = STORE_AUDIT_DAYS;
    }
    rows_end(&rows);
    return days;
}

/* At most max bytes of it, cut between two characters. */
static struct str cut(struct str s, size_t max) {
    if (s.len <= max) {
        return s;
    }
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xc0) == 0x80) {
        max--;
    }
    return str_slice(s, 0, max);
}

static void put(struct store_writer *w, const char *action, const char *kind, int64_t object_id,
                struct str summary) {
    const struct audit_by *by = &w->by;
    RUN(w->sql, "audit_insert", I64(by->now_us), I64(by->user_id), TEXT(str_of(by->who)),
        TEXT(str_of(by->way)), TEXT(str_of(by->address)), TEXT(str_of(action)), TEXT(str_of(kind)),
        I64(object_id), TEXT(cut(summary, LIMIT_AUDIT_SUMMARY_BYTES)));
    RUN(w->sql, "audit_forget", I64(by->now_us - kept_days(w->sql, &w->scratch) * US_PER_DAY),
        I64(FORGET_MAX));
    w->by.is_audited = true;
}

enum status store_audit(struct store_writer *w, const char *action, const char *kind,
                        int64_t object_id, struct str summary, struct err *err) {
    struct sql *db = writer_verb(w);
    if (w->by.is_known) {
        put(w, action, kind, object_id, summary);
    }
    return sql_result(db, err);
}

void audit_commit(struct store_writer *w) {
    if (!w->by.is_known || w->by.is_audited || w->touched.list.len == 0) {
        return;
    }
    writer_verb(w);
    struct str keys = STR("");
    for (size_t i = 0; i < w->touched.list.len && keys.len < LIMIT_AUDIT_SUMMARY_BYTES; i++) {
        keys = arena_printf(&w->scratch, "%.*s%s%.*s", STR_FMT(keys), i ? " " : "",
                            STR_FMT(w->touched.list.ptr[i]));
    }
    put(w, "change", "", 0, keys);
}

enum status store_audit_read(struct store_reader *r, struct arena *a,
                             const struct audit_filter *filter, size_t n, struct audit_entries *ret,
                             struct err *err) {
    int64_t before = filter->before_id > 0 ? filter->before_id : INT64_MAX;
    int64_t max = (int64_t)(n < LIMIT_AUDIT_PAGE ? n : LIMIT_AUDIT_PAGE);
    VEC(struct audit_entry) all = { 0 };
    struct rows rows =
        filter->object_kind.len > 0 ? ROWS(r->sql, "audit_of_object", I64(before), I64(max),
                                           TEXT(filter->object_kind), I64(filter->object_id))
        : filter->user_id != 0
            ? ROWS(r->sql, "audit_of_user", I64(before), I64(max), I64(filter->user_id))
            : ROWS(r->sql, "audit_all", I64(before), I64(max));
    while (rows_next(&rows)) {
        *vec_push(a, &all) = (struct audit_entry){
            .id = rows_i64(&rows, 0),
            .at_us = rows_i64(&rows, 1),
            .user_id = rows_i64(&rows, 2),
            .who = rows_text(&rows, a, 3),
            .way = rows_text(&rows, a, 4),
            .address = rows_text(&rows, a, 5),
            .action = rows_text(&rows, a, 6),
            .object_kind = rows_text(&rows, a, 7),
            .object_id = rows_i64(&rows, 8),
            .summary = rows_text(&rows, a, 9),
        };
    }
    enum status status = sql_result(r->sql, err);
    if (status == STATUS_OK) {
        *ret = (struct audit_entries){ all.ptr, all.len };
    }
    return status;
}
