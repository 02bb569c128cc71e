/* From an address to its file, on a worker.
 *
 * A page comes from the site as own bytes and slots for fragments. Flat, each fragment is rendered
 * once and its bytes stand in every page that has it; a variant without one story is used by that
 * story's page only, is rendered with it and its keys count as the page's. With includes, a slot
 * becomes a command, and the fragment a file. Which variant belongs on a page is then for the
 * server to find out: the page names the variant without its own story, and where there is no such
 * file the server takes the plain one. So no page depends on a list, and a publish changes some
 * fragments. */
#include "transfer/static_run.h"

#include "base/hash.h"
#include "base/limits.h"
#include "site/walk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXCEPT "/except:"

bool static_has_file(const struct static_run *run, enum static_kind kind) {
    return kind == STATIC_FILE || kind == STATIC_MEDIA ||
           (kind == STATIC_FRAGMENT && run->options->includes);
}

struct str static_fragment_base(struct str key) {
    return str_slice(key, 0, str_find(key, STR(EXCEPT), 0));
}

/* Of one page, not of the run: told of, counted, and left for the next run. */
static bool is_soft(enum status status) {
    return status == STATUS_CONFLICT || status == STATUS_NOT_FOUND || status == STATUS_INVALID ||
           status == STATUS_TOO_LARGE || status == STATUS_GONE || status == STATUS_FORBIDDEN;
}

/* ---- records ---- */

enum status static_flush(struct static_worker *w, struct err *err) {
    if (w->log.status != STATUS_OK) {
        return err_set(err, w->log.status, "the export's log: %s", status_text(w->log.status));
    }
    struct str left = buf_str(&w->log);
    while (left.len > 0) {
        ssize_t n = write(w->run->log, left.ptr, left.len);
        if (n < 0 && errno != EINTR) {
            return err_set(err, STATUS_IO, "cannot write the export's log: %s", strerror(errno));
        }
        left = str_from(left, n > 0 ? (size_t)n : 0);
    }
    buf_reset(&w->log);
    return STATUS_OK;
}

enum status static_announce(struct static_worker *w, const struct static_batch *batch,
                            struct err *err) {
    for (size_t i = 0; i < batch->n; i++) {
        const struct static_item *item = &batch->items[i];
        if (!item->is_fragment && !static_has_file(w->run, (enum static_kind)item->old.kind)) {
            static_record_put(&w->log,
                              &(struct static_record){ .kind = STATIC_INTENT, .key = item->key });
        }
    }
    return w->log.len > 0 ? static_flush(w, err) : STATUS_OK;
}

static void set_keys(struct arena *a, struct static_record *record, const struct keys *keys) {
    uint32_t *hashes = arena_array(a, keys->list.len + 1, sizeof *hashes);
    for (size_t i = 0; i < keys->list.len; i++) {
        hashes[i] = static_key_hash(keys->list.ptr[i]);
    }
    record->keys = hashes;
    record->n_keys = keys->list.len;
}

static uint64_t content_seed(const struct static_run *run) {
    return (uint64_t)run->options->level * 2 + (run->options->includes ? 1 : 0);
}

/* ---- fragments ---- */

/* In nginx's SSI nothing else than "<!--#" is a command; this writes it out. */
#define SSI_COMMAND STR("<!--#")
#define SSI_SPELLED STR("<!--# echo var=\"broadsheet_\" default=\"<!--\" encoding=\"none\" -->#")

static struct str ssi_safe(struct arena *a, struct str bytes) {
    size_t at = str_find(bytes, SSI_COMMAND, 0), from = 0;
    if (at == STR_NPOS) {
        return bytes;
    }
    struct buf out;
    buf_init(&out, 16 * (size_t)LIMIT_RENDER_BYTES);
    for (; at != STR_NPOS; at = str_find(bytes, SSI_COMMAND, from)) {
        buf_put(&out, str_slice(bytes, from, at));
        buf_put(&out, SSI_SPELLED);
        from = at + SSI_COMMAND.len;
    }
    buf_put(&out, str_from(bytes, from));
    struct str safe = arena_str(a, buf_str(&out));
    buf_done(&out);
    return safe;
}

struct static_fragment *static_fragment_get(struct static_run *run, struct str key) {
    struct static_fragment *f = map_get(&run->fragments, key);
    if (f == NULL) {
        f = calloc(1, sizeof *f + key.len);
        check(f != NULL);
        memcpy(f + 1, key.ptr, key.len);
        f->key = str_make((char *)(f + 1), key.len);
        f->is_variant = str_find(key, STR(EXCEPT), 0) != STR_NPOS;
        map_put(&run->fragments, key, f);
    }
    return f;
}

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool ids_have(struct ids ids, int64_t id) {
    return ids.len > 0 && bsearch(&id, ids.ptr, ids.len, sizeof id, compare_ids) != NULL;
}

