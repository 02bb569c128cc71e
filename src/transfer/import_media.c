/* Attachments of an import: rows of the media library, their files and addresses. */
#include "transfer/import_files.h"

#include "base/clock.h"
#include "base/limits.h"
#include "http/mime.h"
#include "text/url.h"
#include "transfer/php_value.h"

struct attachment {
    const struct wxr_item *item;
    struct str source_id;
    struct php_value meta; /* _wp_attachment_metadata; PHP_NULL if there is none */
    struct str path;       /* canonical, of attachment_url; ptr NULL if it cannot be one */
    struct media media;
};

static uint64_t item_hash(const struct wxr_item *item) {
    uint64_t hash = hash_field(5, item->title);
    hash = hash_field(hash, item->excerpt);
    hash = hash_field(hash, item->content);
    hash = hash_field(hash, item->link);
    hash = hash_field(hash, item->slug);
    hash = hash_field(hash, item->attachment_url);
    hash = hash_field(hash, item->date_gmt);
    hash = hash_number(hash, item->parent);
    hash = hash_field(hash, item->guid);
    hash = hash_field(hash, item->modified_gmt);
    hash = hash_field(hash, item->creator);
    hash = hash_number(hash, item->menu_order);
    return metas_hash(hash, &item->metas);
}

static uint64_t media_hash(const struct media *m) {
    uint64_t hash = hash_field(4, m->title);
    hash = hash_field(hash, m->alt);
    hash = hash_field(hash, m->caption);
    hash = hash_field(hash, m->credit);
    return hash_field(hash, m->licence);
}

/* ---- what the row says ---- */

static struct str first_of(struct import_run *run, const struct wxr_item *item,
                           const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct str value = run_plain_text(run, wxr_meta_get(&item->metas, keys[i]));
        if (value.len > 0) {
            return value;
        }
    }
    return STR("");
}

/* What the export says wins; what it leaves out may have come from the file. */
static void put_text(struct str *text, struct str exported) {
    if (exported.len > 0) {
        *text = exported;
    }
}

static void read_facts(struct attachment *at) {
    struct media *m = &at->media;
    int64_t width = php_value_int(php_value_get(&at->meta, "width"));
    int64_t height = php_value_int(php_value_get(&at->meta, "height"));
    m->remote_url = str_trim(at->item->attachment_url);
    if (m->remote_url.len == 0) {
        m->remote_url = str_trim(at->item->guid);
    }
    if (m->file.len == 0) {
        m->mime = http_mime(m->remote_url);
        m->mime = str_slice(m->mime, 0, str_find_char(m->mime, ';', 0));
        if (width > 0 && height > 0 && width <= LIMIT_IMAGE_SIDE && height <= LIMIT_IMAGE_SIDE) {
            m->width = (int)width;
            m->height = (int)height;
        }
    }
    if (!clock_parse_datetime(str_trim(at->item->date_gmt), &m->created_us) &&
        !clock_parse_datetime(str_trim(at->item->date), &m->created_us)) {
        m->created_us = 0;
    }
}

static void read_texts(struct import_run *run, struct attachment *at) {
    static const char *const credits[] = { "_media_credit", "_navis_media_credit_org",
                                           "_credit",       "credit",
                                           "media_credit",  "photo_credit" };
    const struct wxr_item *item = at->item;
    struct media *m = &at->media;
    const struct php_value *image = php_value_get(&at->meta, "image_meta");
    put_text(&m->title, run_plain_text(run, item->title));
    put_text(&m->alt, run_plain_text(run, wxr_meta_get(&item->metas, "_wp_attachment_image_alt")));
    struct str caption = run_plain_text(run, item->excerpt);
    if (caption.len == 0) { /* where WordPress put a file's own caption for many years */
        caption = run_plain_text(run, item->content);
    }
    put_text(&m->caption, caption);
    struct str credit = first_of(run, item, credits, COUNT_OF(credits));
    if (credit.len == 0) {
        credit = run_plain_text(run, php_value_str(php_value_get(image, "credit")));
    }
    put_text(&m->credit, credit);
    put_text(&m->licence, run_plain_text(run, php_value_str(php_value_get(image, "copyright"))));
}

/* ---- the file ---- */

