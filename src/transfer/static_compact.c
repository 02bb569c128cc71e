#include "transfer/static_plan.h"

#include "base/io.h"
#include "base/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_BYTES = 4 << 20 /* a smaller log is not worth it */ };

static enum status measure(void *ctx, const struct static_record *r, struct static_entry *e,
                           uint64_t offset) {
    uint64_t *live = ctx;
    (void)e, (void)offset;
    if (r->kind != STATIC_NONE || r->n_keys > 0) {
        *live += 64 + (r->n_keys + r->n_slots) * 4 + r->key.len + r->text.len;
    }
    return STATUS_OK;
}

/* Copy what counts into a new log with one session, which has ended. */
static enum status write_compact(struct static_plan *plan, const char *from, const char *to,
                                 int64_t seq) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    enum status status = static_log_open(&reader, from, plan->err);
    FILE *file = status == STATUS_OK ? fopen(to, "wbe") : NULL;
    if (status == STATUS_OK && file == NULL) {
        status = static_io_failed("create", to, plan->err);
    }
    struct buf bytes;
    buf_init(&bytes, 8 * LIMIT_STATIC_RECORD_BYTES);
    struct static_record r = { .kind = STATIC_BEGIN,
                               .seq = seq,
                               .content = run->fingerprint,
                               .key = plan->site,
                               .text = str_of(plan->boot) };
    static_record_put(&bytes, &r);
    uint64_t offset;
    bool wrote = true;
    while (status == STATUS_OK && wrote && static_log_next(&reader, &r, &offset)) {
        const struct static_entry *e =
            r.key.len > 0 ? static_table_find(&run->table, static_table_key(r.key)) : NULL;
        bool counts = r.kind != STATIC_BEGIN && e != NULL && e->place == (uint32_t)(offset / 8);
        if (counts && (r.kind != STATIC_NONE || r.n_keys > 0)) {
            static_record_put(&bytes, &r);
        }
        if (bytes.len > LIMIT_STATIC_RECORD_BYTES) {
            wrote = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
            buf_reset(&bytes);
        }
    }
    static_record_put(&bytes, &(struct static_record){ .kind = STATIC_END });
    if (file != NULL) {
        wrote = wrote && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fflush(file) == 0 &&
                fsync(fileno(file)) == 0;
        wrote = fclose(file) == 0 && wrote;
    }
    if (status == STATUS_OK && !wrote) {
        status = static_io_failed("write", to, plan->err);
    }
    buf_done(&bytes);
    static_log_close(&reader);
    return status;
}

enum status static_compact(struct static_plan *plan, int64_t seq) {
    if (plan->log_end < LEAST_BYTES) {
        return STATUS_OK;
    }
    uint64_t live = 0;
    enum status status = static_past_for_each(plan, measure, &live);
    if (status != STATUS_OK || plan->log_end < 2 * live) {
        return status;
    }
    char *from = static_log_path(plan->run), *to = NULL;
    check(asprintf(&to, "%s.new", from) > 0);
    status = write_compact(plan, from, to, seq);
    if (status == STATUS_OK && rename(to, from) != 0) {
        status = static_io_failed("rename", to, plan->err);
    }
    if (status == STATUS_OK) {
        status = io_sync_folder(from, plan->err);
    }
    free(from);
    free(to);
    return status;
}
