#include "tests/store_world.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t HOUR = 3600 * US_PER_SECOND;
static const int64_t BEGIN_US = INT64_C(1640908800) * US_PER_SECOND; /* 2021-12-31 */

static size_t below(struct world *w, size_t n) {
    return test_below(&w->rng, n);
}

static struct str text(struct world *w) {
    return str_of(w->texts[below(w, COUNT_OF(w->texts))]);
}

/* A story's day is mostly that of a zone five hours east; some were saved when the site's zone was
 * another, so that days and times need not agree in their order. */
static int day_of(struct world *w, int64_t us) {
    int64_t zone = below(w, 8) == 0 ? -9 * HOUR : 5 * HOUR;
    struct civil c = civil_of_us(us + zone);
    return c.year * 10000 + c.month * 100 + c.day;
}

/* Few enough moments that stories meet. */
static int64_t moment(struct world *w) {
    static const int days[] = { 0, 1, 2, 2, 3, 31, 32, 60, 400 };
    return BEGIN_US + days[below(w, COUNT_OF(days))] * US_PER_DAY + (int64_t)below(w, 6) * 4 * HOUR;
}

static struct ids pick(struct world *w, int64_t *out, size_t n) {
    size_t len = 0, wanted = below(w, WORLD_RELATIONS + 1);
    while (len < wanted && len < n) {
        int64_t id = 1 + (int64_t)below(w, n);
        bool there = false;
        for (size_t i = 0; i < len; i++) {
            there = there || out[i] == id;
        }
        if (there) {
            break;
        }
        out[len++] = id;
    }
    return (struct ids){ out, len };
}

static void file_story(struct world *w, struct world_story *s) {
    struct ids sections = pick(w, s->sections, WORLD_SECTIONS);
    s->row.sections = sections;
    s->row.section_id = sections.len > 0 ? sections.ptr[below(w, sections.len)] : 0;
    s->row.tags = pick(w, s->tags, WORLD_TAGS);
    s->row.authors = pick(w, s->authors, WORLD_AUTHORS);
}

static void repoint(struct world_story *s) {
    s->row.sections.ptr = s->sections;
    s->row.tags.ptr = s->tags;
    s->row.authors.ptr = s->authors;
}

static void move_address(struct world *w, enum address_kind kind, int64_t id, int old, int path) {
    if (path >= 0) {
        w->paths[path].address = (struct address){ .kind = kind, .id = id };
    }
    if (old >= 0 && old != path) {
        w->paths[old].address = (struct address){ .kind = kind, .id = id, .redirect = true };
    }
}

static bool is_taken(const struct world *w, int path, enum address_kind kind, int64_t id) {
    if (path < 0) {
        return false;
    }
    const struct address *a = &w->paths[path].address;
    return a->kind != ADDRESS_NONE && !a->redirect && (a->kind != kind || a->id != id);
}

/* Put it, and take it over into the model when the store has taken it. */
static void save(struct world *w, const struct world_story *wanted) {
    struct world_story s = *wanted;
    repoint(&s);
    s.row.path = s.path >= 0 ? str_of(w->paths[s.path].text) : STR("");
    bool taken = is_taken(w, s.path, ADDRESS_STORY, s.row.id);
    int64_t id = 0;
    enum status status = store_story_put(store_site_write(w->site), &s.row, &id, &w->site->err);
    CHECK_INT(status, taken ? STATUS_CONFLICT : STATUS_OK);
    w->site->err = (struct err){ 0 };
    if (status != STATUS_OK) {
        return;
    }
    int old = -1;
    if (s.row.id == 0) {
        CHECK_INT(id, (int64_t)w->stories_len + 1);
        w->stories_len++;
    } else {
        old = w->stories[id - 1].path;
    }
    s.row.id = id;
    move_address(w, ADDRESS_STORY, id, old, s.path);
    w->stories[id - 1] = s;
    repoint(&w->stories[id - 1]);
}

static void new_story(struct world *w) {
    struct world_story s = { .path = (int)below(w, WORLD_PATHS + 10) - 10 };
    s.path = s.path < 0 ? -1 : s.path;
    s.row = (struct story){
        .kind = below(w, 4) == 0 ? STORY_PAGE : STORY_STORY,
        .state = below(w, 4) == 0 ? STORY_DRAFT : STORY_PUBLISHED,
        .visibility = below(w, 12) == 0 ? STORY_PASSWORD : STORY_PUBLIC,
        .headline = text(w),
        .standfirst = text(w),
        .body = { text(w) },
        .published_us = moment(w),
    };
    s.row.local_day = day_of(w, s.row.published_us);
    file_story(w, &s);
    save(w, &s);
}

