/* The course of an import: the files are read several times, each time for another purpose (enum
 * import_pass), because an export has things in any order: a story may name a picture, a parent or
 * a reusable block that comes a gigabyte later. Reading is cheap against writing; keeping it all in
 * memory is not possible.
 *
 * Nothing is remembered outside the database: what an interrupted import had committed is found
 * there by its identity and hash, and stepped over. So "resume" and "run again" are one thing, and
 * the end is the same wherever a process died. */
#include "transfer/import_ready.h"

#include "base/clock.h"
#include "base/cpus.h"
#include "base/limits.h"
#include "transfer/import_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#define PROGRESS_EVERY_US (US_PER_SECOND / 5)

/* ---- progress ---- */

void run_tell_progress(struct import_run *run, bool force) {
    int64_t now = clock_mono_us();
    if (run->options->progress == NULL || (!force && now - run->told_us < PROGRESS_EVERY_US)) {
        return;
    }
    struct import_progress *p = &run->progress;
    double seconds = (double)(now - run->begin_us) / (double)US_PER_SECOND;
    run->told_us = now;
    p->items_per_second = seconds > 0 ? (double)p->items / seconds : 0;
    p->seconds_left = p->bytes > 0 && p->bytes_total > p->bytes
                          ? seconds * (double)(p->bytes_total - p->bytes) / (double)p->bytes
                          : 0;
    run->options->progress(run->options->progress_ctx, p);
}

/* ---- one file ---- */

static enum status read_stream(struct import_run *run, gzFile file, wxr_handler *handler,
                               struct err *err) {
    char *bytes = malloc(LIMIT_WXR_CHUNK_BYTES);
    struct wxr *wxr = wxr_new(handler, run);
    check(bytes != NULL);
    int64_t before = run->progress.bytes;
    enum status status = STATUS_OK;
    bool last = false;
    while (status == STATUS_OK && !last) {
        int n = gzread(file, bytes, LIMIT_WXR_CHUNK_BYTES);
        int code = Z_OK;
        const char *why = n < (int)LIMIT_WXR_CHUNK_BYTES ? gzerror(file, &code) : "";
        last = n < (int)LIMIT_WXR_CHUNK_BYTES;
        status = wxr_feed(wxr, str_make(bytes, n > 0 ? (size_t)n : 0), last && code == Z_OK, err);
        if (status == STATUS_OK && code != Z_OK) {
            status = err_set(err, code == Z_ERRNO ? STATUS_IO : STATUS_INVALID,
                             "it cannot be read further: %s",
                             code == Z_ERRNO ? strerror(errno) : why);
        }
        run->progress.bytes = before + (int64_t)gzoffset(file);
        run_tell_progress(run, false);
    }
    run->line = wxr_line(wxr);
    wxr_free(wxr);
    free(bytes);
    return status;
}

static enum status ignore(UNUSED void *ctx, UNUSED const struct wxr_event *event,
                          UNUSED struct err *err) {
    return STATUS_OK;
}

/* On several threads; of a fault, the scan tells as one parser sees it. */
static enum status read_parts(struct import_run *run, gzFile file, size_t threads,
                              wxr_handler *handler, struct err *err) {
    struct err why = { 0 };
    enum status status = import_pipe_read(run, file, threads, handler, &why);
    if (status == STATUS_INVALID && run->pass == PASS_SCAN && gzrewind(file) == 0) {
        struct err exact = { 0 };
        int64_t bytes = run->progress.bytes;
        if (read_stream(run, file, ignore, &exact) != STATUS_OK) {
            why = exact;
        }
        run->progress.bytes = bytes;
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", why.message);
}

/* The message of an error does not name the file. */
static enum status read_file(struct import_run *run, const char *path, wxr_handler *handler,
                             struct err *err) {
    gzFile file = gzopen(path, "re");
    if (file == NULL) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot be opened: %s",
                       strerror(errno));
    }
    gzbuffer(file, 256 * KIB);
    run->file = path;
    run->site = NULL;
    run->channel = (struct import_channel){ 0 };
    map_done(&run->terms_seen);
    map_init(&run->terms_seen);
    size_t threads = run->options->threads ? run->options->threads : cpus_usable();
    enum status status = threads > 1 ? read_parts(run, file, threads, handler, err)
                                     : read_stream(run, file, handler, err);
    gzclose_r(file);
    return status;
}

