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
#include "transfer/static_plan.h"

#include "base/clock.h"
#include "base/embed.h"
#include "base/hash.h"
#include "base/io.h"
#include "site/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the folder ---- */

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
        return static_io_failed("open", path, err);
    }
    bool is_ours = faccessat(run->folder, STATIC_OWN_FOLDER, F_OK, 0) == 0;
    if (!is_ours && !is_empty(path)) {
        return err_set(err, STATUS_CONFLICT,
                       "%s is not empty and holds no export; name another folder", path);
    }
    if (mkdirat(run->folder, STATIC_OWN_FOLDER, 0755) != 0 && errno != EEXIST) {
        return static_io_failed("make a folder in", path, err);
    }
    run->log = openat(run->folder, STATIC_LOG_NAME, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (run->log < 0) {
        return static_io_failed("open the log in", path, err);
    }
    if (flock(run->log, LOCK_EX | LOCK_NB) != 0) {
        return err_set(err, STATUS_BUSY, "another export is at work in %s", path);
    }
    return STATUS_OK;
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

/* ---- sessions ---- */

static enum status put_record(struct static_run *run, const struct static_record *r,
                              struct err *err) {
    static_record_put(&run->workers[0].log, r);
    return static_flush(&run->workers[0], err);
}

static enum status begin_session(struct static_plan *plan) {
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
        status = static_io_failed("sync", run->options->folder, plan->err);
    }
    return status;
}

static enum status end_session(struct static_plan *plan) {
    struct static_run *run = plan->run;
    if (!run->options->no_sync && syncfs(run->folder) != 0) {
        return static_io_failed("sync", run->options->folder, plan->err);
    }
    uint64_t failed = (uint64_t)run->counts.failed;
    for (size_t i = 0; i < run->n_workers; i++) {
        failed += (uint64_t)run->workers[i].counts.failed;
    }
    enum status status = put_record(
        run, &(struct static_record){ .kind = STATIC_END, .content = failed }, plan->err);
    return status == STATUS_OK && !run->options->no_sync && fsync(run->log) != 0
               ? static_io_failed("sync the log in", run->options->folder, plan->err)
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

/* ---- the run ---- */

static bool nothing_to_do(const struct static_plan *plan) {
    const struct static_session *base = &plan->sessions[0];
    return !plan->run->is_whole && plan->n_sessions == 1 && !base->has_failed &&
           plan->touched_keys.list.len == 0;
}

struct server_walk {
    static_server_record *each;
    void *arg;
    struct err *err;
};

static enum status tell_server(void *ctx, const struct static_record *r, struct static_entry *e,
                               uint64_t offset) {
    struct server_walk *walk = ctx;
    (void)e, (void)offset;
    return walk->each(walk->arg, r, walk->err);
}

static enum status for_server(void *ctx, static_server_record *each, void *arg, struct err *err) {
    return static_past_for_each(ctx, tell_server, &(struct server_walk){ each, arg, err });
}

static enum status work(struct static_plan *plan) {
    struct static_run *run = plan->run;
    bool is_clean = static_past_is_clean(plan);
    enum status status = site_walk_size(run->thread, &run->total, plan->err);
    if (!run->is_whole) {
        run->total = 0;
    }
    if (status == STATUS_OK) {
        status = begin_session(plan);
    }
    if (status == STATUS_OK) {
        status = static_plan_work(plan);
    }
    if (status == STATUS_OK && (run->is_whole || !is_clean)) {
        status = static_sweep_strays(plan);
    }
    if (status == STATUS_OK) {
        status = static_past_read(plan, plan->log_end);
    }
    if (status == STATUS_OK) {
        status = static_server_files(run, for_server, plan, plan->err);
    }
    int64_t seq = plan->sessions[plan->n_sessions - 1].seq;
    if (status == STATUS_OK) {
        status = end_session(plan);
    }
    return status == STATUS_OK ? static_compact(plan, seq) : status;
}

static enum status export_all(struct static_run *run, struct err *err) {
    struct static_plan plan = { .run = run, .err = err };
    keys_init(&plan.touched_keys);
    read_boot(plan.boot);
    char *site = realpath(store_dir(run->store), NULL);
    plan.site = str_of(site != NULL ? site : store_dir(run->store));
    run->fingerprint = fingerprint(run);
    static_spares_clear(run->folder); /* of a run that was killed */
    enum status status = static_past_read(&plan, 0);
    if (status == STATUS_OK) {
        status = static_work_start(run, err);
    }
    for (size_t i = 0; i < run->n_workers; i++) {
        run->workers[i].files.is_fresh = plan.log_end == 0;
    }
    if (status == STATUS_OK) {
        status = static_past_judge(&plan);
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

/* Pictures in the sizes that pages name are made where they are missing. */
static void start_renditions(struct static_run *run) {
    struct arena a = { 0 };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = run->options->threads > 0 ? (unsigned)run->options->threads
                       : processors > 0          ? (unsigned)processors
                                                 : 1;
    run->decoder = decoder_new(
        &(struct decoder_options){ .workers = threads, .argument = run->options->picture_worker });
    run->renditions = renditions_new(&(struct renditions_options){
        .dir = arena_printf(&a, "%s/" RENDITIONS_DIR, store_dir(run->store)).ptr,
        .decoder = run->decoder,
        .threads = threads });
    arena_done(&a);
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
    start_renditions(run);
    enum status status = site_open(store, NULL, &run->site, err);
    if (status == STATUS_OK) {
        run->source = site_source(run->site);
        status = open_folder(run, err);
    }
    bool is_open = status == STATUS_OK;
    if (is_open) {
        status = export_all(run, err);
    }
    static_work_stop(run);
    renditions_stop(run->renditions);
    renditions_free(run->renditions);
    decoder_free(run->decoder);
    if (is_open) {
        static_spares_clear(run->folder);
    }
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
