/* One run of the static export.
 *
 * The log (static_log.h) says of each address what was made of it and on which keys it depends. A
 * run holds one snapshot on all its threads, takes from the store's journal the keys that were
 * touched since the last session that ended, and
 *
 *   1. reads the log: what depends on no touched key is kept as it is; what does is made again
 *      (fragments first: flat, a page depends on the fragments that it has);
 *   2. asks the site which new addresses the touched keys tell of (site/walk.h);
 *   3. syncs, writes what web servers read, and ends its session in the log.
 *
 * When the log cannot say what is good (none yet, another program, theme or options, a journal that
 * does not reach back, a touched `site`) the run is whole: it walks over every address, and what
 * the log knows and the walk does not is removed. A hash of the content tells then which files are
 * as they should be.
 *
 * A run that is killed leaves a session without end. Its records are good as long as the machine
 * has not been started anew since (nothing was synced), so the next run goes on from them; it
 * trusts no file of an older record that it makes again, since the killed run may have renamed that
 * file and not written the record. */
#include "transfer/static_run.h"

#include "base/clock.h"
#include "base/embed.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "site/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_NAME STATIC_OWN_FOLDER "/log"

enum {
    SESSIONS_MAX = 64,            /* since the last that ended; then all is made again */
    COMPACT_LEAST_BYTES = 4 << 20 /* a smaller log is not worth it */
};

struct session {
    int64_t seq;
    uint64_t fingerprint;
    uint64_t begin; /* where its records begin */
    bool is_ended;
    bool is_good; /* its records may be kept */
    bool same_boot;
    bool has_failed; /* something was left for the next run */
};

struct plan {
    struct static_run *run;
    struct err *err;
    struct session sessions[SESSIONS_MAX]; /* from the last that ended on */
    size_t n_sessions;
    bool has_log, too_many;
    uint64_t log_end; /* of what is good in the file */
    uint64_t live;    /* bytes of it that count */
    struct str site;  /* the site's folder */
    char boot[64];
    struct keys touched_keys;
    struct u32_set touched, touched_fragments, known_fragments, used;
    struct arena arena;
    static_server_record *each_server;
    void *each_arg;
};

/* ---- the folder ---- */