/* ---- what the filter repaired ---- */

/* Told once a line: a file that is no text at all has thousands of faults and few lines. */
static void take_notice(struct import_run *run, const struct wxr_event *event) {
    for (size_t i = run->notices.len; i > 0; i--) {
        const struct import_notice *told = &run->notices.ptr[i - 1];
        if (told->line != event->line) {
            break;
        }
        if (strcmp(told->what, event->warning) == 0) {
            return;
        }
    }
    if (run->notices.len < LIMIT_IMPORT_WARNINGS) {
        *vec_push(&run->arena, &run->notices) =
            (struct import_notice){ event->line, event->warning };
    } else {
        run->report->n_warnings++;
    }
}

/* Tell of those in these lines, as the item's. The filter runs ahead of the parser: notices of
 * later items stay. */
static void tell_notices(struct import_run *run, long line, long end_line, int64_t post_id) {
    size_t kept = 0;
    for (size_t i = 0; i < run->notices.len; i++) {
        struct import_notice *notice = &run->notices.ptr[i];
        if (notice->line > end_line) {
            run->notices.ptr[kept++] = *notice;
        } else {
            report_warn(run->report, run->file, notice->line, notice->line >= line ? post_id : 0,
                        "%s", notice->what);
        }
    }
    run->notices.len = kept;
}

/* ---- events ---- */

static void take_channel(struct import_run *run, const struct wxr_channel_field *field) {
    const struct {
        const char *name;
        struct str *value;
    } known[] = {
        { "title", &run->channel.title },
        { "link", &run->channel.link },
        { "description", &run->channel.description },
        { "language", &run->channel.language },
        { "base_site_url", &run->channel.base_site_url },
        { "base_blog_url", &run->channel.base_blog_url },
        { "pubDate", &run->channel.pub_date },
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (str_eq(field->name, str_of(known[i].name)) && known[i].value->len == 0) {
            *known[i].value = arena_str(&run->arena, field->value);
        }
    }
    if (run->pass == PASS_SCAN && str_eq(field->name, STR("wxr_version"))) {
        bool usual = str_eq(field->value, STR("1.0")) || str_eq(field->value, STR("1.1")) ||
                     str_eq(field->value, STR("1.2"));
        if (!usual) {
            run_warn(run, "the export's version '%.*s' is not known: it is read as 1.2",
                     field->value.len < 40 ? (int)field->value.len : 40, field->value.ptr);
        }
    }
}

/* ---- the scan ---- */

/* Post ids of one file: a second item with the same id is broken. */
struct id_set {
    int64_t *ids; /* 0: free */
    size_t cap, len;
};

static bool id_set_add(struct id_set *set, int64_t id) {
    if (set->len * 2 >= set->cap) {
        struct id_set grown = { .cap = set->cap ? set->cap * 2 : 1024 };
        grown.ids = calloc(grown.cap, sizeof *grown.ids);
        check(grown.ids != NULL);
        for (size_t i = 0; i < set->cap; i++) {
            if (set->ids[i] != 0) {
                (void)id_set_add(&grown, set->ids[i]);
            }
        }
        free(set->ids);
        *set = grown;
    }
    size_t at = (size_t)hash_mix(11, (uint64_t)id) & (set->cap - 1);
    while (set->ids[at] != 0 && set->ids[at] != id) {
        at = (at + 1) & (set->cap - 1);
    }
    bool is_new = set->ids[at] == 0;
    set->ids[at] = id;
    set->len += is_new;
    return is_new;
}