struct rendered_fragment {
    struct str bytes; /* in the arena */
    struct ids vary;  /* sorted; in the arena */
    uint64_t content;
};

static enum status render_fragment(struct static_worker *w, struct str key, struct keys *keys,
                                   struct arena *a, struct rendered_fragment *ret,
                                   struct err *err) {
    struct fragment_build f = { .arena = a, .keys = keys };
    buf_init(&f.out, LIMIT_RENDER_BYTES);
    enum status status = w->run->source.fragment(w->thread, key, &f, err);
    if (status == STATUS_OK) {
        status = f.out.status;
    }
    if (status == STATUS_OK) {
        int64_t *ids = arena_array(a, f.vary.len + 1, sizeof *ids);
        if (f.vary.len > 0) {
            memcpy(ids, f.vary.ptr, f.vary.len * sizeof *ids);
            qsort(ids, f.vary.len, sizeof *ids, compare_ids);
        }
        *ret = (struct rendered_fragment){ .bytes = arena_str(a, buf_str(&f.out)),
                                           .vary = { ids, f.vary.len } };
        ret->content = hash_mix(content_seed(w->run), hash_content(ret->bytes));
        for (size_t i = 0; i < f.vary.len; i++) {
            ret->content = hash_mix(ret->content, (uint64_t)ids[i]);
        }
        w->counts.rendered++;
    }
    buf_done(&f.out);
    return status;
}

/* The fragment's file and record; `f` is this worker's while it is busy. */
static enum status keep_fragment(struct static_worker *w, struct static_fragment *f,
                                 const struct rendered_fragment *r, const struct keys *keys,
                                 struct err *err) {
    struct static_run *run = w->run;
    bool same = f->is_known && f->is_trusted && f->content == r->content;
    enum status status = STATUS_OK;
    if (run->options->includes && !same) {
        struct str name;
        if (!static_name(&w->fragment_arena, f->key, FORM_FRAGMENT, &name)) {
            return err_set(err, STATUS_INVALID, "the fragment '%.*s' cannot have a file",
                           STR_FMT(f->key));
        }
        struct str bytes = ssi_safe(&w->fragment_arena, r->bytes);
        struct iovec part = { (void *)(uintptr_t)bytes.ptr, bytes.len };
        status = static_files_put(&w->files, name, &part, 1, false, err);
        w->counts.written++;
    }
    w->counts.unchanged += same;
    if (status == STATUS_OK && !(f->is_known && f->is_current)) {
        struct static_record record = {
            .kind = STATIC_FRAGMENT, .form = FORM_FRAGMENT, .content = r->content, .key = f->key
        };
        set_keys(&w->fragment_arena, &record, keys);
        static_record_put(&w->log, &record);
    }
    f->content = r->content;
    return status;
}

static struct ids ids_copy(struct ids ids) {
    int64_t *copy = malloc((ids.len + 1) * sizeof *copy);
    check(copy != NULL);
    memcpy(copy, ids.ptr, ids.len * sizeof *copy);
    return (struct ids){ copy, ids.len };
}

static struct str bytes_copy(struct str bytes) {
    char *copy = malloc(bytes.len + 1);
    check(copy != NULL);
    memcpy(copy, bytes.ptr, bytes.len);
    return str_make(copy, bytes.len);
}

static struct str variant_key(struct arena *a, struct str base, int64_t except_id) {
    return arena_printf(a, "%.*s" EXCEPT "%lld", STR_FMT(base), (long long)except_id);
}

/* With includes: a file for each story whose page needs it. */
static enum status make_variants(struct static_worker *w, struct str base, struct ids vary,
                                 struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < vary.len; i++) {
        arena_reset(&w->fragment_arena);
        keys_reset(&w->fragment_keys);
        struct str key = variant_key(&w->fragment_arena, base, vary.ptr[i]);
        pthread_mutex_lock(&w->run->lock);
        struct static_fragment *f = static_fragment_get(w->run, key);
        pthread_mutex_unlock(&w->run->lock);
        struct rendered_fragment r;
        status = render_fragment(w, key, &w->fragment_keys, &w->fragment_arena, &r, err);
        if (status == STATUS_OK) {
            f->is_current = false; /* its base was touched, whatever its own keys say */
            status = keep_fragment(w, f, &r, &w->fragment_keys, err);
            f->is_rendered = true;
        }
    }
    return status;
}

