/* What the last runs left behind: their log, and what the store's journal says was touched since.
 */
#include "transfer/static_plan.h"

#include "base/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status static_io_failed(const char *doing, const char *path, struct err *err) {
    return err_set(err, STATUS_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

char *static_log_path(const struct static_run *run) {
    char *path = NULL;
    check(asprintf(&path, "%s/" STATIC_LOG_NAME, run->options->folder) > 0);
    return path;
}

/* ---- reading the log ---- */

static enum status note_session(struct static_plan *plan, const struct static_record *r,
                                uint64_t offset) {
    if (!str_eq(r->key, plan->site)) {
        return err_set(plan->err, STATUS_CONFLICT, "%s holds the export of %.*s, not of %.*s",
                       plan->run->options->folder, STR_FMT(r->key), STR_FMT(plan->site));
    }
    if (plan->n_sessions == STATIC_SESSIONS_MAX) {
        plan->too_many = true;
        plan->n_sessions--;
    }
    plan->sessions[plan->n_sessions++] = (struct static_session){
        .seq = r->seq,
        .fingerprint = r->content,
        .begin = offset,
        .same_boot = str_eq(r->text, str_of(plan->boot)),
    };
    return STATUS_OK;
}

static void note_record(struct static_run *run, const struct static_record *r, uint64_t offset) {
    struct static_entry *e = static_table_put(&run->table, static_table_key(r->key));
    e->content = r->content;
    e->kind = (uint8_t)r->kind;
    e->form = (uint8_t)r->form;
    e->place = (uint32_t)(offset / 8);
    if (r->kind == STATIC_FRAGMENT) {
        struct static_fragment *f = static_fragment_get(run, r->key);
        f->is_known = true;
        f->content = r->content;
    } else if (r->kind == STATIC_NONE && r->key.ptr[0] != '/') {
        struct static_fragment *f = map_get(&run->fragments, r->key);
        if (f != NULL) {
            f->is_known = false;
        }
    }
}

enum status static_past_read(struct static_plan *plan, uint64_t from) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    char *path = static_log_path(run);
    enum status status = static_log_open(&reader, path, plan->err);
    free(path);
    if (status != STATUS_OK) {
        return status;
    }
    if (fseek(reader.file, (long)from, SEEK_SET) != 0) {
        static_log_close(&reader);
        return static_io_failed("read the log in", run->options->folder, plan->err);
    }
    reader.at = from;
    struct static_record r;
    uint64_t offset;
    while (status == STATUS_OK && static_log_next(&reader, &r, &offset)) {
        if (r.kind == STATIC_BEGIN) {
            status = note_session(plan, &r, offset);
        } else if (r.kind == STATIC_END) {
            if (plan->n_sessions > 0) {
                plan->sessions[0] = plan->sessions[plan->n_sessions - 1];
                plan->sessions[0].is_ended = true;
                plan->sessions[0].has_failed = r.content > 0;
                plan->n_sessions = 1;
                plan->too_many = false;
            }
        } else if (r.key.len > 0) {
            note_record(run, &r, offset);
        }
    }
    plan->log_end = reader.at;
    plan->has_log = plan->n_sessions > 0;
    static_log_close(&reader);
    struct stat st;
    if (status == STATUS_OK &&
        (fstat(run->log, &st) != 0 || ((uint64_t)st.st_size != plan->log_end &&
                                       ftruncate(run->log, (off_t)plan->log_end) != 0))) {
        status = static_io_failed("write the log in", run->options->folder, plan->err);
    }
    return status;
}

/* ---- what was touched ---- */

/* The keys touched since commit `seq`. *ret_known false: nobody can say any more. */
static enum status read_touched(struct static_plan *plan, int64_t seq, bool *ret_known) {
    struct static_run *run = plan->run;
    struct store_reader *r = site_held_reader(run->thread);
    int64_t last = 0;
    keys_reset(&plan->touched_keys);
    *ret_known = true;
    /* So that the journal gives what other processes wrote. */
    enum status status = store_poll(run->store, plan->err);
    if (status == STATUS_OK) {
        status = store_journal_last(r, &last, plan->err);
    }
    *ret_known = seq <= last; /* else it is another database */
    while (status == STATUS_OK && *ret_known && seq < last) {
        struct keys keys;
        keys_init(&keys);
        bool forgotten = false;
        int64_t to = seq;
        status = store_journal_since(r, seq, &keys, &to, &forgotten, plan->err);
        for (size_t i = 0; status == STATUS_OK && i < keys.list.len; i++) {
            keys_add(&plan->touched_keys, keys.list.ptr[i]);
        }
        *ret_known = !forgotten && to > seq && !keys_has(&keys, STR("site")) &&
                     !keys_has(&keys, STR("theme")) &&
                     plan->touched_keys.list.len <= LIMIT_STATIC_TOUCHED;
        seq = to;
        keys_done(&keys);
    }
    return status;
}

