/* Sticky stories: WordPress shows them above all others on the front page. Here an editor's slots
 * say what stands there, so the stickies of a new import go into the slots, once, where nobody has
 * put anything. Each is queued together with its story, so that an import that was interrupted
 * comes back to it; later imports of the same story leave the front page to the editors. */
#include "transfer/import_run.h"

#include "base/limits.h"

#include <stdlib.h>

enum status import_queue_sticky(struct import_run *run, const struct story *story,
                                struct err *err) {
    bool shows = story->sticky && story->kind == STORY_STORY && story->state == STORY_PUBLISHED &&
                 story->visibility == STORY_PUBLIC;
    struct store_writer *writer;
    enum status status = shows ? run_writer(run, &writer, err) : STATUS_OK;
    return shows && status == STATUS_OK
               ? store_import_task_put(writer, run->site->source, STR("sticky"), story->id, STR(""),
                                       err)
               : status;
}

enum status import_take_sticky(struct import_run *run, const struct import_task *task,
                               struct err *err) {
    struct store_reader *reader;
    struct story story;
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_story(reader, &run->item, task->id, STORY_CARD, &story, err);
    }
    if (status == STATUS_OK) {
        *vec_push(&run->arena, &run->stickies) = (struct import_sticky){
            .seq = task->seq,
            .story_id = task->id,
            .local_day = story.local_day,
            .published_us = story.published_us,
        };
    }
    return status;
}

static int newest_first(const void *x, const void *y) {
    const struct import_sticky *a = x;
    const struct import_sticky *b = y;
    int order = (a->local_day < b->local_day) - (a->local_day > b->local_day);
    order = order ? order
                  : (a->published_us < b->published_us) - (a->published_us > b->published_us);
    return order ? order : (a->story_id < b->story_id) - (a->story_id > b->story_id);
}

static enum status is_empty(struct import_run *run, struct str slot, bool *ret, struct err *err) {
    struct store_reader *reader;
    struct ids ids = { 0 };
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_slot(reader, &run->item, slot, &ids, err);
    }
    *ret = ids.len == 0;
    return status;
}

static enum status fill(struct import_run *run, struct store_writer *writer, struct err *err) {
    VEC(int64_t) ids = { 0 };
    size_t n = run->stickies.len;
    qsort(run->stickies.ptr, n, sizeof *run->stickies.ptr, newest_first);
    for (size_t i = 0; i < n && i <= LIMIT_SLOT_STORIES; i++) {
        *vec_push(&run->item, &ids) = run->stickies.ptr[i].story_id;
    }
    run->report->stickies += (int64_t)ids.len;
    enum status status = store_slot_put(writer, STR("lead"), (struct ids){ ids.ptr, 1 }, err);
    return status == STATUS_OK ? store_slot_put(writer, STR("secondaries"),
                                                (struct ids){ ids.ptr + 1, ids.len - 1 }, err)
                               : status;
}

enum status import_front(struct import_run *run, struct err *err) {
    struct store_writer *writer;
    bool no_lead;
    bool no_secondaries;
    if (run->stickies.len == 0) {
        return STATUS_OK;
    }
    enum status status = is_empty(run, STR("lead"), &no_lead, err);
    if (status == STATUS_OK) {
        status = is_empty(run, STR("secondaries"), &no_secondaries, err);
    }
    if (status == STATUS_OK) {
        status = run_writer(run, &writer, err);
    }
    if (status == STATUS_OK && no_lead && no_secondaries) {
        status = fill(run, writer, err);
    } else if (status == STATUS_OK) {
        report_warn(run->report, NULL, 0, 0,
                    "%zu sticky stories are new, but the front page's slots are filled: what "
                    "stands there stays",
                    run->stickies.len);
    }
    for (size_t i = 0; status == STATUS_OK && i < run->stickies.len; i++) {
        status = store_import_task_done(writer, run->stickies.ptr[i].seq, err);
    }
    return status == STATUS_OK ? run_commit(run, true, err) : status;
}