static const char *fault_of(struct import_run *run, const struct wxr_item *item) {
    return item->fault != NULL                        ? item->fault
           : item->id <= 0                            ? "it has no wp:post_id"
           : item->type.len == 0                      ? "it has no wp:post_type"
           : item->status.len == 0                    ? "it has no wp:status"
           : str_eq(item->type, STR("nav_menu_item")) ? NULL /* known by their menu */
           : !id_set_add(run->ids, item->id) ? "the export has another item with its post id"
                                             : NULL;
}

static void scan_item(struct import_run *run, const struct wxr_item *item) {
    const char *fault = fault_of(run, item);
    if (fault != NULL) {
        run->report->items_failed++;
        run_warn(run, "the item is left out: %s", fault);
        *vec_push(&run->arena, &run->skips) = (struct import_skip){ run->file, run->line };
        return;
    }
    run->progress.items_total++;
    import_scan_item(run, item);
}

static enum status on_scan(void *ctx, const struct wxr_event *event, struct err *err) {
    struct import_run *run = ctx;
    arena_reset(&run->item);
    run->line = event->line;
    run->post_id = event->kind == WXR_ITEM ? event->item->id : 0;
    if (event->kind == WXR_WARNING) {
        take_notice(run, event);
        return STATUS_OK;
    }
    if (event->kind == WXR_CHANNEL) {
        take_channel(run, event->channel);
        return STATUS_OK;
    }
    enum status status = import_begin_site(run, err);
    if (status == STATUS_OK && event->kind == WXR_TERM) {
        import_scan_term(run, event->term);
    } else if (status == STATUS_OK && event->kind == WXR_ITEM) {
        tell_notices(run, event->line, event->end_line, event->item->id);
        scan_item(run, event->item);
    }
    return status;
}

/* ---- the passes that write ---- */

/* The readings meet the items in the same order, so a cursor is enough. */
static bool is_skipped(struct import_run *run) {
    const struct import_skip *next =
        run->next_skip < run->skips.len ? &run->skips.ptr[run->next_skip] : NULL;
    bool skipped = next != NULL && next->line == run->line && next->file == run->file;
    run->next_skip += skipped;
    return skipped;
}

bool import_is_due(const struct import_run *run, const struct wxr_item *item,
                   enum import_role role) {
    switch (role) {
    case ROLE_ATTACHMENT:
    case ROLE_GUEST: return run->pass == PASS_BASE;
    case ROLE_MENU_ITEM:
    case ROLE_NONE: return run->pass == PASS_PUBLIC;
    default:
        return import_story_is_public(run, item) ? run->pass == PASS_PUBLIC
                                                 : run->pass == PASS_HIDDEN;
    }
}

static enum status take_item(struct import_run *run, const struct wxr_item *item, struct err *err) {
    enum import_role role = import_role_of(run, item);
    if (is_skipped(run) || !import_is_due(run, item, role)) {
        return STATUS_OK;
    }
    int64_t failed = run->report->items_failed;
    enum status status = STATUS_OK;
    switch (role) {
    case ROLE_ATTACHMENT:
        run->attachments++;
        status = import_attachment(run, item, err);
        break;
    case ROLE_GUEST: status = import_guest_author(run, item, err); break;
    case ROLE_MENU_ITEM: import_menu_item(run, item); break;
    case ROLE_NONE:
        if (report_first(run->report, item->type)) {
            run_warn(run,
                     "items of the type '%.*s' are earlier states: they are not imported "
                     "(told once)",
                     STR_FMT(item->type));
        }
        break;
    default: status = import_story(run, item, err); break;
    }
    if (status == STATUS_OK && failed == run->report->items_failed) {
        report_count(run->report, item->type, item->status);
    }
    run->progress.items++;
    return status;
}

