/* The sitemap's files against what each story, section, tag and author says of itself. */
#include "tests/harness.h"
#include "tests/store_world.h"

#include "base/clock.h"
#include "base/embed.h"
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t NOON = INT64_C(1647259200) * US_PER_SECOND; /* 2022-03-14 12:00 UTC */

/* ---- against the model ---- */

static struct sitemap_entries file_of(struct store_site *site, enum sitemap_kind kind) {
    struct sitemap_entries entries = { 0 };
    OK(store_sitemap(store_site_read(site), &site->arena, kind, 1, &entries, &site->err));
    return entries;
}

static void compare_stories(struct world *w, enum sitemap_kind kind) {
    struct sitemap_entries entries = file_of(w->site, kind);
    size_t n = 0;
    for (size_t i = 0; i < w->stories_len; i++) {
        const struct story *s = &w->stories[i].row;
        bool is_page = s->kind == STORY_PAGE;
        if (is_page != (kind == SITEMAP_PAGES) || s->state != STORY_PUBLISHED ||
            s->visibility != STORY_PUBLIC || s->noindex || w->stories[i].path < 0) {
            continue;
        }
        if (n < entries.len) {
            const struct sitemap_entry *e = &entries.ptr[n];
            CHECK(str_eq(e->path, str_of(w->paths[w->stories[i].path].text)));
            CHECK_INT(e->changed_us,
                      s->updated_us > s->published_us ? s->updated_us : s->published_us);
            CHECK(s->lead_media_id != 0 || e->image.len == 0);
        }
        n++;
    }
    CHECK_INT(entries.len, n);
}

static size_t count_listed(struct world *w, enum list_kind kind, size_t terms) {
    size_t n = 0;
    for (size_t i = 0; i < terms; i++) {
        int64_t ids[WORLD_STORIES_MAX];
        bool has_path = kind == LIST_SECTION ? w->section_paths[i] >= 0
                        : kind == LIST_TAG   ? w->tags[i].path.len > 0
                                             : w->authors[i].path.len > 0;
        n += has_path && world_list(w, (struct list_id){ kind, (int64_t)i + 1 }, ids) > 0;
    }
    return n;
}

TEST(store_sitemaps_say_what_is_public) {
    struct store_site site;
    store_site_open(&site);
    struct world *w = malloc(sizeof *w);
    check(w != NULL);
    world_open(w, &site, test_seed(), 30);
    for (int step = 1; step <= 600; step++) {
        world_step(w);
        if (step % 10 != 0) {
            continue;
        }
        compare_stories(w, SITEMAP_STORIES);
        compare_stories(w, SITEMAP_PAGES);
        CHECK_INT(file_of(&site, SITEMAP_SECTIONS).len,
                  1 + count_listed(w, LIST_SECTION, WORLD_SECTIONS));
        CHECK_INT(file_of(&site, SITEMAP_TAGS).len, count_listed(w, LIST_TAG, WORLD_TAGS));
        CHECK_INT(file_of(&site, SITEMAP_AUTHORS).len, count_listed(w, LIST_AUTHOR, WORLD_AUTHORS));
        if (store_site_faults(&site) != 0) {
            break;
        }
    }
    free(w);
    store_site_close(&site);
}

/* ---- exact keys ---- */

static int64_t put(struct store_site *site, struct story s) {
    int64_t id = 0;
    struct civil c = civil_of_us(s.published_us);
    s.local_day = c.year * 10000 + c.month * 100 + c.day;
    OK(store_story_put(store_site_write(site), &s, &id, &site->err));
    return id;
}

static bool touched(const struct store_site *site, const char *key) {
    struct str rest = site->touched, one;
    while (str_split(&rest, ' ', &one)) {
        if (str_eq(one, str_of(key))) {
            return true;
        }
    }
    return false;
}

