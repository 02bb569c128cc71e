/* Attachments of an import: rows of the media library, their files and addresses. */
#include "transfer/import_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "http/mime.h"
#include "text/url.h"
#include "transfer/php_value.h"
#include "transfer/uploads.h"

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

static void read_texts(struct import_run *run, struct attachment *at) {
    static const char *const credits[] = { "_media_credit", "_navis_media_credit_org",
                                           "_credit",       "credit",
                                           "media_credit",  "photo_credit" };
    const struct wxr_item *item = at->item;
    struct media *m = &at->media;
    const struct php_value *image = php_value_get(&at->meta, "image_meta");
    m->title = run_plain_text(run, item->title);
    m->alt = run_plain_text(run, wxr_meta_get(&item->metas, "_wp_attachment_image_alt"));
    m->caption = run_plain_text(run, item->excerpt);
    m->credit = first_of(run, item, credits, COUNT_OF(credits));
    if (m->credit.len == 0) {
        m->credit = run_plain_text(run, php_value_str(php_value_get(image, "credit")));
    }
    m->licence = run_plain_text(run, php_value_str(php_value_get(image, "copyright")));
    m->remote_url = str_trim(item->attachment_url);
    if (m->remote_url.len == 0) {
        m->remote_url = str_trim(item->guid);
    }
    m->mime = http_mime(m->remote_url);
    m->mime = str_slice(m->mime, 0, str_find_char(m->mime, ';', 0));
    int64_t width = php_value_int(php_value_get(&at->meta, "width"));
    int64_t height = php_value_int(php_value_get(&at->meta, "height"));
    if (width > 0 && height > 0 && width <= LIMIT_IMAGE_SIDE && height <= LIMIT_IMAGE_SIDE) {
        m->width = (int)width;
        m->height = (int)height;
    }
    if (!clock_parse_datetime(str_trim(item->date_gmt), &m->created_us) &&
        !clock_parse_datetime(str_trim(item->date), &m->created_us)) {
        m->created_us = 0;
    }
}

/* ---- the file ---- */

/* Where the file may be below the uploads folder, best guess first. */
static size_t candidates(struct import_run *run, const struct attachment *at, struct str ret[3]) {
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

/* Files that a browser would run as part of our pages. */
static bool is_active(struct str mime) {
    static const char *const types[] = { "text/html", "text/javascript", "application/xhtml+xml" };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_eq(mime, str_of(types[i]))) {
            return true;
        }
    }
    return false;
}

static enum status copy_file(struct import_run *run, struct attachment *at, struct err *err) {
    struct str names[3];
    size_t n = candidates(run, at, names);
    if (is_active(at->media.mime)) {
        run_warn(run, "%.*s was not copied: pages and scripts are not taken over",
                 STR_FMT(at->media.remote_url));
        run->report->files_missing++;
        return STATUS_OK;
    }
    for (size_t i = 0; i < n; i++) {
        struct err why = { 0 };
        struct upload upload;
        enum status status =
            upload_copy(&run->item, run->options->uploads, names[i], run->media_dir, &upload, &why);
        if (status == STATUS_OK) {
            at->media.file = upload.file;
            at->media.size_bytes = upload.size_bytes;
            if (at->media.width == 0) {
                at->media.width = upload.width;
                at->media.height = upload.height;
            }
            run->report->files_copied++;
            return run_free_path(run, at->path, ADDRESS_MEDIA, at->media.id, &at->media.path, err);
        }
        if (status == STATUS_IO) {
            return err_set(err, status, "%s", why.message);
        }
        if (status != STATUS_NOT_FOUND) {
            run_warn(run, "%s", why.message);
        }
    }
    struct str name = n > 0 ? names[0] : at->media.remote_url;
    run_warn(run, "the file %.*s is not in the uploads: its remote address stays", STR_FMT(name));
    run->report->files_missing++;
    return STATUS_OK;
}

/* ---- addresses ---- */

static struct str without_scheme(struct str url) {
    size_t at = str_find(url, STR("://"), 0);
    return at == STR_NPOS ? url : str_from(url, at + 3);
}

/* Another file name in the same folder: it answers with a redirect, and bodies that show it from
 * another host are found. */
static enum status put_variant(struct import_run *run, const struct attachment *at, struct str name,
                               struct err *err) {
    struct str url = at->media.remote_url;
    size_t slash = str_rfind_char(url, '/');
    size_t path_slash = str_rfind_char(at->path, '/');
    if (name.len == 0 || slash == STR_NPOS || str_find_char(name, '/', 0) != STR_NPOS) {
        return STATUS_OK;
    }
    struct str path;
    struct str raw =
        arena_printf(&run->item, "%.*s%.*s", (int)path_slash + 1, at->path.ptr, STR_FMT(name));
    if (!url_path_canonical(&run->item, raw, &path) || str_eq(path, at->media.path)) {
        return STATUS_OK;
    }
    enum status status = run_redirect(run, path, ADDRESS_MEDIA, at->media.id, err);
    struct str other = arena_printf(&run->item, "%.*s%.*s", (int)slash + 1, url.ptr, STR_FMT(name));
    return status == STATUS_OK
               ? run_remember(run, "url", without_scheme(other), at->media.id, 0, err)
               : status;
}