/* A session that may be gone on from: made in the same way, and either ended or of this boot. */
static bool is_usable(const struct static_plan *plan, const struct static_session *s) {
    return s->fingerprint == plan->run->fingerprint && (s->is_ended || s->same_boot);
}

/* A session that is not usable may have written over files of all before it. */
enum status static_past_judge(struct static_plan *plan) {
    struct static_run *run = plan->run;
    size_t first = plan->n_sessions;
    while (first > 0 && is_usable(plan, &plan->sessions[first - 1])) {
        first--;
    }
    if (plan->too_many || run->options->whole) {
        first = plan->n_sessions;
    }
    bool known = false;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !known && first < plan->n_sessions) {
        status = read_touched(plan, plan->sessions[first].seq, &known);
        first += known ? 0 : 1;
    }
    if (!known) {
        keys_reset(&plan->touched_keys);
    }
    for (size_t i = first; i < plan->n_sessions; i++) {
        plan->sessions[i].is_good = true;
    }
    run->is_whole = !known || first > 0 || !plan->sessions[0].is_ended;
    u32_set_add(&plan->touched, static_key_hash(STATIC_AGAIN));
    for (size_t i = 0; i < plan->touched_keys.list.len; i++) {
        u32_set_add(&plan->touched, static_key_hash(plan->touched_keys.list.ptr[i]));
    }
    return status;
}

/* ---- records ---- */

static const struct static_session *session_of(const struct static_plan *plan, uint64_t offset) {
    /* Records before the first known session are of those that ended before it. */
    const struct static_session *found = &plan->sessions[0];
    for (size_t i = 1; i < plan->n_sessions; i++) {
        if (plan->sessions[i].begin <= offset) {
            found = &plan->sessions[i];
        }
    }
    return found;
}

enum status static_past_for_each(struct static_plan *plan, static_past_each *each, void *ctx) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    char *path = static_log_path(run);
    enum status status = static_log_open(&reader, path, plan->err);
    free(path);
    reader.checked_to = plan->log_end;
    struct static_record r;
    uint64_t offset;
    while (status == STATUS_OK && static_log_next(&reader, &r, &offset) && offset < plan->log_end) {
        if (r.kind != STATIC_BEGIN && r.kind != STATIC_END && r.key.len > 0) {
            struct static_entry *e = static_table_find(&run->table, static_table_key(r.key));
            if (e != NULL && e->place == (uint32_t)(offset / 8)) {
                status = each(ctx, &r, e, offset);
            }
        }
    }
    static_log_close(&reader);
    return status;
}

bool static_past_is_kept(struct static_plan *plan, const struct static_record *r, uint64_t offset) {
    if (r->kind == STATIC_INTENT || !session_of(plan, offset)->is_good ||
        u32_set_has_any(&plan->touched, r->keys, r->n_keys)) {
        return false;
    }
    bool flat = !plan->run->options->includes;
    for (size_t i = 0; i < r->n_slots; i++) {
        /* Of a fragment without a record a killed run has perhaps made nothing. */
        if (!u32_set_has(&plan->known_fragments, r->slots[i]) ||
            (flat && u32_set_has(&plan->touched_fragments, r->slots[i]))) {
            return false;
        }
    }
    return true;
}

bool static_past_is_trusted(const struct static_plan *plan, uint64_t offset) {
    const struct static_session *last = &plan->sessions[plan->n_sessions - 1];
    return last->is_ended || (session_of(plan, offset) == last && last->is_good);
}

bool static_past_is_clean(const struct static_plan *plan) {
    return plan->has_log && plan->sessions[plan->n_sessions - 1].is_ended;
}
