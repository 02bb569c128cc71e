/* Removing: what vanished, and what a killed run may have left. */
#include "transfer/static_plan.h"

#include <dirent.h>
#include <stdlib.h>

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

static enum status remove_record(struct static_plan *plan, struct str key, unsigned kind,
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

static enum status remove_vanished(void *ctx, const struct static_record *r, struct static_entry *e,
                                   uint64_t offset) {
    struct static_plan *plan = ctx;
    (void)offset;
    if (e->state != ENTRY_OLD || r->kind == STATIC_NONE || r->kind == STATIC_FRAGMENT) {
        return STATUS_OK;
    }
    return remove_record(plan, r->key, r->kind, r->form);
}

enum status static_sweep_vanished(struct static_plan *plan) {
    return static_past_for_each(plan, remove_vanished, plan);
}

enum status static_sweep_fragments(struct static_plan *plan) {
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

enum status static_sweep_strays(struct static_plan *plan) {
    return sweep(plan->run, STATIC_FRAGMENT_FOLDER, 0, plan->err);
}
