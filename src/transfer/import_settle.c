/* The end of an import, when every address is known: redirects, parents, attachments' pages, and
 * the links in bodies. Each is a task that was queued together with its story, so that a process
 * that dies in between loses none. A story with links that lead nowhere yet stays queued
 * ("story-open") for the imports to come, which may bring their targets. */
#include "transfer/import_run.h"

#include "base/limits.h"
#include "text/html.h"
#include "text/url.h"
#include "text/words.h"
#include "transfer/links.h"

/* ---- what a URL of the old site leads to ---- */

static enum status look_up(struct import_run *run, struct str path, struct address *ret,
                           struct err *err) {
    struct store_reader *reader;
    struct err ignored = { 0 };
    *ret = (struct address){ 0 };
    enum status status = run_reader(run, &reader, err);
    if (status != STATUS_OK || path.len > LIMIT_PATH_BYTES) {
        return status;
    }
    status = store_address(reader, &run->item, path, ret, &ignored);
    if (status == STATUS_NOT_FOUND) {
        *ret = (struct address){ 0 };
        return STATUS_OK;
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", ignored.message);
}

/* With and without its query and its last slash. */
static enum status find_address(struct import_run *run, struct str url, struct address *ret,
                                struct err *err) {
    struct str whole;
    struct str path;
    *ret = (struct address){ 0 };
    if (!run_own_path(run, url, true, &whole) || !run_own_path(run, url, false, &path)) {
        return STATUS_OK;
    }
    bool slash = str_ends(path, STR("/"));
    const struct str tries[] = {
        whole,
        path.len > 1 ? path : whole,
        slash ? str_slice(path, 0, path.len - 1) : arena_printf(&run->item, "%.*s/", STR_FMT(path)),
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && ret->kind == ADDRESS_NONE && i < COUNT_OF(tries);
         i++) {
        if (tries[i].len > 1) {
            status = look_up(run, tries[i], ret, err);
        }
    }
    return status;
}

/* A file that the old site served from another host. */
static enum status find_remote_file(struct import_run *run, struct str url, struct address *ret,
                                    struct err *err) {
    struct import_entry known;
    size_t scheme = str_find(url, STR("//"), 0);
    *ret = (struct address){ 0 };
    if (scheme == STR_NPOS) {
        return STATUS_OK;
    }
    struct str id = str_slice(url, scheme + 2, str_find_char(url, '?', 0));
    enum status status = run_known(run, "url", id, &known, err);
    if (status == STATUS_OK && known.id != 0) {
        *ret = (struct address){ .kind = ADDRESS_MEDIA, .id = known.id };
    }
    return status;
}

enum status import_resolve(void *ctx, UNUSED struct arena *a, struct str url, bool is_resource,
                           struct link_target *ret, struct err *err) {
    struct import_run *run = ctx;
    struct str ignored;
    struct address address;
    bool own = url_same_site(run->site->base_url, url, &ignored);
    *ret = (struct link_target){ .kind = own ? LINK_UNKNOWN : LINK_FOREIGN };
    enum status status = own ? find_address(run, url, &address, err)
                             : find_remote_file(run, url, &address, err);
    if (status != STATUS_OK || address.kind == ADDRESS_NONE || address.kind == ADDRESS_URL) {
        return status;
    }
    if (is_resource && address.kind != ADDRESS_MEDIA) {
        return STATUS_OK;
    }
    struct store_reader *reader;
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_path_of(reader, &run->item, address.kind, address.id, &ret->path, err);
    }
    if (status == STATUS_OK && ret->path.len > 0) {
        ret->kind = address.kind == ADDRESS_STORY ? LINK_STORY : LINK_PATH;
        ret->story_id = address.id;
    }
    return status;
}

/* ---- the tasks ---- */

static enum status settle_parent(struct import_run *run, int64_t story_id, int64_t parent,
                                 struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    struct story story;
    enum status status = run_known(run, "post", run_decimal(run, parent), &known, err);
    if (status != STATUS_OK || known.id == 0 || known.id == story_id) {
        return status;
    }
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_story(reader, &run->item, story_id, STORY_FULL, &story, err);
    }
    if (status != STATUS_OK || story.parent_id != 0) {
        return status;
    }
    story.parent_id = known.id;
    status = run_writer(run, &writer, err);
    int64_t id;
    struct err refused = { 0 };
    if (status == STATUS_OK) {
        status = store_story_put(writer, &story, &id, &refused);
    }
    if (status == STATUS_INVALID || status == STATUS_NOT_FOUND) {
        report_warn(run->report, NULL, 0, run->post_id, "the page above it is not usable: %s",
                    refused.message);
        return STATUS_OK;
    }
    return status == STATUS_OK ? status : err_set(err, status, "%s", refused.message);
}