static const char *change_story(struct world *w, struct world_story *at) {
    struct world_story s = *at;
    const char *what = "story: ";
    switch (below(w, 9)) {
    case 0:
        what = "story: body";
        s.row.body.raw = text(w);
        break;
    case 1:
        what = "story: headline";
        s.row.headline = text(w);
        s.row.standfirst = text(w);
        break;
    case 2:
    case 3:
        what = "story: date";
        s.row.published_us = moment(w);
        s.row.local_day = day_of(w, s.row.published_us);
        break;
    case 4:
    case 5:
        what = "story: filing";
        repoint(&s);
        file_story(w, &s);
        break;
    case 6:
        what = "story: state";
        s.row.state = below(w, 3) == 0 ? (enum story_state)below(w, 6) : STORY_PUBLISHED;
        s.row.visibility = below(w, 5) == 0 ? STORY_PRIVATE : STORY_PUBLIC;
        break;
    case 7:
        what = "story: path";
        s.path = (int)below(w, WORLD_PATHS);
        break;
    default:
        what = "story: menu";
        s.row.kind = below(w, 4) == 0 ? STORY_PAGE : s.row.kind;
        s.row.kind = below(w, 8) == 0 ? STORY_STORY : s.row.kind;
        s.row.menu_order = (int64_t)below(w, 3);
        /* Above it only an older one: never a circle. */
        s.row.parent_id = s.row.kind == STORY_PAGE && s.row.id > 1 && below(w, 3)
                              ? 1 + (int64_t)below(w, s.row.id > 3 ? 3 : (size_t)s.row.id - 1)
                              : 0;
        s.row.sticky = below(w, 2) != 0;
        s.row.noindex = below(w, 6) == 0;
        s.row.lead_media_id = (int64_t)below(w, 2);
        break;
    }
    save(w, &s);
    return what;
}

static const char *publish(struct world *w, struct world_story *s) {
    int64_t at_us = moment(w);
    int day = day_of(w, at_us);
    OK(store_story_publish(store_site_write(w->site), s->row.id, at_us, day, w->now_us,
                           &w->site->err));
    if (s->row.state == STORY_PUBLISHED && at_us <= w->now_us) {
        return "publish again";
    }
    bool is_first = s->row.published_us == 0 || s->row.published_us > w->now_us ||
                    s->row.state == STORY_SCHEDULED;
    if (at_us > w->now_us || is_first) {
        s->row.published_us = at_us;
        s->row.local_day = day;
    }
    if (at_us > w->now_us) {
        s->row.state = STORY_SCHEDULED;
    } else {
        s->row.state = STORY_PUBLISHED;
        s->row.updated_us = is_first ? at_us : w->now_us;
    }
    return "publish";
}

static const char *withdraw(struct world *w, struct world_story *s) {
    OK(store_story_withdraw(store_site_write(w->site), s->row.id, w->now_us, &w->site->err));
    if (s->row.state != STORY_WITHDRAWN) {
        s->row.state = STORY_WITHDRAWN;
        s->row.updated_us = w->now_us;
    }
    return "withdraw";
}

static const char *publish_due(struct world *w) {
    w->now_us = moment(w);
    size_t published = 0, expected = 0;
    int64_t next_us = 0, expected_us = 0;
    OK(store_publish_due(store_site_write(w->site), w->now_us, &published, &next_us,
                         &w->site->err));
    for (size_t i = 0; i < w->stories_len; i++) {
        struct story *s = &w->stories[i].row;
        if (s->state != STORY_SCHEDULED) {
            continue;
        }
        if (s->published_us <= w->now_us) {
            s->state = STORY_PUBLISHED;
            s->updated_us = s->published_us;
            expected++;
        } else if (expected_us == 0 || s->published_us < expected_us) {
            expected_us = s->published_us;
        }
    }
    CHECK_INT(published, expected);
    CHECK_INT(next_us, expected_us);
    return "publish what is due";
}

/* Whether `id` is `above` or stands below it. */
static bool is_below(const struct world *w, int64_t id, int64_t above) {
    for (; id != 0; id = w->sections[id - 1].parent_id) {
        if (id == above) {
            return true;
        }
    }
    return false;
}

static const char *change_section(struct world *w) {
    size_t i = below(w, WORLD_SECTIONS);
    struct section s = w->sections[i];
    int path = w->section_paths[i];
    bool moves = below(w, 2) != 0;
    if (moves) {
        s.parent_id = (int64_t)below(w, WORLD_SECTIONS + 1);
    } else if (below(w, 2)) {
        s.name = text(w);
    } else {
        path = (int)below(w, WORLD_PATHS);
        s.path = str_of(w->paths[path].text);
    }
    bool cycle = moves && is_below(w, s.parent_id, s.id);
    bool taken = is_taken(w, path, ADDRESS_SECTION, s.id);
    int64_t id = 0;
    enum status status = store_section_put(store_site_write(w->site), &s, &id, &w->site->err);
    CHECK_INT(status, cycle ? STATUS_INVALID : taken ? STATUS_CONFLICT : STATUS_OK);
    w->site->err = (struct err){ 0 };
    if (status == STATUS_OK) {
        move_address(w, ADDRESS_SECTION, id, w->section_paths[i], path);
        w->sections[i] = s;
        w->section_paths[i] = path;
    }
    return moves ? "section: parent" : "section: row";
}

