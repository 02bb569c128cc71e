/* What an export says of a thing and no field of ours takes: kept beside it, under the export's own
 * key, or, where it was no meta, as "_wp_" and its name. Enough for the way back. */
#include "transfer/import_run.h"

void metas_add(struct import_run *run, struct import_metas *metas, struct str key,
               struct str value) {
    if (key.len > 0 && value.len > 0) {
        *vec_push(&run->item, metas) = (struct setting){ key, value };
    }
}

void metas_add_id(struct import_run *run, struct import_metas *metas, struct str key, int64_t id) {
    if (id != 0) {
        metas_add(run, metas, key, run_decimal(run, id));
    }
}

void metas_add_all(struct import_run *run, struct import_metas *metas, const struct wxr_metas *from,
                   const char *const *understood) {
    for (size_t i = 0; i < from->len; i++) {
        const struct wxr_meta *meta = &from->ptr[i];
        bool skip = meta->key.len == 0 || str_eq(meta->key, STR("_edit_lock"));
        for (size_t k = 0; !skip && understood != NULL && understood[k] != NULL; k++) {
            skip = str_eq(meta->key, str_of(understood[k]));
        }
        if (!skip) {
            *vec_push(&run->item, metas) = (struct setting){ meta->key, meta->value };
        }
    }
}

void metas_add_item(struct import_run *run, struct import_metas *metas,
                    const struct wxr_item *item) {
    metas_add(run, metas, STR("_wp_guid"), str_trim(item->guid));
    metas_add_id(run, metas, STR("_wp_post_id"), item->id);
    metas_add(run, metas, STR("_wp_ping_status"), item->ping_status);
}

uint64_t metas_hash(uint64_t hash, const struct wxr_metas *metas) {
    for (size_t i = 0; i < metas->len; i++) {
        hash = hash_field(hash_field(hash, metas->ptr[i].key), metas->ptr[i].value);
    }
    return hash;
}

/* Those that stand there already under other keys, and then these. */
static struct import_metas joined(struct import_run *run, struct settings now,
                                  const struct import_metas *metas) {
    struct import_metas all = { 0 };
    struct map keys;
    map_init(&keys);
    for (size_t i = 0; i < metas->len; i++) {
        map_put(&keys, metas->ptr[i].key, run);
    }
    for (size_t i = 0; i < now.len; i++) {
        if (!map_has(&keys, now.ptr[i].key)) {
            *vec_push(&run->item, &all) = now.ptr[i];
        }
    }
    for (size_t i = 0; i < metas->len; i++) {
        *vec_push(&run->item, &all) = metas->ptr[i];
    }
    map_done(&keys);
    return all;
}

enum status metas_put(struct import_run *run, const char *memory, struct str source_id,
                      enum meta_kind kind, int64_t id, const struct import_metas *metas,
                      struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    struct settings now;
    bool newer = true;
    uint64_t hash = 7;
    for (size_t i = 0; i < metas->len; i++) {
        hash = hash_field(hash_field(hash, metas->ptr[i].key), metas->ptr[i].value);
    }
    enum status status = run_known(run, memory, source_id, &known, err);
    if (status == STATUS_OK && known.id != 0) {
        status = run_is_newer(run, memory, source_id, &newer, err);
    }
    if (status != STATUS_OK || metas->len == 0 || (known.id != 0 && known.hash == hash) || !newer) {
        return status;
    }
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_metas(reader, &run->item, kind, id, &now, err);
    }
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK) {
        struct import_metas all = joined(run, now, metas);
        status = store_metas_put(writer, kind, id, all.ptr, all.len, err);
    }
    if (status == STATUS_OK) {
        status = run_remember(run, memory, source_id, id, hash, err);
    }
    return status == STATUS_OK ? run_remember_export(run, memory, source_id, err) : status;
}