/* Where the file may be below the uploads folder, best guess first. */
static size_t candidates(struct import_run *run, const struct attachment *at,
                         struct str ret[IMPORT_FILE_NAMES_MAX]) {
    struct str url = at->media.remote_url;
    size_t n = 0;
    size_t uploads = str_find(url, STR("/uploads/"), 0);
    if (uploads != STR_NPOS) {
        ret[n++] = url_decode(&run->item, str_from(url, uploads + 9), false);
    }
    struct str attached = wxr_meta_get(&at->item->metas, "_wp_attached_file");
    if (attached.len > 0 && attached.ptr[0] != '/') {
        ret[n++] = attached;
    }
    struct url parsed;
    if (uploads == STR_NPOS && url_parse(url, &parsed) && parsed.path.len > 1) {
        ret[n++] = url_decode(&run->item, str_from(parsed.path, 1), false);
    }
    return n;
}

/* The attachment's page is settled when its story is known. */
static struct str task_text(struct import_run *run, struct arena *a, const struct attachment *at) {
    long long id = (long long)at->item->id;
    struct str page;
    bool has_page = run_own_path(run, at->item->link, false, &page) && page.len > 1;
    return arena_printf(a, "%lld\n/?attachment_id=%lld\n/?p=%lld%s%.*s",
                        (long long)at->item->parent, id, id, has_page ? "\n" : "",
                        has_page ? (int)page.len : 0, has_page ? page.ptr : "");
}

/* The row is there; the file comes into it when it is (import_file_taken). again: the row's task
 * was queued by an earlier run. */
static enum status want_file(struct import_run *run, const struct attachment *at, bool again,
                             struct err *err) {
    struct import_file *f;
    struct str names[IMPORT_FILE_NAMES_MAX] = { 0 };
    enum status status = import_files_next(run, &f, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct arena *a = &f->arena;
    f->media_id = at->media.id;
    f->source_id = arena_str(a, at->source_id);
    f->path = arena_str(a, at->path);
    f->remote_url = arena_str(a, at->media.remote_url);
    f->n_names = candidates(run, at, names);
    for (size_t i = 0; i < f->n_names; i++) {
        f->names[i] = arena_str(a, names[i]);
    }
    const struct php_value *sizes = php_value_get(&at->meta, "sizes");
    for (size_t i = 0; sizes != NULL && i < sizes->n_entries; i++) {
        struct str name = php_value_str(php_value_get(&sizes->entries[i].value, "file"));
        *vec_push(a, &f->variants) = arena_str(a, name);
    }
    struct str whole = php_value_str(php_value_get(&at->meta, "original_image"));
    if (whole.len > 0) {
        *vec_push(a, &f->variants) = arena_str(a, whole);
    }
    if (again) {
        f->task = task_text(run, a, at);
    }
    import_files_queue(run, f);
    return STATUS_OK;
}

/* ---- addresses ---- */

static struct str without_scheme(struct str url) {
    size_t at = str_find(url, STR("://"), 0);
    return at == STR_NPOS ? url : str_from(url, at + 3);
}

/* Another file name in the same folder: it answers with a redirect, and bodies that show it from
 * another host are found. */
static enum status put_variant(struct import_run *run, const struct import_file *f,
                               struct str media_path, struct str name, struct err *err) {
    struct str url = f->remote_url;
    size_t slash = str_rfind_char(url, '/');
    size_t path_slash = str_rfind_char(f->path, '/');
    if (name.len == 0 || slash == STR_NPOS || str_find_char(name, '/', 0) != STR_NPOS) {
        return STATUS_OK;
    }
    struct str path;
    struct str raw =
        arena_printf(&run->item, "%.*s%.*s", (int)path_slash + 1, f->path.ptr, STR_FMT(name));
    if (!url_path_canonical(&run->item, raw, &path) || str_eq(path, media_path)) {
        return STATUS_OK;
    }
    enum status status = run_redirect(run, path, ADDRESS_MEDIA, f->media_id, err);
    struct str other = arena_printf(&run->item, "%.*s%.*s", (int)slash + 1, url.ptr, STR_FMT(name));
    return status == STATUS_OK
               ? run_remember(run, "url", without_scheme(other), f->media_id, 0, err)
               : status;
}

static enum status put_addresses(struct import_run *run, const struct import_file *f,
                                 struct str media_path, struct err *err) {
    enum status status =
        run_remember(run, "url", without_scheme(f->remote_url), f->media_id, 0, err);
    for (size_t i = 0; status == STATUS_OK && i < f->variants.len; i++) {
        status = put_variant(run, f, media_path, f->variants.ptr[i], err);
    }
    return status;
}

static enum status put_task(struct import_run *run, int64_t media_id, struct str text,
                            struct err *err) {
    struct store_writer *writer;
    enum status status = run_writer(run, &writer, err);
    return status == STATUS_OK ? store_import_task_put(writer, run->site->source, STR("attachment"),
                                                       media_id, text, err)
                               : status;
}

static enum status put_metas(struct import_run *run, const struct attachment *at, struct err *err) {
    static const char *const understood[] = { "_wp_attachment_image_alt", NULL };
    const struct wxr_item *item = at->item;
    struct import_metas metas = { 0 };
    struct store_writer *writer;
    metas_add_item(run, &metas, item);
    metas_add(run, &metas, STR("_wp_slug"), item->slug);
    metas_add(run, &metas, STR("_wp_creator"), item->creator);
    metas_add(run, &metas, STR("_wp_modified_gmt"), str_trim(item->modified_gmt));
    metas_add(run, &metas, STR("_wp_description"), item->content);
    metas_add_id(run, &metas, STR("_wp_parent"), item->parent);
    metas_add_id(run, &metas, STR("_wp_menu_order"), item->menu_order);
    metas_add_all(run, &metas, &item->metas, understood);
    enum status status = run_writer(run, &writer, err);
    return status == STATUS_OK
               ? store_metas_put(writer, META_MEDIA, at->media.id, metas.ptr, metas.len, err)
               : status;
}

/* ---- all of it ---- */

/* The row as it is, when it may be replaced: false if it was edited here. */
static enum status load_known(struct import_run *run, struct attachment *at, int64_t id,
                              bool *ret_edited, struct err *err) {
    struct store_reader *reader;
    struct media now = { 0 };
    struct import_entry row;
    enum status status = run_known(run, "attachment-row", at->source_id, &row, err);
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_media(reader, &run->item, id, &now, err);
    }
    *ret_edited = media_hash(&now) != row.hash;
    at->media = now;
    return status;
}

