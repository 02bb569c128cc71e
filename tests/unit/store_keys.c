/* Keys are exact: before and after each random write every read of a small newsroom is repeated.
 * When its result changed, the keys that the write touched must meet those that the read noted
 * (always); and they should not meet when nothing changed (counted, and proven to be zero where
 * the key says exactly what was read). */
#include "tests/harness.h"
#include "tests/store_world.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum read_kind {
    READ_CARD,
    READ_FULL,
    READ_EXCERPT,
    READ_META,
    READ_PATH_OF,
    READ_COMMENTS,
    READ_ADDRESS,
    READ_PAGE,
    READ_NEWEST,
    READ_DATES,
    READ_NEIGHBOURS,
    READ_SECTION,
    READ_SECTIONS,
    READ_TAG,
    READ_AUTHOR,
    READ_MEDIA,
    READ_SLOT,
    READ_MENU,
    READ_TOP_PAGES,
    READ_CHILD_PAGES,
    READ_NEWEST_COMMENTS,
    READ_COMMENT_COUNT,
    READ_SITEMAPS,
    READ_SITEMAP,
    READ_NEWS,
    READ_KINDS
};

static const struct {
    const char *name;
    bool is_exact; /* touched means changed */
} kinds[READ_KINDS] = {
    [READ_CARD] = { "card", false },
    [READ_FULL] = { "story", false },
    [READ_EXCERPT] = { "excerpt", false },
    [READ_META] = { "meta", false },
    [READ_PATH_OF] = { "path of", false },
    [READ_COMMENTS] = { "comments", true },
    [READ_ADDRESS] = { "address", true },
    [READ_PAGE] = { "list page", false },
    [READ_NEWEST] = { "newest", false },
    [READ_DATES] = { "dates", false },
    [READ_NEIGHBOURS] = { "neighbours", true },
    [READ_SECTION] = { "section", true },
    [READ_SECTIONS] = { "sections", true },
    [READ_TAG] = { "tag", true },
    [READ_AUTHOR] = { "author", true },
    [READ_MEDIA] = { "media", true },
    [READ_SLOT] = { "slot", true },
    [READ_MENU] = { "menu", true },
    [READ_TOP_PAGES] = { "top pages", false },
    [READ_CHILD_PAGES] = { "child pages", false },
    [READ_NEWEST_COMMENTS] = { "newest comments", false },
    [READ_COMMENT_COUNT] = { "comment count", false },
    [READ_SITEMAPS] = { "sitemaps", false },
    [READ_SITEMAP] = { "sitemap", false },
    [READ_NEWS] = { "news", false },
};

struct read {
    enum read_kind kind;
    int64_t id;
    struct list_id list;
    struct str path;
    bool is_recorded;
    uint64_t result;
    struct keys noted;
};

struct reads {
    struct read *ptr;
    size_t len, cap;
};

static void put_ids(struct buf *b, struct ids ids) {
    for (size_t i = 0; i < ids.len; i++) {
        buf_printf(b, "%" PRId64 ",", ids.ptr[i]);
    }
    buf_put_char(b, ';');
}

static void put_story(struct buf *b, const struct story *s) {
    buf_printf(b, "%d %d %d %.*s|%.*s|%.*s|%.*s|%" PRId64 " %" PRId64 " %d %" PRId64, s->kind,
               s->state, s->visibility, STR_FMT(s->path), STR_FMT(s->headline),
               STR_FMT(s->standfirst), STR_FMT(s->body.raw), s->published_us, s->updated_us,
               s->local_day, s->section_id);
    put_ids(b, s->sections);
    put_ids(b, s->tags);
    put_ids(b, s->authors);
    buf_printf(b, "%d %" PRId64 " %" PRId64, s->sticky, s->parent_id, s->menu_order);
}

static void put_section(struct buf *b, const struct section *s) {
    buf_printf(b, "%" PRId64 " %" PRId64 " %.*s %.*s;", s->id, s->parent_id, STR_FMT(s->name),
               STR_FMT(s->path));
}