static enum status on_write(void *ctx, const struct wxr_event *event, struct err *err) {
    struct import_run *run = ctx;
    arena_reset(&run->item);
    run->line = event->line;
    run->post_id = event->kind == WXR_ITEM ? event->item->id : 0;
    if (event->kind == WXR_WARNING) {
        return STATUS_OK;
    }
    if (event->kind == WXR_CHANNEL) {
        take_channel(run, event->channel);
        return STATUS_OK;
    }
    enum status status = import_begin_site(run, err);
    if (status == STATUS_OK && event->kind == WXR_AUTHOR && run->pass == PASS_BASE) {
        status = import_author(run, event->author, err);
    } else if (status == STATUS_OK && event->kind == WXR_TERM && run->pass == PASS_BASE) {
        status = import_term(run, event->term, err);
    } else if (status == STATUS_OK && event->kind == WXR_ITEM) {
        status = take_item(run, event->item, err);
    }
    return status == STATUS_OK ? run_commit(run, false, err) : status;
}

/* ---- all of it ---- */

static int by_parent(const void *x, const void *y) {
    const struct import_child *a = x;
    const struct import_child *b = y;
    int order = (a->parent > b->parent) - (a->parent < b->parent);
    order = order ? order : (a->order > b->order) - (a->order < b->order);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

/* A file's own fault: the others, and what stands before the break, are imported all the same. */
static bool is_file_fault(enum status status) {
    return status == STATUS_INVALID;
}

static enum status scan(struct import_run *run, struct err *ret_break, struct err *err) {
    for (size_t i = 0; i < run->options->n_files; i++) {
        struct id_set ids = { 0 };
        struct err why = { 0 };
        run->ids = &ids;
        const char *file = run->options->files[i];
        enum status status = read_file(run, file, on_scan, &why);
        tell_notices(run, 0, LONG_MAX, 0);
        *vec_push(&run->arena, &run->file_sites) = run->site;
        free(ids.ids);
        run->ids = NULL;
        if (is_file_fault(status)) {
            report_warn(run->report, file, run->line, 0, "%s", why.message);
            err_set(ret_break, status, "%s: %s", file, why.message);
        } else if (status != STATUS_OK) {
            return err_set(err, status, "%s: %s", file, why.message);
        }
    }
    for (size_t i = 0; i < run->site_list.len; i++) {
        import_decide(run, run->site_list.ptr[i]);
    }
    return STATUS_OK;
}

static enum status write_pass(struct import_run *run, enum import_pass pass, struct err *err) {
    run->pass = pass;
    run->next_skip = 0;
    for (size_t i = 0; i < run->options->n_files; i++) {
        struct err why = { 0 };
        run->file_site = run->file_sites.ptr[i];
        enum status status = read_file(run, run->options->files[i], on_write, &why);
        if (status != STATUS_OK && !is_file_fault(status)) {
            return err_set(err, status, "%s: %s", run->options->files[i], why.message);
        }
    }
    for (size_t i = 0; pass == PASS_BASE && i < run->site_list.len; i++) {
        struct import_site *site = run->site_list.ptr[i];
        if (site->children.len > 0) {
            qsort(site->children.ptr, site->children.len, sizeof *site->children.ptr, by_parent);
        }
    }
    return run_commit(run, true, err);
}

static enum status measure(struct import_run *run, struct err *err) {
    int64_t bytes = 0;
    for (size_t i = 0; i < run->options->n_files; i++) {
        struct stat st;
        const char *path = run->options->files[i];
        if (stat(path, &st) != 0) {
            return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                           "cannot open %s: %s", path, strerror(errno));
        }
        if (!S_ISREG(st.st_mode)) {
            return err_set(err, STATUS_INVALID, "%s is not a file: it is read several times", path);
        }
        bytes += (int64_t)st.st_size;
    }
    const char *uploads = run->options->uploads;
    struct stat st;
    if (uploads != NULL && (stat(uploads, &st) != 0 || !S_ISDIR(st.st_mode))) {
        return err_set(err, STATUS_NOT_FOUND, "the uploads: there is no folder %s", uploads);
    }
    run->file_bytes = bytes;
    run->progress.bytes_total = bytes * 4; /* three readings, and the settling */
    return STATUS_OK;
}