TEST(store_sitemaps_an_edit_touches_its_own_file) {
    struct store_site site;
    store_site_open(&site);
    int64_t tag = store_site_tag(&site, "Ferries", "/tag/ferries/");
    struct ids tags = { &tag, 1 };
    struct story s = { .state = STORY_PUBLISHED,
                       .headline = STR("The Ferry"),
                       .path = STR("/ferry/"),
                       .tags = tags,
                       .published_us = NOON };
    s.id = put(&site, s);
    store_site_commit(&site);
    CHECK(touched(&site, "sitemaps") && touched(&site, "sitemap:stories:1"));
    CHECK(touched(&site, "sitemap:tags:1") && touched(&site, "sitemap:sections:1"));
    CHECK(!touched(&site, "news")); /* there is no horizon yet */

    s.standfirst = STR("Late again.");
    s.updated_us = NOON + US_PER_DAY;
    put(&site, s);
    store_site_commit(&site);
    CHECK(touched(&site, "sitemaps") && touched(&site, "sitemap:stories:1"));
    CHECK(!touched(&site, "sitemap:tags:1") && !touched(&site, "sitemap:sections:1"));

    s.standfirst = STR("Very late.");
    put(&site, s); /* nothing that a sitemap says */
    store_site_commit(&site);
    CHECK(!touched(&site, "sitemaps") && !touched(&site, "sitemap:stories:1"));

    /* An empty file is none. */
    s.state = STORY_DRAFT;
    put(&site, s);
    store_site_commit(&site);
    struct sitemaps files;
    OK(store_sitemaps(store_site_read(&site), &site.arena, &files, &site.err));
    CHECK_INT(files.len, 0);
    CHECK_INT(store_site_faults(&site), 0);
    store_site_close(&site);
}

TEST(store_news_begin_at_the_horizon) {
    struct store_site site;
    store_site_open(&site);
    struct news news;
    int64_t since_us, oldest_us;
    for (int i = 0; i < 5; i++) {
        struct story s = { .state = STORY_PUBLISHED, .headline = STR("The Ferry") };
        char path[16];
        snprintf(path, sizeof path, "/%d/", i);
        s.path = str_of(path);
        s.published_us = NOON + i * US_PER_DAY;
        s.noindex = i == 4;
        put(&site, s);
    }
    store_site_commit(&site);
    struct store_reader *r = store_site_read(&site);
    OK(store_news(r, &site.arena, 10, &news, &site.err));
    CHECK_INT(news.len, 0);
    OK(store_news_oldest(r, &since_us, &oldest_us, &site.err));
    CHECK(since_us == INT64_MAX && oldest_us == 0);

    OK(store_news_since_put(store_site_write(&site), NOON + US_PER_DAY, &site.err));
    store_site_commit(&site);
    CHECK_STR(site.touched, "news");
    r = store_site_read(&site);
    OK(store_news(r, &site.arena, 10, &news, &site.err));
    CHECK_INT(news.len, 2); /* later than the horizon, newest first */
    CHECK_STR(news.ptr[0].path, "/3/");
    OK(store_news_oldest(r, &since_us, &oldest_us, &site.err));
    CHECK_INT(oldest_us, NOON + 2 * US_PER_DAY);
    OK(store_news(r, &site.arena, 1, &news, &site.err));
    CHECK_INT(news.len, 1);

    struct story s;
    OK(store_story(r, &site.arena, 1, STORY_FULL, &s, &site.err));
    s.headline = STR("An old ferry");
    put(&site, s);
    store_site_commit(&site);
    CHECK(!touched(&site, "news"));
    OK(store_story(store_site_read(&site), &site.arena, 4, STORY_FULL, &s, &site.err));
    s.headline = STR("A new ferry");
    put(&site, s);
    store_site_commit(&site);
    CHECK(touched(&site, "news"));
    store_site_close(&site);
}

/* ---- a large archive, made before there were sitemaps ---- */