static enum status io_failed(const char *doing, const char *path, struct err *err) {
    return err_set(err, STATUS_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

static bool is_empty(const char *path) {
    DIR *dir = opendir(path);
    bool empty = dir != NULL;
    for (struct dirent *e; empty && (e = readdir(dir)) != NULL;) {
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return empty;
}

/* Make the folder or see that it is ours, and that nobody else is at work in it. */
static enum status open_folder(struct static_run *run, struct err *err) {
    const char *path = run->options->folder;
    enum status status = io_make_dirs(path, err);
    if (status != STATUS_OK) {
        return status;
    }
    run->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (run->folder < 0) {
        return io_failed("open", path, err);
    }
    bool is_ours = faccessat(run->folder, STATIC_OWN_FOLDER, F_OK, 0) == 0;
    if (!is_ours && !is_empty(path)) {
        return err_set(err, STATUS_CONFLICT,
                       "%s is not empty and holds no export; name another folder", path);
    }
    if (mkdirat(run->folder, STATIC_OWN_FOLDER, 0755) != 0 && errno != EEXIST) {
        return io_failed("make a folder in", path, err);
    }
    run->log = openat(run->folder, LOG_NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (run->log < 0) {
        return io_failed("open the log in", path, err);
    }
    if (flock(run->log, LOCK_EX | LOCK_NB) != 0) {
        return err_set(err, STATUS_BUSY, "another export is at work in %s", path);
    }
    return STATUS_OK;
}

static char *log_path(const struct static_run *run) {
    char *path = NULL;
    check(asprintf(&path, "%s/" LOG_NAME, run->options->folder) > 0);
    return path;
}

static uint64_t file_stamp(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) {
        return 0;
    }
    return hash_mix(hash_mix((uint64_t)st.st_size, (uint64_t)st.st_mtim.tv_sec),
                    (uint64_t)st.st_mtim.tv_nsec);
}

/* Whatever a rendering depends on besides the store: this very program and the site's theme; and
 * the options that say what files look like. */
static uint64_t fingerprint(const struct static_run *run) {
    uint64_t hash = file_stamp("/proc/self/exe");
    hash = hash_mix(hash, hash_content(STR(BROADSHEET_VERSION)));
    hash = hash_mix(hash, site_theme_stamp(run->site));
    hash = hash_mix(hash, run->options->includes);
    return hash_mix(hash, (uint64_t)run->options->level);
}

static void read_boot(char boot[64]) {
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    boot[0] = '\0';
    if (f != NULL) {
        if (fgets(boot, 64, f) != NULL) {
            boot[strcspn(boot, "\n")] = '\0';
        }
        fclose(f);
    }
}

/* ---- reading the log ---- */

static enum status note_session(struct plan *plan, const struct static_record *r, uint64_t offset) {
    if (!str_eq(r->key, plan->site)) {
        return err_set(plan->err, STATUS_CONFLICT, "%s holds the export of %.*s, not of %.*s",
                       plan->run->options->folder, STR_FMT(r->key), STR_FMT(plan->site));
    }
    if (plan->n_sessions == SESSIONS_MAX) {
        plan->too_many = true;
        plan->n_sessions--;
    }
    plan->sessions[plan->n_sessions++] = (struct session){
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

/* The table of all that the log knows; its sessions. Cuts off a torn end. */
static enum status read_log(struct plan *plan, uint64_t from) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    char *path = log_path(run);
    enum status status = static_log_open(&reader, path, plan->err);
    free(path);
    if (status != STATUS_OK) {
        return status;
    }
    if (fseek(reader.file, (long)from, SEEK_SET) != 0) {
        static_log_close(&reader);
        return io_failed("read the log in", run->options->folder, plan->err);
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
        status = io_failed("write the log in", run->options->folder, plan->err);
    }
    return status;
}

/* ---- what was touched ---- */

/* The keys touched since commit `seq`. *ret_known false: nobody can say any more. */
static enum status read_touched(struct plan *plan, int64_t seq, bool *ret_known) {
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
static bool is_usable(const struct plan *plan, const struct session *s) {
    return s->fingerprint == plan->run->fingerprint && (s->is_ended || s->same_boot);
}

/* Which sessions' records may be kept, and whether the run is whole. One that is not usable may
 * have written over files of all before it. */
static enum status judge_sessions(struct plan *plan) {
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

static const struct session *session_of(const struct plan *plan, uint64_t offset) {
    /* Records before the first known session are of those that ended before it. */
    const struct session *found = &plan->sessions[0];
    for (size_t i = 1; i < plan->n_sessions; i++) {
        if (plan->sessions[i].begin <= offset) {
            found = &plan->sessions[i];
        }
    }
    return found;
}

/* ---- planning ---- */

static enum status add_item(struct static_run *run, struct static_entry *e, struct str key) {
    struct static_item item = { .key = key, .old = *e };
    e->state = ENTRY_TAKEN;
    return static_work_add(run, &item, &run->err);
}

/* Call `each` with every record that counts. */
typedef enum status each_record(struct plan *plan, const struct static_record *r,
                                struct static_entry *e, uint64_t offset);
static enum status for_each(struct plan *plan, each_record *each) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    char *path = log_path(run);
    enum status status = static_log_open(&reader, path, plan->err);
    free(path);
    struct static_record r;
    uint64_t offset;
    while (status == STATUS_OK && static_log_next(&reader, &r, &offset) && offset < plan->log_end) {
        if (r.kind != STATIC_BEGIN && r.kind != STATIC_END && r.key.len > 0) {
            struct static_entry *e = static_table_find(&run->table, static_table_key(r.key));
            if (e != NULL && e->place == (uint32_t)(offset / 8)) {
                status = each(plan, &r, e, offset);
            }
        }
    }
    static_log_close(&reader);
    return status;
}

static bool is_kept(struct plan *plan, const struct static_record *r, uint64_t offset) {
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

/* Is what is on the disk what this record says? Not if a run was killed after it was written. */
static bool is_trusted(const struct plan *plan, uint64_t offset) {
    const struct session *last = &plan->sessions[plan->n_sessions - 1];
    return last->is_ended || (session_of(plan, offset) == last && last->is_good);
}

static enum status judge_fragment(struct plan *plan, const struct static_record *r,
                                  struct static_entry *e, uint64_t offset) {
    e->is_trusted = is_trusted(plan, offset);
    if (r->kind == STATIC_FRAGMENT) {
        struct static_fragment *f = static_fragment_get(plan->run, r->key);
        f->is_trusted = e->is_trusted;
        f->is_current = is_kept(plan, r, offset);
        u32_set_add(&plan->known_fragments, static_key_hash(r->key));
        e->state = ENTRY_KEPT; /* fragments are looked after by themselves */
    }
    return STATUS_OK;
}

/* A variant that was touched is made again with its base and all other variants. */
static void judge_variants(struct static_run *run) {
    size_t at = 0;
    struct map_entry *entry;
    while ((entry = map_next(&run->fragments, &at)) != NULL) {
        struct static_fragment *f = entry->value;
        if (f->is_variant && f->is_known && !f->is_current) {
            struct static_fragment *base = map_get(&run->fragments, static_fragment_base(f->key));
            if (base != NULL) {
                base->is_current = false;
            }
        }
    }
}

/* Make the fragments that were touched, and tell which of them are others now. */
static enum status renew_fragments(struct plan *plan) {
    struct static_run *run = plan->run;
    enum status status = for_each(plan, judge_fragment);
    judge_variants(run);
    size_t at = 0;
    struct map_entry *entry;
    VEC(struct static_fragment *) stale = { 0 };
    while ((entry = map_next(&run->fragments, &at)) != NULL) {
        struct static_fragment *f = entry->value;
        if (f->is_known && !f->is_variant && !f->is_current) {
            *vec_push(&plan->arena, &stale) = f;
        }
    }
    for (size_t i = 0; status == STATUS_OK && i < stale.len; i++) {
        struct static_item item = { .is_fragment = true, .key = stale.ptr[i]->key };
        status = static_work_add(run, &item, plan->err);
    }
    if (status == STATUS_OK) {
        status = static_work_wait(run, plan->err);
    }
    /* A killed run may have written the fragment's record and not all pages that have it. */
    bool is_clean = plan->sessions[plan->n_sessions - 1].is_ended;
    for (size_t i = 0; status == STATUS_OK && i < stale.len; i++) {
        struct static_fragment *f = stale.ptr[i];
        const struct static_entry *e = static_table_find(&run->table, static_table_key(f->key));
        if (!is_clean || !f->is_rendered || e == NULL || f->content != e->content) {
            u32_set_add(&plan->touched_fragments, static_key_hash(f->key));
        }
    }
    return status;
}

static enum status judge_page(struct plan *plan, const struct static_record *r,
                              struct static_entry *e, uint64_t offset) {
    struct static_run *run = plan->run;
    if (r->kind == STATIC_FRAGMENT || e->state == ENTRY_TAKEN) {
        return STATUS_OK;
    }
    if (is_kept(plan, r, offset)) {
        e->state = ENTRY_KEPT;
        for (size_t i = 0; i < r->n_slots; i++) {
            u32_set_add(&plan->used, r->slots[i]);
        }
        return STATUS_OK;
    }
    /* A whole run's walk says what there is; a fragment that was removed is no address. */
    return run->is_whole || (r->kind == STATIC_NONE && r->n_keys == 0) ? STATUS_OK
                                                                       : add_item(run, e, r->key);
}

static enum status visit(void *ctx, struct str key, struct err *err) {
    struct plan *plan = ctx;
    struct static_run *run = plan->run;
    struct static_entry *e = static_table_put(&run->table, static_table_key(key));
    if (e->state == ENTRY_KEPT && e->kind == STATIC_NONE) {
        e->state = ENTRY_OLD; /* something may be there again */
    }
    if (e->state != ENTRY_OLD) {
        return STATUS_OK;
    }
    enum status status = add_item(run, e, key);
    return status == STATUS_OK ? status : err_set(err, status, "%s", run->err.message);
}

static enum status remove_file(struct static_files *files, struct str key, enum static_form form,
                               struct err *err) {
    struct arena a = { 0 };
    struct str name;
    enum status status = STATUS_OK;
    if (static_name(&a, key, form, &name)) {
        status = static_files_remove(files, name, err);
    }
    arena_done(&a);
    return status;
}

static enum status remove_record(struct plan *plan, struct str key, unsigned kind,
                                 enum static_form form) {
    struct static_run *run = plan->run;
    struct static_worker *w = &run->workers[0]; /* idle by now */
    enum status status = STATUS_OK;
    if (static_has_file(run, (enum static_kind)kind)) {
        status = remove_file(&w->files, key, form, plan->err);
        run->counts.removed++;
    }
    for (int f = FORM_PLAIN; kind == STATIC_INTENT && status == STATUS_OK && f < FORM_FRAGMENT;
         f++) {
        status = remove_file(&w->files, key, (enum static_form)f, plan->err);
    }
    if (kind == STATIC_REDIRECT || kind == STATIC_GONE) {
        atomic_store(&run->maps_changed, true);
    }
    if (status == STATUS_OK) {
        static_record_put(&w->log, &(struct static_record){ .kind = STATIC_NONE, .key = key });
        status = static_flush(w, plan->err);
    }
    return status;
}

/* After a whole run: what the walk did not come to. */
static enum status remove_vanished(struct plan *plan, const struct static_record *r,
                                   struct static_entry *e, uint64_t offset) {
    (void)offset;
    if (e->state != ENTRY_OLD || r->kind == STATIC_NONE || r->kind == STATIC_FRAGMENT) {
        return STATUS_OK;
    }
    return remove_record(plan, r->key, r->kind, r->form);
}

/* Fragments that no page has any more, and variants that no page would ask for. */
static enum status remove_fragments(struct plan *plan) {
    struct static_run *run = plan->run;
    size_t at = 0;
    struct map_entry *entry;
    VEC(struct static_fragment *) unused = { 0 };
    while ((entry = map_next(&run->fragments, &at)) != NULL) {
        struct static_fragment *f = entry->value;
        struct str base_key = static_fragment_base(f->key);
        struct static_fragment *base = map_get(&run->fragments, base_key);
        bool used = base != NULL &&
                    (base->is_used || u32_set_has(&plan->used, static_key_hash(base_key)));
        if (f->is_variant && base != NULL && base->is_rendered) {
            used = used && f->is_rendered;
        }
        if (!used && (f->is_known || f->is_rendered)) {
            *vec_push(&plan->arena, &unused) = f;
        }
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < unused.len; i++) {
        status = remove_record(plan, unused.ptr[i]->key, STATIC_FRAGMENT, FORM_FRAGMENT);
    }
    return status;
}

static enum status find_work(struct plan *plan) {
    struct static_run *run = plan->run;
    enum status status = plan->has_log ? renew_fragments(plan) : STATUS_OK;
    if (status == STATUS_OK && plan->has_log) {
        status = for_each(plan, judge_page);
    }
    bool all = run->is_whole;
    if (status == STATUS_OK && !all) {
        status = site_walk_touched(run->thread, &plan->touched_keys, visit, plan, &all, plan->err);
    }
    if (status == STATUS_OK && all) {
        status = site_walk(run->thread, visit, plan, plan->err);
    }
    if (status == STATUS_OK) {
        status = static_work_wait(run, plan->err);
    }
    if (status == STATUS_OK && run->is_whole && plan->has_log) {
        status = for_each(plan, remove_vanished);
    }
    return status == STATUS_OK ? remove_fragments(plan) : status;
}

/* ---- fragments without a record ---- */

enum { SWEEP_DEPTH_MAX = 8 };

/* A killed run may have left files of fragments that nobody knows of; a variant among them would be
 * sent in place of what is right. A flat export has none at all. */
static enum status sweep(struct static_run *run, const char *folder, int depth, struct err *err) {
    char *path = NULL;
    check(asprintf(&path, "%s/%s", run->options->folder, folder) > 0);
    DIR *dir = depth < SWEEP_DEPTH_MAX ? opendir(path) : NULL;
    free(path);
    enum status status = STATUS_OK;
    struct arena a = { 0 };
    struct dirent *e;
    while (status == STATUS_OK && dir != NULL && (e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.') {
            continue;
        }
        struct str name = arena_printf(&a, "%s/%s", folder, e->d_name);
        if (e->d_type == DT_DIR) {
            status = sweep(run, name.ptr, depth + 1, err);
            continue;
        }
        struct str key = str_from(name, sizeof STATIC_FRAGMENT_FOLDER);
        struct static_fragment *f = str_ends(key, STR(".html"))
                                        ? map_get(&run->fragments, str_slice(key, 0, key.len - 5))
                                        : NULL;
        if (!run->options->includes || f == NULL || !(f->is_known || f->is_rendered)) {
            status = static_files_remove(&run->workers[0].files, name, err);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    arena_done(&a);
    return status;
}

static enum status sweep_fragments(struct static_run *run, struct err *err) {
    return sweep(run, STATIC_FRAGMENT_FOLDER, 0, err);
}

/* ---- the end of a run ---- */

static enum status tell_server(struct plan *plan, const struct static_record *r,
                               struct static_entry *e, uint64_t offset) {
    (void)e, (void)offset;
    return plan->each_server(plan->each_arg, r, plan->err);
}

static enum status put_record(struct static_run *run, const struct static_record *r,
                              struct err *err) {
    static_record_put(&run->workers[0].log, r);
    return static_flush(&run->workers[0], err);
}

static enum status begin_session(struct plan *plan) {
    struct static_run *run = plan->run;
    int64_t seq = 0;
    enum status status = store_journal_last(site_held_reader(run->thread), &seq, plan->err);
    if (status != STATUS_OK) {
        return status;
    }
    status = put_record(run,
                        &(struct static_record){ .kind = STATIC_BEGIN,
                                                 .seq = seq,
                                                 .content = run->fingerprint,
                                                 .key = plan->site,
                                                 .text = str_of(plan->boot) },
                        plan->err);
    if (status == STATUS_OK && !run->options->no_sync &&
        (fsync(run->log) != 0 || fsync(run->folder) != 0)) {
        status = io_failed("sync", run->options->folder, plan->err);
    }
    return status;
}

static enum status end_session(struct plan *plan) {
    struct static_run *run = plan->run;
    if (!run->options->no_sync && syncfs(run->folder) != 0) {
        return io_failed("sync", run->options->folder, plan->err);
    }
    uint64_t failed = (uint64_t)run->counts.failed;
    for (size_t i = 0; i < run->n_workers; i++) {
        failed += (uint64_t)run->workers[i].counts.failed;
    }
    enum status status = put_record(
        run, &(struct static_record){ .kind = STATIC_END, .content = failed }, plan->err);
    return status == STATUS_OK && !run->options->no_sync && fsync(run->log) != 0
               ? io_failed("sync the log in", run->options->folder, plan->err)
               : status;
}

static void count_all(struct static_run *run) {
    for (size_t i = 0; i < run->table.cap; i++) {
        const struct static_entry *e = &run->table.slots[i];
        run->counts.files += e->key != 0 && static_has_file(run, (enum static_kind)e->kind);
        run->counts.redirects += e->key != 0 && e->kind == STATIC_REDIRECT;
        run->counts.gone += e->key != 0 && e->kind == STATIC_GONE;
    }
}

/* ---- a log with little in it that counts ---- */

struct compaction {
    FILE *file;
    struct buf bytes;
};

static enum status measure(struct plan *plan, const struct static_record *r, struct static_entry *e,
                           uint64_t offset) {
    (void)e, (void)offset;
    if (r->kind != STATIC_NONE || r->n_keys > 0) {
        plan->live += 64 + (r->n_keys + r->n_slots) * 4 + r->key.len + r->text.len;
    }
    return STATUS_OK;
}

/* Copy what counts into a new log with one session, which has ended. */
static enum status write_compact(struct plan *plan, const char *from, const char *to, int64_t seq) {
    struct static_run *run = plan->run;
    struct static_log_reader reader;
    enum status status = static_log_open(&reader, from, plan->err);
    FILE *file = status == STATUS_OK ? fopen(to, "wbe") : NULL;
    if (status == STATUS_OK && file == NULL) {
        status = io_failed("create", to, plan->err);
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
        status = io_failed("write", to, plan->err);
    }
    buf_done(&bytes);
    static_log_close(&reader);
    return status;
}

static enum status compact(struct plan *plan, int64_t seq) {
    if (plan->log_end < COMPACT_LEAST_BYTES) {
        return STATUS_OK;
    }
    plan->live = 0;
    enum status status = for_each(plan, measure);
    if (status != STATUS_OK || plan->log_end < 2 * plan->live) {
        return status;
    }
    char *from = log_path(plan->run), *to = NULL;
    check(asprintf(&to, "%s.new", from) > 0);
    status = write_compact(plan, from, to, seq);
    if (status == STATUS_OK && rename(to, from) != 0) {
        status = io_failed("rename", to, plan->err);
    }
    if (status == STATUS_OK) {
        status = io_sync_folder(from, plan->err);
    }
    free(from);
    free(to);
    return status;
}

/* ---- the run ---- */

static bool nothing_to_do(const struct plan *plan) {
    const struct session *base = &plan->sessions[0];
    return !plan->run->is_whole && plan->n_sessions == 1 && !base->has_failed &&
           plan->touched_keys.list.len == 0;
}

static enum status for_server(void *ctx, static_server_record *each, void *arg, struct err *err) {
    struct plan *plan = ctx;
    plan->each_server = each;
    plan->each_arg = arg;
    enum status status = for_each(plan, tell_server);
    return status == STATUS_OK ? status : err_set(err, status, "%s", plan->err->message);
}

static enum status work(struct plan *plan) {
    struct static_run *run = plan->run;
    bool is_clean = plan->has_log && plan->sessions[plan->n_sessions - 1].is_ended;
    enum status status = site_walk_size(run->thread, &run->total, plan->err);
    if (!run->is_whole) {
        run->total = 0;
    }
    if (status == STATUS_OK) {
        status = begin_session(plan);
    }
    if (status == STATUS_OK) {
        status = find_work(plan);
    }
    if (status == STATUS_OK && (run->is_whole || !is_clean)) {
        status = sweep_fragments(run, plan->err);
    }
    if (status == STATUS_OK) {
        status = read_log(plan, plan->log_end);
    }
    if (status == STATUS_OK) {
        status = static_server_files(run, for_server, plan, plan->err);
    }
    int64_t seq = plan->sessions[plan->n_sessions - 1].seq;
    if (status == STATUS_OK) {
        status = end_session(plan);
    }
    return status == STATUS_OK ? compact(plan, seq) : status;
}

static enum status export_all(struct static_run *run, struct err *err) {
    struct plan plan = { .run = run, .err = err };
    keys_init(&plan.touched_keys);
    read_boot(plan.boot);
    char *site = realpath(store_dir(run->store), NULL);
    plan.site = str_of(site != NULL ? site : store_dir(run->store));
    run->fingerprint = fingerprint(run);
    enum status status = read_log(&plan, 0);
    if (status == STATUS_OK) {
        status = static_work_start(run, err);
    }
    for (size_t i = 0; i < run->n_workers; i++) {
        run->workers[i].files.is_fresh = plan.log_end == 0;
    }
    if (status == STATUS_OK) {
        status = judge_sessions(&plan);
    }
    if (status == STATUS_OK && !nothing_to_do(&plan)) {
        status = work(&plan);
    }
    if (status == STATUS_OK) {
        count_all(run);
    }
    free(site);
    keys_done(&plan.touched_keys);
    u32_set_done(&plan.touched);
    u32_set_done(&plan.touched_fragments);
    u32_set_done(&plan.known_fragments);
    u32_set_done(&plan.used);
    arena_done(&plan.arena);
    return status;
}

static void free_fragments(struct static_run *run) {
    size_t at = 0;
    struct map_entry *entry;
    while ((entry = map_next(&run->fragments, &at)) != NULL) {
        struct static_fragment *f = entry->value;
        free((void *)(uintptr_t)f->vary.ptr);
        free((void *)(uintptr_t)f->bytes.ptr);
        free(f);
    }
    map_done(&run->fragments);
}

enum status static_export(struct store *store, const struct static_options *options,
                          struct static_report *ret, struct err *err) {
    struct static_run *run = calloc(1, sizeof *run);
    check(run != NULL && options->level >= 0 && options->level <= STATIC_LEVEL_MAX);
    run->options = options;
    run->store = store;
    run->folder = run->log = -1;
    run->began_us = clock_mono_us();
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->work, NULL);
    pthread_cond_init(&run->room, NULL);
    pthread_cond_init(&run->fragment_done, NULL);
    enum status status = site_open(store, NULL, &run->site, err);
    if (status == STATUS_OK) {
        run->source = site_source(run->site);
        status = open_folder(run, err);
    }
    if (status == STATUS_OK) {
        status = export_all(run, err);
    }
    static_work_stop(run);
    run->counts.whole = run->is_whole;
    run->counts.seconds = (double)(clock_mono_us() - run->began_us) / 1e6;
    *ret = run->counts;
    free_fragments(run);
    static_table_done(&run->table);
    if (run->log >= 0) {
        close(run->log);
    }
    if (run->folder >= 0) {
        close(run->folder);
    }
    site_close(run->site);
    pthread_mutex_destroy(&run->lock);
    pthread_cond_destroy(&run->work);
    pthread_cond_destroy(&run->room);
    pthread_cond_destroy(&run->fragment_done);
    free(run);
    return status;
}