static enum status read_story_part(struct store_reader *r, struct arena *a, const struct read *q,
                                   struct buf *b) {
    struct str text = STR("");
    struct story story;
    enum status status = STATUS_OK;
    switch (q->kind) {
    case READ_CARD:
    case READ_FULL:
        status =
            store_story(r, a, q->id, q->kind == READ_FULL ? STORY_FULL : STORY_CARD, &story, NULL);
        if (status == STATUS_OK) {
            put_story(b, &story);
        }
        return status;
    case READ_EXCERPT: status = store_story_excerpt(r, a, q->id, &text, NULL); break;
    case READ_META: status = store_meta(r, a, META_STORY, q->id, STR("k"), &text, NULL); break;
    default: status = store_path_of(r, a, ADDRESS_STORY, q->id, &text, NULL); break;
    }
    buf_put(b, status == STATUS_OK && text.ptr != NULL ? text : STR(""));
    return status;
}

static enum status read_list(struct store_reader *r, struct arena *a, const struct read *q,
                             struct buf *b) {
    struct list_page page = { 0 };
    struct ids ids = { 0 };
    int64_t previous = 0, next = 0;
    enum status status = STATUS_OK;
    switch (q->kind) {
    case READ_PAGE: status = store_list_page(r, a, q->list, q->id, 4, &page, NULL); break;
    case READ_NEWEST: {
        int64_t except = q->id;
        status = store_newest(r, a, q->list, 4, (struct ids){ &except, 1 }, &ids, NULL);
        break;
    }
    case READ_DATES: status = store_dates_within(r, a, q->list, &ids, NULL); break;
    case READ_SLOT: status = store_slot(r, a, STR("dont-miss"), &ids, NULL); break;
    case READ_CHILD_PAGES: status = store_child_pages(r, a, q->id, 99, &ids, NULL); break;
    case READ_TOP_PAGES: status = store_top_pages(r, a, 99, &ids, NULL); break;
    default: status = store_neighbours(r, q->list, q->id, &previous, &next, NULL); break;
    }
    put_ids(b, page.ids);
    put_ids(b, ids);
    buf_printf(b, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, page.total, page.pages, previous,
               next);
    return status;
}

static enum status read_map(struct store_reader *r, struct arena *a, const struct read *q,
                            struct buf *b) {
    struct sitemaps files = { 0 };
    struct sitemap_entries entries = { 0 };
    struct news news = { 0 };
    enum status status;
    switch (q->kind) {
    case READ_SITEMAPS: status = store_sitemaps(r, a, &files, NULL); break;
    case READ_SITEMAP:
        status = store_sitemap(r, a, (enum sitemap_kind)q->id, 1, &entries, NULL);
        break;
    default: status = store_news(r, a, 5, &news, NULL); break;
    }
    for (size_t i = 0; i < files.len; i++) {
        buf_printf(b, "%d/%" PRId64 " %" PRId64 ";", files.ptr[i].kind, files.ptr[i].number,
                   files.ptr[i].changed_us);
    }
    for (size_t i = 0; i < entries.len; i++) {
        buf_printf(b, "%.*s %" PRId64 " %.*s;", STR_FMT(entries.ptr[i].path),
                   entries.ptr[i].changed_us, STR_FMT(entries.ptr[i].image));
    }
    for (size_t i = 0; i < news.len; i++) {
        buf_printf(b, "%.*s %.*s %" PRId64 ";", STR_FMT(news.ptr[i].path),
                   STR_FMT(news.ptr[i].headline), news.ptr[i].published_us);
    }
    return status;
}

/* A row is what is read of it with its metas. */
static void put_metas(struct store_reader *r, struct arena *a, enum meta_kind kind, int64_t id,
                      struct buf *b) {
    struct settings metas = { 0 };
    OK(store_metas(r, a, kind, id, &metas, NULL));
    for (size_t i = 0; i < metas.len; i++) {
        buf_printf(b, "{%.*s %.*s}", STR_FMT(metas.ptr[i].key), STR_FMT(metas.ptr[i].value));
    }
}

