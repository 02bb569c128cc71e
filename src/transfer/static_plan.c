/* What is to be made. */
#include "transfer/static_plan.h"

#include "site/walk.h"

static enum status add_item(struct static_run *run, struct static_entry *e, struct str key) {
    struct static_item item = { .key = key, .old = *e };
    e->state = ENTRY_TAKEN;
    return static_work_add(run, &item, &run->err);
}

static enum status judge_fragment(void *ctx, const struct static_record *r, struct static_entry *e,
                                  uint64_t offset) {
    struct static_plan *plan = ctx;
    e->is_trusted = static_past_is_trusted(plan, offset);
    if (r->kind == STATIC_FRAGMENT) {
        struct static_fragment *f = static_fragment_get(plan->run, r->key);
        f->is_trusted = e->is_trusted;
        f->is_current = static_past_is_kept(plan, r, offset);
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
static enum status renew_fragments(struct static_plan *plan) {
    struct static_run *run = plan->run;
    enum status status = static_past_for_each(plan, judge_fragment, plan);
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
    bool is_clean = static_past_is_clean(plan);
    for (size_t i = 0; status == STATUS_OK && i < stale.len; i++) {
        struct static_fragment *f = stale.ptr[i];
        const struct static_entry *e = static_table_find(&run->table, static_table_key(f->key));
        if (!is_clean || !f->is_rendered || e == NULL || f->content != e->content) {
            u32_set_add(&plan->touched_fragments, static_key_hash(f->key));
        }
    }
    return status;
}

static enum status judge_page(void *ctx, const struct static_record *r, struct static_entry *e,
                              uint64_t offset) {
    struct static_plan *plan = ctx;
    struct static_run *run = plan->run;
    if (r->kind == STATIC_FRAGMENT || e->state == ENTRY_TAKEN) {
        return STATUS_OK;
    }
    if (static_past_is_kept(plan, r, offset)) {
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
    struct static_plan *plan = ctx;
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

enum status static_plan_work(struct static_plan *plan) {
    struct static_run *run = plan->run;
    enum status status = plan->has_log ? renew_fragments(plan) : STATUS_OK;
    if (status == STATUS_OK && plan->has_log) {
        status = static_past_for_each(plan, judge_page, plan);
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
        status = static_sweep_vanished(plan);
    }
    return status == STATUS_OK ? static_sweep_fragments(plan) : status;
}