static void remember_child(struct import_run *run, const struct wxr_item *item) {
    if (item->parent > 0) {
        struct import_child child = { item->parent, item->menu_order, item->id };
        *vec_push(&run->arena, &run->site->children) = child;
    }
}

static enum status save(struct import_run *run, struct attachment *at, uint64_t hash, bool edited,
                        struct err *err) {
    struct store_writer *writer;
    enum status status = run_writer(run, &writer, err);
    if (status == STATUS_OK) {
        status = store_media_put(writer, &at->media, &at->media.id, err);
    }
    if (status == STATUS_OK) {
        status = put_metas(run, at, err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, "attachment", at->source_id, at->media.id, hash, err);
    }
    if (status == STATUS_OK && !edited) {
        status = run_remember(run, "attachment-row", at->source_id, at->media.id,
                              media_hash(&at->media), err);
    }
    if (status == STATUS_OK) {
        status = run_remember_export(run, "attachment", at->source_id, err);
    }
    return status == STATUS_OK ? put_task(run, at->media.id, task_text(run, &run->item, at), err)
                               : status;
}

static void count(struct import_run *run, bool is_known, bool edited, bool same) {
    struct import_report *report = run->report;
    if (edited && !same) {
        report->items_kept++;
        run_warn(run,
                 "the file was changed here since it was imported: what was changed here stays");
    } else if (same) {
        report->items_unchanged++;
    } else if (is_known) {
        report->items_updated++;
    } else {
        report->items_new++;
    }
}

enum status import_attachment(struct import_run *run, const struct wxr_item *item,
                              struct err *err) {
    struct attachment at = { .item = item, .source_id = run_decimal(run, item->id) };
    struct import_entry known;
    uint64_t hash = item_hash(item);
    bool edited = false;
    bool newer = true;
    enum status status = run_known(run, "attachment", at.source_id, &known, err);
    if (status == STATUS_OK && known.id != 0) {
        status = load_known(run, &at, known.id, &edited, err);
        if (status == STATUS_OK) {
            status = run_is_newer(run, "attachment", at.source_id, &newer, err);
        }
    }
    remember_child(run, item);
    if (status != STATUS_OK) {
        return status;
    }
    bool same = known.id != 0 && (known.hash == hash || !newer);
    bool wants_file = run->files != NULL && (at.media.file.len == 0 || !same);
    count(run, known.id != 0, edited, same);
    if (same && !wants_file) {
        return STATUS_OK;
    }
    if (!php_value_parse(&run->item, wxr_meta_get(&item->metas, "_wp_attachment_metadata"),
                         &at.meta)) {
        at.meta = (struct php_value){ 0 };
    }
    if (!same && !edited) {
        read_facts(&at);
        read_texts(run, &at);
    }
    struct url url;
    if (!url_parse(at.media.remote_url, &url) ||
        !url_path_canonical(&run->item, url.path, &at.path) || at.path.len < 2) {
        at.path = (struct str){ 0 };
    }
    if (!same) {
        status = save(run, &at, hash, edited, err);
    }
    return status == STATUS_OK && wants_file && at.path.ptr != NULL ? want_file(run, &at, same, err)
                                                                    : status;
}