static enum status prepare(struct import_run *run, struct err *err) {
    struct str zone = { 0 };
    struct store_reader *reader;
    enum status status = store_reader_open(run->store, &run->reader, err);
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_setting(reader, &run->arena, STR("timezone"), &zone, err);
    }
    if (status == STATUS_OK) {
        status = import_language(run, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const char *timezone = zone.len > 0 && timezone_valid(zone.ptr) ? zone.ptr : "UTC";
    return dates_new(run->locale.ptr, timezone, &run->dates, err);
}

/* With the files: what stories show must be there. */
static enum status base_pass(struct import_run *run, struct err *err) {
    enum status status = run->options->uploads != NULL ? import_files_begin(run, err) : STATUS_OK;
    if (status == STATUS_OK) {
        status = write_pass(run, PASS_BASE, err);
    }
    if (status == STATUS_OK) {
        status = import_files_finish(run, err);
    }
    if (status == STATUS_OK) {
        status = run_commit(run, true, err);
    }
    import_files_end(run);
    return status;
}

static enum status run_passes(struct import_run *run, struct err *ret_break, struct err *err) {
    enum status status = scan(run, ret_break, err);
    if (status == STATUS_OK) {
        status = base_pass(run, err);
    }
    if (status == STATUS_OK) {
        status = write_pass(run, PASS_PUBLIC, err);
    }
    bool has_hidden = false;
    for (size_t i = 0; i < run->site_list.len; i++) {
        has_hidden |= run->site_list.ptr[i]->has_hidden;
    }
    if (status == STATUS_OK && has_hidden) {
        run->progress.bytes_total += run->file_bytes;
        status = write_pass(run, PASS_HIDDEN, err);
    }
    if (status == STATUS_OK) {
        status = import_menus(run, err);
    }
    if (status == STATUS_OK) {
        status = import_settle(run, err);
    }
    if (status == STATUS_OK) {
        status = store_search_fill(run->store, NULL, NULL, err);
    }
    return status == STATUS_OK ? store_flush(run->store, err) : status;
}

static void finish(struct import_run *run) {
    run_rollback(run);
    store_reader_close(run->reader);
    dates_free(run->dates);
    for (size_t i = 0; i < run->site_list.len; i++) {
        struct import_site *site = run->site_list.ptr[i];
        map_done(&site->categories);
        map_done(&site->tags);
        map_done(&site->blocks);
        map_done(&site->known_ids);
    }
    map_done(&run->sites);
    map_done(&run->terms_seen);
    arena_done(&run->item);
    arena_done(&run->arena);
}

enum status import_wordpress(struct store *store, const struct import_options *options,
                             struct import_report *report, struct err *err) {
    struct import_run run = {
        .store = store,
        .options = options,
        .report = report,
        .now_us = options->now_us ? options->now_us : clock_now_us(),
        .begin_us = clock_mono_us(),
    };
    struct err broken = { 0 };
    enum status status = measure(&run, err);
    if (status == STATUS_OK) {
        status = prepare(&run, err);
    }
    if (status == STATUS_OK) {
        status = run_passes(&run, &broken, err);
    }
    if (status == STATUS_OK && options->uploads == NULL && run.attachments > 0) {
        report_warn(report, NULL, 0, 0,
                    "%lld files stay at their remote addresses: there was no --uploads",
                    (long long)run.attachments);
    }
    if (status == STATUS_OK) {
        run.progress.bytes = run.progress.bytes_total;
        run_tell_progress(&run, true);
    }
    finish(&run);
    return status == STATUS_OK && broken.status != STATUS_OK
               ? err_set(err, broken.status, "%s", broken.message)
               : status;
}