static enum status read_row(struct store_reader *r, struct arena *a, const struct read *q,
                            struct buf *b) {
    struct section section;
    struct sections sections;
    struct tag tag;
    struct author author;
    struct media media;
    struct menu menu;
    struct comments comments;
    struct address at;
    int64_t count = 0;
    enum status status = STATUS_OK;
    switch (q->kind) {
    case READ_SECTION:
        status = store_section(r, a, q->id, &section, NULL);
        put_section(b, &section);
        put_metas(r, a, META_SECTION, q->id, b);
        break;
    case READ_SECTIONS:
        status = store_sections(r, a, &sections, NULL);
        for (size_t i = 0; i < sections.len; i++) {
            put_section(b, &sections.ptr[i]);
            put_metas(r, a, META_SECTION, sections.ptr[i].id, b);
        }
        break;
    case READ_TAG:
        status = store_tag(r, a, q->id, &tag, NULL);
        buf_printf(b, "%.*s %.*s", STR_FMT(tag.name), STR_FMT(tag.path));
        put_metas(r, a, META_TAG, q->id, b);
        break;
    case READ_AUTHOR:
        status = store_author(r, a, q->id, &author, NULL);
        buf_printf(b, "%.*s %.*s", STR_FMT(author.name), STR_FMT(author.path));
        put_metas(r, a, META_AUTHOR, q->id, b);
        break;
    case READ_MEDIA:
        status = store_media(r, a, q->id, &media, NULL);
        buf_printf(b, "%.*s %.*s", STR_FMT(media.alt), STR_FMT(media.remote_url));
        put_metas(r, a, META_MEDIA, q->id, b);
        break;
    case READ_MENU:
        status = store_menu(r, a, STR("primary"), &menu, NULL);
        for (size_t i = 0; i < menu.len; i++) {
            buf_printf(b, "%.*s %" PRId64 ";", STR_FMT(menu.ptr[i].label), menu.ptr[i].target_id);
        }
        break;
    case READ_COMMENTS:
        status = store_comments(r, a, q->id, 99, &comments, NULL);
        for (size_t i = 0; i < comments.len; i++) {
            buf_printf(b, "%" PRId64 " %.*s;", comments.ptr[i].id, STR_FMT(comments.ptr[i].author));
            put_metas(r, a, META_COMMENT, comments.ptr[i].id, b);
        }
        break;
    case READ_NEWEST_COMMENTS:
        status = store_newest_comments(r, a, q->id, 5, &comments, NULL);
        for (size_t i = 0; i < comments.len; i++) {
            buf_printf(b, "%" PRId64 " %.*s;", comments.ptr[i].id, STR_FMT(comments.ptr[i].author));
        }
        break;
    case READ_COMMENT_COUNT:
        status = store_comment_count(r, q->id, &count, NULL);
        buf_put_i64(b, count);
        break;
    default:
        status = store_address(r, a, q->path, &at, NULL);
        if (status == STATUS_OK) {
            buf_printf(b, "%d %" PRId64 " %d %.*s", at.kind, at.id, at.redirect, STR_FMT(at.url));
        }
        break;
    }
    return status;
}

/* The read's result as a hash; what it noted is in q->noted. */
static uint64_t perform(struct store_site *site, struct read *q, struct buf *b) {
    struct store_reader *r = store_site_read(site);
    keys_reset(&q->noted);
    struct keys *old = store_read_note(r, &q->noted);
    buf_reset(b);
    enum status status;
    switch (q->kind) {
    case READ_CARD:
    case READ_FULL:
    case READ_EXCERPT:
    case READ_META:
    case READ_PATH_OF: status = read_story_part(r, &site->arena, q, b); break;
    case READ_PAGE:
    case READ_NEWEST:
    case READ_DATES:
    case READ_NEIGHBOURS:
    case READ_SLOT:
    case READ_TOP_PAGES:
    case READ_CHILD_PAGES: status = read_list(r, &site->arena, q, b); break;
    case READ_SITEMAPS:
    case READ_SITEMAP:
    case READ_NEWS: status = read_map(r, &site->arena, q, b); break;
    default: status = read_row(r, &site->arena, q, b); break;
    }
    CHECK(status == STATUS_OK || status == STATUS_NOT_FOUND);
    buf_printf(b, " %d", status);
    store_read_note(r, old);
    return hash_content(buf_str(b));
}