/* ---- when the file is there ---- */

static enum status tell_failure(struct import_run *run, const struct import_file *f,
                                struct err *err) {
    struct str name = f->n_names > 0 ? f->names[0] : f->remote_url;
    if (f->err.status == STATUS_NOT_FOUND) {
        run_warn(run, "the file %.*s is not in the uploads: its remote address stays",
                 STR_FMT(name));
        run->report->files_missing++;
        return STATUS_OK;
    }
    if (f->err.status == STATUS_INVALID || f->err.status == STATUS_TOO_LARGE) {
        run_warn(run, "the file %.*s was not taken in: %s: its remote address stays", STR_FMT(name),
                 f->err.message);
        run->report->files_refused++;
        return STATUS_OK;
    }
    return err_set(err, f->err.status, "%.*s: %s", STR_FMT(name), f->err.message);
}

static void tell_unprobed(struct import_run *run, const struct import_file *f) {
    if (f->found.unprobed.status != STATUS_OK &&
        report_first(run->report, STR("pictures that are not looked into"))) {
        report_warn(run->report, NULL, 0, 0,
                    "pictures are kept, but were not looked into: they have no smaller sizes until "
                    "'broadsheet media probe' has done so: %s",
                    f->found.unprobed.message);
    }
}

/* The file into the row as it is now; texts that were changed here stay. */
static enum status put_file(struct import_run *run, const struct import_file *f, struct media *ret,
                            struct err *err) {
    struct store_writer *writer;
    struct media found = f->found.media;
    struct import_entry row;
    enum status status = run_writer(run, &writer, err);
    if (status == STATUS_OK) {
        status = store_media(store_writer_reader(writer), &run->item, f->media_id, ret, err);
    }
    if (status == STATUS_OK) {
        status = run_known(run, "attachment-row", f->source_id, &row, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool edited = media_hash(ret) != row.hash;
    if (edited) {
        found.title = found.alt = found.caption = found.credit = found.licence = STR("");
    }
    ret->file = found.file;
    library_fill(ret, &found);
    if (ret->path.len == 0) {
        status = run_free_path(run, f->path, ADDRESS_MEDIA, ret->id, &ret->path, err);
    }
    if (status == STATUS_OK) {
        status = store_media_put(writer, ret, &ret->id, err);
    }
    return status == STATUS_OK && !edited
               ? run_remember(run, "attachment-row", f->source_id, ret->id, media_hash(ret), err)
               : status;
}

enum status import_file_taken(struct import_run *run, struct import_file *f, struct err *err) {
    struct media media;
    if (f->err.status != STATUS_OK) {
        return tell_failure(run, f, err);
    }
    tell_unprobed(run, f);
    run->report->files_copied++;
    enum status status = put_file(run, f, &media, err);
    if (status == STATUS_OK) {
        status = put_addresses(run, f, media.path, err);
    }
    return status == STATUS_OK && f->task.len > 0 ? put_task(run, f->media_id, f->task, err)
                                                  : status;
}

/* ---- for bodies ---- */

bool import_find_media(void *ctx, struct arena *a, int64_t id, struct wp_media *ret) {
    struct import_run *run = ctx;
    struct import_entry known;
    struct store_reader *reader;
    struct media media;
    struct err ignored = { 0 };
    if (run_known(run, "attachment", run_decimal(run, id), &known, &ignored) != STATUS_OK ||
        known.id == 0 || run_reader(run, &reader, &ignored) != STATUS_OK ||
        store_media(reader, a, known.id, &media, &ignored) != STATUS_OK) {
        return false;
    }
    *ret = (struct wp_media){
        .url = media.path.len > 0 ? media.path : media.remote_url,
        .mime = media.mime,
        .alt = media.alt,
        .caption = media.caption,
        .title = media.title,
        .width = media.width,
        .height = media.height,
    };
    return true;
}
