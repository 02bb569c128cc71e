#include "site/changes.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/feed.h"
#include "site/settings.h"
#include "text/url.h"

#include <inttypes.h>

struct looking {
    struct store_reader *reader;
    struct arena *arena;
    struct site_settings settings;
    struct map seen;   /* addresses that are in one of the two lists */
    struct map newest; /* "<kind>:<id>" to struct ids *: what a list's feeds show */
    VEC(struct str) feeds;
    VEC(struct str) stories;
};

static bool is_new(struct looking *l, struct str address) {
    if (map_has(&l->seen, address)) {
        return false;
    }
    map_put(&l->seen, address, NULL);
    return true;
}

static struct str absolute(struct looking *l, struct str path) {
    return arena_printf(l->arena, "%.*s%.*s", STR_FMT(l->settings.origin), STR_FMT(path));
}

static void add_feeds(struct looking *l, struct str base) {
    for (enum feed_format f = FEED_RSS; f < FEED_FORMATS; f++) {
        struct str address = absolute(l, feed_path(l->arena, base, f));
        if (is_new(l, address)) {
            *vec_push(l->arena, &l->feeds) = address;
        }
    }
}

static void add_story(struct looking *l, struct str path) {
    struct str address = absolute(l, path);
    if (is_new(l, address)) {
        *vec_push(l->arena, &l->stories) = address;
    }
}

/* Gone since is no failure: it has no feed any more. */
static enum status unless_gone(enum status status, const struct err *lost, struct err *err) {
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost->message);
}

/* ---- lists ---- */

static const struct {
    const char *key; /* of the list; "row:" before it: of what it is named for */
    enum list_kind list;
    enum address_kind address;
} kinds[] = {
    { "section:", LIST_SECTION, ADDRESS_SECTION },
    { "tag:", LIST_TAG, ADDRESS_TAG },
    { "author:", LIST_AUTHOR, ADDRESS_AUTHOR },
};

static enum status add_list(struct looking *l, size_t kind, int64_t id, struct err *err) {
    struct str path = STR("");
    struct err lost = { 0 };
    enum status status = store_path_of(l->reader, l->arena, kinds[kind].address, id, &path, &lost);
    if (status == STATUS_OK && path.len > 0) {
        add_feeds(l, path);
    }
    return unless_gone(status, &lost, err);
}

/* Do the list's feeds show the story? */
static enum status shows(struct looking *l, struct list_id list, int64_t story, bool *ret,
                         struct err *err) {
    struct str name = arena_printf(l->arena, "%d:%" PRId64, (int)list.kind, list.id);
    struct ids *newest = map_get(&l->newest, name);
    if (newest == NULL) {
        newest = ARENA_NEW(l->arena, struct ids);
        enum status status = store_newest(l->reader, l->arena, list,
                                          (size_t)l->settings.feed_stories, (struct ids){ NULL, 0 },
                                          newest, err);
        if (status != STATUS_OK) {
            return status;
        }
        map_put(&l->newest, name, newest);
    }
    *ret = ids_have(*newest, story);
    return STATUS_OK;
}

static enum status add_if_shown(struct looking *l, size_t kind, int64_t id, int64_t story,
                                struct err *err) {
    bool shown = false;
    enum status status = shows(l, (struct list_id){ kinds[kind].list, id }, story, &shown, err);
    return status == STATUS_OK && shown ? add_list(l, kind, id, err) : status;
}

/* The section and those above it. */
static enum status add_sections(struct looking *l, int64_t id, int64_t story, struct err *err) {
    enum status status = STATUS_OK;
    for (int depth = 0; status == STATUS_OK && id != 0 && depth <= LIMIT_SECTION_DEPTH; depth++) {
        struct section section;
        status = add_if_shown(l, 0, id, story, err);
        if (status == STATUS_OK) {
            status = store_section(l->reader, l->arena, id, &section, err);
            id = status == STATUS_OK ? section.parent_id : 0;
        }
    }
    return status;
}

/* ---- keys ---- */