/* The record of the base comes after those of its variants: who finds it finds them. */
static enum status make_fragment(struct static_worker *w, struct static_fragment *f,
                                 struct err *err) {
    struct static_run *run = w->run;
    arena_reset(&w->base_arena);
    keys_reset(&w->base_keys);
    struct rendered_fragment r;
    enum status status = render_fragment(w, f->key, &w->base_keys, &w->base_arena, &r, err);
    if (status != STATUS_OK) {
        return status;
    }
    free((void *)(uintptr_t)f->vary.ptr); /* of a try that failed */
    free((void *)(uintptr_t)f->bytes.ptr);
    f->bytes = (struct str){ NULL, 0 };
    f->vary = ids_copy(r.vary);
    if (!run->options->includes) {
        f->bytes = bytes_copy(r.bytes);
    } else {
        status = make_variants(w, f->key, f->vary, err);
    }
    arena_reset(&w->fragment_arena);
    return status == STATUS_OK ? keep_fragment(w, f, &r, &w->base_keys, err) : status;
}

static bool is_ready(const struct static_run *run, const struct static_fragment *f) {
    return f->is_rendered || (run->options->includes && f->is_known && f->is_current);
}

/* The fragment, made by this worker or another one. */
static enum status need_fragment(struct static_worker *w, struct str key,
                                 struct static_fragment **ret, struct err *err) {
    struct static_run *run = w->run;
    enum status status = STATUS_OK;
    pthread_mutex_lock(&run->lock);
    struct static_fragment *f = static_fragment_get(run, key);
    while (f->is_busy && run->status == STATUS_OK) {
        pthread_cond_wait(&run->fragment_done, &run->lock);
    }
    if (f->is_busy) {
        status = err_set(err, STATUS_INTERRUPTED, "the export has failed");
    } else if (!is_ready(run, f)) {
        f->is_busy = true;
        pthread_mutex_unlock(&run->lock);
        status = make_fragment(w, f, err);
        pthread_mutex_lock(&run->lock);
        f->is_busy = false;
        f->is_rendered = status == STATUS_OK;
        pthread_cond_broadcast(&run->fragment_done);
    }
    pthread_mutex_unlock(&run->lock);
    *ret = f;
    return status;
}

/* The same, remembered: each page has half a dozen, and the lock is everybody's. */
static enum status ready_fragment(struct static_worker *w, struct str key,
                                  struct static_fragment **ret, struct err *err) {
    struct static_fragment *f = map_get(&w->ready, key);
    if (f == NULL) {
        enum status status = need_fragment(w, key, &f, err);
        if (status != STATUS_OK) {
            return status;
        }
        map_put(&w->ready, f->key, f);
    }
    *ret = f;
    return STATUS_OK;
}

/* ---- pages ---- */

struct made {
    struct static_record record;
    struct iovec *parts; /* of a file */
    size_t n_parts;
};

static struct str head_value(struct str head, struct str name) {
    struct str line;
    while (str_split(&head, '\n', &line)) {
        if (str_starts_nocase(line, name)) {
            return str_trim(str_from(line, name.len));
        }
    }
    return STR("");
}

static void add_part(struct made *made, struct str bytes, uint64_t hash) {
    made->parts[made->n_parts++] = (struct iovec){ (void *)(uintptr_t)bytes.ptr, bytes.len };
    made->record.content = hash_mix(made->record.content, hash);
}

static struct str include_command(struct arena *a, struct str key, int64_t except_id) {
    struct str wanted = except_id != 0 && site_fragment_varies(key) ? variant_key(a, key, except_id)
                                                                    : key;
    return arena_printf(a, "<!--# include virtual=\"/" STATIC_FRAGMENT_FOLDER "/%.*s.html\" -->",
                        STR_FMT(wanted));
}

static enum status add_slot(struct static_worker *w, const struct page_part *part,
                            struct made *made, uint32_t *slots, struct err *err) {
    struct static_fragment *f;
    enum status status = ready_fragment(w, part->bytes, &f, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!f->is_used) { /* looked at first: the line is every worker's */
        f->is_used = true;
    }
    slots[made->record.n_slots++] = static_key_hash(part->bytes);
    if (w->run->options->includes) {
        struct str command = include_command(&w->arena, part->bytes, part->except_id);
        add_part(made, command, hash_content(command));
        return STATUS_OK;
    }
    if (part->except_id != 0 && ids_have(f->vary, part->except_id)) {
        struct rendered_fragment r;
        struct str key = variant_key(&w->arena, part->bytes, part->except_id);
        status = render_fragment(w, key, &w->keys, &w->arena, &r, err);
        if (status == STATUS_OK) {
            add_part(made, r.bytes, r.content);
        }
        return status;
    }
    add_part(made, f->bytes, f->content);
    return STATUS_OK;
}