static struct read *add(struct reads *all, enum read_kind kind, int64_t id) {
    if (all->len == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 256;
        all->ptr = realloc(all->ptr, all->cap * sizeof *all->ptr);
        check(all->ptr != NULL);
    }
    all->ptr[all->len] = (struct read){ .kind = kind, .id = id };
    return &all->ptr[all->len++];
}

static void add_list(struct reads *all, enum list_kind kind, int64_t id) {
    for (int64_t page = 1; page <= 3; page++) {
        add(all, READ_PAGE, page)->list = (struct list_id){ kind, id };
    }
    add(all, READ_NEWEST, 3)->list = (struct list_id){ kind, id };
    if (kind == LIST_YEAR || kind == LIST_MONTH) {
        add(all, READ_DATES, 0)->list = (struct list_id){ kind, id };
    }
}

static struct reads all_reads(struct world *w, size_t stories) {
    struct reads all = { 0 };
    for (int64_t id = 1; id <= (int64_t)stories; id++) {
        for (int kind = READ_CARD; kind <= READ_COMMENTS; kind++) {
            add(&all, (enum read_kind)kind, id);
        }
        add(&all, READ_NEIGHBOURS, id)->list = (struct list_id){ LIST_LATEST, 0 };
        add(&all, READ_NEWEST_COMMENTS, id);
        add(&all, READ_COMMENT_COUNT, id);
        for (int64_t section = 1; section <= 3; section++) {
            add(&all, READ_NEIGHBOURS, id)->list = (struct list_id){ LIST_SECTION, section };
        }
    }
    add_list(&all, LIST_LATEST, 0);
    for (int64_t id = 1; id <= WORLD_SECTIONS; id++) {
        add_list(&all, LIST_SECTION, id);
        add(&all, READ_SECTION, id);
    }
    for (int64_t id = 1; id <= WORLD_TAGS; id++) {
        add_list(&all, LIST_TAG, id);
        add_list(&all, LIST_AUTHOR, id);
        add(&all, READ_TAG, id);
        add(&all, READ_AUTHOR, id);
    }
    static const int64_t days[] = { 20211231, 20220101, 20220102, 20220103, 20220131, 20220301 };
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        add_list(&all, LIST_DAY, days[i]);
        add_list(&all, LIST_MONTH, days[i] / 100);
        add_list(&all, LIST_YEAR, days[i] / 10000);
    }
    for (size_t i = 0; i < WORLD_PATHS; i++) {
        add(&all, READ_ADDRESS, 0)->path = str_of(w->paths[i].text);
    }
    add(&all, READ_SECTIONS, 0);
    add(&all, READ_MEDIA, 1);
    add(&all, READ_SLOT, 0);
    add(&all, READ_MENU, 0);
    add(&all, READ_TOP_PAGES, 0);
    add(&all, READ_NEWEST_COMMENTS, 0);
    for (int64_t id = 1; id <= 3; id++) {
        add(&all, READ_CHILD_PAGES, id);
    }
    add(&all, READ_SITEMAPS, 0);
    add(&all, READ_NEWS, 0);
    for (int64_t kind = 0; kind < SITEMAP_KINDS; kind++) {
        add(&all, READ_SITEMAP, kind);
    }
    return all;
}

static void free_reads(struct reads *all) {
    for (size_t i = 0; i < all->len; i++) {
        keys_done(&all->ptr[i].noted);
    }
    free(all->ptr);
}

static struct keys keys_of(struct str text) {
    struct keys k;
    keys_init(&k);
    struct str key;
    while (str_split(&text, ' ', &key)) {
        if (key.len > 0) {
            keys_add(&k, key);
        }
    }
    return k;
}

struct tally {
    size_t changed, missed, needless[READ_KINDS], pairs;
};

