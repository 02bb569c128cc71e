/* What commits leave behind for later.
 *
 * The words of a story that are to be counted (search_words.c). And the parts of the search index:
 * FTS5 writes each commit's words as a part of its own and merges parts as they become many; by
 * itself it does so within a commit, which then takes twenty times as long as the others. So does
 * SQLite's checkpoint. Here all is done beside the commits: the former in transactions of a few
 * pages, between which others may write, the checkpoint under no lock that a writer needs. Nor is
 * the lock held while the disk works: a piece is committed lazily and flushed afterwards.
 * Checkpoints are small and many, since a commit's sync waits for what else is on its way to the
 * disk. */
#include "store/internal.h"

#include "base/clock.h"
#include "store/search.h"

enum { PIECES_A_CHECKPOINT = 4 };

static enum status write_piece(struct store *s, int64_t pages, bool patient, int64_t *ret_held_us,
                               bool *ret_more, struct err *err) {
    struct store_writer *w = NULL;
    enum status status = write_try(s, patient, &w, err);
    if (status != STATUS_OK) {
        return status;
    }
    int64_t begun_us = clock_mono_us();
    *ret_more = search_upkeep(w, pages);
    if (*ret_more) {
        status = store_write_commit(w, err);
    } else {
        status = sql_result(w->sql, err);
        store_write_rollback(w);
    }
    *ret_held_us = clock_mono_us() - begun_us;
    return status;
}

enum status store_upkeep(struct store_reader *r, int64_t pages, bool patient, int64_t *ret_held_us,
                         bool *ret_more, struct err *err) {
    struct store *s = r->store;
    int64_t seq = atomic_load(&s->heard_seq);
    *ret_more = false;
    *ret_held_us = 0;
    if (seq == atomic_load(&s->kept_seq)) {
        return STATUS_OK;
    }
    enum status status = write_piece(s, pages, patient, ret_held_us, ret_more, err);
    if (status == STATUS_OK && *ret_more) {
        status = s->backend->flush(r->sql->db, err);
    }
    s->pieces = *ret_more ? s->pieces + 1 : 0;
    if (status == STATUS_OK && s->pieces % PIECES_A_CHECKPOINT == 0) {
        status = s->backend->checkpoint(r->sql->db, err);
    }
    if (status == STATUS_OK && !*ret_more) {
        atomic_store(&s->kept_seq, seq);
    }
    return status;
}

struct store_backlog store_backlog(struct store *s) {
    return (struct store_backlog){
        .commits = atomic_load(&s->heard_seq) - atomic_load(&s->kept_seq),
        .quiet_us = clock_mono_us() - atomic_load(&s->committed_us),
    };
}