/* A parent's change raises the version: it is the import's, not an editor's. */
static enum status story_version(struct import_run *run, int64_t id, int64_t *ret,
                                 struct err *err) {
    struct store_reader *reader;
    struct story story;
    enum status status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_story(reader, &run->item, id, STORY_CARD, &story, err);
        *ret = status == STATUS_OK ? story.version : 0;
    }
    return status;
}

static enum status settle_story(struct import_run *run, const struct import_task *task,
                                struct err *err) {
    struct str rest = task->text;
    struct str line;
    struct str source_id;
    int64_t parent = 0;
    int64_t before = 0;
    int64_t after = 0;
    enum status status = STATUS_OK;
    /* The first line is "<parent's post id> <own post id>". */
    str_split(&rest, '\n', &line);
    size_t blank = str_find_char(line, ' ', 0);
    source_id = str_from(line, blank == STR_NPOS ? line.len : blank + 1);
    if (!str_to_i64(str_slice(line, 0, blank), &parent)) {
        parent = 0;
    }
    if (parent != 0) {
        status = story_version(run, task->id, &before, err);
    }
    if (status == STATUS_OK && parent != 0) {
        status = settle_parent(run, task->id, parent, err);
    }
    while (status == STATUS_OK && str_split(&rest, '\n', &line)) {
        status = run_redirect(run, line, ADDRESS_STORY, task->id, err);
    }
    if (status == STATUS_OK && parent != 0) {
        status = story_version(run, task->id, &after, err);
    }
    if (status == STATUS_OK && before != after && source_id.len > 0) {
        struct import_entry version;
        status = run_known(run, "post-version", source_id, &version, err);
        if (status == STATUS_OK && version.hash == (uint64_t)before) {
            status = run_remember(run, "post-version", source_id, task->id, (uint64_t)after, err);
        }
    }
    return status;
}

/* An attachment's page leads to the story that it was uploaded to, or to the file. */
static enum status settle_attachment(struct import_run *run, const struct import_task *task,
                                     struct err *err) {
    struct str rest = task->text;
    struct str line;
    int64_t parent = 0;
    struct import_entry known = { 0 };
    struct store_reader *reader;
    struct store_writer *writer;
    struct media media;
    str_split(&rest, '\n', &line);
    enum status status = STATUS_OK;
    if (str_to_i64(line, &parent) && parent > 0) {
        status = run_known(run, "post", line, &known, err);
    }
    if (status == STATUS_OK) {
        status = run_reader(run, &reader, err);
    }
    if (status == STATUS_OK) {
        status = store_media(reader, &run->item, task->id, &media, err);
    }
    if (status == STATUS_OK && known.id != 0 && media.parent_story_id == 0) {
        media.parent_story_id = known.id;
        status = run_writer(run, &writer, err);
        int64_t id;
        if (status == STATUS_OK) {
            status = store_media_put(writer, &media, &id, err);
        }
    }
    struct story story = { 0 };
    if (status == STATUS_OK && known.id != 0) {
        status = run_reader(run, &reader, err);
        if (status == STATUS_OK) {
            status = store_story(reader, &run->item, known.id, STORY_CARD, &story, err);
        }
    }
    bool by_story = known.id != 0 && story.state == STORY_PUBLISHED &&
                    story.visibility != STORY_PRIVATE && story.path.len > 0;
    /* Without a file here its page leads to where it was. */
    bool by_media = status == STATUS_OK &&
                    (media.path.len > 0 || (media.remote_url.len <= LIMIT_PATH_BYTES &&
                                            (str_starts_nocase(media.remote_url, STR("https://")) ||
                                             str_starts_nocase(media.remote_url, STR("http://")))));
    while (status == STATUS_OK && (by_story || by_media) && str_split(&rest, '\n', &line)) {
        status = run_redirect(run, line, by_story ? ADDRESS_STORY : ADDRESS_MEDIA,
                              by_story ? known.id : task->id, err);
    }
    return status;
}

