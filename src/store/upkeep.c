/* What commits leave behind for later.
 *
 * The words of a story that are to be counted (search_words.c). And the parts of the search index:
 * FTS5 writes each commit's words as a part of its own and merges parts as they become many; by
 * itself it does so within a commit, which then takes twenty times as long as the others. So does
 * SQLite's checkpoint. Here all is done beside the commits: the former in transactions of a few
 * pages, between which others may write, the checkpoint under no lock that a writer needs. */
#include "store/internal.h"

#include "store/search.h"

static enum status write_piece(struct store *s, int64_t pages, bool patient, bool *ret_more,
                               struct err *err) {
    struct store_writer *w = NULL;
    enum status status = write_try(s, patient, &w, err);
    if (status != STATUS_OK) {
        return status;
    }
    *ret_more = search_upkeep(w, pages);
    if (!*ret_more) {
        status = sql_result(w->sql, err);
        store_write_rollback(w);
        return status;
    }
    return store_write_commit(w, err);
}

enum status store_upkeep(struct store_reader *r, int64_t pages, bool patient, bool *ret_more,
                         struct err *err) {
    struct store *s = r->store;
    int64_t seq = atomic_load(&s->heard_seq);
    *ret_more = false;
    if (seq == atomic_load(&s->kept_seq)) {
        return STATUS_OK;
    }
    enum status status = write_piece(s, pages, patient, ret_more, err);
    if (status == STATUS_OK && !*ret_more) {
        status = s->backend->checkpoint(r->sql->db, err);
    }
    if (status == STATUS_OK && !*ret_more) {
        atomic_store(&s->kept_seq, seq);
    }
    return status;
}