static enum status add_lists_of(struct looking *l, const struct story *story, struct err *err) {
    bool shown = false;
    enum status status = shows(l, (struct list_id){ LIST_LATEST, 0 }, story->id, &shown, err);
    if (shown) {
        add_feeds(l, STR("/"));
    }
    for (size_t i = 0; status == STATUS_OK && i < story->sections.len; i++) {
        status = add_sections(l, story->sections.ptr[i], story->id, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < story->tags.len; i++) {
        status = add_if_shown(l, 1, story->tags.ptr[i], story->id, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < story->authors.len; i++) {
        status = add_if_shown(l, 2, story->authors.ptr[i], story->id, err);
    }
    return status;
}

static enum status look_at_story(struct looking *l, int64_t id, bool for_comments,
                                 struct err *err) {
    struct story story;
    struct err lost = { 0 };
    enum status status = store_story(l->reader, l->arena, id, STORY_FULL, &story, &lost);
    if (status != STATUS_OK) {
        return unless_gone(status, &lost, err);
    }
    if (!story_is_public(&story)) {
        /* Its address says of a withdrawn one that it is gone; of others nobody is told anything.
         */
        if (story.state == STORY_WITHDRAWN && story.published_us > 0 && !for_comments &&
            story.visibility == STORY_PUBLIC && story.path.len > 0) {
            add_story(l, story.path);
        }
        return STATUS_OK;
    }
    if (for_comments) {
        add_feeds(l, story.path);
        return STATUS_OK;
    }
    add_story(l, story.path);
    return story.kind == STORY_STORY && l->settings.websub_hub.len > 0
               ? add_lists_of(l, &story, err)
               : STATUS_OK;
}

static bool key_id(struct str key, const char *prefix, int64_t *ret_id) {
    struct str p = str_of(prefix);
    return str_starts(key, p) && str_to_i64(str_from(key, p.len), ret_id) && *ret_id > 0;
}

static enum status look_at(struct looking *l, struct str key, struct err *err) {
    int64_t id;
    if (str_eq(key, STR("latest")) || str_eq(key, STR("site"))) {
        add_feeds(l, STR("/"));
        return STATUS_OK;
    }
    if (str_eq(key, STR("all-comments"))) {
        add_feeds(l, FEED_COMMENTS_BASE);
        return STATUS_OK;
    }
    if (key_id(key, "story:", &id)) {
        return look_at_story(l, id, false, err);
    }
    if (key_id(key, "comments:", &id)) {
        return look_at_story(l, id, true, err);
    }
    struct str name = str_starts(key, STR("row:")) ? str_from(key, 4) : key;
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
        if (key_id(name, kinds[kind].key, &id)) {
            return add_list(l, kind, id, err);
        }
    }
    return STATUS_OK;
}

static struct site_changes result(struct looking *l) {
    const struct site_settings *s = &l->settings;
    struct url url;
    check(url_parse(s->url, &url));
    struct site_changes changes = {
        .hub = s->websub_hub,
        .indexnow_endpoint = s->indexnow_endpoint,
        .indexnow_key = s->indexnow_endpoint.len > 0 ? s->indexnow_key : STR(""),
        .host = url.host,
    };
    if (changes.hub.len > 0) {
        changes.feeds = (struct list){ l->feeds.ptr, l->feeds.len };
    }
    if (changes.indexnow_key.len > 0) {
        changes.indexnow_key_url =
            absolute(l, arena_printf(l->arena, "/%.*s.txt", STR_FMT(changes.indexnow_key)));
        changes.stories = (struct list){ l->stories.ptr, l->stories.len };
    }
    return changes;
}

enum status site_changes(struct store_reader *r, struct arena *a, const struct keys *touched,
                         bool forgotten, struct site_changes *ret, struct err *err) {
    struct looking l = { .reader = r, .arena = a };
    enum status status = settings_load(r, a, &l.settings, err);
    bool is_told = status == STATUS_OK &&
                   l.settings.websub_hub.len + l.settings.indexnow_key.len > 0;
    if (is_told && forgotten) {
        add_feeds(&l, STR("/"));
    }
    for (size_t i = 0; status == STATUS_OK && is_told && touched != NULL && i < touched->list.len;
         i++) {
        status = look_at(&l, touched->list.ptr[i], err);
    }
    if (status == STATUS_OK) {
        *ret = result(&l);
    }
    map_done(&l.seen);
    map_done(&l.newest);
    return status;
}