static const char *put_address(struct world *w) {
    size_t i = below(w, WORLD_PATHS);
    struct address a = { .kind = ADDRESS_STORY,
                         .id = 1 + (int64_t)below(w, w->stories_len),
                         .redirect = true };
    if (below(w, 3) == 0) {
        a = (struct address){ .kind = ADDRESS_URL,
                              .redirect = true,
                              .url = STR("https://example.org/") };
    }
    const struct address *old = &w->paths[i].address;
    bool taken = old->kind != ADDRESS_NONE && !old->redirect;
    enum status status =
        store_address_put(store_site_write(w->site), str_of(w->paths[i].text), &a, &w->site->err);
    CHECK_INT(status, taken ? STATUS_CONFLICT : STATUS_OK);
    w->site->err = (struct err){ 0 };
    if (status == STATUS_OK) {
        w->paths[i].address = a;
    }
    return "address";
}

static const char *put_metas(struct world *w, int64_t story) {
    struct setting meta = { STR("k"), text(w) };
    enum meta_kind kind = (enum meta_kind)(META_STORY + below(w, META_COMMENT));
    int64_t id = story;
    switch (kind) {
    case META_STORY: break;
    case META_MEDIA: id = 1; break;
    case META_SECTION: id = 1 + (int64_t)below(w, WORLD_SECTIONS); break;
    case META_TAG: id = 1 + (int64_t)below(w, WORLD_TAGS); break;
    case META_AUTHOR: id = 1 + (int64_t)below(w, WORLD_AUTHORS); break;
    case META_COMMENT:
        kind = w->shown_comment != 0 ? kind : META_STORY;
        id = w->shown_comment != 0 ? w->shown_comment : id;
        break;
    }
    OK(store_metas_put(store_site_write(w->site), kind, id, &meta, below(w, 2), &w->site->err));
    return "metas";
}

static struct str term_path(struct world *w, char space[24], const char *what, int64_t id) {
    snprintf(space, 24, "/%s/%d-%d/", what, (int)id, (int)below(w, 2));
    return below(w, 2) ? str_of(space) : STR("");
}

static const char *change_other(struct world *w) {
    struct store_writer *writer = store_site_write(w->site);
    struct err *err = &w->site->err;
    int64_t story = 1 + (int64_t)below(w, w->stories_len), id = 0;
    switch (below(w, 9)) {
    case 0: {
        struct tag *tag = &w->tags[below(w, WORLD_TAGS)];
        tag->name = text(w);
        /* Outside the paths that the model knows. */
        tag->path = term_path(w, w->tag_paths[tag->id - 1], "tag", tag->id);
        OK(store_tag_put(writer, tag, &id, err));
        return "tag";
    }
    case 1: {
        struct author *author = &w->authors[below(w, WORLD_AUTHORS)];
        author->name = text(w);
        author->path = term_path(w, w->author_paths[author->id - 1], "by", author->id);
        OK(store_author_put(writer, author, &id, err));
        return "author";
    }
    case 2: {
        int64_t ids[2] = { story, 1 + (int64_t)below(w, w->stories_len) };
        OK(store_slot_put(writer, STR("dont-miss"), (struct ids){ ids, below(w, 3) }, err));
        return "slot";
    }
    case 3: {
        struct menu_item item = {
            .label = text(w), .target = MENU_STORY, .target_id = story, .parent = -1
        };
        OK(store_menu_put(writer, STR("primary"), &(struct menu){ &item, below(w, 2) }, err));
        return "menu";
    }
    case 4: {
        struct comment c = { .story_id = story,
                             .author = text(w),
                             .kind = STR("comment"),
                             .state = (enum comment_state)below(w, 4) };
        OK(store_comment_put(writer, &c, &id, err));
        w->shown_comment = c.state == COMMENT_APPROVED ? id : w->shown_comment;
        return "comment";
    }
    case 5: {
        struct media m = { .id = 1, .alt = text(w), .mime = STR("image/png") };
        m.remote_url = below(w, 2) ? STR("https://example.org/a.png") : STR("");
        OK(store_media_put(writer, &m, &id, err));
        return "media";
    }
    case 6: return put_metas(w, story);
    case 7: OK(store_news_since_put(writer, moment(w), err)); return "news horizon";
    default: {
        OK(store_story_body_put(writer, story, (struct html){ text(w) }, 7, err));
        struct story now;
        OK(store_story(store_writer_reader(writer), &w->site->arena, story, STORY_FULL, &now, err));
        for (size_t i = 0; i < COUNT_OF(w->texts); i++) {
            if (str_eq(now.body.raw, str_of(w->texts[i]))) {
                w->stories[story - 1].row.body.raw = str_of(w->texts[i]);
            }
        }
        return "body alone";
    }
    }
}