static void repeat_reads(struct store_site *site, struct reads *all, const char *what,
                         struct tally *t) {
    struct keys touched = keys_of(site->touched);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < all->len; i++) {
        struct read *q = &all->ptr[i];
        bool meets = q->is_recorded && keys_meet(&touched, &q->noted);
        uint64_t result = perform(site, q, &b);
        if (q->is_recorded) {
            bool changed = result != q->result;
            t->pairs++;
            t->changed += changed;
            t->needless[q->kind] += meets && !changed;
            if (changed && !meets) {
                t->missed++;
                if (what != NULL) {
                    test_fail(__FILE__, __LINE__,
                              "%s touched [%.*s]; missed: %s %" PRId64 " of list %d/%" PRId64
                              " %.*s",
                              what, STR_FMT(site->touched), kinds[q->kind].name, q->id,
                              q->list.kind, q->list.id, STR_FMT(q->path));
                }
            }
        }
        q->result = result;
        q->is_recorded = true;
    }
    buf_done(&b);
    keys_done(&touched);
    arena_reset(&site->arena);
}

static void run(int steps, bool tells, struct tally *t) {
    struct store_site site;
    store_site_open(&site);
    struct world *w = malloc(sizeof *w);
    check(w != NULL);
    enum { STORIES = 16 };
    world_open(w, &site, test_seed(), STORIES);
    struct reads all = all_reads(w, STORIES);
    for (int i = 0; i < steps && t->missed < (tells ? 5 : 1); i++) {
        repeat_reads(&site, &all, tells ? world_step(w) : (world_step(w), NULL), t);
    }
    free_reads(&all);
    free(w);
    store_site_close(&site);
}

TEST(store_keys_meet_whenever_a_result_changed) {
    const char *steps_text = getenv("STEPS");
    struct tally t = { 0 };
    run(steps_text ? atoi(steps_text) : 700, true, &t);
    CHECK_INT(t.missed, 0);
    CHECK(t.changed > 1000);
    size_t needless = 0;
    for (int kind = 0; kind < READ_KINDS; kind++) {
        if (kinds[kind].is_exact && t.needless[kind] > 0) {
            test_fail(__FILE__, __LINE__, "%zu reads of %s were touched and had not changed",
                      t.needless[kind], kinds[kind].name);
        }
        if (getenv("VERBOSE") != NULL) {
            printf("  %-12s touched in vain: %zu\n", kinds[kind].name, t.needless[kind]);
        }
        needless += t.needless[kind];
    }
    if (getenv("VERBOSE") != NULL) {
        printf("  %zu reads repeated, %zu changed, %zu touched in vain\n", t.pairs, t.changed,
               needless);
    }
}

TEST(store_keys_left_out_are_missed) {
    static const char *const prefixes[] = {
        "latest",          "story:",          "section:",
        "before:",         "after:",          "path:",
        "row:section",     "month:",          "tag:",
        "pages",           "pages:",          "sitemaps",
        "sitemap:stories", "sitemap:pages",   "sitemap:sections",
        "sitemap:tags",    "sitemap:authors", "news"
    };
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        struct tally t = { 0 };
        keys_ignore(prefixes[i]);
        /* Some kinds are seldom met: a longer walk, before it counts as blind. */
        for (int steps = 3000; steps <= 48000 && t.missed == 0; steps *= 4) {
            run(steps, false, &t);
        }
        keys_ignore(NULL);
        if (t.missed == 0) {
            test_fail(__FILE__, __LINE__, "nobody missed %s", prefixes[i]);
        }
    }
}

TEST(store_keys_of_unwieldy_names_are_hashed) {
    struct keys k;
    keys_init(&k);
    keys_add_path(&k, STR("/plain/?p=7"));
    keys_add_path(&k, STR("/with a blank/"));
    char path[400];
    memset(path, 'x', sizeof path);
    keys_add_path(&k, str_make(path, sizeof path));
    keys_add_path(&k, str_make(path, sizeof path));
    CHECK_INT(k.list.len, 3);
    CHECK_STR(k.list.ptr[0], "path:/plain/?p=7");
    CHECK_INT(k.list.ptr[1].len, 22);
    CHECK(str_starts(k.list.ptr[2], STR("path:#")));
    keys_reset(&k);
    CHECK(!keys_has(&k, STR("path:/plain/?p=7")));
    keys_add(NULL, STR("nobody listens"));
    keys_done(&k);
}