static enum status put_together(struct static_worker *w, const struct page_build *page,
                                struct made *made, struct err *err) {
    made->parts = arena_array(&w->arena, page->parts.len + 1, sizeof *made->parts);
    uint32_t *slots = arena_array(&w->arena, page->parts.len + 1, sizeof *slots);
    made->record.content = content_seed(w->run);
    made->record.slots = slots;
    bool escape = w->run->options->includes && made->record.form == FORM_HTML;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < page->parts.len; i++) {
        const struct page_part *part = &page->parts.ptr[i];
        if (part->is_slot) {
            status = add_slot(w, part, made, slots, err);
        } else {
            struct str bytes = escape ? ssi_safe(&w->arena, part->bytes) : part->bytes;
            add_part(made, bytes, hash_content(bytes));
        }
    }
    return status;
}

/* What stands at an address, as a record without keys yet. NONE: nothing that a file could be. */
static enum status look(struct static_worker *w, struct str key, struct page_build *page,
                        struct made *made, struct err *err) {
    struct str ignored;
    bool is_error = str_starts(key, STR("error:")), comes = true;
    made->record = (struct static_record){ .kind = STATIC_NONE, .key = key };
    enum static_form form = static_form_of(head_value(page->head, STR("Content-Type:")));
    if (!is_error && (page->status != 200 || form >= FORM_RSS)) {
        enum status status = site_walk_comes_to(w->thread, key, &comes, err);
        if (status != STATUS_OK || !comes) {
            return status;
        }
    }
    if (page->alias.len > 0) {
        if (str_eq(page->alias, STR("error:410")) && static_uri(&w->arena, key, &ignored)) {
            made->record.kind = STATIC_GONE;
        }
        return STATUS_OK;
    }
    if (page->status == 301) {
        made->record.text = head_value(page->head, STR("Location:"));
        made->record.content = hash_content(made->record.text);
        if (made->record.text.len > 0 && static_uri(&w->arena, key, &ignored)) {
            made->record.kind = STATIC_REDIRECT;
        } else {
            w->counts.left_out++;
        }
        return STATUS_OK;
    }
    if (page->status != 200 && !is_error) {
        return STATUS_OK;
    }
    made->record.form = page->file.len > 0 ? FORM_PLAIN : form;
    if (!static_name(&w->arena, key, made->record.form, &ignored)) {
        w->counts.left_out++;
        static_warn(w->run, "%.*s is left out: no file can have that name", STR_FMT(key));
        return STATUS_OK;
    }
    if (page->file.len > 0) {
        made->record.kind = STATIC_MEDIA;
        made->record.text = page->file;
        made->record.content = hash_content(page->file);
        return STATUS_OK;
    }
    made->record.kind = STATIC_FILE;
    return put_together(w, page, made, err);
}

/* Types that are packed already, or that are not worth it. */
static bool is_packable(struct str type) {
    static const struct str types[] = { STR_INIT("text/"),
                                        STR_INIT("application/json"),
                                        STR_INIT("application/manifest+json"),
                                        STR_INIT("application/feed+json"),
                                        STR_INIT("application/xml"),
                                        STR_INIT("application/rss+xml"),
                                        STR_INIT("application/atom+xml"),
                                        STR_INIT("application/javascript"),
                                        STR_INIT("application/opensearchdescription+xml"),
                                        STR_INIT("image/svg+xml") };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_starts(type, types[i])) {
            return true;
        }
    }
    return false;
}

static enum status write_made(struct static_worker *w, const struct page_build *page,
                              const struct made *made, struct err *err) {
    struct static_run *run = w->run;
    struct str name;
    check(static_name(&w->arena, made->record.key, made->record.form, &name));
    if (made->record.kind == STATIC_MEDIA) {
        struct str originals = arena_printf(&w->arena, "%s/media", store_dir(run->store)), source;
        struct rendition_order order;
        if (rendition_order_read(made->record.text, &order)) {
            source = renditions_path(run->renditions, &w->arena, &order);
            enum status status = renditions_make(run->renditions, originals.ptr, &order, err);
            if (status != STATUS_OK) {
                return status;
            }
        } else {
            source = arena_printf(&w->arena, "%.*s/%.*s", STR_FMT(originals),
                                  STR_FMT(made->record.text));
        }
        return static_files_link(&w->files, name, source.ptr, err);
    }
    /* A packed page would be sent as it is, commands and all. */
    bool pack = is_packable(head_value(page->head, STR("Content-Type:"))) &&
                (!run->options->includes || made->record.form != FORM_HTML);
    return static_files_put(&w->files, name, made->parts, made->n_parts, pack, err);
}

