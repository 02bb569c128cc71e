/* Transactions of an import, and what it remembers in them.
 *
 * They are not durable one by one: whoever loses power in the middle runs the import again and goes
 * on from some transaction, as after any other end. What is acknowledged is the import as a whole
 * (import_wordpress ends with store_flush). */
#include "transfer/import_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "site/reserved.h"
#include "text/url.h"

#define BATCH_MAX_US US_PER_SECOND

enum status run_reader(struct import_run *run, struct store_reader **ret, struct err *err) {
    if (run->writer != NULL) {
        *ret = store_writer_reader(run->writer);
        return STATUS_OK;
    }
    if (!run->reading) {
        enum status status = store_read_begin(run->reader, NULL, err);
        if (status != STATUS_OK) {
            return status;
        }
        run->reading = true;
    }
    *ret = run->reader;
    return STATUS_OK;
}

static void end_reading(struct import_run *run) {
    if (run->reading) {
        store_read_end(run->reader);
        run->reading = false;
    }
}

enum status run_writer(struct import_run *run, struct store_writer **ret, struct err *err) {
    if (run->writer == NULL) {
        end_reading(run);
        enum status status = store_write_begin_many(run->store, &run->writer, err);
        if (status != STATUS_OK) {
            run->writer = NULL;
            return status;
        }
        run->batch_items = 0;
        run->batch_begin_us = clock_mono_us();
    }
    *ret = run->writer;
    if (!run->site->marked) {
        /* Links that lead nowhere yet are tried again at the end, also if this process dies. */
        run->site->marked = true;
        return store_import_put(run->writer, run->site->source, STR("state"), STR("links"),
                                (struct import_entry){ .id = 1, .hash = 1 }, err);
    }
    return STATUS_OK;
}

enum status run_commit(struct import_run *run, bool force, struct err *err) {
    if (run->writer == NULL) {
        end_reading(run);
        return STATUS_OK;
    }
    int64_t most = run->options->batch_items > 0 ? (int64_t)run->options->batch_items
                                                 : (int64_t)LIMIT_IMPORT_BATCH;
    run->batch_items++;
    if (!force && run->batch_items < most && clock_mono_us() - run->batch_begin_us < BATCH_MAX_US) {
        return STATUS_OK;
    }
    struct store_writer *writer = run->writer;
    run->writer = NULL;
    return store_write_commit(writer, err);
}

void run_rollback(struct import_run *run) {
    end_reading(run);
    if (run->writer != NULL) {
        store_write_rollback(run->writer);
        run->writer = NULL;
    }
}

/* ---- for other threads ---- */

enum status import_shadow(const struct import_run *run, struct import_site *site,
                          struct import_run *ret, struct err *err) {
    *ret = (struct import_run){
        .store = run->store,
        .options = run->options,
        .now_us = run->now_us,
        .locale = run->locale,
        .slugs = run->slugs,
        .pass = run->pass,
        .site = site,
    };
    return store_reader_open(run->store, &ret->reader, err);
}

void import_shadow_done(struct import_run *shadow) {
    run_rollback(shadow);
    store_reader_close(shadow->reader);
    arena_done(&shadow->item);
}

/* ---- memory ---- */

enum status run_known(struct import_run *run, const char *kind, struct str source_id,
                      struct import_entry *ret, struct err *err) {
    struct store_reader *reader;
    *ret = (struct import_entry){ 0 };
    if (source_id.len == 0) {
        return STATUS_OK;
    }
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        struct err ignored = { 0 };
        status =
            store_import_get(reader, run->site->source, str_of(kind), source_id, ret, &ignored);
        if (status == STATUS_NOT_FOUND) {
            *ret = (struct import_entry){ 0 };
            return STATUS_OK;
        }
        if (status != STATUS_OK) {
            return err_set(err, status, "%s", ignored.message);
        }
    }
    return status;
}

enum status run_known_id(struct import_run *run, const char *kind, struct str source_id,
                         int64_t *ret, struct err *err) {
    struct map *ids = &run->site->known_ids;
    struct str key = arena_printf(&run->item, "%s %.*s", kind, STR_FMT(source_id));
    struct import_entry known;
    *ret = (int64_t)(intptr_t)map_get(ids, key);
    enum status status = *ret == 0 ? run_known(run, kind, source_id, &known, err) : STATUS_OK;
    if (status == STATUS_OK && *ret == 0 && known.id != 0) {
        if (ids->len == LIMIT_IMPORT_KNOWN) {
            map_done(ids);
            map_init(ids);
        }
        map_put(ids, key, (void *)(intptr_t)known.id);
        *ret = known.id;
    }
    return status;
}

enum status run_remember(struct import_run *run, const char *kind, struct str source_id, int64_t id,
                         uint64_t hash, struct err *err) {
    struct store_writer *writer;
    enum status status = run_writer(run, &writer, err);
    return status == STATUS_OK
               ? store_import_put(writer, run->site->source, str_of(kind), source_id,
                                  (struct import_entry){ .id = id, .hash = hash }, err)
               : status;
}