static enum status put_addresses(struct import_run *run, const struct attachment *at,
                                 struct err *err) {
    if (at->media.path.len == 0) {
        return STATUS_OK;
    }
    enum status status =
        run_remember(run, "url", without_scheme(at->media.remote_url), at->media.id, 0, err);
    const struct php_value *sizes = php_value_get(&at->meta, "sizes");
    for (size_t i = 0; status == STATUS_OK && sizes != NULL && i < sizes->n_entries; i++) {
        struct str name = php_value_str(php_value_get(&sizes->entries[i].value, "file"));
        status = put_variant(run, at, name, err);
    }
    if (status == STATUS_OK) {
        struct str name = php_value_str(php_value_get(&at->meta, "original_image"));
        status = put_variant(run, at, name, err);
    }
    return status;
}

/* The attachment's page is settled when its story is known. */
static enum status queue(struct import_run *run, const struct attachment *at, struct err *err) {
    struct buf text;
    buf_init(&text, 64 * KIB);
    long long id = (long long)at->item->id;
    buf_printf(&text, "%lld\n/?attachment_id=%lld\n/?p=%lld", (long long)at->item->parent, id, id);
    struct str page;
    if (run_own_path(run, at->item->link, false, &page) && page.len > 1) {
        buf_put_char(&text, '\n');
        buf_put(&text, page);
    }
    struct store_writer *writer;
    enum status status = run_writer(run, &writer, err);
    if (status == STATUS_OK) {
        status = store_import_task_put(writer, run->site->source, STR("attachment"), at->media.id,
                                       buf_str(&text), err);
    }
    buf_done(&text);
    return status;
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
    at->media.id = now.id;
    at->media.file = now.file;
    at->media.path = now.path;
    at->media.size_bytes = now.size_bytes;
    at->media.width = now.width;
    at->media.height = now.height;
    at->media.parent_story_id = now.parent_story_id;
    if (*ret_edited) {
        at->media = now;
    }
    return status;
}

static void remember_child(struct import_run *run, const struct wxr_item *item) {
    if (item->parent > 0) {
        struct import_child child = { item->parent, item->menu_order, item->id };
        *vec_push(&run->arena, &run->site->children) = child;
    }
}

/* same: it is as it was imported, but for its file. */
static enum status save(struct import_run *run, struct attachment *at, uint64_t hash, bool same,
                        struct err *err) {
    struct store_writer *writer;
    enum status status = run_writer(run, &writer, err);
    if (status == STATUS_OK && run->options->uploads != NULL && at->media.file.len == 0 &&
        at->path.ptr != NULL) {
        status = copy_file(run, at, err);
    }
    if (status == STATUS_OK) {
        status = store_media_put(writer, &at->media, &at->media.id, err);
    }
    if (status == STATUS_OK && !same) {
        status = put_metas(run, at, err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, "attachment", at->source_id, at->media.id, hash, err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, "attachment-row", at->source_id, at->media.id,
                              media_hash(&at->media), err);
    }
    if (status == STATUS_OK) {
        status = run_remember_export(run, "attachment", at->source_id, err);
    }
    if (status == STATUS_OK) {
        status = put_addresses(run, at, err);
    }
    return status == STATUS_OK ? queue(run, at, err) : status;
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
    bool wants_file = run->options->uploads != NULL && at.media.file.len == 0;
    bool same = known.id != 0 && (known.hash == hash || !newer);
    if (same && !wants_file) {
        run->report->items_unchanged++;
        return STATUS_OK;
    }
    if (!php_value_parse(&run->item, wxr_meta_get(&item->metas, "_wp_attachment_metadata"),
                         &at.meta)) {
        at.meta = (struct php_value){ 0 };
    }
    if (!edited) {
        read_texts(run, &at);
    }
    struct url url;
    if (!url_parse(at.media.remote_url, &url) ||
        !url_path_canonical(&run->item, url.path, &at.path) || at.path.len < 2) {
        at.path = (struct str){ 0 };
    }
    if (edited && !same) {
        run->report->items_kept++;
        run_warn(run,
                 "the file was changed here since it was imported: what was changed here stays");
    } else if (same) {
        run->report->items_unchanged++;
    } else if (known.id != 0) {
        run->report->items_updated++;
    } else {
        run->report->items_new++;
    }
    if (same) {
        hash = known.hash;
        struct media before = at.media;
        enum status copied = at.path.ptr != NULL ? copy_file(run, &at, err) : STATUS_OK;
        if (copied != STATUS_OK || str_eq(before.file, at.media.file)) {
            return copied;
        }
    }
    return save(run, &at, hash, same, err);
}

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