/* A killed run made something of an unknown form, or was about to. */
static enum status remove_any(struct static_worker *w, struct str key, enum static_form but,
                              struct err *err) {
    enum status status = STATUS_OK;
    for (enum static_form form = FORM_PLAIN; status == STATUS_OK && form < FORM_FRAGMENT; form++) {
        struct str name;
        if (form != but && static_name(&w->arena, key, form, &name)) {
            status = static_files_remove(&w->files, name, err);
        }
    }
    return status;
}

static bool is_mapped(unsigned kind) {
    return kind == STATIC_REDIRECT || kind == STATIC_GONE;
}

/* Bring the folder from what stood there to what was made. */
static enum status keep(struct static_worker *w, const struct static_item *item,
                        const struct page_build *page, const struct made *made, struct err *err) {
    struct static_run *run = w->run;
    const struct static_entry *old = &item->old;
    const struct static_record *now = &made->record;
    bool same = old->kind == now->kind && old->form == now->form && old->content == now->content;
    enum status status = STATUS_OK;
    if (old->kind == STATIC_INTENT) {
        bool has_file = static_has_file(run, now->kind);
        status = remove_any(w, item->key, has_file ? now->form : FORM_FRAGMENT, err);
    }
    if (static_has_file(run, (enum static_kind)old->kind) &&
        (!static_has_file(run, now->kind) || old->form != now->form)) {
        struct str name;
        if (static_name(&w->arena, item->key, (enum static_form)old->form, &name)) {
            status = static_files_remove(&w->files, name, err);
            w->counts.removed++;
        }
    }
    if (status == STATUS_OK && static_has_file(run, now->kind)) {
        if (same && old->is_trusted) {
            w->counts.unchanged++;
        } else {
            status = write_made(w, page, made, err);
            w->counts.written += status == STATUS_OK;
        }
    }
    if (!same && (old->kind == STATIC_INTENT || is_mapped(old->kind) || is_mapped(now->kind))) {
        atomic_store(&run->maps_changed, true);
    }
    /* Of nothing, too: an old address of a draft leads somewhere when that is published. */
    if (status == STATUS_OK) {
        static_record_put(&w->log, now);
    }
    return status;
}

static enum status make_page(struct static_worker *w, const struct static_item *item,
                             struct err *err) {
    struct page_build page = { .arena = &w->arena, .keys = &w->keys, .status = 200 };
    struct made made = { 0 };
    enum status status = w->run->source.page(w->thread, item->key, &page, err);
    if (status == STATUS_OK) {
        w->counts.rendered++;
        status = look(w, item->key, &page, &made, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    set_keys(&w->arena, &made.record, &w->keys);
    return keep(w, item, &page, &made, err);
}

enum status static_make(struct static_worker *w, const struct static_item *item, struct err *err) {
    struct err soft = { 0 };
    enum status status;
    arena_reset(&w->arena);
    keys_reset(&w->keys);
    if (item->is_fragment) {
        struct static_fragment *f;
        status = need_fragment(w, item->key, &f, &soft);
        return status == STATUS_OK || is_soft(status) ? STATUS_OK /* then no page has it any more */
                                                      : err_set(err, status, "%s", soft.message);
    }
    status = make_page(w, item, &soft);
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    if (!is_soft(status)) {
        return err_set(err, status, "%.*s: %s", STR_FMT(item->key), soft.message);
    }
    w->counts.failed++;
    static_warn(w->run, "%.*s: %s", STR_FMT(item->key), soft.message);
    /* What stands there stays. */
    uint32_t again = static_key_hash(STATIC_AGAIN);
    bool has_file = static_has_file(w->run, (enum static_kind)item->old.kind);
    struct static_record record = {
        .kind = has_file ? (enum static_kind)item->old.kind : STATIC_NONE,
        .form = (enum static_form)item->old.form,
        .key = item->key,
        .keys = &again,
        .n_keys = 1,
    };
    static_record_put(&w->log, &record);
    return STATUS_OK;
}