static const char many[] =
    "INSERT INTO section (id, name, slug, path, description)"
    " VALUES (1, 'World', 'world', '/world/', '');"
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
    " INSERT INTO story SELECT i, 0, CASE WHEN i % 100 = 0 THEN 0 ELSE 3 END, 0, '', '',"
    "  '/2022/03/14/a-story-with-a-rather-long-slug-' || i || '/', 'h', '', '',"
    "  1647259200000000 + i, 0, 0, 20220314, NULL, NULL, 0, 0, NULL, 0, '', '', 0, 1 FROM n;"
    "INSERT INTO address SELECT path, 1, id, 0, '' FROM story UNION ALL SELECT '/world/', 2, 1, 0, "
    "'';"
    "INSERT INTO story_body SELECT id, '' FROM story;"
    "INSERT INTO tag SELECT id, 't', 't', '/tag/' || id || '/', '', '' FROM story WHERE id % 2 = 0;"
    "INSERT INTO address SELECT path, 3, id, 0, '' FROM tag;"
    "INSERT INTO story_tag SELECT id, 0, id FROM tag;"
    "INSERT INTO list_entry SELECT 0, 0, 20220314, published_us, id FROM story WHERE state = 3;"
    "INSERT INTO list_entry SELECT 2, t.tag_id, 20220314, s.published_us, s.id"
    " FROM story_tag t JOIN story s ON s.id = t.story_id WHERE s.state = 3;"
    "INSERT INTO list_count SELECT e.kind, e.list_id, l.level, l.date, count(*) FROM list_entry e,"
    " (SELECT 0 AS level, 0 AS date UNION ALL VALUES (1, 20220000), (2, 20220300), (3, 20220314)) l"
    " GROUP BY 1, 2, 3, 4;"
    "INSERT INTO meta VALUES (1, 7, 0, '_yoast_wpseo_meta-robots-noindex', '1');";

/* The database of version 1 with `many`, as a site's folder. */
static void make_version_1(const char *dir) {
    struct err err = { 0 };
    struct db *db = NULL;
    struct str first = { 0 };
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        if (strstr(f->path, "migrations/001_") != NULL) {
            first = str_make(f->begin, (size_t)(f->end - f->begin));
        }
    }
    REQUIRE(backend_sqlite.open(dir, DB_CREATE, &db, &err) == STATUS_OK);
    CHECK_INT(migrate_with(&backend_sqlite, db, &first, 1, &err), STATUS_OK);
    CHECK_INT(backend_sqlite.script(db, str_of(many), &err), STATUS_OK);
    CHECK_STR(str_of(err.message), "");
    backend_sqlite.close(db);
}

TEST(store_sitemaps_of_a_large_old_archive_stay_within_the_limits) {
    struct store_site site = { 0 };
    snprintf(site.dir, sizeof site.dir, "%s", test_tmp_dir());
    make_version_1(site.dir);
    OK(store_open(site.dir, &site.store, &site.err));
    check(site.store != NULL);
    OK(store_reader_open(site.store, &site.reader, &site.err));
    CHECK_INT(store_site_faults(&site), 0);
    struct store_reader *r = store_site_read(&site);
    struct sitemaps files;
    struct sitemap_entries entries;
    OK(store_sitemaps(r, &site.arena, &files, &site.err));
    CHECK_INT(files.len, 30 + 1 + 30); /* stories, the front page, tags */
    size_t total = 0;
    for (size_t i = 0; i < files.len; i++) {
        uint64_t before = store_reader_statements(r);
        OK(store_sitemap(r, &site.arena, files.ptr[i].kind, files.ptr[i].number, &entries,
                         &site.err));
        CHECK(store_reader_statements(r) - before <= 2);
        CHECK(entries.len >= 1 && entries.len <= STORE_SITEMAP_IDS);
        total += entries.len;
    }
    CHECK_INT(total, 60000 - 600 - 1 + 1 + 30000 - 600); /* drafts; noindex; the front page */
    uint64_t before = store_reader_statements(r);
    OK(store_sitemaps(r, &site.arena, &files, &site.err));
    CHECK_INT(store_reader_statements(r) - before, 1);
    /* A file that is none. */
    OK(store_sitemap(r, &site.arena, SITEMAP_STORIES, 31, &entries, &site.err));
    CHECK_INT(entries.len, 0);
    OK(store_sitemap(r, &site.arena, SITEMAP_TAGS, INT64_MAX, &entries, &site.err));
    CHECK_INT(entries.len, 0);
    store_site_close(&site);
}