const char *world_step(struct world *w) {
    const char *what = NULL;
    struct world_story *s = w->stories_len > 0 ? &w->stories[below(w, w->stories_len)] : NULL;
    size_t dice = below(w, 20);
    if (s == NULL || (dice < 2 && w->stories_len < w->stories_max)) {
        new_story(w);
        what = "new story";
    } else if (dice < 9) {
        what = change_story(w, s);
    } else if (dice < 11) {
        what = publish(w, s);
    } else if (dice < 12) {
        what = withdraw(w, s);
    } else if (dice < 13) {
        what = publish_due(w);
    } else if (dice < 14) {
        save(w, s);
        what = "the same again";
    } else if (dice < 16) {
        what = change_section(w);
    } else if (dice < 17) {
        what = put_address(w);
    } else {
        what = change_other(w);
    }
    store_site_commit(w->site);
    return what;
}

void world_open(struct world *w, struct store_site *site, uint64_t seed, size_t stories_max) {
    *w = (struct world){
        .site = site, .rng = seed, .now_us = BEGIN_US + 40 * US_PER_DAY, .stories_max = stories_max
    };
    for (size_t i = 0; i < COUNT_OF(w->texts); i++) {
        snprintf(w->texts[i], sizeof w->texts[i], "words of text %zu", i);
    }
    for (int i = 0; i < WORLD_PATHS; i++) {
        snprintf(w->paths[i].text, sizeof w->paths[i].text, i % 9 ? "/%d/" : "/?p=%d", i);
    }
    int64_t id = 0;
    for (int i = 0; i < WORLD_SECTIONS; i++) {
        w->sections[i] = (struct section){ .parent_id = i / 2, .name = text(w) };
        OK(store_section_put(store_site_write(site), &w->sections[i], &id, &site->err));
        w->sections[i].id = id;
        w->section_paths[i] = -1;
    }
    for (int i = 0; i < WORLD_TAGS; i++) {
        OK(store_tag_put(store_site_write(site), &w->tags[i], &id, &site->err));
        w->tags[i].id = id;
    }
    for (int i = 0; i < WORLD_AUTHORS; i++) {
        OK(store_author_put(store_site_write(site), &w->authors[i], &id, &site->err));
        w->authors[i].id = id;
    }
    OK(store_media_put(store_site_write(site), &(struct media){ 0 }, &id, &site->err));
    store_site_commit(site);
}

bool world_in_list(const struct world *w, const struct world_story *s, struct list_id list) {
    const struct story *row = &s->row;
    if (row->kind != STORY_STORY || row->state != STORY_PUBLISHED ||
        row->visibility != STORY_PUBLIC) {
        return false;
    }
    struct ids ids = { NULL, 0 };
    switch (list.kind) {
    case LIST_LATEST: return true;
    case LIST_YEAR: return row->local_day / 10000 == list.id;
    case LIST_MONTH: return row->local_day / 100 == list.id;
    case LIST_DAY: return row->local_day == list.id;
    case LIST_SECTION: ids = row->sections; break;
    case LIST_TAG: ids = row->tags; break;
    case LIST_AUTHOR: ids = row->authors; break;
    }
    bool in = false;
    for (size_t i = 0; i < ids.len; i++) {
        in = in ||
             (list.kind == LIST_SECTION ? is_below(w, ids.ptr[i], list.id) : ids.ptr[i] == list.id);
    }
    return in;
}

static bool is_newer(const struct story *a, const struct story *b) {
    if (a->local_day != b->local_day) {
        return a->local_day > b->local_day;
    }
    return a->published_us != b->published_us ? a->published_us > b->published_us : a->id > b->id;
}

size_t world_list(const struct world *w, struct list_id list, int64_t ids[WORLD_STORIES_MAX]) {
    size_t len = 0;
    for (size_t i = 0; i < w->stories_len; i++) {
        if (!world_in_list(w, &w->stories[i], list)) {
            continue;
        }
        size_t at = len++;
        for (; at > 0 && is_newer(&w->stories[i].row, &w->stories[ids[at - 1] - 1].row); at--) {
            ids[at] = ids[at - 1];
        }
        ids[at] = w->stories[i].row.id;
    }
    return len;
}