static struct str export_kind(struct import_run *run, const char *kind) {
    return arena_printf(&run->item, "%s-export", kind);
}

enum status run_is_newer(struct import_run *run, const char *kind, struct str source_id, bool *ret,
                         struct err *err) {
    struct import_entry from;
    enum status status = run_known(run, export_kind(run, kind).ptr, source_id, &from, err);
    *ret = run->site->exported_us >= (int64_t)from.hash;
    return status;
}

enum status run_remember_export(struct import_run *run, const char *kind, struct str source_id,
                                struct err *err) {
    return run_remember(run, export_kind(run, kind).ptr, source_id, 1,
                        (uint64_t)run->site->exported_us, err);
}

struct str run_decimal(struct import_run *run, int64_t n) {
    return arena_printf(&run->item, "%lld", (long long)n);
}

/* ---- addresses ---- */

struct str run_source_of(struct arena *a, struct str base_url) {
    struct url url;
    if (!url_parse(base_url, &url) || url.host.len == 0) {
        return arena_printf(a, "wordpress:%.*s", STR_FMT(base_url));
    }
    struct str host = url.host;
    if (str_starts_nocase(host, STR("www."))) {
        host = str_from(host, 4);
    }
    struct buf out;
    buf_init(&out, LIMIT_PATH_BYTES * 2);
    buf_put(&out, STR("wordpress:"));
    for (size_t i = 0; i < host.len; i++) {
        buf_put_char(&out, char_lower(host.ptr[i]));
    }
    if (url.port.len > 0) {
        buf_put_char(&out, ':');
        buf_put(&out, url.port);
    }
    struct str path = url.path;
    while (str_ends(path, STR("/"))) {
        path.len--;
    }
    buf_put(&out, path);
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

bool run_own_path(struct import_run *run, struct str url, bool keep_query, struct str *ret) {
    struct str path;
    if (!url_same_site(run->site->base_url, str_trim(url), &path)) {
        return false;
    }
    path = str_slice(path, 0, str_find_char(path, '#', 0));
    size_t question = str_find_char(path, '?', 0);
    struct str query = question == STR_NPOS ? STR("") : str_from(path, question);
    path = str_slice(path, 0, question);
    struct str canonical;
    if (!url_path_canonical(&run->item, path.len > 0 ? path : STR("/"), &canonical)) {
        return false;
    }
    *ret = keep_query && query.len > 1
               ? arena_printf(&run->item, "%.*s%.*s", STR_FMT(canonical), STR_FMT(query))
               : canonical;
    return ret->len <= LIMIT_PATH_BYTES;
}

enum status run_free_path(struct import_run *run, struct str path, enum address_kind kind,
                          int64_t id, struct str *ret, struct err *err) {
    struct store_reader *reader = NULL;
    enum status status = run_reader(run, &reader, err);
    bool slash = path.len > 1 && str_ends(path, STR("/"));
    struct str stem = slash ? str_slice(path, 0, path.len - 1) : path;
    *ret = path;
    for (int n = 2; status == STATUS_OK; n++) {
        struct address at;
        struct err ignored = { 0 };
        status = store_address(reader, &run->item, *ret, &at, &ignored);
        bool is_free = status == STATUS_NOT_FOUND ||
                       (status == STATUS_OK && (at.redirect || (at.kind == kind && at.id == id)));
        if (is_free && !reserved_address(*ret)) {
            return STATUS_OK;
        }
        status = is_free ? STATUS_OK : status;
        if (status == STATUS_OK) {
            *ret = arena_printf(&run->item, "%.*s-%d%s", STR_FMT(stem), n, slash ? "/" : "");
        } else {
            err_set(err, status, "%s", ignored.message);
        }
    }
    return status;
}

enum status run_redirect(struct import_run *run, struct str path, enum address_kind kind,
                         int64_t id, struct err *err) {
    struct store_reader *reader;
    struct address at;
    struct err ignored = { 0 };
    enum status status = run_reader(run, &reader, err);
    if (status != STATUS_OK || reserved_address(path)) {
        return status;
    }
    status = store_address(reader, &run->item, path, &at, &ignored);
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    if (status != STATUS_NOT_FOUND) {
        return err_set(err, status, "%s", ignored.message);
    }
    struct store_writer *writer;
    status = run_writer(run, &writer, err);
    if (status == STATUS_OK) {
        struct address address = { .kind = kind, .id = id, .redirect = true };
        status = store_address_put(writer, path, &address, err);
        run->report->redirects += status == STATUS_OK;
    }
    return status;
}

struct str run_plain_text(struct import_run *run, struct str text) {
    return str_trim(html_text(&run->item, (struct html){ text }));
}