/* A guest's picture may come after the guest. */
static enum status settle_author(struct import_run *run, const struct import_task *task,
                                 struct err *err) {
    struct import_entry known;
    struct store_reader *reader;
    struct store_writer *writer;
    struct author author;
    int64_t id;
    enum status status = run_known(run, "attachment", task->text, &known, err);
    if (status != STATUS_OK || known.id == 0) {
        return status;
    }
    status = run_reader(run, &reader, err);
    if (status == STATUS_OK) {
        status = store_author(reader, &run->item, task->id, &author, err);
    }
    if (status != STATUS_OK || author.media_id != 0) {
        return status;
    }
    author.media_id = known.id;
    status = run_writer(run, &writer, err);
    return status == STATUS_OK ? store_author_put(writer, &author, &id, err) : status;
}

static enum status run_task(struct import_run *run, const struct import_task *task,
                            struct err *err) {
    if (str_eq(task->kind, STR("attachment"))) {
        return settle_attachment(run, task, err);
    }
    if (str_eq(task->kind, STR("author"))) {
        return settle_author(run, task, err);
    }
    if (str_eq(task->kind, STR("story"))) {
        return settle_story(run, task, err);
    }
    return STATUS_OK;
}

/* The settling counts as one reading of the files; an item is about one task. */
void import_settle_progress(struct import_run *run) {
    struct import_progress *p = &run->progress;
    int64_t done = ++run->settled / 2;
    int64_t begin = p->bytes_total - run->file_bytes;
    double part = done < p->items_total ? (double)done / (double)p->items_total : 1;
    p->bytes = begin + (int64_t)(part * (double)run->file_bytes);
    run_tell_progress(run, false);
}

/* All but the links: when this is done, every address answers. A story's task stays, for
 * import_settle_links; to do it twice does no harm. */
static enum status settle_addresses(struct import_run *run, int64_t *ret_end, struct err *err) {
    *ret_end = 0;
    for (;;) {
        struct store_reader *reader;
        struct import_task task;
        struct err ignored = { 0 };
        arena_reset(&run->item);
        enum status status = run_reader(run, &reader, err);
        if (status == STATUS_OK) {
            status = store_import_task_next(reader, &run->item, run->site->source, *ret_end, &task,
                                            &ignored);
            if (status == STATUS_NOT_FOUND) {
                return STATUS_OK;
            }
        }
        if (status != STATUS_OK) {
            return err_set(err, status, "%s", ignored.message);
        }
        *ret_end = task.seq;
        import_settle_progress(run);
        bool done = false;
        if (str_eq(task.kind, STR("sticky"))) {
            status = import_take_sticky(run, &task, err);
        } else if (!str_eq(task.kind, STR("story-open"))) {
            status = run_task(run, &task, err);
            done = !str_eq(task.kind, STR("story"));
        }
        struct store_writer *writer;
        if (status == STATUS_OK && done) {
            status = run_writer(run, &writer, err);
            if (status == STATUS_OK) {
                status = store_import_task_done(writer, task.seq, err);
            }
        }
        if (status == STATUS_OK) {
            status = run_commit(run, false, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
}

static enum status settle_site(struct import_run *run, bool retry_open, struct err *err) {
    int64_t end;
    enum status status = settle_addresses(run, &end, err);
    if (status == STATUS_OK) {
        status = run_commit(run, true, err);
    }
    return status == STATUS_OK ? import_settle_links(run, retry_open, end, err) : status;
}

enum status import_settle(struct import_run *run, struct err *err) {
    enum status status = STATUS_OK;
    run->line = 0;
    run->post_id = 0;
    run->file = NULL;
    for (size_t i = 0; status == STATUS_OK && i < run->site_list.len; i++) {
        struct import_entry pending;
        run->site = run->site_list.ptr[i];
        run->site->marked = true;
        status = run_known(run, "state", STR("links"), &pending, err);
        if (status == STATUS_OK) {
            status = settle_site(run, pending.hash != 0, err);
        }
        if (status == STATUS_OK && pending.hash != 0) {
            status = run_remember(run, "state", STR("links"), 1, 0, err);
        }
        if (status == STATUS_OK) {
            status = run_commit(run, true, err);
        }
    }
    return status == STATUS_OK ? import_front(run, err) : status;
}
